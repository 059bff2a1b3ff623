#include "sheet.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#define MAX_WHOLE 9007199254740992.0 /* 2^53: larger counts are written as text, for a workbook knows doubles alone */
#define WIDE 60
#define NARROW 14

typedef struct {
  lxw_worksheet *sheet;
  lxw_format *moment;
  lxw_row_t row;
} Writing;

static gboolean
fail (lxw_error code, GError **error)
{
  if (code == LXW_NO_ERROR)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write the workbook: %s", lxw_strerror (code));
  return FALSE;
}

static lxw_error
put_value (const Writing *w, lxw_col_t at, const SheetColumn *column, const char *value)
{
  double number = column->type == CELL_INTEGER || column->type == CELL_NUMBER ? g_ascii_strtod (value, NULL) : 0;

  switch (column->type) {
  case CELL_INTEGER:
  case CELL_NUMBER:
    if (number < MAX_WHOLE && number > -MAX_WHOLE)
      return worksheet_write_number (w->sheet, w->row, at, number, NULL);
    return worksheet_write_string (w->sheet, w->row, at, value, NULL);
  case CELL_BOOLEAN:
    return worksheet_write_boolean (w->sheet, w->row, at, *value == 't', NULL);
  case CELL_TEXT:
  case CELL_DATE:
  case CELL_MOMENT:
  default:
    return *value == '\0' ? LXW_NO_ERROR : worksheet_write_string (w->sheet, w->row, at, value, NULL);
  }
}

static gboolean
take_row (gpointer data, const Sheet *sheet, const PGresult *rows, int row, GError **error)
{
  Writing *w = data;

  if (++w->row >= LXW_ROW_MAX) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT,
                 "cannot put %s into a workbook: it has more than %d rows; export it as csv", sheet->name,
                 LXW_ROW_MAX - 1);
    return FALSE;
  }
  for (guint i = 0; i < sheet->columns->len; i++)
    if (!PQgetisnull (rows, row, (int)i)
        && !fail (put_value (w, (lxw_col_t)i, sheet->columns->pdata[i], PQgetvalue (rows, row, (int)i)), error))
      return FALSE;
  return TRUE;
}

static gboolean
add_sheet (Export *e, lxw_workbook *book, lxw_format *bold, const Sheet *sheet, GError **error)
{
  Writing w = { .sheet = workbook_add_worksheet (book, sheet->name) };

  if (w.sheet == NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "cannot make a sheet named %s", sheet->name);
    return FALSE;
  }
  for (guint i = 0; i < sheet->columns->len; i++)
    worksheet_write_string (w.sheet, 0, (lxw_col_t)i, ((const SheetColumn *)sheet->columns->pdata[i])->name, bold);
  worksheet_set_column (w.sheet, 0, (lxw_col_t)(sheet->columns->len - 1), NARROW, NULL);
  worksheet_freeze_panes (w.sheet, 1, 0);
  if (!sheet_read (e, sheet, take_row, &w, error))
    return FALSE;
  worksheet_autofilter (w.sheet, 0, 0, w.row, (lxw_col_t)(sheet->columns->len - 1));
  return TRUE;
}

static void
put_line (lxw_worksheet *sheet, lxw_row_t row, const char *const texts[], guint n, lxw_format *format)
{
  for (guint i = 0; i < n; i++)
    if (*texts[i] != '\0')
      worksheet_write_string (sheet, row, (lxw_col_t)i, texts[i], format);
}

/* What stands in the workbook, column by column; before all else that data are simulated. */
static void
add_definitions (const Export *e, lxw_workbook *book, lxw_format *bold)
{
  static const char *const head[] = { "表 table", "列 column", "说明", "definition" };
  lxw_worksheet *sheet = workbook_add_worksheet (book, "说明 definitions");
  lxw_row_t row = 0;

  put_line (sheet, row++, (const char *const[]){ e->title, e->title_en }, 2, bold);
  if (e->out->simulated)
    put_line (sheet, row++, (const char *const[]){ "模拟数据", "SIMULATED DATA" }, 2, bold);
  put_line (sheet, ++row, head, G_N_ELEMENTS (head), bold);
  for (guint i = 0; i < e->sheets->len; i++) {
    const Sheet *s = e->sheets->pdata[i];

    put_line (sheet, ++row, (const char *const[]){ s->name, "", s->about, s->about_en }, 4, bold);
    for (guint j = 0; j < s->columns->len; j++) {
      const SheetColumn *c = s->columns->pdata[j];

      put_line (sheet, ++row, (const char *const[]){ s->name, c->name, c->about, c->about_en }, 4, NULL);
    }
  }
  worksheet_set_column (sheet, 0, 1, NARROW * 2, NULL);
  worksheet_set_column (sheet, 2, 3, WIDE, NULL);
}

static gboolean
fill_book (Export *e, lxw_workbook *book, GError **error)
{
  lxw_format *bold = workbook_add_format (book);

  format_set_bold (bold);
  add_definitions (e, book, bold);
  for (guint i = 0; i < e->sheets->len; i++)
    if (!add_sheet (e, book, bold, e->sheets->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* What is made of the same data on the same day has the same bytes. */
static void
set_moment (lxw_workbook *book, const char *today)
{
  g_autofree char *noon = g_strconcat (today, "T12:00:00Z", NULL);
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (noon, NULL);
  lxw_doc_properties properties = { .created = moment != NULL ? (time_t)g_date_time_to_unix (moment) : 0 };

  workbook_set_properties (book, &properties);
}

gboolean
export_xlsx (Export *e, GError **error)
{
  g_autofree char *path = export_path (e, e->name, ".xlsx");
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autofree char *folder = g_strdup (e->options->folder);
  lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = folder };
  lxw_workbook *book = workbook_new_opt (part, &options);
  gboolean filled = FALSE;
  lxw_error closed = LXW_NO_ERROR;

  if (book == NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "cannot write %s", part);
    return FALSE;
  }
  set_moment (book, e->options->today);
  filled = fill_book (e, book, error);
  closed = workbook_close (book);
  if (filled && fail (closed, error))
    return export_done (e, part, path, error);
  g_unlink (part);
  return FALSE;
}
