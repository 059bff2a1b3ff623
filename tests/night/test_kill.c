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
#define MAILS 2       /* to the city, in both languages, that all is quiet */
#define MAX_CALLS 300 /* far more than a run of this size makes */
#define CALLS "sendto,write,connect,rename,renameat,renameat2,fsync,unlink,mkdir"

static Site *site;
static Db *db;
static Postbox *box;
static char *run_line;
static guint first_call; /* after the states were committed: a kill before it leaves nothing at all */

/* What a kill did, as the next run and the operator find it. */
typedef struct {
  guint calls; /* at which the run was killed */
  guint lost, doubled, unexplained, changed;
} Tally;

static void
start_anew (void)
{
  run_sql (db, "truncate plumbline.outbox");
  postbox_empty (box);
}

/* FALSE when the run came to its end before its call number @call. */
static gboolean
run_killed_at (guint call)
{
  g_autofree char *strace
      = g_strdup_printf ("strace -qq -o /dev/null -e trace=" CALLS " -e inject=" CALLS ":signal=KILL:when=%u", call);
  g_auto (Result) result = site_run_under (site, strace, run_line);

  if (result.status != 0 && result.status != 128 + SIGKILL)
    fail_msg ("call %u: exit %d: %s", call, result.status, result.err);
  return result.status != 0;
}

static guint
count_sql (const char *sql)
{
  g_autofree char *value = value_of (db, sql);

  return (guint)atoi (value);
}

/* How often the bytes with this MD5 arrived. */
static guint
count_of (const GPtrArray *mails, const char *md5)
{
  guint count = 0;

  for (guint i = 0; i < mails->len; i++)
    count += strcmp (mails->pdata[i], md5) == 0;
  return count;
}

/* @claimed: MD5s of the mails that the killed run had claimed and not marked: of those it may have sent one. */
static void
compare (const char *claimed, Tally *tally)
{
  g_autoptr (GPtrArray) mails = postbox_mails (box);
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) rows = db_queryv (db, &error, "select md5(content) as md5 from plumbline.outbox", DB_END);
  guint known = 0;

  assert_non_null (rows);
  assert_int_equal (PQntuples (rows), MAILS);
  for (int i = 0; i < PQntuples (rows); i++) {
    guint count = count_of (mails, db_get (rows, i, "md5"));

    known += count;
    tally->lost += count == 0;
    tally->doubled += count > 1;
    tally->unexplained += count > 2 || (count == 2 && strcmp (claimed, db_get (rows, i, "md5")) != 0);
  }
  tally->changed += mails->len - known;
}

/* The run is killed at its call number @call, and the next one comes when the claims have run out. */
static gboolean
kill_and_run_again (guint call, Tally *tally)
{
  g_autofree char *claimed = NULL;
  gboolean killed = FALSE;

  start_anew ();
  killed = run_killed_at (call);
  tally->calls += killed;
  claimed = value_of (
      db,
      "select string_agg(md5(content), ' ') from plumbline.outbox where sent_at is null and lease_until is not null");
  run_sql (db, "update plumbline.outbox set lease_until = now() where lease_until is not null");
  site_expect (site, run_line, 0, "");
  compare (claimed, tally);
  return killed;
}

static void
alert__killed_at_every_call__nothing_lost_and_no_duplicate_unexplained (void **state)
{
  Tally tally = { 0 };

  (void)state;
  for (first_call = 1; first_call < MAX_CALLS; first_call++) {
    start_anew ();
    assert_true (run_killed_at (first_call));
    if (count_sql ("select count(*) from plumbline.outbox") > 0)
      break;
  }
  for (guint call = first_call - 1; kill_and_run_again (call, &tally); call++)
    assert_in_range (call, 1, MAX_CALLS);
  print_message (
      "# killed at %u calls before and %u after the commit: %u lost, %u came twice, %u of them unexplained\n",
      first_call - 1, tally.calls, tally.lost, tally.doubled, tally.unexplained);
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
  while (tally.lost == 0 && kill_and_run_again (call, &tally))
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
  way = postbox_options (box, "smtps");
  run_line = g_strdup_printf ("@db alert --quiet --today " TODAY " %s", way);
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_free (run_line);
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
