#include "base/text.h"
#include "report/chart_canvas.h"

#include <math.h>

#define HALO "paint-order=\"stroke\" stroke=\"" CHART_BACKGROUND "\" stroke-width=\"3\" stroke-linejoin=\"round\""
#define LABEL_STYLE "class=\"c-label\" font-size=\"11\" fill=\"" CHART_MUTED "\" " HALO " text-anchor=\"middle\""

/* As much of @text as fits into @room pixels; an ellipsis shows that something is missing. */
static char *
fit_text (const char *text, double size, double room)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (placing_text_width (text, size) <= room)
    return g_strdup (text);
  for (const char *p = text; *p != '\0'; p = text_next (p)) {
    gsize before = out->len;

    g_string_append_unichar (out, g_utf8_get_char (p));
    if (placing_text_width (out->str, size) + size > room) {
      g_string_truncate (out, before);
      break;
    }
  }
  g_string_append (out, "…");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

#define VALUE_ROUNDS 16

/* Above and below the point, then aside, then farther and farther. */
static guint
value_spots (double x, double y, double aside, Spot spots[])
{
  guint n = 0;

  spots[n++] = (Spot){ x, y - CHART_LINE_HEIGHT };
  spots[n++] = (Spot){ x, y + CHART_LINE_HEIGHT };
  spots[n++] = (Spot){ x - aside, y };
  spots[n++] = (Spot){ x + aside, y };
  for (guint round = 0; round < VALUE_ROUNDS; round++) {
    double away = 6 * (round + 1);

    spots[n++] = (Spot){ x - aside, y - away };
    spots[n++] = (Spot){ x - aside, y + away };
    spots[n++] = (Spot){ x + aside, y - away };
    spots[n++] = (Spot){ x + aside, y + away };
    spots[n++] = (Spot){ x, y - away - CHART_LINE_HEIGHT };
    spots[n++] = (Spot){ x, y + away + CHART_LINE_HEIGHT };
  }
  return n;
}

static void
label_last (Canvas *c)
{
  const ChartPoint *last = chart_last_point (c->chart);
  g_autofree char *text = format_value (last->value, c->chart->unit);
  double width = CHART_BOLD * placing_text_width (text, CHART_VALUE_SIZE);
  Spot spots[4 + 6 * VALUE_ROUNDS];
  guint n = value_spots (canvas_x (c, last->t), canvas_y (c, last->value), width / 2 + 8, spots);
  g_autofree char *style = NULL;
  Box box;

  if (!placing_put (c->placing, spots, n, width, CHART_LINE_HEIGHT, FALSE, &box))
    return;
  style = g_strdup_printf ("class=\"c-value\" font-size=\"13\" font-weight=\"700\" fill=\"%s\" " HALO
                           " text-anchor=\"middle\"",
                           chart_tone_colour (c->chart->tone));
  chart_add_text (c->labels, style, (box.x0 + box.x1) / 2, box.y1 - 3.5, text);
}

/* Somewhere along the path, above or below, as near its start as there is room. */
static void
label_path (Canvas *c)
{
  static const double places[] = { 0.12, 0.25, 0.4, 0.55, 0.7, 0.85 };
  static const double offsets[] = { -11, 11, -18, 18, -26, 26 };
  const Chart *chart = c->chart;
  double width = placing_text_width (chart->path_label, CHART_LABEL_SIZE);
  double from = canvas_x (c, chart->baseline_t);
  double to = canvas_x (c, chart->deadline_t);
  double y0 = canvas_y (c, chart->baseline_value);
  double y1 = canvas_y (c, chart->target_value);
  Spot spots[G_N_ELEMENTS (places) * G_N_ELEMENTS (offsets)];
  guint n = 0;
  Box box;

  for (guint o = 0; o < G_N_ELEMENTS (offsets); o++)
    for (guint p = 0; p < G_N_ELEMENTS (places); p++)
      spots[n++] = (Spot){ from + places[p] * (to - from), y0 + places[p] * (y1 - y0) + offsets[o] };
  if (placing_put (c->placing, spots, n, width, CHART_LINE_HEIGHT - 1, TRUE, &box))
    chart_add_text (c->labels, LABEL_STYLE, (box.x0 + box.x1) / 2, box.y1 - 3.5, chart->path_label);
}

