#include "report/chart_axis.h"

#include <math.h>
#include <string.h>

#define MAX_TICKS 5
#define MIN_SPAN_PERCENT 4.0

static void
widen (double *low, double *high, double value)
{
  if (!isfinite (value))
    return;
  *low = fmin (*low, value);
  *high = fmax (*high, value);
}

void
chart_range (const Chart *chart, double *low, double *high)
{
  for (guint i = 0; i < chart->n_points; i++) {
    widen (low, high, chart->points[i].value);
    widen (low, high, chart->points[i].low);
    widen (low, high, chart->points[i].high);
  }
  widen (low, high, chart->baseline_value);
  widen (low, high, chart->target_value);
  widen (low, high, chart->projected);
  widen (low, high, chart->projected_low);
  widen (low, high, chart->projected_high);
}

static void
value_range (const Chart *chart, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  chart_range (chart, low, high);
  if (chart->scale_low < chart->scale_high) {
    widen (low, high, chart->scale_low);
    widen (low, high, chart->scale_high);
  }
  if (*low > *high) {
    *low = 0;
    *high = chart->unit == UNIT_PERCENT ? 100 : 10;
  }
}

/* 1, 2 or 5 times a power of ten, at least span / MAX_TICKS; counts have no fractions. */
static double
nice_step (double span, FormatUnit unit)
{
  double rough = span / MAX_TICKS;
  double power = pow (10, floor (log10 (rough)));
  double step = power;

  if (step < rough * (1 - 1e-9))
    step = 2 * power;
  if (step < rough * (1 - 1e-9))
    step = 5 * power;
  if (step < rough * (1 - 1e-9))
    step = 10 * power;
  return unit == UNIT_COUNT ? fmax (1, step) : step;
}

AxisScale
axis_scale (const Chart *chart)
{
  AxisScale scale = { 0 };
  double least = chart->unit == UNIT_PERCENT ? MIN_SPAN_PERCENT : 4;
  double air = 0;

  value_range (chart, &scale.low, &scale.high);
  air = fmax (0.06 * (scale.high - scale.low), (least - (scale.high - scale.low)) / 2);
  scale.low = fmax (0, scale.low - air);
  scale.high += air;
  if (chart->unit == UNIT_PERCENT)
    scale.high = fmin (100, scale.high);
  if (scale.high - scale.low < least) /* cut by a bound on one side: give it to the other */
    scale.low = fmax (0, scale.high - least);
  scale.step = nice_step (scale.high - scale.low, chart->unit);
  scale.decimals = (int)fmax (0, -floor (log10 (scale.step) + 1e-9));
  return scale;
}

void
axis_span (const Chart *chart, double *first, double *last)
{
  *first = INFINITY;
  *last = -INFINITY;
  for (guint i = 0; i < chart->n_points; i++)
    widen (first, last, chart->points[i].t);
  widen (first, last, chart->baseline_t);
  widen (first, last, chart->deadline_t);
  if (*first > *last)
    *first = *last = 0.25; /* nothing to show: any span will do */
  if (*last - *first < 0.5) {
    double middle = (*first + *last) / 2;

    *first = middle - 0.25;
    *last = middle + 0.25;
  }
}

static void
add_band (GArray *bands, double first, double last, double from, double to, const char *label)
{
  AxisBand band = { .from = fmax (from, first), .to = fmin (to, last) };

  g_strlcpy (band.label, label, sizeof band.label);
  g_array_append_val (bands, band);
}

static void
add_years (GArray *bands, double first, double last, int every)
{
  int start = (int)floor (first);

  for (int year = start; year < last; year += every) {
    char label[16];

    g_snprintf (label, sizeof label, "%d", year);
    add_band (bands, first, last, year, year + every, label);
  }
}

/* January is named by its year. */
static void
add_months (GArray *bands, double first, double last, int every, const char *language)
{
  int start = (int)floor (first * 12 + 1e-6) / every * every;

  for (int month = start; month < last * 12 - 1e-6; month += every) {
    g_autofree char *label
        = month % 12 == 0 ? g_strdup_printf ("%d", month / 12) : format_month ((guint)(month % 12) + 1, language);

    add_band (bands, first, last, month / 12.0, (month + every) / 12.0, label);
  }
}

GArray *
axis_bands (const Chart *chart, double first, double last, double width, double label_room)
{
  GArray *bands = g_array_new (FALSE, TRUE, sizeof (AxisBand));
  double per_year = width / (last - first);
  static const int steps[] = { 1, 2, 3, 6 };

  for (guint i = 0; chart->months && i < G_N_ELEMENTS (steps); i++)
    if (per_year / 12 * steps[i] >= label_room) {
      add_months (bands, first, last, steps[i], chart->language);
      return bands;
    }
  add_years (bands, first, last, (int)fmax (1, ceil (label_room / per_year)));
  return bands;
}
