/* include/measure/fit.h: the statistics without a database (section "fit" of the manual). */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef struct {
  const char *plan_path;
  const char *panel_path;
  gboolean all_looks;
  gboolean precise; /* 17 significant digits */
} FitOptions;

gboolean fit_run (const FitOptions *options, FILE *out, GError **error);
