/* The program as a person or cron calls it: exit statuses, messages, the lock, the ledger, signals. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static Site *site; /* its database is after init */

/* ------------------------------------------------------------------------------------------------------------------ */

static void
main__wrong_command_lines__64_with_a_hint (void **state)
{
  static const struct {
    const char *line, *message;
  } cases[] = {
    { "", "a command is missing" },
    { "nigthly", "did you mean nightly?" },
    { "alrets", "did you mean alerts?" },
    { "--sate x status", "did you mean --state?" },
    { "help ingset", "did you mean ingest?" },
    { "check", "check needs the files to look at" },
    { "fit panel.csv", "fit needs --plan PLAN.csv" },
    { "fit --plan plan.csv", "fit needs one PANEL.csv" },
    { "simulate", "simulate needs --out DIR" },
    { "db", "db takes start, stop or psql" },
    { "--db dbname=x db stop", "--db names another" },
    { "measure --today 2022-13-01", "is no date" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    site_expect (site, cases[i].line, 64, cases[i].message);
}

static void
publication__wrong_command_lines__64_and_nothing_is_written (void **state)
{
  static const struct {
    const char *line, *message;
  } cases[] = {
    { "@db export", "export takes a view of monitor, or release" },
    { "@db export area more", "export takes one view, or release and its number" },
    { "@db export release 1 2", "export takes one view, or release and its number" },
    { "@db export release one", "'one' is not the number of a release" },
    { "@db export release 1234567890123456789", "is not the number of a release" },
    { "@db export release 7", "" },
    { "@db export nothing", "" },
    { "@db publish 1999", "" },
    { "@db publish --by grade --schools", "schools are published as totals, not by grade" },
    { "@db --format ods export area", "'ods'" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    site_expect (site, cases[i].line, 64, cases[i].message);
}

static void
publication__of_an_empty_database__says_what_it_did_or_not (void **state)
{
  static const struct {
    const char *line, *expected;
  } cases[] = {
    { "@db publish", "publish: nothing is due" },
    { "@db publish --by grade --dry-run", "publish: nothing is due" },
    { "@db publish --json", "{\"release\": null" },
    { "@db publish --quiet", "" },
    { "@db export area --dry-run", "dry run, undone: export: " },
    { "@db export area --quiet --out @out", "" },
    { "@db export area --out @out", "area" },
    { "@db export area --format xlsx --out @out", ".xlsx" },
    { "@db export area --json --format package --out @out", "\"files\": [\"" },
  };
  g_autofree char *folder = test_folder_new ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) line = g_string_new (cases[i].line);
    g_auto (Result) result = { 0 };

    g_string_replace (line, "@out", folder, 0);
    result = site_run (site, line->str);
    if (result.status != 0
        || (*cases[i].expected == '\0' ? *result.out != '\0' : strstr (result.out, cases[i].expected) == NULL))
      fail_msg ("%s: exit %d, %s%s", line->str, result.status, result.out, result.err);
  }
}

static void
main__help_and_version__0 (void **state)
{
  static const char *const lines[] = { "help", "--help", "-h", "help ingest", "ingest --help", "--version" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Result) result = site_run (site, lines[i]);

    assert_int_equal (result.status, 0);
    assert_non_null (strstr (result.out, "plumbline"));
    assert_string_equal (result.err, "");
  }
}

static void
main__database_away_or_refusing__69_with_libpq_s_message (void **state)
{
  g_autofree char *refused = g_strdup_printf ("%s dbname=nowhere", site->conninfo);
  const Site nowhere = { .conninfo = refused, .state = site->state };

  (void)state;
  site_expect (site, "--db host=/nowhere measure", 69,
               "connection to server on socket \"/nowhere/.s.PGSQL.5432\" failed");
  site_expect (&nowhere, "@db measure", 69, "database \"nowhere\" does not exist");
}

static void
main__wrong_configuration_or_catalogue__78 (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "plumbline.conf", NULL);
  g_autofree char *bad_config = g_strdup_printf ("@db --config %s status", path);
  g_autofree char *bad_catalogue = g_strdup_printf ("@db --catalogue %s init", folder);

  (void)state;
  assert_true (g_file_set_contents (path, "[plumbline]\nlanguage=de\n", -1, NULL));
  site_expect (site, bad_config, 78, "[plumbline] language: 'de' is none of zh|en");
  site_expect (site, bad_catalogue, 78, "area.csv");
}

