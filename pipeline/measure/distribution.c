#include "measure/distribution.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* GSL's default handler aborts; off before main(), so that no path through the program can forget it. */
__attribute__ ((constructor)) static void
silence_gsl (void)
{
  gsl_set_error_handler_off ();
}

/* Through the incomplete beta function: gsl_cdf_tdist_Q takes a Cornish-Fisher series above 30 degrees of freedom,
   which is good to 7 digits only. */
double
student_upper (double t, double df)
{
  double tail;

  if (!isfinite (t) || !(df > 0) || !isfinite (df))
    return isinf (t) && df > 0 ? (t > 0 ? 0 : 1) : NAN;
  if (t * t < df)
    tail = 0.5 * gsl_cdf_beta_Q (t * t / (df + t * t), 0.5, 0.5 * df);
  else
    tail = 0.5 * gsl_cdf_beta_P (df / (df + t * t), 0.5 * df, 0.5);
  if (!isfinite (tail))
    return NAN;
  return t > 0 ? tail : 1 - tail;
}

/* The upper tail's quantile for q <= 0.5: Newton from GSL's, on the tail above. */
static double
student_upper_quantile (double q, double df)
{
  double t = gsl_cdf_tdist_Qinv (q, df);

  for (int i = 0; i < 8 && isfinite (t); i++) {
    double density = gsl_ran_tdist_pdf (t, df);
    double step = (student_upper (t, df) - q) / density;

    if (!isfinite (step))
      return NAN;
    t += step;
    if (fabs (step) <= 1e-15 * fabs (t))
      break;
  }
  return t;
}

double
student_quantile (double p, double df)
{
  if (!(p > 0 && p < 1) || !(df > 0) || !isfinite (df))
    return NAN;
  if (p == 0.5)
    return 0;
  return p > 0.5 ? student_upper_quantile (1 - p, df) : -student_upper_quantile (p, df);
}

double
normal_quantile (double p)
{
  return p > 0 && p < 1 ? gsl_cdf_ugaussian_Pinv (p) : NAN;
}

/* Wilson's limit for the same tail: near enough that Newton needs a few steps. */
static double
beta_start (double tail, double a, double b, gboolean lower)
{
  double z = (lower ? -1 : 1) * fabs (gsl_cdf_ugaussian_Pinv (tail)), n = a + b, z2 = z * z;

  return (a + z2 / 2 + z * sqrt (z2 / 4 + a * b / n)) / (n + z2);
}

/* Newton inside a bracket: gsl_cdf_beta_Pinv fails or loses digits from n = 1e4 up. Near the mean of a large Beta the
   continued fraction does not converge; a tail below one half lies beyond it, so NAN there says "too far in". */
static double
beta_solve (double tail, double a, double b, gboolean lower)
{
  double low = 0, high = 1, x = beta_start (tail, a, b, lower);

  for (int i = 0; i < 200; i++) {
    double at = lower ? gsl_cdf_beta_P (x, a, b) : gsl_cdf_beta_Q (x, a, b);
    double excess = lower ? at - tail : tail - at; /* rises with x */
    double next;

    if (isnan (at))
      excess = lower ? 1 : -1;
    if (excess > 0)
      high = x;
    else
      low = x;
    next = isnan (at) ? NAN : x - excess / gsl_ran_beta_pdf (x, a, b);
    if (!(next > low && next < high))
      next = 0.5 * (low + high);
    if (fabs (next - x) <= 1e-15 * next)
      return next;
    x = next;
  }
  return x;
}

double
beta_quantile (double tail, double a, double b)
{
  if (!(tail > 0 && tail <= 0.5 && a > 0 && b > 0) || !isfinite (a) || !isfinite (b))
    return NAN;
  return beta_solve (tail, a, b, TRUE);
}

double
beta_upper_quantile (double tail, double a, double b)
{
  if (!(tail > 0 && tail <= 0.5 && a > 0 && b > 0) || !isfinite (a) || !isfinite (b))
    return NAN;
  return beta_solve (tail, a, b, FALSE);
}
