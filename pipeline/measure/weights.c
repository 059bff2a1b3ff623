#include "measure/weights.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

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
    if (fabs (panel->t[k] - t) <= PANEL_SAME_TIME)
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
