#include "joint.h"

#include "base/error.h"

#include <string.h>

#define ALL "all"

typedef struct {
  Disclosure *d; /* borrowed */
  const Cell *cells;
  guint *rows;        /* of each cell; cells of equal counts in several releases are one row */
  GHashTable *known;  /* indicator, unit, stratum, counts → row + 1 */
  GHashTable *owners; /* what is counted, unit, stratum, denominator → row + 1 */
} Joint;

static gboolean
is_sex (const char *stratum)
{
  return strcmp (stratum, "M") == 0 || strcmp (stratum, "F") == 0;
}

static guint
find_row (GHashTable *table, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (table, key));
}

static guint
add_row (Joint *j, const Cell *cell)
{
  g_autofree char *name = g_strdup_printf ("%s|%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT, cell->indicator,
                                           cell->unit, cell->stratum, cell->x, cell->n);
  g_autofree char *counted
      = g_strdup_printf ("%s|%s|%s|%" G_GINT64_FORMAT, cell->counted, cell->unit, cell->stratum, cell->n);
  guint found = find_row (j->known, name), owner = find_row (j->owners, counted);
  guint row = 0;

  if (found > 0)
    return found - 1;
  row = disclosure_add (j->d, cell->x, cell->n, cell->release == 0);
  g_hash_table_insert (j->known, g_steal_pointer (&name), GUINT_TO_POINTER (row + 1));
  if (owner > 0)
    disclosure_share (j->d, row, owner - 1);
  else
    g_hash_table_insert (j->owners, g_steal_pointer (&counted), GUINT_TO_POINTER (row + 1));
  return row;
}

