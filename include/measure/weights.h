/* include/measure/weights.h: how much each stratum counts in a standardised rate. */
#pragma once

#include "domain/panel.h"

/* Fixed share of each stratum, so that a rate never moves with the mix of pupils. */
typedef struct {
  guint L;
  char **stratum; /* sorted by name */
  double *share;  /* sum 1 */
} StrataWeights;

/* strata_weights_new: refuses (PLUMB_ERROR_INPUT) a share that is negative or not finite, a name given twice, and
   shares whose sum differs from 1 by more than 1e-9. */
StrataWeights *strata_weights_new (const char *const stratum[], const double share[], guint L, GError **error);
/* strata_weights_at: each stratum's share of n in the wave at time @t, over all @panels; PLUMB_ERROR_TOO_FEW where
   nobody was examined then. */
StrataWeights *strata_weights_at (const Panel *const panels[], guint n_panels, double t, GError **error);
/* strata_weights_one: the whole weight on @stratum. */
StrataWeights *strata_weights_one (const char *stratum);
void strata_weights_free (StrataWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StrataWeights, strata_weights_free)
