#include "extract/decode.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define BUFFER_BYTES (4 * SOURCE_CHUNK_BYTES)
#define MAX_CHARACTER_BYTES 8

static const EncodingInfo encodings[] = {
  { ENCODING_UTF8, "UTF-8", NULL, 1, 0, "", 0 },
  { ENCODING_UTF8_BOM, "UTF-8-BOM", NULL, 1, 0, "\xEF\xBB\xBF", 3 },
  { ENCODING_GB18030, "GB18030", "GB18030", 1, 0, "\x84\x31\x95\x33", 4 },
  { ENCODING_CP936, "CP936", "CP936", 1, 0, "", 0 },
  { ENCODING_UTF16LE, "UTF-16LE", "UTF-16LE", 2, 0, "\xFF\xFE", 2 },
  { ENCODING_UTF16BE, "UTF-16BE", "UTF-16BE", 2, 1, "\xFE\xFF", 2 },
};

const EncodingInfo *
encoding_info (Encoding encoding)
{
  return &encodings[encoding];
}

struct _Decoder {
  Source *source;
  Encoding encoding;
  iconv_t converter; /* (iconv_t) -1: none needed */
  char *text;
  gsize start; /* of the next line */
  gsize end;
  gsize capacity;
  gsize next_lf; /* first one at or after start, as far as known; end when there is none */
  gsize next_cr;
  guint line;
  guint64 offset; /* of the file's bytes that have been handed to the converter */
  char carry[MAX_CHARACTER_BYTES];
  gsize carried;
  gboolean begun;
  gboolean finished;
};

/* The C library keeps converters in files, which may be lacking, or not to be read for the moment. */
static Decoder *
refuse_converter (Encoding encoding, Fault *fault)
{
  const char *why = g_strerror (errno);

  fault_set (fault, "unreadable", 0, 0);
  fault_text (&fault->found, "%s: %s", encodings[encoding].name, why);
  fault->passing = TRUE;
  return NULL;
}

Decoder *
decoder_new (Source *source, Encoding encoding, Fault *fault)
{
  g_autoptr (Decoder) decoder = g_new0 (Decoder, 1);

  decoder->source = source;
  decoder->encoding = encoding;
  decoder->converter = (iconv_t)-1;
  if (!source_rewind (source, fault))
    return NULL;
  if (encodings[encoding].iconv != NULL) {
    decoder->converter = iconv_open ("UTF-8", encodings[encoding].iconv);
    if (decoder->converter == (iconv_t)-1)
      return refuse_converter (encoding, fault);
  }
  decoder->capacity = BUFFER_BYTES;
  decoder->text = g_malloc (decoder->capacity);
  return g_steal_pointer (&decoder);
}

void
decoder_free (Decoder *decoder)
{
  if (decoder == NULL)
    return;
  if (decoder->converter != (iconv_t)-1)
    iconv_close (decoder->converter);
  g_free (decoder->text);
  g_free (decoder);
}

static void
make_room (Decoder *d, gsize length)
{
  if (d->end + length <= d->capacity)
    return;
  d->capacity = MAX (2 * d->capacity, d->end + length);
  d->text = g_realloc (d->text, d->capacity);
}

static void
append (Decoder *d, const char *data, gsize length)
{
  make_room (d, length);
  memcpy (d->text + d->end, data, length);
  d->end += length;
}

static gboolean
refuse_byte (const char *check, guint64 offset, Fault *fault)
{
  fault_set (fault, check, 0, 0);
  fault->byte = offset + 1;
  return FALSE;
}

/* Converts @length bytes; what is left of a character cut by the chunk's end is carried over. */
static gboolean
convert (Decoder *d, const char *data, gsize length, gboolean last, Fault *fault)
{
  char *in = (char *)(gsize)data; /* iconv's prototype lacks the const; it does not write there */
  gsize left = length;

  while (left > 0) {
    gsize room = 0, done = 0;
    char *out = NULL;

    make_room (d, 4 * left + MAX_CHARACTER_BYTES);
    out = d->text + d->end;
    room = d->capacity - d->end;
    done = iconv (d->converter, &in, &left, &out, &room);
    d->end = (gsize)(out - d->text);
    if (done != (gsize)-1 || errno == E2BIG)
      continue;
    if (errno != EINVAL || last || left > sizeof d->carry)
      return refuse_byte ("encoding", d->offset + (length - left), fault);
    break;
  }
  d->offset += length - left;
  d->carried = left;
  if (left > 0)
    memcpy (d->carry, in, left);
  return TRUE;
}

