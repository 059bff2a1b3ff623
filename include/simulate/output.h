/* include/simulate/output.h: files of a simulation. */
#pragma once

#include <glib.h>

/* sim_write_file: @bytes as @folder/@name, dated @sent_on (ISO date) where that is not NULL. PLUMB_ERROR_OUTPUT. */
gboolean
sim_write_file (const char *folder, const char *name, const GString *bytes, const char *sent_on, GError **error);

/* sim_clear: makes @folder; removes the files that an earlier simulation there listed in truth/file.csv, and its
 * truth/, and nothing else. PLUMB_ERROR_OUTPUT. */
gboolean sim_clear (const char *folder, GError **error);

/* sim_make_folder: with its parents; one that exists is no error. PLUMB_ERROR_OUTPUT. */
gboolean sim_make_folder (const char *folder, GError **error);
