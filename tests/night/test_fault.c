/* A night that is killed, or whose calls fail, at any call that has an effect, or whose server, disk, clock or rival
 * misbehaves: after the next night all is as if nothing had happened. Prints a table of what was tried.
 * PLUMB_FAULTS (5) says how many calls of a kind are hit, spread over all of them; 0: every one.
 * Without it only kills are tried, which is what time allows every day. */
#include "../support/postbox.h"
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include "base/cluster.h"
#include "base/folder.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TODAY "2022-12-31"
#define SCHOOLS 40
#define CALLS "write,sendto,connect,fsync,rename,renameat,renameat2,unlink,mkdir"
/* Not those on sockets: libpq waits for the last words of a server that it cannot write to, and here the server lives.
 */
#define ERROR_CALLS "write,fsync,rename,renameat,renameat2,unlink,mkdir,ftruncate,fallocate,openat"
#define MAX_CALLS 20000

typedef struct {
  const char *event;
  guint tries, lost, wrong, twice;
  const char *why; /* mails come twice */
} Tally;

static Site *template; /* after init */
static Postbox *box;
static char *strace;
static char *way;
static char *contents, *files; /* of tables and state directory after one undisturbed night */
static guint kill_calls, error_calls;
static GPtrArray *tallies;

static guint
wanted_of (guint all)
{
  const char *text = g_getenv ("PLUMB_FAULTS");
  guint wanted = text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : 5;

  return wanted == 0 || wanted > all ? all : wanted;
}

static void
fill_inbox (const Site *site)
{
  g_autoptr (GString) schools = g_string_new ("school_code,name,district_code,stage,ownership\n");
  g_autoptr (GString) first = g_string_new ("school_code,period,grade,sex,examined,myopic\n");
  g_autoptr (GString) second = g_string_new (first->str);

  for (guint s = 0; s < SCHOOLS; s++) {
    g_string_append_printf (schools, "210102%04u,School %u,210102,primary,public\n", s, s);
    for (guint cell = 0; cell < 4; cell++) {
      g_string_append_printf (first, "210102%04u,2021-autumn,P%u,%c,%u,%u\n", s, 1 + cell / 2, "MF"[cell % 2], 60 + s,
                              20 + (s + cell) % 7);
      g_string_append_printf (second, "210102%04u,2022-autumn,P%u,%c,%u,%u\n", s, 1 + cell / 2, "MF"[cell % 2], 60 + s,
                              s % 20 == 19 ? 999 : 22 + (s + cell) % 7);
    }
  }
  g_free (site_file (site, "inbox/1.csv", schools->str));
  g_free (site_file (site, "inbox/2.csv", first->str));
  g_free (site_file (site, "inbox/3.csv", second->str));
  g_free (site_file (site, "inbox/4.csv", "nothing,that,means\nanything,at,all\n"));
}

static Site *
new_site (void)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("fault_%d_%u", (int)getpid (), count++);
  g_autofree char *sql = g_strdup_printf ("create database %s template %s", name,
                                          strstr (template->conninfo, "dbname=test_") + strlen ("dbname="));
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = db_open (test_server_conninfo (), FALSE, &error);
  Site *site = g_new0 (Site, 1);

  assert_non_null (db);
  run_sql (db, sql);
  site->conninfo = g_strdup_printf ("%s dbname=%s", test_server_conninfo (), name);
  site->state = g_strdup (template->state); /* reports and letters name it */
  assert_true (folder_remove (site->state));
  assert_int_equal (g_mkdir (site->state, 0711), 0);
  fill_inbox (site);
  postbox_empty (box);
  return site;
}

static void
drop_site (Site *site)
{
  g_autofree char *sql = g_strdup_printf ("drop database %s with (force)",
                                          strstr (site->conninfo, "dbname=fault_") + strlen ("dbname="));
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = db_open (test_server_conninfo (), FALSE, &error);

  assert_non_null (db);
  run_sql (db, sql);
  site_free (site);
}

