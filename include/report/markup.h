/* include/report/markup.h: HTML from templates in which every value is escaped. */
#pragma once

#include <glib.h>

/* markup_add: appends @template with each {name} replaced by the escaped value of its pair; pairs end with NULL. What
 * is HTML already is appended by itself, never through a pair. */
void markup_add (GString *out, const char *template, ...) G_GNUC_NULL_TERMINATED;
