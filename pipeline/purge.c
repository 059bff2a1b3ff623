#include "purge.h"

#include "base/error.h"
#include "base/sql.h"
#include "base/text.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_DAYS "365" /* where the catalogue has no row reject_days */

static gboolean
is_late_enough (Session *session, GError **error)
{
  g_autoptr (PGresult) rule
      = db_queryv (session->db, error, sql_query ("check_retention"), session->options->before, DEFAULT_DAYS, DB_END);

  if (rule == NULL)
    return FALSE;
  return db_get_boolean (rule, 0, "may_go")
         || error_usage (
             error, "at the latest --before %s, for refused rows are kept for %s days (reject_days in threshold.csv)",
             db_get (rule, 0, "latest"), db_get (rule, 0, "days"));
}

gboolean
purge_command (const Options *options, Outcome *outcome, GError **error)
{
  gint64 started = g_get_monotonic_time ();
  g_autofree char *count = NULL;
  StageCounts counts = { 0 };
  Session *session = NULL;

  if (options->before == NULL)
    return error_usage (error, "purge needs --before YYYY-MM-DD");
  session = outcome->session = session_open (options, SESSION_WRITE, error);
  if (session == NULL || !is_late_enough (session, error))
    return FALSE;
  count = db_value (session->db, error, sql_query ("purge_rejects"), options->before, DB_END);
  if (count == NULL)
    return FALSE;
  counts.out = g_ascii_strtoll (count, NULL, 10);
  session_note (session, "purge", &counts, (g_get_monotonic_time () - started) / 1000, NULL);
  if (!options->quiet)
    printf ("%spurge: %s refused %s of files received before %s %s gone\n", options->dry_run ? "dry run, undone: " : "",
            count, text_plural (counts.out, "row", "rows"), options->before, text_plural (counts.out, "is", "are"));
  return TRUE;
}
