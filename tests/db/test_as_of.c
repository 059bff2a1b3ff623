/* Ten days of changes of every kind, a copy of every view each evening, and what as_of() says of those evenings
 * afterwards. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#define DAYS 10

static void
commit (Db *db)
{
  g_autoptr (GError) error = NULL;

  if (!db_commit (db, &error))
    fail_msg ("%s", error->message);
}

static void
run_file (Db *db, const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    fail_msg ("%s", error->message);
  assert_true (db_begin (db, NULL));
  run_sql (db, text);
  commit (db);
}

/* What a table was at first, and how a day changes the rows of it that it does not leave out. */
static const struct {
  const char *table;
  const char *change;
  gboolean stays; /* other tables refer to its rows */
} changing[] = {
  { "feed.schools", "name = name || '改'", FALSE },
  { "feed.myopia", "myopic = greatest(0, myopic - 1)", FALSE },
  { "plumbline.estimate", "value = value + random()", FALSE },
  { "plumbline.trend", "slope = slope + random(), method = 'changed'", FALSE },
  { "plumbline.verdict",
    "value_now = value_now + random(), verdict = case when random() < 0.5 then 'on_track' else 'uncertain' end",
    FALSE },
  { "plumbline.alert", "state = 'firing', since = plumbline.today()", FALSE },
  { "plumbline.target", "value = value + 1", FALSE },
  { "plumbline.indicator", "name = name || '改'", TRUE },
  { "plumbline.feed", "due_days = due_days + 1", TRUE },
  { "plumbline.area", "name = name || '改'", TRUE },
};

#define FIRST_DAY                                                                                                      \
  "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group, "    \
  "valid_from, valid_to,"                                                                                              \
  " batch_id, line_no, provisional, known_from) select '210102' || lpad(s::text, 4, '0'), '学校' || s, '210102', "   \
  "'primary', 'public', false,"                                                                                        \
  " false, false, '2010-01-01', null, 1, s, false, plumbline.clock() from generate_series(1, 20) s;"                   \
  "select plumbline.ensure_year('feed.myopia', 2022), plumbline.ensure_year('plumbline.trend', 2022);"                 \
  "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, "        \
  "line_no, provisional,"                                                                                              \
  " known_from) select '210102', 2022, '210102' || lpad(s::text, 4, '0'), '2022-autumn', 'P1', 'M', 100, 30, 1, s, "   \
  "false,"                                                                                                             \
  " plumbline.clock() from generate_series(1, 20) s;"                                                                  \
  "insert into plumbline.trend (district_code, year, indicator, area_code, as_of, period, points, slope, method, "     \
  "known_from)"                                                                                                        \
  " select '210102', 2022, 'myopia', '210102', '2022-12-31'::date - s, '2022-autumn', s, s, 'wls', plumbline.clock() " \
  "from generate_series(2, 9) s;"                                                                                      \
  "insert into plumbline.alert select v.district_code, v.plan, v.target, v.area_code, 'pending', 'warning', "          \
  "'2022-11-20', '', '', 'f', null,"                                                                                   \
  " plumbline.clock() from plumbline.verdict v;"                                                                       \
  "create schema snap"

