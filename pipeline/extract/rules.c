#include "extract/rules.h"

#include "base/error.h"
#include "rowrule.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const Catalogue *catalogue;
  RuleSet *rules;
  const Feed *feed;
  const Rule *rule;
  GError **error;
} Binding;

typedef struct {
  const char *name;
  RuleLevel level;
  gboolean needed; /* a file may be wrong in this way whatever the catalogue says */
  gboolean (*bind) (const Binding *b, gsize which);
  gsize which; /* offset of the rule's place, or verdict */
} Check;

static gboolean
fail (const Binding *b, const char *column_name, const char *why)
{
  const char *file = b->rule->at.file;

  g_set_error (b->error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s:%u:%u: %s: %s", file, b->rule->at.line,
               catalogue_column_number (b->catalogue, file, column_name), column_name, why);
  return FALSE;
}

static gboolean
applies_to (const Rule *rule, const FeedColumn *column)
{
  return *rule->column == '\0' || strcmp (rule->column, "*") == 0 || strcmp (rule->column, column->column_name) == 0;
}

/* The first rule in the catalogue's order wins. */
static void
put (const Rule **place, const Rule *rule)
{
  if (*place == NULL)
    *place = rule;
}

static gboolean
bind_verdict (const Binding *b, gsize verdict)
{
  for (guint i = 0; i < b->feed->columns->len; i++)
    if (applies_to (b->rule, b->feed->columns->pdata[i]))
      put (&b->rules->columns[i].verdict[verdict], b->rule);
  return TRUE;
}

static gboolean
bind_column (const Binding *b, gsize offset)
{
  for (guint i = 0; i < b->feed->columns->len; i++)
    if (applies_to (b->rule, b->feed->columns->pdata[i]))
      put ((const Rule **)(gpointer)((char *)&b->rules->columns[i] + offset), b->rule);
  return TRUE;
}

static gboolean
bind_feed (const Binding *b, gsize offset)
{
  put ((const Rule **)(gpointer)((char *)b->rules + offset), b->rule);
  return TRUE;
}

static gboolean
bind_range (const Binding *b, gsize which)
{
  char *end = NULL;
  RangeRule range = { b->rule, g_ascii_strtod (b->rule->argument, &end), 0 };
  const char *second = end;

  (void)which;
  range.high = g_ascii_strtod (second, &end);
  if (second == b->rule->argument || end == second || *end != '\0' || range.low > range.high)
    return fail (b, "argument", "two numbers, the lower one first, were expected");
  for (guint i = 0; i < b->feed->columns->len; i++)
    if (applies_to (b->rule, b->feed->columns->pdata[i]))
      g_array_append_val (b->rules->columns[i].ranges, range);
  return TRUE;
}

static gboolean
bind_expression (const Binding *b, gsize which)
{
  RowRule row = { .rule = b->rule };
  g_autofree char *why = NULL;

  (void)which;
  if (!expression_parse (b->rule->argument, b->feed, &row.expression, &why))
    return fail (b, "argument", why);
  g_array_append_val (b->rules->row, row);
  return TRUE;
}

static guint
count_number (const Feed *feed, const char *column_name)
{
  guint n = 0;

  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (column->type != TYPE_COUNT)
      continue;
    if (strcmp (column->column_name, column_name) == 0)
      return n;
    n++;
  }
  return G_MAXUINT;
}

/* "examined 4 5" for jump ("- 4 25" where it is part of nothing), "100" for copy and zero, "5 8" for round, "" for
 * fall. */
static gboolean
parse_history (const Binding *b, HistoryRule *out)
{
  g_auto (GStrv) words = g_strsplit (b->rule->argument, " ", -1);
  guint n = g_strv_length (words), at = out->kind == HISTORY_JUMP ? 1 : 0;
  guint wanted = out->kind == HISTORY_JUMP ? 3 : out->kind == HISTORY_ROUND ? 2 : out->kind == HISTORY_FALL ? 0 : 1;
  double *numbers[] = { &out->first, &out->second };

  if (n != wanted)
    return FALSE;
  if (at == 1 && strcmp (words[0], "-") != 0 && (out->whole = count_number (b->feed, words[0])) == G_MAXUINT)
    return FALSE;
  for (guint i = at; i < n; i++) {
    char *end = NULL;

    *numbers[i - at] = g_ascii_strtod (words[i], &end);
    if (end == words[i] || *end != '\0' || !(*numbers[i - at] >= 0))
      return FALSE;
  }
  return out->kind != HISTORY_ROUND || out->first >= 2;
}

