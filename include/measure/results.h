/* include/measure/results.h: rows of results on their way into the database. */
#pragma once

#include "base/db.h"
#include "measure/tendency.h"
#include "measure/verdict.h"

/* Tables of which only a part may be made again. */
typedef enum { RESULT_ESTIMATE, RESULT_TREND, RESULT_SCHOOL, RESULT_TENDENCY, RESULT_LEAGUE, RESULT_KINDS } ResultKind;

typedef struct {
  GString *indicators, *areas, *periods; /* arrays of the server's, side by side, without the brace that ends them */
} ResultScope;

typedef struct {
  GString *estimate, *trend, *verdict, *weight, *school, *tendency, *league; /* COPY text */
  GHashTable *years;   /* of all but verdict and weight, as GUINT_TO_POINTER */
  GHashTable *partial; /* indicators of which only the scopes are made again; borrowed names */
  ResultScope scope[RESULT_KINDS];
  const char *run_id;
  GDate today;
  gint64 n_verdicts;
} Results;

Results *results_new (const char *run_id, const GDate *today);
void results_free (Results *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Results, results_free)

/* Percent for shares, NAN (null) where not computable; counts are whole. */
typedef struct {
  const char *indicator, *area_code, *period, *stratum;
  double numerator, denominator;
  double value, low95, high95, value_std, low95_std, high95_std;
  guint schools_reporting, schools_expected;
  gboolean provisional;
} EstimateRow;
void results_add_estimate (Results *results, const EstimateRow *row);

/* Percentage points a year; for totals, units a year. */
typedef struct {
  const char *indicator, *area_code, *period, *method;
  guint points;
  double slope, slope_low95, slope_high95, projected, projected_low95, projected_high95;
} TrendRow;
void results_add_trend (Results *results, const TrendRow *row);

/* A school as a whole. Percent for shares; peers 0: not compared. */
typedef struct {
  const char *indicator, *district_code, *school_code, *period;
  const char *stage; /* NULL: unknown, or not compared */
  double numerator, denominator;
  double value, low95, high95, value_std, low95_std, high95_std;
  gboolean provisional;
  guint peers;
  double peer_value, limit_low95, limit_high95, limit_low998, limit_high998, z;
  const char *standing; /* within, above, below; NULL: not compared */
} SchoolRow;
void results_add_school (Results *results, const SchoolRow *row);

/* Percentage points a year. */
typedef struct {
  const char *indicator, *area_code, *period;
  Tendency tendency;
} TendencyRow;
void results_add_tendency (Results *results, const TendencyRow *row);

/* Percent for a level, percentage points a year for a slope. */
typedef struct {
  const char *indicator, *area_code, *period, *measure;
  guint districts;
  double value, se, share, shrunken, shrunken_low95, shrunken_high95, mean, tau;
  double expected_rank, probability_best, probability_worst;
} LeagueResult;
void results_add_league (Results *results, const LeagueResult *row);

typedef struct {
  const Target *target;
  const char *area_code;
  const char *period;          /* NULL: no data */
  const char *baseline_source; /* catalogue, data, none */
  double baseline_value, value_now, low95, high95, numerator, denominator, path_now, target_value;
  double deviation, deviation_se, projected, projected_low95, projected_high95;
  double p_value, q_value, probability_met;
  gboolean complete;
  guint schools_reporting, schools_expected;
  const char *official_class; /* NULL: none */
  Verdict verdict;
} VerdictRow;
/* results_empty_verdict: nothing known: no baseline, every number NAN. */
VerdictRow results_empty_verdict (const Target *target, const char *area_code);
void results_add_verdict (Results *results, const Catalogue *catalogue, const VerdictRow *row);

void results_add_weight (Results *results, const Target *target, const char *stratum, double weight, gboolean final);

/* What merging changed: added, superseded and retired rows. */
typedef struct {
  gint64 estimates, trends, verdicts;
} ResultChanges;

/* results_part: of @indicator only what results_scope() names is made again. */
void results_part (Results *results, const char *indicator);
/* results_scope: all rows of @kind of the indicator, the area and @periods (an array of the server's; "" for all of
   them, but of their strata only "all") are among those that were added. */
void
results_scope (Results *results, ResultKind kind, const char *indicator, const char *area_code, const char *periods);

/* results_store: supersedes the tables' rows of @indicators (NULL-terminated), and retires rows of indicators and
   targets that the catalogue no longer has. */
gboolean results_store (Db *db, const Results *results, char *const *indicators, ResultChanges *out, GError **error);
