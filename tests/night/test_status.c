/* What status and alerts tell a person, in both languages, of a site on which everything that can be open is open. */
#include "../support/site.h"
#include "../support/sql.h"

#include <glib/gstdio.h>
#include <string.h>

#define TODAY " --today 2022-12-31 "
#define SCHOOLS 40u

static Site *site;

static void
expect_in (const char *text, const char *expected)
{
  if (strstr (text, expected) == NULL)
    fail_msg ("%s is not in: %s", expected, text);
}

static void
expect_out (const char *line, const char *expected)
{
  g_auto (Result) result = site_run (site, line);

  if (result.status != 0)
    fail_msg ("%s: exit %d: %s", line, result.status, result.err);
  expect_in (result.out, expected);
}

/* Refused rows of a known district and of none, rows to be confirmed, a refused file. */
static void
fill_inbox (void)
{
  g_autoptr (GString) schools = g_string_new ("school_code,name,district_code,stage,ownership\n");
  g_autoptr (GString) myopia = g_string_new ("SIMULATED\nschool_code,period,grade,sex,examined,myopic\n");

  for (guint s = 0; s < SCHOOLS; s++) {
    g_string_append_printf (schools, "210102%04u,School %u,210102,primary,public\n", s, s);
    for (guint wave = 0; wave < 2; wave++)
      g_string_append_printf (myopia, "210102%04u,202%u-autumn,P1,M,%u,%u\n", s, 1 + wave, 60 + s,
                              s == 3   ? 999
                              : s == 4 ? 5 + 50 * wave
                                       : 22);
  }
  g_string_append (myopia, "9999990001,2022-autumn,P1,M,60,20\n");
  g_free (site_file (site, "inbox/1.csv", schools->str));
  g_free (site_file (site, "inbox/2.csv", myopia->str));
  g_free (site_file (site, "inbox/3.csv", "nothing,that,means\nanything,at,all\n"));
}

static void
status__before_anything__says_none (void **state)
{
  g_autoptr (Db) db = site_connect (site);
  g_auto (Result) result = site_run (site, "@db status --language en");

  (void)state;
  run_sql (db, "delete from plumbline.run");
  expect_out ("@db status", "last run   none\n");
  assert_int_equal (result.status, 0);
  expect_in (result.out, "inbox      0 files waiting");
  expect_in (result.out, "files      0 loaded, 0 refused; 0 rows accepted, 0 rejected");
  assert_null (strstr (result.out, "refused by the last run"));
  assert_null (strstr (result.out, "to be confirmed"));
  expect_out ("@db alerts", "no alerts\n");
}

static void
status__files_still_being_written__do_not_count (void **state)
{
  g_autofree char *folder = g_build_filename (site->state, "inbox", "folder", NULL);
  static const char *const names[] = { "inbox/.hidden.csv", "inbox/half.csv.part", "inbox/whole.csv" };
  g_autofree char *last = NULL;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_free (last);
    last = site_file (site, names[i], "x\n");
    expect_out ("@db status", i < 2 ? "inbox      0 files waiting" : "inbox      1 file waiting");
  }
  assert_int_equal (g_remove (last), 0);
  assert_int_equal (g_mkdir (folder, 0755), 0);
  expect_out ("@db status", "inbox      0 files waiting");
  assert_int_equal (g_rmdir (folder), 0);
}

