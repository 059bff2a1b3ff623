#include "measure/results.h"

#include "base/sql.h"
#include "domain/period.h"

#include <math.h>

Results *
results_new (const char *run_id, const GDate *today)
{
  Results *results = g_new0 (Results, 1);

  results->estimate = g_string_new (NULL);
  results->trend = g_string_new (NULL);
  results->verdict = g_string_new (NULL);
  results->weight = g_string_new (NULL);
  results->school = g_string_new (NULL);
  results->tendency = g_string_new (NULL);
  results->league = g_string_new (NULL);
  results->years = g_hash_table_new (NULL, NULL);
  results->partial = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < RESULT_KINDS; i++)
    results->scope[i] = (ResultScope){ g_string_new ("{"), g_string_new ("{"), g_string_new ("{") };
  results->run_id = run_id;
  results->today = *today;
  return results;
}

void
results_free (Results *results)
{
  if (results == NULL)
    return;
  g_string_free (results->estimate, TRUE);
  g_string_free (results->trend, TRUE);
  g_string_free (results->verdict, TRUE);
  g_string_free (results->weight, TRUE);
  g_string_free (results->school, TRUE);
  g_string_free (results->tendency, TRUE);
  g_string_free (results->league, TRUE);
  g_hash_table_unref (results->years);
  g_hash_table_unref (results->partial);
  for (guint i = 0; i < RESULT_KINDS; i++) {
    g_string_free (results->scope[i].indicators, TRUE);
    g_string_free (results->scope[i].areas, TRUE);
    g_string_free (results->scope[i].periods, TRUE);
  }
  g_free (results);
}

