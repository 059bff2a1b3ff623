#include "base/error.h"

#include <stdarg.h>

GQuark
plumb_error_quark (void)
{
  return g_quark_from_static_string ("plumbline");
}

gboolean
error_usage (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list ap;

  va_start (ap, format);
  message = g_strdup_vprintf (format, ap);
  va_end (ap);
  g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, message);
  return FALSE;
}
