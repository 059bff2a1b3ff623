/* The schema by itself: history, periods, the statisticians' surface, who may do what. */
#include "../support/catalogue.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"
#include "domain/catalogue.h"
#include "load/store.h"

#include <string.h>

static Db *
open_db (const char *conninfo)
{
  g_autoptr (GError) error = NULL;
  Db *db = db_open (conninfo, FALSE, &error);

  if (db == NULL)
    fail_msg ("%s", error->message);
  return db;
}

static int
set_up (void **state)
{
  g_autofree char *conninfo = test_database_new ();
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Catalogue) c = catalogue_parse (files, &error);
  Db *db = open_db (conninfo);

  if (!store_migrate (db, &error) || !store_catalogue (db, c, &error))
    fail_msg ("%s", error->message);
  *state = db;
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

/* Feeds feed.myopia from a values list (school, period, grade, examined, myopic) on the day that the clock shows. */
static char *
merge_myopia (Db *db, const char *today, const char *values, const char *complete, const char *scope)
{
  g_autofree char *fill = g_strdup_printf ("insert into pg_temp.stage_myopia (district_code, year, school_code, "
                                           "period, grade, sex, examined, myopic, batch_id, "
                                           "line_no, provisional) select '210102', left(period, 4)::smallint, school, "
                                           "period, grade, 'M', examined, myopic, 1, 2, "
                                           "false from (values %s) v(school, period, grade, examined, myopic)",
                                           values);
  g_autofree char *merge = g_strdup_printf ("select added || ' ' || changed || ' ' || retired from "
                                            "plumbline.merge('feed.myopia', 'pg_temp.stage_myopia', %s, $$%s$$)",
                                            complete, scope);
  char *counts = NULL;

  assert_true (db_set_clock (db, today, NULL));
  assert_true (db_begin (db, NULL));
  run_sql (db, "select plumbline.ensure_year('feed.myopia', 2021), plumbline.ensure_year('feed.myopia', 2022)");
  run_sql (db, "select plumbline.stage('feed.myopia')");
  run_sql (db, fill);
  counts = value_of (db, merge);
  assert_true (db_commit (db, NULL));
  return counts;
}

#define assert_merged(db, today, values, complete, scope, expected)                                                    \
  do {                                                                                                                 \
    g_autofree char *counts_ = merge_myopia ((db), (today), (values), (complete), (scope));                            \
    assert_string_equal (counts_, (expected));                                                                         \
  } while (0)

#define SUMS "select string_agg(school_code || '=' || myopic, ' ' order by school_code) from monitor.myopia"

static void
merge__new_equal_changed_missing__only_what_differs_moves (void **state)
{
  Db *db = *state;

  run_sql (db, "truncate feed.myopia, feed.myopia_history");
  assert_merged (db, "2022-03-01", "('a', '2022-spring', 'P1', 10, 3), ('b', '2022-spring', 'P1', 10, 4)", "false",
                 "true", "2 0 0");
  assert_merged (db, "2022-03-02", "('a', '2022-spring', 'P1', 10, 3), ('b', '2022-spring', 'P1', 10, 5)", "false",
                 "true", "0 1 0");
  assert_merged (db, "2022-03-03", "('a', '2022-spring', 'P1', 10, 3), ('b', '2022-spring', 'P1', 10, 5)", "true",
                 "true", "0 0 0");
  assert_sql (db, SUMS, "a=3 b=5");
  assert_sql (db, "select known_from::date from feed.myopia where school_code = 'a'", "2022-03-01");
  assert_sql (db, "select known_from::date from feed.myopia where school_code = 'b'", "2022-03-02");
  assert_sql (db,
              "select string_agg(concat_ws(' ', school_code, myopic, known_from::date, known_to::date), ';') "
              "from feed.myopia_history",
              "b 4 2022-03-01 2022-03-02");
}

