/* include/measure/outlook.h: P(meet): how likely a district's slope keeps it on the good side of its target. */
#pragma once

#include "measure/tau.h"

#define OUTLOOK_SLOPES 9
/* The share of streams that drift off for a reason of their own, and how far a year (standard deviation). */
#define OUTLOOK_DRIFTING_SHARE 0.05
#define OUTLOOK_DRIFTING_SLOPE 0.02
/* What does not count: a grid point's weight beside the largest; a stream's probability of drifting. */
#define OUTLOOK_NEGLIGIBLE 1e-4
#define OUTLOOK_DRIFTING_LEAST 0.01

/* What is known, for each indicator, of the shocks tau2 and of how far districts' slopes spread about their paths:
   weights on a grid. */
typedef struct {
  guint n_series;
  double tau2[TAU_GRID];
  double slope2[OUTLOOK_SLOPES]; /* variance of slopes beyond the path, (fraction a year)^2 */
  double *weight;                /* n_series x TAU_GRID x OUTLOOK_SLOPES; NULL: too few streams to learn from */
} Outlook;

/**
 * outlook_learn: joint posterior of both, from the streams' multivariate t likelihoods. A stream that says little (one
 * wave, few schools) cannot tell a slope from a shock; what the other districts do then says how far to believe it
 * (empirical Bayes: Efron and Morris 1975). Slopes have heavy tails: one in twenty spreads 2 points a year more.
 */
void outlook_learn (const TauStream streams[], guint n, guint n_series, Outlook *out);
void outlook_clear (Outlook *outlook);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outlook, outlook_clear)

/* outlook_probability: P (slope beyond the path <= 0) of @stream, averaged over what is known; NAN where it has no
   form. */
double outlook_probability (const Outlook *outlook, const TauStream *stream);
