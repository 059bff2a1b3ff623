/* include/measure/cells.h: what schools reported of an indicator, read in the finest strata and rolled up. */
#pragma once

#include "measure/aggregate.h"
#include "measure/cell_store.h"

/**
 * cells_read: fills @a's periods, strata and rows with those of its indicator, which is of a feed of schools
 *
 * A school's row in a period: of the finest strata it has, those by grade and sex; of each grade but "all", of each sex
 * but "all", and of all. A stratum's name is grade/sex, a grade, or "all". Denominators that are all unknown make an
 * unknown one.
 * @store: what is kept is not read again, and what is read is to be kept; NULL: neither
 */
gboolean cells_read (Db *db, Aggregate *a, CellStore *store, GError **error);
