#include "measure/kept.h"

#include "domain/period.h"
#include "measure/station_pack.h"

#include <string.h>

/* Day, areas, periods, cells of "all", times of panels, weights (strata, shares, final), stations. */
#define KEPT_TYPE "(sasasayaadasadb" STATIONS_TYPE ")"
enum {
  KEPT_DAY,
  KEPT_AREAS,
  KEPT_PERIODS,
  KEPT_CELLS,
  KEPT_TIMES,
  KEPT_STRATA,
  KEPT_SHARES,
  KEPT_FINAL,
  KEPT_STATIONS
};

char *
kept_layout (void)
{
  return g_strdup_printf ("%s %" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT " %d", KEPT_TYPE, sizeof (Station),
                          sizeof (AggregateCell), G_BYTE_ORDER);
}

static GVariant *
pack_areas (const Aggregate *a)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < a->areas->len; i++)
    g_variant_builder_add (&builder, "s", ((const Area *)a->areas->pdata[i])->area_code);
  return g_variant_builder_end (&builder);
}

static GVariant *
pack_cells (const Aggregate *a)
{
  gsize n = (gsize)a->areas->len * a->periods->len;
  g_autofree AggregateCell *cells = g_new0 (AggregateCell, n + 1);

  for (guint area = 0, i = 0; area < a->areas->len; area++)
    for (guint period = 0; period < a->periods->len; period++, i++) {
      cells[i] = *aggregate_cell (a, area, period, 0);
      cells[i].xs = cells[i].ns = NULL;
      cells[i].m = 0;
    }
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, cells, n * sizeof cells[0], 1);
}

static GVariant *
pack_times (const Aggregate *a, const Sample *sample)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aad"));
  for (guint i = 0; sample != NULL && i < a->areas->len; i++) {
    const Panel *panel = sample->panels[i];

    g_variant_builder_add_value (&builder,
                                 g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, panel != NULL ? panel->t : NULL,
                                                            panel != NULL ? panel->K : 0, sizeof (double)));
  }
  return g_variant_builder_end (&builder);
}

GBytes *
kept_pack (const Measurement *m, const Aggregate *a, const Sample *sample)
{
  const StrataWeights *weights = sample != NULL ? sample->weights : NULL;
  GVariant *stations = sample != NULL ? sample->stations : NULL;
  char day[16];
  g_autoptr (GVariant) all = NULL;

  g_date_strftime (day, sizeof day, "%Y-%m-%d", &m->today);
  all = g_variant_ref_sink (
      g_variant_new ("(s@as@as@ay@aad@as@adb@" STATIONS_TYPE ")", day, pack_areas (a),
                     g_variant_new_strv ((const char *const *)a->periods->pdata, (gssize)a->periods->len),
                     pack_cells (a), pack_times (a, sample),
                     g_variant_new_strv (weights != NULL ? (const char *const *)weights->stratum : NULL,
                                         weights != NULL ? (gssize)weights->L : 0),
                     g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, weights != NULL ? weights->share : NULL,
                                                weights != NULL ? weights->L : 0, sizeof (double)),
                     sample != NULL && sample->final, stations != NULL ? stations : stations_pack (NULL, 0)));
  return g_variant_get_data_as_bytes (all);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
same_areas (const Aggregate *a, const char *const codes[])
{
  guint n = 0;

  for (; codes[n] != NULL; n++)
    if (n >= a->areas->len || strcmp (((const Area *)a->areas->pdata[n])->area_code, codes[n]) != 0)
      return FALSE;
  return n == a->areas->len;
}

/* Results of a period that was not over carry the day of their making. */
static gboolean
same_days (const char *const periods[], const char *day, const GDate *today)
{
  Period then, period;

  if (!period_parse (day, &then))
    return FALSE;
  for (guint i = 0; periods[i] != NULL; i++)
    if (!period_parse (periods[i], &period)
        || (g_date_compare (&then.last, today) != 0
            && (g_date_compare (&period.last, &then.last) > 0 || g_date_compare (&period.last, today) > 0)))
      return FALSE;
  return TRUE;
}

