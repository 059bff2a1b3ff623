#include "reading.h"

#include <stdlib.h>
#include <string.h>

#define NO_COUNT -1

typedef struct {
  guint64 group; /* hash of the key without grade and sex */
  guint ordinal;
  guint line;
  guint row;
  guint8 pattern;    /* bit 0: grade is all, bit 1: sex is all */
  const char *grade; /* interned in texts, so that equal ones are the same pointer */
  const char *sex;
  const char *unit;
  const char *district_code;
  int year;
} TotalRow;

struct _Totals {
  GArray *rows;        /* TotalRow */
  GArray *counts;      /* gint64, n_counts for each row; NO_COUNT where nothing stands */
  GArray *columns;     /* guint: columns of the feed that are counts */
  GHashTable *damaged; /* groups, some of whose rows were refused */
  GStringChunk *texts;
};

Totals *
totals_new (const Reading *r)
{
  Totals *t = g_new0 (Totals, 1);

  t->rows = g_array_new (FALSE, FALSE, sizeof (TotalRow));
  t->counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  t->columns = g_array_new (FALSE, FALSE, sizeof (guint));
  t->damaged = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  t->texts = g_string_chunk_new (4096);
  for (guint i = 0; i < r->n_columns; i++)
    if (reading_column (r, i)->type == TYPE_COUNT)
      g_array_append_val (t->columns, i);
  return t;
}

void
totals_free (Totals *totals)
{
  if (totals == NULL)
    return;
  g_array_unref (totals->rows);
  g_array_unref (totals->counts);
  g_array_unref (totals->columns);
  g_hash_table_unref (totals->damaged);
  g_string_chunk_free (totals->texts);
  g_free (totals);
}

static guint64
group_of (const Reading *r, const Cell *cells)
{
  guint64 hash = 1;

  for (guint i = 0; i < r->n_columns; i++)
    if (reading_column (r, i)->key && i != r->grade_column && i != r->sex_column && cells[i].verdict == CELL_OK)
      hash = cells[i].text != NULL ? hash_bytes (hash, cells[i].text, cells[i].length)
                                   : hash_bytes (hash, &cells[i].as, sizeof cells[i].as);
  return hash;
}

static const char *
keep (Totals *t, const Cell *cells, guint column)
{
  return column == READING_NONE || cells[column].text == NULL
             ? ""
             : g_string_chunk_insert_const (t->texts, cells[column].text);
}

void
totals_add (Totals *totals, const Reading *r, guint slot)
{
  const Cell *cells = reading_cells (r, slot);
  TotalRow row = { .group = group_of (r, cells),
                   .ordinal = r->ordinal,
                   .line = r->record->line,
                   .row = r->record->row,
                   .grade = keep (totals, cells, r->grade_column),
                   .sex = keep (totals, cells, r->sex_column),
                   .unit = keep (totals, cells, r->unit_column),
                   .year = r->place.year };

  row.district_code
      = r->place.district_code != NULL ? g_string_chunk_insert_const (totals->texts, r->place.district_code) : "";
  row.pattern = (guint8)((strcmp (row.grade, "all") == 0 ? 1 : 0) | (strcmp (row.sex, "all") == 0 ? 2 : 0));
  g_array_append_val (totals->rows, row);
  for (guint i = 0; i < totals->columns->len; i++) {
    const Cell *cell = &cells[g_array_index (totals->columns, guint, i)];
    gint64 count = cell->verdict == CELL_OK ? cell->as.count : NO_COUNT;

    g_array_append_val (totals->counts, count);
  }
}

void
totals_damage (Totals *totals, const Reading *r, guint slot)
{
  guint64 group = group_of (r, reading_cells (r, slot));

  g_hash_table_add (totals->damaged, g_memdup2 (&group, sizeof group));
}

/* ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  Totals *totals;
  Reading *r;
  const guint *rows; /* indices of the group's rows */
  guint n;
  gboolean damaged;
} Group;

