#include "measure/station.h"
#include "measure/distribution.h"
#include "measure/estimate.h"
#include "measure/linear.h"
#include "measure/small.h"
#include <math.h>
#include <string.h>

#define SAME_TIME 1e-9
#define CONFIDENCE 0.95

/* What one area shows up to one look: its waves, of which k is the last. */
typedef struct {
  const JudgeTarget *target;
  const Panel *panel;
  const StrataWeights *weights;
  const Trend *trend;
  guint k;
} Look;

static double
load_of (const double c[], guint K)
{
  double load = 0;

  for (guint k = 0; k < K; k++)
    load += c[k] * c[k];
  return load;
}

/* c'p + constant, turned so that bad is positive. @value stands in for c'p + constant where the path is not linear. */
static Deviation
deviation_of (const Look *look, const double c[], double value, gboolean good_is_up)
{
  Contrast contrast = small_contrast (look->panel, look->weights, look->trend, c);

  return (Deviation){ .delta = good_is_up ? -value : value,
                      .se = isfinite (value) ? contrast.se : NAN,
                      .df = contrast.df,
                      .load = load_of (c, look->trend->K) };
}

static void
measure_deviation (Station *st, const Look *look)
{
  const JudgeTarget *target = look->target;
  const Trend *trend = look->trend;
  guint k = look->k;
  g_auto (PathPoint) path = { 0 };
  g_autofree double *c = g_new0 (double, trend->K);

  path_at (target, trend, trend->t[k], &path);
  for (guint j = 0; j < trend->K; j++)
    c[j] = -path.g[j];
  c[k] += 1;
  st->now = deviation_of (look, c, trend->p[k] - path.value, target->good_is_up);
  st->row.deviation_se = isfinite (path.value) ? 100 * trend_contrast (trend, c, 0).se : NAN;
  st->row.path_now = 100 * path.value;
  st->facts.flat_path = path.flat;
}

static void
waves_covariance (StationWaves *w, const Trend *trend, const double c[])
{
  w->sampling = g_new0 (double, MAX (w->k * w->k, 1));
  w->load = g_new0 (double, MAX (w->k * w->k, 1));
  for (guint i = 0; i < w->k; i++)
    for (guint j = 0; j < w->k; j++) {
      w->sampling[i * w->k + j] = trend_covariance (trend, c + i * trend->K, c + j * trend->K);
      for (guint k = 0; k < trend->K; k++)
        w->load[i * w->k + j] += c[i * trend->K + k] * c[j * trend->K + k];
    }
}

/* Weights of the line through the deltas and 0 at the baseline, times the years: its deviation at the last wave. */
static void
waves_line (StationWaves *w)
{
  g_autofree double *years = g_new0 (double, w->k + 1), *weights = g_new0 (double, w->k + 1);

  w->line = g_new0 (double, MAX (w->k, 1));
  if (w->k == 0)
    return;
  memcpy (years + 1, w->years, w->k * sizeof (double));
  if (linear_weights (years, w->k + 1, TRUE, years[w->k], weights, NULL))
    for (guint j = 0; j < w->k; j++)
      w->line[j] = weights[j + 1] * w->years[w->k - 1];
}

/* What few schools do to the line stands for all waves. */
static void
waves_small (StationWaves *w, const Look *look, const double c[])
{
  guint K = look->trend->K;
  g_autofree double *line = g_new0 (double, MAX (K, 1));

  for (guint i = 0; i < w->k; i++)
    for (guint k = 0; k < K; k++)
      line[k] += w->line[i] * c[i * K + k];
  w->df = look->trend->df;
  w->small = small_sample (look->panel, look->weights, look->trend, line);
}

/* Deviations of the waves since the baseline with their joint covariance. */
static void
measure_waves (Station *st, const Look *look)
{
  const JudgeTarget *target = look->target;
  const Trend *trend = look->trend;
  StationWaves *w = &st->waves;
  guint K = trend->K;
  g_autofree double *c = g_new0 (double, (gsize)K *K);

  w->t = g_new0 (double, K);
  w->years = g_new0 (double, K);
  w->delta = g_new0 (double, K);
  for (guint j = 0; j < K; j++) {
    g_auto (PathPoint) path = { 0 };

    if (trend->t[j] <= target->baseline_t + SAME_TIME || !isfinite (trend->p[j]))
      continue;
    path_at (target, trend, trend->t[j], &path);
    for (guint i = 0; i < K; i++)
      c[w->k * K + i] = -path.g[i];
    c[w->k * K + j] += 1;
    w->t[w->k] = trend->t[j];
    w->years[w->k] = trend->t[j] - target->baseline_t;
    w->delta[w->k++] = (target->good_is_up ? -1 : 1) * (trend->p[j] - path.value);
  }
  waves_covariance (w, trend, c);
  waves_line (w);
  waves_small (w, look, c);
}

