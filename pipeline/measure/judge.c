#include "measure/judge.h"
#include "base/error.h"
#include "base/parallel.h"
#include "measure/detail.h"
#include "measure/station_pack.h"
#include "series.h"
#include <math.h>
#include <string.h>

/* --- the city at one moment
 * ------------------------------------------------------------------------------------------- */

typedef struct {
  const JudgeSeries *series;
  guint n_series;
  const VerdictThresholds *thresholds;
  GArray **times;      /* of each series */
  double **centre;     /* of each series at each of its times, once judged */
  GArray *stations;    /* Station, by series, area, time */
  GPtrArray *by_time;  /* the same, by time */
  JudgeDetail *detail; /* NULL unless something is to be explained */
  guint which, area;   /* what */
} City;

static void
city_clear (City *city)
{
  for (guint i = 0; city->times != NULL && i < city->n_series; i++)
    if (city->times[i] != NULL)
      g_array_unref (city->times[i]);
  for (guint i = 0; city->centre != NULL && i < city->n_series; i++)
    g_free (city->centre[i]);
  g_free (city->centre);
  for (guint i = 0; city->stations != NULL && i < city->stations->len; i++)
    station_clear (&g_array_index (city->stations, Station, i));
  g_free (city->times);
  g_clear_pointer (&city->stations, g_array_unref);
  g_clear_pointer (&city->by_time, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (City, city_clear)

static const JudgeArea *
area_of (const City *city, const Station *st)
{
  return &city->series[st->row.series].areas[st->row.area];
}

static int
compare_stations (gconstpointer a, gconstpointer b)
{
  const Station *x = *(Station *const *)a, *y = *(Station *const *)b;

  if (fabs (x->row.t - y->row.t) > SAME_TIME)
    return x->row.t < y->row.t ? -1 : 1;
  return (x > y) - (x < y);
}

static gboolean
city_take_series (City *city, guint i, guint looks, GError **error)
{
  const JudgeSeries *series = &city->series[i];
  guint from = city->stations->len;

  if (g_variant_n_children (*series->stations) != (gsize)series->n_areas * looks
      || !stations_unpack (*series->stations, city->stations)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_BUG, "indicator %s: what was kept of it cannot be understood",
                 series->target.indicator);
    return FALSE;
  }
  for (guint s = from; s < city->stations->len; s++)
    g_array_index (city->stations, Station, s).row.series = i;
  return TRUE;
}

/* The looks of a series, by area and time. */
typedef struct {
  City *city;
  const StrataWeights *weights;
  guint series, first, looks; /* of each area, from the first on */
  Station *stations;
} SeriesWork;

static void
measure_station (gsize at, gpointer data)
{
  const SeriesWork *w = data;
  const JudgeSeries *series = &w->city->series[w->series];
  guint area = (guint)(at / w->looks), look = w->first + (guint)(at % w->looks);
  Station *st = &w->stations[at];

  station_measure (st, series, w->weights, &series->areas[area],
                   g_array_index (w->city->times[w->series], double, look), w->city->thresholds);
  st->row.series = w->series;
  st->row.area = area;
}

static void
city_add_series (City *city, guint i, const StrataWeights *weights, guint first)
{
  const JudgeSeries *series = &city->series[i];
  guint from = city->stations->len, looks = MAX (city->times[i]->len, first) - first, n = series->n_areas * looks;
  SeriesWork work = { .city = city, .weights = weights, .series = i, .first = first, .looks = looks };

  g_array_set_size (city->stations, from + n);
  work.stations = (Station *)(gpointer)city->stations->data + from;
  parallel_for (n, measure_station, &work);
  if (series->stations != NULL)
    *series->stations = g_variant_ref_sink (stations_pack (work.stations, n));
}

static gboolean
city_measure_series (City *city, guint i, GError **error)
{
  const JudgeSeries *series = &city->series[i];
  g_autoptr (StrataWeights) own = NULL;
  guint first = 0;

  if (!series_check (series, error))
    return FALSE;
  if (series->weights == NULL && (own = series_weights (series, error)) == NULL) {
    g_prefix_error (error, "indicator %s: ", series->target.indicator);
    return FALSE;
  }
  city->times[i] = series_times (series);
  city->centre[i] = g_new0 (double, city->times[i]->len + 1);
  first = MIN (1, city->times[i]->len - 1); /* a single wave is looked at too: it cannot tell */
  if (series->stations != NULL && *series->stations != NULL)
    return city_take_series (city, i, city->times[i]->len - first, error);
  city_add_series (city, i, own != NULL ? own : series->weights, first);
  return TRUE;
}

/* Streams that are looked at in a year, as the waves up to now show. */
static double
looks_a_year (const City *city, double t)
{
  double looks = 0;

  for (guint i = 0; i < city->n_series; i++) {
    const GArray *times = city->times[i];
    guint waves = 0;

    while (waves < times->len && g_array_index (times, double, waves) <= t + SAME_TIME)
      waves++;
    if (waves >= 2)
      looks += city->series[i].n_areas * (waves - 1)
               / (g_array_index (times, double, waves - 1) - g_array_index (times, double, 0));
  }
  return looks;
}

static gboolean
informs (const City *city, const Station *st)
{
  return !area_of (city, st)->is_city && st->complete && isfinite (st->now.delta) && isfinite (st->now.se);
}

static guint
time_index (const GArray *times, double t)
{
  guint i = 0;

  while (i < times->len && g_array_index (times, double, i) < t - SAME_TIME)
    i++;
  return i;
}

/* What the districts of a series have in common at the moment; a citywide shift is the city's own alert. */
static void
centre_series (City *city, Station *const moment[], guint n, guint series)
{
  g_autofree double *delta = g_new (double, MAX (n, 1));
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (moment[i]->row.series == series && informs (city, moment[i]))
      delta[kept++] = moment[i]->now.delta;
  if (n > 0 && time_index (city->times[series], moment[0]->row.t) < city->times[series]->len)
    city->centre[series][time_index (city->times[series], moment[0]->row.t)] = drift_centre (delta, kept);
}

static double
centre_at (const City *city, const Station *st, double t)
{
  if (area_of (city, st)->is_city)
    return 0;
  return city->centre[st->row.series][time_index (city->times[st->row.series], t)];
}

/* A shock of each district's own averages out in the city, as far as its districts are of a size. */
static void
spread_city (const City *city, Station *const moment[], guint n, guint series)
{
  double sum = 0, squares = 0;

  for (guint i = 0; i < n; i++)
    if (moment[i]->row.series == series && !area_of (city, moment[i])->is_city && moment[i]->row.n > 0) {
      sum += moment[i]->row.n;
      squares += moment[i]->row.n * moment[i]->row.n;
    }
  for (guint i = 0; i < n && sum > 0; i++)
    if (moment[i]->row.series == series && area_of (city, moment[i])->is_city) {
      moment[i]->now.load *= squares / sum / sum;
      moment[i]->end.load *= squares / sum / sum;
      moment[i]->slope.load *= squares / sum / sum;
      moment[i]->projected.load *= squares / sum / sum;
      moment[i]->drift.load *= squares / sum / sum;
    }
}

/* The line's centre is the line through the centres. */
static void
centre_station (const City *city, Station *st)
{
  st->drift.centre = 0;
  for (guint i = 0; i < st->waves.k; i++)
    st->drift.centre += st->waves.line[i] * centre_at (city, st, st->waves.t[i]);
}

static TauStream
stream_of (const Station *st, const double delta[])
{
  const StationWaves *w = &st->waves;

  return (TauStream){ st->row.series, w->k, w->years, delta, w->sampling, w->load, 1, w->df };
}

/* P(meet) is held to its word in every district, so few schools are allowed for; the drift rule is held to its budget
   over the city, which it keeps with the plain ones. */
static TauStream
outlook_stream (const Station *st)
{
  TauStream stream = stream_of (st, st->waves.delta);

  stream.factor = st->waves.small.ratio;
  stream.df = st->waves.small.df;
  return stream;
}

static double *
centred_deltas (const City *city, const Station *st)
{
  const StationWaves *w = &st->waves;
  double *delta = g_memdup2 (w->delta, w->k * sizeof (double));

  for (guint j = 0; j < w->k; j++)
    delta[j] -= centre_at (city, st, w->t[j]);
  return delta;
}

/* Each district's latest station up to the moment says all that it knows by then. Stations stand by series, area and
   time, so that sums over them come out the same to the last digit in every run. */
static GPtrArray *
latest_stations (const City *city, double t)
{
  GPtrArray *out = g_ptr_array_new ();
  const Station *latest = NULL;

  for (guint i = 0; i < city->stations->len; i++) {
    const Station *st = &g_array_index (city->stations, Station, i);

    if (latest != NULL && area_of (city, latest) != area_of (city, st)) {
      g_ptr_array_add (out, (gpointer)(guintptr)latest);
      latest = NULL;
    }
    if (st->row.t <= t + SAME_TIME && informs (city, st))
      latest = st;
  }
  if (latest != NULL)
    g_ptr_array_add (out, (gpointer)(guintptr)latest);
  return out;
}

/* What the drift rule knows of the shocks, with the city's part taken off, and what P(meet) knows of shocks and slopes,
   in which the city's part stays: a district that goes with the city is no less off its path. */
static void
city_learn (const City *city, double t, TauPosterior *tau, Outlook *outlook)
{
  g_autoptr (GPtrArray) latest = latest_stations (city, t);
  g_autoptr (GPtrArray) deltas = g_ptr_array_new_with_free_func (g_free);
  g_autofree TauStream *streams = g_new (TauStream, latest->len + 1);

  for (guint i = 0; i < latest->len; i++) {
    g_ptr_array_add (deltas, centred_deltas (city, latest->pdata[i]));
    streams[i] = stream_of (latest->pdata[i], deltas->pdata[i]);
  }
  tau_posterior (streams, latest->len, city->n_series, tau);
  for (guint i = 0; i < latest->len; i++)
    streams[i] = outlook_stream (latest->pdata[i]);
  outlook_learn (streams, latest->len, city->n_series, outlook);
}

/* Once the deadline has come there is nothing to expect, and the city has no others of its kind to learn from. */
static double
outlook_of (const City *city, const Station *st, const Outlook *outlook)
{
  TauStream stream = outlook_stream (st);

  if (outlook->weight == NULL || area_of (city, st)->is_city || st->facts.deadline_come)
    return NAN;
  return outlook_probability (outlook, &stream);
}

static gboolean
tells (const City *city, const Station *st)
{
  return !st->facts.silent && !verdict_few_reports (city->thresholds, st->facts.reporting, st->facts.expected);
}

/* The latest look that tells stays. */
static void
keep_detail (City *city, const Station *st, const TauPosterior *tau, const Outlook *outlook)
{
  const StationWaves *w = &st->waves;
  gsize size = w->k * sizeof (double);
  JudgeDetail *d = city->detail;

  if (d == NULL || st->row.series != city->which || st->row.area != city->area || !tells (city, st))
    return;
  judge_detail_clear (d);
  *d = (JudgeDetail){ .known = TRUE,
                      .row = st->row,
                      .k = w->k,
                      .t = g_memdup2 (w->t, size),
                      .delta = g_memdup2 (w->delta, size),
                      .centre = g_new0 (double, w->k + 1),
                      .line = g_memdup2 (w->line, size),
                      .df = w->df,
                      .small = w->small,
                      .drift = st->drift,
                      .end = st->end };
  for (guint i = 0; i < w->k; i++)
    d->centre[i] = centre_at (city, st, w->t[i]);
  memcpy (d->tau2, tau->tau2, sizeof d->tau2);
  memcpy (d->tau_weight, tau->weight + (gsize)st->row.series * TAU_GRID, sizeof d->tau_weight);
  memcpy (d->slope2, outlook->slope2, sizeof d->slope2);
  if (isfinite (outlook_of (city, st, outlook)))
    d->outlook = g_memdup2 (outlook->weight + (gsize)st->row.series * TAU_GRID * OUTLOOK_SLOPES,
                            TAU_GRID * OUTLOOK_SLOPES * sizeof (double));
}

/* Stations @from to @until of by_time share one moment. */
static void
city_judge_moment (City *city, guint from, guint until)
{
  Station **moment = (Station **)city->by_time->pdata + from;
  guint n = until - from;
  double alpha = MIN (city->thresholds->drift_p_max,
                      city->thresholds->false_alarms_per_year / looks_a_year (city, moment[0]->row.t));
  g_autofree double *p = g_new (double, n), *q = g_new (double, n);
  g_auto (TauPosterior) tau = { 0 };
  g_auto (Outlook) outlook = { 0 };

  for (guint s = 0; s < city->n_series; s++) {
    centre_series (city, moment, n, s);
    spread_city (city, moment, n, s);
  }
  city_learn (city, moment[0]->row.t, &tau, &outlook);
  for (guint i = 0; i < n; i++) {
    centre_station (city, moment[i]);
    p[i] = drift_p (&moment[i]->drift, &tau, moment[i]->row.series, city->thresholds->df_cap);
  }
  drift_fdr (p, n, q);
  for (guint i = 0; i < n; i++) {
    guint s = moment[i]->row.series;

    moment[i]->row.p_value = p[i];
    moment[i]->row.q_value = q[i];
    moment[i]->row.alpha = alpha;
    moment[i]->row.probability_met = outlook_of (city, moment[i], &outlook);
    station_conclude (moment[i], &city->series[s].target, tau_mean (&tau, s), city->thresholds);
    keep_detail (city, moment[i], &tau, &outlook);
  }
}

static void
city_judge (City *city)
{
  guint from = 0;

  for (guint i = 0; i < city->stations->len; i++)
    g_ptr_array_add (city->by_time, &g_array_index (city->stations, Station, i));
  g_ptr_array_sort (city->by_time, compare_stations);
  while (from < city->by_time->len) {
    guint until = from + 1;

    while (until < city->by_time->len
           && ((Station *)city->by_time->pdata[until])->row.t
                  <= ((Station *)city->by_time->pdata[from])->row.t + SAME_TIME)
      until++;
    city_judge_moment (city, from, until);
    from = until;
  }
}

/* --- rows
 * ------------------------------------------------------------------------------------------------------------- */

static GArray *
city_rows (const City *city, gboolean all_looks)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (JudgeRow));
  const Station *all = (const Station *)(gpointer)city->stations->data;

  for (guint from = 0, until = 0; from < city->stations->len; from = until) {
    guint latest = G_MAXUINT;

    while (until < city->stations->len && all[until].row.series == all[from].row.series
           && all[until].row.area == all[from].row.area) {
      if (tells (city, &all[until]) || until == from)
        latest = until;
      until++;
    }
    if (!tells (city, &all[latest]))
      latest = until - 1;
    for (guint i = from; i < until; i++)
      if (all_looks || i == latest)
        g_array_append_val (rows, all[i].row);
  }
  return rows;
}

