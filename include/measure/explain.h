/* include/measure/explain.h: the whole calculation behind one verdict, to be followed by hand or run in R. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/**
 * explain_target: an R script whose comments tell the calculation step by step and whose lines repeat it from the
 * schools' counts and compare; made by the functions that measure calls, writes nothing.
 * @area: code, or Chinese or English name, of a present area; @target: slug; @today: ISO date
 *
 * Returns: the text; NULL with PLUMB_ERROR_USAGE where area or target are unknown or do not go together.
 */
char *explain_target (Db *db, const Catalogue *catalogue, const char *today, const char *area, const char *target,
                      GError **error);
