/* Verdicts on sampled indicators, which are judged together. */
#include "measure/targets.h"

#include "domain/period.h"

#include <math.h>
#include <string.h>

static JudgeTarget
judge_target (const Target *target)
{
  JudgeTarget out = {
    .indicator = target->indicator,
    .good_is_up = target->good_is_up,
    .value = target->value,
    .baseline_t = period_time_of (target->baseline_period),
    .deadline_t = period_time_of (target->deadline_period),
    .growth_from_t = period_time_of (target->growth_from),
    .geometric = strcmp (target->increment_basis, "geometric") == 0,
    .baseline_pct = NAN, /* a paired baseline from the same schools beats a published one for change */
    .trend_from_t = period_time_of (target->baseline_period),
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
      if (fabs (period_time_of (a->periods->pdata[period]) - panel->t[k]) < 1e-9) {
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
    if (fabs (period_time_of (a->periods->pdata[period]) - t) < 1e-9)
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
