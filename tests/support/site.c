#include "site.h"

#include "server.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 10000

static char *
find_program (void)
{
  g_autofree char *path = g_strdup (g_getenv ("PLUMB_BUILD"));

  if (path != NULL)
    return g_build_filename (path, "plumbline", NULL);
  path = g_file_read_link ("/proc/self/exe", NULL);
  while (path != NULL && strlen (path) > 1) {
    g_autofree char *up = g_path_get_dirname (path);
    g_autofree char *candidate = g_build_filename (up, "plumbline", NULL);

    if (g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&candidate);
    g_free (path);
    path = g_steal_pointer (&up);
  }
  return NULL;
}

const char *
site_program (void)
{
  static char *program;

  if (program == NULL)
    program = find_program ();
  return program;
}

void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}

Site *
site_bare (void)
{
  Site *site = g_new0 (Site, 1);

  site->conninfo = test_database_new ();
  site->state = test_folder_new ();
  return site;
}

static void
make_site (const char *conninfo)
{
  g_autofree char *text = g_strdup (conninfo), *folder = test_folder_new ();
  const Site site = { .conninfo = text, .state = folder };

  site_expect (&site, "@db init", 0, "");
}

Site *
site_new (void)
{
  Site *site = g_new0 (Site, 1);

  site->conninfo = test_database_copy ("site", make_site);
  site->state = test_folder_new ();
  return site;
}

void
site_free (Site *site)
{
  if (site == NULL)
    return;
  g_free (site->conninfo);
  g_free (site->state);
  g_free (site);
}

/* From the server's own database, since nobody can copy or drop one that he is connected to. */
static void
run_beside (const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = db_open (test_server_conninfo (), FALSE, &error);

  assert_non_null (db);
  if (!db_script (db, sql, &error))
    fail_msg ("%s: %s", sql, error->message);
}

Site *
site_copy (const Site *site, char *state)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("copy_%d_%u", (int)getpid (), count++);
  g_autofree char *sql = g_strdup_printf ("create database %s template %s strategy file_copy", name,
                                          strstr (site->conninfo, "dbname=test_") + strlen ("dbname="));
  Site *copy = g_new0 (Site, 1);

  run_beside (sql);
  copy->conninfo = g_strdup_printf ("%s dbname=%s", test_server_conninfo (), name);
  copy->state = state;
  return copy;
}

void
site_drop (Site *site)
{
  g_autofree char *sql
      = g_strdup_printf ("drop database %s with (force)", strstr (site->conninfo, "dbname=copy_") + strlen ("dbname="));

  run_beside (sql);
  site_free (site);
}

static char **
command_line (const Site *site, const char *wrapper, const char *line)
{
  g_auto (GStrv) before = g_strsplit (wrapper, " ", -1);
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  if (*wrapper != '\0')
    for (char **word = before; *word != NULL; word++)
      g_strv_builder_add (argv, *word);
  g_strv_builder_add (argv, site_program ());
  for (char **word = words; *word != NULL; word++)
    if (strcmp (*word, "@db") == 0)
      g_strv_builder_add_many (argv, "--db", site->conninfo, "--state", site->state, NULL);
    else if (**word != '\0')
      g_strv_builder_add (argv, *word);
  return g_strv_builder_end (argv);
}

