/* include/measure/detail.h: what a judgement of one area rested on, for explain. */
#pragma once

#include "measure/outlook.h"
#include "measure/station.h"

/* Fractions; owned. */
typedef struct {
  gboolean known;    /* there was a look with enough reports to tell */
  JudgeRow row;      /* of that look */
  guint k;           /* waves since the baseline */
  double *t;         /* k */
  double *delta;     /* k deviations from the path, bad is positive */
  double *centre;    /* k: what the city has in common, taken off before the drift rule */
  double *line;      /* k */
  double df;         /* plain */
  SmallSample small; /* of the line */
  Deviation drift;   /* what the drift rule tested */
  double tau2[TAU_GRID];
  double tau_weight[TAU_GRID];
  double slope2[OUTLOOK_SLOPES];
  double *outlook; /* TAU_GRID x OUTLOOK_SLOPES, NULL: P(meet) is that of the projection alone */
  Deviation end;   /* from the target at the deadline, by the projection alone */
} JudgeDetail;

void judge_detail_clear (JudgeDetail *detail);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JudgeDetail, judge_detail_clear)

/* judge_explain: judge_run(), keeping what the row of area @area of series @which rests on. */
gboolean judge_explain (const JudgeSeries series[], guint n_series, const VerdictThresholds *thresholds, guint which,
                        guint area, JudgeDetail *out, GError **error);
