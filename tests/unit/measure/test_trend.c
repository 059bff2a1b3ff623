#include "base/error.h"
#include "measure/trend.h"
#include "measure/distribution.h"
#include "reference.h"
#include "../../support/near.h"

#define PATH_A_YEAR -0.005
#define DEADLINE 2.5

typedef struct {
  Table *schools, *expected, *covariance, *standardised, *changes, *weights_table;
  StrataWeights *by_level, *all;
} City;

static int
set_up (void **state)
{
  City *city = g_new0 (City, 1);
  g_autoptr (Panel) everyone = NULL;

  city->schools = reference_read ("02_school_panel.csv");
  city->expected = reference_read ("15_recommended_estimator_expected.csv");
  city->covariance = reference_read ("15b_recommended_estimator_V.csv");
  city->standardised = reference_read ("02e_standardised_by_district_wave.csv");
  city->changes = reference_read ("02c_paired_change.csv");
  city->weights_table = reference_read ("02d_std_weights.csv");
  everyone = reference_panel (city->schools, NULL, TRUE, NAN);
  city->by_level = strata_weights_at ((const Panel *const[]){ everyone }, 1, 0, NULL);
  city->all = strata_weights_one ("all");
  *state = city;
  return 0;
}

static int
tear_down (void **state)
{
  City *city = *state;

  table_free (city->schools);
  table_free (city->expected);
  table_free (city->covariance);
  table_free (city->standardised);
  table_free (city->changes);
  table_free (city->weights_table);
  strata_weights_free (city->by_level);
  strata_weights_free (city->all);
  g_free (city);
  return 0;
}

static void
strata_weights_at__reference_02d__shares_of_the_baseline (void **state)
{
  const City *city = *state;

  assert_int_equal (city->by_level->L, 3);
  for (guint l = 0; l < 3; l++) {
    assert_string_equal (city->by_level->stratum[l], reference_text (city->weights_table, l, "level"));
    assert_double_near (city->by_level->share[l], reference_number (city->weights_table, l, "w"), 1e-12);
  }
}

static Trend *
district_trend (const City *city, const char *district, gboolean standardised)
{
  g_autoptr (Panel) panel = reference_panel (city->schools, district, standardised, NAN);

  return trend_new (panel, standardised ? city->by_level : city->all, 0, 10);
}

static void
check_row_15 (const Table *t, guint row, const Trend *trend)
{
  Contrast slope = trend_slope (trend, -INFINITY), pred = trend_projection (trend, -INFINITY, DEADLINE);
  double c[5] = { -1, 0, 0, 0, 1 }, low, high;
  Contrast deviation = trend_contrast (trend, c, -2 * PATH_A_YEAR), end;

  assert_int_equal (trend->schools, (int)reference_number (t, row, "m"));
  assert_double_near (trend->df, reference_number (t, row, "df"), 0);
  assert_double_near (trend->p[0], reference_number (t, row, "p_first"), 1e-12);
  assert_double_near (trend->p[4], reference_number (t, row, "p_last"), 1e-12);
  assert_double_near (slope.value, reference_number (t, row, "slope_per_year"), 1e-10);
  assert_double_near (slope.se, reference_number (t, row, "slope_se"), 1e-12);
  contrast_interval (&slope, &low, &high);
  assert_double_near (low, reference_number (t, row, "slope_lo"), 1e-9);
  assert_double_near (high, reference_number (t, row, "slope_hi"), 1e-9);
  assert_double_near (deviation.value, reference_number (t, row, "path_dev_last"), 1e-10);
  assert_double_near (deviation.se, reference_number (t, row, "path_dev_se"), 1e-12);
  assert_double_near (student_upper (deviation.value / deviation.se, trend->df),
                      reference_number (t, row, "p_one_sided_off_track"), 1e-9);
  assert_double_near (pred.value, reference_number (t, row, "pred_2.5"), 1e-12);
  assert_double_near (pred.se, reference_number (t, row, "pred_se"), 1e-12);
  assert_true (trend_line_weights (trend, -INFINITY, FALSE, DEADLINE, c));
  c[0] -= 1;
  end = trend_contrast (trend, c, -DEADLINE * PATH_A_YEAR);
  assert_double_near (end.value, reference_number (t, row, "dev_at_deadline"), 1e-10);
  assert_double_near (end.se, reference_number (t, row, "dev_at_deadline_se"), 1e-12);
  assert_double_near (student_upper (end.value / end.se, trend->df),
                      reference_number (t, row, "prob_meet_target_at_2.5"), 1e-9);
}

