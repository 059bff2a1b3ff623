#include "head.h"

#include "base/text.h"
#include "extract/message.h"

#include <string.h>

#define FEEDS_NAMED 2
#define HEADERS_NAMED 8

static const char *const languages[2] = { "zh", "en" };

/* Among the row's cells that mean nothing to the feed, the one spelled most like a header of @column. */
static const char *
nearest_cell (const Candidate *c, const FeedColumn *column)
{
  const char *best = NULL;
  guint best_distance = G_MAXUINT;

  for (guint k = 0; k < c->feed->aliases->len; k++) {
    const FeedAlias *alias = c->feed->aliases->pdata[k];

    if (alias->use != ALIAS_VALUE || strcmp (alias->column_name, column->column_name) != 0)
      continue;
    for (guint i = 0; i < c->row->n; i++) {
      guint limit = c->row->slip[i], distance = 0;

      if (c->alias[i] != NULL || limit == 0)
        continue;
      distance = text_distance (c->row->normalised[i], alias->header, limit);
      if (distance <= limit && distance < best_distance) {
        best_distance = distance;
        best = c->row->cells[i];
      }
    }
  }
  return best;
}

static void
list_columns (const Candidate *c, GPtrArray *columns, const Catalogue *catalogue, GString *out[2],
              gboolean with_nearest)
{
  for (guint i = 0; i < columns->len; i++) {
    const FeedColumn *column = columns->pdata[i];
    const char *near = with_nearest ? nearest_cell (c, column) : NULL;

    for (guint l = 0; l < 2; l++) {
      const char *key = near != NULL ? "rule.header_near" : "rule.header_column";
      g_autofree char *text
          = message_fill (catalogue_text (catalogue, languages[l], key), "name",
                          l == 0 ? column->name : column->name_en, "column", column->column_name, "near", near, NULL);

      g_string_append_printf (out[l], "%s%s", out[l]->len > 0 ? l == 0 ? "、" : ", " : "", text);
    }
  }
}

/* One sentence about a feed: which columns were looked for and found, and which not. */
static void
describe (const Catalogue *catalogue, const Candidate *c, GString *out[2])
{
  const char *key = c->found->len > 0 ? "rule.header_feed" : "rule.header_needs";
  GString *found[2] = { g_string_new (NULL), g_string_new (NULL) };
  GString *missing[2] = { g_string_new (NULL), g_string_new (NULL) };

  list_columns (c, c->found, catalogue, found, FALSE);
  list_columns (c, c->missing, catalogue, missing, TRUE);
  for (guint l = 0; l < 2; l++) {
    g_autofree char *row = g_strdup_printf ("%u", c->row->row);
    g_autofree char *text = message_fill (catalogue_text (catalogue, languages[l], key), "feed",
                                          l == 0 ? c->feed->name : c->feed->name_en, "row", row, "found", found[l]->str,
                                          "missing", missing[l]->str, NULL);

    g_string_append_printf (out[l], "%s%s", out[l]->len == 0 ? "" : l == 0 ? "；" : "; ", text);
    g_string_free (found[l], TRUE);
    g_string_free (missing[l], TRUE);
  }
}

/* -1 when @left suits better: more of what is required is there, then more of the rest is spelled like a cell. */
static int
compare_fit (const Candidate *left, const Candidate *right)
{
  guint cross_left = left->found->len * (right->found->len + right->missing->len);
  guint cross_right = right->found->len * (left->found->len + left->missing->len);

  if (cross_left != cross_right)
    return cross_left > cross_right ? -1 : 1;
  return (int)right->near - (int)left->near;
}

static int
compare_candidates (const void *a, const void *b)
{
  const Candidate *const *left = a, *const *right = b;
  int fit = compare_fit (*left, *right);

  return fit != 0 ? fit : (int)(*right)->known - (int)(*left)->known;
}

static void
count_near (Candidate *c)
{
  for (guint i = 0; i < c->missing->len; i++)
    c->near += nearest_cell (c, c->missing->pdata[i]) != NULL;
}

