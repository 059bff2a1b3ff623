/* include/backup.h: the whole database as one file, and back. */
#pragma once

#include "command.h"

/* backup_command: FILE, mode 0600, in pg_dump's custom format; there when it is whole, or not at all. No night runs
 * meanwhile, so that archive/ and the ledger in the file agree. */
gboolean backup_command (const Options *options, Outcome *outcome, GError **error);

/**
 * restore_command: FILE into a database without plumbline's schemas, in one transaction. Files of archive/ and
 * quarantine/ that came after the backup go back into inbox/, oldest first, under a number and their name.
 *
 * PLUMB_ERROR_CONFIG: the database is not empty, or the file comes from a newer program; PLUMB_ERROR_INPUT: no backup.
 */
gboolean restore_command (const Options *options, Outcome *outcome, GError **error);
