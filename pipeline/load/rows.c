#include "load/rows.h"

#define OID_OF_TEXT 25 /* pg_type.dat: fixed for ever */
#define ARRAY_HEAD_BYTES 24
#define FIELD_BYTES 12 /* a length and the longest value that is not a text */

gboolean
rows_are_text (const FeedColumn *column)
{
  return column->type != TYPE_COUNT && column->type != TYPE_NUMBER && column->type != TYPE_BOOLEAN
         && column->type != TYPE_DATE;
}

static void
add_key (RowShape *shape, guint field, guint i)
{
  const FeedColumn *column = shape->feed->columns->pdata[i];

  shape->n_keys = field + 1;
  if (column->type == TYPE_PERIOD && shape->period == G_MAXUINT)
    shape->period = field;
  else if (shape->unit == G_MAXUINT)
    shape->unit = field;
  else {
    shape->tail[shape->n_tail++] = i;
    shape->textual = shape->textual && rows_are_text (column);
  }
}

RowShape *
row_shape_new (const Feed *feed)
{
  RowShape *shape = g_new0 (RowShape, 1);
  guint columns = feed->columns->len;

  shape->feed = feed;
  shape->column = g_new0 (guint, columns);
  shape->type = g_new0 (ColumnType, columns);
  shape->key = g_new0 (gboolean, columns + 1);
  shape->texts = g_new0 (guint, columns);
  shape->tail = g_new0 (guint, columns);
  shape->textual = TRUE;
  shape->bound = ARRAY_HEAD_BYTES;
  shape->period = shape->unit = G_MAXUINT;
  for (guint i = 0; i < columns; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    shape->bound += 2 * FIELD_BYTES + strlen (column->column_name);
    if (rows_are_text (column))
      shape->texts[shape->n_texts++] = i;
    if (feed->grain != GRAIN_REGISTER && strcmp (column->column_name, "district_code") == 0)
      continue;
    shape->column[shape->n] = i;
    shape->type[shape->n] = column->type;
    shape->key[shape->n] = column->key;
    if (column->key)
      add_key (shape, shape->n, i);
    shape->n++;
  }
  if (feed->grain != GRAIN_REGISTER)
    shape->n++;
  shape->period = MIN (shape->period, shape->n);
  shape->unit = MIN (shape->unit, shape->n);
  return shape;
}

void
row_shape_free (RowShape *shape)
{
  if (shape == NULL)
    return;
  g_free (shape->column);
  g_free (shape->type);
  g_free (shape->key);
  g_free (shape->texts);
  g_free (shape->tail);
  g_free (shape);
}

/* ------------------------------------------------------------------------------------------------------------------
   Cells */

static const FeedColumn *
column_at (const RowShape *shape, guint i)
{
  return shape->feed->columns->pdata[i];
}

gsize
cells_bound (const RowShape *shape, const LongRow *row)
{
  gsize bytes = shape->bound;

  for (guint i = 0; i < shape->n_texts; i++)
    bytes += row->cells[shape->texts[i]].length;
  return bytes;
}

static guint8 *
put_cell (guint8 *to, ColumnType type, const Cell *cell)
{
  gint64 bits = 0;

  if (cell->verdict != CELL_OK)
    return put_int32 (to, -1);
  if (type == TYPE_COUNT)
    return put_int64 (put_int32 (to, 8), cell->as.count);
  switch (type) {
  case TYPE_NUMBER:
    memcpy (&bits, &cell->as.number, sizeof bits);
    return put_int64 (put_int32 (to, 8), bits);
  case TYPE_BOOLEAN:
    return put_boolean (to, cell->as.boolean);
  case TYPE_DATE:
    return put_int32 (put_int32 (to, 4),
                      cell->as.day == REGISTER_NO_END ? G_MAXINT32 : (gint32)cell->as.day - COPY_EPOCH_JULIAN);
  default:
    return put_text (to, cell->text, cell->length);
  }
}

