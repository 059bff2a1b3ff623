#include "simulate/draw.h"

#include <gsl/gsl_randist.h>
#include <math.h>

/* The finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbouring inputs give unrelated outputs. */
static guint64
mix (guint64 z)
{
  z += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

gsl_rng *
draw_stream (guint64 seed, const char *part, guint a, guint b)
{
  gsl_rng *rng = gsl_rng_alloc (gsl_rng_mt19937);
  guint64 state = mix (seed);

  for (const char *c = part; *c != '\0'; c++)
    state = mix (state ^ (guchar)*c);
  state = mix (state ^ a);
  state = mix (state ^ ((guint64)b << 32));
  gsl_rng_set (rng, (gulong)(state & G_MAXUINT32)); /* MT19937 takes 32 bits */
  return rng;
}

double
draw_normal (gsl_rng *rng, double sigma)
{
  return gsl_ran_gaussian_ziggurat (rng, sigma);
}

double
draw_between (gsl_rng *rng, double low, double high)
{
  return low + (high - low) * gsl_rng_uniform (rng);
}

guint
draw_below (gsl_rng *rng, guint n)
{
  return (guint)gsl_rng_uniform_int (rng, n);
}

gboolean
draw_chance (gsl_rng *rng, double probability)
{
  return gsl_rng_uniform (rng) < probability;
}

guint
draw_binomial (gsl_rng *rng, double probability, guint n)
{
  return gsl_ran_binomial (rng, CLAMP (probability, 0.0, 1.0), n);
}

void
draw_shuffle (gsl_rng *rng, guint *items, guint n)
{
  if (n > 1) /* GSL counts down from n - 1 */
    gsl_ran_shuffle (rng, items, n, sizeof *items);
}

void
draw_share (guint total, const double weights[], guint n, guint least, guint parts[])
{
  double sum = 0.0;
  guint given = 0;

  g_assert (n > 0 && least * n <= total);
  for (guint i = 0; i < n; i++)
    sum += weights[i];
  for (guint i = 0; i < n; i++) {
    parts[i] = MAX (least, (guint)floor (total * weights[i] / sum));
    given += parts[i];
  }
  while (given != total) {
    guint best = 0;
    double best_gap = -INFINITY;

    for (guint i = 0; i < n; i++) {
      double gap = total * weights[i] / sum - parts[i];

      if (given > total) /* the least parts took too many: back from whoever has most above its share */
        gap = parts[i] > least ? -gap : -INFINITY;
      if (gap > best_gap) {
        best_gap = gap;
        best = i;
      }
    }
    if (given < total) {
      parts[best]++;
      given++;
    } else {
      parts[best]--;
      given--;
    }
  }
}
