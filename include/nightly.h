/* include/nightly.h: the stages of the night, together and one by one; each call is one run. */
#pragma once

#include "command.h"

/* nightly_command: ingest, measure, alert, report. A stage that fails does not keep the later ones from running, unless
   the database is lost; the first failure is the command's. */
gboolean nightly_command (const Options *options, Outcome *outcome, GError **error);

/* stage_command: the one stage that options->command names. */
gboolean stage_command (const Options *options, Outcome *outcome, GError **error);

/* init_command: schema and catalogue. */
gboolean init_command (const Options *options, Outcome *outcome, GError **error);
