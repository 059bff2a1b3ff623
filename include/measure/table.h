/* include/measure/table.h: a CSV table with a header, whole in memory: what fit reads, and what the build embedded. */
#pragma once

#include <glib.h>

typedef struct {
  guint line;   /* physical line on which the row starts, from 1 */
  char **field; /* as many as the header has; trimmed of spaces */
} TableRow;

typedef struct {
  char *name;    /* for messages */
  char **header; /* NULL-terminated */
  guint n_columns;
  GPtrArray *rows; /* TableRow */
} Table;

/**
 * table_read: @path as UTF-8 (with or without BOM), comma, quotes as usual, LF or CRLF; blank lines are skipped.
 *
 * Returns: NULL with PLUMB_ERROR_INPUT naming file, line and what to do: unreadable, larger than 512 MiB, not UTF-8
 * (the line), a quote left open, a header that is empty or names a column twice, a row with more or fewer fields than
 * the header.
 */
Table *table_read (const char *path, GError **error);

/* table_parse: the same from @length bytes of @text called @name in messages. */
Table *table_parse (const char *name, const char *text, gsize length, GError **error);
void table_free (Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

/* table_column: index of a column, -1 where there is none. */
int table_column (const Table *table, const char *column);
