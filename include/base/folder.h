/* include/base/folder.h: whole folders. */
#pragma once

#include <glib.h>

/* folder_remove: @path with everything below it; links are removed, not followed. A missing one is no error. FALSE
 * leaves errno. */
gboolean folder_remove (const char *path);
