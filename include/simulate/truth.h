/* include/simulate/truth.h: what the exports were made from, as CSV files in the folder truth/ beside them.

   panel.csv     district_code, indicator, period, t, rate_std_pct, path_pct, shift_pp, shock_pp, drifts, complete: the
   standardised rate that chance blurs; the path that the plan asks for from autumn 2021 on; what the district adds to
   every cell since autumn 2020; the shock of the term census.csv    district_code, indicator, period, numerator,
   denominator: shares of kindergartens, groups, senior highs school.csv    a school a line: code, name, district,
   stage, opened, closed, absorbed_by, attributes by phase expected.csv  feed, district_code, period, column, rows, sum:
   what is in the database once every file was loaded once in the order of names, the register first; bad lines left
   out, corrections in force file.csv      file, feed, district_code, when, encoding, layout, lines, sha256, fate
   damage.csv    file, line, rule, column, value, what: line 0 is the file as a whole */
#pragma once

#include "simulate/damage.h"
#include "simulate/export.h"

typedef struct SimTruth SimTruth;

SimTruth *sim_truth_new (void);
void sim_truth_free (SimTruth *truth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimTruth, sim_truth_free)

/* sim_truth_count: adds what @file's lines amount to once loaded. */
void sim_truth_count (SimTruth *truth, const SimExport *file);

/* sim_truth_rows: long rows counted so far. */
gint64 sim_truth_rows (const SimTruth *truth);

/* sim_truth_file: a file as written; @file may be NULL for one that is no export. */
void sim_truth_file (SimTruth *truth, const char *name, const SimExport *file, const GString *bytes, SimFate fate);

/* sim_truth_write: all of the above to @folder, which exists. */
gboolean
sim_truth_write (SimTruth *truth, const SimWorld *world, const GPtrArray *log, const char *folder, GError **error);
