#include "history.h"

#include "extract/message.h"

#include <math.h>
#include <string.h>

typedef struct {
  Extract *extract;
  const ExtractOptions *options;
  const char *file;
  const HistoryRule *rules;
  guint n_rules;
  GHashTable *units; /* unit -> Tally of the period that is looked at */
} Judging;

/* What a unit said before, as the rules see it; NULL when they look at the file alone. */
typedef struct {
  const char *period;
  const HistoryFigure *figures;
} Before;

static double
share (gint64 part, gint64 whole)
{
  return whole > 0 ? (double)part / (double)whole : NAN;
}

/* Two binomial shares of the same school differ by chance; beyond so many standard errors and an allowance for what
   really changes within a period, its size does not explain the difference. @limit: in points. */
static gboolean
share_jumps (const HistoryRule *rule, const HistoryFigure *now, const HistoryFigure *then, double *limit)
{
  const HistoryFigure *x1 = &now[rule->count], *n1 = &now[rule->whole], *x0 = &then[rule->count],
                      *n0 = &then[rule->whole];
  double p1 = share (x1->sum, n1->sum), p0 = share (x0->sum, n0->sum);
  double pooled = share (x1->sum + x0->sum, n1->sum + n0->sum);

  if (isnan (p1) || isnan (p0) || x1->cells != n1->cells || x0->cells != n0->cells)
    return FALSE; /* a withheld count makes a share of two different sets of rows */
  *limit
      = 100 * rule->first * sqrt (pooled * (1 - pooled) * (1 / (double)n1->sum + 1 / (double)n0->sum)) + rule->second;
  return 100 * fabs (p1 - p0) > *limit;
}

/* Of a count by itself: Poisson's standard error of the difference, and an allowance in per cent. @limit: a number. */
static gboolean
count_jumps (const HistoryRule *rule, const HistoryFigure *now, const HistoryFigure *then, double *limit)
{
  const HistoryFigure *x1 = &now[rule->count], *x0 = &then[rule->count];

  if (x1->cells == 0 || x1->cells != x0->cells)
    return FALSE;
  *limit = rule->first * sqrt ((double)(x1->sum + x0->sum)) + rule->second / 100 * (double)x0->sum;
  return fabs ((double)(x1->sum - x0->sum)) > *limit;
}

static gboolean
is_copy (const Judging *j, const HistoryRule *rule, const HistoryFigure *now, const HistoryFigure *then)
{
  for (guint i = 0; i < j->extract->history->counts->len; i++)
    if (now[i].sum != then[i].sum || now[i].mark != then[i].mark || now[i].cells != then[i].cells)
      return FALSE;
  return (double)now[rule->count].sum >= rule->first;
}

static gboolean
is_broken (const Judging *j, const HistoryRule *rule, const Tally *t, const Before *before, double *limit)
{
  const HistoryFigure *now = t->figures, *then = before != NULL ? before->figures : NULL;

  *limit = rule->first;
  if (rule->kind == HISTORY_ROUND)
    return before == NULL && t->cells >= rule->second && t->divisible == t->cells;
  if (then == NULL)
    return FALSE;
  switch (rule->kind) {
  case HISTORY_JUMP:
    return rule->whole != READING_NONE ? share_jumps (rule, now, then, limit) : count_jumps (rule, now, then, limit);
  case HISTORY_COPY:
    return is_copy (j, rule, now, then);
  case HISTORY_ZERO:
    return now[rule->count].cells > 0 && now[rule->count].sum == 0 && (double)then[rule->count].sum >= rule->first;
  default:
    return now[rule->count].cells > 0 && now[rule->count].sum < then[rule->count].sum;
  }
}

/* 12.3% (37/300), or the count alone. */
static void
describe (const HistoryRule *rule, const HistoryFigure *f, FaultText *out)
{
  if (rule->kind == HISTORY_JUMP && rule->whole != READING_NONE)
    fault_text (out, "%.1f%% (%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT ")",
                100 * share (f[rule->count].sum, f[rule->whole].sum), f[rule->count].sum, f[rule->whole].sum);
  else
    fault_text (out, "%" G_GINT64_FORMAT, f[rule->count].sum);
}

static void
describe_limit (const HistoryRule *rule, const Tally *t, double limit, Fault *fault)
{
  if (rule->kind == HISTORY_JUMP)
    fault->limit = g_strdup_printf (rule->whole != READING_NONE ? "%.1f%%" : "%.0f", limit);
  else
    fault->limit = g_strdup_printf ("%.0f", limit);
  if (rule->kind == HISTORY_ROUND)
    fault_text (&fault->found, "%u", t->cells);
}

static guint
file_column (const Layout *layout, guint column)
{
  return ((const LayoutSlot *)layout->slots->pdata[0])->file_column[column];
}

static void
report (Judging *j, const HistoryRule *rule, Tally *t, const Before *before, double limit)
{
  Extract *x = j->extract;
  guint column = g_array_index (x->history->counts, guint, rule->count), at = file_column (x->layout, column);
  RejectPlace place = { x->layout->feed->grain == GRAIN_AREA ? NULL : t->code, t->district_code, t->year };
  g_auto (Fault) fault = { .line = t->line, .row = t->row };

  describe (rule, t->figures, &fault.found);
  describe_limit (rule, t, limit, &fault);
  if (before != NULL) {
    describe (rule, before->figures, &fault.expected);
    fault_text (&fault.near, "%s", before->period);
  }
  fault.value = g_strdup (t->unit);
  fault.column_name = g_strdup (((const FeedColumn *)x->layout->feed->columns->pdata[column])->column_name);
  if (at != HEADER_NONE) {
    fault.column_no = at + 1;
    fault.header = g_strdup (x->layout->headers[at]);
  }
  rejects_add (x->rejects, rule->rule, j->file, x->layout->feed, &place, &fault);
  for (guint i = 0; i < t->spans->len; i++)
    for (guint k = g_array_index (t->spans, Span, i).first; k <= g_array_index (t->spans, Span, i).last; k++)
      g_array_append_val (x->provisional, k);
  t->reported = TRUE;
}

