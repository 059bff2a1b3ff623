/* include/measure/small.h: what a few clusters of unequal size do to a standard error, and to its degrees of freedom.
 */
#pragma once

#include "measure/trend.h"

typedef struct {
  double ratio; /* by which the plain variance c'Vc is too small, as a factor */
  double df;    /* at most the plain ones */
} SmallSample;

/**
 * small_sample: for the contrast sum_k c[k] p_k of @trend, made from @panel with @weights
 *
 * Residuals z_s of schools are turned into unbiased squares (CR2; Bell and McCaffrey 2002; Pustejovsky and Tipton 2018)
 * under the working model that schools' rates vary alike whatever their size, independently in each wave. The degrees
 * of freedom are the harmonic mean of the plain ones and those that match the sum's mean and variance
 * (Satterthwaite). Shares of pupils are averaged over the
 * waves by c[k]^2. With schools of one size this is m / (m - 1) and m - 1 again: ratio 1, df as they were.
 *
 * Where nothing varies, or there is no degree of freedom: ratio 1 and the trend's df.
 */
SmallSample small_sample (const Panel *panel, const StrataWeights *weights, const Trend *trend, const double c[]);

/* small_ratio: the same for sum x / sum n of @m schools in one wave, where (m - 1) df and m / (m - 1) were taken. */
SmallSample small_ratio (const double x[], const double n[], guint m);

/* small_contrast: trend_contrast() with the standard error and df mended. */
Contrast small_contrast (const Panel *panel, const StrataWeights *weights, const Trend *trend, const double c[]);

/* small_line: the least-squares line over all known waves: its slope, or its value at @at. */
Contrast small_line (const Panel *panel, const StrataWeights *weights, const Trend *trend, gboolean slope, double at);

/* small_level_interval: the 95 % interval of the level in wave @k: trend_level_interval() with them mended. */
void small_level_interval (const Panel *panel, const StrataWeights *weights, const Trend *trend, guint k, double *low,
                           double *high);