static void
status__rows_and_files_were_refused__names_districts_files_and_batches (void **state)
{
  static const struct {
    const char *line, *expected;
  } cases[] = {
    { "@db status --language en", "Heping" },
    { "@db status", "和平区" },
    { "@db status", "(no known district)" },
    { "@db status", "refused," },
    { "@db status", "files      2 loaded, 1 refused" },
    { "@db status", "THE DATA ARE SIMULATED" },
    { "@db status", "files refused by the last run that took files in\n  3.csv: R-HEADER: " },
    { "@db status", "to be confirmed (plumbline confirm BATCH --comment TEXT)\n  batch " },
    { "@db status", "2.csv: " },
    { "@db status --json", "\"rules\"" },
  };

  (void)state;
  fill_inbox ();
  site_expect (site, "@db nightly --rejects-ok" TODAY, 0, "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    expect_out (cases[i].line, cases[i].expected);
}

/* A file of its own run with @rows of myopia; the number of its batch, to be freed. */
static char *
take (const char *name, const char *rows)
{
  g_autofree char *text = g_strconcat ("school_code,period,grade,sex,examined,myopic\n", rows, NULL);
  g_autofree char *path = site_file (site, name, text);
  g_autofree char *line = g_strdup_printf ("@db ingest --rejects-ok%s%s", TODAY, path);

  site_expect (site, line, 0, "");
  return site_query (site, "select max(batch_id) from plumbline.batch");
}

static void
decide (const char *command, const char *batch, const char *expected)
{
  const char *why = g_str_equal (command, "confirm") ? "--comment" : "--reason";
  g_autofree char *line = g_strdup_printf ("@db %s %s %s because", command, batch, why);

  expect_out (line, expected);
}

/* What status says of @batch, and of the last run: refused, to be confirmed, files. NULL when it is not named. */
static void
expect_doubt (const char *batch, const char *unconfirmed, const char *last)
{
  g_autofree char *name = g_strdup_printf ("\n  batch %s, ", batch);
  g_auto (Result) result = site_run (site, "@db status --language en");
  const char *found = strstr (result.out, name);

  assert_int_equal (result.status, 0);
  if (unconfirmed == NULL && found != NULL)
    fail_msg ("batch %s is in: %s", batch, result.out);
  if (unconfirmed != NULL && (found == NULL || !g_str_has_prefix (found + strlen (name), unconfirmed)))
    fail_msg ("not %s of batch %s: %s", unconfirmed, batch, result.out);
  if (last != NULL)
    expect_in (result.out, last);
  else
    assert_null (strstr (result.out, "rows refused by the last run"));
}

/* Two rows with one key, doubtful each; one that is in doubt alone; one with two faults. */
#define TWICE "2101020030,2018-spring,P1,M,90,90\n2101020030,2018-spring,P1,M,91,91\n"
#define DOUBTFUL "2101020031,2018-spring,P1,M,91,91\n"
#define WRONG "2101020032,2018-spring,P1,M,many,few\n"
#define GOOD "2101020035,2018-spring,P1,M,92,30\n2101020036,2018-spring,P1,M,92,31\n"

static void
status__a_row_in_doubt__counted_until_it_is_confirmed (void **state)
{
  g_autofree char *batch = take ("d1.csv", TWICE DOUBTFUL WRONG GOOD);

  (void)state;
  expect_doubt (batch, "d1.csv: 1 row, R-PLAUSIBLE\n", "  Heping  3  refused,  1  to be confirmed, in  1  file\n");
  decide ("confirm", batch, ": 1 row confirmed; ");
  expect_doubt (batch, NULL, "  Heping  3  refused,  0  to be confirmed, in  1  file\n");
}

static void
status__a_row_in_doubt__counted_until_it_is_withdrawn (void **state)
{
  g_autofree char *batch = take ("d2.csv", "2101020031,2016-spring,P1,M,91,30\n2101020033,2016-spring,P2,M,93,93\n");

  (void)state;
  expect_doubt (batch, "d2.csv: 1 row, R-PLAUSIBLE\n", "  Heping  0  refused,  1  to be confirmed, in  1  file\n");
  decide ("withdraw", batch, ": 2 rows withdrawn; ");
  expect_doubt (batch, NULL, NULL);
}

/* What superseded them may be withdrawn, though somebody had confirmed the batch in between. */
static void
status__a_row_in_doubt__counted_unless_it_is_superseded (void **state)
{
  g_autofree char *batch = take ("d3.csv", "2101020034,2014-spring,P1,M,94,94\n2101020034,2011-autumn,P1,M,94,94\n");
  g_autofree char *half = NULL, *whole = NULL;

  (void)state;
  expect_doubt (batch, "d3.csv: 2 rows, R-PLAUSIBLE\n", "  Heping  0  refused,  2  to be confirmed, in  1  file\n");
  half = take ("d4.csv", "2101020034,2014-spring,P1,M,94,33\n");
  expect_doubt (batch, "d3.csv: 1 row, R-PLAUSIBLE\n", NULL);
  whole = take ("d5.csv", "2101020034,2011-autumn,P1,M,94,30\n");
  expect_doubt (batch, NULL, NULL);
  decide ("confirm", batch, ": nothing of it awaits confirmation\n");
  expect_doubt (batch, NULL, NULL);
  decide ("withdraw", whole, ": 1 row withdrawn; ");
  expect_doubt (batch, "d3.csv: 1 row, R-PLAUSIBLE\n", NULL);
  decide ("confirm", batch, ": 1 row confirmed; ");
  expect_doubt (batch, NULL, NULL);
}

static void
withdraw__later_files_had_superseded_it__says_so (void **state)
{
  g_autofree char *batch = take ("d7.csv", "2101020036,2006-spring,P1,M,94,33\n");
  g_autofree char *later = take ("d8.csv", "2101020036,2006-spring,P1,M,94,34\n");

  (void)state;
  (void)later;
  decide ("withdraw", batch, ": withdrawn; later files had superseded all of its rows\n");
}

/* What came again as it was is not on record row by row. */
static void
withdraw__a_later_file_had_the_same_rows__names_it (void **state)
{
  g_autofree char *batch = take ("d9.csv", "2101020036,2007-spring,P1,M,94,33\n2101020036,2007-spring,P1,F,94,30\n");
  g_autofree char *later = take ("d10.csv", "2101020036,2007-spring,P1,M,94,33\n2101020036,2007-spring,P2,F,94,30\n");
  g_autofree char *other = take ("d11.csv", "2101020036,2007-spring,P1,F,94,29\n");
  g_autofree char *words = g_strdup_printf (
      "batch %s, d10.csv, came later and had 1 row of these districts and periods as they were then", later);
  g_autofree char *back = g_strdup_printf ("d9.csv is batch %s; batch %s, d11.csv, has changed rows", batch, other);
  g_autofree char *line = g_strdup_printf ("@db ingest%s%s/d9.csv", TODAY, site->state);

  (void)state;
  expect_out (line, back);
  decide ("withdraw", batch, words);
}

/* A clock that was set back is no bug of the program's. */
static void
measure__a_day_before_the_data__78_and_why (void **state)
{
  (void)state;
  site_expect (site, "@db measure --today 2010-06-30", 78, "today is 2010-06-30, but 2022-autumn, which begins later");
}

/* A file that is refused as a whole is no row. */
static void
status__a_file_without_header__no_row_refused (void **state)
{
  g_autofree char *path = site_file (site, "d6.csv", "no,header\nof,ours\n");
  g_autofree char *line = g_strdup_printf ("@db ingest --rejects-ok%s%s", TODAY, path);

  (void)state;
  site_expect (site, line, 0, "");
  expect_out ("@db status", "files refused by the last run that took files in\n  d6.csv: R-HEADER: ");
  expect_doubt ("0", NULL, NULL);
}

static void
status__headlines__a_row_an_area_and_a_dot_where_nothing_is_judged (void **state)
{
  (void)state;
  expect_out ("@db status --language en", "myopia_change");
  site_expect_sql (site,
                   "with gone as (delete from plumbline.verdict where target = 'obesity_growth' and area_code = "
                   "'210102' returning 1) select count(*) from gone",
                   "1");
  expect_out ("@db status", "·");
}

static void
status__last_run__age_and_ending (void **state)
{
  static const struct {
    const char *columns, *values, *expected;
  } cases[] = {
    { "started_at, finished_at, exit_status, error", "now(), now() + interval '1.5 seconds', 0, null",
      " s ago: exit 0 after 1.5 s\n" },
    { "started_at, finished_at, exit_status, error", "now() - interval '3 minutes', now(), 69, 'no server'",
      "3 min ago: exit 69 after 180.0 s: no server\n" },
    { "started_at", "now() - interval '5 hours'", "5 h ago: not finished\n" },
    { "started_at, error", "now() - interval '4 days', 'did not finish'", "4 days ago: did not finish\n" },
  };
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sql
        = g_strdup_printf ("insert into plumbline.run (command, today, version, %s) values ('measure', '2022-01-01', "
                           "'x', %s)",
                           cases[i].columns, cases[i].values);

    run_sql (db, sql);
    expect_out ("@db status", cases[i].expected);
  }
}