/* The names of the columns that the school withheld, as an array of texts; null when there are none. */
static guint8 *
put_suppressed (guint8 *to, const RowShape *shape, const LongRow *row)
{
  guint8 *head = to;

  if (row->suppressed == 0)
    return put_int32 (to, -1);
  to = put_int32 (put_int32 (to, 0), 1);                       /* the array's bytes, known at the end; dimensions */
  to = put_int32 (put_int32 (to, 0), OID_OF_TEXT);             /* holds no null */
  to = put_int32 (put_int32 (to, (gint32)row->suppressed), 1); /* lower bound */
  for (guint i = 0; i < shape->feed->columns->len; i++)
    if (row->cells[i].verdict == CELL_SUPPRESSED)
      to = put_text (to, column_at (shape, i)->column_name, strlen (column_at (shape, i)->column_name));
  put_int32 (head, (gint32)(to - head - 4));
  return to;
}

static guint8 *
put_fields (const RowShape *shape, const Cell *cells, guint from, guint end, guint8 *to)
{
  for (guint i = from; i < end; i++)
    to = put_cell (to, shape->type[i], &cells[shape->column[i]]);
  return to;
}

guint8 *
cells_put (const RowShape *shape, const LongRow *row, guint8 *to, Row *out)
{
  gboolean is_register = shape->feed->grain == GRAIN_REGISTER;
  guint n = shape->n - !is_register, period = MIN (shape->period, n);
  guint8 *begin = to;

  to = put_fields (shape, row->cells, 0, period, to);
  if (out != NULL)
    out->period_at = (guint32)(to - begin);
  to = put_fields (shape, row->cells, period, MIN (period + 1, n), to);
  if (out != NULL)
    out->period_end = (guint32)(to - begin);
  to = put_fields (shape, row->cells, MIN (period + 1, n), n, to);
  return is_register ? to : put_suppressed (to, shape, row);
}

/* ------------------------------------------------------------------------------------------------------------------
   Rows */

static gint32
read_int32 (const guint8 *p)
{
  gint32 big = 0;

  memcpy (&big, p, sizeof big);
  return GINT32_FROM_BE (big);
}

const guint8 *
row_field (const guint8 *fields, guint i, gint32 *length)
{
  for (;; i--) {
    *length = read_int32 (fields);
    if (i == 0)
      return fields + 4;
    fields += 4 + MAX (*length, 0);
  }
}

int
row_compare_keys (const RowShape *shape, const guint8 *a, const guint8 *b)
{
  for (guint i = 0; i < shape->n_keys; i++) {
    gint32 left = MAX (read_int32 (a), 0), right = MAX (read_int32 (b), 0);

    if (shape->key[i]) {
      int order = memcmp (a + 4, b + 4, (gsize)MIN (left, right));

      if (order != 0)
        return order;
      if (left != right)
        return left < right ? -1 : 1;
    }
    a += 4 + left;
    b += 4 + right;
  }
  return 0;
}

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->period);
  g_free (place->district_code);
  g_free (place);
}

GPtrArray *
places_new (void)
{
  return g_ptr_array_new_with_free_func (place_free);
}

static gboolean
is_place (const Place *place, const LongRow *row, const Cell *period)
{
  return place->place_no == row->place_no
         || (place->year == row->year && strcmp (place->district_code, row->district_code) == 0
             && (period == NULL || strcmp (place->period, period->text) == 0));
}

static const Cell *
period_cell (const RowShape *shape, const LongRow *row)
{
  return shape->period < shape->n ? &row->cells[shape->column[shape->period]] : NULL;
}

static Place *
place_new (const LongRow *row, const Cell *period)
{
  Place *place = g_new0 (Place, 1);

  place->year = row->year;
  place->period = g_strdup (period != NULL ? period->text : "");
  place->district_code = g_strdup (row->district_code);
  return place;
}

/* Rows of one place come together, nearly always: the last one is looked at first. */
Place *
places_find (GPtrArray *places, const RowShape *shape, const LongRow *row)
{
  const Cell *period = period_cell (shape, row);
  Place *place = NULL;
  guint i = places->len;

  while (i > 0 && !is_place (places->pdata[i - 1], row, period))
    i--;
  if (i == 0) {
    g_ptr_array_add (places, place_new (row, period));
    i = places->len;
  }
  place = places->pdata[i - 1];
  places->pdata[i - 1] = places->pdata[places->len - 1];
  places->pdata[places->len - 1] = place;
  place->place_no = row->place_no;
  return place;
}
