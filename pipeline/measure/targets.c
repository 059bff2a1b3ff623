#include "measure/targets.h"

#include "domain/period.h"

#include <math.h>
#include <string.h>

static gboolean
is_school_month (GDateMonth month)
{
  return (month >= 3 && month <= 6) || month >= 9;
}

/* Periods of a frequency, newest first: the n-th before @today's own. */
static char *
nth_period (const char *frequency, const char *example, const GDate *today, guint n)
{
  guint year = g_date_get_year (today);
  guint month = g_date_get_month (today);

  if (strcmp (frequency, "year") == 0)
    return g_strdup_printf ("%u%s", year - n, example != NULL && strlen (example) > 4 ? example + 4 : "");
  if (strcmp (frequency, "term") == 0) {
    guint term = year * 2 + 1 - n;

    return g_strdup_printf ("%u-%s", term / 2, term % 2 == 0 ? "spring" : "autumn");
  }
  month = year * 12 + month - 1 - n;
  return is_school_month ((GDateMonth)(month % 12 + 1)) ? g_strdup_printf ("%u-%02u", month / 12, month % 12 + 1)
                                                        : NULL;
}

char *
measure_due (const Feed *feed, const char *example, const GDate *today)
{
  if (strcmp (feed->frequency, "any") == 0)
    return NULL;
  for (guint n = 0; n < 24; n++) {
    g_autofree char *name = nth_period (feed->frequency, example, today, n);
    Period period;
    GDate due;

    if (name == NULL || !period_parse (name, &period))
      continue;
    due = period.last;
    g_date_add_days (&due, (guint)MAX (feed->due_days, 0));
    if (g_date_compare (&due, today) <= 0)
      return g_steal_pointer (&name);
  }
  return NULL;
}

static const char *
area_code (const Aggregate *a, guint area)
{
  return ((const Area *)a->areas->pdata[area])->area_code;
}

gboolean
measure_in_scope (const Aggregate *a, const Target *target, guint area)
{
  if (area == 0 || target->scope == SCOPE_CITY_DISTRICT)
    return area == 0 || target->scope == SCOPE_CITY_DISTRICT;
  if (target->scope == SCOPE_NAMED)
    for (guint i = 0; i < target->areas->len; i++)
      if (strcmp (target->areas->pdata[i], area_code (a, area)) == 0)
        return TRUE;
  return FALSE;
}

static gboolean
ends_after (const char *period, const char *other)
{
  Period a, b;

  return period_parse (period, &a) && period_parse (other, &b) && g_date_compare (&a.last, &b.last) > 0;
}

void
measure_completeness (const Measurement *m, const Aggregate *a, guint area, VerdictRow *row)
{
  guint last = a->periods->len - 1;
  const char *newest = a->periods->len > 0 ? a->periods->pdata[last] : NULL;
  g_autofree char *due = measure_due (catalogue_feed (m->catalogue, a->indicator->feed), newest, &m->today);
  const AggregateCell *cell = NULL;
  gboolean overdue = FALSE;

  row->complete = FALSE;
  row->schools_reporting = row->schools_expected = 0;
  if (newest == NULL)
    return;
  cell = aggregate_cell (a, area, last, 0);
  overdue = due != NULL && ends_after (due, newest);
  row->schools_expected = cell->expected;
  row->schools_reporting = overdue ? 0 : cell->schools;
  row->complete = !overdue && !cell->provisional && cell->rows > 0
                  && row->schools_reporting * 100.0 >= m->thresholds.completeness_min_pct * row->schools_expected;
}

/* The last period in which anything is known of the area, or -1. */
static int
last_known (const Aggregate *a, guint area)
{
  for (guint k = a->periods->len; k > 0; k--)
    if (aggregate_cell (a, area, k - 1, 0)->rows > 0)
      return (int)k - 1;
  return -1;
}

static guint32
last_day (const char *period, const char *fallback_date)
{
  Period parsed;

  return (period != NULL && *period != '\0' && period_parse (period, &parsed)) || period_parse (fallback_date, &parsed)
             ? g_date_get_julian (&parsed.last)
             : 0;
}

/* What a period says holds on its last day, or today where that is yet to come. */
static guint32
data_day (const Measurement *m, const Aggregate *a, int period, const Target *target)
{
  return period >= 0 ? MIN (last_day (a->periods->pdata[period], target->deadline), g_date_get_julian (&m->today)) : 0;
}

static const Plan *
plan_of (const Catalogue *catalogue, const Target *target)
{
  for (guint i = 0; i < catalogue->plans->len; i++) {
    const Plan *plan = catalogue->plans->pdata[i];

    if (strcmp (plan->plan, target->plan) == 0)
      return plan;
  }
  g_assert_not_reached ();
}

static const AggregateCell *
baseline_cell (const Aggregate *a, const Target *target, guint area)
{
  int period = *target->baseline_period != '\0' ? aggregate_period (a, target->baseline_period) : -1;
  const AggregateCell *cell = period >= 0 ? aggregate_cell (a, area, (guint)period, 0) : NULL;

  return cell != NULL && cell->rows > 0 ? cell : NULL;
}

static double
share_of (double x, double n)
{
  return n > 0 ? 100 * x / n : NAN;
}

/* The city's published baseline stands for the city alone: a district's comes from its own reports. */
static double
given_baseline (const Target *target, guint area)
{
  return area == 0 || target->kind == TARGET_COUNT ? target->baseline_value : NAN;
}

static gint64
whole (double value)
{
  return isfinite (value) ? (gint64)llround (value) : 0;
}

