#include "simulate/damage.h"

#include "simulate/draw.h"

#include <math.h>
#include <string.h>

#define LINE_TRIES 2000

typedef enum {
  KIND_OVER,
  KIND_NEGATIVE,
  KIND_FRACTION,
  KIND_TEXT,
  KIND_TYPO,
  KIND_DUPLICATE,
  KIND_FUTURE,
  KIND_TARGET,
  KIND_STAGE,
  KIND_DATE,
  KIND_TOTAL,
  KIND_STARTLING
} Kind;

/* What each kind does and which rule sees it. */
static const struct {
  const char *rule;
  const char *what;
} kinds[] = {
  [KIND_OVER] = { "R-EXCEEDS", "numerator above denominator" },
  [KIND_NEGATIVE] = { "R-NEGATIVE", "negative count" },
  [KIND_FRACTION] = { "R-FRACTION", "fractional count" },
  [KIND_TEXT] = { "R-NUMBER", "words in a number" },
  [KIND_TYPO] = { "R-SCHOOL-UNKNOWN", "mistyped school code" },
  [KIND_DUPLICATE] = { "R-DUPLICATE-KEY", "the same line twice" },
  [KIND_FUTURE] = { "R-PERIOD-FUTURE", "period in the future" },
  [KIND_TARGET] = { "R-VALUE", "unknown target" },
  [KIND_STAGE] = { "R-VALUE", "unknown stage" },
  [KIND_DATE] = { "R-DATE", "date that does not exist" },
  [KIND_TOTAL] = { "R-TOTAL", "total that differs from its sum" },
  [KIND_STARTLING] = { "R-PLAUSIBLE", "plausible but startling" },
};

typedef struct {
  const char *feed;
  guint district;
  const char *when;
  Kind kind;
  const char *column; /* canonical */
  guint lines;        /* 0: a quarter of the file, more than a feed bears */
} Plan;

#define CITY SIM_DISTRICTS

static const Plan plans[] = {
  { "schools", 9, "", KIND_STAGE, "stage", 1 },
  { "schools", 12, "", KIND_DATE, "valid_from", 1 },
  { "myopia", 1, "2021-spring", KIND_OVER, "myopic", 2 },
  { "myopia", 1, "2021-spring", KIND_NEGATIVE, "myopic", 1 },
  { "myopia", 1, "2021-spring", KIND_TEXT, "examined", 1 },
  { "myopia", 0, "2020-autumn", KIND_TYPO, "school_code", 3 },
  { "myopia", 8, "2019-autumn", KIND_FUTURE, "period", 2 },
  { "myopia", 11, "2021-autumn", KIND_OVER, "myopic", 1 },
  { "myopia", 9, "2022-autumn", KIND_DUPLICATE, "school_code", 2 },
  { "myopia", 4, "2019-spring", KIND_TOTAL, "examined", 1 },
  { "weight", 3, "2020-autumn", KIND_FRACTION, "overweight", 2 },
  { "weight", 3, "2020-autumn", KIND_DUPLICATE, "school_code", 1 },
  { "weight", 7, "2020-autumn", KIND_OVER, "overweight", 2 },
  { "places", 0, "2020-autumn", KIND_STARTLING, "places", 2 },
  { "places", 6, "2021", KIND_TEXT, "enrolled", 2 },
  { "places", 6, "2021", KIND_FRACTION, "places", 1 },
  { "places", 10, "2020-autumn", KIND_TEXT, "enrolled", 0 },
  { "after_school", 4, "2022-spring", KIND_OVER, "served", 2 },
  { "after_school", 12, "2022-autumn", KIND_NEGATIVE, "willing", 1 },
  { "tally", CITY, "2022-05", KIND_NEGATIVE, "count", 1 },
  { "tally", CITY, "2022-08", KIND_TARGET, "target", 1 },
};

void
sim_damage_free (gpointer data)
{
  SimDamage *damage = data;

  g_free (damage->file);
  g_free (damage->value);
  g_free (damage);
}

static void
log_damage (GPtrArray *log, const char *file, const SimRow *row, guint line, const char *rule, const char *column,
            const char *value, const char *what)
{
  SimDamage *damage = g_new0 (SimDamage, 1);

  damage->file = g_strdup (file);
  damage->row = row;
  damage->line = line;
  damage->rule = rule;
  damage->column = column;
  damage->value = g_strdup (value);
  damage->what = what;
  g_ptr_array_add (log, damage);
}

static const SimCell *
cell_at (const SimRow *row, guint column)
{
  return &g_array_index (row->cells, SimCell, column);
}

