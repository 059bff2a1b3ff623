/* tests/support/site.h: the program as a person or cron calls it, on a database and a state directory of its own. What
 * does not go as asked ends the test. */
#pragma once

#include "base/db.h"

typedef struct {
  char *conninfo;
  char *state;
} Site;

typedef struct {
  int status; /* exit status, or 128 and the signal */
  char *out;
  char *err;
} Result;

void result_clear (Result *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* site_program: the path of plumbline; NULL when it is nowhere above the test's own binary. Borrowed. */
const char *site_program (void);

/* site_new: an empty database, after `plumbline init`, and a state directory; free with site_free(). */
Site *site_new (void);
/* site_bare: the same without init. */
Site *site_bare (void);
void site_free (Site *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Site, site_free)

/* site_copy: a copy of the database of @site, to which nobody may be connected, with @state as its directory (taken).
 * Free with site_drop(), which drops the database too. */
Site *site_copy (const Site *site, char *state);
void site_drop (Site *site);

/* site_run: @line holds words separated by spaces; @db stands for --db and --state of @site. */
Result site_run (const Site *site, const char *line);

/* site_run_under: the same as arguments of another program: @wrapper holds its words. */
Result site_run_under (const Site *site, const char *wrapper, const char *line);

/* site_expect: @line ends with @status, and its stderr has @message in it. */
void site_expect (const Site *site, const char *line, int status, const char *message);

/* site_spawn: as site_run(), without waiting; to be reaped by the caller. */
GPid site_spawn (const Site *site, const char *line);
GPid site_spawn_under (const Site *site, const char *wrapper, const char *line);

/* site_end: sends @signal and returns the status as Result has it. */
int site_end (GPid pid, int signal);

Db *site_connect (const Site *site);

/* site_query: first column of the first row, or NULL; free it. */
char *site_query (const Site *site, const char *sql);
void site_expect_sql (const Site *site, const char *sql, const char *expected);

/* site_wait: FALSE when @sql has not come to give @expected after ten seconds. */
gboolean site_wait (const Site *site, const char *sql, const char *expected);

/* site_fingerprint: rows of every table of the program and of the feeds, but for the ledger of runs: a line a table. */
char *site_fingerprint (const Site *site);

/* site_contents: the same without numbers given in passing and without the moments at which something happened. */
char *site_contents (const Site *site);

/* site_file: a file below the state directory, its folder made. Free the path. */
char *site_file (const Site *site, const char *name, const char *text);

/* site_city: a folder with what `simulate` writes, made once for all binaries of a run; only to be read. Borrowed. */
const char *site_city (void);

/* site_put_exports: from @city, a folder that simulate wrote, the exports of @districts (codes separated by spaces)
 * into the inbox. */
void site_put_exports (const Site *site, const char *city, const char *districts);

/* site_files: every file below the state directory with the hash of its bytes, a line each; those whose names end in
 * @except (".xlsx" has the moment of its making), when not NULL, are left out, as is the report's stamp, which has
 * files' moments.
 */
char *site_files (const Site *site, const char *except);
