#include "measure/estimate.h"
#include "reference.h"
#include "../../support/near.h"

static void
interval_wilson__reference_01__closed_form (void **state)
{
  g_autoptr (Table) t = reference_read ("01c_wilson_40digit.csv");

  (void)state;
  for (guint i = 0; i < t->rows->len; i++) {
    double low, high;

    interval_wilson (reference_number (t, i, "x"), reference_number (t, i, "n"), reference_number (t, i, "conf"), &low,
                     &high);
    assert_double_near (low, reference_number (t, i, "wilson_lo_18d"), 1e-12);
    assert_double_near (high, reference_number (t, i, "wilson_hi_18d"), 1e-12);
  }
}

static void
interval_exact__reference_01__quantiles (void **state)
{
  g_autoptr (Table) t = reference_read ("01_proportion_ci.csv");

  (void)state;
  for (guint i = 0; i < t->rows->len; i++) {
    double low, high;

    interval_exact (reference_number (t, i, "x"), reference_number (t, i, "n"), reference_number (t, i, "conf"), &low,
                    &high);
    assert_double_near (low, reference_number (t, i, "cp_lo"), 1e-9);
    assert_double_near (high, reference_number (t, i, "cp_hi"), 1e-9);
  }
}

static void
estimate_ratio__reference_02a__svyratio (void **state)
{
  g_autoptr (Table) schools = reference_read ("02_school_panel.csv");
  g_autoptr (Table) t = reference_read ("02a_ratio_by_district_wave.csv");

  (void)state;
  for (guint i = 0; i < t->rows->len; i++) {
    g_autoptr (Panel) panel
        = reference_panel (schools, reference_text (t, i, "district"), FALSE, reference_number (t, i, "t"));
    double low, high;
    Estimate e;

    estimate_ratio (panel->x, panel->n, panel->m, &e);
    interval_logit_t (e.p, e.se, e.df, 0.95, &low, &high);
    assert_int_equal (e.schools, (int)reference_number (t, i, "m_schools"));
    assert_double_near (e.x, reference_number (t, i, "x"), 0);
    assert_double_near (e.p, reference_number (t, i, "p"), 1e-12);
    assert_double_near (e.se, reference_number (t, i, "se_lin"), 1e-12);
    assert_double_near (low, reference_number (t, i, "logit_t_lo"), 1e-9);
    assert_double_near (high, reference_number (t, i, "logit_t_hi"), 1e-9);
    assert_true (e.low < low && e.high > high); /* few schools of unequal size */
    assert_int_equal (e.method, INTERVAL_LOGIT_T);
  }
}

#define MAX_SCHOOLS 8

static void
estimate_ratio__awkward_counts__well_defined (void **state)
{
  static const struct {
    guint m;
    double x[MAX_SCHOOLS], n[MAX_SCHOOLS];
    guint schools;
    IntervalMethod method;
  } cases[] = {
    { 0, { 0 }, { 0 }, 0, INTERVAL_NONE },
    { 3, { 0 }, { 0 }, 0, INTERVAL_NONE },
    { 1, { 3 }, { 7 }, 1, INTERVAL_WILSON },
    { 1, { 0 }, { 7 }, 1, INTERVAL_EXACT },
    { 2, { 3, 0 }, { 7, 0 }, 1, INTERVAL_WILSON },
    { 2, { 3, 4 }, { 7, 11 }, 2, INTERVAL_NONE },
    { 4, { 3, 4, 5, 6 }, { 7, 11, 13, 17 }, 4, INTERVAL_NONE },
    { 5, { 3, 4, 5, 6, 2 }, { 7, 11, 13, 17, 19 }, 5, INTERVAL_LOGIT_T },
    { 6, { 3, 4, 5, 6, 2, 0 }, { 7, 11, 13, 17, 19, 0 }, 5, INTERVAL_LOGIT_T },
    { 5, { 0, 0, 0, 0, 0 }, { 7, 11, 13, 17, 19 }, 5, INTERVAL_EXACT },
    { 5, { 7, 11, 13, 17, 19 }, { 7, 11, 13, 17, 19 }, 5, INTERVAL_EXACT },
    { 5, { 1, 2, 3, 4, 5 }, { 4, 8, 12, 16, 20 }, 5, INTERVAL_WILSON },
    { 5, { 1e9, 5e8, 3e8, 4e8, 2e8 }, { 1e9, 1e9, 1e9, 1e9, 1e9 }, 5, INTERVAL_LOGIT_T },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Estimate e;

    estimate_ratio (cases[i].x, cases[i].n, cases[i].m, &e);
    assert_int_equal (e.schools, cases[i].schools);
    assert_int_equal (e.method, cases[i].method);
    assert_true (isnan (e.p) == (e.n <= 0));
    assert_true (isnan (e.low) == (cases[i].method == INTERVAL_NONE));
    if (cases[i].method != INTERVAL_NONE)
      assert_true (0 <= e.low && e.low <= e.p && e.p <= e.high && e.high <= 1 && e.low < e.high);
    assert_true (isnan (e.se) == (e.schools < 2));
  }
}

static void
estimate_share__one_school__wilson (void **state)
{
  Estimate e;

  (void)state;
  estimate_share (17, 83, &e);
  assert_double_near (e.p, 17.0 / 83, 1e-15);
  assert_double_near (e.low, 0.131998707714, 1e-11); /* R prop.test (17, 83, correct = FALSE) */
  assert_int_equal (e.method, INTERVAL_WILSON);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (interval_wilson__reference_01__closed_form),
    cmocka_unit_test (interval_exact__reference_01__quantiles),
    cmocka_unit_test (estimate_ratio__reference_02a__svyratio),
    cmocka_unit_test (estimate_ratio__awkward_counts__well_defined),
    cmocka_unit_test (estimate_share__one_school__wilson),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
