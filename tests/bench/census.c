#include "census.h"
#include "measure/verdict.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#define SCHOOLS 40
#define SPREAD                                                                                                         \
  0.3 /* points by which districts are ahead of a path that they keep: what is counted in full is behind it or not */
#define SENT_ON 5 /* day of the month after, on which a month's exports come in */

/* @n: pupils, or schools, of a district; @baseline: of the share, or what was there. */
static const struct {
  const char *name;
  gboolean monthly;
  gint64 n;
  double baseline;
} kinds[CENSUS_TARGETS] = {
  { "after_school_served", TRUE, 20000, 90 },
  { "after_school_5plus2", TRUE, SCHOOLS, 90 },
  { "kindergarten_public", FALSE, 9000, 51.4 },
  { "kindergarten_places", FALSE, 0, 12000 },
};

/* Half-years, and the months and days on which their exports come in. */
static const struct {
  const char *period;
  GDateMonth month;
} halves[] = { { "2022-spring", G_DATE_MAY }, { "2022-autumn", G_DATE_NOVEMBER } };

typedef struct {
  char period[16];
  guint32 as_of;
} Arrival;

static const Target *
target_named (const Catalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->targets->len; i++)
    if (strcmp (((const Target *)catalogue->targets->pdata[i])->target, name) == 0)
      return catalogue->targets->pdata[i];
  g_error ("the catalogue has no target %s", name);
}

static guint32
julian (const char *text)
{
  GDate day;

  g_date_clear (&day, 1);
  g_date_set_parse (&day, text);
  return g_date_get_julian (&day);
}

/* No school is open in February, July and August. */
static gboolean
month_arrives (const GDate *today, Arrival *out)
{
  GDate last = *today;
  GDateMonth month;

  if (g_date_get_day (today) != SENT_ON)
    return FALSE;
  g_date_subtract_days (&last, SENT_ON);
  month = g_date_get_month (&last);
  if (month == G_DATE_JANUARY || month == G_DATE_FEBRUARY || month == G_DATE_JULY || month == G_DATE_AUGUST)
    return FALSE;
  g_date_strftime (out->period, sizeof out->period, "%Y-%m", &last);
  out->as_of = g_date_get_julian (&last);
  return TRUE;
}

static gboolean
half_arrives (const GDate *today, Arrival *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (halves); i++)
    if (g_date_get_day (today) == SENT_ON && g_date_get_month (today) == halves[i].month) {
      g_strlcpy (out->period, halves[i].period, sizeof out->period);
      out->as_of = g_date_get_julian (today);
      return TRUE;
    }
  return FALSE;
}

static void
judge_share (guint kind, const Arrival *arrival, const VerdictThresholds *thresholds, gsl_rng *random, gint64 n,
             VerdictRow *row)
{
  const Target *target = row->target;
  ShareFacts facts = { .good_is_up = TRUE, .value = target->value, .n = n, .baseline = kinds[kind].baseline };
  double share;

  facts.baseline_day = julian ("2022-03-31");
  facts.as_of_day = arrival->as_of;
  facts.deadline_day = julian (target->deadline);
  facts.reporting = facts.expected = SCHOOLS;
  row->path_now = share_path (&facts);
  share = facts.as_of_day >= facts.deadline_day ? target->value
                                                : row->path_now + fabs (gsl_ran_gaussian (random, SPREAD));
  facts.x = MIN (n, (gint64)ceil ((double)n * share / 100));
  row->numerator = (double)facts.x;
  row->denominator = (double)n;
  row->value_now = 100.0 * (double)facts.x / (double)n;
  row->target_value = target->value;
  verdict_share (&facts, thresholds, &row->verdict);
}

static void
judge_count (guint kind, const Arrival *arrival, const VerdictThresholds *thresholds, gsl_rng *random, VerdictRow *row)
{
  CountFacts facts = { .known = TRUE, .baseline = (gint64)kinds[kind].baseline };

  facts.value = facts.baseline + (gint64)row->target->value;
  facts.baseline_day = julian ("2021-12-31");
  facts.as_of_day = arrival->as_of;
  facts.deadline_day = julian (row->target->deadline);
  row->path_now = count_path (&facts);
  facts.count = (gint64)ceil (row->path_now + fabs (gsl_ran_gaussian (random, SPREAD / 100)) * row->target->value);
  row->numerator = row->value_now = (double)facts.count;
  row->target_value = (double)facts.value;
  verdict_count (&facts, thresholds, &row->verdict);
}

static VerdictRow
row_of (guint kind, const Target *target, const char *area, const Arrival *arrival)
{
  VerdictRow row = results_empty_verdict (target, area);

  row.period = arrival->period;
  row.baseline_source = "data";
  row.baseline_value = kinds[kind].baseline;
  row.complete = TRUE;
  row.schools_reporting = row.schools_expected = SCHOOLS;
  return row;
}

gboolean
census_judge (Results *results, const Catalogue *catalogue, const char *const codes[], const char *first, int day,
              gsl_rng *random, char *indicators[])
{
  const VerdictThresholds thresholds = verdict_thresholds (catalogue);
  GDate today;
  guint n_indicators = 0;

  g_date_clear (&today, 1);
  g_date_set_parse (&today, first);
  g_date_add_days (&today, (guint)day);
  for (guint kind = 0; kind < CENSUS_TARGETS; kind++) {
    const Target *target = target_named (catalogue, kinds[kind].name);
    Arrival arrival;

    if (kinds[kind].monthly ? !month_arrives (&today, &arrival) : !half_arrives (&today, &arrival))
      continue;
    for (guint a = 0; codes[a] != NULL; a++) {
      gboolean is_city = codes[a + 1] == NULL;
      gint64 n = kinds[kind].n * (is_city ? a : 1);
      VerdictRow row = row_of (kind, target, codes[a], &arrival);

      if (target->scope == SCOPE_CITY && !is_city)
        continue;

      if (n > 0)
        judge_share (kind, &arrival, &thresholds, random, n, &row);
      else
        judge_count (kind, &arrival, &thresholds, random, &row);
      row.deviation = row.path_now - row.value_now;
      results_add_verdict (results, catalogue, &row);
    }
    indicators[n_indicators++] = target->indicator;
  }
  indicators[n_indicators] = NULL;
  return n_indicators > 0;
}
