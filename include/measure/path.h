/* include/measure/path.h: where a target says that an area should stand at a time, and how that depends on the area's
 * own waves. */
#pragma once

#include "measure/trend.h"

typedef enum { JUDGE_LEVEL, JUDGE_CHANGE, JUDGE_SLOPE, JUDGE_GROWTH_CUT } JudgeKind;

typedef struct {
  const char *indicator;
  gboolean good_is_up;
  JudgeKind kind;
  double value;      /* level: percent; change: points from the baseline; slope: points a year; growth_cut: percent of
                        the growth to be cut */
  double baseline_t; /* years, a wave */
  double deadline_t; /* > baseline_t */
  double growth_from_t; /* growth_cut: the wave at which the baseline growth starts; else ignored */
  gboolean geometric;   /* growth_cut: compound rate instead of points a year */
  double baseline_pct;  /* NAN: each area's own estimate at baseline_t */
  double trend_from_t;  /* slope and projection use the waves from here on; -INFINITY: all up to the look */
} JudgeTarget;

/* A point of the path. Fractions. */
typedef struct {
  double value;  /* NAN where the baseline, or the start of its growth, has no value */
  double *g;     /* K: how it moves with each wave's p (delta method where the path is not linear in them); owned */
  gboolean flat; /* growth_cut whose baseline did not grow: the path stays at the baseline */
} PathPoint;

/* path_at: the path is linear from the baseline to the target at the deadline (compound where geometric), and stays
 * there. */
void path_at (const JudgeTarget *target, const Trend *trend, double t, PathPoint *out);
void path_point_clear (PathPoint *point);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PathPoint, path_point_clear)

/* path_baseline: the baseline as a fraction, NAN where unknown. */
double path_baseline (const JudgeTarget *target, const Trend *trend);

/**
 * path_growth: a value that starts at @base and may grow by what is left of its growth after a cut.
 * @from: the value @years before @base; @cut: fraction of the growth to be cut; @after: years after @base
 *
 * Arithmetic: base + (1 - cut) (base - from) / years x after. Geometric: base (1 + (1 - cut) r)^after with r the
 * compound rate from @from to @base. Without growth it stays at @base; NAN where geometric and @from is not positive.
 */
double path_growth (double from, double base, double years, double cut, gboolean geometric, double after);
