/* Alerts over nights on a server: what moves, who is written to, what people answer, and that nothing is told twice. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "measure/results.h"
#include "report/alert.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  Db *db;
  const Catalogue *catalogue;
  char *folder;
  GPtrArray *queued; /* "address subject" of the last night */
} City;

static int
set_up (void **state)
{
  City *city = g_new0 (City, 1);

  *state = city;
  city->catalogue = export_catalogue ("");
  city->db = ground_new (city->catalogue, NULL);
  city->folder = test_folder_new ();
  city->queued = g_ptr_array_new_with_free_func (g_free);
  return 0;
}

static int
tear_down (void **state)
{
  City *city = *state;

  db_close (city->db);
  g_ptr_array_unref (city->queued);
  g_free (city->folder);
  g_free (city);
  return 0;
}

/* What measure would have found: a census share of one district on one day. */
static void
judge (const City *city, const char *target, const char *area, const char *as_of, double value, const char *word)
{
  gboolean fires = strcmp (word, "off_track") == 0;
  g_autofree char *sql = g_strdup_printf (
      "insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, "
      "baseline_value, "
      "baseline_source, value_now, numerator, denominator, path_now, target_value, deadline, deviation, fires, "
      "complete, "
      "schools_reporting, schools_expected, verdict, reason, reason_en, known_from)"
      " values ('%1$s', '2022', '%2$s', (select indicator from plumbline.target where target = '%2$s'), '%1$s', '%3$s',"
      " '2022-spring', 40, 'reported', %4$g, %4$g * 10, 1000, 50, 54, '2022-12-31', 50 - %4$g, %5$s, true, 30, 30, "
      "'%6$s', '理由', 'reason', now())"
      " on conflict on constraint verdict_pk do update set as_of = excluded.as_of, value_now = excluded.value_now,"
      " numerator = excluded.numerator, deviation = excluded.deviation, fires = excluded.fires, verdict = "
      "excluded.verdict",
      area, target, as_of, value, fires ? "true" : "false", word);

  run_sql (city->db, sql);
}

static void
note_mail (const char *address, const char *subject, gpointer data)
{
  g_ptr_array_add (data, g_strdup_printf ("%s %s", address, subject));
}

static AlertSummary
night (City *city, const char *today)
{
  AlertSummary summary = { 0 };
  g_autoptr (GError) error = NULL;
  AlertOptions options = { .state_dir = city->folder,
                           .report_dir = "/report",
                           .today = today,
                           .mail_from = "plumbline <plumbline@localhost>",
                           .queued = note_mail,
                           .queued_data = city->queued };

  g_ptr_array_set_size (city->queued, 0);
  if (!db_set_clock (city->db, today, &error) || !alert_run (city->db, city->catalogue, &options, &summary, &error))
    fail_msg ("%s: %s", today, error->message);
  return summary;
}

static gboolean
wrote_to (const City *city, const char *recipient)
{
  for (guint i = 0; i < city->queued->len; i++)
    if (g_str_has_prefix (city->queued->pdata[i], recipient))
      return TRUE;
  return FALSE;
}

#define AREA "210103"
#define TARGET "kindergarten_public"

static void
alert_run__a_breach_and_its_year__each_notice_once (void **state)
{
  static const struct {
    const char *today;
    double value; /* 0: no new data */
    const char *word;
    const char *wanted; /* recipients written to; q: the city's all-quiet mail counts as the city's */
  } nights[] = {
    { "2022-03-01", 52, "on_track", "city" }, /* the first sign of life */
    { "2022-03-02", 0, NULL, "" },
    { "2022-03-05", 45, "off_track", "city district" },
    { "2022-03-05", 0, NULL, "" },
    { "2022-03-11", 0, NULL, "" },
    { "2022-03-12", 0, NULL, "city district head" }, /* a week unanswered; the city's is the all-quiet one */
    { "2022-03-19", 0, NULL, "city district" },
    { "2022-03-26", 0, NULL, "city district" }, /* three weeks: the city hears of it */
    { "2022-03-28", 50.5, "on_track", "" },     /* recovering is quiet */
    { "2022-03-30", 51, "on_track", "city district head" },
    { "2022-03-31", 0, NULL, "" },
  };
  City *city = *state;

  for (guint i = 0; i < G_N_ELEMENTS (nights); i++) {
    g_autofree char *as_of = g_strdup_printf ("2022-02-%02u", i + 1);

    if (nights[i].value > 0)
      judge (city, TARGET, AREA, as_of, nights[i].value, nights[i].word);
    night (city, nights[i].today);
    if (wrote_to (city, "shenhe@") != (strstr (nights[i].wanted, "district") != NULL)
        || wrote_to (city, "shenhe-head@") != (strstr (nights[i].wanted, "head") != NULL)
        || wrote_to (city, "bureau@") != (strstr (nights[i].wanted, "city") != NULL) || wrote_to (city, "heping@"))
      fail_msg ("%s: %u mails, the first %s", nights[i].today, city->queued->len,
                city->queued->len > 0 ? (char *)city->queued->pdata[0] : "none");
  }
  assert_sql (city->db,
              "select string_agg(from_state || '>' || to_state, ' ' order by event_id) from plumbline.alert_event",
              ">firing firing>firing firing>firing firing>recovering recovering>resolved");
}

