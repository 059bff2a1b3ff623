/* Schools that open, close, merge and move, and a district with a new code: from exports to estimates, against numbers
 * worked by hand. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "load/ingest.h"
#include "measure/measure.h"

#define TODAY "2023-01-31"
#define WAVES 3

static const char *const periods[WAVES] = { "2021-autumn", "2022-spring", "2022-autumn" };

/* Autumn ends on 31 December, spring on 31 July: who moves, opens or closes in September does so between the last two.
 */
static const char register_file[]
    = "school_code,name,district_code,stage,ownership,valid_from,valid_to\n"
      "2101020001,a1,210102,primary,public,,\n2101020002,a2,210102,primary,public,,\n"
      "2101020003,a3,210102,primary,public,,\n2101020004,a4,210102,primary,public,,\n"
      "2101020005,a5,210102,primary,public,,\n"
      "2101020006,a6 closes,210102,primary,public,,2022-09-01\n"
      "2101020007,a7 opens,210102,primary,public,2022-03-01,\n"
      "2101030001,b1 moves,210103,primary,public,,2022-09-01\n"
      "2101030001,b1 moves,210102,primary,public,2022-09-01,\n"
      "2101030002,b2,210103,primary,public,,\n2101030003,b3,210103,primary,public,,\n"
      "2101030004,b4,210103,primary,public,,\n"
      "2101030005,b5 becomes b9,210103,primary,public,,2022-09-01\n"
      "2101030006,b6 becomes b9,210103,primary,public,,2022-09-01\n"
      "2101030009,b9,210103,primary,public,2022-09-01,\n"
      /* The district was 210122 until March 2016; one version is still written with that code. */
      "2101150001,c1,210122,primary,public,2010-01-01,2016-03-01\n2101150001,c1,210115,primary,public,2016-03-01,\n"
      "2101150002,c2,210115,primary,public,,\n2101150003,c3,210115,primary,public,,\n"
      "2101150004,c4,210115,primary,public,,\n2101150005,c5,210115,primary,public,,\n"
      "2101220006,c6,210122,primary,public,2010-01-01,\n";

/* Of 103 examined each, boys of the first grade; b9 has 206. 0: no report, because there is no school. */
static const struct {
  const char *school;
  int myopic[WAVES];
} counts[] = {
  { "2101020001", { 40, 41, 42 } }, { "2101020002", { 50, 51, 49 } }, { "2101020003", { 45, 46, 47 } },
  { "2101020004", { 38, 39, 41 } }, { "2101020005", { 60, 58, 57 } }, { "2101020006", { 55, 56, 0 } },
  { "2101020007", { 0, 47, 48 } },  { "2101030001", { 44, 45, 43 } }, { "2101030002", { 52, 51, 50 } },
  { "2101030003", { 47, 46, 48 } }, { "2101030004", { 41, 43, 42 } }, { "2101030005", { 39, 40, 0 } },
  { "2101030006", { 62, 60, 0 } },  { "2101030009", { 0, 0, 101 } },  { "2101150001", { 30, 31, 32 } },
  { "2101150002", { 35, 37, 36 } }, { "2101150003", { 41, 40, 42 } }, { "2101150004", { 28, 29, 30 } },
  { "2101150005", { 33, 34, 37 } }, { "2101220006", { 50, 49, 51 } },
};

static void
take (Db *db, const char *folder, const char *name, const char *text, gint64 rows)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *files[] = { path, NULL };
  const IngestOptions options = { .state_dir = folder, .today = TODAY, .files = files, .language = "en" };
  g_autoptr (GError) error = NULL;
  IngestSummary summary;

  assert_true (g_file_set_contents (path, text, -1, NULL));
  if (!ingest_run (db, export_catalogue (""), &options, &summary, &error))
    fail_msg ("%s", error->message);
  assert_int_equal (summary.rows_rejected, 0);
  assert_int_equal (summary.rows_added, rows);
}

static gint64
take_wave (Db *db, const char *folder, guint wave)
{
  GString *text = g_string_new ("school_code,period,grade,sex,examined,myopic\n");
  g_autofree char *content = NULL;
  gint64 rows = 0;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].myopic[wave] > 0) {
      g_string_append_printf (text, "%s,%s,P1,M,%d,%d\n", counts[i].school, periods[wave],
                              g_str_has_suffix (counts[i].school, "30009") ? 206 : 103, counts[i].myopic[wave]);
      rows++;
    }
  content = g_string_free (text, FALSE);
  take (db, folder, periods[wave], content, rows);
  return rows;
}

static void
measure (Db *db)
{
  g_autoptr (GError) error = NULL;
  MeasureSummary summary;

  if (!measure_run (db, export_catalogue (""), TODAY, 0, &summary, &error))
    fail_msg ("%s", error->message);
}

static int
city_setup (void **state)
{
  g_autofree char *folder = test_folder_new ();
  Db *db = ground_new (export_catalogue (""), NULL);

  take (db, folder, "register", register_file, 22);
  for (guint wave = 0; wave < WAVES; wave++)
    take_wave (db, folder, wave);
  measure (db);
  *state = db;
  return 0;
}

static int
city_teardown (void **state)
{
  db_close (*state);
  return 0;
}

/* Waves of an area: "numerator/denominator reporting/expected", in time. */
#define WAVES_OF(area)                                                                                                 \
  "select string_agg(format('%s/%s %s/%s', numerator, denominator, schools_reporting, schools_expected), ', '"         \
  " order by plumbline.period_end(period)) from monitor.estimate where indicator = 'myopia' and stratum = 'all' and"   \
  " area_code = '" area "'"

