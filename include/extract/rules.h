/* include/extract/rules.h: the catalogue's rules, arranged for one feed: which check of validate.c answers where. */
#pragma once

#include "extract/cell.h"

typedef struct _RowRule RowRule;

typedef struct {
  const Rule *rule;
  double low;
  double high;
} RangeRule;

typedef enum {
  HISTORY_ANY, /* no kind of rule: any of them */
  HISTORY_JUMP,
  HISTORY_COPY,
  HISTORY_ROUND,
  HISTORY_ZERO,
  HISTORY_FALL
} HistoryKind;

/* A rule on what a unit reports as a whole, against what it reported before. Counts are numbered among the feed's
 * counts. */
typedef struct {
  const Rule *rule;
  HistoryKind kind;
  guint count;   /* which count */
  guint whole;   /* of which it is a part, or G_MAXUINT */
  double first;  /* jump: standard errors; copy, zero: the least sum before it matters; round: the divisor */
  double second; /* jump: allowance, in points of a share, in per cent of a count; round: the least number of counts */
} HistoryRule;

/* What may be wrong with a cell of one column. */
typedef struct {
  const Rule *verdict[CELL_VERDICTS]; /* CELL_NOTHING: the rule for a required cell that is empty */
  const Rule *future;                 /* a period that has not begun */
  const Rule *excel_text;
  GArray *ranges; /* RangeRule */
} ColumnRules;

typedef struct {
  const Feed *feed;
  guint n_columns;
  ColumnRules *columns; /* one for each column of the feed */
  GArray *row;          /* RowRule */
  GArray *history;      /* HistoryRule */
  const Rule *ragged;
  const Rule *duplicate;
  const Rule *total;
  const Rule *footer; /* a total below the rows */
  const Rule *school_known;
  const Rule *school_open;
  const Rule *grade_stage; /* may be NULL */
  const Rule *reject_limit;
} RuleSet;

/**
 * rules_new: PLUMB_ERROR_CONFIG names the row of rule.csv whose check or argument is wrong, or the check without which
 * @feed could not be read, because no rule answers for it.
 */
RuleSet *rules_new (const Catalogue *catalogue, const Feed *feed, GError **error);
void rules_free (RuleSet *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RuleSet, rules_free)

/* rules_template: the rule for a file that cannot be read as a whole; NULL with PLUMB_ERROR_CONFIG when there is none.
 */
const Rule *rules_template (const Catalogue *catalogue, const char *check, GError **error);

/* rules_check: whether every feed can be read by the catalogue's rules; for init. */
gboolean rules_check (const Catalogue *catalogue, GError **error);
