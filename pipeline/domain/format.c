#include "domain/format.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define NOTHING "–"
#define MINUS "−"

static gboolean
is_english (const char *language)
{
  return strcmp (language, "en") == 0;
}

/* A double written as 62.15 may lie a few units in the last place below; the slack is far under any figure shown. */
static double
round_decimal (double value, int decimals)
{
  double scale = pow (10, decimals);

  return round (value * scale * (1 + 8 * DBL_EPSILON)) / scale;
}

/* Plain digits with a full stop, whatever the locale. */
static char *
digits (double value, int decimals)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE + 320];
  char format[8];

  g_snprintf (format, sizeof format, "%%.%df", decimals);
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, format, fabs (value)));
}

char *
format_decimal (double value, int decimals)
{
  double rounded = round_decimal (value, decimals);
  g_autofree char *text = NULL;

  if (!isfinite (value))
    return g_strdup (NOTHING);
  text = digits (rounded, decimals);
  return g_strconcat (rounded < 0 ? MINUS : "", text, NULL);
}

static char *
format_count (double value)
{
  g_autofree char *text = digits (round_decimal (value, 0), 0);
  g_autoptr (GString) out = g_string_new (value <= -0.5 ? MINUS : "");
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c (out, ',');
    g_string_append_c (out, text[i]);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
format_value (double value, FormatUnit unit)
{
  g_autofree char *text = NULL;

  if (!isfinite (value))
    return g_strdup (NOTHING);
  if (unit == UNIT_COUNT)
    return format_count (value);
  if (value < 100 && round_decimal (value, 1) >= 100)
    return g_strdup (">99.9%");
  if (value > 0 && round_decimal (value, 1) <= 0)
    return g_strdup ("<0.1%");
  text = format_decimal (value, 1);
  return g_strconcat (text, "%", NULL);
}

char *
format_range (double low, double high, FormatUnit unit)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (!isfinite (low) || !isfinite (high))
    return g_strdup ("");
  from = unit == UNIT_COUNT ? format_count (low) : format_decimal (low, 1);
  to = unit == UNIT_COUNT ? format_count (high) : format_decimal (high, 1);
  return g_strconcat (from, "–", to, unit == UNIT_COUNT ? "" : "%", NULL);
}

char *
format_gap (double gap, FormatUnit unit, const char *language)
{
  g_autofree char *text = NULL;

  if (!isfinite (gap))
    return g_strdup (NOTHING);
  if (unit == UNIT_COUNT)
    return format_count (fabs (gap));
  text = gap != 0 && round_decimal (fabs (gap), 1) <= 0 ? g_strdup ("<0.1") : format_decimal (fabs (gap), 1);
  return g_strconcat (text, is_english (language) ? " points" : "个百分点", NULL);
}

char *
format_probability (double p)
{
  if (!isfinite (p))
    return g_strdup (NOTHING);
  if (p < 0.01)
    return g_strdup ("<1%");
  if (p > 0.99)
    return g_strdup (">99%");
  return g_strdup_printf ("%d%%", (int)round_decimal (p * 100, 0));
}

static const char *const month_names[] = { "January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December" };

char *
format_month (guint month, const char *language)
{
  g_assert (month >= 1 && month <= 12);
  return is_english (language) ? g_strndup (month_names[month - 1], 3) : g_strdup_printf ("%u月", month);
}

/* Reads "2022-03" or "2022-03-15"; @day is 0 without one. */
static gboolean
read_date (const char *text, guint *year, guint *month, guint *day)
{
  gsize length = strlen (text);

  if ((length != 7 && length != 10) || strspn (text, "0123456789-") != length || text[4] != '-')
    return FALSE;
  if (length == 10 && text[7] != '-')
    return FALSE;
  *year = (guint)g_ascii_strtoull (text, NULL, 10);
  *month = (guint)g_ascii_strtoull (text + 5, NULL, 10);
  *day = length == 10 ? (guint)g_ascii_strtoull (text + 8, NULL, 10) : 0;
  return *month >= 1 && *month <= 12 && *day <= 31;
}

char *
format_date (const char *iso, const char *language)
{
  guint year = 0;
  guint month = 0;
  guint day = 0;

  if (!read_date (iso, &year, &month, &day) || day == 0)
    return g_strdup (iso);
  if (is_english (language))
    return g_strdup_printf ("%u %s %u", day, month_names[month - 1], year);
  return g_strdup_printf ("%u年%u月%u日", year, month, day);
}

static char *
format_term (const char *period, const char *language)
{
  gboolean spring = strcmp (period + 5, "spring") == 0;

  if (is_english (language))
    return g_strdup_printf ("%s %.4s", period + 5, period);
  return g_strdup_printf ("%.4s年%s", period, spring ? "春" : "秋");
}

char *
format_period (const char *period, const char *language)
{
  guint year = 0;
  guint month = 0;
  guint day = 0;

  if (strlen (period) == 4 && strspn (period, "0123456789") == 4)
    return g_strdup_printf ("%s%s", period, is_english (language) ? "" : "年");
  if (strlen (period) == 11 && (g_str_has_suffix (period, "-spring") || g_str_has_suffix (period, "-autumn")))
    return format_term (period, language);
  if (!read_date (period, &year, &month, &day))
    return g_strdup (period);
  if (day > 0)
    return format_date (period, language);
  return is_english (language) ? g_strdup_printf ("%s %u", month_names[month - 1], year)
                               : g_strdup_printf ("%u年%u月", year, month);
}

static const char *
pair_value (const GPtrArray *pairs, const char *name, gsize length)
{
  for (guint i = 0; i + 1 < pairs->len; i += 2) {
    const char *key = g_ptr_array_index (pairs, i);

    if (strlen (key) == length && strncmp (key, name, length) == 0)
      return g_ptr_array_index (pairs, i + 1);
  }
  return NULL;
}

/* What stands for {name}, or for {name|word|words}. */
static void
fill_place (GString *out, const char *value, const char *name_end, const char *close)
{
  const char *words = memchr (name_end, '|', (gsize)(close - name_end));
  const char *second = words != NULL ? memchr (words + 1, '|', (gsize)(close - words - 1)) : NULL;

  if (second == NULL)
    g_string_append (out, value);
  else if (strcmp (value, "1") == 0)
    g_string_append_len (out, words + 1, second - words - 1);
  else
    g_string_append_len (out, second + 1, close - second - 1);
}

void
format_fill_pairs (GString *out, const char *template, const GPtrArray *pairs)
{
  for (const char *p = template; *p != '\0'; p++) {
    const char *close = *p == '{' ? strchr (p, '}') : NULL;
    gsize name = strcspn (p, "|}");
    const char *value = close != NULL ? pair_value (pairs, p + 1, name - 1) : NULL;

    if (value == NULL) {
      g_string_append_c (out, *p);
      continue;
    }
    fill_place (out, value, p + name, close);
    p = close;
  }
}

char *
format_fill (const char *template, ...)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new ();
  g_autoptr (GString) out = g_string_sized_new (64);
  va_list ap;

  va_start (ap, template);
  for (char *name = va_arg (ap, char *); name != NULL; name = va_arg (ap, char *)) {
    g_ptr_array_add (pairs, name);
    g_ptr_array_add (pairs, va_arg (ap, char *));
  }
  va_end (ap);
  format_fill_pairs (out, template, pairs);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