static char *
night (void)
{
  return g_strdup_printf ("@db nightly --rejects-ok --quiet --today " TODAY " %s", way);
}

/* ------------------------------------------------------------------------------------------------------------------
   What must be the same */

/* What a try left on its mails, and how often, is the fault's trace and no difference. */
static char *
table_contents (const Site *site)
{
  g_free (site_query (site,
                      "with calm as (update plumbline.outbox set tries = 1, last_error = null, lease_until = null "
                      "returning 1) select count(*) from calm"));
  return site_contents (site);
}

static guint
count_of (const GPtrArray *mails, const char *md5)
{
  guint count = 0;

  for (guint i = 0; i < mails->len; i++)
    count += strcmp (mails->pdata[i], md5) == 0;
  return count;
}

static void
first_difference (const char *found, const char *wanted)
{
  g_auto (GStrv) a = g_strsplit (found, "\n", -1), b = g_strsplit (wanted, "\n", -1);

  for (guint i = 0; a[i] != NULL && b[i] != NULL; i++)
    if (strcmp (a[i], b[i]) != 0) {
      print_message ("# %s, not %s\n", a[i], b[i]);
      return;
    }
  print_message ("# one has more lines than the other\n");
}

static void
compare (const Site *site, Tally *tally, const char *when)
{
  g_autofree char *rows = table_contents (site), *bytes = site_files (site, ".xlsx");
  g_autoptr (GPtrArray) mails = postbox_mails (box);
  g_autoptr (Db) db = site_connect (site);
  g_autoptr (PGresult) sent
      = db_queryv (db, NULL, "select md5(content) as md5, sent_at is not null as sent from plumbline.outbox", DB_END);
  gboolean wrong = strcmp (rows, contents) != 0 || strcmp (bytes, files) != 0;

  tally->wrong += wrong;
  if (wrong) {
    print_message ("# %s, %s:\n", tally->event, when);
    first_difference (strcmp (rows, contents) != 0 ? rows : bytes, strcmp (rows, contents) != 0 ? contents : files);
  }
  assert_non_null (sent);
  for (int i = 0; i < PQntuples (sent); i++) {
    guint count = count_of (mails, db_get (sent, i, "md5"));

    tally->lost += count == 0 || !db_get_boolean (sent, i, "sent");
    tally->twice += count > 1;
  }
}

/* A server finishes the statement of a client that is gone; claims and pauses run out. */
static void
let_time_pass (const Site *site)
{
  assert_true (site_wait (site,
                          "select count(*) from pg_stat_activity where datname = current_database() and "
                          "application_name like 'plumbline %'",
                          "0"));
  g_free (site_query (site,
                      "with late as (update plumbline.outbox set lease_until = null, next_try = null where sent_at "
                      "is null returning 1) select count(*) from late"));
}

static void
finish (Site *site, Tally *tally, const char *when)
{
  g_autofree char *line = night ();

  let_time_pass (site);
  site_expect (site, line, 0, "");
  compare (site, tally, when);
  tally->tries++;
  drop_site (site);
}

static Tally *
new_tally (const char *event, const char *why)
{
  Tally *tally = g_new0 (Tally, 1);

  tally->event = event;
  tally->why = why;
  g_ptr_array_add (tallies, tally);
  return tally;
}

static void
expect_calm (const Tally *tally)
{
  print_message ("# %-34s %5u tries, %u lost, %u wrong, %u mails twice%s%s\n", tally->event, tally->tries, tally->lost,
                 tally->wrong, tally->twice, tally->twice > 0 ? ": " : "", tally->twice > 0 ? tally->why : "");
  assert_true (tally->tries > 0);
  assert_int_equal (tally->lost, 0);
  assert_int_equal (tally->wrong, 0);
}

/* ------------------------------------------------------------------------------------------------------------------
   Any call */

static Result
run_hurt (const Site *site, const char *calls, const char *harm, guint call)
{
  g_autofree char *wrapper
      = g_strdup_printf ("%s -qq -o /dev/null -e trace=%s -e inject=%s:%s:when=%u", strace, calls, calls, harm, call);
  g_autofree char *line = night ();

  return site_run_under (site, wrapper, line);
}

