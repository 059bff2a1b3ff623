#include "load/loader.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/queue.h"
#include "base/sql.h"
#include "load/known.h"
#include "slice.h"

#define CHUNKS 3
#define FIRST_ROWS                                                                                                     \
  4096         /* of a file in order: the first ones are sent while the next ones are read; then four times as many */
#define FEW 10 /* rows that were read, for one that differs: from there on a look-up each is cheaper than a join */
#define FAR_APART 3         /* rows between first unit and last, for one of the file: each unit is looked up then */
#define KNOWN_SLACK 1000000 /* rows read to compare with, beyond three times those of the file: disorder */

/* What the loader knows of a place. */
typedef struct {
  Slice *slice;
  GString *last_unit; /* of the chunks before */
  gint64 added;
  gint64 there; /* rows of the file that were there before */
} Spot;

struct _Loader {
  Db *db; /* held while there is a thread */
  RowShape *shape;
  LoaderOptions options;
  char *known_from;
  GPtrArray *places; /* Place */
  Chunk *chunk;      /* being filled */
  guint chunks;
  guint enough; /* rows of a chunk in order that need not wait for more */

  /* from here on the thread's, once there is one */
  Slices slices;
  GPtrArray *spots; /* Spot */
  Known *known;
  Outlet stage;
  guint chunk_no;  /* from 1 */
  gint64 read;     /* rows of the file */
  gint64 compared; /* rows of the database that were read */
  gboolean dense;  /* most rows of the last run were there */
  gboolean sparse; /* units of the file have many others between them */

  GThread *thread;
  Queue *full; /* Chunk; the loader itself: no more */
  Queue *empty;
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
  return shape->period < shape->n && shape->unit < shape->n
         && rows_are_text (feed->columns->pdata[shape->column[shape->unit]]);
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

  l->db = db;
  l->shape = row_shape_new (feed);
  l->options = *options;
  l->options.known_from = l->known_from = g_strdup (options->known_from);
  l->places = places_new ();
  slices_init (&l->slices, db, l->shape, &l->options);
  l->spots = g_ptr_array_new_with_free_func (spot_free);
  l->known = known_new (l->shape);
  l->full = queue_new ();
  l->empty = queue_new ();
  l->chunk = chunk_new (l->shape);
  l->chunks = 1;
  l->enough = FIRST_ROWS;
  return l;
}

static void
stop_thread (Loader *l)
{
  if (l->thread == NULL)
    return;
  queue_push (l->full, l);
  g_thread_join (g_steal_pointer (&l->thread));
  db_let_go (l->db);
}

void
loader_free (Loader *loader)
{
  Chunk *chunk = NULL;

  if (loader == NULL)
    return;
  g_atomic_int_set (&loader->failed, 1);
  stop_thread (loader);
  slices_clear (&loader->slices);
  while ((chunk = queue_try (loader->empty)) != NULL)
    chunk_free (chunk);
  chunk_free (loader->chunk);
  queue_free (loader->full);
  queue_free (loader->empty);
  g_clear_error (&loader->failure);
  outlet_clear (&loader->stage);
  known_free (loader->known);
  g_ptr_array_unref (loader->spots);
  g_ptr_array_unref (loader->places);
  row_shape_free (loader->shape);
  g_free (loader->known_from);
  g_free (loader);
}

static Spot *
find_spot (Loader *l, Place *place, GError **error)
{
  Slice *slice = NULL;
  Spot *spot = place->user;

  if (spot != NULL)
    return spot;
  slice = slices_find (&l->slices, place, error);
  if (slice == NULL)
    return NULL;
  spot = g_new0 (Spot, 1);
  spot->slice = slice;
  spot->last_unit = g_string_new (NULL);
  g_ptr_array_add (l->spots, spot);
  place->user = spot;
  return spot;
}

static gboolean
make_stage (Loader *l, GError **error)
{
  Db *db = lane_db (l->slices.lane, error);
  g_autoptr (PGresult) stage = NULL;

  if (db == NULL)
    return FALSE;
  stage = db_queryv (db, error, sql_query ("stage_feed"), l->shape->feed->feed, DB_END);
  if (stage == NULL)
    return FALSE;
  l->stage.relation = g_strdup (db_get (stage, 0, "stage"));
  l->stage.copy_sql = g_strdup (db_get (stage, 0, "copy_sql"));
  return TRUE;
}

