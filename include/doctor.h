/* include/doctor.h: whether everything that a night needs is there, and what to do where it is not. */
#pragma once

#include "command.h"

/* doctor_command: a line a check, worst first within it; writes nothing. PLUMB_ERROR_DATABASE when the database cannot
 * be reached, PLUMB_ERROR_CONFIG when another check failed; what is merely advised is no failure. */
gboolean doctor_command (const Options *options, Outcome *outcome, GError **error);
