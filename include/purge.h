/* include/purge.h: what the retention rule lets go. */
#pragma once

#include "command.h"

/* purge_command: rows that rules refused, of files received before --before; figures rest on none of them. What waits
 * to be confirmed stays. PLUMB_ERROR_USAGE within the days of the threshold reject_days. */
gboolean purge_command (const Options *options, Outcome *outcome, GError **error);
