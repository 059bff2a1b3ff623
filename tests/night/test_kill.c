/* kill -9 at every call of an alert run that has an effect, from the first statement to the last farewell: no mail is
 * lost, and one comes twice only where nobody can know whether it arrived. */
#include "../support/postbox.h"
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TODAY "2022-12-31"
#define MAILS 3       /* to a district that drifts, and to the city in both languages */
#define MAX_CALLS 300 /* far more than a run of this size makes */

#define DRIFT                                                                                                          \
  "insert into plumbline.verdict (district_code, plan, target, indicator, area_code, as_of, period, baseline_value, "  \
  "baseline_source, value_now, numerator, denominator, path_now, target_value, deadline, deviation, fires, complete, " \
  "schools_reporting, schools_expected, verdict, reason, reason_en, known_from)"                                       \
  " select '210103', plan, target, indicator, '210103', '2022-09-01', '2022-spring', 40, 'reported', 40, 400, 1000, "  \
  "50, 54, '2022-12-31', 10, true, true, 30, 30, 'off_track', '理由', 'reason', now()"                               \
  " from plumbline.target where target = 'kindergarten_public'"

/* A server finishes the statement of a client that is gone. */
#define STILL_THERE                                                                                                    \
  "select count(*) from pg_stat_activity where datname = current_database() and application_name like 'plumbline %'"

static Site *site;
static Db *db;
static Postbox *box;
static char *strace; /* its path */
static char *run_line;
static GHashTable *queued; /* MD5s of all mails so far: one of an earlier run may arrive late */
static guint first_call;   /* sendto after which the states were committed: a kill before it leaves nothing at all */

/* strace counts each by itself. */
static const char *const names[]
    = { "sendto", "write", "connect", "rename", "renameat", "renameat2", "fsync", "unlink", "mkdir" };

/* What a kill did, as the next run and the operator find it. */
typedef struct {
  guint calls; /* at which the run was killed */
  guint lost, doubled, unexplained, changed;
} Tally;

static void
start_anew (void)
{
  run_sql (db, "truncate plumbline.outbox, plumbline.alert, plumbline.alert_history, plumbline.alert_event, "
               "plumbline.alert_timer");
  postbox_empty (box);
}

/* FALSE when the run came to its end before its call number @call of that name. */
static gboolean
run_killed_at (const char *name, guint call)
{
  g_autofree char *wrapper
      = g_strdup_printf ("%s -qq -o /dev/null -e trace=%s -e inject=%s:signal=KILL:when=%u", strace, name, name, call);
  g_auto (Result) result = site_run_under (site, wrapper, run_line);

  if (result.status != 0 && result.status != 128 + SIGKILL)
    fail_msg ("%s %u: exit %d: %s", name, call, result.status, result.err);
  return result.status != 0;
}

static guint
count_sql (const char *sql)
{
  g_autofree char *value = value_of (db, sql);

  return (guint)atoi (value);
}

/* @begun: MD5s of the mails of which the killed run had begun an attempt and not marked it as sent: it may have been.
 */
static void
compare (const char *begun, Tally *tally)
{
  g_autoptr (GPtrArray) mails = postbox_mails (box);
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) rows = db_queryv (db, &error, "select md5(content) as md5 from plumbline.outbox", DB_END);

  assert_non_null (rows);
  assert_int_equal (PQntuples (rows), MAILS);
  for (int i = 0; i < PQntuples (rows); i++) {
    guint count = postbox_times (mails, db_get (rows, i, "md5"));

    g_hash_table_add (queued, g_strdup (db_get (rows, i, "md5")));
    tally->lost += count == 0;
    tally->doubled += count > 1;
    tally->unexplained += count > 2 || (count == 2 && strstr (begun, db_get (rows, i, "md5")) == NULL);
  }
  for (guint i = 0; i < mails->len; i++)
    tally->changed += !g_hash_table_contains (queued, mails->pdata[i]);
  assert_sql (db, "select string_agg(state, ' ') || (select count(*) from plumbline.alert_event) from plumbline.alert",
              "firing1");
}

/* The run is killed at its call number @call of that name, and the next one comes when claims and pauses have run out.
 */
static gboolean
kill_and_run_again (const char *name, guint call, Tally *tally)
{
  g_autofree char *begun = NULL;
  gboolean killed = FALSE;

  start_anew ();
  killed = run_killed_at (name, call);
  tally->calls += killed;
  assert_true (site_wait (site, STILL_THERE, "0"));
  begun
      = value_of (db, "select string_agg(md5(content), ' ') from plumbline.outbox where sent_at is null and tries > 0");
  run_sql (db, "update plumbline.outbox set lease_until = null, next_try = null where sent_at is null");
  site_expect (site, run_line, 0, "");
  compare (begun, tally);
  return killed;
}

/* The first call of that name that finds the states committed; one after the last when none does. */
static guint
first_after_commit (const char *name)
{
  guint call = 1;

  start_anew ();
  while (run_killed_at (name, call) && count_sql ("select count(*) from plumbline.outbox") == 0) {
    call++;
    assert_in_range (call, 1, MAX_CALLS);
    start_anew ();
  }
  return call;
}

static void
alert__killed_at_every_call__nothing_lost_and_no_duplicate_unexplained (void **state)
{
  Tally tally = { 0 };
  guint before = 0;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    guint first = first_after_commit (names[i]);

    for (guint call = MAX (first, 2) - 1; kill_and_run_again (names[i], call, &tally); call++)
      assert_in_range (call, 1, MAX_CALLS);
    before += first - 1;
    if (i == 0)
      first_call = first;
  }
  print_message (
      "# killed at %u calls before and %u after the commit: %u lost, %u came twice, %u of them unexplained\n", before,
      tally.calls, tally.lost, tally.doubled, tally.unexplained);
  assert_int_equal (tally.lost, 0);
  assert_int_equal (tally.unexplained, 0);
  assert_int_equal (tally.changed, 0);
  assert_in_range (tally.doubled, 1, tally.calls);
  assert_in_range (tally.calls, 20, MAX_CALLS);
}

static void
alert__marks_before_sending__the_harness_notices (void **state)
{
  Tally tally = { 0 };
  guint call = first_call;

  (void)state;
  run_sql (db, "create function public.mark() returns trigger language plpgsql as"
               " $$ begin if new.tries > old.tries then new.sent_at = now(); end if; return new; end $$;"
               "create trigger mark before update on plumbline.outbox for each row execute function public.mark()");
  while (tally.lost == 0 && kill_and_run_again (names[0], call, &tally))
    call++;
  run_sql (db, "drop trigger mark on plumbline.outbox; drop function public.mark()");
  assert_in_range (tally.lost, 1, MAILS);
}

static int
set_up (void **state)
{
  g_autofree char *way = NULL;

  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  db = site_connect (site);
  box = postbox_new (POSTBOX_RUDE);
  run_sql (db, DRIFT);
  queued = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  strace = g_find_program_in_path ("strace");
  assert_non_null (strace);
  assert_true (g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE)); /* which cannot be done to a process under strace */
  /* Nothing to draw pictures with, which takes longer than all the rest. */
  assert_true (g_setenv ("PATH", "/nowhere", TRUE));
  way = postbox_options (box, "smtps");
  run_line = g_strdup_printf ("@db alert --quiet --today " TODAY " %s", way);
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_hash_table_unref (queued);
  g_free (run_line);
  g_free (strace);
  postbox_free (box);
  db_close (db);
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (alert__killed_at_every_call__nothing_lost_and_no_duplicate_unexplained),
    cmocka_unit_test (alert__marks_before_sending__the_harness_notices),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
