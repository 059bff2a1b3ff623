/* Exports as they go into the database: what is withheld, what is startling. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "load/ingest.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define SCHOOLS                                                                                                        \
  "school_code,name,district_code,stage,ownership,valid_from\n"                                                        \
  "2101020001,和平一小,和平区,小学,公办,\n2101020002,和平二小,和平区,小学,公办,\n"
#define MYOPIA "school_code,period,grade,sex,examined,myopic,mild\n"

typedef struct {
  Db *db;
  char *folder;
  guint files;
} Night;

static int
set_up (void **state)
{
  Night *night = g_new0 (Night, 1);

  night->db = ground_new (export_catalogue (""), NULL);
  night->folder = test_folder_new ();
  *state = night;
  return 0;
}

static int
tear_down (void **state)
{
  Night *night = *state;

  db_close (night->db);
  g_free (night->folder);
  g_free (night);
  return 0;
}

static IngestSummary
take_as (Night *night, const char *text, gboolean complete)
{
  g_autofree char *name = g_strdup_printf ("%02u.csv", ++night->files);
  g_autofree char *path = g_build_filename (night->folder, name, NULL);
  char *files[] = { path, NULL };
  const IngestOptions options
      = { .state_dir = night->folder, .today = "2022-12-01", .files = files, .language = "zh", .complete = complete };
  g_autoptr (GError) error = NULL;
  IngestSummary summary;

  assert_true (g_file_set_contents (path, text, -1, NULL));
  if (!ingest_run (night->db, export_catalogue (""), &options, &summary, &error))
    fail_msg ("%s", error->message);
  return summary;
}

/* Takes @text in as a file of its own; what came of it. */
static IngestSummary
take (Night *night, const char *text)
{
  return take_as (night, text, FALSE);
}

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

#define ROW(examined, myopic) MYOPIA "2101020001,2022-spring,P1,M," examined "," myopic ",\n"
#define CURRENT                                                                                                        \
  "select coalesce(string_agg(concat_ws('/', school_code, examined, myopic), ' ' order by school_code), 'none') from " \
  "monitor.myopia"

static void
withdraw__a_chain_of_corrections__the_latest_that_stands (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  take (night, ROW ("60", "12")); /* batch 2 */
  take (night, ROW ("61", "12"));
  take (night, ROW ("62", "12") "2101020002,2022-spring,P1,M,40,9,\n");
  assert_sql (night->db, "select plumbline.withdraw_batch(3, 'wrong table', 'anna')", "0");
  assert_sql (night->db, CURRENT, "2101020001/62/12 2101020002/40/9");
  assert_sql (night->db, "select plumbline.withdraw_batch(4, 'wrong table', 'anna')", "2");
  assert_sql (night->db, CURRENT, "2101020001/60/12");
  assert_sql (night->db, "select string_agg(status, ' ' order by batch_id) from monitor.batch",
              "loaded loaded withdrawn withdrawn");
  assert_sql (night->db, "select plumbline.withdraw_batch(4, 'again', 'anna')", "-2");
  assert_sql (night->db, "select plumbline.withdraw_batch(2, 'none is left', 'anna')", "1");
  assert_sql (night->db, CURRENT, "none");
  assert_sql (night->db,
              "select string_agg(batch_id || ':' || rows_changed, ' ' order by batch_event_id) from "
              "monitor.batch_event where event = 'withdraw' and comment <> ''",
              "3:0 4:3 2:1");
  take (night, ROW ("60", "12")); /* the same bytes again: their first batch no longer stands */
  assert_sql (night->db, CURRENT, "2101020001/60/12");
}

static void
withdraw__of_what_superseded_a_confirmed_row__confirmed_it_is_back (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  take (night, ROW ("60", "12"));
  run_sql (night->db, "update feed.myopia set provisional = true");
  assert_sql (night->db, "select plumbline.confirm_batch(2, 'asked', 'anna')", "1");
  take (night, ROW ("61", "12"));
  assert_sql (night->db, "select plumbline.withdraw_batch(3, 'wrong', 'anna')", "1");
  assert_sql (night->db, "select examined || ' ' || provisional from monitor.myopia", "60 false");
}

/* What was confirmed is not in doubt again because the file comes again, and doubt does not end without a word. */
static void
ingest__rows_that_are_equal__stay_confirmed_or_in_doubt (void **state)
{
  static const char *const files[] = { ROW ("60", "12") "2101020002,2022-spring,P1,M,40,9,\n",
                                       ROW ("60", "12") "2101020002,2022-spring,P1,M,41,9,\n" };
  Night *night = *state;

  take (night, SCHOOLS);
  for (guint complete = 0; complete < 2; complete++) {
    take (night, files[0]);
    run_sql (night->db, "update feed.myopia set provisional = true where school_code = '2101020001'");
    assert_int_equal (take_as (night, files[1], complete == 1).rows_changed, 1);
    assert_sql (night->db,
                "select string_agg(school_code || ' ' || provisional, ', ' order by school_code) from monitor.myopia",
                "2101020001 true, 2101020002 false");
    run_sql (night->db, "truncate feed.myopia, feed.myopia_history; delete from plumbline.batch where feed = 'myopia'");
  }
}

/* What a model says of rows whose files come, are complete or not, and are taken back: the last of the batches that
 * stand and did something to a row has its way. */
