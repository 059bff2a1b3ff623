/* include/domain/period.h: 2022, 2022-03, 2022-03-15, 2022-spring, 2022-autumn. */
#pragma once

#include <glib.h>

typedef enum { PERIOD_YEAR, PERIOD_TERM, PERIOD_MONTH, PERIOD_DAY } PeriodKind;

typedef struct {
  PeriodKind kind;
  GDate first; /* first day */
  GDate last; /* last day: a spring term runs from 1 February to 31 July, an autumn term from 1 August to 31 December */
} Period;

/* period_parse: canonical text only. Returns FALSE when it is none (month 13, 31 June, year outside 1990…2100; a day
 * may be as early as 1800). */
gboolean period_parse (const char *text, Period *out);

/**
 * period_recognise: the canonical form of what clerks write (2022年春季学期, 2022春, 2021-2022学年第二学期, 2022年3月,
 * 2022/3/5, 202203, 101學年度 with the Republic's years; a school year without a term is its first year), whole cell
 * or, with @within, the first such form inside a longer text. Returns: newly allocated; NULL when there is none.
 */
char *period_recognise (const char *text, gboolean within);

#define PERIOD_MASK(kind) (1u << (kind))
#define PERIOD_ANY                                                                                                     \
  (PERIOD_MASK (PERIOD_YEAR) | PERIOD_MASK (PERIOD_TERM) | PERIOD_MASK (PERIOD_MONTH) | PERIOD_MASK (PERIOD_DAY))

/* period_find: period_recognise() for the kinds in @kinds alone: a title's day of printing is not its term. */
char *period_find (const char *text, guint kinds, gboolean within);

/* period_time: the period's place on the years' axis for trends: year + 0 for a year, + 0.25 for spring, + 0.75 for
   autumn,
   + (month - 0.5) / 12 for a month, the day's fraction for a day. */
double period_time (const Period *period);
/* period_time_of: the same of a period's name; NAN where it is none. */
double period_time_of (const char *name);
