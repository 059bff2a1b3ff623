/* include/measure/kept.h: what judging an indicator needs of its data, kept from one night to another. */
#pragma once

#include "measure/targets.h"

/* kept_layout: names the form of what is kept; what another form left behind cannot be read. Free the result. */
char *kept_layout (void);

/* kept_pack: sums of whole areas; of a sample also the times of its panels, its weights, and what its areas show
   (sample->stations, once measure_samples() has filled them). @sample: NULL for what is counted in full. */
GBytes *kept_pack (const Measurement *m, const Aggregate *a, const Sample *sample);

/**
 * kept_unpack:
 * @sample: set where @indicator is sampled, with @target, and owns the aggregate then; else @a is set
 *
 * What comes has the stratum "all" alone, no rows, and panels without schools: enough for measure_samples() and
 * measure_exact(). The weights are among the results again.
 *
 * Returns: FALSE where it cannot be used: it is no such thing, areas differ, or results of a period that is not over
 * carry another day now.
 */
gboolean kept_unpack (const Measurement *m, const Indicator *indicator, const Target *target, GBytes *kept,
                      Aggregate **a, Sample **sample);
