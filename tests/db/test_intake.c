/* Exports as they go into the database: what is withheld, what is startling. */
#include "../support/export.h"
#include "../support/intake.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
ingest__withheld_counts__null_named_and_in_no_denominator (void **state)
{
  Night *night = *state;
  IngestSummary sum;

  take (night, SCHOOLS);
  sum = take (night, MYOPIA "2101020001,2022-spring,P1,M,60,12,＜5\n2101020001,2022-spring,P1,F,50,s,\n"
                            "2101020001,2022-spring,P2,M,＊,9,\n2101020002,2022-spring,P1,M,40,≤11,-\n");
  assert_int_equal (sum.rows_added, 4);
  assert_sql (
      night->db,
      "select string_agg(concat_ws('/', grade, sex, coalesce(examined::text, 'null'), coalesce(myopic::text, "
      "'null'), coalesce(mild::text, 'null'), coalesce(suppressed::text, 'none')), ' ' order by school_code, "
      "grade, sex desc) from monitor.myopia",
      "P1/M/60/12/null/{mild} P1/F/50/null/null/{myopic} P2/M/null/9/null/{examined} P1/M/40/null/null/{myopic}");
  assert_sql (
      night->db,
      "select string_agg(concat_ws(' ', unit_code, stratum, numerator, denominator), ';') from indicator.myopia",
      "2101020001 P1/M 12 60");
  assert_sql (night->db, "select cells_suppressed from monitor.batch where feed = 'myopia'", "4");
}

static void
ingest__withheld_days__not_counted_as_no_service (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  take (night, "school_code,period,enrolled,willing,served,days_per_week,hours_per_day\n"
               "2101020001,2022-10,100,90,80,5,2\n2101020002,2022-10,100,90,80,*,2\n");
  assert_sql (night->db,
              "select numerator || '/' || denominator || ' ' || unit_code from indicator.after_school_5plus2",
              "1/1 2101020001");
  assert_sql (night->db, "select sum(numerator) || '/' || sum(denominator) from indicator.after_school_served",
              "160/180");
}

static void
ingest__a_withheld_count_is_given__supersedes (void **state)
{
  Night *night = *state;
  IngestSummary sum;

  take (night, SCHOOLS);
  take (night, MYOPIA "2101020001,2022-spring,P1,M,60,*,\n");
  sum = take (night, MYOPIA "2101020001,2022-spring,P1,M,60,*,-\n");
  assert_int_equal (sum.rows_changed, 0);
  sum = take (night, MYOPIA "2101020001,2022-spring,P1,M,60,3,\n");
  assert_int_equal (sum.rows_changed, 1);
  assert_sql (night->db, "select coalesce(suppressed::text, 'none') || myopic from monitor.myopia", "none3");
  assert_sql (night->db, "select suppressed::text from feed.myopia_history", "{myopic}");
}

#define TERM(period, myopic)                                                                                           \
  MYOPIA "2101020001," period ",P1,M,300," myopic ",\n2101020001," period ",P2,M,301," myopic ",\n"                    \
         "2101020002," period ",P1,M,280,71,\n"

static void
ingest__a_jump_and_a_copy__provisional_until_confirmed (void **state)
{
  Night *night = *state;
  IngestSummary sum;

  take (night, SCHOOLS);
  take (night, TERM ("2022-spring", "61"));
  sum = take (night, TERM ("2022-autumn", "163"));
  assert_int_equal (sum.rows_provisional, 3);
  assert_sql (night->db, "select string_agg(rule || ' ' || school_code, ';' order by reject_no) from monitor.reject",
              "R-JUMP 2101020001;R-COPIED 2101020002");
  assert_sql (night->db, "select count(*) from monitor.myopia where provisional", "3");
  assert_sql (night->db,
              "select plumbline.confirm_batch(max(batch_id), 'called the schools', 'anna') from monitor.batch", "3");
  assert_sql (night->db, "select count(*) from monitor.myopia where provisional", "0");
  assert_sql (night->db, "select count(*) from feed.myopia_history where provisional", "3");
  assert_sql (night->db, "select concat_ws(' ', event, actor, comment, rows_changed) from monitor.batch_event",
              "confirm anna called the schools 3");
  assert_sql (night->db, "select plumbline.confirm_batch(999, 'x', 'x')", "-1");
}

