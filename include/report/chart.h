/* include/report/chart.h: one indicator of one area over time against its path, as SVG; the same text serves page and
 * mail. */
#pragma once

#include "domain/format.h"

#include <glib.h>

typedef struct {
  double t;             /* years, as period_time() gives them; strictly increasing along the points */
  const char *label;    /* the period in words, for the tooltip */
  double value;         /* in the chart's unit; a NAN leaves the point out */
  double low, high;     /* 95 % interval; NAN: none */
  gboolean provisional; /* drawn hollow */
} ChartPoint;

/* Colours the last point: what the verdict says. */
typedef enum { CHART_TONE_NONE, CHART_TONE_GOOD, CHART_TONE_DOUBT, CHART_TONE_BAD } ChartTone;

/* Everything is borrowed. Times are years, values in @unit; NAN stands for what is not known. */
typedef struct {
  double width, height; /* CSS pixels, at least 280 x 160 */
  FormatUnit unit;
  const char *language;         /* zh, en */
  gboolean months;              /* the time axis counts months; years otherwise */
  double scale_low, scale_high; /* at least this much of the value axis, so that charts share one; both 0: its own */
  ChartTone tone;
  const ChartPoint *points;
  guint n_points;
  double baseline_t, baseline_value; /* where the path starts */
  double deadline_t, target_value;   /* where it ends */
  double projected, projected_low,
      projected_high;          /* at the deadline; drawn only when the deadline lies after the last point */
  const char *title;           /* the whole in one sentence, for screen readers and as tooltip */
  const char *path_label;      /* on the path: "计划路径" */
  const char *target_label;    /* at its end: "目标 ≤60.0%" */
  const char *projected_label; /* at the projection's end: "预计 62.9%" */
  const char *deadline_label;  /* above the deadline's mark: "截止 2022年12月31日" */
  const char *empty_label;     /* instead of points when there are none: "尚无数据" */
} Chart;

/**
 * chart_svg: a complete <svg> element without XML declaration, fit to stand inside HTML or in a file of its own.
 *
 * Colours are presentation attributes (a light theme), and every element has a class, so that a style sheet can change
 * them: c-grid, c-tick, c-path, c-band, c-projection, c-deadline, c-line, c-interval, c-dot, c-hollow, c-value,
 * c-label, and on the root chart and tone-good, tone-doubt, tone-bad or tone-none. Labels never overlap each other;
 * secondary ones are left out when there is no room for them.
 */
char *chart_svg (const Chart *chart);

/* chart_range: widens @low and @high by everything that the chart would show. */
void chart_range (const Chart *chart, double *low, double *high);

/* chart_spark_svg: the points and the path alone, without text, hidden from screen readers. */
char *chart_spark_svg (const Chart *chart);

/* chart_bar_svg: a count against its target as a bar, with a mark where the path stands today; its width is the
 * container's. */
char *chart_bar_svg (double value, double path, double target, ChartTone tone);

/* chart_strip: appends a value with its interval as a dot on a strip from 0 to @end, to stand in a table's cell;
 * nothing for a NAN. */
void chart_strip (GString *out, double value, double low, double high, double end);
