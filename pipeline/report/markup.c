#include "report/markup.h"

#include "base/text.h"
#include "domain/format.h"

#include <stdarg.h>

void
markup_add (GString *out, const char *template, ...)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  va_list ap;

  va_start (ap, template);
  for (const char *name = va_arg (ap, const char *); name != NULL; name = va_arg (ap, const char *)) {
    g_ptr_array_add (pairs, g_strdup (name));
    g_ptr_array_add (pairs, text_html (va_arg (ap, const char *)));
  }
  va_end (ap);
  format_fill_pairs (out, template, pairs);
}
