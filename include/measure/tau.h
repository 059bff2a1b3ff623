/* include/measure/tau.h: how much districts differ from wave to wave beyond what sampling explains. */
#pragma once

#include "measure/stream.h"

#define TAU_GRID 48
/* Fewer districts x indicators say nothing about how they differ: tau is then taken as 0. */
#define TAU_MIN_STREAMS 5

/* What is known of tau2, the variance of a district's own shock in one wave, for each indicator: weights on a grid. */
typedef struct {
  guint n_series;
  double tau2[TAU_GRID]; /* rising, from 0 */
  double *weight;        /* n_series x TAU_GRID; each row sums to 1 */
} TauPosterior;

/**
 * tau_posterior: hierarchical, so that indicators lend each other strength and yet may differ.
 *
 * Likelihood of a stream, at each tau2: multivariate t on its df with scale sampling + tau2 x load, mixed (one in ten)
 * with the same plus (2 points a year)^2 x years years', so that a district that really drifts does not pass for noise
 * and hide itself and others. Prior: log tau of each indicator normal about a common mean with standard deviation 0.2,
 * the mean flat over the grid. Streams whose covariance is not positive definite do not enter; without any, all weight
 * is on the lowest points.
 */
void tau_posterior (const TauStream streams[], guint n, guint n_series, TauPosterior *out);
void tau_posterior_clear (TauPosterior *posterior);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TauPosterior, tau_posterior_clear)

/* tau_mean: posterior mean of tau2 of indicator @series. */
double tau_mean (const TauPosterior *posterior, guint series);

/* tau_grid: TAU_GRID values of tau2 in the scale of the streams' standard errors, rising from 0. */
void tau_grid (const TauStream streams[], guint n, double tau2[]);

/* tau_hierarchy: posterior @weight (n_series x TAU_GRID) from each indicator's log likelihood on the grid, with the
   prior that the others inform. */
void tau_hierarchy (const double log_likelihood[], guint n_series, const double tau2[], double weight[]);

/* tau_weights: turns @n logarithms into weights that sum to 1, in place; returns the logarithm of their mean. */
double tau_weights (double log_weight[], guint n);