static gboolean
bind_history (const Binding *b, gsize kind)
{
  HistoryRule rule = { .rule = b->rule, .kind = (HistoryKind)kind, .whole = G_MAXUINT };

  rule.count = count_number (b->feed, b->rule->column);
  if (rule.count == G_MAXUINT)
    return fail (b, "column", "a count of the feed was expected");
  if (!parse_history (b, &rule))
    return fail (b, "argument",
                 "jump takes a count or -, standard errors and an allowance; copied and zero a number; round a divisor "
                 "and a number of counts; falls nothing");
  if (b->rule->severity != SEVERITY_CONFIRM)
    return fail (b, "severity", "what is startling can be confirmed, not refused");
  g_array_append_val (b->rules->history, rule);
  return TRUE;
}

static gboolean
bind_nothing (const Binding *b, gsize which)
{
  (void)b;
  (void)which;
  return TRUE;
}

#define OF_COLUMN(member) bind_column, G_STRUCT_OFFSET (ColumnRules, member)
#define OF_FEED(member) bind_feed, G_STRUCT_OFFSET (RuleSet, member)

static const Check checks[] = {
  { "missing", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "unreadable", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "not_regular", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "too_big", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "changed", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "empty", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "workbook", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "nul", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "encoding", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "big5", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "ceiling", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "quote", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "header", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "header_ambiguous", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "header_duplicate", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "individual", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "period_missing", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "no_rows", LEVEL_TEMPLATE, TRUE, bind_nothing, 0 },
  { "reject_limit", LEVEL_TEMPLATE, TRUE, OF_FEED (reject_limit) },
  { "required", LEVEL_CELL, TRUE, bind_verdict, CELL_NOTHING },
  { "number", LEVEL_CELL, TRUE, bind_verdict, CELL_NUMBER },
  { "excel_date", LEVEL_CELL, TRUE, bind_verdict, CELL_EXCEL_DATE },
  { "negative", LEVEL_CELL, TRUE, bind_verdict, CELL_NEGATIVE },
  { "fraction", LEVEL_CELL, TRUE, bind_verdict, CELL_FRACTION },
  { "too_large", LEVEL_CELL, TRUE, bind_verdict, CELL_TOO_LARGE },
  { "code", LEVEL_CELL, TRUE, bind_verdict, CELL_CODE },
  { "scientific", LEVEL_CELL, TRUE, bind_verdict, CELL_SCIENTIFIC },
  { "value", LEVEL_CELL, TRUE, bind_verdict, CELL_VALUE },
  { "period", LEVEL_CELL, TRUE, bind_verdict, CELL_PERIOD },
  { "period_kind", LEVEL_CELL, TRUE, bind_verdict, CELL_PERIOD_KIND },
  { "date", LEVEL_CELL, TRUE, bind_verdict, CELL_DATE },
  { "too_long", LEVEL_CELL, TRUE, bind_verdict, CELL_TOO_LONG },
  { "area_known", LEVEL_REGISTER, TRUE, bind_verdict, CELL_AREA },
  { "not_future", LEVEL_CELL, FALSE, OF_COLUMN (future) },
  { "excel_text", LEVEL_CELL, FALSE, OF_COLUMN (excel_text) },
  { "between", LEVEL_CELL, FALSE, bind_range, 0 },
  { "ragged", LEVEL_ROW, TRUE, OF_FEED (ragged) },
  { "holds", LEVEL_ROW, FALSE, bind_expression, 0 },
  { "unique", LEVEL_FILE, TRUE, OF_FEED (duplicate) },
  { "total", LEVEL_FILE, TRUE, OF_FEED (total) },
  { "footer", LEVEL_FILE, TRUE, OF_FEED (footer) },
  { "school_known", LEVEL_REGISTER, TRUE, OF_FEED (school_known) },
  { "school_open", LEVEL_REGISTER, TRUE, OF_FEED (school_open) },
  { "grade_stage", LEVEL_REGISTER, FALSE, OF_FEED (grade_stage) },
  { "copied", LEVEL_HISTORY, FALSE, bind_history, HISTORY_COPY },
  { "zero", LEVEL_HISTORY, FALSE, bind_history, HISTORY_ZERO },
  { "jump", LEVEL_HISTORY, FALSE, bind_history, HISTORY_JUMP },
  { "falls", LEVEL_HISTORY, FALSE, bind_history, HISTORY_FALL },
  { "round", LEVEL_HISTORY, FALSE, bind_history, HISTORY_ROUND },
};

