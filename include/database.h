/* include/database.h: which database, and the command that starts, stops and enters the private one. */
#pragma once

#include "command.h"

/* database_command: db start, db stop, db psql. */
gboolean database_command (const Options *options, Outcome *outcome, GError **error);

/**
 * database_conninfo: NULL for libpq's own environment; --db; else the private server's, which is started when it does
 * not run and announced on stderr when it was made elsewhere than in the state directory. Free the result.
 */
gboolean database_conninfo (const Options *options, char **conninfo, GError **error);
