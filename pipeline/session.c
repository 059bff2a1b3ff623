#include "session.h"

#include "base/error.h"
#include "base/sql.h"
#include "base/text.h"
#include "database.h"
#include "interrupt.h"
#include "load/store.h"

#include <string.h>
#include <unistd.h>

#define LOCK_TRIES 10
#define LOCK_PAUSE_US 300000

static void
session_free (Session *session)
{
  if (session == NULL)
    return;
  interrupt_arm (NULL);
  db_close (session->db);
  catalogue_free (session->catalogue);
  g_free (session->today);
  g_string_free (session->stages, TRUE);
  g_free (session);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

/* The server's list of sessions then tells who holds the lock. */
static gboolean
introduce (Session *session, GError **error)
{
  g_autofree char *name = g_strdup_printf ("plumbline %s %d", session->options->command, getpid ());
  g_autoptr (PGresult) result
      = db_queryv (session->db, error, "select set_config('application_name', $1, false)", name, DB_END);

  return result != NULL && db_set_clock (session->db, session->options->today, error);
}

static gboolean
connect_session (Session *session, GError **error)
{
  session->db = database_open (session->options, error);
  if (session->db == NULL)
    return FALSE;
  interrupt_arm (db_conn (session->db));
  return introduce (session, error);
}

static gboolean
report_holder (Session *session, GError **error)
{
  g_autoptr (PGresult) holder = db_queryv (session->db, error, sql_query ("show_lock_holder"), DB_END);
  g_auto (GStrv) words = NULL;

  if (holder == NULL)
    return FALSE;
  words = g_strsplit (PQntuples (holder) > 0 ? db_get (holder, 0, "holder") : "", " ", 3);
  if (g_strv_length (words) == 3)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_LOCKED, "another run holds the lock: %s, process %s, since %s",
                 words[1], words[2], db_get (holder, 0, "since"));
  else
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_LOCKED, "another run holds the lock");
  return FALSE;
}

/* The server may need a moment to notice that a killed holder is gone. */
static gboolean
take_lock (Session *session, GError **error)
{
  for (guint i = 0; i < LOCK_TRIES; i++) {
    g_autofree char *taken = db_value (session->db, error, sql_query ("take_lock"), DB_END);

    if (taken == NULL)
      return FALSE;
    if (strcmp (taken, "t") == 0)
      return TRUE;
    g_usleep (LOCK_PAUSE_US);
  }
  return report_holder (session, error);
}

static gboolean
start_run (Session *session, GError **error)
{
  g_autofree char *settings = options_hash (session->options);
  g_autofree char *run_id = db_value (session->db, error, sql_query ("start_run"), session->options->command,
                                      session->today, PLUMB_VERSION, settings, DB_END);

  if (run_id == NULL)
    return FALSE;
  session->run_id = g_ascii_strtoll (run_id, NULL, 10);
  return TRUE;
}

Session *
session_open (const Options *options, SessionKind kind, GError **error)
{
  g_autoptr (Session) session = g_new0 (Session, 1);

  session->options = options;
  session->today = options_today (options);
  session->stages = g_string_new (NULL);
  if (kind == SESSION_INIT && (session->catalogue = catalogue_read (options->catalogue, error)) == NULL)
    return NULL;
  if (!connect_session (session, error) || (kind != SESSION_READ && !take_lock (session, error)))
    return NULL;
  if (kind == SESSION_BARE)
    return g_steal_pointer (&session);
  if (kind == SESSION_INIT ? !store_migrate (session->db, error)
                           : (session->catalogue = store_read_catalogue (session->db, error)) == NULL)
    return NULL;
  return kind == SESSION_READ || start_run (session, error) ? g_steal_pointer (&session) : NULL;
}

void
session_note (Session *session, const char *stage, const StageCounts *counts, gint64 ms, const char *why)
{
  GString *stages = session->stages;
  g_autofree char *run_id = g_strdup_printf ("%" G_GINT64_FORMAT, session->run_id);
  g_autofree char *json = NULL;
  g_autofree char *valid = why != NULL ? g_utf8_make_valid (why, -1) : NULL;
  g_autoptr (PGresult) result = NULL;

  g_string_append_printf (stages,
                          "%s{\"stage\": \"%s\", \"in\": %" G_GINT64_FORMAT ", \"out\": %" G_GINT64_FORMAT
                          ", \"rejected\": %" G_GINT64_FORMAT ", \"ms\": %" G_GINT64_FORMAT,
                          stages->len > 0 ? ", " : "", stage, counts->in, counts->out, counts->rejected, ms);
  if (valid != NULL) {
    g_string_append (stages, ", \"error\": ");
    text_append_json (stages, valid);
  }
  g_string_append_c (stages, '}');
  json = g_strdup_printf ("[%s]", stages->str);
  result = db_queryv (session->db, NULL, sql_query ("note_stages"), run_id, json, DB_END);
}

void
session_close (Session *session, int exit_status, const char *why)
{
  g_autoptr (Session) owned = session;
  g_autofree char *run_id = g_strdup_printf ("%" G_GINT64_FORMAT, session->run_id);
  g_autofree char *status = g_strdup_printf ("%d", exit_status);
  g_autofree char *valid = why != NULL ? g_utf8_make_valid (why, -1) : NULL;
  g_autoptr (PGresult) result = NULL;

  if (session->run_id != 0)
    result = db_queryv (session->db, NULL, sql_query ("finish_run"), run_id, status, valid, DB_END);
}
