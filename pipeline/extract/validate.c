#include "reading.h"

#include "rowrule.h"

#include <stdlib.h>
#include <string.h>

void
validate_report (Reading *r, const Rule *rule, guint column, guint file_column, Fault *fault, gboolean *bad,
                 gboolean *doubtful)
{
  gsize length = 0;

  if (rule->severity == SEVERITY_REFUSE)
    *bad = TRUE;
  else
    *doubtful = TRUE;
  if (r->quiet) {
    fault_clear (fault);
    return;
  }
  if (fault->line == 0) {
    fault->line = r->record->line;
    fault->row = r->record->row;
  }
  if (column != READING_NONE)
    fault->column_name = g_strdup (reading_column (r, column)->column_name);
  if (file_column != READING_NONE) {
    fault->column_no = file_column + 1;
    fault->header = g_strdup (file_column < r->n_files ? r->layout->headers[file_column] : "");
    fault->value = fault_value (reading_field (r, file_column, &length));
  }
  rejects_add (r->out->rejects, rule, r->file, r->feed, &r->place, fault);
}

/* ------------------------------------------------------------------------------------------------------------------
   Cells */

static double
cell_number (ColumnType type, const Cell *cell)
{
  return type == TYPE_COUNT ? (double)cell->as.count : cell->as.number;
}

/* A fault is made only where there is one to report: this is the way of every cell of every file. */
static void
report_suspect (Reading *r, guint column, guint file_column, gboolean *bad, gboolean *doubtful)
{
  g_auto (Fault) fault = { 0 };

  validate_text (r, &fault.near, "rule.excel_date");
  validate_report (r, r->rules->columns[column].excel_text, column, file_column, &fault, bad, doubtful);
}

static void
report_future (Reading *r, guint column, guint file_column, gboolean *bad, gboolean *doubtful)
{
  g_auto (Fault) fault = { 0 };
  GDate today;

  g_date_clear (&today, 1);
  g_date_set_julian (&today, r->options->today);
  fault.limit = g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&today), g_date_get_month (&today),
                                 g_date_get_day (&today));
  validate_report (r, r->rules->columns[column].future, column, file_column, &fault, bad, doubtful);
}

static void
report_range (Reading *r, const RangeRule *range, guint column, guint file_column, gboolean *bad, gboolean *doubtful)
{
  g_auto (Fault) fault = { 0 };

  fault.limit = g_strdup_printf ("%g–%g", range->low, range->high);
  validate_report (r, range->rule, column, file_column, &fault, bad, doubtful);
}

/* Rules on the value of a cell that could be read. */
static void
check_value (Reading *r, guint column, guint file_column, const Cell *cell, gboolean *bad, gboolean *doubtful)
{
  const ColumnRules *rules = &r->rules->columns[column];
  ColumnType type = reading_column (r, column)->type;

  if (type == TYPE_COUNT || type == TYPE_NUMBER) {
    double value = cell_number (type, cell);

    for (guint i = 0; i < rules->ranges->len; i++) {
      const RangeRule *range = &g_array_index (rules->ranges, RangeRule, i);

      if (!(value >= range->low && value <= range->high))
        report_range (r, range, column, file_column, bad, doubtful);
    }
    return;
  }
  if (cell->suspect && rules->excel_text != NULL)
    report_suspect (r, column, file_column, bad, doubtful);
  if (type == TYPE_PERIOD && rules->future != NULL && cell->as.period.first > r->options->today)
    report_future (r, column, file_column, bad, doubtful);
}

/* Reads the cell of a file column; nothing becomes the fallback. */
static void
read_cell (Reading *r, guint column, guint file_column, Cell *out, gboolean *bad, gboolean *doubtful)
{
  const FeedColumn *feed_column = reading_column (r, column);
  gsize length = 0;
  const char *raw = reading_field (r, file_column, &length);

  cell_read (r->readers[column], raw, length, out);
  if (feed_column->type == TYPE_COUNT)
    footer_add (r, file_column, out);
  if (out->verdict == CELL_NOTHING && r->fallback[column].verdict == CELL_OK)
    *out = r->fallback[column];
  if (out->verdict == CELL_OK)
    check_value (r, column, file_column, out, bad, doubtful);
  else if (out->verdict == CELL_SUPPRESSED)
    r->row_suppressed = TRUE;
  else if (out->verdict != CELL_NOTHING) {
    g_auto (Fault) fault = { 0 };

    validate_explain (r, feed_column, out, raw, &fault);
    validate_report (r, r->rules->columns[column].verdict[out->verdict], column, file_column, &fault, bad, doubtful);
    *bad = TRUE; /* whatever the rule's severity: there is no value that could be loaded */
  }
}

static void
report_missing (Reading *r, guint column, guint file_column, gboolean *bad, gboolean *doubtful)
{
  g_auto (Fault) fault = { 0 };

  validate_report (r, r->rules->columns[column].verdict[CELL_NOTHING], column, file_column, &fault, bad, doubtful);
  *bad = TRUE;
}

