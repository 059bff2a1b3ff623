#include "load/copy.h"

#include <string.h>

#define FLUSH_BYTES 65536
#define OID_OF_TEXT 25 /* pg_type.dat: fixed for ever */

struct _Copy {
  Db *db;
  const Feed *feed;
  gint64 batch_id;
  GByteArray *buffer;
  gint16 fields;
  gboolean begun;
};

Copy *
copy_new (Db *db, const Feed *feed, gint64 batch_id)
{
  Copy *copy = g_new0 (Copy, 1);

  copy->db = db;
  copy->feed = feed;
  copy->batch_id = batch_id;
  copy->buffer = g_byte_array_sized_new (FLUSH_BYTES + 4096);
  copy->fields = feed->grain == GRAIN_REGISTER ? 4 : 7;
  for (guint i = 0; i < feed->columns->len; i++)
    if (feed->grain == GRAIN_REGISTER
        || strcmp (((const FeedColumn *)feed->columns->pdata[i])->column_name, "district_code") != 0)
      copy->fields++;
  return copy;
}

void
copy_free (Copy *copy)
{
  if (copy == NULL)
    return;
  g_byte_array_unref (copy->buffer);
  g_free (copy);
}

static void
put (Copy *c, const void *data, gsize length)
{
  g_byte_array_append (c->buffer, data, (guint)length);
}

static void
put_int16 (Copy *c, gint16 value)
{
  gint16 big = GINT16_TO_BE (value);

  put (c, &big, sizeof big);
}

static void
put_int32 (Copy *c, gint32 value)
{
  gint32 big = GINT32_TO_BE (value);

  put (c, &big, sizeof big);
}

static void
put_int64 (Copy *c, gint64 value)
{
  gint64 big = GINT64_TO_BE (value);

  put (c, &big, sizeof big);
}

static void
put_text (Copy *c, const char *text, gsize length)
{
  put_int32 (c, (gint32)length);
  put (c, text, length);
}

static void
put_double (Copy *c, double value)
{
  gint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put_int64 (c, bits);
}

static void
put_boolean (Copy *c, gboolean value)
{
  char byte = value ? 1 : 0;

  put_int32 (c, 1);
  put (c, &byte, 1);
}

static void
put_cell (Copy *c, ColumnType type, const Cell *cell)
{
  if (cell->verdict != CELL_OK) {
    put_int32 (c, -1);
    return;
  }
  switch (type) {
  case TYPE_COUNT:
    put_int32 (c, 8);
    put_int64 (c, cell->as.count);
    break;
  case TYPE_NUMBER:
    put_int32 (c, 8);
    put_double (c, cell->as.number);
    break;
  case TYPE_BOOLEAN:
    put_boolean (c, cell->as.boolean);
    break;
  case TYPE_DATE:
    put_int32 (c, 4);
    put_int32 (c, cell->as.day == REGISTER_NO_END ? G_MAXINT32 : (gint32)cell->as.day - COPY_EPOCH_JULIAN);
    break;
  default:
    put_text (c, cell->text, cell->length);
  }
}

/* The names of the columns that the school withheld, as an array of texts; null when there are none. */
static void
put_suppressed (Copy *c, const Cell *cells)
{
  guint at = 0, n = 0;

  for (guint i = 0; i < c->feed->columns->len; i++)
    n += cells[i].verdict == CELL_SUPPRESSED;
  if (n == 0) {
    put_int32 (c, -1);
    return;
  }
  at = c->buffer->len;
  put_int32 (c, 0); /* the array's bytes, known at the end */
  put_int32 (c, 1); /* dimensions */
  put_int32 (c, 0); /* holds no null */
  put_int32 (c, OID_OF_TEXT);
  put_int32 (c, (gint32)n);
  put_int32 (c, 1); /* lower bound */
  for (guint i = 0; i < c->feed->columns->len; i++)
    if (cells[i].verdict == CELL_SUPPRESSED) {
      const char *name = ((const FeedColumn *)c->feed->columns->pdata[i])->column_name;

      put_text (c, name, strlen (name));
    }
  n = GUINT32_TO_BE (c->buffer->len - at - 4);
  memcpy (c->buffer->data + at, &n, sizeof n);
}

static gboolean
flush (Copy *c, guint threshold, GError **error)
{
  gboolean ok = TRUE;

  if (c->buffer->len <= threshold)
    return TRUE;
  ok = db_copy_data (c->db, (const char *)c->buffer->data, c->buffer->len, error);
  g_byte_array_set_size (c->buffer, 0);
  return ok;
}

gboolean
copy_begin (Copy *copy, const char *copy_sql, GError **error)
{
  static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

  if (!db_copy_begin (copy->db, copy_sql, error))
    return FALSE;
  copy->begun = TRUE;
  put (copy, header, sizeof header);
  return TRUE;
}

gboolean
copy_row (Copy *copy, const LongRow *row, GError **error)
{
  gboolean is_register = copy->feed->grain == GRAIN_REGISTER;

  put_int16 (copy, copy->fields);
  if (!is_register) {
    put_text (copy, row->district_code, strlen (row->district_code));
    put_int32 (copy, 2);
    put_int16 (copy, (gint16)row->year);
  }
  for (guint i = 0; i < copy->feed->columns->len; i++) {
    const FeedColumn *column = copy->feed->columns->pdata[i];

    if (is_register || strcmp (column->column_name, "district_code") != 0)
      put_cell (copy, column->type, &row->cells[i]);
  }
  if (!is_register)
    put_suppressed (copy, row->cells);
  put_int32 (copy, 8);
  put_int64 (copy, copy->batch_id);
  put_int32 (copy, 4);
  put_int32 (copy, (gint32)row->line);
  put_boolean (copy, row->provisional);
  put_int32 (copy, 4);
  put_int32 (copy, (gint32)row->ordinal);
  return flush (copy, FLUSH_BYTES, error);
}

gboolean
copy_end (Copy *copy, const char *abort_reason, GError **error)
{
  if (!copy->begun)
    return TRUE;
  copy->begun = FALSE;
  if (abort_reason == NULL) {
    put_int16 (copy, -1);
    if (!flush (copy, 0, error))
      abort_reason = "could not be sent";
  }
  if (abort_reason != NULL) {
    db_copy_end (copy->db, abort_reason, NULL);
    return error == NULL || *error == NULL;
  }
  return db_copy_end (copy->db, NULL, error);
}
