#include "measure/linear.h"
#include "base/error.h"
#include <float.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_matrix, gsl_matrix_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_vector, gsl_vector_free)

/* A design X = Q R with its columns brought to length 1 first, so that the rank test does not depend on units. */
typedef struct {
  guint n, p;
  gsl_matrix *qr;
  gsl_vector *tau;
  double *length; /* of each column */
} Design;

static void
design_clear (Design *design)
{
  g_clear_pointer (&design->qr, gsl_matrix_free);
  g_clear_pointer (&design->tau, gsl_vector_free);
  g_clear_pointer (&design->length, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Design, design_clear)

static gboolean
design_dependent (const Design *design)
{
  for (guint j = 0; j < design->p; j++)
    if (!(fabs (gsl_matrix_get (design->qr, j, j)) > design->n * DBL_EPSILON))
      return TRUE;
  return FALSE;
}

static gboolean
design_init (Design *design, const double x[], guint n, guint p, GError **error)
{
  if (n < p || p == 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "cannot fit %u coefficients to %u points", p, n);
    return FALSE;
  }
  design->n = n;
  design->p = p;
  design->qr = gsl_matrix_alloc (n, p);
  design->tau = gsl_vector_alloc (p);
  design->length = g_new0 (double, p);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < p; j++)
      design->length[j] = hypot (design->length[j], x[(gsize)i * p + j]);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < p; j++)
      gsl_matrix_set (design->qr, i, j, design->length[j] > 0 ? x[(gsize)i * p + j] / design->length[j] : 0);
  if (gsl_linalg_QR_decomp (design->qr, design->tau) != GSL_SUCCESS || design_dependent (design)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "cannot fit: the %u columns of the design are dependent", p);
    return FALSE;
  }
  return TRUE;
}

/* R' h = g, in place. */
static void
solve_transposed (const Design *design, gsl_vector *g)
{
  gsl_matrix_const_view r = gsl_matrix_const_submatrix (design->qr, 0, 0, design->p, design->p);

  gsl_blas_dtrsv (CblasUpper, CblasTrans, CblasNonUnit, &r.matrix, g);
}

/* R b = d, in place. */
static void
solve_upper (const Design *design, gsl_vector *d)
{
  gsl_matrix_const_view r = gsl_matrix_const_submatrix (design->qr, 0, 0, design->p, design->p);

  gsl_blas_dtrsv (CblasUpper, CblasNoTrans, CblasNonUnit, &r.matrix, d);
}

/* f = y - r - X b and g = -X' r, in long double: what is left of the augmented system [I X; X' 0] [r; b] = [y; 0]. */
static void
augmented_residual (const Design *design, const double x[], const double y[], const gsl_vector *r, const gsl_vector *b,
                    gsl_vector *f, gsl_vector *g)
{
  for (guint i = 0; i < design->n; i++) {
    long double left = (long double)y[i] - gsl_vector_get (r, i);

    for (guint j = 0; j < design->p; j++)
      left -= (long double)x[(gsize)i * design->p + j] / design->length[j] * gsl_vector_get (b, j);
    gsl_vector_set (f, i, (double)left);
  }
  for (guint j = 0; j < design->p; j++) {
    long double sum = 0;

    for (guint i = 0; i < design->n; i++)
      sum -= (long double)x[(gsize)i * design->p + j] / design->length[j] * gsl_vector_get (r, i);
    gsl_vector_set (g, j, (double)sum);
  }
}

/* One round: dr and db of the augmented system for the right-hand side (f, g), added to r and b. */
static void
augmented_step (const Design *design, gsl_vector *f, gsl_vector *g, gsl_vector *r, gsl_vector *b)
{
  solve_transposed (design, g);
  gsl_linalg_QR_QTvec (design->qr, design->tau, f);
  for (guint j = 0; j < design->p; j++) {
    double d = gsl_vector_get (f, j);

    gsl_vector_set (f, j, gsl_vector_get (g, j));
    gsl_vector_set (g, j, d - gsl_vector_get (g, j));
  }
  solve_upper (design, g);
  gsl_vector_add (b, g);
  gsl_linalg_QR_Qvec (design->qr, design->tau, f);
  gsl_vector_add (r, f);
}

/* (X'X)^-1 diagonal element j: the squared length of R^-T e_j. */
static double
inverse_diagonal (const Design *design, guint j)
{
  g_autoptr (gsl_vector) e = gsl_vector_calloc (design->p);
  double length;

  gsl_vector_set (e, j, 1);
  solve_transposed (design, e);
  length = gsl_blas_dnrm2 (e);
  return length * length;
}

static double
total_ss (const double y[], guint n, gboolean about_mean)
{
  long double mean = 0, sum = 0;

  for (guint i = 0; i < n && about_mean; i++)
    mean += y[i];
  mean /= n;
  for (guint i = 0; i < n; i++)
    sum += (y[i] - mean) * (y[i] - mean);
  return (double)sum;
}

