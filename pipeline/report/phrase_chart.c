#include "report/phrase.h"

#include <math.h>
#include <string.h>

/* A chart with the strings and points that it borrows. */
typedef struct {
  Chart chart;
  GArray *points;     /* ChartPoint */
  GPtrArray *strings; /* owned */
} Picture;

static void
picture_clear (Picture *picture)
{
  g_array_unref (picture->points);
  g_ptr_array_unref (picture->strings);
}

static const char *
keep (Picture *picture, char *text)
{
  g_ptr_array_add (picture->strings, text);
  return text;
}

static void
add_points (Picture *picture, const Voice *voice, const Board *board, const Standing *s)
{
  const GArray *waves = board_waves (board, s->indicator->indicator, s->area->area_code);

  for (guint i = 0; waves != NULL && i < waves->len; i++) {
    const Wave *wave = &g_array_index (waves, Wave, i);
    ChartPoint point = { .t = wave->t,
                         .label = keep (picture, format_period (wave->period, voice->language)),
                         .value = wave->value,
                         .low = wave->low,
                         .high = wave->high,
                         .provisional = wave->provisional };

    if (isfinite (point.t))
      g_array_append_val (picture->points, point);
  }
  picture->chart.points = (const ChartPoint *)(gpointer)picture->points->data;
  picture->chart.n_points = picture->points->len;
}

static const Plan *
plan_of (const Catalogue *catalogue, const char *plan)
{
  for (guint i = 0; i < catalogue->plans->len; i++) {
    const Plan *found = catalogue->plans->pdata[i];

    if (strcmp (found->plan, plan) == 0)
      return found;
  }
  return NULL;
}

/* The path as measure judges by it: from the baseline's period, or the plan's first day, to the deadline. */
static void
set_path (Chart *chart, const Catalogue *catalogue, const Standing *s)
{
  const Plan *plan = plan_of (catalogue, s->target->plan);
  gboolean sampled = s->indicator->kind == INDICATOR_SAMPLE && *s->target->deadline_period != '\0';

  chart->baseline_t = board_time (s->indicator, s->target->baseline_period);
  if (isnan (chart->baseline_t) && plan != NULL)
    chart->baseline_t = floor (board_day_time (plan->starts));
  chart->deadline_t
      = sampled ? board_time (s->indicator, s->target->deadline_period) : board_day_time (s->target->deadline);
  chart->baseline_value = s->target->kind == TARGET_FLOOR ? s->target_value : s->baseline_value;
  chart->target_value = s->target_value;
}

static void
set_labels (Picture *picture, const Voice *voice, const Standing *s)
{
  Chart *chart = &picture->chart;
  g_autofree char *goal = phrase_goal (voice, s);
  g_autofree char *projected = format_value (s->projected, standing_unit (s));
  g_autofree char *deadline = format_date (s->target->deadline, voice->language);

  chart->title = keep (picture, phrase_sentence (voice, s));
  chart->path_label = phrase (voice, s->target->kind == TARGET_FLOOR ? "chart.floor" : "chart.path");
  chart->target_label = keep (picture, format_fill (phrase (voice, "chart.target"), "goal", goal, NULL));
  chart->projected_label = keep (picture, format_fill (phrase (voice, "chart.projected"), "value", projected, NULL));
  chart->deadline_label = keep (picture, format_fill (phrase (voice, "chart.deadline"), "date", deadline, NULL));
  chart->empty_label = phrase (voice, "chart.empty");
}

static void
picture_init (Picture *picture, const Voice *voice, const Board *board, const Standing *s)
{
  const Feed *feed = catalogue_feed (voice->catalogue, s->indicator->feed);

  *picture = (Picture){
    .chart = { .unit = standing_unit (s),
               .language = voice->language,
               .months = feed != NULL && strcmp (feed->frequency, "month") == 0,
               .tone = standing_tone (s),
               .projected = s->projected,
               .projected_low = s->projected_low95,
               .projected_high = s->projected_high95 },
    .points = g_array_new (FALSE, FALSE, sizeof (ChartPoint)),
    .strings = g_ptr_array_new_with_free_func (g_free),
  };
  add_points (picture, voice, board, s);
  set_path (&picture->chart, voice->catalogue, s);
  set_labels (picture, voice, s);
}

char *
phrase_chart (const Voice *voice, const Board *board, const Standing *s, double width, double height)
{
  Picture picture;
  char *svg = NULL;

  picture_init (&picture, voice, board, s);
  picture.chart.width = width;
  picture.chart.height = height;
  svg = chart_svg (&picture.chart);
  picture_clear (&picture);
  return svg;
}

/* The range that the target's districts take together. The city lies between them. */
static void
share_scale (Chart *chart, const Voice *voice, const Board *board, const Target *target)
{
  double low = INFINITY;
  double high = -INFINITY;

  for (guint i = 0; i < board->standings->len; i++) {
    const Standing *other = board->standings->pdata[i];
    Picture picture;

    if (other->target != target)
      continue;
    picture_init (&picture, voice, board, other);
    chart_range (&picture.chart, &low, &high);
    picture_clear (&picture);
  }
  if (low < high) {
    chart->scale_low = low;
    chart->scale_high = high;
  }
}

char *
phrase_small (const Voice *voice, const Board *board, const Standing *s, double width, double height)
{
  Picture picture;
  char *svg = NULL;

  picture_init (&picture, voice, board, s);
  share_scale (&picture.chart, voice, board, s->target);
  picture.chart.width = width;
  picture.chart.height = height;
  svg = chart_svg (&picture.chart);
  picture_clear (&picture);
  return svg;
}

char *
phrase_spark (const Voice *voice, const Board *board, const Standing *s)
{
  Picture picture;
  char *svg = NULL;

  picture_init (&picture, voice, board, s);
  svg = chart_spark_svg (&picture.chart);
  picture_clear (&picture);
  return svg;
}
