#include "report/chart_funnel.h"
#include "report/chart_place.h"
#include "chart_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN "tests/unit/report/golden"

/* With PLUMB_GOLDEN=write, as make golden has it, the pictures are written instead of compared, for a person to look at
 * and commit. */
static void
compare_golden (const char *name, const char *svg)
{
  g_autofree char *file = g_strconcat (name, ".svg", NULL);
  g_autofree char *path = g_build_filename (GOLDEN, file, NULL);
  g_autofree char *text = g_strconcat (svg, "\n", NULL);
  g_autofree char *wanted = NULL;

  if (g_strcmp0 (g_getenv ("PLUMB_GOLDEN"), "write") == 0)
    assert_true (g_file_set_contents (path, text, -1, NULL));
  assert_true (g_file_get_contents (path, &wanted, NULL, NULL));
  if (strcmp (wanted, text) != 0)
    fail_msg ("%s is not what was drawn", path);
}

static void
chart_svg__every_case__is_the_golden_picture (void **state)
{
  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (chart_cases); i++) {
    g_autofree char *svg = chart_svg (&chart_cases[i].chart);

    compare_golden (chart_cases[i].name, svg);
  }
}

/* Schools of very different sizes around a rate, three of them far from it, and one that nobody attends to: 0 %. */
static void
chart_funnel_svg__schools_of_all_sizes__is_the_golden_picture (void **state)
{
  static const FunnelPoint schools[]
      = { { 35, 40 },    { 60, 0 },     { 120, 45.8 }, { 180, 51.1 }, { 260, 47.3 },  { 395, 83.5 },  { 410, 49.8 },
          { 520, 52.1 }, { 655, 48.7 }, { 780, 50.6 }, { 905, 51.9 }, { 1200, 28.4 }, { 1655, 50.2 }, { 3210, 71.3 } };
  double x[G_N_ELEMENTS (schools)], n[G_N_ELEMENTS (schools)];
  g_autofree char *svg = NULL;
  Funnel funnel;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (schools); i++) {
    n[i] = schools[i].n;
    x[i] = schools[i].n * schools[i].rate / 100;
  }
  assert_true (funnel_of (x, n, G_N_ELEMENTS (schools), &funnel));
  svg = chart_funnel_svg (schools, G_N_ELEMENTS (schools), &funnel, 358, 240, "小学 <公办>", "受检人数");
  assert_null (strstr (svg, "nan"));
  compare_golden ("funnel", svg);
}

static void
chart_spark_svg__drifting__is_the_golden_picture (void **state)
{
  g_autofree char *svg = chart_spark_svg (&chart_cases[0].chart);

  (void)state;
  compare_golden ("spark", svg);
}

static double
attribute (const char *element, const char *name)
{
  g_autofree char *key = g_strdup_printf (" %s=\"", name);
  const char *at = strstr (element, key);

  return at != NULL ? g_ascii_strtod (at + strlen (key), NULL) : 0;
}

static Box
text_box (const char *element)
{
  double x = attribute (element, "x");
  double y = attribute (element, "y");
  double size = attribute (element, "font-size");
  const char *open = strchr (element, '>') + 1;
  g_autofree char *escaped = g_strndup (open, (gsize)(strchr (open, '<') - open));
  g_auto (GStrv) parts = g_strsplit (escaped, "&lt;", -1);
  g_autofree char *text = g_strjoinv ("<", parts);
  g_autofree char *head = g_strndup (element, (gsize)(open - element));
  double width = placing_text_width (text, size);

  if (strstr (head, "\"middle\"") != NULL)
    x -= width / 2;
  else if (strstr (head, "\"end\"") != NULL)
    x -= width;
  return (Box){ x, y - size * 0.8, x + width, y + size * 0.15 };
}

/* Boxes of all texts in @svg. */
static GArray *
text_boxes (const char *svg)
{
  GArray *boxes = g_array_new (FALSE, FALSE, sizeof (Box));

  for (const char *at = strstr (svg, "<text"); at != NULL; at = strstr (at + 1, "<text")) {
    Box box = text_box (at);

    g_array_append_val (boxes, box);
  }
  return boxes;
}

static void
assert_apart (const char *name, const Chart *chart, const GArray *boxes)
{
  for (guint i = 0; i < boxes->len; i++) {
    Box a = g_array_index (boxes, Box, i);

    if (a.x0 < -0.6 || a.x1 > chart->width + 0.6 || a.y0 < -0.6 || a.y1 > chart->height + 0.6)
      fail_msg ("%s: text %u leaves the picture: %g %g %g %g", name, i, a.x0, a.y0, a.x1, a.y1);
    for (guint j = 0; j < i; j++) {
      Box b = g_array_index (boxes, Box, j);

      if (a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1)
        fail_msg ("%s: texts %u and %u overlap", name, j, i);
    }
  }
}

