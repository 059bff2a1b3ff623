#include "domain/catalogue_parts.h"

#include <string.h>

const char *const catalogue_rule_levels[] = { "template", "cell", "row", "file", "register", "history", NULL };
const char *const catalogue_severities[] = { "refuse", "confirm", NULL };

static const char *const placeholders[]
    = { "file", "line", "row", "column", "letter", "value", "limit", "near", "feed", "found", "expected", NULL };

void
catalogue_rule_free (gpointer data)
{
  Rule *r = data;

  g_free (r->rule);
  g_free (r->feed);
  g_free (r->column);
  g_free (r->check);
  g_free (r->argument);
  g_free (r->text_zh);
  g_free (r->text_en);
  g_free (r->advice_zh);
  g_free (r->advice_en);
  g_free (r);
}

static void
check_placeholders (const Cells *cells, const char *column_name)
{
  const char *text = cell_raw (cells, column_name);

  for (const char *p = strchr (text, '{'); p != NULL; p = strchr (p + 1, '{')) {
    const char *end = strchr (p, '}');
    g_autofree char *name = end != NULL ? g_strndup (p + 1, (gsize)(end - p - 1)) : NULL;

    if (name == NULL || word_index (name, placeholders) < 0)
      mistake (cells, column_name, "'{%s}' is none of the placeholders that are filled in", name != NULL ? name : "");
  }
}

static void
check_rule (const Cells *cells, const Rule *r, const Feed *f)
{
  static const char *const texts[] = { "text_zh", "text_en", "advice_zh", "advice_en" };

  if (!g_str_has_prefix (r->rule, "R-") || r->rule[2] == '\0')
    mistake (cells, "rule", "'%s' is not a rule's code; write it like R-above", r->rule);
  if (f != NULL && *r->column != '\0' && strcmp (r->column, "*") != 0 && feed_column (f, r->column) == NULL)
    mistake (cells, "column", "'%s' is no column of feed %s in column.csv", r->column, f->feed);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    check_placeholders (cells, texts[i]);
}

/* A later use of a code may leave its texts out, or repeat them, but not say something else. */
static void
take_text (const Cells *cells, const char *column_name, char **text, const char *first)
{
  *text = cell_text (cells, column_name);
  if (first == NULL && **text == '\0')
    mistake (cells, column_name, "the cell is empty; the first row of a rule says what is wrong and what to do");
  if (first == NULL || strcmp (*text, first) == 0)
    return;
  if (**text != '\0')
    mistake (cells, column_name,
             "the text differs from that of the rule's first row; leave it empty or give the rule its own code");
  g_free (*text);
  *text = g_strdup (first);
}

static const Rule *
first_use (const Catalogue *c, const char *rule)
{
  for (guint i = 0; i < c->rules->len; i++) {
    const Rule *r = c->rules->pdata[i];

    if (strcmp (r->rule, rule) == 0)
      return r;
  }
  return NULL;
}

static gboolean
is_passed_over (const Cells *cells, const Catalogue *c)
{
  const char *feed = cell_raw (cells, "feed");
  const char *column = cell_raw (cells, "column");
  const Feed *f = catalogue_feed (c, feed);

  if (!cells->skip_unknown_feed || strcmp (feed, "*") == 0)
    return FALSE;
  return f == NULL || (*column != '\0' && strcmp (column, "*") != 0 && feed_column (f, column) == NULL);
}

void
catalogue_read_rule (Cells *cells, Catalogue *c)
{
  const Rule *first = first_use (c, cell_raw (cells, "rule"));
  const Feed *f = NULL;
  Rule *r = NULL;

  if (is_passed_over (cells, c))
    return;
  if (strcmp (cell_raw (cells, "feed"), "*") != 0)
    f = cell_feed (cells, c);
  r = g_new0 (Rule, 1);
  r->at = cell_origin (cells);
  r->rule = cell_code (cells, "rule");
  r->feed = cell_text (cells, "feed");
  r->level = (RuleLevel)cell_word (cells, "level", catalogue_rule_levels);
  r->column = cell_text (cells, "column");
  r->check = cell_name (cells, "check");
  r->argument = cell_text (cells, "argument");
  r->severity = (Severity)cell_word (cells, "severity", catalogue_severities);
  take_text (cells, "text_zh", &r->text_zh, first != NULL ? first->text_zh : NULL);
  take_text (cells, "text_en", &r->text_en, first != NULL ? first->text_en : NULL);
  take_text (cells, "advice_zh", &r->advice_zh, first != NULL ? first->advice_zh : NULL);
  take_text (cells, "advice_en", &r->advice_en, first != NULL ? first->advice_en : NULL);
  check_rule (cells, r, f);
  g_ptr_array_add (c->rules, r);
}