static Candidate *
best_row (const Feed *feed, const Head *head)
{
  g_autoptr (Candidate) best = NULL;

  for (guint i = 0; i < head->rows->len; i++) {
    g_autoptr (Candidate) c = candidate_new (feed, head->rows->pdata[i]);

    if (best == NULL || compare_candidates (&c, &best) < 0) {
      candidate_free (best);
      best = g_steal_pointer (&c);
    }
  }
  return g_steal_pointer (&best);
}

/* The widest row of the head is most likely the header that means nothing. */
static const HeadRow *
widest_row (const Head *head)
{
  const HeadRow *widest = NULL;
  guint most = 0;

  for (guint i = 0; i < head->rows->len; i++) {
    const HeadRow *row = head->rows->pdata[i];
    guint filled = 0;

    for (guint k = 0; k < row->n; k++)
      filled += *row->normalised[k] != '\0';
    if (filled > most) {
      most = filled;
      widest = row;
    }
  }
  return widest;
}

static void
list_headers (const HeadRow *row, FaultText *out)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint named = 0, left = 0;

  for (guint i = 0; row != NULL && i < row->n; i++) {
    if (*row->normalised[i] == '\0')
      continue;
    if (named == HEADERS_NAMED) {
      left++;
      continue;
    }
    g_string_append_printf (list, "%s%s", named++ > 0 ? ", " : "", row->cells[i]);
  }
  if (left > 0)
    g_string_append_printf (list, " … (+%u)", left);
  fault_text (out, "%s", list->str);
}

static void
clear_candidate (gpointer data)
{
  candidate_free (data);
}

/* Where nothing of any feed is there, only the names of the feeds help. */
static void
list_feeds (const Catalogue *catalogue, GString *out[2])
{
  for (guint l = 0; l < 2; l++) {
    g_autoptr (GString) names = g_string_new (NULL);
    g_autofree char *text = NULL;

    for (guint i = 0; i < catalogue->feeds->len; i++) {
      const Feed *feed = catalogue->feeds->pdata[i];

      g_string_append_printf (names, "%s%s", i == 0 ? "" : l == 0 ? "、" : ", ", l == 0 ? feed->name : feed->name_en);
    }
    text = message_fill (catalogue_text (catalogue, languages[l], "rule.header_none"), "feed", names->str, NULL);
    g_string_append (out[l], text);
  }
}

static GPtrArray *
rank (const Catalogue *catalogue, const Head *head)
{
  GPtrArray *candidates = g_ptr_array_new_with_free_func (clear_candidate);
  const HeadRow *widest = widest_row (head);

  for (guint i = 0; i < catalogue->feeds->len; i++) {
    Candidate *c = best_row (catalogue->feeds->pdata[i], head);

    if (c == NULL)
      continue;
    if (c->found->len == 0 && widest != NULL) {
      candidate_free (c);
      c = candidate_new (catalogue->feeds->pdata[i], widest);
    }
    count_near (c);
    g_ptr_array_add (candidates, c);
  }
  g_ptr_array_sort (candidates, compare_candidates);
  return candidates;
}

gboolean
head_fault (const Catalogue *catalogue, const Head *head, Fault *fault)
{
  g_autoptr (GPtrArray) candidates = rank (catalogue, head);
  const Candidate *best = candidates->len > 0 ? candidates->pdata[0] : NULL;
  GString *out[2] = { g_string_new (NULL), g_string_new (NULL) };
  const HeadRow *row = best != NULL && best->found->len > 0 ? best->row : widest_row (head);

  if (best != NULL && best->found->len + best->near > 0)
    for (guint i = 0; i < MIN (candidates->len, FEEDS_NAMED); i++) {
      const Candidate *c = candidates->pdata[i];

      if (compare_fit (c, best) == 0)
        describe (catalogue, c, out);
    }
  else
    list_feeds (catalogue, out);
  fault_set (fault, "header", row != NULL ? row->line : 0, row != NULL ? row->row : 0);
  list_headers (row, &fault->found);
  fault->expected.zh = g_string_free (out[0], FALSE);
  fault->expected.en = g_string_free (out[1], FALSE);
  return best != NULL && best->found->len > 0;
}
