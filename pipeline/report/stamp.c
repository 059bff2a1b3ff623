#include "report/stamp.h"

#include "base/error.h"
#include "report/page_parts.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define GROUP "report"

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Size and moment of each file, a line each; NULL: there is no such folder. */
static char *
list_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  if (dir == NULL)
    return NULL;
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    GStatBuf file;

    if (strcmp (name, STAMP_FILE) != 0 && g_lstat (path, &file) == 0)
      g_ptr_array_add (lines,
                       g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld", name,
                                        (gint64)file.st_size, (gint64)file.st_mtim.tv_sec, file.st_mtim.tv_nsec));
  }
  g_ptr_array_sort (lines, by_name);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

gboolean
stamp_put (const char *folder, const char *shown, const char *line, GError **error)
{
  g_autoptr (GKeyFile) stamp = g_key_file_new ();
  g_autofree char *path = g_build_filename (folder, STAMP_FILE, NULL);
  g_autofree char *files = list_files (folder);
  g_autoptr (GError) cause = NULL;

  g_key_file_set_string (stamp, GROUP, "shown", shown);
  g_key_file_set_string (stamp, GROUP, "line", line);
  g_key_file_set_string (stamp, GROUP, "files", files != NULL ? files : "");
  if (g_key_file_save_to_file (stamp, path, &cause))
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, cause->message);
  return FALSE;
}

gboolean
stamp_fits (const char *folder, const char *shown, char **line)
{
  g_autoptr (GKeyFile) stamp = g_key_file_new ();
  g_autofree char *path = g_build_filename (folder, STAMP_FILE, NULL);
  g_autofree char *before = NULL, *files = NULL, *now = list_files (folder);

  *line = NULL;
  if (now == NULL || !g_key_file_load_from_file (stamp, path, G_KEY_FILE_NONE, NULL))
    return FALSE;
  before = g_key_file_get_string (stamp, GROUP, "shown", NULL);
  files = g_key_file_get_string (stamp, GROUP, "files", NULL);
  if (g_strcmp0 (before, shown) != 0 || g_strcmp0 (files, now) != 0)
    return FALSE;
  *line = g_key_file_get_string (stamp, GROUP, "line", NULL);
  return *line != NULL;
}

static char *
line_markup (const char *text)
{
  GString *out = g_string_new (NULL);

  page_add_dateline (out, text);
  return g_string_free (out, FALSE);
}

static gboolean
redate_page (const char *old, const char *new, const char *before, const char *after, GError **error)
{
  g_autofree char *content = NULL;
  g_autoptr (GString) page = NULL;

  if (!g_file_get_contents (old, &content, NULL, error))
    return FALSE;
  page = g_string_new (content);
  g_string_replace (page, before, after, 1);
  return g_file_set_contents_full (new, page->str, (gssize)page->len, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

static gboolean
same_file (const char *old, const char *new, GError **error)
{
  if (link (old, new) == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not link %s to %s: %s", new, old, g_strerror (errno));
  return FALSE;
}

gboolean
stamp_redate (const char *folder, const char *fresh, const char *shown, const char *before, const char *after,
              GError **error)
{
  g_autofree char *old_line = line_markup (before), *new_line = line_markup (after);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);

  if (dir == NULL)
    return FALSE;
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *old = g_build_filename (folder, name, NULL), *new = g_build_filename (fresh, name, NULL);

    if (g_str_has_suffix (name, ".html") ? !redate_page (old, new, old_line, new_line, error)
                                         : strcmp (name, STAMP_FILE) != 0 && !same_file (old, new, error))
      return FALSE;
  }
  return stamp_put (fresh, shown, after, error);
}
