/* include/measure/judge.h: sampled indicators of a whole city against their targets: what measure and fit both call. */
#pragma once

#include "measure/path.h"
#include "measure/verdict.h"

/* Who reported in a wave; expected 0: unknown, counts as complete. */
typedef struct {
  guint reporting, expected;
  gboolean provisional;
} JudgeCompleteness;

typedef struct {
  const char *area;
  gboolean is_city;                      /* judged without centring, outside the districts' variance and weights */
  const Panel *panel;                    /* borrowed */
  const JudgeCompleteness *completeness; /* panel->K entries, or NULL: all complete */
} JudgeArea;

typedef struct {
  JudgeTarget target;
  const JudgeArea *areas;
  guint n_areas;
  const StrataWeights *weights; /* NULL: each stratum's share of n at the baseline, over all districts */
  GVariant **stations;          /* what the areas show, as it was kept: of the panels only the times are looked at then;
                                   where it is NULL yet, it is filled. NULL: nothing is kept */
} JudgeSeries;

/* One area at one look: a look is each time, from the second on, at which any area of the series has a wave. Percent,
 * points, points a year; NAN where not computable. */
typedef struct {
  guint series; /* index into the series given */
  guint area;   /* index into its areas */
  double t;
  guint wave;      /* index into the panel's waves */
  guint waves;     /* with a standardised value, up to the look */
  guint schools;   /* n > 0 in some wave up to the look */
  guint reporting; /* n > 0 in this wave */
  double x, n;     /* crude counts */
  double p;        /* crude */
  double p_low95, p_high95;
  double p_std, se, low95, high95;
  double slope, slope_se, slope_low95, slope_high95;
  double deviation, deviation_se;                      /* bad is positive; sampling alone */
  double deviation_low95, deviation_high95;            /* with tau */
  double projected, projected_low95, projected_high95; /* at the deadline; with tau */
  double baseline_value, path_now, target_value;
  gboolean baseline_given; /* by the catalogue, not estimated */
  double other_target;     /* growth_cut: the target value under the other reading (geometric or arithmetic) */
  double tau;              /* between-district standard deviation that entered */
  double p_value, q_value, alpha;
  double level; /* p below which it fires: alpha, less while reports come in */
  double probability_met;
  const char *official_class; /* NULL: none */
  Verdict verdict;
} JudgeRow;

/**
 * judge_run:
 * @series: all sampled indicators of the city together: they share the false-alarm budget, the q-values and what is
 * learnt of tau
 * @all_looks: every look of every area, each from the waves up to it alone; else each area's last of which enough
 * schools have reported to tell (completeness_tell_pct), or its last
 *
 * Rows are ordered by series, area, look. A look's figures do not depend on later waves.
 *
 * Returns: GArray of JudgeRow; NULL with PLUMB_ERROR_INPUT where a target makes no sense (deadline not after the
 * baseline, no district examined anybody at the baseline, negative growth cut).
 */
GArray *judge_run (const JudgeSeries series[], guint n_series, const VerdictThresholds *thresholds, gboolean all_looks,
                   GError **error);
