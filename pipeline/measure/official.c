#include "measure/verdict.h"
#include <math.h>

/* Achieved over required compound annual growth, as in Eurostat's and open-sdg's progress measure; over linear change
   where a compound rate does not exist. */
static double
progress_ratio (double baseline, double now, double target, double elapsed, double span)
{
  double achieved, required;

  if (baseline > 0 && now > 0 && target > 0) {
    achieved = pow (now / baseline, 1 / elapsed) - 1;
    required = pow (target / baseline, 1 / span) - 1;
  } else {
    achieved = (now - baseline) / elapsed;
    required = (target - baseline) / span;
  }
  return achieved / required;
}

const char *
official_class (double baseline, double now, double target, double baseline_t, double t, double deadline_t,
                gboolean good_is_up, const VerdictThresholds *thresholds, double *ratio)
{
  double elapsed = t - baseline_t, span = deadline_t - baseline_t, r = NAN;

  if (isfinite (baseline) && isfinite (now) && isfinite (target) && elapsed > 0 && span > 0)
    r = progress_ratio (baseline, now, target, elapsed, span);
  if (ratio != NULL)
    *ratio = isfinite (r) ? r : NAN;
  if (isfinite (now) && isfinite (target) && (good_is_up ? now >= target : now <= target))
    return "target_achieved";
  /* A target that the baseline had reached already asks for no change: the ratio would turn good into bad. */
  if (!isfinite (r) || (good_is_up ? baseline >= target : baseline <= target))
    return isfinite (r) ? "deterioration" : NULL;
  if (r >= thresholds->official_on_track_ratio)
    return "substantial_progress";
  if (r >= thresholds->official_moderate_ratio)
    return "moderate_progress";
  return r >= 0 ? "limited_progress" : "deterioration";
}