static const Check *
find_check (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    if (*checks[i].name == *name && strcmp (checks[i].name, name) == 0)
      return &checks[i];
  return NULL;
}

static gboolean
rule_is_for (const Rule *rule, const Feed *feed)
{
  return *rule->feed == '\0' || strcmp (rule->feed, "*") == 0 || strcmp (rule->feed, feed->feed) == 0;
}

static gboolean
bind_rule (const Binding *b, gboolean answered[])
{
  const Check *check = find_check (b->rule->check);
  g_autofree char *why = NULL;

  if (check == NULL) {
    why = g_strdup_printf ("'%s' is no check that plumbline knows", b->rule->check);
    return fail (b, "check", why);
  }
  if (check->level != b->rule->level) {
    why = g_strdup_printf ("the check %s belongs to level %s", check->name, catalogue_rule_levels[check->level]);
    return fail (b, "level", why);
  }
  if (*b->rule->column == '\0' || strcmp (b->rule->column, "*") == 0)
    answered[check - checks] = TRUE;
  return check->bind (b, check->which);
}

static RuleSet *
rules_empty (const Feed *feed)
{
  RuleSet *rules = g_new0 (RuleSet, 1);

  rules->feed = feed;
  rules->n_columns = feed->columns->len;
  rules->columns = g_new0 (ColumnRules, rules->n_columns);
  for (guint i = 0; i < rules->n_columns; i++)
    rules->columns[i].ranges = g_array_new (FALSE, FALSE, sizeof (RangeRule));
  rules->row = g_array_new (FALSE, FALSE, sizeof (RowRule));
  rules->history = g_array_new (FALSE, FALSE, sizeof (HistoryRule));
  return rules;
}

void
rules_free (RuleSet *rules)
{
  if (rules == NULL)
    return;
  for (guint i = 0; i < rules->n_columns; i++)
    g_array_unref (rules->columns[i].ranges);
  for (guint i = 0; i < rules->row->len; i++)
    expression_clear (&g_array_index (rules->row, RowRule, i).expression);
  g_array_unref (rules->row);
  g_array_unref (rules->history);
  g_free (rules->columns);
  g_free (rules);
}

RuleSet *
rules_new (const Catalogue *catalogue, const Feed *feed, GError **error)
{
  g_autoptr (RuleSet) rules = rules_empty (feed);
  gboolean answered[G_N_ELEMENTS (checks)] = { FALSE };

  for (guint i = 0; i < catalogue->rules->len; i++) {
    Binding binding = { catalogue, rules, feed, catalogue->rules->pdata[i], error };

    if (rule_is_for (binding.rule, feed) && !bind_rule (&binding, answered))
      return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    if (checks[i].needed && !answered[i]) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                   "rule.csv: no rule for all columns of feed %s has the check '%s'", feed->feed, checks[i].name);
      return NULL;
    }
  return g_steal_pointer (&rules);
}

gboolean
rules_check (const Catalogue *catalogue, GError **error)
{
  for (guint i = 0; i < catalogue->feeds->len; i++) {
    g_autoptr (RuleSet) rules = rules_new (catalogue, catalogue->feeds->pdata[i], error);

    if (rules == NULL)
      return FALSE;
  }
  return TRUE;
}

const Rule *
rules_template (const Catalogue *catalogue, const char *check, GError **error)
{
  for (guint i = 0; i < catalogue->rules->len; i++) {
    const Rule *rule = catalogue->rules->pdata[i];

    if (strcmp (rule->check, check) == 0)
      return rule;
  }
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "rule.csv: no rule has the check '%s'", check);
  return NULL;
}
