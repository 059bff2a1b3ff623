/* A night whose connection, disk, clock, rival or mail server misbehaves: the next one finishes its work. */
#include "../support/fault.h"
#include "../support/sql.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const blockades[] = { "feed.myopia", "plumbline.verdict", "plumbline.alert" };

/* A night that has come to where it needs what somebody else holds. */
typedef struct {
  Site *site;
  Db *db; /* which holds it */
  char *line;
  GPid pid;
} Blocked;

static Blocked
block_night (const char *table, const char *more)
{
  Blocked b = { .site = fault_site_new (), .line = fault_night (more) };
  g_autofree char *lock = g_strdup_printf ("begin; lock table %s", table);

  b.db = site_connect (b.site);
  run_sql (b.db, lock);
  b.pid = site_spawn (b.site, b.line);
  fault_wait_blocked (b.site, 1);
  return b;
}

static void
let_go (Blocked *b)
{
  run_sql (b->db, "rollback");
  g_clear_pointer (&b->db, db_close);
  g_free (b->line);
}

static void
night__server_ends_its_connection__69_and_the_next_one_finishes (void **state)
{
  Tally *tally = tally_new ("server ends the connection", "");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (blockades); i++) {
    Blocked b = block_night (blockades[i], "");

    run_sql (b.db,
             "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'plumbline nightly "
             "%' and datname = current_database()");
    assert_int_equal (site_end (b.pid, 0), 69);
    let_go (&b);
    fault_finish (b.site, tally, blockades[i]);
  }
  tally_end (tally);
}

/* Its process is stopped: it neither answers nor goes away, until long after. */
static void
night__server_freezes_while_it_works__69_and_the_next_one_finishes (void **state)
{
  Tally *tally = tally_new ("server frozen", "");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (blockades); i++) {
    Blocked b = block_night (blockades[i], "--db-timeout 6");
    g_autofree char *server
        = value_of (b.db, "select pid from pg_stat_activity where application_name like 'plumbline nightly %' and "
                          "wait_event_type = 'Lock' and datname = current_database()");
    gint64 started = g_get_monotonic_time ();

    assert_true (atoi (server) > 1); /* 0 would be ourselves */
    assert_int_equal (kill (atoi (server), SIGSTOP), 0);
    tally_status (tally, site_end (b.pid, 0));
    assert_int_equal (kill (atoi (server), SIGCONT), 0);
    assert_true (g_get_monotonic_time () - started < 25 * G_USEC_PER_SEC);
    assert_int_equal (tally_count (tally, 69), i + 1);
    let_go (&b);
    fault_finish (b.site, tally, blockades[i]);
  }
  tally_end (tally);
}

static void
night__beside_another__75_and_the_first_is_not_disturbed (void **state)
{
  Tally *tally = tally_new ("two nights at once", "");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (blockades); i++) {
    Blocked b = block_night (blockades[i], "");

    site_expect (b.site, b.line, 75, "another run holds the lock: nightly, process");
    let_go (&b);
    assert_int_equal (site_end (b.pid, 0), 0);
    fault_finish (b.site, tally, blockades[i]);
  }
  tally_end (tally);
}

/* Without the lock both write the same rows. Keys keep them from being written twice, and then a night ends as after a
 * bug: the table must say so. */
static void
harness__a_night_without_the_lock_beside_another__is_caught (void **state)
{
  Tally tally = { .event = "mutant: no lock" };
  Blocked b = block_night ("plumbline.verdict", "");
  g_autofree char *library = fault_library ();
  g_autofree char *wrapper = g_strdup_printf ("env LD_PRELOAD=%s PLUMB_UNLOCKED=1", library);
  GPid second = site_spawn_under (b.site, wrapper, b.line);

  (void)state;
  fault_wait_blocked (b.site, 2);
  let_go (&b);
  tally.wrong += site_end (b.pid, 0) != 0;
  tally.wrong += site_end (second, 0) != 0;
  fault_finish (b.site, &tally, "both");
  assert_true (tally.lost + tally.wrong + tally.twice > 0);
}

/* The server undoes a file's transaction, as it does for one of two that stand in each other's way: twice, and it is
 * tried again at once; three times, and the night goes without it. */
static void
night__transactions_collide__tried_three_times (void **state)
{
  static const struct {
    const char *state;
    guint times;
    int status;
  } cases[] = { { "40001", 1, 0 }, { "40P01", 2, 0 }, { "40001", 3, 69 } };
  Tally *tally = tally_new ("transactions collide", "");

  (void)state;
  tally->goes_on = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Site *site = fault_site_new ();
    g_autoptr (Db) db = site_connect (site);
    g_autofree char *line = fault_night ("");
    g_autofree char *collide = g_strdup_printf (
        "create sequence public.tries;"
        "create function public.collide() returns trigger language plpgsql as $$ begin"
        " if nextval('public.tries') <= %u then raise exception 'collision' using errcode = '%s'; end if;"
        " return new; end $$;"
        "create trigger collide before insert on plumbline.batch for each row execute function public.collide()",
        cases[i].times, cases[i].state);

    run_sql (db, collide);
    site_expect (site, line, cases[i].status, cases[i].status != 0 ? "collision" : "");
    assert_true (fault_is_done (site) == (cases[i].status == 0));
    tally_status (tally, cases[i].status);
    run_sql (db, "drop trigger collide on plumbline.batch; drop function public.collide(); drop sequence public.tries");
    g_clear_pointer (&db, db_close);
    fault_finish (site, tally, cases[i].state);
  }
  tally_end (tally);
}