static void
merge__complete_with_scope__retires_inside_it_alone (void **state)
{
  Db *db = *state;

  run_sql (db, "truncate feed.myopia, feed.myopia_history");
  assert_merged (
      db, "2022-03-01",
      "('a', '2022-spring', 'P1', 10, 3), ('b', '2022-spring', 'P1', 10, 4), ('c', '2021-autumn', 'P1', 10, 5)",
      "false", "true", "3 0 0");
  assert_merged (db, "2022-03-02", "('a', '2022-spring', 'P1', 10, 3)", "true", "t.period = '2022-spring'", "0 0 1");
  assert_sql (db, SUMS, "a=3 c=5");
  assert_merged (db, "2022-03-03", "('b', '2022-spring', 'P1', 10, 4)", "false", "true", "1 0 0");
  assert_sql (db, "select count(*) from feed.myopia_history", "1");
}

static void
merge__twice_in_a_transaction__leaves_no_history_of_the_first (void **state)
{
  Db *db = *state;
  g_autofree char *first = NULL, *second = NULL;

  run_sql (db, "truncate feed.myopia, feed.myopia_history");
  assert_true (db_begin (db, NULL));
  first = merge_myopia (db, "2022-03-01", "('a', '2022-spring', 'P1', 10, 3)", "false", "true");
  second = merge_myopia (db, "2022-03-01", "('a', '2022-spring', 'P1', 10, 4)", "true", "true");
  assert_true (db_commit (db, NULL));
  assert_string_equal (first, "1 0 0");
  assert_string_equal (second, "0 1 0");
  assert_sql (db, SUMS, "a=4");
  assert_sql (db, "select count(*) from feed.myopia_history", "0");
}

static void
merge__key_twice_in_the_stage__refused (void **state)
{
  Db *db = *state;

  assert_true (db_begin (db, NULL));
  run_sql (db, "select plumbline.stage('plumbline.threshold')");
  assert_sql_refused (db,
                      "insert into pg_temp.stage_threshold (name, value, unit, note, note_en, position) "
                      "values ('x', 1, '', '', '', 1), ('x', 2, '', '', '', 2)",
                      "duplicate key value");
  db_rollback (db);
}

static void
as_of__moments_between_changes__what_was_known_then (void **state)
{
  static const struct {
    const char *moment;
    const char *sums;
  } cases[] = {
    { "2022-02-28 00:00", "null" },     { "2022-03-01 23:59:59.9", "a=3 b=4" }, { "2022-03-02 23:59:59.9", "a=3 b=5" },
    { "2022-03-03 23:59:59.9", "b=5" }, { "2030-01-01 00:00", "b=5" },
  };
  Db *db = *state;

  run_sql (db, "truncate feed.myopia, feed.myopia_history");
  assert_merged (db, "2022-03-01", "('a', '2022-spring', 'P1', 10, 3), ('b', '2022-spring', 'P1', 10, 4)", "false",
                 "true", "2 0 0");
  assert_merged (db, "2022-03-02", "('b', '2022-spring', 'P1', 10, 5)", "false", "true", "0 1 0");
  assert_merged (db, "2022-03-03", "('b', '2022-spring', 'P1', 10, 5)", "true", "true", "0 0 1");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *set = g_strdup_printf ("select monitor.as_of('%s')", cases[i].moment);

    run_sql (db, set);
    assert_sql (db, SUMS, cases[i].sums);
  }
  run_sql (db, "select monitor.as_of(null)");
  assert_sql (db, SUMS, "b=5");
}

static void
ensure_year__repeated_and_for_plain_tables__harmless (void **state)
{
  Db *db = *state;

  run_sql (db, "select plumbline.ensure_year('feed.tally', 2022), plumbline.ensure_year('feed.tally', 2022), "
               "plumbline.ensure_year('feed.schools', 2022), plumbline.ensure_year('plumbline.reject', 0)");
  assert_sql (db,
              "select string_agg(inhrelid::regclass::text, ' ' order by 1) from pg_inherits "
              "where inhparent in ('feed.tally'::regclass, 'feed.tally_history'::regclass)",
              "feed.tally_2022 feed.tally_history_2022");
}

