#include "extract/decode.h"

#include <string.h>

typedef struct {
  guint64 offset;
  guchar head[4];
  gboolean utf8; /* as far as seen */
  guint64 utf8_bad;
  guint pending; /* continuation bytes still to come */
  guchar low;    /* range of the next one */
  guchar high;
  guint64 nul[2]; /* at even and odd offsets */
  guint64 first_nul;
} Scan;

/* Table 3-7 of the Unicode Standard: which first byte is followed by how many, and the range of the second. */
static gboolean
begin_sequence (Scan *s, guchar c)
{
  s->low = 0x80;
  s->high = 0xBF;
  if (c >= 0xC2 && c <= 0xDF)
    s->pending = 1;
  else if (c >= 0xE0 && c <= 0xEF) {
    s->pending = 2;
    s->low = c == 0xE0 ? 0xA0 : 0x80;
    s->high = c == 0xED ? 0x9F : 0xBF;
  } else if (c >= 0xF0 && c <= 0xF4) {
    s->pending = 3;
    s->low = c == 0xF0 ? 0x90 : 0x80;
    s->high = c == 0xF4 ? 0x8F : 0xBF;
  } else
    return c < 0x80;
  return TRUE;
}

static void
scan_byte (Scan *s, guchar c, guint64 offset)
{
  gboolean good = TRUE;

  if (c == 0) {
    if (s->nul[0] + s->nul[1] == 0)
      s->first_nul = offset;
    s->nul[offset & 1]++;
  }
  if (!s->utf8)
    return;
  if (s->pending > 0) {
    good = c >= s->low && c <= s->high;
    s->low = 0x80;
    s->high = 0xBF;
    s->pending--;
  } else
    good = begin_sequence (s, c);
  if (!good) {
    s->utf8 = FALSE;
    s->utf8_bad = offset;
  }
}

/* Eight ASCII bytes other than NUL at once: most of a table is that. */
static gboolean
is_plain (const guchar *p)
{
  guint64 word;

  memcpy (&word, p, 8);
  return ((word | ((word - G_GUINT64_CONSTANT (0x0101010101010101)) & ~word)) & G_GUINT64_CONSTANT (0x8080808080808080))
         == 0;
}

static void
scan_chunk (const guchar *chunk, gsize length, gpointer data)
{
  Scan *s = data;
  gsize i = 0;

  if (s->offset == 0)
    memcpy (s->head, chunk, MIN (length, sizeof s->head));
  while (i < length)
    if (s->pending == 0 && length - i >= 8 && is_plain (chunk + i))
      i += 8;
    else {
      scan_byte (s, chunk[i], s->offset + i);
      i++;
    }
  s->offset += length;
}

gboolean
decode_locate (Source *source, Encoding encoding, guint64 offset, Fault *fault)
{
  guint unit = encoding_info (encoding)->unit, low = encoding_info (encoding)->low;
  guint64 seen = 0, begin = 0;
  const guchar *chunk = NULL;
  gsize length = SOURCE_CHUNK_BYTES;
  guint line = 1;
  guchar last = 0;

  if (!source_rewind (source, fault))
    return FALSE;
  while (length == SOURCE_CHUNK_BYTES && seen < offset) {
    if (!source_chunk (source, &chunk, &length, fault))
      return FALSE;
    for (gsize i = 0; i + unit <= length && seen + i + unit <= offset; i += unit) {
      guchar c = unit == 2 && chunk[i + 1 - low] != 0 ? 0xFF : chunk[i + low];

      if (c == '\n' && last == '\r')
        begin = seen + i + unit;
      else if (c == '\n' || c == '\r') {
        line++;
        begin = seen + i + unit;
      }
      last = c;
    }
    seen += length;
  }
  fault->line = line;
  fault->byte = offset - begin + 1;
  return TRUE;
}

static gboolean
utf8_holds (const Scan *s, guint64 *bad)
{
  *bad = s->utf8 ? s->offset - 1 : s->utf8_bad;
  return s->utf8 && s->pending == 0;
}

