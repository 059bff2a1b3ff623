/* Tables become judgements, on a real server and the standard catalogue. */
#include "base/db.h"
#include "measure/measure.h"
#include "../support/near.h"
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include <stdlib.h>
#include <string.h>

#define TODAY "2023-01-31"

typedef struct {
  Db *db;
  const Catalogue *catalogue;
} City;

static void
assert_answer (const City *city, const char *sql, const char *expected)
{
  g_autofree char *value = value_of (city->db, sql);

  if (strcmp (value, expected != NULL ? expected : "null") != 0)
    fail_msg ("%s\n  gives %s, not %s", sql, value, expected != NULL ? expected : "null");
}

static MeasureSummary
measure_on (const City *city, const char *today)
{
  g_autoptr (GError) error = NULL;
  MeasureSummary summary;

  if (!measure_run (city->db, city->catalogue, today, 0, &summary, &error))
    fail_msg ("%s", error->message);
  return summary;
}

static int
city_setup (void **state)
{
  City *city = g_new0 (City, 1);

  *state = city;
  city->catalogue = export_catalogue ("");
  city->db = ground_new (city->catalogue, NULL);
  return 0;
}

static int
city_teardown (void **state)
{
  City *city = *state;

  db_close (city->db);
  g_free (city);
  return 0;
}

/* A batch number for rows that no file brought. */
#define BATCH                                                                                                          \
  "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, received_at)"                             \
  " select md5(random()::text), 'made', 0, f, 'loaded', now() from unnest(string_to_array('%s', ',')) f;"

static void
add_batch (const City *city, const char *feeds)
{
  g_autofree char *sql = g_strdup_printf (BATCH, feeds);

  run_sql (city->db, sql);
}

/* Ten primary schools in each of three districts. */
static void
add_register (const City *city)
{
  run_sql (
      city->db,
      "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group,"
      " valid_from, valid_to, batch_id, line_no, provisional, known_from)"
      " select d || lpad(s::text, 4, '0'), '学校' || s, d, 'primary', 'public', false, false, s > 2, '2010-01-01', "
      "null,"
      " 0, s, false, now() from unnest(array['210102', '210103', '210104']) d, generate_series(1, 10) s");
  add_batch (city, "schools");
}

/* Grade and sex of every school in one term. From wave 1 on a pupil fewer of a hundred is myopic in one school of four
   each term, half a point a year as the plan asks; district 210103 worsens by @rise pupils of a hundred a term besides.
 */
static void
add_wave (const City *city, const char *period, int wave, int rise, const char *only)
{
  g_autofree char *sql = g_strdup_printf (
      "select plumbline.ensure_year('feed.myopia', left('%1$s', 4)::int);"
      "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, "
      "line_no,"
      " provisional, known_from)"
      " select left(school_code, 6), left('%1$s', 4)::int, school_code, '%1$s', g, x, 100 + h, 40 + h + case when "
      "left(school_code, 6)"
      " = '210103' then %3$d * %2$d else 0 end - (right(school_code, 2)::int %% 4 < %2$d - 1)::int, 0, 1, false, now()"
      " from (select school_code, (ascii(md5(school_code || '%1$s')) %% 3) as h from feed.schools) s,"
      " unnest(array['P1', 'P6']) g, unnest(array['M', 'F']) x where %4$s",
      period, wave, rise, only);

  run_sql (city->db, sql);
  add_batch (city, "myopia");
}

static void
measure__no_data__every_target_has_a_verdict_for_each_area_in_scope (void **state)
{
  const City *city = *state;
  MeasureSummary summary = measure_on (city, TODAY);

  /* 11 targets for the city and 13 districts, 2 for the city and 3 or 5 named districts, the rest for the city. */
  assert_int_equal (summary.verdicts, 11 * 14 + 4 + 6 + 35);
  assert_answer (city, "select count(*) from plumbline.target", "48");
  assert_answer (
      city, "select count(*) from plumbline.verdict where verdict <> 'cannot_tell' or reason = '' or complete", "0");
  assert_answer (city, "select count(*) from plumbline.verdict where target = 'preschool_evaluation'", "6");
}

static void
measure__run_again__changes_nothing (void **state)
{
  const City *city = *state;
  MeasureSummary again;

  add_register (city);
  add_wave (city, "2021-spring", 0, 0, "true");
  add_wave (city, "2021-autumn", 1, 0, "true");
  assert_true (measure_on (city, TODAY).estimates_changed > 0);
  again = measure_on (city, TODAY);
  assert_int_equal (again.indicators_measured, 0);
  run_sql (city->db, "delete from plumbline.measured");
  again = measure_on (city, TODAY);
  assert_true (again.indicators_measured > 0);
  assert_int_equal (again.estimates_changed, 0);
  assert_int_equal (again.verdicts_changed, 0);
}

