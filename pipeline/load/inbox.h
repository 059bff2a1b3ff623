/* pipeline/load/inbox.h: where files wait and where they go. */
#pragma once

#include "extract/claim.h"
#include "extract/reject.h"

typedef struct {
  char *inbox;
  char *archive;
  char *quarantine;
  char *returned;
} Folders;

/* folders_make: the four folders below @state_dir. PLUMB_ERROR_OUTPUT when one cannot be made. */
gboolean folders_make (const char *state_dir, Folders *out, GError **error);
void folders_clear (Folders *folders);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Folders, folders_clear)

/* inbox_archive: @path becomes archive/<sha256>-NAME, and both folders are on disk. The same bytes replace themselves.
 */
gboolean inbox_archive (const Folders *folders, const char *path, const char *sha256, GError **error);

/* inbox_quarantine: @path becomes quarantine/<sha256>-NAME (unread-NAME where there is no hash), with the reasons
 * beside it. */
gboolean
inbox_quarantine (const Folders *folders, const char *path, const char *sha256, const Rejects *rejects, GError **error);
