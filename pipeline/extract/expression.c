#include "expression.h"

#include <math.h>
#include <string.h>

/* Sums of so many counts, so many times each, fit 64 bits by far. */
#define MAX_WHOLE_FACTOR 1000000
#define MAX_WHOLE_TERMS 64

static const struct {
  const char *written;
  Compare compare;
  const char *sign;
} operators[] = {
  { "<=", COMPARE_AT_MOST, "≤" }, { ">=", COMPARE_AT_LEAST, "≥" }, { "<", COMPARE_LESS, "<" },
  { ">", COMPARE_MORE, ">" },     { "=", COMPARE_EQUAL, "=" },
};

static void
comparison_clear (Comparison *c)
{
  g_clear_pointer (&c->left, g_array_unref);
  g_clear_pointer (&c->right, g_array_unref);
}

void
expression_clear (Expression *expression)
{
  comparison_clear (&expression->test);
  comparison_clear (&expression->when);
  g_clear_pointer (&expression->whole, g_array_unref);
}

static gboolean
is_comparable (ColumnType type)
{
  return type == TYPE_COUNT || type == TYPE_NUMBER || type == TYPE_DATE;
}

static gboolean
parse_column (const char *name, const Feed *feed, Term *out, char **why)
{
  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (strcmp (column->column_name, name) != 0)
      continue;
    out->column = i;
    out->type = column->type;
    if (is_comparable (column->type))
      return TRUE;
    *why = g_strdup_printf ("column %s is neither a number nor a date", name);
    return FALSE;
  }
  *why = g_strdup_printf ("feed %s has no column '%s'", feed->feed, name);
  return FALSE;
}

static gboolean
parse_term (const char *text, const Feed *feed, Term *out, char **why)
{
  g_auto (GStrv) factors = g_strsplit (text, "*", 2);
  char *end = NULL;

  memset (out, 0, sizeof *out);
  out->factor = g_ascii_strtod (g_strstrip (factors[0]), &end);
  if (end == factors[0]) {
    out->factor = 1;
    if (factors[1] == NULL)
      return parse_column (factors[0], feed, out, why);
  }
  if (*end != '\0' || !isfinite (out->factor)) {
    *why = g_strdup_printf ("'%s' is neither a number nor a column", factors[0]);
    return FALSE;
  }
  out->constant = factors[1] == NULL;
  return out->constant || parse_column (g_strstrip (factors[1]), feed, out, why);
}

static GArray *
parse_sum (const char *text, const Feed *feed, char **why)
{
  g_autoptr (GArray) terms = g_array_new (FALSE, FALSE, sizeof (Term));
  g_auto (GStrv) parts = g_strsplit (text, "+", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    Term term;

    if (!parse_term (g_strstrip (parts[i]), feed, &term, why))
      return NULL;
    g_array_append_val (terms, term);
  }
  return g_steal_pointer (&terms);
}

static gboolean
parse_comparison (const char *text, const Feed *feed, Comparison *out, char **why)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++) {
    const char *at = strstr (text, operators[i].written);
    g_autofree char *left = NULL, *right = NULL;

    if (at == NULL)
      continue;
    left = g_strndup (text, (gsize)(at - text));
    right = g_strdup (at + strlen (operators[i].written));
    out->compare = operators[i].compare;
    out->left = parse_sum (g_strstrip (left), feed, why);
    out->right = out->left != NULL ? parse_sum (g_strstrip (right), feed, why) : NULL;
    return out->right != NULL;
  }
  *why = g_strdup_printf ("'%s' has none of <= >= < > =", text);
  return FALSE;
}

static gboolean
add_whole_terms (Expression *e, const GArray *terms, gint64 sign)
{
  for (guint i = 0; i < terms->len; i++) {
    const Term *term = &g_array_index (terms, Term, i);
    WholeTerm whole = { term->column, sign * (gint64)term->factor };

    if (!(fabs (term->factor) <= MAX_WHOLE_FACTOR) || fabs (term->factor - floor (term->factor)) > 0
        || (!term->constant && term->type != TYPE_COUNT))
      return FALSE;
    if (term->constant)
      e->constant += whole.factor;
    else
      g_array_append_val (e->whole, whole);
  }
  return e->whole->len <= MAX_WHOLE_TERMS;
}

static void
find_whole_terms (Expression *e)
{
  e->whole = g_array_new (FALSE, FALSE, sizeof (WholeTerm));
  if (!add_whole_terms (e, e->test.left, 1) || !add_whole_terms (e, e->test.right, -1))
    g_clear_pointer (&e->whole, g_array_unref);
}

