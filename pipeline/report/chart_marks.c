#include "base/text.h"
#include "report/chart_canvas.h"

#include <math.h>

#define TICK_STYLE "class=\"c-tick\" font-size=\"11\" fill=\"" CHART_MUTED "\" "

static void
draw_grid (Canvas *c)
{
  for (double v = ceil (c->scale.low / c->scale.step - 1e-9); v * c->scale.step <= c->scale.high + 1e-9; v++) {
    double y = canvas_y (c, v * c->scale.step);
    g_autofree char *text = canvas_tick (c, v * c->scale.step);

    chart_add_line (c->marks, "class=\"c-grid\" stroke=\"" CHART_GRID "\"", c->left, y, c->right, y);
    chart_add_text (c->marks, TICK_STYLE "text-anchor=\"end\"", c->left - 5, y + 4, text);
  }
}

static void
draw_tick (Canvas *c, double x, const char *label)
{
  double half = placing_text_width (label, CHART_LABEL_SIZE) / 2;

  chart_add_text (c->marks, TICK_STYLE "text-anchor=\"middle\"", fmax (half, fmin (x, c->chart->width - half)),
                  c->bottom + CHART_LINE_HEIGHT, label);
}

/* Few enough points are named one by one. */
static gboolean
points_have_room (const Canvas *c)
{
  double end = -INFINITY;

  for (guint i = 0; i < c->chart->n_points; i++) {
    double half = placing_text_width (c->chart->points[i].label, CHART_LABEL_SIZE) / 2;
    double x = fmax (half, canvas_x (c, c->chart->points[i].t));

    if (x - half < end + 6 || x + half > c->chart->width)
      return FALSE;
    end = x + half;
  }
  return c->chart->n_points > 0;
}

static void
draw_bands (Canvas *c)
{
  double width = c->right - c->left - 2 * CHART_AIR;
  g_autoptr (GArray) bands = axis_bands (c->chart, c->first, c->last, width, 34);

  for (guint i = 0; i < bands->len; i++) {
    const AxisBand *band = &g_array_index (bands, AxisBand, i);
    double from = canvas_x (c, band->from);
    double to = canvas_x (c, band->to);

    if (band->from > c->first + 1e-6)
      chart_add_line (c->marks, "class=\"c-grid\" stroke=\"" CHART_GRID "\"", from, c->bottom, from, c->bottom + 4);
    if (to - from >= placing_text_width (band->label, CHART_LABEL_SIZE))
      draw_tick (c, (from + to) / 2, band->label);
  }
}

static void
draw_times (Canvas *c)
{
  if (!points_have_room (c)) {
    if (c->last >= 1)
      draw_bands (c);
    return;
  }
  for (guint i = 0; i < c->chart->n_points; i++)
    draw_tick (c, canvas_x (c, c->chart->points[i].t), c->chart->points[i].label);
}

static void
draw_path (Canvas *c)
{
  const Chart *chart = c->chart;
  double x0 = canvas_x (c, chart->baseline_t);
  double y0 = canvas_y (c, chart->baseline_value);
  double x1 = canvas_x (c, chart->deadline_t);
  double y1 = canvas_y (c, chart->target_value);

  chart_add_line (c->marks, "class=\"c-path\" stroke=\"" CHART_PATH "\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
                  x0, y0, x1, y1);
  placing_line (c->placing, x0, y0, x1, y1);
  if (x1 < c->right - CHART_AIR - 1) { /* figures go on after the deadline: so does what was asked */
    chart_add_line (c->marks, "class=\"c-path\" stroke=\"" CHART_PATH "\" stroke-width=\"1\" stroke-dasharray=\"1 4\"",
                    x1, y1, c->right, y1);
    placing_line (c->placing, x1, y1, c->right, y1);
  }
}

static void
draw_projection (Canvas *c)
{
  const Chart *chart = c->chart;
  const ChartPoint *last = chart_last_point (chart);
  double x0 = canvas_x (c, last->t);
  double y0 = canvas_y (c, last->value);
  double x1 = canvas_x (c, chart->deadline_t);
  double y1 = canvas_y (c, chart->projected);
  const char *colour = chart_tone_colour (chart->tone);

  if (isfinite (chart->projected_low) && isfinite (chart->projected_high)) {
    double low = canvas_y (c, chart->projected_low);
    double high = canvas_y (c, chart->projected_high);

    chart_add (c->marks, "<polygon class=\"c-band\" fill=\"%s\" fill-opacity=\"0.14\" points=\"%s,%s %s,%s %s,%s\"/>",
               colour, PX (x0), PX (y0), PX (x1), PX (high), PX (x1), PX (low));
    placing_line (c->placing, x0, y0, x1, high);
    placing_line (c->placing, x0, y0, x1, low);
  }
  chart_add (c->marks,
             "<line class=\"c-projection\" stroke=\"%s\" stroke-width=\"1.5\" stroke-dasharray=\"1 3\" "
             "stroke-linecap=\"round\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>",
             colour, PX (x0), PX (y0), PX (x1), PX (y1));
  placing_line (c->placing, x0, y0, x1, y1);
}

