/* The private server: folders of any name, kill -9, callers at once, a server's account that cannot enter. */
#include "../support/server.h"

#include "base/cluster.h"
#include "base/place.h"
#include "base/error.h"
#include "base/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char *
query (const char *conninfo, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = db_open (conninfo, FALSE, &error);
  char *value = NULL;

  if (db == NULL)
    fail_msg ("%s", error->message);
  value = db_value (db, &error, sql, DB_END);
  if (error != NULL)
    fail_msg ("%s", error->message);
  return value;
}

static GPtrArray *started; /* state directories, whose servers end with this binary even when a test fails */

static Cluster
start (const char *state_dir)
{
  g_autoptr (GError) error = NULL;
  Cluster cluster = { 0 };

  g_ptr_array_add (started, g_strdup (state_dir));
  if (!cluster_start (state_dir, CLUSTER_THROWAWAY, &cluster, &error))
    fail_msg ("%s", error->message);
  return cluster;
}

static gboolean
stop (const char *state_dir)
{
  g_autoptr (GError) error = NULL;
  gboolean was_running = FALSE;

  if (!cluster_stop (state_dir, &was_running, &error))
    fail_msg ("%s", error->message);
  return was_running;
}

static pid_t
server_pid (const Cluster *cluster)
{
  g_autofree char *path = g_build_filename (cluster->place, "data", "postmaster.pid", NULL);
  g_autofree char *content = NULL;

  assert_true (g_file_get_contents (path, &content, NULL, NULL));
  return atoi (content);
}

static uid_t
owner_of_process (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d", pid);
  struct stat st;

  assert_int_equal (stat (path, &st), 0);
  return st.st_uid;
}

static void
cluster_start__new_folder__serves_over_a_socket_only (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *state_dir = g_build_filename (folder, "state", NULL);
  g_auto (Cluster) first = start (state_dir);
  g_auto (Cluster) second = { 0 };
  g_autofree char *addresses = query (first.conninfo, "show listen_addresses");
  g_autofree char *database
      = query (first.conninfo, "select current_database() || ' ' || pg_encoding_to_char(encoding) || ' ' "
                               "|| datcollate from pg_database where datname = current_database()");
  g_autofree char *zone
      = query (first.conninfo, "select boot_val || reset_val from pg_settings where name = 'log_timezone'");

  (void)state;
  assert_true (first.created && first.started && first.db == NULL);
  assert_string_equal (addresses, "");
  assert_string_equal (database, "plumbline UTF8 C.UTF-8");
  assert_string_equal (zone, "GMTAsia/Shanghai");
  assert_int_not_equal (owner_of_process (server_pid (&first)), 0);
  second = start (state_dir);
  assert_false (second.created || second.started);
  assert_non_null (second.db);
  assert_string_equal (first.conninfo, second.conninfo);
  assert_true (stop (state_dir));
  assert_false (stop (state_dir));
}

/* The shell, libpq's and the server's quoting, a socket's 107 bytes, each has its own idea of a plain name. */
static void
cluster_start__awkward_names__serves (void **state)
{
  g_autofree char *folder = test_folder_new ();
  static const char *const names[] = {
    "with a space/状态 目录",
    "it's \"$HOME\" `id` \\ %p",
    "a,b",
    "0123456789012345678901234567890123456789/0123456789012345678901234567890123456789/01234567890123456789",
  };
  g_autofree char *made = g_build_filename (folder, "made", NULL);

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *state_dir = g_build_filename (folder, names[i], NULL);
    g_autofree char *pg = g_build_filename (state_dir, "pg", NULL);
    g_auto (Cluster) cluster = { 0 };
    g_autofree char *one = NULL;

    /* one initdb for all names: a cluster may be moved while it is stopped */
    if (i > 0) {
      assert_int_equal (g_mkdir_with_parents (state_dir, 0711), 0);
      assert_int_equal (g_rename (made, pg), 0);
    }
    cluster = start (state_dir);
    assert_int_equal (cluster.created, i == 0);
    one = query (cluster.conninfo, "select 1");
    assert_string_equal (one, "1");
    assert_true (stop (state_dir));
    assert_int_equal (g_rename (pg, made), 0);
  }
}

