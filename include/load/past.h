/* include/load/past.h: what schools reported before, from the database. */
#pragma once

#include "base/db.h"
#include "extract/history.h"

/* past_read: Past.read with a Db as its data. */
gboolean
past_read (const Feed *feed, const char *period, gboolean year_ago, const GPtrArray *districts, const GPtrArray *codes,
           void (*take) (const char *unit, const char *last, const HistoryFigure *figures, gpointer taker),
           gpointer taker, gpointer data, GError **error);