static void
main__before_init__78_says_what_to_do (void **state)
{
  g_autofree char *database = test_database_new ();
  const Site empty = { .conninfo = database, .state = site->state };
  static const char *const lines[] = { "@db status", "@db nightly", "@db alerts" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    site_expect (&empty, lines[i], 78, "run plumbline init first");
}

static void
init__again__changes_no_table_but_run (void **state)
{
  g_autofree char *before = site_fingerprint (site);
  g_autofree char *runs = site_query (site, "select count(*) + 1 from plumbline.run");
  g_autofree char *after = NULL;

  (void)state;
  site_expect (site, "@db init", 0, "");
  after = site_fingerprint (site);
  assert_string_equal (before, after);
  site_expect_sql (site, "select count(*) from plumbline.run", runs);
  site_expect_sql (
      site,
      "select command || ' ' || exit_status || ' ' || (stages -> 0 ->> 'stage') || ' ' || (finished_at >= started_at)"
      " from plumbline.run order by run_id desc limit 1",
      "init 0 init true");
}

static void
nightly__twice_on_a_day__changes_no_table_but_run (void **state)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  (void)state;
  site_expect (site, "@db nightly --today 2022-12-31", 0, "");
  before = site_fingerprint (site);
  site_expect (site, "@db nightly --today 2022-12-31", 0, "");
  after = site_fingerprint (site);
  assert_string_equal (before, after);
  site_expect_sql (site,
                   "select string_agg(s ->> 'stage', ' ') from plumbline.run, jsonb_array_elements(stages) s"
                   " where run_id = (select max(run_id) from plumbline.run) and today = '2022-12-31'",
                   "ingest measure alert report");
}

static void
nightly__dry_run__leaves_nothing (void **state)
{
  g_autofree char *before = site_fingerprint (site);
  g_autofree char *runs = site_query (site, "select count(*) from plumbline.run");
  g_autofree char *report = g_build_filename (site->state, "untouched", NULL);
  g_autofree char *line = g_strdup_printf ("@db nightly --dry-run --today 2023-06-30 --report %s", report);
  g_auto (Result) result = site_run (site, line);
  g_autofree char *after = site_fingerprint (site);

  (void)state;
  assert_int_equal (result.status, 0);
  assert_non_null (strstr (result.out, "dry run, undone: measure: "));
  assert_string_equal (before, after);
  site_expect_sql (site, "select count(*) from plumbline.run", runs);
  assert_false (g_file_test (report, G_FILE_TEST_EXISTS));
}

/* Here the report's folder cannot be made, below a file; the mails before it went out all the same. */
static void
nightly__a_stage_fails__the_others_run_and_the_row_tells (void **state)
{
  g_autofree char *file = g_build_filename (site->state, "file", NULL);
  g_autofree char *line = g_strdup_printf ("@db nightly --report %s/report", file);

  (void)state;
  assert_true (g_file_set_contents (file, "", 0, NULL));
  site_expect (site, line, 69, "error nightly ");
  site_expect_sql (
      site,
      "select string_agg((s ->> 'stage') || case when s ? 'error' then '!' else '' end, ' ')"
      " from plumbline.run, jsonb_array_elements(stages) s where run_id = (select max(run_id) from plumbline.run)",
      "ingest measure alert report!");
  site_expect_sql (site,
                   "select exit_status || ' ' || (error is not null) from plumbline.run order by run_id desc limit 1",
                   "69 true");
}

/* Nobody is told that all is well, or not, on a night that could not look into the inbox. */
static void
nightly__ingest_fails__mails_wait_for_a_night_that_knows (void **state)
{
  g_autoptr (Site) fresh = site_new ();
  g_autofree char *path = site_file (fresh, "inbox", "");

  (void)state;
  site_expect (fresh, "@db nightly", 69, "alerts stay as they are");
  site_expect_sql (fresh, "select count(*) from plumbline.outbox", "0");
  assert_int_equal (unlink (path), 0);
  site_expect (fresh, "@db nightly", 0, "");
  site_expect_sql (fresh, "select count(*) > 0 from plumbline.outbox", "t");
}

static void
nightly__another_holds_the_lock__75_names_it (void **state)
{
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *runs = site_query (site, "select count(*) from plumbline.run");

  (void)state;
  run_sql (db, "set application_name = 'plumbline nightly 4711'; select pg_advisory_lock(x'706c756d62'::bigint)");
  site_expect (site, "@db measure", 75, "another run holds the lock: nightly, process 4711, since 20");
  site_expect_sql (site, "select count(*) from plumbline.run", runs);
  site_expect (site, "@db status", 0, "");
}

static void
session__an_earlier_run_was_killed__its_row_says_so (void **state)
{
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  run_sql (
      db,
      "insert into plumbline.run (command, today, started_at, version) values ('killed', '2022-01-01', now(), 'x')");
  site_expect (site, "@db measure", 0, "");
  site_expect_sql (site, "select error from plumbline.run where command = 'killed'", "did not finish");
}

