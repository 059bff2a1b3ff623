/* pipeline/extract/reading.h: the state of one pass over a file; shared by extract.c, reading.c, validate.c,
 * validate_register.c, validate_explain.c and totals.c. */
#pragma once

#include "extract/extract.h"
#include "extract/rules.h"
#include "keyset.h"

#define READING_NONE G_MAXUINT

typedef enum { SLOT_EMPTY, SLOT_GOOD, SLOT_BAD } SlotState;

typedef struct _Totals Totals;

/* A column that validate_plain() reads. */
typedef struct {
  guint column;
  guint file_column;
  gboolean plain_counts; /* as cell_reader_counts() says */
  gint64 low;            /* counts about which no rule has anything to say */
  gint64 high;
} RestColumn;

typedef struct {
  const ExtractOptions *options;
  const Feed *feed;
  const Layout *layout;
  const char *file;
  RuleSet *rules;
  Extract *out;
  gboolean quiet; /* a second pass, which collects for totals and neither reports nor hands out */
  Totals *totals; /* NULL: not collected in this pass */

  guint n_columns;
  guint unit_column; /* school or area, READING_NONE when there is none; likewise the next four */
  guint period_column;
  guint grade_column;
  guint sex_column;
  guint district_column;
  CellReader **readers;
  GStringChunk *constants;   /* texts of the next two */
  Cell *fallback;            /* for each column */
  Cell *fixed;               /* slots x columns; CELL_NOTHING where the slot does not fix it */
  Cell *plain;               /* for each column: what the slots share */
  const CellAnswer **before; /* for each column: of the row before; NULL: there was something to say */
  RestColumn *rest;
  guint n_rest;
  Cell *cells;        /* slots x columns; plain itself where the file is tall */
  SlotState *state;   /* for each slot */
  gboolean *doubtful; /* for each slot: provisional */

  const Record *record;
  RejectPlace place;
  guint place_no;               /* of the row, in a wide file of the long row; see LongRow */
  gboolean same_place;          /* the same cells as in the row before, and there was nothing to say about them */
  gboolean place_settled;       /* there is nothing to say about those of this row */
  const SchoolVersion *version; /* of the row's school */
  const SchoolVersion *graded;  /* a school that has grades of the next letter */
  char graded_letter;
  gboolean row_refused;  /* nothing of this row can be loaded */
  gboolean row_rejected; /* something of it is not */
  gboolean row_doubtful;
  gboolean row_suppressed;    /* it has a cell that is withheld */
  gboolean always_suppressed; /* every row has: the value of a column without cells is */

  guint ordinal;          /* of the next long row */
  guint subtotal_ordinal; /* of the first row after the last subtotal */
  guint patterns;         /* bit 0 to 3: rows with neither, grade, sex, both for "all" have been seen */
  KeySet keys;
  guint last_duplicate[2]; /* rows that the last report on a duplicate named */
  GHashTable *near;        /* unknown school -> schools with codes like it */
  GPtrArray *footer_words; /* ValueAlias */
  GHashTable *footers;     /* first cell of a row -> FooterKind */
  guint n_files;           /* columns of the file */
  gint64 *sums;            /* for each of them: of its counts so far */
  gint64 *subsums;         /* since the last subtotal */
  gboolean *broken;        /* a cell of it could not be read: its sum says nothing */
  guint32 first_day;       /* of all periods */
  guint32 last_day;
} Reading;

Reading *
reading_new (const Layout *layout, const char *file, const ExtractOptions *options, Extract *out, GError **error);
void reading_free (Reading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

/* reading_run: all records from the header on; FALSE with @fault when the parser refuses, with @error when the sink
 * does. */
gboolean reading_run (Reading *r, Source *source, const RowSink *sink, Fault *fault, GError **error);

static inline Cell *
reading_cells (const Reading *r, guint slot)
{
  return r->cells + (gsize)slot * r->n_columns;
}

static inline const FeedColumn *
reading_column (const Reading *r, guint column)
{
  return r->feed->columns->pdata[column];
}

/* reading_field: the cell of the record in a file column; "" beyond its end. */
static inline const char *
reading_field (const Reading *r, guint file_column, gsize *length)
{
  if (file_column >= r->record->n) {
    *length = 0;
    return "";
  }
  *length = record_length (r->record, file_column);
  return record_field (r->record, file_column);
}

/* ---- validate.c: each reports what it finds and marks row or slots */

/* validate_place: reads which school or area, and when: first, so that every reject of the row can say so. */
void validate_place (Reading *r);
/* validate_register: school known, open in the period; sets place and version, unless they are as before. */
void validate_register (Reading *r);
/* validate_grade: the school has the grade of @slot. */
void validate_grade (Reading *r, guint slot);
/* validate_plain: reads whatever else all slots share. */
void validate_plain (Reading *r);
/* validate_slots: reads the cells of wide columns, compares the row's totals, applies the rules on rows. */
void validate_slots (Reading *r);

/* validate_report: @fault, which is cleared, about @column of the feed (READING_NONE: the row) in @file_column (or
   READING_NONE).
   @bad: set TRUE when the rule refuses. @doubtful: set TRUE when it wants confirming. */
void validate_report (Reading *r, const Rule *rule, guint column, guint file_column, Fault *fault, gboolean *bad,
                      gboolean *doubtful);

/* validate_explain: what @fault, about a @cell that could not be read from @raw, says of what was expected. */
void validate_explain (const Reading *r, const FeedColumn *column, const Cell *cell, const char *raw, Fault *fault);

/* validate_text: the sentence @key in both languages. */
void validate_text (const Reading *r, FaultText *text, const char *key);

/* ---- footer.c */

typedef enum { FOOTER_NONE, FOOTER_TOTAL, FOOTER_SUBTOTAL, FOOTER_NOTE } FooterKind;

/* footer_words: what the catalogue's domain "footer" lists; its values are total, subtotal and note. */
GPtrArray *footer_words (const Catalogue *catalogue);
FooterKind footer_kind (Reading *r);
/* footer_check: compares a total below the data with the sums so far. */
void footer_check (Reading *r, FooterKind kind);
/* footer_add: a count of the current row. */
static inline void
footer_add (Reading *r, guint file_column, const Cell *cell)
{
  if (file_column >= r->n_files)
    return;
  if (cell->verdict == CELL_OK) {
    r->sums[file_column] += cell->as.count;
    r->subsums[file_column] += cell->as.count;
  } else if (cell->verdict != CELL_NOTHING)
    r->broken[file_column] = TRUE;
}

/* ---- totals.c: rows for all grades or sexes beside rows for each */

Totals *totals_new (const Reading *r);
void totals_free (Totals *totals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Totals, totals_free)
/* totals_add: a row that was handed out; totals_damage: one of its group was not, so that sums say nothing. */
void totals_add (Totals *totals, const Reading *r, guint slot);
void totals_damage (Totals *totals, const Reading *r, guint slot);
/* totals_resolve: withdraws totals, reports those that are not the sum of what they cover. */
void totals_resolve (Totals *totals, Reading *r);