static int
as_shell (int status)
{
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

Result
site_run (const Site *site, const char *line)
{
  return site_run_under (site, "", line);
}

Result
site_run_under (const Site *site, const char *wrapper, const char *line)
{
  g_auto (GStrv) argv = command_line (site, wrapper, line);
  Result result = { 0 };
  int status = 0;

  assert_true (
      g_spawn_sync ("/", argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &result.out, &result.err, &status, NULL));
  result.status = as_shell (status);
  return result;
}

void
site_expect (const Site *site, const char *line, int status, const char *message)
{
  g_auto (Result) result = site_run (site, line);

  if (result.status != status || strstr (result.err, message) == NULL)
    fail_msg ("%s: exit %d, not %d: %s", line, result.status, status, result.err);
}

GPid
site_spawn (const Site *site, const char *line)
{
  return site_spawn_under (site, "", line);
}

GPid
site_spawn_under (const Site *site, const char *wrapper, const char *line)
{
  g_auto (GStrv) argv = command_line (site, wrapper, line);
  GPid pid = 0;

  assert_true (g_spawn_async ("/", argv, NULL,
                              G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                  | G_SPAWN_STDERR_TO_DEV_NULL,
                              NULL, NULL, &pid, NULL));
  return pid;
}

int
site_end (GPid pid, int signal)
{
  int status = 0;

  assert_int_equal (kill (pid, signal), 0);
  assert_int_equal (waitpid (pid, &status, 0), pid);
  return as_shell (status);
}

Db *
site_connect (const Site *site)
{
  g_autoptr (GError) error = NULL;
  Db *db = db_open (site->conninfo, FALSE, &error);

  if (db == NULL)
    fail_msg ("%s", error->message);
  return db;
}

char *
site_query (const Site *site, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = site_connect (site);
  char *value = db_value (db, &error, sql, DB_END);

  if (error != NULL)
    fail_msg ("%s", error->message);
  return value;
}

void
site_expect_sql (const Site *site, const char *sql, const char *expected)
{
  g_autofree char *value = site_query (site, sql);

  if (g_strcmp0 (value, expected) != 0)
    fail_msg ("%s: %s, not %s", sql, value != NULL ? value : "null", expected);
}

gboolean
site_wait (const Site *site, const char *sql, const char *expected)
{
  for (guint waited = 0; waited < WAIT_MS; waited += 50) {
    g_autofree char *value = site_query (site, sql);

    if (g_strcmp0 (value, expected) == 0)
      return TRUE;
    g_usleep (50000);
  }
  return FALSE;
}

/* @row: an expression over a row t that gives text; @without: a table to leave out beside run */
static char *
table_sums (const Site *site, const char *row, const char *without)
{
  g_autofree char *sql = g_strdup_printf (
      "select string_agg(n.nspname || '.' || c.relname || ' ' || (xpath('/row/n/text()', query_to_xml(format($f$"
      "select count(*) || ' ' || coalesce(sum(hashtext(%s)::bigint), 0) as n from %%I.%%I t$f$, n.nspname, c.relname), "
      "false, true, '')))[1]::text, E'\\n' order by n.nspname, c.relname)"
      " from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('plumbline', 'feed')"
      " and c.relkind = 'r' and c.relname not in ('run', '%s')",
      row, without);

  return site_query (site, sql);
}

char *
site_fingerprint (const Site *site)
{
  return table_sums (site, "t::text", "");
}

/* A mail's bytes have its moment in them, and measured the moments of the rows that were measured. */
char *
site_contents (const Site *site)
{
  return table_sums (site,
                     "(to_jsonb(t) - '{run_id, batch_id, event_id, outbox_id, known_from, known_to, received_at,"
                     " applied_at, queued_at, sent_at, next_try, at, content}'::text[])::text",
                     "measured");
}

char *
site_file (const Site *site, const char *name, const char *text)
{
  char *path = g_build_filename (site->state, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  assert_int_equal (g_mkdir_with_parents (folder, 0755), 0);
  assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* Whoever comes first gives it its name. */
static char *
make_city (void)
{
  const char *shared = g_getenv ("PLUMB_TEST_SERVER");
  g_autofree char *folder = test_folder_new (), *fresh = g_build_filename (folder, "city", NULL);
  g_autofree char *simulate = g_strdup_printf ("simulate --out %s", fresh);
  g_autofree char *path = g_build_filename (shared != NULL ? shared : folder, "city", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    site_expect (NULL, simulate, 0, "");
    (void)!g_rename (fresh, path);
  }
  assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  return g_steal_pointer (&path);
}

const char *
site_city (void)
{
  static char *city;

  if (city == NULL)
    city = make_city ();
  return city;
}

static void
copy_to_inbox (const Site *site, const char *city, const char *file)
{
  g_autofree char *from = g_build_filename (city, file, NULL);
  g_autofree char *inbox = g_build_filename (site->state, "inbox", NULL);
  g_autofree char *to = g_build_filename (inbox, file, NULL);
  g_autofree char *data = NULL;
  gsize length = 0;

  assert_int_equal (g_mkdir_with_parents (inbox, 0755), 0);
  assert_true (g_file_get_contents (from, &data, &length, NULL));
  assert_true (g_file_set_contents (to, data, (gssize)length, NULL));
}

void
site_put_exports (const Site *site, const char *city, const char *districts)
{
  g_autofree char *list = g_build_filename (city, "truth", "file.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint count = 0;

  assert_true (g_file_get_contents (list, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines + 1; *line != NULL && **line != '\0'; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, ",", 4);

    if (*fields[2] == '\0' || strstr (districts, fields[2]) == NULL)
      continue;
    copy_to_inbox (site, city, fields[0]);
    count++;
  }
  assert_true (count > 25);
}

static void
list_files (const char *folder, const char *root, const char *except, GPtrArray *lines)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL, *sum = NULL;
    gsize length = 0;

    if (strcmp (name, ".stamp") == 0 || (except != NULL && g_str_has_suffix (name, except)))
      continue;
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      list_files (path, root, except, lines);
      continue;
    }
    assert_true (g_file_get_contents (path, &text, &length, NULL));
    sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, length);
    g_ptr_array_add (lines, g_strdup_printf ("%s %s", path + strlen (root), sum));
  }
}

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

char *
site_files (const Site *site, const char *except)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  list_files (site->state, site->state, except, lines);
  g_ptr_array_sort (lines, by_name);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}
