/* include/extract/message.h: sentences with places to fill. */
#pragma once

#include <glib.h>

/**
 * message_fill: @template with each {name} replaced by what the name-value pairs after it give (ended by NULL); a name
 * that is not among them, or whose value is NULL, becomes nothing. Newly allocated.
 */
char *message_fill (const char *template, ...) G_GNUC_NULL_TERMINATED;
