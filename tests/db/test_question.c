/* The questions of sql/questions, each on a city whose answers are known. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/sql.h"

#include <string.h>

static void
run_file (Db *db, const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error) || !db_begin (db, &error))
    fail_msg ("%s", error->message);
  run_sql (db, text);
  if (!db_commit (db, &error))
    fail_msg ("%s", error->message);
}

/* Six schools in each of two districts, of which the last has not reported, and the first is far above the rest. */
#define SCHOOLS                                                                                                           \
  "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group, "       \
  "valid_from, valid_to,"                                                                                                 \
  " batch_id, line_no, provisional, known_from) select d || lpad((533 + s)::text, 4, '0'), d || '第' || s || '学校', " \
  "d, 'primary', 'public', false,"                                                                                        \
  " false, false, '2010-01-01', null, 1, s, false, '2022-11-20' from unnest(array['210102', '210103']) d, "               \
  "generate_series(1, 6) s;"                                                                                              \
  "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group, "       \
  "valid_from, valid_to,"                                                                                                 \
  " batch_id, line_no, provisional, known_from) values ('2101020001', '小星幼儿园', '210102', 'kindergarten', "      \
  "'public', true, true, false,"                                                                                          \
  " '2010-01-01', null, 1, 1, false, '2022-11-20');"                                                                      \
  "select plumbline.ensure_year(('feed.' || f)::regclass, y) from unnest(array['myopia', 'places', 'after_school']) "     \
  "f, generate_series(2021, 2022) y;"                                                                                     \
  "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, "           \
  "line_no, provisional, known_from)"                                                                                     \
  " select d, y, d || lpad((533 + s)::text, 4, '0'), y || '-autumn', 'P1', 'M', 200, case s when 1 then 180 else 78 "     \
  "+ 2 * s end, 1, s, false, '2022-11-20'"                                                                                \
  " from unnest(array['210102', '210103']) d, generate_series(1, 5) s, generate_series(2021, 2022) y;"                    \
  "insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no, "              \
  "provisional, known_from)"                                                                                              \
  " values ('210102', 2022, '2101020001', '2022-autumn', 90, 97, 1, 1, false, '2022-11-20');"                             \
  "insert into feed.after_school (district_code, year, school_code, period, enrolled, willing, served, "                  \
  "days_per_week, hours_per_day, batch_id, line_no,"                                                                      \
  " provisional, known_from) values ('210102', 2022, '2101020534', '2022-12', 500, 400, 380, 3, 2, 1, 1, false, "         \
  "'2022-11-20'),"                                                                                                        \
  " ('210102', 2022, '2101020535', '2022-12', 500, 400, 400, 5, 2, 1, 2, false, '2022-11-20')"

/* Strata, an alert with its steps, files that were refused in part and that await confirmation, and a figure that moved
 * today. */
