/* include/simulate/sheet.h: one export as a table of written cells, with what each of them means. */
#pragma once

#include <glib.h>

typedef enum { SIM_ROW_TITLE, SIM_ROW_HEADER, SIM_ROW_DATA, SIM_ROW_FOOTER } SimRowKind;

#define SIM_NO_MEASURE (-1)

typedef struct {
  const char *text; /* as written, UTF-8 */
  double number;    /* what it stands for, with a measure */
  gint8 measure;    /* place among the feed's counted columns; the first one counts the long rows; SIM_NO_MEASURE */
  guint8 group;     /* wide: which long row of this line it belongs to, below 64; long: 0 */
} SimCell;

typedef struct {
  SimRowKind kind;
  GArray *cells; /* SimCell */
  const char *period;
  const char *area; /* code of the area that the row is about, NULL: the sender's */
  guint64 lost;     /* bits: groups that are to be refused */
} SimRow;

typedef struct {
  GPtrArray *rows; /* SimRow */
  GStringChunk *chunk;
} SimSheet;

SimSheet *sim_sheet_new (void);
void sim_sheet_free (SimSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSheet, sim_sheet_free)

/* sim_sheet_row: starts a row at the end; @period is a literal or lives as long as the sheet, NULL where there is none.
 */
SimRow *sim_sheet_row (SimSheet *sheet, SimRowKind kind, const char *period);
void sim_sheet_text (SimSheet *sheet, const char *text);
void sim_sheet_count (SimSheet *sheet, const char *written, double number, guint measure, guint group);

/* sim_sheet_copy_row: a second row like row @i, right after it. */
SimRow *sim_sheet_copy_row (SimSheet *sheet, guint i);
void sim_sheet_set_text (SimSheet *sheet, guint row, guint column, const char *text);

/* sim_sheet_find: the first column whose header is @header, or -1. */
int sim_sheet_find (const SimSheet *sheet, const char *header);
/* sim_sheet_first_data: index of the first data row; the number of rows when there is none. */
guint sim_sheet_first_data (const SimSheet *sheet);
guint sim_sheet_data_rows (const SimSheet *sheet);

typedef enum { SIM_UTF8, SIM_UTF8_BOM, SIM_GB18030, SIM_UTF16LE } SimEncoding;

typedef struct {
  SimEncoding encoding;
  char separator;
  gboolean crlf;
  gboolean pad; /* title and footer lines as wide as the header, as spreadsheets save them */
} SimDialect;

/* sim_sheet_bytes: the file; row i of the sheet is line i + 1. */
GString *sim_sheet_bytes (const SimSheet *sheet, const SimDialect *dialect);