/* A night in the future, as after a wrong clock, and then the right one: what is known is judged by the right day. */
static void
night__clock_jumps_ahead_and_back__all_is_taken_in_once (void **state)
{
  Tally *tally = tally_new ("clock jumps", "");
  Site *site = fault_site_new ();
  g_autofree char *line = fault_night (""), *ahead = fault_night ("--today 2031-01-01");
  guint mails = 0;

  (void)state;
  site_expect (site, ahead, 0, "");
  site_expect (site, line, 0, "");
  site_expect (site, line, 0, "");
  mails = postbox_count (fault_postbox ());
  site_expect_sql (site, "select string_agg(status, ' ' order by file_name) from plumbline.batch",
                   "loaded loaded loaded refused");
  site_expect_sql (
      site, "select count(*) = count(distinct md5(content)) and bool_and(sent_at is not null) from plumbline.outbox",
      "t");
  site_expect (site, line, 0, "");
  assert_int_equal (postbox_count (fault_postbox ()), mails);
  tally->tries = 1;
  tally_end (tally);
  site_drop (site);
}

/* The state directory on a disk of its own that is full at first. */
static void
night__disk_full__69_and_the_next_one_finishes (void **state)
{
  Tally *tally = tally_new ("disk full", "");

  (void)state;
  tally->goes_on = TRUE;
  for (guint spare = 0; spare < 96; spare += 32) {
    Site *site = fault_site_new ();
    g_autofree char *line = fault_night (""), *size = g_strdup_printf ("size=%uk", 4096), *filler = NULL, *zeros = NULL;
    g_autofree char *when = g_strdup_printf ("%u KiB left", spare);
    g_auto (Result) result = { 0 };

    if (mount ("plumbline", site->state, "tmpfs", 0, size) != 0) {
      print_message ("# no right to mount a small disk: not tried\n");
      site_drop (site);
      skip ();
    }
    assert_int_equal (chmod (site->state, 0711), 0);
    fault_fill_inbox (site);
    filler = g_build_filename (site->state, "filler", NULL);
    zeros = g_malloc0 ((4096 - 32 - spare) * 1024);
    (void)!g_file_set_contents_full (filler, zeros, (4096 - 32 - spare) * 1024, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    result = site_run (site, line);
    assert_true (result.status == 0 || result.status == 69);
    assert_int_equal (g_unlink (filler), 0);
    fault_let_time_pass (site);
    site_expect (site, line, 0, "");
    fault_compare (site, tally, when);
    tally->tries++;
    assert_int_equal (umount2 (site->state, MNT_DETACH), 0);
    site_drop (site);
  }
  tally_end (tally);
}

/* Every answer and silence of a mail server, in the middle of a whole night. */
static void
night__mail_server_misbehaves__mails_wait_and_go_out_later (void **state)
{
  static const char *const orders[] = { "greeting drop", "auth 454", "rcpt 450", "text drop", "end drop" };
  Tally *tally = tally_new ("mail server misbehaves", "no answer to the text: it may have arrived");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    Site *site = fault_site_new ();
    g_autofree char *line = fault_night ("");
    g_auto (Result) result = { 0 };

    postbox_order (fault_postbox (), orders[i]);
    result = site_run (site, line);
    if (result.status != 69)
      fail_msg ("%s: exit %d", orders[i], result.status);
    postbox_order (fault_postbox (), "ok");
    fault_finish (site, tally, orders[i]);
  }
  tally_end (tally);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (night__server_ends_its_connection__69_and_the_next_one_finishes),
    cmocka_unit_test (night__server_freezes_while_it_works__69_and_the_next_one_finishes),
    cmocka_unit_test (night__beside_another__75_and_the_first_is_not_disturbed),
    cmocka_unit_test (harness__a_night_without_the_lock_beside_another__is_caught),
    cmocka_unit_test (night__transactions_collide__tried_three_times),
    cmocka_unit_test (night__mail_server_misbehaves__mails_wait_and_go_out_later),
    cmocka_unit_test (night__clock_jumps_ahead_and_back__all_is_taken_in_once),
    cmocka_unit_test (night__disk_full__69_and_the_next_one_finishes),
  };

  return cmocka_run_group_tests (tests, fault_set_up, fault_tear_down);
}
