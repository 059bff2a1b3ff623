#include "slice.h"

#include "base/sql.h"

#define LANES 3               /* one is filled, one makes its index, one waits for the disk */
#define HOUSEKEEPING_FIELDS 6 /* district_code, year, batch_id, line_no, provisional, and known_from or row_no */
#define BRIEF_FIELDS 1        /* line_no and provisional come, the period does not */
#define NARROW_FIELDS 2       /* of these, provisional and suppressed do not come */
#define NULL_BYTES 4

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
free_lane (gpointer data)
{
  lane_free (data);
}

void
slices_init (Slices *slices, Db *db, const RowShape *shape, const LoaderOptions *options)
{
  memset (slices, 0, sizeof *slices);
  slices->shape = shape;
  slices->options = options;
  slices->lane = lane_new (db);
  slices->all = g_ptr_array_new_with_free_func (slice_free);
}

/* Lanes first: their threads use the slices. */
void
slices_clear (Slices *slices)
{
  g_clear_pointer (&slices->more, g_ptr_array_unref);
  g_clear_pointer (&slices->lane, lane_free);
  g_clear_pointer (&slices->all, g_ptr_array_unref);
}

static const char *
feed_name (const Slices *s)
{
  return s->shape->feed->feed;
}

static gboolean
is_true (const PGresult *result, const char *column)
{
  return db_get_boolean (result, 0, column);
}

static Lane *
next_lane (Slices *s, Db *db, GError **error)
{
  if (!s->options->large)
    return s->lane;
  if (s->more == NULL)
    s->more = g_ptr_array_new_with_free_func (free_lane);
  if (s->more->len < LANES) {
    Lane *lane = lane_open (db, error);

    if (lane == NULL)
      return NULL;
    g_ptr_array_add (s->more, lane);
  }
  return s->more->pdata[s->turns++ % LANES];
}

/* A lane of its own sends them without parameters. */
static char *
statement (Db *db, const char *query, const char *const values[])
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = sql_query (query); *p != '\0'; p++)
    if (*p == '$' && g_ascii_isdigit (p[1])) {
      const char *value = values[p[1] - '1'];
      char *literal = value != NULL ? PQescapeLiteral (db_conn (db), value, strlen (value)) : NULL;

      g_string_append (out, literal != NULL ? literal : "null");
      PQfreemem (literal);
      p++;
    } else
      g_string_append_c (out, *p);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
make_fresh (Slices *s, Slice *slice, Db *db, const char *narrow_sql, GError **error)
{
  g_autofree char *year = g_strdup_printf ("%d", slice->year);
  g_autofree char *batch_id = g_strdup_printf ("%" G_GINT64_FORMAT, s->options->batch_id);
  const char *district = slice->whole ? NULL : slice->district_code;
  const char *const making[] = { feed_name (s), year, slice->period, district, batch_id, s->options->known_from };
  const char *const indexing[] = { feed_name (s), slice->period, district, batch_id, s->options->known_from };
  const char *const widening[] = { feed_name (s), slice->period, district };

  slice->outlet.create_sql = statement (db, "create_slice", making);
  slice->outlet.index_sql = statement (db, "index_slice", indexing);
  slice->outlet.frozen_sql = g_strconcat (slice->outlet.copy_sql, " (format binary, freeze)", NULL);
  if (slice->brief) {
    slice->outlet.narrow = TRUE;
    slice->outlet.narrow_sql = g_strconcat (narrow_sql, " (format binary, freeze)", NULL);
    slice->outlet.widen_sql = statement (db, "widen_slice", widening);
  }
  slice->lane = next_lane (s, db, error);
  return slice->lane != NULL;
}

/* The days of a month are one table: a fresh one of the file's own. */
static Slice *
find_fresh (const Slices *s, const char *relation)
{
  for (guint i = 0; i < s->all->len; i++) {
    Slice *slice = s->all->pdata[i];

    if (slice->fresh && strcmp (slice->outlet.relation, relation) == 0)
      return slice;
  }
  return NULL;
}

static Slice *
open_slice (Slices *s, const Place *place, GError **error)
{
  g_autofree char *year = g_strdup_printf ("%d", place->year), *sql = NULL;
  Db *db = lane_db (s->lane, error);
  g_autoptr (PGresult) found = NULL;
  Slice *slice = NULL;

  if (db == NULL)
    return NULL;
  found = db_queryv (db, error, sql_query ("find_slice"), feed_name (s), year, place->period, place->district_code,
                     s->options->large ? "true" : "false", DB_END);
  if (found == NULL)
    return NULL;
  slice = find_fresh (s, db_get (found, 0, "relation"));
  if (slice != NULL)
    return slice;
  slice = g_new0 (Slice, 1);
  g_ptr_array_add (s->all, slice);
  slice->outlet.relation = g_strdup (db_get (found, 0, "relation"));
  slice->outlet.copy_sql = g_strdup (db_get (found, 0, "copy_sql"));
  slice->fresh = is_true (found, "fresh");
  slice->whole = is_true (found, "whole");
  slice->brief = is_true (found, "short");
  slice->year = place->year;
  slice->period = g_strdup (place->period);
  slice->district_code = g_strdup (place->district_code);
  slice->lane = s->lane;
  if (slice->fresh && !make_fresh (s, slice, db, db_get (found, 0, "narrow_sql"), error))
    return NULL;
  sql = g_strconcat (slice->outlet.copy_sql, " (format binary)", NULL);
  g_free (slice->outlet.copy_sql);
  slice->outlet.copy_sql = g_steal_pointer (&sql);
  return slice;
}