static void
estimates__schools_open_close_and_arrive__expected_while_they_are_there (void **state)
{
  /* 40+50+45+38+60+55; then with a7; then without a6, with b1. */
  assert_sql (*state, WAVES_OF ("210102"), "288/618 6/6, 338/721 7/7, 327/721 7/7");
}

static void
estimates__schools_merge_and_leave__expected_while_they_are_there (void **state)
{
  /* 44+52+47+41+39+62; 45+51+46+43+40+60; then 50+48+42 and 101 of 206 in the school that two became. */
  assert_sql (*state, WAVES_OF ("210103"), "285/618 6/6, 285/618 6/6, 241/515 4/4");
}

static void
estimates__district_with_a_new_code__one_series (void **state)
{
  assert_sql (*state, WAVES_OF ("210115"), "217/618 6/6, 220/618 6/6, 228/618 6/6");
  assert_sql (*state, "select count(*) from monitor.estimate where area_code = '210122'", "0");
  assert_sql (*state,
              "select string_agg(distinct district_code, ',') from monitor.myopia where school_code like '21012%'"
              " or school_code like '21011%'",
              "210115");
}

/* What moves within the city adds and takes nothing from it. */
static void
estimates__city__every_school_once (void **state)
{
  assert_sql (*state, WAVES_OF ("210100"), "790/1854 18/18, 843/1957 19/19, 796/1854 17/17");
}

/* Level waves a half-year apart: the slope a year is the last rate less the first. */
static void
trends__schools_come_and_go__all_waves_of_the_district (void **state)
{
  assert_sql (*state,
              "select string_agg(concat_ws(' ', t.area_code, points, abs(slope - s) < 1e-9), ', ' order by 1) from"
              " monitor.trend t join (values ('210102', 100 * (327 / 721.0 - 288 / 618.0)), ('210103', 100 * (241 /"
              " 515.0 - 285 / 618.0)), ('210115', 100 * (228 / 618.0 - 217 / 618.0)), ('210100', 100 * (796 / 1854.0 -"
              " 790 / 1854.0))) v(a, s) on a = t.area_code where indicator = 'myopia' and period = '2022-autumn'",
              "210100 3 t, 210102 3 t, 210103 3 t, 210115 3 t");
}

/* The path from the baseline is half a point down; nobody's report is missing. */
static void
verdicts__schools_come_and_go__complete_and_against_their_own_baseline (void **state)
{
  assert_sql (
      *state,
      "select string_agg(concat_ws(' ', v.area_code, complete, schools_reporting || '/' || schools_expected,"
      " abs(deviation - d) < 1e-9), ', ' order by 1) from plumbline.verdict v join (values"
      " ('210102', 100 * (327 / 721.0 - 288 / 618.0) + 0.5), ('210103', 100 * (241 / 515.0 - 285 / 618.0) + 0.5),"
      " ('210115', 100 * (228 / 618.0 - 217 / 618.0) + 0.5)) x(a, d) on a = v.area_code where target ="
      " 'myopia_change'",
      "210102 t 7/7 t, 210103 t 4/4 t, 210115 t 6/6 t");
}

/* A school that moved keeps its code and its past, each wave where it was then. */
static void
school_estimates__moved_and_merged__waves_where_they_were_counted (void **state)
{
  assert_sql (
      *state,
      "select string_agg(concat_ws(' ', right(school_code, 5), period, district_code), ', ' order by school_code,"
      " plumbline.period_end(period)) from monitor.school_estimate where indicator = 'myopia' and school_code in"
      " ('2101030001', '2101030005', '2101030009')",
      "30001 2021-autumn 210103, 30001 2022-spring 210103, 30001 2022-autumn 210102, 30005 2021-autumn 210103, "
      "30005 2022-spring 210103, 30009 2022-autumn 210103");
}

/* A register that says only now that a school had closed takes it out of what is expected, and its rows out of the
 * figures. */
static void
estimates__register_corrected__closed_school_is_not_waited_for (void **state)
{
  Db *db = *state;
  g_autofree char *folder = test_folder_new ();

  run_sql (db, "begin");
  run_sql (db, "delete from feed.myopia where school_code = '2101150005' and period = '2022-autumn';"
               "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, received_at)"
               " values (repeat('b', 64), 'gone', 0, 'myopia', 'loaded', now())");
  run_sql (db, "commit");
  measure (db);
  assert_sql (db, WAVES_OF ("210115"), "217/618 6/6, 220/618 6/6, 191/515 5/6");
  take (db, folder, "closed",
        "school_code,name,district_code,stage,ownership,valid_from,valid_to\n2101150005,c5,210115,primary,public,,"
        "2022-09-01\n",
        0);
  measure (db);
  assert_sql (db, WAVES_OF ("210115"), "217/618 6/6, 220/618 6/6, 191/515 5/5");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (estimates__schools_open_close_and_arrive__expected_while_they_are_there),
    cmocka_unit_test (estimates__schools_merge_and_leave__expected_while_they_are_there),
    cmocka_unit_test (estimates__district_with_a_new_code__one_series),
    cmocka_unit_test (estimates__city__every_school_once),
    cmocka_unit_test (trends__schools_come_and_go__all_waves_of_the_district),
    cmocka_unit_test (verdicts__schools_come_and_go__complete_and_against_their_own_baseline),
    cmocka_unit_test (school_estimates__moved_and_merged__waves_where_they_were_counted),
    cmocka_unit_test (estimates__register_corrected__closed_school_is_not_waited_for),
  };

  return cmocka_run_group_tests_name ("register", tests, city_setup, city_teardown);
}