static void
put_number (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  db_copy_field (line, isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.17g", value) : NULL);
}

static void
put_count (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  db_copy_field (line, isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.0f", value) : NULL);
}

static void
put_numbers (GString *line, const double values[], guint n)
{
  for (guint i = 0; i < n; i++)
    put_number (line, values[i]);
}

static void
put_integer (GString *line, guint value)
{
  g_string_append_printf (line, "%u\t", value);
}

static void
put_boolean (GString *line, gboolean value)
{
  g_string_append (line, value ? "t\t" : "f\t");
}

static void
put_end (GString *line, const char *run_id)
{
  db_copy_field (line, run_id);
  db_copy_line (line);
}

static guint
period_year (const char *period)
{
  return (guint)g_ascii_strtoull (period, NULL, 10);
}

static void
put_year (Results *results, GString *line, const char *period)
{
  guint year = period_year (period);

  g_hash_table_add (results->years, GUINT_TO_POINTER (year));
  put_integer (line, year);
}

/* Every table of results begins so. */
static void
put_key (Results *results, GString *line, const char *district_code, const char *period, const char *indicator,
         const char *code)
{
  db_copy_field (line, district_code);
  put_year (results, line, period);
  db_copy_field (line, indicator);
  db_copy_field (line, code);
}

/* A period's last day, or today where that is yet to come. */
static void
put_as_of (GString *line, const char *period, const GDate *today)
{
  Period parsed;
  char text[16] = "";

  if (period != NULL && period_parse (period, &parsed))
    g_date_strftime (text, sizeof text, "%Y-%m-%d", g_date_compare (&parsed.last, today) < 0 ? &parsed.last : today);
  db_copy_field (line, *text != '\0' ? text : NULL);
}

void
results_add_estimate (Results *results, const EstimateRow *row)
{
  GString *line = results->estimate;
  const double rates[] = { row->value, row->low95, row->high95, row->value_std, row->low95_std, row->high95_std };

  put_key (results, line, row->area_code, row->period, row->indicator, row->area_code);
  db_copy_field (line, row->period);
  db_copy_field (line, row->stratum);
  put_count (line, row->numerator);
  put_count (line, row->denominator);
  put_numbers (line, rates, G_N_ELEMENTS (rates));
  put_integer (line, row->schools_reporting);
  put_integer (line, row->schools_expected);
  put_boolean (line, row->provisional);
  put_end (line, results->run_id);
}

void
results_add_trend (Results *results, const TrendRow *row)
{
  GString *line = results->trend;
  const double figures[] = { row->slope,     row->slope_low95,     row->slope_high95,
                             row->projected, row->projected_low95, row->projected_high95 };

  put_key (results, line, row->area_code, row->period, row->indicator, row->area_code);
  put_as_of (line, row->period, &results->today);
  db_copy_field (line, row->period);
  put_integer (line, row->points);
  put_numbers (line, figures, G_N_ELEMENTS (figures));
  db_copy_field (line, row->method);
  put_end (line, results->run_id);
}

void
results_add_school (Results *results, const SchoolRow *row)
{
  GString *line = results->school;
  const double rates[] = { row->value, row->low95, row->high95, row->value_std, row->low95_std, row->high95_std };
  const double funnel[]
      = { row->peer_value, row->limit_low95, row->limit_high95, row->limit_low998, row->limit_high998, row->z };

  put_key (results, line, row->district_code, row->period, row->indicator, row->school_code);
  db_copy_field (line, row->period);
  db_copy_field (line, row->stage);
  put_count (line, row->numerator);
  put_count (line, row->denominator);
  put_numbers (line, rates, G_N_ELEMENTS (rates));
  put_boolean (line, row->provisional);
  put_count (line, row->peers > 0 ? (double)row->peers : NAN);
  put_numbers (line, funnel, G_N_ELEMENTS (funnel));
  db_copy_field (line, row->standing);
  put_end (line, results->run_id);
}

void
results_add_tendency (Results *results, const TendencyRow *row)
{
  GString *line = results->tendency;
  const Tendency *t = &row->tendency;
  const double kendall[] = { t->slope, t->slope_low, t->slope_high, t->s, t->tau, t->p };
  const double change[] = { t->change, t->change_low, t->change_high, t->change_p };

  put_key (results, line, row->area_code, row->period, row->indicator, row->area_code);
  put_as_of (line, row->period, &results->today);
  db_copy_field (line, row->period);
  put_integer (line, t->points);
  put_numbers (line, kendall, G_N_ELEMENTS (kendall));
  put_boolean (line, t->exact);
  put_numbers (line, change, G_N_ELEMENTS (change));
  put_end (line, results->run_id);
}

void
results_add_league (Results *results, const LeagueResult *row)
{
  GString *line = results->league;
  const double figures[]
      = { row->value, row->se,  row->share,         row->shrunken,         row->shrunken_low95,   row->shrunken_high95,
          row->mean,  row->tau, row->expected_rank, row->probability_best, row->probability_worst };

  put_key (results, line, row->area_code, row->period, row->indicator, row->area_code);
  db_copy_field (line, row->period);
  db_copy_field (line, row->measure);
  put_integer (line, row->districts);
  put_numbers (line, figures, G_N_ELEMENTS (figures));
  put_end (line, results->run_id);
}

static void
put_verdict_figures (GString *line, const VerdictRow *row)
{
  const double now[] = { row->value_now, row->low95, row->high95 };
  const double path[] = { row->path_now, row->target_value };
  const double drift[] = { row->deviation,        row->deviation_se, row->projected, row->projected_low95,
                           row->projected_high95, row->p_value,      row->q_value,   row->probability_met };

  put_number (line, row->baseline_value);
  db_copy_field (line, row->baseline_source);
  put_numbers (line, now, G_N_ELEMENTS (now));
  put_count (line, row->numerator);
  put_count (line, row->denominator);
  put_numbers (line, path, G_N_ELEMENTS (path));
  db_copy_field (line, row->target->deadline);
  put_numbers (line, drift, G_N_ELEMENTS (drift));
}

VerdictRow
results_empty_verdict (const Target *target, const char *area_code)
{
  return (VerdictRow){
    .target = target,
    .area_code = area_code,
    .baseline_source = "none",
    .baseline_value = NAN,
    .value_now = NAN,
    .low95 = NAN,
    .high95 = NAN,
    .numerator = NAN,
    .denominator = NAN,
    .path_now = NAN,
    .target_value = NAN,
    .deviation = NAN,
    .deviation_se = NAN,
    .projected = NAN,
    .projected_low95 = NAN,
    .projected_high95 = NAN,
    .p_value = NAN,
    .q_value = NAN,
    .probability_met = NAN,
  };
}

void
results_add_verdict (Results *results, const Catalogue *catalogue, const VerdictRow *row)
{
  GString *line = results->verdict;
  g_autofree char *reason = reason_in (&row->verdict.reason, catalogue, "zh");
  g_autofree char *reason_en = reason_in (&row->verdict.reason, catalogue, "en");

  db_copy_field (line, row->area_code);
  db_copy_field (line, row->target->plan);
  db_copy_field (line, row->target->target);
  db_copy_field (line, row->target->indicator);
  db_copy_field (line, row->area_code);
  put_as_of (line, row->period, &results->today);
  db_copy_field (line, row->period);
  put_verdict_figures (line, row);
  put_boolean (line, row->verdict.fires || row->verdict.pending);
  put_boolean (line, row->complete && !row->verdict.pending); /* what waits for the last reports is not complete */
  put_integer (line, row->schools_reporting);
  put_integer (line, row->schools_expected);
  db_copy_field (line, verdict_name (row->verdict.word));
  db_copy_field (line, row->official_class);
  db_copy_field (line, reason);
  db_copy_field (line, reason_en);
  put_end (line, results->run_id);
  results->n_verdicts++;
}

void
results_add_weight (Results *results, const Target *target, const char *stratum, double weight, gboolean final)
{
  GString *line = results->weight;

  db_copy_field (line, target->plan);
  db_copy_field (line, target->target);
  db_copy_field (line, stratum);
  put_number (line, weight);
  put_boolean (line, final);
  db_copy_line (line);
}

static gboolean
copy_stage (Db *db, const char *table, const char *columns, const GString *rows, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("copy pg_temp.stage_%s (%s) from stdin", table, columns);
  g_autofree char *name = g_strconcat ("plumbline.", table, NULL);
  g_autofree char *stage = db_value (db, error, sql_query ("make_stage"), name, DB_END);

  return stage != NULL && db_copy_begin (db, sql, error) && db_copy_data (db, rows->str, rows->len, error)
         && db_copy_end (db, NULL, error);
}

static gboolean
merge_stage (Db *db, const char *query, const char *indicators, gint64 *changes, GError **error)
{
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query (query), indicators, DB_END);

  if (result == NULL)
    return FALSE;
  *changes = db_get_int (result, 0, "changes");
  return TRUE;
}

static gboolean
ensure_years (Db *db, GHashTable *years, GError **error)
{
  GHashTableIter iter;
  gpointer year = NULL;

  g_hash_table_iter_init (&iter, years);
  while (g_hash_table_iter_next (&iter, &year, NULL)) {
    g_autofree char *text = g_strdup_printf ("%u", GPOINTER_TO_UINT (year));
    g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("ensure_result_year"), text, DB_END);

    if (result == NULL)
      return FALSE;
  }
  return TRUE;
}

