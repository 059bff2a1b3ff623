#include "load/loader.h"

#include "base/error.h"
#include "base/sql.h"
#include "load/known.h"
#include "writer.h"

#include <string.h>

#define CHUNKS 3
#define ROW_EXTRA_BYTES 64 /* housekeeping of a row beside its fields and its district */
#define KNOWN_SLACK                                                                                                    \
  1000000 /* rows read to compare with, beyond three times those of the file: it is in disorder then */

/* A slice, for one place or for all districts of a period. */
typedef struct {
  Outlet outlet;
  gboolean fresh;
  gboolean whole;
  gboolean brief; /* COPY carries only what differs between rows */
  int year;
  char *period;
  char *district_code;
} Slice;

/* What the loader knows of a place. */
typedef struct {
  Slice *slice;
  GString *last_unit; /* of the chunks before */
} Spot;

struct _Loader {
  RowShape *shape;
  LoaderOptions options;
  char *known_from;
  GPtrArray *places; /* Place */
  Chunk *chunk;      /* being filled */
  guint chunks;

  /* from here on the thread's, once there is one */
  Writer writer;
  GPtrArray *slices; /* Slice */
  GPtrArray *spots;  /* Spot */
  Known *known;
  Outlet stage;
  gint64 read;     /* rows of the file */
  gint64 compared; /* rows of the database that were read */
  gint64 added;

  GThread *thread;
  GAsyncQueue *full; /* Chunk; the loader itself: no more */
  GAsyncQueue *empty;
  GError *failure; /* of the thread; read after it has ended */
  gint failed;
};

gboolean
loader_takes (const Feed *feed)
{
  g_autoptr (RowShape) shape = NULL;

  if (feed->grain == GRAIN_REGISTER || feed->complete)
    return FALSE;
  shape = row_shape_new (feed);
  return shape->period < shape->n;
}

static void
slice_free (gpointer data)
{
  Slice *slice = data;

  outlet_clear (&slice->outlet);
  g_free (slice->period);
  g_free (slice->district_code);
  g_free (slice);
}

static void
spot_free (gpointer data)
{
  Spot *spot = data;

  g_string_free (spot->last_unit, TRUE);
  g_free (spot);
}

Loader *
loader_new (Db *db, const Feed *feed, const LoaderOptions *options)
{
  Loader *l = g_new0 (Loader, 1);

  l->shape = row_shape_new (feed);
  l->options = *options;
  l->options.known_from = l->known_from = g_strdup (options->known_from);
  l->places = places_new ();
  l->writer.db = db;
  l->slices = g_ptr_array_new_with_free_func (slice_free);
  l->spots = g_ptr_array_new_with_free_func (spot_free);
  l->known = known_new (l->shape);
  l->full = g_async_queue_new ();
  l->empty = g_async_queue_new ();
  l->chunk = chunk_new (l->shape);
  l->chunks = 1;
  return l;
}

static void
stop_thread (Loader *l)
{
  if (l->thread == NULL)
    return;
  g_async_queue_push (l->full, l);
  g_thread_join (g_steal_pointer (&l->thread));
}

void
loader_free (Loader *loader)
{
  Chunk *chunk = NULL;

  if (loader == NULL)
    return;
  g_atomic_int_set (&loader->failed, 1);
  stop_thread (loader);
  writer_abort (&loader->writer);
  while ((chunk = g_async_queue_try_pop (loader->empty)) != NULL)
    chunk_free (chunk);
  chunk_free (loader->chunk);
  g_async_queue_unref (loader->full);
  g_async_queue_unref (loader->empty);
  g_clear_error (&loader->failure);
  outlet_clear (&loader->stage);
  known_free (loader->known);
  g_ptr_array_unref (loader->spots);
  g_ptr_array_unref (loader->slices);
  g_ptr_array_unref (loader->places);
  row_shape_free (loader->shape);
  g_free (loader->known_from);
  g_free (loader);
}

/* ------------------------------------------------------------------------------------------------------------------
   Slices */

static const char *
feed_name (const Loader *l)
{
  return l->shape->feed->feed;
}

static gboolean
is_true (const PGresult *result, const char *column)
{
  return strcmp (db_get (result, 0, column), "t") == 0;
}

