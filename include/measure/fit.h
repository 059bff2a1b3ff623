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

/**
 * fit_run:
 * @unplanned: indicators of the panel that were left out, as "a, b", for the plan has no row for them; NULL: none
 *
 * Returns: FALSE with PLUMB_ERROR_INPUT or PLUMB_ERROR_OUTPUT
 */
gboolean fit_run (const FitOptions *options, FILE *out, char **unplanned, GError **error);
