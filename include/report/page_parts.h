/* include/report/page_parts.h: what the pages of the report share; each page is a function from a board to text. */
#pragma once

#include "report/dossier.h"
#include "report/phrase.h"

/* What all pages of one report are made of, and the page being written. */
typedef struct {
  Voice voice;
  const Board *board;
  const Dossier *dossier;
  const char *today;
  gboolean has_pdf; /* PAGE_PDF is there */
  char *workbook;   /* its file; NULL: none */
  GString *out;
} Page;

/* page_begin: the document up to its first section: style sheet, banner over simulated data, title, night and newest
   data (and, for an @area, who reported how much), links to every page; @here is the file that is being written. */
void page_begin (Page *page, const char *title, const Area *area, const char *here);
/* page_end: the tables beside, how to read the page, the program; closes the document. */
void page_end (Page *page);

/* page_number: what a cell is sorted by: digits enough to tell values apart; "" for NAN. */
typedef struct {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
} PageNumber;
PageNumber page_number (double value);

/* page_begin_table: opens a table that can be scrolled and sorted, named by the heading @id. Heads follow, then
   page_begin_body(), rows, and page_end_table(). */
void page_begin_table (Page *page, const char *id);
void page_begin_body (Page *page);
void page_end_table (Page *page);
/* page_head: a column's head. */
void page_head (Page *page, const char *text);

/* page_signs: what page_sign() refers to, as symbols named "s-" and the verdict. */
extern const char page_signs[];
/* page_badge: a verdict as sign and word. */
void page_badge (Page *page, VerdictWord word);
void page_sign (Page *page, VerdictWord word);
/* page_begin_section: a section under its heading, which can be linked to by @id. */
void page_begin_section (Page *page, const char *id, const char *text);
void page_end_section (Page *page);

char *page_plan_name (const Page *page);
/* page_dateline: when it was judged, and up to when data came in. */
char *page_dateline (const Page *page);
/* phrase_dateline: the same for whoever has no board; @received is an ISO date, or "". */
char *phrase_dateline (const Voice *voice, const char *today, const char *received);
/* page_add_dateline: the line as it stands on every page. */
void page_add_dateline (GString *out, const char *text);
/* page_count: how many standings of @area have the word. @area NULL: of all. */
guint page_count (const Page *page, const Area *area, VerdictWord word);
/* page_tally: the same for every word. */
void page_tally (Page *page, const Area *area);

/* page_missing_schools: by feed, the schools of @area that have not reported the newest period. */
void page_missing_schools (Page *page, const Area *area);

/* page_newest_of_feed: the standing of @area that rests on the newest data of @feed; NULL without any. */
const Standing *page_newest_of_feed (const Board *board, const Area *area, const Feed *feed);

/* Counts of standings: off is off_track and worsening. */
guint board_count_off (const Board *board, const Area *area, gboolean headline_only);
/* board_of_area: the area's standings, most urgent first; const Standing*, free with g_ptr_array_unref(). */
GPtrArray *board_of_area (const Board *board, const Area *area);
gboolean board_has_area (const Board *board, const Area *area);
/* board_shared_targets: headline targets that districts answer for too; const Target*, free with g_ptr_array_unref().
 */
GPtrArray *board_shared_targets (const Board *board);

/* page_league: districts by the newest level of @indicator, drawn towards their mean; nothing where they are not
 * compared. */
void page_league (Page *page, const Indicator *indicator);

/* File names of pages. */
char *page_file_of_area (const Area *area);
char *page_file_of_target (const Target *target);
#define PAGE_OVERVIEW "index.html"
#define PAGE_QUALITY "quality.html"
#define PAGE_METHOD "method.html"
#define PAGE_PDF "overview.pdf"

/* Whole documents, appended to page->out. */
void page_overview (Page *page);
void page_area (Page *page, const Area *area);
void page_target (Page *page, const Target *target);
void page_quality (Page *page);
void page_method (Page *page);

/* Tables beside the pages, as CSV for spreadsheets: UTF-8 with BOM, CRLF, text that would be a formula made harmless.
 */
char *table_verdict (const Board *board);
char *table_estimate (const Board *board);
