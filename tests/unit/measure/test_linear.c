#include "base/error.h"
#include "measure/distribution.h"
#include "measure/linear.h"
#include "reference.h"
#include "../../support/near.h"

/* Longley's coefficients and the polynomials lose digits to the data's own rounding; nine is what is asked for. */
#define DIGITS_9 1e-9
/* Certified zeros: relative to the size of y. */
#define NOTHING 1e-9

typedef struct {
  const char *name;
  guint degree; /* of the polynomial in x; 0: the columns as they stand */
  gboolean intercept;
} Set;

static const Set sets[] = {
  { "Norris", 1, TRUE },   { "Pontius", 2, TRUE },  { "NoInt1", 0, FALSE },  { "NoInt2", 0, FALSE },
  { "Longley", 0, TRUE },  { "Wampler1", 5, TRUE }, { "Wampler2", 5, TRUE }, { "Wampler3", 5, TRUE },
  { "Wampler4", 5, TRUE }, { "Wampler5", 5, TRUE },
};

typedef struct {
  guint n, p;
  double *x, *y;
} Data;

static Data
read_data (const Set *set)
{
  g_autofree char *file = g_strdup_printf ("nist/%s.csv", set->name);
  g_autoptr (Table) t = reference_read (file);
  Data d = { .n = t->rows->len };

  d.p = set->degree > 0 ? set->degree + 1 : t->n_columns - 1 + (set->intercept ? 1 : 0);
  d.x = g_new0 (double, d.n *d.p);
  d.y = g_new0 (double, d.n);
  for (guint i = 0; i < d.n; i++) {
    char **field = ((TableRow *)t->rows->pdata[i])->field;

    d.y[i] = g_ascii_strtod (field[0], NULL);
    for (guint j = 0; j < d.p; j++)
      if (set->degree > 0)
        d.x[i * d.p + j] = pow (g_ascii_strtod (field[1], NULL), j);
      else if (set->intercept && j == 0)
        d.x[i * d.p] = 1;
      else
        d.x[i * d.p + j] = g_ascii_strtod (field[set->intercept ? j : j + 1], NULL);
  }
  return d;
}

/* @scale: what a certified zero is measured against. */
static void
assert_certified (double value, const char *certified, double scale)
{
  double want = g_ascii_strtod (certified, NULL);

  if (strcmp (certified, "Infinity") == 0)
    assert_true (value > 1e20);
  else if (want == 0)
    assert_true (fabs (value) < NOTHING * scale);
  else
    assert_double_near (value, want, DIGITS_9);
}

static void
check_quantity (const LinearFit *fit, const Set *set, const Table *t, guint row, double scale)
{
  const char *quantity = reference_text (t, row, "quantity"), *certified = reference_text (t, row, "certified");
  guint j = (guint)g_ascii_strtoull (reference_text (t, row, "param") + (strlen (reference_text (t, row, "param")) > 0),
                                     NULL, 10);

  if (!set->intercept && j > 0)
    j--; /* certified as B1, without a B0 */
  if (strcmp (quantity, "estimate") == 0)
    assert_certified (fit->coefficient[j], certified, scale);
  else if (strcmp (quantity, "stderr") == 0)
    assert_certified (fit->standard_error[j], certified, scale);
  else if (strcmp (quantity, "residual_sd") == 0)
    assert_certified (fit->residual_sd, certified, scale);
  else if (strcmp (quantity, "r_squared") == 0)
    assert_certified (fit->r_squared, certified, scale);
  else if (strcmp (quantity, "residual_ss") == 0)
    assert_certified (fit->residual_ss, certified, scale * scale);
  else if (strcmp (quantity, "f_stat") == 0)
    assert_certified (fit->f_statistic, certified, scale);
}

static void
linear_fit__nist_linear_sets__nine_digits (void **state)
{
  g_autoptr (Table) t = reference_read ("nist/linear_certified.csv");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (sets); i++) {
    Data d = read_data (&sets[i]);
    g_auto (LinearFit) fit = { 0 };
    guint checked = 0;

    assert_true (linear_fit (d.x, d.y, d.n, d.p, sets[i].intercept, &fit, NULL));
    for (guint row = 0; row < t->rows->len; row++)
      if (strcmp (reference_text (t, row, "dataset"), sets[i].name) == 0) {
        check_quantity (&fit, &sets[i], t, row, fabs (d.y[d.n - 1]));
        checked++;
      }
    assert_true (checked >= 9);
    g_free (d.x);
    g_free (d.y);
  }
}

