/* The statisticians' SQL functions against the program's own numbers. */
#include "../support/near.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "measure/distribution.h"
#include "measure/estimate.h"
#include "measure/small.h"
#include "measure/trend.h"

#define NEAR 1e-12

static int
set_up (void **state)
{
  Db *db = ground_new (NULL, NULL);

  run_sql (db, "create temp table cell (school text, stratum text, x float8, n float8, weight float8);"
               "grant select on cell to plumbline_statistician; set role plumbline_statistician");
  *state = db;
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

static PGresult *
ask (Db *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  PGresult *result = db_queryv (db, &error, sql, DB_END);

  if (result == NULL)
    fail_msg ("%s", error->message);
  return result;
}

static void
assert_number (Db *db, const char *sql, double expected)
{
  g_autoptr (PGresult) result = ask (db, sql);
  double value = db_get_double (result, 0, "v");

  if (!double_is_near (value, expected, NEAR))
    fail_msg ("%s: %.17g, not %.17g", sql, value, expected);
}

static void
quantiles__of_three_distributions__as_in_the_program (void **state)
{
  static const double ps[] = { 1e-9, 0.001, 0.025, 0.31, 0.5, 0.7, 0.975, 0.999, 1 - 1e-9 };
  static const double dfs[] = { 1, 2, 3.5, 7, 24, 61, 100, 977, 1e5 };
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (ps); i++) {
    g_autofree char *normal = g_strdup_printf ("select monitor.normal_quantile(%.17g) as v", ps[i]);

    assert_number (db, normal, normal_quantile (ps[i]));
    for (guint j = 0; j < G_N_ELEMENTS (dfs); j++) {
      g_autofree char *student = g_strdup_printf ("select monitor.student_quantile(%.17g, %.17g) as v", ps[i], dfs[j]);

      assert_number (db, student, student_quantile (ps[i], dfs[j]));
    }
  }
}

static void
intervals__of_shares_small_and_large__as_in_the_program (void **state)
{
  static const struct {
    double x, n;
  } cases[] = { { 0, 1 },           { 1, 1 },
                { 0, 7 },           { 3, 7 },
                { 7, 7 },           { 1, 41 },
                { 19, 41 },         { 40, 41 },
                { 312, 977 },       { 9999, 10001 },
                { 51234, 98765 },   { 1, 1000000 },
                { 0, 1000000 },     { 1000000, 1000000 },
                { 527312, 1016265 } };
  static const double confidences[] = { 0.9, 0.95, 0.998 };
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (confidences); j++) {
      g_autofree char *sql = g_strdup_printf (
          "select w.low as wl, w.high as wh, e.low as el, e.high as eh from monitor.wilson(%.0f, %.0f, %g) w,"
          " monitor.clopper_pearson(%.0f, %.0f, %g) e",
          cases[i].x, cases[i].n, confidences[j], cases[i].x, cases[i].n, confidences[j]);
      g_autoptr (PGresult) result = ask (db, sql);
      double low = NAN, high = NAN;

      interval_wilson (cases[i].x, cases[i].n, confidences[j], &low, &high);
      assert_double_near (db_get_double (result, 0, "wl"), 100 * low, NEAR);
      assert_double_near (db_get_double (result, 0, "wh"), 100 * high, NEAR);
      interval_exact (cases[i].x, cases[i].n, confidences[j], &low, &high);
      assert_double_near (db_get_double (result, 0, "el"), 100 * low, NEAR);
      assert_double_near (db_get_double (result, 0, "eh"), 100 * high, NEAR);
    }
  assert_sql (db, "select w::text || e::text from monitor.wilson(3, 2) w, monitor.clopper_pearson(-1, 2) e", "(,)(,)");
}

/* ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  guint schools;
  guint strata;
  gboolean one_each; /* each school has one stratum */
  double rate;       /* 0 and 1 as well */
} Draw;

static const char *
name_of (char letter, guint number)
{
  g_autofree char *name = g_strdup_printf ("%c%03u", letter, number);

  return g_intern_string (name);
}

/* Rows of the panel, into the table and into @rows. */
static guint
draw (Db *db, GRand *rand, const Draw *d, PanelRow rows[])
{
  g_autoptr (GString) values = g_string_new (NULL);
  g_autofree char *sql = NULL;
  guint n_rows = 0;

  for (guint s = 0; s < d->schools; s++)
    for (guint l = 0; l < d->strata; l++) {
      double n = g_rand_int_range (rand, 3, 400), x = 0;

      if (d->one_each && s % d->strata != l)
        continue;
      x = d->rate <= 0 ? 0 : d->rate >= 1 ? n : floor (n * d->rate * g_rand_double_range (rand, 0.5, 1.5));
      rows[n_rows++] = (PanelRow){ name_of ('s', s), name_of ('P', l + 1), 0, n, MIN (x, n) };
      g_string_append_printf (values, "%s('s%03u', 'P%03u', %.0f, %.0f, %.17g)", values->len > 0 ? ", " : "", s, l + 1,
                              MIN (x, n), n, 1.0 / d->strata);
    }
  sql = g_strdup_printf ("reset role; truncate cell; insert into cell values %s; set role plumbline_statistician",
                         values->str);
  run_sql (db, sql);
  return n_rows;
}

