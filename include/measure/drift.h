/* include/measure/drift.h: does a district leave its path? Deviations of all districts and indicators at one moment,
   the variance between districts that sampling does not explain, one-sided p against a budget of false alarms, q to
   order them. */
#pragma once

#include <glib.h>

/* One district's deviation at one look; bad is positive. Any unit, the same for all. */
typedef struct {
  double delta;
  double se;
  double df;
} Deviation;

/**
 * drift_tau2: the between-district variance at which the median of |delta - centre| / sqrt(se^2 + tau^2) equals that of
 * a normal sample (0.6745); 0 where it is already below, or where fewer than 4 deviations are finite.
 * @centre: one per deviation, for example the median of its look
 */
double drift_tau2 (const Deviation deviations[], const double centre[], guint n);

/* drift_centre: median of the finite deltas; 0 where there is none. */
double drift_centre (const Deviation deviations[], guint n);

/* drift_p: one-sided p of (delta - centre) / sqrt(se^2 + tau2) on min(df, 25); NAN where delta or se is. */
double drift_p (const Deviation *deviation, double centre, double tau2);

/* drift_fdr: Benjamini-Hochberg q of the finite p among @n; NAN stays NAN. */
void drift_fdr (const double p[], guint n, double q[]);
