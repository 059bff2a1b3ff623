/* include/report/quiet.h: a mail that says that nothing is new, so that silence can be told from breakage. */
#pragma once

#include "report/digest.h"

/* quiet_subject, quiet_text, quiet_html: @digest only names board, recipient and night: digest_quiet(). */
char *quiet_subject (const Digest *digest);
char *quiet_text (const Digest *digest);
char *quiet_html (const Digest *digest);

/* quiet_is_due: @recipient answers for the city, and was last written to @days ago (-1 never). */
gboolean quiet_is_due (const Catalogue *catalogue, const Recipient *recipient, int days);
