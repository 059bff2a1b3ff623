#include "measure/trend.h"
#include "base/error.h"
#include "measure/distribution.h"
#include "measure/estimate.h"
#include "measure/linear.h"
#include <math.h>
#include <string.h>

#define CONFIDENCE 0.95
/* Fractions: schools whose rates agree to this do not vary, and a zero standard error would make every deviation
 * certain. */
#define SE_NOTHING 1e-10
#define SAME_TIME 1e-9

/* --- weights ------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *name;
  double share;
} NamedShare;

static int
compare_shares (gconstpointer a, gconstpointer b)
{
  return strcmp (((const NamedShare *)a)->name, ((const NamedShare *)b)->name);
}

static StrataWeights *
strata_weights_sorted (NamedShare named[], guint L)
{
  StrataWeights *weights = g_new0 (StrataWeights, 1);

  qsort (named, L, sizeof named[0], compare_shares);
  weights->L = L;
  weights->stratum = g_new0 (char *, L + 1);
  weights->share = g_new0 (double, MAX (L, 1));
  for (guint l = 0; l < L; l++) {
    weights->stratum[l] = g_strdup (named[l].name);
    weights->share[l] = named[l].share;
  }
  return weights;
}

StrataWeights *
strata_weights_new (const char *const stratum[], const double share[], guint L, GError **error)
{
  g_autofree NamedShare *named = g_new0 (NamedShare, MAX (L, 1));
  g_autoptr (StrataWeights) weights = NULL;
  double sum = 0;

  for (guint l = 0; l < L; l++) {
    if (!(share[l] >= 0) || !isfinite (share[l])) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT,
                   "cannot use weight %g of stratum %s: must be a number from 0 to 1", share[l], stratum[l]);
      return NULL;
    }
    sum += share[l];
    named[l] = (NamedShare){ stratum[l], share[l] };
  }
  if (!(fabs (sum - 1) <= 1e-9)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot use weights of %u strata: they sum to %.12g, not to 1",
                 L, sum);
    return NULL;
  }
  weights = strata_weights_sorted (named, L);
  for (guint l = 1; l < L; l++)
    if (strcmp (weights->stratum[l - 1], weights->stratum[l]) == 0) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot use weights: stratum %s is given twice",
                   weights->stratum[l]);
      return NULL;
    }
  return g_steal_pointer (&weights);
}

static int
panel_wave (const Panel *panel, double t)
{
  for (guint k = 0; k < panel->K; k++)
    if (fabs (panel->t[k] - t) <= SAME_TIME)
      return (int)k;
  return -1;
}

StrataWeights *
strata_weights_at (const Panel *const panels[], guint n_panels, double t, GError **error)
{
  g_autoptr (GHashTable) place = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) named = g_array_new (FALSE, FALSE, sizeof (NamedShare));
  double total = 0;

  for (guint i = 0; i < n_panels; i++) {
    const Panel *panel = panels[i];
    int k = panel_wave (panel, t);

    for (guint l = 0; k >= 0 && l < panel->L; l++) {
      NamedShare *entry;

      if (!g_hash_table_contains (place, panel->strata->pdata[l])) {
        NamedShare fresh = { panel->strata->pdata[l], 0 };

        g_hash_table_insert (place, panel->strata->pdata[l], GUINT_TO_POINTER (named->len));
        g_array_append_val (named, fresh);
      }
      entry
          = &g_array_index (named, NamedShare, GPOINTER_TO_UINT (g_hash_table_lookup (place, panel->strata->pdata[l])));
      for (guint s = 0; s < panel->m; s++)
        entry->share += panel_n (panel, s, (guint)k, l);
    }
  }
  for (guint l = 0; l < named->len; l++)
    total += g_array_index (named, NamedShare, l).share;
  if (!(total > 0)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "cannot weigh the strata: nobody was examined at t = %g", t);
    return NULL;
  }
  for (guint l = 0; l < named->len; l++)
    g_array_index (named, NamedShare, l).share /= total;
  return strata_weights_sorted ((NamedShare *)(gpointer)named->data, named->len);
}

StrataWeights *
strata_weights_one (const char *stratum)
{
  NamedShare named = { stratum, 1 };

  return strata_weights_sorted (&named, 1);
}

void
strata_weights_free (StrataWeights *weights)
{
  if (weights == NULL)
    return;
  g_strfreev (weights->stratum);
  g_free (weights->share);
  g_free (weights);
}

/* --- the object ----------------------------------------------------------------------------------------------------
 */

