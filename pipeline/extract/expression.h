/* pipeline/extract/expression.h: a comparison of sums of columns, as rules state it. */
#pragma once

#include "extract/cell.h"

typedef enum { COMPARE_AT_MOST, COMPARE_AT_LEAST, COMPARE_LESS, COMPARE_MORE, COMPARE_EQUAL } Compare;

typedef struct {
  gboolean constant;
  guint column; /* of the feed */
  ColumnType type;
  double factor;
} Term;

typedef struct {
  GArray *left;  /* Term */
  GArray *right; /* Term */
  Compare compare;
} Comparison;

/* What a count adds to the left side less the right one. */
typedef struct {
  guint column; /* of the feed */
  gint64 factor;
} WholeTerm;

typedef struct {
  Comparison test;
  Comparison when; /* left NULL: always */
  GArray *whole;   /* WholeTerm: the test, where it compares whole multiples of counts; else NULL */
  gint64 constant; /* beside them */
} Expression;

/**
 * expression_parse: "mild + moderate + high <= myopic", "100 * myopic <= 95 * examined when examined >= 50".
 * Terms are a column, a number, or number * column; operators are <= >= < > =.
 *
 * Returns: FALSE with @why (newly allocated) when it is none, or names a column that @feed lacks or that holds no
 * number or date.
 */
gboolean expression_parse (const char *text, const Feed *feed, Expression *out, char **why);
void expression_clear (Expression *expression);

typedef struct {
  double left;
  double right;
} ExpressionValues;

/**
 * expression_holds: TRUE too when it says nothing about the row: a value on the right is missing, or all on the left
 * are, or for = any; or its condition does not hold. @values is set when FALSE.
 */
gboolean expression_holds (const Expression *expression, const Cell cells[], ExpressionValues *values);

/* expression_anchor: the first column on the left: where a message points to. */
guint expression_anchor (const Expression *expression);

/* expression_words: the test with the columns' names in place: 近视人数 ≤ 检查人数; newly allocated. */
char *expression_words (const Expression *expression, const Feed *feed, gboolean english);