#define FILIP_P 11
#define FILIP_MID -6.0L /* of x, which runs from -8.8 to -3.1 */
#define FILIP_HALF 3.0L

/* From coefficients of powers of z = (x - mid) / half to those of powers of x. */
static void
unscale_polynomial (const double c[], guint p, double out[])
{
  for (guint j = 0; j < p; j++) {
    long double sum = 0, term;

    for (guint k = j; k < p; k++) {
      term = c[k] / powl (FILIP_HALF, k);
      for (guint i = 0; i < k - j; i++) /* k over j, times (-mid)^(k - j) */
        term *= -FILIP_MID * (long double)(k - i) / (long double)(i + 1);
      sum += term;
    }
    out[j] = (double)sum;
  }
}

/* Powers of x itself up to the tenth do not fit into doubles at the 15 digits that such a condition takes, so the
   polynomial is fitted in z and turned back. What y does to a coefficient, case by case, gives its standard error. */
static void
linear_fit__nist_filip__nine_digits (void **state)
{
  g_autoptr (Table) certified = reference_read ("nist/linear_certified.csv");
  Data d = read_data (&(Set){ "Filip", 1, TRUE });
  g_autofree double *z = g_new (double, d.n *FILIP_P), *unit = g_new0 (double, d.n);
  double b[FILIP_P], effect[FILIP_P], squares[FILIP_P] = { 0 };
  g_auto (LinearFit) fit = { 0 };
  guint checked = 0;

  (void)state;
  for (guint i = 0; i < d.n; i++)
    for (guint j = 0; j < FILIP_P; j++)
      z[i * FILIP_P + j] = (double)powl (((long double)d.x[2 * i + 1] - FILIP_MID) / FILIP_HALF, j);
  assert_true (linear_fit (z, d.y, d.n, FILIP_P, TRUE, &fit, NULL));
  unscale_polynomial (fit.coefficient, FILIP_P, b);
  for (guint i = 0; i < d.n; i++) {
    g_auto (LinearFit) one = { 0 };

    unit[i] = 1;
    assert_true (linear_fit (z, unit, d.n, FILIP_P, TRUE, &one, NULL));
    unscale_polynomial (one.coefficient, FILIP_P, effect);
    for (guint j = 0; j < FILIP_P; j++)
      squares[j] += effect[j] * effect[j];
    unit[i] = 0;
  }
  for (guint row = 0; row < certified->rows->len; row++) {
    const char *quantity = reference_text (certified, row, "quantity"),
               *param = reference_text (certified, row, "param");
    double want = reference_number (certified, row, "certified");

    if (strcmp (reference_text (certified, row, "dataset"), "Filip") != 0)
      continue;
    checked++;
    if (strcmp (quantity, "estimate") == 0)
      assert_double_near (b[atoi (param + 1)], want, DIGITS_9);
    else if (strcmp (quantity, "stderr") == 0)
      assert_double_near (fit.residual_sd * sqrt (squares[atoi (param + 1)]), want, DIGITS_9);
    else if (strcmp (quantity, "residual_sd") == 0)
      assert_double_near (fit.residual_sd, want, DIGITS_9);
    else if (strcmp (quantity, "residual_ss") == 0)
      assert_double_near (fit.residual_ss, want, DIGITS_9);
    else if (strcmp (quantity, "r_squared") == 0)
      assert_double_near (fit.r_squared, want, DIGITS_9);
    else if (strcmp (quantity, "f_stat") == 0)
      assert_double_near (fit.f_statistic, want, DIGITS_9);
    else
      checked--;
  }
  assert_int_equal (checked, 2 * FILIP_P + 4);
  g_free (d.x);
  g_free (d.y);
}

/* The weights of trends come out of the same decomposition: sum c y must be the certified slope and intercept. */
static void
linear_weights__nist_norris__certified_line (void **state)
{
  Data d = read_data (&sets[0]);
  g_autofree double *t = g_new (double, d.n), *c = g_new (double, d.n);
  double slope = 0, intercept = 0;

  (void)state;
  for (guint i = 0; i < d.n; i++)
    t[i] = d.x[2 * i + 1];
  assert_true (linear_weights (t, d.n, TRUE, 0, c, NULL));
  for (guint i = 0; i < d.n; i++)
    slope += c[i] * d.y[i];
  assert_true (linear_weights (t, d.n, FALSE, 0, c, NULL));
  for (guint i = 0; i < d.n; i++)
    intercept += c[i] * d.y[i];
  assert_double_near (slope, 1.00211681802045, DIGITS_9);
  assert_double_near (intercept, -0.262323073774029, DIGITS_9);
  g_free (d.x);
  g_free (d.y);
}

