#include "measure/league.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* The trapezoidal rule on a Gaussian is good to all digits once there are two points a standard deviation; products of
   distribution functions want a few more. */
#define REACH 8.5
#define MEAN_STEPS 17
#define STEPS_PER_SD 4
#define MAX_STEPS 8192

void
league_clear (League *league)
{
  g_clear_pointer (&league->row, g_free);
}

static double
weighted_mean (const double y[], const double se[], guint n, double tau2, double *weight)
{
  double sum = 0;

  *weight = 0;
  for (guint i = 0; i < n; i++) {
    double w = 1 / (se[i] * se[i] + tau2);

    sum += w * y[i];
    *weight += w;
  }
  return sum / *weight;
}

static double
between_variance (const double y[], const double se[], guint n)
{
  double weight, mean = weighted_mean (y, se, n, 0, &weight), q = 0, squares = 0;

  for (guint i = 0; i < n; i++) {
    double w = 1 / (se[i] * se[i]);

    q += w * (y[i] - mean) * (y[i] - mean);
    squares += w * w;
  }
  return fmax (0, q - (n - 1)) / (weight - squares / weight);
}

/* Given the mean, true values are independent: normal about @centre with standard deviation @sd. */
typedef struct {
  guint n;
  double *centre, *sd;
  double *above, *below; /* scratch: logarithms of what the others contribute */
} Given;

static double
log_cdf (double z)
{
  return z > -30 ? log (gsl_cdf_ugaussian_P (z)) : -z * z / 2 - log (-z) - 0.918938533204672742;
}

/* Adds, weighted, the probability that each is lowest and highest. A distribution narrower than the grid can show is
   widened to it: beside the others it stays a point. */
static void
add_extremes (const Given *given, double weight, LeagueRow row[])
{
  double low = INFINITY, high = -INFINITY, least = INFINITY, step;

  for (guint i = 0; i < given->n; i++) {
    low = fmin (low, given->centre[i] - REACH * given->sd[i]);
    high = fmax (high, given->centre[i] + REACH * given->sd[i]);
    least = fmin (least, given->sd[i]);
  }
  least = fmax (least, (high - low) * STEPS_PER_SD / MAX_STEPS);
  step = least / STEPS_PER_SD;
  for (double v = low; v < high; v += step) {
    double all_above = 0, all_below = 0;

    for (guint i = 0; i < given->n; i++) {
      double z = (v - given->centre[i]) / fmax (given->sd[i], least);

      all_below += given->below[i] = log_cdf (z);
      all_above += given->above[i] = log_cdf (-z);
    }
    for (guint i = 0; i < given->n; i++) {
      double sd = fmax (given->sd[i], least);
      double density = weight * step * gsl_ran_ugaussian_pdf ((v - given->centre[i]) / sd) / sd;

      row[i].lowest += density * exp (all_above - given->above[i]);
      row[i].highest += density * exp (all_below - given->below[i]);
    }
  }
}

/* Two true values differ by a normal: no quadrature but over the mean. */
static void
add_ranks (const Given *given, double weight, LeagueRow row[])
{
  for (guint i = 0; i < given->n; i++)
    for (guint j = 0; j < given->n; j++)
      row[i].rank
          += weight
             * (i == j
                    ? 1
                    : gsl_cdf_ugaussian_P ((given->centre[i] - given->centre[j]) / hypot (given->sd[i], given->sd[j])));
}

static void
rank (const double y[], const double se[], League *league)
{
  guint n = league->n;
  g_autofree double *centre = g_new (double, n), *sd = g_new (double, n);
  g_autofree double *above = g_new (double, n), *below = g_new (double, n);
  Given given = { n, centre, sd, above, below };

  for (guint i = 0; i < n; i++)
    sd[i] = sqrt (league->row[i].share) * se[i];
  for (int k = -MEAN_STEPS; k <= MEAN_STEPS; k++) {
    double z = REACH * k / MEAN_STEPS, weight = gsl_ran_ugaussian_pdf (z) * REACH / MEAN_STEPS;

    for (guint i = 0; i < n; i++) {
      double share = league->row[i].share;

      centre[i] = share * y[i] + (1 - share) * (league->mean + z * league->mean_se);
    }
    add_extremes (&given, weight, league->row);
    add_ranks (&given, weight, league->row);
  }
}

gboolean
league_of (const double y[], const double se[], guint n, League *out)
{
  double weight;

  if (n < LEAGUE_MIN_DISTRICTS)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!isfinite (y[i]) || !isfinite (se[i]) || !(se[i] > 0))
      return FALSE;
  *out = (League){ .n = n, .tau2 = between_variance (y, se, n), .row = g_new0 (LeagueRow, n) };
  out->mean = weighted_mean (y, se, n, out->tau2, &weight);
  out->mean_se = 1 / sqrt (weight);
  for (guint i = 0; i < n; i++) {
    double share = out->tau2 / (out->tau2 + se[i] * se[i]);

    out->row[i] = (LeagueRow){ .share = share,
                               .value = share * y[i] + (1 - share) * out->mean,
                               .se = hypot (sqrt (share) * se[i], (1 - share) * out->mean_se) };
    if (out->tau2 == 0)
      out->row[i] = (LeagueRow){
        .value = out->mean, .se = out->mean_se, .rank = (n + 1) / 2.0, .lowest = 1.0 / n, .highest = 1.0 / n
      };
  }
  if (out->tau2 > 0)
    rank (y, se, out);
  return TRUE;
}
