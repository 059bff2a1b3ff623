/* What a night measures again is what moved; the results are those of measuring everything, to the last bit. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <string.h>

#define DISTRICTS "210100 210104 210181"

static Site *site;

static const char *const tables[] = { "estimate", "trend", "school_estimate", "tendency", "league", "verdict" };

/* Rows of the results of @indicators without when and by whom; floats come with every digit that they have. */
static char *
results (const char *indicators)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf (
        "select '%s ' || count(*) || ' ' || coalesce(md5(string_agg(r, ' ' order by r)), '') from (select (to_jsonb(t)"
        " - '{run_id,known_from}'::text[])::text as r from plumbline.%s t where indicator = any ('%s'))"
        " x",
        tables[i], tables[i], indicators);
    g_autofree char *line = site_query (site, sql);

    g_string_append_printf (all, "%s\n", line);
  }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
run (const char *command, const char *today)
{
  g_autofree char *line = g_strdup_printf ("@db %s --today %s", command, today);

  site_expect (site, line, 0, "");
}

static void
drop_results (void)
{
  g_autoptr (Db) db = site_connect (site);

  run_sql (db, "delete from plumbline.measured");
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf ("delete from plumbline.%s", tables[i]);

    run_sql (db, sql);
  }
}

/* How many rows of a table the last run wrote. */
static guint
written (const char *table)
{
  g_autofree char *sql = g_strdup_printf (
      "select count(*) from plumbline.%s where run_id = (select max(run_id) from plumbline.run)", table);
  g_autofree char *n = site_query (site, sql);

  return (guint)g_ascii_strtoull (n, NULL, 10);
}

/* Of indicators that were measured; the others' keep the day on which they were, while their period goes on. */
static void
compare_with_scratch (const char *what, const char *today)
{
  g_autofree char *indicators = NULL, *found = NULL, *wanted = NULL;

  indicators
      = site_query (site, "select array_agg(indicator order by indicator)::text from plumbline.measured where run_id ="
                          " (select max(run_id) from plumbline.run)");
  assert_non_null (indicators);
  found = results (indicators);
  drop_results ();
  run ("measure", today);
  wanted = results (indicators);
  if (strcmp (found, wanted) != 0)
    fail_msg ("%s: results are\n%snot\n%s", what, found, wanted);
}

static void
expect_as_from_scratch (const char *what, const char *today)
{
  run ("measure", today);
  compare_with_scratch (what, today);
}

static void
put (const char *name, const char *sql)
{
  g_autofree char *rows = site_query (site, sql);
  g_autofree char *path = g_strdup_printf ("inbox/%s.csv", name);

  if (rows == NULL)
    fail_msg ("there is nothing for %s", name);
  g_free (site_file (site, path, rows));
}

#define MYOPIA(change, where)                                                                                          \
  "select 'school_code,period,grade,sex,examined,myopic' || E'\\n' || string_agg(concat_ws(',', school_code, period,"  \
  " grade, sex, examined, " change "), E'\\n') from (select * from monitor.myopia where myopic > 1 and suppressed is"  \
  " null and " where " order by school_code, period, grade, sex limit 30) s"

/* ------------------------------------------------------------------------------------------------------------------ */