static void
cluster_start__server_killed__starts_again_and_keeps_the_data (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_auto (Cluster) cluster = start (folder);
  g_autofree char *made = query (cluster.conninfo, "create table public.kept as select 42 as answer");
  g_autofree char *kept = NULL;

  (void)state;
  for (guint i = 0; i < 2; i++) {
    assert_int_equal (kill (server_pid (&cluster), SIGKILL), 0);
    cluster_clear (&cluster);
    cluster = start (folder);
    assert_true (cluster.started);
    assert_false (cluster.created);
  }
  kept = query (cluster.conninfo, "select answer from public.kept");
  assert_string_equal (kept, "42");
  assert_true (stop (folder));
}

/* As a tidier of /tmp does it. */
static void
cluster_start__socket_removed_under_the_server__starts_again_and_keeps_the_data (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_auto (Cluster) cluster = start (folder);
  g_autofree char *made = query (cluster.conninfo, "create table public.kept as select 42 as answer");
  g_autofree char *socket = g_build_filename (cluster.place, "socket", PLACE_SOCKET, NULL), *kept = NULL;

  (void)state;
  assert_int_equal (g_unlink (socket), 0);
  cluster_clear (&cluster);
  cluster = start (folder);
  assert_true (cluster.started);
  kept = query (cluster.conninfo, "select answer from public.kept");
  assert_string_equal (kept, "42");
  assert_true (stop (folder));
}

/* As after a power cut: the number in postmaster.pid is another process's by now, here this test's own. */
static void
cluster_start__pid_file_names_another_process__starts (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_auto (Cluster) cluster = start (folder);
  g_autofree char *path = g_build_filename (cluster.place, "data", "postmaster.pid", NULL);
  g_autofree char *content = g_strdup_printf ("%d\n%s/data\n1600000000\n5432\n/tmp\n\n", getpid (), cluster.place);

  (void)state;
  assert_true (stop (folder));
  assert_true (g_file_set_contents (path, content, -1, NULL));
  cluster_clear (&cluster);
  cluster = start (folder);
  assert_true (cluster.started);
  assert_true (stop (folder));
}

static void
cluster_start__four_at_once__one_server (void **state)
{
  g_autofree char *folder = test_folder_new ();
  pid_t children[4];

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (children); i++) {
    children[i] = fork ();
    if (children[i] == 0) {
      Cluster cluster = { 0 };

      _exit (cluster_start (folder, CLUSTER_THROWAWAY, &cluster, NULL) ? (cluster.created ? 1 : 0) : 2);
    }
  }
  for (guint i = 0, created = 0; i < G_N_ELEMENTS (children); i++) {
    int status = 0;

    assert_int_equal (waitpid (children[i], &status, 0), children[i]);
    assert_true (WIFEXITED (status) && WEXITSTATUS (status) < 2);
    created += (guint)WEXITSTATUS (status);
    assert_true (created <= 1);
  }
  assert_true (stop (folder));
}

/* A long path's socket has a name of its own under /tmp; the deleted cluster's server may still be there. */
static void
cluster_start__state_deleted_under_the_server__a_new_cluster (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *state_dir = g_build_filename (
      folder, "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890", NULL);
  g_auto (Cluster) old = start (state_dir);
  g_autofree char *made = query (old.conninfo, "create table public.old as select 1 as one");
  pid_t orphan = server_pid (&old);
  g_auto (GStrv) parts = g_strsplit (old.conninfo, "'", 3);
  const char *socket_dir = parts[1];
  g_auto (Cluster) fresh = { 0 };
  g_autofree char *found = NULL;

  (void)state;
  assert_true (g_str_has_prefix (socket_dir, "/tmp/plumbline-"));
  assert_true (folder_remove (state_dir));
  fresh = start (state_dir);
  assert_true (fresh.created);
  found = query (fresh.conninfo, "select to_regclass('public.old')::text");
  assert_null (found);
  kill (orphan, SIGQUIT);
  assert_true (stop (state_dir));
  assert_true (folder_remove (socket_dir));
}

