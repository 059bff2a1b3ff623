#include "simulate/sheet.h"

#include <string.h>

static void
row_free (gpointer data)
{
  SimRow *row = data;

  g_array_unref (row->cells);
  g_free (row);
}

SimSheet *
sim_sheet_new (void)
{
  SimSheet *sheet = g_new0 (SimSheet, 1);

  sheet->rows = g_ptr_array_new_with_free_func (row_free);
  sheet->chunk = g_string_chunk_new (1 << 16);
  return sheet;
}

void
sim_sheet_free (SimSheet *sheet)
{
  if (sheet == NULL)
    return;
  g_ptr_array_unref (sheet->rows);
  g_string_chunk_free (sheet->chunk);
  g_free (sheet);
}

static SimRow *
row_new (SimRowKind kind, const char *period)
{
  SimRow *row = g_new0 (SimRow, 1);

  row->kind = kind;
  row->period = period;
  row->cells = g_array_sized_new (FALSE, TRUE, sizeof (SimCell), 8);
  return row;
}

SimRow *
sim_sheet_row (SimSheet *sheet, SimRowKind kind, const char *period)
{
  SimRow *row = row_new (kind, period);

  g_ptr_array_add (sheet->rows, row);
  return row;
}

static void
add_cell (SimSheet *sheet, const char *text, double number, gint8 measure, guint8 group)
{
  SimRow *row = g_ptr_array_index (sheet->rows, sheet->rows->len - 1);
  SimCell cell
      = { .text = g_string_chunk_insert (sheet->chunk, text), .number = number, .measure = measure, .group = group };

  g_array_append_val (row->cells, cell);
}

void
sim_sheet_text (SimSheet *sheet, const char *text)
{
  add_cell (sheet, text, 0.0, SIM_NO_MEASURE, 0);
}

void
sim_sheet_count (SimSheet *sheet, const char *written, double number, guint measure, guint group)
{
  g_assert (group < 64);
  add_cell (sheet, written, number, (gint8)measure, (guint8)group);
}

SimRow *
sim_sheet_copy_row (SimSheet *sheet, guint i)
{
  const SimRow *from = g_ptr_array_index (sheet->rows, i);
  SimRow *row = row_new (from->kind, from->period);

  g_array_append_vals (row->cells, from->cells->data, from->cells->len);
  g_ptr_array_insert (sheet->rows, (int)i + 1, row);
  return row;
}

void
sim_sheet_set_text (SimSheet *sheet, guint row, guint column, const char *text)
{
  SimRow *r = g_ptr_array_index (sheet->rows, row);

  g_array_index (r->cells, SimCell, column).text = g_string_chunk_insert (sheet->chunk, text);
}

int
sim_sheet_find (const SimSheet *sheet, const char *header)
{
  for (guint i = 0; i < sheet->rows->len; i++) {
    const SimRow *row = g_ptr_array_index (sheet->rows, i);

    if (row->kind != SIM_ROW_HEADER)
      continue;
    for (guint c = 0; c < row->cells->len; c++)
      if (g_str_equal (g_array_index (row->cells, SimCell, c).text, header))
        return (int)c;
  }
  return -1;
}

guint
sim_sheet_first_data (const SimSheet *sheet)
{
  guint i = 0;

  while (i < sheet->rows->len && ((const SimRow *)g_ptr_array_index (sheet->rows, i))->kind != SIM_ROW_DATA)
    i++;
  return i;
}

guint
sim_sheet_data_rows (const SimSheet *sheet)
{
  guint n = 0;

  for (guint i = 0; i < sheet->rows->len; i++)
    n += ((const SimRow *)g_ptr_array_index (sheet->rows, i))->kind == SIM_ROW_DATA;
  return n;
}

static void
append_cell (GString *line, const char *text, char separator)
{
  gboolean quoted = strchr (text, separator) != NULL || strpbrk (text, "\"\r\n") != NULL;

  if (!quoted) {
    g_string_append (line, text);
    return;
  }
  g_string_append_c (line, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *c);
  }
  g_string_append_c (line, '"');
}

static void
append_row (GString *text, const SimRow *row, guint width, const SimDialect *dialect)
{
  for (guint c = 0; c < row->cells->len; c++) {
    if (c > 0)
      g_string_append_c (text, dialect->separator);
    append_cell (text, g_array_index (row->cells, SimCell, c).text, dialect->separator);
  }
  for (guint c = row->cells->len; dialect->pad && c < width; c++)
    g_string_append_c (text, dialect->separator);
  g_string_append (text, dialect->crlf ? "\r\n" : "\n");
}

static guint
sheet_width (const SimSheet *sheet)
{
  guint width = 0;

  for (guint i = 0; i < sheet->rows->len; i++)
    width = MAX (width, ((const SimRow *)g_ptr_array_index (sheet->rows, i))->cells->len);
  return width;
}

/* Text without a character that the encoding lacks: everything here is in GB 18030 and in Unicode. */
static GString *
encode (GString *text, const char *encoding, const char *mark, gsize mark_length)
{
  gsize length = 0;
  g_autofree char *bytes = g_convert (text->str, (gssize)text->len, encoding, "UTF-8", NULL, &length, NULL);
  GString *out = g_string_new_len (mark, (gssize)mark_length);

  g_assert (bytes != NULL);
  g_string_append_len (out, bytes, (gssize)length);
  g_string_free (text, TRUE);
  return out;
}

GString *
sim_sheet_bytes (const SimSheet *sheet, const SimDialect *dialect)
{
  GString *text = g_string_sized_new (1 << 16);
  guint width = sheet_width (sheet);

  for (guint i = 0; i < sheet->rows->len; i++)
    append_row (text, g_ptr_array_index (sheet->rows, i), width, dialect);
  switch (dialect->encoding) {
  case SIM_GB18030:
    return encode (text, "GB18030", "", 0);
  case SIM_UTF16LE:
    return encode (text, "UTF-16LE", "\xFF\xFE", 2);
  case SIM_UTF8_BOM:
    return g_string_prepend (text, "\xEF\xBB\xBF");
  default:
    return text;
  }
}
