#include "measure/targets.h"

#include "base/sql.h"
#include "domain/period.h"
#include "measure/estimate.h"
#include "measure/small.h"

#include <math.h>
#include <string.h>

void
sample_free (Sample *sample)
{
  if (sample == NULL)
    return;
  if (sample->panels != NULL)
    for (guint i = 0; i < sample->aggregate->areas->len; i++)
      panel_free (sample->panels[i]);
  g_free (sample->panels);
  strata_weights_free (sample->weights);
  g_clear_pointer (&sample->stations, g_variant_unref);
  aggregate_free (sample->aggregate);
  g_free (sample);
}

/* Shares stored when the baseline wave was complete; FALSE on error, *@out NULL when there are none. */
static gboolean
stored_weights (Db *db, const Target *target, StrataWeights **out, GError **error)
{
  g_autoptr (PGresult) result
      = db_queryv (db, error, sql_query ("list_final_weights"), target->plan, target->target, DB_END);
  g_autofree const char **strata = NULL;
  g_autofree double *shares = NULL;
  int n = 0;

  *out = NULL;
  if (result == NULL)
    return FALSE;
  n = PQntuples (result);
  if (n == 0)
    return TRUE;
  strata = g_new0 (const char *, n);
  shares = g_new0 (double, n);
  for (int i = 0; i < n; i++) {
    strata[i] = db_get (result, i, "stratum");
    shares[i] = db_get_double (result, i, "weight");
  }
  *out = strata_weights_new (strata, shares, (guint)n, error);
  return *out != NULL;
}

static gboolean
baseline_complete (const Measurement *m, const Sample *sample)
{
  int period = aggregate_period (sample->aggregate, sample->target->baseline_period);
  const AggregateCell *city = period >= 0 ? aggregate_cell (sample->aggregate, 0, (guint)period, 0) : NULL;

  return city != NULL && city->expected > 0
         && city->schools * 100.0 >= m->thresholds.completeness_min_pct * city->expected;
}

/* Without a target, or before its baseline wave has come, the first wave lends its weights. */
static void
weigh (Sample *sample)
{
  const Panel *const *districts = (const Panel *const *)sample->panels + 1;
  guint n = sample->aggregate->areas->len - 1, used = 0;
  g_autofree const Panel **present = g_new0 (const Panel *, n + 1);
  double t = sample->target != NULL ? period_time_of (sample->target->baseline_period) : NAN;

  for (guint i = 0; i < n; i++)
    if (districts[i] != NULL)
      present[used++] = districts[i];
  if (used == 0 && sample->panels[0] != NULL)
    present[used++] = sample->panels[0];
  if (used > 0 && isfinite (t))
    sample->weights = strata_weights_at (present, used, t, NULL);
  if (used > 0 && sample->weights == NULL)
    sample->weights = strata_weights_at (present, used, period_time_of (sample->aggregate->periods->pdata[0]), NULL);
}

void
sample_add_weights (const Measurement *m, const Sample *sample)
{
  const StrataWeights *weights = sample->target != NULL ? sample->weights : NULL;

  for (guint l = 0; weights != NULL && l < weights->L; l++)
    results_add_weight (m->results, sample->target, weights->stratum[l], weights->share[l], sample->final);
}

Sample *
sample_new (Db *db, const Measurement *m, Aggregate *aggregate, const Target *target, GError **error)
{
  g_autoptr (Sample) sample = g_new0 (Sample, 1);

  sample->aggregate = aggregate;
  sample->target = target;
  sample->panels = aggregate_panels (aggregate);
  if (target != NULL && !stored_weights (db, target, &sample->weights, error))
    return NULL;
  sample->final = sample->weights != NULL;
  if (!sample->final)
    weigh (sample);
  if (target != NULL && sample->weights != NULL)
    sample->final |= baseline_complete (m, sample);
  sample_add_weights (m, sample);
  return g_steal_pointer (&sample);
}

const Target *
sample_target (const Catalogue *catalogue, const char *indicator)
{
  const Target *found = NULL;

  for (guint i = 0; i < catalogue->targets->len; i++) {
    const Target *target = catalogue->targets->pdata[i];

    if (strcmp (target->indicator, indicator) == 0 && (found == NULL || strcmp (target->plan, found->plan) > 0))
      found = target;
  }
  return found;
}

Sample *
measure_sample (Db *db, const Measurement *m, const Indicator *indicator, CellStore *store, GError **error)
{
  Aggregate *a = aggregate_read (db, m->catalogue, indicator, store, error);

  return a != NULL ? sample_new (db, m, a, sample_target (m->catalogue, indicator->indicator), error) : NULL;
}