/* What was sent while the clock was ahead says nothing of the days before it. */
static void
quiet__clock_was_ahead__told_after_a_week_and_not_every_night (void **state)
{
  static const struct {
    const char *today;
    gboolean told;
  } nights[] = { { "2022-03-01", TRUE },  { "2031-01-01", TRUE }, { "2022-03-02", FALSE },
                 { "2022-03-03", FALSE }, { "2022-03-08", TRUE }, { "2022-03-09", FALSE } };
  City *city = *state;

  for (guint i = 0; i < G_N_ELEMENTS (nights); i++) {
    night (city, nights[i].today);
    if (wrote_to (city, "bureau@") != nights[i].told)
      fail_msg ("%s: %stold", nights[i].today, nights[i].told ? "not " : "");
  }
}

static void
acknowledge__open_alert__no_reminder_until_it_runs_out (void **state)
{
  City *city = *state;

  judge (city, TARGET, AREA, "2022-02-01", 45, "off_track");
  night (city, "2022-03-05");
  assert_sql (city->db, "select plumbline.acknowledge('沈河区', '" TARGET "', '2022-03-20', '正在核实', 'zhang') > 0",
              "t");
  assert_sql (city->db, "select actor || ' ' || reason from plumbline.alert_event where actor <> 'plumbline'",
              "zhang 已确认，至2022-03-20：正在核实");
  night (city, "2022-03-13");
  assert_false (wrote_to (city, "shenhe@"));
  night (city, "2022-03-21"); /* the day after */
  assert_true (wrote_to (city, "shenhe@"));
  assert_true (wrote_to (city, "shenhe-head@"));
  assert_sql (city->db, "select ended_why from plumbline.alert_hold", "expired");
  night (city, "2022-03-22");
  assert_int_equal (city->queued->len, 0);
}

static void
acknowledge__wrong_calls__answered_by_a_number (void **state)
{
  City *city = *state;

  judge (city, TARGET, AREA, "2022-02-01", 45, "off_track");
  night (city, "2022-03-05");
  assert_sql (city->db, "select plumbline.acknowledge('和平区', '" TARGET "', '2022-03-20', 'x', 'zhang')", "0");
  assert_sql (city->db, "select plumbline.acknowledge('" AREA "', 'myopia_change', '2022-03-20', 'x', 'zhang')", "0");
  assert_sql (city->db, "select plumbline.acknowledge('" AREA "', '" TARGET "', '2022-03-05', 'x', 'zhang')", "-1");
  assert_sql (city->db, "select plumbline.silence('Nowhere', null, null, '2022-03-20', 'x', 'zhang')", "-2");
  assert_sql (city->db, "select plumbline.silence(null, 'nothing', null, '2022-03-20', 'x', 'zhang')", "-3");
  assert_sql (city->db, "select plumbline.silence(null, null, '2022-03-21', '2022-03-20', 'x', 'zhang')", "-1");
  assert_sql (city->db, "select count(*) from plumbline.alert_hold", "0");
}

static void
silence__district__judged_but_not_told_until_it_ends (void **state)
{
  City *city = *state;

  night (city, "2022-03-01");
  assert_sql (city->db, "select plumbline.silence('Shenhe', null, null, '2022-03-10', '合并学校', 'zhang') > 0", "t");
  judge (city, TARGET, AREA, "2022-02-01", 45, "off_track");
  assert_int_equal (night (city, "2022-03-05").firing, 1);
  assert_int_equal (city->queued->len, 0);
  night (city, "2022-03-11");
  assert_true (wrote_to (city, "shenhe@edu.example.invalid [警告|提醒1]"));
}

