#include "base/error.h"

GQuark
plumb_error_quark (void)
{
  return g_quark_from_static_string ("plumbline");
}
