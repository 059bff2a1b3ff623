/* include/base/text.h: what both catalogue and exports need done to a cell before it is compared. */
#pragma once

#include <glib.h>

/**
 * text_normalise: narrows U+FF01–FF5E to ASCII, turns U+3000, NBSP and tabs into spaces and U+2212 into '-', drops
 * U+FEFF and zero-width characters, collapses runs of spaces and trims. Not NFKC. @text is valid UTF-8; free the
 * result.
 */
char *text_normalise (const char *text);

/* text_normalise_into: the same into @out, which is emptied first: no allocation once @out has grown. */
void text_normalise_into (GString *out, const char *text);

/* text_plain: control and bidirectional formatting characters dropped but for line ends. text_line: these too. New
 * strings. */
char *text_plain (const char *text);
char *text_line (const char *text);

/* text_html: escaped for HTML, control and bidirectional formatting characters dropped; free the result. */
char *text_html (const char *text);

/* text_append_json: as a string of JSON, in its quotes. @text is valid UTF-8. */
void text_append_json (GString *out, const char *text);

/* text_distance: edits (insert, delete, replace, swap neighbours) from @a to @b in characters; above @limit: @limit
 * + 1. */
#define TEXT_MAX_CHARS 64
guint text_distance (const char *a, const char *b, guint limit);

/* text_next: the character after the one at @p: g_utf8_next_char() without its cast, which drops const. */
static inline const char *
text_next (const char *p)
{
  return p + g_utf8_skip[(guchar)*p];
}

/* text_plural: the word for @n things. */
static inline const char *
text_plural (gint64 n, const char *one, const char *many)
{
  return n == 1 ? one : many;
}

/* text_hex: two digits a byte, lower case; newly allocated. */
char *text_hex (const guint8 *bytes, gsize n);