#define LEDGER                                                                                                         \
  "insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, "            \
  "denominator, value, low95, high95,"                                                                                 \
  " schools_reporting, schools_expected, provisional, known_from) select a, left(p, 4)::int, i, a, p, s, 120, 400, "   \
  "v, v - 2, v + 2, 10, 12, false, '2022-11-20'"                                                                       \
  " from (values ('myopia', '210100', '2022-autumn', 'P1/M', 30.0), ('myopia', '210100', '2022-autumn', 'P1/F', "      \
  "33.0), ('myopia', '210102', '2022-autumn', 'all', 50.0),"                                                           \
  " ('myopia', '210102', '2019-autumn', 'P1', 12.0), ('myopia', '210102', '2020-autumn', 'P2', 20.0), ('obesity', "    \
  "'210102', '2022-autumn', 'M', 15.0),"                                                                               \
  " ('obesity', '210102', '2022-autumn', 'F', 9.0)) x(i, a, p, s, v);"                                                 \
  "update plumbline.estimate set value_std = value, low95_std = low95, high95_std = high95 where area_code in "        \
  "('210102', '210103') and value_std is null"                                                                         \
  " and indicator = 'myopia' and stratum = 'all';"                                                                     \
  "insert into plumbline.alert select v.district_code, v.plan, v.target, v.area_code, 'firing', 'warning', "           \
  "'2022-11-20', v.reason, v.reason_en, 'f', null,"                                                                    \
  " '2022-11-20' from plumbline.verdict v where v.target = 'myopia_change' and v.area_code = '210103';"                \
  "insert into plumbline.alert_event (district_code, plan, target, area_code, at, actor, from_state, to_state, "       \
  "reason, reason_en) values"                                                                                          \
  " ('210103', '2022', 'myopia_change', '210103', '2022-11-19 09:00+08', 'plumbline', '', 'pending', '一', 'one'),"   \
  " ('210103', '2022', 'myopia_change', '210103', '2022-11-20 09:00+08', 'plumbline', 'pending', 'firing', '二', "    \
  "'two');"                                                                                                            \
  "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, period_first, period_last, "              \
  "rows_accepted, rows_provisional, rows_rejected,"                                                                    \
  " received_at) values (repeat('b', 64), 'waits.csv', 1, 'places', 'loaded', '2022-spring', '2022-autumn', 9, 3, 1, " \
  "'2022-11-19 08:00+08');"                                                                                            \
  "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, period_first, period_last, "              \
  "rows_accepted, rows_provisional,"                                                                                   \
  " received_at) values (repeat('c', 64), 'superseded.csv', 1, 'places', 'loaded', '2022-autumn', '2022-autumn', 9, "  \
  "2, '2022-11-18 08:00:00+08');"                                                                                      \
  "insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no, "           \
  "provisional, known_from)"                                                                                           \
  " select '210103', 2022, '2101030533', p, 90, 80, 2, 1, true, '2022-11-20' from unnest(array['2022-spring', "        \
  "'2022-autumn']) p;"                                                                                                 \
  "select plumbline.ensure_year('plumbline.reject', 2022);"                                                            \
  "insert into plumbline.reject (district_code, year, batch_id, reject_no, line_no, spreadsheet_row, rule, severity, " \
  "message, message_en)"                                                                                               \
  " select '210102', 2022, max(batch_id), n, n, n, 'R-NUMBER', 'refuse', '不是数字', 'no number' from "            \
  "plumbline.batch, generate_series(1, 3) n group by n;"                                                               \
  "update plumbline.estimate set provisional = true where indicator = 'kindergarten_public_share' and period = "       \
  "'2022-autumn' and area_code = '210102';"                                                                            \
  "insert into plumbline.estimate_history select e.*, now() from plumbline.estimate e where e.indicator = "            \
  "'quality_coverage' and e.area_code = '210102' and e.period = '2022-autumn';"                                        \
  "update plumbline.estimate set value = 98.75, known_from = now() where indicator = 'quality_coverage' and "          \
  "area_code = '210102' and period = '2022-autumn'"

