#include "measure/trend.h"
#include "measure/moments.h"
#include <math.h>
#include <string.h>

/* What trend_renew() needs while it works. Cells are stratum by wave, in the panel's order: [k * L + l]; a school's
 * cells of the first waves are neighbours in the panel, so that whole rows are worked through without a branch. */
typedef struct {
  const Panel *panel;
  gsize cells;      /* K x L */
  double *weight;   /* L */
  double *sum_n;    /* cells */
  double *sum_x;    /* cells */
  double *rate;     /* cells: sum_x / sum_n; 0 where the cell does not count */
  double *scale;    /* cells: weight / sum_n; 0 where the cell does not count */
  gsize width;      /* K, made up to whole tiles */
  double *z;        /* m x width: the same, strata added, of the schools that are not alone in their group */
  double *square;   /* width x width */
  guint *parent;    /* m + L: union-find over schools and strata */
  guint *members;   /* m + L: schools of the component with this root */
  guint *root;      /* m: of each school */
  gboolean *enters; /* m */
  gboolean *there;  /* K */
} Work;

static const double *
school_row (const double counts[], const Panel *panel, guint s)
{
  return counts + (gsize)s * panel->K * panel->L;
}

/* What is taken from a block, one piece after another. */
static double *
take_numbers (double **next, gsize n)
{
  double *piece = *next;

  *next += n;
  return piece;
}

static guint *
take_counts (guint **next, gsize n)
{
  guint *piece = *next;

  *next += n;
  return piece;
}

/* Everything of one trend lies in two blocks that only ever grow, so that series after series asks for no memory. */
static void
trend_reserve (Trend *trend, gsize numbers, gsize untouched, gsize counts)
{
  if (numbers + untouched > trend->room_numbers) {
    g_free (trend->numbers);
    trend->numbers = g_new (double, numbers + untouched);
    trend->room_numbers = numbers + untouched;
  }
  if (counts > trend->room_counts) {
    g_free (trend->counts);
    trend->counts = g_new (guint, counts);
    trend->room_counts = counts;
  }
  memset (trend->numbers, 0, numbers * sizeof (double));
  memset (trend->counts, 0, counts * sizeof (guint));
}

static void
trend_place (Trend *trend, Work *work, const Panel *panel, guint waves)
{
  gsize K = waves == 0 ? panel->K : MIN (waves, panel->K), cells = K * panel->L, nodes = (gsize)panel->m + panel->L;
  gsize width = moments_width (K), numbers = 4 * K + K * K + 4 * cells + panel->L + width * width + 1;
  double *number;
  guint *count;

  /* One more, so that the empty panel has somewhere to be. */
  trend_reserve (trend, numbers, width * panel->m, 3 * K + K * K + 2 * nodes + 2 * (gsize)panel->m + 1);
  number = trend->numbers;
  count = trend->counts;
  trend->K = (guint)K;
  trend->t = take_numbers (&number, K);
  trend->x = take_numbers (&number, K);
  trend->n = take_numbers (&number, K);
  trend->p = take_numbers (&number, K);
  trend->V = take_numbers (&number, K * K);
  trend->lacking = take_counts (&count, K);
  trend->reporting = take_counts (&count, K);
  trend->paired = take_counts (&count, K * K);
  trend->seen = trend->schools = trend->groups = 0;
  *work = (Work){ .panel = panel, .cells = cells, .width = width };
  work->weight = take_numbers (&number, panel->L);
  work->sum_n = take_numbers (&number, cells);
  work->sum_x = take_numbers (&number, cells);
  work->rate = take_numbers (&number, cells);
  work->scale = take_numbers (&number, cells);
  work->square = take_numbers (&number, width * width);
  number = trend->numbers + numbers;
  work->z = take_numbers (&number, panel->m * width);
  work->parent = take_counts (&count, nodes);
  work->members = take_counts (&count, nodes);
  work->root = take_counts (&count, panel->m);
  work->enters = (gboolean *)take_counts (&count, panel->m);
  work->there = (gboolean *)take_counts (&count, K);
  for (guint i = 0; i < nodes; i++)
    work->parent[i] = i;
  for (guint k = 0; k < K; k++) {
    trend->t[k] = panel->t[k];
    trend->lacking[k] = TREND_COMPLETE;
  }
}

