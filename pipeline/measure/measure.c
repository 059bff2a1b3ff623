#include "measure/measure.h"

#include "base/error.h"
#include "base/sql.h"
#include "measure/kept.h"

#include <string.h>

/* An indicator to be measured, and the fingerprint that it will be remembered by. */
typedef struct {
  const Indicator *indicator;
  char *fingerprint;
  char *definition; /* the part of it that is no data; with what was found out, once measured */
  char *parts;      /* of the data; NULL: they are not told apart */
  char *rests_on;   /* what is kept of it rests on this */
  GBytes *kept;     /* NULL: it was judged on what is kept already */
  CellStore cells;  /* its schools' rows, to be kept likewise */
  Sample *sample;   /* as it was measured; borrowed */
} Task;

static void
task_free (gpointer data)
{
  Task *task = data;

  g_free (task->fingerprint);
  g_free (task->definition);
  g_free (task->parts);
  g_free (task->rests_on);
  g_clear_pointer (&task->kept, g_bytes_unref);
  cell_store_clear (&task->cells);
  g_free (task);
}

/* What should have arrived by today is part of the fingerprint: a silent feed changes verdicts' completeness. */
static char *
fingerprint_today (const Catalogue *catalogue, const Indicator *indicator, const char *stored, const GDate *today)
{
  g_autofree char *due = measure_due (catalogue_feed (catalogue, indicator->feed), NULL, today);

  return g_strconcat (stored, "/", due != NULL ? due : "", "/", PLUMB_VERSION, NULL);
}

static Task *
task_new (const Indicator *indicator, const char *fingerprint, const char *definition, const char *data)
{
  Task *task = g_new0 (Task, 1);
  g_autofree char *layout = kept_layout ();

  task->indicator = indicator;
  task->fingerprint = g_strdup (fingerprint);
  task->definition = g_strconcat (definition, " ", PLUMB_VERSION, NULL);
  task->rests_on = g_strjoin (" ", data, PLUMB_VERSION, layout, NULL);
  return task;
}

/* Sampled indicators share one budget of false alarms, so when one has changed, all are judged again. */
static GPtrArray *
list_tasks (Db *db, const Catalogue *catalogue, const GDate *today, guint *unchanged, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("list_fingerprints"), DB_END);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (task_free);
  gboolean sample_changed = FALSE;

  if (result == NULL)
    return NULL;
  for (guint pass = 0; pass < 2; pass++) {
    g_ptr_array_set_size (tasks, 0);
    for (int i = 0; i < PQntuples (result); i++) {
      const Indicator *indicator = catalogue_indicator (catalogue, db_get (result, i, "indicator"));
      g_autofree char *now = NULL;
      gboolean sample = indicator != NULL && indicator->kind == INDICATOR_SAMPLE;

      if (indicator == NULL)
        continue;
      now = fingerprint_today (catalogue, indicator, db_get (result, i, "fingerprint"), today);
      if (strcmp (now, db_get (result, i, "measured")) != 0 || (sample && sample_changed)) {
        g_ptr_array_add (
            tasks, task_new (indicator, now, db_get (result, i, "definition"), db_get (result, i, "fingerprint")));
        sample_changed |= sample;
      }
    }
  }
  *unchanged = (guint)PQntuples (result) - tasks->len;
  return g_steal_pointer (&tasks);
}

/* What moved since the indicator was last measured; the task then remembers what it is measured on. */
static gboolean
find_touched (Db *db, const Measurement *m, Task *task, const Aggregate *a, const StrataWeights *weights, Touched *out,
              GError **error)
{
  g_autoptr (PGresult) before = db_queryv (db, error, sql_query ("read_measured"), task->indicator->indicator, DB_END);
  gboolean known = before != NULL && PQntuples (before) > 0 && !db_is_null (before, 0, "parts");

  if (before == NULL)
    return FALSE;
  touched_find (a, weights, task->definition, &m->today, known ? db_get (before, 0, "definition") : NULL,
                known ? db_get (before, 0, "parts") : NULL, out);
  g_free (task->definition);
  task->definition = g_strdup (out->definition);
  task->parts = g_strdup (out->parts);
  return TRUE;
}

