#define _GNU_SOURCE
#include "backup.h"

#include "base/cluster.h"
#include "base/error.h"
#include "base/sql.h"
#include "base/text.h"
#include "session.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE_S (4 * 60 * 60)
#define HASH_CHARS 64

static gboolean
fail (const char *what, const char *path, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not %s %s: %s", what, path, g_strerror (errno));
  return FALSE;
}

static char *
file_argument (const Options *options, GError **error)
{
  if (options->arguments[0] != NULL && options->arguments[1] == NULL)
    return g_canonicalize_filename (options->arguments[0], NULL);
  error_usage (error, "%s takes one file", options->command);
  return NULL;
}

static char *
find_tool (const Options *options, const char *name, GError **error)
{
  g_autofree char *data = g_build_filename (options->state, "pg", "data", NULL);
  char *tool = cluster_tool (name, options->db == NULL && !cluster_has_other_server () ? data : NULL);

  if (tool == NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s is missing: install postgresql-client-15", name);
  return tool;
}

/* Runs a PostgreSQL program on the session's database; @words end with NULL. */
static gboolean
run_on (Session *session, const char *name, const char *const words[], GError **error)
{
  g_autofree char *tool = find_tool (session->options, name, error), *conninfo = NULL;
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) environment = NULL, command = NULL;

  if (tool == NULL)
    return FALSE;
  tool_login (session->db, &conninfo, &environment);
  g_strv_builder_add_many (argv, tool, "-w", "-d", conninfo, NULL);
  for (const char *const *word = words; *word != NULL; word++)
    g_strv_builder_add (argv, *word);
  command = g_strv_builder_end (argv);
  return tool_run (command, environment, DEADLINE_S, NULL, error);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
sync_path (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail ("write", path, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

/* pg_dump opens what is there already: so nobody else can ever read it. */
static gboolean
make_private (const char *path, GError **error)
{
  int fd = -1;

  g_unlink (path);
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail ("make", path, error);
  close (fd);
  return TRUE;
}

static gboolean
put_in_place (const char *part, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!sync_path (part, error))
    return FALSE;
  return g_rename (part, path) == 0 ? sync_path (folder, error) : fail ("rename", part, error);
}

static gboolean
dump (Session *session, const char *path, gint64 *bytes, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  const char *const words[] = { "-Fc", "--lock-wait-timeout=60s", "-f", part, NULL };
  struct stat st = { 0 };
  gboolean ok = make_private (part, error) && run_on (session, "pg_dump", words, error);

  if (ok && stat (part, &st) != 0)
    ok = fail ("find", part, error);
  *bytes = st.st_size;
  if (ok && !session->options->dry_run)
    ok = put_in_place (part, path, error);
  g_unlink (part);
  return ok;
}

gboolean
backup_command (const Options *options, Outcome *outcome, GError **error)
{
  g_autofree char *path = file_argument (options, error);
  Session *session = outcome->session = path != NULL ? session_open (options, SESSION_BARE, error) : NULL;
  g_autofree char *schemas = NULL;
  g_autoptr (GError) why = NULL;
  gint64 bytes = 0;

  if (session == NULL)
    return FALSE;
  schemas = db_value (session->db, &why, sql_query ("list_own_schemas"), DB_END);
  if (schemas == NULL) {
    if (why != NULL)
      g_propagate_error (error, g_steal_pointer (&why));
    else
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "the database has no schema yet: run plumbline init");
    return FALSE;
  }
  if (!dump (session, path, &bytes, error))
    return FALSE;
  if (!options->quiet)
    printf ("%sbackup: %" G_GINT64_FORMAT " bytes in %s\n", options->dry_run ? "dry run, undone: " : "", bytes, path);
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------
   Back */

/* The lines of a COPY that pg_restore writes: each begins with a migration's file name. */
static gboolean
check_migrations (const char *path, const char *sql, GError **error)
{
  g_auto (GStrv) known = sql_list ("migrations"), lines = g_strsplit (sql, "\n", -1);
  gboolean inside = FALSE;
  guint count = 0;

  for (char **line = lines; *line != NULL; line++) {
    g_autofree char *name = g_strndup (*line, strcspn (*line, "\t"));

    if (!inside || strcmp (*line, "\\.") == 0) {
      inside = g_str_has_prefix (*line, "COPY plumbline.migration (file_name,");
      continue;
    }
    count++;
    if (!g_strv_contains ((const char *const *)known, name)) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "%s comes from a newer program: it has migration %s; install that version or a newer one", path,
                   name);
      return FALSE;
    }
  }
  if (count > 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "%s is no backup of plumbline's database", path);
  return FALSE;
}

