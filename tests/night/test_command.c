/* The program as a person or cron calls it: exit statuses, messages, the lock, the ledger, signals. */
#include "../support/server.h"

#include "base/cluster.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 10000

static char *program;
static char *conninfo; /* a database after init */
static char *state_dir;

typedef struct {
  int status; /* exit status, or 128 and the signal */
  char *out;
  char *err;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* @line: words separated by spaces; @db and @state stand for this binary's database and state directory. */
static char **
command_line (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  g_strv_builder_add (argv, program);
  for (char **word = words; *word != NULL; word++)
    if (strcmp (*word, "@db") == 0)
      g_strv_builder_add_many (argv, "--db", conninfo, "--state", state_dir, NULL);
    else if (**word != '\0')
      g_strv_builder_add (argv, *word);
  return g_strv_builder_end (argv);
}

static Result
run (const char *line)
{
  g_auto (GStrv) argv = command_line (line);
  Result result = { 0 };
  int status = 0;

  assert_true (g_spawn_sync ("/", argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out, &result.err, &status, NULL));
  result.status = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
  return result;
}

static void
expect_exit (const char *line, int status, const char *message)
{
  g_auto (Result) result = run (line);

  if (result.status != status || strstr (result.err, message) == NULL)
    fail_msg ("%s: exit %d, not %d: %s", line, result.status, status, result.err);
}

static Db *
connect_db (void)
{
  g_autoptr (GError) error = NULL;
  Db *db = db_open (conninfo, FALSE, &error);

  if (db == NULL)
    fail_msg ("%s", error->message);
  return db;
}

static char *
query (const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = connect_db ();
  char *value = db_value (db, &error, sql, DB_END);

  if (error != NULL)
    fail_msg ("%s", error->message);
  return value;
}

static void
execute (Db *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  if (!db_script (db, sql, &error))
    fail_msg ("%s", error->message);
}

static void
expect_sql (const char *sql, const char *expected)
{
  g_autofree char *value = query (sql);

  if (g_strcmp0 (value, expected) != 0)
    fail_msg ("%s: %s, not %s", sql, value != NULL ? value : "null", expected);
}

/* Rows of every table of the program's but the ledger of runs, and of the feeds: what may not change. */
static char *
fingerprint (void)
{
  return query (
      "select string_agg(n.nspname || '.' || c.relname || ' ' || (xpath('/row/n/text()', query_to_xml(format("
      "'select count(*) || '' '' || coalesce(sum(hashtext(t::text)::bigint), 0) as n from %I.%I t', n.nspname, "
      "c.relname), false, true, '')))[1]::text, E'\\n' order by n.nspname, c.relname)"
      " from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('plumbline', 'feed')"
      " and c.relkind = 'r' and c.relname <> 'run'");
}

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
    expect_exit (cases[i].line, 64, cases[i].message);
}

static void
main__help_and_version__0 (void **state)
{
  static const char *const lines[] = { "help", "--help", "-h", "help ingest", "ingest --help", "--version" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Result) result = run (lines[i]);

    assert_int_equal (result.status, 0);
    assert_non_null (strstr (result.out, "plumbline"));
    assert_string_equal (result.err, "");
  }
}

static void
main__database_away_or_refusing__69_with_libpq_s_message (void **state)
{
  g_autofree char *refused = g_strdup_printf ("%s dbname=nowhere", conninfo);
  g_auto (GStrv) argv = g_strdupv ((char *[]){ program, "--db", refused, "measure", NULL });
  g_autofree char *err = NULL;
  int status = 0;

  (void)state;
  expect_exit ("--db host=/nowhere measure", 69, "connection to server on socket \"/nowhere/.s.PGSQL.5432\" failed");
  assert_true (g_spawn_sync ("/", argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &err, &status, NULL));
  assert_int_equal (WEXITSTATUS (status), 69);
  assert_non_null (strstr (err, "database \"nowhere\" does not exist"));
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
  expect_exit (bad_config, 78, "[plumbline] language: 'de' is none of zh|en");
  expect_exit (bad_catalogue, 78, "area.csv");
}

static void
main__before_init__78_says_what_to_do (void **state)
{
  g_autofree char *empty = test_database_new ();
  g_autofree char *ready = conninfo;
  static const char *const lines[] = { "@db status", "@db nightly", "@db alerts" };

  (void)state;
  conninfo = empty;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    expect_exit (lines[i], 78, "run plumbline init first");
  conninfo = g_steal_pointer (&ready);
}

