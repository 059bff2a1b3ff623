/* include/report/page_parts.h: what the pages of the report share; each page is a function from a board to text. */
#pragma once

#include "report/phrase.h"

typedef struct {
  Voice voice;
  const Board *board;
  const char *today;
  GString *out;
} Page;

/* page_begin: everything up to the page's own head: document, style sheet, signs, the banner over simulated data. */
void page_begin (Page *page, const char *title);
/* page_dateline: night, newest data, and who reported how much, by feed, for @area. */
void page_dateline (Page *page, const Area *area);
/* page_end: the tables beside, how to read the page, the program; closes the document. */
void page_end (Page *page);

/* page_badge: a verdict as sign and word. */
void page_badge (Page *page, VerdictWord word);
void page_sign (Page *page, VerdictWord word);
/* page_heading: <h2> with an id to link to. */
void page_heading (Page *page, const char *id, const char *text);

char *page_plan_name (const Page *page);
/* page_counts: how many standings of @area have each word: "偏离2 · 待观察3". @area NULL: all. */
void page_tally (Page *page, const Area *area);

/* Counts of standings: off is off_track and worsening. */
guint board_count_off (const Board *board, const Area *area, gboolean headline_only);
/* board_of_area: the area's standings, most urgent first; const Standing*, free with g_ptr_array_unref(). */
GPtrArray *board_of_area (const Board *board, const Area *area);
gboolean board_has_area (const Board *board, const Area *area);

/* Whole documents. */
char *page_overview (const Board *board, const char *language, const char *today);
char *page_area (const Board *board, const Area *area, const char *language, const char *today);

/* Tables beside the pages, as CSV for spreadsheets: UTF-8 with BOM, CRLF, text that would be a formula made harmless.
 */
char *table_verdict (const Board *board);
char *table_estimate (const Board *board);
