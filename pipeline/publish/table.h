/* pipeline/publish/table.h: the rows of a Disclosure and what is known of them, for its program and its choice. */
#pragma once

#include "publish/disclosure.h"

typedef struct {
  gint64 low, high;
} Range;

typedef struct {
  gint64 x, n;
  guint owner;      /* row whose denominator this is: itself, or an earlier one */
  gboolean publish; /* wanted by the release */
  gboolean x_shown; /* decided for it */
  gboolean n_shown;
  gboolean x_past; /* in an earlier release */
  gboolean n_past;
  gboolean guarded; /* sensitive, or small: by this release's rules or those of the release that it stands in */
  gboolean also;
  Range x_known, n_known; /* by earlier releases */
  gint64 rest_known;      /* n - x is at least that, by earlier releases */
} Row;

typedef struct {
  guint parent;
  GArray *parts; /* guint */
  gboolean x_exact, n_exact, rest_exact;
} Sum;

typedef struct {
  guint a, b;
  gboolean disjoint; /* else x of a <= x of b */
} Pair;

struct _Disclosure {
  DisclosureRules rules;
  GArray *rows; /* Row */
  GPtrArray *sums;
  GArray *pairs;
  GHashTable *sums_seen;
};

static inline Row *
disclosure_row (const Disclosure *d, guint i)
{
  return &g_array_index (d->rows, Row, i);
}

/* What everybody knows of a row once the present decisions are published. */
typedef struct {
  Range x, n;
  gint64 rest;
} Knowledge;
Knowledge disclosure_knowledge (const Disclosure *d, guint row);