static void
init__again__changes_no_table_but_run (void **state)
{
  g_autofree char *before = fingerprint ();
  g_autofree char *runs = query ("select count(*) + 1 from plumbline.run");
  g_autofree char *after = NULL;

  (void)state;
  expect_exit ("@db init", 0, "");
  after = fingerprint ();
  assert_string_equal (before, after);
  expect_sql ("select count(*) from plumbline.run", runs);
  expect_sql (
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
  expect_exit ("@db nightly --today 2022-12-31", 0, "");
  before = fingerprint ();
  expect_exit ("@db nightly --today 2022-12-31", 0, "");
  after = fingerprint ();
  assert_string_equal (before, after);
  expect_sql ("select string_agg(s ->> 'stage', ' ') from plumbline.run, jsonb_array_elements(stages) s"
              " where run_id = (select max(run_id) from plumbline.run) and today = '2022-12-31'",
              "ingest measure alert report");
}

static void
nightly__dry_run__leaves_nothing (void **state)
{
  g_autofree char *before = fingerprint ();
  g_autofree char *runs = query ("select count(*) from plumbline.run");
  g_autofree char *report = g_build_filename (state_dir, "untouched", NULL);
  g_autofree char *line = g_strdup_printf ("@db nightly --dry-run --today 2023-06-30 --report %s", report);
  g_auto (Result) result = run (line);
  g_autofree char *after = fingerprint ();

  (void)state;
  assert_int_equal (result.status, 0);
  assert_non_null (strstr (result.out, "dry run, undone: measure: "));
  assert_string_equal (before, after);
  expect_sql ("select count(*) from plumbline.run", runs);
  assert_false (g_file_test (report, G_FILE_TEST_EXISTS));
}

/* Here the report's folder cannot be made, below a file; the mails before it went out all the same. */
static void
nightly__a_stage_fails__the_others_run_and_the_row_tells (void **state)
{
  g_autofree char *file = g_build_filename (state_dir, "file", NULL);
  g_autofree char *line = g_strdup_printf ("@db nightly --report %s/report", file);

  (void)state;
  assert_true (g_file_set_contents (file, "", 0, NULL));
  expect_exit (line, 69, "error nightly ");
  expect_sql (
      "select string_agg((s ->> 'stage') || case when s ? 'error' then '!' else '' end, ' ')"
      " from plumbline.run, jsonb_array_elements(stages) s where run_id = (select max(run_id) from plumbline.run)",
      "ingest measure alert report!");
  expect_sql ("select exit_status || ' ' || (error is not null) from plumbline.run order by run_id desc limit 1",
              "69 true");
}

static void
nightly__another_holds_the_lock__75_names_it (void **state)
{
  g_autoptr (Db) db = connect_db ();
  g_autofree char *runs = query ("select count(*) from plumbline.run");

  (void)state;
  execute (db, "set application_name = 'plumbline nightly 4711'; select pg_advisory_lock(x'706c756d62'::bigint)");
  expect_exit ("@db measure", 75, "another run holds the lock: nightly, process 4711, since 20");
  expect_sql ("select count(*) from plumbline.run", runs);
  expect_exit ("@db status", 0, "");
}

static void
session__an_earlier_run_was_killed__its_row_says_so (void **state)
{
  g_autoptr (Db) db = connect_db ();

  (void)state;
  execute (
      db,
      "insert into plumbline.run (command, today, started_at, version) values ('killed', '2022-01-01', now(), 'x')");
  expect_exit ("@db measure", 0, "");
  expect_sql ("select error from plumbline.run where command = 'killed'", "did not finish");
}

static gboolean
wait_for (const char *sql, const char *expected)
{
  for (guint waited = 0; waited < WAIT_MS; waited += 50) {
    g_autofree char *value = query (sql);

    if (g_strcmp0 (value, expected) == 0)
      return TRUE;
    g_usleep (50000);
  }
  return FALSE;
}

static GPid
spawn (const char *line)
{
  g_auto (GStrv) argv = command_line (line);
  GPid pid = 0;

  assert_true (g_spawn_async ("/", argv, NULL,
                              G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                              NULL, &pid, NULL));
  return pid;
}

#define BLOCKED_SQL                                                                                                    \
  "select count(*) > 0 from pg_stat_activity where application_name like 'plumbline measure %' and wait_event_type = " \
  "'Lock'"

static void
session__terminated_in_a_statement__143_undone_and_noted (void **state)
{
  g_autoptr (Db) db = connect_db ();
  int status = 0;
  GPid pid = 0;

  (void)state;
  execute (db, "begin; lock table plumbline.verdict, plumbline.measured");
  pid = spawn ("@db measure --today 2024-01-01");
  assert_true (wait_for (BLOCKED_SQL, "t"));
  assert_int_equal (kill (pid, SIGTERM), 0);
  assert_int_equal (waitpid (pid, &status, 0), pid);
  execute (db, "rollback");
  assert_true (WIFEXITED (status));
  assert_int_equal (WEXITSTATUS (status), 143);
  expect_sql ("select exit_status || ' ' || (error is not null) from plumbline.run order by run_id desc limit 1",
              "143 true");
  expect_exit ("@db measure", 0, "");
}

/* A server that works on for a killed client would still hold the lock; the next run waits for it to notice. */
static void
session__killed_in_a_statement__the_next_run_goes_on (void **state)
{
  g_autoptr (Db) db = connect_db ();
  int status = 0;
  GPid pid = 0;

  (void)state;
  execute (db, "begin; lock table plumbline.verdict, plumbline.measured");
  pid = spawn ("@db measure --today 2024-01-02");
  assert_true (wait_for (BLOCKED_SQL, "t"));
  assert_int_equal (kill (pid, SIGKILL), 0);
  assert_int_equal (waitpid (pid, &status, 0), pid);
  execute (db, "rollback");
  expect_exit ("@db measure", 0, "");
  expect_sql ("select count(*) from plumbline.run where finished_at is null and error is null", "0");
}

static void
status__json__is_json_with_every_section (void **state)
{
  static const char *const lines[] = { "@db status --json", "@db alerts --json" };
  g_autoptr (Db) db = connect_db ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Result) result = run (lines[i]);
    g_autoptr (GError) error = NULL;
    g_autofree char *keys = db_value (db, &error, "select string_agg(key, ' ' order by key) from json_each($1::json)",
                                      result.out, DB_END);

    assert_int_equal (result.status, 0);
    assert_null (error);
    assert_string_equal (keys,
                         i == 0 ? "alerts files headlines inbox mail refused_files rejects runs verdicts" : "alerts");
  }
}

