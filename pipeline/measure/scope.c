#include "measure/targets.h"

typedef gboolean (*IsTouched) (const Touched *touched, guint area, guint period);

static gboolean
is_compared (const Touched *touched, guint area, guint period)
{
  (void)area;
  return touched_period (touched, period);
}

/* The area's periods that are made again; nothing where there is none. */
static void
name_periods (const Measurement *m, const Aggregate *a, const Touched *touched, guint area, ResultKind kind,
              IsTouched is_touched)
{
  g_autoptr (GString) periods = g_string_new ("{");

  for (guint period = 0; period < a->periods->len; period++)
    if (is_touched (touched, area, period))
      g_string_append_printf (periods, "%s%s", periods->len > 1 ? "," : "", (const char *)a->periods->pdata[period]);
  g_string_append_c (periods, '}');
  if (periods->len > 2)
    results_scope (m->results, kind, a->indicator->indicator, ((const Area *)a->areas->pdata[area])->area_code,
                   periods->str);
}

void
measure_scope (const Measurement *m, const Aggregate *a, const Touched *touched)
{
  if (touched->everything)
    return;
  results_part (m->results, a->indicator->indicator);
  for (guint area = 0; area < a->areas->len; area++) {
    if (touched_area (touched, area))
      results_scope (m->results, RESULT_ESTIMATE, a->indicator->indicator,
                     ((const Area *)a->areas->pdata[area])->area_code, "");
    name_periods (m, a, touched, area, RESULT_ESTIMATE, touched_part);
    name_periods (m, a, touched, area, RESULT_TREND, touched_look);
    name_periods (m, a, touched, area, RESULT_TENDENCY, touched_look);
    name_periods (m, a, touched, area, RESULT_LEAGUE, is_compared);
    if (area > 0)
      name_periods (m, a, touched, area, RESULT_SCHOOL, touched_part);
  }
}
