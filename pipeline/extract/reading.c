#include "history.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static guint
find_column (const Feed *feed, ColumnType type, gboolean key)
{
  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (column->type == type && (!key || column->key))
      return i;
  }
  return READING_NONE;
}

static guint
find_name (const Feed *feed, const char *column_name, ColumnType type)
{
  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (column->type == type && strcmp (column->column_name, column_name) == 0)
      return i;
  }
  return READING_NONE;
}

static void
find_columns (Reading *r)
{
  r->period_column = find_column (r->feed, TYPE_PERIOD, TRUE);
  r->grade_column = find_column (r->feed, TYPE_GRADE, TRUE);
  r->sex_column = find_column (r->feed, TYPE_SEX, TRUE);
  r->district_column = find_name (r->feed, "district_code", TYPE_AREA);
  r->unit_column = find_column (r->feed, TYPE_SCHOOL, TRUE);
  if (r->unit_column == READING_NONE)
    r->unit_column = find_column (r->feed, TYPE_CODE, TRUE);
  if (r->unit_column == READING_NONE)
    r->unit_column = find_column (r->feed, TYPE_AREA, TRUE);
  if (r->feed->grain == GRAIN_AREA)
    r->district_column = find_column (r->feed, TYPE_AREA, TRUE);
}

/* A value that does not come from a cell outlives the reader's next answer. */
static Cell
read_constant (Reading *r, guint column, const char *text)
{
  Cell cell = { .verdict = CELL_NOTHING };

  if (text == NULL)
    return cell;
  cell_read (r->readers[column], text, strlen (text), &cell);
  r->always_suppressed = r->always_suppressed || cell.verdict == CELL_SUPPRESSED;
  if (cell.text != NULL)
    cell.text = g_string_chunk_insert_len (r->constants, cell.text, (gssize)cell.length);
  return cell;
}

static void
read_constants (Reading *r)
{
  for (guint i = 0; i < r->n_columns; i++)
    r->plain[i] = r->fallback[i] = read_constant (r, i, r->layout->fallback[i]);
  for (guint s = 0; s < r->layout->slots->len; s++) {
    const LayoutSlot *slot = r->layout->slots->pdata[s];

    for (guint i = 0; i < r->n_columns; i++)
      r->fixed[s * r->n_columns + i] = read_constant (r, i, slot->fixed[i]);
  }
}

static RestColumn
rest_column (const Reading *r, guint column)
{
  const GArray *ranges = r->rules->columns[column].ranges;
  RestColumn rest = { column, r->layout->plain[column], cell_reader_counts (r->readers[column]), 0, CELL_MAX_COUNT };

  for (guint i = 0; i < ranges->len; i++) {
    const RangeRule *range = &g_array_index (ranges, RangeRule, i);

    rest.low = (gint64)MAX ((double)rest.low, MIN (ceil (range->low), CELL_MAX_COUNT));
    rest.high = (gint64)MIN ((double)rest.high, MAX (floor (range->high), -1));
  }
  return rest;
}

/* Without a cell and without a value there is nothing to read, nor to check. */
static void
find_rest (Reading *r)
{
  for (guint i = 0; i < r->n_columns; i++)
    if (i != r->unit_column && i != r->district_column && i != r->period_column
        && (r->layout->plain[i] != HEADER_NONE || r->plain[i].verdict == CELL_OK))
      r->rest[r->n_rest++] = rest_column (r, i);
}

