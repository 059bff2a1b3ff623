/* include/simulate/simulate.h: the exports of a made-up city whose truth is known. */
#pragma once

#include <glib.h>

typedef struct {
  guint64 seed;
  const char *out;      /* folder, made when missing; an existing simulation there is replaced */
  gboolean on_path;     /* no district drifts */
  gboolean clean;       /* no damaged files */
} SimulateOptions;

typedef struct {
  guint files;
  guint schools;
  gint64 rows;
} SimulateSummary;

gboolean simulate_run (const SimulateOptions *options, SimulateSummary *out, GError **error);