/* How many such calls an undisturbed night makes. */
static guint
count_calls (const char *calls)
{
  Site *site = new_site ();
  g_autofree char *log = g_build_filename (site->state, "calls", NULL);
  g_autofree char *wrapper = g_strdup_printf ("%s -qq -o %s -e trace=%s", strace, log, calls), *line = night ();
  g_auto (Result) result = site_run_under (site, wrapper, line);
  g_autofree char *text = NULL;
  guint count = 0;

  assert_int_equal (result.status, 0);
  assert_true (g_file_get_contents (log, &text, NULL, NULL));
  for (const char *c = text; *c != '\0'; c++)
    count += *c == '\n';
  drop_site (site);
  assert_in_range (count, 50, MAX_CALLS);
  return count;
}

static void
night__killed_at_any_call__the_next_one_finishes (void **state)
{
  guint wanted = wanted_of (kill_calls);
  Tally *tally = new_tally ("kill -9 at a call", "killed between sending and marking");

  (void)state;
  for (guint i = 0; i < wanted; i++) {
    guint call = 1 + (guint)((guint64)i * kill_calls / wanted);
    Site *site = new_site ();
    g_autofree char *when = g_strdup_printf ("call %u", call);
    g_auto (Result) result = run_hurt (site, CALLS, "signal=KILL", call);

    if (result.status != 0 && result.status != 128 + SIGKILL)
      fail_msg ("%s: exit %d: %s", when, result.status, result.err);
    finish (site, tally, when);
  }
  expect_calm (tally);
}

/* Whatever fails, the night ends with an exit status of its own, and says 0 only when all is done. */
static void
night__any_call_fails__the_next_one_finishes (void **state)
{
  static const char *const errors[]
      = { "error=EIO", "error=ENOSPC", "error=ECONNRESET", "error=EINTR", "error=EACCES" };
  guint wanted = wanted_of (error_calls);
  Tally *tally = new_tally ("a call fails", "failed between sending and marking");

  (void)state;
  for (guint i = 0; i < wanted; i++) {
    guint call = 1 + (guint)((guint64)i * error_calls / wanted);
    const char *harm = errors[i % G_N_ELEMENTS (errors)];
    Site *site = new_site ();
    g_autofree char *when = g_strdup_printf ("call %u, %s", call, harm);
    g_auto (Result) result = run_hurt (site, ERROR_CALLS, harm, call);

    if (result.status >= 128)
      fail_msg ("%s: exit %d: %s", when, result.status, result.err);
    if (result.status == 0) {
      g_autofree char *rows = table_contents (site);

      if (strcmp (rows, contents) != 0) {
        print_message ("# exit 0, but not all is done: %s\n", when);
        tally->wrong++;
      }
    }
    finish (site, tally, when);
  }
  expect_calm (tally);
}

/* ------------------------------------------------------------------------------------------------------------------
   Servers, disks, rivals, clocks */

#define BLOCKED_SQL                                                                                                    \
  "select count(*) > 0 from pg_stat_activity where application_name like 'plumbline nightly %' and wait_event_type = " \
  "'Lock' and datname = current_database()"
static const char *const blockades[] = { "feed.myopia", "plumbline.verdict", "plumbline.alert" };

