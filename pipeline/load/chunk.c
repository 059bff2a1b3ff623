#include "load/rows.h"

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
  new_row->suppressed = row->suppressed > 0 ? 1 : 0;
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