/* As the column's comment says. */
#define DEVIATIONS                                                                                                     \
  "select count(deviation) > 0 and bool_and(abs(deviation - case t.good when 'up' then path_now - value_now else "     \
  "value_now - path_now end) < 1e-9) from monitor.verdict v join monitor.target t using (plan, target)"

static void
measure__one_district_drifts__it_alone_fires (void **state)
{
  const City *city = *state;

  add_register (city);
  for (int wave = 0; wave < 4; wave++)
    add_wave (city, ((const char *[]){ "2021-spring", "2021-autumn", "2022-spring", "2022-autumn" })[wave], wave, 6,
              "true");
  measure_on (city, TODAY);
  assert_answer (
      city,
      "select string_agg(area_code, ',') from plumbline.verdict where target = 'myopia_change' and fires and complete"
      " and area_code <> '210100'",
      "210103");
  assert_answer (
      city,
      "select value = 100.0 * numerator / denominator and numerator = (select sum(myopic) from feed.myopia where"
      " district_code = '210102' and period = '2022-autumn') from plumbline.estimate where indicator = 'myopia' and"
      " area_code = '210102' and period = '2022-autumn' and stratum = 'all'",
      "t");
  assert_answer (city,
                 "select count(*) from plumbline.estimate where indicator = 'myopia' and area_code = '210100' and"
                 " period = '2022-autumn'",
                 "9"); /* all, 2 grades, 2 sexes, 4 cells */
  assert_answer (city, "select count(*) from plumbline.trend where indicator = 'myopia' and area_code = '210103'", "3");
  assert_answer (city, DEVIATIONS " where t.good = 'down'", "t");
}

static void
measure__last_wave_incomplete__nothing_fires (void **state)
{
  const City *city = *state;

  add_register (city);
  for (int wave = 0; wave < 3; wave++)
    add_wave (city, ((const char *[]){ "2021-spring", "2021-autumn", "2022-spring" })[wave], wave, 6, "true");
  add_wave (city, "2022-autumn", 3, 6, "school_code not like '210103%' or right(school_code, 2)::int <= 7");
  measure_on (city, TODAY);
  assert_answer (city,
                 "select concat_ws('/', complete, schools_reporting, schools_expected) from plumbline.verdict"
                 " where target = 'myopia_change' and area_code = '210103'",
                 "f/7/10");
  assert_answer (city,
                 "select count(*) from plumbline.verdict where target = 'myopia_change' and fires and complete"
                 " and area_code = '210103'",
                 "0");
}

static void
measure__wave_overdue__is_incomplete_from_its_due_day_on (void **state)
{
  const City *city = *state;
  const char *complete
      = "select complete from plumbline.verdict where target = 'myopia_change' and area_code = '210102'";

  add_register (city);
  for (int wave = 0; wave < 3; wave++)
    add_wave (city, ((const char *[]){ "2021-spring", "2021-autumn", "2022-spring" })[wave], wave, 0, "true");
  measure_on (city, "2022-09-01");
  assert_answer (city, complete, "t");
  measure_on (city, "2023-01-29");
  assert_answer (city, complete, "t");
  measure_on (city, "2023-01-30"); /* 31 December and 30 days */
  assert_answer (city, complete, "f");
}

static void
measure__weights__stay_when_the_baseline_was_complete (void **state)
{
  const City *city = *state;
  const char *weights = "select md5(string_agg(stratum || weight, ',' order by stratum)) from plumbline.target_weight"
                        " where target = 'myopia_change' and final";
  g_autofree char *before = NULL;

  add_register (city);
  add_wave (city, "2021-autumn", 0, 0, "true");
  add_wave (city, "2022-spring", 1, 0, "true");
  measure_on (city, TODAY);
  before = value_of (city->db, weights);
  assert_non_null (before);
  run_sql (city->db, "update feed.myopia set examined = examined + 50 where grade = 'P1' and period = '2021-autumn'");
  add_batch (city, "myopia");
  measure_on (city, TODAY);
  assert_answer (city, weights, before);
}

typedef struct {
  const char *situation;
  const char *rows;     /* area, period, count */
  const char *expected; /* value of the city in the last period, schools_reporting of schools_expected */
} TallyCase;