static void
allocate (Reading *r)
{
  gsize slots = r->layout->slots->len, all = slots * r->n_columns;

  r->readers = g_new0 (CellReader *, r->n_columns);
  for (guint i = 0; i < r->n_columns; i++)
    r->readers[i] = cell_reader_new (r->options->catalogue, r->feed, r->feed->columns->pdata[i], r->options->reg);
  r->constants = g_string_chunk_new (1024);
  r->fallback = g_new0 (Cell, r->n_columns);
  r->plain = g_new0 (Cell, r->n_columns);
  r->fixed = g_new0 (Cell, all);
  r->rest = g_new0 (RestColumn, r->n_columns);
  r->before = g_new0 (const CellAnswer *, r->n_columns);
  r->cells = r->layout->wide ? g_new0 (Cell, all) : r->plain;
  r->state = g_new0 (SlotState, slots);
  r->doubtful = g_new0 (gboolean, slots);
  r->n_files = r->layout->n_headers;
  r->sums = g_new0 (gint64, r->n_files);
  r->subsums = g_new0 (gint64, r->n_files);
  r->broken = g_new0 (gboolean, r->n_files);
  r->near = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  r->footers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  r->footer_words = footer_words (r->options->catalogue);
  keyset_init (&r->keys);
}

Reading *
reading_new (const Layout *layout, const char *file, const ExtractOptions *options, Extract *out, GError **error)
{
  RuleSet *rules = rules_new (options->catalogue, layout->feed, error);
  Reading *r = NULL;

  if (rules == NULL)
    return NULL;
  r = g_new0 (Reading, 1);
  r->options = options;
  r->feed = layout->feed;
  r->layout = layout;
  r->file = file;
  r->rules = rules;
  r->out = out;
  r->n_columns = layout->feed->columns->len;
  r->first_day = G_MAXUINT32;
  find_columns (r);
  allocate (r);
  read_constants (r);
  find_rest (r);
  return r;
}

void
reading_free (Reading *reading)
{
  if (reading == NULL)
    return;
  for (guint i = 0; i < reading->n_columns; i++)
    cell_reader_free (reading->readers[i]);
  g_free (reading->readers);
  g_string_chunk_free (reading->constants);
  g_free (reading->fallback);
  g_free (reading->fixed);
  if (reading->cells != reading->plain)
    g_free (reading->cells);
  g_free (reading->plain);
  g_free (reading->rest);
  g_free (reading->before);
  g_free (reading->state);
  g_free (reading->doubtful);
  g_free (reading->sums);
  g_free (reading->subsums);
  g_free (reading->broken);
  g_hash_table_unref (reading->near);
  g_hash_table_unref (reading->footers);
  g_ptr_array_unref (reading->footer_words);
  keyset_clear (&reading->keys);
  rules_free (reading->rules);
  totals_free (reading->totals);
  g_free (reading);
}

/* ------------------------------------------------------------------------------------------------------------------
   Rows that are handed out */

static guint64
hash_cell (guint64 hash, ColumnType type, const Cell *cell)
{
  if (cell->verdict != CELL_OK)
    return hash_bytes (hash, "*", cell->verdict == CELL_SUPPRESSED ? 1 : 0);
  switch (type) {
  case TYPE_COUNT:
    return hash_bytes (hash, &cell->as.count, sizeof cell->as.count);
  case TYPE_NUMBER:
    return hash_bytes (hash, &cell->as.number, sizeof cell->as.number);
  case TYPE_BOOLEAN:
    return hash_bytes (hash, &cell->as.boolean, sizeof cell->as.boolean);
  case TYPE_DATE:
    return hash_bytes (hash, &cell->as.day, sizeof cell->as.day);
  default:
    return hash_bytes (hash, cell->text, cell->length);
  }
}

static KeyEntry
key_of (const Reading *r, const Cell *cells)
{
  KeyEntry entry = { 1, 0, r->ordinal, r->record->line, r->record->row };
  guint64 content = 1;

  for (guint i = 0; i < r->n_columns; i++) {
    const FeedColumn *column = reading_column (r, i);

    if (column->key)
      entry.hash = hash_cell (entry.hash, column->type, &cells[i]);
    else
      content = hash_cell (content, column->type, &cells[i]);
  }
  entry.hash |= 1; /* 0 marks a free place */
  entry.content = (guint32)(content >> 32);
  return entry;
}

