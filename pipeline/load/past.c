#include "load/past.h"

#include "base/sql.h"

#define MANY 100 /* units, from which on summing up their rows takes longer than keeping what they come to */

static void
parse_figures (const char *text, GArray *out)
{
  g_array_set_size (out, 0);
  while (*text != '\0') {
    HistoryFigure figure;
    char *end = NULL;

    figure.sum = g_ascii_strtoll (text, &end, 10);
    figure.mark = g_ascii_strtoll (end, &end, 10);
    figure.cells = g_ascii_strtoll (end, &end, 10);
    g_array_append_val (out, figure);
    text = end;
  }
}

typedef struct {
  const Feed *feed;
  char *columns; /* that are counts */
  guint counts;
  const char *last; /* period */
  const GPtrArray *codes;
  GPtrArray *districts; /* that nothing was told of yet */
  HistoryTake take;
  gpointer taker;
} Asking;

/* Their names, and how many. */
static char *
count_columns (const Feed *feed, guint *n)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (column->type == TYPE_COUNT)
      g_ptr_array_add (names, column->column_name);
  }
  *n = names->len;
  return db_texts (names);
}

static void
drop_district (GPtrArray *districts, const char *district_code)
{
  for (guint i = 0; i < districts->len; i++)
    if (strcmp (districts->pdata[i], district_code) == 0) {
      g_ptr_array_remove_index_fast (districts, i);
      return;
    }
}

/* What a batch kept; the rest is asked of the rows. */
static gboolean
read_kept (const Asking *a, Db *db, GError **error)
{
  g_autofree char *places = db_texts (a->districts);
  g_autoptr (PGresult) kept
      = db_queryv (db, error, sql_query ("list_reported"), a->feed->feed, a->last, places, a->columns, DB_END);

  if (kept == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (kept); i++) {
    gsize length = 0;
    guint8 *figures = PQunescapeBytea ((const guchar *)db_get (kept, i, "figures"), &length);
    gboolean whole = figures != NULL && history_read (figures, length, a->last, a->counts, a->take, a->taker);

    PQfreemem (figures);
    if (whole)
      drop_district (a->districts, db_get (kept, i, "district_code"));
  }
  return TRUE;
}

static gboolean
read_rows (const Asking *a, Db *db, GError **error)
{
  g_autofree char *places = db_texts (a->districts), *units = db_texts (a->codes);
  g_autoptr (PGresult) rows
      = db_queryv (db, error, sql_query ("list_last_period"), a->feed->feed, a->last, places, units, DB_END);
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (HistoryFigure));

  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (rows); i++) {
    parse_figures (db_get (rows, i, "figures"), figures);
    if (figures->len == a->counts) /* a table may be behind the catalogue */
      a->take (db_get (rows, i, "unit"), a->last, (const HistoryFigure *)(gpointer)figures->data, a->taker);
  }
  return TRUE;
}

gboolean
past_read (const Feed *feed, const char *period, gboolean year_ago, const GPtrArray *districts, const GPtrArray *codes,
           HistoryTake take, gpointer taker, gpointer data, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *last
      = db_value (data, &why, sql_query ("find_last_period"), feed->feed, period, year_ago ? "true" : "false", DB_END);
  g_autoptr (GPtrArray) left = NULL;
  g_autofree char *columns = NULL;
  Asking a = { .feed = feed, .last = last, .codes = codes, .take = take, .taker = taker };

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (last == NULL)
    return TRUE;
  a.districts = left = g_ptr_array_copy ((GPtrArray *)(gsize)districts, NULL, NULL);
  a.columns = columns = count_columns (feed, &a.counts);
  if (codes->len >= MANY && !read_kept (&a, data, error))
    return FALSE;
  return left->len == 0 || read_rows (&a, data, error);
}

static gboolean
insert_places (Db *db, const char *batch_id, const GPtrArray *places, GError **error)
{
  g_autoptr (GPtrArray) periods = g_ptr_array_new (), districts = g_ptr_array_new ();
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (PGresult) done = NULL;

  for (guint i = 0; i < places->len; i++) {
    const Place *place = places->pdata[i];

    if (*place->period == '\0')
      return TRUE; /* the feed has none */
    g_ptr_array_add (periods, place->period);
    g_ptr_array_add (districts, place->district_code);
  }
  first = db_texts (periods);
  second = db_texts (districts);
  done = db_queryv (db, error, sql_query ("insert_places"), batch_id, first, second, DB_END);
  return done != NULL;
}

static gboolean
keep_place (Db *db, const char *batch_id, const Feed *feed, const Reported *place, const Loader *loader, GError **error)
{
  gint64 added = 0, there = 0;
  gboolean fresh = loader_brought (loader, place->period, place->district_code, &added, &there);
  g_autoptr (GBytes) figures = g_bytes_new_static (place->figures->data, place->figures->len);
  g_autofree char *columns = NULL, *text = NULL, *more = g_strdup_printf ("%" G_GINT64_FORMAT, added),
                  *known = g_strdup_printf ("%" G_GINT64_FORMAT, there);
  g_autoptr (PGresult) kept = NULL;
  guint n = 0;

  if (place->units < MANY || (!fresh && there == 0))
    return TRUE;
  columns = count_columns (feed, &n);
  text = db_bytes_text (figures);
  kept = db_queryv (db, error, sql_query ("keep_reported"), batch_id, place->period, place->district_code, columns,
                    text, more, known, feed->feed, DB_END);
  return kept != NULL;
}

gboolean
past_keep (Db *db, gint64 batch_id, const Extract *extract, const GPtrArray *places, const Loader *loader,
           GError **error)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, batch_id);
  g_autoptr (GPtrArray) reported = NULL;

  if (!insert_places (db, id, places, error))
    return FALSE;
  if (loader == NULL)
    return TRUE;
  reported = history_reported (extract);
  for (guint i = 0; i < reported->len; i++)
    if (!keep_place (db, id, extract->layout->feed, reported->pdata[i], loader, error))
      return FALSE;
  return TRUE;
}