static void
judge_share (const Measurement *m, const Aggregate *a, const Target *target, guint area, int period, VerdictRow *row,
             ExactFacts *out)
{
  const AggregateCell *now = period >= 0 ? aggregate_cell (a, area, (guint)period, 0) : NULL;
  const AggregateCell *base = baseline_cell (a, target, area);
  ShareFacts facts = {
    .good_is_up = target->good_is_up,
    .floor = target->kind == TARGET_FLOOR,
    .value = target->value,
    .baseline = given_baseline (target, area),
    .baseline_day = last_day (target->baseline_period, plan_of (m->catalogue, target)->starts),
    .as_of_day = data_day (m, a, period, target),
    .deadline_day = last_day (NULL, target->deadline),
    .reporting = row->schools_reporting,
    .expected = row->schools_expected,
    .provisional = !row->complete,
  };

  if (now != NULL) {
    facts.x = whole (now->x);
    facts.n = whole (now->n);
    row->numerator = now->x;
    row->denominator = now->n;
    row->value_now = share_of (now->x, now->n);
    facts.few_reports = verdict_few_reports (&m->thresholds, now->schools, now->expected);
  }
  if (facts.few_reports) {
    facts.reporting = now->schools;
    facts.expected = now->expected;
  }
  if (base != NULL) {
    facts.baseline_x = whole (base->x);
    facts.baseline_n = whole (base->n);
  }
  row->target_value = target->value;
  row->baseline_source = !isnan (facts.baseline) ? "catalogue" : facts.baseline_n > 0 ? "data" : "none";
  row->baseline_value
      = !isnan (facts.baseline) ? facts.baseline : share_of ((double)facts.baseline_x, (double)facts.baseline_n);
  row->path_now = share_path (&facts);
  verdict_share (&facts, &m->thresholds, &row->verdict);
  out->share = facts;
}

static void
judge_count (const Measurement *m, const Aggregate *a, const Target *target, guint area, int period, VerdictRow *row,
             ExactFacts *out)
{
  const AggregateCell *now = period >= 0 ? aggregate_cell (a, area, (guint)period, 0) : NULL;
  const AggregateCell *base = baseline_cell (a, target, area);
  double baseline = given_baseline (target, area);
  double value = target->value;
  CountFacts facts = { 0 };

  if (target->scope == SCOPE_NAMED && area != 0)
    value /= MAX (target->areas->len, 1);
  row->baseline_source = !isnan (baseline) ? "catalogue" : base != NULL ? "data" : "none";
  if (isnan (baseline) && base != NULL)
    baseline = base->x;
  facts.known = now != NULL && !isnan (baseline);
  facts.count = now != NULL ? whole (now->x) : 0;
  facts.baseline = whole (baseline);
  facts.value = whole (baseline) + whole (value);
  facts.baseline_day = last_day (target->baseline_period, plan_of (m->catalogue, target)->starts);
  if (*target->baseline_period == '\0')
    facts.baseline_day--; /* the plan's first day counts */
  facts.as_of_day = data_day (m, a, period, target);
  facts.deadline_day = last_day (NULL, target->deadline);
  facts.provisional = now != NULL && now->provisional;
  if (now != NULL && a->indicator->kind == INDICATOR_TOTAL) {
    facts.reporting = now->schools;
    facts.expected = now->expected;
    facts.few_reports = verdict_few_reports (&m->thresholds, now->schools, now->expected);
  }
  if (now != NULL)
    row->numerator = row->value_now = now->x;
  row->baseline_value = baseline;
  row->target_value = baseline + value;
  row->path_now = facts.known ? count_path (&facts) : NAN;
  verdict_count (&facts, &m->thresholds, &row->verdict);
  out->count = facts;
}

static double
years_of (guint32 julian)
{
  return (double)julian / 365.2425;
}

static void
finish_exact (const Measurement *m, const Target *target, const Aggregate *a, int period, const Plan *plan,
              VerdictRow *row)
{
  double sign = target->good_is_up ? 1 : -1;
  guint32 start = last_day (target->baseline_period, plan->starts);
  guint32 now = data_day (m, a, period, target);

  row->deviation = sign * (row->path_now - row->value_now);
  if (period >= 0 && now > start)
    row->official_class
        = official_class (row->baseline_value, row->value_now, row->target_value, years_of (start), years_of (now),
                          years_of (last_day (NULL, target->deadline)), target->good_is_up, &m->thresholds, NULL);
}

VerdictRow
measure_exact_one (const Measurement *m, const Aggregate *a, const Target *target, guint area, ExactFacts *facts)
{
  VerdictRow row = results_empty_verdict (target, area_code (a, area));
  int period = last_known (a, area);
  ExactFacts own = { .is_count = target->kind == TARGET_COUNT };

  measure_completeness (m, a, area, &row);
  if (period >= 0)
    row.period = a->periods->pdata[period];
  if (own.is_count)
    judge_count (m, a, target, area, period, &row, &own);
  else
    judge_share (m, a, target, area, period, &row, &own);
  finish_exact (m, target, a, period, plan_of (m->catalogue, target), &row);
  if (facts != NULL)
    *facts = own;
  return row;
}

void
measure_exact (const Measurement *m, const Aggregate *a, const Target *target)
{
  for (guint area = 0; area < a->areas->len; area++)
    if (measure_in_scope (a, target, area)) {
      VerdictRow row = measure_exact_one (m, a, target, area, NULL);

      results_add_verdict (m->results, m->catalogue, &row);
    }
}