static void
trend__reference_15__level_slope_deviation_projection (void **state)
{
  const City *city = *state;

  for (guint i = 0; i < city->expected->rows->len; i++) {
    g_autoptr (Trend) trend = district_trend (city, reference_text (city->expected, i, "district"),
                                              strcmp (reference_text (city->expected, i, "standardised"), "TRUE") == 0);

    check_row_15 (city->expected, i, trend);
  }
}

static void
trend__reference_15b__covariance_of_the_waves (void **state)
{
  const City *city = *state;
  const Table *t = city->covariance;
  g_autoptr (Trend) trend = NULL;

  for (guint i = 0; i < t->rows->len; i++) {
    guint k = (guint)reference_number (t, i, "k") - 1, l = (guint)reference_number (t, i, "l") - 1;

    if (k == 0 && l == 0) {
      trend_free (trend);
      trend = district_trend (city, reference_text (t, i, "district"),
                              strcmp (reference_text (t, i, "standardised"), "TRUE") == 0);
    }
    assert_double_near (trend->V[k * 5 + l], reference_number (t, i, "V"), 1e-12);
  }
}

static void
trend_change__reference_02c__paired (void **state)
{
  const City *city = *state;
  const Table *t = city->changes;

  for (guint i = 0; i < t->rows->len; i++) {
    g_autoptr (Trend) trend = district_trend (city, reference_text (t, i, "district"), FALSE);
    Contrast change = trend_change (trend, (guint)trend_wave (trend, reference_number (t, i, "t_from")),
                                    (guint)trend_wave (trend, reference_number (t, i, "t_to")));
    double low, high;

    assert_double_near (change.value, reference_number (t, i, "change"), 1e-11);
    assert_double_near (change.se, reference_number (t, i, "se_paired"), 1e-12);
    contrast_interval (&change, &low, &high);
    assert_double_near (low, reference_number (t, i, "lo"), 1e-9);
    assert_double_near (high, reference_number (t, i, "hi"), 1e-9);
  }
}

static void
trend_level__reference_02e__one_wave_alone (void **state)
{
  const City *city = *state;
  const Table *t = city->standardised;

  for (guint i = 0; i < t->rows->len; i++) {
    g_autoptr (Panel) panel
        = reference_panel (city->schools, reference_text (t, i, "district"), TRUE, reference_number (t, i, "t"));
    g_autoptr (Trend) trend = trend_new (panel, city->by_level, 0, 10);
    Contrast level = trend_level (trend, 0);

    assert_double_near (level.value, reference_number (t, i, "standardised"), 1e-12);
    assert_double_near (level.se, reference_number (t, i, "se_cluster"), 1e-12);
    assert_double_near (trend->x[0] / trend->n[0], reference_number (t, i, "crude"), 1e-12);
  }
}

static void
trend__district_without_a_level__no_standardised_value (void **state)
{
  const City *city = *state;
  g_autoptr (Trend) trend = district_trend (city, "D13", TRUE); /* no junior school */

  for (guint k = 0; k < trend->K; k++) {
    assert_true (isnan (trend->p[k]));
    assert_string_equal (city->by_level->stratum[trend->lacking[k]], "junior");
    assert_true (trend->n[k] > 0);
  }
  assert_int_equal (trend->schools, 0);
  assert_int_equal (trend->seen, 8);
  assert_true (isnan (trend_slope (trend, -INFINITY).value));
}

/* Official totals fall while every level rises (national figures of 2018 and 2022 as rates, one school a level and
   wave): the standardised rate must rise. */
static void
trend__mix_of_grades_moves__standardised_rate_does_not (void **state)
{
  static const PanelRow rows[] = {
    { "primary school", "primary", 0, 1000, 360 }, { "junior school", "junior", 0, 1000, 711 },
    { "senior school", "senior", 0, 1000, 805 },   { "primary school", "primary", 2, 1500, 551 },
    { "junior school", "junior", 2, 900, 643 },    { "senior school", "senior", 2, 800, 650 },
  };
  g_autoptr (Panel) panel = panel_new (rows, G_N_ELEMENTS (rows), NULL);
  g_autoptr (StrataWeights) weights = strata_weights_at ((const Panel *const[]){ panel }, 1, 0, NULL);
  g_autoptr (Trend) trend = trend_new (panel, weights, 0, 10);

  (void)state;
  assert_true (trend->x[1] / trend->n[1] < trend->x[0] / trend->n[0]);
  assert_true (trend->p[1] > trend->p[0]);
  assert_true (isnan (trend_change (trend, 0, 1).se)); /* each school its own group: 0 degrees of freedom */
}