static gboolean
measure_parts (Db *db, const Measurement *m, Task *task, const Aggregate *a, const Sample *sample, GError **error)
{
  g_auto (Touched) touched = { 0 };

  if (!find_touched (db, m, task, a, sample != NULL ? sample->weights : NULL, &touched, error))
    return FALSE;
  measure_scope (m, a, &touched);
  measure_estimates (m, a, sample, &touched);
  measure_districts (m, a, sample, &touched);
  return measure_schools (db, m, a, sample, &touched, error);
}

static void
judge_exact (const Measurement *m, const Indicator *indicator, const Aggregate *a)
{
  for (guint i = 0; i < m->catalogue->targets->len; i++) {
    const Target *target = m->catalogue->targets->pdata[i];

    if (strcmp (target->indicator, indicator->indicator) == 0)
      measure_exact (m, a, target);
  }
}

/* @found: nothing moved but what is due, or what other indicators show, and judging needs no row. */
static gboolean
take_kept (Db *db, const Measurement *m, const Task *task, GPtrArray *samples, gboolean *found, GError **error)
{
  const Indicator *indicator = task->indicator;
  g_autoptr (PGresult) result
      = db_queryv (db, error, sql_query ("read_kept"), indicator->indicator, task->rests_on, DB_END);
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (Aggregate) a = NULL;
  Sample *sample = NULL;
  gsize length = 0;
  unsigned char *bytes = NULL;

  *found = FALSE;
  if (result == NULL || PQntuples (result) == 0)
    return result != NULL;
  bytes = PQunescapeBytea ((const unsigned char *)db_get (result, 0, "kept"), &length);
  kept = g_bytes_new_with_free_func (bytes, length, PQfreemem, bytes);
  *found = kept_unpack (m, indicator, sample_target (m->catalogue, indicator->indicator), kept, &a, &sample);
  if (!*found)
    return TRUE;
  results_part (m->results, indicator->indicator);
  if (sample != NULL)
    g_ptr_array_add (samples, sample);
  else
    judge_exact (m, indicator, a);
  return TRUE;
}

static gboolean
measure_rows (Db *db, const Measurement *m, Task *task, GPtrArray *samples, GError **error)
{
  const Indicator *indicator = task->indicator;
  g_autoptr (Aggregate) a = NULL;

  if (!cell_store_find (db, indicator, task->definition, &task->cells, error))
    return FALSE;
  if (indicator->kind == INDICATOR_SAMPLE) {
    task->sample = measure_sample (db, m, indicator, &task->cells, error);
    if (task->sample == NULL)
      return FALSE;
    g_ptr_array_add (samples, task->sample);
    return measure_parts (db, m, task, task->sample->aggregate, task->sample, error);
  }
  a = aggregate_read (db, m->catalogue, indicator, &task->cells, error);
  if (a == NULL || !measure_parts (db, m, task, a, NULL, error))
    return FALSE;
  judge_exact (m, indicator, a);
  task->kept = kept_pack (m, a, NULL);
  return TRUE;
}

static gboolean
measure_one (Db *db, const Measurement *m, Task *task, GPtrArray *samples, GError **error)
{
  gboolean found = FALSE;

  if (!take_kept (db, m, task, samples, &found, error))
    return FALSE;
  return found || measure_rows (db, m, task, samples, error);
}

static gboolean
measure_tasks (Db *db, const Measurement *m, const GPtrArray *tasks, ResultChanges *changes, GError **error)
{
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func ((GDestroyNotify)sample_free);
  g_auto (GStrv) names = g_new0 (char *, tasks->len + 1);

  for (guint i = 0; i < tasks->len; i++) {
    Task *task = tasks->pdata[i];

    names[i] = g_strdup (task->indicator->indicator);
    if (!measure_one (db, m, task, samples, error))
      return FALSE;
  }
  if (!measure_samples (m, samples, error))
    return FALSE;
  for (guint i = 0; i < tasks->len; i++) {
    Task *task = tasks->pdata[i];

    if (task->sample != NULL)
      task->kept = kept_pack (m, task->sample->aggregate, task->sample);
    task->sample = NULL;
  }
  return results_store (db, m->results, names, changes, error);
}

