/* include/log.h: events on stderr, one a line: level stage message key=value. */
#pragma once

#include <glib.h>

/* log_start: from now on what g_log_structured() gets goes to stderr. Once in a process. */
void log_start (void);

/* log_set_quiet: only warnings and errors, no progress. */
void log_set_quiet (gboolean quiet);

/* log_error: an error event; a message of several lines becomes as many events. */
void log_error (const char *stage, const char *message);

/* log_counts: an info event "stage key=value …" from names and numbers. */
typedef struct {
  const char *key;
  gint64 value;
} LogCount;
void log_counts (const char *stage, const LogCount counts[], gsize n);

/* log_progress: replaces the terminal's last line on stderr; nothing when that is no terminal. "" clears the line. */
void log_progress (const char *message);
