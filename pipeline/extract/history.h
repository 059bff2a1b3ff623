/* pipeline/extract/history.h: the tallies of a file while it is read. */
#pragma once

#include "extract/history.h"
#include "reading.h"

typedef struct {
  guint first; /* ordinals, both included */
  guint last;
} Span;

/* One unit (a school, or an area and what it counts) in one period. Its texts are the history's, which has each code
 * and each district once for the tallies of a period. */
typedef struct {
  const char *unit;
  const char *period;
  guint pattern; /* as in Reading.patterns: rows for all grades or sexes are not added to those for each */
  const char *code;
  const char *district_code;
  int year;
  guint line; /* of its first row */
  guint row;
  guint cells;     /* counts other than 0 */
  guint divisible; /* of these, by the argument of the rule on round numbers */
  gboolean reported;
  gboolean compared[2]; /* with what the database knew of the last period; of the same one a year before */
  Span span;            /* rows that are not provisional yet; last before first: none */
  GArray *spans;        /* Span: more of them; NULL: none */
  HistoryFigure figures[];
} Tally;

struct _History {
  const Feed *feed;
  GArray *counts;      /* guint: columns of the feed that are counts */
  GArray *keys;        /* guint: columns that tell a unit from another */
  GHashTable *tallies; /* Tally -> itself */
  GPtrArray *all;      /* Tally, as they came */
  GStringChunk *texts;
  Tally *last;     /* of the row before */
  guint place_no;  /* of that row; 0: the place alone does not tell a unit */
  guint64 divisor; /* of the rule on round numbers: 2^64 through it, rounded up; 0: no rule */
  GString *key;
};

/* history_new: NULL when no rule of @rules looks at the past, or the feed's keys do not allow it. */
History *history_new (const Feed *feed, const RuleSet *rules);
void history_free (History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (History, history_free)

/* history_note: a row that was handed out. */
void history_note (History *history, const Reading *r, const LongRow *row, guint pattern);
