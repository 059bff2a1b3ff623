#include "publish/release.h"

#include "base/error.h"
#include "base/sql.h"
#include "joint.h"

#include <math.h>
#include <string.h>

/* Thresholds of the catalogue, or what they are where it has none; the values that make sense. */
static const struct {
  const char *name;
  gint64 usual, low, high;
} thresholds[] = {
  { "publish_min_denominator", 10, 1, 1000 },
  { "publish_sensitive_max", 7, 0, 1000 },
  { "publish_rounding", 5, 1, 99 },
  { "publish_width", 4, 1, 1000 },
};

static gboolean
read_rules (Db *db, DisclosureRules *out, GError **error)
{
  gint64 values[G_N_ELEMENTS (thresholds)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (thresholds); i++) {
    g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("read_threshold"), thresholds[i].name, DB_END);
    double value = (double)thresholds[i].usual;

    if (result == NULL)
      return FALSE;
    if (PQntuples (result) > 0)
      value = db_get_double (result, 0, "value");
    values[i] = (gint64)value;
    if (value < (double)thresholds[i].low || value > (double)thresholds[i].high || value > floor (value)
        || (strcmp (thresholds[i].name, "publish_rounding") == 0 && values[i] % 2 == 0)) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "threshold %s is %g; it must be %s number from %d to %d",
                   thresholds[i].name, value, i == 2 ? "an odd" : "a whole", (int)thresholds[i].low,
                   (int)thresholds[i].high);
      return FALSE;
    }
  }
  *out = (DisclosureRules){ values[0], values[1], values[2], values[3] };
  return TRUE;
}

static const char *
grain_of (const ReleaseOptions *options)
{
  return options->schools ? "school" : "district";
}

/* The periods as the server writes an array; "{}" when none is due. */
static char *
read_periods (Db *db, const ReleaseOptions *options, GError **error)
{
  gboolean named = options->periods != NULL && options->periods[0] != NULL;
  g_autoptr (GString) list = g_string_new ("{");
  g_autofree char *missing = NULL;
  g_autoptr (GError) failure = NULL;

  if (!named)
    return db_value (db, error, sql_query ("list_periods_due"), grain_of (options), options->strata, DB_END);
  for (guint i = 0; options->periods[i] != NULL; i++) {
    g_auto (GStrv) quotes = g_strsplit (options->periods[i], "\"", -1);
    g_autofree char *escaped = g_strjoinv ("", quotes);

    g_string_append_printf (list, "%s\"%s\"", i > 0 ? "," : "", g_strdelimit (escaped, "\\", '?'));
  }
  g_string_append_c (list, '}');
  missing = db_value (db, &failure, sql_query ("find_missing_period"), list->str, DB_END);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (missing != NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "there are no figures of period %s", missing);
  else
    return g_strdup (list->str);
  return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const char *
intern (const PGresult *result, int row, const char *column)
{
  return g_intern_string (db_get (result, row, column));
}

static void
add_cells (GArray *cells, const PGresult *result, gboolean past)
{
  for (int i = 0; i < PQntuples (result); i++) {
    Cell cell = {
      .feed = intern (result, i, "feed"),
      .period = intern (result, i, "period"),
      .indicator = intern (result, i, "indicator"),
      .district = intern (result, i, "district_code"),
      .unit = intern (result, i, "unit_code"),
      .parent = intern (result, i, "parent_code"),
      .stratum = intern (result, i, "stratum"),
      .counted = intern (result, i, "counted"),
      .x = db_get_int (result, i, "numerator"),
      .n = db_get_int (result, i, "denominator"),
      .provisional = db_get_boolean (result, i, "provisional"),
    };

    if (past) {
      cell.release = db_get_int (result, i, "release_id");
      cell.rules
          = (DisclosureRules){ db_get_int (result, i, "min_denominator"), db_get_int (result, i, "sensitive_max"),
                               db_get_int (result, i, "rounding"), db_get_int (result, i, "width") };
      cell.x_shown = db_get_boolean (result, i, "x_shown");
      cell.n_shown = db_get_boolean (result, i, "n_shown");
    }
    g_array_append_val (cells, cell);
  }
}

static int
compare_cells (gconstpointer a, gconstpointer b)
{
  const Cell *ca = a, *cb = b;
  const char *const texts[][2] = { { ca->period, cb->period }, { ca->feed, cb->feed } };
  const char *const rest[][2]
      = { { ca->indicator, cb->indicator }, { ca->unit, cb->unit }, { ca->stratum, cb->stratum } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (texts[i][0], texts[i][1]) != 0)
      return strcmp (texts[i][0], texts[i][1]);
  if (ca->release != cb->release)
    return ca->release < cb->release ? -1 : 1;
  for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
    if (strcmp (rest[i][0], rest[i][1]) != 0)
      return strcmp (rest[i][0], rest[i][1]);
  return 0;
}

static GArray *
read_cells (Db *db, const ReleaseOptions *options, const char *periods, GError **error)
{
  g_autoptr (PGresult) present
      = db_queryv (db, error, sql_query ("list_rows_to_release"), periods, grain_of (options), options->strata, DB_END);
  g_autoptr (PGresult) past
      = present != NULL ? db_queryv (db, error, sql_query ("list_released_rows"), periods, DB_END) : NULL;
  GArray *cells = NULL;

  if (past == NULL)
    return NULL;
  cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  add_cells (cells, present, FALSE);
  add_cells (cells, past, TRUE);
  g_array_sort (cells, compare_cells);
  return cells;
}

static gboolean
protect (GArray *cells, const DisclosureRules *rules, ReleaseSummary *out, GError **error)
{
  for (guint first = 0, end = 0; first < cells->len; first = end) {
    Cell *group = &g_array_index (cells, Cell, first);
    DisclosureReport report;

    for (end = first; end < cells->len && g_array_index (cells, Cell, end).period == group->period
                      && g_array_index (cells, Cell, end).feed == group->feed;)
      end++;
    /* A feed that is only in earlier releases has nothing to be decided. */
    if (group->release > 0)
      continue;
    if (!joint_protect (group, end - first, rules, &report, error))
      return FALSE;
    out->rows += report.rows;
    out->shown += report.shown;
    out->sensitive += report.sensitive;
    out->also += report.also;
    out->programs += report.programs;
  }
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
put_integer (GString *line, gint64 value, gboolean shown)
{
  if (shown)
    g_string_append_printf (line, "%" G_GINT64_FORMAT "\t", value);
  else
    db_copy_field (line, NULL);
}

static void
put_cell (GString *out, const Cell *cell, const DisclosureRules *rules, gint64 release_id)
{
  g_autoptr (GString) line = g_string_new (NULL);

  db_copy_field (line, cell->district);
  put_integer (line, g_ascii_strtoll (cell->period, NULL, 10), TRUE);
  put_integer (line, release_id, TRUE);
  db_copy_field (line, cell->indicator);
  db_copy_field (line, cell->unit);
  db_copy_field (line, cell->parent);
  db_copy_field (line, cell->period);
  db_copy_field (line, cell->stratum);
  db_copy_field (line, cell->counted);
  put_integer (line, cell->x, TRUE);
  put_integer (line, cell->n, TRUE);
  put_integer (line, disclosure_round (rules, cell->x), cell->x_shown);
  put_integer (line, disclosure_round (rules, cell->n), cell->n_shown);
  db_copy_field (line, cell->provisional ? "t" : "f");
  db_copy_line (line);
  g_string_append_len (out, line->str, (gssize)line->len);
}

static gboolean
write_rows (Db *db, const GArray *cells, const DisclosureRules *rules, gint64 release_id, GError **error)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < cells->len; i++)
    if (g_array_index (cells, Cell, i).release == 0)
      put_cell (rows, &g_array_index (cells, Cell, i), rules, release_id);
  return db_copy_begin (db, sql_query ("copy_release_rows"), error) && db_copy_data (db, rows->str, rows->len, error)
         && db_copy_end (db, NULL, error);
}