/* Schools that span grades are one group; where each has its own stratum, groups are strata. Worked in R as matrices.
 */
static void
trend__groups__connected_schools_and_strata (void **state)
{
  static const PanelRow rows[] = {
    { "a", "P1", 0, 50, 10 }, { "a", "P2", 0, 50, 20 }, { "b", "P2", 0, 40, 10 },
    { "b", "P3", 0, 40, 16 }, { "c", "P1", 0, 30, 9 },  { "d", "J1", 0, 80, 50 },
    { "e", "J1", 0, 90, 55 }, { "f", "J1", 0, 0, 0 },   { "g", "S1", 0, 70, 60 },
  };
  static const char *const names[] = { "P1", "P2", "P3", "J1", "S1" };
  static const double shares[] = { 0.2, 0.2, 0.2, 0.3, 0.1 };
  g_autoptr (Panel) panel = panel_new (rows, G_N_ELEMENTS (rows), NULL);
  g_autoptr (StrataWeights) weights = strata_weights_new (names, shares, 5, NULL);
  g_autoptr (Trend) trend = trend_new (panel, weights, 0, 10);

  (void)state;
  assert_int_equal (trend->seen, 6);
  assert_int_equal (trend->schools, 6);
  assert_int_equal (trend->groups, 3); /* abc, de, g */
  assert_double_near (trend->df, 3, 0);
  assert_double_near (trend->p[0], 0.2 * 19 / 80 + 0.2 * 30 / 90 + 0.2 * 16 / 40 + 0.3 * 105 / 170 + 0.1 * 60 / 70,
                      1e-15);
  {
    double za = 0.2 * (10 - 19.0 / 80 * 50) / 80 + 0.2 * (20 - 30.0 / 90 * 50) / 90,
           zb = 0.2 * (10 - 30.0 / 90 * 40) / 90;
    double zc = 0.2 * (9 - 19.0 / 80 * 30) / 80, zd = 0.3 * (50 - 105.0 / 170 * 80) / 170;
    double ze = 0.3 * (55 - 105.0 / 170 * 90) / 170;

    assert_double_near (trend->V[0], 1.5 * (za * za + zb * zb + zc * zc) + 2 * (zd * zd + ze * ze), 1e-13);
  }
}

static void
trend__stratum_vanishes__its_waves_have_no_value (void **state)
{
  static const PanelRow rows[] = {
    { "a", "P1", 0, 50, 12 }, { "a", "P2", 0, 50, 20 }, { "b", "P1", 0, 40, 10 }, { "b", "P2", 0, 45, 16 },
    { "a", "P1", 1, 50, 13 }, { "a", "P2", 1, 0, 0 },   { "b", "P1", 1, 40, 11 }, { "a", "P1", 2, 50, 11 },
    { "a", "P2", 2, 50, 22 }, { "b", "P1", 2, 40, 9 },  { "b", "P2", 2, 45, 17 },
  };
  g_autoptr (Panel) panel = panel_new (rows, G_N_ELEMENTS (rows), NULL);
  g_autoptr (StrataWeights) weights = strata_weights_at ((const Panel *const[]){ panel }, 1, 0, NULL);
  g_autoptr (Trend) trend = trend_new (panel, weights, 0, 10);

  (void)state;
  assert_true (isfinite (trend->p[0]) && isnan (trend->p[1]) && isfinite (trend->p[2]));
  assert_string_equal (weights->stratum[trend->lacking[1]], "P2");
  assert_true (isnan (trend->V[1]) && isnan (trend->V[4]) && isfinite (trend->V[2]));
  assert_true (isnan (trend_change (trend, 0, 1).value));
  assert_double_near (trend_slope (trend, -INFINITY).value, (trend->p[2] - trend->p[0]) / 2, 1e-12);
  assert_true (isfinite (trend_slope (trend, -INFINITY).se));
  assert_true (isnan (trend_slope (trend, 1).value)); /* one known wave from t = 1 on */
}