static void
period__every_form__first_and_last_day (void **state)
{
  static const struct {
    const char *period;
    const char *days;
  } cases[] = {
    { "2022", "2022-01-01 2022-12-31" },        { "2022-spring", "2022-02-01 2022-07-31" },
    { "2022-autumn", "2022-08-01 2022-12-31" }, { "2022-02", "2022-02-01 2022-02-28" },
    { "2024-02", "2024-02-01 2024-02-29" },     { "2022-12", "2022-12-01 2022-12-31" },
    { "2022-03-15", "2022-03-15 2022-03-15" },
  };
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sql = g_strdup_printf ("select concat_ws(' ', plumbline.period_start(p), plumbline.period_end(p)) "
                                            "from (select '%s'::text as p) x",
                                            cases[i].period);

    assert_sql (db, sql, cases[i].days);
  }
  assert_sql (db, "select plumbline.period_end(null)", "null");
}

static void
current_area__recoded_current_unknown__the_series_code (void **state)
{
  Db *db = *state;

  assert_sql (db, "select plumbline.current_area('210122')", "210115");
  assert_sql (db, "select plumbline.current_area('210102')", "210102");
  assert_sql (db, "select plumbline.current_area('999999')", "null");
  assert_sql (db, "select string_agg(area_code || '>' || series_code, ' ' order by area_code) from monitor.area",
              "210100>210100 210102>210102 210115>210115 210122>210115");
  assert_sql (db, "select count(*) from monitor.area where valid_to is null", "3");
}

static void
clock__today_given__its_date_at_this_time_of_day (void **state)
{
  Db *db = *state;

  assert_true (db_set_clock (db, "2022-11-30", NULL));
  assert_sql (db, "select plumbline.today()", "2022-11-30");
  assert_sql (db, "select plumbline.clock()::time = now()::time", "t");
  assert_true (db_set_clock (db, NULL, NULL));
  assert_sql (db, "select plumbline.clock() = now()", "t");
}

/* What the contract promises: names and types first, in this order. */
static const struct {
  const char *view;
  const char *columns;
} contract[] = {
  { "myopia",
    "school_code text, period text, grade text, sex text, examined bigint, myopic bigint, district_code text, "
    "batch_id bigint, line_no integer, provisional boolean" },
  { "tally", "area_code text, period text, count bigint, district_code text, batch_id bigint, line_no integer, "
             "provisional boolean" },
  { "school",
    "school_code text, name text, district_code text, stage text, inclusive boolean, valid_from date, valid_to date, "
    "batch_id bigint, line_no integer, provisional boolean" },
  { "area", "area_code text, valid_from date, valid_to date, parent_code text, level text, name text, name_en text" },
  { "feed", "feed text, grain text" },
  { "indicator", "indicator text, feed text, kind text, good text, numerator text, denominator text" },
  { "target", "plan text, target text, item text" },
  { "estimate",
    "indicator text, area_code text, period text, stratum text, numerator bigint, denominator bigint, value double "
    "precision, low95 double precision, high95 double precision, value_std double precision, low95_std double "
    "precision, high95_std double precision, schools_reporting integer, schools_expected integer, provisional "
    "boolean" },
  { "trend",
    "indicator text, area_code text, as_of date, points integer, slope double precision, slope_low95 double precision, "
    "slope_high95 double precision, projected double precision, projected_low95 double precision, projected_high95 "
    "double precision, method text" },
  { "verdict",
    "plan text, target text, indicator text, area_code text, as_of date, baseline_value double precision, value_now "
    "double precision, path_now double precision, target_value double precision, deadline date, deviation double "
    "precision, p_value double precision, q_value double precision, probability_met double precision, verdict text, "
    "official_class text, reason text" },
  { "alert", "plan text, target text, area_code text, state text" },
  { "alert_event",
    "event_id bigint, plan text, target text, area_code text, at timestamp with time zone, actor text, from_state "
    "text, to_state text, reason text" },
  { "batch", "batch_id bigint, run_id bigint, sha256 text, file_name text" },
  { "reject", "batch_id bigint, file_name text, feed text, line_no integer" },
  { "run", "run_id bigint, command text, today date, started_at timestamp with time zone" },
};

static void
monitor__every_view_of_the_contract__has_its_columns_first (void **state)
{
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (contract); i++) {
    g_autofree char *sql = g_strdup_printf (
        "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute "
        "where attrelid = 'monitor.%s'::regclass and attnum > 0",
        contract[i].view);
    g_autofree char *columns = value_of (db, sql);

    if (!g_str_has_prefix (columns, contract[i].columns))
      fail_msg ("monitor.%s has %s", contract[i].view, columns);
  }
}