gboolean
expression_parse (const char *text, const Feed *feed, Expression *out, char **why)
{
  g_auto (GStrv) parts = g_strsplit (text, " when ", 2);
  Expression parsed = { 0 };

  if (parts[0] == NULL) {
    *why = g_strdup ("the argument is empty");
    return FALSE;
  }
  if (parse_comparison (parts[0], feed, &parsed.test, why)
      && (parts[1] == NULL || parse_comparison (parts[1], feed, &parsed.when, why))) {
    find_whole_terms (&parsed);
    *out = parsed;
    return TRUE;
  }
  expression_clear (&parsed);
  return FALSE;
}

static double
term_value (const Term *term, const Cell *cell)
{
  switch (term->type) {
  case TYPE_COUNT:
    return term->factor * (double)cell->as.count;
  case TYPE_NUMBER:
    return term->factor * cell->as.number;
  default:
    return term->factor * cell->as.day;
  }
}

/* FALSE where nothing of the sum is there, or with @whole where something is not. Counts are not negative, so what is
 * there of a sum already bounds it from below. */
static gboolean
sum_terms (const GArray *terms, const Cell cells[], gboolean whole, double *sum)
{
  const Term *term = (const Term *)(gpointer)terms->data, *end = term + terms->len;
  gboolean known = FALSE;
  double so_far = 0;

  for (; term < end; term++) {
    if (term->constant)
      so_far += term->factor;
    else if (cells[term->column].verdict == CELL_OK)
      so_far += term_value (term, &cells[term->column]);
    else if (whole)
      return FALSE;
    else
      continue;
    known = TRUE;
  }
  *sum = so_far;
  return known;
}

/* -1 unknown, 0 does not hold, 1 holds. */
static int
comparison_holds (const Comparison *c, const Cell cells[], ExpressionValues *values)
{
  gboolean whole = c->compare != COMPARE_AT_MOST && c->compare != COMPARE_LESS;
  double left = 0, right = 0;

  if (!sum_terms (c->left, cells, whole, &left) || !sum_terms (c->right, cells, TRUE, &right))
    return -1;
  values->left = left;
  values->right = right;
  switch (c->compare) {
  case COMPARE_AT_MOST:
    return left <= right;
  case COMPARE_AT_LEAST:
    return left >= right;
  case COMPARE_LESS:
    return left < right;
  case COMPARE_MORE:
    return left > right;
  default:
    return fabs (left - right) < 1e-9;
  }
}

/* Nearly every row has all of its counts, and passes the test whether or not the condition asks for it. */
static gboolean
surely_holds (const Expression *e, const Cell cells[])
{
  const WholeTerm *term = (const WholeTerm *)(gpointer)e->whole->data, *end = term + e->whole->len;
  gint64 difference = e->constant;

  for (; term < end; term++) {
    const Cell *cell = &cells[term->column];

    if (cell->verdict != CELL_OK)
      return FALSE;
    difference += term->factor * cell->as.count;
  }
  switch (e->test.compare) {
  case COMPARE_AT_MOST:
    return difference <= 0;
  case COMPARE_AT_LEAST:
    return difference >= 0;
  case COMPARE_LESS:
    return difference < 0;
  case COMPARE_MORE:
    return difference > 0;
  default:
    return difference == 0;
  }
}

gboolean
expression_holds (const Expression *expression, const Cell cells[], ExpressionValues *values)
{
  ExpressionValues condition;

  if (expression->whole != NULL && surely_holds (expression, cells))
    return TRUE;
  if (expression->when.left != NULL && comparison_holds (&expression->when, cells, &condition) != 1)
    return TRUE;
  return comparison_holds (&expression->test, cells, values) != 0;
}

guint
expression_anchor (const Expression *expression)
{
  for (guint i = 0; i < expression->test.left->len; i++)
    if (!g_array_index (expression->test.left, Term, i).constant)
      return g_array_index (expression->test.left, Term, i).column;
  return 0;
}

static void
sum_words (const GArray *terms, const Feed *feed, gboolean english, GString *out)
{
  for (guint i = 0; i < terms->len; i++) {
    const Term *term = &g_array_index (terms, Term, i);
    const FeedColumn *column = feed->columns->pdata[term->column];

    if (i > 0)
      g_string_append (out, " + ");
    if (term->constant || term->factor < 1 || term->factor > 1)
      g_string_append_printf (out, "%g%s", term->factor, term->constant ? "" : " × ");
    if (!term->constant)
      g_string_append (out, english ? column->name_en : column->name);
  }
}

char *
expression_words (const Expression *expression, const Feed *feed, gboolean english)
{
  GString *out = g_string_new (NULL);

  sum_words (expression->test.left, feed, english, out);
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (operators[i].compare == expression->test.compare)
      g_string_append_printf (out, " %s ", operators[i].sign);
  sum_words (expression->test.right, feed, english, out);
  return g_string_free (out, FALSE);
}
