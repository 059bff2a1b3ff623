#include "history.h"

#include "domain/period.h"
#include "extract/message.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAST_DAYS 400 /* what ended longer before a period says nothing of it; last_period() holds the same */
#define YEAR_CHARS 4

/* What the file tells of one period. */
typedef struct {
  const char *text;
  guint32 first; /* Julian day */
  guint32 last;
  GHashTable *units; /* unit -> Tally */
} Era;

typedef struct {
  Extract *extract;
  const ExtractOptions *options;
  const char *file;
  const HistoryRule *rules;
  guint n_rules;
  GPtrArray *eras; /* Era, in the order of time */
  guint era;       /* that is looked at */
} Judging;

/* What a unit said before, as the rules see it; NULL when they look at the file alone. */
typedef struct {
  const char *period;
  const HistoryFigure *figures;
} Before;

/* A correction of some rows does not speak for the unit. */
static gboolean
is_part (const HistoryFigure *now, const HistoryFigure *then)
{
  return 2 * now->cells < then->cells;
}

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
  if (then == NULL || is_part (&now[rule->count], &then[rule->count]))
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
doubt_rows (GArray *ordinals, const Span *span)
{
  for (guint i = span->first; i <= span->last; i++)
    g_array_append_val (ordinals, i);
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
  doubt_rows (x->provisional, &t->span);
  for (guint i = 0; t->spans != NULL && i < t->spans->len; i++)
    doubt_rows (x->provisional, &g_array_index (t->spans, Span, i));
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

static const Era *
current (const Judging *j)
{
  return j->eras->pdata[j->era];
}

static gboolean
precedes (const Era *then, const Era *now, gboolean year_ago)
{
  if (year_ago)
    return atoi (then->text) + 1 == atoi (now->text) && strcmp (then->text + YEAR_CHARS, now->text + YEAR_CHARS) == 0;
  return then->last < now->first && then->last + PAST_DAYS >= now->first;
}

/* What the file itself says of the unit in its last period before this one, or in the same one of the year before. */
static const Tally *
earlier (const Judging *j, const char *unit, gboolean year_ago)
{
  for (guint i = j->era; i > 0; i--) {
    const Era *then = j->eras->pdata[i - 1];
    const Tally *t = precedes (then, current (j), year_ago) ? g_hash_table_lookup (then->units, unit) : NULL;

    if (t != NULL)
      return t;
  }
  return NULL;
}

static gboolean
set_days (Era *era, const char *text)
{
  Period period;

  era->text = text;
  if (!period_parse (text, &period))
    return FALSE;
  era->first = g_date_get_julian (&period.first);
  era->last = g_date_get_julian (&period.last);
  return TRUE;
}

/* What was known counts unless the file tells of the same period or of a later one. */
static gboolean
is_overtaken (const Judging *j, const char *unit, const char *known, gboolean year_ago)
{
  const Tally *t = earlier (j, unit, year_ago);
  Era of_file = { 0 }, of_known = { 0 };

  return t != NULL && set_days (&of_file, t->period) && set_days (&of_known, known) && of_known.last <= of_file.last;
}

static void
take (Judging *j, const char *unit, const Before *before, gboolean year_ago)
{
  Tally *t = g_hash_table_lookup (current (j)->units, unit);

  if (t == NULL || is_overtaken (j, unit, before->period, year_ago))
    return;
  t->compared[year_ago] = TRUE;
  judge (j, t, before, year_ago ? HISTORY_COPY : HISTORY_ANY);
}

static void
take_last (const char *unit, const char *last, const HistoryFigure *figures, gpointer data)
{
  take (data, unit, &(Before){ last, figures }, FALSE);
}

static void
take_year_ago (const char *unit, const char *last, const HistoryFigure *figures, gpointer data)
{
  take (data, unit, &(Before){ last, figures }, TRUE);
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
  gboolean sorted = TRUE;

  for (guint i = 1; sorted && i < h->all->len; i++)
    sorted = compare_tallies (&h->all->pdata[i - 1], &h->all->pdata[i]) <= 0;
  if (!sorted)
    g_ptr_array_sort (h->all, compare_tallies);
  return g_ptr_array_ref (h->all);
}

static void
era_free (gpointer data)
{
  Era *era = data;

  g_hash_table_unref (era->units);
  g_free (era);
}

static int
compare_eras (const void *a, const void *b)
{
  const Era *const *left = a, *const *right = b;

  if ((*left)->last != (*right)->last)
    return (*left)->last > (*right)->last ? 1 : -1;
  return strcmp ((*left)->text, (*right)->text);
}

static Era *
find_era (GPtrArray *eras, const char *period)
{
  Era *era = NULL;

  for (guint i = 0; i < eras->len; i++)
    if (strcmp (((const Era *)eras->pdata[i])->text, period) == 0)
      return eras->pdata[i];
  era = g_new0 (Era, 1);
  set_days (era, period);
  era->units = g_hash_table_new (g_str_hash, g_str_equal);
  g_ptr_array_add (eras, era);
  return era;
}

/* Rows for each grade and sex speak for the unit where there are any; totals beside them are not loaded. */
static GPtrArray *
eras_of (const GPtrArray *tallies)
{
  GPtrArray *eras = g_ptr_array_new_with_free_func (era_free);

  for (guint i = 0; i < tallies->len; i++) {
    Tally *t = tallies->pdata[i];
    Era *era = find_era (eras, t->period);
    const Tally *other = g_hash_table_lookup (era->units, t->unit);

    if (other == NULL || t->pattern < other->pattern)
      g_hash_table_insert (era->units, (gpointer)(gsize)t->unit, t);
  }
  g_ptr_array_sort (eras, compare_eras);
  return eras;
}

static GPtrArray *
distinct (GHashTable *units, gsize offset)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL); /* a history has each of these texts once */
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

