/* include/load/known.h: rows that the database holds, to compare those of a file with. */
#pragma once

#include "base/db.h"
#include "load/rows.h"

/* Beyond so many bytes the server compares instead. */
#define KNOWN_MAX_BYTES (128 << 20)

typedef enum { KNOWN_NEW, KNOWN_EQUAL, KNOWN_CHANGED } KnownVerdict;

typedef struct _Known Known;

Known *known_new (const RowShape *shape);
void known_free (Known *known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Known, known_free)

/* known_read: replaces what was read before. @copy_sql as plumbline.known_rows() gives it. *@too_many when they are
   beyond the ceiling: then nothing can be compared. */
gboolean known_read (Known *known, Db *db, const char *copy_sql, gboolean *too_many, GError **error);
guint known_size (const Known *known);

/* known_compare: byte by byte; a number that is written differently but equal (-0) counts as changed. Whether one or
 * the other is in doubt makes no difference. */
KnownVerdict known_compare (Known *known, const Row *row);
