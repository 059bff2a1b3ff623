/* Each thing that a night needs is taken away, and the doctor says so, with a remedy. */
#include "../support/postbox.h"
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#define HARMLESS "configuration state disk database tools schema rights catalogue fonts inbox"

static Site *site;
static Db *db;

/* The line of @check that has @words in it; NULL when there is none. Free it. */
static char *
find_line (const char *out, const char *check, const char *words)
{
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  g_autofree char *start = g_strdup_printf ("{\"check\": \"%s\"", check);

  for (char **line = lines; *line != NULL; line++)
    if (strstr (*line, start) != NULL && strstr (*line, words) != NULL)
      return g_strdup (*line);
  return NULL;
}

static void
expect_finding (const char *line, int status, const char *check, const char *state, const char *words)
{
  g_auto (Result) result = site_run (site, line);
  g_autofree char *found = find_line (result.out, check, words);
  g_autofree char *as_state = g_strdup_printf ("\"state\": \"%s\"", state);

  if (result.status != status || found == NULL || strstr (found, as_state) == NULL)
    fail_msg ("%s: exit %d, not %d; no %s of %s with %s in\n%s%s", line, result.status, status, state, check, words,
              result.out, result.err);
  assert_true ((strstr (found, "\"remedy\": null") != NULL) == (strcmp (state, "ok") == 0));
}

#define DOCTOR "@db doctor --json --language en"

static void
doctor__nothing_wrong__a_line_a_check_and_0 (void **state)
{
  g_auto (GStrv) names = g_strsplit (HARMLESS, " ", -1);
  g_auto (Result) chinese = site_run (site, "@db doctor");
  g_auto (Result) quiet = site_run (site, "@db doctor --quiet --language en");

  (void)state;
  for (char **name = names; *name != NULL; name++)
    expect_finding (DOCTOR, 0, *name, "ok", "");
  assert_non_null (strstr (chinese.out, "正常  数据库：PostgreSQL"));
  assert_null (strstr (quiet.out, "ok "));
  assert_non_null (strstr (quiet.out, "advice  mail: mails are only files"));
}

static void
doctor__database_away_or_not_ours__says_which (void **state)
{
  g_autofree char *empty = test_database_new ();
  g_autoptr (Site) none = g_new0 (Site, 1);
  g_auto (Result) bare = { 0 };

  (void)state;
  expect_finding ("doctor --json --language en --db host=/nowhere --state /nowhere", 69, "database", "failure",
                  "could not reach the database");
  expect_finding ("doctor --json --language en --config /dev/null --state /nowhere", 78, "state", "failure",
                  "/nowhere: No such file");
  assert_false (g_file_test ("/nowhere", G_FILE_TEST_EXISTS));
  none->conninfo = g_strdup (empty);
  none->state = g_strdup (site->state);
  bare = site_run (none, DOCTOR);
  assert_int_equal (bare.status, 78);
  assert_non_null (strstr (bare.out, "the database has no catalogue"));
}

