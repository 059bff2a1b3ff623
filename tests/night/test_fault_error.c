/* A night in which any call fails: it ends with an exit status of its own, says 0 only when all is done, and the next
 * one finishes. PLUMB_FAULTS says how many calls are tried, 0: every one. */
#include "../support/fault.h"
#include "../support/sql.h"

#include <string.h>

#define CALLS "write,sendto,recvfrom,connect,fsync,rename,renameat,renameat2,unlink,mkdir,ftruncate,fallocate,openat"
#define USUAL 8
#define EX_SOFTWARE 70
#define SIGNALLED 128

static void
night__any_call_fails__the_next_one_finishes (void **state)
{
  static const char *const errors[]
      = { "error=EIO", "error=ENOSPC", "error=ECONNRESET", "error=EINTR", "error=EACCES" };
  const GPtrArray *places = fault_places ();
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

/* A bad sector, say: no reason to send the file back to the clerk, nor, where it is the register, those of others. */
static void
night__a_file_cannot_be_read_for_the_moment__69_and_it_stays (void **state)
{
  static const struct {
    const char *file, *call, *when;
    int status;
  } cases[] = { { "3.csv", "openat", "", 69 },
                { "1.csv", "openat", "", 69 },
                { "1.csv", "openat", ":when=1", 0 },
                { "3.csv", "pread64", "", 69 },
                { "1.csv", "pread64", ":when=3+", 69 } };
  Tally *tally = tally_new ("a file cannot be read", "");
  g_autofree char *strace = g_find_program_in_path ("strace"), *line = fault_night ("");

  (void)state;
  tally->goes_on = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Site *site = fault_site_new ();
    g_autofree char *wrapper
        = g_strdup_printf ("%s -qq -o /dev/null -P %s/inbox/%s -e trace=%s -e inject=%s:error=EIO%s", strace,
                           site->state, cases[i].file, cases[i].call, cases[i].call, cases[i].when);
    g_auto (Result) result = site_run_under (site, wrapper, line);

    tally_status (tally, result.status);
    assert_int_equal (result.status, cases[i].status);
    if (result.status != 0)
      assert_non_null (strstr (result.err, "could not read"));
    site_expect_sql (site, "select count(*) from plumbline.batch where status = 'refused' and feed is not null", "0");
    fault_finish (site, tally, cases[i].file);
  }
  tally_end (tally);
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
    cmocka_unit_test (night__a_file_cannot_be_read_for_the_moment__69_and_it_stays),
    cmocka_unit_test (night__any_call_fails__the_next_one_finishes),
  };

  return cmocka_run_group_tests (tests, set_up, fault_tear_down);
}
