/* Whatever is being waited for, the wait has an end: a server that answers no more (its process is stopped), and a call
   of the system that fails once, for a reason that libpq does not take for the end of the connection. */
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_S 1
#define PATIENCE_US (4 * G_USEC_PER_SEC) /* twice TIMEOUT_S until it is given up, and time for a busy machine */
#define ROW "a row that is repeated until no buffer between here and the server has room for another one\n"
#define MAX_ROWS 1000000
#define ROWS 20000
#define TRIES 300     /* more calls than any of these needs */
#define PATIENCE_S 60 /* then the test is stuck, and ends by a signal */

static char *conninfo;

typedef struct {
  Db *db;
  pid_t server;
} Talk;

static Talk
talk_begin (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = NULL;
  Talk talk = { .db = db_open (conninfo, FALSE, &error) };

  assert_non_null (talk.db);
  pid = value_of (talk.db, "select pg_backend_pid()");
  talk.server = (pid_t)atoi (pid);
  assert_true (talk.server > 1);
  return talk;
}

static void
freeze (const Talk *talk)
{
  assert_int_equal (kill (talk->server, SIGSTOP), 0);
}

/* What was waited for failed in time, nothing can be had from this connection any more, and its end takes no time. */
static void
expect_given_up (Talk *talk, gint64 started, const GError *error)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) later = NULL;

  assert_int_equal (kill (talk->server, SIGCONT), 0); /* the first thing: others wait for it too */
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE));
  if (strstr (error->message, "timed out: no answer of the server for 2 s") == NULL)
    fail_msg ("%s", error->message);
  assert_in_range (now - started, TIMEOUT_S * G_USEC_PER_SEC, PATIENCE_US);
  assert_int_equal (PQstatus (db_conn (talk->db)), CONNECTION_BAD);
  assert_null (db_queryv (talk->db, &later, "select 1", DB_END));
  assert_true (g_error_matches (later, PLUMB_ERROR, PLUMB_ERROR_DATABASE));
  db_rollback (talk->db);
  db_close (talk->db);
  assert_true (g_get_monotonic_time () - now < G_USEC_PER_SEC / 2);
}

static void
query__server_frozen__given_up (void **state)
{
  Talk talk = talk_begin ();
  gint64 started = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_true (db_begin (talk.db, NULL));
  freeze (&talk);
  assert_null (db_queryv (talk.db, &error, "select 1", DB_END));
  expect_given_up (&talk, started, error);
}

/* Rows go on until no buffer takes more; or the server is silent about the end of a single one. */
static void
copy_in__server_frozen__given_up (void **state)
{
  static const guint rows[] = { MAX_ROWS, 1 };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Talk talk = talk_begin ();
    gint64 started = g_get_monotonic_time ();
    g_autoptr (GError) error = NULL;
    guint sent = 0;

    assert_true (db_script (talk.db, "create temporary table line (text text)", NULL));
    assert_true (db_copy_begin (talk.db, "copy pg_temp.line from stdin", NULL));
    freeze (&talk);
    while (sent < rows[i] && db_copy_data (talk.db, ROW, strlen (ROW), &error))
      sent++;
    assert_true (sent == rows[i] ? !db_copy_end (talk.db, NULL, &error) : sent > 1);
    expect_given_up (&talk, started, error);
  }
}

static gboolean
take (const char *row, gsize length, gpointer data)
{
  Talk *talk = data;

  (void)row;
  (void)length;
  freeze (talk);
  return TRUE;
}

static void
copy_out__server_frozen__given_up (void **state)
{
  Talk talk = talk_begin ();
  gint64 started = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_false (db_copy_read (talk.db, "copy (select generate_series(1, 9999999), repeat('.', 99)) to stdout", take,
                              &talk, &error));
  expect_given_up (&talk, started, error);
}

/* A server that works has the word itself, and the connection stays. */
static void
query__takes_too_long__cancelled_by_the_server (void **state)
{
  Talk talk = talk_begin ();
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_null (db_queryv (talk.db, &error, "select pg_sleep(9)", DB_END));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE));
  assert_non_null (strstr (error->message, "statement timeout"));
  assert_sql (talk.db, "select 1", "1");
  db_close (talk.db);
}

/* A COPY that its caller left where it was does not stand in the way of what comes next. */
static void
query__after_a_copy_left_unfinished__runs (void **state)
{
  Talk talk = talk_begin ();

  (void)state;
  assert_true (db_script (talk.db, "create temporary table line (text text)", NULL));
  assert_true (db_copy_begin (talk.db, "copy pg_temp.line from stdin", NULL));
  assert_true (db_copy_data (talk.db, ROW, strlen (ROW), NULL));
  assert_sql (talk.db, "select count(*) from pg_temp.line", "0");
  db_close (talk.db);
}