/* The carried bytes and the first few new ones are converted apart, so that a chunk need not be copied. */
static gboolean
convert_chunk (Decoder *d, const char *data, gsize length, gboolean last, Fault *fault)
{
  char joint[2 * MAX_CHARACTER_BYTES];

  while (d->carried > 0 && (length > 0 || last)) {
    gsize n = d->carried;

    memcpy (joint, d->carry, n);
    if (length > 0) {
      joint[n++] = *data++;
      length--;
    }
    if (!convert (d, joint, n, last && length == 0, fault))
      return FALSE;
  }
  return convert (d, data, length, last, fault);
}

/* A mark stands at the beginning of the first chunk only, twice where files were joined or saved by two programs. */
static void
skip_mark (Decoder *d, const guchar **chunk, gsize *length)
{
  guint mark = encodings[d->encoding].mark_length;

  while (mark > 0 && *length >= mark && memcmp (*chunk, encodings[d->encoding].mark, mark) == 0) {
    *chunk += mark;
    *length -= mark;
    d->offset += mark;
  }
}

static gboolean
refill (Decoder *d, Fault *fault)
{
  const guchar *chunk = NULL;
  gsize length = 0, before = 0;
  gboolean ok = TRUE;

  memmove (d->text, d->text + d->start, d->end - d->start);
  d->end -= d->start;
  d->start = 0;
  before = d->end;
  if (!source_chunk (d->source, &chunk, &length, fault))
    return FALSE;
  d->finished = length < SOURCE_CHUNK_BYTES;
  if (!d->begun)
    skip_mark (d, &chunk, &length);
  d->begun = TRUE;
  if (d->converter == (iconv_t)-1)
    append (d, (const char *)chunk, length);
  else
    ok = convert_chunk (d, (const char *)chunk, length, d->finished, fault);
  if (ok && memchr (d->text + before, 0, d->end - before) != NULL)
    ok = fault_set (fault, "nul", 0, 0);
  d->next_lf = d->next_cr = 0;
  return ok;
}

static void
find (const Decoder *d, char terminator, gsize *next)
{
  const char *found = NULL;

  if (*next >= d->start && *next > 0)
    return;
  found = memchr (d->text + d->start, terminator, d->end - d->start);
  *next = found != NULL ? (gsize)(found - d->text) : d->end;
}

/* Length of the line at start; 0 when it goes on beyond what has been read. A CR at the very end may be half a CRLF. */
static gsize
line_length (Decoder *d)
{
  if (d->next_lf < d->start || d->next_lf == 0)
    find (d, '\n', &d->next_lf);
  if (d->next_cr < d->start || d->next_cr == 0)
    find (d, '\r', &d->next_cr);
  if (d->next_cr + 1 < d->next_lf && d->next_cr + 1 < d->end)
    return d->next_cr + 1 - d->start;
  if (d->next_lf < d->end)
    return d->next_lf + 1 - d->start;
  return d->finished ? d->end - d->start : 0;
}

static gboolean
refuse_length (const Decoder *d, gsize length, Fault *fault)
{
  fault_set (fault, "ceiling", d->line + 1, 0);
  fault_text (&fault->found, "%" G_GSIZE_FORMAT, length);
  fault->limit = g_strdup_printf ("%d", DECODE_MAX_LINE_BYTES);
  return FALSE;
}

gboolean
decoder_line (Decoder *decoder, char **line, gsize *length, Fault *fault)
{
  gsize n = 0;

  while ((n = line_length (decoder)) == 0 && !decoder->finished) {
    if (decoder->end - decoder->start > DECODE_MAX_LINE_BYTES)
      return refuse_length (decoder, decoder->end - decoder->start, fault);
    if (!refill (decoder, fault)) {
      fault->line = decoder->line + 1;
      return FALSE;
    }
  }
  if (n > DECODE_MAX_LINE_BYTES)
    return refuse_length (decoder, n, fault);
  *line = decoder->text + decoder->start;
  *length = n;
  decoder->start += n;
  decoder->line += n > 0;
  return TRUE;
}

gboolean
decode_try (Source *source, Encoding encoding, guint64 *bad, Fault *fault)
{
  g_autoptr (Decoder) decoder = decoder_new (source, encoding, fault);
  g_auto (Fault) trial = { 0 };

  if (decoder == NULL)
    return FALSE;
  while (!decoder->finished) {
    decoder->start = decoder->end;
    if (!refill (decoder, &trial)) {
      *bad = trial.byte > 0 ? trial.byte - 1 : 0;
      if (strcmp (trial.check, "encoding") != 0) {
        *fault = trial;
        memset (&trial, 0, sizeof trial);
      }
      return FALSE;
    }
  }
  return TRUE;
}
