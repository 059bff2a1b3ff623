/* How long a page's small multiples take: 13 districts x 12 waves, with intervals, path, projection and labels. */
#include "report/chart.h"
#include "report/chart_funnel.h"

#include <math.h>
#include <stdio.h>

#define DISTRICTS 13
#define WAVES 12
#define SCHOOLS 450
#define ROUNDS 200
#define MOST_MS 5.0

typedef struct {
  double best_ms, mean_ms;
} Timing;

static void
make_points (GRand *random, ChartPoint points[WAVES])
{
  double level = g_rand_double_range (random, 45, 65);

  for (guint k = 0; k < WAVES; k++) {
    double value = level + g_rand_double_range (random, -2, 2);

    points[k] = (ChartPoint){ 2017.25 + 0.5 * k, "2022年春", value, value - 1.3, value + 1.3, FALSE };
  }
}

static gsize
draw (const ChartPoint points[WAVES])
{
  double level = points[WAVES - 1].value;
  const Chart chart = { .width = 300,
                        .height = 170,
                        .language = "zh",
                        .scale_low = 40,
                        .scale_high = 70,
                        .tone = CHART_TONE_BAD,
                        .points = points,
                        .n_points = WAVES,
                        .title = "沈河区 近视率",
                        .baseline_t = 2021.75,
                        .baseline_value = level,
                        .deadline_t = 2023.75,
                        .target_value = level - 0.5,
                        .projected = level + 1,
                        .projected_low = level - 1,
                        .projected_high = level + 3,
                        .path_label = "计划路径",
                        .target_label = "目标 ≤60.0%",
                        .projected_label = "预计 62.4%",
                        .deadline_label = "截止 2023年12月31日" };
  g_autofree char *svg = chart_svg (&chart);

  return strlen (svg);
}

static gsize
draw_funnel (GRand *random)
{
  FunnelPoint points[SCHOOLS];
  double x[SCHOOLS], n[SCHOOLS];
  g_autofree char *svg = NULL;
  Funnel funnel;

  for (guint i = 0; i < SCHOOLS; i++) {
    n[i] = floor (g_rand_double_range (random, 60, 2500));
    x[i] = floor (n[i] * g_rand_double_range (random, 0.4, 0.6));
    points[i] = (FunnelPoint){ n[i], 100 * x[i] / n[i] };
  }
  if (!funnel_of (x, n, SCHOOLS, &funnel))
    g_error ("no funnel");
  svg = chart_funnel_svg (points, SCHOOLS, &funnel, 358, 240, "小学", "受检人数");
  return strlen (svg);
}

static void
note (Timing *timing, gint64 from)
{
  double ms = (double)(g_get_monotonic_time () - from) / 1000;

  timing->best_ms = timing->mean_ms > 0 ? fmin (timing->best_ms, ms) : ms;
  timing->mean_ms += ms / ROUNDS;
}

int
main (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20221120);
  ChartPoint points[DISTRICTS][WAVES];
  Timing multiples = { 0 }, funnel = { 0 };
  gsize bytes = 0;

  for (guint i = 0; i < DISTRICTS; i++)
    make_points (random, points[i]);
  for (guint round = 0; round < ROUNDS; round++) {
    gint64 from = g_get_monotonic_time ();

    bytes = 0;
    for (guint i = 0; i < DISTRICTS; i++)
      bytes += draw (points[i]);
    note (&multiples, from);
    from = g_get_monotonic_time ();
    draw_funnel (random);
    note (&funnel, from);
  }
  printf ("charts of %d districts x %d waves: %.2f ms, mean %.2f ms (at most %.0f); %" G_GSIZE_FORMAT " kB\n",
          DISTRICTS, WAVES, multiples.best_ms, multiples.mean_ms, MOST_MS, bytes / 1000);
  printf ("funnel of %d schools: %.2f ms, mean %.2f ms\n", SCHOOLS, funnel.best_ms, funnel.mean_ms);
  return multiples.best_ms <= MOST_MS ? 0 : 1;
}