/* Five half-yearly waves with the line, the residual variance and so the intervals of the reference: R's predict (lm).
 */
static void
linear_fit__reference_09__line_and_prediction (void **state)
{
  static const double t[] = { 0, 0.5, 1, 1.5, 2 }, e[] = { 2, -1, -2, -1, 2 }; /* e is orthogonal to every line */
  g_autoptr (Table) table = reference_read ("09_prediction_intervals.csv");
  double x[10], y[5], c[5], half;
  g_auto (LinearFit) fit = { 0 };

  (void)state;
  assert_int_equal (table->rows->len, 2);
  for (guint i = 0; i < 5; i++) {
    x[2 * i] = 1;
    x[2 * i + 1] = t[i];
    y[i] = reference_number (table, 0, "b0") + reference_number (table, 0, "b1") * t[i]
           + reference_number (table, 0, "sigma") * sqrt (3 / 14.0) * e[i];
  }
  assert_true (linear_fit (x, y, 5, 2, TRUE, &fit, NULL));
  for (guint r = 0; r < 2; r++) {
    double at = reference_number (table, r, "x"), value = 0, squares = 0, se, se_new;

    assert_double_near (fit.coefficient[0], reference_number (table, r, "b0"), 1e-12);
    assert_double_near (fit.coefficient[1], reference_number (table, r, "b1"), 1e-12);
    assert_double_near (fit.residual_sd, reference_number (table, r, "sigma"), 1e-12);
    assert_double_near (fit.standard_error[1], reference_number (table, r, "se_b1"), 1e-12);
    assert_true (linear_weights (t, 5, FALSE, at, c, NULL));
    for (guint i = 0; i < 5; i++) {
      value += c[i] * y[i];
      squares += c[i] * c[i];
    }
    se = fit.residual_sd * sqrt (squares);
    se_new = fit.residual_sd * sqrt (1 + squares);
    half = student_quantile (0.975, 3);
    assert_double_near (value, reference_number (table, r, "fit"), 1e-12);
    assert_double_near (value - half * se, reference_number (table, r, "conf_lo"), 1e-9);
    assert_double_near (value + half * se, reference_number (table, r, "conf_hi"), 1e-9);
    assert_double_near (value - half * se_new, reference_number (table, r, "pred_lo"), 1e-9);
    assert_double_near (value + half * se_new, reference_number (table, r, "pred_hi"), 1e-9);
    assert_double_near (student_upper ((value - 51.5) / se, 3), reference_number (table, r, "p_below_51.5_mean"), 1e-9);
    assert_double_near (student_upper ((value - 51.5) / se_new, 3), reference_number (table, r, "p_below_51.5_new"),
                        1e-9);
  }
}

static void
linear_weights__two_points__the_line_through_them (void **state)
{
  static const double t[] = { 2021.75, 2022.25 };
  double c[2];

  (void)state;
  assert_true (linear_weights (t, 2, TRUE, 2021.75, c, NULL));
  assert_double_near (c[0], -2, 1e-13);
  assert_double_near (c[1], 2, 1e-13);
  assert_true (linear_weights (t, 2, FALSE, 2022.75, c, NULL));
  assert_double_near (c[0], -1, 1e-13);
  assert_double_near (c[1], 2, 1e-13);
}

static void
linear__degenerate__refused (void **state)
{
  static const double equal[] = { 3, 3, 3 }, one[] = { 1 }, y[] = { 1, 2, 3 };
  static const double twice[] = { 1, 2, 2, 4, 3, 6 }, wrong[] = { 1, NAN, 1 };
  LinearFit fit;
  double c[3];
  g_autoptr (GError) a = NULL, b = NULL, d = NULL, e = NULL, f = NULL;

  (void)state;
  assert_false (linear_weights (equal, 3, TRUE, 3, c, &a));
  assert_true (g_error_matches (a, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW));
  assert_false (linear_weights (one, 1, TRUE, 0, c, &b));
  assert_true (g_error_matches (b, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW));
  assert_false (linear_fit (twice, y, 3, 2, FALSE, &fit, &d));
  assert_true (g_error_matches (d, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW));
  assert_false (linear_fit (wrong, y, 3, 1, FALSE, &fit, &e));
  assert_true (g_error_matches (e, PLUMB_ERROR, PLUMB_ERROR_INPUT));
  assert_false (linear_weights (wrong, 3, TRUE, 0, c, &f));
  assert_true (g_error_matches (f, PLUMB_ERROR, PLUMB_ERROR_INPUT));
}