/* ------------------------------------------------------------------------------------------------------------------
   Each call in turn fails: what was asked for fails in time or is done whole. */

static int recv_left, send_left; /* calls until the one that fails; 0: none does */

ssize_t
recv (int fd, void *to, size_t length, int flags)
{
  if (recv_left > 0 && --recv_left == 0) {
    errno = ENOSPC;
    return -1;
  }
  return recvfrom (fd, to, length, flags, NULL, NULL);
}

ssize_t
send (int fd, const void *from, size_t length, int flags)
{
  if (send_left > 0 && --send_left == 0) {
    errno = ENOSPC;
    return -1;
  }
  return sendto (fd, from, length, flags, NULL, 0);
}

static gboolean
query (Db *db, GError **error)
{
  g_autofree char *value = db_value (db, error, "select 7", DB_END);

  if (value != NULL)
    assert_string_equal (value, "7");
  return value != NULL;
}

static gboolean
count (const char *row, gsize length, gpointer data)
{
  (void)row;
  (void)length;
  ++*(guint *)data;
  return TRUE;
}

static gboolean
copy_out (Db *db, GError **error)
{
  guint rows = 0;
  gboolean ok = db_copy_read (
      db, "copy (select n, repeat('.', 99) from generate_series(1, " G_STRINGIFY (ROWS) ") n) to stdout", count, &rows,
      error);

  if (ok)
    assert_int_equal (rows, ROWS);
  return ok;
}

/* No call fails meanwhile. */
static void
expect_rows (Db *db)
{
  int held[] = { recv_left, send_left };

  recv_left = send_left = 0;
  assert_sql (db, "select count(*) from pg_temp.line", G_STRINGIFY (ROWS));
  recv_left = held[0];
  send_left = held[1];
}

static gboolean
copy_in (Db *db, GError **error)
{
  gboolean sent = TRUE;

  if (!db_script (db, "create temporary table line (text text)", error)
      || !db_copy_begin (db, "copy pg_temp.line from stdin", error))
    return FALSE;
  for (guint i = 0; sent && i < ROWS; i++)
    sent = db_copy_data (db, "a row that is neither long nor short, as rows are that schools send\n", 68, error);
  if (!db_copy_end (db, sent ? NULL : "given up", sent ? error : NULL) || !sent)
    return FALSE;
  expect_rows (db);
  return TRUE;
}

/* An error, and then either a connection that works or one that says at once that it does not. */
static void
try (gboolean (*work) (Db *db, GError **error), int *left, int nth, gboolean *reached)
{
  g_autoptr (Db) db = db_open (conninfo, FALSE, NULL);
  g_autoptr (GError) error = NULL, later = NULL;
  g_autofree char *value = NULL;
  gboolean ok = FALSE;

  assert_non_null (db);
  *left = nth;
  ok = work (db, &error);
  *reached = *left == 0;
  *left = 0;
  assert_true (ok == (error == NULL));
  if (!ok)
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE));
  value = db_value (db, &later, "select 7", DB_END);
  if (value != NULL)
    assert_string_equal (value, "7");
  else
    assert_true (g_error_matches (later, PLUMB_ERROR, PLUMB_ERROR_DATABASE));
}

static void
fail_each (gboolean (*work) (Db *db, GError **error), int *left, int most)
{
  gboolean reached = TRUE;
  int nth = 0;

  alarm (PATIENCE_S);
  while (reached && nth < most)
    try (work, left, ++nth, &reached);
  alarm (0);
  assert_true (nth > 1 && nth < TRIES);
}

static void
query__a_call_fails__ends (void **state)
{
  (void)state;
  fail_each (query, &recv_left, TRIES);
  fail_each (query, &send_left, TRIES);
}

static void
copy_out__a_call_fails__ends (void **state)
{
  (void)state;
  fail_each (copy_out, &recv_left, TRIES);
  fail_each (copy_out, &send_left, TRIES);
}

static void
copy_in__a_call_fails__ends (void **state)
{
  (void)state;
  fail_each (copy_in, &recv_left, TRIES);
  fail_each (copy_in, &send_left, 3); /* each waits; there are many */
}

static int
set_up (void **state)
{
  (void)state;
  conninfo = test_database_new ();
  db_set_timeout (TIMEOUT_S);
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  db_set_timeout (DB_TIMEOUT_S);
  g_free (conninfo);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (query__server_frozen__given_up),
    cmocka_unit_test (copy_in__server_frozen__given_up),
    cmocka_unit_test (copy_out__server_frozen__given_up),
    cmocka_unit_test (query__takes_too_long__cancelled_by_the_server),
    cmocka_unit_test (query__after_a_copy_left_unfinished__runs),
    cmocka_unit_test (query__a_call_fails__ends),
    cmocka_unit_test (copy_out__a_call_fails__ends),
    cmocka_unit_test (copy_in__a_call_fails__ends),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
