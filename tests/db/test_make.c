/* What rows of the catalogue make in the database: tables, views, indicators, and what stands in their way. */
#include "../support/catalogue.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"
#include "base/sql.h"
#include "load/store.h"

#include <string.h>

static int
set_up (void **state)
{
  *state = ground_new (NULL, NULL);
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

/* --- rows of CSV alone ------------------------------------------------------------------------------------------ */

#define REGISTER                                                                                                       \
  "insert into feed.schools (school_code, name, district_code, stage, inclusive, valid_from, valid_to, batch_id, "     \
  "line_no, "                                                                                                          \
  "provisional, known_from) select code, code, '210102', stage, false, f::date, t::date, 1, 1, false, now() from "     \
  "(values "                                                                                                           \
  "('a', 'primary', '1990-01-01', null), ('b', 'primary', '1990-01-01', null), ('b', 'junior', '2022-01-01', null), "  \
  "('c', 'primary', '1990-01-01', '2021-06-30')) v(code, stage, f, t)"

static void
fill (Db *db, const char *feed, const char *insert)
{
  g_autofree char *years
      = g_strdup_printf ("select plumbline.ensure_year('feed.%s', y) from generate_series(2020, 2022) y", feed);

  run_sql (db, years);
  run_sql (db, insert);
}

static void
feed__added_by_rows__table_views_and_indicator_work (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  ground_store (db, files);
  fixture_append (files, "feed.csv", "meals,school,meal,供餐,School meals,term,15,primary,yes,5");
  fixture_append (files, "column.csv", "meals,school_code,school,yes,yes,,,学校代码,School code,");
  fixture_append (files, "column.csv", "meals,period,period,yes,yes,title,,时期,Period,");
  fixture_append (files, "column.csv", "meals,order,code,yes,yes,,,次序,Order,"); /* a word of SQL */
  fixture_append (files, "column.csv", "meals,pupils,count,no,yes,,,人数,Pupils,pupils");
  fixture_append (files, "column.csv", "meals,price,number,no,no,,,价格,Price,");
  fixture_append (
      files, "indicator.csv",
      "meals,meals,census,up,f.pupils,10,\"f.\"\"order\"\" <> 'x'\",none,primary,percent,供餐率,Meals,定义,Definition");
  ground_store (db, files);
  run_sql (db, REGISTER);
  fill (db, "meals",
        "insert into feed.meals (district_code, year, school_code, period, \"order\", pupils, price, batch_id, "
        "line_no, provisional, "
        "known_from) select '210102', 2022, 'a', '2022-spring', o, 4, 1.5, 7, 8, false, now() from unnest(array['1', "
        "'2', 'x']) o");
  assert_sql (db,
              "select string_agg(concat_ws(' ', school_code, period, \"order\", pupils, price, district_code, "
              "batch_id, line_no, "
              "provisional), ';') from monitor.meal where \"order\" = '2'",
              "a 2022-spring 2 4 1.5 210102 7 8 f");
  assert_sql (db,
              "select concat_ws(' ', district_code, unit_code, period, stratum, numerator, denominator, provisional) "
              "from indicator.meals",
              "210102 a 2022-spring all 8 20 f");
  assert_sql (db, "select string_agg(feed, ' ' order by position) from monitor.feed", "schools myopia tally meals");
  assert_sql_refused (
      db,
      "insert into feed.meals (district_code, year, school_code, period, \"order\", price, batch_id, line_no, "
      "provisional, known_from) values ('210102', 2022, 'a', '2022-spring', '9', 'NaN', 1, 1, false, now())",
      "price_ck");
}

static void
feed__with_its_own_district__needs_no_register (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  fixture_append (files, "feed.csv", "pupils,school,pupils,学生数,Pupils,year,15,,no,5");
  fixture_append (files, "column.csv", "pupils,district_code,area,no,yes,,district,区县,District,");
  fixture_append (files, "column.csv", "pupils,school_code,code,yes,yes,,,学校代码,School code,");
  fixture_append (files, "column.csv", "pupils,period,period,yes,yes,2022,,时期,Period,");
  ground_store (db, files);
  assert_sql (db, "select array_to_string(plumbline.key_columns('feed.pupils'), ' ')",
              "district_code year school_code period");
  assert_sql (db, "select array_to_string(plumbline.columns('monitor.pupils'), ' ')",
              "district_code school_code period batch_id line_no provisional year known_from suppressed");
  assert_sql (db, "select col_description('feed.pupils'::regclass, 1)", "区县 | District");
}

static void
alias__added_by_a_row__is_known_after_reading_back (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = NULL;
  const FeedAlias *alias = NULL;

  fixture_append (files, "alias.csv", "myopia,2年级女,myopic,grade=P2;sex=F,");
  ground_store (db, files);
  c = store_read_catalogue (db, NULL);
  alias = g_hash_table_lookup (catalogue_feed (c, "myopia")->alias_by_header, "2年级女");
  assert_non_null (alias);
  assert_string_equal (alias->fixed_values->pdata[0], "P2");
}

static void
plan__added_by_rows__its_targets_are_there (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  fixture_append (files, "plan.csv", "2023,明年,Next year,2023-01-01,2023-12-31,教育局");
  fixture_append (files, "target.csv",
                  "2023,level,19,yes,myopia,level,39,percent,down,city_district,,,2022-autumn,,2023-12-31,2023-autumn,,"
                  "水平,Level,水平,,");
  ground_store (db, files);
  assert_sql (db,
              "select string_agg(plan || ' ' || n, ';' order by plan) from (select plan, count(*) as n from "
              "monitor.target group by 1) t",
              "2022 4;2023 1");
}

static void
column__added_to_a_feed_with_rows__old_rows_stay_new_ones_have_it (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  assert_true (db_set_clock (db, "2022-03-01", NULL));
  ground_store (db, files);
  fill (db, "myopia",
        "insert into feed.myopia values ('210102', 2022, 'a', '2022-spring', 'P1', 'M', 10, 3, 1, 1, false, "
        "plumbline.clock())");
  fixture_append (files, "column.csv", "myopia,severe,count,no,no,,,重度,Severe,pupils");
  assert_true (db_set_clock (db, "2022-03-02", NULL));
  ground_store (db, files);
  assert_sql (db, "select array_to_string(plumbline.columns('monitor.myopia'), ' ')",
              "school_code period grade sex examined myopic severe district_code batch_id line_no provisional year "
              "known_from suppressed");
  assert_true (db_begin (db, NULL));
  run_sql (db, "select plumbline.stage('feed.myopia')");
  run_sql (db, "insert into pg_temp.stage_myopia (district_code, year, school_code, period, grade, sex, examined, "
               "myopic, severe, batch_id, "
               "line_no, provisional) values ('210102', 2022, 'a', '2022-spring', 'P1', 'M', 10, 3, 1, 2, 1, false)");
  assert_sql (db, "select changed from plumbline.merge('feed.myopia', 'pg_temp.stage_myopia')", "1");
  assert_true (db_commit (db, NULL));
  assert_sql (db, "select myopic || ' ' || severe from monitor.myopia", "3 1");
  run_sql (db, "select monitor.as_of('2022-03-01 23:59:59.9')");
  assert_sql (db, "select myopic || ' ' || coalesce(severe::text, 'unknown') from monitor.myopia", "3 unknown");
  assert_sql_refused (db, "update feed.myopia set severe = -1", "severe_ck");
  assert_sql (db,
              "select col_description('feed.myopia_history'::regclass, attnum) from pg_attribute "
              "where attrelid = 'feed.myopia_history'::regclass and attname = 'severe'",
              "重度（人） | Severe (pupils)");
}

static void
feed__taken_out__view_goes_table_stays (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  ground_store (db, files);
  fixture_replace (files, "feed.csv", "tally,area,tally,任务进度,Progress tally,month,10,,no,10\n", "");
  fixture_replace (files, "column.csv",
                   "tally,area_code,area,yes,yes,,district,区县代码,Area code,\n"
                   "tally,period,period,yes,yes,title,,统计时期,Period,\n"
                   "tally,count,count,no,yes,,,累计数,Count,count\n",
                   "");
  fixture_replace (files, "indicator.csv",
                   "counted,tally,total,up,f.count,,f.count >= 0,none,,school,完成数,Schools counted,累计,cumulative\n",
                   "");
  fixture_replace (
      files, "target.csv",
      "2022,counted,2,no,counted,count,30,school,up,city,,0,,,2022-12-31,,,示范校,Model schools,示范校,,\n", "");
  ground_store (db, files);
  assert_sql (db,
              "select concat_ws(' ', to_regclass('monitor.tally') is null, to_regclass('indicator.counted') is null, "
              "to_regclass('feed.tally') is null)",
              "t t f");
}

static void
feed__views_exchange_names__each_shows_its_own (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  ground_store (db, files);
  fixture_replace (files, "feed.csv", "school,myopia,", "school,tally,");
  fixture_replace (files, "feed.csv", "tally,area,tally,", "tally,area,myopia,");
  ground_store (db, files);
  assert_sql (db, "select array_to_string(plumbline.columns('monitor.myopia'), ' ')",
              "area_code period count district_code batch_id line_no provisional year known_from suppressed");
  assert_sql (db, "select has_table_privilege('plumbline_statistician', 'monitor.tally', 'select')", "t");
}

/* --- what stands against tables that exist ------------------------------------------------------------------------ */

static void
store__existing_table_in_the_way__named_by_line_and_cell (void **state)
{
  static const struct {
    const char *file;
    const char *from;
    const char *to;
    const char *message;
  } cases[] = {
    { "column.csv", "myopia,myopic,count", "myopia,myopic,number",
      "column.csv:14:3: type: column myopic of the existing table feed.myopia is bigint and cannot become double "
      "precision; keep its "
      "type, or give the new column another name" },
    { "column.csv", "myopia,grade,grade,yes,yes", "myopia,grade,grade,no,yes",
      "column.csv:11:4: key: column grade is a key of the existing table feed.myopia, and a key cannot change; keep "
      "it, or give the "
      "feed another name" },
    { "column.csv", "tally,count,count,no", "tally,count,count,yes",
      "column.csv:17:4: key: column count is no key of the existing table feed.tally, and a key cannot change; keep "
      "it, or give the "
      "feed another name" },
    { "column.csv", "tally,count,count,no,yes,,,累计数,Count,count\n",
      "tally,count,count,no,yes,,,累计数,Count,count\ntally,task,text,yes,yes,,,任务,Task,\n",
      "column.csv:18:4: key: column task is no key of the existing table feed.tally, and a key cannot change; keep it, "
      "or give the "
      "feed another name" },
    { "column.csv", "myopia,grade,", "myopia,class,",
      "column.csv:11:4: key: column class is no key of the existing table feed.myopia, and a key cannot change; keep "
      "it, or give the "
      "feed another name\n"
      "feed.csv:3:1: feed: column.csv lacks column grade, a key of the existing table feed.myopia; restore it, or give "
      "the feed another "
      "name" },
  };
  Db *db = *state;
  g_autoptr (GHashTable) first = fixture_files ();
  g_autofree char *before = NULL;

  ground_store (db, first);
  before = ground_state (db);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GHashTable) files = fixture_files ();
    g_autofree char *after = NULL;

    fixture_replace (files, cases[i].file, cases[i].from, cases[i].to);
    if (i == 1)
      fixture_replace (files, "alias.csv", "grade=P1;", "");
    if (i == 4) { /* what else speaks of the column */
      fixture_replace (files, "alias.csv", "grade=P1", "class=P1");
      fixture_replace (files, "indicator.csv", "grade_sex", "none");
    }
    ground_refuses (db, files, cases[i].message);
    after = ground_state (db);
    assert_string_equal (before, after);
  }
}

