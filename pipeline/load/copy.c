#include "load/copy.h"

#include <string.h>

#define FLUSH_BYTES 65536
#define TAIL_BYTES 64 /* batch_id, line_no, provisional and row_no, and what stands before the cells */

struct _Copy {
  Db *db;
  RowShape *shape;
  gboolean is_register;
  gint64 batch_id;
  guint8 *buffer;
  gsize used;
  gsize size;
  gint16 fields;
  gboolean begun;
};

Copy *
copy_new (Db *db, const Feed *feed, gint64 batch_id)
{
  Copy *copy = g_new0 (Copy, 1);

  copy->db = db;
  copy->shape = row_shape_new (feed);
  copy->batch_id = batch_id;
  copy->is_register = feed->grain == GRAIN_REGISTER;
  copy->fields = (gint16)(copy->shape->n + (copy->is_register ? 4 : 6));
  copy->size = 2 * FLUSH_BYTES;
  copy->buffer = g_malloc (copy->size);
  return copy;
}

void
copy_free (Copy *copy)
{
  if (copy == NULL)
    return;
  if (copy->begun)
    db_let_go (copy->db);
  row_shape_free (copy->shape);
  g_free (copy->buffer);
  g_free (copy);
}

static gboolean
flush (Copy *c, gsize threshold, GError **error)
{
  gboolean ok = TRUE;

  if (c->used <= threshold)
    return TRUE;
  ok = db_copy_data (c->db, (const char *)c->buffer, c->used, error);
  c->used = 0;
  return ok;
}

gboolean
copy_begin (Copy *copy, const char *copy_sql, GError **error)
{
  if (!db_copy_begin (copy->db, copy_sql, error))
    return FALSE;
  copy->begun = TRUE;
  db_hold (copy->db);
  memcpy (copy->buffer, COPY_HEAD, COPY_HEAD_BYTES);
  copy->used = COPY_HEAD_BYTES;
  return TRUE;
}

gboolean
copy_row (Copy *copy, const LongRow *row, GError **error)
{
  gsize bound = TAIL_BYTES + strlen (row->district_code) + cells_bound (copy->shape, row);
  guint8 *to = NULL;

  if (copy->used + bound > copy->size) {
    copy->size = copy->used + bound;
    copy->buffer = g_realloc (copy->buffer, copy->size);
  }
  to = put_int16 (copy->buffer + copy->used, copy->fields);
  if (!copy->is_register) {
    to = put_text (to, row->district_code, strlen (row->district_code));
    to = put_int16 (put_int32 (to, 2), (gint16)row->year);
  }
  to = cells_put (copy->shape, row, to, NULL);
  to = put_int64 (put_int32 (to, 8), copy->batch_id);
  to = put_int32 (put_int32 (to, 4), (gint32)row->line);
  to = put_boolean (to, row->provisional);
  to = put_int32 (put_int32 (to, 4), (gint32)row->ordinal);
  copy->used = (gsize)(to - copy->buffer);
  return flush (copy, FLUSH_BYTES, error);
}

gboolean
copy_end (Copy *copy, const char *abort_reason, GError **error)
{
  if (!copy->begun)
    return TRUE;
  copy->begun = FALSE;
  db_let_go (copy->db);
  if (abort_reason == NULL) {
    copy->used = (gsize)(put_int16 (copy->buffer + copy->used, -1) - copy->buffer);
    if (!flush (copy, 0, error))
      abort_reason = "could not be sent";
  }
  if (abort_reason != NULL) {
    db_copy_end (copy->db, abort_reason, NULL);
    return error == NULL || *error == NULL;
  }
  return db_copy_end (copy->db, NULL, error);
}
