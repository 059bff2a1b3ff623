#include "history.h"

#include <string.h>

#define SEVEN_BITS 0x7F
#define MORE 0x80
#define LAST_SHIFT 63

/* Seven bits a byte, the lowest first; all but the last byte say that more follow. */
static void
put_number (GByteArray *out, guint64 value)
{
  guint8 bytes[LAST_SHIFT / 7 + 1];
  guint n = 0;

  for (; value > SEVEN_BITS; value >>= 7)
    bytes[n++] = (guint8)(value & SEVEN_BITS) | MORE;
  bytes[n++] = (guint8)value;
  g_byte_array_append (out, bytes, n);
}

static gboolean
take_number (const guint8 **data, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; *data < end && shift <= LAST_SHIFT; shift += 7) {
    guint8 byte = *(*data)++;

    *value |= (guint64)(byte & SEVEN_BITS) << shift;
    if ((byte & MORE) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
put_tally (GByteArray *out, const Tally *t, guint n)
{
  g_byte_array_append (out, (const guint8 *)t->unit, (guint)strlen (t->unit) + 1);
  for (guint i = 0; i < n; i++) {
    put_number (out, (guint64)t->figures[i].sum);
    put_number (out, (guint64)t->figures[i].mark);
    put_number (out, (guint64)t->figures[i].cells);
  }
}

static void
reported_free (gpointer data)
{
  Reported *reported = data;

  g_byte_array_unref (reported->figures);
  g_free (reported);
}

/* A history has each period and each district once. */
static guint
place_hash (gconstpointer data)
{
  const Reported *place = data;

  return g_direct_hash (place->period) * 31 + g_direct_hash (place->district_code);
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  const Reported *left = a, *right = b;

  return left->period == right->period && left->district_code == right->district_code;
}

static Reported *
find_place (GHashTable *known, GPtrArray *places, const Tally *t)
{
  const Reported probe = { .period = t->period, .district_code = t->district_code };
  Reported *place = g_hash_table_lookup (known, &probe);

  if (place != NULL)
    return place;
  place = g_new0 (Reported, 1);
  place->period = t->period;
  place->district_code = t->district_code;
  place->figures = g_byte_array_new ();
  g_hash_table_add (known, place);
  g_ptr_array_add (places, place);
  return place;
}

GPtrArray *
history_reported (const Extract *extract)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (reported_free);
  g_autoptr (GHashTable) known = g_hash_table_new (place_hash, place_equal);
  const History *h = extract->history;

  if (h == NULL || h->all->len == HISTORY_MAX_UNITS)
    return places;
  for (guint i = 0; i < h->all->len; i++) {
    const Tally *t = h->all->pdata[i];
    Reported *place = find_place (known, places, t);

    if (t->pattern != ((const Tally *)h->all->pdata[0])->pattern) {
      g_ptr_array_set_size (places, 0); /* a unit may have rows of both */
      return places;
    }
    put_tally (place->figures, t, h->counts->len);
    place->units++;
  }
  return places;
}

gboolean
history_read (const guint8 *data, gsize length, const char *period, guint n, HistoryTake take, gpointer taker)
{
  g_autofree HistoryFigure *figures = g_new (HistoryFigure, n);
  const guint8 *end = data + length;

  while (data < end) {
    const char *unit = (const char *)data;
    const guint8 *zero = memchr (data, '\0', (gsize)(end - data));
    guint64 numbers[3] = { 0 };

    if (zero == NULL)
      return FALSE;
    data = zero + 1;
    for (guint i = 0; i < n; i++) {
      for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
        if (!take_number (&data, end, &numbers[k]))
          return FALSE;
      figures[i] = (HistoryFigure){ (gint64)numbers[0], (gint64)numbers[1], (gint64)numbers[2] };
    }
    take (unit, period, figures, taker);
  }
  return TRUE;
}
