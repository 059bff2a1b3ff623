#include "load/rows.h"

#define OID_OF_TEXT 25 /* pg_type.dat: fixed for ever */
#define ARRAY_HEAD_BYTES 24
#define FIELD_BYTES 12 /* a length and the longest value that is not a text */
#define RECENT_ROWS 1024
#define NEAR_ROWS 64 /* how far a row of a file that is nearly in order may be from its place */

struct _Chunk {
  const RowShape *shape;
  guint8 *arena;
  gsize size;
  gsize used;
  Row **rows;
  guint n;
  guint64 seen; /* rows that were ever added */
  gboolean twins;
  gboolean ordered;
};

static gboolean
is_text (const FeedColumn *column)
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
    shape->textual = shape->textual && is_text (column);
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
    if (is_text (column))
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

static int
compare_units (const RowShape *shape, const Row *a, const Row *b)
{
  gint32 left = 0, right = 0;
  const guint8 *x = NULL, *y = NULL;
  int order = 0;

  if (a->place_no == b->place_no || shape->unit >= shape->n)
    return 0;
  x = row_field (a->fields, shape->unit, &left);
  y = row_field (b->fields, shape->unit, &right);
  order = memcmp (x, y, (gsize)MAX (MIN (left, right), 0));
  return order != 0 ? order : left - right;
}

