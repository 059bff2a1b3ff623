#include "lane.h"

#include "base/parallel.h"
#include "base/queue.h"
#include "load/rows.h"

#define FLUSH_BYTES (256 << 10)

typedef struct {
  Outlet *outlet; /* NULL: the end */
  guint8 *rows;   /* NULL: all are there, an index is wanted */
  gsize used;
  gsize size;
  gboolean narrow;
} Job;

/* A buffer that waits for rows. */
typedef struct {
  guint8 *data;
  gsize size;
} Buffer;

struct _Lane {
  Db *db;
  Outlet *open;      /* whose COPY is under way */
  gboolean narrow;   /* for such rows */
  guint unfinished;  /* tables made in the transaction under way that have no index yet */
  guint transaction; /* number, from 1 */
  gboolean begun;
  gboolean own; /* connection, transactions and thread; else it works at once, in the caller's */

  GThread *thread;
  Queue *jobs;
  Queue *buffers;
  GError *failure; /* read after the thread has ended */
  gint failed;
};

void
outlet_clear (Outlet *outlet)
{
  g_free (outlet->relation);
  g_free (outlet->copy_sql);
  g_free (outlet->frozen_sql);
  g_free (outlet->create_sql);
  g_free (outlet->index_sql);
  g_free (outlet->narrow_sql);
  g_free (outlet->widen_sql);
  g_free (outlet->pending);
  memset (outlet, 0, sizeof *outlet);
}

guint8 *
outlet_room (Outlet *outlet, gsize bytes)
{
  if (outlet->used + bytes > outlet->size) {
    outlet->size = MAX (2 * outlet->size, outlet->used + bytes);
    outlet->pending = g_realloc (outlet->pending, outlet->size);
  }
  return outlet->pending + outlet->used;
}

/* ------------------------------------------------------------------------------------------------------------------
   Work on the connection */

/* Of a lane that works at once, rows that wait go along: nobody else has them, and another COPY would cost more. */
static gboolean
send_last (Lane *lane, GError **error)
{
  static const char trailer[] = { '\377', '\377' };
  Outlet *outlet = lane->open;
  gsize used = outlet->used;

  lane->open = NULL;
  if (!lane->own && used > 0 && outlet->narrow == lane->narrow) {
    outlet->used = 0;
    if (!db_copy_data (lane->db, (const char *)outlet->pending, used, error))
      return FALSE;
  }
  return db_copy_data (lane->db, trailer, sizeof trailer, error);
}

static gboolean
close_copy (Lane *lane, GError **error)
{
  if (lane->open == NULL)
    return TRUE;
  if (send_last (lane, error))
    return db_copy_end (lane->db, NULL, error);
  db_copy_end (lane->db, "could not be sent", NULL);
  return FALSE;
}

static gboolean
begin (Lane *lane, GError **error)
{
  if (!lane->own || lane->begun)
    return TRUE;
  lane->begun = db_begin (lane->db, error);
  return lane->begun;
}

static gboolean
make_table (Lane *lane, Outlet *outlet, GError **error)
{
  if (outlet->create_sql == NULL || outlet->made != 0)
    return TRUE;
  if (!db_script (lane->db, outlet->create_sql, error))
    return FALSE;
  outlet->made = lane->transaction;
  lane->unfinished++;
  return TRUE;
}

/* The index comes with all columns. */
static gboolean
widen_table (Lane *lane, Outlet *outlet, GError **error)
{
  if (outlet->widen_sql == NULL || outlet->widened || outlet->indexed)
    return TRUE;
  outlet->widened = db_script (lane->db, outlet->widen_sql, error);
  return outlet->widened;
}

static gboolean
open_copy (Lane *lane, Outlet *outlet, gboolean narrow, GError **error)
{
  const char *sql = outlet->narrow_sql;

  if (!close_copy (lane, error) || !begin (lane, error) || !make_table (lane, outlet, error)
      || (!narrow && !widen_table (lane, outlet, error)))
    return FALSE;
  if (!narrow)
    sql = outlet->made == lane->transaction ? outlet->frozen_sql : outlet->copy_sql;
  if (!db_copy_begin (lane->db, sql, error))
    return FALSE;
  lane->open = outlet;
  lane->narrow = narrow;
  return db_copy_data (lane->db, COPY_HEAD, COPY_HEAD_BYTES, error);
}

static gboolean
send_rows (Lane *lane, const Job *job, GError **error)
{
  return ((lane->open == job->outlet && lane->narrow == job->narrow)
          || open_copy (lane, job->outlet, job->narrow, error))
         && db_copy_data (lane->db, (const char *)job->rows, job->used, error);
}

static gboolean
commit (Lane *lane, GError **error)
{
  if (!lane->begun || lane->unfinished > 0)
    return TRUE;
  lane->begun = FALSE;
  lane->transaction++;
  return db_commit (lane->db, error);
}

