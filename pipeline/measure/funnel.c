#include "measure/funnel.h"
#include <math.h>
#include <stdlib.h>

#define WINSORISE 0.1

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Between the two nearest of @n sorted values, as R does by default. */
static double
quantile (const double sorted[], guint n, double share)
{
  double at = (n - 1) * share;
  guint i = (guint)at;

  return sorted[i] + (at - i) * (sorted[MIN (i + 1, n - 1)] - sorted[i]);
}

static double
angle (double rate)
{
  return asin (sqrt (rate));
}

static double
winsorised_square (double z[], guint m)
{
  double low, high, sum = 0;

  qsort (z, m, sizeof z[0], compare_doubles);
  low = quantile (z, m, WINSORISE);
  high = quantile (z, m, 1 - WINSORISE);
  for (guint s = 0; s < m; s++) {
    double bounded = fmin (fmax (z[s], low), high);

    sum += bounded * bounded;
  }
  return sum / m;
}

gboolean
funnel_of (const double x[], const double n[], guint m, Funnel *out)
{
  g_autofree double *z = g_new (double, m + 1);
  double cases = 0, weights = 0, squares = 0;

  if (m < FUNNEL_MIN_SCHOOLS)
    return FALSE;
  *out = (Funnel){ .schools = m };
  for (guint s = 0; s < m; s++) {
    double w = 4 * n[s];

    cases += x[s];
    weights += w;
    squares += w * w;
  }
  out->target = cases / (weights / 4);
  for (guint s = 0; s < m; s++)
    z[s] = 2 * sqrt (n[s]) * (angle (x[s] / n[s]) - angle (out->target));
  out->dispersion = winsorised_square (z, m);
  out->tau2 = fmax (0, m * out->dispersion - (m - 1)) / (weights - squares / weights);
  return TRUE;
}

static double
spread (const Funnel *funnel, double n)
{
  return sqrt (1 / (4 * n) + funnel->tau2);
}

double
funnel_z (const Funnel *funnel, double x, double n)
{
  return (angle (x / n) - angle (funnel->target)) / spread (funnel, n);
}

void
funnel_limits (const Funnel *funnel, double n, double z, double *low, double *high)
{
  double centre = angle (funnel->target), half = z * spread (funnel, n);

  *low = pow (sin (fmax (0, centre - half)), 2);
  *high = pow (sin (fmin (M_PI_2, centre + half)), 2);
}