/* What trend_new() needs while it works: per stratum of the panel, its weight and sums by wave. */
typedef struct {
  const Panel *panel;
  guint K;
  double *weight;   /* L */
  double *sum_n;    /* L x K */
  double *sum_x;    /* L x K */
  guint *parent;    /* m + L: union-find over schools and strata */
  guint *members;   /* m + L: schools of the component with this root */
  gboolean *enters; /* m */
} Work;

static void
work_clear (Work *work)
{
  g_free (work->weight);
  g_free (work->sum_n);
  g_free (work->sum_x);
  g_free (work->parent);
  g_free (work->members);
  g_free (work->enters);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static void
work_init (Work *work, const Panel *panel, guint K)
{
  work->panel = panel;
  work->K = K;
  work->weight = g_new0 (double, MAX (panel->L, 1));
  work->sum_n = g_new0 (double, MAX ((gsize)panel->L * K, 1));
  work->sum_x = g_new0 (double, MAX ((gsize)panel->L * K, 1));
  work->parent = g_new (guint, panel->m + panel->L + 1);
  work->members = g_new0 (guint, panel->m + panel->L + 1);
  work->enters = g_new0 (gboolean, MAX (panel->m, 1));
  for (guint i = 0; i < panel->m + panel->L; i++)
    work->parent[i] = i;
  for (guint s = 0; s < panel->m; s++)
    for (guint k = 0; k < K; k++)
      for (guint l = 0; l < panel->L; l++) {
        work->sum_n[(gsize)l * K + k] += panel_n (panel, s, k, l);
        work->sum_x[(gsize)l * K + k] += panel_x (panel, s, k, l);
      }
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
  guint weighted = 0;

  for (guint w = 0; w < weights->L; w++) {
    guint l = 0;

    if (!(weights->share[w] > 0))
      continue;
    weighted++;
    while (l < work->panel->L && strcmp (work->panel->strata->pdata[l], weights->stratum[w]) != 0)
      l++;
    if (l < work->panel->L)
      work->weight[l] = weights->share[w];
    for (guint k = 0; k < trend->K; k++)
      if (trend->lacking[k] == TREND_COMPLETE && (l == work->panel->L || !(work->sum_n[(gsize)l * trend->K + k] > 0)))
        trend->lacking[k] = w;
  }
  for (guint k = 0; k < trend->K; k++) {
    for (guint l = 0; l < work->panel->L; l++) {
      trend->n[k] += work->sum_n[(gsize)l * trend->K + k];
      trend->x[k] += work->sum_x[(gsize)l * trend->K + k];
    }
    if (weighted > 1 && trend->lacking[k] == TREND_COMPLETE && trend->x[k] < min_events)
      trend->lacking[k] = TREND_FEW_EVENTS;
  }
}

static void
trend_rates (Trend *trend, const Work *work)
{
  for (guint k = 0; k < trend->K; k++) {
    trend->p[k] = trend->lacking[k] == TREND_COMPLETE ? 0 : NAN;
    for (guint l = 0; l < work->panel->L && trend->lacking[k] == TREND_COMPLETE; l++)
      if (work->weight[l] > 0)
        trend->p[k] += work->weight[l] * (work->sum_x[(gsize)l * trend->K + k] / work->sum_n[(gsize)l * trend->K + k]);
  }
}

/* Schools that enter, joined to their strata; reporting and paired counts on the way. */
static void
trend_connect (Trend *trend, Work *work)
{
  const Panel *panel = work->panel;
  g_autofree gboolean *there = g_new0 (gboolean, MAX (trend->K, 1));

  for (guint s = 0; s < panel->m; s++) {
    gboolean seen = FALSE;

    for (guint k = 0; k < trend->K; k++) {
      there[k] = FALSE;
      for (guint l = 0; l < panel->L; l++) {
        if (!(panel_n (panel, s, k, l) > 0))
          continue;
        there[k] = TRUE;
        if (work->weight[l] > 0 && trend->lacking[k] == TREND_COMPLETE) {
          work->enters[s] = TRUE;
          work->parent[find_root (work->parent, s)] = find_root (work->parent, panel->m + l);
        }
      }
      trend->reporting[k] += there[k];
      seen |= there[k];
    }
    trend->seen += seen;
    for (guint j = 0; j < trend->K; j++)
      for (guint k = 0; k < trend->K; k++)
        trend->paired[j * trend->K + k] += there[j] && there[k];
  }
  for (guint s = 0; s < panel->m; s++)
    if (work->enters[s]) {
      trend->schools++;
      if (work->members[find_root (work->parent, s)]++ == 0)
        trend->groups++;
    }
  trend->df = (double)trend->schools - trend->groups;
}

/* z_s of the waves that are known, 0 elsewhere. */
static void
school_residual (const Trend *trend, const Work *work, guint s, double z[])
{
  for (guint k = 0; k < trend->K; k++) {
    z[k] = 0;
    for (guint l = 0; l < work->panel->L && trend->lacking[k] == TREND_COMPLETE; l++) {
      double n = panel_n (work->panel, s, k, l), sum_n = work->sum_n[(gsize)l * trend->K + k];

      if (work->weight[l] > 0 && n > 0)
        z[k] += work->weight[l] * (panel_x (work->panel, s, k, l) - work->sum_x[(gsize)l * trend->K + k] / sum_n * n)
                / sum_n;
    }
  }
}

static void
trend_covariance_matrix (Trend *trend, const Work *work)
{
  guint K = trend->K;
  g_autofree double *z = g_new0 (double, MAX (K, 1));

  for (guint s = 0; s < work->panel->m; s++) {
    guint members = work->enters[s] ? work->members[find_root (work->parent, s)] : 0;
    double factor;

    if (members < 2)
      continue;
    factor = members / (members - 1.0);
    school_residual (trend, work, s, z);
    for (guint j = 0; j < K; j++)
      for (guint k = 0; k <= j; k++)
        trend->V[j * K + k] += factor * z[j] * z[k];
  }
  for (guint j = 0; j < K; j++)
    for (guint k = 0; k <= j; k++) {
      if (trend->lacking[j] != TREND_COMPLETE || trend->lacking[k] != TREND_COMPLETE)
        trend->V[j * K + k] = NAN;
      trend->V[k * K + j] = trend->V[j * K + k];
    }
}

Trend *
trend_new (const Panel *panel, const StrataWeights *weights, guint waves, double min_events)
{
  Trend *trend = g_new0 (Trend, 1);
  g_auto (Work) work = { 0 };
  guint K = waves == 0 ? panel->K : MIN (waves, panel->K);

  trend->K = K;
  trend->t = g_memdup2 (panel->t, K * sizeof (double));
  trend->x = g_new0 (double, MAX (K, 1));
  trend->n = g_new0 (double, MAX (K, 1));
  trend->p = g_new0 (double, MAX (K, 1));
  trend->lacking = g_new (guint, MAX (K, 1));
  trend->V = g_new0 (double, MAX ((gsize)K * K, 1));
  trend->reporting = g_new0 (guint, MAX (K, 1));
  trend->paired = g_new0 (guint, MAX ((gsize)K * K, 1));
  for (guint k = 0; k < K; k++)
    trend->lacking[k] = TREND_COMPLETE;
  work_init (&work, panel, K);
  trend_known (trend, &work, weights, min_events);
  trend_rates (trend, &work);
  trend_connect (trend, &work);
  trend_covariance_matrix (trend, &work);
  return trend;
}

void
trend_free (Trend *trend)
{
  if (trend == NULL)
    return;
  g_free (trend->t);
  g_free (trend->x);
  g_free (trend->n);
  g_free (trend->p);
  g_free (trend->lacking);
  g_free (trend->V);
  g_free (trend->reporting);
  g_free (trend->paired);
  g_free (trend);
}

/* --- contrasts ------------------------------------------------------------------------------------------------------
 */

double
trend_covariance (const Trend *trend, const double c[], const double d[])
{
  double sum = 0;

  for (guint j = 0; j < trend->K; j++)
    for (guint k = 0; k < trend->K; k++)
      if (c[j] != 0 && d[k] != 0)
        sum += c[j] * trend->V[j * trend->K + k] * d[k];
  return sum;
}

Contrast
trend_contrast (const Trend *trend, const double c[], double constant)
{
  Contrast out = { constant, NAN, trend->df };
  double variance;

  for (guint k = 0; k < trend->K; k++)
    if (c[k] != 0)
      out.value += c[k] * trend->p[k];
  if (!isfinite (out.value))
    out.value = NAN;
  variance = trend_covariance (trend, c, c);
  if (trend->df > 0 && isfinite (variance) && isfinite (out.value))
    out.se = variance > SE_NOTHING * SE_NOTHING ? sqrt (variance) : 0;
  return out;
}

void
contrast_interval (const Contrast *contrast, double *low, double *high)
{
  double half = student_quantile (0.5 + CONFIDENCE / 2, contrast->df) * contrast->se;

  *low = contrast->value - half;
  *high = contrast->value + half;
  if (!isfinite (half))
    *low = *high = NAN;
}

static double *
no_weights (const Trend *trend)
{
  return g_new0 (double, MAX (trend->K, 1));
}

Contrast
trend_level (const Trend *trend, guint k)
{
  return trend_change (trend, k, k);
}

Contrast
trend_change (const Trend *trend, guint from, guint to)
{
  g_autofree double *c = no_weights (trend);

  if (from != to)
    c[from] = -1;
  c[to] = 1;
  return trend_contrast (trend, c, 0);
}

void
trend_level_interval (const Trend *trend, guint k, const Contrast *level, double *low, double *high)
{
  *low = *high = NAN;
  if (!isfinite (level->value))
    return;
  if (level->value <= 0 || level->value >= 1)
    interval_exact (trend->x[k], trend->n[k], CONFIDENCE, low, high);
  else if (trend->reporting[k] >= ESTIMATE_MIN_SCHOOLS && level->se > 0)
    interval_logit_t (level->value, level->se, level->df, CONFIDENCE, low, high);
  else if (trend->reporting[k] == 1 || level->se == 0)
    interval_wilson (level->value * trend->n[k], trend->n[k], CONFIDENCE, low, high);
}

gboolean
trend_line_weights (const Trend *trend, double from, gboolean slope, double at, double c[])
{
  g_autofree double *t = no_weights (trend), *short_c = no_weights (trend);
  guint n = 0;

  for (guint k = 0; k < trend->K; k++) {
    c[k] = 0;
    if (isfinite (trend->p[k]) && trend->t[k] >= from - SAME_TIME)
      t[n++] = trend->t[k];
  }
  if (n < 2 || !linear_weights (t, n, slope, at, short_c, NULL))
    return FALSE;
  for (guint k = 0, i = 0; k < trend->K; k++)
    if (isfinite (trend->p[k]) && trend->t[k] >= from - SAME_TIME)
      c[k] = short_c[i++];
  return TRUE;
}

static Contrast
line_contrast (const Trend *trend, double from, gboolean slope, double at)
{
  g_autofree double *c = no_weights (trend);

  if (!trend_line_weights (trend, from, slope, at, c))
    return (Contrast){ NAN, NAN, trend->df };
  return trend_contrast (trend, c, 0);
}

Contrast
trend_slope (const Trend *trend, double from)
{
  return line_contrast (trend, from, TRUE, trend->K > 0 ? trend->t[0] : 0);
}

Contrast
trend_projection (const Trend *trend, double from, double at)
{
  return line_contrast (trend, from, FALSE, at);
}

int
trend_wave (const Trend *trend, double t)
{
  for (guint k = 0; k < trend->K; k++)
    if (fabs (trend->t[k] - t) <= SAME_TIME)
      return (int)k;
  return -1;
}
