/* include/load/batch.h: one file is one transaction: ledger, rejects, rows. */
#pragma once

#include "base/db.h"
#include "extract/extract.h"

#define BATCH_LARGE_BYTES (32 << 20)

typedef struct {
  const Catalogue *catalogue;
  const Register *reg;
  guint32 today;              /* Julian day */
  gint64 run_id;              /* 0: none */
  const char *returned;       /* folder for what goes back to the clerk; NULL: nothing is written */
  const char *language;       /* of the letter */
  gboolean complete;          /* declared so, whatever the catalogue says of the feed */
  gboolean register_in_doubt; /* a file that may be the register was left for later: one it would speak against waits */
  gint64 large_bytes;         /* a file from this size on goes over several connections; 0: BATCH_LARGE_BYTES */
} BatchOptions;

/* Unsteady: the file changed while it was read; unread: reading failed in its midst, which is not the file's fault;
   waiting: for the register. Nothing was recorded then. */
typedef enum { BATCH_LOADED, BATCH_DUPLICATE, BATCH_REFUSED, BATCH_UNSTEADY, BATCH_UNREAD, BATCH_WAITING } BatchStatus;

typedef struct {
  BatchStatus status;
  gint64 batch_id;
  gint64 added;
  gint64 changed;
  gint64 retired;
} BatchResult;

/**
 * batch_load:
 * @extract: zeroed; filled with what was read; the caller clears it
 *
 * Loads @source and commits, or records that it was refused; the same bytes as those of a loaded batch change nothing.
 * What goes back to the clerk is written before the commit, under a name that depends on the bytes alone: a run that is
 * cut short leaves at most files that the next run writes again. Tried three times when the server says that another
 * try may succeed.
 *
 * Returns: FALSE with an error of the database or of writing; nothing is left behind then.
 */
gboolean
batch_load (Db *db, Source *source, const BatchOptions *options, Extract *extract, BatchResult *out, GError **error);

/**
 * batch_refuse: records a file that was not even opened, or that was read and refused, as @extract says.
 * @source: NULL when it was not opened
 */
gboolean batch_refuse (Db *db, Source *source, const char *file, const BatchOptions *options, const Extract *extract,
                       BatchResult *out, GError **error);
