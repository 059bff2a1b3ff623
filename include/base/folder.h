/* include/base/folder.h: whole folders, and files in them that are there whole or not at all. */
#pragma once

#include <glib.h>

/* folder_remove: @path with everything below it; links are removed, not followed. A missing one is no error. FALSE
 * leaves errno. */
gboolean folder_remove (const char *path);

/* folder_put: @path has these bytes, on disk, or stays as it is: PLUMB_ERROR_OUTPUT. They are written to @path.part
 * first; one writer at a time. @mode as open() has it. */
gboolean folder_put (const char *path, const char *data, gsize length, guint mode, GError **error);
