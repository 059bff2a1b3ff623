/* Two years of changes of every kind, a copy of every view at ten instants, and what as_of() says of those instants
 * afterwards. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#define YEARS_SEED 20210101
#define DAYS 730
#define INSTANTS 10
/* A file, a measurement, a new catalogue: about one in a fortnight. */
#define EVENTS 60

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
  { "feed.weight", "obese = obese + 1", FALSE },
  { "feed.places", "places = places + 10, provisional = not provisional", FALSE },
  { "feed.after_school", "served = greatest(0, served - 1), days_per_week = 3 + random()", FALSE },
  { "feed.tally", "count = count + 1", FALSE },
  { "plumbline.school_estimate", "value = value + random(), standing = 'above'", FALSE },
  { "plumbline.league", "shrunken = shrunken + random(), expected_rank = 1 + random()", FALSE },
  { "plumbline.tendency", "sen_slope = random()", FALSE },
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
  "select plumbline.ensure_year(t, 2022) from unnest(array['feed.weight', 'feed.places', 'feed.after_school', "        \
  "'feed.tally', 'plumbline.school_estimate', 'plumbline.league', 'plumbline.tendency', 'plumbline.reject']"           \
  "::regclass[]) t;"                                                                                                   \
  "insert into feed.weight (district_code, year, school_code, period, grade, sex, examined, overweight, obese, thin, " \
  "batch_id, line_no, provisional, known_from) select '210102', 2022, '210102' || lpad(s::text, 4, '0'), "             \
  "'2022-autumn', 'P2', 'F', 90, 11, 8, null, 1, s, false, plumbline.clock() from generate_series(1, 20) s;"           \
  "insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no, "           \
  "provisional, known_from) select '210102', 2022, '210102' || lpad(s::text, 4, '0'), '2022-autumn', 300, 280 + s, "   \
  "1, s, false, plumbline.clock() from generate_series(1, 20) s;"                                                      \
  "insert into feed.after_school (district_code, year, school_code, period, enrolled, willing, served, "               \
  "days_per_week, hours_per_day, batch_id, line_no, provisional, known_from) select '210102', 2022, '210102' || "      \
  "lpad(s::text, 4, '0'), '2022-11', 280, 200, 190, 5, 2, 1, s, false, plumbline.clock() from generate_series(1, 20) " \
  "s;"                                                                                                                 \
  "insert into feed.tally (district_code, year, area_code, period, target, count, batch_id, line_no, provisional, "    \
  "known_from) select '210102', 2022, '210102', '2022-' || lpad(s::text, 2, '0'), 'student_clubs', s, 1, s, false, "   \
  "plumbline.clock() from generate_series(1, 12) s;"                                                                   \
  "insert into plumbline.school_estimate (district_code, year, indicator, school_code, period, numerator, "            \
  "denominator, value, provisional, known_from) select '210102', 2022, 'myopia', '210102' || lpad(s::text, 4, '0'), "  \
  "'2022-autumn', 30, 100, 30, false, plumbline.clock() from generate_series(1, 20) s;"                                \
  "insert into plumbline.league select a, 2022, 'myopia', a, '2022-autumn', 'level', 13, 30, 1, 0.5, 31, 29, 33, 32, " \
  "1, 4, 0.1, 0.2, null, plumbline.clock() from unnest(array['210102', '210103', '210104']) a;"                        \
  "insert into plumbline.tendency (district_code, year, indicator, area_code, as_of, period, points, kendall_exact, "  \
  "known_from) select a, 2022, 'myopia', a, '2022-12-31', '2022-autumn', 4, true, plumbline.clock() from "             \
  "unnest(array['210102', '210103', '210104']) a;"                                                                     \
  "create schema snap"