static void
require (Reading *r, guint column, guint file_column, const Cell *cell, gboolean *bad, gboolean *doubtful)
{
  if (cell->verdict == CELL_NOTHING && (reading_column (r, column)->required || reading_column (r, column)->key))
    report_missing (r, column, file_column, bad, doubtful);
}

/* More cells than the header has, with something in them: a comma inside a value has shifted what follows. */
static void
check_ragged (Reading *r)
{
  for (guint i = r->n_files; i < r->record->n; i++) {
    g_auto (Fault) fault = { 0 };
    const char *p = record_field (r->record, i);

    while (*p == ' ' || *p == '\t')
      p++;
    if (*p == '\0')
      continue;
    fault_text (&fault.found, "%u", r->record->n);
    fault_text (&fault.expected, "%u", r->n_files);
    validate_report (r, r->rules->ragged, READING_NONE, i, &fault, &r->row_refused, &r->row_doubtful);
    return;
  }
}

/* The answer to the column's cell, if no rule had anything to say about it; sums are kept of counts, so that each of
 * them is read. */
static const CellAnswer *
settled_answer (const Reading *r, guint column)
{
  gsize length = 0;
  const char *raw = reading_field (r, r->layout->plain[column], &length);
  const CellAnswer *answer = cell_recent (r->readers[column], raw, length);

  return answer != NULL && answer->settled ? answer : NULL;
}

static void
settle (const Reading *r, guint column)
{
  gsize length = 0;
  const char *raw = reading_field (r, r->layout->plain[column], &length);
  CellAnswer *answer
      = reading_column (r, column)->type != TYPE_COUNT ? cell_recent (r->readers[column], raw, length) : NULL;

  if (answer != NULL && answer->cell.verdict == CELL_OK)
    answer->settled = TRUE;
}

static void
read_plain (Reading *r, guint column)
{
  guint file_column = r->layout->plain[column];
  Cell *cell = &r->plain[column];
  gboolean bad = FALSE, doubtful = FALSE;

  if (file_column == HEADER_NONE) {
    if (cell->verdict == CELL_OK)
      check_value (r, column, READING_NONE, cell, &r->row_refused, &r->row_doubtful);
    return;
  }
  r->before[column] = settled_answer (r, column);
  if (r->before[column] != NULL) {
    *cell = r->before[column]->cell;
    return;
  }
  read_cell (r, column, file_column, cell, &bad, &doubtful);
  require (r, column, file_column, cell, &bad, &doubtful);
  if (!bad && !doubtful)
    settle (r, column);
  r->row_refused |= bad;
  r->row_doubtful |= doubtful;
}

static gboolean
read_plain_count (Reading *r, const RestColumn *rest)
{
  gsize length = 0;
  const char *raw = reading_field (r, rest->file_column, &length);
  Cell *cell = &r->plain[rest->column];

  if (!cell_plain_count (raw, length, cell) || cell->as.count < rest->low || cell->as.count > rest->high)
    return FALSE;
  footer_add (r, rest->file_column, cell);
  return TRUE;
}

/* As far as the row's code alone tells: where the school is now. validate_register() knows where it was then. */
static void
find_place (Reading *r)
{
  const Cell *unit = r->unit_column != READING_NONE ? &r->plain[r->unit_column] : NULL;
  const Cell *district = r->district_column != READING_NONE ? &r->plain[r->district_column] : NULL;

  if (unit != NULL && unit->verdict == CELL_OK && r->feed->grain != GRAIN_AREA)
    r->place.school_code = unit->text;
  if (district != NULL && district->verdict == CELL_OK)
    r->place.district_code = district->text;
  else if (r->place.school_code != NULL && reading_column (r, r->unit_column)->type == TYPE_SCHOOL
           && unit->as.school != NULL)
    r->place.district_code = unit->as.school->versions[unit->as.school->n_versions - 1].district_code;
}

static gboolean
is_same (const Reading *r, guint column)
{
  return column == READING_NONE || r->layout->plain[column] == HEADER_NONE
         || (r->before[column] != NULL && settled_answer (r, column) == r->before[column]);
}

void
validate_place (Reading *r)
{
  guint first = MIN (r->unit_column, r->district_column), second = MAX (r->unit_column, r->district_column);

  r->same_place = r->place_settled && is_same (r, first) && is_same (r, second) && is_same (r, r->period_column);
  if (r->same_place)
    return;
  memset (&r->place, 0, sizeof r->place);
  r->version = NULL;
  if (first != READING_NONE)
    read_plain (r, first);
  if (second != READING_NONE && second != first)
    read_plain (r, second);
  find_place (r);
  if (r->period_column != READING_NONE)
    read_plain (r, r->period_column);
}

void
validate_plain (Reading *r)
{
  check_ragged (r);
  for (const RestColumn *rest = r->rest; rest < r->rest + r->n_rest; rest++)
    if (!rest->plain_counts || !read_plain_count (r, rest))
      read_plain (r, rest->column);
}

/* ------------------------------------------------------------------------------------------------------------------
   Slots */

