#include "head.h"

#include <string.h>

static void
slot_free (gpointer data)
{
  LayoutSlot *slot = data;

  g_free (slot->file_column);
  g_free (slot->fixed);
  g_free (slot);
}

static void
total_free (gpointer data)
{
  LayoutTotal *total = data;

  g_array_unref (total->cells);
  g_free (total);
}

void
layout_free (Layout *layout)
{
  if (layout == NULL)
    return;
  for (guint i = 0; layout->fallback != NULL && i < layout->feed->columns->len; i++)
    g_free (layout->fallback[i]); /* gaps are NULL, so g_strfreev would stop early */
  g_free (layout->fallback);
  g_strfreev (layout->headers);
  g_free (layout->plain);
  g_ptr_array_unref (layout->slots);
  g_ptr_array_unref (layout->totals);
  g_ptr_array_unref (layout->unknown);
  g_free (layout);
}

static guint
column_index (const Feed *feed, const char *column_name)
{
  for (guint i = 0; i < feed->columns->len; i++)
    if (strcmp (((const FeedColumn *)feed->columns->pdata[i])->column_name, column_name) == 0)
      return i;
  g_assert_not_reached (); /* the catalogue's reader has checked every alias */
}

static LayoutSlot *
slot_new (const Feed *feed)
{
  LayoutSlot *slot = g_new0 (LayoutSlot, 1);

  slot->file_column = g_new (guint, feed->columns->len);
  slot->fixed = g_new0 (const char *, feed->columns->len);
  for (guint i = 0; i < feed->columns->len; i++)
    slot->file_column[i] = HEADER_NONE;
  return slot;
}

/* Whether @slot fixes each of @alias's keys to the same value, and with @only nothing else. */
static gboolean
agrees (const Feed *feed, const LayoutSlot *slot, const FeedAlias *alias, gboolean only)
{
  guint n = alias->fixed_columns != NULL ? alias->fixed_columns->len : 0, fixed = 0;

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (slot->fixed[column_index (feed, alias->fixed_columns->pdata[i])], alias->fixed_values->pdata[i])
        != 0)
      return FALSE;
  for (guint i = 0; i < feed->columns->len; i++)
    fixed += slot->fixed[i] != NULL;
  return !only || fixed == n;
}

static LayoutSlot *
find_slot (Layout *layout, const FeedAlias *alias)
{
  LayoutSlot *slot = NULL;

  for (guint i = 0; i < layout->slots->len; i++)
    if (agrees (layout->feed, layout->slots->pdata[i], alias, TRUE))
      return layout->slots->pdata[i];
  slot = slot_new (layout->feed);
  for (guint i = 0; i < alias->fixed_columns->len; i++)
    slot->fixed[column_index (layout->feed, alias->fixed_columns->pdata[i])] = alias->fixed_values->pdata[i];
  g_ptr_array_add (layout->slots, slot);
  return slot;
}

static gboolean
refuse_duplicate (const Candidate *c, guint first, guint second, Fault *fault)
{
  g_autofree char *a = column_letter (first + 1), *b = column_letter (second + 1);

  fault_set (fault, "header_duplicate", c->row->line, c->row->row);
  fault->column_no = second + 1;
  fault->column_name = g_strdup (c->alias[second]->column_name);
  fault->header = g_strdup (c->row->cells[second]);
  fault_text (&fault->found, "%s (%s), %s (%s)", a, c->row->cells[first], b, c->row->cells[second]);
  return FALSE;
}

static gboolean
is_fixing (const FeedAlias *alias)
{
  return alias->fixed_columns != NULL && alias->fixed_columns->len > 0;
}

static gboolean
place_values (Layout *layout, const Candidate *c, Fault *fault)
{
  for (guint i = 0; i < c->row->n; i++) {
    const FeedAlias *alias = c->alias[i];
    guint column = 0, *place = NULL;

    if (alias == NULL || alias->use != ALIAS_VALUE)
      continue;
    column = column_index (layout->feed, alias->column_name);
    place = is_fixing (alias) ? &find_slot (layout, alias)->file_column[column] : &layout->plain[column];
    if (*place != HEADER_NONE)
      return refuse_duplicate (c, *place, i, fault);
    *place = i;
  }
  return TRUE;
}

/* A column that stands once and again by keys, or that is both a column and a key of others, would be loaded twice. */
static gboolean
join_slots (Layout *layout, const Candidate *c, Fault *fault)
{
  layout->wide = layout->slots->len > 0;
  if (!layout->wide)
    g_ptr_array_add (layout->slots, slot_new (layout->feed));
  for (guint s = 0; s < layout->slots->len; s++) {
    LayoutSlot *slot = layout->slots->pdata[s];

    for (guint i = 0; i < layout->feed->columns->len; i++) {
      if (layout->plain[i] == HEADER_NONE)
        continue;
      if (slot->file_column[i] != HEADER_NONE)
        return refuse_duplicate (c, layout->plain[i], slot->file_column[i], fault);
      if (slot->fixed[i] != NULL)
        return refuse_duplicate (c, layout->plain[i], layout->plain[i], fault);
      slot->file_column[i] = layout->plain[i];
    }
  }
  return TRUE;
}

