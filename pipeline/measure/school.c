#include "measure/targets.h"

#include "base/sql.h"
#include "domain/period.h"
#include "measure/estimate.h"
#include "measure/funnel.h"

#include <math.h>
#include <string.h>

/* Two-sided 95 % and 99.8 % of the normal: who stands outside the latter stands out. */
#define Z95 1.959963984540054
#define Z998 3.090232306167814

/* Schools of one stage in one district and period, as indices of their rows. */
typedef struct {
  GArray *rows; /* SchoolRow */
  GHashTable *stages;
  GHashTable *groups; /* GArray of guint */
} Schools;

static void
schools_clear (Schools *s)
{
  g_clear_pointer (&s->rows, g_array_unref);
  g_clear_pointer (&s->stages, g_hash_table_unref);
  g_clear_pointer (&s->groups, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Schools, schools_clear)

static char *
stage_key (const char *school, const char *period)
{
  return g_strconcat (school, "/", period, NULL);
}

/* Periods of which any part is made again. */
static char *
list_periods (const Aggregate *a, const Touched *touched)
{
  g_autoptr (GString) text = g_string_new ("{");

  for (guint period = 0; period < a->periods->len; period++) {
    gboolean made = FALSE;

    for (guint area = 1; area < a->areas->len && !made; area++)
      made = touched_part (touched, area, period);
    if (made)
      g_string_append_printf (text, "%s%s", text->len > 1 ? "," : "", (const char *)a->periods->pdata[period]);
  }
  g_string_append_c (text, '}');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_stages (Db *db, Schools *s, const Aggregate *a, const Touched *touched, GError **error)
{
  g_autofree char *periods = list_periods (a, touched);
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("list_school_stages"), periods, DB_END);
  int school = 0, period = 0, stage = 0;

  if (result == NULL)
    return FALSE;
  school = db_column (result, "school_code");
  period = db_column (result, "period");
  stage = db_column (result, "stage");
  for (int i = 0; i < PQntuples (result); i++)
    g_hash_table_insert (s->stages, stage_key (PQgetvalue (result, i, school), PQgetvalue (result, i, period)),
                         g_strdup (PQgetvalue (result, i, stage)));
  return TRUE;
}

/* By the weights of those strata that the school has; as many pupils as would leave a plain share its variance. */
static void
standardise (SchoolRow *row, const Sample *sample, const AggregateRow cells[], guint n)
{
  const Aggregate *a = sample->aggregate;
  double weight = 0, p = 0, variance = 0, pupils = 0;
  Estimate estimate;

  for (guint i = 0; i < n; i++)
    for (guint l = 0; l < sample->weights->L; l++)
      if (cells[i].n > 0 && strcmp (a->strata->pdata[cells[i].stratum], sample->weights->stratum[l]) == 0) {
        double share = sample->weights->share[l], rate = cells[i].x / cells[i].n;

        weight += share;
        p += share * rate;
        variance += share * share * rate * (1 - rate) / cells[i].n;
        pupils += cells[i].n;
      }
  if (!(weight > 0))
    return;
  p /= weight;
  variance /= weight * weight;
  if (variance > 0)
    pupils = p * (1 - p) / variance;
  estimate_share (p * pupils, pupils, &estimate);
  row->value_std = 100 * p;
  row->low95_std = 100 * estimate.low;
  row->high95_std = 100 * estimate.high;
}

static SchoolRow
school_row (const Aggregate *a, const AggregateRow *all)
{
  SchoolRow row = {
    .indicator = a->indicator->indicator,
    .district_code = ((const Area *)a->areas->pdata[all->area])->area_code,
    .school_code = all->unit,
    .period = a->periods->pdata[all->period],
    .numerator = all->x,
    .denominator = all->n,
    .value = aggregate_value (all->x, all->n),
    .low95 = NAN,
    .high95 = NAN,
    .value_std = NAN,
    .low95_std = NAN,
    .high95_std = NAN,
    .provisional = all->provisional,
    .peer_value = NAN,
    .limit_low95 = NAN,
    .limit_high95 = NAN,
    .limit_low998 = NAN,
    .limit_high998 = NAN,
    .z = NAN,
  };

  if (a->indicator->kind == INDICATOR_SAMPLE && all->n > 0) {
    Estimate estimate;

    estimate_share (all->x, all->n, &estimate);
    row.low95 = 100 * estimate.low;
    row.high95 = 100 * estimate.high;
  }
  return row;
}

static void
join_group (Schools *s, SchoolRow *row)
{
  g_autofree char *key = stage_key (row->school_code, row->period);
  g_autofree char *group = NULL;
  GArray *members = NULL;
  guint index = s->rows->len;

  row->stage = g_hash_table_lookup (s->stages, key);
  if (row->stage == NULL || !(row->denominator > 0))
    return;
  group = g_strjoin ("/", row->district_code, row->period, row->stage, NULL);
  members = g_hash_table_lookup (s->groups, group);
  if (members == NULL) {
    members = g_array_new (FALSE, FALSE, sizeof (guint));
    g_hash_table_insert (s->groups, g_steal_pointer (&group), members);
  }
  g_array_append_val (members, index);
}

static void
compare (Schools *s, const GArray *members)
{
  g_autofree double *x = g_new (double, members->len), *n = g_new (double, members->len);
  Funnel funnel;

  for (guint i = 0; i < members->len; i++) {
    const SchoolRow *row = &g_array_index (s->rows, SchoolRow, g_array_index (members, guint, i));

    x[i] = row->numerator;
    n[i] = row->denominator;
  }
  if (!funnel_of (x, n, members->len, &funnel))
    return;
  for (guint i = 0; i < members->len; i++) {
    SchoolRow *row = &g_array_index (s->rows, SchoolRow, g_array_index (members, guint, i));

    row->peers = members->len;
    row->peer_value = 100 * funnel.target;
    row->z = funnel_z (&funnel, x[i], n[i]);
    row->standing = row->z > Z998 ? "above" : row->z < -Z998 ? "below" : "within";
    funnel_limits (&funnel, n[i], Z95, &row->limit_low95, &row->limit_high95);
    funnel_limits (&funnel, n[i], Z998, &row->limit_low998, &row->limit_high998);
    row->limit_low95 *= 100;
    row->limit_high95 *= 100;
    row->limit_low998 *= 100;
    row->limit_high998 *= 100;
  }
}

/* Rows come by school and period: what belongs together stands together, and stratum 0 is all of it. */
static void
list_schools (Schools *s, const Aggregate *a, const Sample *sample, const Touched *touched)
{
  const AggregateRow *rows = (const AggregateRow *)(gpointer)a->rows->data;

  for (guint from = 0, to = 0; from < a->rows->len; from = to) {
    const AggregateRow *all = NULL;

    for (to = from; to < a->rows->len && rows[to].unit == rows[from].unit && rows[to].area == rows[from].area
                    && rows[to].period == rows[from].period;
         to++)
      if (rows[to].stratum == 0)
        all = &rows[to];
    if (all != NULL && touched_part (touched, all->area, all->period)) {
      SchoolRow row = school_row (a, all);

      if (sample != NULL && sample->weights != NULL)
        standardise (&row, sample, rows + from, to - from);
      join_group (s, &row);
      g_array_append_val (s->rows, row);
    }
  }
}

gboolean
measure_schools (Db *db, const Measurement *m, const Aggregate *a, const Sample *sample, const Touched *touched,
                 GError **error)
{
  g_auto (Schools) s = { g_array_new (FALSE, FALSE, sizeof (SchoolRow)),
                         g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
                         g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref) };
  GHashTableIter iter;
  gpointer members = NULL;

  if (catalogue_feed (m->catalogue, a->indicator->feed)->grain == GRAIN_AREA || a->rows->len == 0 || !touched->any)
    return TRUE;
  if (a->indicator->kind == INDICATOR_SAMPLE && !read_stages (db, &s, a, touched, error))
    return FALSE;
  list_schools (&s, a, sample, touched);
  g_hash_table_iter_init (&iter, s.groups);
  while (g_hash_table_iter_next (&iter, NULL, &members))
    compare (&s, members);
  for (guint i = 0; i < s.rows->len; i++)
    results_add_school (m->results, &g_array_index (s.rows, SchoolRow, i));
  return TRUE;
}
