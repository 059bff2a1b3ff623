#include "measure/tendency.h"
#include "measure/distribution.h"
#include "measure/linear.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median_of (double sorted[], guint n)
{
  qsort (sorted, n, sizeof sorted[0], compare_doubles);
  return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

/* sum u (u - 1) (2u + 5) and sum u (u - 1) / 2 over the groups of equal values. */
static void
count_ties (const double y[], guint n, double *cubic, double *pairs)
{
  g_autofree double *sorted = g_memdup2 (y, n * sizeof y[0]);

  *cubic = *pairs = 0;
  qsort (sorted, n, sizeof sorted[0], compare_doubles);
  for (guint i = 0, end = 0; i < n; i = end) {
    double u;

    for (end = i + 1; end < n && sorted[end] == sorted[i];)
      end++;
    u = end - i;
    *cubic += u * (u - 1) * (2 * u + 5);
    *pairs += u * (u - 1) / 2;
  }
}

/* P(|S| >= s) where every order is as likely: the number of inversions is a sum of uniform ones on 0 .. m - 1. */
static double
exact_p (guint n, double s)
{
  guint pairs = n * (n - 1) / 2, from = (guint)((pairs + fabs (s)) / 2);
  g_autofree double *chance = g_new0 (double, pairs + 1), *next = g_new0 (double, pairs + 1);
  double tail = 0;

  chance[0] = 1;
  for (guint m = 2, top = 0; m <= n; m++) {
    double *swap = chance;

    for (guint q = 0; q <= top + m - 1; q++) {
      next[q] = 0;
      for (guint j = q > top ? q - top : 0; j < m && j <= q; j++)
        next[q] += chance[q - j] / m;
    }
    top += m - 1;
    chance = next;
    next = swap;
  }
  for (guint q = from; q <= pairs; q++)
    tail += chance[q];
  return fmin (1, 2 * tail);
}

static void
mann_kendall (const double y[], guint n, Tendency *out)
{
  double pairs = n * (n - 1.0) / 2, cubic, tied;

  out->s = 0;
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      out->s += (y[j] > y[i]) - (y[j] < y[i]);
  count_ties (y, n, &cubic, &tied);
  out->s_variance = (n * (n - 1.0) * (2.0 * n + 5) - cubic) / 18;
  if (tied == pairs)
    return;
  out->tau = out->s / sqrt (pairs * (pairs - tied));
  out->z = (out->s - ((out->s > 0) - (out->s < 0))) / sqrt (out->s_variance);
  out->exact = tied == 0 && n <= TENDENCY_EXACT_POINTS;
  out->p = out->exact ? exact_p (n, out->s) : 2 * gsl_cdf_ugaussian_Q (fabs (out->z));
}

static void
theil_sen (const double t[], const double y[], guint n, Tendency *out)
{
  guint pairs = n * (n - 1) / 2, at = 0;
  g_autofree double *slopes = g_new (double, pairs), *residual = g_new (double, n);
  double reach = normal_quantile (0.5 + CONFIDENCE / 2) * sqrt (out->s_variance);
  double low = nearbyint ((pairs - reach) / 2), high = nearbyint ((pairs + reach) / 2 + 1);

  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      slopes[at++] = (y[j] - y[i]) / (t[j] - t[i]);
  out->slope = median_of (slopes, pairs);
  if (low >= 1 && high <= pairs && out->s_variance > 0) {
    out->slope_low = slopes[(guint)low - 1];
    out->slope_high = slopes[(guint)high - 1];
  }
  for (guint i = 0; i < n; i++)
    residual[i] = y[i] - out->slope * t[i];
  out->intercept = median_of (residual, n);
}

static double
percent_of (double log_ratio)
{
  return 100 * expm1 (log_ratio);
}

static void
annual_change (const double t[], const double y[], guint n, Tendency *out)
{
  g_autofree double *design = g_new (double, 2 * (gsize)n), *log_y = g_new (double, n);
  g_auto (LinearFit) fit = { 0 };
  double half;

  for (guint i = 0; i < n; i++) {
    if (!(y[i] > 0))
      return;
    design[2 * i] = 1;
    design[2 * i + 1] = t[i] - t[0];
    log_y[i] = log (y[i]);
  }
  if (!linear_fit (design, log_y, n, 2, TRUE, &fit, NULL))
    return;
  out->change = percent_of (fit.coefficient[1]);
  if (n < 3)
    return;
  half = student_quantile (0.5 + CONFIDENCE / 2, n - 2) * fit.standard_error[1];
  out->change_low = percent_of (fit.coefficient[1] - half);
  out->change_high = percent_of (fit.coefficient[1] + half);
  if (fit.standard_error[1] > 0)
    out->change_p = 2 * student_upper (fabs (fit.coefficient[1] / fit.standard_error[1]), n - 2);
}

void
tendency_of (const double t[], const double y[], guint n, Tendency *out)
{
  *out = (Tendency){ .points = n,
                     .slope = NAN,
                     .slope_low = NAN,
                     .slope_high = NAN,
                     .intercept = NAN,
                     .s = NAN,
                     .s_variance = NAN,
                     .z = NAN,
                     .tau = NAN,
                     .p = NAN,
                     .change = NAN,
                     .change_low = NAN,
                     .change_high = NAN,
                     .change_p = NAN };
  if (n < 2)
    return;
  mann_kendall (y, n, out);
  theil_sen (t, y, n, out);
  annual_change (t, y, n, out);
}
