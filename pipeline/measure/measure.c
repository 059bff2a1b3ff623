#include "measure/measure.h"

#include "base/error.h"
#include "base/sql.h"
#include "measure/targets.h"

#include <string.h>

/* An indicator to be measured, and the fingerprint that it will be remembered by. */
typedef struct {
  const Indicator *indicator;
  char *fingerprint;
  char *definition; /* the part of it that is no data; with what was found out, once measured */
  char *parts;      /* of the data; NULL: they are not told apart */
} Task;

static void
task_free (gpointer data)
{
  Task *task = data;

  g_free (task->fingerprint);
  g_free (task->definition);
  g_free (task->parts);
  g_free (task);
}

/* What should have arrived by today is part of the fingerprint: a silent feed changes verdicts' completeness. */
static char *
fingerprint_today (const Catalogue *catalogue, const Indicator *indicator, const char *stored, const GDate *today)
{
  g_autofree char *due = measure_due (catalogue_feed (catalogue, indicator->feed), NULL, today);

  return g_strconcat (stored, "/", due != NULL ? due : "", "/", PLUMB_VERSION, NULL);
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
        Task *task = g_new0 (Task, 1);

        task->indicator = indicator;
        task->fingerprint = g_steal_pointer (&now);
        task->definition = g_strconcat (db_get (result, i, "definition"), " ", PLUMB_VERSION, NULL);
        g_ptr_array_add (tasks, task);
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

static gboolean
measure_one (Db *db, const Measurement *m, Task *task, GPtrArray *samples, GError **error)
{
  const Indicator *indicator = task->indicator;
  g_autoptr (Aggregate) a = NULL;

  if (indicator->kind == INDICATOR_SAMPLE) {
    Sample *sample = measure_sample (db, m, indicator, error);

    if (sample == NULL)
      return FALSE;
    g_ptr_array_add (samples, sample);
    return measure_parts (db, m, task, sample->aggregate, sample, error);
  }
  a = aggregate_read (db, m->catalogue, indicator, error);
  if (a == NULL || !measure_parts (db, m, task, a, NULL, error))
    return FALSE;
  for (guint i = 0; i < m->catalogue->targets->len; i++) {
    const Target *target = m->catalogue->targets->pdata[i];

    if (strcmp (target->indicator, indicator->indicator) == 0)
      measure_exact (m, a, target);
  }
  return TRUE;
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
  return measure_samples (m, samples, error) && results_store (db, m->results, names, changes, error);
}

static gboolean
mark_tasks (Db *db, const GPtrArray *tasks, const char *run_id, GError **error)
{
  g_autoptr (PGresult) forgotten = db_queryv (db, error, sql_query ("forget_measured"), DB_END);

  for (guint i = 0; forgotten != NULL && i < tasks->len; i++) {
    const Task *task = tasks->pdata[i];
    g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("mark_measured"), task->indicator->indicator,
                                             task->fingerprint, run_id, task->definition, task->parts, DB_END);

    if (result == NULL)
      return FALSE;
  }
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
  if (!measure_changed (db, catalogue, &date, run, out, error) || !db_commit (db, error)) {
    db_rollback (db);
    return FALSE;
  }
  return TRUE;
}