static gboolean
mark_task (Db *db, const Task *task, const char *run_id, GError **error)
{
  const char *indicator = task->indicator->indicator;
  g_autofree char *kept = task->kept != NULL ? db_bytes_text (task->kept) : NULL;
  g_autoptr (PGresult) result = NULL;

  if (kept == NULL) {
    result = db_queryv (db, error, sql_query ("mark_judged"), indicator, task->fingerprint, run_id, DB_END);
    return result != NULL;
  }
  result = db_queryv (db, error, sql_query ("mark_measured"), indicator, task->fingerprint, run_id, task->definition,
                      task->parts, kept, task->rests_on, DB_END);
  return result != NULL && cell_store_write (db, &task->cells, error);
}

static gboolean
mark_tasks (Db *db, const GPtrArray *tasks, const char *run_id, GError **error)
{
  g_autoptr (PGresult) forgotten = db_queryv (db, error, sql_query ("forget_measured"), DB_END);

  for (guint i = 0; forgotten != NULL && i < tasks->len; i++)
    if (!mark_task (db, tasks->pdata[i], run_id, error))
      return FALSE;
  return forgotten != NULL;
}

static gboolean
measure_changed (Db *db, const Catalogue *catalogue, const GDate *today, const char *run_id, MeasureSummary *out,
                 GError **error)
{
  g_autoptr (GPtrArray) tasks = list_tasks (db, catalogue, today, &out->indicators_unchanged, error);
  g_autoptr (Results) results = results_new (run_id, today);
  g_autofree char *count = NULL;
  ResultChanges changes = { 0 };
  Measurement m
      = { .catalogue = catalogue, .thresholds = verdict_thresholds (catalogue), .today = *today, .results = results };

  if (tasks == NULL)
    return FALSE;
  out->indicators_measured = tasks->len;
  if (tasks->len > 0 && (!measure_tasks (db, &m, tasks, &changes, error) || !mark_tasks (db, tasks, run_id, error)))
    return FALSE;
  count = db_value (db, error, sql_query ("count_verdicts"), DB_END);
  if (count == NULL)
    return FALSE;
  out->estimates_changed = changes.estimates;
  out->verdicts_changed = changes.verdicts;
  out->verdicts = g_ascii_strtoll (count, NULL, 10);
  return TRUE;
}

/* A clock that was set back, or a --today out of place: what is known by then cannot be told from what came later. */
static gboolean
check_today (Db *db, const char *today, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *period = db_value (db, &why, sql_query ("find_future_period"), today, DB_END);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (period == NULL)
    return TRUE;
  g_set_error (
      error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
      "today is %s, but %s, which begins later, has rows already; set the clock right, or give a later --today "
      "(monitor.as_of() shows what was known on a day)",
      today, period);
  return FALSE;
}

gboolean
measure_run (Db *db, const Catalogue *catalogue, const char *today, gint64 run_id, MeasureSummary *out, GError **error)
{
  g_autofree char *run = run_id > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, run_id) : NULL;
  GDate date;

  *out = (MeasureSummary){ 0 };
  g_date_clear (&date, 1);
  g_date_set_parse (&date, today);
  if (!g_date_valid (&date)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "'%s' is no date; write YYYY-MM-DD", today);
    return FALSE;
  }
  if (!db_begin (db, error))
    return FALSE;
  if (!check_today (db, today, error) || !measure_changed (db, catalogue, &date, run, out, error)
      || !db_commit (db, error)) {
    db_rollback (db);
    return FALSE;
  }
  return TRUE;
}