void
results_part (Results *results, const char *indicator)
{
  g_hash_table_add (results->partial, (gpointer)(guintptr)indicator);
}

static void
add_element (GString *array, const char *text)
{
  g_string_append_printf (array, "%s\"%s\"", array->len > 1 ? "," : "", text);
}

void
results_scope (Results *results, ResultKind kind, const char *indicator, const char *area_code, const char *periods)
{
  ResultScope *scope = &results->scope[kind];

  add_element (scope->indicators, indicator);
  add_element (scope->areas, area_code);
  add_element (scope->periods, periods);
}

static const GString *
rows_of (const Results *r, ResultKind kind)
{
  const GString *const rows[RESULT_KINDS] = { [RESULT_ESTIMATE] = r->estimate,
                                              [RESULT_TREND] = r->trend,
                                              [RESULT_SCHOOL] = r->school,
                                              [RESULT_TENDENCY] = r->tendency,
                                              [RESULT_LEAGUE] = r->league };

  return rows[kind];
}

static gboolean
merge_table (Db *db, ResultKind kind, const Results *results, const char *whole, gint64 *changes, GError **error)
{
  static const struct {
    const char *table, *columns;
  } tables[RESULT_KINDS] = {
    [RESULT_ESTIMATE]
    = { "estimate",
        "district_code, year, indicator, area_code, period, stratum, numerator, denominator, value, low95, high95, "
        "value_std, low95_std, high95_std, schools_reporting, schools_expected, provisional, run_id" },
    [RESULT_TREND] = { "trend", "district_code, year, indicator, area_code, as_of, period, points, slope, slope_low95, "
                                "slope_high95, projected, projected_low95, projected_high95, method, run_id" },
    [RESULT_SCHOOL]
    = { "school_estimate",
        "district_code, year, indicator, school_code, period, stage, numerator, denominator, value, low95, high95, "
        "value_std, low95_std, high95_std, provisional, peers, peer_value, limit_low95, limit_high95, limit_low998, "
        "limit_high998, z, standing, run_id" },
    [RESULT_TENDENCY]
    = { "tendency",
        "district_code, year, indicator, area_code, as_of, period, points, sen_slope, sen_low95, sen_high95, "
        "kendall_s, kendall_tau, kendall_p, kendall_exact, aapc, aapc_low95, aapc_high95, aapc_p, run_id" },
    [RESULT_LEAGUE]
    = { "league",
        "district_code, year, indicator, area_code, period, measure, districts, value, se, share, shrunken, "
        "shrunken_low95, shrunken_high95, mean, tau, expected_rank, probability_best, probability_worst, run_id" },
  };
  const char *table = tables[kind].table;
  const ResultScope *scope = &results->scope[kind];
  g_autofree char *target = g_strconcat ("plumbline.", table, NULL),
                  *stage = g_strconcat ("pg_temp.stage_", table, NULL);
  g_autofree char *indicators = g_strconcat (scope->indicators->str, "}", NULL),
                  *areas = g_strconcat (scope->areas->str, "}", NULL),
                  *periods = g_strconcat (scope->periods->str, "}", NULL);
  g_autoptr (PGresult) result = NULL;

  if (!copy_stage (db, table, tables[kind].columns, rows_of (results, kind), error))
    return FALSE;
  result = db_queryv (db, error, sql_query ("merge_result"), target, stage, whole, indicators, areas, periods, DB_END);
  if (result == NULL)
    return FALSE;
  *changes = db_get_int (result, 0, "changes");
  return TRUE;
}