static SimRow *
row_at (const SimSheet *sheet, guint i)
{
  return g_ptr_array_index (sheet->rows, i);
}

/* The measure's cell in @row: in a long file the only one, in a wide file that of a random group that is there. */
static int
measure_cell (const SimExport *file, const SimRow *row, const char *column, gsl_rng *rng)
{
  int found = -1;
  guint seen = 0;

  for (guint c = 0; c < row->cells->len; c++) {
    const SimCell *cell = cell_at (row, c);

    if (cell->measure == SIM_NO_MEASURE || !g_str_equal (sim_measure (file->feed, (guint)cell->measure), column))
      continue;
    if (draw_below (rng, ++seen) == 0)
      found = (int)c;
  }
  return found;
}

static double
measure_number (const SimRow *row, guint group, guint measure)
{
  for (guint c = 0; c < row->cells->len; c++)
    if (cell_at (row, c)->measure == (int)measure && cell_at (row, c)->group == group)
      return cell_at (row, c)->number;
  return 0.0;
}

/* What the numerators of a feed may not exceed: the measure before them, or the first one. */
static guint
limit_measure (const SimExport *file)
{
  return g_str_equal (file->feed, "after_school") ? 1 : 0;
}

/* The wrong text for a counted cell. */
static char *
wrong_count (const SimExport *file, const SimRow *row, const SimCell *cell, Kind kind)
{
  switch (kind) {
  case KIND_OVER:
    return g_strdup_printf ("%.0f", measure_number (row, cell->group, limit_measure (file)) + 7.0);
  case KIND_NEGATIVE:
    return g_strdup_printf ("-%.0f", MAX (cell->number, 1.0));
  case KIND_FRACTION:
    return g_strdup_printf ("%.0f.5", cell->number);
  default:
    return g_strdup_printf ("约%.0f", cell->number);
  }
}

/* Codes of a district lie at least three apart, so the next number is nobody's. */
static char *
next_code (const char *code)
{
  return g_strdup_printf ("%.6s%04u", code, (guint)g_ascii_strtoull (code + 6, NULL, 10) + 1);
}

static guint
column_of (const SimExport *file, const char *column)
{
  int c = sim_sheet_find (file->sheet, sim_header (file->style, file->feed, column));

  g_assert (c >= 0);
  return (guint)c;
}

static gboolean
spoil_count (SimExport *file, guint i, const Plan *plan, gsl_rng *rng, GPtrArray *log)
{
  SimRow *row = row_at (file->sheet, i);
  int c = measure_cell (file, row, plan->column, rng);
  g_autofree char *text = NULL;

  if (c < 0)
    return FALSE;
  text = wrong_count (file, row, cell_at (row, (guint)c), plan->kind);
  row->lost |= G_GUINT64_CONSTANT (1) << cell_at (row, (guint)c)->group;
  sim_sheet_set_text (file->sheet, i, (guint)c, text);
  log_damage (log, file->name, row, 0, kinds[plan->kind].rule, plan->column, text, kinds[plan->kind].what);
  return TRUE;
}

static void
spoil_text (SimExport *file, guint i, const Plan *plan, const char *text, GPtrArray *log)
{
  SimRow *row = row_at (file->sheet, i);

  row->lost = G_MAXUINT64;
  sim_sheet_set_text (file->sheet, i, column_of (file, plan->column), text);
  log_damage (log, file->name, row, 0, kinds[plan->kind].rule, plan->column, text, kinds[plan->kind].what);
}

/* A school that stands in no other line: what is lost with it, nobody misses. */
static void
add_register_line (SimExport *file, guint i, const Plan *plan, const char *text, GPtrArray *log)
{
  SimRow *row = sim_sheet_copy_row (file->sheet, i);
  guint c = column_of (file, "school_code");
  g_autofree char *code = next_code (cell_at (row, c)->text);

  sim_sheet_set_text (file->sheet, i + 1, c, code);
  spoil_text (file, i + 1, plan, text, log);
}

static void
repeat_line (SimExport *file, guint i, const Plan *plan, GPtrArray *log)
{
  SimRow *row = sim_sheet_copy_row (file->sheet, i);

  row->lost = G_MAXUINT64;
  log_damage (log, file->name, row, 0, kinds[plan->kind].rule, plan->column,
              cell_at (row, column_of (file, plan->column))->text, kinds[plan->kind].what);
}

