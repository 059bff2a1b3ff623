/* include/publish/release.h: numbered releases: the tables of schema published. */
#pragma once

#include "base/db.h"

typedef struct {
  char *const *periods; /* NULL or empty: those that are over and were in no release of this kind */
  gboolean schools;     /* school totals beside the districts */
  const char *strata;   /* none, grade, sex, grade_sex */
  gint64 run_id;
  const char *version;
} ReleaseOptions;

typedef struct {
  gint64 release_id; /* 0: nothing was due */
  guint periods;
  guint64 rows;      /* of pupils' counts */
  guint64 shown;     /* with both counts */
  guint64 sensitive; /* hidden by the rules */
  guint64 also;      /* hidden for the sake of others */
  guint64 programs;  /* linear programs solved */
} ReleaseSummary;

/**
 * release_make: one release, in one transaction. The rules are the thresholds publish_min_denominator,
 * publish_sensitive_max, publish_rounding and publish_width of the catalogue.
 *
 * PLUMB_ERROR_USAGE: a period without figures, schools by strata; PLUMB_ERROR_CONFIG: rules that make no sense;
 * PLUMB_ERROR_TOO_FEW: with the earlier releases no safe pattern exists. Nothing is published then.
 */
gboolean release_make (Db *db, const ReleaseOptions *options, ReleaseSummary *out, GError **error);
