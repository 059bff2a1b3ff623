/* What the outside can rely on: the views of the statisticians' surface, column by column, with the standard catalogue.
 */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include <string.h>

static int
set_up (void **state)
{
  *state = ground_new (export_catalogue (""), NULL);
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

/* Names, types and order; what a view has beyond them may change. */
static const struct {
  const char *view;
  const char *columns;
} contract[] = {
  { "area", "area_code text, valid_from date, valid_to date, parent_code text, level text, name text, name_en text, "
            "successor_code text" },
  { "school", "school_code text, name text, district_code text, stage text, ownership text, inclusive boolean, "
              "recognised boolean, in_group boolean, valid_from date, valid_to date, batch_id bigint, line_no integer, "
              "provisional boolean" },
  { "feed", "feed text, grain text, view_name text, name text, name_en text, frequency text, due_days integer, stages "
            "text, complete boolean, reject_limit_pct double precision" },
  { "indicator", "indicator text, feed text, kind text, good text, numerator text, denominator text, filter text, "
                 "strata text, stages text, unit text, name text, name_en text, definition text, definition_en text" },
  { "target", "plan text, target text, item text, headline boolean, indicator text, kind text, value double precision, "
              "unit text, good text, scope text, areas text, baseline_value double precision, baseline_period text, "
              "growth_from text, deadline date, deadline_period text, increment_basis text, name text, name_en text, "
              "short_name text, note text, note_en text" },
  { "myopia",
    "school_code text, period text, grade text, sex text, examined bigint, myopic bigint, mild bigint, moderate "
    "bigint, high bigint, district_code text, batch_id bigint, line_no integer, provisional boolean" },
  { "weight", "school_code text, period text, grade text, sex text, examined bigint, overweight bigint, obese bigint, "
              "thin bigint, district_code text, batch_id bigint, line_no integer, provisional boolean" },
  { "places", "school_code text, period text, places bigint, enrolled bigint, district_code text, batch_id bigint, "
              "line_no integer, provisional boolean" },
  { "after_school",
    "school_code text, period text, enrolled bigint, willing bigint, served bigint, days_per_week double precision, "
    "hours_per_day double precision, district_code text, batch_id bigint, line_no integer, provisional boolean" },
  { "tally", "area_code text, period text, target text, count bigint, district_code text, batch_id bigint, line_no "
             "integer, provisional boolean" },
  { "estimate", "indicator text, area_code text, period text, stratum text, numerator bigint, denominator bigint, "
                "value double precision, low95 double precision, high95 double precision, value_std double precision, "
                "low95_std double precision, high95_std double precision, schools_reporting integer, schools_expected "
                "integer, provisional boolean" },
  { "trend", "indicator text, area_code text, as_of date, points integer, slope double precision, slope_low95 double "
             "precision, slope_high95 double precision, projected double precision, projected_low95 double precision, "
             "projected_high95 double precision, method text" },
  { "verdict", "plan text, target text, indicator text, area_code text, as_of date, baseline_value double precision, "
               "value_now double precision, path_now double precision, target_value double precision, deadline date, "
               "deviation double precision, p_value double precision, q_value double precision, probability_met double "
               "precision, verdict text, official_class text, reason text" },
  { "alert", "plan text, target text, area_code text, state text, severity text, since date, reason text" },
  { "alert_event", "event_id bigint, plan text, target text, area_code text, at timestamp with time zone, actor text, "
                   "from_state text, to_state text, reason text" },
  { "batch",
    "batch_id bigint, run_id bigint, sha256 text, file_name text, file_bytes bigint, feed text, status text, reason "
    "text, encoding text, separator text, header_line integer, period_first text, period_last text, rows_read bigint, "
    "rows_accepted bigint, rows_added bigint, rows_changed bigint, rows_retired bigint, rows_rejected bigint, "
    "rows_provisional bigint, cells_suppressed bigint, simulated boolean, received_at timestamp with time zone" },
  { "reject", "batch_id bigint, file_name text, feed text, line_no integer, spreadsheet_row integer, column_no "
              "integer, column_name text, header text, value text, rule text, severity text, message text" },
  { "run", "run_id bigint, command text, today date, started_at timestamp with time zone, finished_at timestamp with "
           "time zone, exit_status integer, error text, version text, stages jsonb" },
};

static void
contract__each_view__has_its_columns_in_order (void **state)
{
  for (guint i = 0; i < G_N_ELEMENTS (contract); i++) {
    g_autofree char *sql = g_strdup_printf (
        "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute "
        "where attrelid = 'monitor.%s'::regclass and attnum > 0",
        contract[i].view);
    g_autofree char *columns = value_of (*state, sql);

    if (!g_str_has_prefix (columns, contract[i].columns))
      fail_msg ("monitor.%s has %s", contract[i].view, columns);
  }
}

/* A school-level view is its feed's columns, then where each row belongs and came from. */
static void
contract__each_feed__columns_of_the_catalogue_then_origin (void **state)
{
  assert_sql (
      *state,
      "select string_agg(x.view_name, ' ') from (select f.view_name, array(select c.column_name from "
      "plumbline.feed_column c where c.feed = f.feed order by c.position) || case f.grain when 'register' then "
      "array['batch_id', 'line_no', 'provisional'] else array['district_code', 'batch_id', 'line_no', "
      "'provisional'] end as wanted, array(select a.attname::text from pg_attribute a where a.attrelid = "
      "('monitor.' || f.view_name)::regclass and a.attnum > 0 order by a.attnum) as found from plumbline.feed f) "
      "x where x.found[:cardinality(x.wanted)] <> x.wanted",
      "null");
  assert_sql (*state, "select count(*) from plumbline.feed", "6");
}

static void
contract__each_view_and_column__is_told_of_in_both_languages (void **state)
{
  assert_sql (*state,
              "select string_agg(c.relname || '.' || a.attname, ' ') from pg_class c join pg_attribute a on a.attrelid "
              "= c.oid and a.attnum > 0 where c.relnamespace = 'monitor'::regnamespace and c.relkind = 'v' and "
              "(coalesce(col_description(c.oid, a.attnum), '') !~ '[^ -~]?.* \\| .*[A-Za-z]' or "
              "coalesce(obj_description(c.oid, 'pg_class'), '') !~ '[^ -~].* \\| .*[A-Za-z]')",
              "null");
}

static void
contract__counts_and_rates__integers_beside_double_precision (void **state)
{
  assert_sql (
      *state,
      "select string_agg(c.relname || '.' || a.attname, ' ') from pg_class c join pg_attribute a on a.attrelid "
      "= c.oid and a.attnum > 0 where c.relnamespace = 'monitor'::regnamespace and c.relkind = 'v' and c.relname "
      "not in ('reject', 'indicator') and (a.attname ~ '(value|low95|high95|slope)' and a.atttypid <> "
      "'double precision'::regtype or a.attname in ('numerator', 'denominator', 'examined', 'myopic', "
      "'overweight', 'obese', 'places', 'enrolled', 'willing', 'served', 'count') and a.atttypid <> "
      "'bigint'::regtype)",
      "null");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (contract__each_view__has_its_columns_in_order),
    cmocka_unit_test (contract__each_feed__columns_of_the_catalogue_then_origin),
    cmocka_unit_test (contract__each_view_and_column__is_told_of_in_both_languages),
    cmocka_unit_test (contract__counts_and_rates__integers_beside_double_precision),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
