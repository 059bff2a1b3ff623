#include "report/chart_canvas.h"

#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

const char *
chart_tone_name (ChartTone tone)
{
  static const char *const names[] = { "none", "good", "doubt", "bad" };

  return names[tone];
}

const char *
chart_tone_colour (ChartTone tone)
{
  static const char *const colours[] = { CHART_SERIES, "#1e6b4f", "#8a5800", "#b3261e" };

  return colours[tone];
}

void
chart_add (GString *out, const char *format, ...)
{
  va_list ap;

  va_start (ap, format);
  g_string_append_vprintf (out, format, ap);
  va_end (ap);
}

ChartPixel
chart_pixel (double value)
{
  ChartPixel out;

  g_ascii_formatd (out.text, sizeof out.text, "%.1f", fabs (value) < 0.05 ? 0.0 : value);
  if (g_str_has_suffix (out.text, ".0"))
    out.text[strlen (out.text) - 2] = '\0';
  return out;
}

void
chart_add_line (GString *out, const char *attributes, double x0, double y0, double x1, double y1)
{
  chart_add (out, "<line %s x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>", attributes, PX (x0), PX (y0), PX (x1), PX (y1));
}

void
chart_add_text (GString *out, const char *attributes, double x, double y, const char *text)
{
  g_autofree char *safe = text_html (text);

  chart_add (out, "<text %s x=\"%s\" y=\"%s\">%s</text>", attributes, PX (x), PX (y), safe);
}

double
canvas_x (const Canvas *c, double t)
{
  return c->left + CHART_AIR + (t - c->first) / (c->last - c->first) * (c->right - c->left - 2 * CHART_AIR);
}

double
canvas_y (const Canvas *c, double value)
{
  double share = (value - c->scale.low) / (c->scale.high - c->scale.low);

  return c->bottom - CHART_AIR - share * (c->bottom - c->top - 2 * CHART_AIR);
}

gboolean
chart_has_path (const Chart *chart)
{
  return isfinite (chart->baseline_t) && isfinite (chart->baseline_value) && isfinite (chart->deadline_t)
         && isfinite (chart->target_value);
}

const ChartPoint *
chart_last_point (const Chart *chart)
{
  for (guint i = chart->n_points; i > 0; i--)
    if (isfinite (chart->points[i - 1].value))
      return &chart->points[i - 1];
  return NULL;
}

gboolean
chart_has_projection (const Chart *chart)
{
  const ChartPoint *last = chart_last_point (chart);

  return last != NULL && isfinite (chart->projected) && isfinite (chart->deadline_t)
         && chart->deadline_t > last->t + 1e-6;
}

char *
canvas_tick (const Canvas *c, double value)
{
  g_autofree char *number
      = c->chart->unit == UNIT_PERCENT ? format_decimal (value, c->scale.decimals) : format_value (value, UNIT_COUNT);

  return g_strconcat (number, c->chart->unit == UNIT_PERCENT ? "%" : "", NULL);
}

static double
right_margin (const Chart *chart)
{
  double width = 0;

  if (chart_has_path (chart))
    width = placing_text_width (chart->target_label, CHART_LABEL_SIZE);
  if (chart_has_projection (chart))
    width = fmax (width, placing_text_width (chart->projected_label, CHART_LABEL_SIZE));
  return fmin (width + 6, chart->width * 0.36);
}

static double
left_margin (Canvas *c)
{
  double width = 0;

  for (double v = ceil (c->scale.low / c->scale.step - 1e-9); v * c->scale.step <= c->scale.high + 1e-9; v++) {
    g_autofree char *text = canvas_tick (c, v * c->scale.step);

    width = fmax (width, placing_text_width (text, CHART_LABEL_SIZE));
  }
  return width + 6;
}

void
canvas_init (Canvas *c, const Chart *chart)
{
  *c = (Canvas){ .chart = chart, .scale = axis_scale (chart) };
  axis_span (chart, &c->first, &c->last);
  c->left = left_margin (c);
  c->right = chart->width - right_margin (chart);
  c->top = CHART_LINE_HEIGHT + 3;
  c->bottom = chart->height - CHART_LINE_HEIGHT - 4;
  c->placing = placing_new ((Box){ c->left, 0, c->right, c->bottom });
  c->marks = g_string_sized_new (4096);
  c->labels = g_string_sized_new (512);
}

void
canvas_clear (Canvas *c)
{
  placing_free (c->placing);
  g_string_free (c->marks, TRUE);
  g_string_free (c->labels, TRUE);
}
