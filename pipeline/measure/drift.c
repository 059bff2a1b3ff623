#include "measure/drift.h"
#include "measure/distribution.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/* Median of |Z| for a standard normal Z. */
#define NORMAL_MAD 0.6744897501960817

static double
median_in_place (double v[], guint n)
{
  gsl_sort (v, 1, n);
  return gsl_stats_median_from_sorted_data (v, 1, n);
}

double
drift_centre (const double delta[], guint n)
{
  g_autofree double *finite = g_new (double, MAX (n, 1));
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (isfinite (delta[i]))
      finite[kept++] = delta[i];
  return kept >= DRIFT_MIN_DISTRICTS ? median_in_place (finite, kept) : 0;
}

static gboolean
usable (const Deviation *d)
{
  return isfinite (d->delta) && isfinite (d->se) && d->df > 0 && d->load > 0;
}

/* Falls as tau2 grows. */
static double
median_score (const Deviation deviations[], guint n, double tau2, double work[])
{
  guint kept = 0;

  for (guint i = 0; i < n; i++) {
    const Deviation *d = &deviations[i];
    double variance = d->se * d->se + d->load * tau2;

    if (usable (d) && variance > 0)
      work[kept++] = fabs (d->delta - d->centre) / sqrt (variance);
  }
  return kept > 0 ? median_in_place (work, kept) : 0;
}

double
drift_tau2 (const Deviation deviations[], guint n)
{
  g_autofree double *work = g_new (double, MAX (n, 1));
  double low = 0, high = 0;
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (usable (&deviations[i])) {
      double d = deviations[i].delta - deviations[i].centre;

      kept++;
      high = MAX (high, d * d / deviations[i].load / (NORMAL_MAD * NORMAL_MAD));
    }
  if (kept < DRIFT_MIN_DISTRICTS || median_score (deviations, n, 0, work) <= NORMAL_MAD)
    return 0;
  for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    double middle = 0.5 * (low + high);

    if (median_score (deviations, n, middle, work) > NORMAL_MAD)
      low = middle;
    else
      high = middle;
  }
  return 0.5 * (low + high);
}

double
drift_p (const Deviation *d, double tau2, double df_cap)
{
  double variance = d->se * d->se + d->load * tau2;

  if (!usable (d) || !(variance > 0))
    return NAN;
  return student_upper ((d->delta - d->centre) / sqrt (variance), MIN (d->df, df_cap));
}

void
drift_fdr (const double p[], guint n, double q[])
{
  g_autofree double *finite = g_new (double, MAX (n, 1));
  g_autofree gsize *place = g_new (gsize, MAX (n, 1)), *order = g_new (gsize, MAX (n, 1));
  guint kept = 0;
  double smallest = 1;

  for (guint i = 0; i < n; i++) {
    q[i] = NAN;
    if (isfinite (p[i])) {
      finite[kept] = p[i];
      place[kept++] = i;
    }
  }
  gsl_sort_index (order, finite, 1, kept);
  for (guint rank = kept; rank > 0; rank--) {
    smallest = MIN (smallest, finite[order[rank - 1]] * kept / rank);
    q[place[order[rank - 1]]] = smallest;
  }
}
