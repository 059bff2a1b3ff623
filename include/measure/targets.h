/* include/measure/targets.h: from sums over areas to a verdict for each target and area in its scope. */
#pragma once

#include "measure/aggregate.h"
#include "measure/detail.h"
#include "measure/results.h"
#include "measure/touched.h"

typedef struct {
  const Catalogue *catalogue;
  VerdictThresholds thresholds;
  GDate today;
  Results *results;
} Measurement;

/* measure_due: the last period of @feed that should have arrived by @today, named like @example (a feed that reports
   yearly may call its periods 2021 or 2021-autumn); NULL when nothing is ever due. School months only: not January,
   February, July, August. */
char *measure_due (const Feed *feed, const char *example, const GDate *today);

/* measure_in_scope: whether @target is judged for the @area-th area of @a. */
gboolean measure_in_scope (const Aggregate *a, const Target *target, guint area);

/* measure_completeness: fills schools_reporting, schools_expected and complete of @row for the period that should be
 * there today. */
void measure_completeness (const Measurement *m, const Aggregate *a, guint area, VerdictRow *row);

/* What the verdict on a census share or a count rested on. */
typedef struct {
  gboolean is_count;
  ShareFacts share;
  CountFacts count;
} ExactFacts;

/* measure_exact_one: of one area; @facts may be NULL. */
VerdictRow
measure_exact_one (const Measurement *m, const Aggregate *a, const Target *target, guint area, ExactFacts *facts);

/* measure_exact: verdicts of one target on a census share or a total. */
void measure_exact (const Measurement *m, const Aggregate *a, const Target *target);

/* A sampled indicator with the panels of its areas (NULL where nobody reported) and the weights of its strata. */
typedef struct {
  Aggregate *aggregate;
  const Target *target;   /* the plan's target on it, NULL when there is none */
  Panel **panels;         /* one an area */
  StrataWeights *weights; /* NULL when nobody was examined at the baseline */
  gboolean final;         /* the weights stay, whatever comes */
  GVariant *stations;     /* what its areas show, once judged or when it was kept; owned */
} Sample;

/* sample_new: takes @aggregate. Weights come from plumbline.target_weight when final, else from the baseline wave. */
Sample *sample_new (Db *db, const Measurement *m, Aggregate *aggregate, const Target *target, GError **error);
/* sample_target: the target on a sampled indicator; the latest plan wins where several name it. NULL: none. */
const Target *sample_target (const Catalogue *catalogue, const char *indicator);
/* sample_add_weights: among the results, where there is a target. */
void sample_add_weights (const Measurement *m, const Sample *sample);
/* measure_sample: sample_new() with the latest plan's target on @indicator. @store: see cells_read(). */
Sample *measure_sample (Db *db, const Measurement *m, const Indicator *indicator, CellStore *store, GError **error);
void sample_free (Sample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sample, sample_free)

/* Each makes again what rests on parts of the data that moved. */

/* measure_estimates: standardised estimates of stratum "all" and trends go with the crude ones into the results. */
void measure_estimates (const Measurement *m, const Aggregate *a, const Sample *sample, const Touched *touched);

/* measure_schools: each school of a feed of schools as a whole; for samples beside the schools of its stage in the
   district. @sample may be NULL. */
gboolean measure_schools (Db *db, const Measurement *m, const Aggregate *a, const Sample *sample,
                          const Touched *touched, GError **error);

/* measure_districts: how shares move from their values alone, at each look; districts' levels and slopes beside each
   other where there is a sample, which may be NULL. */
void measure_districts (const Measurement *m, const Aggregate *a, const Sample *sample, const Touched *touched);

/* measure_scope: names in the results what touched_area(), touched_look(), touched_part() and touched_period() let
   through. */
void measure_scope (const Measurement *m, const Aggregate *a, const Touched *touched);

/* measure_samples: verdicts of all sampled indicators together: they share the budget of false alarms. */
gboolean measure_samples (const Measurement *m, GPtrArray *samples, GError **error);

/* measure_explain: what the verdict of @area on the target of sample @which rests on; detail->known FALSE where nothing
   can be told. @target borrows from the sample. */
gboolean measure_explain (const Measurement *m, const GPtrArray *samples, guint which, guint area, JudgeTarget *target,
                          JudgeDetail *detail, GError **error);