static gboolean
city_run (City *city, GError **error)
{
  city->times = g_new0 (GArray *, MAX (city->n_series, 1));
  city->centre = g_new0 (double *, MAX (city->n_series, 1));
  city->stations = g_array_new (FALSE, FALSE, sizeof (Station));
  city->by_time = g_ptr_array_new ();
  for (guint i = 0; i < city->n_series; i++)
    if (!city_measure_series (city, i, error))
      return FALSE;
  city_judge (city);
  return TRUE;
}

GArray *
judge_run (const JudgeSeries series[], guint n_series, const VerdictThresholds *thresholds, gboolean all_looks,
           GError **error)
{
  g_auto (City) city = { .series = series, .n_series = n_series, .thresholds = thresholds };

  return city_run (&city, error) ? city_rows (&city, all_looks) : NULL;
}

void
judge_detail_clear (JudgeDetail *detail)
{
  g_clear_pointer (&detail->t, g_free);
  g_clear_pointer (&detail->delta, g_free);
  g_clear_pointer (&detail->centre, g_free);
  g_clear_pointer (&detail->line, g_free);
  g_clear_pointer (&detail->outlook, g_free);
}

gboolean
judge_explain (const JudgeSeries series[], guint n_series, const VerdictThresholds *thresholds, guint which, guint area,
               JudgeDetail *out, GError **error)
{
  g_auto (City) city = {
    .series = series, .n_series = n_series, .thresholds = thresholds, .detail = out, .which = which, .area = area
  };

  *out = (JudgeDetail){ 0 };
  return city_run (&city, error);
}
