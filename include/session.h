/* include/session.h: a connection with the clock set; for what writes also the lock and a row of plumbline.run. */
#pragma once

#include "base/db.h"
#include "command.h"
#include "domain/catalogue.h"

typedef enum {
  SESSION_READ, /* no lock, no row */
  SESSION_BARE, /* the lock alone, whatever is in the database */
  SESSION_WRITE,
  SESSION_INIT /* brings the schema up to date first; the catalogue comes from the folder, not from the database */
} SessionKind;

struct _Session {
  const Options *options; /* borrowed */
  Db *db;
  Catalogue *catalogue;
  char *today; /* ISO date */
  gint64 run_id;
  GString *stages; /* JSON objects, separated by commas */
};

/**
 * session_open: for options->command.
 *
 * PLUMB_ERROR_LOCKED names the holder's command, process and start; PLUMB_ERROR_CONFIG before the first init.
 */
Session *session_open (const Options *options, SessionKind kind, GError **error);

typedef struct {
  gint64 in;
  gint64 out;
  gint64 rejected;
} StageCounts;

/* session_note: adds a stage to the run's row; @why is NULL or what went wrong. A lost connection is not reported here:
   what comes next will. */
void session_note (Session *session, const char *stage, const StageCounts *counts, gint64 ms, const char *why);

/* session_close: completes the run's row and disconnects; with --dry-run everything is undone. @why may be NULL. */
void session_close (Session *session, int exit_status, const char *why);