static void
status__mails_that_did_not_go_out__say_why (void **state)
{
  static const char *const expected[] = {
    "mail       1 queued since 2022-",
    "1 sent, 1 given up, 1 kept back by mail.only_to\n",
    "b@x, given up, 9 tries: 550 no such person\n",
    "c@x, next from 2023-01-01 ",
    "1 try: 451 later\n",
  };
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  run_sql (
      db, "delete from plumbline.outbox;"
          "insert into plumbline.outbox (district_code, recipient, address, message_id, subject, content, queued_at, "
          "sent_at, "
          "tries, next_try, last_error, dead, kept_back) values"
          " ('210100', 'a', 'a@x', 'a', 's', '', '2022-12-30 12:00', '2022-12-30', 1, null, null, false, false),"
          " ('210100', 'b', 'b@x', 'b', 's', '', '2022-12-30 12:00', null, 9, null, '550 no such person', true, false),"
          " ('210100', 'c', 'c@x', 'c', 's', '', '2022-12-30 12:00', null, 1, '2023-01-01 12:00', '451 later', false, "
          "false),"
          " ('210100', 'd', 'd@x', 'd', 's', '', '2022-12-30 12:00', null, 0, null, null, true, true)");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    expect_out ("@db status --language en", expected[i]);
  run_sql (db, "delete from plumbline.outbox");
}

