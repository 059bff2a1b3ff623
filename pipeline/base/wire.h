/* pipeline/base/wire.h: libpq's calls that wait for the server, each with an end to its patience. */
#pragma once

#include <glib.h>
#include <libpq-fe.h>

typedef struct {
  PGconn *conn;       /* non-blocking: see PQsetnonblocking() */
  guint timeout_s;    /* longest silence of the server */
  gboolean timed_out; /* it was longer */
  gboolean lost;      /* hence, or because a call failed, the connection is closed for good */
} Wire;

/* wire_run: several statements without parameters (@n < 0), or one with @n. What an earlier one left is discarded.
 * Returns: the last result, or the first that begins a COPY; NULL when the connection is lost. Free with PQclear(). */
PGresult *wire_run (Wire *wire, const char *sql, int n, const char *const params[]);
/* wire_next: the next result of what wire_run() began; NULL after the last one. */
PGresult *wire_next (Wire *wire);

/* wire_put: @length bytes of a COPY FROM STDIN. wire_put_end: its end, or, with @reason, that it is given up. */
gboolean wire_put (Wire *wire, const char *data, int length);
gboolean wire_put_end (Wire *wire, const char *reason);
/* wire_get: the next row of a COPY TO STDOUT: its length, -1 after the last, -2 when it failed. PQfreemem() it. */
int wire_get (Wire *wire, char **row);
