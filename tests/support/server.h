/* tests/support/server.h: a private PostgreSQL server for the tests of one binary, gone when the process ends, however
 * it ends. */
#pragma once

#include "base/db.h"

/**
 * test_server_conninfo: database "plumbline" of the server, which is started at the first call.
 *
 * The binaries of one tests/run share a server: the folder that PLUMB_TEST_SERVER names. A test never touches the
 * databases of others. Ends the process when no server can be had: a test that needs one must not pass without.
 */
const char *test_server_conninfo (void);

/* test_database_new: connection string of a new, empty database; dropped at exit. Free the result. */
char *test_database_new (void);

/**
 * test_database_copy: the same with what @make puts into an empty database.
 *
 * That is done once for all binaries that share the server, and kept under the name @kind: @make must always do the
 * same, and leave no connection open.
 */
char *test_database_copy (const char *kind, void (*make) (const char *conninfo));

/* test_folder_new: a new folder under /tmp, which every account may enter; removed at exit. Free the result. */
char *test_folder_new (void);
