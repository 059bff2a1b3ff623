/* include/explanation.h: the command explain. */
#pragma once

#include "command.h"

gboolean explain_command (const Options *options, Outcome *outcome, GError **error);
