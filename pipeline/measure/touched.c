#include "measure/touched.h"

#include "domain/period.h"

#include <string.h>

void
touched_clear (Touched *touched)
{
  g_clear_pointer (&touched->part, g_free);
  g_clear_pointer (&touched->area, g_free);
  g_clear_pointer (&touched->look, g_free);
  g_clear_pointer (&touched->definition, g_free);
  g_clear_pointer (&touched->parts, g_free);
}

/* The day that results of a period carry moves until the period is over. */
static char *
day_of (const char *period, const GDate *today)
{
  Period parsed;
  char day[16] = "";

  if (period_parse (period, &parsed))
    g_date_strftime (day, sizeof day, "%Y-%m-%d", g_date_compare (&parsed.last, today) < 0 ? &parsed.last : today);
  return g_strdup (day);
}

/* Rows come by district, unit and period, so each part's come in one order. */
static void
add_row (GChecksum *sum, const Aggregate *a, const AggregateRow *row)
{
  const char *stratum = a->strata->pdata[row->stratum];
  const double counts[] = { row->x, row->n };
  const guchar flags[] = { row->provisional ? 1 : 0, row->carried ? 1 : 0 };

  g_checksum_update (sum, (const guchar *)row->unit, (gssize)strlen (row->unit) + 1);
  g_checksum_update (sum, (const guchar *)stratum, (gssize)strlen (stratum) + 1);
  g_checksum_update (sum, (const guchar *)counts, sizeof counts);
  g_checksum_update (sum, flags, sizeof flags);
}

/* A line a part: area, period, day, sum. */
static GHashTable *
sum_parts (const Aggregate *a, const GDate *today)
{
  gsize n = (gsize)a->areas->len * a->periods->len;
  g_autofree GChecksum **sums = g_new0 (GChecksum *, n + 1);
  GHashTable *parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);
    GChecksum **sum = &sums[(gsize)row->area * a->periods->len + row->period];

    if (*sum == NULL)
      *sum = g_checksum_new (G_CHECKSUM_MD5);
    add_row (*sum, a, row);
  }
  for (guint area = 0; area < a->areas->len; area++)
    for (guint period = 0; period < a->periods->len; period++) {
      GChecksum *sum = sums[(gsize)area * a->periods->len + period];
      const AggregateCell *cell = aggregate_cell (a, area, period, 0);
      g_autofree char *day = day_of (a->periods->pdata[period], today);

      if (sum == NULL && cell->expected == 0)
        continue;
      g_hash_table_insert (
          parts, g_strjoin (" ", ((const Area *)a->areas->pdata[area])->area_code, a->periods->pdata[period], NULL),
          g_strdup_printf ("%s %u %s", day, cell->expected, sum != NULL ? g_checksum_get_string (sum) : "-"));
      g_clear_pointer (&sum, g_checksum_free);
    }
  return parts;
}

static char *
join_parts (GHashTable *parts)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (parts), (GCompareFunc)strcmp);
  GString *text = g_string_new (NULL);

  for (const GList *key = keys; key != NULL; key = key->next)
    g_string_append_printf (text, "%s %s\n", (const char *)key->data,
                            (const char *)g_hash_table_lookup (parts, key->data));
  return g_string_free (text, FALSE);
}

/* What join_parts() wrote: the second space ends the key. */
static GHashTable *
split_parts (const char *text)
{
  GHashTable *parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++) {
    char *space = strchr (*line, ' ');

    space = space != NULL ? strchr (space + 1, ' ') : NULL;
    if (space != NULL)
      g_hash_table_insert (parts, g_strndup (*line, (gsize)(space - *line)), g_strdup (space + 1));
  }
  return parts;
}

static char *
define (const StrataWeights *weights, const char *definition)
{
  g_autoptr (GString) text = g_string_new (definition);

  for (guint l = 0; weights != NULL && l < weights->L; l++) {
    char share[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (text, " %s %s", weights->stratum[l],
                            g_ascii_dtostr (share, sizeof share, weights->share[l]));
  }
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text->str, (gssize)text->len);
}

/* The data after the day. */
static gboolean
same_data (const char *before, const char *now)
{
  const char *a = strchr (before, ' '), *b = strchr (now, ' ');

  return a != NULL && b != NULL && strcmp (a, b) == 0;
}

static void
touch (Touched *t, guint area, guint period)
{
  t->any = TRUE;
  t->part[(gsize)area * t->n_periods + period] = TRUE;
  t->area[area] = TRUE;
  t->first = MIN (t->first, period);
}

static void
compare_part (Touched *t, guint area, guint period, const char *before, const char *now)
{
  gboolean same = before != NULL && same_data (before, now);

  if (!same)
    touch (t, area, period);
  if (!same || strcmp (before, now) != 0)
    t->look[area] = MIN (t->look[area], period);
}

/* A part of the city is its districts' of that period. */
static void
touch_city (Touched *t, guint n_areas)
{
  for (guint area = 1; area < n_areas; area++) {
    for (guint period = 0; period < t->n_periods; period++)
      if (t->part[(gsize)area * t->n_periods + period])
        touch (t, 0, period);
    t->look[0] = MIN (t->look[0], t->look[area]);
  }
}

static gboolean
compare_all (Touched *t, const Aggregate *a, GHashTable *before, GHashTable *now)
{
  guint found = 0;

  for (guint area = 0; area < a->areas->len; area++)
    for (guint period = 0; period < a->periods->len; period++) {
      g_autofree char *key
          = g_strjoin (" ", ((const Area *)a->areas->pdata[area])->area_code, a->periods->pdata[period], NULL);
      const char *was = g_hash_table_lookup (before, key), *is = g_hash_table_lookup (now, key);

      found += was != NULL && is != NULL;
      if (is != NULL)
        compare_part (t, area, period, was, is);
    }
  touch_city (t, a->areas->len);
  return found == g_hash_table_size (before);
}

void
touched_find (const Aggregate *a, const StrataWeights *weights, const char *definition, const GDate *today,
              const char *before_definition, const char *before_parts, Touched *out)
{
  g_autoptr (GHashTable) now = sum_parts (a, today);
  g_autoptr (GHashTable) before = split_parts (before_parts != NULL ? before_parts : "");

  *out = (Touched){ .n_periods = a->periods->len,
                    .first = a->periods->len,
                    .part = g_new0 (gboolean, (gsize)a->areas->len * a->periods->len + 1),
                    .area = g_new0 (gboolean, a->areas->len + 1),
                    .look = g_new0 (guint, a->areas->len + 1),
                    .definition = define (weights, definition),
                    .parts = join_parts (now) };
  for (guint area = 0; area < a->areas->len; area++)
    out->look[area] = a->periods->len;
  out->everything = before_parts == NULL || g_strcmp0 (before_definition, out->definition) != 0
                    || !compare_all (out, a, before, now);
  out->any |= out->everything;
}

gboolean
touched_part (const Touched *touched, guint area, guint period)
{
  return touched->everything || touched->part[(gsize)area * touched->n_periods + period];
}

gboolean
touched_area (const Touched *touched, guint area)
{
  return touched->everything || touched->area[area];
}

gboolean
touched_look (const Touched *touched, guint area, guint period)
{
  return touched->everything || period >= touched->look[area];
}

gboolean
touched_period (const Touched *touched, guint period)
{
  return touched->everything || period >= touched->first;
}