/* 1年级男检查人数 without 1年级男近视人数: the header as a whole has every column, but not every slot has. */
static gboolean
check_slots (const Layout *layout, const Candidate *c, Fault *fault)
{
  for (guint s = 0; s < layout->slots->len; s++) {
    const LayoutSlot *slot = layout->slots->pdata[s];
    g_autoptr (GString) keys = g_string_new (NULL);

    for (guint i = 0; i < layout->feed->columns->len; i++)
      if (slot->fixed[i] != NULL)
        g_string_append_printf (keys, " %s", slot->fixed[i]);
    for (guint i = 0; i < layout->feed->columns->len; i++) {
      const FeedColumn *column = layout->feed->columns->pdata[i];

      if (!(column->required || column->key) || slot->file_column[i] != HEADER_NONE || slot->fixed[i] != NULL
          || *column->fallback != '\0')
        continue;
      fault_set (fault, "header", c->row->line, c->row->row);
      fault_text (&fault->found, "%s", layout->feed->name);
      fault->expected.zh = g_strdup_printf ("%s (%s%s)", column->name, column->column_name, keys->str);
      fault->expected.en = g_strdup_printf ("%s (%s%s)", column->name_en, column->column_name, keys->str);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
place_totals (Layout *layout, const Candidate *c, Fault *fault)
{
  for (guint i = 0; i < c->row->n; i++) {
    const FeedAlias *alias = c->alias[i];
    LayoutTotal *total = NULL;

    if (alias == NULL || alias->use != ALIAS_TOTAL)
      continue;
    for (guint k = 0; k < i; k++)
      if (c->alias[k] == alias)
        return refuse_duplicate (c, k, i, fault);
    total = g_new0 (LayoutTotal, 1);
    total->file_column = i;
    total->column = column_index (layout->feed, alias->column_name);
    total->cells = g_array_new (FALSE, FALSE, sizeof (guint));
    for (guint s = 0; layout->wide && s < layout->slots->len; s++) {
      const LayoutSlot *slot = layout->slots->pdata[s];

      if (slot->file_column[total->column] != HEADER_NONE && agrees (layout->feed, slot, alias, FALSE))
        g_array_append_val (total->cells, s);
    }
    if (total->cells->len > 0)
      g_ptr_array_add (layout->totals, total);
    else
      total_free (total);
  }
  return TRUE;
}

static void
list_unknown (Layout *layout, const Candidate *c)
{
  layout->n_headers = c->row->n;
  layout->headers = g_new0 (char *, c->row->n + 1);
  for (guint i = 0; i < c->row->n; i++) {
    layout->headers[i] = g_strdup (g_strstrip (c->row->cells[i]));
    if (c->alias[i] == NULL && *c->row->normalised[i] != '\0')
      g_ptr_array_add (layout->unknown, g_strdup (layout->headers[i]));
  }
}

Layout *
layout_new (const Candidate *candidate, Fault *fault)
{
  g_autoptr (Layout) layout = g_new0 (Layout, 1);

  layout->feed = candidate->feed;
  layout->line = candidate->row->line;
  layout->row = candidate->row->row;
  layout->slots = g_ptr_array_new_with_free_func (slot_free);
  layout->totals = g_ptr_array_new_with_free_func (total_free);
  layout->unknown = g_ptr_array_new_with_free_func (g_free);
  layout->plain = g_new (guint, candidate->feed->columns->len);
  for (guint i = 0; i < candidate->feed->columns->len; i++)
    layout->plain[i] = HEADER_NONE;
  list_unknown (layout, candidate);
  if (!place_values (layout, candidate, fault) || !join_slots (layout, candidate, fault)
      || !check_slots (layout, candidate, fault) || !place_totals (layout, candidate, fault))
    return NULL;
  return g_steal_pointer (&layout);
}

gboolean
header_is_repeated (const Layout *layout, const Record *record)
{
  guint same = 0;

  if (record->n < layout->n_headers)
    return FALSE;
  for (guint i = 0; i < layout->n_headers; i++) {
    g_autofree char *cell = NULL;

    if (*layout->headers[i] == '\0')
      continue;
    if (*record_field (record, i) != *layout->headers[i])
      return FALSE; /* nearly every row ends here, before anything is allocated */
    cell = fault_value (record_field (record, i));
    if (strcmp (g_strstrip (cell), layout->headers[i]) != 0)
      return FALSE;
    same++;
  }
  return same > 0;
}
