#include "measure/targets.h"

#include "domain/period.h"
#include "measure/estimate.h"
#include "measure/league.h"
#include "measure/small.h"

#include <math.h>
#include <string.h>

#define Z95 1.959963984540054

static Trend *
trend_of (const Measurement *m, const Sample *sample, guint area, guint waves)
{
  const Panel *panel = sample != NULL ? sample->panels[area] : NULL;

  return panel != NULL && sample->weights != NULL
             ? trend_new (panel, sample->weights, MIN (waves, panel->K), m->thresholds.min_events)
             : NULL;
}

/* What is compared over time: the standardised rate of a sample, the share where everybody is counted. */
static double
value_at (const Aggregate *a, const Trend *trend, guint area, guint period)
{
  const AggregateCell *cell = aggregate_cell (a, area, period, 0);
  int k = trend != NULL ? trend_wave (trend, period_time_of (a->periods->pdata[period])) : -1;

  if (a->indicator->kind == INDICATOR_SAMPLE)
    return k >= 0 ? 100 * trend->p[k] : NAN;
  return cell->rows > 0 && cell->n > 0 ? 100 * cell->x / cell->n : NAN;
}

static void
add_tendencies (const Measurement *m, const Aggregate *a, const Sample *sample, guint area, const Touched *touched)
{
  g_autoptr (Trend) trend = trend_of (m, sample, area, G_MAXUINT);
  g_autofree double *t = g_new (double, a->periods->len + 1), *y = g_new (double, a->periods->len + 1);
  guint n = 0;

  for (guint period = 0; period < a->periods->len; period++) {
    double at = period_time_of (a->periods->pdata[period]), value = value_at (a, trend, area, period);
    TendencyRow row = { .indicator = a->indicator->indicator,
                        .area_code = ((const Area *)a->areas->pdata[area])->area_code,
                        .period = a->periods->pdata[period] };

    if (!isfinite (value) || !(n == 0 || at > t[n - 1]))
      continue;
    t[n] = at;
    y[n++] = value;
    if (n < 2 || !touched_look (touched, area, period))
      continue;
    tendency_of (t, y, n, &row.tendency);
    results_add_tendency (m->results, &row);
  }
}

/* Districts with five schools or more: with fewer their errors are not known well enough to weigh them by. */
typedef struct {
  guint n;
  guint *area;
  double *y, *se;
} Field;

static void
field_clear (Field *field)
{
  g_free (field->area);
  g_free (field->y);
  g_free (field->se);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Field, field_clear)

static Field
field_new (guint areas)
{
  return (Field){ 0, g_new (guint, areas + 1), g_new (double, areas + 1), g_new (double, areas + 1) };
}

static void
field_add (Field *field, guint area, const Contrast *value)
{
  if (!isfinite (value->value) || !(value->se > 0) || !isfinite (value->se))
    return;
  field->area[field->n] = area;
  field->y[field->n] = 100 * value->value;
  field->se[field->n++] = 100 * value->se;
}

static void
add_league (const Measurement *m, const Aggregate *a, const Field *field, guint period, const char *measure)
{
  g_auto (League) league = { 0 };
  gboolean up = a->indicator->good_is_up;

  if (!league_of (field->y, field->se, field->n, &league))
    return;
  for (guint i = 0; i < field->n; i++) {
    const LeagueRow *found = &league.row[i];
    LeagueResult row = {
      .indicator = a->indicator->indicator,
      .area_code = ((const Area *)a->areas->pdata[field->area[i]])->area_code,
      .period = a->periods->pdata[period],
      .measure = measure,
      .districts = league.n,
      .value = field->y[i],
      .se = field->se[i],
      .share = found->share,
      .shrunken = found->value,
      .shrunken_low95 = found->value - Z95 * found->se,
      .shrunken_high95 = found->value + Z95 * found->se,
      .mean = league.mean,
      .tau = sqrt (league.tau2),
      .expected_rank = up ? league.n + 1 - found->rank : found->rank,
      .probability_best = fmin (1, up ? found->highest : found->lowest),
      .probability_worst = fmin (1, up ? found->lowest : found->highest),
    };

    results_add_league (m->results, &row);
  }
}

static void
compare_districts (const Measurement *m, const Sample *sample, guint period)
{
  const Aggregate *a = sample->aggregate;
  g_auto (Field) levels = field_new (a->areas->len), slopes = field_new (a->areas->len);
  double t = period_time_of (a->periods->pdata[period]);

  for (guint area = 1; area < a->areas->len; area++) {
    const Panel *panel = sample->panels[area];
    guint waves = 0;
    g_autoptr (Trend) trend = NULL;
    g_autofree double *c = NULL;
    Contrast value;

    while (panel != NULL && waves < panel->K && panel->t[waves] < t + 1e-9)
      waves++;
    trend = waves > 0 && fabs (panel->t[waves - 1] - t) < 1e-9 ? trend_of (m, sample, area, waves) : NULL;
    if (trend == NULL || trend->reporting[waves - 1] < ESTIMATE_MIN_SCHOOLS)
      continue;
    c = g_new0 (double, waves);
    c[waves - 1] = 1;
    value = small_contrast (panel, sample->weights, trend, c);
    field_add (&levels, area, &value);
    value = small_line (panel, sample->weights, trend, TRUE, t);
    field_add (&slopes, area, &value);
  }
  add_league (m, a, &levels, period, "level");
  add_league (m, a, &slopes, period, "slope");
}

void
measure_districts (const Measurement *m, const Aggregate *a, const Sample *sample, const Touched *touched)
{
  for (guint area = 0; a->indicator->kind != INDICATOR_TOTAL && area < a->areas->len; area++)
    if (a->periods->len > 0 && touched_look (touched, area, a->periods->len - 1))
      add_tendencies (m, a, sample, area, touched);
  for (guint period = 0; sample != NULL && period < a->periods->len; period++)
    if (touched_period (touched, period))
      compare_districts (m, sample, period);
}