static int
wait_end (GPid pid)
{
  int status = 0;

  assert_int_equal (waitpid (pid, &status, 0), pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

static void
night__server_ends_its_connection__69_and_the_next_one_finishes (void **state)
{
  Tally *tally = new_tally ("server ends the connection", "");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (blockades); i++) {
    Site *site = new_site ();
    g_autoptr (Db) db = site_connect (site);
    g_autofree char *lock = g_strdup_printf ("begin; lock table %s", blockades[i]), *line = night ();
    GPid pid = 0;

    run_sql (db, lock);
    pid = site_spawn (site, line);
    assert_true (site_wait (site, BLOCKED_SQL, "t"));
    run_sql (db,
             "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'plumbline nightly "
             "%' and datname = current_database()");
    assert_int_equal (wait_end (pid), 69);
    run_sql (db, "rollback");
    g_clear_pointer (&db, db_close);
    finish (site, tally, blockades[i]);
  }
  expect_calm (tally);
}

static void
night__beside_another__75_and_the_first_is_not_disturbed (void **state)
{
  Tally *tally = new_tally ("two nights at once", "");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (blockades); i++) {
    Site *site = new_site ();
    g_autoptr (Db) db = site_connect (site);
    g_autofree char *lock = g_strdup_printf ("begin; lock table %s", blockades[i]), *line = night ();
    GPid pid = 0;

    run_sql (db, lock);
    pid = site_spawn (site, line);
    assert_true (site_wait (site, BLOCKED_SQL, "t"));
    site_expect (site, line, 75, "another run holds the lock: nightly, process");
    run_sql (db, "rollback");
    g_clear_pointer (&db, db_close);
    assert_int_equal (wait_end (pid), 0);
    finish (site, tally, blockades[i]);
  }
  expect_calm (tally);
}

/* A night in the future, as after a wrong clock, and then the right one: what is known is judged by the right day. */
static void
night__clock_jumps_ahead_and_back__all_is_taken_in_once (void **state)
{
  Tally *tally = new_tally ("clock jumps", "");
  Site *site = new_site ();
  g_autofree char *line = night (),
                  *ahead = g_strdup_printf ("@db nightly --rejects-ok --quiet --today 2031-01-01 %s", way);
  guint mails = 0;

  (void)state;
  site_expect (site, ahead, 0, "");
  site_expect (site, line, 0, "");
  site_expect (site, line, 0, "");
  mails = postbox_count (box);
  site_expect_sql (site, "select string_agg(status, ' ' order by file_name) from plumbline.batch",
                   "loaded loaded loaded refused");
  site_expect_sql (
      site, "select count(*) = count(distinct md5(content)) and bool_and(sent_at is not null) from plumbline.outbox",
      "t");
  site_expect (site, line, 0, "");
  assert_int_equal (postbox_count (box), mails);
  tally->tries = 1;
  expect_calm (tally);
  drop_site (site);
}

/* The state directory on a disk of its own that is full at first. */
static void
night__disk_full__69_and_the_next_one_finishes (void **state)
{
  Tally *tally = new_tally ("disk full", "");

  (void)state;
  for (guint spare = 0; spare < 96; spare += 32) {
    Site *site = new_site ();
    g_autofree char *line = night (), *size = g_strdup_printf ("size=%uk", 4096), *filler = NULL, *zeros = NULL;
    g_autofree char *when = g_strdup_printf ("%u KiB left", spare);
    g_auto (Result) result = { 0 };

    if (mount ("plumbline", site->state, "tmpfs", 0, size) != 0) {
      print_message ("# no right to mount a small disk: not tried\n");
      drop_site (site);
      skip ();
    }
    assert_int_equal (chmod (site->state, 0711), 0);
    fill_inbox (site);
    filler = g_build_filename (site->state, "filler", NULL);
    zeros = g_malloc0 ((4096 - 32 - spare) * 1024);
    (void)!g_file_set_contents_full (filler, zeros, (4096 - 32 - spare) * 1024, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    result = site_run (site, line);
    assert_true (result.status == 0 || result.status == 69);
    assert_int_equal (g_unlink (filler), 0);
    let_time_pass (site);
    site_expect (site, line, 0, "");
    compare (site, tally, when);
    tally->tries++;
    assert_int_equal (umount2 (site->state, MNT_DETACH), 0);
    drop_site (site);
  }
  expect_calm (tally);
}

/* Every answer and silence of a mail server, in the middle of a whole night. */
static void
night__mail_server_misbehaves__mails_wait_and_go_out_later (void **state)
{
  static const char *const orders[] = { "greeting drop", "auth 454", "rcpt 450", "text drop", "end drop" };
  Tally *tally = new_tally ("mail server misbehaves", "no answer to the text: it may have arrived");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    Site *site = new_site ();
    g_autofree char *line = night ();
    g_auto (Result) result = { 0 };

    postbox_order (box, orders[i]);
    result = site_run (site, line);
    if (result.status != 69)
      fail_msg ("%s: exit %d", orders[i], result.status);
    postbox_order (box, "ok");
    finish (site, tally, orders[i]);
  }
  expect_calm (tally);
}

