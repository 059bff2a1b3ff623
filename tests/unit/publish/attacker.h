/* tests/unit/publish/attacker.h: a reader who tries every table there could be; knows what is published and the rules,
 * no more. */
#pragma once

#include "publish/disclosure.h"

#define MAX_ROWS 24
#define MAX_CANDIDATES 400

/* What one release prints of a row; -1 where a count is hidden. */
typedef struct {
  gint64 x, n;
} Print;

typedef struct {
  guint parent;
  guint parts[MAX_ROWS];
  guint n_parts;
} Whole;

typedef struct {
  DisclosureRules rules;
  guint n_rows;
  guint n_leaves; /* the first rows; every other row is a whole */
  Print prints[2][MAX_ROWS];
  gboolean printed[2][MAX_ROWS];
  Whole wholes[MAX_ROWS];
  guint n_wholes;

  gint64 x[MAX_ROWS], n[MAX_ROWS];
  gint64 low[MAX_ROWS], high[MAX_ROWS], rest_low[MAX_ROWS], rest_high[MAX_ROWS];
  guint64 tables;
} Attacker;

/* Could a release print a row of these counts like that? */
static gboolean
would_print (const DisclosureRules *rules, const Print *print, gint64 x, gint64 n)
{
  gboolean small = n < rules->min_denominator;
  gboolean sensitive = (x > 0 && x <= rules->sensitive_max) || (n - x > 0 && n - x <= rules->sensitive_max) || x == n;

  if (print->n >= 0 && (small || (n + rules->rounding / 2) / rules->rounding * rules->rounding != print->n))
    return FALSE;
  return print->x < 0
         || (!small && !sensitive && (x + rules->rounding / 2) / rules->rounding * rules->rounding == print->x);
}

static gboolean
agrees (const Attacker *a, guint row, gint64 x, gint64 n)
{
  for (guint release = 0; release < 2; release++)
    if (a->printed[release][row] && !would_print (&a->rules, &a->prints[release][row], x, n))
      return FALSE;
  return TRUE;
}

static void
note_table (Attacker *a)
{
  for (guint i = 0; i < a->n_wholes; i++) {
    const Whole *w = &a->wholes[i];
    gint64 x = 0, n = 0;

    for (guint j = 0; j < w->n_parts; j++) {
      x += a->x[w->parts[j]];
      n += a->n[w->parts[j]];
    }
    if (!agrees (a, w->parent, x, n))
      return;
    a->x[w->parent] = x;
    a->n[w->parent] = n;
  }
  for (guint i = 0; i < a->n_rows; i++) {
    gint64 rest = a->n[i] - a->x[i];

    a->low[i] = a->tables > 0 ? MIN (a->low[i], a->x[i]) : a->x[i];
    a->high[i] = a->tables > 0 ? MAX (a->high[i], a->x[i]) : a->x[i];
    a->rest_low[i] = a->tables > 0 ? MIN (a->rest_low[i], rest) : rest;
    a->rest_high[i] = a->tables > 0 ? MAX (a->rest_high[i], rest) : rest;
  }
  a->tables++;
}

static void
try_leaf (Attacker *a, guint leaf, gint64 most)
{
  if (leaf == a->n_leaves) {
    note_table (a);
    return;
  }
  for (gint64 n = 0; n <= most; n++)
    for (gint64 x = 0; x <= n; x++)
      if (agrees (a, leaf, x, n)) {
        a->x[leaf] = x;
        a->n[leaf] = n;
        try_leaf (a, leaf + 1, most);
      }
}

/* attacker_try: all tables whose leaves have denominators up to @most. */
static void
attacker_try (Attacker *a, gint64 most)
{
  a->tables = 0;
  try_leaf (a, 0, most);
}
