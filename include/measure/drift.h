/* include/measure/drift.h: does a district leave its path? Deviations of all districts at one moment, the variance
   between districts that sampling does not explain, one-sided p, and q to order them. */
#pragma once

#include <glib.h>

/* One district's deviation from its path at one look; bad is positive. Any unit, the same for all. */
typedef struct {
  double delta;
  double se;     /* sampling */
  double df;     /* of se */
  double load;   /* sum of the squared weights of the waves in delta: what a wave's own shock adds is load x tau2 */
  double centre; /* what the whole city has in common at this look: drift_centre() of the districts, or 0 */
} Deviation;

/* drift_centre: median of the finite deltas; 0 where there are fewer than DRIFT_MIN_DISTRICTS. */
#define DRIFT_MIN_DISTRICTS 5
double drift_centre (const double delta[], guint n);

/**
 * drift_tau2: variance of a district's shock in one wave: the value at which the median of
 * |delta - centre| / sqrt(se^2 + load tau2) equals that of a normal sample (0.6745). 0 where it is below already, or
 * where fewer than DRIFT_MIN_DISTRICTS deviations have a standard error.
 */
double drift_tau2 (const Deviation deviations[], guint n);

/* drift_p: one-sided p of (delta - centre) / sqrt(se^2 + load tau2) on min(df, @df_cap); NAN where there is no se, or
   no variance at all. */
double drift_p (const Deviation *deviation, double tau2, double df_cap);

/* drift_fdr: Benjamini-Hochberg q of the finite p among @n; NAN stays NAN. */
void drift_fdr (const double p[], guint n, double q[]);