static void
monitor__every_view__can_be_read_as_of_any_moment (void **state)
{
  Db *db = *state;

  run_sql (db, "select monitor.as_of('2001-01-01')");
  for (guint i = 0; i < G_N_ELEMENTS (contract); i++) {
    g_autofree char *sql = g_strdup_printf ("select count(*) from monitor.%s", contract[i].view);

    assert_sql (db, sql, "0");
  }
  run_sql (db, "select monitor.as_of(null)");
  assert_sql (db, "select count(*) from monitor.target", "4");
}

static void
comments__every_relation_column_and_function__in_chinese_and_english (void **state)
{
  Db *db = *state;

  run_sql (db, "select plumbline.ensure_year('feed.myopia', 2020)");
  assert_sql (
      db,
      "select string_agg(c.oid::regclass || coalesce('.' || a.attname, ''), ' ') from pg_class c "
      "left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
      "where c.relnamespace in ('plumbline'::regnamespace, 'feed'::regnamespace, 'indicator'::regnamespace, "
      "'monitor'::regnamespace) and c.relkind in ('r', 'p', 'v') "
      "and (coalesce(obj_description(c.oid, 'pg_class'), '') !~ '[^ -~].* \\| .*[a-z]' "
      "or (a.attname is not null and coalesce(col_description(c.oid, a.attnum), '') !~ '[^ -~]?.* \\| .*[A-Za-z]'))",
      "null");
  assert_sql (db,
              "select string_agg(p.oid::regprocedure::text, ' ') from pg_proc p "
              "where p.pronamespace in ('plumbline'::regnamespace, 'monitor'::regnamespace) "
              "and coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '[^ -~].* \\| .*[a-z]'",
              "null");
  assert_sql (db, "select col_description('monitor.myopia'::regclass, 5)", "检查人数（人） | Pupils examined (pupils)");
  assert_sql (db, "select obj_description('monitor.myopia'::regclass)", "近视筛查 | Myopia screening");
}

static void
keys__growing_tables__district_and_year_in_each (void **state)
{
  Db *db = *state;

  assert_sql (db,
              "select string_agg(c.oid::regclass::text, ' ') from pg_class c where c.relkind = 'p' and "
              "not (array['district_code', 'year'] <@ coalesce(plumbline.key_columns(c.oid), '{}'))",
              "null");
  assert_sql (db, "select count(*) from pg_class where relkind = 'p'", "18");
}

static void
results__not_a_number__refused (void **state)
{
  Db *db = *state;

  run_sql (db, "select plumbline.ensure_year('plumbline.estimate', 2022)");
  assert_sql_refused (
      db,
      "insert into plumbline.estimate values ('210100', 2022, 'myopia', '210100', '2022-autumn', 'all', 1, 2, "
      "'NaN', null, null, null, null, null, 1, 1, false, null, now())",
      "estimate_finite_ck");
  assert_sql_refused (
      db,
      "insert into plumbline.estimate values ('210100', 2022, 'myopia', '210100', '2022-autumn', 'all', 1, 2, "
      "50, '-Infinity', null, null, null, null, 1, 1, false, null, now())",
      "estimate_finite_ck");
  assert_sql_refused (
      db, "insert into feed.myopia values ('210102', 2022, 'a', '2022-spring', 'P1', 'M', -1, 0, 1, 1, false, now())",
      "examined_ck");
}

static void
roles__statistician__reads_monitor_and_nothing_else (void **state)
{
  Db *db = *state;

  run_sql (db, "set role plumbline_statistician");
  for (guint i = 0; i < G_N_ELEMENTS (contract); i++) {
    g_autofree char *sql = g_strdup_printf ("select count(*) >= 0 from monitor.%s", contract[i].view);

    assert_sql (db, sql, "t");
  }
  run_sql (db, "select monitor.as_of('2022-01-01'), monitor.as_of(null)");
  assert_sql_refused (db, "select 1 from feed.myopia", "permission denied");
  assert_sql_refused (db, "select 1 from plumbline.target", "permission denied");
  assert_sql_refused (db, "select 1 from indicator.myopia", "permission denied");
  assert_sql_refused (db, "select plumbline.clock()", "permission denied");
  assert_sql_refused (db, "delete from monitor.batch", "permission denied");
  assert_sql_refused (db, "create table monitor.mine (a integer)", "permission denied");
  run_sql (db, "reset role");
}

