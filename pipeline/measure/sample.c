#include "measure/targets.h"

#include "base/sql.h"
#include "domain/period.h"
#include "measure/estimate.h"
#include "measure/small.h"

#include <math.h>
#include <string.h>

static double
time_of (const char *period)
{
  Period parsed;

  return period_parse (period, &parsed) ? period_time (&parsed) : NAN;
}

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
  double t = sample->target != NULL ? time_of (sample->target->baseline_period) : NAN;

  for (guint i = 0; i < n; i++)
    if (districts[i] != NULL)
      present[used++] = districts[i];
  if (used == 0 && sample->panels[0] != NULL)
    present[used++] = sample->panels[0];
  if (used > 0 && isfinite (t))
    sample->weights = strata_weights_at (present, used, t, NULL);
  if (used > 0 && sample->weights == NULL)
    sample->weights = strata_weights_at (present, used, time_of (sample->aggregate->periods->pdata[0]), NULL);
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
  sample->panels = g_new0 (Panel *, aggregate->areas->len + 1);
  for (guint i = 0; i < aggregate->areas->len; i++)
    sample->panels[i] = aggregate_panel (aggregate, i, NULL);
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
    int k = trend_wave (trend, time_of (row.period));

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
  while (period + 1 < a->periods->len && time_of (a->periods->pdata[period]) < trend->t[waves - 1] - 1e-9)
    period++;
  row.period = a->periods->pdata[period];
  row.points = points;
  contrast_interval (&slope, &row.slope_low95, &row.slope_high95);
  row.slope_low95 *= 100;
  row.slope_high95 *= 100;
  if (sample->target != NULL) {
    Contrast line
        = small_line (sample->panels[area], sample->weights, trend, FALSE, time_of (sample->target->deadline_period));

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
    while (period + 1 < a->periods->len && time_of (a->periods->pdata[period]) < trend->t[waves - 1] - 1e-9)
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

static JudgeTarget
judge_target (const Target *target)
{
  JudgeTarget out = {
    .indicator = target->indicator,
    .good_is_up = target->good_is_up,
    .value = target->value,
    .baseline_t = time_of (target->baseline_period),
    .deadline_t = time_of (target->deadline_period),
    .growth_from_t = time_of (target->growth_from),
    .geometric = strcmp (target->increment_basis, "geometric") == 0,
    .baseline_pct = NAN, /* a paired baseline from the same schools beats a published one for change */
    .trend_from_t = time_of (target->baseline_period),
  };

  out.kind = target->kind == TARGET_CHANGE       ? JUDGE_CHANGE
             : target->kind == TARGET_GROWTH_CUT ? JUDGE_GROWTH_CUT
                                                 : JUDGE_LEVEL;
  return out;
}

typedef struct {
  JudgeArea *areas;
  guint *index; /* of each into the aggregate's areas */
  JudgeCompleteness **completeness;
  guint n;
} Bench;

static void
bench_clear (Bench *bench)
{
  for (guint i = 0; i < bench->n; i++)
    g_free (bench->completeness[i]);
  g_free (bench->completeness);
  g_free (bench->areas);
  g_free (bench->index);
}

static JudgeCompleteness *
completeness_of (const Aggregate *a, guint area, const Panel *panel)
{
  JudgeCompleteness *out = g_new0 (JudgeCompleteness, panel->K);

  for (guint k = 0; k < panel->K; k++)
    for (guint period = 0; period < a->periods->len; period++)
      if (fabs (time_of (a->periods->pdata[period]) - panel->t[k]) < 1e-9) {
        const AggregateCell *cell = aggregate_cell (a, area, period, 0);

        out[k] = (JudgeCompleteness){ cell->schools, cell->expected, cell->provisional };
      }
  return out;
}

static void
bench_fill (Bench *bench, const Sample *sample)
{
  const Aggregate *a = sample->aggregate;

  bench->areas = g_new0 (JudgeArea, a->areas->len);
  bench->index = g_new0 (guint, a->areas->len);
  bench->completeness = g_new0 (JudgeCompleteness *, a->areas->len);
  for (guint area = 0; area < a->areas->len; area++)
    if (sample->panels[area] != NULL) {
      bench->completeness[bench->n] = completeness_of (a, area, sample->panels[area]);
      bench->areas[bench->n] = (JudgeArea){ .area = ((const Area *)a->areas->pdata[area])->area_code,
                                            .is_city = area == 0,
                                            .panel = sample->panels[area],
                                            .completeness = bench->completeness[bench->n] };
      bench->index[bench->n++] = area;
    }
}

static const char *
period_at (const Aggregate *a, double t)
{
  for (guint period = 0; period < a->periods->len; period++)
    if (fabs (time_of (a->periods->pdata[period]) - t) < 1e-9)
      return a->periods->pdata[period];
  return NULL;
}

static void
add_verdict (const Measurement *m, const Sample *sample, guint area, const JudgeRow *judged)
{
  const Aggregate *a = sample->aggregate;
  VerdictRow row = {
    .target = sample->target,
    .area_code = ((const Area *)a->areas->pdata[area])->area_code,
    .period = period_at (a, judged->t),
    .baseline_source = judged->baseline_given              ? "catalogue"
                       : isfinite (judged->baseline_value) ? "data"
                                                           : "none",
    .baseline_value = judged->baseline_value,
    .value_now = judged->p_std,
    .low95 = judged->low95,
    .high95 = judged->high95,
    .numerator = judged->x,
    .denominator = judged->n,
    .path_now = judged->path_now,
    .target_value = judged->target_value,
    .deviation = judged->deviation,
    .deviation_se = judged->deviation_se,
    .projected = judged->projected,
    .projected_low95 = judged->projected_low95,
    .projected_high95 = judged->projected_high95,
    .p_value = judged->p_value,
    .q_value = judged->q_value,
    .probability_met = judged->probability_met,
    .official_class = judged->official_class,
    .verdict = judged->verdict,
  };

  measure_completeness (m, a, area, &row);
  results_add_verdict (m->results, m->catalogue, &row);
}

/* Nobody reported, or only once: the verdict is that there is none yet. */
static void
add_silence (const Measurement *m, const Sample *sample, guint area)
{
  const Aggregate *a = sample->aggregate;
  const Panel *panel = sample->panels[area];
  SampleFacts facts = { .good_is_up = sample->target->good_is_up,
                        .waves = panel != NULL ? panel->K : 0,
                        .value = NAN,
                        .path = NAN,
                        .target = NAN,
                        .low = NAN,
                        .high = NAN,
                        .deviation = NAN,
                        .deviation_low = NAN,
                        .deviation_high = NAN,
                        .probability_met = NAN,
                        .p_value = NAN,
                        .alpha = NAN,
                        .slope = NAN,
                        .slope_low = NAN,
                        .slope_high = NAN,
                        .slope_p = NAN };
  VerdictRow row = results_empty_verdict (sample->target, ((const Area *)a->areas->pdata[area])->area_code);

  row.period = panel != NULL ? period_at (a, panel->t[panel->K - 1]) : NULL;
  measure_completeness (m, a, area, &row);
  facts.reporting = row.schools_reporting;
  facts.expected = row.schools_expected;
  verdict_sample (&facts, &m->thresholds, &row.verdict);
  results_add_verdict (m->results, m->catalogue, &row);
}

static void
add_verdicts (const Measurement *m, const Sample *sample, guint series, const Bench *bench, const GArray *judged)
{
  g_autofree gboolean *done = g_new0 (gboolean, sample->aggregate->areas->len);

  for (guint i = 0; i < judged->len; i++) {
    const JudgeRow *row = &g_array_index (judged, JudgeRow, i);
    guint area = row->series == series ? bench->index[row->area] : G_MAXUINT;

    if (area != G_MAXUINT && measure_in_scope (sample->aggregate, sample->target, area)) {
      add_verdict (m, sample, area, row);
      done[area] = TRUE;
    }
  }
  for (guint area = 0; area < sample->aggregate->areas->len; area++)
    if (!done[area] && measure_in_scope (sample->aggregate, sample->target, area))
      add_silence (m, sample, area);
}

/* All samples as series to be judged together. */
typedef struct {
  const GPtrArray *samples;
  JudgeSeries *series;
  guint n;
  Bench *benches;   /* of each sample */
  guint *series_of; /* of each sample, G_MAXUINT: not judged */
} SeriesSet;

static void
series_set_clear (SeriesSet *set)
{
  for (guint i = 0; i < set->samples->len; i++)
    bench_clear (&set->benches[i]);
  g_free (set->series);
  g_free (set->benches);
  g_free (set->series_of);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SeriesSet, series_set_clear)

static void
series_set_init (SeriesSet *set, const GPtrArray *samples)
{
  *set = (SeriesSet){ .samples = samples,
                      .series = g_new0 (JudgeSeries, samples->len + 1),
                      .benches = g_new0 (Bench, samples->len + 1),
                      .series_of = g_new0 (guint, samples->len + 1) };
  for (guint i = 0; i < samples->len; i++) {
    Sample *sample = samples->pdata[i];
    const Bench *bench = &set->benches[i];

    bench_fill (&set->benches[i], sample);
    set->series_of[i] = G_MAXUINT;
    if (sample->target != NULL && sample->weights != NULL
        && aggregate_period (sample->aggregate, sample->target->baseline_period) >= 0) {
      set->series_of[i] = set->n;
      set->series[set->n++]
          = (JudgeSeries){ judge_target (sample->target), bench->areas, bench->n, sample->weights, &sample->stations };
    }
  }
}

gboolean
measure_samples (const Measurement *m, GPtrArray *samples, GError **error)
{
  g_auto (SeriesSet) set = { 0 };
  g_autoptr (GArray) judged = NULL;

  series_set_init (&set, samples);
  judged = judge_run (set.series, set.n, &m->thresholds, FALSE, error);
  for (guint i = 0; judged != NULL && i < samples->len; i++) {
    const Sample *sample = samples->pdata[i];

    if (sample->target != NULL)
      add_verdicts (m, sample, set.series_of[i], &set.benches[i], judged);
  }
  return judged != NULL;
}

gboolean
measure_explain (const Measurement *m, const GPtrArray *samples, guint which, guint area, JudgeTarget *target,
                 JudgeDetail *detail, GError **error)
{
  g_auto (SeriesSet) set = { 0 };
  guint place = 0;

  *detail = (JudgeDetail){ 0 };
  series_set_init (&set, samples);
  while (place < set.benches[which].n && set.benches[which].index[place] != area)
    place++;
  if (set.series_of[which] == G_MAXUINT || place == set.benches[which].n)
    return TRUE;
  *target = set.series[set.series_of[which]].target;
  return judge_explain (set.series, set.n, &m->thresholds, set.series_of[which], place, detail, error);
}