static Slice *
open_slice (Loader *l, const Place *place, GError **error)
{
  g_autofree char *year = g_strdup_printf ("%d", place->year);
  g_autofree char *batch_id = g_strdup_printf ("%" G_GINT64_FORMAT, l->options.batch_id);
  g_autoptr (PGresult) found = NULL;
  Slice *slice = NULL;

  if (!writer_close (&l->writer, error))
    return NULL;
  found = db_queryv (l->writer.db, error, sql_query ("open_slice"), feed_name (l), year, place->period,
                     place->district_code, "false", batch_id, l->known_from, DB_END);
  if (found == NULL)
    return NULL;
  slice = g_new0 (Slice, 1);
  slice->outlet.relation = g_strdup (db_get (found, 0, "relation"));
  slice->outlet.copy_sql = g_strdup (db_get (found, 0, "copy_sql"));
  slice->fresh = is_true (found, "fresh");
  slice->whole = is_true (found, "whole");
  slice->brief = is_true (found, "short");
  slice->year = place->year;
  slice->period = g_strdup (place->period);
  slice->district_code = g_strdup (place->district_code);
  g_ptr_array_add (l->slices, slice);
  return slice;
}

static Slice *
find_slice (Loader *l, const Place *place, GError **error)
{
  for (guint i = 0; i < l->slices->len; i++) {
    Slice *slice = l->slices->pdata[i];

    if (slice->whole && slice->year == place->year && strcmp (slice->period, place->period) == 0)
      return slice;
  }
  return open_slice (l, place, error);
}

static Spot *
find_spot (Loader *l, Place *place, GError **error)
{
  Slice *slice = NULL;
  Spot *spot = place->user;

  if (spot != NULL)
    return spot;
  slice = find_slice (l, place, error);
  if (slice == NULL)
    return NULL;
  spot = g_new0 (Spot, 1);
  spot->slice = slice;
  spot->last_unit = g_string_new (NULL);
  g_ptr_array_add (l->spots, spot);
  place->user = spot;
  return spot;
}

/* ------------------------------------------------------------------------------------------------------------------
   Rows */

static guint8 *
put_line (guint8 *to, const Row *row)
{
  return put_boolean (put_int32 (put_int32 (to, 4), (gint32)row->line), row->provisional);
}

static guint8 *
put_head (guint8 *to, guint fields, const Place *place)
{
  return put_text (put_int16 (to, (gint16)fields), place->district_code, strlen (place->district_code));
}

/* As COPY into a fresh slice of one period has it. */
static guint8 *
put_brief (const Loader *l, guint8 *to, const Row *row)
{
  to = put_head (to, l->shape->n + 2, row->place);
  to = put_bytes (to, row->fields, row->period_at);
  to = put_bytes (to, row->fields + row->period_end, row->length - row->period_end);
  return put_line (to, row);
}

static guint8 *
put_batch (const Loader *l, guint8 *to, const Row *row, guint extra)
{
  to = put_head (to, l->shape->n + extra, row->place);
  to = put_int16 (put_int32 (to, 2), (gint16)row->place->year);
  to = put_bytes (to, row->fields, row->length);
  to = put_int64 (put_int32 (to, 8), l->options.batch_id);
  return put_line (to, row);
}

static gboolean
send_new (Loader *l, Slice *slice, const Row *row, GError **error)
{
  guint8 *to = outlet_room (&slice->outlet, ROW_EXTRA_BYTES + strlen (row->place->district_code) + row->length);

  if (slice->brief)
    to = put_brief (l, to, row);
  else
    to = put_int64 (put_int32 (put_batch (l, to, row, 6), 8), l->options.known_us);
  return writer_wrote (&l->writer, &slice->outlet, to, error);
}

static gboolean
send_changed (Loader *l, const Row *row, GError **error)
{
  guint8 *to = outlet_room (&l->stage, ROW_EXTRA_BYTES + strlen (row->place->district_code) + row->length);

  if (l->stage.relation == NULL) {
    g_autoptr (PGresult) stage = NULL;

    if (!writer_close (&l->writer, error))
      return FALSE;
    stage = db_queryv (l->writer.db, error, sql_query ("stage_feed"), feed_name (l), DB_END);
    if (stage == NULL)
      return FALSE;
    l->stage.relation = g_strdup (db_get (stage, 0, "stage"));
    l->stage.copy_sql = g_strdup (db_get (stage, 0, "copy_sql"));
  }
  to = put_int32 (put_int32 (put_batch (l, to, row, 6), 4), 0);
  return writer_wrote (&l->writer, &l->stage, to, error);
}

