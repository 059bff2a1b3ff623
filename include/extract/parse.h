/* include/extract/parse.h: lines become records: libcsv in its strict mode, with physical line and spreadsheet row
 * known. */
#pragma once

#include "extract/decode.h"

#define PARSE_MAX_FIELD_BYTES 131072 /* a cell of Excel holds 32,767 characters */
#define PARSE_MAX_COLUMNS 4096
#define PARSE_MAX_RECORD_BYTES 4194304
#define PARSE_MAX_ROWS 100000000

/* One record. Its fields are NUL-terminated texts, borrowed until the next one is read. */
typedef struct {
  guint line;          /* physical line on which it begins, from 1 */
  guint row;           /* spreadsheet row, from 1: blank lines count, line breaks inside quotes do not */
  guint n;             /* fields */
  const char *text;    /* the fields, each with its NUL */
  const guint *starts; /* where each begins in text; one more for the end */
  const GString *raw;  /* the lines as they stood, without the last terminator */
} Record;

static inline const char *
record_field (const Record *record, guint i)
{
  return record->text + record->starts[i];
}

static inline gsize
record_length (const Record *record, guint i)
{
  return record->starts[i + 1] - record->starts[i] - 1;
}

typedef struct _Parser Parser;

/* parser_new: reads @source (borrowed) from its beginning; @keep_raw fills Record.raw. */
Parser *parser_new (Source *source, Encoding encoding, char separator, gboolean keep_raw, Fault *fault);
void parser_free (Parser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Parser, parser_free)

/**
 * parser_next: the next record that is not a blank line; *@record is NULL at the end.
 *
 * Returns: FALSE with @fault: quote (unclosed or stray, at the line and row where the field begins), ceiling (a field,
 * record, number of columns or rows above its limit), or what decoder_line() reports. Nothing can be read after that.
 */
gboolean parser_next (Parser *parser, const Record **record, Fault *fault);

/* parser_blank: blank lines passed over so far. */
guint parser_blank (const Parser *parser);
