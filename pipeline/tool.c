#define _GNU_SOURCE
#include "tool.h"

#include "base/error.h"
#include "interrupt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_US 20000
#define MAX_WORDS (1 << 20) /* of what a program says */

typedef int Sink;

static void
sink_close (Sink *sink)
{
  if (*sink >= 0)
    close (*sink);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sink, sink_close)

static char *
sink_text (Sink sink)
{
  g_autoptr (GString) out = g_string_new (NULL);
  char chunk[4096];

  for (ssize_t n = 0; out->len < MAX_WORDS && (n = pread (sink, chunk, sizeof chunk, (off_t)out->len)) > 0;)
    g_string_append_len (out, chunk, n);
  return g_strchomp (g_string_free (g_steal_pointer (&out), FALSE));
}

/* NULL when it came to its end by itself; else why it had to be ended. */
static const char *
wait_for (GPid pid, guint deadline_s, int *status)
{
  gint64 until = g_get_monotonic_time () + (gint64)deadline_s * G_USEC_PER_SEC;
  const char *why = NULL;
  pid_t ended = 0;

  while ((ended = waitpid (pid, status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (why == NULL && (interrupt_signal () != 0 || g_get_monotonic_time () > until)) {
      why = interrupt_signal () != 0 ? "was interrupted" : "timed out";
      kill (pid, SIGKILL);
    }
    g_usleep (POLL_US);
  }
  return why;
}

gboolean
tool_run (char **argv, char **environment, guint deadline_s, char **out, GError **error)
{
  g_auto (Sink) words = memfd_create ("words", MFD_CLOEXEC), complaint = memfd_create ("complaint", MFD_CLOEXEC);
  g_autoptr (GError) why = NULL;
  g_autofree char *text = NULL;
  const char *ended = NULL;
  int status = 0;
  GPid pid = 0;

  if (words < 0 || complaint < 0
      || !g_spawn_async_with_fds ("/", argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, -1, words,
                                  complaint, &why)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot run %s: %s", argv[0],
                 why != NULL ? why->message : g_strerror (errno));
    return FALSE;
  }
  ended = wait_for (pid, deadline_s, &status);
  if (ended == NULL && g_spawn_check_wait_status (status, &why)) {
    if (out != NULL)
      *out = sink_text (words);
    return TRUE;
  }
  text = sink_text (complaint);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE, "%s %s", argv[0],
               ended != NULL   ? ended
               : *text != '\0' ? text
                               : why->message);
  return FALSE;
}

static void
append_word (GString *out, const char *keyword, const char *value)
{
  g_string_append_printf (out, "%s%s='", out->len > 0 ? " " : "", keyword);
  for (const char *c = value; *c != '\0'; c++) {
    if (*c == '\'' || *c == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *c);
  }
  g_string_append_c (out, '\'');
}

void
tool_login (Db *db, char **conninfo, char ***environment)
{
  static const char *const own[] = { "password", "fallback_application_name", "options", "client_encoding", NULL };
  PQconninfoOption *words = PQconninfo (db_conn (db));
  g_autoptr (GString) out = g_string_new (NULL);

  *environment = g_get_environ ();
  for (const PQconninfoOption *word = words; word != NULL && word->keyword != NULL; word++) {
    if (word->val == NULL || *word->val == '\0')
      continue;
    if (strcmp (word->keyword, "password") == 0)
      *environment = g_environ_setenv (*environment, "PGPASSWORD", word->val, TRUE);
    if (!g_strv_contains (own, word->keyword))
      append_word (out, word->keyword, word->val);
  }
  PQconninfoFree (words);
  *conninfo = g_string_free (g_steal_pointer (&out), FALSE);
}