static void
judge (Judging *j, Tally *t, const Before *before, HistoryKind only)
{
  for (guint i = 0; i < j->n_rules && !t->reported; i++) {
    double limit = 0;

    if ((only == HISTORY_ANY || j->rules[i].kind == only) && is_broken (j, &j->rules[i], t, before, &limit))
      report (j, &j->rules[i], t, before, limit);
  }
}

static void
take_last (const char *unit, const char *last, const HistoryFigure *figures, gpointer data)
{
  Judging *j = data;
  Tally *t = g_hash_table_lookup (j->units, unit);

  if (t != NULL)
    judge (j, t, &(Before){ last, figures }, HISTORY_ANY);
}

static void
take_year_ago (const char *unit, const char *last, const HistoryFigure *figures, gpointer data)
{
  Judging *j = data;
  Tally *t = g_hash_table_lookup (j->units, unit);

  if (t != NULL)
    judge (j, t, &(Before){ last, figures }, HISTORY_COPY);
}

/* In the order of the file, so that the same file gives the same answer. */
static int
compare_tallies (const void *a, const void *b)
{
  const Tally *const *left = a, *const *right = b;

  return (*left)->row != (*right)->row ? ((*left)->row > (*right)->row ? 1 : -1)
                                       : strcmp ((*left)->period, (*right)->period);
}

static GPtrArray *
sorted_tallies (const History *h)
{
  GPtrArray *all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer tally = NULL;

  g_hash_table_iter_init (&iter, h->tallies);
  while (g_hash_table_iter_next (&iter, &tally, NULL))
    g_ptr_array_add (all, tally);
  g_ptr_array_sort (all, compare_tallies);
  return all;
}

/* Rows for each grade and sex speak for the unit where there are any; totals beside them are not loaded. */
static void
index_units (Judging *j, const GPtrArray *tallies, const char *period)
{
  g_hash_table_remove_all (j->units);
  for (guint i = 0; i < tallies->len; i++) {
    Tally *t = tallies->pdata[i], *other = NULL;

    if (strcmp (t->period, period) != 0)
      continue;
    other = g_hash_table_lookup (j->units, t->unit);
    if (other == NULL || t->pattern < other->pattern)
      g_hash_table_insert (j->units, t->unit, t);
  }
}

static GPtrArray *
distinct (GHashTable *units, gsize offset)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *out = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer tally = NULL;

  g_hash_table_iter_init (&iter, units);
  while (g_hash_table_iter_next (&iter, NULL, &tally)) {
    char *text = G_STRUCT_MEMBER (char *, tally, offset);

    if (g_hash_table_add (seen, text))
      g_ptr_array_add (out, text);
  }
  return out;
}

static gboolean
judge_period (Judging *j, const char *period, const Past *past, GError **error)
{
  g_autoptr (GPtrArray) districts = distinct (j->units, G_STRUCT_OFFSET (Tally, district_code));
  g_autoptr (GPtrArray) codes = distinct (j->units, G_STRUCT_OFFSET (Tally, code));
  const Feed *feed = j->extract->layout->feed;

  return past->read (feed, period, FALSE, districts, codes, take_last, j, past->data, error)
         && past->read (feed, period, TRUE, districts, codes, take_year_ago, j, past->data, error);
}

static gboolean
judge_periods (Judging *j, const GPtrArray *tallies, const Past *past, GError **error)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tallies->len; i++) {
    Tally *t = tallies->pdata[i];

    if (!g_hash_table_add (done, t->period))
      continue;
    index_units (j, tallies, t->period);
    if (past != NULL && !judge_period (j, t->period, past, error))
      return FALSE;
  }
  return TRUE;
}

static void
judge_alone (Judging *j, const GPtrArray *tallies)
{
  for (guint i = 0; i < tallies->len; i++)
    judge (j, tallies->pdata[i], NULL, HISTORY_ROUND);
}

gboolean
extract_history (Extract *extract, const ExtractOptions *options, const char *file, const Past *past, GError **error)
{
  g_autoptr (RuleSet) rules = NULL;
  g_autoptr (GPtrArray) tallies = NULL;
  g_autoptr (GHashTable) units = g_hash_table_new (g_str_hash, g_str_equal);
  Judging j = { .extract = extract, .options = options, .file = file, .units = units };
  guint before = extract->provisional->len;
  gboolean ok = TRUE;

  if (extract->history == NULL || extract->refused)
    return TRUE;
  rules = rules_new (options->catalogue, extract->layout->feed, error);
  if (rules == NULL)
    return FALSE;
  j.rules = (const HistoryRule *)(gpointer)rules->history->data;
  j.n_rules = rules->history->len;
  tallies = sorted_tallies (extract->history);
  ok = judge_periods (&j, tallies, past, error);
  if (ok)
    judge_alone (&j, tallies);
  extract->rows_provisional
      = MIN (extract->rows_provisional + (extract->provisional->len - before), extract->rows_accepted);
  return ok;
}
