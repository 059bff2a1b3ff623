#include "writer.h"

#include "load/rows.h"

#include <string.h>

#define FLUSH_BYTES (256 << 10)

void
outlet_clear (Outlet *outlet)
{
  g_free (outlet->relation);
  g_free (outlet->copy_sql);
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

static gboolean
begin (Writer *writer, Outlet *outlet, GError **error)
{
  if (!writer_close (writer, error) || !db_copy_begin (writer->db, outlet->copy_sql, error))
    return FALSE;
  writer->open = outlet;
  return db_copy_data (writer->db, COPY_HEAD, COPY_HEAD_BYTES, error);
}

gboolean
writer_flush (Writer *writer, Outlet *outlet, GError **error)
{
  gsize used = outlet->used;

  if (used == 0)
    return TRUE;
  if (writer->open != outlet && !begin (writer, outlet, error))
    return FALSE;
  outlet->used = 0;
  return db_copy_data (writer->db, (const char *)outlet->pending, used, error);
}

gboolean
writer_wrote (Writer *writer, Outlet *outlet, const guint8 *end, GError **error)
{
  outlet->used = (gsize)(end - outlet->pending);
  outlet->rows++;
  return outlet->used < FLUSH_BYTES || writer_flush (writer, outlet, error);
}

gboolean
writer_close (Writer *writer, GError **error)
{
  static const char trailer[] = { '\377', '\377' };

  if (writer->open == NULL)
    return TRUE;
  writer->open = NULL;
  if (db_copy_data (writer->db, trailer, sizeof trailer, error))
    return db_copy_end (writer->db, NULL, error);
  db_copy_end (writer->db, "could not be sent", NULL);
  return FALSE;
}

void
writer_abort (Writer *writer)
{
  if (writer->open != NULL)
    db_copy_end (writer->db, "the file is not loaded", NULL);
  writer->open = NULL;
}