static void
chart_svg__every_case_and_size__texts_stay_apart_and_inside (void **state)
{
  static const double sizes[][2] = { { 358, 220 }, { 280, 160 }, { 560, 300 } };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (chart_cases); i++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      Chart chart = chart_cases[i].chart;
      g_autofree char *svg = NULL;
      g_autoptr (GArray) boxes = NULL;

      chart.width = sizes[s][0];
      chart.height = sizes[s][1];
      svg = chart_svg (&chart);
      boxes = text_boxes (svg);
      assert_apart (chart_cases[i].name, &chart, boxes);
    }
}

/* A made-up series from a seed: levels, intervals and paths of every size. */
static Chart
random_chart (GRand *random, ChartPoint points[], guint n)
{
  double level = g_rand_double_range (random, 0, 100);
  double spread = g_rand_double_range (random, 0, 12);
  double half = g_rand_double_range (random, 0, 8);

  for (guint k = 0; k < n; k++) {
    double value = CLAMP (level + spread * (g_rand_double (random) - 0.5), 0, 100);

    points[k]
        = (ChartPoint){ 2022.75 - 0.5 * (n - k), "2022年春", value, fmax (0, value - half), fmin (100, value + half),
                        g_rand_boolean (random) };
  }
  return (Chart){ SIZE,
                  CHINESE,
                  .tone = (ChartTone)g_rand_int_range (random, 0, 4),
                  .points = points,
                  .n_points = n,
                  .title = "随机",
                  .baseline_t = points[n > 2 ? n - 2 : 0].t,
                  .baseline_value = level,
                  .deadline_t = 2022.75,
                  .target_value = CLAMP (level + g_rand_double_range (random, -6, 6), 0, 100),
                  .projected = CLAMP (level + g_rand_double_range (random, -6, 6), 0, 100),
                  .projected_low = fmax (0, level - 9),
                  .projected_high = fmin (100, level + 9),
                  .target_label = "目标 ≤60.0%",
                  .projected_label = "预计 62.4%" };
}

static void
chart_svg__thousand_random_series__texts_stay_apart_and_value_is_shown (void **state)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20221120);
  ChartPoint points[12];

  (void)state;
  for (guint i = 0; i < 1000; i++) {
    Chart chart = random_chart (random, points, (guint)g_rand_int_range (random, 1, 13));
    g_autofree char *svg = chart_svg (&chart);
    g_autoptr (GArray) boxes = text_boxes (svg);

    assert_apart ("random", &chart, boxes);
    assert_non_null (strstr (svg, "class=\"c-value\""));
  }
}

static void
chart_svg__hostile_text__is_escaped (void **state)
{
  Chart chart = chart_cases[0].chart;
  g_autofree char *svg = NULL;

  (void)state;
  chart.title = "<script>alert(\"1\")</script>\xE2\x80\xAE";
  chart.target_label = "</text><b>&";
  svg = chart_svg (&chart);
  assert_null (strstr (svg, "<script"));
  assert_null (strstr (svg, "<b>"));
  assert_null (strstr (svg, "\xE2\x80\xAE"));
  assert_non_null (strstr (svg, "&lt;/text&gt;&lt;b&gt;&amp;"));
}

static void
chart_spark_svg__every_case__has_no_text_and_no_nan (void **state)
{
  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (chart_cases); i++) {
    g_autofree char *spark = chart_spark_svg (&chart_cases[i].chart);
    g_autofree char *svg = chart_svg (&chart_cases[i].chart);

    assert_null (strstr (spark, "<text"));
    assert_null (strstr (spark, "nan"));
    assert_null (strstr (spark, "inf"));
    assert_null (strstr (svg, "nan"));
    assert_null (strstr (svg, "inf"));
  }
}

static void
chart_bar_svg__value_path_and_target__lengths_in_per_cent (void **state)
{
  static const struct {
    double value, path, target;
    const char *fill, *mark;
  } cases[] = { { 45, 88, 100, "width=\"45\"", "x1=\"88\"" },
                { 7, 4, 5, "width=\"100\"", "x1=\"80\"" },
                { 0, 0, 30, "width=\"0\"", "x1=\"0\"" },
                { 3, NAN, 30, "width=\"10\"", NULL },
                { NAN, 15, 30, "width=\"0\"", "x1=\"50\"" } };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *svg = chart_bar_svg (cases[i].value, cases[i].path, cases[i].target, CHART_TONE_BAD);

    assert_non_null (strstr (svg, cases[i].fill));
    if (cases[i].mark != NULL)
      assert_non_null (strstr (svg, cases[i].mark));
    else
      assert_null (strstr (svg, "c-mark"));
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (chart_svg__every_case__is_the_golden_picture),
    cmocka_unit_test (chart_funnel_svg__schools_of_all_sizes__is_the_golden_picture),
    cmocka_unit_test (chart_spark_svg__drifting__is_the_golden_picture),
    cmocka_unit_test (chart_svg__every_case_and_size__texts_stay_apart_and_inside),
    cmocka_unit_test (chart_svg__thousand_random_series__texts_stay_apart_and_value_is_shown),
    cmocka_unit_test (chart_svg__hostile_text__is_escaped),
    cmocka_unit_test (chart_spark_svg__every_case__has_no_text_and_no_nan),
    cmocka_unit_test (chart_bar_svg__value_path_and_target__lengths_in_per_cent),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
