/* Releases on a real server and the standard catalogue: what is in the tables, and what is refused. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"
#include "publish/release.h"

#include <string.h>

static int
set_up (void **state)
{
  g_autoptr (GError) error = NULL;
  Db *db = ground_new (export_catalogue (""), NULL);

  if (!db_set_clock (db, "2023-01-31", &error))
    fail_msg ("%s", error->message);
  run_sql (db, "insert into plumbline.run (command, today, started_at, version) values ('publish', '2023-01-31', "
               "now(), 'test')");
  *state = db;
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

static int
empty (void **state)
{
  Db *db = *state;

  run_sql (db, "truncate plumbline.estimate, plumbline.release_row, published.estimate, published.school_estimate, "
               "published.indicator,"
               " published.dictionary, published.release restart identity;"
               "delete from plumbline.threshold where name like 'publish_%';"
               "select plumbline.ensure_year('plumbline.estimate', y) from generate_series(2021, 2022) y");
  return 0;
}

/* Three districts and their city. @values: indicator, area, period, stratum, numerator, denominator */
static void
add_estimates (Db *db, const char *values)
{
  g_autofree char *sql
      = g_strdup_printf ("insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, "
                         "numerator, denominator, value,"
                         " low95, high95, schools_reporting, schools_expected, provisional, known_from)"
                         " select a, left(p, 4)::int, i, a, p, s, x, n, 100.0 * x / n, 100.0 * x / n - 4, 100.0 * x / "
                         "n + 4, 10, 10, false, now()"
                         " from (values %s) v(i, a, p, s, x, n)"
                         " on conflict on constraint estimate_pk do update set numerator = excluded.numerator, "
                         "denominator = excluded.denominator",
                         values);

  run_sql (db, sql);
}

#define MYOPIA(period)                                                                                                 \
  "('myopia', '210100', '" period "', 'all', 913, 1712), ('myopia', '210102', '" period "', 'all', 512, 1001),"        \
  "('myopia', '210103', '" period "', 'all', 398, 649), ('myopia', '210104', '" period "', 'all', 3, 62)"

static ReleaseSummary
release (Db *db, const ReleaseOptions *options)
{
  g_autoptr (GError) error = NULL;
  ReleaseSummary sum;

  if (!release_make (db, options, &sum, &error))
    fail_msg ("%s", error->message);
  return sum;
}

static ReleaseOptions
by (const char *strata, gboolean schools, char *const periods[])
{
  return (ReleaseOptions){ periods, schools, strata, 1, "test" };
}

static void
assert_refused (Db *db, const ReleaseOptions *options, int code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = value_of (db, "select count(*) from published.release");
  ReleaseSummary sum;

  assert_false (release_make (db, options, &sum, &error));
  assert_int_equal (error->code, code);
  if (strstr (error->message, message) == NULL)
    fail_msg ("wanted %s, got %s", message, error->message);
  assert_sql (db, "select count(*) from published.release", before);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
release_make__due_periods__rounded_rates_from_rounded_counts_and_small_ones_hidden (void **state)
{
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);
  ReleaseSummary sum;

  add_estimates (db, MYOPIA ("2022-autumn"));
  sum = release (db, &options);
  assert_int_equal (sum.release_id, 1);
  assert_int_equal (sum.rows, 4);
  assert_int_equal (sum.sensitive, 1);
  assert_sql (db,
              "select string_agg(concat_ws(' ', area_code, numerator, denominator, round(value::numeric, 4), hidden), "
              "'; ' order by area_code)"
              " from published.estimate",
              "210100 915 1710 53.5088 f; 210102 510 1000 51.0000 f; 210103 400 650 61.5385 f; 210104 60 t");
  assert_sql (db,
              "select string_agg(concat_ws(' ', counts, counts_shown, periods, grain, strata, run_id), ';') from "
              "published.release",
              "4 3 {2022-autumn} district none 1");
}

/* No figure that was computed from true counts goes out: the interval is that of the counts shown and the design
 * effect. */
static void
release_make__sampled_indicator__interval_from_what_is_shown (void **state)
{
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);

  add_estimates (db, MYOPIA ("2022-autumn"));
  release (db, &options);
  assert_sql (db, "select design_effect from published.indicator where indicator = 'myopia'", "2");
  assert_sql (
      db,
      "select bool_and(abs(e.low95 - w.low95) < 1e-9 and abs(e.high95 - w.high95) < 1e-9 and e.value between e.low95 "
      "and e.high95)"
      " from published.estimate e, plumbline.released_interval(e.numerator, e.denominator, 2) w where not e.hidden",
      "t");
  assert_sql (db, "select count(*) from published.estimate where hidden and (low95 is not null or value is not null)",
              "0");
}

