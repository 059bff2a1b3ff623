#include "load/store.h"

#include "base/error.h"
#include "base/sql.h"
#include "load/store_rows.h"

#include <string.h>

#define MAX_SHOWN 20 /* mistakes in one message */

static gboolean
run_query (Db *db, const char *name, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query (name), DB_END);

  return result != NULL;
}

/* Commits when @ok; the caller has begun. */
static gboolean
end (Db *db, gboolean ok, GError **error)
{
  if (ok && db_commit (db, error))
    return TRUE;
  db_rollback (db);
  return FALSE;
}

static int
find_row (const PGresult *result, const char *file)
{
  for (int i = 0; i < PQntuples (result); i++)
    if (strcmp (db_get (result, i, "file_name"), file) == 0)
      return i;
  return -1;
}

static gboolean
check_migrations (const PGresult *applied, char **files, GError **error)
{
  for (int i = 0; i < PQntuples (applied); i++) {
    const char *file = db_get (applied, i, "file_name");
    g_autofree char *sha256 = NULL;

    if (!g_strv_contains ((const char *const *)files, file)) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "the database is newer than this program: it has migration %s, applied on %s; install that version "
                   "or a newer one",
                   file, db_get (applied, i, "applied_at"));
      return FALSE;
    }
    sha256 = sql_hash ("migrations", file);
    if (strcmp (sha256, db_get (applied, i, "sha256")) != 0) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "migration %s has changed since it was applied on %s; restore its text, and put the change into a "
                   "new migration",
                   file, db_get (applied, i, "applied_at"));
      return FALSE;
    }
  }
  return TRUE;
}

/* The first migration makes the roles, so it takes the owner's itself. */
static gboolean
apply_migration (Db *db, const char *file, gboolean first, GError **error)
{
  const char *text = sql_text ("migrations", file);
  g_autofree char *sha256 = sql_hash ("migrations", file);
  g_autoptr (PGresult) inserted = NULL;

  if ((!first && !run_query (db, "take_owner", error)) || !db_script (db, text, error)) {
    g_prefix_error (error, "migration %s: ", file);
    return FALSE;
  }
  inserted = db_queryv (db, error, sql_query ("insert_migration"), file, sha256, DB_END);
  return inserted != NULL && run_query (db, "leave_owner", error);
}

/* Whether another init has applied it meanwhile is only known under the lock. */
static gboolean
migrate_once (Db *db, char **files, guint i, GError **error)
{
  g_autoptr (PGresult) applied = NULL;

  if (!run_query (db, "lock_schema", error))
    return FALSE;
  applied = db_queryv (db, error, sql_query ("list_migrations"), DB_END);
  if (applied == NULL || !check_migrations (applied, files, error))
    return FALSE;
  return find_row (applied, files[i]) >= 0 || apply_migration (db, files[i], i == 0, error);
}

static gboolean
make_ledger (Db *db, GError **error)
{
  if (!db_begin (db, error))
    return FALSE;
  return end (db,
              run_query (db, "lock_schema", error) && run_query (db, "create_schema", error)
                  && run_query (db, "create_migration", error),
              error);
}

static gboolean
apply_view (Db *db, const PGresult *known, const char *file, GError **error)
{
  const char *text = sql_text ("views", file);
  g_autofree char *sha256 = sql_hash ("views", file);
  int row = find_row (known, file);
  g_autoptr (PGresult) noted = NULL;

  if (row >= 0 && strcmp (db_get (known, row, "sha256"), sha256) == 0 && db_get_boolean (known, row, "present"))
    return TRUE;
  if (!db_script (db, text, error)) {
    g_prefix_error (error, "view %s: ", file);
    return FALSE;
  }
  noted = db_queryv (db, error, sql_query ("put_view_file"), file, sha256, DB_END);
  return noted != NULL;
}

static gboolean
apply_views (Db *db, GError **error)
{
  g_auto (GStrv) files = sql_list ("views");
  g_autoptr (PGresult) known = NULL;

  if (!run_query (db, "lock_schema", error) || !run_query (db, "take_owner", error))
    return FALSE;
  known = db_queryv (db, error, sql_query ("list_view_files"), DB_END);
  if (known == NULL)
    return FALSE;
  for (char **file = files; *file != NULL; file++)
    if (!apply_view (db, known, *file, error))
      return FALSE;
  return run_query (db, "leave_owner", error);
}

gboolean
store_migrate (Db *db, GError **error)
{
  g_auto (GStrv) files = sql_list ("migrations");

  if (!make_ledger (db, error))
    return FALSE;
  for (guint i = 0; files[i] != NULL; i++)
    if (!db_begin (db, error) || !end (db, migrate_once (db, files, i, error), error))
      return FALSE;
  return db_begin (db, error) && end (db, apply_views (db, error), error);
}

static void
add_line (GString *text, guint *count, const char *line)
{
  if ((*count)++ < MAX_SHOWN)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

static gboolean
fail_with (GString *text, guint count, GError **error)
{
  if (count == 0)
    return TRUE;
  if (count > MAX_SHOWN)
    g_string_append_printf (text, "\nand %u more", count - MAX_SHOWN);
  g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, text->str);
  return FALSE;
}

static char *
place (const Catalogue *c, CatalogueOrigin at, const char *column_name)
{
  return g_strdup_printf ("%s:%u:%u: %s", at.file, at.line, catalogue_column_number (c, at.file, column_name),
                          column_name);
}

