/* include/extract/message.h: sentences with places to fill, and what stands nearest to a wrong word. */
#pragma once

#include <glib.h>

/**
 * message_fill: @template with each {name} replaced by what the name-value pairs after it give (ended by NULL); a name
 * that is not among them, or whose value is NULL, becomes nothing. Newly allocated.
 */
char *message_fill (const char *template, ...) G_GNUC_NULL_TERMINATED;

/* message_distance: edits (insert, delete, replace, swap neighbours) from @a to @b in characters; above @limit: @limit
 * + 1. */
#define MESSAGE_MAX_CHARS 64
guint message_distance (const char *a, const char *b, guint limit);
