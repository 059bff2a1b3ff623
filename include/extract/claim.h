/* include/extract/claim.h: the bytes of one file, read the same way as often as needed. */
#pragma once

#include "extract/fault.h"

#define SOURCE_MAX_BYTES (G_GINT64_CONSTANT (4) << 30) /* 10 million rows are about half a gigabyte */
/* The fuzzer is built with a small one, so that everything meets a border. */
#ifndef SOURCE_CHUNK_BYTES
#define SOURCE_CHUNK_BYTES 65536
#endif

typedef struct _Source Source;

/**
 * source_open:
 * @folder: descriptor of the folder, or AT_FDCWD
 * @name: file name below it, or a path with AT_FDCWD
 *
 * Opens a regular file without following a link and without waiting for a FIFO's writer.
 * Returns: NULL with @fault (checks missing, unreadable, not_regular, too_big) otherwise.
 */
Source *source_open (int folder, const char *name, Fault *fault);

/* source_new_bytes: @data, borrowed, as if it were a file: for tests. */
Source *source_new_bytes (const char *name, const void *data, gsize length);
void source_close (Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Source, source_close)

/* source_growing: whether somebody may still be writing the file: it is open for writing on this machine or, where the
 * kernel cannot say, it changes within CLAIM_SETTLE_MS after its last change. */
#define CLAIM_SETTLE_MS 2000
gboolean source_growing (const Source *source);

/* source_name: the last part of the path, valid UTF-8. */
const char *source_name (const Source *source);
gint64 source_bytes (const Source *source);

/**
 * source_digest: the first pass: hashes all bytes, showing each chunk to @look (may be NULL).
 * Returns: FALSE with @fault (unreadable) when reading fails.
 */
gboolean source_digest (Source *source, void (*look) (const guchar *chunk, gsize length, gpointer data), gpointer data,
                        Fault *fault);

/* source_sha256: of the bytes of the first pass, lower case hexadecimal. */
const char *source_sha256 (const Source *source);

/**
 * source_chunk: the next SOURCE_CHUNK_BYTES or what is left; valid until the next call; length 0 at the end. A pass
 * that reaches the end and saw other bytes than the first one fails with the check `changed`: what is loaded is what
 * was hashed.
 */
gboolean source_chunk (Source *source, const guchar **chunk, gsize *length, Fault *fault);
gboolean source_rewind (Source *source, Fault *fault);

/* A file that waits in the inbox. */
typedef struct {
  char *name;
  gboolean regular;
} InboxFile;

/**
 * inbox_list: what waits in @folder, sorted by name: all but folders, names ending in .part and names beginning with a
 * dot. Returns: InboxFile; free with g_ptr_array_unref(); NULL with PLUMB_ERROR_INPUT when the folder cannot be read.
 */
GPtrArray *inbox_list (const char *folder, GError **error);