static void
alert_run__more_mails_than_a_night_may_send__the_city_alone (void **state)
{
  static const char *const areas[] = { "210102", "210103", "210104" };
  City *city = *state;
  AlertSummary summary = { 0 };

  for (guint i = 0; i < city->catalogue->thresholds->len; i++) {
    Threshold *threshold = city->catalogue->thresholds->pdata[i];

    if (strcmp (threshold->name, "alert_mails_per_night") == 0)
      threshold->value = 4;
  }
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++)
    judge (city, TARGET, areas[i], "2022-02-01", 45, "off_track");
  summary = night (city, "2022-03-05"); /* three districts, and the city in two languages */
  assert_int_equal (summary.withheld, 5);
  assert_int_equal (summary.queued, 2);
  assert_true (wrote_to (city, "bureau@"));
  assert_false (wrote_to (city, "shenhe@"));
}

static void
alert_run__the_same_night_again__leaves_nothing (void **state)
{
  City *city = *state;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  judge (city, TARGET, AREA, "2022-02-01", 45, "off_track");
  night (city, "2022-03-05");
  before = value_of (city->db, "select md5(string_agg(t::text, ' ')) from plumbline.outbox t");
  night (city, "2022-03-05");
  after = value_of (city->db, "select md5(string_agg(t::text, ' ')) from plumbline.outbox t");
  assert_string_equal (before, after);
}

static const Target *
find_target (const Catalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->targets->len; i++)
    if (strcmp (((const Target *)catalogue->targets->pdata[i])->target, name) == 0)
      return catalogue->targets->pdata[i];
  fail_msg ("no target %s", name);
  return NULL;
}

/* Enough schools have reported, and what they say is not yet below the level that so many may spend. */
static void
alert_run__the_last_reports_are_due__waits_for_them (void **state)
{
  static const struct {
    gboolean fires;
    const char *today, *alert;
  } nights[] = { { FALSE, "2022-05-01", "pending" }, { TRUE, "2022-05-09", "firing" } };
  City *city = *state;
  char *indicators[] = { NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (nights); i++) {
    const Target *target = find_target (city->catalogue, "myopia_change");
    GDate today = { 0 };
    g_autoptr (Results) results = NULL;
    g_autoptr (GError) error = NULL;
    ResultChanges changes = { 0 };
    VerdictRow row;

    g_date_set_parse (&today, nights[i].today);
    results = results_new (NULL, &today);
    row = results_empty_verdict (target, AREA);
    row.period = "2022-spring";
    row.complete = TRUE;
    row.schools_reporting = 28 + 2 * i;
    row.schools_expected = 30;
    row.verdict.word = VERDICT_UNCERTAIN;
    row.verdict.fires = nights[i].fires;
    row.verdict.pending = !nights[i].fires;
    row.verdict.reason.key = "verdict.reason.before_baseline";
    results_add_verdict (results, city->catalogue, &row);
    indicators[0] = target->indicator;
    if (!db_begin (city->db, &error) || !results_store (city->db, results, indicators, &changes, &error)
        || !db_commit (city->db, &error))
      fail_msg ("%s", error->message);
    night (city, nights[i].today);
    assert_sql (city->db, "select string_agg(state, ' ') from plumbline.alert", nights[i].alert);
    assert_int_equal (wrote_to (city, "shenhe@"), nights[i].fires);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (alert_run__the_last_reports_are_due__waits_for_them, set_up, tear_down),
    cmocka_unit_test_setup_teardown (alert_run__a_breach_and_its_year__each_notice_once, set_up, tear_down),
    cmocka_unit_test_setup_teardown (quiet__clock_was_ahead__told_after_a_week_and_not_every_night, set_up, tear_down),
    cmocka_unit_test_setup_teardown (acknowledge__open_alert__no_reminder_until_it_runs_out, set_up, tear_down),
    cmocka_unit_test_setup_teardown (acknowledge__wrong_calls__answered_by_a_number, set_up, tear_down),
    cmocka_unit_test_setup_teardown (silence__district__judged_but_not_told_until_it_ends, set_up, tear_down),
    cmocka_unit_test_setup_teardown (alert_run__more_mails_than_a_night_may_send__the_city_alone, set_up, tear_down),
    cmocka_unit_test_setup_teardown (alert_run__the_same_night_again__leaves_nothing, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