static void
add_estimate (const Measurement *m, const Aggregate *a, const Sample *sample, guint area, guint period, guint stratum,
              const Trend *trend)
{
  const AggregateCell *cell = aggregate_cell (a, area, period, stratum);
  EstimateRow row = {
    .indicator = a->indicator->indicator,
    .area_code = ((const Area *)a->areas->pdata[area])->area_code,
    .period = a->periods->pdata[period],
    .stratum = a->strata->pdata[stratum],
    .numerator = cell->x,
    .denominator = cell->n,
    .value = aggregate_value (cell->x, cell->n),
    .low95 = NAN,
    .high95 = NAN,
    .value_std = NAN,
    .low95_std = NAN,
    .high95_std = NAN,
    .schools_reporting = cell->schools,
    .schools_expected = cell->expected,
    .provisional = cell->provisional,
  };

  if (cell->rows == 0)
    return;
  if (a->indicator->kind == INDICATOR_SAMPLE) {
    Estimate estimate;

    estimate_ratio (cell->xs, cell->ns, cell->m, &estimate);
    row.low95 = 100 * estimate.low;
    row.high95 = 100 * estimate.high;
  }
  if (stratum == 0 && trend != NULL) {
    int k = trend_wave (trend, period_time_of (row.period));

    if (k >= 0) {
      row.value_std = 100 * trend_level (trend, (guint)k).value;
      small_level_interval (sample->panels[area], sample->weights, trend, (guint)k, &row.low95_std, &row.high95_std);
      row.low95_std *= 100;
      row.high95_std *= 100;
    }
  }
  results_add_estimate (m->results, &row);
}

/* What is standardised, of all strata together, looks at all periods; the others rest on their own. */
static void
add_estimates (const Measurement *m, const Aggregate *a, const Sample *sample, guint area, guint period,
               const Trend *trend, gboolean strata)
{
  for (guint stratum = 0; stratum < (strata ? a->strata->len : 1); stratum++)
    add_estimate (m, a, sample, area, period, stratum, trend);
}

/* The line that a look saw: the waves up to it, the deadline of the indicator's target ahead. */
static void
add_trend (const Measurement *m, const Sample *sample, guint area, guint waves)
{
  const Aggregate *a = sample->aggregate;
  g_autoptr (Trend) trend = trend_new (sample->panels[area], sample->weights, waves, m->thresholds.min_events);
  Contrast slope = small_line (sample->panels[area], sample->weights, trend, TRUE, trend->t[0]);
  guint points = 0, period = 0;
  TrendRow row = { .indicator = a->indicator->indicator,
                   .area_code = ((const Area *)a->areas->pdata[area])->area_code,
                   .method = "least squares over paired waves, schools as clusters",
                   .slope = 100 * slope.value,
                   .projected = NAN,
                   .projected_low95 = NAN,
                   .projected_high95 = NAN };

  for (guint k = 0; k < waves; k++)
    points += isfinite (trend->p[k]) ? 1 : 0;
  while (period + 1 < a->periods->len && period_time_of (a->periods->pdata[period]) < trend->t[waves - 1] - 1e-9)
    period++;
  row.period = a->periods->pdata[period];
  row.points = points;
  contrast_interval (&slope, &row.slope_low95, &row.slope_high95);
  row.slope_low95 *= 100;
  row.slope_high95 *= 100;
  if (sample->target != NULL) {
    Contrast line = small_line (sample->panels[area], sample->weights, trend, FALSE,
                                period_time_of (sample->target->deadline_period));

    contrast_interval (&line, &row.projected_low95, &row.projected_high95);
    row.projected = 100 * line.value;
    row.projected_low95 *= 100;
    row.projected_high95 *= 100;
  }
  if (points >= 2)
    results_add_trend (m->results, &row);
}

/* Looks at the waves up to each; period is the place of the last of them. */
static void
add_trends (const Measurement *m, const Sample *sample, guint area, const Trend *trend, const Touched *touched)
{
  const Aggregate *a = sample->aggregate;

  for (guint waves = 2, period = 0; waves <= trend->K; waves++) {
    while (period + 1 < a->periods->len && period_time_of (a->periods->pdata[period]) < trend->t[waves - 1] - 1e-9)
      period++;
    if (touched_look (touched, area, period))
      add_trend (m, sample, area, waves);
  }
}

void
measure_estimates (const Measurement *m, const Aggregate *a, const Sample *sample, const Touched *touched)
{
  for (guint area = 0; area < a->areas->len; area++) {
    gboolean made = touched_area (touched, area);
    g_autoptr (Trend) trend = NULL;

    if (!made && !touched_look (touched, area, a->periods->len - 1))
      continue;
    if (sample != NULL && sample->weights != NULL && sample->panels[area] != NULL)
      trend = trend_new (sample->panels[area], sample->weights, 0, m->thresholds.min_events);
    for (guint period = 0; made && period < a->periods->len; period++)
      add_estimates (m, a, sample, area, period, trend, touched_part (touched, area, period));
    if (trend != NULL)
      add_trends (m, sample, area, trend, touched);
  }
}