static const TallyCase tally_cases[] = {
  { "districts are summed", "('210102', '2022-03', 4), ('210103', '2022-03', 7)", "11/2/2" },
  { "a silent district stands where it stood",
    "('210102', '2022-03', 4), ('210103', '2022-03', 7), ('210102', '2022-04', 5)", "12/1/2" },
  { "the city's own row stands for the sum", "('210102', '2022-03', 4), ('210100', '2022-03', 9)", "9/1/1" },
  { "an old city row gives way to districts", "('210100', '2022-03', 9), ('210102', '2022-04', 10)", "10/1/1" },
  { "a new year begins at nothing", "('210102', '2021-12', 90), ('210103', '2022-03', 7)", "7/1/1" },
};

static void
measure__tallies__as_the_cases_say (void **state)
{
  const City *city = *state;

  for (guint i = 0; i < G_N_ELEMENTS (tally_cases); i++) {
    g_autofree char *sql = g_strdup_printf (
        "truncate feed.tally; select plumbline.ensure_year('feed.tally', y) from generate_series(2021, 2022) y;"
        "insert into feed.tally (district_code, year, area_code, period, target, count, batch_id, line_no, "
        "provisional, known_from)"
        " select a, left(p, 4)::int, a, p, 'student_clubs', c, 0, 1, false, now() from (values %s) v(a, p, c)",
        tally_cases[i].rows);
    g_autofree char *answer = NULL;

    run_sql (city->db, sql);
    add_batch (city, "tally");
    measure_on (city, TODAY);
    answer = value_of (
        city->db, "select concat_ws('/', numerator, schools_reporting, schools_expected) from plumbline.estimate where"
                  " indicator = 'student_clubs' and area_code = '210100' order by period desc limit 1");
    if (g_strcmp0 (answer, tally_cases[i].expected) != 0)
      fail_msg ("%s: %s, not %s", tally_cases[i].situation, answer, tally_cases[i].expected);
  }
  assert_answer (city, DEVIATIONS " where t.good = 'up'", "t");
}

static void
measure__count_target__meets_its_number_exactly (void **state)
{
  const City *city = *state;
  const char *verdict = "select verdict || '/' || target_value from plumbline.verdict where target = 'student_clubs'";

  run_sql (city->db, "select plumbline.ensure_year('feed.tally', 2022);"
                     "insert into feed.tally (district_code, year, area_code, period, target, count, batch_id, line_no,"
                     " provisional, known_from) values ('210102', 2022, '210102', '2022-12', 'student_clubs', 29, 0, "
                     "1, false, now())");
  add_batch (city, "tally");
  measure_on (city, TODAY);
  assert_answer (city, verdict, "off_track/30");
  run_sql (city->db, "update feed.tally set count = 30");
  add_batch (city, "tally");
  measure_on (city, TODAY);
  assert_answer (city, verdict, "met/30");
}

static void
measure__census_share__is_exact_at_the_number (void **state)
{
  const City *city = *state;
  const char *verdict
      = "select verdict from plumbline.verdict where target = 'quality_coverage' and area_code = '210102'";

  add_register (city);
  run_sql (city->db,
           "select plumbline.ensure_year('feed.places', 2022);"
           "insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no,"
           " provisional, known_from) select left(school_code, 6), 2022, school_code, '2022-autumn', 500,"
           " case when right(school_code, 2)::int > 2 then 99 else 4 end, 0, 1, false, now() from feed.schools");
  add_batch (city, "places");
  measure_on (city, TODAY); /* 792 of 800: 99 % to the pupil */
  assert_answer (city, verdict, "met");
  run_sql (city->db, "update feed.places set enrolled = 5 where school_code = '2101020001'"); /* 792 of 801 */
  add_batch (city, "places");
  measure_on (city, TODAY);
  assert_answer (city, verdict, "off_track");
}

static void
add_four_waves (const City *city)
{
  add_register (city);
  for (int wave = 0; wave < 4; wave++)
    add_wave (city, ((const char *[]){ "2021-spring", "2021-autumn", "2022-spring", "2022-autumn" })[wave], wave, 6,
              "true");
}

