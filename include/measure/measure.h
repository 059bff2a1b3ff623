/* include/measure/measure.h: tables become judgements. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

typedef struct {
  guint indicators_measured;
  guint indicators_unchanged;
  gint64 estimates_changed; /* added, changed or retired */
  gint64 verdicts;          /* all present ones */
  gint64 verdicts_changed;
} MeasureSummary;

/* measure_run: recomputes estimates, trends and verdicts of the indicators whose data, register or catalogue changed;
   one transaction. @today is an ISO date. */
gboolean
measure_run (Db *db, const Catalogue *catalogue, const char *today, gint64 run_id, MeasureSummary *out, GError **error);