static void
cluster_start__server_cannot_enter__lives_elsewhere_and_is_found_again (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *state_dir = g_build_filename (folder, "closed", "state", NULL);
  g_autofree char *closed = g_build_filename (folder, "closed", NULL);
  g_autofree char *old = NULL;
  g_auto (Cluster) first = { 0 };
  g_auto (Cluster) second = { 0 };

  (void)state;
  if (geteuid () != 0)
    skip ();
  assert_int_equal (g_mkdir (closed, 0700), 0);
  first = start (state_dir);
  assert_true (first.elsewhere);
  assert_true (g_str_has_prefix (first.place, "/var/lib/plumbline/clusters/"));
  assert_true (stop (state_dir));
  second = start (state_dir);
  assert_false (second.created);
  assert_string_equal (first.place, second.place);
  assert_true (stop (state_dir));

  assert_true (folder_remove (state_dir));
  cluster_clear (&second);
  second = start (state_dir);
  assert_true (second.created);
  old = g_strconcat (second.place, ".old", NULL);
  assert_true (g_file_test (old, G_FILE_TEST_IS_DIR));
  assert_true (stop (state_dir));
  assert_true (folder_remove (second.place) && folder_remove (old));
}

static void
cluster_start__another_account_s_folder__is_a_configuration_error (void **state)
{
  g_autofree char *folder = test_folder_new ();
  int status = 0;
  pid_t child = 0;

  (void)state;
  if (geteuid () != 0)
    skip ();
  child = fork ();
  if (child == 0) {
    g_autoptr (GError) error = NULL;
    Cluster cluster = { 0 };

    if (setgid (65534) != 0 || setuid (65534) != 0)
      _exit (3);
    _exit (!cluster_start (folder, CLUSTER_THROWAWAY, &cluster, &error)
                   && g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG)
               ? 0
               : 1);
  }
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_int_equal (status, 0);
}

/* The state directory where something stands in the way. */
typedef struct {
  const char *what;
  void (*prepare) (const char *state_dir);
  const char *message;
} Obstacle;

static void
put_file (const char *state_dir, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL), *folder = g_path_get_dirname (path);

  assert_int_equal (g_mkdir_with_parents (folder, 0755), 0);
  assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
be_a_file (const char *state_dir)
{
  assert_true (g_file_set_contents (state_dir, "", 0, NULL));
}

static void
link_lock (const char *state_dir)
{
  g_autofree char *lock = g_build_filename (state_dir, "pg.lock", NULL);

  assert_int_equal (g_mkdir (state_dir, 0711), 0);
  assert_int_equal (symlink ("elsewhere", lock), 0);
}

static void
belong_to_nobody_known (const char *state_dir)
{
  assert_int_equal (g_mkdir (state_dir, 0711), 0);
  assert_int_equal (chown (state_dir, 54321, 54321), 0);
}

static void
put_file_for_pg (const char *state_dir)
{
  put_file (state_dir, "pg", "");
}

static void
put_file_for_link (const char *state_dir)
{
  put_file (state_dir, "pg.lock/file", "");
}

static void
cluster_start__something_in_the_way__a_configuration_error_that_names_it (void **state)
{
  static const Obstacle cases[] = {
    { "a file for a folder", be_a_file, "cannot make the state directory " },
    { "a link for the lock", link_lock, "cannot open " },
    { "a folder for the lock", put_file_for_link, "cannot open " },
    { "an owner without a name", belong_to_nobody_known, "has no name here" },
    { "a file for the cluster", put_file_for_pg, "" },
  };

  (void)state;
  if (geteuid () != 0)
    skip ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = test_folder_new (), *state_dir = g_build_filename (folder, "state", NULL);
    g_autoptr (GError) error = NULL;
    g_auto (Cluster) cluster = { 0 };

    cases[i].prepare (state_dir);
    if (cluster_start (state_dir, CLUSTER_THROWAWAY, &cluster, &error))
      fail_msg ("%s: starts", cases[i].what);
    assert_int_equal (error->domain, PLUMB_ERROR);
    if (strstr (error->message, cases[i].message) == NULL)
      fail_msg ("%s: %s", cases[i].what, error->message);
    assert_null (cluster.conninfo);
  }
}

