#define _GNU_SOURCE /* leases */
#include "extract/claim.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/queue.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _Source {
  char *name;
  int fd;               /* -1: bytes in memory */
  const guchar *memory; /* borrowed */
  gint64 length;
  gint64 position;
  char *sha256;
  guint64 first_sum; /* of the first pass */
  guint64 sum;       /* of the pass under way */
  guchar buffer[SOURCE_CHUNK_BYTES];
};

static gboolean
open_fault (Fault *fault, const char *check, const char *why)
{
  fault_set (fault, check, 0, 0);
  if (why != NULL)
    fault_text (&fault->found, "%s", why);
  return FALSE;
}

/* The machine's troubles, unlike a right that is missing. */
static gboolean
is_passing (int cause)
{
  static const int causes[] = { EIO, EINTR, ENOMEM, EMFILE, ENFILE, ENOSPC, ESTALE, ETIMEDOUT, ECONNRESET };

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    if (cause == causes[i])
      return TRUE;
  return FALSE;
}

static gboolean
check_status (Source *source, Fault *fault)
{
  struct stat status;

  if (fstat (source->fd, &status) != 0)
    return open_fault (fault, "unreadable", g_strerror (errno));
  if (!S_ISREG (status.st_mode))
    return open_fault (fault, "not_regular", NULL);
  if (status.st_size > SOURCE_MAX_BYTES) {
    fault_set (fault, "too_big", 0, 0);
    fault->limit = g_format_size_full (SOURCE_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);
    return FALSE;
  }
  source->length = status.st_size;
  return TRUE;
}

