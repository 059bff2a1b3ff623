#include "measure/cell_store.h"

#include "base/sql.h"
#include "measure/aggregate.h"

#include <math.h>
#include <string.h>

/* Units, strata; of each cell the places of these, numerator, denominator, whether it is provisional. */
#define PART_TYPE "(asasaqayaiaiay)"
#define UNKNOWN G_MININT32
#define MAX_UNITS G_MAXUINT16
#define MAX_STRATA G_MAXUINT8

void
cell_store_clear (CellStore *store)
{
  g_clear_pointer (&store->rests_on, g_free);
  g_clear_pointer (&store->seen, g_free);
  g_clear_pointer (&store->periods, g_free);
  g_clear_pointer (&store->years, g_free);
  if (store->fresh != NULL)
    g_string_free (store->fresh, TRUE);
  store->fresh = NULL;
}

gboolean
cell_store_find (Db *db, const Indicator *indicator, const char *rests_on, CellStore *out, GError **error)
{
  g_autofree char *all = g_strdup_printf ("%s %s %d", rests_on, PART_TYPE, G_BYTE_ORDER);
  g_autoptr (PGresult) result
      = db_queryv (db, error, sql_query ("find_cells"), indicator->indicator, indicator->feed, all, DB_END);

  if (result == NULL)
    return FALSE;
  *out = (CellStore){ .indicator = indicator->indicator,
                      .rests_on = g_steal_pointer (&all),
                      .seen = g_strdup (db_get (result, 0, "seen")),
                      .periods = g_strdup (db_get (result, 0, "periods")),
                      .years = g_strdup (db_get (result, 0, "years")),
                      .fresh = g_string_new (NULL) };
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* The arrays of a part, all of one length. */
typedef struct {
  gsize n;
  gsize n_units, n_strata;
  const char **units, **strata; /* interned */
  const guint16 *unit;
  const guint8 *stratum, *provisional;
  const gint32 *x, *count;
} Part;

static const void *
fixed (GVariant *part, gsize index, gsize size, gsize *n)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (part, index); /* its bytes are the part's */

  return g_variant_get_fixed_array (child, n, size);
}

static const char **
interned (GVariant *part, gsize index, gsize *n)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (part, index);
  const char **names = g_variant_get_strv (child, n);

  for (gsize i = 0; i < *n; i++)
    names[i] = aggregate_intern (names[i]);
  return names;
}

static void
part_clear (Part *part)
{
  g_free (part->units);
  g_free (part->strata);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

static gboolean
part_open (GVariant *packed, Part *out)
{
  gsize n[5];

  if (!g_variant_is_normal_form (packed))
    return FALSE;
  out->units = interned (packed, 0, &out->n_units);
  out->strata = interned (packed, 1, &out->n_strata);
  out->unit = fixed (packed, 2, sizeof (guint16), &n[0]);
  out->stratum = fixed (packed, 3, 1, &n[1]);
  out->x = fixed (packed, 4, sizeof (gint32), &n[2]);
  out->count = fixed (packed, 5, sizeof (gint32), &n[3]);
  out->provisional = fixed (packed, 6, 1, &n[4]);
  out->n = n[0];
  for (guint i = 1; i < G_N_ELEMENTS (n); i++)
    if (n[i] != n[0])
      return FALSE;
  for (gsize i = 0; i < out->n; i++)
    if (out->unit[i] >= out->n_units || out->stratum[i] >= out->n_strata)
      return FALSE;
  return TRUE;
}

static gboolean
read_part (const char *district, const char *period, GBytes *bytes, GArray *cells)
{
  g_autoptr (GVariant) packed
      = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (PART_TYPE), bytes, FALSE));
  g_auto (Part) part = { 0 };
  Cell cell = { .district = aggregate_intern (district), .period = aggregate_intern (period) };

  if (!part_open (packed, &part))
    return FALSE;
  for (gsize i = 0; i < part.n; i++) {
    cell.unit = part.units[part.unit[i]];
    cell.stratum = part.strata[part.stratum[i]];
    cell.x = part.x[i];
    cell.n = part.count[i] == UNKNOWN ? (double)NAN : part.count[i];
    cell.provisional = part.provisional[i];
    g_array_append_val (cells, cell);
  }
  return TRUE;
}

/* Rows of a binary COPY: district, period, cells. */
typedef struct {
  GArray *cells;
  gboolean headless; /* the header has been passed over */
  gboolean malformed;
} PartReader;

