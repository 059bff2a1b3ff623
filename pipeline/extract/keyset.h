/* pipeline/extract/keyset.h: which keys a file has had, by hash: 24 bytes a row rather than the rows themselves. */
#pragma once

#include <glib.h>

typedef struct {
  guint64 hash;    /* of the key; 0: the place is free */
  guint32 content; /* hash of all values */
  guint32 ordinal; /* of the row that had it first */
  guint32 line;
  guint32 row;
} KeyEntry;

typedef struct {
  KeyEntry *entries;
  gsize size; /* a power of two */
  gsize used;
} KeySet;

void keyset_init (KeySet *set);
void keyset_clear (KeySet *set);

/* keyset_put: the entry that had @entry->hash before, or NULL when it was free and @entry is now in it. */
KeyEntry *keyset_put (KeySet *set, const KeyEntry *entry);

/* hash_bytes: continues @hash with @length bytes; not cryptographic. */
guint64 hash_bytes (guint64 hash, const void *data, gsize length);
