#include "extract/clerk.h"

#include "extract/message.h"

#include <string.h>

typedef struct {
  GString *out;
  const Catalogue *catalogue;
  const char *language;
} Letter;

static const char *
sentence (const Letter *l, const char *key)
{
  return catalogue_text (l->catalogue, l->language, key);
}

static void
add_line (Letter *l, const char *line)
{
  g_string_append (l->out, line);
  g_string_append (l->out, "\r\n");
}

static void
add_under (Letter *l, const char *line)
{
  g_string_append (l->out, "   ");
  add_line (l, line);
}

static char *
count_text (gint64 value)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, value);
}

static void
add_summary (Letter *l, const char *file, const Extract *extract)
{
  const Layout *layout = extract->layout;
  gboolean english = strcmp (l->language, "en") == 0;
  g_autofree char *read = count_text (extract->rows_read), *accepted = count_text (extract->rows_accepted);
  g_autofree char *rejected = count_text (extract->rows_rejected),
                  *provisional = count_text (extract->rows_provisional);
  g_autofree char *title = message_fill (sentence (l, "clerk.title"), "file", file, NULL);
  const char *key = !extract->refused         ? "clerk.loaded"
                    : extract->rows_read == 0 ? "clerk.refused_unread"
                                              : "clerk.refused";
  g_autofree char *counts = message_fill (sentence (l, key), "read", read, "accepted", accepted, "rejected", rejected,
                                          "provisional", provisional, NULL);

  add_line (l, title);
  add_line (l, "");
  if (layout != NULL) {
    g_autofree char *feed
        = message_fill (sentence (l, "clerk.feed"), "feed", english ? layout->feed->name_en : layout->feed->name, NULL);

    add_line (l, feed);
  }
  add_line (l, counts);
}

static gboolean
is_of_group (const Reject *r, const RejectGroup *group)
{
  return r->column_no == group->column_no && strcmp (r->rule->rule, group->rule->rule) == 0;
}

/* The rows of a group, the first of them by number; how many are left out is said. */
static char *
list_rows (const Letter *l, const Rejects *rejects, const RejectGroup *group)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autofree char *left = NULL, *rest = NULL;
  guint named = 0, last = 0;

  for (guint i = 0; i < rejects->kept->len && named < CLERK_MAX_ROWS; i++) {
    const Reject *r = rejects->kept->pdata[i];

    if (!is_of_group (r, group) || (named > 0 && r->row == last))
      continue;
    g_string_append_printf (rows, "%s%u", named > 0 ? sentence (l, "clerk.comma") : "", r->row);
    last = r->row;
    named++;
  }
  if (group->count <= named)
    return g_strdup (rows->str);
  left = count_text (group->count - named);
  rest = message_fill (sentence (l, "clerk.more_rows"), "left", left, NULL);
  return g_strconcat (rows->str, rest, NULL);
}

static void
add_group (Letter *l, guint number, const Rejects *rejects, const RejectGroup *group)
{
  const Reject *first = group->first;
  g_autofree char *no = g_strdup_printf ("%u", number), *letter = column_letter (first->column_no);
  g_autofree char *row = g_strdup_printf ("%u", first->row), *line = g_strdup_printf ("%u", first->line);
  g_autofree char *first_row = g_strdup_printf ("%u", group->first_row);
  g_autofree char *last_row = g_strdup_printf ("%u", group->last_row), *count = count_text (group->count);
  g_autofree char *rows = list_rows (l, rejects, group);
  const char *key = first->row == 0 ? "clerk.item_file" : first->column_no == 0 ? "clerk.item_row" : "clerk.item_cell";
  g_autofree char *item
      = message_fill (sentence (l, key), "number", no, "row", row, "line", line, "letter", letter, "column",
                      first->header, "rule", first->rule->rule, "text", reject_text (first, l->language), NULL);
  g_autofree char *repeats = message_fill (sentence (l, "clerk.repeats"), "count", count, "first", first_row, "last",
                                           last_row, "rows", rows, NULL);

  add_line (l, item);
  if (group->count > 1)
    add_under (l, repeats);
  if (group->rule->severity == SEVERITY_CONFIRM)
    add_under (l, sentence (l, "clerk.provisional"));
}

static void
add_problems (Letter *l, const Rejects *rejects)
{
  guint shown = MIN (rejects->groups->len, CLERK_MAX_GROUPS);

  add_line (l, "");
  add_line (l, sentence (l, "clerk.problems"));
  for (guint i = 0; i < shown; i++)
    add_group (l, i + 1, rejects, rejects->groups->pdata[i]);
  if (rejects->groups->len > shown) {
    g_autofree char *left = g_strdup_printf ("%u", rejects->groups->len - shown);
    g_autofree char *more = message_fill (sentence (l, "clerk.more_groups"), "left", left, NULL);

    add_line (l, more);
  }
  if (rejects->refused + rejects->confirm > rejects->kept->len) {
    g_autofree char *all = count_text (rejects->refused + rejects->confirm);
    g_autofree char *kept = g_strdup_printf ("%u", rejects->kept->len);
    g_autofree char *more = message_fill (sentence (l, "clerk.more_rejects"), "all", all, "kept", kept, NULL);

    add_line (l, more);
  }
}

char *
clerk_letter (const char *file, const Extract *extract, const Catalogue *catalogue, const char *language,
              const char *copy)
{
  Letter letter = { g_string_new ("\xEF\xBB\xBF"), catalogue, language };
  g_autofree char *how = NULL;

  add_summary (&letter, file, extract);
  add_problems (&letter, extract->rejects);
  how = message_fill (sentence (&letter, copy != NULL ? "clerk.how" : "clerk.how_without"), "copy", copy, NULL);
  add_line (&letter, "");
  add_line (&letter, how);
  return g_string_free (letter.out, FALSE);
}
