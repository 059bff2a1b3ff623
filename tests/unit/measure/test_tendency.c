#include "measure/tendency.h"
#include "reference.h"
#include "../../support/near.h"

#define MAX_POINTS 128

/* The values of @series in @column, at times 1, 2, … or those of @time. */
static guint
read_series (const Table *data, const char *series, const char *time, const char *column, double t[], double y[])
{
  guint n = 0;

  for (guint i = 0; i < data->rows->len; i++)
    if (strcmp (reference_text (data, i, "series"), series) == 0) {
      t[n] = reference_number (data, i, time);
      y[n++] = reference_number (data, i, column);
    }
  return n;
}

static void
tendency_of__reference_04__theil_sen_and_mann_kendall (void **state)
{
  g_autoptr (Table) data = reference_read ("04_theilsen_mk_data.csv");
  g_autoptr (Table) expected = reference_read ("04_theilsen_mk_expected.csv");
  double t[MAX_POINTS], y[MAX_POINTS];

  (void)state;
  for (guint i = 0; i < expected->rows->len; i++) {
    guint n = read_series (data, reference_text (expected, i, "series"), "i", "x", t, y);
    double p = reference_number (expected, i, "p_exact_no_ties");
    Tendency out;

    tendency_of (t, y, n, &out);
    assert_int_equal (out.points, (int)reference_number (expected, i, "n"));
    assert_double_near (out.slope, reference_number (expected, i, "sen_slope"), 1e-12);
    assert_double_near (out.slope_low, reference_number (expected, i, "sen_lo95_trendpkg"), 1e-12);
    assert_double_near (out.slope_high, reference_number (expected, i, "sen_hi95_trendpkg"), 1e-12);
    assert_double_near (out.intercept, reference_number (expected, i, "intercept_median"), 1e-12);
    assert_double_near (out.s, reference_number (expected, i, "S"), 0);
    assert_double_near (out.s_variance, reference_number (expected, i, "varS"), 1e-12);
    assert_double_near (out.z, reference_number (expected, i, "z"), 1e-12);
    assert_double_near (out.tau, reference_number (expected, i, "tau_b"), 1e-12);
    assert_int_equal (out.exact, isfinite (p));
    assert_double_near (out.p, out.exact ? p : reference_number (expected, i, "p_normal"), 1e-9);
  }
}

static void
tendency_of__reference_04c__irregular_dates (void **state)
{
  static const double t[] = { 0, 0.45, 1, 1.52, 2.03 }, y[] = { 51.2, 50.9, 50.1, 50.4, 49 };
  Tendency out;

  (void)state;
  tendency_of (t, y, G_N_ELEMENTS (t), &out);
  assert_double_near (out.slope, -1.0758525037065394, 1e-12);
  assert_double_near (out.intercept, 51.2, 1e-12);
}

static void
tendency_of__reference_05__average_annual_change (void **state)
{
  g_autoptr (Table) data = reference_read ("05_aapc_data.csv");
  g_autoptr (Table) expected = reference_read ("05_aapc_expected.csv");
  double t[MAX_POINTS], y[MAX_POINTS];

  (void)state;
  for (guint i = 0; i < expected->rows->len; i++) {
    const char *series = reference_text (expected, i, "series");
    guint n = read_series (data, series, "year", "rate", t, y);
    Tendency out;

    /* The reference weighs this one by its standard errors. */
    if (strcmp (series, "with_se") == 0)
      continue;
    tendency_of (t, y, n, &out);
    assert_double_near (out.change, reference_number (expected, i, "apc_pct"), 1e-11);
    assert_double_near (out.change_low, reference_number (expected, i, "apc_lo"), 1e-9);
    assert_double_near (out.change_high, reference_number (expected, i, "apc_hi"), 1e-9);
    /* An exact decline leaves rounding alone for a residual. */
    if (strcmp (series, "exact_5pct_decline") != 0)
      assert_double_near (out.change_p, reference_number (expected, i, "p"), 1e-9);
  }
}

static void
tendency_of__degenerate__nan_where_there_is_nothing (void **state)
{
  static const double t[] = { 2020, 2021, 2022 }, zero[] = { 4, 0, 2 }, equal[] = { 7, 7, 7 };
  Tendency out;

  (void)state;
  tendency_of (t, zero, 1, &out);
  assert_int_equal (out.points, 1);
  assert_true (isnan (out.slope) && isnan (out.p) && isnan (out.change) && isnan (out.s));
  tendency_of (t, zero, 3, &out);
  assert_double_near (out.slope, -1, 0);
  assert_true (isnan (out.change) && isnan (out.change_p));
  tendency_of (t, equal, 3, &out);
  assert_double_near (out.slope, 0, 0);
  assert_true (isnan (out.p) && isnan (out.slope_low) && isnan (out.tau));
  assert_double_near (out.change, 0, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (tendency_of__reference_04__theil_sen_and_mann_kendall),
    cmocka_unit_test (tendency_of__reference_04c__irregular_dates),
    cmocka_unit_test (tendency_of__reference_05__average_annual_change),
    cmocka_unit_test (tendency_of__degenerate__nan_where_there_is_nothing),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
