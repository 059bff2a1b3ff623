/* include/base/db.h: libpq with deadlines, errors as GError, and transactions that nest. */
#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

#define DB_TIMEOUT_S 900

typedef struct _Db Db;

/**
 * db_open:
 * @conninfo: libpq's connection string, or NULL for libpq's own environment
 * @dry_run: everything happens inside one outer transaction that db_close() rolls back
 *
 * Connects with bounded retries (three, pauses of 0.2 and 1 s; a frozen server counts: connect_timeout 10 s), pins
 * search_path to pg_catalog, sets client_encoding UTF8, application_name
 * plumbline and TimeZone Asia/Shanghai. PLUMB_ERROR_DATABASE carries libpq's message.
 */
Db *db_open (const char *conninfo, gboolean dry_run, GError **error);
/* db_try: the same in one attempt, no dry run; NULL when it fails. */
Db *db_try (const char *conninfo);
void db_close (Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Db, db_close)

/* db_set_timeout: of the connections opened from now on: the longest that a statement may take, DB_TIMEOUT_S unless
 * set. Then the server cancels it; one that has not answered five seconds later is given up, PLUMB_ERROR_DATABASE
 * "timed out". */
void db_set_timeout (gint64 seconds);

/* db_open_again: another connection to the same database, for another thread; never a dry run. */
Db *db_open_again (const Db *db, GError **error);

PGconn *db_conn (Db *db);
gboolean db_dry_run (const Db *db);

/* db_hold: until db_let_go() the connection is another thread's, or busy with rows that are sent. Holds are counted. */
void db_hold (Db *db);
void db_let_go (Db *db);
gboolean db_is_held (Db *db);

/**
 * db_set_clock: what plumbline.clock() answers: the moment that provenance columns carry.
 * @today: ISO date given by --today, or NULL for the real clock; with a date, the real time of day is kept.
 */
gboolean db_set_clock (Db *db, const char *today, GError **error);

/**
 * db_query:
 * @sql: one statement with $1…$@n
 * @params: @n texts, NULL for SQL null; types are left to the server
 *
 * Returns: tuples or command status, text format; NULL with PLUMB_ERROR_DATABASE (connection lost),
 * PLUMB_ERROR_RETRY (40001, 40P01), PLUMB_ERROR_EXISTS (23505) or PLUMB_ERROR_SQL (message, detail, and the
 * statement's first line).
 */
PGresult *db_query (Db *db, const char *sql, int n, const char *const params[], GError **error);

/* db_queryv: the same, parameters as arguments, closed by DB_END; NULL is SQL null. */
#define DB_END ((const char *)1)
PGresult *db_queryv (Db *db, GError **error, const char *sql, ...);

/* db_script: several statements without parameters, no result. */
gboolean db_script (Db *db, const char *sql, GError **error);

/* db_value: first column of the first row, newly allocated; NULL without error when there is no row or it is null. */
char *db_value (Db *db, GError **error, const char *sql, ...);

/* Transactions: the outermost is BEGIN/COMMIT, inner ones are savepoints. */
gboolean db_begin (Db *db, GError **error);
gboolean db_commit (Db *db, GError **error);
void db_rollback (Db *db); /* quiet: a lost connection has rolled back already */

/* db_column: index of @name in @result; a missing one is a bug and aborts. */
int db_column (const PGresult *result, const char *name);
/* db_get: text of a cell; "" where null. */
const char *db_get (const PGresult *result, int row, const char *name);
/* db_get_double: NAN where null. */
double db_get_double (const PGresult *result, int row, const char *name);
gint64 db_get_int (const PGresult *result, int row, const char *name);
gboolean db_get_boolean (const PGresult *result, int row, const char *name); /* FALSE where null */
gboolean db_is_null (const PGresult *result, int row, const char *name);

/* db_copy_begin: @sql is a COPY … FROM STDIN; then db_copy_data() any number of times, then db_copy_end(). */
gboolean db_copy_begin (Db *db, const char *sql, GError **error);
gboolean db_copy_data (Db *db, const char *data, gsize length, GError **error);
gboolean db_copy_end (Db *db, const char *abort_reason, GError **error);
/* db_copy_read: @sql is a COPY … TO STDOUT; @take sees each piece (in binary format a row, the header with the first),
   and no more of them once it has returned FALSE, which is no error. */
gboolean db_copy_read (Db *db, const char *sql, gboolean (*take) (const char *row, gsize length, gpointer data),
                       gpointer data, GError **error);
/* db_copy_field: append a field in COPY text format to @line (escaped; NULL is \N), and a tab after it. */
void db_copy_field (GString *line, const char *value);
/* db_bytes_text: a value of type bytea as text. Free the result. */
char *db_bytes_text (GBytes *bytes);
/* db_texts: a value of type text[]. Free the result. */
char *db_texts (const GPtrArray *texts);
/* db_copy_line: end the line (the last tab becomes a newline). */
void db_copy_line (GString *line);
