/* include/simulate/draw.h: random numbers that stay put: one stream for each purpose, so that a change in one part of
   the city leaves every other part's numbers alone. */
#pragma once

#include <glib.h>
#include <gsl/gsl_rng.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_rng, gsl_rng_free)

/* draw_stream: a generator (MT19937) seeded from @seed, @part and the numbers @a and @b; the same on every machine. */
gsl_rng *draw_stream (guint64 seed, const char *part, guint a, guint b);

double draw_normal (gsl_rng *rng, double sigma);
double draw_between (gsl_rng *rng, double low, double high);
guint draw_below (gsl_rng *rng, guint n); /* 0 … n - 1; n > 0 */
gboolean draw_chance (gsl_rng *rng, double probability);
guint draw_binomial (gsl_rng *rng, double probability, guint n);

/* draw_shuffle: in place. */
void draw_shuffle (gsl_rng *rng, guint *items, guint n);

/* draw_share: @total split into @n parts in proportion to @weights, each at least @least: largest remainders. */
void draw_share (guint total, const double weights[], guint n, guint least, guint parts[]);