static void
measure_drift (Station *st)
{
  const StationWaves *w = &st->waves;
  Deviation d = { .df = w->df };
  double variance = 0;

  if (w->k == 0 || !isfinite (st->now.delta) || !isfinite (st->now.se))
    return;
  for (guint i = 0; i < w->k; i++) {
    d.delta += w->line[i] * w->delta[i];
    for (guint j = 0; j < w->k; j++) {
      variance += w->line[i] * w->line[j] * w->sampling[i * w->k + j];
      d.load += w->line[i] * w->line[j] * w->load[i * w->k + j];
    }
  }
  d.se = st->now.se > 0 && variance > 0 ? sqrt (variance) : 0;
  st->drift = d;
}

static void
measure_deadline (Station *st, const Look *look)
{
  const JudgeTarget *target = look->target;
  const Trend *trend = look->trend;
  guint k = look->k;
  g_auto (PathPoint) path = { 0 };
  g_autofree double *c = g_new0 (double, trend->K);

  path_at (target, trend, target->deadline_t, &path);
  st->row.target_value = 100 * path.value;
  st->facts.deadline_come = trend->t[k] >= target->deadline_t - SAME_TIME;
  if (st->facts.deadline_come) { /* nothing is left to project */
    st->end = st->now;
    c[k] = 1;
    st->projected = deviation_of (look, c, trend->p[k], FALSE);
    return;
  }
  if (!trend_line_weights (trend, target->trend_from_t, FALSE, target->deadline_t, c))
    return;
  st->projected = deviation_of (look, c, trend_contrast (trend, c, 0).value, FALSE);
  for (guint j = 0; j < trend->K; j++)
    c[j] -= path.g[j];
  st->end = deviation_of (look, c, st->projected.delta - path.value, target->good_is_up);
}

/* The slope beyond what the path allows in the bad direction: for a growth cut, beyond the baseline's own growth. */
static void
measure_slope (Station *st, const Look *look)
{
  const JudgeTarget *target = look->target;
  const Trend *trend = look->trend;
  g_autofree double *c = g_new0 (double, trend->K);
  double bad = target->good_is_up ? -1 : 1, allowed = 0;
  Contrast slope;

  if (!trend_line_weights (trend, target->trend_from_t, TRUE, trend->t[0], c))
    return;
  slope = trend_contrast (trend, c, 0);
  st->row.slope = 100 * slope.value;
  st->row.slope_se = 100 * slope.se;
  slope = small_contrast (look->panel, look->weights, trend, c);
  contrast_interval (&slope, &st->row.slope_low95, &st->row.slope_high95);
  st->row.slope_low95 *= 100;
  st->row.slope_high95 *= 100;
  if (target->kind == JUDGE_GROWTH_CUT && !st->facts.flat_path) {
    int from = trend_wave (trend, target->growth_from_t), base = trend_wave (trend, target->baseline_t);
    double years = target->baseline_t - target->growth_from_t;

    if (from >= 0 && base >= 0) {
      c[base] -= 1 / years;
      c[from] += 1 / years;
    }
    slope = trend_contrast (trend, c, 0);
  } else {
    allowed = MAX (0, bad * (st->row.target_value - st->row.baseline_value) / 100
                          / (target->deadline_t - target->baseline_t));
  }
  st->slope = deviation_of (look, c, slope.value - bad * allowed, target->good_is_up);
}

