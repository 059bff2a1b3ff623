#include "history.h"

#include "base/text.h"

#include <string.h>

#define JOINT '|'

static guint
tally_hash (gconstpointer data)
{
  const Tally *t = data;

  return g_str_hash (t->unit) * 31 + g_str_hash (t->period) + t->pattern;
}

static gboolean
tally_equal (gconstpointer a, gconstpointer b)
{
  const Tally *left = a, *right = b;

  return left->pattern == right->pattern && strcmp (left->unit, right->unit) == 0
         && strcmp (left->period, right->period) == 0;
}

gint64
history_mark (const char *grade, const char *sex)
{
  gsize length = strlen (grade);

  return length == 0 ? 31 * (gint64)*sex : *grade + 7 * (gint64)grade[length - 1] + 31 * (gint64)*sex;
}

static gboolean
is_own_key (const FeedColumn *column)
{
  return column->key && column->type != TYPE_PERIOD && column->type != TYPE_GRADE && column->type != TYPE_SEX;
}

/* A unit is told by texts: a feed with a number or a day in its key has no past that could be compared. */
static gboolean
has_textual_keys (const Feed *feed)
{
  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (column->key
        && (column->type == TYPE_COUNT || column->type == TYPE_NUMBER || column->type == TYPE_DATE
            || column->type == TYPE_BOOLEAN))
      return FALSE;
  }
  return feed->grain != GRAIN_REGISTER;
}

History *
history_new (const Feed *feed, const RuleSet *rules)
{
  History *h = NULL;

  if (rules->history->len == 0 || !has_textual_keys (feed))
    return NULL;
  h = g_new0 (History, 1);
  h->feed = feed;
  h->counts = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < feed->columns->len; i++)
    if (((const FeedColumn *)feed->columns->pdata[i])->type == TYPE_COUNT)
      g_array_append_val (h->counts, i);
  h->keys = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < feed->columns->len; i++)
    if (is_own_key (feed->columns->pdata[i]))
      g_array_append_val (h->keys, i);
  h->tallies = g_hash_table_new (tally_hash, tally_equal);
  h->all = g_ptr_array_new ();
  h->texts = g_string_chunk_new (4096);
  h->key = g_string_new (NULL);
  for (guint i = 0; i < rules->history->len; i++) {
    const HistoryRule *rule = &g_array_index (rules->history, HistoryRule, i);

    if (rule->kind == HISTORY_ROUND)
      h->divisor = G_MAXUINT64 / (guint64)rule->first + 1;
  }
  return h;
}

static gsize
tally_bytes (const History *h)
{
  return sizeof (Tally) + h->counts->len * sizeof (HistoryFigure);
}

void
history_free (History *history)
{
  if (history == NULL)
    return;
  for (guint i = 0; i < history->all->len; i++) {
    Tally *t = history->all->pdata[i];

    g_clear_pointer (&t->spans, g_array_unref);
    g_slice_free1 (tally_bytes (history), t);
  }
  g_hash_table_unref (history->tallies);
  g_ptr_array_unref (history->all);
  g_array_unref (history->counts);
  g_array_unref (history->keys);
  g_string_chunk_free (history->texts);
  g_string_free (history->key, TRUE);
  g_free (history);
}

static const char *
key_text (const History *h, const Cell *cells, guint i)
{
  const Cell *cell = &cells[g_array_index (h->keys, guint, i)];

  return cell->verdict == CELL_OK && cell->text != NULL ? cell->text : "";
}

static const char *
unit_of (History *h, const Cell *cells)
{
  if (h->keys->len == 1)
    return key_text (h, cells, 0);
  g_string_truncate (h->key, 0);
  for (guint i = 0; i < h->keys->len; i++) {
    if (i > 0)
      g_string_append_c (h->key, JOINT);
    g_string_append (h->key, key_text (h, cells, i));
  }
  return h->key->str;
}

static gboolean
is_unit (const History *h, const Reading *r)
{
  return h->keys->len == 1 && g_array_index (h->keys, guint, 0) == r->unit_column;
}

static Tally *
tally_new (const History *h, const Reading *r, const LongRow *row, const Tally *probe)
{
  Tally *t = g_slice_alloc0 (tally_bytes (h));

  t->unit = g_string_chunk_insert (h->texts, probe->unit);
  t->period = g_string_chunk_insert_const (h->texts, probe->period);
  t->pattern = probe->pattern;
  t->code = is_unit (h, r) ? t->unit : g_string_chunk_insert_const (h->texts, row->cells[r->unit_column].text);
  t->district_code = g_string_chunk_insert_const (h->texts, row->district_code);
  t->year = row->year;
  t->line = row->line;
  t->row = row->row;
  t->span = (Span){ 1, 0 };
  g_hash_table_add (h->tallies, t);
  g_ptr_array_add (h->all, t);
  return t;
}

static Tally *
find_tally (History *h, const Reading *r, const LongRow *row, guint pattern)
{
  Tally probe = { .pattern = pattern };

  if (h->last != NULL && h->place_no == row->place_no && h->last->pattern == pattern)
    return h->last;
  probe.unit = unit_of (h, row->cells);
  probe.period = row->cells[r->period_column].text;
  h->last = g_hash_table_lookup (h->tallies, &probe);
  if (h->last == NULL && h->all->len < HISTORY_MAX_UNITS)
    h->last = tally_new (h, r, row, &probe);
  h->place_no = is_unit (h, r) ? row->place_no : 0;
  return h->last;
}

static void
add_ordinal (Tally *t, guint ordinal)
{
  Span *last = t->spans != NULL ? &g_array_index (t->spans, Span, t->spans->len - 1) : &t->span;
  Span fresh = { ordinal, ordinal };

  if (last->last < last->first)
    *last = fresh;
  else if (last->last + 1 == ordinal)
    last->last = ordinal;
  else {
    if (t->spans == NULL)
      t->spans = g_array_new (FALSE, FALSE, sizeof (Span));
    g_array_append_val (t->spans, fresh);
  }
}

static void
add_counts (const History *h, Tally *t, const Cell *cells, gint64 weight)
{
  const guint *columns = (const guint *)(gpointer)h->counts->data;
  guint64 divisor = h->divisor;
  guint n = h->counts->len, filled = 0, divisible = 0;

  for (guint i = 0; i < n; i++) {
    const Cell *cell = &cells[columns[i]];
    gint64 count = cell->as.count;

    if (cell->verdict != CELL_OK)
      continue;
    t->figures[i].sum += count;
    t->figures[i].mark += count * weight;
    t->figures[i].cells++;
    filled += count > 0;
    /* counts are smaller than 2^32, for which multiplying tells what a division would */
    divisible += count > 0 && (guint64)count * divisor < divisor;
  }
  t->cells += filled;
  t->divisible += divisible;
}

static const char *
text_of (const Cell *cells, guint column)
{
  return column == READING_NONE || cells[column].text == NULL ? "" : cells[column].text;
}

void
history_note (History *history, const Reading *r, const LongRow *row, guint pattern)
{
  Tally *t = NULL;

  if (r->period_column == READING_NONE || r->unit_column == READING_NONE || row->cells[r->unit_column].text == NULL)
    return;
  t = find_tally (history, r, row, pattern);
  if (t == NULL)
    return;
  add_counts (history, t, row->cells,
              history_mark (text_of (row->cells, r->grade_column), text_of (row->cells, r->sex_column)));
  if (!row->provisional)
    add_ordinal (t, row->ordinal);
}
