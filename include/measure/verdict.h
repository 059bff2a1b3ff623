/* include/measure/verdict.h: from numbers to a word and its reason. Conditions are tables, first match wins. */
#pragma once

#include "measure/reason.h"

typedef enum {
  VERDICT_MET,
  VERDICT_ON_TRACK,
  VERDICT_UNCERTAIN,
  VERDICT_OFF_TRACK,
  VERDICT_WORSENING,
  VERDICT_CANNOT_TELL
} VerdictWord;

/* verdict_name: met, on_track, …: the stable words of tables and files. */
const char *verdict_name (VerdictWord word);

/* The catalogue's thresholds, named like their rows in threshold.csv unless a comment says otherwise. */
typedef struct {
  double false_alarms_per_year; /* expected false flags of the whole city, all streams */
  double probability_on_track;  /* on_track_probability: P(meet) from which a target is on track */
  double probability_off_track; /* off_track_probability: P(meet) below which it can be off track */
  double worsening_p;           /* one-sided p of the slope below which it moves the wrong way */
  double completeness_min_pct;  /* completeness_pct: share of expected schools below which nothing fires */
  double completeness_tell_pct; /* share below which nothing is said */
  double min_schools;           /* present at both ends */
  double min_waves;
  double min_events;           /* cases in a wave below which no rate is standardised */
  double drift_p_max;          /* of the drift test, however few streams share the budget */
  double interim_power;        /* alpha times the share of reports to this power, while reports come in */
  double df_cap;               /* of the drift test */
  double count_on_track_ratio; /* count targets: done / due */
  double count_off_track_ratio;
  double official_on_track_ratio; /* official class: achieved / required */
  double official_moderate_ratio;
} VerdictThresholds;

/* verdict_thresholds: from the catalogue's rows of the same names. */
VerdictThresholds verdict_thresholds (const Catalogue *catalogue);
/* verdict_thresholds_default: the values of the standard catalogue, for fit, which reads none. */
VerdictThresholds verdict_thresholds_default (void);

typedef struct {
  VerdictWord word;
  gboolean fires;   /* an alert is due */
  gboolean pending; /* would fire, but the data are provisional or incomplete */
  Reason reason;
} Verdict;

/* What is known of a sampled target (myopia, overweight): percent and points; NAN where not computable. */
typedef struct {
  gboolean good_is_up;
  gboolean flat_path;  /* growth cut without growth in the baseline */
  gboolean silent;     /* nobody reported in this wave */
  guint waves;         /* with a standardised value, up to the look */
  const char *lacking; /* name of a stratum that this wave lacks, or NULL */
  gboolean few_events; /* fewer cases than min_events in this wave */
  gboolean has_baseline;
  gboolean before_baseline; /* the look is not after the baseline */
  gboolean deadline_come;
  guint paired;                                    /* schools in both the baseline and this wave */
  double value, path, target, low, high;           /* level and its interval */
  double deviation, deviation_low, deviation_high; /* from the path, bad is positive */
  double probability_met;
  double p_value, alpha;                        /* of the drift rule and its budget */
  double slope, slope_low, slope_high, slope_p; /* slope_p: one-sided, for moving the wrong way */
  guint reporting, expected;                    /* schools; expected 0 = unknown */
  gboolean provisional;
} SampleFacts;

/* verdict_few_reports: whether too few schools have reported for anything to be said (completeness_tell_pct). */
gboolean verdict_few_reports (const VerdictThresholds *thresholds, guint reporting, guint expected);

/* verdict_level: p below which the drift rule fires: alpha once everybody has reported. */
double verdict_level (const SampleFacts *facts, const VerdictThresholds *thresholds);
void verdict_sample (const SampleFacts *facts, const VerdictThresholds *thresholds, Verdict *out);

/* A share counted in full. Integers are exact; days are Julian (g_date_get_julian). */
typedef struct {
  gboolean good_is_up;
  gboolean floor;                /* must stay at or above (below, when good is down) the value the whole time */
  gint64 x, n;                   /* now; n = 0: nothing reported */
  double value;                  /* target in percent, at most 4 decimals */
  double baseline;               /* percent, at most 4 decimals; NAN: from baseline_x of baseline_n */
  gint64 baseline_x, baseline_n; /* baseline_n = 0: none */
  guint32 baseline_day, as_of_day, deadline_day;
  guint reporting, expected;
  gboolean few_reports; /* too few of them in the period that x and n are of */
  gboolean provisional;
} ShareFacts;

/* share_compare: sign of x / n - value / 100, exact: -1, 0, 1. */
int share_compare (gint64 x, gint64 n, double value_pct);
/* share_path: the path's value in percent on as_of_day; NAN where there is no baseline. */
double share_path (const ShareFacts *facts);
void verdict_share (const ShareFacts *facts, const VerdictThresholds *thresholds, Verdict *out);

/* A count that grows from the baseline to the target. */
typedef struct {
  gboolean known; /* something was reported */
  gint64 count, baseline, value;
  guint32 baseline_day, as_of_day, deadline_day;
  guint reporting, expected; /* schools whose figures add up to it; expected 0: it is no such sum */
  gboolean few_reports;
  gboolean provisional;
} CountFacts;

/* COUNT_MISSING_WEIGHT: a school that is missing may have so many times the mean of those that reported. What is behind
 * by no more than the missing ones may have is not yet told to be behind. */
#define COUNT_MISSING_WEIGHT 2

double count_path (const CountFacts *facts);
void verdict_count (const CountFacts *facts, const VerdictThresholds *thresholds, Verdict *out);

/**
 * official_class: what an official progress chart would say of the same numbers: ratio of the achieved to the required
 * compound annual growth (linear change where a value is 0 or the sign changes): target_achieved, substantial_progress
 * (>= 0.95), moderate_progress (>= 0.6), limited_progress (>= 0), deterioration; NULL where it cannot be formed.
 * Information, never a trigger.
 * @ratio: may be NULL
 */
const char *official_class (double baseline, double now, double target, double baseline_t, double t, double deadline_t,
                            gboolean good_is_up, const VerdictThresholds *thresholds, double *ratio);
