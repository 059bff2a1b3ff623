/* include/database.h: which database, and the command that starts, stops and enters the private one. */
#pragma once

#include "base/db.h"
#include "command.h"

/* database_command: db start, db stop, db psql. */
gboolean database_command (const Options *options, Outcome *outcome, GError **error);

/**
 * database_open: a connection to --db, or to what libpq's environment names, else to the private server, which is
 * started when it does not run and announced on stderr when it was made elsewhere than in the state directory.
 */
Db *database_open (const Options *options, GError **error);
