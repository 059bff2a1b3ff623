/* include/load/past.h: what schools reported before, from the database. */
#pragma once

#include "base/db.h"
#include "extract/history.h"
#include "load/loader.h"

/* past_read: Past.read with a Db as its data. */
gboolean past_read (const Feed *feed, const char *period, gboolean year_ago, const GPtrArray *districts,
                    const GPtrArray *codes, HistoryTake take, gpointer taker, gpointer data, GError **error);

/* past_keep: for the files that will be held against this batch, once its rows are known: the places that it has rows
 * of, and what was reported of those of which it has all rows. @loader: NULL: it came another way, which does not tell.
 */
gboolean past_keep (Db *db, gint64 batch_id, const Extract *extract, const GPtrArray *places, const Loader *loader,
                    GError **error);
