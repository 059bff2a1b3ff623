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

static guint
characters (const char *text, gunichar out[MESSAGE_MAX_CHARS])
{
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < MESSAGE_MAX_CHARS; p = text_next (p))
    out[n++] = g_utf8_get_char (p);
  return n;
}

guint
message_distance (const char *a, const char *b, guint limit)
{
  gunichar left[MESSAGE_MAX_CHARS], right[MESSAGE_MAX_CHARS];
  guint rows[3][MESSAGE_MAX_CHARS + 1];
  guint m = characters (a, left), n = characters (b, right);

  if (m > n + limit || n > m + limit)
    return limit + 1;
  for (guint j = 0; j <= n; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= m; i++) {
    guint *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3], best = i;

    now[0] = i;
    for (guint j = 1; j <= n; j++) {
      now[j] = MIN (MIN (now[j - 1], last[j]) + 1, last[j - 1] + (left[i - 1] != right[j - 1]));
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        now[j] = MIN (now[j], before[j - 2] + 1);
      best = MIN (best, now[j]);
    }
    if (best > limit)
      return limit + 1;
  }
  return MIN (rows[m % 3][n], limit + 1);
}