static void
ingest__the_same_file_corrected__held_against_the_period_before_not_itself (void **state)
{
  Night *night = *state;
  IngestSummary sum;

  take (night, SCHOOLS);
  take (night, TERM ("2022-spring", "61"));
  sum = take (night, MYOPIA "2101020001,2022-autumn,P1,M,310,65,\n");
  assert_int_equal (sum.rows_provisional, 0);
  sum = take (night, MYOPIA "2101020001,2022-autumn,P1,M,310,66,\n");
  assert_int_equal (sum.rows_provisional, 0);
  assert_int_equal (sum.rows_changed, 1);
}

#define IN_DOUBT                                                                                                       \
  "select coalesce(string_agg(concat_ws(' ', b.batch_id, d.period, d.district_code, d.rows), ';' order by b.batch_id," \
  " d.period), 'none') from monitor.batch b, monitor.rows_in_doubt(b.batch_id) d"

/* Of the batch's periods and districts alone, or, where these are not on record, of its years. */
static void
rows_in_doubt__of_several_periods__as_the_session_sees_them (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  take (night, MYOPIA "2101020001,2012-spring,P1,M,90,90,\n2101020002,2012-spring,P1,M,40,9,\n"
                      "2101020001,2015-autumn,P1,M,90,90,\n2101020002,2015-autumn,P1,M,91,91,\n");
  assert_sql (night->db, IN_DOUBT, "2 2012-spring 210102 1;2 2015-autumn 210102 2");
  run_sql (night->db,
           "create temp table place as select * from plumbline.batch_place; delete from plumbline.batch_place");
  assert_sql (night->db, IN_DOUBT, "2 2012-spring 210102 1;2 2015-autumn 210102 2");
  run_sql (night->db, "insert into plumbline.batch_place select * from pg_temp.place where period > '2013'");
  assert_sql (night->db, IN_DOUBT, "2 2015-autumn 210102 2");
  run_sql (night->db, "insert into plumbline.batch_place select * from pg_temp.place where period < '2013'");
  assert_sql (night->db, "select plumbline.confirm_batch(2, 'x', 'x')", "3");
  assert_sql (night->db, IN_DOUBT, "none");
  assert_sql (night->db,
              "select monitor.as_of(received_at) = received_at from plumbline.batch order by batch_id desc limit 1",
              "t");
  assert_sql (night->db, IN_DOUBT, "2 2012-spring 210102 1;2 2015-autumn 210102 2");
}

static void
rows_in_doubt__a_register__without_periods (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  assert_sql (night->db, IN_DOUBT, "none");
  run_sql (night->db, "update feed.schools set provisional = school_code = '2101020002';"
                      "update plumbline.batch set rows_provisional = 1");
  assert_sql (night->db, IN_DOUBT, "1 210102 1");
}

/* The inbox of @night: @name with @text, or with NULL a link to another file. */
static void
send (const Night *night, const char *name, const char *text)
{
  g_autofree char *inbox = g_build_filename (night->folder, "inbox", NULL);
  g_autofree char *path = g_build_filename (inbox, name, NULL);

  assert_int_equal (g_mkdir_with_parents (inbox, 0700), 0);
  if (text != NULL)
    assert_true (g_file_set_contents (path, text, -1, NULL));
  else
    assert_int_equal (symlink ("/etc/hostname", path), 0);
}

