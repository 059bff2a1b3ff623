#include "log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "plumbline"
#define CLEAR_LINE "\r\033[K"

static gboolean quiet_log;
static gboolean line_is_open; /* progress stands on the terminal's last line */

static const char *
level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "error";
  return level & G_LOG_LEVEL_WARNING ? "warning" : "info";
}

static const char *
field (const GLogField fields[], gsize n, const char *key)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (fields[i].key, key) == 0)
      return fields[i].value;
  return NULL;
}

/* Libraries' messages below a warning are theirs. Somebody at a terminal reads the summary instead of the counts. */
static GLogWriterOutput
write_event (GLogLevelFlags level, const GLogField fields[], gsize n, gpointer data)
{
  const char *domain = field (fields, n, "GLIB_DOMAIN");
  const char *stage = field (fields, n, "STAGE");
  gboolean is_grave = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0;

  (void)data;
  if (!is_grave && (quiet_log || isatty (STDERR_FILENO) || g_strcmp0 (domain, DOMAIN) != 0))
    return G_LOG_WRITER_HANDLED;
  log_progress ("");
  fprintf (stderr, "%s %s %s\n", level_name (level),
           stage != NULL    ? stage
           : domain != NULL ? domain
                            : DOMAIN,
           field (fields, n, "MESSAGE"));
  return G_LOG_WRITER_HANDLED;
}

void
log_start (void)
{
  g_log_set_writer_func (write_event, NULL, NULL);
}

void
log_set_quiet (gboolean quiet)
{
  quiet_log = quiet;
}

/* G_LOG_LEVEL_ERROR would abort: to GLib that is a bug, to us a night that went wrong. */
void
log_error (const char *stage, const char *message)
{
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (*g_strstrip (*line) != '\0')
      g_log_structured (DOMAIN, G_LOG_LEVEL_CRITICAL, "STAGE", stage, "MESSAGE", "%s", *line);
}

void
log_counts (const char *stage, const LogCount counts[], gsize n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s=%" G_GINT64_FORMAT, i > 0 ? " " : "", counts[i].key, counts[i].value);
  g_log_structured (DOMAIN, G_LOG_LEVEL_INFO, "STAGE", stage, "MESSAGE", "%s", text->str);
}

void
log_progress (const char *message)
{
  if (quiet_log || !isatty (STDERR_FILENO) || (*message == '\0' && !line_is_open))
    return;
  fprintf (stderr, CLEAR_LINE "%s", message);
  fflush (stderr);
  line_is_open = *message != '\0';
}