#define HEADER_BYTES 19 /* signature, flags, length of an extension that is never there */
#define FIELDS 3

/* The next field of a row, NULL where there is none. */
static GBytes *
take_field (const char **at, const char *end)
{
  guint32 length = 0;
  GBytes *field = NULL;

  if (end - *at < (gssize)sizeof length)
    return NULL;
  memcpy (&length, *at, sizeof length);
  length = GUINT32_FROM_BE (length);
  *at += sizeof length;
  if (length > (gsize)(end - *at))
    return NULL;
  field = g_bytes_new (*at, length);
  *at += length;
  return field;
}

static char *
text_of (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
take_part_fields (GArray *cells, const char *at, const char *end)
{
  g_autoptr (GBytes) district = take_field (&at, end), period = take_field (&at, end), part = take_field (&at, end);
  g_autofree char *district_code = NULL, *period_name = NULL;

  if (district == NULL || period == NULL || part == NULL)
    return FALSE;
  district_code = text_of (district);
  period_name = text_of (period);
  return read_part (district_code, period_name, part, cells);
}

static gboolean
take_part_row (const char *row, gsize length, gpointer data)
{
  PartReader *reader = data;
  const char *at = row, *end = row + length;
  guint16 fields = 0;

  if (!reader->headless) {
    at += MIN (length, HEADER_BYTES);
    reader->headless = TRUE;
    if (at == end)
      return TRUE;
  }
  if (end - at < (gssize)sizeof fields)
    return FALSE;
  memcpy (&fields, at, sizeof fields);
  if (GUINT16_FROM_BE (fields) == G_MAXUINT16)
    return TRUE; /* the end */
  reader->malformed |= GUINT16_FROM_BE (fields) != FIELDS || !take_part_fields (reader->cells, at + sizeof fields, end);
  return !reader->malformed;
}

gboolean
cell_store_read (Db *db, CellStore *store, GArray *cells, GError **error)
{
  PartReader reader = { .cells = cells };
  g_autofree char *copy = NULL;

  if (strcmp (store->periods, "{}") == 0)
    return TRUE;
  copy = db_value (db, error, sql_query ("show_cells_copy"), store->indicator, store->periods, DB_END);
  if (copy == NULL || !db_copy_read (db, copy, take_part_row, &reader, error))
    return FALSE;
  if (reader.malformed) {
    g_array_set_size (cells, 0);
    g_free (store->periods);
    g_free (store->years);
    store->periods = g_strdup ("{}");
    store->years = g_strdup ("{}");
  }
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Names of a part in the order in which they came. */
typedef struct {
  GPtrArray *names;
  GHashTable *place;
} PartNames;

static guint
name_place (PartNames *names, const char *name)
{
  gpointer place = NULL;

  if (g_hash_table_lookup_extended (names->place, name, NULL, &place))
    return GPOINTER_TO_UINT (place);
  g_hash_table_insert (names->place, (gpointer)(guintptr)name, GUINT_TO_POINTER (names->names->len));
  g_ptr_array_add (names->names, (gpointer)(guintptr)name);
  return names->names->len - 1;
}

static gboolean
fits (double count)
{
  return count > UNKNOWN && count <= G_MAXINT32;
}

static GVariant *
names_value (const PartNames *names)
{
  return g_variant_new_strv ((const char *const *)names->names->pdata, (gssize)names->names->len);
}

/* Cells of one district and period; NULL where they are too many or too large to be kept. */
static GVariant *
pack_part (const GPtrArray *cells)
{
  guint n = cells->len;
  g_autoptr (GPtrArray) units = g_ptr_array_new (), strata = g_ptr_array_new ();
  g_autoptr (GHashTable) unit_place = g_hash_table_new (NULL, NULL), stratum_place = g_hash_table_new (NULL, NULL);
  PartNames unit_names = { units, unit_place }, stratum_names = { strata, stratum_place };
  g_autofree guint16 *unit = g_new (guint16, n);
  g_autofree guint8 *stratum = g_new (guint8, n), *provisional = g_new (guint8, n);
  g_autofree gint32 *x = g_new (gint32, n), *count = g_new (gint32, n);

  for (guint i = 0; i < n; i++) {
    const Cell *cell = cells->pdata[i];

    unit[i] = (guint16)name_place (&unit_names, cell->unit);
    stratum[i] = (guint8)name_place (&stratum_names, cell->stratum);
    if (!fits (cell->x) || !(isnan (cell->n) || fits (cell->n)) || units->len > MAX_UNITS || strata->len > MAX_STRATA)
      return NULL;
    x[i] = (gint32)cell->x;
    count[i] = isnan (cell->n) ? UNKNOWN : (gint32)cell->n;
    provisional[i] = cell->provisional ? 1 : 0;
  }
  return g_variant_ref_sink (g_variant_new ("(@as@as@aq@ay@ai@ai@ay)", names_value (&unit_names),
                                            names_value (&stratum_names),
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_UINT16, unit, n, sizeof unit[0]),
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, stratum, n, 1),
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, x, n, sizeof x[0]),
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, count, n, sizeof count[0]),
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, provisional, n, 1)));
}

