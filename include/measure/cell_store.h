/* include/measure/cell_store.h: what schools reported of an indicator, kept from one night to another by district and
 * period. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/* A row as it came; its names are interned, so that they can be told apart by their addresses. */
typedef struct {
  const char *district;
  const char *unit;
  const char *period;
  const char *stratum;
  double x, n; /* whole numbers; n NAN: unknown */
  gboolean provisional;
} Cell;

typedef struct {
  const char *indicator;
  char *rests_on; /* register, catalogue, program */
  char *seen;     /* the ledger before anything was read */
  char *periods;  /* an array of the server's: what is kept of them holds */
  char *years;    /* likewise: rows of other periods are of these; empty: it is not known */
  GString *fresh; /* COPY text of what was read again; NULL: nothing is to be kept */
} CellStore;

/* cell_store_find: looks up what is kept of @indicator and holds still. @rests_on: what else it rests on. */
gboolean cell_store_find (Db *db, const Indicator *indicator, const char *rests_on, CellStore *out, GError **error);
void cell_store_clear (CellStore *store);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CellStore, cell_store_clear)

/* cell_store_read: fills @cells, which are empty, with what is kept of store->periods; these are none any more where it
   cannot be understood. */
gboolean cell_store_read (Db *db, CellStore *store, GArray *cells, GError **error);

/* cell_store_take: @cells from @first on are to be kept. */
void cell_store_take (CellStore *store, const GArray *cells, guint first);

/* cell_store_write: once the indicator is marked as measured. */
gboolean cell_store_write (Db *db, const CellStore *store, GError **error);
