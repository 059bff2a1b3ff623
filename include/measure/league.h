/* include/measure/league.h: districts beside each other, drawn towards their mean as far as chance explains how they
   differ, so that nobody ranks noise. */
#pragma once

#include <glib.h>

/* Fewer districts show no spread to draw them by. */
#define LEAGUE_MIN_DISTRICTS 3

typedef struct {
  double share;           /* tau2 / (tau2 + se^2): what is left of its distance from the mean */
  double value;           /* drawn towards the mean */
  double se;              /* of it, the mean's included */
  double rank;            /* expected place, 1 to n; 1 is the lowest value */
  double lowest, highest; /* probability that its true value is the lowest, the highest, of all */
} LeagueRow;

typedef struct {
  guint n;
  double mean;
  double mean_se;
  double tau2; /* variance between districts beyond sampling (DerSimonian and Laird 1986) */
  LeagueRow *row;
} League;

/**
 * league_of:
 * @y, @se: @n districts' values and standard errors; finite, se > 0
 *
 * tau2 = max (0, Q - (n - 1)) / (sum w - sum w^2 / sum w), w = 1 / se^2; value = share y + (1 - share) mean,
 * se^2 = share se^2 + (1 - share)^2 mean_se^2: metafor's blup(). Ranks and probabilities come from the joint
 * distribution of the true values given mean and data, by quadrature over the mean and over the value: no random
 * numbers. With tau2 = 0 nothing tells them apart: each is the lowest with probability 1 / n.
 *
 * Returns: FALSE below LEAGUE_MIN_DISTRICTS, or where an entry is not as said; free with league_clear().
 */
gboolean league_of (const double y[], const double se[], guint n, League *out);
void league_clear (League *league);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (League, league_clear)
