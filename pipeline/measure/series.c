#include "series.h"

#include "base/error.h"

#include <math.h>

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

GArray *
series_times (const JudgeSeries *series)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  guint kept = 0;

  for (guint a = 0; a < series->n_areas; a++)
    g_array_append_vals (times, series->areas[a].panel->t, series->areas[a].panel->K);
  g_array_sort (times, compare_doubles);
  for (guint i = 0; i < times->len; i++) {
    double t = g_array_index (times, double, i);

    if (kept == 0 || t > g_array_index (times, double, kept - 1) + SAME_TIME)
      g_array_index (times, double, kept++) = t;
  }
  g_array_set_size (times, kept);
  return times;
}

static gboolean
series_refuse (const JudgeTarget *target, GError **error, const char *what, double value)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot judge indicator %s: %s (%g)", target->indicator, what,
               value);
  return FALSE;
}

gboolean
series_check (const JudgeSeries *series, GError **error)
{
  const JudgeTarget *target = &series->target;

  if (!isfinite (target->value))
    return series_refuse (target, error, "the target's value is not a finite number", target->value);
  if (!(target->deadline_t > target->baseline_t) || !isfinite (target->deadline_t - target->baseline_t))
    return series_refuse (target, error, "the deadline must lie after the baseline", target->deadline_t);
  if (target->kind == JUDGE_GROWTH_CUT && !(target->growth_from_t < target->baseline_t))
    return series_refuse (target, error, "the growth must start before the baseline", target->growth_from_t);
  if (target->kind == JUDGE_GROWTH_CUT && !(target->value >= 0 && target->value <= 100))
    return series_refuse (target, error, "the cut must lie from 0 to 100 percent", target->value);
  return TRUE;
}

StrataWeights *
series_weights (const JudgeSeries *series, GError **error)
{
  g_autofree const Panel **panels = g_new0 (const Panel *, MAX (series->n_areas, 1));
  guint n = 0;

  for (guint a = 0; a < series->n_areas; a++)
    if (!series->areas[a].is_city)
      panels[n++] = series->areas[a].panel;
  for (guint a = 0; a < series->n_areas && n == 0; a++)
    panels[n++] = series->areas[a].panel;
  return strata_weights_at (panels, n, series->target.baseline_t, error);
}
