/* A night that is killed at any call that has an effect: the next one finishes its work, and nothing shows it.
 * PLUMB_FAULTS says how many calls are tried, 0: every one. */
#include "../support/fault.h"
#include "../support/sql.h"

#include <signal.h>

#define CALLS "write,sendto,connect,fsync,rename,renameat,renameat2,unlink,mkdir"
#define USUAL 8

static void
night__killed_at_any_call__the_next_one_finishes (void **state)
{
  const GPtrArray *places = fault_places ();
  guint wanted = fault_wanted (places->len, USUAL);
  Tally *tally = tally_new ("kill -9 at a call", "killed between sending and marking");

  (void)state;
  for (guint i = 0; i < wanted; i++) {
    const char *place = places->pdata[fault_place (i, places->len)];
    Site *site = fault_site_new ();
    g_autofree char *when = g_strdup_printf ("killed at %s", place);
    g_auto (Result) result = fault_hurt (site, place, "signal=KILL");

    if (result.status != 0 && result.status != 128 + SIGKILL)
      fail_msg ("%s: exit %d: %s", when, result.status, result.err);
    tally_status (tally, result.status);
    fault_finish (site, tally, when);
  }
  tally_end (tally);
}

/* Planted harms: the comparison must see each, or the table above is worth nothing. */
static void
harness__planted_harm__is_caught (void **state)
{
  static const char *const harms[] = {
    "delete from feed.myopia where school_code = '2101020007'",
    "update feed.myopia set myopic = myopic + 1 where school_code = '2101020007' and year = 2021 and grade = 'P1'",
    "update plumbline.batch set rows_accepted = rows_accepted + 1 where file_name = '2.csv'",
    "delete from plumbline.reject",
    "update plumbline.outbox set sent_at = null",
  };
  g_autofree char *line = fault_night ("");
  guint caught = 0;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (harms); i++) {
    Site *site = fault_site_new ();
    g_autoptr (Db) db = site_connect (site);
    Tally tally = { .event = "planted harm" };

    site_expect (site, line, 0, "");
    run_sql (db, harms[i]);
    fault_compare (site, &tally, harms[i]);
    caught += tally.lost + tally.wrong > 0;
    g_clear_pointer (&db, db_close);
    site_drop (site);
  }
  print_message ("# %u of %u planted harms caught\n", caught, (guint)G_N_ELEMENTS (harms));
  assert_int_equal (caught, G_N_ELEMENTS (harms));
}

/* Marked as sent before it is sent: a kill then loses mails, and the table must say so. */
static void
harness__marked_before_sent__a_kill_is_seen_to_lose_mails (void **state)
{
  Tally tally = { .event = "mutant: marked before sent" };
  Site *site = fault_site_new ();
  g_autoptr (Db) db = site_connect (site);
  g_auto (Result) result = { 0 };

  (void)state;
  run_sql (db, "create function public.mark() returns trigger language plpgsql as"
               " $$ begin if new.tries > old.tries then new.sent_at = now(); end if; return new; end $$;"
               "create trigger mark before update on plumbline.outbox for each row execute function public.mark()");
  result = fault_hurt (site, fault_first_mail (), "signal=KILL");
  assert_int_equal (result.status, 128 + SIGKILL);
  run_sql (db, "drop trigger mark on plumbline.outbox; drop function public.mark()");
  g_clear_pointer (&db, db_close);
  fault_finish (site, &tally, "mutant");
  assert_true (tally.lost > 0);
}

static int
set_up (void **state)
{
  (void)state;
  return fault_set_up_at (CALLS);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (harness__planted_harm__is_caught),
    cmocka_unit_test (harness__marked_before_sent__a_kill_is_seen_to_lose_mails),
    cmocka_unit_test (night__killed_at_any_call__the_next_one_finishes),
  };

  return cmocka_run_group_tests (tests, set_up, fault_tear_down);
}