/* ------------------------------------------------------------------------------------------------------------------
   A server of its own, to be stopped, killed and frozen */

static void
night__server_restarts_or_freezes__the_next_one_finishes (void **state)
{
  Tally *tally = new_tally ("server killed, restarted, frozen", "");
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (Cluster) cluster = { 0 };

  (void)state;
  for (guint i = 0; i < 3; i++) {
    g_autoptr (Site) site = g_new0 (Site, 1);
    g_autofree char *line = night (), *reset = NULL, *pid_text = NULL, *pid_path = NULL;
    g_autoptr (Db) db = NULL;
    GPid pid = 0;
    pid_t server = 0;
    int status = 0;

    cluster_clear (&cluster);
    assert_true (cluster_start (folder, CLUSTER_LASTING, &cluster, &error));
    site->conninfo = g_strdup (cluster.conninfo);
    site->state = g_strdup (template->state);
    assert_true (folder_remove (site->state));
    assert_int_equal (g_mkdir (site->state, 0711), 0);
    db = site_connect (site);
    run_sql (db, "drop schema if exists plumbline, feed, indicator, monitor, published, district cascade");
    g_clear_pointer (&db, db_close);
    site_expect (site, "@db init --quiet", 0, "");
    fill_inbox (site);
    postbox_empty (box);
    db = site_connect (site);
    reset = g_strdup_printf ("begin; lock table %s", blockades[i]);
    run_sql (db, reset);
    pid = site_spawn (site, line);
    assert_true (site_wait (site, BLOCKED_SQL, "t"));
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
      status = wait_end (pid);
      assert_int_equal (status, 0);
    } else {
      assert_int_equal (kill (server, i == 0 ? SIGQUIT : SIGINT), 0); /* at once; and as at a shutdown */
      status = wait_end (pid);
      assert_int_equal (status, 69);
    }
    g_clear_pointer (&db, db_close);
    for (guint waited = 0; waited < 100 && i < 2 && kill (server, 0) == 0; waited++)
      g_usleep (100000);
    cluster_clear (&cluster);
    assert_true (cluster_start (folder, CLUSTER_LASTING, &cluster, &error));
    let_time_pass (site);
    site_expect (site, line, 0, "");
    compare (site, tally, blockades[i]);
    tally->tries++;
  }
  assert_true (cluster_stop (folder, NULL, NULL));
  expect_calm (tally);
}

/* ------------------------------------------------------------------------------------------------------------------ */

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
  g_autofree char *line = night ();
  guint caught = 0;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (harms); i++) {
    Site *site = new_site ();
    g_autoptr (Db) db = site_connect (site);
    Tally tally = { .event = "planted harm" };

    site_expect (site, line, 0, "");
    run_sql (db, harms[i]);
    compare (site, &tally, harms[i]);
    caught += tally.lost + tally.wrong > 0;
    g_clear_pointer (&db, db_close);
    drop_site (site);
  }
  print_message ("# %u of %u planted harms caught\n", caught, (guint)G_N_ELEMENTS (harms));
  assert_int_equal (caught, G_N_ELEMENTS (harms));
}

