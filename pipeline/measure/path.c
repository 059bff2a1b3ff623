#include "measure/path.h"
#include <math.h>

double
path_growth (double from, double base, double years, double cut, gboolean geometric, double after)
{
  if (base <= from)
    return base;
  if (!geometric)
    return base + (1 - cut) * (base - from) / years * after;
  if (!(from > 0))
    return NAN;
  return base * pow (1 + (1 - cut) * (pow (base / from, 1 / years) - 1), after);
}

static double
wave_value (const Trend *trend, double t, int *wave)
{
  *wave = trend_wave (trend, t);
  return *wave >= 0 ? trend->p[*wave] : NAN;
}

double
path_baseline (const JudgeTarget *target, const Trend *trend)
{
  int wave;

  return isfinite (target->baseline_pct) ? target->baseline_pct / 100 : wave_value (trend, target->baseline_t, &wave);
}

/* @value, @d_base, @d_from: the path and its derivatives by the baseline and by the value at the start of its growth.
 */
static void
growth_point (const JudgeTarget *target, double from, double base, double after, PathPoint *out, double *d_base,
              double *d_from)
{
  double years = target->baseline_t - target->growth_from_t, keep = 1 - target->value / 100;

  out->value = path_growth (from, base, years, target->value / 100, target->geometric, after);
  out->flat = base <= from;
  *d_base = 1;
  *d_from = 0;
  if (out->flat || !isfinite (out->value))
    return;
  if (target->geometric) {
    double ratio = pow (base / from, 1 / years), q = 1 + keep * (ratio - 1);
    double by_rate = base * after * pow (q, after - 1) * keep * ratio / years;

    *d_base = pow (q, after) + by_rate / base;
    *d_from = -by_rate / from;
  } else {
    *d_base = 1 + keep * after / years;
    *d_from = -keep * after / years;
  }
}

void
path_at (const JudgeTarget *target, const Trend *trend, double t, PathPoint *out)
{
  double base = path_baseline (target, trend), span = target->deadline_t - target->baseline_t;
  double after = CLAMP (t - target->baseline_t, 0, span), done = after / span;
  double d_base = 1, d_from = 0, from = NAN;
  int base_wave = trend_wave (trend, target->baseline_t), from_wave = -1;

  out->g = g_new0 (double, MAX (trend->K, 1));
  out->flat = FALSE;
  switch (target->kind) {
  case JUDGE_LEVEL:
    out->value = (1 - done) * base + done * target->value / 100;
    d_base = 1 - done;
    break;
  case JUDGE_CHANGE:
    out->value = base + done * target->value / 100;
    break;
  case JUDGE_SLOPE:
    out->value = base + after * target->value / 100;
    break;
  case JUDGE_GROWTH_CUT:
    from = wave_value (trend, target->growth_from_t, &from_wave);
    out->value = NAN;
    if (isfinite (base) && isfinite (from))
      growth_point (target, from, base, after, out, &d_base, &d_from);
    break;
  default:
    g_assert_not_reached ();
  }
  if (!isfinite (target->baseline_pct) && base_wave >= 0)
    out->g[base_wave] += d_base;
  if (from_wave >= 0)
    out->g[from_wave] += d_from;
}

void
path_point_clear (PathPoint *point)
{
  g_clear_pointer (&point->g, g_free);
}
