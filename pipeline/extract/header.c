#include "head.h"

#include "extract/cell.h"
#include "extract/message.h"

#include <string.h>

static const char separators[] = { ',', '\t', ';' };

char *
column_letter (guint column_no)
{
  char letters[8] = "";
  guint n = sizeof letters - 1;

  letters[n] = '\0';
  for (guint left = column_no; left > 0; left = (left - 1) / 26)
    letters[--n] = (char)('A' + (left - 1) % 26);
  return g_strdup (letters + n);
}

/* Whether every cell that means something to @less means something to @more, and @more knows others besides. */
static gboolean
is_outdone (const Candidate *less, const Candidate *more)
{
  for (guint i = 0; i < less->row->n; i++)
    if (less->alias[i] != NULL && less->alias[i]->use != ALIAS_IGNORE
        && (more->alias[i] == NULL || more->alias[i]->use == ALIAS_IGNORE))
      return FALSE;
  return more->known > less->known;
}

static void
free_candidate (gpointer data)
{
  candidate_free (data);
}

static GPtrArray *
complete_candidates (const Catalogue *catalogue, const HeadRow *row)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (free_candidate);
  GPtrArray *kept = g_ptr_array_new_with_free_func (free_candidate);

  for (guint i = 0; i < catalogue->feeds->len; i++) {
    Candidate *c = candidate_new (catalogue->feeds->pdata[i], row);

    if (c->missing->len == 0 && c->found->len > 0)
      g_ptr_array_add (all, c);
    else
      candidate_free (c);
  }
  for (guint i = 0; i < all->len; i++) {
    gboolean outdone = FALSE;

    for (guint k = 0; k < all->len; k++)
      outdone = outdone || is_outdone (all->pdata[i], all->pdata[k]);
    if (!outdone)
      g_ptr_array_add (kept, candidate_new (((Candidate *)all->pdata[i])->feed, row));
  }
  return kept;
}

static gboolean
refuse_ambiguous (const HeadRow *row, const GPtrArray *candidates, Fault *fault)
{
  g_autoptr (GString) zh = g_string_new (NULL), en = g_string_new (NULL);

  for (guint i = 0; i < candidates->len; i++) {
    const Feed *feed = ((const Candidate *)candidates->pdata[i])->feed;

    g_string_append_printf (zh, "%s%s", i > 0 ? "、" : "", feed->name);
    g_string_append_printf (en, "%s%s", i > 0 ? ", " : "", feed->name_en);
  }
  fault_set (fault, "header_ambiguous", row->line, row->row);
  fault->found.zh = g_strdup (zh->str);
  fault->found.en = g_strdup (en->str);
  return FALSE;
}

/* The first row that is some feed's header; *@out NULL when there is none. */
static gboolean
find_row (const Catalogue *catalogue, const Head *head, Candidate **out, Fault *fault)
{
  *out = NULL;
  for (guint i = 0; i < head->rows->len; i++) {
    const HeadRow *row = head->rows->pdata[i];
    g_autoptr (GPtrArray) candidates = complete_candidates (catalogue, row);

    if (candidates->len > 1)
      return refuse_ambiguous (row, candidates, fault);
    if (candidates->len == 1) {
      *out = candidate_new (((const Candidate *)candidates->pdata[0])->feed, row);
      return TRUE;
    }
  }
  return TRUE;
}

/* Columns that describe a person, as the catalogue's domain "individual" lists them. */
static gboolean
is_individual (const Catalogue *catalogue, const Head *head, Fault *fault)
{
  for (guint i = 0; i < head->rows->len; i++) {
    const HeadRow *row = head->rows->pdata[i];
    g_autoptr (GString) names = g_string_new (NULL);

    for (guint k = 0; k < row->n; k++)
      if (catalogue_value (catalogue, "individual", row->normalised[k]) != NULL)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", row->cells[k]);
    if (names->len > 0) {
      fault_set (fault, "individual", row->line, row->row);
      fault_text (&fault->found, "%s", names->str);
      return TRUE;
    }
  }
  return FALSE;
}

typedef struct {
  const HeadRow *header;
  const Head *head;
} Titles;

/* The first title cell for which @pick returns something. */
static char *
search_titles (const Titles *titles, char *(*pick) (const char *cell, gconstpointer data), gconstpointer data)
{
  for (guint i = 0; i < titles->head->rows->len && titles->head->rows->pdata[i] != titles->header; i++) {
    const HeadRow *row = titles->head->rows->pdata[i];

    for (guint k = 0; k < row->n; k++) {
      char *found = pick (row->normalised[k], data);

      if (found != NULL)
        return found;
    }
  }
  return NULL;
}

static char *
pick_period (const char *cell, gconstpointer data)
{
  return period_find (cell, cell_period_kinds (data), TRUE);
}

