/* An ingest of twenty files that is killed, or meets another: after the next one all is as if nothing had happened.
 * PLUMB_KILLS (3) says how often it is killed, PLUMB_KILL_SEED when. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include "base/folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INGEST "@db ingest --rejects-ok --today 2022-12-31"
#define FILES 20 /* the register, a refused file and reports that correct each other */
#define SCHOOLS 60
#define REFUSED 13

static Site *template; /* after init, never anything else */
static char *contents; /* of the tables, and */
static char *files;    /* of the state directory, after one undisturbed ingest */
static gint64 duration_us;

/* ------------------------------------------------------------------------------------------------------------------
   Twenty files */

static char *
register_file (void)
{
  GString *out = g_string_new ("school_code,name,district_code,stage,ownership\n");

  for (guint s = 0; s < SCHOOLS; s++)
    g_string_append_printf (out, "210102%04u,School %u,210102,primary,public\n", s, s);
  return g_string_free (out, FALSE);
}

/* Four files report each of the periods: the first gives all schools, the others correct some of their figures. */
static char *
report_file (guint number)
{
  GString *out = g_string_new ("school_code,period,grade,sex,examined,myopic\n");
  guint version = number % 4;

  for (guint s = 0; s < SCHOOLS; s++)
    for (guint cell = 0; cell < 12; cell++) {
      guint examined = 60 + (s * 7 + cell * 3) % 41;

      if (version == 0 || (s + cell) % 4 == version)
        g_string_append_printf (out, "210102%04u,%u-autumn,P%u,%c,%u,%u\n", s, 2017 + number / 4, 1 + cell / 2,
                                "MF"[cell % 2], examined, (s + cell) % 50 == 49 ? 9999 : examined / 3 + version);
    }
  if (number == REFUSED)
    g_string_assign (out, "nothing,that,means\nanything,at,all\n");
  return g_string_free (out, FALSE);
}

static void
fill_inbox (const Site *site)
{
  for (guint i = 0; i < FILES; i++) {
    g_autofree char *name = g_strdup_printf ("inbox/%02u.csv", i);
    g_autofree char *text = i == 0 ? register_file () : report_file (i);

    g_free (site_file (site, name, text));
  }
}

/* A copy of the empty database with the twenty files before it. */
static Site *
new_site (void)
{
  Site *site = site_copy (template, test_folder_new ());

  fill_inbox (site);
  return site;
}

static void
drop_site (Site *site)
{
  assert_true (folder_remove (site->state));
  site_drop (site);
}

/* ------------------------------------------------------------------------------------------------------------------
   What must be the same */

/* NULL when @site is as after an undisturbed ingest; else what is not. */
static char *
difference (const Site *site)
{
  g_autofree char *rows = site_contents (site), *bytes = site_files (site, NULL);
  g_autofree char *twice = site_query (
      site, "select string_agg(sha256 || ' ' || n, ', ') from (select sha256, count(*) n from plumbline.batch"
            " group by sha256 having count(*) > 1) b");

  if (twice != NULL)
    return g_strdup_printf ("more than one batch of a file: %s", twice);
  if (strcmp (rows, contents) != 0)
    return g_strdup_printf ("tables:\n%s\nnot\n%s", rows, contents);
  if (strcmp (bytes, files) != 0)
    return g_strdup_printf ("files:\n%s\nnot\n%s", bytes, files);
  return NULL;
}