static void
roles__district_public_and_strangers__nothing (void **state)
{
  Db *db = *state;

  assert_sql (db,
              "select string_agg(c.oid::regclass || ' ' || r.rolname, ', ') from pg_class c, pg_roles r "
              "where r.rolname in ('plumbline_district', 'plumbline_public') and c.relkind in ('r', 'p', 'v', 'S') "
              "and c.relnamespace in ('plumbline'::regnamespace, 'feed'::regnamespace, 'indicator'::regnamespace, "
              "'monitor'::regnamespace) and has_table_privilege(r.oid, c.oid, 'select')",
              "null");
  assert_sql (db,
              "select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p where p.pronamespace in "
              "('plumbline'::regnamespace, 'monitor'::regnamespace) and has_function_privilege('plumbline_public', "
              "p.oid, 'execute')",
              "null");
  assert_sql (
      db,
      "select string_agg(n.nspname, ', ') from pg_namespace n where n.nspname in ('plumbline', 'feed', 'indicator', "
      "'monitor', 'public') and has_schema_privilege('plumbline_public', n.oid, 'usage')",
      "null");
  assert_sql (
      db,
      "select string_agg(rolname, ' ') from pg_roles where rolname like 'plumbline%' and (rolcanlogin or rolbypassrls)",
      "null");
}

/* The night runs as plumbline_etl, which owns nothing: stages, partitions and merges must work for it all the same. */
static void
roles__etl__runs_the_night (void **state)
{
  Db *db = *state;

  run_sql (db, "truncate feed.myopia, feed.myopia_history");
  run_sql (db, "set role plumbline_etl");
  run_sql (db, "select plumbline.ensure_year('feed.myopia', 2023)");
  assert_merged (db, "2022-03-01", "('a', '2022-spring', 'P1', 10, 3)", "false", "true", "1 0 0");
  assert_merged (db, "2022-03-02", "('a', '2022-spring', 'P1', 10, 4)", "true", "true", "0 1 0");
  assert_sql (db, "select count(*) from indicator.myopia", "0");
  assert_sql_refused (db, "drop view monitor.target", "must be owner");
  run_sql (db, "reset role");
  assert_sql (db, "select pg_get_userbyid(relowner) from pg_class where oid = 'feed.myopia_2023'::regclass",
              "plumbline_owner");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (merge__new_equal_changed_missing__only_what_differs_moves),
    cmocka_unit_test (merge__complete_with_scope__retires_inside_it_alone),
    cmocka_unit_test (merge__twice_in_a_transaction__leaves_no_history_of_the_first),
    cmocka_unit_test (merge__key_twice_in_the_stage__refused),
    cmocka_unit_test (as_of__moments_between_changes__what_was_known_then),
    cmocka_unit_test (ensure_year__repeated_and_for_plain_tables__harmless),
    cmocka_unit_test (period__every_form__first_and_last_day),
    cmocka_unit_test (current_area__recoded_current_unknown__the_series_code),
    cmocka_unit_test (clock__today_given__its_date_at_this_time_of_day),
    cmocka_unit_test (monitor__every_view_of_the_contract__has_its_columns_first),
    cmocka_unit_test (monitor__every_view__can_be_read_as_of_any_moment),
    cmocka_unit_test (comments__every_relation_column_and_function__in_chinese_and_english),
    cmocka_unit_test (keys__growing_tables__district_and_year_in_each),
    cmocka_unit_test (results__not_a_number__refused),
    cmocka_unit_test (roles__statistician__reads_monitor_and_nothing_else),
    cmocka_unit_test (roles__district_public_and_strangers__nothing),
    cmocka_unit_test (roles__etl__runs_the_night),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
