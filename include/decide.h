/* include/decide.h: what a person decides about a batch. */
#pragma once

#include "command.h"

/* confirm_command: lifts provisional from the rows of a batch; needs --comment. */
gboolean confirm_command (const Options *options, Outcome *outcome, GError **error);

/* withdraw_command: takes the rows of a batch back, so that what they had superseded stands again; needs --reason. */
gboolean withdraw_command (const Options *options, Outcome *outcome, GError **error);
