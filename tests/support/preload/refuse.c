/* Loaded before libpq: the server is asked something that it refuses in place of the statement whose number
   PLUMB_REFUSED names, counted from 1; every statement goes on a line of the file PLUMB_STATEMENTS. With PLUMB_UNLOCKED
   it is not asked for the lock of a run, but whether true is true. */
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCK "pg_try_advisory_lock"
#define UNLOCKED "select true"
#define REFUSED "do $$ begin raise exception 'planted refusal'; end $$"
#define LONGEST 4096

/* One write, so that the lines of threads do not mix. */
static void
note (const char *path, const char *sql)
{
  char line[LONGEST];
  size_t length = strnlen (sql, sizeof line - 1);
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

  for (size_t i = 0; i < length; i++)
    line[i] = sql[i] == '\n' ? ' ' : sql[i];
  line[length] = '\n';
  if (fd < 0 || write (fd, line, length + 1) < 0)
    abort ();
  close (fd);
}

static int
is_refused (const char *sql)
{
  static atomic_uint count;
  const char *path = getenv ("PLUMB_STATEMENTS"), *which = getenv ("PLUMB_REFUSED");
  unsigned number = atomic_fetch_add (&count, 1) + 1;

  if (path != NULL)
    note (path, sql);
  return which != NULL && number == strtoul (which, NULL, 10);
}

static const char *
replace (const char *sql)
{
  if (getenv ("PLUMB_UNLOCKED") != NULL && strstr (sql, LOCK) != NULL)
    return UNLOCKED;
  return is_refused (sql) ? REFUSED : sql;
}

int
PQsendQuery (PGconn *conn, const char *query)
{
  int (*send) (PGconn *, const char *) = NULL;

  *(void **)&send = dlsym (RTLD_NEXT, "PQsendQuery");
  return send (conn, replace (query));
}

int
PQsendQueryParams (PGconn *conn, const char *command, int nParams, const Oid *paramTypes,
                   const char *const *paramValues, const int *paramLengths, const int *paramFormats, int resultFormat)
{
  int (*send) (PGconn *, const char *, int, const Oid *, const char *const *, const int *, const int *, int) = NULL;
  const char *sent = replace (command);
  int same = sent == command;

  *(void **)&send = dlsym (RTLD_NEXT, "PQsendQueryParams");
  return send (conn, sent, same ? nParams : 0, same ? paramTypes : NULL, same ? paramValues : NULL,
               same ? paramLengths : NULL, same ? paramFormats : NULL, resultFormat);
}
