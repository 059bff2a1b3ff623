#include "report/credentials.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES 4096

void
credentials_clear (Credentials *credentials)
{
  if (credentials->password != NULL)
    explicit_bzero (credentials->password, strlen (credentials->password));
  g_clear_pointer (&credentials->user, g_free);
  g_clear_pointer (&credentials->password, g_free);
}

/* What is wrong with the file itself; NULL when nothing is. */
static const char *
objection (const struct stat *status)
{
  if (!S_ISREG (status->st_mode))
    return "is no regular file";
  if ((status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return "can be read by others than its owner; chmod 600 it";
  if (status->st_uid != geteuid () && status->st_uid != 0)
    return "belongs to another user";
  return status->st_size > MAX_BYTES ? "is too long" : NULL;
}

/* Takes the value of a line "key=value"; a line that is neither empty nor a comment nor known is refused. */
static gboolean
take_line (const char *line, Credentials *out)
{
  char **place = NULL;

  if (*line == '\0' || *line == '#')
    return TRUE;
  if (g_str_has_prefix (line, "user="))
    place = &out->user;
  else if (g_str_has_prefix (line, "password="))
    place = &out->password;
  if (place == NULL || *place != NULL)
    return FALSE;
  *place = g_strdup (strchr (line, '=') + 1);
  return **place != '\0' && g_utf8_validate (*place, -1, NULL);
}

static gboolean
parse (char *text, Credentials *out)
{
  gboolean ok = TRUE;
  char *next = NULL;

  for (char *line = text; ok && line != NULL; line = next) {
    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    line[strcspn (line, "\r")] = '\0';
    ok = take_line (line, out);
  }
  return ok && out->user != NULL && out->password != NULL;
}

/* Links are not followed: who may write the folder must not choose the file. */
static const char *
read_open (int fd, Credentials *out)
{
  char text[MAX_BYTES + 1] = "";
  struct stat status;
  const char *wrong = fstat (fd, &status) == 0 ? objection (&status) : g_strerror (errno);
  ssize_t length = wrong == NULL ? read (fd, text, MAX_BYTES) : 0;

  if (wrong == NULL && (length < 0 || !parse (text, out)))
    wrong = "has not the two lines user=… and password=…";
  explicit_bzero (text, sizeof text);
  return wrong;
}

gboolean
credentials_read (const char *path, Credentials *out, GError **error)
{
  g_auto (Credentials) found = { NULL, NULL };
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  const char *wrong = fd >= 0 ? read_open (fd, &found) : g_strerror (errno);

  if (fd >= 0)
    close (fd);
  if (wrong != NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "file %s with the mail server's credentials: %s", path, wrong);
    return FALSE;
  }
  *out = found;
  found = (Credentials){ NULL, NULL };
  return TRUE;
}
