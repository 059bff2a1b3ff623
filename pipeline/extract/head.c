#include "head.h"

#include "base/text.h"

#include <string.h>

static void
head_row_free (gpointer data)
{
  HeadRow *row = data;

  g_strfreev (row->cells);
  g_strfreev (row->normalised);
  g_free (row->slip);
  g_free (row);
}

/* Clerks mark required columns with an asterisk, and break or space out headers to fit: 学校 代码*. */
static char *
comparable (const char *cell)
{
  g_autofree char *plain = text_normalise (cell);

  g_strdelimit (plain, "*", ' ');
  return text_normalise (plain);
}

static guint
allowed_slip (const char *cell)
{
  glong n = g_utf8_strlen (cell, -1);

  return n < 2 ? 0 : (guint)MAX (1, n / 3);
}

static HeadRow *
head_row_new (const Record *record)
{
  HeadRow *row = g_new0 (HeadRow, 1);

  row->line = record->line;
  row->row = record->row;
  row->n = record->n;
  row->cells = g_new0 (char *, record->n + 1);
  row->normalised = g_new0 (char *, record->n + 1);
  row->slip = g_new0 (guint, record->n + 1);
  for (guint i = 0; i < record->n; i++) {
    row->cells[i] = fault_value (record_field (record, i));
    row->normalised[i] = comparable (record_field (record, i));
    row->slip[i] = allowed_slip (row->normalised[i]);
  }
  return row;
}

void
head_free (Head *head)
{
  if (head == NULL)
    return;
  g_ptr_array_unref (head->rows);
  fault_clear (&head->fault);
  g_free (head);
}

Head *
head_read (Source *source, Encoding encoding, char separator, Fault *fault)
{
  g_autoptr (Parser) parser = parser_new (source, encoding, separator, FALSE, fault);
  const Record *record = NULL;
  Head *head = NULL;

  if (parser == NULL)
    return NULL;
  head = g_new0 (Head, 1);
  head->separator = separator;
  head->rows = g_ptr_array_new_with_free_func (head_row_free);
  while (parser_next (parser, &record, &head->fault) && record != NULL && record->row <= HEADER_MAX_ROWS)
    g_ptr_array_add (head->rows, head_row_new (record));
  return head;
}

/* 近视 人数 for 近视人数: a Chinese header may be spaced out, an English one may not. */
static char *
without_spaces (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p != ' ')
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

static const FeedAlias *
find_alias (const Feed *feed, const char *header)
{
  g_autofree char *key = catalogue_key (header);
  const FeedAlias *alias = g_hash_table_lookup (feed->alias_by_header, key);
  g_autofree char *dense = NULL;

  if (alias != NULL || *header == '\0')
    return alias;
  dense = without_spaces (key);
  return g_hash_table_lookup (feed->alias_by_header, dense);
}

static gboolean
alias_fixes (const FeedAlias *alias, const char *column_name)
{
  return alias->fixed_columns != NULL
         && g_ptr_array_find_with_equal_func (alias->fixed_columns, column_name, g_str_equal, NULL);
}

static gboolean
is_provided (const Candidate *c, const FeedColumn *column)
{
  for (guint i = 0; i < c->row->n; i++) {
    const FeedAlias *alias = c->alias[i];

    if (alias != NULL && alias->use == ALIAS_VALUE
        && (strcmp (alias->column_name, column->column_name) == 0 || alias_fixes (alias, column->column_name)))
      return TRUE;
  }
  return FALSE;
}

Candidate *
candidate_new (const Feed *feed, const HeadRow *row)
{
  Candidate *c = g_new0 (Candidate, 1);

  c->row = row;
  c->feed = feed;
  c->alias = g_new0 (const FeedAlias *, row->n + 1);
  c->found = g_ptr_array_new ();
  c->missing = g_ptr_array_new ();
  for (guint i = 0; i < row->n; i++) {
    c->alias[i] = find_alias (feed, row->normalised[i]);
    c->known += c->alias[i] != NULL && c->alias[i]->use != ALIAS_IGNORE;
  }
  for (guint i = 0; i < feed->columns->len; i++) {
    FeedColumn *column = feed->columns->pdata[i];

    if (!column->required && !column->key)
      continue;
    if (is_provided (c, column))
      g_ptr_array_add (c->found, column);
    else if (*column->fallback == '\0')
      g_ptr_array_add (c->missing, column);
  }
  return c;
}

void
candidate_free (Candidate *candidate)
{
  if (candidate == NULL)
    return;
  g_free (candidate->alias);
  g_ptr_array_unref (candidate->found);
  g_ptr_array_unref (candidate->missing);
  g_free (candidate);
}