static int
compare_keys (const RowShape *shape, const Row *a, const Row *b)
{
  int order = compare_units (shape, a, b);

  if (order != 0)
    return order;
  if (a->tail != b->tail)
    return a->tail < b->tail ? -1 : 1;
  return a->whole && b->whole ? 0 : row_compare_keys (shape, a->fields, b->fields);
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

static int
compare_places (const Place *a, const Place *b)
{
  int order = a->year != b->year ? a->year - b->year : strcmp (a->period, b->period);

  return order != 0 ? order : strcmp (a->district_code, b->district_code);
}

static inline int
compare_rows (const Row *a, const Row *b, const RowShape *shape)
{
  if (a->place_no == b->place_no && a->tail != b->tail)
    return a->tail < b->tail ? -1 : 1;
  if (a->place != b->place)
    return compare_places (a->place, b->place);
  return compare_keys (shape, a, b);
}

static int
compare_row_pointers (const void *a, const void *b, void *data)
{
  return compare_rows (*(Row *const *)a, *(Row *const *)b, data);
}

/* ------------------------------------------------------------------------------------------------------------------
   Chunks */

Chunk *
chunk_new (const RowShape *shape)
{
  Chunk *chunk = g_new0 (Chunk, 1);

  chunk->shape = shape;
  chunk->rows = g_new (Row *, CHUNK_ROWS);
  chunk_clear (chunk);
  return chunk;
}

void
chunk_free (Chunk *chunk)
{
  if (chunk == NULL)
    return;
  g_free (chunk->arena);
  g_free (chunk->rows);
  g_free (chunk);
}

void
chunk_clear (Chunk *chunk)
{
  chunk->n = 0;
  chunk->used = 0;
  chunk->twins = FALSE;
  chunk->ordered = TRUE;
}

/* Memory comes in one piece, at the first row that is more than a small file would need. */
static gboolean
make_room (Chunk *c, gsize bytes)
{
  guint8 *before = c->arena;

  if (c->n == CHUNK_ROWS)
    return FALSE;
  if (c->used + bytes <= c->size)
    return TRUE;
  if (c->n > 0 && c->used + bytes > CHUNK_BYTES)
    return FALSE;
  c->size = MAX (c->used + bytes, c->size == 0 ? CHUNK_BYTES / 64 : CHUNK_BYTES);
  c->arena = g_realloc (c->arena, c->size);
  for (guint i = 0; i < c->n && c->arena != before; i++)
    c->rows[i] = (Row *)(gpointer)(c->arena + ((guint8 *)c->rows[i] - before));
  return TRUE;
}

/* Moves the new row up to its place, unless that is far away: then all are sorted at the end. */
static void
insert (Chunk *c, Row *row)
{
  guint i = c->n++;
  int order = 1;

  while (c->ordered && i > 0 && (order = compare_rows (c->rows[i - 1], row, c->shape)) > 0) {
    c->rows[i] = c->rows[i - 1];
    i--;
    c->ordered = c->n - i <= NEAR_ROWS;
  }
  c->rows[i] = row;
  c->twins = c->twins || order == 0;
}

static gsize
padded (gsize bytes)
{
  return (bytes + 7) & ~(gsize)7;
}

/* The texts, each with a 0 behind it, as one number that orders rows as they would. */
static void
set_tail (const RowShape *shape, const Cell *cells, Row *row)
{
  guint left = shape->textual ? sizeof row->tail : 0;

  row->tail = 0;
  row->whole = shape->textual ? 1 : 0;
  for (guint i = 0; i < shape->n_tail && left > 0; i++) {
    const Cell *cell = &cells[shape->tail[i]];
    guint bytes = MIN (cell->length + 1, left);

    for (guint k = 0; k < bytes; k++)
      row->tail = row->tail << 8 | (k < cell->length ? (guint8)cell->text[k] : 0);
    row->whole = row->whole && bytes > cell->length;
    left -= bytes;
    if (left == 0 && i + 1 < shape->n_tail)
      row->whole = FALSE;
  }
  if (left < sizeof row->tail)
    row->tail <<= 8 * left;
}

gboolean
chunk_add (Chunk *chunk, const LongRow *row, GPtrArray *places)
{
  Row *new_row = NULL;

  if (!make_room (chunk, padded (sizeof (Row) + cells_bound (chunk->shape, row))))
    return FALSE;
  new_row = (Row *)(gpointer)(chunk->arena + chunk->used);
  new_row->place = places_find (places, chunk->shape, row);
  new_row->place->seen = ++chunk->seen;
  new_row->place_no = row->place_no;
  new_row->line = row->line;
  new_row->provisional = row->provisional ? 1 : 0;
  set_tail (chunk->shape, row->cells, new_row);
  new_row->length = (guint32)(cells_put (chunk->shape, row, new_row->fields, new_row) - new_row->fields);
  chunk->used += padded (sizeof (Row) + new_row->length);
  insert (chunk, new_row);
  return TRUE;
}

void
chunk_sort (Chunk *chunk)
{
  RowShape shape = *chunk->shape;

  if (chunk->ordered)
    return;
  g_qsort_with_data (chunk->rows, (gint)chunk->n, sizeof *chunk->rows, compare_row_pointers, &shape);
  for (guint i = 1; i < chunk->n && !chunk->twins; i++)
    chunk->twins = compare_rows (chunk->rows[i - 1], chunk->rows[i], &shape) == 0;
  chunk->ordered = TRUE;
}

gboolean
chunk_has_twins (const Chunk *chunk)
{
  return chunk->twins;
}

gboolean
chunk_is_ordered (const Chunk *chunk)
{
  return chunk->ordered;
}

guint
chunk_rows (const Chunk *chunk)
{
  return chunk->n;
}

const Row *
chunk_row (const Chunk *chunk, guint i)
{
  return chunk->rows[i];
}

static void
move (Chunk *to, const Row *row)
{
  gsize bytes = padded (sizeof (Row) + row->length);

  make_room (to, bytes);
  to->rows[to->n] = memcpy (to->arena + to->used, row, sizeof (Row) + row->length);
  to->used += bytes;
  to->n++;
}

/* Marks the rows of the last unit of the place whose rows end before @end; returns where its rows begin. */
static guint
mark_place (const Chunk *c, guint end, gboolean held[], guint *n)
{
  const Row *last = c->rows[end - 1];
  gboolean recent = last->place->seen + RECENT_ROWS > c->seen;
  guint first = 0, unit = end;

  for (; recent && unit > 0 && c->rows[unit - 1]->place == last->place
         && compare_units (c->shape, c->rows[unit - 1], last) == 0;
       unit--)
    held[unit - 1] = TRUE;
  *n += end - unit;
  for (first = c->rows[0]->place == last->place ? 0 : unit; first > 0 && c->rows[first - 1]->place == last->place;)
    first--;
  return first;
}

void
chunk_hold_back (Chunk *chunk, Chunk *next)
{
  g_autofree gboolean *held = g_new0 (gboolean, chunk->n);
  guint n = 0, kept = 0;

  next->seen = chunk->seen;
  for (guint end = chunk->n; end > 0;)
    end = mark_place (chunk, end, held, &n);
  if (2 * n > chunk->n)
    return;
  for (guint i = 0; i < chunk->n; i++)
    if (held[i])
      move (next, chunk->rows[i]);
    else
      chunk->rows[kept++] = chunk->rows[i];
  chunk->n = kept;
}
