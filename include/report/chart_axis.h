/* include/report/chart_axis.h: scales and ticks of a chart. */
#pragma once

#include "report/chart.h"

typedef struct {
  double low, high; /* what the axis covers */
  double step;      /* between ticks; ticks are the multiples of it inside [low, high] */
  int decimals;     /* that the ticks need */
} AxisScale;

/* axis_scale: covers every value, interval, path and projection of @chart with some air, and gives 3 to 6 ticks. Shares
   stay within 0 to 100, counts at or above 0. */
AxisScale axis_scale (const Chart *chart);

/* axis_span: first and last t that the chart has to show; never of zero length, 0 to 0.5 when nothing has a
   time. */
void axis_span (const Chart *chart, double *first, double *last);

typedef struct {
  double from, to; /* t; the label stands in the middle, a tick at @from */
  char label[16];
} AxisBand;

/* axis_bands: whole years (or months) from @first to @last, thinned so that each label has @label_room pixels of
   @width; a GArray of AxisBand, cut to the span. */
GArray *axis_bands (const Chart *chart, double first, double last, double width, double label_room);
