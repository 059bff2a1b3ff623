#include "measure/trend.h"
#include "measure/distribution.h"
#include "measure/estimate.h"
#include "measure/linear.h"
#include <math.h>
#include <string.h>

#define CONFIDENCE 0.95
/* Fractions: schools whose rates agree to this do not vary, and a zero standard error would make every deviation
 * certain. */
#define SE_NOTHING 1e-10

double
trend_covariance (const Trend *trend, const double c[], const double d[])
{
  double sum = 0;

  for (guint j = 0; j < trend->K; j++) {
    const double *V = trend->V + (gsize)j * trend->K;
    double row = 0;

    if (c[j] == 0)
      continue;
    for (guint k = 0; k < trend->K; k++)
      row += d[k] != 0 ? V[k] * d[k] : 0;
    sum += c[j] * row;
  }
  return sum;
}

Contrast
trend_contrast (const Trend *trend, const double c[], double constant)
{
  Contrast out = { constant, NAN, trend->df };
  double variance;

  for (guint k = 0; k < trend->K; k++)
    if (c[k] != 0)
      out.value += c[k] * trend->p[k];
  if (!isfinite (out.value))
    out.value = NAN;
  variance = trend_covariance (trend, c, c);
  if (trend->df > 0 && isfinite (variance) && isfinite (out.value))
    out.se = variance > SE_NOTHING * SE_NOTHING ? sqrt (variance) : 0;
  return out;
}

void
contrast_interval (const Contrast *contrast, double *low, double *high)
{
  double half = student_quantile (0.5 + CONFIDENCE / 2, contrast->df) * contrast->se;

  *low = contrast->value - half;
  *high = contrast->value + half;
  if (!isfinite (half))
    *low = *high = NAN;
}

static double *
no_weights (const Trend *trend)
{
  return g_new0 (double, MAX (trend->K, 1));
}

Contrast
trend_level (const Trend *trend, guint k)
{
  return trend_change (trend, k, k);
}

Contrast
trend_change (const Trend *trend, guint from, guint to)
{
  g_autofree double *c = no_weights (trend);

  if (from != to)
    c[from] = -1;
  c[to] = 1;
  return trend_contrast (trend, c, 0);
}

void
trend_level_interval (const Trend *trend, guint k, const Contrast *level, double *low, double *high)
{
  *low = *high = NAN;
  if (!isfinite (level->value))
    return;
  if (level->value <= 0 || level->value >= 1)
    interval_exact (trend->x[k], trend->n[k], CONFIDENCE, low, high);
  else if (trend->reporting[k] >= ESTIMATE_MIN_SCHOOLS && level->se > 0)
    interval_logit_t (level->value, level->se, level->df, CONFIDENCE, low, high);
  else if (trend->reporting[k] == 1 || level->se == 0)
    interval_wilson (level->value * trend->n[k], trend->n[k], CONFIDENCE, low, high);
}

static gboolean
wave_enters (const Trend *trend, guint k, double from)
{
  return isfinite (trend->p[k]) && trend->t[k] >= from - PANEL_SAME_TIME;
}

/* In place: the times that enter, side by side, become their weights; then each goes where its wave is, the last first.
 */
gboolean
trend_line_weights (const Trend *trend, double from, gboolean slope, double at, double c[])
{
  guint n = 0;

  for (guint k = 0; k < trend->K; k++)
    if (wave_enters (trend, k, from))
      c[n++] = trend->t[k];
  if (n < 2 || !linear_weights (c, n, slope, at, c, NULL)) {
    memset (c, 0, trend->K * sizeof (double));
    return FALSE;
  }
  for (guint k = trend->K; k-- > 0;)
    c[k] = wave_enters (trend, k, from) ? c[--n] : 0;
  return TRUE;
}

static Contrast
line_contrast (const Trend *trend, double from, gboolean slope, double at)
{
  g_autofree double *c = no_weights (trend);

  if (!trend_line_weights (trend, from, slope, at, c))
    return (Contrast){ NAN, NAN, trend->df };
  return trend_contrast (trend, c, 0);
}

Contrast
trend_slope (const Trend *trend, double from)
{
  return line_contrast (trend, from, TRUE, trend->K > 0 ? trend->t[0] : 0);
}

Contrast
trend_projection (const Trend *trend, double from, double at)
{
  return line_contrast (trend, from, FALSE, at);
}

int
trend_wave (const Trend *trend, double t)
{
  for (guint k = 0; k < trend->K; k++)
    if (fabs (trend->t[k] - t) <= PANEL_SAME_TIME)
      return (int)k;
  return -1;
}