/* Marked as sent before it is sent: a kill then loses mails, and the table must say so. */
static void
harness__marked_before_sent__a_kill_is_seen_to_lose_mails (void **state)
{
  Tally tally = { .event = "mutant: marked before sent" };

  (void)state;
  for (guint call = kill_calls; call > kill_calls / 2 && tally.lost == 0; call -= 1 + kill_calls / 60) {
    Site *site = new_site ();
    g_autoptr (Db) db = site_connect (site);
    g_auto (Result) result = { 0 };

    run_sql (db, "create function public.mark() returns trigger language plpgsql as"
                 " $$ begin if new.tries > old.tries then new.sent_at = now(); end if; return new; end $$;"
                 "create trigger mark before update on plumbline.outbox for each row execute function public.mark()");
    g_clear_pointer (&db, db_close);
    result = run_hurt (site, CALLS, "signal=KILL", call);
    db = site_connect (site);
    run_sql (db, "drop trigger mark on plumbline.outbox; drop function public.mark()");
    g_clear_pointer (&db, db_close);
    finish (site, &tally, "mutant");
  }
  assert_true (tally.lost > 0);
}

/* Programs that draw nothing, which takes no time: pictures have tests of their own. */
static void
stand_in (void)
{
  static const char *const programs[][2] = { { "fc-match", "#!/bin/sh\nprintf 'zh-cn|en'\n" },
                                             { "rsvg-convert", "#!/bin/sh\ncat >/dev/null\nprintf picture\n" } };
  g_autofree char *folder = test_folder_new (), *path = g_strdup_printf ("%s:%s", folder, g_getenv ("PATH"));

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    g_autofree char *program = g_build_filename (folder, programs[i][0], NULL);

    assert_true (g_file_set_contents (program, programs[i][1], -1, NULL));
    assert_int_equal (chmod (program, 0755), 0);
  }
  assert_true (g_setenv ("PATH", path, TRUE));
}

static int
set_up (void **state)
{
  g_autofree char *line = NULL;
  Site *site = NULL;

  (void)state;
  if (site_program () == NULL)
    return -1;
  tallies = g_ptr_array_new_with_free_func (g_free);
  template = site_new ();
  box = postbox_new (POSTBOX_RUDE);
  way = postbox_options (box, "smtps");
  strace = g_find_program_in_path ("strace");
  assert_non_null (strace);
  assert_true (g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE)); /* which cannot be done to a process under strace */
  stand_in ();
  line = night ();
  site = new_site ();
  site_expect (site, line, 0, "");
  site_expect_sql (site, "select count(*) > 1 from plumbline.outbox", "t");
  contents = table_contents (site);
  files = site_files (site, ".xlsx");
  drop_site (site);
  kill_calls = count_calls (CALLS);
  error_calls = count_calls (ERROR_CALLS);
  print_message ("# a night makes %u calls to kill it at, %u that may fail\n", kill_calls, error_calls);
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_ptr_array_unref (tallies);
  g_free (contents);
  g_free (files);
  g_free (strace);
  g_free (way);
  postbox_free (box);
  site_free (template);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest sample[] = {
    cmocka_unit_test (harness__planted_harm__is_caught),
    cmocka_unit_test (night__killed_at_any_call__the_next_one_finishes),
  };
  const struct CMUnitTest all[] = {
    cmocka_unit_test (harness__planted_harm__is_caught),
    cmocka_unit_test (night__killed_at_any_call__the_next_one_finishes),
    cmocka_unit_test (night__any_call_fails__the_next_one_finishes),
    cmocka_unit_test (night__server_ends_its_connection__69_and_the_next_one_finishes),
    cmocka_unit_test (night__beside_another__75_and_the_first_is_not_disturbed),
    cmocka_unit_test (night__mail_server_misbehaves__mails_wait_and_go_out_later),
    cmocka_unit_test (night__clock_jumps_ahead_and_back__all_is_taken_in_once),
    cmocka_unit_test (night__disk_full__69_and_the_next_one_finishes),
    cmocka_unit_test (night__server_restarts_or_freezes__the_next_one_finishes),
    cmocka_unit_test (harness__marked_before_sent__a_kill_is_seen_to_lose_mails),
  };

  return g_getenv ("PLUMB_FAULTS") != NULL ? cmocka_run_group_tests (all, set_up, tear_down)
                                           : cmocka_run_group_tests (sample, set_up, tear_down);
}
