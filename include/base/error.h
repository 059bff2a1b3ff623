/* include/base/error.h: one error domain; main.c alone maps the codes to exit statuses. */
#pragma once

#include <glib.h>

typedef enum {
  PLUMB_ERROR_USAGE,    /* wrong command line: 64 */
  PLUMB_ERROR_CONFIG,   /* configuration or catalogue: 78 */
  PLUMB_ERROR_INPUT,    /* a file that cannot be read or is refused as a whole: 65 */
  PLUMB_ERROR_DATABASE, /* server away, refused or timed out: 69 */
  PLUMB_ERROR_RETRY,    /* serialization failure or deadlock: the same work may succeed now */
  PLUMB_ERROR_EXISTS,   /* a key that is there already; the caller expected that it might be: else a bug, 70 */
  PLUMB_ERROR_SQL,      /* the server refused a statement: a bug, 70 */
  PLUMB_ERROR_MAIL,     /* mail server away: 69 */
  PLUMB_ERROR_LOCKED,   /* another run holds the lock: 75 */
  PLUMB_ERROR_OUTPUT,   /* cannot write a report, mail or archive, or not read a file for now: reported as 69 */
  PLUMB_ERROR_TOO_FEW,  /* not enough data for the statistic asked for */
  PLUMB_ERROR_BUG       /* anything that should not happen: 70 */
} PlumbError;

#define PLUMB_ERROR (plumb_error_quark ())
GQuark plumb_error_quark (void);

/* error_usage: sets PLUMB_ERROR_USAGE; always FALSE, so that a check can return it. */
gboolean error_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
