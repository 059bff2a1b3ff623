/* include/measure/trend.h: the standardised rate of one indicator in one area over its waves, with their joint
   covariance. Everything else is a contrast of it. Fractions and fractions a year throughout. */
#pragma once

#include "measure/weights.h"

/* What a wave lacks, besides an index into the weights. */
#define TREND_COMPLETE G_MAXUINT
#define TREND_FEW_EVENTS (G_MAXUINT - 1)

typedef struct {
  guint K;   /* waves up to the look */
  double *t; /* years */
  double *x; /* cases, all strata */
  double *n; /* examined, all strata */
  double *p; /* standardised rate; NAN where the wave lacks something */
  guint
      *lacking;  /* TREND_COMPLETE, TREND_FEW_EVENTS, or the index in the weights of the first stratum without pupils */
  double *V;     /* K x K covariance of p, row-major; rows of unknown waves are NAN */
  guint seen;    /* schools with n > 0 in some wave, in whatever stratum */
  guint schools; /* that enter: n > 0 in some wave with a rate, in a stratum with weight */
  guint groups;  /* connected groups of schools and strata */
  double df;     /* schools - groups */
  guint *reporting; /* schools with n > 0 in wave k */
  guint *paired;    /* K x K: schools with n > 0 in both waves */
  double *numbers;  /* where all of the above lies, and how much room there is */
  guint *counts;
  gsize room_numbers, room_counts;
} Trend;

/**
 * trend_new:
 * @panel: one area, one indicator; borrowed
 * @weights: shares of the strata, matched by name; strata of the panel without weight do not enter
 * @waves: how many of the panel's waves, from the first; 0 all
 * @min_events: fewer cases than this in a wave: no standardised rate (where strata are several); 0 never
 *
 *     p_lk = sum_s x_slk / sum_s n_slk,  p_k = sum_l W_l p_lk,  z_sk = sum_l W_l (x_slk - p_lk n_slk) / sum_s n_slk
 *     V = sum_g m_g / (m_g - 1) sum_{s in g} z_s z_s'
 *
 * with the groups g the connected components of schools and strata. A school is one cluster: its strata are added
 * before the product. A group of one school adds nothing to V and nothing to df.
 *
 * Returns: never NULL; whatever cannot be computed is NAN and has its reason in the counts.
 */
Trend *trend_new (const Panel *panel, const StrataWeights *weights, guint waves, double min_events);
/* trend_renew: the same in place of @trend, whose memory it uses again; NULL: a new one. */
Trend *trend_renew (Trend *trend, const Panel *panel, const StrataWeights *weights, guint waves, double min_events);
void trend_free (Trend *trend);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Trend, trend_free)

/* A linear combination of the waves: value and standard error, NAN where a wave that enters is unknown, and the se also
   below 1 degree of freedom. */
typedef struct {
  double value;
  double se;
  double df;
} Contrast;

/* trend_contrast: sum_k c[k] p_k + constant, se sqrt(c'Vc). */
Contrast trend_contrast (const Trend *trend, const double c[], double constant);
/* contrast_covariance: c'Vd. */
double trend_covariance (const Trend *trend, const double c[], const double d[]);
/* contrast_interval: value ± t se at 95 %; NAN where se is. */
void contrast_interval (const Contrast *contrast, double *low, double *high);

Contrast trend_level (const Trend *trend, guint k);
/* trend_level_interval: logit-t with the standard error and df of @level, which is the wave's; Clopper-Pearson on the
   crude counts where the rate is 0 or 1; NAN below 5 schools. */
void trend_level_interval (const Trend *trend, guint k, const Contrast *level, double *low, double *high);
Contrast trend_change (const Trend *trend, guint from, guint to);
/* trend_slope: least squares over the known waves from time @from on (-INFINITY: all); NAN below 2. */
Contrast trend_slope (const Trend *trend, double from);
/* trend_projection: the same line at time @at. */
Contrast trend_projection (const Trend *trend, double from, double at);
/* trend_line_weights: the c of that line: its slope, or its value at @at; FALSE below 2 known waves. */
gboolean trend_line_weights (const Trend *trend, double from, gboolean slope, double at, double c[]);
/* trend_wave: index of the wave at time @t (within 1e-9), -1 where there is none. */
int trend_wave (const Trend *trend, double t);