static void
alerts__of_each_state_and_one_held__listed_with_reason_and_hold (void **state)
{
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  run_sql (db, "delete from plumbline.alert;"
               "insert into plumbline.alert (district_code, plan, target, area_code, state, severity, since, reason, "
               "reason_en, fingerprint, known_from) values"
               " ('210103', '2022', 'myopia_change', '210103', 'firing', 'critical', '2022-09-05', '理由', 'why', 'f', "
               "now()),"
               " ('210102', '2022', 'myopia_change', '210102', 'recovering', 'warning', '2022-09-05', '理由', 'why', "
               "'f', now()),"
               " ('210104', '2022', 'obesity_growth', '210104', 'pending', 'notice', '2022-09-05', '理由', 'why', 'f', "
               "now())");
  expect_out ("@db status", "alerts     1 firing, 1 recovering, 1 pending\n");
  site_expect (site, "@db silence 210103 all --until 2099-01-01 --comment holidays", 0, "");
  expect_out ("@db alerts", "理由");
  expect_out ("@db alerts --language en", "why");
  expect_out ("@db alerts", "silence");
  expect_out ("@db alerts", "2099-01-01");
  expect_out ("@db alerts --json", "\"hold_comment\": \"holidays\"");
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (status__before_anything__says_none),
    cmocka_unit_test (status__files_still_being_written__do_not_count),
    cmocka_unit_test (status__rows_and_files_were_refused__names_districts_files_and_batches),
    cmocka_unit_test (status__a_row_in_doubt__counted_until_it_is_confirmed),
    cmocka_unit_test (status__a_row_in_doubt__counted_until_it_is_withdrawn),
    cmocka_unit_test (withdraw__later_files_had_superseded_it__says_so),
    cmocka_unit_test (withdraw__a_later_file_had_the_same_rows__names_it),
    cmocka_unit_test (measure__a_day_before_the_data__78_and_why),
    cmocka_unit_test (status__a_row_in_doubt__counted_unless_it_is_superseded),
    cmocka_unit_test (status__a_file_without_header__no_row_refused),
    cmocka_unit_test (status__headlines__a_row_an_area_and_a_dot_where_nothing_is_judged),
    cmocka_unit_test (status__last_run__age_and_ending),
    cmocka_unit_test (status__mails_that_did_not_go_out__say_why),
    cmocka_unit_test (alerts__of_each_state_and_one_held__listed_with_reason_and_hold),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
