/* include/base/sql.h: the statements under sql/, and the standard sentences and thresholds, embedded by the build. */
#pragma once

#include <glib.h>

/**
 * sql_query: text of sql/queries/@name.sql, its comment included, so that the server's log names the query.
 * Returns: borrowed; a missing name is a bug and aborts.
 */
const char *sql_query (const char *name);

/* sql_list: names (with .sql, sorted by strcmp) below sql/@folder, for example "migrations"; free with g_strfreev(). */
char **sql_list (const char *folder);

/* sql_text: text of sql/@folder/@file; borrowed; a missing file aborts. */
const char *sql_text (const char *folder, const char *file);

/* sql_hash: SHA-256 of that text in hexadecimal, as the build took it; free with g_free(). */
char *sql_hash (const char *folder, const char *file);

/* embedded_text: any embedded file by its path in the tree, for example "seeds/text.csv"; borrowed; a missing one
 * aborts. */
const char *embedded_text (const char *path);
