#define _XOPEN_SOURCE 700
#include "base/folder.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#define OPEN_FOLDERS 16

static int
remove_one (const char *path, const struct stat *st, int type, struct FTW *at)
{
  (void)st;
  (void)type;
  (void)at;
  return remove (path);
}

gboolean
folder_remove (const char *path)
{
  return nftw (path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0 || errno == ENOENT;
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0) {
    gssize written = write (fd, data, length);

    if (written < 0 && errno != EINTR)
      return FALSE;
    if (written > 0) {
      data += written;
      length -= (gsize)written;
    }
  }
  return fsync (fd) == 0;
}

static gboolean
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

/* The name beside it is always the same: what a killed process left there is no heap that grows. */
gboolean
folder_put (const char *path, const char *data, gsize length, guint mode, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  gboolean ok = FALSE;
  int fd = -1, cause = 0;

  unlink (part);
  fd = open (part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  ok = fd >= 0 && write_all (fd, data, length);
  if (fd >= 0)
    ok = close (fd) == 0 && ok;
  ok = ok && rename (part, path) == 0 && sync_folder_of (path);
  if (ok)
    return TRUE;
  cause = errno;
  unlink (part);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, g_strerror (cause));
  return FALSE;
}
