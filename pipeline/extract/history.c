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

static void
tally_free (gpointer data)
{
  Tally *t = data;

  g_free (t->unit);
  g_free (t->period);
  g_free (t->code);
  g_free (t->district_code);
  g_array_unref (t->spans);
  g_free (t);
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
  h->tallies = g_hash_table_new_full (tally_hash, tally_equal, NULL, tally_free);
  h->probe = g_new0 (Tally, 1);
  h->key = g_string_new (NULL);
  for (guint i = 0; i < rules->history->len; i++) {
    const HistoryRule *rule = &g_array_index (rules->history, HistoryRule, i);

    if (rule->kind == HISTORY_ROUND)
      h->divisor = (guint)rule->first;
  }
  return h;
}

void
history_free (History *history)
{
  if (history == NULL)
    return;
  g_array_unref (history->counts);
  g_hash_table_unref (history->tallies);
  g_string_free (history->key, TRUE);
  g_free (history->probe);
  g_free (history);
}

static void
make_key (History *h, const Cell *cells)
{
  gboolean several = FALSE;

  g_string_truncate (h->key, 0);
  for (guint i = 0; i < h->feed->columns->len; i++) {
    if (!is_own_key (h->feed->columns->pdata[i]))
      continue;
    if (several)
      g_string_append_c (h->key, JOINT);
    several = TRUE;
    if (cells[i].verdict == CELL_OK && cells[i].text != NULL)
      g_string_append_len (h->key, cells[i].text, cells[i].length);
  }
}

static Tally *
tally_new (const History *h, const Reading *r, const LongRow *row)
{
  Tally *t = g_malloc0 (sizeof *t + h->counts->len * sizeof t->figures[0]);
  const Cell *unit = &row->cells[r->unit_column];

  t->unit = g_strdup (h->probe->unit);
  t->period = g_strdup (h->probe->period);
  t->pattern = h->probe->pattern;
  t->code = g_strndup (unit->text, unit->length);
  t->district_code = g_strdup (row->district_code);
  t->year = row->year;
  t->line = row->line;
  t->row = row->row;
  t->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_hash_table_add (h->tallies, t);
  return t;
}

static Tally *
find_tally (History *h, const Reading *r, const LongRow *row, guint pattern)
{
  const Cell *period = &row->cells[r->period_column];
  Tally *found = NULL;

  make_key (h, row->cells);
  *h->probe = (Tally){ .unit = h->key->str, .pattern = pattern };
  h->probe->period = (char *)(gsize)period->text;
  if (h->last != NULL && tally_equal (h->last, h->probe))
    return h->last;
  found = g_hash_table_lookup (h->tallies, h->probe);
  if (found == NULL && g_hash_table_size (h->tallies) < HISTORY_MAX_UNITS)
    found = tally_new (h, r, row);
  return found;
}

static void
add_ordinal (GArray *spans, guint ordinal)
{
  Span *last = spans->len > 0 ? &g_array_index (spans, Span, spans->len - 1) : NULL;
  Span fresh = { ordinal, ordinal };

  if (last != NULL && last->last + 1 == ordinal)
    last->last = ordinal;
  else
    g_array_append_val (spans, fresh);
}

static void
add_counts (const History *h, Tally *t, const Cell *cells, gint64 weight)
{
  for (guint i = 0; i < h->counts->len; i++) {
    const Cell *cell = &cells[g_array_index (h->counts, guint, i)];

    if (cell->verdict != CELL_OK)
      continue;
    t->figures[i].sum += cell->as.count;
    t->figures[i].mark += cell->as.count * weight;
    t->figures[i].cells++;
    if (cell->as.count > 0) {
      t->cells++;
      t->divisible += h->divisor > 0 && cell->as.count % h->divisor == 0;
    }
  }
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
  history->last = t;
  if (t == NULL)
    return;
  add_counts (history, t, row->cells,
              history_mark (text_of (row->cells, r->grade_column), text_of (row->cells, r->sex_column)));
  if (!row->provisional)
    add_ordinal (t->spans, row->ordinal);
}
