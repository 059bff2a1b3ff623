#include "measure/stream.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_matrix, gsl_matrix_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_vector, gsl_vector_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_eigen_symmv_workspace, gsl_eigen_symmv_free)

/* Smallest eigenvalue of the sampling covariance, as a share of the largest, that is not rounding. */
#define SINGULAR 1e-12

/* @root: Cholesky factor C of the load; @core: C^-1 sampling C^-T. */
static gboolean
whiten (const TauStream *s, gsl_matrix *root, gsl_matrix *core)
{
  for (guint i = 0; i < s->k; i++)
    for (guint j = 0; j < s->k; j++) {
      if (!isfinite (s->sampling[i * s->k + j]) || !isfinite (s->load[i * s->k + j]))
        return FALSE;
      gsl_matrix_set (root, i, j, s->load[i * s->k + j]);
      gsl_matrix_set (core, i, j, s->factor * s->sampling[i * s->k + j]);
    }
  if (gsl_linalg_cholesky_decomp1 (root) != GSL_SUCCESS)
    return FALSE;
  gsl_blas_dtrsm (CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, 1, root, core);
  gsl_blas_dtrsm (CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1, root, core);
  return TRUE;
}

/* Q' C^-1 v. */
static void
turn (const gsl_matrix *root, const gsl_matrix *vectors, const double v[], double out[])
{
  guint k = (guint)root->size1;
  gsl_vector_view result = gsl_vector_view_array (out, k);
  g_autoptr (gsl_vector) work = gsl_vector_alloc (k);

  for (guint i = 0; i < k; i++)
    gsl_vector_set (work, i, v[i]);
  gsl_blas_dtrsv (CblasLower, CblasNoTrans, CblasNonUnit, root, work);
  gsl_blas_dgemv (CblasTrans, 1, vectors, work, 0, &result.vector);
}

gboolean
stream_form (const TauStream *s, StreamForm *out)
{
  g_autoptr (gsl_matrix) root = NULL, core = NULL, vectors = NULL;
  g_autoptr (gsl_vector) values = NULL;
  g_autoptr (gsl_eigen_symmv_workspace) work = NULL;
  double least, most;

  if (s->k == 0 || !(s->df > 0))
    return FALSE;
  root = gsl_matrix_alloc (s->k, s->k);
  core = gsl_matrix_alloc (s->k, s->k);
  vectors = gsl_matrix_alloc (s->k, s->k);
  values = gsl_vector_alloc (s->k);
  work = gsl_eigen_symmv_alloc (s->k);
  if (!whiten (s, root, core) || gsl_eigen_symmv (core, values, vectors, work) != GSL_SUCCESS)
    return FALSE;
  gsl_vector_minmax (values, &least, &most);
  if (!(least > SINGULAR * most))
    return FALSE;
  *out = (StreamForm){ .k = s->k, .df = s->df, .lambda = g_new (double, 3 * s->k) };
  out->y = out->lambda + s->k;
  out->w = out->y + s->k;
  for (guint i = 0; i < s->k; i++) {
    out->lambda[i] = gsl_vector_get (values, i);
    out->log_det += 2 * log (gsl_matrix_get (root, i, i));
  }
  turn (root, vectors, s->delta, out->y);
  turn (root, vectors, s->years, out->w);
  return TRUE;
}

void
stream_form_clear (StreamForm *form)
{
  g_clear_pointer (&form->lambda, g_free);
}

double
stream_log_density (const StreamForm *f, double tau2, double slope2)
{
  double log_det = f->log_det, product = 1, q = 0, a = 0, h = 0;

  for (guint i = 0; i < f->k; i++) {
    double inverse = 1 / (f->lambda[i] + tau2);

    product *= f->lambda[i] + tau2;
    q += f->y[i] * f->y[i] * inverse;
    a += f->w[i] * f->w[i] * inverse;
    h += f->w[i] * f->y[i] * inverse;
    if (product < 1e-200 || product > 1e200) {
      log_det += log (product);
      product = 1;
    }
  }
  q -= slope2 * h * h / (1 + slope2 * a); /* Sherman and Morrison */
  log_det += log (product * (1 + slope2 * a));
  return -0.5 * log_det - 0.5 * (f->df + f->k) * log1p (q / f->df);
}

StreamSlope
stream_slope (const StreamForm *f, double tau2)
{
  StreamSlope out = { 0, 0, f->df };
  double part = 0;

  for (guint i = 0; i < f->k; i++) {
    double inverse = 1 / (f->lambda[i] + tau2);

    out.a += f->w[i] * f->w[i] * inverse;
    out.h += f->w[i] * f->y[i] * inverse;
    part += f->w[i] * f->w[i] * inverse * inverse * f->lambda[i];
  }
  if (part > 0)
    out.df = f->df * (out.a / part) * (out.a / part);
  return out;
}
