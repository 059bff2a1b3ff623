#include "extract/message.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

/* The value of @name among the pairs in @ap, which are copied: the list is walked once for each place. */
static const char *
pair_value (va_list pairs, const char *name, gsize length)
{
  const char *value = NULL;
  va_list ap;

  va_copy (ap, pairs);
  for (const char *key = va_arg (ap, const char *); key != NULL; key = va_arg (ap, const char *)) {
    value = va_arg (ap, const char *);
    if (strlen (key) == length && strncmp (key, name, length) == 0)
      break;
    value = NULL;
  }
  va_end (ap);
  return value;
}

static gsize
place_length (const char *open)
{
  gsize n = 0;

  while (g_ascii_islower (open[1 + n]) || open[1 + n] == '_')
    n++;
  return n > 0 && open[1 + n] == '}' ? n : 0;
}

char *
message_fill (const char *template, ...)
{
  GString *out = g_string_new (NULL);
  va_list pairs;

  va_start (pairs, template);
  for (const char *p = template; *p != '\0'; p++) {
    gsize length = *p == '{' ? place_length (p) : 0;
    const char *value = NULL;

    if (length == 0) {
      g_string_append_c (out, *p);
      continue;
    }
    value = pair_value (pairs, p + 1, length);
    if (value != NULL)
      g_string_append (out, value);
    p += length + 1;
  }
  va_end (pairs);
  return g_string_free (out, FALSE);
}