static void
measure__one_school_far_off__stands_out_among_its_peers (void **state)
{
  const City *city = *state;

  add_four_waves (city);
  run_sql (city->db, "update feed.myopia set myopic = 80 where school_code = '2101020003' and period = '2022-autumn';"
                     "update feed.schools set stage = 'junior' where school_code = '2101040010'");
  measure_on (city, TODAY);
  assert_answer (city, "select count(*) from monitor.school_estimate where indicator = 'myopia'", "120");
  assert_answer (city,
                 "select string_agg(concat_ws(' ', school_code, period, stage, peers, standing), ', ') from"
                 " monitor.school_estimate where indicator = 'myopia' and standing <> 'within'",
                 "2101020003 2022-autumn primary 10 above");
  /* Nine primary schools are left in 210104, and one of another stage has nobody to be compared with. */
  assert_answer (city,
                 "select string_agg(concat_ws(' ', stage, count, peers, z is null, standing is null), ', ' order by "
                 "stage) from (select"
                 " stage, count(*), peers, z, standing from (select stage, peers, case when z is null then null else 0 "
                 "end as z,"
                 " case when standing is null then null else '' end as standing from monitor.school_estimate where"
                 " district_code = '210104' and period = '2022-autumn' and indicator = 'myopia') e group by 1, 3, 4, "
                 "5) g",
                 "junior 1 t t, primary 9 9 f f");
  assert_answer (city,
                 "select count(*) from monitor.school_estimate e join (select school_code, period, sum(myopic) as x,"
                 " sum(examined) as n from feed.myopia group by 1, 2) f using (school_code, period), lateral"
                 " monitor.wilson(f.x::float8, f.n::float8) w where e.indicator = 'myopia' and e.value = 100 * f.x / "
                 "f.n::float8"
                 " and abs(e.low95 / w.low - 1) < 1e-12 and abs(e.high95 / w.high - 1) < 1e-12 and e.value between"
                 " e.low95 and e.high95 and e.value_std between e.low95_std and e.high95_std",
                 "120");
  assert_answer (city,
                 "select count(*) from monitor.school_estimate where indicator = 'myopia' and peers is not null and not"
                 " (limit_low998 < limit_low95 and limit_low95 < peer_value and peer_value < limit_high95 and"
                 " limit_high95 < limit_high998)",
                 "0");
}

/* A school by grade and sex is not stored: its rows say it, and one statement gives it with the program's interval.
 * What the schools come to is the district's estimate of the same stratum. */
static void
measure__schools_by_stratum__a_statement_gives_what_districts_add_up (void **state)
{
  const City *city = *state;

  add_four_waves (city);
  measure_on (city, TODAY);
  assert_answer (
      city,
      "select concat_ws('/', count(*), count(*) filter (where x = e.numerator and n = e.denominator and schools ="
      " e.schools_reporting), bool_and(inside)) from (select district_code, period, stratum, sum(x) as x, sum(n) as n,"
      " count(*) as schools, bool_and(low <= 100 * x / n and 100 * x / n <= high) as inside from (select"
      " district_code, school_code, period, concat_ws('/', grade, sex) as stratum, sum(myopic) as x, sum(examined) as "
      "n,"
      " (monitor.wilson(sum(myopic)::float8, sum(examined)::float8)).* from monitor.myopia group by district_code,"
      " school_code, period, grouping sets ((grade), (sex), (grade, sex))) s group by 1, 2, 3) d join monitor.estimate "
      "e"
      " on e.indicator = 'myopia' and e.area_code = d.district_code and e.period = d.period and e.stratum = d.stratum",
      "96/96/t");
}

static void
measure__a_drifting_district__leads_the_league (void **state)
{
  const City *city = *state;

  add_four_waves (city);
  measure_on (city, TODAY);
  assert_answer (
      city,
      "select string_agg(concat_ws(' ', period, measure, n, worst), ', ' order by period, measure) from "
      "(select period, measure,"
      " count(*) as n, (array_agg(area_code order by probability_worst desc))[1] as worst from monitor.league"
      " where indicator = 'myopia' and period > '2022' group by 1, 2) l",
      "2022-autumn level 3 210103, 2022-autumn slope 3 210103, 2022-spring level 3 210103, 2022-spring "
      "slope 3 210103");
  assert_answer (city,
                 "select count(*) from (select period, measure from monitor.league where indicator = 'myopia' group by "
                 "1, 2 having abs(sum(probability_worst) - 1) > 1e-9 or abs(sum(probability_best) - 1) > 1e-9 or"
                 " abs(sum(expected_rank) - 6) > 1e-9) l",
                 "0");
  assert_answer (city,
                 "select count(*) from monitor.league where indicator = 'myopia' and (shrunken < least(value, mean) or"
                 " shrunken > greatest(value, mean) or abs(shrunken - share * value - (1 - share) * mean) > 1e-9)",
                 "0");
  assert_answer (city,
                 "select count(*) from monitor.league l join monitor.estimate e on e.indicator = l.indicator and"
                 " e.area_code = l.area_code and e.period = l.period and e.stratum = 'all' where l.measure = 'level' "
                 "and l.indicator = 'myopia' and abs(l.value - e.value_std) < 1e-12",
                 "12");
  assert_answer (city,
                 "select count(*) from monitor.league l join monitor.trend t on t.indicator = l.indicator and"
                 " t.area_code = l.area_code and t.period = l.period where l.measure = 'slope' and l.indicator = "
                 "'myopia' and abs(l.value - t.slope) < 1e-12",
                 "9");
}