static void
linear_fit__as_many_points_as_coefficients__no_standard_error (void **state)
{
  static const double x[] = { 1, 2, 1, 5 }, y[] = { 7, 16 };
  g_auto (LinearFit) fit = { 0 };

  (void)state;
  assert_true (linear_fit (x, y, 2, 2, TRUE, &fit, NULL));
  assert_double_near (fit.coefficient[1], 3, 1e-13);
  assert_true (isnan (fit.standard_error[0]) && isnan (fit.residual_sd) && isnan (fit.f_statistic));
}

static void
series_moments__nist_univariate_sets__nine_digits (void **state)
{
  static const char *const names[]
      = { "PiDigits", "Lottery", "Lew", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3" };
  g_autoptr (Table) t = reference_read ("nist/univariate_certified.csv");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_strdup_printf ("nist/%s.csv", names[i]);
    g_autoptr (Table) data = reference_read (file);
    g_autofree double *y = g_new (double, data->rows->len);
    SeriesMoments m;

    for (guint k = 0; k < data->rows->len; k++)
      y[k] = g_ascii_strtod (((TableRow *)data->rows->pdata[k])->field[0], NULL);
    assert_true (series_moments (y, data->rows->len, &m, NULL));
    for (guint row = 0; row < t->rows->len; row++) {
      const char *quantity = reference_text (t, row, "quantity");
      double got = strcmp (quantity, "mean") == 0           ? m.mean
                   : strcmp (quantity, "sd_n_minus_1") == 0 ? m.sd
                                                            : m.autocorrelation;

      if (strcmp (reference_text (t, row, "dataset"), names[i]) == 0)
        assert_double_near (got, reference_number (t, row, "certified"), DIGITS_9);
    }
  }
}

/* A double next to 10000000.1 is off by up to 1e-9, which are 8 digits of the deviation of 0.1; so the data are read as
   the whole numbers of tenths that they are, and nothing is lost. */
static void
series_moments__nist_numacc4_in_tenths__nine_digits (void **state)
{
  g_autoptr (Table) data = reference_read ("nist/NumAcc4.csv");
  g_autoptr (Table) t = reference_read ("nist/univariate_certified.csv");
  g_autofree double *y = g_new (double, data->rows->len);
  guint checked = 0;
  SeriesMoments m;

  (void)state;
  assert_int_equal (data->rows->len, 1001);
  for (guint k = 0; k < data->rows->len; k++)
    y[k] = nearbyint (10 * g_ascii_strtod (((TableRow *)data->rows->pdata[k])->field[0], NULL));
  assert_true (series_moments (y, data->rows->len, &m, NULL));
  for (guint row = 0; row < t->rows->len; row++) {
    const char *quantity = reference_text (t, row, "quantity");
    double got = strcmp (quantity, "mean") == 0           ? m.mean / 10
                 : strcmp (quantity, "sd_n_minus_1") == 0 ? m.sd / 10
                                                          : m.autocorrelation;

    if (strcmp (reference_text (t, row, "dataset"), "NumAcc4") != 0)
      continue;
    assert_double_near (got, reference_number (t, row, "certified"), DIGITS_9);
    checked++;
  }
  assert_int_equal (checked, 3);
}

static void
series_moments__short_and_flat__nan_where_there_is_none (void **state)
{
  static const double flat[] = { 5.1, 5.1, 5.1 }, wrong[] = { 1, INFINITY };
  SeriesMoments m;

  (void)state;
  assert_false (series_moments (flat, 0, &m, NULL));
  assert_false (series_moments (wrong, 2, &m, NULL));
  assert_true (series_moments (flat, 1, &m, NULL));
  assert_true (m.mean == 5.1 && isnan (m.sd) && isnan (m.autocorrelation));
  assert_true (series_moments (flat, 3, &m, NULL));
  assert_true (m.sd < 1e-15);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (linear_fit__nist_linear_sets__nine_digits),
    cmocka_unit_test (linear_fit__nist_filip__nine_digits),
    cmocka_unit_test (linear_weights__nist_norris__certified_line),
    cmocka_unit_test (linear_fit__reference_09__line_and_prediction),
    cmocka_unit_test (linear_weights__two_points__the_line_through_them),
    cmocka_unit_test (linear__degenerate__refused),
    cmocka_unit_test (linear_fit__as_many_points_as_coefficients__no_standard_error),
    cmocka_unit_test (series_moments__nist_univariate_sets__nine_digits),
    cmocka_unit_test (series_moments__nist_numacc4_in_tenths__nine_digits),
    cmocka_unit_test (series_moments__short_and_flat__nan_where_there_is_none),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