static void
cluster_stop__no_cluster_or_one_that_cannot_be_entered__says_so (void **state)
{
  g_autofree char *folder = test_folder_new (), *closed = g_build_filename (folder, "closed", NULL);
  g_autofree char *state_dir = g_build_filename (closed, "state", NULL);
  g_autoptr (GError) error = NULL;
  gboolean was_running = TRUE;

  (void)state;
  if (geteuid () != 0)
    skip ();
  assert_true (cluster_stop (folder, &was_running, NULL));
  assert_false (was_running);
  assert_true (cluster_stop (folder, NULL, NULL));
  put_file (state_dir, "pg/data/PG_VERSION", "15\n");
  assert_int_equal (chmod (closed, 0700), 0);
  assert_false (cluster_stop (state_dir, NULL, &error));
  assert_non_null (strstr (error->message, "open its parent folders to it"));
}

/* A cluster that a release wrote which is not here any more, whose files are broken: its own words come back. */
static void
cluster_start__a_broken_cluster__the_server_s_last_words (void **state)
{
  g_autofree char *folder = test_folder_new (), *data = g_build_filename (folder, "pg", "data", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (Cluster) cluster = { 0 };

  (void)state;
  if (geteuid () != 0)
    skip ();
  assert_int_equal (chmod (folder, 0755), 0);
  put_file (folder, "pg/data/PG_VERSION", "15\n");
  put_file (folder, "pg/data/postgresql.conf", "nonsense = 1\n");
  assert_int_equal (chmod (data, 0700), 0);
  assert_false (cluster_start (folder, CLUSTER_THROWAWAY, &cluster, &error));
  assert_non_null (strstr (error->message, "could not start the private server"));
}

static void
cluster_has_other_server__environment__as_libpq_sees_it (void **state)
{
  static const struct {
    const char *name, *value;
    gboolean other;
  } cases[] = {
    { "PGHOST", "db.example", TRUE }, { "PGSERVICE", "school", TRUE }, { "PGDATABASE", "x", TRUE },
    { "PGPASSFILE", "/x", FALSE },    { "PGUSER", "x", FALSE },        { "PGHOST", "", FALSE },
  };

  (void)state;
  cluster_forget_environment ();
  assert_false (cluster_has_other_server ());
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_setenv (cases[i].name, cases[i].value, TRUE);
    assert_int_equal (cluster_has_other_server (), cases[i].other);
    cluster_forget_environment ();
    assert_null (g_getenv (cases[i].name));
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (cluster_start__new_folder__serves_over_a_socket_only),
    cmocka_unit_test (cluster_start__awkward_names__serves),
    cmocka_unit_test (cluster_start__server_killed__starts_again_and_keeps_the_data),
    cmocka_unit_test (cluster_start__socket_removed_under_the_server__starts_again_and_keeps_the_data),
    cmocka_unit_test (cluster_start__pid_file_names_another_process__starts),
    cmocka_unit_test (cluster_start__four_at_once__one_server),
    cmocka_unit_test (cluster_start__state_deleted_under_the_server__a_new_cluster),
    cmocka_unit_test (cluster_start__server_cannot_enter__lives_elsewhere_and_is_found_again),
    cmocka_unit_test (cluster_start__another_account_s_folder__is_a_configuration_error),
    cmocka_unit_test (cluster_start__something_in_the_way__a_configuration_error_that_names_it),
    cmocka_unit_test (cluster_stop__no_cluster_or_one_that_cannot_be_entered__says_so),
    cmocka_unit_test (cluster_start__a_broken_cluster__the_server_s_last_words),
    cmocka_unit_test (cluster_has_other_server__environment__as_libpq_sees_it),
  };

  int failed = 0;

  started = g_ptr_array_new_with_free_func (g_free);
  failed = cmocka_run_group_tests (tests, NULL, NULL);
  for (guint i = 0; i < started->len; i++)
    cluster_stop (g_ptr_array_index (started, i), NULL, NULL);
  g_ptr_array_unref (started);
  return failed;
}
