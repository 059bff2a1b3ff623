/* include/publish/export.h: a release or a view as files: CSV for spreadsheets, a workbook, a data package for
 * programs. */
#pragma once

#include "base/db.h"

typedef enum { EXPORT_CSV, EXPORT_XLSX, EXPORT_PACKAGE } ExportFormat;

typedef struct {
  const char *what;    /* "release", or a view of monitor */
  const char *release; /* its number; NULL: the last */
  ExportFormat format;
  const char *folder; /* made when it is not there */
  const char *today;  /* ISO date */
  int first_year;     /* of the view's periods, which it then must have; 0: all years */
} ExportOptions;

typedef struct {
  guint64 rows;
  GPtrArray *files; /* paths, text; free with g_ptr_array_unref() */
  gboolean simulated;
} ExportSummary;

/**
 * export_write: a file is there whole or not at all.
 *
 * CSV: UTF-8 with BOM, CRLF, texts that a spreadsheet would run as formulas made harmless by an apostrophe. Workbook: a
 * sheet a table, first one of definitions. Data package: datapackage.json (Frictionless tabular data package) and plain
 * UTF-8 CSV. PLUMB_ERROR_USAGE: no such view or release; PLUMB_ERROR_OUTPUT: cannot write, or more rows than a sheet
 * holds.
 */
gboolean export_write (Db *db, const ExportOptions *options, ExportSummary *out, GError **error);