static char *
pick_simulated (const char *cell, gconstpointer data)
{
  const Catalogue *catalogue = data;

  for (guint i = 0; i < catalogue->values->len; i++) {
    const ValueAlias *value = catalogue->values->pdata[i];

    if (strcmp (value->domain, "simulated") == 0 && strstr (cell, value->written) != NULL)
      return g_strdup (cell);
  }
  return NULL;
}

static void
read_titles (const Catalogue *catalogue, const Titles *titles, Layout *layout)
{
  const Feed *feed = layout->feed;
  g_autofree char *marker = search_titles (titles, pick_simulated, catalogue);

  layout->simulated = marker != NULL;
  layout->fallback = g_new0 (char *, feed->columns->len + 1);
  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (strcmp (column->fallback, "title") == 0)
      layout->fallback[i] = search_titles (titles, pick_period, feed);
    else if (*column->fallback != '\0')
      layout->fallback[i] = g_strdup (column->fallback);
  }
}

/* A column that the file does not have and whose value no title gives. */
static gboolean
check_titles (const Layout *layout, const Titles *titles, Fault *fault)
{
  const LayoutSlot *slot = layout->slots->pdata[0];

  for (guint i = 0; i < layout->feed->columns->len; i++) {
    const FeedColumn *column = layout->feed->columns->pdata[i];

    if (slot->file_column[i] != HEADER_NONE || slot->fixed[i] != NULL || layout->fallback[i] != NULL
        || *column->fallback == '\0')
      continue;
    fault_set (fault, "period_missing", layout->line, layout->row);
    fault->column_name = g_strdup (column->column_name);
    fault_text (&fault->expected, "%s", layout->feed->frequency);
    if (titles->head->rows->pdata[0] != titles->header)
      fault_text (&fault->found, "%s", ((HeadRow *)titles->head->rows->pdata[0])->cells[0]);
    return FALSE;
  }
  return TRUE;
}

static Layout *
make_layout (const Catalogue *catalogue, const Head *head, const Candidate *candidate, Fault *fault)
{
  g_autoptr (Layout) layout = layout_new (candidate, fault);
  Titles titles = { candidate->row, head };

  if (layout == NULL)
    return NULL;
  layout->separator = head->separator;
  read_titles (catalogue, &titles, layout);
  return check_titles (layout, &titles, fault) ? g_steal_pointer (&layout) : NULL;
}

static guint
widest (const Head *head)
{
  guint n = 0;

  for (guint i = 0; i < head->rows->len; i++)
    n = MAX (n, ((HeadRow *)head->rows->pdata[i])->n);
  return n;
}

/* GB18030 fits nearly any bytes: where no header means anything, the reader should know that it may be the decoding. */
static void
add_decoding (const Catalogue *catalogue, Source *source, Encoding encoding, guint64 utf8_end, Fault *fault)
{
  g_auto (Fault) at = { 0 };
  g_autofree char *place = NULL, *zh = NULL, *en = NULL;

  if ((encoding != ENCODING_GB18030 && encoding != ENCODING_CP936)
      || !decode_locate (source, ENCODING_UTF8, utf8_end, &at))
    return;
  place = g_strdup_printf ("%u:%" G_GUINT64_FORMAT, at.line, at.byte);
  zh = message_fill (catalogue_text (catalogue, "zh", "rule.header_decoded"), "found", fault->found.zh, "near",
                     encoding_info (encoding)->name, "value", place, NULL);
  en = message_fill (catalogue_text (catalogue, "en", "rule.header_decoded"), "found", fault->found.en, "near",
                     encoding_info (encoding)->name, "value", place, NULL);
  g_free (fault->found.zh);
  g_free (fault->found.en);
  fault->found.zh = g_steal_pointer (&zh);
  fault->found.en = g_steal_pointer (&en);
}

static gboolean
refuse_header (const Catalogue *catalogue, Source *source, Encoding encoding, guint64 utf8_end, Head *head,
               Fault *fault)
{
  if (head->fault.check != NULL) {
    *fault = head->fault;
    memset (&head->fault, 0, sizeof head->fault);
    return FALSE;
  }
  if (head->rows->len == 0)
    return fault_set (fault, "empty", 0, 0);
  if (is_individual (catalogue, head, fault))
    return FALSE;
  if (!head_fault (catalogue, head, fault))
    add_decoding (catalogue, source, encoding, utf8_end, fault);
  return FALSE;
}

Layout *
header_find (const Catalogue *catalogue, Source *source, Encoding encoding, guint64 utf8_end, Fault *fault)
{
  g_autoptr (Head) best = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (separators); i++) {
    g_autoptr (Head) head = head_read (source, encoding, separators[i], fault);
    g_autoptr (Candidate) candidate = NULL;

    if (head == NULL || !find_row (catalogue, head, &candidate, fault))
      return NULL;
    if (candidate != NULL)
      return make_layout (catalogue, head, candidate, fault);
    if (best == NULL || widest (head) > widest (best)) {
      head_free (best);
      best = g_steal_pointer (&head);
    }
  }
  refuse_header (catalogue, source, encoding, utf8_end, best, fault);
  return NULL;
}