static int
by_unit (gconstpointer a, gconstpointer b)
{
  const Cell *first = *(const Cell *const *)a, *second = *(const Cell *const *)b;
  int order = strcmp (first->unit, second->unit);

  return order != 0 ? order : strcmp (first->stratum, second->stratum);
}

/* The order in which the server gave the rows is no part of what is kept. */
static gboolean
take_part (CellStore *store, GPtrArray *cells)
{
  const Cell *first = cells->pdata[0];
  g_autoptr (GVariant) part = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL, *year = g_strndup (first->period, 4);

  g_ptr_array_sort (cells, by_unit);
  part = pack_part (cells);
  if (part == NULL)
    return FALSE;
  bytes = g_variant_get_data_as_bytes (part);
  text = db_bytes_text (bytes);
  db_copy_field (store->fresh, first->district);
  db_copy_field (store->fresh, year);
  db_copy_field (store->fresh, store->indicator);
  db_copy_field (store->fresh, first->period);
  db_copy_field (store->fresh, text);
  db_copy_line (store->fresh);
  return TRUE;
}

/* By district, each a table of its periods' cells. */
static GHashTable *
group_cells (const GArray *cells, guint first)
{
  GHashTable *groups = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);

  for (guint i = first; i < cells->len; i++) {
    const Cell *cell = &g_array_index (cells, Cell, i);
    GHashTable *periods = g_hash_table_lookup (groups, cell->district);
    GPtrArray *members = NULL;

    if (periods == NULL) {
      periods = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
      g_hash_table_insert (groups, (gpointer)(guintptr)cell->district, periods);
    }
    members = g_hash_table_lookup (periods, cell->period);
    if (members == NULL) {
      members = g_ptr_array_new ();
      g_hash_table_insert (periods, (gpointer)(guintptr)cell->period, members);
    }
    g_ptr_array_add (members, (gpointer)(guintptr)cell);
  }
  return groups;
}

void
cell_store_take (CellStore *store, const GArray *cells, guint first)
{
  g_autoptr (GHashTable) groups = group_cells (cells, first);
  GHashTableIter districts, periods;
  gpointer of_district = NULL, members = NULL;
  gboolean fit = TRUE;

  g_hash_table_iter_init (&districts, groups);
  while (g_hash_table_iter_next (&districts, NULL, &of_district)) {
    g_hash_table_iter_init (&periods, of_district);
    while (fit && g_hash_table_iter_next (&periods, NULL, &members))
      fit = take_part (store, members);
  }
  if (fit)
    return;
  g_string_free (store->fresh, TRUE);
  store->fresh = NULL;
}

gboolean
cell_store_write (Db *db, const CellStore *store, GError **error)
{
  g_autoptr (PGresult) dropped = NULL, marked = NULL;

  dropped = db_queryv (db, error, sql_query ("drop_cells"), store->indicator,
                       store->fresh != NULL ? store->periods : "{}", DB_END);
  if (dropped == NULL)
    return FALSE;
  if (store->fresh != NULL && store->fresh->len > 0
      && (!db_copy_begin (
              db, "copy plumbline.measured_cells (district_code, year, indicator, period, cells) from stdin", error)
          || !db_copy_data (db, store->fresh->str, store->fresh->len, error) || !db_copy_end (db, NULL, error)))
    return FALSE;
  marked = db_queryv (db, error, sql_query ("mark_cells"), store->indicator,
                      store->fresh != NULL ? store->rests_on : NULL, store->seen, DB_END);
  return marked != NULL;
}
