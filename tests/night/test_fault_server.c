/* A night whose server, one of its own, is killed, restarted or frozen: the next one finishes its work. */
#include "../support/fault.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/cluster.h"

#include <signal.h>

static const char *const blockades[] = { "feed.myopia", "plumbline.verdict", "plumbline.alert" };

static void
night__server_restarts_or_freezes__the_next_one_finishes (void **state)
{
  Tally *tally = tally_new ("server killed, restarted, frozen", "");
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (Cluster) cluster = { 0 };

  (void)state;
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Site) site = g_new0 (Site, 1);
    g_autofree char *line = fault_night (""), *reset = NULL, *pid_text = NULL, *pid_path = NULL;
    g_autoptr (Db) db = NULL;
    GPid pid = 0;
    pid_t server = 0;
    int status = 0;

    cluster_clear (&cluster);
    assert_true (cluster_start (folder, CLUSTER_LASTING, &cluster, &error));
    site->conninfo = g_strdup (cluster.conninfo);
    site->state = fault_state ();
    db = site_connect (site);
    run_sql (db, "drop schema if exists plumbline, feed, indicator, monitor, published, district cascade");
    g_clear_pointer (&db, db_close);
    site_expect (site, "@db init --quiet", 0, "");
    fault_fill_inbox (site);
    postbox_empty (fault_postbox ());
    db = site_connect (site);
    reset = g_strdup_printf ("begin; lock table %s", blockades[i]);
    run_sql (db, reset);
    pid = site_spawn (site, line);
    fault_wait_blocked (site, 1);
    pid_path = g_build_filename (cluster.place, "data", "postmaster.pid", NULL);
    assert_true (g_file_get_contents (pid_path, &pid_text, NULL, NULL));
    server = (pid_t)g_ascii_strtoll (pid_text, NULL, 10);
    assert_true (server > 1);
    if (i == 2) {
      /* A frozen postmaster takes no connection: a night that begins then gives up by itself. */
      gint64 started = g_get_monotonic_time ();

      assert_int_equal (kill (server, SIGSTOP), 0);
      site_expect (site, line, 69, "timeout expired");
      assert_true (g_get_monotonic_time () - started < 90 * G_USEC_PER_SEC);
      assert_int_equal (kill (server, SIGCONT), 0);
      run_sql (db, "rollback");
      status = site_end (pid, 0);
      assert_int_equal (status, 0);
    } else {
      assert_int_equal (kill (server, i == 0 ? SIGQUIT : SIGINT), 0); /* at once; and as at a shutdown */
      status = site_end (pid, 0);
      assert_int_equal (status, 69);
    }
    g_clear_pointer (&db, db_close);
    for (guint waited = 0; waited < 100 && i < 2 && kill (server, 0) == 0; waited++)
      g_usleep (100000);
    cluster_clear (&cluster);
    assert_true (cluster_start (folder, CLUSTER_LASTING, &cluster, &error));
    fault_let_time_pass (site);
    site_expect (site, line, 0, "");
    fault_compare (site, tally, blockades[i]);
    tally->tries++;
  }
  assert_true (cluster_stop (folder, NULL, NULL));
  tally_end (tally);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (night__server_restarts_or_freezes__the_next_one_finishes),
  };

  return cmocka_run_group_tests (tests, fault_set_up, fault_tear_down);
}
