/* include/report/stamp.h: what a report in its folder was made from, so that it is made again only when it would
 * differ. */
#pragma once

#include <glib.h>

/* Lies in the folder, hidden. */
#define STAMP_FILE ".stamp"

/* stamp_put: notes that the files of @folder show @shown and say @line, with each one's size and moment. */
gboolean stamp_put (const char *folder, const char *shown, const char *line, GError **error);

/**
 * stamp_fits: whether @folder still holds, untouched, every file that it was stamped with, made from @shown.
 * @line: what it says; NULL unless it fits; free it
 */
gboolean stamp_fits (const char *folder, const char *shown, char **line);

/* stamp_redate: fills @fresh, an empty folder beside @folder, with the same files, in whose pages the one that says
   @before says @after; then that fits. Needs a file system with hard links. */
gboolean stamp_redate (const char *folder, const char *fresh, const char *shown, const char *before, const char *after,
                       GError **error);