static gboolean
give_up (const char *why, GError **error)
{
  g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_EXISTS, why);
  return FALSE;
}

/* ------------------------------------------------------------------------------------------------------------------
   Chunks */

typedef struct {
  const Chunk *chunk;
  guint first; /* rows of one place */
  guint end;
} Run;

static gboolean
check_keys (const Loader *l, const Run *run, GError **error)
{
  for (guint i = run->first + 1; i < run->end; i++)
    if (row_compare_keys (l->shape, chunk_row (run->chunk, i - 1)->fields, chunk_row (run->chunk, i)->fields) == 0)
      return give_up ("a key comes twice", error);
  return TRUE;
}

static char *
unit_of (const Loader *l, const Row *row)
{
  gint32 length = 0;
  const guint8 *text = row_field (row->fields, l->shape->unit, &length);

  return g_strndup ((const char *)text, (gsize)MAX (length, 0));
}

/* Rows of one place come in the order of their units from chunk to chunk, or equal ones could come twice unnoticed. */
static gboolean
read_known (Loader *l, Spot *spot, const Run *run, GError **error)
{
  const Place *place = chunk_row (run->chunk, run->first)->place;
  g_autofree char *first = unit_of (l, chunk_row (run->chunk, run->first));
  g_autofree char *last = unit_of (l, chunk_row (run->chunk, run->end - 1));
  const FeedColumn *unit = l->shape->feed->columns->pdata[l->shape->column[l->shape->unit]];
  g_autofree char *sql = NULL;
  gboolean too_many = FALSE;

  if (spot->last_unit->len > 0 && strcmp (first, spot->last_unit->str) <= 0)
    return give_up ("rows are not in order", error);
  g_string_assign (spot->last_unit, last);
  if (!writer_close (&l->writer, error))
    return FALSE;
  sql = db_value (l->writer.db, error, sql_query ("known_rows"), feed_name (l), spot->slice->outlet.relation,
                  place->district_code, unit->column_name, first, last, DB_END);
  if (sql == NULL || !known_read (l->known, l->writer.db, sql, &too_many, error))
    return FALSE;
  l->compared += known_size (l->known);
  if (too_many || l->compared > 3 * l->read + KNOWN_SLACK)
    return give_up ("too much to compare with", error);
  return TRUE;
}

static gboolean
compare_run (Loader *l, Spot *spot, const Run *run, GError **error)
{
  if (!read_known (l, spot, run, error))
    return FALSE;
  for (guint i = run->first; i < run->end; i++) {
    const Row *row = chunk_row (run->chunk, i);
    KnownVerdict verdict = known_compare (l->known, row);

    if (verdict == KNOWN_NEW && !send_new (l, spot->slice, row, error))
      return FALSE;
    if (verdict == KNOWN_CHANGED && !send_changed (l, row, error))
      return FALSE;
    l->added += verdict == KNOWN_NEW;
  }
  return TRUE;
}

static gboolean
send_run (Loader *l, Spot *spot, const Run *run, GError **error)
{
  for (guint i = run->first; i < run->end; i++)
    if (!send_new (l, spot->slice, chunk_row (run->chunk, i), error))
      return FALSE;
  l->added += run->end - run->first;
  return TRUE;
}

static gboolean
take_run (Loader *l, const Run *run, GError **error)
{
  Spot *spot = find_spot (l, chunk_row (run->chunk, run->first)->place, error);

  return spot != NULL && check_keys (l, run, error)
         && (spot->slice->fresh ? send_run (l, spot, run, error) : compare_run (l, spot, run, error));
}

static gboolean
take_chunk (Loader *l, const Chunk *chunk, GError **error)
{
  guint n = chunk_rows (chunk);

  l->read += n;
  for (guint first = 0, end = 0; first < n; first = end) {
    Run run = { chunk, first, n };

    for (end = first + 1; end < n && chunk_row (chunk, end)->place == chunk_row (chunk, first)->place;)
      end++;
    run.end = end;
    if (!take_run (l, &run, error))
      return FALSE;
  }
  return TRUE;
}

