/* include/tool.h: other programs, with a deadline. */
#pragma once

#include "base/db.h"

/**
 * tool_run:
 * @argv: path and arguments
 * @environment: NULL-terminated, or NULL for the caller's
 * @out: what it wrote to stdout, or NULL
 *
 * A signal to this process, or @deadline_s, ends the program. PLUMB_ERROR_DATABASE carries what it wrote to stderr.
 */
gboolean tool_run (char **argv, char **environment, guint deadline_s, char **out, GError **error);

/**
 * tool_login: the connection of @db for a PostgreSQL program: @conninfo for its command line, without password, and the
 * environment with it, where no other user can read it. Free both.
 */
void tool_login (Db *db, char **conninfo, char ***environment);