static void
trend__few_cases__no_standardised_rate (void **state)
{
  static const PanelRow rows[] = {
    { "a", "P1", 0, 500, 4 },
    { "a", "P2", 0, 500, 5 },
    { "a", "P1", 1, 500, 4 },
    { "a", "P2", 1, 500, 6 },
  };
  g_autoptr (Panel) panel = panel_new (rows, G_N_ELEMENTS (rows), NULL);
  g_autoptr (StrataWeights) weights = strata_weights_at ((const Panel *const[]){ panel }, 1, 0, NULL);
  g_autoptr (Trend) ten = trend_new (panel, weights, 0, 10), none = trend_new (panel, weights, 0, 0);

  (void)state;
  assert_true (isnan (ten->p[0]) && isfinite (ten->p[1]));
  assert_int_equal (ten->lacking[0], TREND_FEW_EVENTS);
  assert_true (isfinite (none->p[0]));
}

/* A panel of @m schools in @waves waves, each x of n. */
static Panel *
even_panel (guint m, guint waves, double x, double n)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PanelRow));
  static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h" };

  for (guint s = 0; s < m; s++)
    for (guint k = 0; k < waves; k++) {
      PanelRow row = { names[s], "all", k * 0.5, n, x };

      g_array_append_val (rows, row);
    }
  return panel_new ((const PanelRow *)(gpointer)rows->data, rows->len, NULL);
}

static void
trend__degenerate_panels__well_defined (void **state)
{
  static const struct {
    guint m, waves;
    double x, n;
    gboolean has_p, has_se, has_slope, has_interval;
  } cases[] = {
    { 0, 0, 0, 0, FALSE, FALSE, FALSE, FALSE }, /* nothing at all */
    { 1, 1, 3, 7, TRUE, FALSE, FALSE, TRUE },   /* one school, one wave */
    { 1, 3, 3, 7, TRUE, FALSE, TRUE, TRUE },    /* one school */
    { 6, 1, 3, 7, TRUE, TRUE, FALSE, TRUE },    /* one wave */
    { 6, 3, 0, 7, TRUE, TRUE, TRUE, TRUE },     /* all zero */
    { 6, 3, 7, 7, TRUE, TRUE, TRUE, TRUE },     /* all n */
    { 6, 3, 0, 0, FALSE, FALSE, FALSE, FALSE }, /* nobody examined */
    { 6, 3, 3e8, 1e9, TRUE, TRUE, TRUE, TRUE }, /* huge */
    { 3, 3, 3, 7, TRUE, TRUE, TRUE, FALSE },    /* too few schools for an interval, and all alike */
  };
  g_autoptr (StrataWeights) all = strata_weights_one ("all");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Panel) panel = even_panel (cases[i].m, cases[i].waves, cases[i].x, cases[i].n);
    g_autoptr (Trend) trend = trend_new (panel, all, 0, 10);
    Contrast slope = trend_slope (trend, -INFINITY);
    double low = NAN, high = NAN;

    if (trend->K > 0) {
      Contrast level = trend_level (trend, 0);

      trend_level_interval (trend, 0, &level, &low, &high);
      assert_int_equal (isfinite (trend->p[0]), cases[i].has_p);
      assert_int_equal (isfinite (trend_level (trend, 0).se), cases[i].has_se);
    }
    assert_int_equal (isfinite (slope.value), cases[i].has_slope);
    assert_false (isinf (slope.value) || isinf (slope.se));
    if (cases[i].m != 3)
      assert_int_equal (isfinite (low), cases[i].has_interval);
    assert_true (isnan (low) || (0 <= low && low <= high && high <= 1));
  }
}

static void
trend__schools_that_agree__no_false_certainty (void **state)
{
  g_autoptr (StrataWeights) all = strata_weights_one ("all");
  g_autoptr (Panel) panel = even_panel (7, 3, 3, 10);
  g_autoptr (Trend) trend = trend_new (panel, all, 0, 10);

  (void)state;
  assert_double_near (trend_slope (trend, -INFINITY).se, 0, 0);
  assert_double_near (trend_level (trend, 1).se, 0, 0);
}

