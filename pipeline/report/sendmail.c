#define _GNU_SOURCE /* memfd_create */

#include "report/sendmail.h"

#include "report/mail.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define POLL_US 20000
#define MAX_WORDS 200

/* Programs of this kind expect lines as Unix ends them; on the wire they make CRLF of it, so the bytes are the same. */
static GString *
unix_lines (GBytes *content)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (content, &length);
  GString *text = g_string_new_len (data, (gssize)length);

  g_string_replace (text, "\r\n", "\n", 0);
  return text;
}

/* A file, not a pipe: a program that reads nothing can then neither block nor kill us. */
static int
as_file (const char *name, const char *data, gsize length)
{
  int fd = memfd_create (name, MFD_CLOEXEC);
  gsize written = 0;

  while (fd >= 0 && written < length) {
    ssize_t n = write (fd, data + written, length - written);

    if (n <= 0) {
      close (fd);
      return -1;
    }
    written += (gsize)n;
  }
  if (fd >= 0)
    lseek (fd, 0, SEEK_SET);
  return fd;
}

static char *
first_words (int fd)
{
  char text[4 * MAX_WORDS + 1] = "";
  ssize_t length = pread (fd, text, sizeof text - 1, 0);
  g_autofree char *valid = g_utf8_make_valid (text, length > 0 ? length : 0);

  return mail_clean (valid, MAX_WORDS);
}

/* FALSE when @pid had to be killed. */
static gboolean
wait_for (GPid pid, guint timeout_s, int *status)
{
  gint64 deadline = g_get_monotonic_time () + (gint64)timeout_s * G_USEC_PER_SEC;
  pid_t done = 0;

  while ((done = waitpid (pid, status, WNOHANG)) == 0 && g_get_monotonic_time () < deadline)
    g_usleep (POLL_US);
  if (done != 0)
    return TRUE;
  kill (pid, SIGKILL);
  waitpid (pid, status, 0);
  return FALSE;
}

static SendResult
judge (int status)
{
  static const int refusals[] = { EX_DATAERR, EX_NOUSER, EX_NOHOST };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (WIFEXITED (status) && WEXITSTATUS (status) == refusals[i])
      return SEND_NEVER;
  return WIFEXITED (status) && WEXITSTATUS (status) == EX_OK ? SEND_DONE : SEND_LATER;
}

static void
conclude (gboolean ended, int status, int output, const char *program, SendAnswer *answer)
{
  g_autofree char *words = first_words (output);
  g_autofree char *end = !ended               ? g_strdup ("timed out and was ended")
                         : WIFEXITED (status) ? g_strdup_printf ("exit status %d", WEXITSTATUS (status))
                                              : g_strdup_printf ("ended by signal %d", WTERMSIG (status));

  answer->result = ended ? judge (status) : SEND_LATER;
  answer->away = answer->result == SEND_LATER;
  if (answer->result != SEND_DONE)
    answer->why = g_strdup_printf ("%s: %s%s%s", program, end, *words != '\0' ? ": " : "", words);
}

void
sendmail_send (const char *program, const char *sender, guint timeout_s, const SendMail *mail, SendAnswer *answer)
{
  const char *const argv[] = { program, "-t", "-i", "-f", sender, NULL };
  GString *text = unix_lines (mail->content);
  int input = as_file ("mail", text->str, text->len);
  int output = as_file ("answer", "", 0);
  g_autoptr (GError) failure = NULL;
  GPid pid = 0;
  int status = 0;

  *answer = (SendAnswer){ .result = SEND_LATER, .away = TRUE };
  if (input < 0 || output < 0)
    answer->why = g_strdup_printf ("could not hand a mail to %s: %s", program, g_strerror (errno));
  else if (!g_spawn_async_with_pipes_and_fds ("/", argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, input, output,
                                              output, NULL, NULL, 0, &pid, NULL, NULL, NULL, &failure))
    answer->why = g_strdup_printf ("could not start %s: %s", program, failure->message);
  else {
    gboolean ended = wait_for (pid, timeout_s, &status);

    conclude (ended, status, output, program, answer);
  }
  if (input >= 0)
    close (input);
  if (output >= 0)
    close (output);
  g_string_free (text, TRUE);
}
