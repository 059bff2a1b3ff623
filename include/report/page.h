/* include/report/page.h: the static report. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

typedef struct {
  const char *folder;
  const char *language;
  const char *today;   /* ISO */
  gboolean if_changed; /* a report that would show the same stays, but for the day on its pages */
} ReportOptions;

typedef struct {
  guint pages; /* written */
  gboolean kept;
  GError *lacking; /* why PDF or workbook is not beside them; NULL: both are. Free it. */
} ReportSummary;

/**
 * report_write: replaces the folder (index.html, one page a district and a target, data quality, method; the overview
 * as PDF, tables as CSV and as workbook) by rename, so that a reader never sees half of it.
 *
 * The pages come first: without a PDF or a workbook they are there, do not link to it, and @out says why.
 */
gboolean
report_write (Db *db, const Catalogue *catalogue, const ReportOptions *options, ReportSummary *out, GError **error);
