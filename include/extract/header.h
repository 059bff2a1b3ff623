/* include/extract/header.h: which feed a file is, and what each of its columns means: decided by the header alone. */
#pragma once

#include "domain/catalogue.h"
#include "extract/parse.h"

#define HEADER_MAX_ROWS 30
#define HEADER_NONE G_MAXUINT

/* What becomes one long row of a data row. A tall file has one slot, a wide one a slot for each combination of fixed
 * keys. */
typedef struct {
  guint *file_column; /* for each column of the feed: where it is in the file, or HEADER_NONE */
  const char **fixed; /* for each column of the feed: the value that the header fixes, or NULL */
} LayoutSlot;

/* A column that repeats the sum of others. */
typedef struct {
  guint file_column;
  guint column;  /* of the feed */
  GArray *cells; /* guint: slots that it covers */
} LayoutTotal;

typedef struct {
  const Feed *feed;
  guint line;
  guint row;
  guint n_headers;
  char **headers; /* as written */
  guint *plain;   /* for each column of the feed: its file column when it is the same for all slots, or HEADER_NONE */
  gboolean wide;
  GPtrArray *slots;   /* LayoutSlot, at least one */
  GPtrArray *totals;  /* LayoutTotal */
  char **fallback;    /* for each column of the feed: value where there is no cell, or NULL */
  GPtrArray *unknown; /* char*: headers that neither a column nor an alias explains, as written; NULL where empty */
  char separator;
  gboolean simulated; /* a title line says so */
} Layout;

/**
 * header_find:
 * @utf8_end: as decode_detect() gave it, for the message about a header that makes no sense
 *
 * Reads the first HEADER_MAX_ROWS rows with each separator (comma, tab, semicolon) and takes the first row that has all
 * required columns of a feed. Headers are compared normalised; without spaces and asterisks where that fails.
 *
 * Returns: NULL with @fault: header (no feed; found, expected: what the nearest feeds need, have and lack),
 * header_ambiguous, header_duplicate, individual (one row a person), period_missing, empty, or what the parser reports.
 */
Layout *header_find (const Catalogue *catalogue, Source *source, Encoding encoding, guint64 utf8_end, Fault *fault);
void layout_free (Layout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Layout, layout_free)

/* header_is_repeated: whether a record says the same as the header in all columns that mean something. */
gboolean header_is_repeated (const Layout *layout, const Record *record);

/* column_letter: A, B, … Z, AA of a column number from 1; newly allocated. */
char *column_letter (guint column_no);
