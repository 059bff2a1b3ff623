/* include/measure/drift.h: does a district leave its path? What the city has in common, one-sided p, and q to order
 * them. */
#pragma once

#include "measure/tau.h"

/* A deviation from what was planned; bad is positive. Fractions. */
typedef struct {
  double delta;
  double se;     /* sampling */
  double df;     /* of se */
  double load;   /* a shock of variance tau2 in each wave adds load x tau2 */
  double centre; /* what the city has in common, 0 unless taken off */
} Deviation;

/* drift_se: with the shocks: sqrt(se^2 + load tau2). drift_df: degrees of freedom of that (Satterthwaite; shocks count
 * as known). */
double drift_se (const Deviation *d, double tau2);
double drift_df (const Deviation *d, double tau2);

/**
 * drift_centre: how far the districts have moved together: their median, drawn to 0 as far as chance explains it:
 * median x max(0, 1 - 4 var(median) / median^2), with the variance from their own spread.
 *
 * So a citywide shift is one alert for the city and not one for each district, and two or three districts that drift
 * don't pull the others off their path. 0 where fewer than DRIFT_MIN_DISTRICTS deltas are finite.
 */
#define DRIFT_MIN_DISTRICTS 5
double drift_centre (const double delta[], guint n);

/**
 * drift_p: one-sided p of (delta - centre) / sqrt(se^2 + load tau2), averaged over what is known of tau2 of indicator
 * @series, on min(Satterthwaite, @df_cap) degrees of freedom; NAN where there is no se, or no variance at all.
 */
double drift_p (const Deviation *deviation, const TauPosterior *tau, guint series, double df_cap);

/* drift_fdr: Benjamini-Hochberg q of the finite p among @n; NAN stays NAN. */
void drift_fdr (const double p[], guint n, double q[]);