static void
store__register_becomes_a_feed_of_another_grain__refused (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GHashTable) other = fixture_files ();

  ground_store (db, files);
  fixture_replace (other, "feed.csv", "schools,register,school,", "schools2,register,school,");
  for (guint i = 0; i < 7; i++)
    fixture_replace (other, "column.csv", "\nschools,", "\nschools2,");
  fixture_append (other, "feed.csv", "schools,area,schools,学校数,Schools,year,10,,no,10");
  fixture_append (other, "column.csv", "schools,area_code,area,yes,yes,,,区县代码,Area code,");
  fixture_append (other, "column.csv", "schools,period,period,yes,yes,title,,统计时期,Period,");
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (Catalogue) c = catalogue_parse (other, &error);

    if (c == NULL)
      fail_msg ("%s", error->message);
    assert_false (store_catalogue (db, c, &error));
    assert_true (g_str_has_prefix (error->message,
                                   "feed.csv:5:2: grain: the existing table feed.schools is of grain register, and a "
                                   "grain cannot change; give the feed another name\n"));
  }
}

static void
indicator__sql_that_the_server_refuses__named_by_line_and_cell (void **state)
{
  static const struct {
    const char *from;
    const char *to;
    const char *message;
  } cases[] = {
    { "f.myopic", "f.myopics",
      "indicator.csv:2:5: numerator: the server refuses the expression: column f.myopics does not exist" },
    { "f.examined", "s.examined",
      "indicator.csv:2:6: denominator: the server refuses the expression: column s.examined does not exist" },
    { "f.count >= 0", "f.count >",
      "indicator.csv:3:7: filter: the server refuses the expression: syntax error at or near \")\"" },
    { "f.count,,", "(f.count,,",
      "indicator.csv:3:5: numerator: the server refuses the expression: syntax error at or near \"as\"" },
    { "f.myopic,f.examined", "f.grade,sum(f.examined)",
      "indicator.csv:2:5: numerator: the server refuses the expression: function sum(text) does not exist\n"
      "indicator.csv:2:6: denominator: the server refuses the expression: aggregate function calls cannot be nested" },
  };
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GHashTable) files = fixture_files ();

    fixture_replace (files, "indicator.csv", cases[i].from, cases[i].to);
    ground_refuses (db, files, cases[i].message);
  }
  assert_sql (db, "select to_regclass('feed.myopia') is null", "t");
}