static char *
conflict_line (const Catalogue *c, const PGresult *result, int i)
{
  const Feed *feed = catalogue_feed (c, db_get (result, i, "feed"));
  const FeedColumn *column = feed_column (feed, db_get (result, i, "column_name"));
  const char *what = db_get (result, i, "what"), *present = db_get (result, i, "present"),
             *wanted = db_get (result, i, "wanted");
  g_autofree char *where = place (c, column != NULL ? column->at : feed->at,
                                  column != NULL || strcmp (what, "grain") == 0 ? what : "feed");

  if (strcmp (what, "type") == 0)
    return g_strdup_printf (
        "%s: column %s of the existing table feed.%s is %s and cannot become %s; keep its type, or give the "
        "new column another name",
        where, column->column_name, feed->feed, present, wanted);
  if (strcmp (what, "key") == 0)
    return g_strdup_printf (
        "%s: column %s is %s of the existing table feed.%s, and a key cannot change; keep it, or give the feed "
        "another name",
        where, column->column_name, strcmp (present, "yes") == 0 ? "a key" : "no key", feed->feed);
  if (strcmp (what, "missing") == 0)
    return g_strdup_printf (
        "%s: column.csv lacks column %s, a key of the existing table feed.%s; restore it, or give the feed "
        "another name",
        where, db_get (result, i, "column_name"), feed->feed);
  return g_strdup_printf (
      "%s: the existing table feed.%s is of grain %s, and a grain cannot change; give the feed another name", where,
      feed->feed, present);
}

static gboolean
check_conflicts (Db *db, const Catalogue *c, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("list_feed_conflicts"), DB_END);
  g_autoptr (GString) text = g_string_new (NULL);
  guint count = 0;

  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++) {
    g_autofree char *line = conflict_line (c, result, i);

    add_line (text, &count, line);
  }
  return fail_with (text, count, error);
}

static gboolean
check_indicators (Db *db, const Catalogue *c, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("list_indicator_mistakes"), DB_END);
  g_autoptr (GString) text = g_string_new (NULL);
  guint count = 0;

  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++) {
    const Indicator *indicator = catalogue_indicator (c, db_get (result, i, "indicator"));
    g_autofree char *where = place (c, indicator->at, db_get (result, i, "column_name"));
    g_autofree char *line
        = g_strdup_printf ("%s: the server refuses the expression: %s", where, db_get (result, i, "message"));

    add_line (text, &count, line);
  }
  return fail_with (text, count, error);
}

static gboolean
store_all (Db *db, const Catalogue *c, GError **error)
{
  return run_query (db, "lock_schema", error) && run_query (db, "take_owner", error) && store_rows (db, c, error)
         && check_conflicts (db, c, error) && run_query (db, "make_feeds", error) && check_indicators (db, c, error)
         && run_query (db, "drop_stale", error) && run_query (db, "make_feed_views", error)
         && run_query (db, "make_own_views", error) && run_query (db, "make_indicators", error)
         && run_query (db, "leave_owner", error);
}

gboolean
store_catalogue (Db *db, const Catalogue *catalogue, GError **error)
{
  return db_begin (db, error) && end (db, store_all (db, catalogue, error), error);
}

static void
content_free (gpointer content)
{
  g_string_free (content, TRUE);
}

static gboolean
check_is_current (Db *db, GError **error)
{
  g_auto (GStrv) files = sql_list ("migrations");
  g_autoptr (PGresult) applied = db_queryv (db, error, sql_query ("list_migrations"), DB_END);

  if (applied == NULL || !check_migrations (applied, files, error))
    return FALSE;
  for (char **file = files; *file != NULL; file++)
    if (find_row (applied, *file) < 0) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "the database is older than this program: it lacks migration %s; run plumbline init first", *file);
      return FALSE;
    }
  return TRUE;
}

Catalogue *
store_read_catalogue (Db *db, GError **error)
{
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, content_free);
  g_autoptr (GError) why = NULL;
  g_autofree char *made = db_value (db, &why, sql_query ("read_catalogue_state"), DB_END);
  g_autoptr (PGresult) result = NULL;
  Catalogue *c = NULL;

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  if (strcmp (made, "t") == 0) {
    if (!check_is_current (db, error))
      return NULL;
    result = db_queryv (db, error, sql_query ("list_catalogue_files"), DB_END);
    if (result == NULL)
      return NULL;
  }
  if (result == NULL || PQntuples (result) == 0) {
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                         "the database has no catalogue; run plumbline init first");
    return NULL;
  }
  for (int i = 0; i < PQntuples (result); i++)
    g_hash_table_insert (files, g_strdup (db_get (result, i, "file_name")),
                         g_string_new (db_get (result, i, "content")));
  c = catalogue_parse (files, error);
  if (c == NULL)
    g_prefix_error (error, "cannot use the catalogue in the database; run plumbline init again:\n");
  return c;
}

gboolean
store_make_ahead (Db *db, const char *today, GError **error)
{
  g_autoptr (PGresult) result = NULL;

  if (!db_begin (db, error))
    return FALSE;
  result = db_queryv (db, error, sql_query ("make_ahead"), today, DB_END);
  return end (db, result != NULL, error);
}
