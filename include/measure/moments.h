/* include/measure/moments.h: the inner loops of trends: sums and products over schools, whole rows at a time. */
#pragma once

#include <glib.h>

/* moments_width: @n made up to what moments_add_square() works through at a time. */
gsize moments_width (gsize n);
/* moments_sum: @sum[i] of the first @cells columns of @m rows, each @stride long. */
void moments_sum (const double rows[], guint m, gsize stride, gsize cells, double sum[]);
/* moments_all_positive: whether each of the first @cells columns is, in all of @m rows, each @stride long. */
gboolean moments_all_positive (const double rows[], guint m, gsize stride, gsize cells);
/* moments_residual: of each of @m schools, @out[k] = sum over L strata of scale (x - rate n); a row of @x and @n is
   @stride long, @rate and @scale are K x L, a row of @out is moments_width(K) long, 0 beyond K. */
void moments_residual (const double x[], const double n[], guint m, gsize stride, const double rate[],
                       const double scale[], guint K, guint L, double out[]);
/* moments_add_square: factor times the lower triangle of z'z, z being m x @width; above it is undefined. */
void moments_add_square (const double z[], guint m, gsize width, double factor, double out[]);
