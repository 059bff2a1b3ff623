#include "report/chart_funnel.h"

#include "base/text.h"
#include "report/chart_axis.h"
#include "report/chart_canvas.h"

#include <math.h>

#define LEFT 40.0
#define RIGHT 10.0
#define TOP 10.0
#define BOTTOM 34.0
#define STEPS 48 /* of a limit's line */

typedef struct {
  AxisScale scale;
  double most; /* pupils at the right edge */
  double width, height;
} Frame;

static double
frame_x (const Frame *f, double n)
{
  return LEFT + n / f->most * (f->width - LEFT - RIGHT);
}

static double
frame_y (const Frame *f, double rate)
{
  double share = (rate - f->scale.low) / (f->scale.high - f->scale.low);

  return f->height - BOTTOM - fmax (0, fmin (1, share)) * (f->height - TOP - BOTTOM);
}

/* The scale is that of the points: limits at the smallest sizes may leave it. */
static Frame
make_frame (const FunnelPoint points[], guint n, double width, double height)
{
  Frame f = { .width = width, .height = height };
  double low = INFINITY;
  double high = -INFINITY;
  Chart chart = { .unit = UNIT_PERCENT,
                  .baseline_value = NAN,
                  .target_value = NAN,
                  .projected = NAN,
                  .projected_low = NAN,
                  .projected_high = NAN };

  for (guint i = 0; i < n; i++) {
    low = fmin (low, points[i].rate);
    high = fmax (high, points[i].rate);
    f.most = fmax (f.most, points[i].n);
  }
  f.most *= 1.03;
  chart.scale_low = low;
  chart.scale_high = high;
  f.scale = axis_scale (&chart);
  return f;
}

static void
add_axes (GString *out, const Frame *f, const char *n_label)
{
  g_autofree char *most = format_value (floor (f->most), UNIT_COUNT);

  for (double v = ceil (f->scale.low / f->scale.step - 1e-9); v * f->scale.step <= f->scale.high + 1e-9; v++) {
    double y = frame_y (f, v * f->scale.step);
    g_autofree char *number = format_decimal (v * f->scale.step, f->scale.decimals);
    g_autofree char *text = g_strconcat (number, "%", NULL);

    chart_add_line (out, "class=\"c-grid\" stroke=\"" CHART_GRID "\"", LEFT, y, f->width - RIGHT, y);
    chart_add_text (out, "class=\"c-tick\" fill=\"" CHART_MUTED "\" font-size=\"11\" text-anchor=\"end\"", LEFT - 5,
                    y + 4, text);
  }
  chart_add_text (out, "class=\"c-tick\" fill=\"" CHART_MUTED "\" font-size=\"11\"", LEFT, f->height - BOTTOM + 15,
                  "0");
  chart_add_text (out, "class=\"c-tick\" fill=\"" CHART_MUTED "\" font-size=\"11\" text-anchor=\"end\"",
                  f->width - RIGHT, f->height - BOTTOM + 15, most);
  chart_add_text (out, "class=\"c-tick\" fill=\"" CHART_MUTED "\" font-size=\"11\" text-anchor=\"middle\"",
                  (LEFT + f->width - RIGHT) / 2, f->height - 6, n_label);
}

static void
add_limit (GString *out, const Frame *f, const Funnel *funnel, double z, gboolean upper, const char *dash)
{
  chart_add (out,
             "<polyline class=\"c-path\" fill=\"none\" stroke=\"" CHART_PATH "\" stroke-dasharray=\"%s\" points=\"",
             dash);
  for (int i = 1; i <= STEPS; i++) {
    double n = f->most * i / STEPS;
    double low = 0;
    double high = 0;

    funnel_limits (funnel, n, z, &low, &high);
    chart_add (out, " %s,%s", PX (frame_x (f, n)), PX (frame_y (f, 100 * (upper ? high : low))));
  }
  g_string_append (out, "\"/>");
}

static void
add_point (GString *out, const Frame *f, const FunnelPoint *p, const Funnel *funnel)
{
  double z = funnel_z (funnel, p->rate / 100 * p->n, p->n);

  if (fabs (z) > FUNNEL_Z_OUTER)
    chart_add (
        out, "<path class=\"c-out\" fill=\"none\" stroke=\"#b3261e\" stroke-width=\"2.2\" d=\"M%s %sl8 8m0-8l-8 8\"/>",
        PX (frame_x (f, p->n) - 4), PX (frame_y (f, p->rate) - 4));
  else
    chart_add (out,
               "<circle class=\"c-dot\" fill=\"" CHART_SERIES "\" fill-opacity=\".55\" cx=\"%s\" cy=\"%s\" r=\"2.6\"/>",
               PX (frame_x (f, p->n)), PX (frame_y (f, p->rate)));
}

char *
chart_funnel_svg (const FunnelPoint points[], guint n, const Funnel *funnel, double width, double height,
                  const char *title, const char *n_label)
{
  g_autoptr (GString) out = g_string_sized_new (4096);
  g_autofree char *safe = text_html (title);
  Frame f = make_frame (points, n, width, height);

  chart_add (out, "<svg class=\"chart tone-none\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" ",
             safe);
  chart_add (out, "width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" font-family=\"" CHART_FONTS "\"><title>%s</title>",
             PX (width), PX (height), PX (width), PX (height), safe);
  add_axes (out, &f, n_label);
  chart_add_line (out, "class=\"c-mark\" stroke=\"" CHART_INK "\"", frame_x (&f, 0), frame_y (&f, 100 * funnel->target),
                  width - RIGHT, frame_y (&f, 100 * funnel->target));
  for (guint upper = 0; upper < 2; upper++) {
    add_limit (out, &f, funnel, FUNNEL_Z_INNER, upper, "2 3");
    add_limit (out, &f, funnel, FUNNEL_Z_OUTER, upper, "6 3");
  }
  for (guint i = 0; i < n; i++)
    add_point (out, &f, &points[i], funnel);
  g_string_append (out, "</svg>");
  return g_string_free (g_steal_pointer (&out), FALSE);
}