static void
measure__files_of_every_kind__results_as_from_scratch (void **state)
{
  static const struct {
    const char *what, *today, *sql;
  } files[] = {
    { "the newest period of a district", "2022-11-20",
      MYOPIA ("myopic - 1", "period = '2022-autumn' and district_code = '210104'") },
    { "an old period of a district", "2022-11-21",
      MYOPIA ("myopic - 1", "period = '2020-autumn' and district_code = '210181'") },
    { "two periods, of two districts", "2022-11-21",
      MYOPIA ("myopic - 1", "(period, district_code) in (('2022-spring', '210181'), ('2022-autumn', '210104'))") },
    { "the baseline, after the term", "2023-02-01",
      MYOPIA ("myopic - 1", "period = '2021-autumn' and district_code = '210104'") },
    { "shares counted in full", "2023-02-02",
      "select 'school_code,period,enrolled,willing,served,days_per_week,hours_per_day' || E'\\n' || "
      "string_agg(concat_ws("
      "',', school_code, period, enrolled, willing, greatest(served - 1, 0), days_per_week, hours_per_day), E'\\n') "
      "from"
      " (select * from monitor.after_school where period = '2022-05' and served > 10 order by 1 limit 10) s" },
    { "counts", "2023-02-02",
      "select 'area_code,period,target,count' || E'\\n' || string_agg(concat_ws(',', area_code, period, target, count "
      "+ 1),"
      " E'\\n') from (select * from monitor.tally where period = '2022-05' and area_code = '210104') s" },
    { "a school that changes its district's peers", "2023-02-03",
      "select 'school_code,name,district_code,stage,ownership,inclusive,recognised,in_group,valid_from,valid_to' || "
      "E'\\n'"
      " || concat_ws(',', school_code, name, district_code, 'nine_year', ownership, 'no', 'no', 'no', '2022-06-01', '')"
      " from monitor.school where stage = 'primary' and district_code = '210181' and valid_to is null and valid_from <"
      " '2020-01-01' order by 1 limit 1" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *name = g_strdup_printf ("file%u", i);

    put (name, files[i].sql);
    run ("ingest --rejects-ok", files[i].today);
    site_expect_sql (site, "select status from plumbline.batch order by batch_id desc limit 1", "loaded");
    expect_as_from_scratch (files[i].what, files[i].today);
  }
}

static void
measure__decisions_on_files__results_as_from_scratch (void **state)
{
  g_autofree char *last = NULL, *line = NULL;

  (void)state;
  put ("withdrawn", MYOPIA ("myopic - 1", "period = '2022-autumn' and district_code = '210181'"));
  run ("ingest --rejects-ok", "2023-02-04");
  run ("measure", "2023-02-04");
  last = site_query (site, "select max(batch_id) from plumbline.batch");
  line = g_strdup_printf ("withdraw %s --reason wrong", last);
  run (line, "2023-02-05");
  expect_as_from_scratch ("a withdrawn file", "2023-02-05");
  put ("complete", MYOPIA ("myopic", "period = '2021-spring' and district_code = '210181'"));
  run ("ingest --rejects-ok --replace", "2023-02-05");
  site_expect_sql (site, "select (rows_retired > 0)::text from plumbline.batch order by batch_id desc limit 1", "true");
  expect_as_from_scratch ("a file that is complete", "2023-02-05");
  expect_as_from_scratch ("nothing but what is due", "2023-09-30");
}

static void
measure__one_district_moved__others_are_left_alone (void **state)
{
  (void)state;
  put ("single", MYOPIA ("myopic - 1", "period = '2022-autumn' and district_code = '210104'"));
  run ("ingest --rejects-ok", "2023-10-06");
  run ("measure", "2023-10-06");
  assert_true (written ("estimate") > 0);
  assert_true (written ("school_estimate") > 0);
  site_expect_sql (site,
                   "select string_agg(distinct district_code || ' ' || indicator || ' ' || period, ', ') from"
                   " plumbline.school_estimate where run_id = (select max(run_id) from plumbline.run)",
                   "210104 myopia 2022-autumn");
  site_expect_sql (site,
                   "select string_agg(distinct district_code || ' ' || indicator, ', ') from plumbline.estimate"
                   " where run_id = (select max(run_id) from plumbline.run)",
                   "210100 myopia, 210104 myopia");
}

/* Rows of these indicators cannot be read while @hidden. */
static void
hide (const char *indicators, gboolean hidden)
{
  g_autoptr (Db) db = site_connect (site);
  g_auto (GStrv) names = g_strsplit (indicators, " ", -1);

  for (char **name = names; *name != NULL; name++) {
    g_autofree char *sql = hidden ? g_strdup_printf ("alter view indicator.%s rename to hidden_%s", *name, *name)
                                  : g_strdup_printf ("alter view indicator.hidden_%s rename to %s", *name, *name);

    run_sql (db, sql);
  }
}

static void
measure__others_moved__rows_of_the_rest_are_not_read (void **state)
{
  (void)state;
  run ("measure", "2023-10-07");
  put ("others", MYOPIA ("myopic - 1", "period = '2022-autumn' and district_code = '210181'"));
  run ("ingest --rejects-ok", "2023-10-08");
  hide ("overweight obesity", TRUE);
  run ("measure", "2023-10-08");
  assert_true (written ("verdict") > 0);
  hide ("overweight obesity", FALSE);
  compare_with_scratch ("kept indicators", "2023-10-08");
}

static void
measure__file_of_one_period__rows_of_others_are_not_read (void **state)
{
#define OLD_COUNT                                                                                                      \
  "select numerator::text from plumbline.estimate where indicator = 'myopia' and area_code = '210100'"                 \
  " and period = '2020-autumn' and stratum = 'all'"
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *count = NULL;

  (void)state;
  count = site_query (site, OLD_COUNT);
  run_sql (db, "update feed.myopia set examined = examined + 1, myopic = myopic + 1 where period = '2020-autumn'");
  put ("period", MYOPIA ("myopic - 1", "period = '2022-autumn' and district_code = '210181'"));
  run ("ingest --rejects-ok", "2023-10-09");
  run ("measure", "2023-10-09");
  assert_true (written ("estimate") > 0);
  site_expect_sql (site, OLD_COUNT, count);
  run_sql (db, "update feed.myopia set examined = examined - 1, myopic = myopic - 1 where period = '2020-autumn'");
  compare_with_scratch ("kept rows", "2023-10-09");
}

static void
measure__nothing_but_a_feed_that_falls_due__no_row_is_read (void **state)
{
#define COMPLETE                                                                                                       \
  "select bool_or(complete)::text from plumbline.verdict where target in ('myopia_change', 'after_school_served')"
  (void)state;
  drop_results ();
  run ("measure", "2023-01-10");
  site_expect_sql (site, COMPLETE, "true");
  hide ("myopia overweight obesity after_school_served quality_coverage", TRUE);
  run ("measure", "2024-03-08");
  hide ("myopia overweight obesity after_school_served quality_coverage", FALSE);
  site_expect_sql (site, COMPLETE, "false");
  compare_with_scratch ("after the feeds fell due", "2024-03-08");
}

static void
measure__what_is_kept_is_another_program_s_or_spoilt__rows_are_read (void **state)
{
  static const char *const spoil[] = {
    "update plumbline.measured set rests_on = 'another version', kept = '\\x00'",
    "update plumbline.measured set kept = '\\x00'",
    "update plumbline.measured set kept = substr(kept, 1, octet_length(kept) - 9)",
    "update plumbline.measured_cells set cells = substr(cells, 1, octet_length(cells) - 9)",
    "update plumbline.measured_cells set cells = ''; update plumbline.measured set cells_rest_on = ''",
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (spoil); i++) {
    g_autofree char *name = g_strdup_printf ("spoilt%u", i);
    g_autoptr (Db) db = site_connect (site);

    run ("measure", "2024-03-08");
    put (name, MYOPIA ("myopic - 1", "period = '2022-autumn' and district_code = '210181'"));
    run ("ingest --rejects-ok", "2024-03-08");
    run_sql (db, spoil[i]);
    expect_as_from_scratch (spoil[i], "2024-03-08");
  }
}

/* Statistics that the server gathers by itself change its plans, and rows then come in another order. */
static void
measure__rows_come_in_another_order__the_same_is_kept (void **state)
{
#define KEPT                                                                                                           \
  "select md5(string_agg(cells::text, ' ' order by indicator, district_code, period)) from plumbline.measured_cells"
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *kept = NULL;

  (void)state;
  drop_results ();
  run ("measure", "2024-03-08");
  kept = site_query (site, KEPT);
  assert_non_null (kept);
  run_sql (db, "analyze");
  drop_results ();
  run ("measure", "2024-03-08");
  site_expect_sql (site, KEPT, kept);
}

static void
measure__confirmed_rows__results_as_from_scratch (void **state)
{
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *batch = NULL, *line = NULL, *at_db = NULL;
  g_auto (Result) again = { 0 };

  (void)state;
  run_sql (db, "update feed.myopia set provisional = true where district_code = '210104' and period = '2022-autumn'");
  drop_results ();
  run ("measure", "2024-03-09");
  batch = site_query (site, "select max(batch_id) from feed.myopia where provisional");
  site_expect_sql (site, "select bool_or(provisional)::text from plumbline.estimate where indicator = 'myopia'",
                   "true");
  run_sql (db,
           "update feed.myopia set provisional = false where batch_id <> (select max(batch_id) from feed.myopia where"
           " provisional)");
  line = g_strdup_printf ("confirm %s --comment right", batch);
  run (line, "2024-03-10");
  run ("measure", "2024-03-10");
  site_expect_sql (site, "select bool_or(provisional)::text from plumbline.estimate where indicator = 'myopia'",
                   "false");
  compare_with_scratch ("confirmed rows", "2024-03-10");
  at_db = g_strdup_printf ("confirm @db %s --comment again", batch);
  again = site_run (site, at_db);
  assert_int_equal (again.status, 0);
  assert_non_null (strstr (again.out, "nothing of it awaits confirmation"));
}

/* What init brings is measured with, on rows that nobody sent again. */
static void
measure__catalogue_changed__results_as_from_scratch (void **state)
{
  static const struct {
    const char *file, *before, *after, *clock;
  } changes[] = {
    { "threshold.csv", "\ncompleteness_pct,80,", "\ncompleteness_pct,99,", "" },
    { "threshold.csv", "\nmin_events,10,", "\nmin_events,400,", "" },
    { "target.csv", "\n2022,myopia_change,", "\n2022,myopia_altered,", "" },
    { "threshold.csv", "\ncompleteness_pct,80,", "\ncompleteness_pct,99,", " --today 2024-01-01" }, /* set back */
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *folder = test_folder_new (), *path = g_build_filename (folder, changes[i].file, NULL);
    g_autofree char *copy = g_strdup_printf ("cp -r seeds/. %s", folder), *text = NULL;
    g_autofree char *init = g_strdup_printf ("@db init --catalogue %s%s", folder, changes[i].clock);
    g_autoptr (GString) edited = NULL;

    assert_true (g_spawn_command_line_sync (copy, NULL, NULL, NULL, NULL));
    assert_true (g_file_get_contents (path, &text, NULL, NULL));
    edited = g_string_new (text);
    assert_int_equal (g_string_replace (edited, changes[i].before, changes[i].after, 0), 1);
    assert_true (g_file_set_contents (path, edited->str, -1, NULL));
    run ("measure", "2024-03-10");
    site_expect (site, init, 0, "");
    run ("measure", "2024-03-10");
    site_expect_sql (
        site, "select count(*) from plumbline.measured where run_id <> (select max(run_id) from plumbline.run)", "0");
    compare_with_scratch (changes[i].before + 1, "2024-03-10");
  }
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  site_put_exports (site, site_city (), DISTRICTS);
  run ("ingest --rejects-ok", "2022-11-15");
  run ("measure", "2022-11-15");
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (measure__rows_come_in_another_order__the_same_is_kept),
    cmocka_unit_test (measure__files_of_every_kind__results_as_from_scratch),
    cmocka_unit_test (measure__decisions_on_files__results_as_from_scratch),
    cmocka_unit_test (measure__one_district_moved__others_are_left_alone),
    cmocka_unit_test (measure__others_moved__rows_of_the_rest_are_not_read),
    cmocka_unit_test (measure__file_of_one_period__rows_of_others_are_not_read),
    cmocka_unit_test (measure__nothing_but_a_feed_that_falls_due__no_row_is_read),
    cmocka_unit_test (measure__what_is_kept_is_another_program_s_or_spoilt__rows_are_read),
    cmocka_unit_test (measure__confirmed_rows__results_as_from_scratch),
    cmocka_unit_test (measure__catalogue_changed__results_as_from_scratch),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