static void
status__after_a_night__tells_a_person (void **state)
{
  g_auto (Result) result = run ("@db status");

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
  g_autofree char *build = g_strdup (g_getenv ("PLUMB_BUILD"));
  g_autofree char *self = build == NULL ? g_file_read_link ("/proc/self/exe", NULL) : NULL;

  (void)state;
  while (build == NULL && self != NULL && strlen (self) > 1) {
    g_autofree char *up = g_path_get_dirname (self);
    g_autofree char *candidate = g_build_filename (up, "plumbline", NULL);

    if (g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
      build = g_strdup (up);
    g_free (self);
    self = g_steal_pointer (&up);
  }
  if (build == NULL)
    return -1;
  program = g_build_filename (build, "plumbline", NULL);
  state_dir = test_folder_new ();
  conninfo = test_database_new ();
  expect_exit ("@db init", 0, "");
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_free (program);
  g_free (state_dir);
  g_free (conninfo);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (main__wrong_command_lines__64_with_a_hint),
    cmocka_unit_test (main__help_and_version__0),
    cmocka_unit_test (main__database_away_or_refusing__69_with_libpq_s_message),
    cmocka_unit_test (main__wrong_configuration_or_catalogue__78),
    cmocka_unit_test (main__before_init__78_says_what_to_do),
    cmocka_unit_test (init__again__changes_no_table_but_run),
    cmocka_unit_test (nightly__twice_on_a_day__changes_no_table_but_run),
    cmocka_unit_test (nightly__dry_run__leaves_nothing),
    cmocka_unit_test (nightly__a_stage_fails__the_others_run_and_the_row_tells),
    cmocka_unit_test (nightly__another_holds_the_lock__75_names_it),
    cmocka_unit_test (session__an_earlier_run_was_killed__its_row_says_so),
    cmocka_unit_test (session__terminated_in_a_statement__143_undone_and_noted),
    cmocka_unit_test (session__killed_in_a_statement__the_next_run_goes_on),
    cmocka_unit_test (status__json__is_json_with_every_section),
    cmocka_unit_test (status__after_a_night__tells_a_person),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
