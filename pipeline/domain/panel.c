#include "domain/panel.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

/* Beyond 2^53 a double no longer counts by ones. */
#define PANEL_MAX_COUNT 9007199254740992.0
/* Schools x waves x strata: a province of 20,000 schools with 20 waves and 24 strata fits. */
#define PANEL_MAX_CELLS ((gsize)1 << 24)

static gboolean
row_check (const PanelRow *row, GError **error)
{
  if (!isfinite (row->t)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot use school %s, stratum %s: t is not a finite number",
                 row->school, row->stratum);
    return FALSE;
  }
  if (!(row->n >= 0 && row->n <= PANEL_MAX_COUNT && floor (row->n) == row->n && row->x >= 0 && row->x <= row->n
        && floor (row->x) == row->x)) {
    g_set_error (
        error, PLUMB_ERROR, PLUMB_ERROR_INPUT,
        "cannot use school %s, stratum %s, t %g: x = %.17g of n = %.17g, must be whole numbers with 0 <= x <= n",
        row->school, row->stratum, row->t, row->x, row->n);
    return FALSE;
  }
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Places of names. Callers give one name at one address again and again, so that is looked for first. */
typedef struct {
  GHashTable *by_name;    /* place + 1 */
  GHashTable *by_address; /* the same */
} Index;

static void
index_clear (Index *index)
{
  g_hash_table_unref (index->by_name);
  g_hash_table_unref (index->by_address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Index, index_clear)

static Index
index_new (void)
{
  return (Index){ g_hash_table_new (g_str_hash, g_str_equal), g_hash_table_new (NULL, NULL) };
}

static guint
index_find (const Index *index, const char *name)
{
  gpointer place = g_hash_table_lookup (index->by_address, name);

  if (place == NULL) {
    place = g_hash_table_lookup (index->by_name, name);
    g_hash_table_insert (index->by_address, (gpointer)(guintptr)name, place);
  }
  return GPOINTER_TO_UINT (place) - 1;
}

/* Distinct names in order; @index then has their places. The names are copied once. */
static GPtrArray *
distinct_names (const PanelRow rows[], gsize n_rows, gboolean of_school, Index *index)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *last = NULL;

  for (gsize i = 0; i < n_rows; i++) {
    const char *name = of_school ? rows[i].school : rows[i].stratum;

    if (name != last && g_hash_table_add (index->by_address, (gpointer)(guintptr)name)
        && g_hash_table_add (index->by_name, (gpointer)(guintptr)name))
      g_ptr_array_add (names, g_strdup (name));
    last = name;
  }
  g_hash_table_remove_all (index->by_address);
  g_hash_table_remove_all (index->by_name);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_hash_table_insert (index->by_name, names->pdata[i], GUINT_TO_POINTER (i + 1));
  return names;
}

static double *
distinct_times (const PanelRow rows[], gsize n_rows, guint *n_times)
{
  double *t = g_new (double, MAX (n_rows, 1));
  gsize n = 0;
  guint kept = 0;

  for (gsize i = 0; i < n_rows; i++)
    if (n == 0 || rows[i].t < t[n - 1] || rows[i].t > t[n - 1])
      t[n++] = rows[i].t;
  qsort (t, n, sizeof t[0], compare_times);
  for (gsize i = 0; i < n; i++)
    if (kept == 0 || t[i] > t[kept - 1])
      t[kept++] = t[i];
  *n_times = kept;
  return t;
}

static guint
wave_of (const Panel *panel, double t)
{
  const double *found = bsearch (&t, panel->t, panel->K, sizeof t, compare_times);

  return (guint)(found - panel->t);
}

static gboolean
panel_fill (Panel *panel, const PanelRow rows[], gsize n_rows, const Index *schools, const Index *strata,
            GError **error)
{
  for (gsize i = 0; i < n_rows; i++) {
    guint s = index_find (schools, rows[i].school);
    guint l = index_find (strata, rows[i].stratum);
    gsize cell = ((gsize)s * panel->K + wave_of (panel, rows[i].t)) * panel->L + l;

    panel->n[cell] += rows[i].n;
    panel->x[cell] += rows[i].x;
    if (panel->n[cell] > PANEL_MAX_COUNT) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT,
                   "cannot use school %s, stratum %s, t %g: n adds up to more than 2^53", rows[i].school,
                   rows[i].stratum, rows[i].t);
      return FALSE;
    }
  }
  return TRUE;
}

Panel *
panel_new (const PanelRow rows[], gsize n_rows, GError **error)
{
  g_auto (Index) schools = index_new ();
  g_auto (Index) strata = index_new ();
  g_autoptr (Panel) panel = NULL;
  gsize cells;

  for (gsize i = 0; i < n_rows; i++)
    if (!row_check (&rows[i], error))
      return NULL;

  panel = g_new0 (Panel, 1);
  panel->school = distinct_names (rows, n_rows, TRUE, &schools);
  panel->strata = distinct_names (rows, n_rows, FALSE, &strata);
  panel->m = panel->school->len;
  panel->L = panel->strata->len;
  panel->t = distinct_times (rows, n_rows, &panel->K);
  cells = (gsize)panel->m * panel->K * panel->L;
  if (panel->m > 0 && cells > PANEL_MAX_CELLS) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT,
                 "cannot use a panel of %u schools x %u waves x %u strata: more than %" G_GSIZE_FORMAT " cells",
                 panel->m, panel->K, panel->L, PANEL_MAX_CELLS);
    return NULL;
  }
  panel->n = g_new0 (double, MAX (cells, 1));
  panel->x = g_new0 (double, MAX (cells, 1));
  if (!panel_fill (panel, rows, n_rows, &schools, &strata, error))
    return NULL;
  return g_steal_pointer (&panel);
}

void
panel_free (Panel *panel)
{
  if (panel == NULL)
    return;
  g_free (panel->t);
  g_free (panel->n);
  g_free (panel->x);
  g_clear_pointer (&panel->school, g_ptr_array_unref);
  g_clear_pointer (&panel->strata, g_ptr_array_unref);
  g_free (panel);
}
