#include "extract/fault.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

static void
clear_text (FaultText *text)
{
  g_clear_pointer (&text->zh, g_free);
  g_clear_pointer (&text->en, g_free);
}

void
fault_clear (Fault *fault)
{
  g_free (fault->column_name);
  g_free (fault->header);
  g_free (fault->value);
  g_free (fault->limit);
  clear_text (&fault->found);
  clear_text (&fault->expected);
  clear_text (&fault->near);
  memset (fault, 0, sizeof *fault);
}

gboolean
fault_set (Fault *fault, const char *check, guint line, guint row)
{
  fault_clear (fault);
  fault->check = check;
  fault->line = line;
  fault->row = row;
  return FALSE;
}

void
fault_text (FaultText *text, const char *format, ...)
{
  va_list ap;

  clear_text (text);
  va_start (ap, format);
  text->zh = g_strdup_vprintf (format, ap);
  va_end (ap);
  text->en = g_strdup (text->zh);
}

/* A cell's line breaks and control characters would break the line of a letter or a log. */
char *
fault_value (const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  GString *out = g_string_new (NULL);
  guint n = 0;

  for (const char *p = valid; *p != '\0'; p = text_next (p)) {
    gunichar c = g_utf8_get_char (p);

    if (n++ == FAULT_VALUE_CHARS) {
      g_string_append (out, "…");
      break;
    }
    g_string_append_unichar (out, g_unichar_iscntrl (c) ? ' ' : c);
  }
  return g_string_free (out, FALSE);
}
