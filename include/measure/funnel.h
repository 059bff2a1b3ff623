/* include/measure/funnel.h: schools of one kind beside each other: which of them stand out by more than their sizes,
   and what schools differ by anyhow, explain. */
#pragma once

#include <glib.h>

/* Fewer schools show no spread that limits could be drawn from. */
#define FUNNEL_MIN_SCHOOLS 5

typedef struct {
  guint schools;
  double target;     /* sum x / sum n */
  double dispersion; /* phi: mean square of the winsorised z */
  double tau2;       /* variance between schools beyond sampling, on the arcsine scale */
} Funnel;

/**
 * funnel_of:
 * @x, @n: cases and examined of @m schools, 0 <= x <= n, n > 0
 *
 * Y = asin (sqrt (x / n)), s = 1 / (2 sqrt (n)), z = (Y - asin (sqrt (target))) / s; z winsorised at its 10th and 90th
 * percentiles; phi the mean of their squares; tau2 = max (0, m phi - (m - 1)) / (sum w - sum w^2 / sum w), w = 1 / s^2
 * (Spiegelhalter 2005, additive overdispersion).
 *
 * Returns: FALSE below FUNNEL_MIN_SCHOOLS schools.
 */
gboolean funnel_of (const double x[], const double n[], guint m, Funnel *out);

/* funnel_z: how many adjusted standard deviations a school with @x of @n stands above the target. */
double funnel_z (const Funnel *funnel, double x, double n);

/* funnel_limits: between which rates a school of @n pupils lies with normal quantile @z, were it like the others. */
void funnel_limits (const Funnel *funnel, double n, double z, double *low, double *high);
