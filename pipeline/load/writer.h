/* pipeline/load/writer.h: rows for several tables over one connection, each table's by COPY commands of its own, one
 * after the other. */
#pragma once

#include "base/db.h"

/* A table that rows go to. */
typedef struct {
  char *relation;
  char *copy_sql;
  guint8 *pending; /* rows that were not sent yet */
  gsize used;
  gsize size;
  gint64 rows;
} Outlet;

void outlet_clear (Outlet *outlet);

typedef struct {
  Db *db;
  Outlet *open; /* whose COPY is under way */
} Writer;

/* outlet_room: where up to @bytes of one row may be written; then writer_wrote() says where they end. */
guint8 *outlet_room (Outlet *outlet, gsize bytes);

/* writer_row: sends what waits when it is much. */
gboolean writer_wrote (Writer *writer, Outlet *outlet, const guint8 *end, GError **error);
gboolean writer_flush (Writer *writer, Outlet *outlet, GError **error);

/* writer_close: ends the COPY that is under way, so that the connection can be asked other things. */
gboolean writer_close (Writer *writer, GError **error);
void writer_abort (Writer *writer);
