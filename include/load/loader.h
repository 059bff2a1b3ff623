/* include/load/loader.h: a file's rows, without a stage, into the slices of their feed. */
#pragma once

#include "base/db.h"
#include "load/rows.h"

typedef struct {
  gint64 batch_id;
  const char *known_from; /* when the rows become known, as the server writes it */
  gint64 known_us;        /* the same in microseconds since 2000 */
  gboolean large;         /* fresh slices are a district each, filled over connections of their own */
} LoaderOptions;

typedef struct {
  gint64 added;
  gint64 changed;
} LoaderCounts;

typedef struct _Loader Loader;

/* loader_takes: whether rows of @feed can go this way: those with a period and a text beside it in their key. */
gboolean loader_takes (const Feed *feed);

/**
 * loader_new: inside a transaction of the caller, who uses @db for nothing else until loader_drain() or loader_free().
 *
 * Rows of a slice that is new go into a table of their own, which gets its index afterwards. Of a slice that is there,
 * the rows of a chunk's units, or all between its first and last, are read and compared: equal ones go nowhere, new
 * ones are sent in the order of the index, and those that differ are merged. From the second chunk on a thread does all
 * that while the caller reads on. Of a large file, three more fill and index fresh slices, in transactions that may
 * commit before the caller's does: until the caller has attached them nobody sees them, and
 * plumbline.drop_loose_slices() forgets them.
 *
 * Memory: three chunks, KNOWN_MAX_BYTES of rows to compare with, a quarter of a megabyte for each slice, and as much
 * for each of the three lanes' LANE_BUFFERS.
 */
Loader *loader_new (Db *db, const Feed *feed, const LoaderOptions *options);

/**
 * loader_row: PLUMB_ERROR_EXISTS when a key comes twice, or when rows are in such disorder that the server should
 * compare: the transaction is good for nothing then, and the file has to go by plumbline.merge().
 */
gboolean loader_row (Loader *loader, const LongRow *row, GError **error);
/* loader_drain: no more rows will come; @db is free for the caller's own questions until loader_finish(), while fresh
 * slices of a large file are still being filled and indexed. */
gboolean loader_drain (Loader *loader, GError **error);
gboolean loader_finish (Loader *loader, LoaderCounts *out, GError **error);

/* loader_places: Place, of all rows; borrowed. */
const GPtrArray *loader_places (const Loader *loader);
/* loader_brought: of a period and district of the file, rows that are new, and in @there those that were there and are
 * in the file. Returns: whether none had been there. */
gboolean
loader_brought (const Loader *loader, const char *period, const char *district_code, gint64 *added, gint64 *there);
void loader_free (Loader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loader, loader_free)
