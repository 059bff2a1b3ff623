/* pipeline/publish/sheet.h: a table that is exported, and how each format takes it. */
#pragma once

#include "publish/export.h"

typedef enum { CELL_TEXT, CELL_INTEGER, CELL_NUMBER, CELL_BOOLEAN, CELL_DATE, CELL_MOMENT } CellType;

typedef struct {
  char *name;
  CellType type;
  gboolean in_key;
  char *about;
  char *about_en;
} SheetColumn;

typedef struct {
  char *name;
  char *about;
  char *about_en;
  char *query;
  GPtrArray *columns; /* SheetColumn */
} Sheet;

typedef struct {
  Db *db;
  const ExportOptions *options;
  const GPtrArray *sheets; /* Sheet */
  char *name;              /* release-3, estimate */
  char *title;
  char *title_en;
  ExportSummary *out;
} Export;

typedef gboolean (*SheetRowFunc) (gpointer data, const Sheet *sheet, const PGresult *rows, int row, GError **error);

/* sheet_read: each row of the table, in order; counts them in out->rows. */
gboolean sheet_read (Export *e, const Sheet *sheet, SheetRowFunc take, gpointer data, GError **error);

/* export_path: a file of the export below its folder. */
char *export_path (const Export *e, const char *name, const char *ending);
/* export_done: @part has become @path, which the caller hears of. */
gboolean export_done (Export *e, const char *part, const char *path, GError **error);

gboolean export_csv (Export *e, GError **error);
gboolean export_xlsx (Export *e, GError **error);
gboolean export_package (Export *e, GError **error);

/* A CSV file as it is written; sha256 and bytes are there when it is finished. */
typedef struct {
  gboolean for_spreadsheets;
  char *sha256;
  guint64 bytes;
} CsvFile;
gboolean csv_file_write (Export *e, const Sheet *sheet, const char *path, CsvFile *file, GError **error);
