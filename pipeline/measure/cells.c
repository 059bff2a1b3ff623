#include "measure/cells.h"

#include "base/error.h"
#include "base/sql.h"

#include <math.h>
#include <string.h>

#define HEADER_BYTES 19 /* signature, flags, length of an extension that is never there */
#define FIELDS 7
#define CELLS_AT_FIRST 262144 /* room costs nothing until it is filled, moving does */

typedef struct {
  GArray *cells;     /* Cell; borrowed */
  gboolean headless; /* the header has been passed over */
  gboolean malformed;
} Reader;

static const char *
intern (const char *text, gsize length)
{
  char name[256];

  if (length >= sizeof name) {
    g_autofree char *copy = g_strndup (text, length);

    return aggregate_intern (copy);
  }
  memcpy (name, text, length);
  name[length] = '\0';
  return aggregate_intern (name);
}

typedef struct {
  const char *at, *end;
  gboolean ok;
} Bytes;

static guint64
take_number (Bytes *b, gsize size)
{
  guint64 value = 0;

  if (!b->ok || (gsize)(b->end - b->at) < size) {
    b->ok = FALSE;
    return 0;
  }
  for (gsize i = 0; i < size; i++)
    value = value << 8 | (guint8)b->at[i];
  b->at += size;
  return value;
}

/* A field's length, -1 where it is null. */
static gint32
take_length (Bytes *b)
{
  gint32 length = (gint32)(guint32)take_number (b, 4);

  b->ok = b->ok && length <= b->end - b->at;
  return length;
}

static const char *
take_name (Bytes *b)
{
  gint32 length = take_length (b);
  const char *name = NULL;

  b->ok = b->ok && length >= 0;
  if (!b->ok)
    return NULL;
  name = intern (b->at, (gsize)length);
  b->at += length;
  return name;
}

static double
take_count (Bytes *b)
{
  gint32 length = take_length (b);

  b->ok = b->ok && (length == -1 || length == 8);
  return length == 8 ? (double)(gint64)take_number (b, 8) : NAN;
}

static gboolean
take_row (const char *row, gsize length, gpointer data)
{
  Reader *reader = data;
  Bytes b = { row, row + length, TRUE };
  Cell cell;

  if (!reader->headless) {
    b.ok = length >= HEADER_BYTES;
    b.at += b.ok ? HEADER_BYTES : 0;
    reader->headless = TRUE;
    if (b.ok && b.at == b.end)
      return TRUE;
  }
  if ((gint16)(guint16)take_number (&b, 2) == -1)
    return TRUE; /* the end */
  cell.district = take_name (&b);
  cell.unit = take_name (&b);
  cell.period = take_name (&b);
  cell.stratum = take_name (&b);
  cell.x = take_count (&b);
  cell.n = take_count (&b);
  cell.provisional = take_length (&b) == 1 && take_number (&b, 1) != 0;
  reader->malformed |= !b.ok;
  if (b.ok)
    g_array_append_val (reader->cells, cell);
  return b.ok;
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Names in order, and the place of each by its address. */
typedef struct {
  GPtrArray *names;
  GHashTable *place;
} Names;

static void
names_clear (Names *names)
{
  g_clear_pointer (&names->names, g_ptr_array_unref);
  g_clear_pointer (&names->place, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Names, names_clear)

static void
names_add (Names *names, const char *name)
{
  if (g_hash_table_add (names->place, (gpointer)(guintptr)name))
    g_ptr_array_add (names->names, (gpointer)(guintptr)name);
}

static void
names_sort (Names *names, GCompareFunc compare)
{
  g_hash_table_remove_all (names->place);
  g_ptr_array_sort (names->names, compare);
  for (guint i = 0; i < names->names->len; i++)
    g_hash_table_insert (names->place, names->names->pdata[i], GUINT_TO_POINTER (i));
}

static guint
place_of (const Names *names, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (names->place, name));
}

static Names
names_new (void)
{
  return (Names){ g_ptr_array_new (), g_hash_table_new (NULL, NULL) };
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* What a finest stratum counts towards beside "all": places of strata, or NOWHERE. */
#define NOWHERE G_MAXUINT
typedef struct {
  const char *grade, *sex, *both;
  guint places[3];
} Parts;

static Parts *
parts_new (const char *stratum)
{
  Parts *parts = g_new0 (Parts, 1);
  const char *slash = strchr (stratum, '/');
  const char *grade = intern (stratum, slash != NULL ? (gsize)(slash - stratum) : strlen (stratum));
  const char *sex = slash != NULL ? intern (slash + 1, strlen (slash + 1)) : "";

  parts->grade = strcmp (grade, "all") != 0 ? grade : NULL;
  parts->sex = *sex != '\0' && strcmp (sex, "all") != 0 ? sex : NULL;
  if (parts->grade != NULL && parts->sex != NULL)
    parts->both = stratum;
  return parts;
}

static void
parts_place (Parts *parts, const Names *strata)
{
  const char *const names[] = { parts->grade, parts->sex, parts->both };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    parts->places[i] = names[i] != NULL ? place_of (strata, names[i]) : NOWHERE;
}

static void
parts_list (const Parts *parts, Names *strata)
{
  const char *const names[] = { parts->grade, parts->sex, parts->both };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i] != NULL)
      names_add (strata, names[i]);
}