static void
work_sum (Work *work)
{
  gsize stride = (gsize)work->panel->K * work->panel->L;

  moments_sum (work->panel->n, work->panel->m, stride, work->cells, work->sum_n);
  moments_sum (work->panel->x, work->panel->m, stride, work->cells, work->sum_x);
}

/* Whether @schools from @first on report every stratum of every wave. */
static gboolean
all_positive (const Work *work, guint first, guint schools)
{
  gsize stride = (gsize)work->panel->K * work->panel->L;

  return work->cells > 0 && moments_all_positive (work->panel->n + first * stride, schools, stride, work->cells);
}

static guint
find_root (guint parent[], guint i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

/* Which waves have every stratum that counts, and where a stratum is lacking, which. */
static void
trend_known (Trend *trend, Work *work, const StrataWeights *weights, double min_events)
{
  guint weighted = 0, L = work->panel->L;

  for (guint w = 0; w < weights->L; w++) {
    guint l = 0;

    if (!(weights->share[w] > 0))
      continue;
    weighted++;
    while (l < L && strcmp (work->panel->strata->pdata[l], weights->stratum[w]) != 0)
      l++;
    if (l < L)
      work->weight[l] = weights->share[w];
    for (guint k = 0; k < trend->K; k++)
      if (trend->lacking[k] == TREND_COMPLETE && (l == L || !(work->sum_n[(gsize)k * L + l] > 0)))
        trend->lacking[k] = w;
  }
  for (guint k = 0; k < trend->K; k++) {
    for (guint l = 0; l < L; l++) {
      trend->n[k] += work->sum_n[(gsize)k * L + l];
      trend->x[k] += work->sum_x[(gsize)k * L + l];
    }
    if (weighted > 1 && trend->lacking[k] == TREND_COMPLETE && trend->x[k] < min_events)
      trend->lacking[k] = TREND_FEW_EVENTS;
  }
}

static void
trend_rates (Trend *trend, Work *work)
{
  guint L = work->panel->L;

  for (guint k = 0; k < trend->K; k++) {
    trend->p[k] = trend->lacking[k] == TREND_COMPLETE ? 0 : NAN;
    for (guint l = 0; l < L && trend->lacking[k] == TREND_COMPLETE; l++) {
      gsize i = (gsize)k * L + l;

      if (work->weight[l] > 0) {
        work->rate[i] = work->sum_x[i] / work->sum_n[i];
        work->scale[i] = work->weight[l] / work->sum_n[i];
        trend->p[k] += work->weight[l] * work->rate[i];
      }
    }
  }
}

/* A school joined to the strata with which it enters. */
static void
connect_school (Work *work, guint s)
{
  const double *n = school_row (work->panel->n, work->panel, s);
  guint L = work->panel->L;

  for (guint l = 0; l < L; l++) {
    gboolean joined = FALSE;

    for (gsize i = l; i < work->cells && !joined; i += L)
      joined = work->scale[i] > 0 && n[i] > 0;
    if (joined) {
      work->enters[s] = TRUE;
      work->parent[find_root (work->parent, s)] = find_root (work->parent, work->panel->m + l);
    }
  }
}

static void
count_school (Trend *trend, Work *work, guint s)
{
  const double *n = school_row (work->panel->n, work->panel, s);
  guint L = work->panel->L, K = trend->K;
  gboolean seen = FALSE;

  for (guint k = 0; k < K; k++) {
    work->there[k] = FALSE;
    for (guint l = 0; l < L; l++)
      work->there[k] |= n[(gsize)k * L + l] > 0;
    trend->reporting[k] += work->there[k];
    seen |= work->there[k];
  }
  trend->seen += seen;
  for (guint j = 0; j < K; j++)
    for (guint k = 0; k < K && work->there[j]; k++)
      trend->paired[j * K + k] += work->there[k];
}

/* The waves and pairs of waves of @schools that report everything. */
static void
count_full (Trend *trend, guint schools)
{
  guint K = trend->K, *paired = trend->paired;

  trend->seen += schools;
  for (guint k = 0; k < K; k++)
    trend->reporting[k] += schools;
  for (gsize i = 0; i < (gsize)K * K; i++)
    paired[i] += schools;
}

/* Schools that enter, joined to their strata; reporting and paired counts on the way. Those that report everything are
 * joined to the first that does, and counted once for all waves. */
static void
trend_connect (Trend *trend, Work *work)
{
  const Panel *panel = work->panel;
  guint full = 0, first = 0;

  for (guint s = 0; s < panel->m; s++) {
    if (!all_positive (work, s, 1)) {
      connect_school (work, s);
      count_school (trend, work, s);
    } else if (full++ == 0) {
      connect_school (work, s);
      first = s;
    } else {
      work->enters[s] = work->enters[first];
      work->parent[s] = first;
    }
  }
  count_full (trend, full);
}

static void
trend_groups (Trend *trend, Work *work)
{
  for (guint s = 0; s < work->panel->m; s++) {
    guint root = work->root[s] = find_root (work->parent, s);

    if (!work->enters[s])
      continue;
    trend->schools++;
    if (work->members[root]++ == 0)
      trend->groups++;
  }
  trend->df = (double)trend->schools - trend->groups;
}

/* What the schools [@first, @end), all of one group, add to V. z is 0 in waves that are not known; where a school has
 * n = 0, x is 0 too and so is what it adds. */
static void
add_run (Work *work, guint first, guint end, guint members)
{
  const Panel *panel = work->panel;
  guint L = panel->L;

  moments_residual (school_row (panel->x, panel, first), school_row (panel->n, panel, first), end - first,
                    (gsize)panel->K * L, work->rate, work->scale, (guint)(work->cells / L), L, work->z);
  moments_add_square (work->z, end - first, work->width, members / (members - 1.0), work->square);
}

/* Schools of one group that follow each other are multiplied out together: mostly that is all of them. */
static void
trend_runs (Work *work)
{
  for (guint first = 0, end; first < work->panel->m; first = end) {
    guint root = work->root[first];

    end = first + 1;
    if (!work->enters[first] || work->members[root] < 2)
      continue;
    while (end < work->panel->m && work->enters[end] && work->root[end] == root)
      end++;
    add_run (work, first, end, work->members[root]);
  }
}

static void
trend_covariance_matrix (Trend *trend, const Work *work)
{
  gsize K = trend->K;
  double *V = trend->V;

  for (gsize j = 0; j < K; j++) {
    const double *square = work->square + j * work->width;

    for (gsize k = 0; k <= j; k++)
      V[j * K + k] = V[k * K + j] = square[k];
  }
  for (gsize j = 0; j < K; j++)
    for (gsize k = 0; k < K && trend->lacking[j] != TREND_COMPLETE; k++)
      V[j * K + k] = V[k * K + j] = NAN;
}

/* Every school reports everything: they are one group, and alike in everything but their counts. */
static void
trend_alike (Trend *trend, Work *work)
{
  guint m = work->panel->m;

  count_full (trend, m);
  connect_school (work, 0);
  if (!work->enters[0])
    return;
  trend->schools = m;
  trend->groups = 1;
  trend->df = m - 1.0;
  if (m > 1)
    add_run (work, 0, m, m);
}

Trend *
trend_renew (Trend *trend, const Panel *panel, const StrataWeights *weights, guint waves, double min_events)
{
  Work work;

  if (trend == NULL)
    trend = g_new0 (Trend, 1);
  trend_place (trend, &work, panel, waves);
  work_sum (&work);
  trend_known (trend, &work, weights, min_events);
  trend_rates (trend, &work);
  if (panel->m > 0 && all_positive (&work, 0, panel->m)) {
    trend_alike (trend, &work);
  } else {
    trend_connect (trend, &work);
    trend_groups (trend, &work);
    trend_runs (&work);
  }
  trend_covariance_matrix (trend, &work);
  return trend;
}

Trend *
trend_new (const Panel *panel, const StrataWeights *weights, guint waves, double min_events)
{
  return trend_renew (NULL, panel, weights, waves, min_events);
}

void
trend_free (Trend *trend)
{
  if (trend == NULL)
    return;
  g_free (trend->numbers);
  g_free (trend->counts);
  g_free (trend);
}
