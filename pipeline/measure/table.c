#include "measure/table.h"
#include "base/error.h"
#include <csv.h>
#include <glib/gstdio.h>
#include <string.h>

#define TABLE_MAX_BYTES ((gsize)512 << 20)
#define TABLE_MAX_COLUMNS 256
#define TABLE_MAX_FIELD 4096

typedef struct {
  Table *table;
  GPtrArray *fields; /* of the row being read */
  guint line;        /* of the byte being read */
  guint row_line;    /* on which the row started */
  gboolean at_start; /* of a row */
  GError **error;
  gboolean failed;
} Reader;

G_GNUC_PRINTF (2, 3)
static void
reader_fail (Reader *reader, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list ap;

  if (reader->failed)
    return;
  va_start (ap, format);
  what = g_strdup_vprintf (format, ap);
  va_end (ap);
  g_set_error (reader->error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot read %s, line %u: %s", reader->table->name,
               reader->row_line, what);
  reader->failed = TRUE;
}

static void
read_field (void *data, size_t length, void *user)
{
  Reader *reader = user;
  char *text = NULL;

  if (length > TABLE_MAX_FIELD || reader->fields->len >= TABLE_MAX_COLUMNS) {
    reader_fail (reader, "more than %d fields, or a field of more than %d bytes: is a quote left open?",
                 TABLE_MAX_COLUMNS, TABLE_MAX_FIELD);
    return;
  }
  text = g_strndup (data != NULL ? data : "", length);
  g_ptr_array_add (reader->fields, g_strstrip (text));
}

static void
take_header (Reader *reader)
{
  Table *table = reader->table;

  table->n_columns = reader->fields->len;
  g_ptr_array_add (reader->fields, NULL);
  table->header = (char **)g_ptr_array_steal (reader->fields, NULL);
  for (guint i = 0; i < table->n_columns; i++)
    for (guint j = 0; j <= i; j++)
      if (*table->header[i] == '\0' || (j < i && strcmp (table->header[i], table->header[j]) == 0)) {
        reader_fail (reader,
                     *table->header[i] == '\0' ? "column %u of the header has no name"
                                               : "column %u: the header names %s twice",
                     i + 1, table->header[i]);
        return;
      }
}

static void
read_row (int terminator, void *user)
{
  Reader *reader = user;
  TableRow *row = NULL;

  (void)terminator;
  reader->at_start = TRUE;
  if (reader->failed)
    return;
  if (reader->table->header == NULL) {
    take_header (reader);
    return;
  }
  if (reader->fields->len != reader->table->n_columns) {
    reader_fail (reader, "%u fields, but the header has %u columns: add or remove commas", reader->fields->len,
                 reader->table->n_columns);
    return;
  }
  row = g_new (TableRow, 1);
  row->line = reader->row_line;
  g_ptr_array_add (reader->fields, NULL);
  row->field = (char **)g_ptr_array_steal (reader->fields, NULL);
  g_ptr_array_add (reader->table->rows, row);
}

/* One byte at a time: libcsv does not say where it is, and a message without its line is worth little. */
static void
read_bytes (Reader *reader, struct csv_parser *parser, const char *text, gsize length)
{
  for (gsize i = 0; i < length && !reader->failed; i++) {
    if (reader->at_start && text[i] != '\n' && text[i] != '\r') {
      reader->at_start = FALSE;
      reader->row_line = reader->line;
    }
    if (csv_parse (parser, text + i, 1, read_field, read_row, reader) != 1)
      reader_fail (reader, "%s: double the quotes inside a quoted field", csv_strerror (csv_error (parser)));
    reader->line += text[i] == '\n';
  }
  if (!reader->failed && csv_fini (parser, read_field, read_row, reader) != 0)
    reader_fail (reader, "a quote is left open");
}

static void
row_free (gpointer data)
{
  TableRow *row = data;

  g_strfreev (row->field);
  g_free (row);
}

static gboolean
check_text (Reader *reader, const char *text, gsize length)
{
  const char *bad = NULL;

  if (g_utf8_validate (text, (gssize)length, &bad))
    return TRUE;
  for (const char *p = text; p < bad; p++)
    reader->row_line += *p == '\n';
  reader_fail (reader, "not UTF-8 from byte %" G_GSIZE_FORMAT " on: save the file as UTF-8", (gsize)(bad - text) + 1);
  return FALSE;
}

Table *
table_parse (const char *name, const char *text, gsize length, GError **error)
{
  g_autoptr (Table) table = g_new0 (Table, 1);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  Reader reader = { .table = table, .fields = fields, .line = 1, .row_line = 1, .at_start = TRUE, .error = error };
  struct csv_parser parser;

  table->name = g_strdup (name);
  table->rows = g_ptr_array_new_with_free_func (row_free);
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    length -= 3;
  }
  if (!check_text (&reader, text, length))
    return NULL;
  g_assert (csv_init (&parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
  read_bytes (&reader, &parser, text, length);
  csv_free (&parser);
  if (!reader.failed && table->header == NULL)
    reader_fail (&reader, "the file is empty: the first line names the columns");
  return reader.failed ? NULL : g_steal_pointer (&table);
}

Table *
table_read (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  GStatBuf about;

  if (g_stat (path, &about) == 0 && S_ISREG (about.st_mode) && (guint64)about.st_size > TABLE_MAX_BYTES) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot read %s: larger than %" G_GSIZE_FORMAT " MiB", path,
                 TABLE_MAX_BYTES >> 20);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &length, &local)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot read %s: %s", path, local->message);
    return NULL;
  }
  return table_parse (path, text, length, error);
}

void
table_free (Table *table)
{
  if (table == NULL)
    return;
  g_free (table->name);
  g_strfreev (table->header);
  g_clear_pointer (&table->rows, g_ptr_array_unref);
  g_free (table);
}

int
table_column (const Table *table, const char *column)
{
  for (guint i = 0; i < table->n_columns; i++)
    if (strcmp (table->header[i], column) == 0)
      return (int)i;
  return -1;
}
