/* include/simulate/panel.h: the made-up city as input of fit. */
#pragma once

#include "simulate/export.h"

/**
 * sim_panel_write: PANEL.csv (indicator, district, school, stratum, t, n, x: half-yearly waves from autumn 2020 of
 * myopia, yearly ones of overweight and obesity, strata by stage), PLAN.csv for it, and TRUTH.csv (indicator, district,
 * t, rate_pct, path_pct, drifts) to @folder, which exists. Growth cuts stand in the plan as a slope: what the cut
 * leaves of the published growth.
 */
gboolean sim_panel_write (const SimWorld *world, const char *folder, guint *files, gint64 *rows, GError **error);
