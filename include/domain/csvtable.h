/* include/domain/csvtable.h: a small CSV text as rows of cells that know their line. */
#pragma once

#include <glib.h>

#define CSV_TABLE_MAX_BYTES (16 << 20)
#define CSV_TABLE_MAX_CELLS 256 /* in a row */

typedef struct {
  guint line; /* physical line on which the row begins, from 1 */
  guint n;
  char **cells; /* n texts, NULL-terminated; an empty cell is "" */
} CsvRow;

typedef struct {
  GPtrArray *rows; /* CsvRow, the header among them; blank lines are left out */
} CsvTable;

/**
 * csv_table_parse:
 * @text: UTF-8, with or without a byte order mark; @length bytes
 * @line: where the mistake is, set on failure; may be NULL
 *
 * Quotes as in RFC 4180, read strictly; spaces around unquoted cells are dropped. PLUMB_ERROR_INPUT says what is wrong:
 * a stray or unclosed quote, bytes that are not UTF-8, NUL, more than CSV_TABLE_MAX_BYTES or CSV_TABLE_MAX_CELLS.
 */
CsvTable *csv_table_parse (const char *text, gsize length, guint *line, GError **error);
void csv_table_free (CsvTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsvTable, csv_table_free)
