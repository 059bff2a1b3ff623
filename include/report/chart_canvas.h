/* include/report/chart_canvas.h: what the drawing of one chart shares: scales, margins, taken places, text so far. */
#pragma once

#include "report/chart.h"
#include "report/chart_axis.h"
#include "report/chart_place.h"

#define CHART_FONTS "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif"
#define CHART_INK "#1c2733"
#define CHART_MUTED "#55606d"
#define CHART_GRID "#e3e6ea"
#define CHART_PATH "#6a7480"
#define CHART_SERIES "#24527a"
#define CHART_BACKGROUND "#ffffff"

#define CHART_LABEL_SIZE 11.0 /* pixels, as in the font-size attributes */
#define CHART_VALUE_SIZE 13.0
#define CHART_BOLD 1.12 /* how much wider bold text is */
#define CHART_LINE_HEIGHT 15.0
#define CHART_AIR 8.0 /* between the plot's frame and the outermost marks */

typedef struct {
  const Chart *chart;
  AxisScale scale;
  double first, last;              /* t at the plot's edges */
  double left, right, top, bottom; /* the plot, pixels */
  Placing *placing;                /* owned */
  GString *marks;                  /* owned */
  GString *labels;                 /* owned; drawn above all marks */
} Canvas;

/* canvas_init: margins from the labels' lengths, scales from the values; release with canvas_clear(). */
void canvas_init (Canvas *canvas, const Chart *chart);
void canvas_clear (Canvas *canvas);

double canvas_x (const Canvas *canvas, double t);
double canvas_y (const Canvas *canvas, double value);

/* canvas_tick: text of the axis at @value. */
char *canvas_tick (const Canvas *canvas, double value);

/* canvas_marks: everything but labels; tells placing what is where. canvas_labels: then the labels. */
void canvas_marks (Canvas *canvas);
void canvas_labels (Canvas *canvas);

gboolean chart_has_path (const Chart *chart);
gboolean chart_has_projection (const Chart *chart);
const ChartPoint *chart_last_point (const Chart *chart); /* NULL when there is none with a value */
const char *chart_tone_name (ChartTone tone);
const char *chart_tone_colour (ChartTone tone);

/* A position as text, one decimal at most, a full stop in every locale. */
typedef struct {
  char text[32];
} ChartPixel;
ChartPixel chart_pixel (double value);
#define PX(value) (chart_pixel (value).text)

void chart_add (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);
void chart_add_line (GString *out, const char *attributes, double x0, double y0, double x1, double y1);
/* chart_add_text: escapes @text. */
void chart_add_text (GString *out, const char *attributes, double x, double y, const char *text);
