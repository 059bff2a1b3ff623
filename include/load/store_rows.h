/* include/load/store_rows.h: the catalogue as rows of the plumbline tables. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/* store_rows: merges every table of the catalogue, whole: rows that @catalogue lacks are retired, equal ones stay.
   Inside a transaction. */
gboolean store_rows (Db *db, const Catalogue *catalogue, GError **error);