static gboolean
send_changed (Loader *l, Slice *slice, const Row *row, GError **error)
{
  guint8 *to = outlet_room (&l->stage, ROW_EXTRA_BYTES + strlen (row->place->district_code) + row->length);

  if (l->stage.relation == NULL && !make_stage (l, error))
    return FALSE;
  to = put_int32 (put_int32 (put_batch (&l->slices, to, row), 4), 0);
  l->stage.rows++;
  slice->changed++;
  return lane_wrote (l->slices.lane, &l->stage, to, error);
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

static char *
unit_of (const Loader *l, const Row *row)
{
  gint32 length = 0;
  const guint8 *text = row_field (row->fields, l->shape->unit, &length);

  return g_strndup ((const char *)text, (gsize)MAX (length, 0));
}

static gboolean
is_of_unit (const Loader *l, const Row *row, const char *unit)
{
  gint32 length = 0;
  const guint8 *text = row_field (row->fields, l->shape->unit, &length);

  return strncmp ((const char *)text, unit, (gsize)MAX (length, 0)) == 0 && unit[MAX (length, 0)] == '\0';
}

/* Those of its rows, in their order. */
static GPtrArray *
units_of (const Loader *l, const Run *run)
{
  GPtrArray *units = g_ptr_array_new_with_free_func (g_free);

  for (guint i = run->first; i < run->end; i++)
    if (units->len == 0 || !is_of_unit (l, chunk_row (run->chunk, i), units->pdata[units->len - 1]))
      g_ptr_array_add (units, unit_of (l, chunk_row (run->chunk, i)));
  return units;
}

/* @most: of all rows from the first unit to the last; 0: those of the units alone. */
static gboolean
read_units (Loader *l, const Spot *spot, const Place *place, const GPtrArray *units, gint64 most, GError **error)
{
  const FeedColumn *unit = l->shape->feed->columns->pdata[l->shape->column[l->shape->unit]];
  g_autofree char *year = g_strdup_printf ("%d", place->year), *sql = NULL, *texts = db_texts (units);
  g_autofree char *limit = most > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, most) : NULL;
  Db *db = lane_db (l->slices.lane, error);
  gboolean too_many = FALSE;

  if (db == NULL)
    return FALSE;
  sql = db_value (db, error, sql_query ("known_rows"), l->shape->feed->feed, spot->slice->outlet.relation, year,
                  place->district_code, place->period, unit->column_name, texts, limit, DB_END);
  if (sql == NULL || !known_read (l->known, db, sql, &too_many, error))
    return FALSE;
  l->compared += known_size (l->known);
  if (too_many || l->compared > 3 * l->read + KNOWN_SLACK)
    return give_up ("too much to compare with", error);
  return TRUE;
}

/* Schools of a file that comes again are neighbours in the slice, and are read at one go; those that come late are not.
 * What was there for the rows before tells which they are, unless they were neighbours of too many others. */
static gboolean
read_run (Loader *l, const Spot *spot, const Run *run, const GPtrArray *units, GError **error)
{
  const Place *place = chunk_row (run->chunk, run->first)->place;
  gint64 rows = run->end - run->first, most = FAR_APART * rows + 1;

  if (l->dense && !l->sparse) {
    g_autoptr (GPtrArray) ends = g_ptr_array_new ();

    g_ptr_array_add (ends, units->pdata[0]);
    g_ptr_array_add (ends, units->pdata[units->len - 1]);
    if (!read_units (l, spot, place, ends, most, error))
      return FALSE;
    l->sparse = known_size (l->known) == most;
    if (!l->sparse)
      return TRUE;
  }
  if (!read_units (l, spot, place, units, 0, error))
    return FALSE;
  l->dense = 2 * known_size (l->known) > rows;
  return TRUE;
}

/* Rows of one place come in the order of their units from chunk to chunk, or equal ones could come twice unnoticed. */
static gboolean
read_known (Loader *l, Spot *spot, const Run *run, GError **error)
{
  g_autoptr (GPtrArray) units = units_of (l, run);

  if (spot->last_unit->len > 0 && strcmp (units->pdata[0], spot->last_unit->str) <= 0)
    return give_up ("rows are not in order", error);
  g_string_assign (spot->last_unit, units->pdata[units->len - 1]);
  return read_run (l, spot, run, units, error);
}

static gboolean
compare_run (Loader *l, Spot *spot, const Run *run, GError **error)
{
  if (!read_known (l, spot, run, error))
    return FALSE;
  for (guint i = run->first; i < run->end; i++) {
    const Row *row = chunk_row (run->chunk, i);
    KnownVerdict verdict = known_compare (l->known, row);

    if (verdict == KNOWN_NEW && !slice_send (&l->slices, spot->slice, row, error))
      return FALSE;
    if (verdict == KNOWN_CHANGED && !send_changed (l, spot->slice, row, error))
      return FALSE;
    *(verdict == KNOWN_NEW ? &spot->added : &spot->there) += 1;
  }
  return TRUE;
}

static gboolean
send_run (Loader *l, Spot *spot, const Run *run, GError **error)
{
  for (guint i = run->first; i < run->end; i++)
    if (!slice_send (&l->slices, spot->slice, chunk_row (run->chunk, i), error))
      return FALSE;
  spot->added += run->end - run->first;
  return TRUE;
}

static gboolean
take_run (Loader *l, const Run *run, GError **error)
{
  Spot *spot = find_spot (l, chunk_row (run->chunk, run->first)->place, error);

  if (spot == NULL)
    return FALSE;
  spot->slice->chunk = l->chunk_no;
  return spot->slice->fresh ? send_run (l, spot, run, error) : compare_run (l, spot, run, error);
}

