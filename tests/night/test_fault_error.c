/* A night in which any call fails: it ends with an exit status of its own, says 0 only when all is done, and the next
 * one finishes. PLUMB_FAULTS says how many calls are tried, 0: every one. */
#include "../support/fault.h"
#include "../support/sql.h"

#define CALLS "write,sendto,recvfrom,connect,fsync,rename,renameat,renameat2,unlink,mkdir,ftruncate,fallocate,openat"
#define USUAL 8
#define EX_SOFTWARE 70
#define SIGNALLED 128

static GPtrArray *places;

static void
night__any_call_fails__the_next_one_finishes (void **state)
{
  static const char *const errors[]
      = { "error=EIO", "error=ENOSPC", "error=ECONNRESET", "error=EINTR", "error=EACCES" };
  guint wanted = fault_wanted (places->len, USUAL);
  Tally *tally = tally_new ("a call fails", "failed between sending and marking");

  (void)state;
  tally->goes_on = TRUE;
  for (guint i = 0; i < wanted; i++) {
    const char *place = places->pdata[fault_place (i, places->len)];
    Site *site = fault_site_new ();
    g_autofree char *when = g_strdup_printf ("%s at %s", errors[i % G_N_ELEMENTS (errors)], place);
    g_auto (Result) result = fault_hurt (site, place, errors[i % G_N_ELEMENTS (errors)]);

    tally_status (tally, result.status);
    if (result.status >= SIGNALLED || result.status == EX_SOFTWARE || (result.status == 0 && !fault_is_done (site))) {
      print_message ("# %s: exit %d, %s\n", when, result.status,
                     result.status == 0 ? "but not all is done" : result.err);
      tally->wrong++;
    }
    fault_finish (site, tally, when);
  }
  tally_end (tally);
}

static int
set_up (void **state)
{
  int status = fault_set_up (state);

  if (status == 0)
    places = fault_places (CALLS, NULL);
  print_message ("# a night makes %u calls that may fail\n", status == 0 ? places->len : 0);
  return status;
}

static int
tear_down (void **state)
{
  g_clear_pointer (&places, g_ptr_array_unref);
  return fault_tear_down (state);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (night__any_call_fails__the_next_one_finishes),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
