/* include/measure/station.h: one area at one look, measured; what the drift rule and the verdict then work on. */
#pragma once

#include "measure/drift.h"
#include "measure/judge.h"
#include "measure/small.h"

/* The waves since the baseline, up to the look: what tau is learnt from. k x k matrices row-major;
   owned. */
typedef struct {
  guint k;
  double *t;        /* their times */
  double *years;    /* since the baseline */
  double *delta;    /* deviations from the path, bad is positive; the city's part not taken off */
  double *sampling; /* covariance of delta from sampling schools */
  double df;        /* of it, plain */
  SmallSample small;
  double *load; /* a shock of variance tau2 in each wave adds tau2 x load */
  double *line; /* weights that make the deviation of the least-squares line at the look from the deltas */
} StationWaves;

typedef struct {
  JudgeRow row;
  gboolean complete;   /* enough schools, nothing provisional */
  Deviation now;       /* from the path */
  Deviation drift;     /* the same by the line through the waves since the baseline: what the drift rule tests */
  Deviation end;       /* from the target at the deadline */
  Deviation slope;     /* beyond what the path allows in the bad direction */
  Deviation projected; /* the projection itself: delta is its value */
  StationWaves waves;
  SampleFacts facts;
} Station;

/* station_measure: what @area shows of @series at the look at time @t, from its waves up to then: everything that does
   not need the other areas. @weights: the series'. */
void station_measure (Station *station, const JudgeSeries *series, const StrataWeights *weights, const JudgeArea *area,
                      double t, const VerdictThresholds *thresholds);

/* station_conclude: intervals, P(meet) and verdict, once tau2, p and alpha stand in the row. @tau2: fractions squared
 */
void station_conclude (Station *station, const JudgeTarget *target, double tau2, const VerdictThresholds *thresholds);

void station_clear (Station *station);