static IngestSummary
take_inbox (const Night *night)
{
  const IngestOptions options = { .state_dir = night->folder, .today = "2022-12-01", .language = "zh" };
  g_autoptr (GError) error = NULL;
  IngestSummary summary;

  if (!ingest_run (night->db, export_catalogue (""), &options, &summary, &error))
    fail_msg ("%s", error->message);
  return summary;
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Names in a folder of the state, sorted; a hash at the beginning becomes #. */
static char *
names_in (const Night *night, const char *folder)
{
  g_autofree char *path = g_build_filename (night->folder, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL) {
    gsize hash = strspn (name, "0123456789abcdef");

    g_ptr_array_add (names, hash == 64 ? g_strconcat ("#", name + hash, NULL) : g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **)names->pdata);
}

#define assert_names(night, folder, expected)                                                                          \
  do {                                                                                                                 \
    g_autofree char *names_ = names_in ((night), (folder));                                                            \
    assert_string_equal (names_, (expected));                                                                          \
  } while (0)

static void
ingest__an_inbox_of_every_kind__good_ones_in_bad_ones_aside_unfinished_ones_left (void **state)
{
  Night *night = *state;
  g_autofree char *growing = g_build_filename (night->folder, "inbox", "growing.csv", NULL);
  g_autofree char *reason = NULL, *reason_path = NULL;
  IngestSummary sum;
  int writer = -1;

  send (night, "schools.csv", SCHOOLS);
  send (night, "a-bad.csv", "a,b\n1,2\n");
  send (night, "b-good.csv", MYOPIA "2101020001,2022-spring,P1,M,60,12,\n");
  send (night, "c-same.csv", MYOPIA "2101020001,2022-spring,P1,M,60,12,\n");
  send (night, "d-link.csv", NULL);
  send (night, "e.csv.part", "half");
  send (night, "growing.csv", MYOPIA);
  writer = g_open (growing, O_WRONLY | O_APPEND, 0);
  sum = take_inbox (night);
  assert_int_equal (sum.files_loaded, 2);
  assert_int_equal (sum.files_duplicate, 1);
  assert_int_equal (sum.files_refused, 2);
  assert_names (night, "inbox", "e.csv.part growing.csv");
  assert_names (night, "archive", "#-b-good.csv #-c-same.csv #-schools.csv");
  assert_names (night, "quarantine",
                "#-a-bad.csv #-a-bad.csv.reason.txt unread-d-link.csv unread-d-link.csv.reason.txt");
  reason_path = g_build_filename (night->folder, "quarantine", "unread-d-link.csv.reason.txt", NULL);
  assert_true (g_file_get_contents (reason_path, &reason, NULL, NULL));
  assert_non_null (strstr (reason, "R-NOT-A-FILE"));

  assert_int_equal (write (writer, "2101020002,2022-spring,P1,M,60,12,\n", 35), 35);
  close (writer);
  sum = take_inbox (night);
  assert_int_equal (sum.files_loaded, 1);
  assert_int_equal (sum.rows_added, 1);
  assert_names (night, "inbox", "e.csv.part");
}

static void
ingest__the_register_still_grows__files_that_it_would_speak_against_wait (void **state)
{
  Night *night = *state;
  g_autofree char *growing = g_build_filename (night->folder, "inbox", "schools.csv", NULL);
  IngestSummary sum;
  int writer = -1;

  send (night, "schools.csv", SCHOOLS);
  send (night, "myopia.csv", MYOPIA "2101020001,2022-spring,P1,M,60,12,\n");
  send (night, "tally.csv", "area_code,period,target,count\n210102,2022-03,sports_teams,5\n");
  writer = g_open (growing, O_WRONLY | O_APPEND, 0);
  sum = take_inbox (night);
  assert_int_equal (sum.files_loaded, 1);
  assert_int_equal (sum.files_refused, 0);
  assert_names (night, "inbox", "myopia.csv schools.csv");
  assert_sql (night->db, "select count(*) from plumbline.reject", "0");
  close (writer);
  sum = take_inbox (night);
  assert_int_equal (sum.files_loaded, 2);
  assert_names (night, "inbox", "");
}

static void
ingest__a_count_falls_from_one_period_of_a_file_to_the_next__provisional (void **state)
{
  Night *night = *state;
  IngestSummary sum = take (night, "area_code,period,target,count\n210102,2022-03,sports_teams,5\n"
                                   "210102,2022-04,sports_teams,3\n210103,2022-03,sports_teams,5\n"
                                   "210103,2022-04,sports_teams,6\n");

  assert_int_equal (sum.rows_added, 4);
  assert_sql (night->db, "select string_agg(area_code || ' ' || period, ',') from monitor.tally where provisional",
              "210102 2022-04");
  assert_sql (night->db, "select string_agg(rule || ' ' || spreadsheet_row, ',') from monitor.reject", "R-FALLS 3");
}

/* Of what a complete file reports on, it is the whole; of other periods and districts it says nothing. */
static void
ingest__a_file_declared_complete__what_it_lacks_is_superseded (void **state)
{
  Night *night = *state;
  g_autofree char *path = g_build_filename (night->folder, "whole.csv", NULL), *before = NULL, *then = NULL;
  char *files[] = { path, NULL };
  const IngestOptions options
      = { .state_dir = night->folder, .today = "2022-12-01", .files = files, .language = "zh", .complete = TRUE };
  g_autoptr (GError) error = NULL;
  IngestSummary sum;

  take (night, SCHOOLS);
  take (night, MYOPIA "2101020001,2022-spring,P1,M,60,12,\n2101020001,2022-spring,P1,F,50,11,\n"
                      "2101020002,2022-spring,P1,M,40,9,\n2101020002,2021-autumn,P1,M,40,8,\n");
  before = value_of (night->db, "select clock_timestamp()");
  assert_true (g_file_set_contents (
      path, MYOPIA "2101020001,2022-spring,P1,M,60,12,\n2101020002,2022-spring,P1,M,41,9,\n", -1, NULL));
  if (!ingest_run (night->db, export_catalogue (""), &options, &sum, &error))
    fail_msg ("%s", error->message);
  assert_int_equal (sum.rows_changed, 1);
  assert_sql (night->db,
              "select string_agg(concat_ws(' ', school_code, period, sex, examined), ', ' order by school_code, period)"
              " from monitor.myopia",
              "2101020001 2022-spring M 60, 2101020002 2021-autumn M 40, 2101020002 2022-spring M 41");
  then = g_strdup_printf ("select monitor.as_of('%s')", before);
  run_sql (night->db, then);
  assert_sql (night->db, "select count(*) || ' ' || sum(examined) from monitor.myopia", "4 190");
}

static void
ingest__encodings__recorded_with_the_batch (void **state)
{
  Night *night = *state;
  static const struct {
    const char *iconv;
    const char *mark;
    const char *name;
  } cases[] = { { "UTF-8", "", "UTF-8" },
                { "UTF-8", "\xEF\xBB\xBF", "UTF-8-BOM" },
                { "GB18030", "", "GB18030" },
                { "UTF-16LE", "\xFF\xFE", "UTF-16LE" },
                { "UTF-16BE", "", "UTF-16BE" } };

  take (night, SCHOOLS);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf (
        "school_code,学期,年级,性别,examined,myopic\n2101020001,2022年春季学期,一年级,男,60,1%zu\n", i);
    g_autoptr (GBytes) bytes = export_encode (text, cases[i].iconv, cases[i].mark);
    g_autofree char *path = g_build_filename (night->folder, "x.csv", NULL), *recorded = NULL;
    char *files[] = { path, NULL };
    const IngestOptions options
        = { .state_dir = night->folder, .today = "2022-12-01", .files = files, .language = "zh" };
    IngestSummary sum;

    assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes), NULL));
    assert_true (ingest_run (night->db, export_catalogue (""), &options, &sum, NULL));
    assert_int_equal (sum.files_loaded, 1);
    recorded = value_of (night->db, "select encoding from monitor.batch order by batch_id desc limit 1");
    assert_string_equal (recorded, cases[i].name);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (ingest__withheld_counts__null_named_and_in_no_denominator, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__withheld_days__not_counted_as_no_service, night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_withheld_count_is_given__supersedes, night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_jump_and_a_copy__provisional_until_confirmed, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__the_same_file_corrected__held_against_the_period_before_not_itself,
                                     night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__an_inbox_of_every_kind__good_ones_in_bad_ones_aside_unfinished_ones_left,
                                     night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__the_register_still_grows__files_that_it_would_speak_against_wait,
                                     night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (rows_in_doubt__of_several_periods__as_the_session_sees_them, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (rows_in_doubt__a_register__without_periods, night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_count_falls_from_one_period_of_a_file_to_the_next__provisional,
                                     night_set_up, night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_file_declared_complete__what_it_lacks_is_superseded, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__encodings__recorded_with_the_batch, night_set_up, night_tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
