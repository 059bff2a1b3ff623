#include "report/chart.h"

#include "base/text.h"
#include "report/chart_canvas.h"

#include <math.h>

char *
chart_svg (const Chart *chart)
{
  g_autoptr (GString) out = g_string_sized_new (8192);
  g_autofree char *title = text_html (chart->title);
  Canvas c;

  canvas_init (&c, chart);
  canvas_marks (&c);
  canvas_labels (&c);
  chart_add (out, "<svg class=\"chart tone-%s\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" ",
             chart_tone_name (chart->tone), title);
  chart_add (out,
             "width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" font-family=\"" CHART_FONTS "\" fill=\"" CHART_INK "\">",
             PX (chart->width), PX (chart->height), PX (chart->width), PX (chart->height));
  chart_add (out, "<title>%s</title>%s%s</svg>", title, c.marks->str, c.labels->str);
  canvas_clear (&c);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

#define SPARK_WIDTH 84.0
#define SPARK_HEIGHT 20.0
#define SPARK_EDGE 3.0

typedef struct {
  double first, last, low, high;
} SparkFrame;

static double
spark_x (const SparkFrame *f, double t)
{
  return SPARK_EDGE + (t - f->first) / (f->last - f->first) * (SPARK_WIDTH - 2 * SPARK_EDGE);
}

static double
spark_y (const SparkFrame *f, double value)
{
  return SPARK_HEIGHT - SPARK_EDGE - (value - f->low) / (f->high - f->low) * (SPARK_HEIGHT - 2 * SPARK_EDGE);
}

/* Intervals are not drawn, so they must not flatten the line either. */
static SparkFrame
spark_frame (const Chart *chart)
{
  SparkFrame f = { 0, 0, INFINITY, -INFINITY };

  axis_span (chart, &f.first, &f.last);
  for (guint i = 0; i < chart->n_points; i++)
    if (isfinite (chart->points[i].value)) {
      f.low = fmin (f.low, chart->points[i].value);
      f.high = fmax (f.high, chart->points[i].value);
    }
  if (chart_has_path (chart)) {
    f.low = fmin (f.low, fmin (chart->baseline_value, chart->target_value));
    f.high = fmax (f.high, fmax (chart->baseline_value, chart->target_value));
  }
  if (!(f.high - f.low >= 1)) {
    double middle = isfinite (f.low) ? (f.low + f.high) / 2 : 0;

    f.low = middle - 0.5;
    f.high = middle + 0.5;
  }
  return f;
}

char *
chart_spark_svg (const Chart *chart)
{
  g_autoptr (GString) out = g_string_sized_new (512);
  SparkFrame f = spark_frame (chart);
  const ChartPoint *last = chart_last_point (chart);

  chart_add (out, "<svg class=\"spark tone-%s\" aria-hidden=\"true\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\">",
             chart_tone_name (chart->tone), PX (SPARK_WIDTH), PX (SPARK_HEIGHT), PX (SPARK_WIDTH), PX (SPARK_HEIGHT));
  if (chart_has_path (chart))
    chart_add_line (out, "class=\"c-path\" stroke=\"" CHART_PATH "\" stroke-dasharray=\"3 2\"",
                    spark_x (&f, chart->baseline_t), spark_y (&f, chart->baseline_value),
                    spark_x (&f, chart->deadline_t), spark_y (&f, chart->target_value));
  if (last != NULL) {
    chart_add (out, "<polyline class=\"c-line\" fill=\"none\" stroke=\"" CHART_SERIES "\" points=\"");
    for (guint i = 0; i < chart->n_points; i++)
      if (isfinite (chart->points[i].value))
        chart_add (out, " %s,%s", PX (spark_x (&f, chart->points[i].t)), PX (spark_y (&f, chart->points[i].value)));
    chart_add (out, "\"/><circle class=\"c-dot\" fill=\"%s\" cx=\"%s\" cy=\"%s\" r=\"2.5\"/>",
               chart_tone_colour (chart->tone), PX (spark_x (&f, last->t)), PX (spark_y (&f, last->value)));
  }
  g_string_append (out, "</svg>");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Beyond the target the bar is full; how far beyond stands in figures beside it. */
static double
bar_share (double value, double target)
{
  return target > 0 && isfinite (value) ? 100 * fmax (0, fmin (1, value / target)) : 0;
}

char *
chart_bar_svg (double value, double path, double target, ChartTone tone)
{
  g_autoptr (GString) out = g_string_sized_new (512);

  chart_add (out,
             "<svg class=\"bar tone-%s\" aria-hidden=\"true\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\">"
             "<rect class=\"c-track\" fill=\"" CHART_GRID "\" y=\"2\" width=\"100\" height=\"6\"/>",
             chart_tone_name (tone));
  chart_add (out, "<rect class=\"c-fill\" fill=\"%s\" y=\"2\" width=\"%s\" height=\"6\"/>", chart_tone_colour (tone),
             PX (bar_share (value, target)));
  if (isfinite (path) && target > 0)
    chart_add (out,
               "<line class=\"c-mark\" stroke=\"" CHART_INK
               "\" stroke-width=\"2\" vector-effect=\"non-scaling-stroke\" "
               "x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"10\"/>",
               PX (bar_share (path, target)), PX (bar_share (path, target)));
  g_string_append (out, "</svg>");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

#define STRIP_WIDTH 120.0
#define STRIP_HEIGHT 12.0

static double
strip_x (double value, double end)
{
  return 4 + fmax (0, fmin (1, value / end)) * (STRIP_WIDTH - 8);
}

void
chart_strip (GString *out, double value, double low, double high, double end)
{
  if (!isfinite (value) || !(end > 0))
    return;
  chart_add (out, "<svg class=\"strip\" aria-hidden=\"true\" viewBox=\"0 0 %s %s\">", PX (STRIP_WIDTH),
             PX (STRIP_HEIGHT));
  chart_add_line (out, "class=\"c-grid\" stroke=\"" CHART_GRID "\"", 4, STRIP_HEIGHT / 2, STRIP_WIDTH - 4,
                  STRIP_HEIGHT / 2);
  if (isfinite (low) && isfinite (high))
    chart_add_line (out, "class=\"c-interval\" stroke=\"" CHART_SERIES "\" stroke-width=\"3\"", strip_x (low, end),
                    STRIP_HEIGHT / 2, strip_x (high, end), STRIP_HEIGHT / 2);
  chart_add (out, "<circle class=\"c-dot\" fill=\"" CHART_SERIES "\" cx=\"%s\" cy=\"%s\" r=\"3.5\"/></svg>",
             PX (strip_x (value, end)), PX (STRIP_HEIGHT / 2));
}
