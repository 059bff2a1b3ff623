/* pipeline/extract/number.h: numbers as clerks and spreadsheets write them. */
#pragma once

#include <glib.h>

typedef struct {
  gboolean negative;
  gint64 whole;
  gboolean fraction; /* digits other than 0 after the point */
  gboolean overflow;
  gsize length; /* how much of the text is the number */
} Digits;

/* number_scan: a sign, digits with or without separators of thousands, a point and digits; FALSE when @text begins
 * otherwise. */
gboolean number_scan (const char *text, Digits *out);

/* number_is_excel_date: 12-Sep, Sep-12, 12-Sep-22, 9月12日: what a spreadsheet makes of 9-12. */
gboolean number_is_excel_date (const char *text);

/* number_is_full_date: 2022-09-12, 2022/9/12. */
gboolean number_is_full_date (const char *text);

/* number_is_scientific: 1.31131E+11. */
gboolean number_is_scientific (const char *text);