static void
measure_level (Station *st, const Look *look)
{
  const Trend *trend = look->trend;
  guint k = look->k;
  JudgeRow *row = &st->row;
  Contrast level = trend_level (trend, k);

  row->x = trend->x[k];
  row->n = trend->n[k];
  row->p = row->n > 0 ? 100 * (row->x / row->n) : NAN;
  row->p_std = 100 * level.value;
  row->se = 100 * level.se;
  small_level_interval (look->panel, look->weights, trend, k, &row->low95, &row->high95);
  row->low95 *= 100;
  row->high95 *= 100;
  row->reporting = trend->reporting[k];
  if (trend->lacking[k] == TREND_FEW_EVENTS)
    st->facts.few_events = TRUE;
  else if (trend->lacking[k] != TREND_COMPLETE)
    st->facts.lacking = g_intern_string (look->weights->stratum[trend->lacking[k]]); /* outlives the weights */
}

static void
measure_crude (Station *st, const Panel *panel, guint k)
{
  g_autofree double *x = g_new0 (double, MAX (panel->m, 1)), *n = g_new0 (double, MAX (panel->m, 1));
  Estimate crude;

  for (guint s = 0; s < panel->m; s++)
    for (guint l = 0; l < panel->L; l++) {
      x[s] += panel_x (panel, s, k, l);
      n[s] += panel_n (panel, s, k, l);
    }
  estimate_ratio (x, n, panel->m, &crude);
  st->row.p_low95 = 100 * crude.low;
  st->row.p_high95 = 100 * crude.high;
}

static void
measure_completeness (Station *st, const JudgeArea *area, guint k, const VerdictThresholds *th)
{
  const JudgeCompleteness *c = area->completeness != NULL ? &area->completeness[k] : NULL;

  st->complete = TRUE;
  if (c == NULL)
    return;
  st->facts.reporting = c->reporting;
  st->facts.expected = c->expected;
  st->facts.provisional = c->provisional;
  st->complete
      = !c->provisional && (c->expected == 0 || c->reporting * 100.0 >= th->completeness_min_pct * c->expected);
}

static void
measure_other_reading (Station *st, const JudgeTarget *target, const Trend *trend)
{
  JudgeTarget other = *target;
  g_auto (PathPoint) path = { 0 };

  other.geometric = !target->geometric;
  path_at (&other, trend, target->deadline_t, &path);
  st->row.other_target = 100 * path.value;
}

static void
measure_against_path (Station *st, const Look *look)
{
  const JudgeTarget *target = look->target;
  const Trend *trend = look->trend;
  guint k = look->k;
  int base = trend_wave (trend, target->baseline_t);

  st->row.baseline_value = 100 * path_baseline (target, trend);
  st->row.baseline_given = isfinite (target->baseline_pct);
  st->facts.has_baseline = isfinite (st->row.baseline_value);
  st->facts.before_baseline = trend->t[k] <= target->baseline_t + SAME_TIME;
  st->facts.paired = trend->reporting[k];
  if (!st->row.baseline_given && base >= 0)
    st->facts.paired = trend->paired[(guint)base * trend->K + k];
  if (!st->facts.before_baseline) {
    measure_deviation (st, look);
    measure_waves (st, look);
    measure_drift (st);
    measure_deadline (st, look);
    if (target->kind == JUDGE_GROWTH_CUT)
      measure_other_reading (st, target, trend);
  }
  measure_slope (st, look);
}

/* --- what does not need the other areas
 * ------------------------------------------------------------------------------- */

void
station_clear (Station *st)
{
  g_free (st->waves.t);
  g_free (st->waves.years);
  g_free (st->waves.delta);
  g_free (st->waves.sampling);
  g_free (st->waves.load);
  g_free (st->waves.line);
}

static const Deviation no_deviation = { NAN, NAN, NAN, NAN, 0 };

static void
station_init (Station *st, double t)
{
  *st = (Station){
    .now = no_deviation, .drift = no_deviation, .end = no_deviation, .slope = no_deviation, .projected = no_deviation
  };
  st->row = (JudgeRow){ .t = t,
                        .wave = G_MAXUINT,
                        .p = NAN,
                        .p_low95 = NAN,
                        .p_high95 = NAN,
                        .p_std = NAN,
                        .se = NAN,
                        .low95 = NAN,
                        .high95 = NAN,
                        .slope = NAN,
                        .slope_se = NAN,
                        .slope_low95 = NAN,
                        .slope_high95 = NAN,
                        .deviation = NAN,
                        .deviation_se = NAN,
                        .deviation_low95 = NAN,
                        .deviation_high95 = NAN,
                        .projected = NAN,
                        .projected_low95 = NAN,
                        .projected_high95 = NAN,
                        .baseline_value = NAN,
                        .path_now = NAN,
                        .target_value = NAN,
                        .other_target = NAN,
                        .tau = NAN,
                        .p_value = NAN,
                        .q_value = NAN,
                        .alpha = NAN,
                        .level = NAN,
                        .probability_met = NAN };
}

