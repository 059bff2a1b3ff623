#include "measure/fit_input.h"
#include "base/error.h"
#include "measure/table.h"
#include <math.h>
#include <string.h>

#define MAX_YEAR 1e6

/* --- what the user wrote
 * ---------------------------------------------------------------------------------------------- */

typedef struct {
  const char *indicator, *district;
  PanelRow row;
  guint line;
} Cell;

typedef struct {
  JudgeTarget target;
  guint line;
} PlanRow;

/* "panel.csv, line 7, column x: 12 is more than n = 10: …" */
G_GNUC_PRINTF (5, 6)
static gboolean
refuse (const Table *table, guint line, const char *column, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list ap;

  va_start (ap, format);
  what = g_strdup_vprintf (format, ap);
  va_end (ap);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot use %s, line %u, column %s: %s", table->name, line,
               column, what);
  return FALSE;
}

/* Where the columns of a table stand; -1 for an optional one that is not there. */
static gboolean
find_columns (const Table *table, const char *const names[], guint n, guint required, int place[], GError **error)
{
  for (guint i = 0; i < n; i++) {
    place[i] = table_column (table, names[i]);
    if (place[i] < 0 && i < required) {
      g_autofree char *found = g_strjoinv (", ", table->header);

      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT,
                   "cannot use %s, line 1: column %s is missing; found %s: name it in the header", table->name,
                   names[i], found);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
parse_number (const char *text, double *out)
{
  char *end = NULL;

  *out = g_ascii_strtod (text, &end);
  return *text != '\0' && *end == '\0' && strspn (text, "0123456789+-.eE") == strlen (text) && isfinite (*out);
}

static gboolean
read_number (const Table *table, const TableRow *row, int column, double *out, GError **error)
{
  if (parse_number (row->field[column], out))
    return TRUE;
  return refuse (table, row->line, table->header[column], error, "'%s' is no number: write digits with a decimal point",
                 row->field[column]);
}

static gboolean
read_name (const Table *table, const TableRow *row, int column, const char **out, GError **error)
{
  *out = row->field[column];
  if (**out != '\0')
    return TRUE;
  return refuse (table, row->line, table->header[column], error, "empty: every row needs one");
}

static gboolean
read_time (const Table *table, const TableRow *row, int column, double *out, GError **error)
{
  if (!read_number (table, row, column, out, error))
    return FALSE;
  if (fabs (*out) <= MAX_YEAR)
    return TRUE;
  return refuse (table, row->line, table->header[column], error, "%s is no time in years", row->field[column]);
}

/* --- plan
 * -------------------------------------------------------------------------------------------------------------- */

enum {
  PLAN_INDICATOR,
  PLAN_GOOD,
  PLAN_KIND,
  PLAN_VALUE,
  PLAN_BASELINE_T,
  PLAN_DEADLINE_T,
  PLAN_GROWTH_FROM_T,
  PLAN_BASIS
};
static const char *const plan_columns[]
    = { "indicator", "good", "kind", "value", "baseline_t", "deadline_t", "growth_from_t", "increment_basis" };
#define PLAN_REQUIRED PLAN_GROWTH_FROM_T

static char *
join_words (const char *const words[])
{
  GString *out = g_string_new (words[0]);

  for (guint i = 1; words[i] != NULL; i++)
    g_string_append_printf (out, ", %s", words[i]);
  return g_string_free (out, FALSE);
}

static gboolean
read_word (const Table *table, const TableRow *row, int column, const char *const words[], guint *out, GError **error)
{
  g_autofree char *list = NULL;

  for (*out = 0; words[*out] != NULL; (*out)++)
    if (strcmp (words[*out], row->field[column]) == 0)
      return TRUE;
  list = join_words (words);
  return refuse (table, row->line, table->header[column], error, "'%s' is none of %s", row->field[column], list);
}

static gboolean
read_growth (const Table *table, const TableRow *row, const int place[], JudgeTarget *out, GError **error)
{
  static const char *const bases[] = { "arithmetic", "geometric", NULL };
  guint basis = 0;

  if (place[PLAN_GROWTH_FROM_T] < 0)
    return refuse (table, row->line, "kind", error,
                   "growth_cut needs a column growth_from_t: when the baseline growth starts");
  if (!read_time (table, row, place[PLAN_GROWTH_FROM_T], &out->growth_from_t, error))
    return FALSE;
  if (out->growth_from_t >= out->baseline_t)
    return refuse (table, row->line, "growth_from_t", error, "%s is not before baseline_t %s",
                   row->field[place[PLAN_GROWTH_FROM_T]], row->field[place[PLAN_BASELINE_T]]);
  if (place[PLAN_BASIS] >= 0 && !read_word (table, row, place[PLAN_BASIS], bases, &basis, error))
    return FALSE;
  out->geometric = basis == 1;
  out->trend_from_t = out->baseline_t; /* the growth to be cut must not enter the growth that is judged */
  return TRUE;
}

static gboolean
read_plan_row (const Table *table, const TableRow *row, const int place[], JudgeTarget *out, GError **error)
{
  static const char *const goods[] = { "up", "down", NULL };
  static const char *const kinds[] = { "level", "change", "slope", "growth_cut", NULL };
  guint good = 0, kind = 0;

  *out = (JudgeTarget){ .baseline_pct = NAN, .growth_from_t = NAN, .trend_from_t = -INFINITY };
  if (!read_name (table, row, place[PLAN_INDICATOR], &out->indicator, error)
      || !read_word (table, row, place[PLAN_GOOD], goods, &good, error)
      || !read_word (table, row, place[PLAN_KIND], kinds, &kind, error)
      || !read_number (table, row, place[PLAN_VALUE], &out->value, error)
      || !read_time (table, row, place[PLAN_BASELINE_T], &out->baseline_t, error)
      || !read_time (table, row, place[PLAN_DEADLINE_T], &out->deadline_t, error))
    return FALSE;
  out->good_is_up = good == 0;
  out->kind = (JudgeKind)kind;
  if (fabs (out->value) > 100 || (out->value < 0 && (out->kind == JUDGE_LEVEL || out->kind == JUDGE_GROWTH_CUT)))
    return refuse (table, row->line, "value", error,
                   "%s is out of range: levels and cuts are percent from 0 to 100, changes points from -100 to 100",
                   row->field[place[PLAN_VALUE]]);
  if (out->deadline_t <= out->baseline_t)
    return refuse (table, row->line, "deadline_t", error, "%s is not after baseline_t %s",
                   row->field[place[PLAN_DEADLINE_T]], row->field[place[PLAN_BASELINE_T]]);
  return out->kind != JUDGE_GROWTH_CUT || read_growth (table, row, place, out, error);
}

static GArray *
read_plan (const Table *table, GError **error)
{
  g_autoptr (GArray) plan = g_array_new (FALSE, FALSE, sizeof (PlanRow));
  int place[G_N_ELEMENTS (plan_columns)];

  if (!find_columns (table, plan_columns, G_N_ELEMENTS (plan_columns), PLAN_REQUIRED, place, error))
    return NULL;
  for (guint i = 0; i < table->rows->len; i++) {
    const TableRow *row = table->rows->pdata[i];
    PlanRow read = { .line = row->line };

    if (!read_plan_row (table, row, place, &read.target, error))
      return NULL;
    for (guint j = 0; j < plan->len; j++)
      if (strcmp (g_array_index (plan, PlanRow, j).target.indicator, read.target.indicator) == 0) {
        refuse (table, row->line, "indicator", error, "%s stands in line %u already: keep one", read.target.indicator,
                g_array_index (plan, PlanRow, j).line);
        return NULL;
      }
    g_array_append_val (plan, read);
  }
  return g_steal_pointer (&plan);
}

/* --- panel
 * ------------------------------------------------------------------------------------------------------------- */

enum { PANEL_INDICATOR, PANEL_DISTRICT, PANEL_SCHOOL, PANEL_STRATUM, PANEL_T, PANEL_N, PANEL_X, PANEL_COLUMNS };
static const char *const panel_columns[] = { "indicator", "district", "school", "stratum", "t", "n", "x" };

static gboolean
read_count (const Table *table, const TableRow *row, int column, double *out, GError **error)
{
  if (!read_number (table, row, column, out, error))
    return FALSE;
  if (*out >= 0 && *out <= 9007199254740992.0 && floor (*out) == *out)
    return TRUE;
  return refuse (table, row->line, table->header[column], error, "'%s' is no count: write a whole number from 0 up",
                 row->field[column]);
}

static gboolean
read_cell (const Table *table, const TableRow *row, const int place[], Cell *out, GError **error)
{
  if (!read_name (table, row, place[PANEL_INDICATOR], &out->indicator, error)
      || !read_name (table, row, place[PANEL_DISTRICT], &out->district, error)
      || !read_name (table, row, place[PANEL_SCHOOL], &out->row.school, error)
      || !read_time (table, row, place[PANEL_T], &out->row.t, error)
      || !read_count (table, row, place[PANEL_N], &out->row.n, error)
      || !read_count (table, row, place[PANEL_X], &out->row.x, error))
    return FALSE;
  out->row.stratum = row->field[place[PANEL_STRATUM]]; /* empty: no strata */
  out->line = row->line;
  if (out->row.x > out->row.n)
    return refuse (table, row->line, table->header[place[PANEL_X]], error,
                   "%s is more than n = %s: x counts some of the n", row->field[place[PANEL_X]],
                   row->field[place[PANEL_N]]);
  return TRUE;
}

static int
compare_cells (gconstpointer a, gconstpointer b)
{
  const Cell *x = a, *y = b;
  int order = strcmp (x->indicator, y->indicator);

  if (order == 0)
    order = strcmp (x->district, y->district);
  if (order == 0)
    order = strcmp (x->row.school, y->row.school);
  if (order == 0)
    order = strcmp (x->row.stratum, y->row.stratum);
  if (order == 0)
    order = (x->row.t > y->row.t) - (x->row.t < y->row.t);
  return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static gboolean
check_twice (const Table *table, const GArray *cells, GError **error)
{
  for (guint i = 1; i < cells->len; i++) {
    const Cell *a = &g_array_index (cells, Cell, i - 1), *b = &g_array_index (cells, Cell, i);
    Cell same = *b;

    same.line = a->line;
    if (compare_cells (a, &same) == 0)
      return refuse (table, b->line, "school", error,
                     "school %s, stratum '%s' at t = %g stands in line %u already: keep one", b->row.school,
                     b->row.stratum, b->row.t, a->line);
  }
  return TRUE;
}

static GArray *
read_panel (const Table *table, GError **error)
{
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  int place[PANEL_COLUMNS];

  if (!find_columns (table, panel_columns, PANEL_COLUMNS, PANEL_COLUMNS, place, error))
    return NULL;
  for (guint i = 0; i < table->rows->len; i++) {
    Cell cell;

    if (!read_cell (table, table->rows->pdata[i], place, &cell, error))
      return NULL;
    g_array_append_val (cells, cell);
  }
  g_array_sort (cells, compare_cells);
  return check_twice (table, cells, error) ? g_steal_pointer (&cells) : NULL;
}

/* --- panels by indicator and district
 * ----------------------------------------------------------------------------------- */

static void
panel_destroy (gpointer panel)
{
  panel_free (panel);
}

static void
areas_destroy (gpointer areas)
{
  g_array_unref (areas);
}

void
fit_input_free (FitInput *input)
{
  if (input == NULL)
    return;
  g_free (input->series);
  g_free (input->unplanned);
  g_clear_pointer (&input->areas, g_ptr_array_unref);
  g_clear_pointer (&input->panels, g_ptr_array_unref);
  table_free (input->plan_table);
  table_free (input->panel_table);
  g_free (input);
}

/* Cells @from to @until are one district's. */
static Panel *
district_panel (const GArray *cells, guint from, guint until, GError **error)
{
  g_autofree PanelRow *rows = g_new (PanelRow, until - from);

  for (guint i = from; i < until; i++)
    rows[i - from] = g_array_index (cells, Cell, i).row;
  return panel_new (rows, until - from, error);
}

static gboolean
series_fill (FitInput *input, JudgeSeries *series, const GArray *cells, GError **error)
{
  g_autoptr (GArray) areas = g_array_new (FALSE, FALSE, sizeof (JudgeArea));

  for (guint from = 0, until = 0; from < cells->len; from = until) {
    const Cell *first = &g_array_index (cells, Cell, from);
    Panel *panel = NULL;
    JudgeArea area = { .area = first->district };

    while (until < cells->len && strcmp (g_array_index (cells, Cell, until).indicator, first->indicator) == 0
           && strcmp (g_array_index (cells, Cell, until).district, first->district) == 0)
      until++;
    if (strcmp (first->indicator, series->target.indicator) != 0)
      continue;
    panel = district_panel (cells, from, until, error);
    if (panel == NULL)
      return FALSE;
    g_ptr_array_add (input->panels, panel);
    area.panel = panel;
    g_array_append_val (areas, area);
  }
  series->n_areas = areas->len;
  series->areas = (const JudgeArea *)(gpointer)areas->data;
  g_ptr_array_add (input->areas, g_steal_pointer (&areas));
  return TRUE;
}

static const PlanRow *
plan_row (const GArray *plan, const char *indicator)
{
  for (guint i = 0; i < plan->len; i++)
    if (strcmp (g_array_index (plan, PlanRow, i).target.indicator, indicator) == 0)
      return &g_array_index (plan, PlanRow, i);
  return NULL;
}

/* Refuses a panel of which nothing is planned; names what is not. */
static gboolean
check_planned (FitInput *input, const GArray *cells, const GArray *plan, GError **error)
{
  g_autoptr (GString) unplanned = g_string_new (NULL);
  gboolean any = cells->len == 0;

  for (guint i = 0; i < cells->len; i++) {
    const char *indicator = g_array_index (cells, Cell, i).indicator;

    if (i > 0 && strcmp (indicator, g_array_index (cells, Cell, i - 1).indicator) == 0)
      continue;
    if (plan_row (plan, indicator) != NULL)
      any = TRUE;
    else
      g_string_append_printf (unplanned, "%s%s", unplanned->len > 0 ? ", " : "", indicator);
  }
  if (!any)
    return refuse (input->panel_table, g_array_index (cells, Cell, 0).line, "indicator", error,
                   "no indicator has a row in %s: add one for %s", input->plan_table->name, unplanned->str);
  if (unplanned->len > 0)
    input->unplanned = g_string_free (g_steal_pointer (&unplanned), FALSE);
  return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* "0, 0.5, 1": the waves of @series with anybody examined. */
static char *
waves_list (const JudgeSeries *series, double wanted, gboolean *found)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  GString *out = g_string_new (NULL);

  *found = FALSE;
  for (guint a = 0; a < series->n_areas; a++)
    for (guint k = 0; k < series->areas[a].panel->K; k++)
      for (guint s = 0; s < series->areas[a].panel->m; s++)
        for (guint l = 0; l < series->areas[a].panel->L; l++)
          if (panel_n (series->areas[a].panel, s, k, l) > 0) {
            g_array_append_val (times, series->areas[a].panel->t[k]);
            s = series->areas[a].panel->m - 1;
            break;
          }
  g_array_sort (times, compare_doubles);
  for (guint i = 0; i < times->len; i++) {
    double t = g_array_index (times, double, i);

    *found |= fabs (t - wanted) <= 1e-9;
    if (i == 0 || t > g_array_index (times, double, i - 1))
      g_string_append_printf (out, "%s%.10g", out->len > 0 ? ", " : "", t);
  }
  return g_string_free (out, FALSE);
}

static gboolean
check_wave (const Table *plan_table, const PlanRow *row, const JudgeSeries *series, const char *column, double t,
            GError **error)
{
  gboolean found = FALSE;
  g_autofree char *waves = waves_list (series, t, &found);

  if (found)
    return TRUE;
  return refuse (plan_table, row->line, column, error, "nobody was examined for %s at %.10g: write one of %s",
                 row->target.indicator, t, waves);
}

static gboolean
input_fill (FitInput *input, const GArray *plan, const GArray *cells, GError **error)
{
  input->series = g_new0 (JudgeSeries, plan->len + 1);
  input->areas = g_ptr_array_new_with_free_func (areas_destroy);
  input->panels = g_ptr_array_new_with_free_func (panel_destroy);
  for (guint i = 0; i < plan->len; i++) {
    const PlanRow *row = &g_array_index (plan, PlanRow, i);
    JudgeSeries *series = &input->series[input->n++];

    series->target = row->target;
    if (!series_fill (input, series, cells, error))
      return FALSE;
    if (series->n_areas == 0) { /* planned, but nothing was measured */
      input->n--;
      continue;
    }
    if (!check_wave (input->plan_table, row, series, "baseline_t", row->target.baseline_t, error)
        || (row->target.kind == JUDGE_GROWTH_CUT
            && !check_wave (input->plan_table, row, series, "growth_from_t", row->target.growth_from_t, error)))
      return FALSE;
  }
  return TRUE;
}

FitInput *
fit_input_read (const char *plan_path, const char *panel_path, GError **error)
{
  g_autoptr (FitInput) input = g_new0 (FitInput, 1);
  g_autoptr (GArray) plan = NULL, cells = NULL;

  input->plan_table = table_read (plan_path, error);
  if (input->plan_table == NULL || (plan = read_plan (input->plan_table, error)) == NULL)
    return NULL;
  input->panel_table = table_read (panel_path, error);
  if (input->panel_table == NULL || (cells = read_panel (input->panel_table, error)) == NULL)
    return NULL;
  if (!check_planned (input, cells, plan, error) || !input_fill (input, plan, cells, error))
    return NULL;
  return g_steal_pointer (&input);
}
