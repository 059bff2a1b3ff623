#include "measure/aggregate.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/sql.h"
#include "domain/period.h"
#include "measure/cells.h"

#include <math.h>
#include <string.h>

void
aggregate_free (Aggregate *a)
{
  if (a == NULL)
    return;
  g_free (a->counts);
  g_free (a->cells);
  g_ptr_array_unref (a->areas);
  g_ptr_array_unref (a->periods);
  g_ptr_array_unref (a->strata);
  g_array_unref (a->rows);
  g_free (a);
}

static AggregateCell *
cell_at (const Aggregate *a, guint area, guint period, guint stratum)
{
  return &a->cells[((gsize)area * a->periods->len + period) * a->strata->len + stratum];
}

const AggregateCell *
aggregate_cell (const Aggregate *a, guint area, guint period, guint stratum)
{
  return cell_at (a, area, period, stratum);
}

int
aggregate_period (const Aggregate *a, const char *period)
{
  for (guint i = 0; i < a->periods->len; i++)
    if (strcmp (a->periods->pdata[i], period) == 0)
      return (int)i;
  return -1;
}

guint
aggregate_area (const Aggregate *a, const char *code)
{
  for (guint i = 0; i < a->areas->len; i++)
    if (strcmp (((const Area *)a->areas->pdata[i])->area_code, code) == 0)
      return i;
  return G_MAXUINT;
}

/* The city first, then the districts that are current. */
static GPtrArray *
current_areas (const Catalogue *catalogue)
{
  GPtrArray *areas = g_ptr_array_new ();

  for (guint level = AREA_CITY; level <= AREA_DISTRICT; level++)
    for (guint i = 0; i < catalogue->areas->len; i++) {
      Area *area = catalogue->areas->pdata[i];

      if ((guint)area->level == level && *area->successor_code == '\0' && strcmp (area->valid_to, "infinity") == 0)
        g_ptr_array_add (areas, area);
    }
  return areas;
}

int
aggregate_compare_periods (gconstpointer a, gconstpointer b)
{
  Period first, second;
  const char *const *pa = a, *const *pb = b;
  int order = 0;

  if (period_parse (*pa, &first) && period_parse (*pb, &second)) {
    order = g_date_compare (&first.last, &second.last);
    if (order == 0)
      order = g_date_compare (&first.first, &second.first);
  }
  return order != 0 ? order : strcmp (*pa, *pb);
}

int
aggregate_compare_strata (gconstpointer a, gconstpointer b)
{
  const char *const *sa = a, *const *sb = b;
  gboolean all_a = strcmp (*sa, "all") == 0, all_b = strcmp (*sb, "all") == 0;

  return all_a != all_b ? (all_a ? -1 : 1) : strcmp (*sa, *sb);
}

static void
fill_names (GPtrArray *names, const PGresult *result, const char *column, GCompareFunc compare)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  int at = db_column (result, column);

  for (int i = 0; i < PQntuples (result); i++)
    if (g_hash_table_add (seen, PQgetvalue (result, i, at)))
      g_ptr_array_add (names, g_strdup (PQgetvalue (result, i, at)));
  g_ptr_array_sort (names, compare);
}

/* Positions of names, so that a hundred thousand rows need no search. */
static GHashTable *
positions (const GPtrArray *names)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < names->len; i++)
    g_hash_table_insert (table, names->pdata[i], GUINT_TO_POINTER (i));
  return table;
}

/* One copy of each code for the life of the process, as g_intern_string() keeps them; but that one abandons its whole
   table each time it outgrows it, and a city has thousands of schools. */
const char *
aggregate_intern (const char *code)
{
  static GStringChunk *codes;
  static GMutex lock;
  const char *kept = NULL;

  g_mutex_lock (&lock);
  if (codes == NULL)
    codes = g_string_chunk_new (4096);
  kept = g_string_chunk_insert_const (codes, code);
  g_mutex_unlock (&lock);
  return kept;
}

static gboolean
read_rows (Aggregate *a, const PGresult *result, GError **error)
{
  g_autoptr (GHashTable) periods = positions (a->periods);
  g_autoptr (GHashTable) strata = positions (a->strata);
  int district = db_column (result, "district_code"), unit = db_column (result, "unit_code");
  int period = db_column (result, "period"), stratum = db_column (result, "stratum");
  int x = db_column (result, "numerator"), n = db_column (result, "denominator");
  int provisional = db_column (result, "provisional"), carried = db_column (result, "carried");

  for (int i = 0; i < PQntuples (result); i++) {
    AggregateRow row = {
      .unit = aggregate_intern (PQgetvalue (result, i, unit)),
      .area = aggregate_area (a, PQgetvalue (result, i, district)),
      .period = GPOINTER_TO_UINT (g_hash_table_lookup (periods, PQgetvalue (result, i, period))),
      .stratum = GPOINTER_TO_UINT (g_hash_table_lookup (strata, PQgetvalue (result, i, stratum))),
      .x = g_ascii_strtod (PQgetvalue (result, i, x), NULL),
      .n = PQgetisnull (result, i, n) ? NAN : g_ascii_strtod (PQgetvalue (result, i, n), NULL),
      .provisional = *PQgetvalue (result, i, provisional) == 't',
      .carried = *PQgetvalue (result, i, carried) == 't',
    };

    if (row.area == G_MAXUINT) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "indicator %s has rows of area %s, which the catalogue no longer has; add it to area.csv",
                   a->indicator->indicator, PQgetvalue (result, i, district));
      return FALSE;
    }
    g_array_append_val (a->rows, row);
  }
  return TRUE;
}

