#include "base/cluster.h"

#include "base/db.h"
#include "base/error.h"
#include "base/folder.h"
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROLE "postgres"
#define DATABASE "plumbline"
#define VERSIONS "/usr/lib/postgresql"
#define START_TRIES 3
#define DYING_SERVER_WAIT_US 500000
#define DYING_SERVER_WAITS 20

typedef int Lock;

static void
lock_release (Lock *lock)
{
  if (*lock >= 0)
    close (*lock);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lock, lock_release)

static Lock
lock_take (const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, "pg.lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat st;

  if (fd >= 0 && geteuid () == 0 && stat (state_dir, &st) == 0)
    (void)!fchown (fd, st.st_uid, (gid_t)-1);
  if (fd < 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot open %s: %s", path, g_strerror (errno));
    return -1;
  }
  while (flock (fd, LOCK_EX) != 0 && errno == EINTR)
    ;
  return fd;
}

/* Others may pass through to report/ and what else is open, but not list: exports lie here. */
static gboolean
make_state_dir (const char *state_dir, GError **error)
{
  if (g_file_test (state_dir, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdir_with_parents (state_dir, 0755) == 0 && chmod (state_dir, 0711) == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot make the state directory %s: %s", state_dir,
               g_strerror (errno));
  return FALSE;
}

static char *
read_version (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, "PG_VERSION", NULL);
  char *version = NULL;

  if (!g_file_get_contents (path, &version, NULL, NULL))
    return NULL;
  return g_strchomp (version);
}

static char *
newest_version (void)
{
  g_autoptr (GDir) dir = g_dir_open (VERSIONS, 0, NULL);
  int newest = 0;

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *initdb = g_build_filename (VERSIONS, name, "bin", "initdb", NULL);

    if (g_file_test (initdb, G_FILE_TEST_IS_EXECUTABLE))
      newest = MAX (newest, atoi (name));
  }
  return newest > 0 ? g_strdup_printf ("%d", newest) : NULL;
}

char *
cluster_tool (const char *name, const char *data_dir)
{
  g_autofree char *version = data_dir != NULL ? read_version (data_dir) : NULL;
  g_autofree char *path = NULL;

  if (version == NULL)
    version = newest_version ();
  if (version != NULL)
    path = g_build_filename (VERSIONS, version, "bin", name, NULL);
  return path != NULL && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&path)
                                                                       : g_find_program_in_path (name);
}