Source *
source_open (int folder, const char *name, Fault *fault)
{
  g_autoptr (Source) source = g_new0 (Source, 1);

  source->name = g_filename_display_basename (name);
  source->fd = openat (folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (source->fd < 0) {
    int cause = errno;

    open_fault (fault,
                cause == ENOENT || cause == ENOTDIR ? "missing"
                : cause == ELOOP || cause == ENXIO  ? "not_regular"
                                                    : "unreadable",
                g_strerror (cause));
    fault->passing = is_passing (cause);
    return NULL;
  }
  return check_status (source, fault) ? g_steal_pointer (&source) : NULL;
}

Source *
source_new_bytes (const char *name, const void *data, gsize length)
{
  Source *source = g_new0 (Source, 1);

  source->name = g_strdup (name);
  source->fd = -1;
  source->memory = data;
  source->length = (gint64)length;
  return source;
}

void
source_close (Source *source)
{
  if (source == NULL)
    return;
  if (source->fd >= 0)
    close (source->fd);
  g_free (source->name);
  g_free (source->sha256);
  g_free (source);
}

const char *
source_name (const Source *source)
{
  return source->name;
}

gint64
source_bytes (const Source *source)
{
  return source->length;
}

const char *
source_sha256 (const Source *source)
{
  return source->sha256;
}

/* Fills the buffer completely unless the file ends: then chunks of every pass have the same borders. */
static gssize
fill (const Source *source, guchar *buffer)
{
  gsize have = 0;

  if (source->fd < 0) {
    have = (gsize)MIN (SOURCE_CHUNK_BYTES, source->length - source->position);
    if (have > 0)
      memcpy (buffer, source->memory + source->position, have);
    return (gssize)have;
  }
  while (have < SOURCE_CHUNK_BYTES) {
    gssize got = pread (source->fd, buffer + have, SOURCE_CHUNK_BYTES - have, source->position + (gint64)have);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    have += (gsize)got;
  }
  return (gssize)have;
}

static guint64
mix (guint64 sum, guint64 word)
{
  sum = (sum ^ word) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return sum ^ sum >> 29;
}

/* Not a defence against an adversary, who could as well send another file: it notices that a writer was still at work.
 * Four sums, since a processor works on them at once. */
static guint64
add_to_sum (guint64 sum, const guchar *data, gsize length)
{
  guint64 sums[4] = { sum, 1, 2, 3 }, words[4];

  for (; length >= sizeof words; data += sizeof words, length -= sizeof words) {
    memcpy (words, data, sizeof words);
    for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
      sums[i] = mix (sums[i], words[i]);
  }
  for (; length > 0; data++, length--)
    sums[0] = mix (sums[0], *data);
  return mix (mix (mix (sums[0], sums[1]), sums[2]), sums[3]);
}

static gboolean
next_chunk (Source *source, guchar *buffer, gsize *length, Fault *fault)
{
  gssize got = fill (source, buffer);

  if (got < 0) {
    open_fault (fault, "unreadable", g_strerror (errno));
    fault->passing = TRUE;
    return FALSE;
  }
  source->position += got;
  source->sum = add_to_sum (source->sum, buffer, (gsize)got);
  *length = (gsize)got;
  return TRUE;
}

gboolean
source_chunk (Source *source, const guchar **chunk, gsize *length, Fault *fault)
{
  if (!next_chunk (source, source->buffer, length, fault))
    return FALSE;
  *chunk = source->buffer;
  if (*length < SOURCE_CHUNK_BYTES && source->sha256 != NULL
      && (source->sum != source->first_sum || source->position != source->length))
    return open_fault (fault, "changed", NULL);
  return TRUE;
}

gboolean
source_rewind (Source *source, Fault *fault)
{
  struct stat status;

  source->position = 0;
  source->sum = 0;
  if (source->fd < 0 || (fstat (source->fd, &status) == 0 && status.st_size == source->length))
    return TRUE;
  return open_fault (fault, "changed", NULL);
}

/* ------------------------------------------------------------------------------------------------------------------
   The digest: of a large file a thread computes it while the caller looks at what was read */

#define HASHER_BYTES (4 << 20) /* smaller ones are done before a thread is */
#define PIECES 3
#define PIECE_BYTES (8 * SOURCE_CHUNK_BYTES) /* handing one over takes as long as hashing a few kilobytes */

typedef struct {
  gsize length;
  guchar bytes[PIECE_BYTES];
} Piece;

typedef struct {
  EVP_MD_CTX *hash;
  GThread *thread; /* NULL: the caller hashes, with one piece */
  Queue *full;     /* Piece; the hasher itself: no more */
  Queue *empty;
} Hasher;

static gpointer
hash_pieces (gpointer data)
{
  Hasher *h = data;

  for (gpointer next = queue_pop (h->full); next != h; next = queue_pop (h->full)) {
    const Piece *piece = next;

    EVP_DigestUpdate (h->hash, piece->bytes, piece->length);
    queue_push (h->empty, next);
  }
  return NULL;
}

static void
hasher_init (Hasher *h, gint64 bytes)
{
  h->hash = EVP_MD_CTX_new ();
  /* libcrypto has the processor's own instructions for it, GLib has not */
  if (h->hash == NULL || EVP_DigestInit_ex (h->hash, EVP_sha256 (), NULL) != 1)
    g_error ("libcrypto has no SHA-256");
  h->full = queue_new ();
  h->empty = queue_new ();
  h->thread = bytes >= HASHER_BYTES ? thread_start ("hash", hash_pieces, h, NULL) : NULL;
  for (guint i = 0; i < (h->thread != NULL ? PIECES : 1); i++)
    queue_push (h->empty, g_new (Piece, 1));
}

static void
hasher_add (Hasher *h, Piece *piece)
{
  if (h->thread != NULL) {
    queue_push (h->full, piece);
    return;
  }
  EVP_DigestUpdate (h->hash, piece->bytes, piece->length);
  queue_push (h->empty, piece);
}

static char *
hasher_finish (Hasher *h)
{
  guchar digest[EVP_MAX_MD_SIZE];
  guint length = 0;

  if (h->thread != NULL) {
    queue_push (h->full, h);
    g_thread_join (g_steal_pointer (&h->thread));
  }
  EVP_DigestFinal_ex (h->hash, digest, &length);
  return text_hex (digest, length);
}

static void
hasher_clear (Hasher *h)
{
  for (Piece *piece = queue_try (h->empty); piece != NULL; piece = queue_try (h->empty))
    g_free (piece);
  queue_free (h->full);
  queue_free (h->empty);
  EVP_MD_CTX_free (h->hash);
}

static gboolean
read_piece (Source *source, Piece *piece, void (*look) (const guchar *chunk, gsize length, gpointer data),
            gpointer data, Fault *fault)
{
  gsize length = SOURCE_CHUNK_BYTES;

  for (piece->length = 0; piece->length < PIECE_BYTES && length == SOURCE_CHUNK_BYTES; piece->length += length) {
    if (!next_chunk (source, piece->bytes + piece->length, &length, fault))
      return FALSE;
    if (look != NULL && length > 0)
      look (piece->bytes + piece->length, length, data);
  }
  return source->position <= SOURCE_MAX_BYTES || open_fault (fault, "changed", NULL);
}

static gboolean
read_all (Source *source, Hasher *hasher, void (*look) (const guchar *chunk, gsize length, gpointer data),
          gpointer data, Fault *fault)
{
  gboolean ok = TRUE, more = TRUE;

  while (ok && more) {
    Piece *piece = queue_pop (hasher->empty);

    ok = read_piece (source, piece, look, data, fault);
    more = piece->length == PIECE_BYTES;
    hasher_add (hasher, piece);
  }
  return ok;
}

gboolean
source_digest (Source *source, void (*look) (const guchar *chunk, gsize length, gpointer data), gpointer data,
               Fault *fault)
{
  Hasher hasher = { 0 };
  g_autofree char *digest = NULL;
  gboolean ok = FALSE;

  g_clear_pointer (&source->sha256, g_free);
  source->position = 0;
  source->sum = 0;
  hasher_init (&hasher, source->length);
  ok = read_all (source, &hasher, look, data, fault);
  digest = hasher_finish (&hasher);
  hasher_clear (&hasher);
  if (!ok)
    return FALSE;
  source->length = source->position;
  source->first_sum = source->sum;
  source->sha256 = g_steal_pointer (&digest);
  return source_rewind (source, fault);
}

typedef enum { WRITER_NONE, WRITER_SOME, WRITER_UNKNOWN } Writer;

/* A read lease is granted only while nobody has the file open for writing. It is given back at once; whoever breaks it
   in between makes the kernel send a signal, whose default would end the process. */
static Writer
find_writer (int fd)
{
  int cause = 0;

  if (fcntl (fd, F_SETSIG, SIGWINCH) != 0)
    return WRITER_UNKNOWN;
  if (fcntl (fd, F_SETLEASE, F_RDLCK) == 0) {
    fcntl (fd, F_SETLEASE, F_UNLCK);
    return WRITER_NONE;
  }
  cause = errno;
  return cause == EAGAIN ? WRITER_SOME : WRITER_UNKNOWN;
}

static gint64
change_time_us (const struct stat *status)
{
  return (gint64)status->st_mtim.tv_sec * G_USEC_PER_SEC + status->st_mtim.tv_nsec / 1000;
}

static gboolean
settles (int fd)
{
  struct stat before, after;
  gint64 age_us = 0;

  if (fstat (fd, &before) != 0)
    return FALSE;
  age_us = g_get_real_time () - change_time_us (&before);
  if (age_us >= 0 && age_us < CLAIM_SETTLE_MS * 1000)
    g_usleep ((gulong)(CLAIM_SETTLE_MS * 1000 - age_us));
  return fstat (fd, &after) == 0 && before.st_size == after.st_size
         && change_time_us (&before) == change_time_us (&after);
}

gboolean
source_growing (const Source *source)
{
  Writer writer = source->fd >= 0 ? find_writer (source->fd) : WRITER_NONE;

  return writer == WRITER_SOME || (writer == WRITER_UNKNOWN && !settles (source->fd));
}

static void
inbox_file_free (gpointer data)
{
  InboxFile *file = data;

  g_free (file->name);
  g_free (file);
}

static int
compare_files (const void *a, const void *b)
{
  const InboxFile *const *left = a, *const *right = b;

  return strcmp ((*left)->name, (*right)->name);
}

static gboolean
waits (int folder, const char *name, gboolean *regular)
{
  struct stat status;

  if (name[0] == '.' || g_str_has_suffix (name, ".part") || fstatat (folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0
      || S_ISDIR (status.st_mode))
    return FALSE;
  *regular = S_ISREG (status.st_mode);
  return TRUE;
}

GPtrArray *
inbox_list (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (inbox_file_free);
  DIR *stream = opendir (folder);

  if (stream == NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "could not read folder %s: %s", folder, g_strerror (errno));
    return NULL;
  }
  for (struct dirent *entry = readdir (stream); entry != NULL; entry = readdir (stream)) {
    gboolean regular = FALSE;
    InboxFile *file = NULL;

    if (!waits (dirfd (stream), entry->d_name, &regular))
      continue;
    file = g_new0 (InboxFile, 1);
    file->name = g_strdup (entry->d_name);
    file->regular = regular;
    g_ptr_array_add (files, file);
  }
  closedir (stream);
  g_ptr_array_sort (files, compare_files);
  return g_steal_pointer (&files);
}
