/* pipeline/load/lane.h: rows for several tables over one connection, each table's by COPY commands of its own, one
 * after the other. */
#pragma once

#include "base/db.h"

/* A table that rows go to. */
typedef struct {
  char *relation;
  char *copy_sql;
  char *frozen_sql; /* the same while the transaction that made the table lasts; NULL: always copy_sql */
  char *create_sql; /* NULL: it is there */
  char *index_sql;
  gboolean narrow;  /* the rows that are pending, and those before them, lack fields that later ones may have */
  char *narrow_sql; /* frozen_sql for these */
  char *widen_sql;  /* before the first ones that lack none */
  guint8 *pending;  /* rows that were not sent yet */
  gsize used;
  gsize size;
  gint64 rows; /* for the caller to count */

  /* the lane's own */
  guint made; /* in the lane's transaction of this number; 0: was there, or is not yet */
  gboolean widened;
  gboolean indexed;
} Outlet;

void outlet_clear (Outlet *outlet);

/* outlet_room: where up to @bytes of one row may be written; then lane_wrote() says where they end. */
guint8 *outlet_room (Outlet *outlet, gsize bytes);

typedef struct _Lane Lane;

/* lane_new: works at once, in the caller's thread and transaction. */
Lane *lane_new (Db *db);

/**
 * lane_open: a lane with a connection and a thread of its own, which works off up to LANE_BUFFERS pieces behind the
 * caller. Each of its tables is committed with its index, as soon as no other one is unfinished.
 */
#define LANE_BUFFERS 96
Lane *lane_open (const Db *db, GError **error);
void lane_free (Lane *lane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lane, lane_free)

/* The connection of a lane without a thread; ends the COPY that is under way. NULL with an error when that fails. */
Db *lane_db (Lane *lane, GError **error);

/* lane_wrote: a row ends at @end; sends what waits when it is much. */
gboolean lane_wrote (Lane *lane, Outlet *outlet, const guint8 *end, GError **error);
gboolean lane_flush (Lane *lane, Outlet *outlet, GError **error);

/* lane_widen: from here on rows lack no fields. */
gboolean lane_widen (Lane *lane, Outlet *outlet, GError **error);

/* lane_index: no more rows are expected; some may come all the same, and lack no fields. */
gboolean lane_index (Lane *lane, Outlet *outlet, GError **error);

/* lane_end: waits until all is done, and committed by a lane with a connection of its own. */
gboolean lane_end (Lane *lane, GError **error);