static void
cell_add (AggregateCell *cell, const AggregateRow *row)
{
  cell->x += row->x;
  cell->n += row->n;
  cell->rows++;
  cell->schools += row->carried ? 0 : 1;
  cell->provisional |= row->provisional;
  cell->m += row->n > 0 ? 1 : 0;
}

/* A row of area 0 is a tally that the city reports for itself. It stands for the city in the period in which it came;
   carried over, it gives way to districts that did report. */
static void
choose_city_rows (Aggregate *a)
{
  gsize n = (gsize)a->periods->len * a->strata->len;
  g_autofree gboolean *districts = g_new0 (gboolean, n + 1);

  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);

    if (row->area != 0 && !row->carried)
      districts[(gsize)row->period * a->strata->len + row->stratum] = TRUE;
  }
  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);

    if (row->area == 0 && !(row->carried && districts[(gsize)row->period * a->strata->len + row->stratum]))
      cell_at (a, 0, row->period, row->stratum)->city_row = TRUE;
  }
}

typedef void (*AddFunc) (AggregateCell *cell, const AggregateRow *row);

/* Each row to its district's cell, and to the city's unless others stand for that. */
static void
for_each_row (const Aggregate *a, AddFunc add)
{
  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);
    AggregateCell *city = cell_at (a, 0, row->period, row->stratum);

    if (row->area != 0)
      add (cell_at (a, row->area, row->period, row->stratum), row);
    if ((row->area == 0) == city->city_row)
      add (city, row);
  }
}

/* Cells grow up to where the next begins. */
static void
put_counts (AggregateCell *cell, const AggregateRow *row)
{
  if (!(row->n > 0))
    return;
  ((double *)(guintptr)cell->xs)[cell->m] = row->x;
  ((double *)(guintptr)cell->ns)[cell->m++] = row->n;
}

static void
sum_rows (Aggregate *a)
{
  gsize n_cells = (gsize)a->areas->len * a->periods->len * a->strata->len, total = 0, at = 0;

  choose_city_rows (a);
  for_each_row (a, cell_add);
  for (gsize i = 0; i < n_cells; i++)
    total += a->cells[i].m;
  a->counts = g_new (double, 2 * total + 1);
  for (gsize i = 0; i < n_cells; i++) {
    a->cells[i].xs = a->counts + at;
    a->cells[i].ns = a->counts + total + at;
    at += a->cells[i].m;
    a->cells[i].m = 0;
  }
  for_each_row (a, put_counts);
}

/* Tallies: every area that has reported in the year is expected to go on. */
static void
expect_reporters (Aggregate *a)
{
  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);
    AggregateCell *city = cell_at (a, 0, row->period, row->stratum);

    if (row->area != 0)
      cell_at (a, row->area, row->period, row->stratum)->expected = 1;
    if ((row->area == 0) == city->city_row)
      city->expected++;
  }
}

char *
aggregate_periods_literal (const Aggregate *a)
{
  const GPtrArray *names = a->periods;
  g_autoptr (GString) text = g_string_new ("{");

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", (const char *)names->pdata[i]);
  g_string_append_c (text, '}');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
expect_schools (Db *db, Aggregate *a, GError **error)
{
  g_autofree char *periods = aggregate_periods_literal (a);
  g_autofree char *stages = g_strdup_printf ("{%s}", a->indicator->stages);
  g_autoptr (PGresult) result = NULL;

  g_strdelimit (stages, ";", ',');
  result = db_queryv (db, error, sql_query ("list_schools_expected"), periods, stages, DB_END);
  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++) {
    guint area = aggregate_area (a, db_get (result, i, "district_code"));
    int period = aggregate_period (a, db_get (result, i, "period"));

    if (area == G_MAXUINT || period < 0)
      continue;
    for (guint s = 0; s < a->strata->len; s++) {
      cell_at (a, area, (guint)period, s)->expected = (guint)db_get_int (result, i, "schools");
      cell_at (a, 0, (guint)period, s)->expected += (guint)db_get_int (result, i, "schools");
    }
  }
  return TRUE;
}

/* Tallies: the server carries silent areas' counts over. */
static gboolean
read_tallies (Db *db, Aggregate *a, GError **error)
{
  g_autoptr (PGresult) result
      = db_queryv (db, error, sql_query ("list_indicator_rows"), a->indicator->indicator, DB_END);

  if (result == NULL)
    return FALSE;
  fill_names (a->periods, result, "period", aggregate_compare_periods);
  fill_names (a->strata, result, "stratum", aggregate_compare_strata);
  return read_rows (a, result, error);
}

