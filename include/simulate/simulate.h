/* include/simulate/simulate.h: the exports of a made-up city whose truth is known. */
#pragma once

#include <glib.h>

typedef struct {
  guint64 seed;
  const char *out;  /* folder, made when missing; an existing simulation there is replaced */
  gboolean on_path; /* no district drifts */
  gboolean clean;   /* no damaged files */
  gboolean panel;   /* instead of exports: PANEL.csv, PLAN.csv and TRUTH.csv for fit */
} SimulateOptions;

typedef struct {
  guint files;
  guint schools; /* open on 31 July 2022 */
  gint64 rows;   /* long rows that the exports hold, refused ones left out */
} SimulateSummary;

/**
 * simulate_run: writes about 280 exports of the years 2019 to 2022 to @options->out and what they were made from to
 * truth/ below it (include/simulate/truth.h lists the files). The same options give the same bytes on every machine;
 * damage and drift change nothing else. @out is filled on success.
 *
 * Returns: FALSE with PLUMB_ERROR_OUTPUT when a file cannot be written.
 */
gboolean simulate_run (const SimulateOptions *options, SimulateSummary *out, GError **error);
