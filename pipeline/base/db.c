#include "base/db.h"

#include "base/error.h"
#include "wire.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARAMS 64
#define TIMEOUT_MAX_S (7 * 24 * 3600)
#define GRACE_S 5 /* the server, unless it is frozen, has the first word on a statement that takes too long */

struct _Db {
  Wire wire;
  char *conninfo;
  guint depth; /* open transactions, the dry run's included */
  gboolean dry_run;
  gint holds;
};

static void
keep_quiet (void *arg, const char *message)
{
  (void)arg;
  (void)message;
}

static guint timeout_s = DB_TIMEOUT_S;

void
db_set_timeout (gint64 seconds)
{
  timeout_s = (guint)CLAMP (seconds, 1, TIMEOUT_MAX_S);
}

static PGconn *
connect_once (const char *conninfo)
{
  /* A server whose client is gone ends what it does for it. */
  g_autofree char *settings = g_strdup_printf (
      "-c search_path=pg_catalog -c timezone=Asia/Shanghai -c statement_timeout=%us -c datestyle=ISO "
      "-c extra_float_digits=1 -c intervalstyle=postgres -c client_connection_check_interval=10s "
      "-c tcp_user_timeout=60s -c tcp_keepalives_idle=30",
      timeout_s);
  const char *const keys[] = { "dbname",
                               "client_encoding",
                               "fallback_application_name",
                               "connect_timeout",
                               "tcp_user_timeout",
                               "keepalives_idle",
                               "options",
                               NULL };
  const char *const values[]
      = { conninfo != NULL ? conninfo : "", "UTF8", "plumbline", "10", "60000", "30", settings, NULL };

  return PQconnectdbParams (keys, values, 1);
}

