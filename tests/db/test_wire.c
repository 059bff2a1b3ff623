/* A call of the system fails once, for a reason that libpq does not take for the end of the connection: each call in
   turn. What was asked for fails in time or is done whole, and nothing waits or turns for ever. */
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROWS 20000
#define TIMEOUT_S 1
#define TRIES 300     /* more calls than any of these needs */
#define PATIENCE_S 60 /* then the test is stuck, and ends by a signal */

static char *conninfo;
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
    cmocka_unit_test (query__a_call_fails__ends),
    cmocka_unit_test (copy_out__a_call_fails__ends),
    cmocka_unit_test (copy_in__a_call_fails__ends),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