static int
set_up (void **state)
{
  Db *db = ground_new (export_catalogue (""), "2022-11-20");

  run_file (db, "tests/db/fixture_city.sql");
  run_sql (db, "update plumbline.estimate set known_from = plumbline.clock(); update plumbline.verdict set known_from "
               "= plumbline.clock()");
  run_sql (db, FIRST_DAY);
  for (guint i = 0; i < G_N_ELEMENTS (changing); i++) {
    g_autofree char *sql = g_strdup_printf ("create table snap.first_%u as select * from %s", i, changing[i].table);

    run_sql (db, sql);
  }
  *state = db;
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

/* A tenth of the first day's rows is missing today, a third is changed. */
static void
change_table (Db *db, guint i)
{
  g_autofree char *name = g_strdup (strchr (changing[i].table, '.') + 1);
  g_autofree char *sql
      = g_strdup_printf ("do $$ declare cols text := (select string_agg(quote_ident(c), ', ') from "
                         "unnest(array_remove(plumbline.columns('%1$s'), 'known_from')) c);"
                         " begin perform plumbline.stage('%1$s');"
                         " execute format('insert into pg_temp.stage_%2$s (%%s) select %%s from "
                         "snap.first_%3$u where random() < %5$s', cols, cols);"
                         " update pg_temp.stage_%2$s set %4$s where random() < 0.3;"
                         " perform plumbline.merge('%1$s', 'pg_temp.stage_%2$s', true); end $$",
                         changing[i].table, name, i, changing[i].change, changing[i].stays ? "2" : "0.9");

  run_sql (db, sql);
}

static void
live_a_day (Db *db, guint day)
{
  g_autofree char *date = g_strdup_printf ("2022-12-%02u", day);
  g_autofree char *ledger = g_strdup_printf (
      "insert into plumbline.run (command, today, started_at, finished_at, version) values ('nightly', '%1$s', "
      "plumbline.clock(), plumbline.clock(), 'x');"
      "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, period_first, received_at) values "
      "(md5('%1$s'), 'f', 1, 'weight', 'loaded',"
      " '2022', plumbline.clock());"
      "select plumbline.ensure_year('plumbline.reject', 2022);"
      "insert into plumbline.alert_event (district_code, plan, target, area_code, at, actor, from_state, to_state, "
      "reason, reason_en)"
      " values ('210102', '2022', 'myopia_change', '210102', plumbline.clock(), 'x', '', 'firing', '', '')",
      date);

  assert_true (db_set_clock (db, date, NULL));
  assert_true (db_begin (db, NULL));
  run_sql (db, ledger);
  if (day > 3)
    run_sql (db, "select plumbline.withdraw_batch((select min(batch_id) from plumbline.batch where feed = 'weight' and "
                 "status = 'loaded'), 'wrong', 'x')");
  for (guint i = 0; i < G_N_ELEMENTS (changing); i++)
    change_table (db, i);
  commit (db);
}

static void
copy_views (Db *db, guint day)
{
  g_autofree char *sql = g_strdup_printf (
      "do $$ declare v text; begin for v in select relname from pg_class where relnamespace = 'monitor'::regnamespace "
      "and relkind = 'v' loop"
      " execute format('create table snap.%%I as select * from monitor.%%I', v || '_%u', v); end loop; end $$",
      day);

  run_sql (db, sql);
}

#define DIFFERENCES                                                                                                    \
  "create function snap.differences(day int) returns text language plpgsql as $$ declare v text; n bigint; said text " \
  ":= ''; begin"                                                                                                       \
  " for v in select relname from pg_class where relnamespace = 'monitor'::regnamespace and relkind = 'v' order by 1 "  \
  "loop"                                                                                                               \
  " execute format('select count(*) from ((select t::text from snap.%1$I t except all select t::text from "            \
  "monitor.%2$I t) union all"                                                                                          \
  " (select t::text from monitor.%2$I t except all select t::text from snap.%1$I t)) x', v || '_' || day, v) into n;"  \
  " if n > 0 then said := said || format('%s %s; ', v, n); end if; end loop; return said; end $$"

static void
as_of__each_evening__every_view_as_it_was_then (void **state)
{
  Db *db = *state;

  run_sql (db, "select setseed(0.42)");
  run_sql (db, DIFFERENCES);
  for (guint day = 1; day <= DAYS; day++) {
    live_a_day (db, day);
    copy_views (db, day);
  }
  for (guint day = 1; day <= DAYS; day++) {
    g_autofree char *go = g_strdup_printf ("select monitor.as_of('2022-12-%02u 23:59:59.999+08')", day);
    g_autofree char *ask = g_strdup_printf ("select snap.differences(%u)", day);

    run_sql (db, go);
    assert_sql (db, ask, "");
  }
  assert_sql (db, "select count(*) from monitor.batch where status = 'withdrawn'", "7");
  run_sql (db, "select monitor.as_of('2022-12-05 23:59:59.999+08')");
  assert_sql (db, "select count(*) from monitor.batch where status = 'withdrawn'", "2");
  assert_sql (db, "select snap.differences(4) <> ''", "t");
  run_sql (db, "select monitor.as_of(null)");
  assert_sql (db, "select snap.differences(10)", "");
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
add_move (Db *db, const char *date, const char *batch)
{
  g_autofree char *sql
      = g_strdup_printf ("insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, received_at) "
                         "values ('%1$s', '%1$s', 1, 'myopia', 'loaded', plumbline.clock());"
                         "select plumbline.stage('feed.myopia');"
                         "insert into pg_temp.stage_myopia (district_code, year, school_code, period, grade, sex, "
                         "examined, myopic, batch_id, line_no, provisional)"
                         " select district_code, year, school_code, period, grade, sex, examined, myopic + 1, (select "
                         "max(batch_id) from plumbline.batch), line_no, provisional"
                         " from feed.myopia where line_no between 2 and 4;"
                         "select plumbline.merge('feed.myopia', 'pg_temp.stage_myopia');"
                         "select plumbline.stage('plumbline.estimate');"
                         "insert into pg_temp.stage_estimate select * from plumbline.estimate where indicator = "
                         "'myopia' and area_code in ('210100', '210102') and period = '2022-autumn';"
                         "update pg_temp.stage_estimate set value = value + 1, known_from = null;"
                         "select plumbline.merge('plumbline.estimate', 'pg_temp.stage_estimate')",
                         batch);

  assert_true (db_set_clock (db, date, NULL));
  assert_true (db_begin (db, NULL));
  run_sql (db, sql);
  commit (db);
}

#define CHANGES(since)                                                                                                 \
  "select string_agg(concat_ws(' ', figure, indicator, area_code, period, stratum, value_before, value_after, "        \
  "file_names), '; ' order by area_code)"                                                                              \
  " from (select c.*, (select string_agg(b.file_name, '+' order by b.batch_id) from plumbline.batch b where "          \
  "b.batch_id = any (c.batch_ids)) as file_names"                                                                      \
  " from monitor.changes_since('" since "') c where figure = 'estimate') x"

static void
changes_since__two_files__the_figures_that_moved_and_the_files_that_moved_them (void **state)
{
  Db *db = *state;

  assert_true (db_set_clock (db, "2023-01-01", NULL));
  run_sql (db, "delete from plumbline.estimate where indicator = 'myopia' and period = '2022-autumn';"
               "insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, "
               "denominator, value,"
               " schools_reporting, schools_expected, provisional, known_from) select a, 2022, 'myopia', a, "
               "'2022-autumn', 'all', 1, 2, 50, 1, 1, false,"
               " plumbline.clock() from unnest(array['210100', '210102', '210103']) a");
  add_move (db, "2023-01-02", "second");
  add_move (db, "2023-01-03", "third");
  assert_sql (db, CHANGES ("2023-01-01 23:59:59+08"),
              "estimate myopia 210100 2022-autumn all 50 52 second+third; estimate myopia 210102 2022-autumn all 50 52 "
              "second+third");
  assert_sql (db, CHANGES ("2023-01-02 23:59:59+08"),
              "estimate myopia 210100 2022-autumn all 51 52 third; estimate myopia 210102 2022-autumn all 51 52 third");
  assert_sql (db, CHANGES ("2023-01-03 23:59:59+08"), "null");
  run_sql (db, "select monitor.as_of('2023-01-02 23:59:59+08')");
  assert_sql (
      db, CHANGES ("2023-01-01 23:59:59+08"),
      "estimate myopia 210100 2022-autumn all 50 51 second; estimate myopia 210102 2022-autumn all 50 51 second");
  run_sql (db, "select monitor.as_of(null)");
}

static void
changes_since__a_batch_withdrawn__names_it (void **state)
{
  Db *db = *state;

  assert_true (db_set_clock (db, "2023-01-04", NULL));
  assert_true (db_begin (db, NULL));
  run_sql (
      db,
      "select plumbline.withdraw_batch((select batch_id from plumbline.batch where file_name = 'third'), 'wrong', 'x');"
      "select plumbline.stage('plumbline.estimate');"
      "insert into pg_temp.stage_estimate select * from plumbline.estimate where indicator = 'myopia' and area_code = "
      "'210102' and period = '2022-autumn';"
      "update pg_temp.stage_estimate set value = 51, known_from = null;"
      "select plumbline.merge('plumbline.estimate', 'pg_temp.stage_estimate')");
  commit (db);
  assert_sql (db, CHANGES ("2023-01-03 23:59:59+08"), "estimate myopia 210102 2022-autumn all 52 51 second+third");
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
names__of_areas_and_schools__in_the_order_of_pinyin (void **state)
{
  Db *db = *state;

  run_sql (db, "update plumbline.area set name = case area_code when '210102' then '和平区' when '210103' then "
               "'沈河区' when '210104' then '大东区' else name end");
  assert_sql (db,
              "select string_agg(name, ' ') from (select name from monitor.area where area_code in ('210102', "
              "'210103', '210104')"
              " and valid_to is null order by name) x",
              "大东区 和平区 沈河区");
  assert_sql (db,
              "select string_agg(c.relname || '.' || a.attname, ', ' order by c.relname) from pg_class c join "
              "pg_attribute a on a.attrelid = c.oid and a.attname in ('name', 'area_name', 'school_name')"
              " where c.relnamespace in ('monitor'::regnamespace, 'published'::regnamespace) and c.relkind in ('v', "
              "'r', 'p') and not c.relispartition"
              " and a.attcollation <> 'pg_catalog.\"zh-x-icu\"'::regcollation",
              "null");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (as_of__each_evening__every_view_as_it_was_then),
    cmocka_unit_test (changes_since__two_files__the_figures_that_moved_and_the_files_that_moved_them),
    cmocka_unit_test (changes_since__a_batch_withdrawn__names_it),
    cmocka_unit_test (names__of_areas_and_schools__in_the_order_of_pinyin),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
