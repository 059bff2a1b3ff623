#include "keyset.h"

#include <string.h>

#define FIRST_SIZE 1024

void
keyset_init (KeySet *set)
{
  set->size = FIRST_SIZE;
  set->used = 0;
  set->entries = g_new0 (KeyEntry, set->size);
}

void
keyset_clear (KeySet *set)
{
  g_clear_pointer (&set->entries, g_free);
  set->size = set->used = 0;
}

static KeyEntry *
find_place (const KeySet *set, guint64 hash)
{
  gsize i = (gsize)(hash >> 20) & (set->size - 1);

  while (set->entries[i].hash != 0 && set->entries[i].hash != hash)
    i = (i + 1) & (set->size - 1);
  return &set->entries[i];
}

static void
grow (KeySet *set)
{
  KeySet larger = { g_new0 (KeyEntry, 2 * set->size), 2 * set->size, set->used };

  for (gsize i = 0; i < set->size; i++)
    if (set->entries[i].hash != 0)
      *find_place (&larger, set->entries[i].hash) = set->entries[i];
  g_free (set->entries);
  *set = larger;
}

KeyEntry *
keyset_put (KeySet *set, const KeyEntry *entry)
{
  KeyEntry *place = NULL;

  if (4 * set->used >= 3 * set->size)
    grow (set);
  place = find_place (set, entry->hash);
  if (place->hash != 0)
    return place;
  *place = *entry;
  set->used++;
  return NULL;
}

static guint64
mix (guint64 hash, guint64 word)
{
  hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9FB21C651E98DF25);
  return hash ^ (hash >> 32);
}

guint64
hash_bytes (guint64 hash, const void *data, gsize length)
{
  const char *p = data;
  guint64 word = 0;

  hash = mix (hash, length);
  for (; length >= 8; p += 8, length -= 8) {
    memcpy (&word, p, 8);
    hash = mix (hash, word);
  }
  word = 0;
  memcpy (&word, p, length);
  return mix (hash, word);
}