static gboolean
is_usable (const Measurement *m, const Aggregate *a, GVariant *kept, const char *const periods[])
{
  g_autofree const char **areas = NULL;
  g_autoptr (GVariant) list = g_variant_get_child_value (kept, KEPT_AREAS);
  g_autoptr (GVariant) day = g_variant_get_child_value (kept, KEPT_DAY);

  areas = g_variant_get_strv (list, NULL);
  return same_areas (a, areas) && same_days (periods, g_variant_get_string (day, NULL), &m->today);
}

/* Times alone: schools are not asked for again. */
static Panel *
unpack_panel (GVariant *times)
{
  gsize K = 0;
  const double *t = g_variant_get_fixed_array (times, &K, sizeof (double));
  Panel *panel = NULL;

  if (K == 0)
    return NULL;
  panel = g_new0 (Panel, 1);
  panel->K = (guint)K;
  panel->t = g_memdup2 (t, K * sizeof (double));
  panel->school = g_ptr_array_new ();
  panel->strata = g_ptr_array_new ();
  return panel;
}

static StrataWeights *
unpack_weights (GVariant *kept)
{
  g_autoptr (GVariant) strata = g_variant_get_child_value (kept, KEPT_STRATA);
  g_autoptr (GVariant) list = g_variant_get_child_value (kept, KEPT_SHARES);
  gsize n_strata = 0, n = 0;
  g_autofree const char **names = g_variant_get_strv (strata, &n_strata);
  const double *shares = g_variant_get_fixed_array (list, &n, sizeof (double));

  return n > 0 && n == n_strata ? strata_weights_new (names, shares, (guint)n, NULL) : NULL;
}

static Sample *
unpack_sample (const Measurement *m, Aggregate *a, const Target *target, GVariant *kept)
{
  Sample *sample = g_new0 (Sample, 1);
  g_autoptr (GVariant) times = g_variant_get_child_value (kept, KEPT_TIMES);

  sample->aggregate = a;
  sample->target = target;
  sample->panels = g_new0 (Panel *, a->areas->len + 1);
  for (guint i = 0; i < MIN (g_variant_n_children (times), a->areas->len); i++) {
    g_autoptr (GVariant) of_area = g_variant_get_child_value (times, i);

    sample->panels[i] = unpack_panel (of_area);
  }
  sample->weights = unpack_weights (kept);
  g_variant_get_child (kept, KEPT_FINAL, "b", &sample->final);
  sample->stations = g_variant_get_child_value (kept, KEPT_STATIONS);
  sample_add_weights (m, sample);
  return sample;
}

gboolean
kept_unpack (const Measurement *m, const Indicator *indicator, const Target *target, GBytes *bytes, Aggregate **out,
             Sample **sample)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (KEPT_TYPE), bytes, FALSE));
  g_autoptr (GVariant) cells = NULL, list = NULL;
  g_autoptr (Aggregate) a = NULL;
  g_autofree const char **periods = NULL;
  const void *sums = NULL;
  gsize size = 0;

  if (!g_variant_is_normal_form (kept))
    return FALSE;
  list = g_variant_get_child_value (kept, KEPT_PERIODS);
  periods = g_variant_get_strv (list, NULL);
  cells = g_variant_get_child_value (kept, KEPT_CELLS);
  sums = g_variant_get_fixed_array (cells, &size, 1);
  a = aggregate_of_areas (m->catalogue, indicator, periods, sums, size);
  if (a == NULL || !is_usable (m, a, kept, periods))
    return FALSE;
  if (indicator->kind == INDICATOR_SAMPLE)
    *sample = unpack_sample (m, g_steal_pointer (&a), target, kept);
  else
    *out = g_steal_pointer (&a);
  return TRUE;
}