static void
release_make__everybody_counted__no_interval (void **state)
{
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);

  add_estimates (db, "('kindergarten_public_share', '210102', '2022-autumn', 'all', 612, 1003)");
  release (db, &options);
  assert_sql (db, "select concat_ws(' ', numerator, denominator, low95, high95) from published.estimate", "610 1005");
}

static void
release_make__nothing_new__makes_no_release (void **state)
{
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);

  assert_int_equal (release (db, &options).release_id, 0);
  add_estimates (db, MYOPIA ("2022-autumn"));
  assert_int_equal (release (db, &options).release_id, 1);
  assert_int_equal (release (db, &options).release_id, 0);
  assert_sql (db, "select count(*) from published.release", "1");
}

static void
release_make__awaiting_confirmation_or_not_over__is_not_due (void **state)
{
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);

  add_estimates (db, MYOPIA ("2022-autumn") "," MYOPIA ("2022-spring"));
  run_sql (db,
           "update plumbline.estimate set provisional = true where period = '2022-autumn' and area_code = '210103'");
  assert_int_equal (release (db, &options).periods, 1);
  assert_true (db_set_clock (db, "2022-07-31", NULL));
  run_sql (db, "truncate published.estimate, published.school_estimate, published.indicator, published.dictionary, "
               "published.release, plumbline.release_row");
  assert_int_equal (release (db, &options).release_id, 0);
  assert_true (db_set_clock (db, "2023-01-31", NULL));
}

