/* include/offline.h: commands that need no database. */
#pragma once

#include "command.h"

gboolean check_command (const Options *options, Outcome *outcome, GError **error);
gboolean fit_command (const Options *options, Outcome *outcome, GError **error);
gboolean simulate_command (const Options *options, Outcome *outcome, GError **error);