static gboolean
take_chunk (Loader *l, const Chunk *chunk, GError **error)
{
  guint n = chunk_rows (chunk);

  l->read += n;
  l->chunk_no++;
  if (chunk_has_twins (chunk))
    return give_up ("a key comes twice", error);
  for (guint first = 0, end = 0; first < n; first = end) {
    Run run = { chunk, first, n };

    for (end = first + 1; end < n && chunk_row (chunk, end)->place == chunk_row (chunk, first)->place;)
      end++;
    run.end = end;
    if (!take_run (l, &run, error))
      return FALSE;
  }
  return slices_finished (&l->slices, l->chunk_no, error);
}

static gpointer
run_thread (gpointer data)
{
  Loader *l = data;

  for (gpointer next = queue_pop (l->full); next != l; next = queue_pop (l->full)) {
    Chunk *chunk = next;

    if (!g_atomic_int_get (&l->failed) && !take_chunk (l, chunk, &l->failure))
      g_atomic_int_set (&l->failed, 1);
    chunk_clear (chunk);
    queue_push (l->empty, chunk);
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
  Chunk *chunk = queue_try (l->empty);

  if (chunk != NULL)
    return chunk;
  if (l->chunks < CHUNKS) {
    l->chunks++;
    return chunk_new (l->shape);
  }
  return queue_pop (l->empty);
}

static gboolean
start_thread (Loader *l, GError **error)
{
  if (l->thread != NULL)
    return TRUE;
  db_hold (l->db);
  l->thread = thread_start ("load", run_thread, l, error);
  if (l->thread == NULL)
    db_let_go (l->db);
  return l->thread != NULL;
}

static gboolean
hand_over (Loader *l, GError **error)
{
  Chunk *next = NULL;

  if (!start_thread (l, error))
    return FALSE;
  next = next_chunk (l);
  chunk_sort (l->chunk);
  chunk_hold_back (l->chunk, next);
  queue_push (l->full, l->chunk);
  l->chunk = next;
  l->enough = MIN (4 * l->enough, CHUNK_ROWS);
  return !g_atomic_int_get (&l->failed) || end_thread (l, error);
}

gboolean
loader_row (Loader *loader, const LongRow *row, GError **error)
{
  gboolean enough = chunk_rows (loader->chunk) >= loader->enough && chunk_is_ordered (loader->chunk);

  if (!enough && chunk_add (loader->chunk, row, loader->places))
    return TRUE;
  if (!hand_over (loader, error))
    return FALSE;
  if (!chunk_add (loader->chunk, row, loader->places))
    return give_up ("rows of one unit fill a chunk", error);
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------
   The end */

gboolean
loader_drain (Loader *loader, GError **error)
{
  if (!end_thread (loader, error))
    return FALSE;
  chunk_sort (loader->chunk);
  if (!take_chunk (loader, loader->chunk, error))
    return FALSE;
  chunk_clear (loader->chunk);
  return lane_flush (loader->slices.lane, &loader->stage, error) && slices_end (&loader->slices, error);
}

static gboolean
merge_stage (Loader *l, Db *db, LoaderCounts *out, GError **error)
{
  g_autoptr (PGresult) merged
      = db_queryv (db, error, sql_query ("merge_feed"), l->shape->feed->feed, l->stage.relation, "false", DB_END);

  if (merged == NULL)
    return FALSE;
  out->added += db_get_int (merged, 0, "added");
  out->changed = db_get_int (merged, 0, "changed");
  return TRUE;
}

static gboolean
merge_changed (Loader *l, LoaderCounts *out, GError **error)
{
  Db *db = lane_db (l->slices.lane, error);

  if (db == NULL)
    return FALSE;
  if (l->stage.relation == NULL)
    return TRUE;
  return l->sparse || l->stage.rows * FEW < l->compared
             ? slices_supersede (&l->slices, l->stage.relation, &out->changed, error)
             : merge_stage (l, db, out, error);
}

gboolean
loader_finish (Loader *loader, LoaderCounts *out, GError **error)
{
  if (!slices_attach (&loader->slices, error))
    return FALSE;
  *out = (LoaderCounts){ 0 };
  for (guint i = 0; i < loader->spots->len; i++)
    out->added += ((const Spot *)loader->spots->pdata[i])->added;
  return merge_changed (loader, out, error);
}

const GPtrArray *
loader_places (const Loader *loader)
{
  return loader->places;
}

gboolean
loader_brought (const Loader *loader, const char *period, const char *district_code, gint64 *added, gint64 *there)
{
  *added = *there = 0;
  for (guint i = 0; i < loader->places->len; i++) {
    const Place *place = loader->places->pdata[i];
    const Spot *spot = place->user;

    if (spot == NULL || strcmp (place->period, period) != 0 || strcmp (place->district_code, district_code) != 0)
      continue;
    *added = spot->added;
    *there = spot->there;
    return spot->slice->fresh;
  }
  return FALSE;
}