static gboolean
make_index (Lane *lane, Outlet *outlet, GError **error)
{
  if (outlet->indexed || outlet->made == 0)
    return TRUE;
  if (!close_copy (lane, error) || !db_script (lane->db, outlet->index_sql, error))
    return FALSE;
  outlet->indexed = TRUE;
  lane->unfinished--;
  return commit (lane, error);
}

/* ------------------------------------------------------------------------------------------------------------------
   The thread */

static void
keep_buffer (Lane *lane, guint8 *data, gsize size)
{
  Buffer *buffer = g_new (Buffer, 1);

  buffer->data = data;
  buffer->size = size;
  queue_push (lane->buffers, buffer);
}

static gboolean
work (Lane *lane, const Job *job, GError **error)
{
  return job->rows != NULL ? send_rows (lane, job, error) : make_index (lane, job->outlet, error);
}

static gpointer
run (gpointer data)
{
  Lane *lane = data;

  for (;;) {
    g_autofree Job *job = queue_pop (lane->jobs);

    if (job->outlet == NULL)
      break;
    if (!g_atomic_int_get (&lane->failed) && !work (lane, job, &lane->failure))
      g_atomic_int_set (&lane->failed, 1);
    if (job->rows != NULL)
      keep_buffer (lane, job->rows, job->size);
  }
  if (!g_atomic_int_get (&lane->failed) && (!close_copy (lane, &lane->failure) || !commit (lane, &lane->failure)))
    g_atomic_int_set (&lane->failed, 1);
  return NULL;
}

static void
push (Lane *lane, Job job)
{
  queue_push (lane->jobs, g_memdup2 (&job, sizeof job));
}

static gboolean
stop (Lane *lane, GError **error)
{
  if (lane->thread != NULL) {
    push (lane, (Job){ 0 });
    g_thread_join (lane->thread);
    lane->thread = NULL;
  }
  if (lane->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&lane->failure));
  return FALSE;
}

Lane *
lane_new (Db *db)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->db = db;
  lane->transaction = 1;
  return lane;
}

Lane *
lane_open (const Db *db, GError **error)
{
  Db *own = db_open_again (db, error);
  Lane *lane = NULL;

  if (own == NULL)
    return NULL;
  lane = lane_new (own);
  lane->own = TRUE;
  lane->jobs = queue_new ();
  lane->buffers = queue_new ();
  for (guint i = 0; i < LANE_BUFFERS; i++)
    keep_buffer (lane, NULL, 0);
  lane->thread = thread_start ("lane", run, lane, error);
  if (lane->thread == NULL)
    g_clear_pointer (&lane, lane_free);
  return lane;
}

void
lane_free (Lane *lane)
{
  if (lane == NULL)
    return;
  g_atomic_int_set (&lane->failed, 1);
  stop (lane, NULL);
  if (lane->open != NULL)
    db_copy_end (lane->db, "the file is not loaded", NULL);
  if (lane->own) {
    for (Buffer *b = queue_try (lane->buffers); b != NULL; b = queue_try (lane->buffers)) {
      g_free (b->data);
      g_free (b);
    }
    queue_free (lane->jobs);
    queue_free (lane->buffers);
    db_close (lane->db);
  }
  g_clear_error (&lane->failure);
  g_free (lane);
}

Db *
lane_db (Lane *lane, GError **error)
{
  return close_copy (lane, error) ? lane->db : NULL;
}

static Job
job_of (Outlet *outlet)
{
  return (Job){ outlet, outlet->pending, outlet->used, outlet->size, outlet->narrow };
}

/* The rows go with their buffer; another one takes its place, when the thread has one to give back. */
static gboolean
hand_over (Lane *lane, Outlet *outlet, GError **error)
{
  g_autofree Buffer *buffer = queue_pop (lane->buffers);

  push (lane, job_of (outlet));
  outlet->pending = buffer->data;
  outlet->size = buffer->size;
  outlet->used = 0;
  return !g_atomic_int_get (&lane->failed) || stop (lane, error);
}

gboolean
lane_flush (Lane *lane, Outlet *outlet, GError **error)
{
  Job job = job_of (outlet);

  if (outlet->used == 0)
    return TRUE;
  if (lane->own)
    return hand_over (lane, outlet, error);
  outlet->used = 0;
  return send_rows (lane, &job, error);
}

gboolean
lane_wrote (Lane *lane, Outlet *outlet, const guint8 *end, GError **error)
{
  outlet->used = (gsize)(end - outlet->pending);
  return outlet->used < FLUSH_BYTES || lane_flush (lane, outlet, error);
}

gboolean
lane_widen (Lane *lane, Outlet *outlet, GError **error)
{
  gboolean ok = lane_flush (lane, outlet, error);

  outlet->narrow = FALSE;
  return ok;
}

gboolean
lane_index (Lane *lane, Outlet *outlet, GError **error)
{
  if (!lane_widen (lane, outlet, error))
    return FALSE;
  if (!lane->own)
    return make_index (lane, outlet, error);
  push (lane, (Job){ .outlet = outlet });
  return TRUE;
}

gboolean
lane_end (Lane *lane, GError **error)
{
  return lane->own ? stop (lane, error) : close_copy (lane, error);
}
