#include "number.h"

#include "domain/period.h"

#include <string.h>

/* 1,234,567 but not 12,34: groups of three after the first comma. */
static gboolean
group_ends (const char *p)
{
  return g_ascii_isdigit (p[1]) && g_ascii_isdigit (p[2]) && g_ascii_isdigit (p[3]) && !g_ascii_isdigit (p[4]);
}

static gboolean
scan_whole (const char *text, const char **end, Digits *d)
{
  const char *p = text;
  gboolean grouped = FALSE;

  while (g_ascii_isdigit (*p) || *p == ',') {
    if (*p == ',') {
      if (p == text || (!grouped && p - text > 3) || !group_ends (p))
        return FALSE;
      grouped = TRUE;
    } else if (d->whole <= G_MAXINT64 / 10 - 1)
      d->whole = d->whole * 10 + (*p - '0');
    else
      d->overflow = TRUE;
    p++;
  }
  *end = p;
  return p > text;
}

gboolean
number_scan (const char *text, Digits *d)
{
  const char *p = text;

  memset (d, 0, sizeof *d);
  d->negative = *p == '-';
  if (*p == '-' || *p == '+')
    p++;
  if (!scan_whole (p, &p, d))
    return FALSE;
  if (*p == '.') {
    const char *point = p++;

    while (g_ascii_isdigit (*p))
      d->fraction |= *p++ != '0';
    if (p == point + 1)
      return FALSE;
  }
  d->length = (gsize)(p - text);
  return TRUE;
}

static const char *
after_digits (const char *text)
{
  while (g_ascii_isdigit (*text))
    text++;
  return text;
}

gboolean
number_is_excel_date (const char *text)
{
  static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec ";
  g_autofree char *lower = g_ascii_strdown (text, -1);
  const char *p = after_digits (lower), *rest = NULL;
  char name[5] = "";

  if (p > lower && g_str_has_prefix (p, "月")) {
    rest = after_digits (p + strlen ("月"));
    return rest > p + strlen ("月") && strcmp (rest, "日") == 0;
  }
  if (p > lower && *p == '-')
    p++;
  else if (p > lower)
    return FALSE;
  if (strlen (p) < 3)
    return FALSE;
  memcpy (name, p, 3);
  name[3] = ' ';
  if (strstr (months, name) == NULL)
    return FALSE;
  rest = p + 3;
  if (*rest == '-')
    rest = after_digits (rest + 1);
  return *rest == '\0' && (p > lower || rest > p + 4);
}

gboolean
number_is_full_date (const char *text)
{
  g_autofree char *found = period_find (text, PERIOD_MASK (PERIOD_DAY), FALSE);

  return found != NULL && strpbrk (text, "-/.") != NULL;
}

gboolean
number_is_scientific (const char *text)
{
  const char *p = after_digits (text);

  if (p == text)
    return FALSE;
  if (*p == '.')
    p = after_digits (p + 1);
  if (*p != 'E' && *p != 'e')
    return FALSE;
  p++;
  if (*p == '+')
    p++;
  return g_ascii_isdigit (*p) && *after_digits (p) == '\0';
}
