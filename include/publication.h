/* include/publication.h: what leaves the circle of those who may see every count. */
#pragma once

#include "command.h"

/* publish_command: a release of the periods named, or of those that are due. */
gboolean publish_command (const Options *options, Outcome *outcome, GError **error);

/* export_command: a view or a release, into the folder --out or the current one. */
gboolean export_command (const Options *options, Outcome *outcome, GError **error);