static char *
require_tool (const char *name, const Place *place, GError **error)
{
  char *tool = cluster_tool (name, place->data);

  if (tool == NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s is missing: install postgresql-15", name);
  return tool;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static char *
escape (const char *text, const char *special)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++) {
    if (strchr (special, *c) != NULL)
      g_string_append_c (out, *c == '"' ? '"' : '\\');
    g_string_append_c (out, *c);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
make_conninfo (const Place *place, const char *socket_dir, const char *database)
{
  g_autofree char *host = escape (socket_dir, "\\'");
  g_autofree char *peer = escape (place->account, "\\'");

  return g_strdup_printf ("host='%s' port=5432 user=" ROLE " dbname='%s' requirepeer='%s'", host, database, peer);
}

static gboolean
write_file (const Place *place, const char *name, const char *content, GError **error)
{
  g_autofree char *path = g_build_filename (place->dir, name, NULL);
  g_autoptr (GError) why = NULL;

  if (g_file_set_contents (path, content, -1, &why) && chmod (path, 0644) == 0 && place_own (place, path))
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot write %s: %s", path,
               why != NULL ? why->message : g_strerror (errno));
  return FALSE;
}

/* Sums of doubles depend on how workers share the rows, and figures must come out the same to the digit: no parallel
   plans. The account itself, root and whoever calls may connect, all as the cluster's one role. */
static gboolean
write_settings (const Place *place, const char *socket_dir, ClusterKind kind, GError **error)
{
  g_autofree char *quoted = escape (socket_dir, "\"");
  g_autofree char *sockets = escape (quoted, "\\'");
  g_autofree char *dir = escape (place->dir, "\\'");
  g_autofree char *settings
      = g_strdup_printf ("# Written by plumbline at every start; ALTER SYSTEM is the place for settings of your own.\n"
                         "include 'data/postgresql.conf'\n"
                         "hba_file = '%s/pg_hba.conf'\n"
                         "ident_file = '%s/pg_ident.conf'\n"
                         "listen_addresses = ''\n"
                         "unix_socket_directories = '\"%s\"'\n"
                         "timezone = 'Asia/Shanghai'\n"
                         "log_timezone = 'Asia/Shanghai'\n"
                         "jit = off\n"
                         "max_parallel_workers_per_gather = 0\n"
                         "max_wal_size = '2GB'\n"
                         "work_mem = '32MB'\n"
                         "%s",
                         dir, dir, sockets, kind == CLUSTER_THROWAWAY ? "fsync = off\nfull_page_writes = off\n" : "");
  g_autofree char *ident = g_strdup_printf ("plumbline \"root\" " ROLE "\nplumbline \"%s\" " ROLE "\n", place->account);

  return write_file (place, "postgresql.conf", settings, error)
         && write_file (place, "pg_hba.conf", "local all all peer map=plumbline\n", error)
         && write_file (place, "pg_ident.conf", ident, error);
}

/* A new name first: a cluster that a crash left half made is never taken for one. */
static gboolean
initialise (const Place *place, ClusterKind kind, GError **error)
{
  g_autofree char *initdb = require_tool ("initdb", place, error);
  g_autofree char *fresh = g_strconcat (place->data, ".new", NULL);
  const char *const argv[] = { initdb,
                               "-D",
                               "data.new",
                               "-U",
                               ROLE,
                               "-E",
                               "UTF8",
                               "--locale=C.UTF-8",
                               "-A",
                               "peer",
                               kind == CLUSTER_THROWAWAY ? "-N" : NULL,
                               NULL };

  if (initdb == NULL || !folder_remove (fresh) || !place_folder (place, fresh, 0700, error)
      || !place_run (place, place->dir, argv, error))
    return FALSE;
  if (g_rename (fresh, place->data) == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot rename %s: %s", fresh, g_strerror (errno));
  return FALSE;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
has_file (const Place *place, const char *name)
{
  g_autofree char *path = g_build_filename (place->data, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
answers (const Place *place, const char *conninfo)
{
  g_autofree char *hurried = g_strconcat (conninfo, " connect_timeout=10", NULL);

  return has_file (place, "postmaster.pid") && PQping (hurried) == PQPING_OK;
}

/* After a kill -9, or in a copied tree, these files name a process that is another's by now, and PostgreSQL would
   refuse. They go only when no process at all works in the data directory: a survivor of a killed server still has the
   memory. */
static void
drop_stale_files (const Place *place)
{
  g_autofree char *socket_dir = place_socket_dir (place);
  g_autofree char *pid = g_build_filename (place->data, "postmaster.pid", NULL);
  g_autofree char *lock = g_build_filename (socket_dir, PLACE_SOCKET ".lock", NULL);

  if ((g_file_test (pid, G_FILE_TEST_EXISTS) || g_file_test (lock, G_FILE_TEST_EXISTS)) && !place_has_process (place)) {
    g_unlink (pid);
    g_unlink (lock);
  }
}

static gboolean
prepare_log (const Place *place, GError **error)
{
  g_autofree char *path = g_build_filename (place->dir, "server.log", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  gboolean ok = fd >= 0 && (!place->foreign || fchown (fd, place->uid, place->gid) == 0);

  if (!ok)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot open %s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

static char *
last_log_lines (const Place *place)
{
  g_autofree char *path = g_build_filename (place->dir, "server.log", NULL);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (!g_file_get_contents (path, &content, NULL, NULL))
    return g_strdup ("");
  lines = g_strsplit (g_strchomp (content), "\n", -1);
  n = g_strv_length (lines);
  return g_strjoinv ("\n", lines + (n > 4 ? n - 4 : 0));
}

/* Relative names, in the cluster's folder: pg_ctl hands them to a shell, and folders may have any name. What a server
 * process frees after it has built one index it keeps for the next: else each page of it would come from the kernel
 * anew. */
static gboolean
run_server (const Place *place, GError **error)
{
  g_autofree char *pg_ctl = require_tool ("pg_ctl", place, error);
  const char *const argv[] = { "env",
                               "MALLOC_MMAP_THRESHOLD_=33554432",
                               "MALLOC_TRIM_THRESHOLD_=134217728",
                               pg_ctl,
                               "-w",
                               "-s",
                               "-t",
                               "120",
                               "-D",
                               "data",
                               "-l",
                               "server.log",
                               "-o",
                               "-c config_file=postgresql.conf",
                               "start",
                               NULL };
  g_autoptr (GError) why = NULL;
  g_autofree char *log = NULL;

  if (pg_ctl == NULL)
    return FALSE;
  if (place_run (place, place->dir, argv, &why))
    return TRUE;
  log = last_log_lines (place);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE, "could not start the private server: %s\n%s", why->message,
               log);
  return FALSE;
}

static gboolean
halt_server (const Place *place, GError **error)
{
  g_autofree char *pg_ctl = require_tool ("pg_ctl", place, error);
  const char *const argv[] = { pg_ctl, "-w", "-s", "-t", "60", "-D", "data", "-m", "fast", "stop", NULL };

  return pg_ctl != NULL && place_run (place, place->dir, argv, error);
}

/* A server whose socket somebody removed, a tidier of /tmp say, works on and can be reached by nobody any more. */
static gboolean
is_unreachable (const Place *place)
{
  g_autofree char *socket_dir = place_socket_dir (place);
  g_autofree char *socket = g_build_filename (socket_dir, PLACE_SOCKET, NULL);

  return has_file (place, "postmaster.pid") && !g_file_test (socket, G_FILE_TEST_EXISTS) && place_has_process (place);
}

/* A killed server's last processes may need a moment to notice and go. */
static gboolean
start_server (const Place *place, const char *conninfo, GError **error)
{
  g_autoptr (GError) why = NULL;

  for (guint tries = 0; tries < START_TRIES; tries++) {
    g_clear_error (&why);
    drop_stale_files (place);
    if (is_unreachable (place))
      halt_server (place, NULL);
    if (run_server (place, &why) || answers (place, conninfo))
      return TRUE;
    if (!g_error_matches (why, PLUMB_ERROR, PLUMB_ERROR_DATABASE))
      break;
    for (guint i = 0; i < DYING_SERVER_WAITS && place_has_process (place) && !answers (place, conninfo); i++)
      g_usleep (DYING_SERVER_WAIT_US);
    if (answers (place, conninfo))
      return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
bring_up (const Place *place, const char *socket_dir, ClusterKind kind, Cluster *out, GError **error)
{
  g_autofree char *maintenance = make_conninfo (place, socket_dir, "postgres");

  if (answers (place, maintenance))
    return TRUE;
  out->started = TRUE;
  return place_check (place, error) && place_folder (place, socket_dir, 0700, error)
         && write_settings (place, socket_dir, kind, error) && prepare_log (place, error)
         && start_server (place, maintenance, error);
}

static gboolean
make_database (const char *maintenance, GError **error)
{
  g_autoptr (Db) db = db_open (maintenance, FALSE, error);
  g_autoptr (PGresult) found = NULL;

  if (db == NULL)
    return FALSE;
  found = db_queryv (db, error, "select from pg_catalog.pg_database where datname = '" DATABASE "'", DB_END);
  return found != NULL
         && (PQntuples (found) > 0 || db_script (db, "create database " DATABASE " template template0", error));
}

gboolean
cluster_start (const char *state_dir, ClusterKind kind, Cluster *out, GError **error)
{
  g_auto (Cluster) cluster = { 0 };
  g_auto (Place) place = { 0 };
  g_auto (Lock) lock = -1;
  g_autofree char *socket_dir = NULL;
  g_autofree char *maintenance = NULL;

  if (!make_state_dir (state_dir, error) || (lock = lock_take (state_dir, error)) < 0
      || !place_find (state_dir, TRUE, &place, error))
    return FALSE;
  if (!has_file (&place, "PG_VERSION")) {
    cluster.created = TRUE;
    if (!place_check (&place, error) || !initialise (&place, kind, error))
      return FALSE;
  }
  socket_dir = place_socket_dir (&place);
  maintenance = make_conninfo (&place, socket_dir, "postgres");
  cluster.conninfo = make_conninfo (&place, socket_dir, DATABASE);
  /* the usual night: the server runs, and its database is there */
  cluster.db = has_file (&place, "postmaster.pid") ? db_try (cluster.conninfo) : NULL;
  if (cluster.db == NULL
      && (!bring_up (&place, socket_dir, kind, &cluster, error) || !make_database (maintenance, error)))
    return FALSE;
  cluster.place = g_strdup (place.dir);
  cluster.user = g_strdup (place.account);
  cluster.elsewhere = place.elsewhere;
  *out = cluster;
  cluster = (Cluster){ 0 };
  return TRUE;
}

gboolean
cluster_stop (const char *state_dir, gboolean *was_running, GError **error)
{
  g_auto (Place) place = { 0 };
  g_auto (Lock) lock = -1;
  g_autofree char *socket_dir = NULL;
  g_autoptr (GError) why = NULL;
  gboolean running = FALSE;

  if (was_running != NULL)
    *was_running = FALSE;
  if (!cluster_exists (state_dir))
    return TRUE;
  lock = lock_take (state_dir, error);
  if (lock < 0)
    return FALSE;
  if (!place_find (state_dir, FALSE, &place, &why) || !place_check (&place, &why)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  drop_stale_files (&place);
  running = has_file (&place, "postmaster.pid");
  if (was_running != NULL)
    *was_running = running;
  if (running && !halt_server (&place, error))
    return FALSE;
  socket_dir = place_socket_dir (&place);
  g_rmdir (socket_dir);
  return TRUE;
}

gboolean
cluster_exists (const char *state_dir)
{
  g_autofree char *path = g_build_filename (state_dir, "pg", "data", "PG_VERSION", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
cluster_clear (Cluster *cluster)
{
  g_clear_pointer (&cluster->conninfo, g_free);
  g_clear_pointer (&cluster->db, db_close);
  g_clear_pointer (&cluster->place, g_free);
  g_clear_pointer (&cluster->user, g_free);
}

gboolean
cluster_has_other_server (void)
{
  static const char *const names[] = { "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = g_getenv (names[i]);

    if (value != NULL && *value != '\0')
      return TRUE;
  }
  return FALSE;
}

void
cluster_forget_environment (void)
{
  g_auto (GStrv) names = g_listenv ();

  for (char **name = names; *name != NULL; name++)
    if (g_str_has_prefix (*name, "PG"))
      g_unsetenv (*name);
}
