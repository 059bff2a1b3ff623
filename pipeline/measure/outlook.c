#include "measure/outlook.h"
#include "measure/distribution.h"
#include <math.h>

/* Standard deviations of slopes, fractions a year: from nothing to speak of to more than any plan asks for. */
static const double slope_sd[OUTLOOK_SLOPES] = { 0.0025, 0.0035, 0.005, 0.007, 0.01, 0.014, 0.02, 0.028, 0.04 };
/* How far the logs of the indicators' spreads lie about their mean. */
#define LOG_SLOPE_SPREAD 0.7

/* Log likelihood at one grid point; @drifting: the share of it that is due to the wide component. */
static double
log_mixture (const StreamForm *form, double tau2, double slope2, double *drifting)
{
  double usual = stream_log_density (form, tau2, slope2) + log1p (-OUTLOOK_DRIFTING_SHARE);
  double wide = stream_log_density (form, tau2, slope2 + OUTLOOK_DRIFTING_SLOPE * OUTLOOK_DRIFTING_SLOPE)
                + log (OUTLOOK_DRIFTING_SHARE);
  double top = MAX (usual, wide), sum = exp (usual - top) + exp (wide - top);

  *drifting = exp (wide - top) / sum;
  return top + log (sum);
}

static gboolean
add_stream (const TauStream *s, const Outlook *outlook, double log_likelihood[])
{
  g_auto (StreamForm) form = { 0 };
  double unused;

  if (!stream_form (s, &form))
    return FALSE;
  for (guint g = 0; g < TAU_GRID; g++)
    for (guint w = 0; w < OUTLOOK_SLOPES; w++)
      log_likelihood[g * OUTLOOK_SLOPES + w] += log_mixture (&form, outlook->tau2[g], outlook->slope2[w], &unused);
  return TRUE;
}

/* What an indicator alone says of the spread of its slopes: likelihood, up to a factor. */
static void
spread_likelihood (const double joint[], double out[])
{
  for (guint w = 0; w < OUTLOOK_SLOPES; w++) {
    out[w] = 0;
    for (guint g = 0; g < TAU_GRID; g++)
      out[w] += joint[g * OUTLOOK_SLOPES + w];
  }
}

/* Log likelihood of a common spread from one indicator, whose own is near it. */
static void
spread_common (const double likelihood[], double out[])
{
  for (guint mu = 0; mu < OUTLOOK_SLOPES; mu++) {
    double sum = 0, all = 0;

    for (guint w = 0; w < OUTLOOK_SLOPES; w++) {
      double apart = log (slope_sd[w] / slope_sd[mu]) / LOG_SLOPE_SPREAD, kernel = exp (-0.5 * apart * apart);

      sum += kernel * likelihood[w];
      all += kernel;
    }
    out[mu] = log (sum / all + G_MINDOUBLE);
  }
}

/* The prior of each indicator's spread is what the others say of the common one. */
static void
share_spread (double joint[], guint n_series)
{
  g_autofree double *common = g_new (double, (gsize)MAX (n_series, 1) * OUTLOOK_SLOPES);
  double all[OUTLOOK_SLOPES] = { 0 };
  gsize block = TAU_GRID * OUTLOOK_SLOPES;

  for (guint s = 0; s < n_series; s++) {
    double likelihood[OUTLOOK_SLOPES];

    spread_likelihood (joint + s * block, likelihood);
    spread_common (likelihood, common + s * OUTLOOK_SLOPES);
    for (guint mu = 0; mu < OUTLOOK_SLOPES; mu++)
      all[mu] += common[s * OUTLOOK_SLOPES + mu];
  }
  for (guint s = 0; s < n_series; s++) {
    double mean[OUTLOOK_SLOPES], prior[OUTLOOK_SLOPES];

    for (guint mu = 0; mu < OUTLOOK_SLOPES; mu++)
      mean[mu] = all[mu] - common[s * OUTLOOK_SLOPES + mu];
    tau_weights (mean, OUTLOOK_SLOPES);
    for (guint w = 0; w < OUTLOOK_SLOPES; w++) {
      prior[w] = 0;
      for (guint mu = 0; mu < OUTLOOK_SLOPES; mu++) {
        double apart = log (slope_sd[w] / slope_sd[mu]) / LOG_SLOPE_SPREAD;

        prior[w] += mean[mu] * exp (-0.5 * apart * apart);
      }
    }
    for (gsize i = 0; i < block; i++)
      joint[s * block + i] *= prior[i % OUTLOOK_SLOPES];
  }
}