static const TotalRow *
row_at (const Group *g, guint i)
{
  return &g_array_index (g->totals->rows, TotalRow, g->rows[i]);
}

static gint64
count_at (const Group *g, guint i, guint count)
{
  return g_array_index (g->totals->counts, gint64, (gsize)g->rows[i] * g->totals->columns->len + count);
}

/* Whether @wide is for all of something of which @narrow is one. */
static gboolean
covers (const TotalRow *wide, const TotalRow *narrow)
{
  return (wide->pattern & narrow->pattern) == narrow->pattern && wide->pattern != narrow->pattern
         && ((wide->pattern & 1) != 0 || wide->grade == narrow->grade)
         && ((wide->pattern & 2) != 0 || wide->sex == narrow->sex);
}

static gboolean
is_leaf (const Group *g, guint i)
{
  for (guint k = 0; k < g->n; k++)
    if (covers (row_at (g, i), row_at (g, k)))
      return FALSE;
  return TRUE;
}

static gboolean
has_leaf (const Group *g, const gboolean leaf[], guint pattern)
{
  for (guint i = 0; i < g->n; i++)
    if (leaf[i] && row_at (g, i)->pattern == pattern)
      return TRUE;
  return FALSE;
}

/* Sum of the leaves that @i covers (all leaves where @margin); FALSE when one of them has nothing there. */
static gboolean
sum_leaves (const Group *g, const gboolean leaf[], guint i, guint count, gboolean margin, gint64 *sum)
{
  *sum = 0;
  for (guint k = 0; k < g->n; k++) {
    if (!leaf[k] || !(margin || covers (row_at (g, i), row_at (g, k))))
      continue;
    if (count_at (g, k, count) == NO_COUNT)
      return FALSE;
    *sum += count_at (g, k, count);
  }
  return TRUE;
}

static void
withdraw (const Group *g, guint i)
{
  g_array_append_val (g->r->out->withdrawn, row_at (g, i)->ordinal);
}

/* Which of the numbers is wrong, total or part, nobody can say from here. */
static void
hold_back (const Group *g, const gboolean leaf[], guint i, gboolean margin, gboolean bad)
{
  for (guint k = 0; k < g->n; k++) {
    if (!leaf[k] || !(margin || covers (row_at (g, i), row_at (g, k))))
      continue;
    if (bad)
      withdraw (g, k);
    else
      g_array_append_val (g->r->out->provisional, row_at (g, k)->ordinal);
    g->r->out->rows_rejected += bad;
  }
}

static void
report (const Group *g, guint i, guint count, gint64 value, gint64 sum, gboolean *bad, gboolean *doubtful)
{
  const TotalRow *row = row_at (g, i);
  guint column = g_array_index (g->totals->columns, guint, count), file_column = g->r->layout->plain[column];
  Reading *r = g->r;
  g_auto (Fault) fault = { .line = row->line, .row = row->row };

  r->place = (RejectPlace){ row->unit, row->district_code, row->year };
  fault_text (&fault.expected, "%" G_GINT64_FORMAT, sum);
  fault.value = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  fault.column_name = g_strdup (reading_column (r, column)->column_name);
  if (file_column != HEADER_NONE) {
    fault.column_no = file_column + 1;
    fault.header = g_strdup (r->layout->headers[file_column]);
  }
  if (r->rules->total->severity == SEVERITY_REFUSE)
    *bad = TRUE;
  else
    *doubtful = TRUE;
  rejects_add (r->out->rejects, r->rules->total, r->file, r->feed, &r->place, &fault);
}

/* Compares total @i in each count, and holds back what it covers when they differ. */
static void
compare (const Group *g, const gboolean leaf[], guint i, gboolean margin, const gint64 own[])
{
  gboolean bad = FALSE, doubtful = FALSE;
  gint64 sum = 0;

  g->r->out->total_rows++;
  if (g->damaged)
    return;
  for (guint c = 0; c < g->totals->columns->len; c++)
    if (own[c] != NO_COUNT && sum_leaves (g, leaf, i, c, margin, &sum) && sum != own[c])
      report (g, i, c, own[c], sum, &bad, &doubtful);
  g->r->out->rows_rejected += bad;
  if (bad || doubtful)
    hold_back (g, leaf, i, margin, bad);
}