/* What the cells are ordered by: the district, the unit, the period. */
typedef struct {
  guint64 key;
  guint cell;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *x = a, *y = b;

  return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->cell > y->cell) - (x->cell < y->cell);
}

typedef struct {
  Aggregate *a;
  const GArray *cells;
  Names districts, units, periods, strata;
  GHashTable *parts;  /* by finest stratum */
  GHashTable *areas;  /* place of each district in the aggregate + 1 */
  AggregateRow *sums; /* one a stratum */
} RollUp;

static void
roll_up_clear (RollUp *r)
{
  names_clear (&r->districts);
  names_clear (&r->units);
  names_clear (&r->periods);
  names_clear (&r->strata);
  g_clear_pointer (&r->parts, g_hash_table_unref);
  g_clear_pointer (&r->areas, g_hash_table_unref);
  g_free (r->sums);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RollUp, roll_up_clear)

static void
list_names (RollUp *r)
{
  const char *all = intern ("all", 3);

  names_add (&r->strata, all);
  for (guint i = 0; i < r->cells->len; i++) {
    const Cell *cell = &g_array_index (r->cells, Cell, i);

    names_add (&r->districts, cell->district);
    names_add (&r->units, cell->unit);
    names_add (&r->periods, cell->period);
    if (!g_hash_table_contains (r->parts, cell->stratum)) {
      Parts *parts = parts_new (cell->stratum);

      parts_list (parts, &r->strata);
      g_hash_table_insert (r->parts, (gpointer)(guintptr)cell->stratum, parts);
    }
  }
  names_sort (&r->districts, by_name);
  names_sort (&r->units, by_name);
  names_sort (&r->periods, aggregate_compare_periods);
  names_sort (&r->strata, aggregate_compare_strata);
}

static gboolean
find_areas (RollUp *r, GError **error)
{
  GHashTableIter iter;
  gpointer parts = NULL;

  for (guint i = 0; i < r->districts.names->len; i++) {
    const char *district = r->districts.names->pdata[i];
    guint area = aggregate_area (r->a, district);

    if (area == G_MAXUINT) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "indicator %s has rows of area %s, which the catalogue no longer has; add it to area.csv",
                   r->a->indicator->indicator, district);
      return FALSE;
    }
    g_hash_table_insert (r->areas, (gpointer)(guintptr)district, GUINT_TO_POINTER (area + 1));
  }
  g_hash_table_iter_init (&iter, r->parts);
  while (g_hash_table_iter_next (&iter, NULL, &parts))
    parts_place (parts, &r->strata);
  return TRUE;
}

static Place *
order_cells (const RollUp *r)
{
  Place *places = g_new (Place, r->cells->len + 1);

  for (guint i = 0; i < r->cells->len; i++) {
    const Cell *cell = &g_array_index (r->cells, Cell, i);
    guint64 unit = (guint64)place_of (&r->districts, cell->district) << 32 | place_of (&r->units, cell->unit);

    places[i] = (Place){ unit << 16 | place_of (&r->periods, cell->period), i };
  }
  qsort (places, r->cells->len, sizeof places[0], compare_places);
  return places;
}

