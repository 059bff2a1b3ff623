/* include/load/rows.h: validated rows in memory: encoded for COPY's binary format, kept in the order of their keys. */
#pragma once

#include "extract/extract.h"

#include <string.h>

/* A chunk is what is sorted, compared with what the database holds, and sent at once: these bound a load's memory. */
#define CHUNK_ROWS 65536
#define CHUNK_BYTES (12 << 20)

#define COPY_EPOCH_JULIAN 730120 /* g_date_get_julian of 2000-01-01, PostgreSQL's day 0 */

/* The fields of a row as they are encoded: the feed's columns but district_code, in order, then suppressed. */
typedef struct {
  const Feed *feed;
  guint n;          /* fields */
  guint n_keys;     /* fields up to the last key */
  guint period;     /* field of the period; n when the feed has none */
  guint unit;       /* first field of the key that is not the period; n when there is none */
  guint *column;    /* of the feed, for each field but the last */
  ColumnType *type; /* likewise */
  gboolean *key;    /* for each field */
  guint *texts;     /* columns of the feed that are texts */
  guint n_texts;
  guint *tail; /* columns of the feed: the rest of the key */
  guint n_tail;
  gboolean textual; /* all of these are texts */
  gsize bound;      /* bytes of the fields without their texts, at most */
} RowShape;

/* rows_are_text: whether the cells of @column are encoded as they are written. */
gboolean rows_are_text (const FeedColumn *column);

RowShape *row_shape_new (const Feed *feed);
void row_shape_free (RowShape *shape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RowShape, row_shape_free)

/* Where rows belong: a district and period. */
typedef struct {
  int year;
  char *period; /* "" without periods */
  char *district_code;
  guint64 seen;   /* number of its last row among those of the file */
  guint place_no; /* of that row */
  gpointer user;  /* of whoever loads them */
} Place;

typedef struct {
  Place *place;
  guint64 tail; /* first bytes of the rest of the key, in its order */
  guint32 place_no;
  guint32 line;
  guint32 length; /* of the fields */
  guint32 period_at;
  guint32 period_end; /* where the period's field begins and ends */
  guint8 provisional;
  guint8 suppressed; /* some of its cells are */
  guint8 whole;      /* the tail is all of it */
  guint8 fields[];
} Row;

typedef struct _Chunk Chunk;

Chunk *chunk_new (const RowShape *shape);
void chunk_free (Chunk *chunk);

/**
 * chunk_add: encodes @row; it need not live on.
 * @places: Place, all of the file's; added to when @row is the first of its own
 * Returns: FALSE when the chunk is full; a chunk that is empty takes any row.
 */
gboolean chunk_add (Chunk *chunk, const LongRow *row, GPtrArray *places);

/* chunk_sort: by place (period, then district) and key. A file that comes nearly in this order costs next to nothing.
 */
void chunk_sort (Chunk *chunk);
/* chunk_is_ordered: whether the rows so far came nearly in this order. */
gboolean chunk_is_ordered (const Chunk *chunk);
/* chunk_has_twins: whether a key comes twice in a sorted chunk. */
gboolean chunk_has_twins (const Chunk *chunk);
guint chunk_rows (const Chunk *chunk);
const Row *chunk_row (const Chunk *chunk, guint i);

/**
 * chunk_hold_back: moves the rows of each place's last unit from the sorted @chunk to the empty @next: more of them may
 * be still to come, unless all those of a place were held back once already. Nothing is moved when that would be most
 * of the rows.
 */
void chunk_hold_back (Chunk *chunk, Chunk *next);
void chunk_clear (Chunk *chunk);

GPtrArray *places_new (void);
/* places_find: the place of @row, added when it is the first of its own. */
Place *places_find (GPtrArray *places, const RowShape *shape, const LongRow *row);

/* row_compare_keys: the order of two rows of the same place, memcmp() by fields. */
int row_compare_keys (const RowShape *shape, const guint8 *a, const guint8 *b);

/* row_field: @fields' field number @i; *@length is -1 where it is null. */
const guint8 *row_field (const guint8 *fields, guint i, gint32 *length);

/* ---- pieces of COPY's binary format */

#define COPY_HEAD "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"
#define COPY_HEAD_BYTES 19

static inline guint8 *
put_bytes (guint8 *to, const void *data, gsize length)
{
  if (length > 0)
    memcpy (to, data, length);
  return to + length;
}

static inline guint8 *
put_int16 (guint8 *to, gint16 value)
{
  gint16 big = GINT16_TO_BE (value);

  return put_bytes (to, &big, sizeof big);
}

static inline guint8 *
put_int32 (guint8 *to, gint32 value)
{
  gint32 big = GINT32_TO_BE (value);

  return put_bytes (to, &big, sizeof big);
}

static inline guint8 *
put_int64 (guint8 *to, gint64 value)
{
  gint64 big = GINT64_TO_BE (value);

  return put_bytes (to, &big, sizeof big);
}

static inline guint8 *
put_text (guint8 *to, const char *text, gsize length)
{
  return put_bytes (put_int32 (to, (gint32)length), text, length);
}

static inline guint8 *
put_boolean (guint8 *to, gboolean value)
{
  to = put_int32 (to, 1);
  *to = value ? 1 : 0;
  return to + 1;
}

/* cells_bound: bytes that cells_put() writes at most. */
gsize cells_bound (const RowShape *shape, const LongRow *row);
/* cells_put: @out, unless it is NULL, learns where the period is. */
guint8 *cells_put (const RowShape *shape, const LongRow *row, guint8 *to, Row *out);
