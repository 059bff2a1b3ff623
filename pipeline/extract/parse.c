#include "extract/parse.h"

#include <csv.h>
#include <string.h>

/* libcsv has no way to stop from a callback: what it is given at once bounds what it does after an error. */
#define PIECE_BYTES (16 << 10)
#define GROWTH_BYTES (4 << 10)
#define FIELDS_AT_ONCE 64 /* bytes of a line that are looked at together */

struct _Parser {
  Decoder *decoder;
  struct csv_parser csv;
  Record record;
  GString *text; /* of a record that libcsv takes apart */
  guint *starts;
  guint places; /* of starts */
  GString *raw;
  guint line; /* physical lines read */
  guint blank;
  gboolean in_record;
  gboolean row_ended;
  gboolean continued; /* libcsv is in the middle of a row */
  gboolean keep_raw;
  const char *ceiling; /* limit that a callback found exceeded */
  gboolean finished;
};

static void *
reallocate (void *memory, size_t size)
{
  return size > PARSE_MAX_FIELD_BYTES + GROWTH_BYTES ? NULL : g_try_realloc (memory, size);
}

/* Trailing tabs of a tab-separated line are fields, so a blank alone is padding. */
static int
is_padding (unsigned char c)
{
  return c == ' ';
}

static guint *
make_room (Parser *p, guint fields)
{
  if (p->record.n + fields >= p->places) {
    p->places = 2 * (p->record.n + fields + 1);
    p->record.starts = p->starts = g_renew (guint, p->starts, p->places);
  }
  return p->starts;
}

static void
take_field (void *field, size_t length, void *data)
{
  Parser *p = data;

  if (p->record.n >= PARSE_MAX_COLUMNS) {
    p->ceiling = G_STRINGIFY (PARSE_MAX_COLUMNS);
    return;
  }
  if (p->text->len + length > PARSE_MAX_RECORD_BYTES) {
    p->ceiling = G_STRINGIFY (PARSE_MAX_RECORD_BYTES);
    return;
  }
  if (length > 0)
    g_string_append_len (p->text, field, (gssize)length);
  g_string_append_c (p->text, '\0');
  make_room (p, 1);
  p->starts[++p->record.n] = (guint)p->text->len;
  p->record.text = p->text->str;
}

static void
take_row (int terminator, void *data)
{
  Parser *p = data;

  (void)terminator;
  p->row_ended = TRUE;
}

Parser *
parser_new (Source *source, Encoding encoding, char separator, gboolean keep_raw, Fault *fault)
{
  Decoder *decoder = decoder_new (source, encoding, fault);
  Parser *p = NULL;

  if (decoder == NULL)
    return NULL;
  p = g_new0 (Parser, 1);
  p->decoder = decoder;
  p->keep_raw = keep_raw;
  csv_init (&p->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL);
  csv_set_realloc_func (&p->csv, reallocate);
  csv_set_free_func (&p->csv, g_free);
  csv_set_blk_size (&p->csv, GROWTH_BYTES);
  csv_set_space_func (&p->csv, is_padding);
  csv_set_delim (&p->csv, (unsigned char)separator);
  p->text = g_string_sized_new (1024);
  p->record.raw = p->raw = g_string_sized_new (keep_raw ? 1024 : 1);
  make_room (p, FIELDS_AT_ONCE);
  return p;
}

void
parser_free (Parser *parser)
{
  if (parser == NULL)
    return;
  csv_free (&parser->csv);
  decoder_free (parser->decoder);
  g_string_free (parser->text, TRUE);
  g_string_free (parser->raw, TRUE);
  g_free (parser->starts);
  g_free (parser);
}

guint
parser_blank (const Parser *parser)
{
  return parser->blank;
}

static void
begin_record (Parser *p)
{
  p->record.n = 0;
  p->record.line = p->line;
  p->record.row++;
  p->record.text = p->text->str;
  p->starts[0] = 0;
  if (p->text->len > 0)
    g_string_truncate (p->text, 0);
  if (p->keep_raw)
    g_string_truncate (p->raw, 0);
  p->row_ended = FALSE;
  p->in_record = TRUE;
}

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r' && line[i] != '\n')
      return FALSE;
  return TRUE;
}

static guint
count_breaks (const char *text, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += text[i] == '\n' || (text[i] == '\r' && (i + 1 == length || text[i + 1] != '\n'));
  return n;
}

/* Complete fields before the one at fault may hold line breaks: that one begins so many lines further down. A quoted
   field that never ends is a quote that was not closed, not a large cell. */
static gboolean
refuse (Parser *p, Fault *fault)
{
  gboolean quote = p->ceiling == NULL && (csv_error (&p->csv) == CSV_EPARSE || p->csv.quoted);
  g_autofree char *text = g_strndup ((const char *)p->csv.entry_buf, MIN (p->csv.entry_pos, 4 * FAULT_VALUE_CHARS));

  fault_set (fault, quote ? "quote" : "ceiling", p->record.line + count_breaks (p->text->str, p->text->len),
             p->record.row);
  fault->column_no = p->record.n + 1;
  if (quote)
    fault->value = fault_value (text);
  else
    fault->limit = g_strdup (p->ceiling != NULL ? p->ceiling : G_STRINGIFY (PARSE_MAX_FIELD_BYTES));
  return FALSE;
}