#define KEYS 3
#define STEPS 9
#define MOVES 64

typedef struct {
  guint batch;
  guint value; /* 0: it is gone */
} Move;

typedef struct {
  Move moves[KEYS][MOVES];
  guint n[KEYS];
  gboolean taken_back[MOVES]; /* by batch */
  guint batch;                /* the last one */
  guint value;
} Model;

static guint
model_value (const Model *m, guint key)
{
  for (guint i = m->n[key]; i > 0; i--)
    if (!m->taken_back[m->moves[key][i - 1].batch])
      return m->moves[key][i - 1].value;
  return 0;
}

static void
model_move (Model *m, guint key, guint value)
{
  m->moves[key][m->n[key]++] = (Move){ m->batch, value };
}

/* Of the keys whose bit is set. */
static void
bring (Night *night, Model *m, guint bits, gboolean complete)
{
  static const char *const keys[KEYS]
      = { "2101020001,2022-spring,P1,M", "2101020001,2022-spring,P2,M", "2101020002,2022-spring,P1,M" };
  g_autoptr (GString) text = g_string_new (MYOPIA);

  m->batch++;
  for (guint k = 0; k < KEYS; k++) {
    if ((bits >> k & 1) != 0) {
      model_move (m, k, ++m->value);
      g_string_append_printf (text, "%s,%u,12,\n", keys[k], m->value);
    } else if (complete && model_value (m, k) > 0)
      model_move (m, k, 0);
  }
  take_as (night, text->str, complete);
}

static void
assert_as_model (const Night *night, const Model *m, const char *story)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *found = value_of (
      night->db,
      "select coalesce(string_agg(school_code || grade || ' ' || examined, ', ' order by school_code, grade), "
      "'') from monitor.myopia");
  static const char *const names[KEYS] = { "2101020001P1", "2101020001P2", "2101020002P1" };

  for (guint k = 0; k < KEYS; k++)
    if (model_value (m, k) > 0)
      g_string_append_printf (expected, "%s%s %u", expected->len > 0 ? ", " : "", names[k], model_value (m, k));
  if (strcmp (found, expected->str) != 0)
    fail_msg ("%s: %s instead of %s", story, found, expected->str);
}

static void
take_back (const Night *night, Model *m, guint batch)
{
  g_autofree char *sql = g_strdup_printf ("select plumbline.withdraw_batch(%u, 'wrong', 'anna')", batch);

  run_sql (night->db, sql);
  m->taken_back[batch] = TRUE;
}

static void
withdraw__files_complete_or_not_in_any_order__the_last_that_stands (void **state)
{
  Night *night = *state;
  g_autoptr (GRand) rand = g_rand_new_with_seed (31);

  take (night, SCHOOLS);
  for (guint turn = 0; turn < 60; turn++) {
    Model m = { .batch = 1, .value = 20 };
    g_autoptr (GString) story = g_string_new (NULL);

    run_sql (night->db, "truncate feed.myopia, feed.myopia_history; delete from plumbline.batch_event; delete from "
                        "plumbline.batch where batch_id > 1;"
                        "alter table plumbline.batch alter batch_id restart with 2");
    for (guint i = 0; i < STEPS; i++) {
      guint batch = (guint)g_rand_int_range (rand, 2, (gint32)m.batch + 2);
      guint bits = (guint)g_rand_int_range (rand, 1, 1 << KEYS);
      gboolean complete = g_rand_int_range (rand, 0, 3) == 0;

      if (i > 1 && batch <= m.batch && !m.taken_back[batch] && g_rand_boolean (rand)) {
        g_string_append_printf (story, " -%u", batch);
        take_back (night, &m, batch);
      } else {
        g_string_append_printf (story, " %u%s", bits, complete ? "!" : "");
        bring (night, &m, bits, complete);
      }
      assert_as_model (night, &m, story->str);
    }
  }
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
    cmocka_unit_test_setup_teardown (ingest__withheld_counts__null_named_and_in_no_denominator, set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__withheld_days__not_counted_as_no_service, set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_withheld_count_is_given__supersedes, set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_jump_and_a_copy__provisional_until_confirmed, set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__the_same_file_corrected__held_against_the_period_before_not_itself, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (ingest__an_inbox_of_every_kind__good_ones_in_bad_ones_aside_unfinished_ones_left,
                                     set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__the_register_still_grows__files_that_it_would_speak_against_wait, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (rows_in_doubt__of_several_periods__as_the_session_sees_them, set_up, tear_down),
    cmocka_unit_test_setup_teardown (rows_in_doubt__a_register__without_periods, set_up, tear_down),
    cmocka_unit_test_setup_teardown (withdraw__files_complete_or_not_in_any_order__the_last_that_stands, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (withdraw__of_what_superseded_a_confirmed_row__confirmed_it_is_back, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (ingest__rows_that_are_equal__stay_confirmed_or_in_doubt, set_up, tear_down),
    cmocka_unit_test_setup_teardown (withdraw__a_chain_of_corrections__the_latest_that_stands, set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_count_falls_from_one_period_of_a_file_to_the_next__provisional, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (ingest__a_file_declared_complete__what_it_lacks_is_superseded, set_up, tear_down),
    cmocka_unit_test_setup_teardown (ingest__encodings__recorded_with_the_batch, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
