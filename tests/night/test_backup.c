/* The database as a file, and back: the same answers to the digit, nothing sent again, and what came since is taken in.
 */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define TODAY "2022-12-31"
#define NIGHTLY "@db nightly --rejects-ok --today " TODAY
#define INGEST "@db ingest --rejects-ok --today " TODAY
#define DISTRICTS "210100 210181" /* the city's own exports, and those of a district with damaged ones */

static Site *site; /* after one night */

/* The same state directory before an empty database. */
static Site *
after_loss (void)
{
  Site *lost = g_new0 (Site, 1);

  lost->conninfo = test_database_new ();
  lost->state = g_strdup (site->state);
  return lost;
}

static char *
backup_path (void)
{
  return g_build_filename (site->state, "backup.dump", NULL);
}

static void
make_backup (void)
{
  g_autofree char *path = backup_path (), *line = g_strdup_printf ("@db backup %s", path);

  site_expect (site, line, 0, "");
}

static void
restore (const Site *lost, int status, const char *message)
{
  g_autofree char *path = backup_path (), *line = g_strdup_printf ("@db restore %s", path);

  site_expect (lost, line, status, message);
}

static guint
count_files (const char *folder)
{
  g_autofree char *path = g_build_filename (site->state, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint count = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

/* Everything but rows, and who may do what. */
static char *
definitions (const Site *of)
{
  g_autofree char *tool = g_find_program_in_path ("pg_dump"), *out = NULL, *rights = NULL;
  char *plain = NULL;
  char *argv[] = { tool, g_strdup ("-s"), g_strdup ("-d"), g_strdup (of->conninfo), NULL };
  int status = 1;

  assert_true (g_spawn_sync ("/", argv, NULL, 0, NULL, NULL, &out, NULL, &status, NULL));
  assert_int_equal (status, 0);
  for (guint i = 1; argv[i] != NULL; i++)
    g_free (argv[i]);
  for (char *line = out; (line = strstr (line, "restrict ")) != NULL;) /* a password of each dump's own */
    memset (line, ' ', strcspn (line, "\n"));
  plain = out;
  for (char *c = out; *c != '\0'; c++) /* ((a and b) and c) comes back as (a and b and c) */
    if (*c != '(' && *c != ')')
      *plain++ = *c;
  *plain = '\0';
  rights = site_query (of, "select datacl::text from pg_database where datname = current_database()");
  return g_strconcat (out, rights, NULL);
}

static void
expect_equal (char *a, char *b)
{
  g_auto (GStrv) found = g_strsplit (a, "\n", -1), wanted = g_strsplit (b, "\n", -1);

  for (guint i = 0; found[i] != NULL || wanted[i] != NULL; i++)
    if (g_strcmp0 (found[i], wanted[i]) != 0)
      fail_msg ("%s, not %s", found[i] != NULL ? found[i] : "nothing", wanted[i] != NULL ? wanted[i] : "nothing");
  g_free (a);
  g_free (b);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
restore__after_a_loss__same_answers_and_nothing_sent_again (void **state)
{
  g_autoptr (Site) lost = after_loss ();
  guint mails = count_files ("mail");
  g_autofree char *verdicts = NULL;

  (void)state;
  assert_true (mails > 1);
  make_backup ();
  restore (lost, 0, "");
  expect_equal (site_fingerprint (lost), site_fingerprint (site));
  expect_equal (definitions (lost), definitions (site));
  site_expect (lost, NIGHTLY, 0, "");
  expect_equal (site_fingerprint (lost), site_fingerprint (site));
  assert_int_equal (count_files ("mail"), mails);
  site_expect (lost, "@db init", 0, "");
  /* Computed anew from the restored rows: not a digit differs, so no verdict is written again. */
  verdicts = site_query (lost, "with gone as (delete from plumbline.measured returning 1) select count(*) from gone");
  site_expect (lost, "@db measure --today " TODAY, 0, "");
  expect_equal (site_query (lost, "select count(*)::text from plumbline.measured"), g_steal_pointer (&verdicts));
  expect_equal (site_query (lost, "select string_agg(v::text, E'\\n' order by v::text) from plumbline.verdict v"),
                site_query (site, "select string_agg(v::text, E'\\n' order by v::text) from plumbline.verdict v"));
  assert_int_equal (count_files ("mail"), mails);
}

/* Corrections of one figure, the later under the earlier name: what counts is when they came. */
static void
restore__files_came_after_the_backup__they_are_taken_in_again_in_their_order (void **state)
{
  static const char *const names[] = { "inbox/z.csv", "inbox/y.csv", "inbox/x.csv", "inbox/a.csv" };
  g_autofree char *school = site_query (site, "select min(school_code) from feed.weight where year = 2022");
  g_autoptr (Site) lost = after_loss ();
  g_autofree char *before = site_query (site, "select count(*) from plumbline.batch");
  guint rejected = count_files ("quarantine");

  (void)state;
  make_backup ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *text = g_strdup_printf ("school_code,period,grade,sex,examined,overweight,obese\n"
                                             "%s,2022-autumn,P1,M,50,%u,3\n",
                                             school, 7 + i);

    g_free (site_file (site, names[i], text));
    site_expect (site, INGEST, 0, "");
  }
  g_free (site_file (site, "inbox/nonsense.csv", "nothing,that,means\nanything,at,all\n"));
  site_expect (site, INGEST, 0, "");
  site_expect (site, "@db measure --today " TODAY, 0, "");
  assert_int_equal (count_files ("inbox"), 0);
  assert_int_equal (count_files ("quarantine"), rejected + 2); /* with its reasons */
  restore (lost, 0, "");
  site_expect_sql (lost, "select count(*) from plumbline.batch", before);
  assert_int_equal (count_files ("inbox"), 5);
  site_expect (lost, INGEST, 0, "");
  site_expect (lost, "@db measure --today " TODAY, 0, "");
  assert_int_equal (count_files ("inbox"), 0);
  expect_equal (site_query (lost,
                            "select string_agg(f.overweight || ' ' || b.file_name, ',') from feed.weight f join "
                            "plumbline.batch b using (batch_id) where b.file_name like '%.csv' and b.file_bytes < 120"),
                g_strdup ("10 0004-a.csv"));
  expect_equal (site_query (lost, "select string_agg(to_jsonb(v)::text, E'\\n' order by v::text) from (select plan, "
                                  "target, area_code, value_now, deviation, verdict from plumbline.verdict) v"),
                site_query (site, "select string_agg(to_jsonb(v)::text, E'\\n' order by v::text) from (select plan, "
                                  "target, area_code, value_now, deviation, verdict from plumbline.verdict) v"));
}

static void
restore__not_possible__says_why_and_leaves_nothing (void **state)
{
  g_autoptr (Site) lost = after_loss ();
  g_autofree char *path = backup_path (), *whole = NULL;
  gsize length = 0;

  (void)state;
  make_backup ();
  restore (site, 78, "the database is in use (schemas district, feed, indicator, monitor, plumbline, published)");
  site_expect (site, "@db restore", 64, "restore takes one file");
  site_expect (site, "@db restore /nowhere/backup", 65, "/nowhere/backup cannot be read: No such file or directory");

  assert_true (g_file_get_contents (path, &whole, &length, NULL));
  assert_true (g_file_set_contents (path, whole, (gssize)(length - length / 8), NULL));
  restore (lost, 69, "pg_restore");
  site_expect_sql (lost, "select to_regnamespace('plumbline') is null", "t");
  assert_true (g_file_set_contents (path, "no backup", -1, NULL));
  restore (lost, 65, "cannot be read");

  g_free (site_query (site, "with new as (insert into plumbline.migration (file_name, sha256, applied_at) values "
                            "('9999_future.sql', 'x', now()) returning 1) select count(*) from new"));
  make_backup ();
  g_free (site_query (site, "with gone as (delete from plumbline.migration where file_name = '9999_future.sql' "
                            "returning 1) select count(*) from gone"));
  restore (lost, 78, "comes from a newer program: it has migration 9999_future.sql");
  site_expect_sql (lost, "select to_regnamespace('plumbline') is null", "t");
}

static void
backup__whole_or_not_at_all__and_for_nobody_else (void **state)
{
  g_autoptr (Site) empty = after_loss ();
  g_autofree char *path = backup_path (), *part = g_strconcat (path, ".part", NULL);
  g_autofree char *dry = g_strdup_printf ("@db backup --dry-run %s", path);
  struct stat before, after;

  (void)state;
  make_backup ();
  assert_int_equal (stat (path, &before), 0);
  assert_int_equal (before.st_mode & 0777, 0600);
  site_expect (site, dry, 0, "");
  site_expect (site, "@db backup", 64, "backup takes one file");
  site_expect (empty, "@db backup /nowhere/backup", 78, "the database has no schema yet");
  site_expect (site, "@db backup /nowhere/backup", 69, "could not make /nowhere/backup.part");
  assert_int_equal (stat (path, &after), 0);
  assert_int_equal (before.st_ino, after.st_ino);
  assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  site_put_exports (site, site_city (), DISTRICTS);
  site_expect (site, NIGHTLY, 0, "");
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
    cmocka_unit_test (restore__after_a_loss__same_answers_and_nothing_sent_again),
    cmocka_unit_test (restore__files_came_after_the_backup__they_are_taken_in_again_in_their_order),
    cmocka_unit_test (restore__not_possible__says_why_and_leaves_nothing),
    cmocka_unit_test (backup__whole_or_not_at_all__and_for_nobody_else),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