static void
report_duplicate (Reading *r, guint line, guint row, guint other_line, guint other_row)
{
  g_auto (Fault) fault = { 0 };
  gboolean ignored = FALSE;

  fault.line = line;
  fault.row = row;
  fault_text (&fault.found, "%u", other_row);
  fault_text (&fault.expected, "%u", other_line);
  validate_report (r, r->rules->duplicate, r->unit_column,
                   r->unit_column != READING_NONE ? r->layout->plain[r->unit_column] : READING_NONE, &fault, &ignored,
                   &ignored);
}

/* Of two rows with the same key and other values nobody can say which is right: both go back. Of two equal rows the
 * first stays. */
static void
refuse_duplicate (Reading *r, guint slot, KeyEntry *first, const KeyEntry *second)
{
  gboolean named = r->last_duplicate[0] == first->row && r->last_duplicate[1] == second->row;

  r->state[slot] = SLOT_BAD;
  r->row_rejected = TRUE;
  if (!named)
    report_duplicate (r, second->line, second->row, first->line, first->row);
  if (first->content != second->content && first->ordinal != G_MAXUINT32) {
    if (!named) {
      report_duplicate (r, first->line, first->row, second->line, second->row);
      r->out->rows_rejected++;
    }
    g_array_append_val (r->out->withdrawn, first->ordinal);
    first->ordinal = G_MAXUINT32;
  }
  r->last_duplicate[0] = first->row;
  r->last_duplicate[1] = second->row;
}

/* Bit 0: for all grades, bit 1: for all sexes. */
static guint
pattern_of (const Reading *r, const Cell *cells)
{
  guint pattern = 0;

  if (r->grade_column != READING_NONE && cells[r->grade_column].text[0] == 'a')
    pattern |= strcmp (cells[r->grade_column].text, "all") == 0 ? 1 : 0;
  if (r->sex_column != READING_NONE && cells[r->sex_column].text[0] == 'a')
    pattern |= strcmp (cells[r->sex_column].text, "all") == 0 ? 2 : 0;
  return pattern;
}

static void
note_period (Reading *r, const Cell *cells)
{
  const Cell *cell = r->period_column != READING_NONE ? &cells[r->period_column] : NULL;

  if (cell == NULL)
    return;
  if (cell->as.period.first < r->first_day) {
    r->first_day = cell->as.period.first;
    g_free (r->out->period_first);
    r->out->period_first = g_strndup (cell->text, cell->length);
  }
  if (cell->as.period.last > r->last_day) {
    r->last_day = cell->as.period.last;
    g_free (r->out->period_last);
    r->out->period_last = g_strndup (cell->text, cell->length);
  }
}

/* The district of a long row: named by the file, or the one its school was in; a header may fix area or period. */
static const char *
district_of (const Reading *r, const Cell *cells)
{
  const School *school = NULL;
  const SchoolVersion *version = NULL;

  if (r->district_column != READING_NONE)
    return cells[r->district_column].verdict == CELL_OK ? cells[r->district_column].text : "";
  if (r->place.district_code != NULL)
    return r->place.district_code;
  if (r->feed->grain != GRAIN_SCHOOL || r->unit_column == READING_NONE
      || reading_column (r, r->unit_column)->type != TYPE_SCHOOL || r->period_column == READING_NONE)
    return "";
  school = cells[r->unit_column].as.school;
  if (school == NULL)
    return "";
  version = school_version (school, cells[r->period_column].as.period.first, cells[r->period_column].as.period.last);
  if (version == NULL)
    version = &school->versions[school->n_versions - 1];
  return version->district_code;
}

static guint
count_suppressed (const Reading *r, const Cell *cells)
{
  guint n = 0;

  for (guint i = 0; i < r->n_columns; i++)
    n += cells[i].verdict == CELL_SUPPRESSED;
  return n;
}