static void
release_make__schools_and_things__are_counted_exactly (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-10", NULL };
  const ReleaseOptions options = by ("none", FALSE, periods);

  add_estimates (db, "('after_school_5plus2', '210102', '2022-10', 'all', 57, 58), ('sports_teams', '210100', "
                     "'2022-10', 'all', 3, null)");
  release (db, &options);
  assert_sql (db,
              "select string_agg(concat_ws(' ', indicator, numerator, denominator, hidden), '; ' order by indicator) "
              "from published.estimate",
              "after_school_5plus2 57 58 f; sports_teams 3 f");
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* The city is corrected by one pupil: two rounded totals, and what did not change between them, together. */
static void
release_make__corrected_and_published_again__old_release_stays_and_new_is_audited_with_it (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-autumn", NULL };
  const ReleaseOptions options = by ("none", FALSE, periods);

  add_estimates (db, MYOPIA ("2022-autumn"));
  release (db, &options);
  add_estimates (
      db,
      "('myopia', '210100', '2022-autumn', 'all', 925, 1724), ('myopia', '210102', '2022-autumn', 'all', 524, 1013)");
  assert_int_equal (release (db, &options).release_id, 2);
  assert_sql (
      db,
      "select string_agg(numerator::text, ' ' order by release_id) from published.estimate where area_code = '210100'",
      "915 925");
  assert_sql (db, "select count(*) from published.estimate where area_code = '210104' and not hidden", "0");
}

/* Under a rule of width 6 a count that was shown to 5 earlier is too well known, and cannot be taken back. */
static void
release_make__stricter_rule_than_before__refuses_and_leaves_nothing (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-autumn", NULL };
  const ReleaseOptions options = by ("none", FALSE, periods);

  add_estimates (db, "('myopia', '210102', '2022-autumn', 'all', 11, 400)");
  release (db, &options);
  run_sql (db, "insert into plumbline.threshold values ('publish_sensitive_max', 12, '', '', '', 90, now()), "
               "('publish_width', 6, '', '', '', 91, now())");
  assert_refused (
      db, &options, PLUMB_ERROR_TOO_FEW,
      "cannot publish myopia of 2022-autumn: myopia of 210102, stratum all: earlier releases alone tell a small "
      "count to within 4, and 6 is the least that is allowed");
  assert_sql (db, "select count(*) from plumbline.release_row", "1");
}

static void
release_make__rules_that_make_no_sense__are_refused (void **state)
{
  static const struct {
    const char *name;
    const char *value;
    const char *message;
  } cases[] = {
    { "publish_rounding", "4", "threshold publish_rounding is 4; it must be an odd number" },
    { "publish_rounding", "0", "must be an odd number from 1 to 99" },
    { "publish_width", "2.5", "threshold publish_width is 2.5; it must be a whole number" },
    { "publish_min_denominator", "-1", "publish_min_denominator is -1" },
  };
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);

  add_estimates (db, MYOPIA ("2022-autumn"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sql = g_strdup_printf ("delete from plumbline.threshold where name like 'publish_%%';"
                                            "insert into plumbline.threshold values ('%s', %s, '', '', '', 90, now())",
                                            cases[i].name, cases[i].value);

    run_sql (db, sql);
    assert_refused (db, &options, PLUMB_ERROR_CONFIG, cases[i].message);
  }
}

static void
release_make__period_without_figures__is_refused_by_name (void **state)
{
  Db *db = *state;
  char *unknown[] = { (char *)"2022-autumn", (char *)"2031", NULL };
  char *hostile[] = { (char *)"\",\\}", NULL };
  const ReleaseOptions first = by ("none", FALSE, unknown), second = by ("none", FALSE, hostile);

  add_estimates (db, MYOPIA ("2022-autumn"));
  assert_refused (db, &first, PLUMB_ERROR_USAGE, "no figures of period 2031");
  assert_refused (db, &second, PLUMB_ERROR_USAGE, "no figures of period");
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define SCHOOLS                                                                                                        \
  "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group, "    \
  "valid_from, valid_to,"                                                                                              \
  " batch_id, line_no, provisional, known_from) select '210102' || lpad(s::text, 4, '0'), '学校' || s, '210102', "   \
  "'primary', 'public',"                                                                                               \
  " false, false, false, '2010-01-01', null, 0, s, false, now() from generate_series(1, 6) s on conflict do nothing;"  \
  "select plumbline.ensure_year('feed.myopia', 2022);"                                                                 \
  "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, "        \
  "line_no, provisional,"                                                                                              \
  " known_from) select '210102', 2022, '210102' || lpad(s::text, 4, '0'), '2022-autumn', 'P1', 'M', 100 + s, case "    \
  "when s = 1 then 4"                                                                                                  \
  " else 30 + s end, 0, s, false, now() from generate_series(1, 6) s on conflict do nothing"

static void
release_make__schools__totals_that_hide_the_small_one (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-autumn", NULL };
  const ReleaseOptions options = by ("none", TRUE, periods);

  run_sql (db, SCHOOLS);
  add_estimates (db, "('myopia', '210102', '2022-autumn', 'all', 174, 621)");
  release (db, &options);
  assert_sql (
      db,
      "select string_agg(concat_ws(' ', right(school_code, 1), school_name, numerator, denominator, hidden), '; ' "
      "order by school_code)"
      " from published.school_estimate",
      "1 学校1 100 t; 2 学校2 30 100 f; 3 学校3 35 105 f; 4 学校4 35 105 f; 5 学校5 35 105 f; 6 学校6 35 105 f");
}

static void
release_make__schools_beside_grades__is_refused_both_ways_round (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-autumn", NULL };
  const ReleaseOptions schools = by ("none", TRUE, periods), grades = by ("grade", FALSE, periods),
                       both = by ("sex", TRUE, periods);

  run_sql (db, SCHOOLS);
  add_estimates (
      db, "('myopia', '210102', '2022-autumn', 'all', 174, 621), ('myopia', '210102', '2022-autumn', 'P1', 174, 621)");
  assert_refused (db, &both, PLUMB_ERROR_USAGE, "schools are published as totals, not by sex");
  release (db, &schools);
  assert_refused (db, &grades, PLUMB_ERROR_TOO_FEW, "release 1 shows it by school");
  empty (state);
  add_estimates (
      db, "('myopia', '210102', '2022-autumn', 'all', 174, 621), ('myopia', '210102', '2022-autumn', 'P1', 174, 621)");
  release (db, &grades);
  assert_refused (db, &schools, PLUMB_ERROR_TOO_FEW, "release 1 shows it by grade or sex");
}

static void
release_make__by_grade_then_by_sex__strata_of_each_alone (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-autumn", NULL };
  const ReleaseOptions grades = by ("grade", FALSE, periods), sexes = by ("sex", FALSE, periods);

  add_estimates (
      db, "('myopia', '210102', '2022-autumn', 'all', 174, 621), ('myopia', '210102', '2022-autumn', 'P1', 84, 311),"
          "('myopia', '210102', '2022-autumn', 'P2', 90, 310), ('myopia', '210102', '2022-autumn', 'M', 80, 300),"
          "('myopia', '210102', '2022-autumn', 'F', 94, 321), ('myopia', '210102', '2022-autumn', 'P1/M', 2, 150)");
  release (db, &grades);
  release (db, &sexes);
  assert_sql (
      db, "select string_agg(release_id || ' ' || stratum, '; ' order by release_id, stratum) from published.estimate",
      "1 P1; 1 P2; 1 all; 2 F; 2 M; 2 all");
}

/* Grades and sexes are shown to five pupils; what is by both has hidden counts between them, whose neighbours in the
   table are known. */
static void
release_make__by_grade_and_sex_after_both__is_made_and_hides_more (void **state)
{
  Db *db = *state;
  char *periods[] = { (char *)"2022-autumn", NULL };
  const char *const strata[] = { "none", "grade", "sex", "grade_sex" };
  ReleaseSummary sum = { 0 };

  run_sql (
      db,
      "insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, "
      "denominator, value, low95, high95, schools_reporting, schools_expected, provisional, known_from)"
      " select a, 2022, 'myopia', a, '2022-autumn', s, x, n, 100.0 * x / n, null, null, 1, 1, false, now() from ("
      "  select coalesce(a, '210100') as a, case grouping(g, s) when 3 then 'all' when 2 then s when 1 then g"
      "         else g || '/' || s end as s, sum(x) as x, sum(n) as n"
      "    from (values ('210102', 'P1', 'M', 2, 30), ('210102', 'P1', 'F', 3, 31), ('210102', 'P2', 'M', 11, 33),"
      "                 ('210102', 'P2', 'F', 17, 29), ('210103', 'P1', 'M', 10, 41), ('210103', 'P1', 'F', 5, 40),"
      "                 ('210103', 'P2', 'M', 36, 41), ('210103', 'P2', 'F', 21, 44), ('210104', 'P1', 'M', 13, 52),"
      "                 ('210104', 'P1', 'F', 23, 57), ('210104', 'P2', 'M', 9, 58), ('210104', 'P2', 'F', 31, 61))"
      "         t(a, g, s, x, n) group by cube (a), cube (g, s)) cells");
  for (guint i = 0; i < G_N_ELEMENTS (strata); i++) {
    const ReleaseOptions options = by (strata[i], FALSE, periods);

    sum = release (db, &options);
  }
  assert_int_equal (sum.release_id, 4);
  assert_true (sum.sensitive >= 4);
  assert_true (2 * sum.shown >= sum.rows);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
release_make__any__carries_definitions_dictionary_and_rules (void **state)
{
  Db *db = *state;
  const ReleaseOptions options = by ("none", FALSE, NULL);

  add_estimates (db, MYOPIA ("2022-autumn"));
  release (db, &options);
  assert_sql (db, "select name || ' ' || unit || ' ' || protected from published.indicator where indicator = 'myopia'",
              "近视率 percent true");
  assert_sql (db, "select count(*) from published.dictionary where about = '' or about_en = ''", "0");
  assert_sql (db,
              "select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = "
              "'published'::regnamespace"
              " and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not exists (select from "
              "published.dictionary d"
              " where d.table_name = c.relname and d.column_name = a.attname)",
              "0");
  assert_sql (db,
              "select rules_en like '%below 10%1 to 7%multiple of 5%less than 4%' and rules like '%低于10%' from "
              "published.release",
              "t");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup (release_make__due_periods__rounded_rates_from_rounded_counts_and_small_ones_hidden, empty),
    cmocka_unit_test_setup (release_make__sampled_indicator__interval_from_what_is_shown, empty),
    cmocka_unit_test_setup (release_make__everybody_counted__no_interval, empty),
    cmocka_unit_test_setup (release_make__nothing_new__makes_no_release, empty),
    cmocka_unit_test_setup (release_make__awaiting_confirmation_or_not_over__is_not_due, empty),
    cmocka_unit_test_setup (release_make__schools_and_things__are_counted_exactly, empty),
    cmocka_unit_test_setup (release_make__corrected_and_published_again__old_release_stays_and_new_is_audited_with_it,
                            empty),
    cmocka_unit_test_setup (release_make__stricter_rule_than_before__refuses_and_leaves_nothing, empty),
    cmocka_unit_test_setup (release_make__rules_that_make_no_sense__are_refused, empty),
    cmocka_unit_test_setup (release_make__period_without_figures__is_refused_by_name, empty),
    cmocka_unit_test_setup (release_make__schools__totals_that_hide_the_small_one, empty),
    cmocka_unit_test_setup (release_make__schools_beside_grades__is_refused_both_ways_round, empty),
    cmocka_unit_test_setup (release_make__by_grade_then_by_sex__strata_of_each_alone, empty),
    cmocka_unit_test_setup (release_make__by_grade_and_sex_after_both__is_made_and_hides_more, empty),
    cmocka_unit_test_setup (release_make__any__carries_definitions_dictionary_and_rules, empty),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