static char *
text_of (gint64 number)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

static gboolean
insert_release (Db *db, const ReleaseOptions *options, const char *periods, const DisclosureRules *rules,
                ReleaseSummary *sum, GError **error)
{
  g_autofree char *min = text_of (rules->min_denominator), *max = text_of (rules->sensitive_max);
  g_autofree char *rounding = text_of (rules->rounding), *width = text_of (rules->width);
  g_autofree char *rows = text_of ((gint64)sum->rows), *shown = text_of ((gint64)sum->shown);
  g_autofree char *run = text_of (options->run_id);
  g_autoptr (PGresult) result
      = db_queryv (db, error, sql_query ("insert_release"), grain_of (options), options->strata, periods, min, max,
                   rounding, width, rows, shown, run, options->version, DB_END);

  if (result == NULL)
    return FALSE;
  sum->release_id = db_get_int (result, 0, "release_id");
  sum->periods = (guint)db_get_int (result, 0, "periods");
  return TRUE;
}

static gboolean
make_release (Db *db, const ReleaseOptions *options, ReleaseSummary *out, GError **error)
{
  g_autofree char *periods = read_periods (db, options, error);
  g_autoptr (GArray) cells = NULL;
  g_autoptr (PGresult) filled = NULL;
  g_autofree char *id = NULL;
  DisclosureRules rules;

  if (periods == NULL || !read_rules (db, &rules, error))
    return FALSE;
  if (strcmp (periods, "{}") == 0)
    return TRUE;
  cells = read_cells (db, options, periods, error);
  if (cells == NULL || !protect (cells, &rules, out, error)
      || !insert_release (db, options, periods, &rules, out, error)
      || !write_rows (db, cells, &rules, out->release_id, error))
    return FALSE;
  id = text_of (out->release_id);
  filled = db_queryv (db, error, sql_query ("fill_release"), id, DB_END);
  return filled != NULL;
}

gboolean
release_make (Db *db, const ReleaseOptions *options, ReleaseSummary *out, GError **error)
{
  *out = (ReleaseSummary){ 0 };
  if (options->schools && strcmp (options->strata, "none") != 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "schools are published as totals, not by %s", options->strata);
    return FALSE;
  }
  if (!db_begin (db, error))
    return FALSE;
  if (make_release (db, options, out, error) && db_commit (db, error))
    return TRUE;
  db_rollback (db);
  return FALSE;
}