static gboolean
refuse_at (Source *source, const char *check, Encoding encoding, guint64 offset, Fault *fault)
{
  fault_set (fault, check, 0, 0);
  return decode_locate (source, encoding, offset, fault) && FALSE;
}

static gboolean
has_mark (const Scan *s, Encoding encoding)
{
  return s->offset >= encoding_info (encoding)->mark_length && encoding_info (encoding)->mark_length > 0
         && memcmp (s->head, encoding_info (encoding)->mark, encoding_info (encoding)->mark_length) == 0;
}

static gboolean
refuse_both (Source *source, guint64 utf8_bad, guint64 gb_bad, Fault *fault)
{
  g_auto (Fault) utf8 = { 0 }, gb = { 0 };

  if (!decode_locate (source, ENCODING_UTF8, utf8_bad, &utf8) || !decode_locate (source, ENCODING_UTF8, gb_bad, &gb))
    return fault_set (fault, "changed", 0, 0);
  fault_set (fault, "encoding", MAX (utf8.line, gb.line), 0);
  fault->byte = utf8_bad > gb_bad ? utf8.byte : gb.byte;
  fault_text (&fault->found, "UTF-8: %u:%" G_GUINT64_FORMAT ", GB18030: %u:%" G_GUINT64_FORMAT, utf8.line, utf8.byte,
              gb.line, gb.byte);
  return FALSE;
}

/* ASCII's high bytes are the NULs of UTF-16: nearly all of them at even, or at odd offsets. */
static gboolean
looks_like_utf16 (const Scan *s, Encoding *encoding)
{
  guint64 all = s->nul[0] + s->nul[1];

  *encoding = s->nul[1] > s->nul[0] ? ENCODING_UTF16LE : ENCODING_UTF16BE;
  return s->offset % 2 == 0 && 10 * all >= s->offset && 20 * MAX (s->nul[0], s->nul[1]) >= 19 * all;
}

