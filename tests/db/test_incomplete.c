/* Counts and full shares of which not all schools have told. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/sql.h"

#include "measure/measure.h"

#define TODAY "2023-01-31"

static int
set_up (void **state)
{
  Db *db = ground_new (export_catalogue (""), NULL);

  run_sql (db, "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, "
               "in_group, valid_from, valid_to, batch_id, line_no, provisional, known_from)"
               " select '210102' || lpad(i::text, 4, '0'), 'x', '210102', case when i <= 10 then 'primary' else "
               "'kindergarten' end, 'public', true, false, true, '2010-01-01', null, 0, i, false, now()"
               " from generate_series(1, 30) i;"
               "select plumbline.ensure_year('feed.places', y) from unnest('{2021,2022}'::int[]) y");
  *state = db;
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

/* What the schools with numbers from @first to @last report, @places each; then the night. */
static void
report (Db *db, const char *period, guint first, guint last, guint places)
{
  g_autoptr (GError) error = NULL;
  MeasureSummary summary;
  g_autofree char *sql = g_strdup_printf (
      "insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no, "
      "provisional, known_from) select '210102', left('%1$s', 4)::int, '210102' || lpad(i::text, 4, '0'), '%1$s', "
      "%4$u, 100, 0, i, false, now() from generate_series(%2$u, %3$u) i;"
      "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, received_at) values "
      "(md5(random()::text), 'made', 0, 'places', 'loaded', now())",
      period, first, last, places);

  run_sql (db, sql);
  if (!measure_run (db, export_catalogue (""), TODAY, 0, &summary, &error))
    fail_msg ("%s", error->message);
}

static void
measure__full_share_of_few_schools__cannot_tell (void **state)
{
  const char *const verdict = "select verdict || ' ' || reason_en from plumbline.verdict where target = "
                              "'quality_coverage' and area_code = '210102'";

  report (*state, "2022-autumn", 1, 4, 500);
  assert_sql (*state, verdict, "cannot_tell only 4 of 10 expected schools have reported");
  report (*state, "2022-autumn", 5, 5, 500);
  assert_sql (*state, verdict, "met deadline come: 100.0% (500 of 500), target 99% reached");
}

static void
measure__sum_without_a_school__is_not_behind_by_what_it_may_have (void **state)
{
  const char *const verdict
      = "select verdict || ' ' || fires || ' ' || complete || ' ' || reason_en from plumbline.verdict where target = "
        "'kindergarten_places' and area_code = '210100'";

  report (*state, "2021-autumn", 11, 30, 5000);
  report (*state, "2022-autumn", 11, 19, 5000);
  assert_sql (*state, verdict, "cannot_tell false false only 9 of 20 expected schools have reported");
  report (*state, "2022-autumn", 20, 29, 5000);
  assert_sql (*state, verdict,
              "off_track true false deadline come: −5,000 done of a target of 5,000; 19 of 20 expected schools for the "
              "latest period due: no alert until the data are complete");
  report (*state, "2022-autumn", 30, 30, 4000);
  assert_sql (*state, verdict, "off_track true true deadline come: −1,000 done of a target of 5,000");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (measure__full_share_of_few_schools__cannot_tell, set_up, tear_down),
    cmocka_unit_test_setup_teardown (measure__sum_without_a_school__is_not_behind_by_what_it_may_have, set_up,
                                     tear_down),
  };

  return cmocka_run_group_tests_name ("incomplete", tests, NULL, NULL);
}