#define BLOCKED_SQL                                                                                                    \
  "select count(*) > 0 from pg_stat_activity where application_name like 'plumbline measure %' and wait_event_type = " \
  "'Lock'"

static void
session__terminated_in_a_statement__143_undone_and_noted (void **state)
{
  g_autoptr (Db) db = site_connect (site);
  GPid pid = 0;

  (void)state;
  run_sql (db, "begin; lock table plumbline.verdict, plumbline.measured");
  pid = site_spawn (site, "@db measure --today 2024-01-01");
  assert_true (site_wait (site, BLOCKED_SQL, "t"));
  assert_int_equal (site_end (pid, SIGTERM), 143);
  run_sql (db, "rollback");
  site_expect_sql (site,
                   "select exit_status || ' ' || (error is not null) from plumbline.run order by run_id desc limit 1",
                   "143 true");
  site_expect (site, "@db measure", 0, "");
}

/* A server that works on for a killed client would still hold the lock; the next run waits for it to notice. */
static void
session__killed_in_a_statement__the_next_run_goes_on (void **state)
{
  g_autoptr (Db) db = site_connect (site);
  GPid pid = 0;

  (void)state;
  run_sql (db, "begin; lock table plumbline.verdict, plumbline.measured");
  pid = site_spawn (site, "@db measure --today 2024-01-02");
  assert_true (site_wait (site, BLOCKED_SQL, "t"));
  assert_int_equal (site_end (pid, SIGKILL), 128 + SIGKILL);
  run_sql (db, "rollback");
  site_expect (site, "@db measure", 0, "");
  site_expect_sql (site, "select count(*) from plumbline.run where finished_at is null and error is null", "0");
}

static void
json__each_command_that_takes_it__is_json_with_every_section (void **state)
{
  static const struct {
    const char *line, *keys;
  } cases[] = {
    { "@db status --json",
      "alerts files headlines inbox mail refused_files rejects runs unconfirmed undelivered verdicts" },
    { "@db alerts --json", "alerts" },
    { "@db publish 1999 --dry-run --json", NULL },
    { "@db publish --dry-run --json", "counts dry_run hidden hidden_for_others periods release shown" },
    { "@db export area --dry-run --json", "dry_run files rows simulated" },
  };
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Result) result = site_run (site, cases[i].line);
    g_autoptr (GError) error = NULL;
    g_autofree char *keys = NULL;

    assert_int_equal (result.status, cases[i].keys != NULL ? 0 : 64);
    if (cases[i].keys == NULL)
      continue;
    keys = db_value (db, &error, "select string_agg(key, ' ' order by key) from json_each($1::json)", result.out,
                     DB_END);
    assert_null (error);
    assert_string_equal (keys, cases[i].keys);
  }
}