/* What was not held against the database. */
static void
judge_within (Judging *j, const GPtrArray *tallies, gboolean year_ago)
{
  for (guint i = 0; j->era > 0 && i < tallies->len; i++) {
    Tally *t = tallies->pdata[i];
    const Tally *then = NULL;

    if (t->compared[year_ago] || g_hash_table_lookup (current (j)->units, t->unit) != t)
      continue;
    then = earlier (j, t->unit, year_ago);
    if (then != NULL)
      judge (j, t, &(Before){ then->period, then->figures }, year_ago ? HISTORY_COPY : HISTORY_ANY);
  }
}

static gboolean
judge_era (Judging *j, const GPtrArray *tallies, const Past *past, GError **error)
{
  g_autoptr (GPtrArray) districts = distinct (current (j)->units, G_STRUCT_OFFSET (Tally, district_code));
  g_autoptr (GPtrArray) codes = distinct (current (j)->units, G_STRUCT_OFFSET (Tally, code));
  const Feed *feed = j->extract->layout->feed;

  if (past != NULL && !past->read (feed, current (j)->text, FALSE, districts, codes, take_last, j, past->data, error))
    return FALSE;
  judge_within (j, tallies, FALSE);
  if (past != NULL
      && !past->read (feed, current (j)->text, TRUE, districts, codes, take_year_ago, j, past->data, error))
    return FALSE;
  judge_within (j, tallies, TRUE);
  return TRUE;
}

static gboolean
judge_eras (Judging *j, const GPtrArray *tallies, const Past *past, GError **error)
{
  for (j->era = 0; j->era < j->eras->len; j->era++)
    if (!judge_era (j, tallies, past, error))
      return FALSE;
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
  g_autoptr (GPtrArray) eras = NULL;
  Judging j = { .extract = extract, .options = options, .file = file };
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
  j.eras = eras = eras_of (tallies);
  ok = judge_eras (&j, tallies, past, error);
  if (ok)
    judge_alone (&j, tallies);
  extract->rows_provisional
      = MIN (extract->rows_provisional + (extract->provisional->len - before), extract->rows_accepted);
  return ok;
}
