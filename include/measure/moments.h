/* include/measure/moments.h: the inner loops of trends: sums and products over schools, whole rows at a time. */
#pragma once

#include <glib.h>

/* moments_width: @n made up to what moments_add_square() works through at a time. */
gsize moments_width (gsize n);
/* moments_sum: @sum[i] of the first @cells columns of @m rows, each @stride long. */
void moments_sum (const double rows[], guint m, gsize stride, gsize cells, double sum[]);
/* moments_all_positive: whether each of @cells is. */
gboolean moments_all_positive (const double row[], gsize cells);
/* moments_residual: @out[k] = sum over L strata of scale (x - rate n), all of them K x L. */
void moments_residual (const double x[], const double n[], const double rate[], const double scale[], guint K, guint L,
                       double out[]);
/* moments_add_square: factor times the lower triangle of z'z, z being m x @width; above it is undefined. */
void moments_add_square (const double z[], guint m, gsize width, double factor, double out[]);