static gboolean
hand_out (Reading *r, guint slot, const RowSink *sink, GError **error)
{
  const Cell *cells = reading_cells (r, slot);
  KeyEntry entry = { 0 }, *first = NULL;
  LongRow row = { .ordinal = r->ordinal, .line = r->record->line, .row = r->record->row, .cells = cells };
  guint pattern = 0;

  if (!r->options->keys_apart) {
    entry = key_of (r, cells);
    first = keyset_put (&r->keys, &entry);
  }
  if (first != NULL) {
    refuse_duplicate (r, slot, first, &entry);
    return TRUE;
  }
  if (r->totals != NULL)
    totals_add (r->totals, r, slot);
  pattern = pattern_of (r, cells);
  r->patterns |= 1u << pattern;
  r->ordinal++;
  if (r->quiet)
    return TRUE;
  note_period (r, cells);
  row.place_no = r->layout->wide ? ++r->place_no : r->place_no;
  row.provisional = r->doubtful[slot] || r->row_doubtful;
  row.district_code = r->feed->grain == GRAIN_REGISTER ? "" : district_of (r, cells);
  row.year = r->period_column != READING_NONE ? cells[r->period_column].as.period.year : 0;
  r->out->rows_accepted++;
  r->out->rows_provisional += row.provisional;
  row.suppressed = r->row_suppressed ? count_suppressed (r, cells) : 0;
  r->out->cells_suppressed += row.suppressed;
  if (r->out->history != NULL)
    history_note (r->out->history, r, &row, pattern);
  return sink == NULL || sink->row (&row, sink->data, error);
}

static gboolean
take_data (Reading *r, const RowSink *sink, GError **error)
{
  r->row_refused = r->row_rejected = r->row_doubtful = FALSE;
  r->row_suppressed = r->always_suppressed;
  validate_place (r);
  r->place_no += r->same_place ? 0 : 1;
  validate_register (r);
  validate_plain (r);
  validate_slots (r);
  for (guint s = 0; s < r->layout->slots->len; s++) {
    if (r->state[s] == SLOT_GOOD && !r->row_refused) {
      if (!hand_out (r, s, sink, error))
        return FALSE;
    } else if (r->state[s] != SLOT_EMPTY && r->totals != NULL)
      totals_damage (r->totals, r, s);
  }
  if (!r->quiet) {
    r->out->rows_read++;
    r->out->rows_rejected += r->row_refused || r->row_rejected;
  }
  return TRUE;
}

static gboolean
is_blank (const Record *record)
{
  if (g_ascii_isgraph (*record_field (record, 0)))
    return FALSE;
  for (guint i = 0; i < record->n; i++)
    for (const char *p = record_field (record, i); *p != '\0'; p = text_next (p))
      if (!g_unichar_isspace (g_utf8_get_char (p)) && g_utf8_get_char (p) != 0xFEFF)
        return FALSE;
  return TRUE;
}

static gboolean
take_record (Reading *r, const Record *record, const RowSink *sink, GError **error)
{
  FooterKind footer = FOOTER_NONE;
  guint once = r->quiet ? 0 : 1;

  r->record = record;
  if (is_blank (record)) {
    r->out->blank_rows += once;
    return TRUE;
  }
  if (header_is_repeated (r->layout, record)) {
    r->out->repeated_headers += once;
    return TRUE;
  }
  footer = footer_kind (r);
  if (footer == FOOTER_NONE)
    return take_data (r, sink, error);
  r->out->footer_rows += once;
  footer_check (r, footer);
  return TRUE;
}

gboolean
reading_run (Reading *r, Source *source, const RowSink *sink, Fault *fault, GError **error)
{
  g_autoptr (Parser) parser = parser_new (source, r->out->encoding, r->layout->separator, FALSE, fault);
  const Record *record = NULL;

  if (parser == NULL)
    return FALSE;
  while (parser_next (parser, &record, fault)) {
    if (record == NULL) {
      r->out->blank_rows += r->quiet ? 0 : parser_blank (parser);
      return TRUE;
    }
    if (record->row > r->layout->row && !take_record (r, record, sink, error))
      return FALSE;
  }
  return FALSE;
}