static void
margin_label (Canvas *c, const char *text, double y, const char *class, const char *colour)
{
  g_autofree char *fitted = fit_text (text, CHART_LABEL_SIZE, c->chart->width - c->right - 5);
  g_autofree char *style = g_strdup_printf ("class=\"%s\" font-size=\"11\" fill=\"%s\"", class, colour);

  chart_add_text (c->labels, style, c->right + 5, y + 4, fitted);
}

/* Moves two labels apart by half each, then both between @low and @high. */
static void
spread (double *upper, double *lower, double gap, double low, double high)
{
  double missing = gap - (*lower - *upper);

  if (missing > 0) {
    *upper -= missing / 2;
    *lower += missing / 2;
  }
  *upper = fmax (*upper, low);
  *lower = fmin (fmax (*lower, *upper + gap), high);
  *upper = fmin (*upper, *lower - gap);
}

/* Target and projection stand beside their lines' ends, in the right margin. */
static void
label_ends (Canvas *c)
{
  const Chart *chart = c->chart;
  double low = c->top + CHART_LINE_HEIGHT / 2;
  double high = c->bottom - CHART_LINE_HEIGHT / 2;
  double target = canvas_y (c, chart->target_value);
  double projected = NAN;

  if (!chart_has_projection (chart)) {
    margin_label (c, chart->target_label, fmax (low, fmin (high, target)), "c-label c-end", CHART_MUTED);
    return;
  }
  projected = canvas_y (c, chart->projected);
  if (projected < target)
    spread (&projected, &target, CHART_LINE_HEIGHT, low, high);
  else
    spread (&target, &projected, CHART_LINE_HEIGHT, low, high);
  margin_label (c, chart->target_label, target, "c-label c-end", CHART_MUTED);
  margin_label (c, chart->projected_label, projected, "c-outlook", chart_tone_colour (chart->tone));
}

static void
label_deadline (Canvas *c)
{
  const Chart *chart = c->chart;
  g_autofree char *text = fit_text (chart->deadline_label, CHART_LABEL_SIZE, chart->width - 8);
  double half = placing_text_width (text, CHART_LABEL_SIZE) / 2;
  double x = fmax (half + 2, fmin (canvas_x (c, chart->deadline_t), chart->width - half - 2));

  chart_add_text (c->labels, LABEL_STYLE, x, c->top - 5, text);
  placing_block (c->placing, (Box){ x - half, 0, x + half, c->top });
}

static void
label_empty (Canvas *c)
{
  double x = (c->left + c->right) / 2;
  double y = (c->top + c->bottom) / 2;
  const Spot spots[] = { { x, y }, { x, y - 30 }, { x, y + 30 }, { x, y - 50 }, { x, y + 50 } };
  double width = placing_text_width (c->chart->empty_label, CHART_VALUE_SIZE);
  Box box;

  if (placing_put (c->placing, spots, G_N_ELEMENTS (spots), width, CHART_LINE_HEIGHT + 4, FALSE, &box))
    chart_add_text (c->labels,
                    "class=\"c-empty\" font-size=\"13\" fill=\"" CHART_MUTED "\" " HALO " text-anchor=\"middle\"",
                    (box.x0 + box.x1) / 2, box.y1 - 5, c->chart->empty_label);
}

void
canvas_labels (Canvas *c)
{
  const Chart *chart = c->chart;

  if (isfinite (chart->deadline_t))
    label_deadline (c);
  if (chart_last_point (chart) != NULL)
    label_last (c);
  else
    label_empty (c);
  if (chart_has_path (chart)) {
    label_ends (c);
    label_path (c);
  }
}
