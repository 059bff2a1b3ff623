#include "reading.h"

#include "base/text.h"

#include <string.h>

#define MEMO_ENTRIES 1024

GPtrArray *
footer_words (const Catalogue *catalogue)
{
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; i < catalogue->values->len; i++)
    if (strcmp (((const ValueAlias *)catalogue->values->pdata[i])->domain, "footer") == 0)
      g_ptr_array_add (words, catalogue->values->pdata[i]);
  return words;
}

/* 合 计 is spaced out to fill its cell; a note goes on after its first word. */
static FooterKind
read_kind (const GPtrArray *words, const char *cell)
{
  g_autofree char *plain = text_normalise (cell);
  g_autoptr (GString) dense = g_string_new (plain);

  g_string_replace (dense, " ", "", 0);
  for (guint i = 0; i < words->len; i++) {
    const ValueAlias *value = words->pdata[i];

    if (strcmp (value->value, "note") == 0 && g_str_has_prefix (dense->str, value->written))
      return FOOTER_NOTE;
    if (g_ascii_strcasecmp (dense->str, value->written) == 0)
      return strcmp (value->value, "subtotal") == 0 ? FOOTER_SUBTOTAL : FOOTER_TOTAL;
  }
  return FOOTER_NONE;
}

static guint
first_filled (const Record *record)
{
  for (guint i = 0; i < record->n; i++)
    if (*record_field (record, i) != '\0')
      return i;
  return READING_NONE;
}

/* A row that names its school is data, even where it begins with the word total: 合计 is a grade and a sex as well. */
static gboolean
names_unit (const Reading *r, guint first)
{
  guint file_column = r->unit_column != READING_NONE ? r->layout->plain[r->unit_column] : HEADER_NONE;
  gsize length = 0;

  if (file_column == HEADER_NONE || file_column == first)
    return FALSE;
  reading_field (r, file_column, &length);
  return length > 0;
}

FooterKind
footer_kind (Reading *r)
{
  guint first = first_filled (r->record);
  const char *cell = first != READING_NONE ? record_field (r->record, first) : "";
  gpointer known = NULL;
  FooterKind kind = FOOTER_NONE;

  if (*cell == '\0' || g_ascii_isdigit (*cell) || names_unit (r, first))
    return FOOTER_NONE;
  if (g_hash_table_lookup_extended (r->footers, cell, NULL, &known))
    return (FooterKind)GPOINTER_TO_INT (known);
  kind = read_kind (r->footer_words, cell);
  if (g_hash_table_size (r->footers) < MEMO_ENTRIES)
    g_hash_table_insert (r->footers, g_strdup (cell), GINT_TO_POINTER (kind));
  return kind;
}

static gboolean
has_several_patterns (const Reading *r)
{
  return (r->patterns & (r->patterns - 1)) != 0;
}

/* TRUE when the total does not agree with the rows above it and that wants confirming. */
static gboolean
compare (Reading *r, guint column, guint file_column, FooterKind kind)
{
  gint64 sum = kind == FOOTER_SUBTOTAL ? r->subsums[file_column] : r->sums[file_column];
  g_auto (Fault) fault = { 0 };
  gboolean bad = FALSE, doubtful = FALSE;
  gsize length = 0;
  const char *raw = reading_field (r, file_column, &length);
  Cell cell;

  if (r->broken[file_column] || cell_read (r->readers[column], raw, length, &cell) != CELL_OK || cell.as.count == sum)
    return FALSE;
  fault_text (&fault.expected, "%" G_GINT64_FORMAT, sum);
  validate_report (r, r->rules->footer, column, file_column, &fault, &bad, &doubtful);
  return doubtful;
}

/* The total is wrong, or one of the rows above it is, and which one nobody can say from here. */
static void
doubt_rows (Reading *r, FooterKind kind)
{
  for (guint i = kind == FOOTER_SUBTOTAL ? r->subtotal_ordinal : 0; i < r->ordinal && !r->quiet; i++)
    g_array_append_val (r->out->provisional, i);
}

static gboolean
is_count (const Reading *r, guint column)
{
  return reading_column (r, column)->type == TYPE_COUNT;
}

void
footer_check (Reading *r, FooterKind kind)
{
  const Layout *layout = r->layout;
  gboolean doubtful = FALSE;

  if (kind == FOOTER_NOTE || has_several_patterns (r) || r->out->rows_read == 0)
    return;
  for (guint s = 0; s < layout->slots->len; s++)
    for (guint i = 0; i < r->n_columns; i++) {
      guint file_column = ((const LayoutSlot *)layout->slots->pdata[s])->file_column[i];

      if (file_column != HEADER_NONE && is_count (r, i) && (s == 0 || layout->plain[i] == HEADER_NONE))
        doubtful |= compare (r, i, file_column, kind);
    }
  for (guint i = 0; i < layout->totals->len; i++) {
    const LayoutTotal *total = layout->totals->pdata[i];

    if (is_count (r, total->column))
      doubtful |= compare (r, total->column, total->file_column, kind);
  }
  if (doubtful)
    doubt_rows (r, kind);
  r->subtotal_ordinal = r->ordinal;
  memset (r->subsums, 0, r->n_files * sizeof *r->subsums);
}