static Db *
open_in (guint tries, const char *conninfo, gboolean dry_run, GError **error)
{
  static const gulong pause_us[] = { 0, 200000, 1000000 };
  g_autoptr (Db) db = g_new0 (Db, 1);

  db->dry_run = dry_run;
  db->wire.timeout_s = timeout_s + MIN (timeout_s, GRACE_S);
  db->conninfo = g_strdup (conninfo);
  for (guint i = 0; i < MIN (tries, G_N_ELEMENTS (pause_us)); i++) {
    g_usleep (pause_us[i]);
    PQfinish (db->wire.conn);
    db->wire.conn = connect_once (conninfo);
    if (PQstatus (db->wire.conn) == CONNECTION_OK)
      break;
  }
  if (PQstatus (db->wire.conn) != CONNECTION_OK || PQsetnonblocking (db->wire.conn, 1) != 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE, "could not reach the database: %s",
                 g_strchomp (PQerrorMessage (db->wire.conn)));
    return NULL;
  }
  PQsetNoticeProcessor (db->wire.conn, keep_quiet, NULL);
  if (dry_run && !db_begin (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

Db *
db_open (const char *conninfo, gboolean dry_run, GError **error)
{
  return open_in (G_MAXUINT, conninfo, dry_run, error);
}

Db *
db_try (const char *conninfo)
{
  return open_in (1, conninfo, FALSE, NULL);
}

void
db_close (Db *db)
{
  if (db == NULL)
    return;
  PQfinish (db->wire.conn); /* an open transaction, the dry run's too, is rolled back by the server */
  g_free (db->conninfo);
  g_free (db);
}

Db *
db_open_again (const Db *db, GError **error)
{
  return db_open (db->conninfo, FALSE, error);
}

PGconn *
db_conn (Db *db)
{
  return db->wire.conn;
}

gboolean
db_dry_run (const Db *db)
{
  return db->dry_run;
}

void
db_hold (Db *db)
{
  g_atomic_int_inc (&db->holds);
}

void
db_let_go (Db *db)
{
  g_atomic_int_add (&db->holds, -1);
}

gboolean
db_is_held (Db *db)
{
  return g_atomic_int_get (&db->holds) > 0;
}

/* The connection's message ends in a newline and may span lines; the first line of the statement names the query. */
static void
set_error (Db *db, const PGresult *result, const char *sql, GError **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  g_autofree char *message
      = g_strdup (result != NULL && *PQresultErrorMessage (result) != '\0' ? PQresultErrorMessage (result)
                                                                           : PQerrorMessage (db->wire.conn));
  g_autofree char *first = g_strndup (sql, strcspn (sql, "\n"));
  int code = PLUMB_ERROR_SQL;

  if (db->wire.timed_out) {
    g_free (message);
    message = g_strdup_printf ("timed out: no answer of the server for %u s", db->wire.timeout_s);
  }
  g_strchomp (message);
  if (PQstatus (db->wire.conn) != CONNECTION_OK || state == NULL || g_str_has_prefix (state, "08")
      || g_str_has_prefix (state, "57P") || g_str_has_prefix (state, "53"))
    code = PLUMB_ERROR_DATABASE;
  else if (strcmp (state, "40001") == 0 || strcmp (state, "40P01") == 0)
    code = PLUMB_ERROR_RETRY;
  else if (strcmp (state, "23505") == 0)
    code = PLUMB_ERROR_EXISTS;
  else if (strcmp (state, "57014") == 0)
    code = PLUMB_ERROR_DATABASE; /* statement timeout */
  g_set_error (error, PLUMB_ERROR, code, "%s [%s]", message, first);
}

PGresult *
db_query (Db *db, const char *sql, int n, const char *const params[], GError **error)
{
  g_autoptr (PGresult) result = wire_run (&db->wire, sql, n, params);

  switch (PQresultStatus (result)) {
  case PGRES_TUPLES_OK:
  case PGRES_COMMAND_OK:
    return g_steal_pointer (&result);
  default:
    set_error (db, result, sql, error);
    return NULL;
  }
}

static PGresult *
query_va (Db *db, GError **error, const char *sql, va_list ap)
{
  const char *params[MAX_PARAMS];
  int n = 0;

  for (const char *p = va_arg (ap, const char *); p != DB_END; p = va_arg (ap, const char *)) {
    g_assert (n < MAX_PARAMS);
    params[n++] = p;
  }
  return db_query (db, sql, n, params, error);
}

PGresult *
db_queryv (Db *db, GError **error, const char *sql, ...)
{
  PGresult *result = NULL;
  va_list ap;

  va_start (ap, sql);
  result = query_va (db, error, sql, ap);
  va_end (ap);
  return result;
}

char *
db_value (Db *db, GError **error, const char *sql, ...)
{
  g_autoptr (PGresult) result = NULL;
  va_list ap;

  va_start (ap, sql);
  result = query_va (db, error, sql, ap);
  va_end (ap);
  if (result == NULL || PQntuples (result) == 0 || PQnfields (result) == 0 || PQgetisnull (result, 0, 0))
    return NULL;
  return g_strdup (PQgetvalue (result, 0, 0));
}

gboolean
db_script (Db *db, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = wire_run (&db->wire, sql, -1, NULL);

  if (PQresultStatus (result) == PGRES_COMMAND_OK || PQresultStatus (result) == PGRES_TUPLES_OK
      || PQresultStatus (result) == PGRES_EMPTY_QUERY)
    return TRUE;
  set_error (db, result, sql, error);
  return FALSE;
}

gboolean
db_set_clock (Db *db, const char *today, GError **error)
{
  g_autoptr (PGresult) result
      = db_queryv (db, error, "select set_config('plumbline.today', coalesce($1, ''), false)", today, DB_END);

  return result != NULL;
}

gboolean
db_begin (Db *db, GError **error)
{
  g_autofree char *sql = db->depth == 0 ? g_strdup ("begin") : g_strdup_printf ("savepoint s%u", db->depth);

  if (!db_script (db, sql, error))
    return FALSE;
  db->depth++;
  return TRUE;
}

gboolean
db_commit (Db *db, GError **error)
{
  g_autofree char *sql = NULL;

  g_assert (db->depth > 0);
  sql = db->depth == 1 ? g_strdup ("commit") : g_strdup_printf ("release savepoint s%u", db->depth - 1);
  if (!db_script (db, sql, error))
    return FALSE;
  db->depth--;
  return TRUE;
}

void
db_rollback (Db *db)
{
  g_autofree char *sql = NULL;

  if (db->depth == 0)
    return;
  db->depth--;
  sql = db->depth == 0 ? g_strdup ("rollback")
                       : g_strdup_printf ("rollback to savepoint s%u; release savepoint s%u", db->depth, db->depth);
  PQclear (wire_run (&db->wire, sql, -1, NULL));
}

int
db_column (const PGresult *result, const char *name)
{
  int column = PQfnumber (result, name);

  if (column < 0)
    g_error ("the query's result has no column %s", name);
  return column;
}

gboolean
db_is_null (const PGresult *result, int row, const char *name)
{
  return PQgetisnull (result, row, db_column (result, name)) != 0;
}

const char *
db_get (const PGresult *result, int row, const char *name)
{
  return PQgetvalue (result, row, db_column (result, name));
}

double
db_get_double (const PGresult *result, int row, const char *name)
{
  return db_is_null (result, row, name) ? NAN : g_ascii_strtod (db_get (result, row, name), NULL);
}

gint64
db_get_int (const PGresult *result, int row, const char *name)
{
  return g_ascii_strtoll (db_get (result, row, name), NULL, 10);
}

gboolean
db_get_boolean (const PGresult *result, int row, const char *name)
{
  return *db_get (result, row, name) == 't';
}

gboolean
db_copy_begin (Db *db, const char *sql, GError **error)
{
  g_autoptr (PGresult) result = wire_run (&db->wire, sql, -1, NULL);

  if (PQresultStatus (result) == PGRES_COPY_IN)
    return TRUE;
  set_error (db, result, sql, error);
  return FALSE;
}

gboolean
db_copy_data (Db *db, const char *data, gsize length, GError **error)
{
  while (length > 0) {
    int part = (int)MIN (length, 1 << 20);

    if (!wire_put (&db->wire, data, part)) {
      set_error (db, NULL, "copy", error);
      return FALSE;
    }
    data += part;
    length -= (gsize)part;
  }
  return TRUE;
}

gboolean
db_copy_end (Db *db, const char *abort_reason, GError **error)
{
  gboolean ok = wire_put_end (&db->wire, abort_reason);

  if (!ok)
    set_error (db, NULL, "copy", error);
  for (PGresult *result = wire_next (&db->wire); result != NULL; result = wire_next (&db->wire)) {
    if (ok && PQresultStatus (result) != PGRES_COMMAND_OK && abort_reason == NULL) {
      set_error (db, result, "copy", error);
      ok = FALSE;
    }
    PQclear (result);
  }
  if (ok && db->wire.lost) {
    set_error (db, NULL, "copy", error);
    ok = FALSE;
  }
  return ok;
}

gboolean
db_copy_read (Db *db, const char *sql, gboolean (*take) (const char *row, gsize length, gpointer data), gpointer data,
              GError **error)
{
  g_autoptr (PGresult) result = wire_run (&db->wire, sql, -1, NULL);
  char *row = NULL;
  gboolean wanted = TRUE;
  int length = 0;

  if (PQresultStatus (result) != PGRES_COPY_OUT) {
    set_error (db, result, sql, error);
    return FALSE;
  }
  while ((length = wire_get (&db->wire, &row)) > 0) {
    wanted = wanted && take (row, (gsize)length, data);
    PQfreemem (row);
  }
  PQclear (g_steal_pointer (&result));
  while ((result = wire_next (&db->wire)) != NULL) {
    if (PQresultStatus (result) != PGRES_COMMAND_OK && length == -1)
      length = -2;
    if (length == -2 && error != NULL && *error == NULL)
      set_error (db, result, sql, error);
    PQclear (result);
  }
  if (db->wire.lost)
    length = -2;
  if (length == -2 && error != NULL && *error == NULL)
    set_error (db, NULL, sql, error);
  return length == -1;
}

void
db_copy_field (GString *line, const char *value)
{
  if (value == NULL)
    g_string_append (line, "\\N");
  else
    for (const char *c = value; *c != '\0'; c++)
      switch (*c) {
      case '\\':
        g_string_append (line, "\\\\");
        break;
      case '\n':
        g_string_append (line, "\\n");
        break;
      case '\r':
        g_string_append (line, "\\r");
        break;
      case '\t':
        g_string_append (line, "\\t");
        break;
      default:
        g_string_append_c (line, *c);
      }
  g_string_append_c (line, '\t');
}

void
db_copy_line (GString *line)
{
  g_assert (line->len > 0);
  line->str[line->len - 1] = '\n';
}

char *
db_bytes_text (GBytes *bytes)
{
  gsize n = 0;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  char *text = g_malloc (2 * n + 3), *next = text;

  *next++ = '\\';
  *next++ = 'x';
  for (gsize i = 0; i < n; i++) {
    *next++ = "0123456789abcdef"[data[i] >> 4];
    *next++ = "0123456789abcdef"[data[i] & 15];
  }
  *next = '\0';
  return text;
}

char *
db_texts (const GPtrArray *texts)
{
  GString *out = g_string_new ("{");

  for (guint i = 0; i < texts->len; i++) {
    g_string_append (out, i > 0 ? ",\"" : "\"");
    for (const char *p = texts->pdata[i]; *p != '\0'; p++) {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
    g_string_append_c (out, '"');
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}