static gboolean
feed (Parser *p, const char *line, gsize length, Fault *fault)
{
  for (gsize done = 0; done < length;) {
    gsize piece = MIN (length - done, PIECE_BYTES);

    if (csv_parse (&p->csv, line + done, piece, take_field, take_row, p) != piece || p->ceiling != NULL)
      return refuse (p, fault);
    done += piece;
  }
  return TRUE;
}

/* 0x80 in each byte of @word that is @byte. */
static guint64
match (guint64 word, char byte)
{
  const guint64 each = G_GUINT64_CONSTANT (0x0101010101010101), low = each * 0x7F;

  word ^= each * (guchar)byte;
  return ~(((word & low) + low) | word | low);
}

/* The separators in up to 64 bytes, a bit each. */
static guint64
find_separators (const char *text, gsize length, char separator)
{
  guint64 bits = 0;

  for (gsize i = 0; i < length; i += 8) {
    guint64 word = 0;

    if (length - i >= 8)
      memcpy (&word, text + i, 8);
    else
      memcpy (&word, text + i, length - i);
    bits |= ((match (GUINT64_FROM_LE (word), separator) >> 7) * G_GUINT64_CONSTANT (0x0102040810204080) >> 56) << i;
  }
  return bits;
}

/* Nearly all lines have neither quotes nor blanks to trim: such a line is its fields, and libcsv would say the same of
   it, byte by byte and field by field. FALSE: it is to be asked. */
static gboolean
split (Parser *p, char *line, gsize length)
{
  const char separator = (char)csv_get_delim (&p->csv);
  guint n = 0;

  if (length >= PARSE_MAX_COLUMNS || memchr (line, '"', length) != NULL || memchr (line, ' ', length) != NULL)
    return FALSE;
  if (p->keep_raw)
    g_string_append_len (p->raw, line, (gssize)length);
  for (gsize at = 0; at < length; at += FIELDS_AT_ONCE) {
    guint64 bits = find_separators (line + at, MIN (FIELDS_AT_ONCE, length - at), separator);
    guint *starts = make_room (p, n + FIELDS_AT_ONCE + 1);

    for (; bits != 0; bits &= bits - 1) {
      guint end = (guint)at + (guint)__builtin_ctzll (bits);

      line[end] = '\0';
      starts[++n] = end + 1;
    }
  }
  line[length] = '\0';
  p->starts[++n] = (guint)length + 1;
  p->record.n = n;
  p->record.text = line;
  p->row_ended = TRUE;
  return TRUE;
}

static gsize
terminator_length (const char *line, gsize length)
{
  gsize n = 0;

  while (n < length && n < 2 && (line[length - 1 - n] == '\n' || line[length - 1 - n] == '\r'))
    n++;
  return n;
}

static gboolean
finish (Parser *p, const Record **record, Fault *fault)
{
  p->finished = TRUE;
  if (p->in_record && (csv_fini (&p->csv, take_field, take_row, p) != 0 || p->ceiling != NULL))
    return refuse (p, fault);
  *record = p->in_record ? &p->record : NULL;
  p->in_record = FALSE;
  return TRUE;
}

/* What the record's lines are, the last one's terminator left out. */
static void
keep_raw (Parser *p, const char *line, gsize length)
{
  if (p->row_ended)
    length -= terminator_length (line, length);
  g_string_append_len (p->raw, line, (gssize)length);
}

/* Where files were joined, the second one's byte order mark stands in the middle. */
static void
skip_mark (char **line, gsize *length)
{
  while (*length >= 3 && memcmp (*line, "\xEF\xBB\xBF", 3) == 0) {
    *line += 3;
    *length -= 3;
  }
}

/* Begins a record with the line just read; FALSE with @fault at the ceiling of rows. */
static gboolean
open_record (Parser *p, const char *line, gsize length, Fault *fault)
{
  begin_record (p);
  if (p->record.row > PARSE_MAX_ROWS) {
    p->ceiling = G_STRINGIFY (PARSE_MAX_ROWS);
    return refuse (p, fault);
  }
  if (is_blank (line, length)) {
    p->blank++;
    p->in_record = FALSE;
  }
  return TRUE;
}

static gboolean
take_line (Parser *p, char *line, gsize length, Fault *fault)
{
  gsize end = terminator_length (line, length);

  if (!p->continued && end > 0 && split (p, line, length - end))
    return TRUE;
  if (!feed (p, line, length, fault))
    return FALSE;
  p->continued = !p->row_ended;
  if (p->keep_raw)
    keep_raw (p, line, length);
  return TRUE;
}

gboolean
parser_next (Parser *parser, const Record **record, Fault *fault)
{
  char *line = NULL;
  gsize length = 0;

  *record = NULL;
  while (!parser->finished) {
    if (!decoder_line (parser->decoder, &line, &length, fault))
      return FALSE;
    if (length == 0)
      return finish (parser, record, fault);
    parser->line++;
    if (!parser->in_record)
      skip_mark (&line, &length);
    if (!parser->in_record && !open_record (parser, line, length, fault))
      return FALSE;
    if (!parser->in_record)
      continue;
    if (!take_line (parser, line, length, fault))
      return FALSE;
    if (parser->row_ended) {
      parser->in_record = FALSE;
      *record = &parser->record;
      return TRUE;
    }
  }
  return TRUE;
}
