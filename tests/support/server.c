#include "server.h"

#include "base/cluster.h"
#include "base/folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define HALF_MADE "half_made"

static char *conninfo;       /* of the server, NULL until it is needed */
static GPtrArray *databases; /* names, to drop */
static GPtrArray *folders;   /* paths, to remove */
static int life_line = -1;   /* open for writing as long as this process lives */
static pid_t guardian;

/* A process that crashes or is killed runs no exit handlers: a second one waits for the end of the first. */
static void
guard (const char *folder, gboolean stop_server)
{
  int ends[2];

  if (pipe (ends) != 0)
    g_error ("cannot make a pipe");
  guardian = fork ();
  if (guardian != 0) {
    close (ends[0]);
    life_line = ends[1];
    return;
  }
  close (ends[1]);
  setsid ();
  signal (SIGPIPE, SIG_IGN);
  for (char c = 0; read (ends[0], &c, 1) > 0;)
    ;
  if (stop_server)
    cluster_stop (folder, NULL, NULL);
  folder_remove (folder);
  _exit (0);
}

static void
end_server (void)
{
  if (life_line >= 0) {
    close (life_line);
    waitpid (guardian, NULL, 0);
  }
}

static void
start_server (void)
{
  const char *shared = g_getenv ("PLUMB_TEST_SERVER");
  g_autofree char *folder = g_strdup (shared);
  g_autoptr (GError) error = NULL;
  g_auto (Cluster) cluster = { 0 };

  if (shared == NULL) {
    folder = g_strdup ("/tmp/plumbline-test-XXXXXX");
    if (g_mkdtemp_full (folder, 0711) == NULL)
      g_error ("cannot make %s", folder);
    guard (folder, TRUE);
    atexit (end_server);
  }
  cluster_forget_environment ();
  if (!cluster_start (folder, CLUSTER_THROWAWAY, &cluster, &error))
    g_error ("no server for the tests: %s", error->message);
  conninfo = g_strdup (cluster.conninfo);
}

const char *
test_server_conninfo (void)
{
  if (conninfo == NULL)
    start_server ();
  return conninfo;
}

static Db *
connect_server (void)
{
  g_autoptr (GError) error = NULL;
  Db *db = db_open (test_server_conninfo (), FALSE, &error);

  if (db == NULL)
    g_error ("%s", error->message);
  return db;
}

static void
run_sql (Db *db, const char *verb, const char *name, const char *how)
{
  g_autofree char *sql = g_strjoin (" ", verb, name, how, NULL);
  g_autoptr (GError) error = NULL;

  if (!db_script (db, sql, &error))
    g_error ("%s: %s", sql, error->message);
}

static void
drop_databases (void)
{
  g_autoptr (Db) db = connect_server ();

  for (guint i = 0; i < databases->len; i++)
    run_sql (db, "drop database if exists", g_ptr_array_index (databases, i), "with (force)");
  g_ptr_array_unref (databases);
}

static char *
name_database (void)
{
  char *name = NULL;

  if (databases == NULL) {
    databases = g_ptr_array_new_with_free_func (g_free);
    atexit (drop_databases); /* after the server's handler was registered, so before that one runs */
  }
  name = g_strdup_printf ("test_%d_%u", getpid (), databases->len);
  g_ptr_array_add (databases, name);
  return name;
}

static char *
conninfo_of (const char *name)
{
  return g_strdup_printf ("%s dbname=%s", conninfo, name);
}

char *
test_database_new (void)
{
  g_autoptr (Db) db = connect_server ();
  const char *name = name_database ();

  run_sql (db, "create database", name, "template template0");
  return conninfo_of (name);
}

/* It has its name only when it is whole; the lock goes with the connection. */
static void
make_original (const char *kind, void (*make) (const char *conninfo))
{
  g_autoptr (Db) db = connect_server ();
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL, *target = conninfo_of (HALF_MADE);

  run_sql (db, "select pg_advisory_lock(1)", NULL, NULL);
  found = db_value (db, &error, "select count(*) from pg_database where datname = $1", kind, DB_END);
  if (found == NULL)
    g_error ("%s", error->message);
  if (*found != '0')
    return;
  run_sql (db, "drop database if exists", HALF_MADE, "with (force)");
  run_sql (db, "create database", HALF_MADE, "template template0");
  make (target);
  run_sql (db, "alter database", HALF_MADE " rename to", kind);
}

char *
test_database_copy (const char *kind, void (*make) (const char *conninfo))
{
  g_autoptr (Db) db = connect_server ();
  const char *name = name_database ();
  g_autofree char *template = g_strconcat ("template ", kind, NULL);
  /* They are not copied with it. */
  g_autofree char *rights = g_strdup_printf ("update pg_database set datacl = (select datacl from pg_database where "
                                             "datname = '%s') where datname = '%s'",
                                             kind, name);

  make_original (kind, make);
  run_sql (db, "create database", name, template);
  run_sql (db, rights, NULL, NULL);
  return conninfo_of (name);
}

static void
remove_folders (void)
{
  for (guint i = 0; i < folders->len; i++)
    folder_remove (g_ptr_array_index (folders, i));
  g_ptr_array_unref (folders);
}

char *
test_folder_new (void)
{
  const char *shared = g_getenv ("PLUMB_TEST_SERVER");
  char *folder = g_strconcat (shared != NULL ? shared : "/tmp", "/plumbline-test-XXXXXX", NULL);

  if (folders == NULL) {
    folders = g_ptr_array_new_with_free_func (g_free);
    atexit (remove_folders);
  }
  if (g_mkdtemp_full (folder, 0711) == NULL)
    g_error ("cannot make %s", folder);
  g_ptr_array_add (folders, folder);
  return g_strdup (folder);
}
