/* pipeline/load/slice.h: the slices of a feed that a file's rows go to, and the rows as COPY takes them there. */
#pragma once

#include "lane.h"
#include "load/loader.h"
#include "load/rows.h"

/* For one place, or for all districts of a period. */
typedef struct {
  Outlet outlet;
  Lane *lane;
  gboolean fresh;
  gboolean whole;
  gboolean
      brief; /* COPY carries only what differs between rows; while the outlet is narrow, what differs between most */
  int year;
  char *period;
  char *district_code;
  guint chunk;    /* the last one that had rows for it */
  gint64 changed; /* rows in the stage */
} Slice;

typedef struct {
  const RowShape *shape;
  const LoaderOptions *options;
  Lane *lane;      /* the caller's transaction */
  GPtrArray *more; /* Lane: for fresh slices of a large file; NULL: none */
  GPtrArray *all;  /* Slice */
  guint turns;
} Slices;

void slices_init (Slices *slices, Db *db, const RowShape *shape, const LoaderOptions *options);
void slices_clear (Slices *slices);

/* slices_find: the slice of @place; NULL with an error of the database. */
Slice *slices_find (Slices *slices, const Place *place, GError **error);

gboolean slice_send (const Slices *slices, Slice *slice, const Row *row, GError **error);

/* slices_finished: those that had no rows since @chunk get their index. */
gboolean slices_finished (Slices *slices, guint chunk, GError **error);
/* slices_end: no more rows will come; lanes with connections of their own may still be at work. */
gboolean slices_end (Slices *slices, GError **error);
/* slices_attach: waits for these first. */
gboolean slices_attach (Slices *slices, GError **error);
/* slices_supersede: the rows of @stage, all of which are there and differ. */
gboolean slices_supersede (Slices *slices, const char *stage, gint64 *changed, GError **error);

/* put_batch: a row up to provisional as it goes into a slice that was there, or into the stage, where one field more
 * follows. */
guint8 *put_batch (const Slices *slices, guint8 *to, const Row *row);
#define ROW_EXTRA_BYTES 64 /* housekeeping of a row beside its fields and its district */