/* Spreadsheets under a CSV's name: their own formats, and the HTML tables that web systems call .xls. */
static gboolean
is_workbook (const Scan *s)
{
  static const struct {
    const char *head;
    guint length;
  } marks[] = { { "PK\x03\x04", 4 }, { "\xD0\xCF\x11\xE0", 4 },
                { "<htm", 4 },       { "<HTM", 4 },
                { "<tab", 4 },       { "<!DO", 4 },
                { "<?xm", 4 },       { "%PDF", 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (s->offset > marks[i].length && memcmp (s->head, marks[i].head, marks[i].length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
decide_marked (Source *source, const Scan *s, Encoding encoding, Fault *fault)
{
  guint64 bad = 0;

  if (encoding_info (encoding)->unit == 1 && s->nul[0] + s->nul[1] > 0)
    return refuse_at (source, "nul", encoding, s->first_nul, fault);
  if (encoding == ENCODING_UTF8_BOM ? utf8_holds (s, &bad) : decode_try (source, encoding, &bad, fault))
    return TRUE;
  if (fault->check != NULL)
    return FALSE;
  refuse_at (source, "encoding", encoding, bad, fault);
  fault_text (&fault->found, "%s: %u:%" G_GUINT64_FORMAT, encoding_info (encoding)->name, fault->line, fault->byte);
  return FALSE;
}

/* Big5 is good GB18030 as well, of other characters. Half of Big5's characters end in an ASCII byte; of simplified
   Chinese in GBK hardly any does, and traditional Chinese in GBK begins with bytes that Big5 does not have. */
#define BIG5_LOOK_BYTES (1 << 20)
#define BIG5_MIN_PAIRS 8
#define BIG5_LOW_PCT 20

typedef struct {
  guint pairs;
  guint low; /* pairs whose second byte is ASCII */
  gboolean foreign;
  guchar lead; /* of a pair cut by the chunk's end, or 0 */
} Big5Count;

static void
count_big5 (Big5Count *count, const guchar *chunk, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    guchar c = chunk[i];

    if (count->lead == 0) {
      count->lead = c >= 0x80 ? c : 0;
      continue;
    }
    count->foreign |= count->lead < 0xA1 || count->lead > 0xF9 || c < 0x40 || (c > 0x7E && c < 0xA1) || c == 0xFF;
    count->pairs++;
    count->low += c < 0x80;
    count->lead = 0;
  }
}

static gboolean
looks_like_big5 (Source *source, Fault *fault)
{
  Big5Count count = { 0 };
  const guchar *chunk = NULL;
  gsize length = SOURCE_CHUNK_BYTES;

  if (!source_rewind (source, fault))
    return FALSE;
  for (gsize seen = 0; length == SOURCE_CHUNK_BYTES && seen < BIG5_LOOK_BYTES && !count.foreign; seen += length) {
    if (!source_chunk (source, &chunk, &length, fault))
      return FALSE;
    count_big5 (&count, chunk, length);
  }
  return !count.foreign && count.pairs >= BIG5_MIN_PAIRS && 100 * count.low > BIG5_LOW_PCT * count.pairs;
}

static gboolean
decide_unmarked (Source *source, const Scan *s, Encoding *encoding, Fault *fault)
{
  guint64 utf8_bad = 0, bad = 0;

  if (s->nul[0] + s->nul[1] > 0) {
    if (looks_like_utf16 (s, encoding) && decode_try (source, *encoding, &bad, fault))
      return TRUE;
    return fault->check != NULL ? FALSE : refuse_at (source, "nul", ENCODING_UTF8, s->first_nul, fault);
  }
  *encoding = ENCODING_UTF8;
  if (utf8_holds (s, &utf8_bad))
    return TRUE;
  if (looks_like_big5 (source, fault))
    return refuse_at (source, "big5", ENCODING_UTF8, utf8_bad, fault);
  if (fault->check != NULL)
    return FALSE;
  *encoding = ENCODING_GB18030;
  if (decode_try (source, *encoding, &bad, fault))
    return TRUE;
  *encoding = ENCODING_CP936;
  if (fault->check == NULL && decode_try (source, *encoding, &bad, fault))
    return TRUE;
  return fault->check != NULL ? FALSE : refuse_both (source, utf8_bad, bad, fault);
}

static gboolean
decide (Source *source, const Scan *s, Encoding *encoding, Fault *fault)
{
  static const Encoding marked[] = { ENCODING_UTF8_BOM, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_GB18030 };

  for (guint i = 0; i < G_N_ELEMENTS (marked); i++)
    if (has_mark (s, marked[i])) {
      *encoding = marked[i];
      return decide_marked (source, s, *encoding, fault);
    }
  return decide_unmarked (source, s, encoding, fault);
}

gboolean
decode_detect (Source *source, Encoding *encoding, guint64 *utf8_end, Fault *fault)
{
  Scan scan = { .utf8 = TRUE };

  if (!source_digest (source, scan_chunk, &scan, fault))
    return FALSE;
  if (scan.offset == 0)
    return fault_set (fault, "empty", 0, 0);
  utf8_holds (&scan, utf8_end);
  if (is_workbook (&scan))
    return fault_set (fault, "workbook", 0, 0);
  return decide (source, &scan, encoding, fault);
}

gboolean
decode_guess (Source *source, Encoding *encoding, Fault *fault)
{
  static const Encoding marked[] = { ENCODING_UTF8_BOM, ENCODING_UTF16LE, ENCODING_UTF16BE };
  Scan scan = { .utf8 = TRUE };
  const guchar *chunk = NULL;
  gsize length = 0;

  if (!source_rewind (source, fault) || !source_chunk (source, &chunk, &length, fault))
    return FALSE;
  if (length == 0)
    return fault_set (fault, "empty", 0, 0);
  scan_chunk (chunk, length, &scan);
  for (guint i = 0; i < G_N_ELEMENTS (marked); i++) {
    *encoding = marked[i];
    if (has_mark (&scan, *encoding))
      return TRUE;
  }
  if (scan.nul[0] + scan.nul[1] > 0)
    return looks_like_utf16 (&scan, encoding) || fault_set (fault, "nul", 0, 0);
  *encoding = scan.utf8 ? ENCODING_UTF8 : ENCODING_GB18030;
  return TRUE;
}