static gpointer
run_thread (gpointer data)
{
  Loader *l = data;

  for (gpointer next = g_async_queue_pop (l->full); next != l; next = g_async_queue_pop (l->full)) {
    Chunk *chunk = next;

    if (!g_atomic_int_get (&l->failed) && !take_chunk (l, chunk, &l->failure))
      g_atomic_int_set (&l->failed, 1);
    chunk_clear (chunk);
    g_async_queue_push (l->empty, chunk);
  }
  return NULL;
}

/* FALSE with what went wrong in the thread, if anything did. */
static gboolean
end_thread (Loader *l, GError **error)
{
  stop_thread (l);
  if (l->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&l->failure));
  return FALSE;
}

static Chunk *
next_chunk (Loader *l)
{
  Chunk *chunk = g_async_queue_try_pop (l->empty);

  if (chunk != NULL)
    return chunk;
  if (l->chunks < CHUNKS) {
    l->chunks++;
    return chunk_new (l->shape);
  }
  return g_async_queue_pop (l->empty);
}

static gboolean
hand_over (Loader *l, GError **error)
{
  Chunk *next = next_chunk (l);

  chunk_sort (l->chunk);
  chunk_hold_back (l->chunk, next);
  if (l->thread == NULL)
    l->thread = g_thread_new ("load", run_thread, l);
  g_async_queue_push (l->full, l->chunk);
  l->chunk = next;
  return !g_atomic_int_get (&l->failed) || end_thread (l, error);
}

gboolean
loader_row (Loader *loader, const LongRow *row, GError **error)
{
  if (chunk_add (loader->chunk, row, loader->places))
    return TRUE;
  if (!hand_over (loader, error))
    return FALSE;
  if (!chunk_add (loader->chunk, row, loader->places))
    return give_up ("rows of one unit fill a chunk", error);
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------
   The end */

static gboolean
attach (Loader *l, const Slice *slice, GError **error)
{
  g_autofree char *year = g_strdup_printf ("%d", slice->year);
  g_autoptr (PGresult) indexed = NULL, attached = NULL;

  if (!slice->fresh)
    return TRUE;
  indexed = db_queryv (l->writer.db, error, sql_query ("index_slice"), feed_name (l), slice->outlet.relation, DB_END);
  if (indexed == NULL)
    return FALSE;
  attached = db_queryv (l->writer.db, error, sql_query ("attach_slice"), feed_name (l), slice->outlet.relation, year,
                        slice->period, slice->whole ? NULL : slice->district_code, DB_END);
  return attached != NULL;
}

gboolean
loader_drain (Loader *loader, GError **error)
{
  if (!end_thread (loader, error))
    return FALSE;
  chunk_sort (loader->chunk);
  if (!take_chunk (loader, loader->chunk, error))
    return FALSE;
  chunk_clear (loader->chunk);
  for (guint i = 0; i < loader->slices->len; i++)
    if (!writer_flush (&loader->writer, &((Slice *)loader->slices->pdata[i])->outlet, error))
      return FALSE;
  return writer_flush (&loader->writer, &loader->stage, error) && writer_close (&loader->writer, error);
}

static gboolean
merge_changed (Loader *l, LoaderCounts *out, GError **error)
{
  g_autoptr (PGresult) merged = NULL;

  if (l->stage.relation == NULL)
    return TRUE;
  merged = db_queryv (l->writer.db, error, sql_query ("merge_feed"), feed_name (l), l->stage.relation, "false", DB_END);
  if (merged == NULL)
    return FALSE;
  out->added += db_get_int (merged, 0, "added");
  out->changed = db_get_int (merged, 0, "changed");
  return TRUE;
}

gboolean
loader_finish (Loader *loader, LoaderCounts *out, GError **error)
{
  for (guint i = 0; i < loader->slices->len; i++)
    if (!attach (loader, loader->slices->pdata[i], error))
      return FALSE;
  *out = (LoaderCounts){ .added = loader->added };
  return merge_changed (loader, out, error);
}
