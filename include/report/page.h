/* include/report/page.h: the static report. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/* report_write: replaces @folder (index.html, one page a district and a target, data quality, method, the
   tables as CSV) by rename, so that a reader never
   sees half of it. @pages may be NULL. */
gboolean report_write (Db *db, const Catalogue *catalogue, const char *folder, const char *language, const char *today,
                       guint *pages, GError **error);
