#include "load/known.h"

#define FIRST_PLACES 1024
#define ROW_HEAD_BYTES 2 /* number of fields */
#define FLAG_BYTES 5     /* provisional, with its length */

typedef struct {
  guint32 hash; /* 0: free */
  guint32 at;   /* in bytes */
  guint32 length;
} Entry;

struct _Known {
  const RowShape *shape;
  GByteArray *bytes; /* fields of each row, then its provisional */
  Entry *entries;    /* open addressing */
  guint places;
  guint n;
  gboolean headless; /* the header has been passed over */
  gboolean too_many;
};

Known *
known_new (const RowShape *shape)
{
  Known *known = g_new0 (Known, 1);

  known->shape = shape;
  known->bytes = g_byte_array_new ();
  known->places = FIRST_PLACES;
  known->entries = g_new0 (Entry, FIRST_PLACES);
  return known;
}

void
known_free (Known *known)
{
  if (known == NULL)
    return;
  g_byte_array_unref (known->bytes);
  g_free (known->entries);
  g_free (known);
}

static guint64
mix (guint64 hash, const guint8 *data, gsize length)
{
  guint64 word = length;

  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9FB21C651E98DF25);
  for (; length >= 8; data += 8, length -= 8) {
    memcpy (&word, data, 8);
    hash = (hash ^ word ^ (hash >> 29)) * G_GUINT64_CONSTANT (0x9FB21C651E98DF25);
  }
  word = 0;
  memcpy (&word, data, length);
  return (hash ^ word ^ (hash >> 29)) * G_GUINT64_CONSTANT (0x9FB21C651E98DF25);
}

static guint32
hash_of (const RowShape *shape, const guint8 *fields)
{
  guint64 hash = 1;
  guint32 high = 0;

  for (guint i = 0; i < shape->n_keys; i++) {
    gint32 length = 0;
    const guint8 *data = row_field (fields, 0, &length);

    if (shape->key[i])
      hash = mix (hash, data, (gsize)MAX (length, 0));
    fields = data + MAX (length, 0);
  }
  high = (guint32)(hash >> 32);
  return high != 0 ? high : 1;
}

static Entry *
find (const Known *k, guint32 hash, const guint8 *fields)
{
  guint i = hash & (k->places - 1);

  for (; k->entries[i].hash != 0; i = (i + 1) & (k->places - 1))
    if (k->entries[i].hash == hash && row_compare_keys (k->shape, k->bytes->data + k->entries[i].at, fields) == 0)
      break;
  return &k->entries[i];
}

static void
grow (Known *k)
{
  Entry *before = k->entries;
  guint n = k->places;

  k->places *= 2;
  k->entries = g_new0 (Entry, k->places);
  for (guint i = 0; i < n; i++) {
    guint place = before[i].hash & (k->places - 1);

    if (before[i].hash == 0)
      continue;
    while (k->entries[place].hash != 0)
      place = (place + 1) & (k->places - 1);
    k->entries[place] = before[i];
  }
  g_free (before);
}

static gboolean
take_row (const char *row, gsize length, gpointer data)
{
  Known *k = data;
  const guint8 *fields = NULL;
  Entry entry = { 0, k->bytes->len, 0 };

  if (!k->headless) {
    row += COPY_HEAD_BYTES;
    length -= COPY_HEAD_BYTES;
    k->headless = TRUE;
  }
  if (length <= ROW_HEAD_BYTES)
    return TRUE; /* the trailer, or the header alone */
  k->too_many = k->bytes->len + length > KNOWN_MAX_BYTES;
  if (k->too_many)
    return FALSE;
  if (4 * k->n >= 3 * k->places)
    grow (k);
  fields = (const guint8 *)row + ROW_HEAD_BYTES;
  entry.length = (guint32)(length - ROW_HEAD_BYTES);
  entry.hash = hash_of (k->shape, fields);
  *find (k, entry.hash, fields) = entry;
  g_byte_array_append (k->bytes, fields, entry.length);
  k->n++;
  return TRUE;
}

gboolean
known_read (Known *known, Db *db, const char *copy_sql, gboolean *too_many, GError **error)
{
  g_byte_array_set_size (known->bytes, 0);
  memset (known->entries, 0, known->places * sizeof *known->entries);
  known->n = 0;
  known->headless = known->too_many = FALSE;
  if (!db_copy_read (db, copy_sql, take_row, known, error))
    return FALSE;
  *too_many = known->too_many;
  return TRUE;
}

guint
known_size (const Known *known)
{
  return known->n;
}

KnownVerdict
known_compare (const Known *known, const Row *row)
{
  const Entry *entry = find (known, hash_of (known->shape, row->fields), row->fields);
  const guint8 *bytes = known->bytes->data + entry->at;
  guint8 flag[FLAG_BYTES];

  if (entry->hash == 0)
    return KNOWN_NEW;
  put_boolean (flag, row->provisional);
  return entry->length == row->length + FLAG_BYTES && memcmp (bytes, row->fields, row->length) == 0
                 && memcmp (bytes + row->length, flag, FLAG_BYTES) == 0
             ? KNOWN_EQUAL
             : KNOWN_CHANGED;
}
