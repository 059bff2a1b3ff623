/* tests/support/ground.h: a database of its own for a test, with the program's schema in it. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/**
 * ground_new:
 * @catalogue: what to store in it; NULL: nothing
 * @today: what its clock says from the start, ISO; NULL: the real time
 *
 * Ends the test with the server's words when it cannot be had. Free with db_close(); the database is dropped at exit.
 */
Db *ground_new (const Catalogue *catalogue, const char *today);

/* ground_store: the catalogue that @files (name -> GString) make; what is wrong with it ends the test. */
void ground_store (Db *db, GHashTable *files);
/* ground_refuses: storing the catalogue that @files make fails with exactly the message @expected. */
void ground_refuses (Db *db, GHashTable *files, const char *expected);

/* ground_state: a digest of everything that init writes: rows, and definitions with the transaction that made them.
 * Free the result. */
char *ground_state (Db *db);