static Aggregate *
aggregate_new (const Catalogue *catalogue, const Indicator *indicator)
{
  Aggregate *a = g_new0 (Aggregate, 1);

  a->indicator = indicator;
  a->areas = current_areas (catalogue);
  a->rows = g_array_new (FALSE, FALSE, sizeof (AggregateRow));
  a->periods = g_ptr_array_new_with_free_func (g_free);
  a->strata = g_ptr_array_new_with_free_func (g_free);
  return a;
}

Aggregate *
aggregate_of_areas (const Catalogue *catalogue, const Indicator *indicator, const char *const periods[],
                    const AggregateCell cells[], gsize size)
{
  g_autoptr (Aggregate) a = aggregate_new (catalogue, indicator);

  for (guint i = 0; periods[i] != NULL; i++)
    g_ptr_array_add (a->periods, g_strdup (periods[i]));
  g_ptr_array_add (a->strata, g_strdup ("all"));
  if (size != (gsize)a->areas->len * a->periods->len * sizeof cells[0])
    return NULL;
  a->cells = g_malloc (size + 1);
  if (size > 0)
    memcpy (a->cells, cells, size);
  return g_steal_pointer (&a);
}

Aggregate *
aggregate_read (Db *db, const Catalogue *catalogue, const Indicator *indicator, CellStore *store, GError **error)
{
  g_autoptr (Aggregate) a = aggregate_new (catalogue, indicator);
  gboolean tallies = catalogue_feed (catalogue, indicator->feed)->grain == GRAIN_AREA;
  gsize n_cells = 0;

  if (tallies ? !read_tallies (db, a, error) : !cells_read (db, a, store, error))
    return NULL;
  n_cells = (gsize)a->areas->len * a->periods->len * a->strata->len;
  a->cells = g_new0 (AggregateCell, n_cells + 1);
  sum_rows (a);
  if (tallies)
    expect_reporters (a);
  else if (a->periods->len > 0 && !expect_schools (db, a, error))
    return NULL;
  return g_steal_pointer (&a);
}

/* The finest stratum has a slash (grade and sex), else a grade, else there is only "all". */
static gboolean
is_finest (const Aggregate *a, const char *stratum)
{
  if (strcmp (a->indicator->strata, "grade_sex") == 0)
    return strchr (stratum, '/') != NULL;
  return strcmp (a->indicator->strata, "grade") != 0 || strcmp (stratum, "all") != 0;
}

/* The rows that panels are made from, each district's after the other's; those of the city itself come first. */
typedef struct {
  PanelRow *rows;
  gsize n_rows;
  gsize *from; /* each area's first row; one more: the end */
  Panel **panels;
} PanelWork;

static gboolean *
finest_strata (const Aggregate *a)
{
  gboolean *finest = g_new0 (gboolean, a->strata->len + 1);

  for (guint l = 0; l < a->strata->len; l++)
    finest[l] = is_finest (a, a->strata->pdata[l]);
  return finest;
}

static double *
period_times (const Aggregate *a)
{
  double *times = g_new0 (double, a->periods->len + 1);

  for (guint k = 0; k < a->periods->len; k++)
    times[k] = period_time_of (a->periods->pdata[k]);
  return times;
}

static void
sort_rows (const Aggregate *a, PanelWork *w)
{
  g_autofree gboolean *finest = finest_strata (a);
  g_autofree double *times = period_times (a);
  g_autofree gsize *next = g_new0 (gsize, a->areas->len + 1);

  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);

    if (row->n > 0 && finest[row->stratum])
      w->from[row->area + 1]++;
  }
  for (guint area = 0; area < a->areas->len; area++) {
    w->from[area + 1] += w->from[area];
    next[area] = w->from[area];
  }
  w->n_rows = w->from[a->areas->len];
  w->rows = g_new (PanelRow, w->n_rows + 1);
  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);

    if (row->n > 0 && finest[row->stratum])
      w->rows[next[row->area]++] = (PanelRow){ .school = row->unit,
                                               .stratum = a->strata->pdata[row->stratum],
                                               .t = times[row->period],
                                               .n = row->n,
                                               .x = row->x };
  }
}

/* The city has every school. */
static void
make_panel (gsize area, gpointer data)
{
  PanelWork *w = data;
  gsize from = area > 0 ? w->from[area] : 0, until = area > 0 ? w->from[area + 1] : w->n_rows;

  if (until > from)
    w->panels[area] = panel_new (w->rows + from, until - from, NULL);
}

Panel **
aggregate_panels (const Aggregate *a)
{
  g_autofree gsize *from = g_new0 (gsize, a->areas->len + 1);
  g_autofree PanelRow *rows = NULL;
  Panel **panels = g_new0 (Panel *, a->areas->len + 1);
  PanelWork work = { .from = from, .panels = panels };

  sort_rows (a, &work);
  rows = work.rows;
  parallel_for (a->areas->len, make_panel, &work);
  return panels;
}

double
aggregate_value (double x, double n)
{
  if (isnan (n))
    return x;
  return n > 0 ? 100 * x / n : NAN;
}
