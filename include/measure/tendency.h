/* include/measure/tendency.h: how a short series of values moves, told from the values alone: beside the trend, never
   in place of it. */
#pragma once

#include <glib.h>

/* Where there is none, numbers are NAN. */
typedef struct {
  guint points;
  double slope, slope_low, slope_high; /* Theil-Sen: median of the slopes of all pairs, and its 95 % interval */
  double intercept;                    /* median of y - slope t */
  double s;                            /* Mann-Kendall: rises less falls over all pairs */
  double s_variance;
  double z;   /* of the normal approximation, with continuity correction */
  double tau; /* Kendall's tau-b */
  double p;   /* two-sided */
  gboolean exact;
  double change, change_low, change_high, change_p; /* per cent a year, compounded (AAPC), its 95 % interval and p */
} Tendency;

/* Most points for which Mann-Kendall's p is exact, where no two values are equal. */
#define TENDENCY_EXACT_POINTS 50

/**
 * tendency_of:
 * @t: @n times in years, strictly increasing; @y: finite values
 *
 * Theil-Sen (Sen 1968): interval between the ranks (N ∓ z sqrt (var S)) / 2 of the N pairwise slopes, NAN where they
 * fall off the ends (fewer than 5 points) or all values are equal. Mann-Kendall (Kendall 1975): var S with ties, (n (n
 * - 1) (2n + 5) - sum u (u - 1) (2u + 5)) / 18; p from the exact distribution up to TENDENCY_EXACT_POINTS points
 * without ties, else from the normal; NAN where all values are equal. AAPC: 100 (exp (b) - 1) with b the least-squares
 * slope of log y on t, Student's t on n - 2; NAN unless every y > 0. All NAN below 2 points.
 */
void tendency_of (const double t[], const double y[], guint n, Tendency *out);
