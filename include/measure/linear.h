/* include/measure/linear.h: least squares by orthogonal decomposition, and moments of a series, to NIST StRD accuracy.
 */
#pragma once

#include <glib.h>

typedef struct {
  guint n; /* observations */
  guint p; /* coefficients */
  double *coefficient;
  double *standard_error; /* NAN where n == p */
  double residual_sd;     /* NAN where n == p */
  double residual_ss;
  double r_squared; /* about the mean with an intercept, else about 0; NAN where y does not vary */
  double f_statistic;
} LinearFit;

/**
 * linear_fit:
 * @x: n x p row-major design; a column of ones is the caller's, and @intercept says that it is there
 * @y: n values
 *
 * Householder QR of the design with columns scaled to length 1, then two rounds of iterative refinement of the
 * augmented system with residuals in long double; never normal equations.
 *
 * Returns: FALSE with PLUMB_ERROR_TOO_FEW where n < p or the columns are dependent (as with equal times), with
 * PLUMB_ERROR_INPUT where a number is not finite; free with linear_fit_clear().
 */
gboolean
linear_fit (const double x[], const double y[], guint n, guint p, gboolean intercept, LinearFit *out, GError **error);
void linear_fit_clear (LinearFit *fit);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LinearFit, linear_fit_clear)

/**
 * linear_weights: @c such that sum c[i] y[i] is the value at @at of the least-squares line through (t, y), or its slope
 * where @slope; from 2 points up, t not all equal (PLUMB_ERROR_TOO_FEW). @c may be @t itself.
 */
gboolean linear_weights (const double t[], guint n, gboolean slope, double at, double c[], GError **error);

typedef struct {
  double mean;
  double sd;              /* divisor n - 1; NAN below 2 values */
  double autocorrelation; /* lag 1; NAN where the series does not vary */
} SeriesMoments;

/* series_moments: of n >= 1 finite values. */
gboolean series_moments (const double y[], guint n, SeriesMoments *out, GError **error);
