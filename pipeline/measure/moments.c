#include "measure/moments.h"

/* Accumulators stay in registers from the first school to the last; a compiler unrolls loops of these lengths. */
#define TILE 4
#define STRIP 8
/* Twice as many numbers at a time where the machine can; without fused operations, so that every machine has the same
 * digits. */
#if defined __x86_64__
#define WIDE __attribute__ ((target_clones ("avx2", "default")))
#else
#define WIDE
#endif
#define INLINE inline __attribute__ ((always_inline))

/* As many neighbouring numbers as a tile is wide. */
typedef double Row __attribute__ ((vector_size (TILE * sizeof (double)), aligned (sizeof (double)), may_alias));

gsize
moments_width (gsize n)
{
  return (n + TILE - 1) / TILE * TILE;
}

static INLINE void
sum_strip (const double rows[], guint m, gsize stride, double sum[])
{
  double part[STRIP] = { 0 };

  for (guint s = 0; s < m; s++, rows += stride)
    for (guint i = 0; i < STRIP; i++)
      part[i] += rows[i];
  for (guint i = 0; i < STRIP; i++)
    sum[i] = part[i];
}

WIDE void
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

static INLINE gint64
count_not_positive (const double row[], gsize cells)
{
  gint64 count = 0;

  for (gsize i = 0; i < cells; i++)
    count += !(row[i] > 0);
  return count;
}

WIDE gboolean
moments_all_positive (const double rows[], guint m, gsize stride, gsize cells)
{
  gint64 not_positive = 0;

  if (cells == stride)
    return count_not_positive (rows, m * stride) == 0;
  for (guint s = 0; s < m; s++)
    not_positive += count_not_positive (rows + s * stride, cells);
  return not_positive == 0;
}

/* One stratum: as many waves as a tile is wide. */
static INLINE void
residual_tile (const double x[], const double n[], guint m, gsize stride, const double rate[], const double scale[],
               gsize width, double out[])
{
  Row p = *(const Row *)rate, w = *(const Row *)scale;

  for (guint s = 0; s < m; s++, x += stride, n += stride, out += width)
    *(Row *)out = w * (*(const Row *)x - p * *(const Row *)n);
}

static INLINE void
residual_wave (const double x[], const double n[], guint m, gsize stride, const double rate[], const double scale[],
               guint L, gsize width, double out[])
{
  for (guint s = 0; s < m; s++, x += stride, n += stride, out += width) {
    double sum = 0;

    for (guint l = 0; l < L; l++)
      sum += scale[l] * (x[l] - rate[l] * n[l]);
    *out = sum;
  }
}

WIDE void
moments_residual (const double x[], const double n[], guint m, gsize stride, const double rate[], const double scale[],
                  guint K, guint L, double out[])
{
  gsize width = moments_width (K), k = 0;

  for (; k + TILE <= K && L == 1; k += TILE)
    residual_tile (x + k, n + k, m, stride, rate + k, scale + k, width, out + k);
  for (; k < K; k++)
    residual_wave (x + k * L, n + k * L, m, stride, rate + k * L, scale + k * L, L, width, out + k);
  for (; k < width; k++)
    for (guint s = 0; s < m; s++)
      out[s * width + k] = 0;
}

static INLINE void
square_tile (const double left[], const double right[], guint m, gsize width, double factor, double out[])
{
  Row part[TILE] = { 0 };

  for (guint s = 0; s < m; s++, left += width, right += width)
    for (guint j = 0; j < TILE; j++)
      part[j] += left[j] * *(const Row *)right;
  for (guint j = 0; j < TILE; j++)
    *(Row *)(out + j * width) += factor * part[j];
}

WIDE void
moments_add_square (const double z[], guint m, gsize width, double factor, double out[])
{
  for (gsize j = 0; j < width; j += TILE)
    for (gsize k = 0; k <= j; k += TILE)
      square_tile (z + j, z + k, m, width, factor, out + j * width + k);
}