static int
set_up (void **state)
{
  Db *db = ground_new (export_catalogue (""), "2020-12-31");

  run_file (db, "tests/db/fixture_city.sql");
  run_sql (db, "update plumbline.estimate set known_from = plumbline.clock(); update plumbline.verdict set known_from "
               "= plumbline.clock(); update plumbline.batch set received_at = plumbline.clock()");
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

/* The date of a day of the two years, with a time of day where one is given. */
static char *
moment_of (guint day, guint second)
{
  g_autoptr (GDateTime) first = g_date_time_new_utc (2021, 1, 1, 0, 0, 0);
  g_autoptr (GDateTime) moment = g_date_time_add_seconds (first, day * 86400.0 + second);

  return g_date_time_format (moment, second > 0 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d");
}

static void
set_day (Db *db, guint day)
{
  g_autofree char *date = moment_of (day, 0);

  assert_true (db_set_clock (db, date, NULL));
}

#define LEDGER                                                                                                         \
  "insert into plumbline.run (command, today, started_at, finished_at, version) values ('nightly', "                   \
  "plumbline.today(), plumbline.clock(), plumbline.clock(), 'x');"                                                     \
  "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, period_first, received_at) values "       \
  "(md5(plumbline.clock()::text), 'f', 1, 'weight', 'loaded', '2022', plumbline.clock());"                             \
  "insert into plumbline.reject (district_code, year, batch_id, reject_no, line_no, spreadsheet_row, rule, severity, " \
  "message, message_en) select '210102', 2022, max(batch_id), 1, 2, 3, 'R-NUMBER', 'refuse', '', '' from "             \
  "plumbline.batch;"                                                                                                   \
  "insert into plumbline.alert_event (district_code, plan, target, area_code, at, actor, from_state, to_state, "       \
  "reason, reason_en) values ('210102', '2022', 'myopia_change', '210102', plumbline.clock(), 'x', '', 'firing', '', " \
  "'')"

/* One of three tables changes; one of four files before is withdrawn. */
static void
live_a_day (Db *db, GRand *rand, guint day)
{
  set_day (db, day);
  assert_true (db_begin (db, NULL));
  run_sql (db, LEDGER);
  if (g_rand_int_range (rand, 0, 4) == 0)
    run_sql (db, "select plumbline.withdraw_batch((select min(batch_id) from plumbline.batch where feed = 'weight' and "
                 "status = 'loaded'), 'wrong', 'x')");
  for (guint i = 0; i < G_N_ELEMENTS (changing); i++)
    if (g_rand_int_range (rand, 0, 3) == 0)
      change_table (db, i);
  commit (db);
}

static void
copy_views (Db *db, guint number)
{
  g_autofree char *sql = g_strdup_printf (
      "do $$ declare v text; begin for v in select relname from pg_class where relnamespace = 'monitor'::regnamespace "
      "and relkind = 'v' loop"
      " execute format('create table snap.%%I as select * from monitor.%%I', v || '_%u', v); end loop; end $$",
      number);

  run_sql (db, sql);
}

#define DIFFERENCES                                                                                                    \
  "create function snap.differences(number int) returns text language plpgsql as $$ declare v text; n bigint; said "   \
  "text "                                                                                                              \
  ":= ''; begin"                                                                                                       \
  " for v in select relname from pg_class where relnamespace = 'monitor'::regnamespace and relkind = 'v' order by 1 "  \
  "loop"                                                                                                               \
  " execute format('select count(*) from ((select t::text from snap.%1$I t except all select t::text from "            \
  "monitor.%2$I t) union all"                                                                                          \
  " (select t::text from monitor.%2$I t except all select t::text from snap.%1$I t)) x', v || '_' || number, v) into " \
  "n;"                                                                                                                 \
  " if n > 0 then said := said || format('%s %s; ', v, n); end if; end loop; return said; end $$"

/* Seen as a view, what changes_since() tells of every ten months is copied and held against the copy like any other. */
#define CHANGES_AS_VIEW                                                                                                \
  "create view monitor.changes as select s, c.* from generate_series(timestamptz '2021-01-01', '2022-12-31', "         \
  "'300 days') s, monitor.changes_since(s, true) c"

/* Views that no instant saw other than the present does would prove nothing. */
#define NEVER_MOVED                                                                                                    \
  "select string_agg(distinct v.relname, ' ') from pg_class v where v.relnamespace = 'monitor'::regnamespace and "     \
  "v.relkind = 'v' and not exists (select from snap.moved m where m.view_name = v.relname)"

static void
note_moved (Db *db, guint number)
{
  g_autofree char *sql = g_strdup_printf (
      "insert into snap.moved select split_part(w, ' ', 1) from unnest(string_to_array(snap.differences(%u), '; ')) w",
      number);

  run_sql (db, sql);
}

typedef struct {
  guint day, second;
} Instant;

static gint
compare_instants (gconstpointer a, gconstpointer b)
{
  const Instant *one = a, *other = b;

  return one->day != other->day ? (one->day > other->day) - (one->day < other->day)
                                : (one->second > other->second) - (one->second < other->second);
}

/* No event falls on the day of an instant: events happen at the time of day at which the test runs. */
static void
live_two_years (Db *db, GRand *rand, Instant instants[])
{
  g_autofree guint8 *busy = g_new0 (guint8, DAYS);
  guint next = 0;

  for (guint i = 0; i < EVENTS; i++)
    busy[g_rand_int_range (rand, 0, DAYS)] = TRUE;
  for (guint i = 0; i < INSTANTS; i++)
    instants[i] = (Instant){ (guint)g_rand_int_range (rand, 1, DAYS), (guint)g_rand_int_range (rand, 1, 86400) };
  qsort (instants, INSTANTS, sizeof *instants, compare_instants);
  for (guint day = 0; day < DAYS; day++) {
    gboolean is_instant = FALSE;

    for (; next < INSTANTS && instants[next].day == day; next++, is_instant = TRUE) {
      set_day (db, day);
      copy_views (db, next);
    }
    if (busy[day] && !is_instant)
      live_a_day (db, rand, day);
  }
}

static void
as_of__ten_random_instants_of_two_years__every_view_as_it_was_then (void **state)
{
  Db *db = *state;
  g_autoptr (GRand) rand = g_rand_new_with_seed (YEARS_SEED);
  Instant instants[INSTANTS];

  run_sql (db, "select setseed(0.42); create table snap.moved (view_name text)");
  run_sql (db, DIFFERENCES);
  run_sql (db, CHANGES_AS_VIEW);
  live_two_years (db, rand, instants);
  copy_views (db, INSTANTS);
  for (guint i = 0; i < INSTANTS; i++) {
    g_autofree char *moment = moment_of (instants[i].day, instants[i].second);
    g_autofree char *go = g_strdup_printf ("select monitor.as_of('%s')", moment);
    g_autofree char *ask = g_strdup_printf ("select snap.differences(%u)", i);

    note_moved (db, i);
    run_sql (db, go);
    assert_sql (db, ask, "");
    run_sql (db, "select monitor.as_of(null)");
  }
  assert_sql (db, NEVER_MOVED, "null");
  assert_sql (db, "select count(*) > 9 from monitor.batch where status = 'withdrawn'", "t");
  assert_sql (db, "select snap.differences(10)", "");
  run_sql (db, "drop view monitor.changes");
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* A file of rows that differ, and what is measured then: @estimates. */
static void
add_file (Db *db, const char *date, const char *batch, const char *estimates)
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
                         "select plumbline.stage('plumbline.estimate'); %2$s",
                         batch, estimates);

  assert_true (db_set_clock (db, date, NULL));
  assert_true (db_begin (db, NULL));
  run_sql (db, sql);
  commit (db);
}

static void
add_move (Db *db, const char *date, const char *batch)
{
  add_file (db, date, batch,
            "insert into pg_temp.stage_estimate select * from plumbline.estimate where indicator = 'myopia' and "
            "area_code in ('210100', '210102') and period = '2022-autumn';"
            "update pg_temp.stage_estimate set value = value + 1, known_from = null;"
            "select plumbline.merge('plumbline.estimate', 'pg_temp.stage_estimate')");
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

/* The third file came later, and later still the indicator was made to count another feed. */
static void
changes_since__as_of_a_moment__what_it_told_then (void **state)
{
  Db *db = *state;

  assert_true (db_set_clock (db, "2023-01-04", NULL));
  assert_true (db_begin (db, NULL));
  run_sql (db, "select plumbline.stage('plumbline.indicator');"
               "insert into pg_temp.stage_indicator select * from plumbline.indicator where indicator = 'myopia';"
               "update pg_temp.stage_indicator set feed = 'weight';"
               "select plumbline.merge('plumbline.indicator', 'pg_temp.stage_indicator');"
               "select monitor.as_of('2023-01-02 23:59:59+08')");
  assert_sql (db, CHANGES ("2023-01-02 23:59:59+08"), "null");
  assert_sql (db, CHANGES ("2023-01-03 23:59:59+08"), "null");
  assert_sql (
      db, CHANGES ("2023-01-01 23:59:59+08"),
      "estimate myopia 210100 2022-autumn all 50 51 second; estimate myopia 210102 2022-autumn all 50 51 second");
  assert_sql (db, "select max(changed_at) <= plumbline.seen_at() from monitor.changes_since('2021-12-31', true)", "t");
  db_rollback (db);
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

static void
changes_since__a_figure_that_changed_and_then_was_gone__names_what_took_it (void **state)
{
  Db *db = *state;

  add_move (db, "2023-01-05", "fourth");
  add_file (db, "2023-01-06", "fifth",
            "select plumbline.merge('plumbline.estimate', 'pg_temp.stage_estimate', true, "
            "'t.indicator = ''myopia'' and t.area_code = ''210102'' and t.period = ''2022-autumn''')");
  assert_sql (db, CHANGES ("2023-01-04 23:59:59+08"),
              "estimate myopia 210100 2022-autumn all 52 53 fourth; estimate myopia 210102 2022-autumn all 51 "
              "fourth+fifth");
}

#define MOVE_OTHERS                                                                                                    \
  "do $$ declare t text; begin"                                                                                        \
  " for t in select unnest(array['school_estimate', 'league', 'tendency', 'trend']) loop"                              \
  "  perform plumbline.stage(('plumbline.' || t)::regclass);"                                                          \
  "  execute format('insert into pg_temp.stage_%1$s select * from plumbline.%1$s where indicator = ''myopia'' and "    \
  "district_code = ''210102'' limit 1', t);"                                                                           \
  "  execute format('update pg_temp.stage_%s set %s, known_from = null', t, case t when 'school_estimate' then "       \
  "'value = 31.5, standing = ''below''' when 'league' then 'shrunken = 30.25' when 'tendency' then 'sen_slope = 0.5' " \
  "else 'slope = -0.75' end);"                                                                                         \
  "  perform plumbline.merge(('plumbline.' || t)::regclass, ('pg_temp.stage_' || t)::regclass);"                       \
  " end loop; end $$"

static void
changes_since__schools_standings_tendencies_and_trends__are_figures_too (void **state)
{
  Db *db = *state;

  assert_true (db_set_clock (db, "2023-01-07", NULL));
  assert_true (db_begin (db, NULL));
  run_sql (db, MOVE_OTHERS);
  commit (db);
  assert_sql (
      db,
      "select string_agg(concat_ws(' ', figure, left(area_code, 6), period, stratum, value_after, verdict_after, "
      "batch_ids is null), '; ' order by figure) from monitor.changes_since('2023-01-06 23:59:59', true)",
      "league 210102 2022-autumn level 30.25 f; school_estimate 210102 2022-autumn 31.5 below f; tendency "
      "210102 2022-autumn 0.5 f; trend 210102 2022-autumn -0.75 f");
  assert_sql (db, "select string_agg(figure, ' ' order by figure) from monitor.changes_since('2023-01-06 23:59:59')",
              "league tendency trend");
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
    cmocka_unit_test (as_of__ten_random_instants_of_two_years__every_view_as_it_was_then),
    cmocka_unit_test (changes_since__two_files__the_figures_that_moved_and_the_files_that_moved_them),
    cmocka_unit_test (changes_since__as_of_a_moment__what_it_told_then),
    cmocka_unit_test (changes_since__a_batch_withdrawn__names_it),
    cmocka_unit_test (changes_since__a_figure_that_changed_and_then_was_gone__names_what_took_it),
    cmocka_unit_test (changes_since__schools_standings_tendencies_and_trends__are_figures_too),
    cmocka_unit_test (names__of_areas_and_schools__in_the_order_of_pinyin),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