static void
trend__waves_up_to_a_look__later_ones_do_not_enter (void **state)
{
  const City *city = *state;
  g_autoptr (Panel) panel = reference_panel (city->schools, "D05", FALSE, NAN);
  g_autoptr (Trend) three = trend_new (panel, city->all, 3, 10), five = trend_new (panel, city->all, 0, 10);

  assert_int_equal (three->K, 3);
  assert_double_near (three->p[2], five->p[2], 0);
  assert_double_near (trend_wave (three, 1.5), -1, 0);
  assert_int_equal (trend_wave (five, 1.5), 3);
  assert_int_equal (five->paired[0 * 5 + 0], five->reporting[0]);
  assert_true (five->paired[0 * 5 + 4] <= MIN (five->reporting[0], five->reporting[4]));
}

/* Memory used again must not remember: large, small, large once more. */
static void
trend_renew__after_other_panels__as_if_new (void **state)
{
  static const char *const districts[] = { "D05", "D13", "D05", "D11" };
  const City *city = *state;
  g_autoptr (Trend) trend = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (districts); i++)
    for (guint by_level = 0; by_level < 2; by_level++) {
      const StrataWeights *weights = by_level ? city->by_level : city->all;
      g_autoptr (Panel) panel = reference_panel (city->schools, districts[i], by_level, NAN);
      g_autoptr (Trend) fresh = trend_new (panel, weights, by_level ? 3 : 0, 10);

      trend = trend_renew (trend, panel, weights, by_level ? 3 : 0, 10);
      assert_int_equal (trend->K, fresh->K);
      assert_memory_equal (trend->V, fresh->V, fresh->K * fresh->K * sizeof (double));
      assert_memory_equal (trend->p, fresh->p, fresh->K * sizeof (double));
      assert_memory_equal (trend->paired, fresh->paired, fresh->K * fresh->K * sizeof (guint));
      assert_int_equal (trend->schools, fresh->schools);
      assert_int_equal (trend->groups, fresh->groups);
      assert_int_equal (trend->seen, fresh->seen);
    }
}

static void
strata_weights_new__not_weights__refused (void **state)
{
  static const char *const names[] = { "P1", "P2", "P1" };
  static const double good[] = { 0.25, 0.75 }, short_by[] = { 0.25, 0.7499 }, negative[] = { -0.25, 1.25 },
                      nan[] = { NAN, 1 };
  static const double thrice[] = { 0.25, 0.25, 0.5 };
  g_autoptr (StrataWeights) fine = strata_weights_new (names, good, 2, NULL);
  const double *const bad[] = { short_by, negative, nan };
  g_autoptr (GError) twice = NULL, none = NULL;

  (void)state;
  assert_non_null (fine);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    assert_null (strata_weights_new (names, bad[i], 2, &error));
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_INPUT));
  }
  assert_null (strata_weights_new (names, thrice, 3, &twice));
  assert_true (g_error_matches (twice, PLUMB_ERROR, PLUMB_ERROR_INPUT));
  assert_null (strata_weights_new (names, good, 0, &none));
}

static void
strata_weights_at__nobody_examined__refused (void **state)
{
  g_autoptr (Panel) panel = even_panel (2, 2, 0, 0);
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_null (strata_weights_at ((const Panel *const[]){ panel }, 1, 0, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (strata_weights_at__reference_02d__shares_of_the_baseline),
    cmocka_unit_test (trend__reference_15__level_slope_deviation_projection),
    cmocka_unit_test (trend__reference_15b__covariance_of_the_waves),
    cmocka_unit_test (trend_change__reference_02c__paired),
    cmocka_unit_test (trend_level__reference_02e__one_wave_alone),
    cmocka_unit_test (trend__district_without_a_level__no_standardised_value),
    cmocka_unit_test (trend__mix_of_grades_moves__standardised_rate_does_not),
    cmocka_unit_test (trend__groups__connected_schools_and_strata),
    cmocka_unit_test (trend__stratum_vanishes__its_waves_have_no_value),
    cmocka_unit_test (trend__few_cases__no_standardised_rate),
    cmocka_unit_test (trend__degenerate_panels__well_defined),
    cmocka_unit_test (trend__schools_that_agree__no_false_certainty),
    cmocka_unit_test (trend__waves_up_to_a_look__later_ones_do_not_enter),
    cmocka_unit_test (trend_renew__after_other_panels__as_if_new),
    cmocka_unit_test (strata_weights_new__not_weights__refused),
    cmocka_unit_test (strata_weights_at__nobody_examined__refused),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
