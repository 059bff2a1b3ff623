/* include/extract/decode.h: bytes of any accepted encoding become lines of UTF-8. */
#pragma once

#include "extract/claim.h"

#define DECODE_MAX_LINE_BYTES 1048576

typedef enum {
  ENCODING_UTF8,
  ENCODING_UTF8_BOM,
  ENCODING_GB18030,
  ENCODING_CP936, /* GBK as Windows has it: a lone 0x80 is the euro sign */
  ENCODING_UTF16LE,
  ENCODING_UTF16BE
} Encoding;

typedef struct {
  Encoding encoding;
  const char *name;  /* as the ledger records it: UTF-8, UTF-8-BOM, GB18030, CP936, UTF-16LE, UTF-16BE */
  const char *iconv; /* NULL: is UTF-8 already */
  guint unit;        /* bytes of a line feed */
  guint low;         /* where in the unit its low byte is */
  const char *mark;  /* byte order mark */
  guint mark_length;
} EncodingInfo;

const EncodingInfo *encoding_info (Encoding encoding);

/**
 * decode_detect: digests @source and decides: a byte order mark, else strict UTF-8, else GB18030 (CP936 where a lone
 * 0x80 stands), else UTF-16 by where the NULs are. The whole file is looked at, so that what is decided holds to its
 * last byte.
 *
 * Returns: FALSE with @fault: empty; workbook (a spreadsheet's own format); nul (line and byte); big5 (line and byte of
 * the first character that is not ASCII); encoding (line and byte of the first byte that fits no accepted encoding;
 * found: how far each got); or what source_digest() reports.
 */
gboolean decode_detect (Source *source, Encoding *encoding, guint64 *utf8_end, Fault *fault);

/* decode_locate: physical line and byte within it of the byte at @offset (from 0), into @fault. */
gboolean decode_locate (Source *source, Encoding encoding, guint64 offset, Fault *fault);

/* decode_guess: the same from the first SOURCE_CHUNK_BYTES alone, for a first look at many files. */
gboolean decode_guess (Source *source, Encoding *encoding, Fault *fault);

typedef struct _Decoder Decoder;

/* decoder_new: reads @source (borrowed) from its beginning. */
Decoder *decoder_new (Source *source, Encoding encoding, Fault *fault);
void decoder_free (Decoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Decoder, decoder_free)

/**
 * decoder_line: the next physical line with its terminator (LF, CRLF or CR); the last one may lack it; *@length 0 at
 * the end. The text is borrowed until the next call, may be written over, and has no NUL.
 *
 * Returns: FALSE with @fault: encoding, nul, ceiling (a line longer than DECODE_MAX_LINE_BYTES), unreadable, changed.
 */
gboolean decoder_line (Decoder *decoder, char **line, gsize *length, Fault *fault);

/* decode_try: whether all of @source decodes as @encoding; else *@bad is the offset of the first byte that does not. */
gboolean decode_try (Source *source, Encoding encoding, guint64 *bad, Fault *fault);