static void
spoil_total (SimExport *file, guint i, const Plan *plan, GPtrArray *log)
{
  SimRow *row = row_at (file->sheet, i);
  int c = sim_sheet_find (file->sheet, "合计检查人数");
  double sum = 0.0;
  g_autofree char *text = NULL;

  g_assert (c >= 0);
  for (guint k = 0; k < row->cells->len; k++)
    sum += cell_at (row, k)->measure == 0 ? cell_at (row, k)->number : 0.0;
  text = g_strdup_printf ("%.0f", sum + 10.0);
  row->lost = G_MAXUINT64; /* total or part: nobody can say which is wrong */
  sim_sheet_set_text (file->sheet, i, (guint)c, text);
  log_damage (log, file->name, row, 0, kinds[plan->kind].rule, plan->column, text, kinds[plan->kind].what);
}

/* A third of the places that there are pupils: loaded, but somebody has to say that it is so. */
static gboolean
startle (SimExport *file, guint i, const Plan *plan, gsl_rng *rng, GPtrArray *log)
{
  SimRow *row = row_at (file->sheet, i);
  int c = measure_cell (file, row, plan->column, rng);
  double pupils = measure_number (row, 0, 1);
  g_autofree char *text = NULL;

  if (c < 0 || pupils < 200.0)
    return FALSE;
  g_array_index (row->cells, SimCell, c).number = floor (pupils / 3.0);
  text = g_strdup_printf ("%.0f", floor (pupils / 3.0));
  sim_sheet_set_text (file->sheet, i, (guint)c, text);
  log_damage (log, file->name, row, 0, kinds[plan->kind].rule, plan->column, text, kinds[plan->kind].what);
  return TRUE;
}

static gboolean
spoil_line (SimExport *file, guint i, const Plan *plan, gsl_rng *rng, GPtrArray *log)
{
  const SimRow *row = row_at (file->sheet, i);
  g_autofree char *code = NULL;

  switch (plan->kind) {
  case KIND_TYPO:
    code = next_code (cell_at (row, column_of (file, plan->column))->text);
    spoil_text (file, i, plan, code, log);
    return TRUE;
  case KIND_FUTURE:
    spoil_text (file, i, plan, "2032年秋季学期", log);
    return TRUE;
  case KIND_TARGET:
    spoil_text (file, i, plan, "党建标兵校", log);
    return TRUE;
  case KIND_STAGE:
    add_register_line (file, i, plan, "小学部", log);
    return TRUE;
  case KIND_DATE:
    add_register_line (file, i, plan, "2019/2/30", log);
    return TRUE;
  case KIND_DUPLICATE:
    repeat_line (file, i, plan, log);
    return TRUE;
  case KIND_TOTAL:
    spoil_total (file, i, plan, log);
    return TRUE;
  case KIND_STARTLING:
    return startle (file, i, plan, rng, log);
  default:
    return spoil_count (file, i, plan, rng, log);
  }
}

static void
spoil (SimExport *file, const Plan *plan, gsl_rng *rng, GPtrArray *log)
{
  guint first = sim_sheet_first_data (file->sheet);
  guint lines = plan->lines > 0 ? plan->lines : sim_sheet_data_rows (file->sheet) / 4;

  for (guint tries = 0; lines > 0 && tries < LINE_TRIES; tries++) {
    guint i = first + draw_below (rng, sim_sheet_data_rows (file->sheet));

    if (row_at (file->sheet, i)->lost == 0 && spoil_line (file, i, plan, rng, log))
      lines--;
  }
}

SimFate
sim_damage_rows (SimExport *file, guint64 seed, GPtrArray *log)
{
  SimFate fate = SIM_LOADED;

  for (guint p = 0; p < G_N_ELEMENTS (plans); p++) {
    g_autoptr (gsl_rng) rng = NULL;

    if (!g_str_equal (plans[p].feed, file->feed) || plans[p].district != file->district
        || !g_str_equal (plans[p].when, file->when))
      continue;
    rng = draw_stream (seed, "damage", p, 0);
    spoil (file, &plans[p], rng, log);
    if (plans[p].lines == 0) {
      log_damage (log, file->name, NULL, 0, "R-LIMIT", "", "", "more bad lines than the feed bears");
      fate = SIM_REFUSED;
    }
  }
  return fate;
}

void
sim_damage_lines (const SimExport *file, GPtrArray *log)
{
  g_autoptr (GHashTable) lines = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < file->sheet->rows->len; i++)
    g_hash_table_insert (lines, row_at (file->sheet, i), GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < log->len; i++) {
    SimDamage *damage = g_ptr_array_index (log, i);

    if (damage->row == NULL)
      continue;
    damage->line = GPOINTER_TO_UINT (g_hash_table_lookup (lines, damage->row));
    damage->row = NULL;
  }
}