static void
draw_series (Canvas *c)
{
  const Chart *chart = c->chart;
  const ChartPoint *before = NULL;
  const char *separator = "";

  chart_add (c->marks,
             "<polyline class=\"c-line\" fill=\"none\" stroke=\"" CHART_SERIES "\" stroke-width=\"1.5\" points=\"");
  for (guint i = 0; i < chart->n_points; i++) {
    const ChartPoint *point = &chart->points[i];

    if (!isfinite (point->value))
      continue;
    chart_add (c->marks, "%s%s,%s", separator, PX (canvas_x (c, point->t)), PX (canvas_y (c, point->value)));
    if (before != NULL)
      placing_line (c->placing, canvas_x (c, before->t), canvas_y (c, before->value), canvas_x (c, point->t),
                    canvas_y (c, point->value));
    before = point;
    separator = " ";
  }
  chart_add (c->marks, "\"/>");
}

static char *
point_title (const Chart *chart, const ChartPoint *point)
{
  g_autofree char *value = format_value (point->value, chart->unit);
  g_autofree char *range = format_range (point->low, point->high, chart->unit);

  return *range == '\0' ? g_strdup_printf ("%s %s", point->label, value)
                        : g_strdup_printf ("%s %s (%s)", point->label, value, range);
}

static void
draw_point (Canvas *c, const ChartPoint *point, gboolean is_last)
{
  double x = canvas_x (c, point->t);
  double y = canvas_y (c, point->value);
  double radius = is_last ? 4.5 : 3;
  const char *colour = is_last ? chart_tone_colour (c->chart->tone) : CHART_SERIES;
  g_autofree char *title = point_title (c->chart, point);
  g_autofree char *safe = text_html (title);

  chart_add (c->marks, "<g class=\"c-point%s\"><title>%s</title>", is_last ? " c-last" : "", safe);
  if (isfinite (point->low) && isfinite (point->high)) {
    double low = canvas_y (c, point->low);
    double high = canvas_y (c, point->high);

    chart_add (c->marks, "<line class=\"c-interval\" stroke=\"%s\" stroke-width=\"%s\" stroke-opacity=\"0.55\" ",
               colour, is_last ? "2.5" : "1.5");
    chart_add (c->marks, "x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>", PX (x), PX (low), PX (x), PX (high));
    placing_line (c->placing, x, low, x, high);
  }
  chart_add (c->marks,
             "<circle class=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>",
             point->provisional ? "c-dot c-hollow" : "c-dot", point->provisional ? CHART_BACKGROUND : colour, colour,
             PX (x), PX (y), PX (radius));
  chart_add (c->marks, "<circle fill=\"none\" pointer-events=\"all\" cx=\"%s\" cy=\"%s\" r=\"11\"/></g>", PX (x),
             PX (y));
  placing_block (c->placing, (Box){ x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1 });
}

static void
draw_deadline (Canvas *c)
{
  double x = canvas_x (c, c->chart->deadline_t);

  chart_add_line (c->marks, "class=\"c-deadline\" stroke=\"" CHART_MUTED "\" stroke-dasharray=\"2 3\"", x, c->top, x,
                  c->bottom);
  placing_line (c->placing, x, c->top, x, c->bottom);
}

void
canvas_marks (Canvas *c)
{
  const Chart *chart = c->chart;
  const ChartPoint *last = chart_last_point (chart);

  draw_grid (c);
  draw_times (c);
  if (isfinite (chart->deadline_t))
    draw_deadline (c);
  if (chart_has_path (chart))
    draw_path (c);
  if (chart_has_projection (chart))
    draw_projection (c);
  if (last != NULL)
    draw_series (c);
  for (guint i = 0; i < chart->n_points; i++)
    if (isfinite (chart->points[i].value))
      draw_point (c, &chart->points[i], &chart->points[i] == last);
}