void
station_measure (Station *st, const JudgeSeries *series, const StrataWeights *weights, const JudgeArea *area, double t,
                 const VerdictThresholds *thresholds)
{
  g_autoptr (Trend) trend = NULL;
  guint waves = 0;
  Look look;

  station_init (st, t);
  st->facts.silent = TRUE;
  while (waves < area->panel->K && area->panel->t[waves] <= t + SAME_TIME)
    waves++;
  if (waves == 0)
    return;
  trend = trend_new (area->panel, weights, waves, thresholds->min_events);
  for (guint k = 0; k < waves; k++)
    st->row.waves += isfinite (trend->p[k]);
  st->row.schools = trend->seen;
  measure_completeness (st, area, waves - 1, thresholds);
  if (trend->t[waves - 1] < t - SAME_TIME || !(trend->n[waves - 1] > 0))
    return;
  st->facts.silent = FALSE;
  st->row.wave = waves - 1;
  look = (Look){ &series->target, area->panel, weights, trend, waves - 1 };
  measure_level (st, &look);
  measure_crude (st, area->panel, waves - 1);
  measure_against_path (st, &look);
}

/* --- once the city is known
 * ------------------------------------------------------------------------------------------- */

/* P(deviation <= 0). Where nothing varies, it is known only once nothing is left to come. */
static double
probability_good (const Deviation *d, double tau2, gboolean over)
{
  double se = drift_se (d, tau2);

  if (!isfinite (d->delta) || !isfinite (se) || !(se > 0 || over))
    return NAN;
  return se > 0 ? student_upper (d->delta / se, drift_df (d, tau2)) : d->delta <= 0;
}

static void
interval (double value, double se, double df, double *low, double *high)
{
  double half = student_quantile (0.5 + CONFIDENCE / 2, df) * se;

  *low = isfinite (half) ? 100 * (value - half) : NAN;
  *high = isfinite (half) ? 100 * (value + half) : NAN;
}

static void
conclude_numbers (Station *st, double tau2)
{
  JudgeRow *row = &st->row;

  row->deviation = 100 * st->now.delta;
  interval (st->now.delta, drift_se (&st->now, tau2), drift_df (&st->now, tau2), &row->deviation_low95,
            &row->deviation_high95);
  row->projected = 100 * st->projected.delta;
  interval (st->projected.delta, drift_se (&st->projected, tau2), drift_df (&st->projected, tau2),
            &row->projected_low95, &row->projected_high95);
  if (!isfinite (row->probability_met) || !isfinite (st->end.delta))
    row->probability_met = probability_good (&st->end, tau2, st->facts.deadline_come);
  row->tau = 100 * sqrt (tau2);
}

void
station_conclude (Station *st, const JudgeTarget *target, double tau2, const VerdictThresholds *thresholds)
{
  JudgeRow *row = &st->row;
  SampleFacts *f = &st->facts;

  conclude_numbers (st, tau2);
  f->good_is_up = target->good_is_up;
  f->waves = row->waves;
  f->value = row->p_std;
  f->path = row->path_now;
  f->target = row->target_value;
  f->low = row->low95;
  f->high = row->high95;
  f->deviation = row->deviation;
  f->deviation_low = row->deviation_low95;
  f->deviation_high = row->deviation_high95;
  f->probability_met = row->probability_met;
  f->p_value = row->p_value;
  f->alpha = row->alpha;
  f->slope = row->slope;
  f->slope_low = row->slope_low95;
  f->slope_high = row->slope_high95;
  f->slope_p = probability_good (&st->slope, tau2, FALSE);
  if (!isfinite (f->slope_p))
    f->slope_p = 1;
  row->level = verdict_level (f, thresholds);
  verdict_sample (f, thresholds, &row->verdict);
  row->official_class = official_class (row->baseline_value, row->p_std, row->target_value, target->baseline_t, row->t,
                                        target->deadline_t, target->good_is_up, thresholds, NULL);
}
