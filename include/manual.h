/* include/manual.h: manual pages and completion, written from the tables that the program itself reads. */
#pragma once

#include "command.h"

#include <stdio.h>

/**
 * manual_write: what options->arguments[0] names, plumbline.1 or plumbline.conf.5 (in options->language, as troff with
 * man's macros, UTF-8) or completion (for bash). PLUMB_ERROR_USAGE otherwise.
 */
gboolean manual_write (const Options *options, const Command commands[], guint n, FILE *out, GError **error);