void
outlook_learn (const TauStream streams[], guint n, guint n_series, Outlook *out)
{
  g_autofree double *joint = g_new0 (double, (gsize)MAX (n_series, 1) * TAU_GRID * OUTLOOK_SLOPES);
  g_autofree double *likelihood = g_new (double, MAX (n_series, 1) * TAU_GRID);
  g_autofree double *weight = g_new (double, MAX (n_series, 1) * TAU_GRID);
  guint entered = 0;

  *out = (Outlook){ .n_series = n_series };
  tau_grid (streams, n, out->tau2);
  for (guint w = 0; w < OUTLOOK_SLOPES; w++)
    out->slope2[w] = slope_sd[w] * slope_sd[w];
  for (guint i = 0; i < n; i++)
    entered += add_stream (&streams[i], out, joint + (gsize)streams[i].series * TAU_GRID * OUTLOOK_SLOPES);
  if (entered < TAU_MIN_STREAMS)
    return;
  for (guint i = 0; i < n_series * TAU_GRID; i++)
    likelihood[i] = tau_weights (joint + (gsize)i * OUTLOOK_SLOPES, OUTLOOK_SLOPES);
  tau_hierarchy (likelihood, n_series, out->tau2, weight);
  for (gsize i = 0; i < (gsize)n_series * TAU_GRID * OUTLOOK_SLOPES; i++)
    joint[i] *= weight[i / OUTLOOK_SLOPES];
  share_spread (joint, n_series);
  out->weight = g_steal_pointer (&joint);
}

void
outlook_clear (Outlook *outlook)
{
  g_clear_pointer (&outlook->weight, g_free);
}

/* P (slope <= 0) where the prior variance is @slope2. */
static double
probability_good (const StreamSlope *slope, double slope2)
{
  double precision = slope->a + 1 / slope2;

  return student_upper (slope->h / sqrt (precision), slope->df);
}

double
outlook_probability (const Outlook *outlook, const TauStream *stream)
{
  const double *weight = outlook->weight + (gsize)stream->series * TAU_GRID * OUTLOOK_SLOPES;
  g_auto (StreamForm) form = { 0 };
  double probability = 0, all = 0, largest = 0;

  for (guint i = 0; i < TAU_GRID * OUTLOOK_SLOPES; i++)
    largest = MAX (largest, weight[i]);
  if (!stream_form (stream, &form))
    return NAN;
  for (guint g = 0; g < TAU_GRID; g++) {
    StreamSlope slope = stream_slope (&form, outlook->tau2[g]);

    for (guint w = 0; w < OUTLOOK_SLOPES; w++) {
      double drifting, slope2 = outlook->slope2[w], here = weight[g * OUTLOOK_SLOPES + w];

      if (here < OUTLOOK_NEGLIGIBLE * largest)
        continue;
      log_mixture (&form, outlook->tau2[g], slope2, &drifting);
      drifting = drifting < OUTLOOK_DRIFTING_LEAST ? 0 : drifting;
      probability += here * (1 - drifting) * probability_good (&slope, slope2);
      if (drifting > 0)
        probability
            += here * drifting * probability_good (&slope, slope2 + OUTLOOK_DRIFTING_SLOPE * OUTLOOK_DRIFTING_SLOPE);
      all += here;
    }
  }
  return probability / all;
}