static void
assert_rate (const PGresult *result, double value, double se, double df, double low, double high, guint schools)
{
  assert_double_near (db_get_double (result, 0, "value"), 100 * value, NEAR);
  /* Where schools agree, what is left of the standard error is rounding. */
  if (se > 1e-9 || isnan (se))
    assert_double_near (db_get_double (result, 0, "se"), 100 * se, NEAR);
  assert_double_near (db_get_double (result, 0, "df"), df, NEAR);
  assert_double_near (db_get_double (result, 0, "low95"), 100 * low, NEAR);
  assert_double_near (db_get_double (result, 0, "high95"), 100 * high, NEAR);
  assert_int_equal (db_get_int (result, 0, "schools"), schools);
}

static const Draw draws[] = {
  { 40, 6, FALSE, 0.5 }, { 31, 3, TRUE, 0.11 }, { 5, 1, FALSE, 0.3 }, { 4, 2, FALSE, 0.6 }, { 1, 3, FALSE, 0.4 },
  { 12, 4, TRUE, 0.6 },  { 9, 2, FALSE, 0 },    { 9, 2, FALSE, 1 },   { 7, 7, TRUE, 0.4 },  { 90, 12, FALSE, 0.62 },
};

static void
clustered__random_schools__as_in_the_program (void **state)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (draws); i++) {
    PanelRow rows[2000];
    guint n_rows = draw (db, rand, &draws[i], rows);
    double x[100] = { 0 }, n[100] = { 0 };
    g_autoptr (PGresult) result
        = ask (db, "select (r).* from (select monitor.clustered(school, x, n) as r from cell) q");
    Estimate e;

    for (guint k = 0; k < n_rows; k++) {
      guint school = (guint)g_ascii_strtoull (rows[k].school + 1, NULL, 10);

      x[school] += rows[k].x;
      n[school] += rows[k].n;
    }
    estimate_ratio (x, n, draws[i].schools, &e);
    assert_rate (result, e.p, e.se, e.df, e.low, e.high, e.schools);
  }
}

static void
standardised__random_schools_and_strata__as_in_the_program (void **state)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (draws); i++) {
    PanelRow rows[2000];
    guint n_rows = draw (db, rand, &draws[i], rows);
    g_autoptr (Panel) panel = panel_new (rows, n_rows, NULL);
    const char *strata[12];
    double shares[12], low = NAN, high = NAN;
    g_autoptr (PGresult) result
        = ask (db, "select (r).* from (select monitor.standardised(school, stratum, x, n, weight) as r from cell) q");
    Contrast level;
    for (guint l = 0; l < draws[i].strata; l++) {
      strata[l] = name_of ('P', l + 1);
      shares[l] = 1.0 / draws[i].strata;
    }
    if (panel->L == draws[i].strata) {
      g_autoptr (StrataWeights) weights = strata_weights_new (strata, shares, draws[i].strata, NULL);
      g_autoptr (Trend) trend = trend_new (panel, weights, 0, 0);

      level = trend_level (trend, 0);
      small_level_interval (panel, weights, trend, 0, &low, &high);
      assert_rate (result, level.value, level.se, trend->df, low, high, trend->schools);
    } else
      assert_true (db_is_null (result, 0, "value"));
  }
}

static void
aggregates__nothing_to_count__are_null_and_not_zero (void **state)
{
  Db *db = *state;

  run_sql (db, "reset role; truncate cell; set role plumbline_statistician");
  assert_sql (db, "select (monitor.clustered(school, x, n)).value from cell", "null");
  run_sql (db, "reset role; insert into cell values ('a', 'P1', 0, 0, 1), ('b', 'P1', null, null, 1); set role "
               "plumbline_statistician");
  assert_sql (db, "select (monitor.clustered(school, x, n)).value from cell", "null");
  run_sql (db, "reset role; insert into cell values ('c', 'P1', 3, 9, 0.6); set role plumbline_statistician");
  assert_sql (db, "select (monitor.standardised(school, stratum, x, n, weight)).value from cell where n > 0", "null");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (quantiles__of_three_distributions__as_in_the_program),
    cmocka_unit_test (intervals__of_shares_small_and_large__as_in_the_program),
    cmocka_unit_test (clustered__random_schools__as_in_the_program),
    cmocka_unit_test (standardised__random_schools_and_strata__as_in_the_program),
    cmocka_unit_test (aggregates__nothing_to_count__are_null_and_not_zero),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
