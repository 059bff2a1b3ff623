#include "measure/moments.h"

/* Accumulators stay in registers from the first school to the last; a compiler unrolls loops of these lengths. */
#define TILE 4
#define STRIP 8

gsize
moments_width (gsize n)
{
  return (n + TILE - 1) / TILE * TILE;
}

static void
sum_strip (const double rows[], guint m, gsize stride, double sum[])
{
  double part[STRIP] = { 0 };

  for (guint s = 0; s < m; s++, rows += stride)
    for (guint i = 0; i < STRIP; i++)
      part[i] += rows[i];
  for (guint i = 0; i < STRIP; i++)
    sum[i] = part[i];
}

void
moments_sum (const double rows[], guint m, gsize stride, gsize cells, double sum[])
{
  gsize i = 0;

  for (; i + STRIP <= cells; i += STRIP)
    sum_strip (rows + i, m, stride, sum + i);
  for (; i < cells; i++) {
    double part = 0;

    for (guint s = 0; s < m; s++)
      part += rows[s * stride + i];
    sum[i] = part;
  }
}

gboolean
moments_all_positive (const double row[], gsize cells)
{
  gint64 positive = 0;

  for (gsize i = 0; i < cells; i++)
    positive += row[i] > 0;
  return (gsize)positive == cells;
}

void
moments_residual (const double x[restrict], const double n[restrict], const double rate[restrict],
                  const double scale[restrict], guint K, guint L, double out[restrict])
{
  for (guint k = 0; k < K && L == 1; k++)
    out[k] = scale[k] * (x[k] - rate[k] * n[k]);
  for (guint k = 0; k < K && L > 1; k++) {
    double sum = 0;

    for (gsize i = (gsize)k * L; i < (gsize)(k + 1) * L; i++)
      sum += scale[i] * (x[i] - rate[i] * n[i]);
    out[k] = sum;
  }
}

static void
square_tile (const double left[], const double right[], guint m, gsize width, double factor, double out[])
{
  double part[TILE][TILE] = { 0 };

  for (guint s = 0; s < m; s++, left += width, right += width)
    for (guint j = 0; j < TILE; j++)
      for (guint k = 0; k < TILE; k++)
        part[j][k] += left[j] * right[k];
  for (guint j = 0; j < TILE; j++)
    for (guint k = 0; k < TILE; k++)
      out[j * width + k] += factor * part[j][k];
}

void
moments_add_square (const double z[], guint m, gsize width, double factor, double out[])
{
  for (gsize j = 0; j < width; j += TILE)
    for (gsize k = 0; k <= j; k += TILE)
      square_tile (z + j, z + k, m, width, factor, out + j * width + k);
}