static int
set_up (void **state)
{
  Db *db = ground_new (export_catalogue (""), "2022-11-20");

  run_file (db, "tests/db/fixture_city.sql");
  run_sql (db, SCHOOLS);
  run_sql (db, LEDGER);
  run_sql (db, "analyze; set role plumbline_statistician");
  *state = db;
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

/* The file's statement without its semicolon, inside another. */
static char *
around (const char *file, const char *before, const char *after)
{
  g_autofree char *text = g_strchomp (g_strdup (sql_text ("questions", file)));

  if (!g_str_has_suffix (text, ";") || strchr (text, ';') != text + strlen (text) - 1)
    fail_msg ("%s is not one statement that ends with a semicolon", file);
  text[strlen (text) - 1] = '\0';
  return g_strdup_printf ("%s(%s\n)%s", before, text, after);
}

/* How many rows, and the first of them. */
static const struct {
  const char *file;
  const char *rows;
  const char *first;
} answers[] = {
  { "01_off_target_since.sql", "1",
    "(沈河区,总体近视率一年下降0.5个百分点,firing,2022-11-20,60.49351606012055,57.837613107499806,0,\"与路径相差2."
    "7个百分点,32所学校两期都报。\")" },
  { "02_myopia_by_grade_and_sex.sql", "2", "(P1/F,120,400,33,31,35,10)" },
  { "03_schools_that_have_not_reported.sql", "2", "(和平区,2101020539,210102第6学校,primary)" },
  { "04_changed_since_friday.sql", "1", "(estimate,quality_coverage,,210102,2022-autumn,99.53802471961548,98.75,,,)" },
  { "05_headline_targets_by_district.sql", "13",
    "(大东区,\"{\"\"5+2覆盖\"\": \"\"met\"\", \"\"公办率\"\": \"\"off_track\"\", \"\"普惠率\"\": \"\"on_track\"\", "
    "\"\"近视率\"\": \"\"worsening\"\", \"\"优质园率\"\": \"\"met\"\", \"\"优质覆盖\"\": \"\"met\"\", "
    "\"\"优质高中\"\": \"\"met\"\", \"\"肥胖增幅\"\": \"\"uncertain\"\", \"\"课后参与\"\": \"\"on_track\"\", "
    "\"\"超重增幅\"\": \"\"on_track\"\"}\",2,0)" },
  { "06_myopia_over_the_years.sql", "86",
    "(大东区,2019-spring,59.63049629968718,59.23049629968718,57.930496299687185,60.53049629968718,)" },
  { "07_districts_ranked.sql", "1", "(1,和平区,50,48,52,0)" },
  { "08_schools_far_above_their_district.sql", "2",
    "(210103,2101030534,180,200,90.0000000000000000,85.05941875672826,93.43295513309042,43)" },
  { "09_a_class_grows_up.sql", "2", "(和平区,2019-autumn,P1,120,400,12,10,14)" },
  { "10_kindergartens_over_capacity.sql", "1", "(和平区,小星幼儿园,public,90,97,7)" },
  { "11_inclusive_kindergartens_by_term.sql", "42",
    "(康平县,2022-autumn,6811,8000,85.13721675440604,0.1372167544060403)" },
  { "12_schools_without_after_school_service.sql", "1", "(和平区,2101020534,210102第1学校,3,2,400,380)" },
  { "13_counts_behind_schedule.sql", "22", "(24,5个区通过学前教育普及普惠市级评估,1,4.2,5,2022-12-31,230)" },
  { "14_rejects_by_district_and_rule.sql", "1", "(和平区,places,R-NUMBER,refuse,3,不是数字)" },
  { "15_feeds_and_how_old_they_are.sql", "6", "(schools,学校名录,any,0,,,,,)" },
  { "16_rows_that_await_confirmation.sql", "1", "(2,waits.csv,places,2,\"2022-11-19 08:00:00+08\",11)" },
  { "17_history_of_an_alert.sql", "2",
    "(沈河区,总体近视率一年下降0.5个百分点,\"2022-11-19 09:00:00+08\",\"\",pending,plumbline,一)" },
  { "18_overweight_boys_and_girls.sql", "1", "(和平区,obesity,15,9,6,t)" },
  { "19_a_school_over_the_years.sql", "2", "(2021-autumn,180,200,90.0000000000000000,1,myopia-2022.csv)" },
  { "20_an_estimate_from_its_rows.sql", "1", "(210102,520,1000,52,27.325706562992444,75.73573187726129,5,50,48,52)" },
};

static void
question__each__gives_what_is_known (void **state)
{
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *count = around (answers[i].file, "select count(*) from ", " q");
    g_autofree char *first = around (answers[i].file, "select q::text from ", " q limit 1");
    g_autofree char *rows = value_of (db, count);
    g_autofree char *row = value_of (db, first);

    if (strcmp (rows, answers[i].rows) != 0 || strcmp (row, answers[i].first) != 0)
      fail_msg ("%s: %s rows, first %s", answers[i].file, rows, row);
  }
}

static void
question__twenty__all_of_them_here (void **state)
{
  g_auto (GStrv) files = sql_list ("questions");

  (void)state;
  assert_int_equal (g_strv_length (files), 20);
  assert_int_equal (G_N_ELEMENTS (answers), 20);
  for (guint i = 0; i < 20; i++) {
    assert_string_equal (files[i], answers[i].file);
    assert_true (g_str_has_prefix (sql_text ("questions", files[i]), "-- "));
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (question__each__gives_what_is_known),
    cmocka_unit_test (question__twenty__all_of_them_here),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
