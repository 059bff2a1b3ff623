#include "measure/tau.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

/* Share of streams expected to drift, and by how much a year: what a plan is watched for. The rule is insensitive to
   both (false flags move by less than a tenth for 0.05 to 0.1 and 0.015 to 0.03). */
#define DRIFTING_SHARE 0.1
#define DRIFTING_SLOPE 0.02
/* How far log tau of the indicators spreads about its mean: 0 would be one tau for all, and lets an indicator that is
   four times as restless as another flag twice too often; 0.5 learns too little from the others in the first waves. */
#define LOG_TAU_SPREAD 0.2
/* The grid in units of the median standard error. */
#define GRID_LOW 0.05
#define GRID_HIGH 20.0

static double
log_mixture (const StreamForm *form, double tau2)
{
  double still = stream_log_density (form, tau2, 0) + log1p (-DRIFTING_SHARE);
  double drifting = stream_log_density (form, tau2, DRIFTING_SLOPE * DRIFTING_SLOPE) + log (DRIFTING_SHARE);
  double top = MAX (still, drifting);

  return top + log1p (exp (MIN (still, drifting) - top));
}

/* Adds the stream's log likelihood to that of its indicator, unless it has none. */
static gboolean
add_stream (const TauStream *s, const double tau2[], double log_likelihood[])
{
  g_auto (StreamForm) form = { 0 };

  if (!stream_form (s, &form))
    return FALSE;
  for (guint g = 0; g < TAU_GRID; g++)
    log_likelihood[g] += log_mixture (&form, tau2[g]);
  return TRUE;
}

/* Standard errors set the scale of the grid: that of each stream's last wave. */
static double
typical_se (const TauStream streams[], guint n)
{
  g_autofree double *se = g_new (double, MAX (n, 1));
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (streams[i].k > 0) {
      double variance = streams[i].sampling[streams[i].k * streams[i].k - 1];

      if (isfinite (variance) && variance > 0)
        se[kept++] = sqrt (variance);
    }
  gsl_sort (se, 1, kept);
  return kept > 0 ? gsl_stats_median_from_sorted_data (se, 1, kept) : 1e-3;
}

void
tau_grid (const TauStream streams[], guint n, double tau2[])
{
  double se = typical_se (streams, n);

  tau2[0] = 0;
  for (guint g = 1; g < TAU_GRID; g++) {
    double tau = se * GRID_LOW * pow (GRID_HIGH / GRID_LOW, (g - 1.0) / (TAU_GRID - 2));

    tau2[g] = tau * tau;
  }
}

double
tau_weights (double v[], guint n)
{
  double top = -INFINITY, sum = 0;

  for (guint i = 0; i < n; i++)
    top = MAX (top, v[i]);
  for (guint i = 0; i < n; i++)
    sum += v[i] = exp (v[i] - top);
  for (guint i = 0; i < n; i++)
    v[i] /= sum;
  return top + log (sum / n);
}

/* kernel[mu][g]: prior of an indicator's grid point g where the common mean is mu. Zero counts as half the lowest
 * point. */
static void
set_kernel (const double tau2[], double kernel[TAU_GRID][TAU_GRID])
{
  for (guint mu = 0; mu < TAU_GRID; mu++) {
    for (guint g = 0; g < TAU_GRID; g++) {
      double apart = 0.5 * log ((g == 0 ? tau2[1] / 4 : tau2[g]) / (mu == 0 ? tau2[1] / 4 : tau2[mu])) / LOG_TAU_SPREAD;

      kernel[mu][g] = -0.5 * apart * apart;
    }
    tau_weights (kernel[mu], TAU_GRID);
  }
}

/* Log likelihood of the common mean from one indicator: its own tau integrated out. */
static void
integrate_out (const double log_likelihood[], const double kernel[TAU_GRID][TAU_GRID], double log_mean[])
{
  double top = -INFINITY;

  for (guint g = 0; g < TAU_GRID; g++)
    top = MAX (top, log_likelihood[g]);
  for (guint mu = 0; mu < TAU_GRID; mu++) {
    double sum = 0;

    for (guint g = 0; g < TAU_GRID; g++)
      sum += kernel[mu][g] * exp (log_likelihood[g] - top);
    log_mean[mu] = log (sum);
  }
}

/* An indicator's posterior: its likelihood under a prior that only the others inform. */
static void
combine (const double log_likelihood[], const double others[], const double kernel[TAU_GRID][TAU_GRID], double weight[])
{
  double mean[TAU_GRID];

  for (guint mu = 0; mu < TAU_GRID; mu++)
    mean[mu] = others[mu];
  tau_weights (mean, TAU_GRID);
  for (guint g = 0; g < TAU_GRID; g++) {
    double prior = 0;

    for (guint mu = 0; mu < TAU_GRID; mu++)
      prior += mean[mu] * kernel[mu][g];
    weight[g] = log_likelihood[g] + log (prior);
  }
  tau_weights (weight, TAU_GRID);
}

void
tau_hierarchy (const double log_likelihood[], guint n_series, const double tau2[], double weight[])
{
  g_autofree double *means = g_new0 (double, MAX (n_series, 1) * TAU_GRID);
  double kernel[TAU_GRID][TAU_GRID], all[TAU_GRID] = { 0 };

  set_kernel (tau2, kernel);
  for (guint s = 0; s < n_series; s++) {
    integrate_out (log_likelihood + s * TAU_GRID, kernel, means + s * TAU_GRID);
    for (guint mu = 0; mu < TAU_GRID; mu++)
      all[mu] += means[s * TAU_GRID + mu];
  }
  for (guint s = 0; s < n_series; s++) {
    double others[TAU_GRID];

    for (guint mu = 0; mu < TAU_GRID; mu++)
      others[mu] = all[mu] - means[s * TAU_GRID + mu];
    combine (log_likelihood + s * TAU_GRID, others, kernel, weight + s * TAU_GRID);
  }
}

void
tau_posterior (const TauStream streams[], guint n, guint n_series, TauPosterior *out)
{
  g_autofree double *likelihood = g_new0 (double, MAX (n_series, 1) * TAU_GRID);
  guint entered = 0;

  out->n_series = n_series;
  out->weight = g_new0 (double, MAX (n_series, 1) * TAU_GRID);
  tau_grid (streams, n, out->tau2);
  for (guint i = 0; i < n; i++)
    entered += add_stream (&streams[i], out->tau2, likelihood + streams[i].series * TAU_GRID);
  if (entered < TAU_MIN_STREAMS) {
    for (guint s = 0; s < n_series; s++)
      out->weight[s * TAU_GRID] = 1;
    return;
  }
  tau_hierarchy (likelihood, n_series, out->tau2, out->weight);
}

void
tau_posterior_clear (TauPosterior *posterior)
{
  g_clear_pointer (&posterior->weight, g_free);
}

double
tau_mean (const TauPosterior *posterior, guint series)
{
  double mean = 0;

  for (guint g = 0; g < TAU_GRID; g++)
    mean += posterior->weight[series * TAU_GRID + g] * posterior->tau2[g];
  return mean;
}