static void
add_rows (Joint *j, guint n_cells)
{
  for (guint i = 0; i < n_cells; i++) {
    const Cell *cell = &j->cells[i];

    j->rows[i] = add_row (j, cell);
    if (cell->release > 0)
      disclosure_past (j->d, j->rows[i], &cell->rules, cell->x_shown, cell->n_shown);
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* The parts of one release, by what they are parts of. */
static void
add_part (GHashTable *parts, guint row, const char *indicator, const char *unit, const char *of, const char *stratum)
{
  g_autofree char *name = g_strjoin ("|", indicator, unit, of, stratum, NULL);
  GArray *list = g_hash_table_lookup (parts, name);

  if (list == NULL) {
    list = g_array_new (FALSE, FALSE, sizeof (guint));
    g_hash_table_insert (parts, g_steal_pointer (&name), list);
  }
  g_array_append_val (list, row);
}

static void
sort_part (GHashTable *parts, const Cell *cell, guint row)
{
  g_auto (GStrv) cross = g_strsplit (cell->stratum, "/", 2);

  add_part (parts, row, cell->indicator, cell->parent, "areas", cell->stratum);
  if (cross[1] != NULL) {
    add_part (parts, row, cell->indicator, cell->unit, "sexes", cross[0]);
    add_part (parts, row, cell->indicator, cell->unit, "grades", cross[1]);
  } else if (strcmp (cell->stratum, ALL) != 0)
    add_part (parts, row, cell->indicator, cell->unit, is_sex (cell->stratum) ? "sexes" : "grades", ALL);
}

static void
add_sums (Joint *j, guint first, guint end)
{
  static const char *const kinds[] = { "areas", "sexes", "grades" };
  g_autoptr (GHashTable) parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);

  for (guint i = first; i < end; i++)
    sort_part (parts, &j->cells[i], j->rows[i]);
  for (guint i = first; i < end; i++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
      const Cell *cell = &j->cells[i];
      g_autofree char *name = g_strjoin ("|", cell->indicator, cell->unit, kinds[k], cell->stratum, NULL);
      const GArray *list = g_hash_table_lookup (parts, name);

      if (list != NULL)
        disclosure_sum (j->d, j->rows[i], (const guint *)(const void *)list->data, list->len);
    }
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Two indicators over the same pupils, and whether one's numerator is part of the other's, or they exclude each other.
 */
typedef struct {
  gboolean nested, containing, disjoint;
  GArray *pairs; /* guint, two by two */
} Relation;

static void
relation_free (gpointer data)
{
  Relation *relation = data;

  g_array_unref (relation->pairs);
  g_free (relation);
}

static Relation *
relation_of (GHashTable *relations, const char *a, const char *b)
{
  g_autofree char *name = g_strjoin ("|", a, b, NULL);
  Relation *relation = g_hash_table_lookup (relations, name);

  if (relation == NULL) {
    relation = g_new0 (Relation, 1);
    relation->nested = relation->containing = relation->disjoint = TRUE;
    relation->pairs = g_array_new (FALSE, FALSE, sizeof (guint));
    g_hash_table_insert (relations, g_steal_pointer (&name), relation);
  }
  return relation;
}

static void
relate (Joint *j, GHashTable *relations, guint a, guint b)
{
  const Cell *one = &j->cells[a], *other = &j->cells[b];
  Relation *relation = relation_of (relations, one->indicator, other->indicator);

  if (one->n != other->n)
    return;
  relation->nested &= one->x <= other->x;
  relation->containing &= one->x >= other->x;
  relation->disjoint &= one->x + other->x <= one->n;
  g_array_append_val (relation->pairs, j->rows[a]);
  g_array_append_val (relation->pairs, j->rows[b]);
}

static void
add_relation (Joint *j, const Relation *relation)
{
  for (guint i = 0; i + 1 < relation->pairs->len; i += 2) {
    guint a = g_array_index (relation->pairs, guint, i), b = g_array_index (relation->pairs, guint, i + 1);

    if (relation->nested)
      disclosure_order (j->d, a, b);
    if (relation->containing)
      disclosure_order (j->d, b, a);
    if (relation->disjoint)
      disclosure_disjoint (j->d, a, b);
  }
}

static void
add_pairs (Joint *j, guint first, guint end)
{
  g_autoptr (GHashTable) same = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  g_autoptr (GHashTable) relations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, relation_free);
  GHashTableIter iter;
  gpointer value = NULL;

  for (guint i = first; i < end; i++) {
    const Cell *cell = &j->cells[i];
    g_autofree char *name = g_strjoin ("|", cell->counted, cell->unit, cell->stratum, NULL);
    GArray *others = g_hash_table_lookup (same, name);

    if (others == NULL) {
      others = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (same, g_steal_pointer (&name), others);
    }
    for (guint k = 0; k < others->len; k++)
      relate (j, relations, g_array_index (others, guint, k), i);
    g_array_append_val (others, i);
  }
  g_hash_table_iter_init (&iter, relations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    add_relation (j, value);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const Cell *
find_cell (const Joint *j, guint n_cells, guint64 row)
{
  guint i = 0;

  while (i + 1 < n_cells && j->rows[i] != row)
    i++;
  return &j->cells[i];
}

static gboolean
protect (Joint *j, Cell cells[], guint n_cells, DisclosureReport *out, GError **error)
{
  add_rows (j, n_cells);
  for (guint first = 0, end = 0; first < n_cells; first = end) {
    for (end = first; end < n_cells && cells[end].release == cells[first].release;)
      end++;
    add_sums (j, first, end);
    add_pairs (j, first, end);
  }
  if (!disclosure_protect (j->d, out, error)) {
    const Cell *cell = find_cell (j, n_cells, out->unsafe);

    g_prefix_error (error, "cannot publish %s of %s: %s of %s, stratum %s: ", cells[0].feed, cells[0].period,
                    cell->indicator, cell->unit, cell->stratum);
    return FALSE;
  }
  for (guint i = 0; i < n_cells; i++)
    if (cells[i].release == 0) {
      cells[i].x_shown = disclosure_x_shown (j->d, j->rows[i]);
      cells[i].n_shown = disclosure_n_shown (j->d, j->rows[i]);
    }
  return TRUE;
}

/* A school has its grades: what schools and what strata show would have to be audited as one table of schools by
 * strata. */
static gboolean
check_kinds (const Cell cells[], guint n_cells, GError **error)
{
  const Cell *school = NULL, *stratum = NULL;

  for (guint i = 0; i < n_cells; i++) {
    if (strcmp (cells[i].unit, cells[i].district) != 0)
      school = &cells[i];
    if (strcmp (cells[i].stratum, ALL) != 0)
      stratum = &cells[i];
  }
  if (school == NULL || stratum == NULL)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW,
               "cannot publish %s of %s: release %" G_GINT64_FORMAT
               " shows it by %s, and schools beside grades or sexes are not audited",
               cells[0].feed, cells[0].period, school->release > 0 ? school->release : stratum->release,
               school->release > 0 ? "school" : "grade or sex");
  return FALSE;
}

gboolean
joint_protect (Cell cells[], guint n_cells, const DisclosureRules *rules, DisclosureReport *out, GError **error)
{
  g_autoptr (Disclosure) d = disclosure_new (rules);
  g_autofree guint *rows = g_new0 (guint, n_cells);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Joint joint = { d, cells, rows, known, owners };

  return check_kinds (cells, n_cells, error) && protect (&joint, cells, n_cells, out, error);
}
