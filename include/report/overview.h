/* include/report/overview.h: what is said of the whole plan, first and on one page; on screen and on paper alike. */
#pragma once

#include "report/page_parts.h"

/* overview_areas: districts that are off a headline target, in the order in which an official would call them: most
 * urgent standing first; const Area*, free with g_ptr_array_unref(). */
GPtrArray *overview_areas (const Board *board);
/* overview_headline: the whole in one sentence. @areas as overview_areas() gives them. */
char *overview_headline (const Page *page, const GPtrArray *areas);

/* overview_is_matter: worth a sentence of its own. */
gboolean overview_is_matter (const Page *page, const Standing *s);
/* overview_matter: that sentence; for the city with the districts that are off as it is. */
char *overview_matter (const Page *page, const Standing *s);
/* overview_counts_behind: the counts among @standings that fall behind, in one sentence; NULL when none does. */
char *overview_counts_behind (const Page *page, const GPtrArray *standings);

/* What cannot be told for the same reason in the same districts is told once. */
typedef struct {
  const char *reason;
  GPtrArray *targets; /* names, borrowed */
  GPtrArray *areas;   /* const Area* */
} Untold;

/* overview_untold: Untold*, free with g_ptr_array_unref(). */
GPtrArray *overview_untold (const Page *page);

/* overview_goal: what the plan asks, as short as a column's head needs it. */
char *overview_goal (const Page *page, const Target *target);