Slice *
slices_find (Slices *slices, const Place *place, GError **error)
{
  for (guint i = 0; i < slices->all->len; i++) {
    Slice *slice = slices->all->pdata[i];

    if (slice->whole && slice->year == place->year && strcmp (slice->period, place->period) == 0)
      return slice;
  }
  return open_slice (slices, place, error);
}

/* ------------------------------------------------------------------------------------------------------------------
   Rows */

static guint8 *
put_line (guint8 *to, const Row *row)
{
  return put_int32 (put_int32 (to, 4), (gint32)row->line);
}

static guint8 *
put_district (guint8 *to, const Place *place)
{
  return put_text (to, place->district_code, strlen (place->district_code));
}

static guint8 *
put_brief (const Slices *s, const Slice *slice, guint8 *to, const Row *row)
{
  gboolean narrow = slice->outlet.narrow;
  gsize end = row->length - (narrow ? NULL_BYTES : 0);

  to = put_int16 (to, (gint16)(s->shape->n + BRIEF_FIELDS + (slice->whole ? 1 : 0) - (narrow ? NARROW_FIELDS : 0)));
  if (slice->whole)
    to = put_district (to, row->place);
  to = put_bytes (to, row->fields, row->period_at);
  to = put_bytes (to, row->fields + row->period_end, end - row->period_end);
  to = put_line (to, row);
  return narrow ? to : put_boolean (to, row->provisional);
}

guint8 *
put_batch (const Slices *slices, guint8 *to, const Row *row)
{
  to = put_district (put_int16 (to, (gint16)(slices->shape->n + HOUSEKEEPING_FIELDS)), row->place);
  to = put_int16 (put_int32 (to, 2), (gint16)row->place->year);
  to = put_bytes (to, row->fields, row->length);
  to = put_int64 (put_int32 (to, 8), slices->options->batch_id);
  return put_boolean (put_line (to, row), row->provisional);
}

gboolean
slice_send (const Slices *slices, Slice *slice, const Row *row, GError **error)
{
  guint8 *to = NULL;

  if (slice->outlet.narrow && (row->provisional || row->suppressed) && !lane_widen (slice->lane, &slice->outlet, error))
    return FALSE;
  to = outlet_room (&slice->outlet, ROW_EXTRA_BYTES + strlen (row->place->district_code) + row->length);
  if (slice->brief)
    to = put_brief (slices, slice, to, row);
  else
    to = put_int64 (put_int32 (put_batch (slices, to, row), 8), slices->options->known_us);
  return lane_wrote (slice->lane, &slice->outlet, to, error);
}

/* ------------------------------------------------------------------------------------------------------------------
   The end */

gboolean
slices_finished (Slices *slices, guint chunk, GError **error)
{
  for (guint i = 0; i < slices->all->len; i++) {
    Slice *slice = slices->all->pdata[i];

    if (!slice->fresh || slice->lane == slices->lane || slice->chunk == 0 || slice->chunk >= chunk)
      continue;
    slice->chunk = 0;
    if (!lane_index (slice->lane, &slice->outlet, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
slices_end (Slices *slices, GError **error)
{
  for (guint i = 0; i < slices->all->len; i++) {
    Slice *slice = slices->all->pdata[i];

    if (!(slice->fresh ? lane_index (slice->lane, &slice->outlet, error)
                       : lane_flush (slice->lane, &slice->outlet, error)))
      return FALSE;
  }
  return lane_end (slices->lane, error);
}

static gboolean
attach_of_lane (Slices *s, Db *db, const Lane *lane, GError **error)
{
  for (guint i = 0; i < s->all->len; i++) {
    const Slice *slice = s->all->pdata[i];
    g_autofree char *year = g_strdup_printf ("%d", slice->year);
    g_autoptr (PGresult) attached = NULL;

    if (!slice->fresh || slice->lane != lane)
      continue;
    attached = db_queryv (db, error, sql_query ("attach_slice"), feed_name (s), year, slice->period,
                          slice->whole ? NULL : slice->district_code, DB_END);
    if (attached == NULL)
      return FALSE;
  }
  return TRUE;
}

gboolean
slices_attach (Slices *slices, GError **error)
{
  Db *db = lane_db (slices->lane, error);

  for (guint i = 0; db != NULL && slices->more != NULL && i < slices->more->len; i++)
    if (!lane_end (slices->more->pdata[i], error) || !attach_of_lane (slices, db, slices->more->pdata[i], error))
      return FALSE;
  return db != NULL && attach_of_lane (slices, db, slices->lane, error);
}

gboolean
slices_supersede (Slices *slices, const char *stage, gint64 *changed, GError **error)
{
  Db *db = lane_db (slices->lane, error);

  for (guint i = 0; db != NULL && i < slices->all->len; i++) {
    const Slice *slice = slices->all->pdata[i];
    g_autoptr (PGresult) done = NULL;

    if (slice->changed == 0)
      continue;
    done = db_queryv (db, error, sql_query ("supersede"), feed_name (slices), slice->outlet.relation, stage,
                      slice->period, slice->whole ? NULL : slice->district_code, DB_END);
    if (done == NULL)
      return FALSE;
    *changed += db_get_int (done, 0, "changed");
  }
  return db != NULL;
}
