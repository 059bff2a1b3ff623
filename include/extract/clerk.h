/* include/extract/clerk.h: what goes back to whoever sent a file: their rows with what is wrong beside them, and a
 * letter. */
#pragma once

#include "extract/extract.h"

#define CLERK_MAX_GROUPS 50 /* kinds of problems in a letter; how many more there are is said */
#define CLERK_MAX_ROWS 12   /* rows named for each */

/**
 * clerk_write: writes into @folder, which exists:
 *
 *  <12 digits of the hash>-NAME.csv  the file in UTF-8 with BOM and CRLF, each row where it was and as it was, plus two
 * columns: codes and what to do; cells that a spreadsheet would run as formulas get an apostrophe. Not for a file that
 * cannot be read to its end, nor for records of persons. <12 digits of the hash>-NAME.txt  the letter
 *
 * The same bytes and rejects give the same files. Written under another name first, then renamed.
 *
 * Returns: FALSE with PLUMB_ERROR_OUTPUT.
 */
gboolean clerk_write (Source *source, const Extract *extract, const Catalogue *catalogue, const char *language,
                      const char *folder, GError **error);

/* clerk_letter: the letter's text; @copy is the name of the CSV beside it, or NULL when there is none. Newly allocated.
 */
char *clerk_letter (const char *file, const Extract *extract, const Catalogue *catalogue, const char *language,
                    const char *copy);