/* An option that would be ignored is a mistake. */
static void
json__command_without_a_table__is_refused (void **state)
{
  static const char *const lines[]
      = { "@db init --json", "@db measure --json", "@db nightly --json", "@db ack 210102 myopia_change --json",
          "fit --json",      "simulate --json" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    site_expect (site, lines[i], 64, "option --json does not belong to ");
}

static void
status__after_a_night__tells_a_person (void **state)
{
  g_auto (Result) result = site_run (site, "@db status");

  (void)state;
  assert_int_equal (result.status, 0);
  assert_string_equal (result.err, "");
  assert_non_null (strstr (result.out, "inbox      0 files waiting\n"));
  assert_non_null (strstr (result.out, "last night nightly on 20"));
  assert_non_null (strstr (result.out, "无法判断"));
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (site);
  return 0;
}

static void
decide__without_what_it_takes__usage (void **state)
{
  static const struct {
    const char *line;
    const char *message;
  } cases[] = {
    { "confirm @db --comment x", "confirm takes one batch number" },
    { "confirm @db 1", "--comment is missing" },
    { "confirm @db one --comment x", "'one' is not a batch number" },
    { "confirm @db 999 --comment x", "there is no batch 999" },
    { "withdraw @db 1", "--reason is missing" },
    { "withdraw @db 1 2 --reason x", "withdraw takes one batch number" },
    { "withdraw @db 999 --reason x", "there is no batch 999" },
    { "withdraw @db 999 --comment x", "there is no batch 999" },
    { "confirm @db 999 --reason x", "there is no batch 999" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    site_expect (site, cases[i].line, 64, cases[i].message);
}

static void
answer__wrong_command_lines__64_with_a_hint (void **state)
{
  static const struct {
    const char *line;
    const char *message;
  } cases[] = {
    { "ack @db 210103 --until 2099-01-01 --comment x", "ack takes an area and a target" },
    { "ack @db 210103 myopia_change --comment x", "--until is missing" },
    { "ack @db 210103 myopia_change --until 2099-01-01", "--comment is missing" },
    { "ack @db 210103 myopia_change --until 2099-01-01 --comment x",
      "there is no open alert on myopia_change in 210103" },
    { "ack @db 210103 myopia_change --until 2099-01-41 --comment x", "is no date" },
    { "silence @db all all --comment x", "--until is missing" },
    { "silence @db nowhere all --until 2099-01-01 --comment x", "there is no area nowhere" },
    { "silence @db all nothing --until 2099-01-01 --comment x", "there is no target or indicator nothing" },
    { "silence @db all all --until 2001-01-01 --comment x", "--until 2001-01-01 is over" },
    { "explain @db 210103 近视率", "unknown target 近视率; plumbline alerts and monitor.target have their names" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    site_expect (site, cases[i].line, 64, cases[i].message);
}

static void
ack__open_alert__recorded_with_the_caller_and_not_at_all_on_a_dry_run (void **state)
{
  static const char line[] = "ack @db 210103 myopia_change --until 2099-01-01 --comment x";
  g_autofree char *dry = g_strconcat (line, " --dry-run", NULL);
  g_autofree char *wanted = g_strdup_printf ("%s acknowledged until 2099-01-01: x", g_get_user_name ());
  g_autoptr (Db) db = site_connect (site);
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_true (
      db_script (db,
                 "insert into plumbline.alert (district_code, plan, target, area_code, state, severity, since, reason, "
                 "reason_en, fingerprint, known_from) values ('210103', '2022', 'myopia_change', '210103', 'firing', "
                 "'warning', '2022-09-05', 'r', 'r', 'f', now())",
                 &error));
  for (guint i = 0; i < 2; i++) {
    g_auto (Result) result = site_run (site, i == 0 ? dry : line);

    assert_int_equal (result.status, 0);
    site_expect_sql (site, "select count(*) from plumbline.alert_hold", i == 0 ? "0" : "1");
  }
  site_expect_sql (site,
                   "select actor || ' ' || reason_en from plumbline.alert_event where target = 'myopia_change' "
                   "and from_state = to_state",
                   wanted);
  site_expect_sql (site, "select plumbline.acknowledge('210103', 'myopia_change', '2099-01-02', 'y') > 0", "t");
  site_expect_sql (site, "select actor = session_user from plumbline.alert_hold where ended_at is null", "t");
  assert_true (db_script (
      db, "delete from plumbline.alert; delete from plumbline.alert_event; delete from plumbline.alert_hold", &error));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (main__wrong_command_lines__64_with_a_hint),
    cmocka_unit_test (publication__wrong_command_lines__64_and_nothing_is_written),
    cmocka_unit_test (publication__of_an_empty_database__says_what_it_did_or_not),
    cmocka_unit_test (main__help_and_version__0),
    cmocka_unit_test (main__database_away_or_refusing__69_with_libpq_s_message),
    cmocka_unit_test (main__wrong_configuration_or_catalogue__78),
    cmocka_unit_test (main__before_init__78_says_what_to_do),
    cmocka_unit_test (init__again__changes_no_table_but_run),
    cmocka_unit_test (nightly__twice_on_a_day__changes_no_table_but_run),
    cmocka_unit_test (nightly__dry_run__leaves_nothing),
    cmocka_unit_test (nightly__a_stage_fails__the_others_run_and_the_row_tells),
    cmocka_unit_test (nightly__ingest_fails__mails_wait_for_a_night_that_knows),
    cmocka_unit_test (nightly__another_holds_the_lock__75_names_it),
    cmocka_unit_test (session__an_earlier_run_was_killed__its_row_says_so),
    cmocka_unit_test (session__terminated_in_a_statement__143_undone_and_noted),
    cmocka_unit_test (session__killed_in_a_statement__the_next_run_goes_on),
    cmocka_unit_test (decide__without_what_it_takes__usage),
    cmocka_unit_test (answer__wrong_command_lines__64_with_a_hint),
    cmocka_unit_test (ack__open_alert__recorded_with_the_caller_and_not_at_all_on_a_dry_run),
    cmocka_unit_test (json__each_command_that_takes_it__is_json_with_every_section),
    cmocka_unit_test (json__command_without_a_table__is_refused),
    cmocka_unit_test (status__after_a_night__tells_a_person),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
