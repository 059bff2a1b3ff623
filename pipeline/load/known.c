#include "load/known.h"

#define FIRST_PLACES 1024
#define ROW_HEAD_BYTES 2 /* number of fields */

typedef struct {
  guint32 hash; /* once it is in the table */
  guint32 at;   /* in bytes */
  guint32 length;
} Entry;

/* Rows of a file come in the order of the key, and so do those of the database, nearly always: the next one is looked
 * at first, and the table is only made for a row that is another. */
struct _Known {
  const RowShape *shape;
  GByteArray *bytes; /* fields of each row */
  GArray *entries;   /* Entry, as they came */
  guint next;        /* entry */
  guint32 *table;    /* open addressing; number of an entry from 1, 0: free */
  guint places;      /* of the table */
  guint in_table;    /* the first entries */
  gboolean headless; /* the header has been passed over */
  gboolean too_many;
};

Known *
known_new (const RowShape *shape)
{
  Known *known = g_new0 (Known, 1);

  known->shape = shape;
  known->bytes = g_byte_array_new ();
  known->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  return known;
}

void
known_free (Known *known)
{
  if (known == NULL)
    return;
  g_byte_array_unref (known->bytes);
  g_array_unref (known->entries);
  g_free (known->table);
  g_free (known);
}

static Entry *
entry_at (const Known *k, guint i)
{
  return &g_array_index (k->entries, Entry, i);
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

/* Where the entry's number is, or would be. */
static guint32 *
find (const Known *k, guint32 hash, const guint8 *fields)
{
  guint i = hash & (k->places - 1);

  for (; k->table[i] != 0; i = (i + 1) & (k->places - 1)) {
    const Entry *entry = entry_at (k, k->table[i] - 1);

    if (entry->hash == hash && row_compare_keys (k->shape, k->bytes->data + entry->at, fields) == 0)
      break;
  }
  return &k->table[i];
}

static void
make_table (Known *k)
{
  if (k->in_table == k->entries->len)
    return;
  k->places = FIRST_PLACES;
  while (3 * k->places < 4 * k->entries->len)
    k->places *= 2;
  g_free (k->table);
  k->table = g_new0 (guint32, k->places);
  for (guint i = 0; i < k->entries->len; i++) {
    Entry *entry = entry_at (k, i);
    const guint8 *fields = k->bytes->data + entry->at;

    entry->hash = hash_of (k->shape, fields);
    *find (k, entry->hash, fields) = i + 1;
  }
  k->in_table = k->entries->len;
}

static gboolean
take_row (const char *row, gsize length, gpointer data)
{
  Known *k = data;
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
  entry.length = (guint32)(length - ROW_HEAD_BYTES);
  g_byte_array_append (k->bytes, (const guint8 *)row + ROW_HEAD_BYTES, entry.length);
  g_array_append_val (k->entries, entry);
  return TRUE;
}

gboolean
known_read (Known *known, Db *db, const char *copy_sql, gboolean *too_many, GError **error)
{
  g_byte_array_set_size (known->bytes, 0);
  g_array_set_size (known->entries, 0);
  known->next = known->in_table = 0;
  known->headless = known->too_many = FALSE;
  if (!db_copy_read (db, copy_sql, take_row, known, error))
    return FALSE;
  *too_many = known->too_many;
  return TRUE;
}

guint
known_size (const Known *known)
{
  return known->entries->len;
}

/* The entry with the row's key; NULL: there is none. */
static const Entry *
look_up (Known *k, const Row *row)
{
  guint32 number = 0;

  if (k->entries->len == 0)
    return NULL;
  if (k->next < k->entries->len
      && row_compare_keys (k->shape, k->bytes->data + entry_at (k, k->next)->at, row->fields) == 0)
    return entry_at (k, k->next++);
  make_table (k);
  number = *find (k, hash_of (k->shape, row->fields), row->fields);
  if (number == 0)
    return NULL;
  k->next = number;
  return entry_at (k, number - 1);
}

KnownVerdict
known_compare (Known *known, const Row *row)
{
  const Entry *entry = look_up (known, row);

  if (entry == NULL)
    return KNOWN_NEW;
  return entry->length == row->length && memcmp (known->bytes->data + entry->at, row->fields, row->length) == 0
             ? KNOWN_EQUAL
             : KNOWN_CHANGED;
}