static void
report_row_rule (Reading *r, const RowRule *row, guint slot, const ExpressionValues *values, gboolean *bad)
{
  const LayoutSlot *layout = r->layout->slots->pdata[slot];
  guint column = expression_anchor (&row->expression);
  g_auto (Fault) fault = { 0 };

  fault.limit = g_strdup_printf ("%.15g", values->right);
  fault_text (&fault.found, "%.15g", values->left);
  fault.expected.zh = expression_words (&row->expression, r->feed, FALSE);
  fault.expected.en = expression_words (&row->expression, r->feed, TRUE);
  validate_report (r, row->rule, column, layout->file_column[column], &fault, bad, &r->doubtful[slot]);
}

static void
check_row_rules (Reading *r, guint slot)
{
  const Cell *cells = reading_cells (r, slot);
  gboolean bad = FALSE;

  for (guint i = 0; i < r->rules->row->len; i++) {
    const RowRule *row = &g_array_index (r->rules->row, RowRule, i);
    ExpressionValues values = { 0 };

    if (bad && row->rule->severity == SEVERITY_CONFIRM)
      continue; /* nobody need confirm what is refused */
    if (!expression_holds (&row->expression, cells, &values))
      report_row_rule (r, row, slot, &values, &bad);
  }
  if (bad)
    r->state[slot] = SLOT_BAD;
}

static gboolean
is_wide (const Reading *r, const LayoutSlot *layout, guint column)
{
  return layout->file_column[column] != HEADER_NONE && r->layout->plain[column] == HEADER_NONE;
}

static void
read_slot (Reading *r, guint slot)
{
  const LayoutSlot *layout = r->layout->slots->pdata[slot];
  Cell *cells = reading_cells (r, slot);
  gboolean bad = FALSE, something = FALSE;

  r->doubtful[slot] = FALSE;
  if (!r->layout->wide) {
    r->state[slot] = SLOT_GOOD;
    return;
  }
  for (guint i = 0; i < r->n_columns; i++) {
    const Cell *fixed = &r->fixed[slot * r->n_columns + i];

    cells[i] = fixed->verdict == CELL_OK ? *fixed : r->plain[i];
    if (!is_wide (r, layout, i))
      continue;
    read_cell (r, i, layout->file_column[i], &cells[i], &bad, &r->doubtful[slot]);
    something = something || cells[i].verdict != CELL_NOTHING;
  }
  r->state[slot] = !something ? SLOT_EMPTY : bad ? SLOT_BAD : SLOT_GOOD;
  if (!something)
    return;
  for (guint i = 0; i < r->n_columns; i++)
    if (is_wide (r, layout, i))
      require (r, i, layout->file_column[i], &cells[i], &bad, &r->doubtful[slot]);
  if (bad)
    r->state[slot] = SLOT_BAD;
}

/* The sum of the cells that a total column covers; FALSE when one of them could not be read. */
static gboolean
sum_cells (const Reading *r, const LayoutTotal *total, gint64 *sum)
{
  *sum = 0;
  for (guint i = 0; i < total->cells->len; i++) {
    const Cell *cell = &reading_cells (r, g_array_index (total->cells, guint, i))[total->column];

    if (cell->verdict != CELL_OK && cell->verdict != CELL_NOTHING)
      return FALSE;
    if (cell->verdict == CELL_OK)
      *sum += cell->as.count;
  }
  return TRUE;
}

static void
mark_covered (Reading *r, const LayoutTotal *total, gboolean bad, gboolean doubtful)
{
  for (guint i = 0; i < total->cells->len; i++) {
    guint slot = g_array_index (total->cells, guint, i);

    if (bad && r->state[slot] == SLOT_GOOD)
      r->state[slot] = SLOT_BAD;
    r->doubtful[slot] |= doubtful;
  }
  r->row_rejected |= bad;
}

static void
check_total (Reading *r, const LayoutTotal *total)
{
  gboolean bad = FALSE, doubtful = FALSE;
  g_auto (Fault) fault = { 0 };
  gint64 sum = 0;
  Cell cell;

  if (reading_column (r, total->column)->type != TYPE_COUNT)
    return;
  read_cell (r, total->column, total->file_column, &cell, &bad, &doubtful);
  if (cell.verdict == CELL_OK && sum_cells (r, total, &sum) && cell.as.count != sum) {
    fault_text (&fault.expected, "%" G_GINT64_FORMAT, sum);
    validate_report (r, r->rules->total, total->column, total->file_column, &fault, &bad, &doubtful);
  }
  mark_covered (r, total, bad, doubtful);
}

void
validate_slots (Reading *r)
{
  for (guint s = 0; s < r->layout->slots->len; s++)
    read_slot (r, s);
  for (guint i = 0; i < r->layout->totals->len; i++)
    check_total (r, r->layout->totals->pdata[i]);
  for (guint s = 0; s < r->layout->slots->len; s++) {
    if (r->state[s] == SLOT_GOOD && !r->row_refused) {
      validate_grade (r, s);
      check_row_rules (r, s);
    }
    r->row_rejected |= r->state[s] == SLOT_BAD;
  }
}
