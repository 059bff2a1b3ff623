/* tests/bench/view.h: a made-up city as it is known while a wave's exports come in. */
#pragma once

#include "city.h"

#define VIEW_SERIES 3 /* of the city's indicators, those that pupils are examined for */
#define VIEW_GROUPS 3 /* a wave's exports come in as many parts, each from every third district */

/* What the city looks like when @groups of the districts' parts of wave @k have come in. */
typedef struct {
  Panel *panels[VIEW_SERIES][CITY_DISTRICTS + 1];
  JudgeCompleteness completeness[VIEW_SERIES][CITY_DISTRICTS + 1][CITY_WAVES];
  JudgeArea areas[VIEW_SERIES][CITY_DISTRICTS + 1];
  JudgeSeries series[VIEW_SERIES];
} View;

/* view_new: @codes: the districts' area codes, then the city's; borrowed. Free with view_free(). */
View *view_new (const City *city, const char *const codes[], guint k, guint groups);
void view_free (View *view);