/* Rows for each sex over all grades beside rows for each grade over both sexes: neither covers the other, and to load
   both would count every child twice. The grades stay; the sexes' sum is compared with theirs. */
static void
resolve_margin (const Group *g, gboolean leaf[])
{
  gint64 *sums = g_new0 (gint64, g->totals->columns->len);
  guint first = READING_NONE;

  for (guint i = 0; i < g->n; i++) {
    if (!leaf[i] || row_at (g, i)->pattern != 1)
      continue;
    for (guint c = 0; c < g->totals->columns->len; c++)
      sums[c] = sums[c] == NO_COUNT || count_at (g, i, c) == NO_COUNT ? NO_COUNT : sums[c] + count_at (g, i, c);
    leaf[i] = FALSE;
    withdraw (g, i);
    if (first == READING_NONE)
      first = i;
    else
      g->r->out->total_rows++;
  }
  compare (g, leaf, first, TRUE, sums);
  g_free (sums);
}

static void
resolve_group (const Group *g)
{
  g_autofree gboolean *leaf = g_new0 (gboolean, g->n);
  g_autofree gboolean *total = g_new0 (gboolean, g->n);

  for (guint i = 0; i < g->n; i++) {
    leaf[i] = is_leaf (g, i);
    total[i] = !leaf[i];
  }
  if (has_leaf (g, leaf, 1) && has_leaf (g, leaf, 2))
    resolve_margin (g, leaf);
  for (guint i = 0; i < g->n; i++) {
    g_autofree gint64 *own = NULL;

    if (!total[i])
      continue;
    own = g_new (gint64, g->totals->columns->len);
    for (guint c = 0; c < g->totals->columns->len; c++)
      own[c] = count_at (g, i, c);
    withdraw (g, i);
    compare (g, leaf, i, FALSE, own);
  }
}

static int
compare_groups (gconstpointer a, gconstpointer b, gpointer data)
{
  const Totals *t = data;
  guint left = *(const guint *)a, right = *(const guint *)b;
  guint64 x = g_array_index (t->rows, TotalRow, left).group, y = g_array_index (t->rows, TotalRow, right).group;

  return x != y ? (x > y) - (x < y) : (left > right) - (left < right);
}

static gboolean
is_damaged (const Totals *t, const GHashTable *withdrawn, const guint *rows, guint n)
{
  guint64 group = g_array_index (t->rows, TotalRow, rows[0]).group;

  if (g_hash_table_contains (t->damaged, &group))
    return TRUE;
  for (guint i = 0; i < n; i++)
    if (g_hash_table_contains ((GHashTable *)(gsize)withdrawn,
                               GUINT_TO_POINTER (g_array_index (t->rows, TotalRow, rows[i]).ordinal)))
      return TRUE;
  return FALSE;
}

void
totals_resolve (Totals *totals, Reading *r)
{
  guint n = totals->rows->len;
  g_autofree guint *order = g_new (guint, MAX (n, 1));
  g_autoptr (GHashTable) withdrawn = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < r->out->withdrawn->len; i++)
    g_hash_table_add (withdrawn, GUINT_TO_POINTER (g_array_index (r->out->withdrawn, guint, i)));
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (gint)n, sizeof *order, compare_groups, totals);
  for (guint begin = 0, end = 0; begin < n; begin = end) {
    while (end < n
           && g_array_index (totals->rows, TotalRow, order[end]).group
                  == g_array_index (totals->rows, TotalRow, order[begin]).group)
      end++;
    resolve_group (
        &(Group){ totals, r, order + begin, end - begin, is_damaged (totals, withdrawn, order + begin, end - begin) });
  }
}
