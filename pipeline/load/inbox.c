#include "inbox.h"

#include "base/error.h"
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAME_BYTES 160 /* what is left of 255 after a hash and an ending */

static gboolean
fail (const char *what, const char *path, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not %s %s: %s", what, path, g_strerror (errno));
  return FALSE;
}

gboolean
folders_make (const char *state_dir, Folders *out, GError **error)
{
  char **paths[] = { &out->inbox, &out->archive, &out->quarantine, &out->returned };
  static const char *const names[] = { "inbox", "archive", "quarantine", "returned" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    *paths[i] = g_build_filename (state_dir, names[i], NULL);
    if (g_mkdir_with_parents (*paths[i], 0750) != 0)
      return fail ("make folder", *paths[i], error);
  }
  return TRUE;
}

void
folders_clear (Folders *folders)
{
  g_free (folders->inbox);
  g_free (folders->archive);
  g_free (folders->quarantine);
  g_free (folders->returned);
  memset (folders, 0, sizeof *folders);
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    fail ("write folder", folder, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

/* A long name keeps its end, which tells more than its beginning; a character that is cut through goes whole. */
static char *
name_in (const char *folder, const char *path, const char *prefix)
{
  g_autofree char *name = g_path_get_basename (path);
  gsize length = strlen (name), skip = length > MAX_NAME_BYTES ? length - MAX_NAME_BYTES : 0;
  g_autofree char *kept = NULL;

  while (((guchar)name[skip] & 0xC0) == 0x80)
    skip++;
  kept = g_strconcat (prefix, "-", name + skip, NULL);
  return g_build_filename (folder, kept, NULL);
}

static gboolean
move (const Folders *folders, const char *path, const char *target, const char *folder, GError **error)
{
  if (g_rename (path, target) != 0)
    return fail ("move", path, error);
  return sync_folder (folder, error) && sync_folder (folders->inbox, error);
}

gboolean
inbox_archive (const Folders *folders, const char *path, const char *sha256, GError **error)
{
  g_autofree char *target = name_in (folders->archive, path, sha256);

  return move (folders, path, target, folders->archive, error);
}

static char *
reasons (const Rejects *rejects)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < rejects->groups->len; i++) {
    const RejectGroup *group = rejects->groups->pdata[i];

    if (group->rule->severity == SEVERITY_REFUSE)
      g_string_append_printf (out, "%s (%" G_GINT64_FORMAT ")\n%s\n%s\n\n", group->rule->rule, group->count,
                              group->first->message, group->first->message_en);
  }
  return g_string_free (out, FALSE);
}

gboolean
inbox_quarantine (const Folders *folders, const char *path, const char *sha256, const Rejects *rejects, GError **error)
{
  g_autofree char *target = name_in (folders->quarantine, path, sha256 != NULL ? sha256 : "unread");
  g_autofree char *reason_path = g_strconcat (target, ".reason.txt", NULL);
  g_autofree char *text = reasons (rejects);

  if (!folder_put (reason_path, text, strlen (text), 0640, error))
    return FALSE;
  return move (folders, path, target, folders->quarantine, error);
}