static void
expect_no_difference (const Site *site, const char *when)
{
  g_autofree char *found = difference (site);

  if (found != NULL)
    fail_msg ("%s: %s", when, found);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Every byte that came in lies in the archive, or in quarantine, under its hash. */
static void
ingest__undisturbed__loads_each_file_once_and_keeps_every_byte (void **state)
{
  (void)state;
  for (guint i = 0; i < FILES; i++) {
    g_autofree char *text = i == 0 ? register_file () : report_file (i);
    g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
    g_autofree char *line
        = g_strdup_printf ("/%s/%s-%02u.csv %s", i == REFUSED ? "quarantine" : "archive", sum, i, sum);

    if (strstr (files, line) == NULL)
      fail_msg ("no %s among\n%s", line, files);
  }
  assert_null (strstr (files, "/inbox/"));
}

/* By then so many files are on record, however busy the machine is. */
static void
wait_for_batches (const Site *site, gint wanted)
{
  g_autoptr (Db) db = site_connect (site);
  gint64 until = g_get_monotonic_time () + G_TIME_SPAN_MINUTE;

  while (g_get_monotonic_time () < until) {
    g_autofree char *count = value_of (db, "select count(*) from plumbline.batch");

    if (g_ascii_strtoll (count, NULL, 10) >= wanted)
      return;
    g_usleep (500);
  }
  fail_msg ("%d files are not on record within a minute", wanted);
}

/* FALSE when the ingest was quicker than the killer. */
static gboolean
kill_once (GRand *moments)
{
  Site *site = new_site ();
  gint files_before = g_rand_int_range (moments, 0, FILES);
  gulong after = (gulong)(g_rand_double (moments) * (double)duration_us / FILES);
  g_autofree char *when = g_strdup_printf ("killed %lu us after %d files", after, files_before);
  GPid pid = site_spawn (site, INGEST);
  int status = 0;

  wait_for_batches (site, files_before);
  g_usleep (after);
  status = site_end (pid, SIGKILL);
  assert_true (status == 0 || status == 128 + SIGKILL);
  site_expect (site, INGEST, 0, "");
  expect_no_difference (site, when);
  drop_site (site);
  return status != 0;
}

static guint
number_from (const char *variable, guint otherwise)
{
  const char *text = g_getenv (variable);

  return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
ingest__killed_at_any_moment__the_next_one_leaves_what_an_undisturbed_one_does (void **state)
{
  guint wanted = number_from ("PLUMB_KILLS", 3), killed = 0, tries = 0;
  g_autoptr (GRand) moments = g_rand_new_with_seed (number_from ("PLUMB_KILL_SEED", 20221231));

  (void)state;
  while (killed < wanted) {
    if (++tries > 10 + 3 * wanted)
      fail_msg ("%u ingests were over before they could be killed", tries - killed);
    killed += kill_once (moments);
    if (wanted > 10)
      print_message ("# %u of %u killed\n", killed, wanted);
  }
  print_message ("# %u ingests killed with SIGKILL, %u more were over before\n", killed, tries - killed);
}

/* The comparison is worth nothing unless it sees what it is for: each harm is done, seen and undone. */
static void
ingest__something_lost_or_changed__the_comparison_sees_it (void **state)
{
  static const char *const harms[][2] = {
    { "create table public.kept as with gone as (delete from feed.myopia where school_code = '2101020007' and grade = "
      "'P3'"
      " and sex = 'F' and year = 2021 returning *) select * from gone",
      "insert into feed.myopia select * from public.kept; drop table public.kept" },
    { "update feed.myopia set myopic = myopic + 1 where school_code = '2101020007' and year = 2021",
      "update feed.myopia set myopic = myopic - 1 where school_code = '2101020007' and year = 2021" },
    { "create table public.kept as with gone as (delete from plumbline.reject returning *) select * from gone",
      "insert into plumbline.reject overriding system value select * from public.kept; drop table public.kept" },
  };
  Site *site = new_site ();

  (void)state;
  site_expect (site, INGEST, 0, "");
  for (gsize i = 0; i < G_N_ELEMENTS (harms); i++) {
    g_autoptr (Db) db = site_connect (site);
    g_autofree char *harmed = NULL;

    run_sql (db, harms[i][0]);
    harmed = difference (site);
    if (harmed == NULL)
      fail_msg ("unseen: %s", harms[i][0]);
    run_sql (db, harms[i][1]);
    expect_no_difference (site, harms[i][1]);
  }
  g_free (site_file (site, "archive/more", "x"));
  {
    g_autofree char *harmed = difference (site);

    assert_non_null (harmed);
  }
  drop_site (site);
}

#define BLOCKED_SQL                                                                                                    \
  "select count(*) > 0 from pg_stat_activity where application_name like 'plumbline ingest %' and wait_event_type = "  \
  "'Lock' and datname = current_database()"

static void
ingest__beside_another__75_and_nothing_is_loaded_twice (void **state)
{
  Site *site = new_site ();
  g_autoptr (Db) db = site_connect (site);
  GPid first = 0;
  int status = 0;

  (void)state;
  run_sql (db, "set idle_in_transaction_session_timeout = '60s'; begin; lock table feed.myopia");
  first = site_spawn (site, INGEST);
  if (!site_wait (site, BLOCKED_SQL, "t"))
    fail_msg ("the first ingest does not wait");
  site_expect (site, INGEST, 75, "another run holds the lock: ingest, process");
  run_sql (db, "rollback");
  g_clear_pointer (&db, db_close);
  assert_int_equal (waitpid (first, &status, 0), first);
  assert_int_equal (status, 0);
  expect_no_difference (site, "beside another");
  drop_site (site);
}

/* Whoever comes first works, whoever comes meanwhile goes, whoever comes late finds nothing to do. */
static void
ingest__four_started_at_once__each_file_is_loaded_once (void **state)
{
  GPid pids[4] = { 0 };
  guint worked = 0;
  Site *site = new_site ();

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (pids); i++)
    pids[i] = site_spawn (site, INGEST);
  for (gsize i = 0; i < G_N_ELEMENTS (pids); i++) {
    int status = 0;

    assert_int_equal (waitpid (pids[i], &status, 0), pids[i]);
    assert_true (WIFEXITED (status) && (WEXITSTATUS (status) == 0 || WEXITSTATUS (status) == 75));
    worked += WEXITSTATUS (status) == 0;
  }
  assert_in_range (worked, 1, 4);
  expect_no_difference (site, "four at once");
  drop_site (site);
}

static int
set_up (void **state)
{
  Site *site = NULL;
  gint64 started = 0;

  (void)state;
  if (site_program () == NULL)
    return -1;
  template = site_new ();
  site = new_site ();
  started = g_get_monotonic_time ();
  site_expect (site, INGEST, 0, "");
  duration_us = g_get_monotonic_time () - started;
  site_expect_sql (site, "select count(*) > 2000 from feed.myopia", "t");
  site_expect_sql (site, "select count(*) > 500 from feed.myopia_history", "t");
  site_expect_sql (site, "select count(*) > 10 from plumbline.reject", "t");
  contents = site_contents (site);
  files = site_files (site, NULL);
  drop_site (site);
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_free (contents);
  g_free (files);
  site_free (template);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (ingest__undisturbed__loads_each_file_once_and_keeps_every_byte),
    cmocka_unit_test (ingest__something_lost_or_changed__the_comparison_sees_it),
    cmocka_unit_test (ingest__killed_at_any_moment__the_next_one_leaves_what_an_undisturbed_one_does),
    cmocka_unit_test (ingest__beside_another__75_and_nothing_is_loaded_twice),
    cmocka_unit_test (ingest__four_started_at_once__each_file_is_loaded_once),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
