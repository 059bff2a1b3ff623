#include "measure/estimate.h"
#include "measure/distribution.h"
#include "measure/small.h"
#include <math.h>

#define CONFIDENCE 0.95
/* Below this the schools do not vary: what is left is rounding, not a standard error. */
#define SE_NOTHING 1e-12

/* The lower root is a product over the upper one, so that neither is a difference of nearly equal numbers. */
void
interval_wilson (double x, double n, double confidence, double *low, double *high)
{
  double z = normal_quantile (0.5 + confidence / 2), z2 = z * z, p = x / n;
  double up = (x + z2 / 2 + z * sqrt (z2 / 4 + x * (1 - p))) / (n + z2);

  *low = p * p * n / (n + z2) / up;
  *high = x < n ? up : 1;
}

void
interval_exact (double x, double n, double confidence, double *low, double *high)
{
  double tail = (1 - confidence) / 2;

  if (x <= 0)
    *low = 0;
  else
    *low = x >= n ? exp (log (tail) / n) : beta_quantile (tail, x, n - x + 1);
  if (x >= n)
    *high = 1;
  else
    *high = x <= 0 ? -expm1 (log (tail) / n) : beta_upper_quantile (tail, x + 1, n - x);
}

static double
expit (double v)
{
  return v < 0 ? exp (v) / (1 + exp (v)) : 1 / (1 + exp (-v));
}

void
interval_logit_t (double p, double se, double df, double confidence, double *low, double *high)
{
  double centre, half;

  *low = *high = NAN;
  if (!(p > 0 && p < 1 && df > 0) || !isfinite (se))
    return;
  centre = log (p) - log1p (-p);
  half = student_quantile (0.5 + confidence / 2, df) * se / (p * (1 - p));
  *low = expit (centre - half);
  *high = expit (centre + half);
}

static void
estimate_interval (Estimate *e, const double x[], const double n[], guint m)
{
  e->low = e->high = NAN;
  e->method = INTERVAL_NONE;
  if (!(e->n > 0))
    return;
  if (e->x <= 0 || e->x >= e->n) {
    e->method = INTERVAL_EXACT;
    interval_exact (e->x, e->n, CONFIDENCE, &e->low, &e->high);
  } else if (e->schools == 1 || (e->schools >= ESTIMATE_MIN_SCHOOLS && !(e->se > SE_NOTHING))) {
    e->method = INTERVAL_WILSON;
    interval_wilson (e->x, e->n, CONFIDENCE, &e->low, &e->high);
  } else if (e->schools >= ESTIMATE_MIN_SCHOOLS) {
    SmallSample small = small_ratio (x, n, m);

    e->method = INTERVAL_LOGIT_T;
    interval_logit_t (e->p, e->se * sqrt (small.ratio), small.df, CONFIDENCE, &e->low, &e->high);
  }
}

void
estimate_ratio (const double x[], const double n[], guint m, Estimate *out)
{
  long double sum_x = 0, sum_n = 0, ss = 0;

  *out = (Estimate){ .p = NAN, .se = NAN, .df = NAN };
  for (guint s = 0; s < m; s++) {
    sum_x += x[s];
    sum_n += n[s];
    out->schools += n[s] > 0;
  }
  out->x = (double)sum_x;
  out->n = (double)sum_n;
  if (out->n > 0) {
    out->p = (double)(sum_x / sum_n);
    out->df = out->schools - 1.0;
    for (guint s = 0; s < m; s++) {
      long double z = (x[s] - sum_x / sum_n * n[s]) / sum_n;

      ss += z * z;
    }
    if (out->schools > 1)
      out->se = (double)sqrtl (ss * out->schools / (out->schools - 1));
  }
  estimate_interval (out, x, n, m);
}

void
estimate_share (double x, double n, Estimate *out)
{
  estimate_ratio (&x, &n, 1, out);
}
