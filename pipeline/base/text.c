#include "base/text.h"

static gunichar
narrow (gunichar c)
{
  if (c >= 0xFF01 && c <= 0xFF5E)
    return c - 0xFEE0;
  if (c == 0x3000 || c == 0x00A0 || c == '\t' || c == '\n' || c == '\r')
    return ' ';
  return c == 0x2212 ? '-' : c;
}

void
text_normalise_into (GString *out, const char *text)
{
  g_string_truncate (out, 0);
  for (const char *p = text; *p != '\0'; p = text_next (p)) {
    gunichar c = narrow (g_utf8_get_char (p));

    if (c == 0xFEFF || (c >= 0x200B && c <= 0x200D))
      continue;
    if (c == ' ' && (out->len == 0 || out->str[out->len - 1] == ' '))
      continue;
    g_string_append_unichar (out, c);
  }
  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
}

char *
text_normalise (const char *text)
{
  GString *out = g_string_sized_new (32);

  text_normalise_into (out, text);
  return g_string_free (out, FALSE);
}

/* Directional overrides and isolates can make a name read as another; a page has no use for them. */
static gboolean
is_harmful (gunichar c)
{
  return (c < 0x20 && c != '\n') || c == 0x7F || (c >= 0x80 && c <= 0x9F) || (c >= 0x200B && c <= 0x200F)
         || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

char *
text_plain (const char *text)
{
  GString *clean = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = text_next (p))
    if (!is_harmful (g_utf8_get_char (p)))
      g_string_append_unichar (clean, g_utf8_get_char (p));
  return g_string_free (clean, FALSE);
}

char *
text_line (const char *text)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n\t", ' ');

  return text_plain (line);
}

char *
text_html (const char *text)
{
  g_autofree char *clean = text_plain (text);

  return g_markup_escape_text (clean, -1);
}

static guint
characters (const char *text, gunichar out[TEXT_MAX_CHARS])
{
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < TEXT_MAX_CHARS; p = text_next (p))
    out[n++] = g_utf8_get_char (p);
  return n;
}

guint
text_distance (const char *a, const char *b, guint limit)
{
  gunichar left[TEXT_MAX_CHARS], right[TEXT_MAX_CHARS];
  guint rows[3][TEXT_MAX_CHARS + 1];
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

void
text_append_json (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (out, "\\%c", *c);
    else if ((guchar)*c < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint)*c);
    else
      g_string_append_c (out, *c);
  g_string_append_c (out, '"');
}

char *
text_hex (const guint8 *bytes, gsize n)
{
  GString *out = g_string_sized_new (2 * n);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (out, "%02x", bytes[i]);
  return g_string_free (out, FALSE);
}
