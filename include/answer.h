/* include/answer.h: what people answer to an alert. */
#pragma once

#include "command.h"

/* ack_command: somebody has taken an open alert on; needs --until and --comment. */
gboolean ack_command (const Options *options, Outcome *outcome, GError **error);

/* silence_command: no mail about an area, a target, or both, for some days; needs --until and --comment. */
gboolean silence_command (const Options *options, Outcome *outcome, GError **error);