static gboolean
check_file (const Options *options, const char *path, GError **error)
{
  g_autofree char *tool = find_tool (options, "pg_restore", error), *sql = NULL;
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) why = NULL;

  if (tool == NULL)
    return FALSE;
  if (access (path, R_OK) != 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "%s cannot be read: %s", path, g_strerror (errno));
    return FALSE;
  }
  g_strv_builder_add_many (words, tool, "-a", "-n", "plumbline", "-t", "migration", "-f", "-", path, NULL);
  argv = g_strv_builder_end (words);
  if (tool_run (argv, NULL, DEADLINE_S, &sql, &why))
    return check_migrations (path, sql, error);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "%s cannot be read: %s", path, why->message);
  return FALSE;
}

static gboolean
check_empty (Session *session, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *schemas = db_value (session->db, &why, sql_query ("list_own_schemas"), DB_END);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (schemas == NULL)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
               "the database is in use (schemas %s): restore into an empty one; the private server gets one by "
               "plumbline db stop and moving %s/pg away",
               schemas, session->options->state);
  return FALSE;
}

typedef struct {
  char *path;
  struct timespec when;
} Late;

static void
late_free (gpointer data)
{
  g_free (((Late *)data)->path);
  g_free (data);
}

/* A file's last change of status is its move into the archive. */
static int
by_moment (gconstpointer a, gconstpointer b)
{
  const Late *x = *(const Late *const *)a, *y = *(const Late *const *)b;

  if (x->when.tv_sec != y->when.tv_sec)
    return x->when.tv_sec < y->when.tv_sec ? -1 : 1;
  if (x->when.tv_nsec != y->when.tv_nsec)
    return x->when.tv_nsec < y->when.tv_nsec ? -1 : 1;
  return strcmp (x->path, y->path);
}

static gboolean
is_kept_name (const char *name)
{
  return strspn (name, "0123456789abcdef") == HASH_CHARS && name[HASH_CHARS] == '-'
         && !g_str_has_suffix (name, ".reason.txt");
}

static void
find_late (const char *folder, GHashTable *known, GPtrArray *out)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *hash = g_strndup (name, HASH_CHARS), *path = g_build_filename (folder, name, NULL);
    struct stat st;

    if (is_kept_name (name) && !g_hash_table_contains (known, hash) && lstat (path, &st) == 0 && S_ISREG (st.st_mode)) {
      Late *late = g_new (Late, 1);

      *late = (Late){ g_steal_pointer (&path), st.st_ctim };
      g_ptr_array_add (out, late);
    }
  }
}

/* What came after the backup is taken in again, in the order in which it came. */
static gboolean
put_back (Session *session, guint *count, GError **error)
{
  g_autoptr (PGresult) rows = db_queryv (session->db, error, sql_query ("list_batch_hashes"), DB_END);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) late = g_ptr_array_new_with_free_func (late_free);
  g_autofree char *archive = g_build_filename (session->options->state, "archive", NULL);
  g_autofree char *inbox_folder = g_build_filename (session->options->state, "inbox", NULL);
  g_autofree char *quarantine = g_build_filename (session->options->state, "quarantine", NULL);

  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (rows); i++)
    g_hash_table_add (known, PQgetvalue (rows, i, 0));
  if (g_mkdir_with_parents (inbox_folder, 0750) != 0)
    return fail ("make", inbox_folder, error);
  find_late (archive, known, late);
  find_late (quarantine, known, late);
  g_ptr_array_sort (late, by_moment);
  for (guint i = 0; i < late->len; i++) {
    const Late *file = late->pdata[i];
    g_autofree char *name = g_path_get_basename (file->path);
    g_autofree char *inbox = g_strdup_printf ("%s/%04u-%s", inbox_folder, i + 1, name + HASH_CHARS + 1);

    if (g_rename (file->path, inbox) != 0)
      return fail ("move", file->path, error);
  }
  *count = late->len;
  return TRUE;
}

static gboolean
fill (Session *session, const char *path, GError **error)
{
  const char *const words[] = { "--exit-on-error", "--single-transaction", path, NULL };

  return db_script (session->db, sql_query ("make_roles"), error) && run_on (session, "pg_restore", words, error)
         && db_script (session->db, "analyze", error);
}

gboolean
restore_command (const Options *options, Outcome *outcome, GError **error)
{
  g_autofree char *path = file_argument (options, error);
  Session *session = NULL;
  guint late = 0;

  if (path == NULL || !check_file (options, path, error))
    return FALSE;
  session = outcome->session = session_open (options, SESSION_BARE, error);
  if (session == NULL || !check_empty (session, error))
    return FALSE;
  if (!options->dry_run && (!fill (session, path, error) || !put_back (session, &late, error)))
    return FALSE;
  if (!options->quiet) {
    printf ("%srestore: %s is in the database\n", options->dry_run ? "dry run, undone: " : "", path);
    if (late > 0)
      printf ("restore: %u %s that came after the backup %s in the inbox again\n", late,
              text_plural (late, "file", "files"), text_plural (late, "waits", "wait"));
    puts ("restore: plumbline init brings an older schema up to date");
  }
  return TRUE;
}
