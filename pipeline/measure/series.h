/* series.h: what is asked of a series before it is judged. */
#pragma once

#include "measure/judge.h"

#define SAME_TIME 1e-9 /* years; nearer than this is the same wave */

/* series_check: PLUMB_ERROR_INPUT, with the indicator, for a target that no verdict can be given on. */
gboolean series_check (const JudgeSeries *series, GError **error);
/* series_times: when any area of the series has a wave, in order; of double. Free with g_array_unref(). */
GArray *series_times (const JudgeSeries *series);
/* series_weights: the strata's shares at the baseline, of the districts, or where there are none of the city. */
StrataWeights *series_weights (const JudgeSeries *series, GError **error);