static gboolean
merge_tables (Db *db, const Results *results, const char *whole, ResultChanges *out, GError **error)
{
  gint64 changes[RESULT_KINDS] = { 0 };

  for (guint kind = 0; kind < RESULT_KINDS; kind++)
    if (!merge_table (db, (ResultKind)kind, results, whole, &changes[kind], error))
      return FALSE;
  out->estimates = changes[RESULT_ESTIMATE];
  out->trends = changes[RESULT_TREND];
  return TRUE;
}

/* All of @indicators, or those of which nothing is left out. */
static char *
list_indicators (const Results *r, char *const *indicators, gboolean whole)
{
  g_autoptr (GString) list = g_string_new ("{");

  for (guint i = 0; indicators[i] != NULL; i++)
    if (!whole || !g_hash_table_contains (r->partial, indicators[i]))
      add_element (list, indicators[i]);
  g_string_append_c (list, '}');
  return g_string_free (g_steal_pointer (&list), FALSE);
}

gboolean
results_store (Db *db, const Results *r, char *const *indicators, ResultChanges *out, GError **error)
{
  g_autofree char *all = list_indicators (r, indicators, FALSE), *whole = list_indicators (r, indicators, TRUE);
  gint64 weights = 0;

  return ensure_years (db, r->years, error) && merge_tables (db, r, whole, out, error)
         && copy_stage (db, "target_weight", "plan, target, stratum, weight, final", r->weight, error)
         && merge_stage (db, "merge_target_weight", all, &weights, error)
         && copy_stage (
             db, "verdict",
             "district_code, plan, target, indicator, area_code, as_of, period, baseline_value, baseline_source, "
             "value_now, low95, high95, numerator, denominator, path_now, target_value, deadline, deviation, "
             "deviation_se, projected, projected_low95, projected_high95, p_value, q_value, probability_met, fires, "
             "complete, schools_reporting, schools_expected, verdict, official_class, reason, reason_en, run_id",
             r->verdict, error)
         && merge_stage (db, "merge_verdict", all, &out->verdicts, error);
}
