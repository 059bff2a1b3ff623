/* include/load/store.h: schema and catalogue in the database. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/**
 * store_migrate: applies sql/migrations in order, each in one transaction, recorded with its SHA-256 in
 * plumbline.migration; then replaces the views of sql/views.
 *
 * PLUMB_ERROR_CONFIG when an applied migration's text has changed, or when the database is newer than the program.
 */
gboolean store_migrate (Db *db, GError **error);

/* store_catalogue: merges @catalogue into the plumbline tables, makes feed tables, indicator views and monitor views.
   One transaction. PLUMB_ERROR_CONFIG names file, line and column of an SQL expression that the server refuses. */
gboolean store_catalogue (Db *db, const Catalogue *catalogue, GError **error);

/* store_read_catalogue: the catalogue that init loaded; PLUMB_ERROR_CONFIG "run plumbline init first" when there is
 * none. */
Catalogue *store_read_catalogue (Db *db, GError **error);

/* store_make_ahead: partitions of the year of @today and of the next one, so that what comes first in January waits for
 * none. One transaction. */
gboolean store_make_ahead (Db *db, const char *today, GError **error);
