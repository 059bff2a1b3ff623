#include "simulate/output.h"

#include "base/error.h"
#include "base/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

static gboolean
output_error (const char *path, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, g_strerror (errno));
  return FALSE;
}

gboolean
sim_write_file (const char *folder, const char *name, const GString *bytes, const char *sent_on, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) cause = NULL;

  if (!g_file_set_contents_full (path, bytes->str, (gssize)bytes->len, G_FILE_SET_CONTENTS_NONE, 0644, &cause)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, cause->message);
    return FALSE;
  }
  if (sent_on != NULL) {
    g_autofree char *moment = g_strconcat (sent_on, "T09:30:00+08:00", NULL);
    g_autoptr (GDateTime) sent = g_date_time_new_from_iso8601 (moment, NULL);
    struct utimbuf times = { .actime = g_date_time_to_unix (sent), .modtime = g_date_time_to_unix (sent) };

    if (g_utime (path, &times) != 0)
      return output_error (path, error);
  }
  return TRUE;
}

/* A name that the list gives: a plain one, or it is none of ours. */
static void
remove_listed (const char *folder, const char *line)
{
  g_autofree char *name = g_strndup (line, strcspn (line, ","));
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_str_has_suffix (name, ".csv") && strchr (name, '/') == NULL)
    g_unlink (path);
}

gboolean
sim_clear (const char *folder, GError **error)
{
  g_autofree char *truth = g_build_filename (folder, "truth", NULL);
  g_autofree char *list = g_build_filename (truth, "file.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    return output_error (folder, error);
  if (!g_file_get_contents (list, &text, NULL, NULL))
    return TRUE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    remove_listed (folder, lines[i]);
  return folder_remove (truth) || output_error (truth, error);
}

gboolean
sim_make_folder (const char *folder, GError **error)
{
  return g_mkdir_with_parents (folder, 0755) == 0 || output_error (folder, error);
}
