#include "sheet.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"
#define FLUSH_BYTES 65536

typedef struct {
  CsvFile *file;
  FILE *stream;
  GString *text;
  GChecksum *sum;
} Writing;

/* What a spreadsheet runs, full-width forms included, for some of them narrow those first. */
static gboolean
is_formula (const char *text)
{
  gunichar first = g_utf8_get_char (text);

  return *text != '\0'
         && (strchr ("=+-@\t\r", *text) != NULL || first == 0xFF1D || first == 0xFF0B || first == 0xFF0D
             || first == 0xFF20);
}

static void
put_cell (Writing *w, const char *text, gboolean is_text)
{
  gboolean harmful = w->file->for_spreadsheets && is_text && is_formula (text);
  gboolean quote = harmful || strpbrk (text, ",\"\r\n") != NULL;

  if (quote)
    g_string_append_c (w->text, '"');
  if (harmful)
    g_string_append_c (w->text, '\'');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (w->text, '"');
    g_string_append_c (w->text, *p);
  }
  if (quote)
    g_string_append_c (w->text, '"');
}

/* 2022-12-31 08:00:00.5+08 as programs read it: 2022-12-31T08:00:00.5+08:00 */
static char *
iso_moment (const char *text)
{
  g_autofree char *copy = g_strdup (text);
  char *space = strchr (copy, ' ');
  gsize length = strlen (copy);

  if (space != NULL)
    *space = 'T';
  return g_strconcat (copy, length > 3 && strchr ("+-", copy[length - 3]) != NULL ? ":00" : "", NULL);
}

static void
put_value (Writing *w, const SheetColumn *column, const char *value)
{
  g_autofree char *moment = column->type == CELL_MOMENT && !w->file->for_spreadsheets ? iso_moment (value) : NULL;

  if (column->type == CELL_BOOLEAN)
    value = *value == 't' ? "true" : "false";
  put_cell (w, moment != NULL ? moment : value, column->type == CELL_TEXT);
}

static gboolean
flush (Writing *w, GError **error)
{
  gboolean ok = fwrite (w->text->str, 1, w->text->len, w->stream) == w->text->len;

  g_checksum_update (w->sum, (const guchar *)w->text->str, (gssize)w->text->len);
  w->file->bytes += w->text->len;
  g_string_truncate (w->text, 0);
  if (!ok)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write: %s", g_strerror (errno));
  return ok;
}

static gboolean
take_row (gpointer data, const Sheet *sheet, const PGresult *rows, int row, GError **error)
{
  Writing *w = data;

  for (guint i = 0; i < sheet->columns->len; i++) {
    if (i > 0)
      g_string_append_c (w->text, ',');
    if (!PQgetisnull (rows, row, (int)i))
      put_value (w, sheet->columns->pdata[i], PQgetvalue (rows, row, (int)i));
  }
  g_string_append (w->text, "\r\n");
  return w->text->len < FLUSH_BYTES || flush (w, error);
}

static gboolean
write_rows (Export *e, const Sheet *sheet, Writing *w, GError **error)
{
  if (w->file->for_spreadsheets)
    g_string_append (w->text, BOM);
  for (guint i = 0; i < sheet->columns->len; i++)
    g_string_append_printf (w->text, "%s%s", i > 0 ? "," : "", ((const SheetColumn *)sheet->columns->pdata[i])->name);
  g_string_append (w->text, "\r\n");
  return sheet_read (e, sheet, take_row, w, error) && flush (w, error);
}

gboolean
csv_file_write (Export *e, const Sheet *sheet, const char *path, CsvFile *file, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  Writing w = { file, g_fopen (part, "we"), text, sum };
  gboolean ok = FALSE;

  if (w.stream == NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "cannot write %s: %s", part, g_strerror (errno));
    return FALSE;
  }
  ok = write_rows (e, sheet, &w, error);
  if (fclose (w.stream) != 0 && ok) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", part, g_strerror (errno));
    ok = FALSE;
  }
  file->sha256 = g_strdup (g_checksum_get_string (sum));
  if (!ok)
    g_unlink (part);
  return ok && export_done (e, part, path, error);
}

gboolean
export_csv (Export *e, GError **error)
{
  for (guint i = 0; i < e->sheets->len; i++) {
    const Sheet *sheet = e->sheets->pdata[i];
    g_autofree char *name
        = strcmp (e->name, sheet->name) == 0 ? g_strdup (e->name) : g_strjoin ("-", e->name, sheet->name, NULL);
    g_autofree char *path = export_path (e, name, ".csv");
    CsvFile file = { .for_spreadsheets = TRUE };
    gboolean ok = csv_file_write (e, sheet, path, &file, error);

    g_free (file.sha256);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}
