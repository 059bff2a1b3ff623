#include "measure/station_pack.h"

#include <string.h>

/* A station's arrays, one after the other. */
static gsize
numbers_of (const StationWaves *w)
{
  return 4 * (gsize)w->k + 2 * (gsize)w->k * w->k;
}

static void
append (double **next, const double from[], gsize n)
{
  if (from != NULL)
    memcpy (*next, from, n * sizeof (double));
  *next += n;
}

static GVariant *
pack_waves (const StationWaves *w)
{
  g_autofree double *numbers = g_new0 (double, numbers_of (w) + 1);
  double *next = numbers;
  gsize k = w->k;

  append (&next, w->t, k);
  append (&next, w->years, k);
  append (&next, w->delta, k);
  append (&next, w->line, k);
  append (&next, w->sampling, k * k);
  append (&next, w->load, k * k);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, numbers, numbers_of (w), sizeof (double));
}

/* Pointers stay behind: arrays and the one name go beside, the verdict is yet to come. */
static GVariant *
pack_station (const Station *st)
{
  Station plain = *st;
  const char *lacking = st->facts.lacking != NULL ? st->facts.lacking : "";

  plain.waves.t = plain.waves.years = plain.waves.delta = NULL;
  plain.waves.sampling = plain.waves.load = plain.waves.line = NULL;
  plain.facts.lacking = NULL;
  plain.row.official_class = NULL;
  memset (&plain.row.verdict, 0, sizeof plain.row.verdict);
  return g_variant_new ("(@ay@ads)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &plain, sizeof plain, 1),
                        pack_waves (&st->waves), lacking);
}

GVariant *
stations_pack (const Station stations[], guint n)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (STATIONS_TYPE));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_value (&builder, pack_station (&stations[i]));
  return g_variant_builder_end (&builder);
}

static double *
take (const double **next, gsize n)
{
  double *out = g_new0 (double, MAX (n, 1));

  memcpy (out, *next, n * sizeof (double));
  *next += n;
  return out;
}

static gboolean
unpack_station (GVariant *packed, Station *st)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (packed, 0);
  g_autoptr (GVariant) numbers = g_variant_get_child_value (packed, 1);
  g_autoptr (GVariant) lacking = g_variant_get_child_value (packed, 2);
  gsize size = 0, n = 0;
  const void *plain = g_variant_get_fixed_array (bytes, &size, 1);
  const double *next = g_variant_get_fixed_array (numbers, &n, sizeof (double));
  StationWaves *w = &st->waves;

  if (size != sizeof *st)
    return FALSE;
  memcpy (st, plain, sizeof *st);
  if (n != numbers_of (w))
    return FALSE;
  if (*g_variant_get_string (lacking, NULL) != '\0')
    st->facts.lacking = g_intern_string (g_variant_get_string (lacking, NULL));
  if (n == 0)
    return TRUE;
  w->t = take (&next, w->k);
  w->years = take (&next, w->k);
  w->delta = take (&next, w->k);
  w->line = take (&next, w->k);
  w->sampling = take (&next, (gsize)w->k * w->k);
  w->load = take (&next, (gsize)w->k * w->k);
  return TRUE;
}

gboolean
stations_unpack (GVariant *packed, GArray *out)
{
  guint before = out->len;

  for (gsize i = 0; i < g_variant_n_children (packed); i++) {
    g_autoptr (GVariant) one = g_variant_get_child_value (packed, i);
    Station st;

    if (!unpack_station (one, &st)) {
      while (out->len > before) {
        station_clear (&g_array_index (out, Station, out->len - 1));
        g_array_set_size (out, out->len - 1);
      }
      return FALSE;
    }
    g_array_append_val (out, st);
  }
  return TRUE;
}
