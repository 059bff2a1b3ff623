/* include/measure/distribution.h: tails and quantiles from GSL, each result checked: NAN, never an abort, where there
 * is none. */
#pragma once

#include <glib.h>

/* student_upper: P(T > t) on df > 0 degrees of freedom. */
double student_upper (double t, double df);
/* student_quantile: the t below which T lies with probability p, 0 < p < 1. */
double student_quantile (double p, double df);
/* normal_quantile: the z below which a standard normal lies with probability p, 0 < p < 1. */
double normal_quantile (double p);
/* beta_quantile: the x below which Beta(a, b) lies with probability @tail; beta_upper_quantile: above which. @tail at
   most one half; a and b > 0. */
double beta_quantile (double tail, double a, double b);
double beta_upper_quantile (double tail, double a, double b);