static void
fit_summarise (const Design *design, const double y[], const gsl_vector *r, const gsl_vector *b, gboolean intercept,
               LinearFit *out)
{
  guint n = design->n, p = design->p;
  double tss = total_ss (y, n, intercept);
  guint model_df = intercept ? p - 1 : p;

  out->n = n;
  out->p = p;
  out->residual_ss = gsl_blas_dnrm2 (r) * gsl_blas_dnrm2 (r);
  out->residual_sd = n > p ? sqrt (out->residual_ss / (n - p)) : NAN;
  out->r_squared = tss > 0 ? 1 - out->residual_ss / tss : NAN;
  out->f_statistic = n > p && model_df > 0 && out->residual_ss > 0
                         ? (tss - out->residual_ss) / model_df / (out->residual_ss / (n - p))
                         : NAN;
  out->coefficient = g_new (double, p);
  out->standard_error = g_new (double, p);
  for (guint j = 0; j < p; j++) {
    out->coefficient[j] = gsl_vector_get (b, j) / design->length[j];
    out->standard_error[j] = out->residual_sd * sqrt (inverse_diagonal (design, j)) / design->length[j];
  }
}

static gboolean
all_finite (const double v[], gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (v[i]))
      return FALSE;
  return TRUE;
}

gboolean
linear_fit (const double x[], const double y[], guint n, guint p, gboolean intercept, LinearFit *out, GError **error)
{
  g_auto (Design) design = { 0 };
  g_autoptr (gsl_vector) r = NULL, b = NULL, f = NULL, g = NULL;

  if (!all_finite (x, (gsize)n * p) || !all_finite (y, n)) {
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot fit: a number is not finite");
    return FALSE;
  }
  if (!design_init (&design, x, n, p, error))
    return FALSE;
  r = gsl_vector_calloc (n);
  b = gsl_vector_calloc (p);
  f = gsl_vector_alloc (n);
  g = gsl_vector_alloc (p);
  /* From zero, the first round is the plain QR solution; the next ones take away what rounding left in it. */
  for (int round = 0; round < 4; round++) {
    augmented_residual (&design, x, y, r, b, f, g);
    augmented_step (&design, f, g, r, b);
  }
  if (!all_finite (b->data, p)) {
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "cannot fit: the solution is not finite");
    return FALSE;
  }
  fit_summarise (&design, y, r, b, intercept, out);
  return TRUE;
}

void
linear_fit_clear (LinearFit *fit)
{
  g_clear_pointer (&fit->coefficient, g_free);
  g_clear_pointer (&fit->standard_error, g_free);
}

/* Times count from the first, so that years near 2022 lose no digits; then from their mean, which makes the two columns
 * orthogonal: what a QR of them would give, without one. */
gboolean
linear_weights (const double t[], guint n, gboolean slope, double at, double c[], GError **error)
{
  double first = n > 0 ? t[0] : 0, mean = 0, ss = 0, reach = 0;

  if (!all_finite (t, n) || !isfinite (at)) {
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot fit a line: a time is not finite");
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    mean += (t[i] - first) / n;
  for (guint i = 0; i < n; i++) {
    double away = t[i] - first - mean;

    ss += away * away;
    reach += (t[i] - at) * (t[i] - at);
  }
  if (n < 2 || !(sqrt (ss) > n * DBL_EPSILON * sqrt (reach))) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "cannot fit a line to %u points%s", n,
                 n < 2 ? "" : ": their times are equal");
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    double away = (t[i] - first - mean) / ss;

    c[i] = slope ? away : 1.0 / n + (at - first - mean) * away;
  }
  return TRUE;
}

gboolean
series_moments (const double y[], guint n, SeriesMoments *out, GError **error)
{
  long double mean = 0, left = 0, ss = 0, lag = 0;

  if (n == 0 || !all_finite (y, n)) {
    g_set_error_literal (error, PLUMB_ERROR, n == 0 ? PLUMB_ERROR_TOO_FEW : PLUMB_ERROR_INPUT,
                         n == 0 ? "cannot average an empty series" : "cannot average: a number is not finite");
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    mean += y[i];
  mean /= n;
  for (guint i = 0; i < n; i++)
    left += y[i] - mean;
  mean += left / n;
  for (guint i = 0; i < n; i++) {
    ss += (y[i] - mean) * (y[i] - mean);
    if (i > 0)
      lag += (y[i] - mean) * (y[i - 1] - mean);
  }
  out->mean = (double)mean;
  out->sd = n > 1 ? (double)sqrtl (ss / (n - 1)) : NAN;
  out->autocorrelation = ss > 0 ? (double)(lag / ss) : NAN;
  return TRUE;
}