/* Unit NULL: nothing has been added yet. */
static void
sum_add (AggregateRow *sum, const Cell *cell)
{
  if (sum->unit == NULL)
    *sum = (AggregateRow){ .unit = cell->unit, .n = NAN };
  sum->x += cell->x;
  if (!isnan (cell->n))
    sum->n = isnan (sum->n) ? cell->n : sum->n + cell->n;
  sum->provisional |= cell->provisional;
}

static void
add_unit (RollUp *r, const Place places[], guint from, guint until)
{
  const Cell *first = &g_array_index (r->cells, Cell, places[from].cell);
  guint area = GPOINTER_TO_UINT (g_hash_table_lookup (r->areas, first->district)) - 1;

  memset (r->sums, 0, r->strata.names->len * sizeof r->sums[0]);
  for (guint i = from; i < until; i++) {
    const Cell *cell = &g_array_index (r->cells, Cell, places[i].cell);
    const Parts *parts = g_hash_table_lookup (r->parts, cell->stratum);

    sum_add (&r->sums[0], cell);
    for (guint p = 0; p < G_N_ELEMENTS (parts->places); p++)
      if (parts->places[p] != NOWHERE)
        sum_add (&r->sums[parts->places[p]], cell);
  }
  for (guint l = 0; l < r->strata.names->len; l++)
    if (r->sums[l].unit != NULL) {
      r->sums[l].area = area;
      r->sums[l].period = place_of (&r->periods, first->period);
      r->sums[l].stratum = l;
      g_array_append_val (r->a->rows, r->sums[l]);
    }
}

static void
add_units (RollUp *r)
{
  g_autofree Place *places = order_cells (r);

  r->sums = g_new (AggregateRow, r->strata.names->len);
  for (guint from = 0, until = 0; from < r->cells->len; from = until) {
    while (until < r->cells->len && places[until].key == places[from].key)
      until++;
    add_unit (r, places, from, until);
  }
}

static void
copy_names (GPtrArray *out, const Names *names)
{
  for (guint i = 0; i < names->names->len; i++)
    g_ptr_array_add (out, g_strdup (names->names->pdata[i]));
}

static gboolean
roll_up (Aggregate *a, const GArray *cells, GError **error)
{
  g_auto (RollUp) r = { .a = a,
                        .cells = cells,
                        .districts = names_new (),
                        .units = names_new (),
                        .periods = names_new (),
                        .strata = names_new (),
                        .parts = g_hash_table_new_full (NULL, NULL, NULL, g_free),
                        .areas = g_hash_table_new (NULL, NULL) };

  if (cells->len == 0)
    return TRUE;
  g_array_set_size (a->rows, 3 * cells->len); /* room: beside the finest strata grades, sexes and all */
  g_array_set_size (a->rows, 0);
  list_names (&r);
  if (!find_areas (&r, error))
    return FALSE;
  add_units (&r);
  copy_names (a->periods, &r.periods);
  copy_names (a->strata, &r.strata);
  return TRUE;
}

static gboolean
read_rows (Db *db, const char *indicator, const CellStore *store, GArray *cells, GError **error)
{
  Reader reader = { .cells = cells };
  g_autofree char *copy = db_value (db, error, sql_query ("show_indicator_copy"), indicator,
                                    store != NULL ? store->periods : "{}", store != NULL ? store->years : "{}", DB_END);

  if (copy == NULL || !db_copy_read (db, copy, take_row, &reader, error))
    return FALSE;
  if (reader.malformed)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_BUG, "indicator %s: its rows cannot be understood", indicator);
  return !reader.malformed;
}

gboolean
cells_read (Db *db, Aggregate *a, CellStore *store, GError **error)
{
  g_autoptr (GArray) cells = g_array_sized_new (FALSE, FALSE, sizeof (Cell), CELLS_AT_FIRST);
  guint kept = 0;

  if (store != NULL && !cell_store_read (db, store, cells, error))
    return FALSE;
  kept = cells->len;
  if (!read_rows (db, a->indicator->indicator, store, cells, error))
    return FALSE;
  if (store != NULL)
    cell_store_take (store, cells, kept);
  return roll_up (a, cells, error);
}
