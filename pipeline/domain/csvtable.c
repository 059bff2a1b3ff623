#include "domain/csvtable.h"

#include "base/error.h"

#include <csv.h>
#include <string.h>

typedef struct {
  CsvTable *table;
  GPtrArray *cells; /* of the row that is being read */
  guint row_line;
  gboolean ended; /* a row ended in the line that was fed last */
  gboolean too_wide;
} Reading;

static void
row_free (gpointer data)
{
  CsvRow *row = data;

  g_strfreev (row->cells);
  g_free (row);
}

static void
on_cell (void *text, size_t length, void *data)
{
  Reading *r = data;

  if (r->cells->len < CSV_TABLE_MAX_CELLS)
    g_ptr_array_add (r->cells, g_strndup (text != NULL ? text : "", length));
  else
    r->too_wide = TRUE;
}

static void
on_row (int end, void *data)
{
  Reading *r = data;
  CsvRow *row = g_new0 (CsvRow, 1);

  (void)end;
  row->line = r->row_line;
  row->n = r->cells->len;
  g_ptr_array_add (r->cells, NULL);
  row->cells = (char **)g_ptr_array_free (r->cells, FALSE);
  g_ptr_array_add (r->table->rows, row);
  r->cells = g_ptr_array_new_with_free_func (g_free);
  r->ended = TRUE;
}

static gboolean
is_blank (const char *text, gsize length)
{
  gsize i = 0;

  while (i < length && g_ascii_isspace (text[i]))
    i++;
  return i == length;
}

/* Line by line, because the parser does not say where it is: a row begins on the line that follows the end of another.
 */
static gboolean
feed_lines (struct csv_parser *parser, Reading *r, const char *text, gsize length, guint *line)
{
  const char *end = text + length;
  gboolean open = FALSE;

  for (const char *p = text; p < end;) {
    const char *newline = memchr (p, '\n', (gsize)(end - p));
    gsize n = newline != NULL ? (gsize)(newline - p) + 1 : (gsize)(end - p);

    (*line)++;
    if (!open)
      r->row_line = *line;
    r->ended = FALSE;
    if (csv_parse (parser, p, n, on_cell, on_row, r) != n || r->too_wide)
      return FALSE;
    open = !r->ended && (open || !is_blank (p, n));
    p += n;
  }
  *line = r->row_line; /* where an unclosed quote began */
  return csv_fini (parser, on_cell, on_row, r) == 0 && !r->too_wide;
}

static guint
line_of (const char *text, const char *at)
{
  guint line = 1;

  for (const char *p = text; p < at; p++)
    line += *p == '\n';
  return line;
}

static gboolean
check_bytes (const char *text, gsize length, guint *line, GError **error)
{
  const char *bad = NULL;

  if (length > CSV_TABLE_MAX_BYTES) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "the file is larger than %d MiB", CSV_TABLE_MAX_BYTES >> 20);
    return FALSE;
  }
  if (g_utf8_validate_len (text, length, &bad))
    return TRUE;
  *line = line_of (text, bad);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "%s; save the file as UTF-8",
               *bad == '\0' ? "a NUL byte" : "bytes that are not UTF-8");
  return FALSE;
}

CsvTable *
csv_table_parse (const char *text, gsize length, guint *line, GError **error)
{
  g_autoptr (CsvTable) table = g_new0 (CsvTable, 1);
  struct csv_parser parser = { 0 };
  Reading r = { .table = table, .cells = g_ptr_array_new_with_free_func (g_free) };
  guint at = 0;
  gboolean ok = FALSE;

  table->rows = g_ptr_array_new_with_free_func (row_free);
  if (length >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0) {
    text += 3;
    length -= 3;
  }
  if (check_bytes (text, length, &at, error)) {
    csv_init (&parser, CSV_STRICT | CSV_STRICT_FINI);
    ok = feed_lines (&parser, &r, text, length, &at);
    if (!ok && r.too_wide)
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "more than %d cells in a row", CSV_TABLE_MAX_CELLS);
    else if (!ok)
      g_set_error_literal (
          error, PLUMB_ERROR, PLUMB_ERROR_INPUT,
          "a quote that is not closed, or stands inside an unquoted cell; double it and quote the whole cell");
    csv_free (&parser);
  }
  g_ptr_array_unref (r.cells);
  if (!ok && line != NULL)
    *line = at;
  return ok ? g_steal_pointer (&table) : NULL;
}

void
csv_table_free (CsvTable *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->rows);
  g_free (table);
}
