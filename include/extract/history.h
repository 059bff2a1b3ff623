/* include/extract/history.h: what each school reported in a file, summed over its rows, held against what it reported
 * before. */
#pragma once

#include "extract/extract.h"

#define HISTORY_MAX_UNITS                                                                                              \
  500000 /* schools x periods of one file that are looked at; the rest is not held against its past */

/* What is known of one count of one unit in one period. */
typedef struct {
  gint64 sum;
  gint64 mark; /* sum weighted by grade and sex: tells equal figures from equal totals */
  gint64 cells;
} HistoryFigure;

/* @unit: its key without period, grade and sex, joined by |; @last: the period; @figures: one for each count of the
 * feed. */
typedef void (*HistoryTake) (const char *unit, const char *last, const HistoryFigure *figures, gpointer taker);

typedef struct {
  /**
   * read: calls @take for every unit that reported in the last period before @period, or with @year_ago in the same one
   * of the year before.
   * @codes: char*: schools or areas that are asked about; @districts: char*: where they are
   */
  gboolean (*read) (const Feed *feed, const char *period, gboolean year_ago, const GPtrArray *districts,
                    const GPtrArray *codes, HistoryTake take, gpointer taker, gpointer data, GError **error);
  gpointer data;
} Past;

/**
 * extract_history: applies the rules of level history to a file that was read and not refused: adds to its rejects, and
 * to its rows that shall be loaded as provisional.
 * @past: NULL: only what the file tells of itself. A period is held against the last one before it, which the file's
 * own one is where it tells of the same or a later one than @past.
 *
 * A unit is reported under the first rule that it breaks. Returns: FALSE when @past cannot be read.
 */
gboolean
extract_history (Extract *extract, const ExtractOptions *options, const char *file, const Past *past, GError **error);

/* What the units of one district reported in one period; texts and the whole last as long as the extract. */
typedef struct {
  const char *period;
  const char *district_code;
  guint units;
  GByteArray *figures; /* each unit's name with a 0 behind it, then its figures; history_read() reads them */
} Reported;

/* history_reported: of a file that was read; empty when it was not counted in full, or when rows for all grades or
 * sexes stand beside those for each. Returns: Reported; free with g_ptr_array_unref(). */
GPtrArray *history_reported (const Extract *extract);

/* history_read: hands each unit to @take, as Past.read does; @n: counts of the feed. FALSE when @data is damaged. */
gboolean history_read (const guint8 *data, gsize length, const char *period, guint n, HistoryTake take, gpointer taker);

/* history_mark: the weight of a grade and sex in HistoryFigure.mark; the server computes the same. Either may be "". */
gint64 history_mark (const char *grade, const char *sex);
