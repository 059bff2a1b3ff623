/* include/status.h: how things stand, for a person or, with --json, for a program; writes nothing. */
#pragma once

#include "command.h"

gboolean status_command (const Options *options, Outcome *outcome, GError **error);

/* alerts_command: the alerts that are not over. */
gboolean alerts_command (const Options *options, Outcome *outcome, GError **error);
