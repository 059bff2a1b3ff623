/* include/extract/extract.h: a file becomes validated rows of one feed, one at a time, in one pass over the file. */
#pragma once

#include "extract/cell.h"
#include "extract/header.h"
#include "extract/reject.h"

typedef struct {
  const Catalogue *catalogue;
  const Register *reg; /* NULL: there is none to consult, and rules that need it are passed over */
  guint32 today;       /* Julian day */
  gboolean keys_apart; /* whoever takes the rows finds a key that comes twice; nothing is kept of them here */
} ExtractOptions;

/* One row of the feed's table. Borrowed for the time of the call. */
typedef struct {
  guint ordinal; /* from 0, consecutive */
  guint line;
  guint row;
  guint place_no; /* rows with the same one have the same unit, period and district */
  gboolean provisional;
  const char *district_code; /* current code; "" for a feed of grain register */
  int year;                  /* of the period; 0 for a feed of grain register */
  guint suppressed;          /* cells that are CELL_SUPPRESSED */
  const Cell *cells;         /* one for each column of the feed; CELL_NOTHING and CELL_SUPPRESSED are null,
                              * the latter named in the row's column `suppressed` */
} LongRow;

/* Where rows go. begin is called once, when the feed is known; each returns FALSE with an error to stop. */
typedef struct {
  gboolean (*begin) (const Layout *layout, gpointer data, GError **error);
  gboolean (*row) (const LongRow *row, gpointer data, GError **error);
  gpointer data;
} RowSink;

typedef struct _History History;

typedef struct {
  gboolean decoded; /* the next two are known */
  Encoding encoding;
  guint64 utf8_end; /* offset of the first byte that is not UTF-8 */
  Layout *layout;   /* NULL when the file was refused before its header was found */
  gboolean refused;
  Rejects *rejects;
  gint64 rows_read;        /* data rows of the file */
  gint64 rows_rejected;    /* of these, with at least one reject of severity refuse */
  gint64 rows_accepted;    /* long rows handed to the sink, less the withdrawn ones */
  gint64 rows_provisional; /* of these */
  gint64 cells_suppressed; /* in rows handed to the sink: withheld by the school, loaded as null and marked as such */
  gint64 blank_rows;
  gint64 repeated_headers;
  gint64 footer_rows; /* totals and notes below or between the data */
  gint64 total_rows;  /* rows for all grades or sexes beside rows for each, checked and not loaded */
  char *period_first; /* NULL without periods */
  char *period_last;
  History *history;    /* what its schools report, summed, for extract_history(); NULL when no rule asks */
  GArray *withdrawn;   /* guint: ordinals that the sink got and that shall not be loaded after all */
  GArray *provisional; /* guint: ordinals that shall be loaded as provisional after all */
} Extract;

/**
 * extract_detect: the first pass: afterwards source_sha256() is known, and @out is decoded or refused.
 * Returns: FALSE only when the catalogue's rules are wrong.
 */
gboolean extract_detect (Source *source, const Catalogue *catalogue, Extract *out, GError **error);

/**
 * extract_file:
 * @sink: NULL to validate only
 * @out: from extract_detect(), or zeroed or cleared; filled also when the file is refused
 *
 * A file that cannot be read as a whole, or that exceeds its feed's limit of rejects, is refused: @out->refused, with
 * the reason among the rejects; what the sink got of it is void.
 *
 * Returns: FALSE only when the sink failed or the catalogue's rules are wrong (PLUMB_ERROR_CONFIG).
 */
gboolean
extract_file (Source *source, const ExtractOptions *options, const RowSink *sink, Extract *out, GError **error);

/* extract_refuse: @out of a file that could not even be opened, from source_open()'s fault, which is cleared. */
gboolean extract_refuse (const Catalogue *catalogue, const char *file, Fault *fault, Extract *out, GError **error);
void extract_clear (Extract *extract);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Extract, extract_clear)

/* extract_feed: the feed that the head of the file seems to be, for an order among files; NULL when none. */
const Feed *extract_feed (Source *source, const Catalogue *catalogue);