static void
measure__values_over_time__median_of_the_slopes_between_them (void **state)
{
  const City *city = *state;

  add_four_waves (city);
  measure_on (city, TODAY);
  assert_answer (city,
                 "select count(*) from monitor.tendency n join lateral (with v as (select e.value_std as y,"
                 " left(e.period, 4)::int + case when e.period like '%spring' then 0.25 else 0.75 end as t from"
                 " monitor.estimate e where e.indicator = n.indicator and e.area_code = n.area_code and e.stratum = "
                 "'all' and plumbline.period_end(e.period) <= n.as_of) select percentile_cont(0.5) within group (order "
                 "by (b.y - a.y) / (b.t - a.t)) as slope, sum(sign(b.y - a.y)) as s from v a join v b on b.t > a.t) x "
                 "on true where n.indicator = 'myopia' and abs(n.sen_slope - x.slope) < 1e-9 and n.kendall_s = x.s",
                 "12");
  assert_answer (city,
                 "select concat_ws('/', points, kendall_s, kendall_tau, round(kendall_p::numeric, 6), kendall_exact, "
                 "sen_low95 is null, aapc between aapc_low95 and aapc_high95)"
                 " from monitor.tendency where indicator = 'myopia' and area_code = '210103' and period = "
                 "'2022-autumn'",
                 "4/6/1/0.083333/t/t/t");
}

static void
measure__comparisons_run_again__are_as_they_were_and_as_of_shows_when (void **state)
{
  const City *city = *state;
  const char *before_and_now
      = "select monitor.as_of('2001-01-01'); create temp table before on commit drop as select (select count(*) from "
        "monitor.school_estimate) + (select count(*) from monitor.tendency) + (select count(*) from monitor.league) as "
        "n; select monitor.as_of(null); do $$ begin if (select n from before) <> 0 then raise exception 'seen too "
        "early'; end if; end $$";

  add_four_waves (city);
  measure_on (city, TODAY);
  run_sql (city->db, "delete from plumbline.measured");
  assert_true (measure_on (city, TODAY).indicators_measured > 0);
  assert_answer (city,
                 "select (select count(*) from plumbline.school_estimate_history) + (select count(*) from"
                 " plumbline.tendency_history) + (select count(*) from plumbline.league_history)",
                 "0");
  run_sql (city->db, before_and_now);
  /* A school's correction supersedes its own row, and its peers' limits move. */
  run_sql (city->db, "update feed.myopia set myopic = myopic + 9 where school_code = '2101020003' and period = "
                     "'2022-autumn'");
  add_batch (city, "myopia");
  measure_on (city, "2023-02-01");
  assert_answer (city,
                 "select count(*) from plumbline.school_estimate_history where indicator = 'myopia' and (district_code "
                 "<> '210102' or period <> '2022-autumn')",
                 "0");
  assert_answer (city, "select count(*) from plumbline.school_estimate_history where indicator = 'myopia'", "10");
}

int
main (void)
{
#define TEST(f) cmocka_unit_test_setup_teardown (f, city_setup, city_teardown)
  const struct CMUnitTest tests[] = {
    TEST (measure__no_data__every_target_has_a_verdict_for_each_area_in_scope),
    TEST (measure__run_again__changes_nothing),
    TEST (measure__one_district_drifts__it_alone_fires),
    TEST (measure__last_wave_incomplete__nothing_fires),
    TEST (measure__wave_overdue__is_incomplete_from_its_due_day_on),
    TEST (measure__weights__stay_when_the_baseline_was_complete),
    TEST (measure__tallies__as_the_cases_say),
    TEST (measure__count_target__meets_its_number_exactly),
    TEST (measure__census_share__is_exact_at_the_number),
    TEST (measure__one_school_far_off__stands_out_among_its_peers),
    TEST (measure__schools_by_stratum__a_statement_gives_what_districts_add_up),
    TEST (measure__a_drifting_district__leads_the_league),
    TEST (measure__values_over_time__median_of_the_slopes_between_them),
    TEST (measure__comparisons_run_again__are_as_they_were_and_as_of_shows_when),
  };

  return cmocka_run_group_tests_name ("measure", tests, NULL, NULL);
}
