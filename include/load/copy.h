/* include/load/copy.h: validated rows on their way to the stage of their feed, in COPY's binary format. */
#pragma once

#include "base/db.h"
#include "load/rows.h"

typedef struct _Copy Copy;

/* copy_new: @feed is borrowed; @batch_id stands in every row. */
Copy *copy_new (Db *db, const Feed *feed, gint64 batch_id);
void copy_free (Copy *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Copy, copy_free)

/* copy_begin: @copy_sql as plumbline.stage_feed() gives it. */
gboolean copy_begin (Copy *copy, const char *copy_sql, GError **error);
gboolean copy_row (Copy *copy, const LongRow *row, GError **error);

/* copy_end: with @abort_reason the server forgets the rows; harmless when nothing was begun. */
gboolean copy_end (Copy *copy, const char *abort_reason, GError **error);
