/* include/measure/fit_input.h: plan and panel as fit reads them. */
#pragma once

#include "measure/judge.h"
#include "measure/table.h"

typedef struct {
  JudgeSeries *series; /* one a planned indicator that the panel has, in the plan's order */
  guint n;
  char *unplanned; /* indicators of the panel that the plan has no row for, as "a, b"; NULL: none */
  /* What the series borrow from. */
  Table *plan_table, *panel_table;
  GPtrArray *areas;  /* GArray of JudgeArea, districts by name */
  GPtrArray *panels; /* Panel */
} FitInput;

/**
 * fit_input_read: PLAN (indicator, good, kind, value, baseline_t, deadline_t; for kind growth_cut also growth_from_t
 * and, if wanted, increment_basis) and PANEL (indicator, district, school, stratum, t, n, x), columns in any order,
 * others ignored.
 *
 * Indicators without a row in PLAN are left out, unless none has one.
 *
 * Returns: NULL with PLUMB_ERROR_INPUT naming file, line, column, value and what to write instead.
 */
FitInput *fit_input_read (const char *plan_path, const char *panel_path, GError **error);
void fit_input_free (FitInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FitInput, fit_input_free)
