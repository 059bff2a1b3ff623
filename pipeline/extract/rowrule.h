/* pipeline/extract/rowrule.h: a rule on the values of one row. */
#pragma once

#include "expression.h"
#include "extract/rules.h"

struct _RowRule {
  const Rule *rule;
  Expression expression;
};
