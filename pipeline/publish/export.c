#include "publish/export.h"

#include "base/error.h"
#include "base/sql.h"
#include "sheet.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static void
column_free (gpointer data)
{
  SheetColumn *column = data;

  g_free (column->name);
  g_free (column->about);
  g_free (column->about_en);
  g_free (column);
}

static void
sheet_free (gpointer data)
{
  Sheet *sheet = data;

  g_free (sheet->name);
  g_free (sheet->about);
  g_free (sheet->about_en);
  g_free (sheet->query);
  g_ptr_array_unref (sheet->columns);
  g_free (sheet);
}

static CellType
cell_type (const char *type)
{
  static const struct {
    const char *name;
    CellType type;
  } types[] = {
    { "bigint", CELL_INTEGER },
    { "integer", CELL_INTEGER },
    { "smallint", CELL_INTEGER },
    { "double precision", CELL_NUMBER },
    { "boolean", CELL_BOOLEAN },
    { "date", CELL_DATE },
    { "timestamp with time zone", CELL_MOMENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, type) == 0)
      return types[i].type;
  return CELL_TEXT;
}

static gboolean
read_columns (Db *db, const char *what, Sheet *sheet, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("list_export_columns"), what, sheet->name, DB_END);

  for (int i = 0; result != NULL && i < PQntuples (result); i++) {
    SheetColumn *column = g_new0 (SheetColumn, 1);

    column->name = g_strdup (db_get (result, i, "column_name"));
    column->type = cell_type (db_get (result, i, "type"));
    column->in_key = db_get_boolean (result, i, "in_key");
    column->about = g_strdup (db_get (result, i, "about"));
    column->about_en = g_strdup (db_get (result, i, "about_en"));
    g_ptr_array_add (sheet->columns, column);
  }
  return result != NULL;
}

static GPtrArray *
read_sheets (Db *db, const char *what, const char *release, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("list_export_tables"), what, release, DB_END);
  g_autoptr (GPtrArray) sheets = g_ptr_array_new_with_free_func (sheet_free);

  if (result == NULL)
    return NULL;
  for (int i = 0; i < PQntuples (result); i++) {
    Sheet *sheet = g_new0 (Sheet, 1);

    sheet->name = g_strdup (db_get (result, i, "table_name"));
    sheet->about = g_strdup (db_get (result, i, "about"));
    sheet->about_en = g_strdup (db_get (result, i, "about_en"));
    sheet->query = g_strdup (db_get (result, i, "query"));
    sheet->columns = g_ptr_array_new_with_free_func (column_free);
    g_ptr_array_add (sheets, sheet);
    if (!read_columns (db, what, sheet, error))
      return NULL;
  }
  return g_steal_pointer (&sheets);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
read_cursor (Export *e, const Sheet *sheet, SheetRowFunc take, gpointer data, GError **error)
{
  gint64 fetched = 0;

  do {
    g_autoptr (PGresult) rows = db_queryv (e->db, error, "fetch 5000 from exported", DB_END);

    if (rows == NULL)
      return FALSE;
    fetched = PQntuples (rows);
    for (int i = 0; i < fetched; i++)
      if (!take (data, sheet, rows, i, error))
        return FALSE;
    e->out->rows += (guint64)fetched;
  } while (fetched > 0);
  return TRUE;
}

/* In a transaction of its own: a table may be longer than what memory holds. */
gboolean
sheet_read (Export *e, const Sheet *sheet, SheetRowFunc take, gpointer data, GError **error)
{
  g_autofree char *cursor
      = e->options->first_year > 0
            ? g_strdup_printf ("declare exported no scroll cursor for select * from (%s) t where t.period >= '%d'",
                               sheet->query, e->options->first_year)
            : g_strdup_printf ("declare exported no scroll cursor for %s", sheet->query);
  gboolean ok = FALSE;

  if (!db_begin (e->db, error))
    return FALSE;
  ok = db_script (e->db, cursor, error) && read_cursor (e, sheet, take, data, error);
  db_rollback (e->db);
  return ok;
}

char *
export_path (const Export *e, const char *name, const char *ending)
{
  g_autofree char *base = g_strconcat (name, ending, NULL);

  return g_build_filename (e->options->folder, base, NULL);
}

gboolean
export_done (Export *e, const char *part, const char *path, GError **error)
{
  if (g_rename (part, path) == 0) {
    g_ptr_array_add (e->out->files, g_strdup (path));
    return TRUE;
  }
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, g_strerror (errno));
  g_unlink (part);
  return FALSE;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
write_as (Export *e, GError **error)
{
  switch (e->options->format) {
  case EXPORT_CSV:
    return export_csv (e, error);
  case EXPORT_XLSX:
    return export_xlsx (e, error);
  case EXPORT_PACKAGE:
    return export_package (e, error);
  default:
    g_assert_not_reached ();
  }
}

static gboolean
refuse (const ExportOptions *options, const char *release, const PGresult *names, GError **error)
{
  if (strcmp (options->what, "release") != 0)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "there is no view %s; there are release and %s", options->what,
                 db_get (names, 0, "views"));
  else if (release != NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "there is no release %s", release);
  else
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "there is no release yet; plumbline publish makes one");
  return FALSE;
}

static void
name_export (Export *e, const char *release)
{
  const Sheet *first = e->sheets->pdata[0];

  if (strcmp (e->options->what, "release") == 0) {
    e->name = g_strconcat ("release-", release, NULL);
    e->title = g_strdup_printf ("plumbline 第 %s 次发布", release);
    e->title_en = g_strdup_printf ("plumbline release %s", release);
  } else {
    e->name = g_strdup (e->options->what);
    e->title = g_strdup (first->about);
    e->title_en = g_strdup (first->about_en);
  }
}

gboolean
export_write (Db *db, const ExportOptions *options, ExportSummary *out, GError **error)
{
  g_autoptr (PGresult) names = db_queryv (db, error, sql_query ("list_export_names"), DB_END);
  g_autoptr (GPtrArray) sheets = NULL;
  const char *release = options->release;
  Export e = { .db = db, .options = options, .out = out };
  gboolean ok = FALSE;

  *out = (ExportSummary){ .files = g_ptr_array_new_with_free_func (g_free) };
  if (names == NULL)
    return FALSE;
  if (release == NULL && !db_is_null (names, 0, "last_release"))
    release = db_get (names, 0, "last_release");
  sheets = read_sheets (db, options->what, release, error);
  if (sheets == NULL)
    return FALSE;
  if (sheets->len == 0)
    return refuse (options, release, names, error);
  out->simulated = db_get_boolean (names, 0, "simulated");
  if (g_mkdir_with_parents (options->folder, 0755) != 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "cannot make folder %s: %s", options->folder,
                 g_strerror (errno));
    return FALSE;
  }
  e.sheets = sheets;
  name_export (&e, release);
  ok = write_as (&e, error);
  g_free (e.name);
  g_free (e.title);
  g_free (e.title_en);
  return ok;
}