/* What is done to the database, what the doctor then says, and how it is undone. */
static void
doctor__harm_in_the_database__each_is_found (void **state)
{
  static const struct {
    const char *harm, *check, *state, *words, *undo;
  } cases[] = {
    { "insert into plumbline.migration (file_name, sha256, applied_at) values ('9999_x.sql', 'x', now())", "schema",
      "failure", "the database is newer than this program",
      "delete from plumbline.migration where file_name = '9999_x.sql'" },
    { "update plumbline.catalogue_file set content = content || ' ' where file_name = 'area.csv'", "catalogue",
      "advice", "differs",
      "update plumbline.catalogue_file set content = left(content, -1) where file_name = 'area.csv'" },
    { "insert into plumbline.run (command, today, started_at, version) values ('x', '2022-01-01', now() + '1 day', "
      "'x')",
      "clock", "failure", "future", "delete from plumbline.run where command = 'x'" },
    { "insert into plumbline.run (command, today, started_at, version, exit_status) values ('nightly', '2022-01-01', "
      "now() - interval '50 hours', 'x', 0)",
      "night", "advice", "50 h ago", "delete from plumbline.run where command = 'nightly'" },
    { "insert into plumbline.run (command, today, started_at, version, exit_status) values ('nightly', '2022-01-01', "
      "now() - interval '3 hours', 'x', 65)",
      "night", "ok", "3 h ago", "delete from plumbline.run where command = 'nightly'" },
    { "update plumbline.outbox set dead = true, sent_at = null", "night", "advice", "1 mail was given up",
      "update plumbline.outbox set dead = false" },
    { "update plumbline.outbox set queued_at = now() - interval '2 days'", "night", "advice",
      "1 mail has waited for more than a day", "update plumbline.outbox set queued_at = now()" },
    { "grant usage on schema plumbline, feed to doctor_login; grant select on all tables in schema plumbline, feed to "
      "doctor_login;"
      " do $$ begin execute format('grant connect on database %I to doctor_login; alter role postgres in database %I "
      "set role = "
      "doctor_login', current_database(), current_database()); end $$",
      "rights", "failure", "cannot read and write: ",
      "do $$ begin execute format('alter role postgres in database %I reset role', current_database()); end $$" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    run_sql (db, cases[i].harm);
    expect_finding (DOCTOR, strcmp (cases[i].state, "failure") == 0 ? 78 : 0, cases[i].check, cases[i].state,
                    cases[i].words);
    run_sql (db, cases[i].undo);
  }
}

static void
doctor__harm_on_the_machine__each_is_found (void **state)
{
  g_autofree char *inbox = g_build_filename (site->state, "inbox", NULL);
  g_autofree char *link = g_build_filename (inbox, "link.csv", NULL);
  g_autofree char *part = site_file (site, "inbox/a.csv.part", "x"), *old = site_file (site, "inbox/old.csv", "x");
  g_autofree char *fresh = site_file (site, "inbox/fresh.csv", "x");
  g_autofree char *conf = site_file (site, "open.conf", "[database]\nconninfo=host=/nowhere password=x\n");
  g_autofree char *open_conf
      = g_strdup_printf ("doctor --json --language en --config %s --state %s", conf, site->state);
  struct utimbuf long_ago = { 1600000000, 1600000000 };

  (void)state;
  assert_int_equal (chmod (conf, 0644), 0);
  expect_finding (open_conf, 69, "configuration", "failure", "everybody may read it");
  assert_int_equal (chmod (conf, 0600), 0);
  expect_finding (open_conf, 69, "configuration", "ok", conf);
  expect_finding (DOCTOR " --catalogue /nowhere", 78, "catalogue", "failure", "/nowhere");
  expect_finding (DOCTOR " --report /proc", 78, "disk", "failure", "/proc has only 0 bytes left");
  assert_int_equal (chmod (site->state, 0777), 0);
  expect_finding (DOCTOR, 78, "state", "failure", "everybody may write");
  assert_int_equal (chmod (site->state, 0711), 0);

  assert_int_equal (symlink ("/etc/passwd", link), 0);
  assert_int_equal (utime (part, &long_ago), 0);
  assert_int_equal (utime (old, &long_ago), 0);
  expect_finding (DOCTOR, 0, "inbox", "ok", "3 files wait");
  expect_finding (DOCTOR, 0, "inbox", "advice", "1 are no regular files: link.csv");
  expect_finding (DOCTOR, 0, "inbox", "advice", "1 are unfinished since more than a day: a.csv.part");
  expect_finding (DOCTOR, 0, "inbox", "advice", "1 have waited for more than two days: old.csv");

  assert_true (g_setenv ("PATH", "/nowhere", TRUE));
  expect_finding (DOCTOR, 0, "fonts", "advice", "no rsvg-convert");
  assert_true (g_setenv ("PATH", "/usr/bin:/bin", TRUE));
}

/* Who puts a file into a folder that is not there makes a file of its name. */
static void
init__state_without_inbox__makes_it_unless_dry (void **state)
{
  g_autoptr (Site) fresh = site_new ();
  g_autofree char *inbox = g_build_filename (fresh->state, "inbox", NULL);

  (void)state;
  site_expect (fresh, "init @db --dry-run", 0, "");
  assert_false (g_file_test (inbox, G_FILE_TEST_EXISTS));
  site_expect (fresh, "init @db", 0, "");
  assert_true (g_file_test (inbox, G_FILE_TEST_IS_DIR));
}

static void
doctor__mail_server__greeted_encrypted_and_let_in_or_why_not (void **state)
{
  g_autoptr (Postbox) real = postbox_new (POSTBOX_REAL);
  g_autofree char *way = postbox_options (real, "smtp"), *line = g_strconcat (DOCTOR " ", way, NULL);
  g_autofree char *credentials = postbox_path (real, "credentials");
  g_autofree char *url = postbox_url (real, "smtp"), *unknown = g_strdup_printf (DOCTOR " --mail-server %s", url);

  (void)state;
  expect_finding (line, 0, "mail", "ok", "accepts us");
  expect_finding (line, 0, "mail", "advice", "recipients have made-up addresses");
  expect_finding (line, 0, "mail", "advice", "mails come from plumbline <plumbline@localhost>");
  assert_int_equal (postbox_count (real), 0);
  expect_finding (unknown, 78, "mail", "failure", "certificate");
  assert_true (g_file_set_contents (credentials, "user=plumbline\npassword=wrong\n", -1, NULL));
  assert_int_equal (chmod (credentials, 0600), 0);
  expect_finding (line, 78, "mail", "failure", "at AUTH: ");
  assert_int_equal (chmod (credentials, 0644), 0);
  expect_finding (line, 78, "mail", "failure", credentials);
  expect_finding (DOCTOR " --sendmail /nowhere", 78, "mail", "failure", "there is no program /nowhere");
  expect_finding (DOCTOR " --sendmail /bin/true", 0, "mail", "ok", "/bin/true accepts us");
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  db = site_connect (site);
  g_free (site_file (site, "inbox/.keep", ""));
  run_sql (db,
           "do $$ begin create role doctor_login; exception when duplicate_object then null; end $$;"
           "insert into plumbline.outbox (district_code, recipient, address, message_id, subject, content, queued_at)"
           " values ('210100', 'x', 'x@example.org', '<x@x>', 'x', 'x', now())");
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  run_sql (db, "drop owned by doctor_login; drop role doctor_login");
  db_close (db);
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (doctor__nothing_wrong__a_line_a_check_and_0),
    cmocka_unit_test (doctor__database_away_or_not_ours__says_which),
    cmocka_unit_test (doctor__harm_in_the_database__each_is_found),
    cmocka_unit_test (doctor__harm_on_the_machine__each_is_found),
    cmocka_unit_test (init__state_without_inbox__makes_it_unless_dry),
    cmocka_unit_test (doctor__mail_server__greeted_encrypted_and_let_in_or_why_not),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
