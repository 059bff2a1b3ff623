#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define MAX_READS 64 /* of what had arrived when it was given up; then libpq sees that the connection is closed */

/* The server is not told: whatever it does then, it does not commit what this side has not asked it to. */
static gboolean
give_up (Wire *wire)
{
  wire->lost = TRUE;
  if (PQsocket (wire->conn) >= 0)
    shutdown (PQsocket (wire->conn), SHUT_RDWR);
  for (guint i = 0; i < MAX_READS && PQstatus (wire->conn) == CONNECTION_OK; i++)
    PQconsumeInput (wire->conn);
  return FALSE;
}

/* After errors that it does not know libpq keeps the connection, and in a COPY then says for ever that it is in a COPY.
 */
static gboolean
fail (Wire *wire)
{
  return PQstatus (wire->conn) == CONNECTION_OK && give_up (wire);
}

static gboolean
receive (Wire *wire)
{
  return PQconsumeInput (wire->conn) != 0 || fail (wire);
}

/* A signal, such as the one that asks the server to cancel, does not lengthen the wait. */
static gboolean
await (Wire *wire, short events)
{
  struct pollfd one = { .fd = PQsocket (wire->conn), .events = events };
  gint64 end = g_get_monotonic_time () + (gint64)wire->timeout_s * G_USEC_PER_SEC;
  int ready = 0;

  if (one.fd < 0)
    return FALSE;
  do
    ready = poll (&one, 1, (int)MAX (0, (end - g_get_monotonic_time ()) / 1000));
  while (ready < 0 && errno == EINTR && g_get_monotonic_time () < end);
  wire->timed_out |= ready <= 0;
  return ready > 0 || give_up (wire);
}

/* A server that is busy sending does not read: hence both ways. */
static gboolean
flush (Wire *wire)
{
  int left = 0;

  while ((left = PQflush (wire->conn)) > 0)
    if (!await (wire, POLLIN | POLLOUT) || !receive (wire))
      return FALSE;
  return left == 0 || fail (wire);
}

PGresult *
wire_next (Wire *wire)
{
  /* When sending failed, libpq tells why with the result. */
  flush (wire);
  while (PQisBusy (wire->conn))
    if (!await (wire, POLLIN) || !receive (wire))
      break;
  /* An answer that comes as the patience ends can look whole and lack its rows. */
  return wire->lost ? NULL : PQgetResult (wire->conn);
}

static void
discard (Wire *wire)
{
  PGresult *left = NULL;

  while ((left = wire_next (wire)) != NULL) {
    ExecStatusType status = PQresultStatus (left);
    char *row = NULL;

    PQclear (left);
    if (status == PGRES_COPY_IN)
      wire_put_end (wire, "given up");
    while (status == PGRES_COPY_OUT && wire_get (wire, &row) > 0)
      PQfreemem (row);
  }
}

PGresult *
wire_run (Wire *wire, const char *sql, int n, const char *const params[])
{
  PGresult *last = NULL, *next = NULL;

  discard (wire);
  if ((n < 0 ? PQsendQuery (wire->conn, sql) : PQsendQueryParams (wire->conn, sql, n, NULL, params, NULL, NULL, 0))
      == 0)
    return NULL;
  while ((next = wire_next (wire)) != NULL) {
    ExecStatusType status = PQresultStatus (next);

    PQclear (last);
    last = next;
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || PQstatus (wire->conn) != CONNECTION_OK)
      break;
  }
  return last;
}

gboolean
wire_put (Wire *wire, const char *data, int length)
{
  int put = 0;

  while ((put = PQputCopyData (wire->conn, data, length)) == 0)
    if (!await (wire, POLLIN | POLLOUT) || !receive (wire))
      return FALSE;
  return put == 1 ? flush (wire) : fail (wire);
}

gboolean
wire_put_end (Wire *wire, const char *reason)
{
  int put = 0;

  while ((put = PQputCopyEnd (wire->conn, reason)) == 0)
    if (!await (wire, POLLIN | POLLOUT) || !receive (wire))
      return FALSE;
  return put == 1 ? flush (wire) : fail (wire);
}

int
wire_get (Wire *wire, char **row)
{
  int length = 0;

  while ((length = PQgetCopyData (wire->conn, row, 1)) == 0)
    if (!await (wire, POLLIN) || !receive (wire))
      return -2;
  return length;
}
