/* include/measure/station.h: one area at one look, measured; what the drift rule and the verdict then work on. */
#pragma once

#include "measure/drift.h"
#include "measure/judge.h"

typedef struct {
  JudgeRow row;
  gboolean complete; /* enough schools, nothing provisional */
  Deviation now;     /* from the path; fractions, bad is positive */
  Deviation end;     /* from the target at the deadline */
  Deviation slope;   /* beyond what the path allows in the bad direction */
  Contrast projected;
  double projected_load;
  SampleFacts facts;
} Station;

/* station_measure: what @area shows of @series at the look at time @t, from its waves up to then: everything that does
   not need the other areas. @weights: the series'. */
void station_measure (Station *station, const JudgeSeries *series, const StrataWeights *weights, const JudgeArea *area,
                      double t, const VerdictThresholds *thresholds);

/* station_conclude: intervals, P(meet) and verdict, once tau2, p and alpha stand in the row. @tau2: fractions squared
 */
void station_conclude (Station *station, const JudgeTarget *target, double tau2, const VerdictThresholds *thresholds);
