/* The night on a district of a made-up city: by hand, again, broken off, with nowhere to put mails. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include "base/folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define TODAY "2022-12-31"
#define NIGHTLY "@db nightly --rejects-ok --today " TODAY
#define DISTRICTS "210100 210181" /* the city's own exports, and those of a district with damaged ones */

static char *state_dir;
static char *contents; /* of the tables and of the state directory after one undisturbed night */
static char *files;

/* A mail has the moment of its making, the workbook those at which its rows became known; nothing else does. */
static char *
sum_of (const char *path)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  char *date = NULL;

  assert_true (g_file_get_contents (path, &text, &length, NULL));
  if (g_str_has_suffix (path, ".xlsx"))
    return g_strndup (text, 2);
  date = g_str_has_suffix (path, ".eml") ? strstr (text, "\nDate: ") : NULL;
  if (date != NULL)
    memset (date + 1, ' ', strcspn (date + 1, "\r\n"));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, length);
}

static void
list_files (const char *folder, GPtrArray *lines)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      list_files (path, lines);
    } else if (strcmp (name, ".stamp") != 0) { /* has the files' moments */
      g_autofree char *sum = sum_of (path);

      g_ptr_array_add (lines, g_strdup_printf ("%s %s", path + strlen (state_dir), sum));
    }
  }
}

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Every file below the state directory, a line each. */
static char *
state_files (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  list_files (state_dir, lines);
  g_ptr_array_sort (lines, by_name);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

static void
expect_lines (const char *found, const char *wanted)
{
  g_auto (GStrv) a = g_strsplit (found, "\n", -1);
  g_auto (GStrv) b = g_strsplit (wanted, "\n", -1);
  guint i = 0;

  for (; a[i] != NULL && b[i] != NULL; i++)
    if (strcmp (a[i], b[i]) != 0)
      fail_msg ("%s, not %s", a[i], b[i]);
  assert_null (a[i]);
  assert_null (b[i]);
}

static void
expect_contents (const Site *site)
{
  g_autofree char *found = site_contents (site);

  expect_lines (found, contents);
}

static void
expect_files (void)
{
  g_autofree char *found = state_files ();

  expect_lines (found, files);
}

static void
expect_sent (const Site *site, const char *expected)
{
  site_expect_sql (site, "select count(*) > 1 and bool_and(sent_at is not null) from plumbline.outbox", expected);
}

/* A new database; the same state directory for all, since mails name it, with the districts' exports in the inbox. */
static Site *
new_site (void)
{
  Site *site = site_new ();

  g_free (site->state);
  site->state = g_strdup (state_dir);
  assert_true (folder_remove (state_dir));
  site_put_exports (site, site_city (), DISTRICTS);
  return site;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
nightly__same_inbox__what_the_commands_give_by_hand (void **state)
{
  static const char *const lines[] = { "ingest --rejects-ok", "measure", "alert", "report" };
  g_autoptr (Site) by_hand = new_site ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *line = g_strdup_printf ("@db %s --today " TODAY, lines[i]);

    site_expect (by_hand, line, 0, "");
  }
  site_expect_sql (by_hand, "select count(*) > 25 and bool_or(rows_rejected > 0) from plumbline.batch", "t");
  site_expect_sql (by_hand, "select count(*) > 0 from monitor.alert where state = 'firing'", "t");
  expect_sent (by_hand, "t");
  expect_contents (by_hand);
  expect_files ();
}

static void
nightly__again_the_same_day__changes_no_table_but_run_and_no_file (void **state)
{
  g_autoptr (Site) site = new_site ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *again = NULL;

  (void)state;
  site_expect (site, NIGHTLY, 0, "");
  before = site_fingerprint (site);
  site_expect (site, NIGHTLY, 0, "");
  after = site_fingerprint (site);
  expect_lines (after, before);
  expect_files ();
  again = site_query (site, "select count(*) from plumbline.run where command = 'nightly' and exit_status = 0");
  assert_string_equal (again, "2");
}

#define BLOCKED_SQL                                                                                                    \
  "select count(*) > 0 from pg_stat_activity where application_name like 'plumbline nightly %' and wait_event_type = " \
  "'Lock' and datname = current_database()"

/* Let go after a while: a second night that does not see the first must fail here, not wait. */
#define LOCK_SQL "set idle_in_transaction_session_timeout = '60s'; begin; lock table %s"

/* @table: what the night waits for when it is terminated; the next one must do all that is left. */
static void
break_off (const char *table)
{
  g_autoptr (Site) site = new_site ();
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *lock = g_strdup_printf (LOCK_SQL, table);
  GPid pid = 0;

  run_sql (db, lock);
  pid = site_spawn (site, NIGHTLY);
  if (!site_wait (site, BLOCKED_SQL, "t"))
    fail_msg ("the night does not wait for %s", table);
  site_expect (site, NIGHTLY, 75, "another run holds the lock: nightly, process");
  assert_int_equal (site_end (pid, SIGTERM), 143);
  run_sql (db, "rollback");
  site_expect_sql (site,
                   "select exit_status || ' ' || (error is not null) from plumbline.run where command = 'nightly'",
                   "143 true");
  site_expect (site, NIGHTLY, 0, "");
  expect_contents (site);
  expect_files ();
}

static void
nightly__terminated_in_any_stage__the_next_one_finishes_the_work (void **state)
{
  static const char *const tables[] = { "feed.weight", "plumbline.verdict", "plumbline.alert" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    break_off (tables[i]);
}

static void
nightly__no_folder_for_mails__69_they_wait_and_go_out_later (void **state)
{
  g_autoptr (Site) site = new_site ();
  g_autofree char *in_the_way = site_file (site, "mail", "");

  (void)state;
  site_expect (site, NIGHTLY, 69, "could not make folder");
  site_expect_sql (site, "select count(*) > 1 and bool_and(sent_at is null and not dead) from plumbline.outbox", "t");
  site_expect_sql (site,
                   "select string_agg((s ->> 'stage') || case when s ? 'error' then '!' else '' end, ' ')"
                   " from plumbline.run, jsonb_array_elements(stages) s where command = 'nightly'",
                   "ingest measure alert! report");
  assert_int_equal (g_unlink (in_the_way), 0);
  site_expect (site, NIGHTLY, 0, "");
  expect_sent (site, "t");
  expect_files ();
}

/* One mail cannot be written: the others go out, and that one when the obstacle is gone. */
static void
nightly__one_mail_undeliverable__69_the_others_go_out (void **state)
{
  g_autoptr (Site) site = new_site ();
  g_auto (GStrv) lines = g_strsplit (files, "\n", -1);
  g_autofree char *mail = NULL;

  (void)state;
  for (char **line = lines; *line != NULL && mail == NULL; line++)
    if (g_str_has_prefix (*line, "/mail/"))
      mail = g_strndup (*line, strcspn (*line, " "));
  assert_non_null (mail);
  {
    g_autofree char *inside = g_strconcat (mail, "/occupied", NULL);
    g_autofree char *path = site_file (site, inside, "");
    g_autofree char *folder = g_path_get_dirname (path);

    site_expect (site, NIGHTLY, 69, "");
    site_expect_sql (site,
                     "select string_agg(tries || coalesce(' ' || (last_error is not null), ''), ',')"
                     " from plumbline.outbox where sent_at is null and not dead",
                     "1 true");
    assert_true (folder_remove (folder));
  }
  site_expect (site, "@db alert --today 2023-01-02", 0, "");
  expect_sent (site, "t");
}

static int
set_up (void **state)
{
  g_autoptr (Site) site = NULL;

  (void)state;
  if (site_program () == NULL)
    return -1;
  state_dir = test_folder_new ();
  site = new_site ();
  site_expect (site, NIGHTLY, 0, "");
  contents = site_contents (site);
  files = state_files ();
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_free (state_dir);
  g_free (contents);
  g_free (files);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (nightly__same_inbox__what_the_commands_give_by_hand),
    cmocka_unit_test (nightly__again_the_same_day__changes_no_table_but_run_and_no_file),
    cmocka_unit_test (nightly__terminated_in_any_stage__the_next_one_finishes_the_work),
    cmocka_unit_test (nightly__no_folder_for_mails__69_they_wait_and_go_out_later),
    cmocka_unit_test (nightly__one_mail_undeliverable__69_the_others_go_out),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
