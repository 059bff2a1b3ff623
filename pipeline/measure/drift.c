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

/* Variance of a normal sample's median: this times that of one value over their number. */
#define MEDIAN_VARIANCE 1.5707963267948966
/* Twice the standard error of the median and less is taken for chance. */
#define CENTRE_CHANCE 4.0

double
drift_centre (const double delta[], guint n)
{
  g_autofree double *work = g_new (double, MAX (n, 1));
  double median, spread, chance;
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (isfinite (delta[i]))
      work[kept++] = delta[i];
  if (kept < DRIFT_MIN_DISTRICTS)
    return 0;
  median = median_in_place (work, kept);
  for (guint i = 0; i < kept; i++)
    work[i] = fabs (work[i] - median);
  spread = median_in_place (work, kept) / NORMAL_MAD;
  chance = MEDIAN_VARIANCE * spread * spread / kept;
  return median != 0 ? median * MAX (0, 1 - CENTRE_CHANCE * chance / (median * median)) : 0;
}

double
drift_se (const Deviation *d, double tau2)
{
  return sqrt (d->se * d->se + d->load * tau2);
}

double
drift_df (const Deviation *d, double tau2)
{
  double part = d->se * d->se, all = part + d->load * tau2;

  return part > 0 ? d->df * (all / part) * (all / part) : d->df;
}

double
drift_p (const Deviation *d, const TauPosterior *tau, guint series, double df_cap)
{
  double p = 0;

  if (!isfinite (d->delta) || !isfinite (d->se) || !(d->df > 0) || !(d->load > 0))
    return NAN;
  for (guint g = 0; g < TAU_GRID; g++) {
    double weight = tau->weight[series * TAU_GRID + g], se = drift_se (d, tau->tau2[g]);

    if (weight < 1e-12)
      continue;
    if (!(se > 0))
      return NAN;
    p += weight * student_upper ((d->delta - d->centre) / se, MIN (drift_df (d, tau->tau2[g]), df_cap));
  }
  return MIN (p, 1);
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