static void
indicator__register_versions_and_stages__the_version_valid_at_the_periods_end (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  ground_store (db, files);
  run_sql (db, REGISTER);
  fill (db, "myopia",
        "insert into feed.myopia select '210102', left(p, 4)::smallint, s, p, 'P1', x, 10, case when s = 'a' and x = "
        "'F' then null else 3 "
        "end, 1, 1, s = 'a' and p = '2022-spring', now() from unnest(array['a', 'b', 'c', 'unknown']) s, "
        "unnest(array['2021-spring', '2021-autumn', '2022-spring']) p, unnest(array['M', 'F']) x");
  /* b became a junior school in 2022, c closed on 30 June 2021, before the spring term's end; a lacks the girls' number
   */
  assert_sql (db,
              "select string_agg(concat_ws(' ', period, unit_code, stratum, numerator, denominator, provisional), ';' "
              "order by period, "
              "unit_code, stratum) from indicator.myopia",
              "2021-autumn a P1/M 3 10 f;2021-autumn b P1/F 3 10 f;2021-autumn b P1/M 3 10 f;2021-spring a P1/M 3 10 f;"
              "2021-spring b P1/F 3 10 f;2021-spring b P1/M 3 10 f;2022-spring a P1/M 3 10 t");
  assert_sql (db,
              "select string_agg(concat_ws(' ', school_code, stage, coalesce(valid_until::text, 'open')), ';' order by "
              "school_code, "
              "valid_from) from monitor.school",
              "a primary open;b primary 2022-01-01;b junior open;c primary 2021-06-30");
}

#define db_test(f) cmocka_unit_test_setup_teardown (f, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    db_test (feed__added_by_rows__table_views_and_indicator_work),
    db_test (feed__with_its_own_district__needs_no_register),
    db_test (alias__added_by_a_row__is_known_after_reading_back),
    db_test (plan__added_by_rows__its_targets_are_there),
    db_test (column__added_to_a_feed_with_rows__old_rows_stay_new_ones_have_it),
    db_test (feed__taken_out__view_goes_table_stays),
    db_test (feed__views_exchange_names__each_shows_its_own),
    db_test (store__existing_table_in_the_way__named_by_line_and_cell),
    db_test (store__register_becomes_a_feed_of_another_grain__refused),
    db_test (indicator__sql_that_the_server_refuses__named_by_line_and_cell),
    db_test (indicator__register_versions_and_stages__the_version_valid_at_the_periods_end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
