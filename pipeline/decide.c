#include "decide.h"

#include "base/error.h"
#include "base/sql.h"
#include "base/text.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

static gboolean
check_arguments (const Options *options, const char *option, const char *why, GError **error)
{
  const char *batch = options->arguments[0];

  if (batch == NULL || options->arguments[1] != NULL)
    return error_usage (error, "%s takes one batch number; plumbline status and monitor.batch list them",
                        options->command);
  if (*batch == '\0' || strlen (batch) > 18 || strspn (batch, "0123456789") != strlen (batch))
    return error_usage (error, "'%s' is not a batch number", batch);
  if (why == NULL || *why == '\0')
    return error_usage (error, "%s is missing: who looks at the batch later wants to know why", option);
  return TRUE;
}

/* Runs @query, which answers how many rows it changed, or -1 or -2 when there is nothing to decide about. */
static gboolean
decide (const Options *options, Outcome *outcome, const char *query, const char *why, const char *done,
        const char *nothing, GError **error)
{
  Session *session = outcome->session = session_open (options, SESSION_WRITE, error);
  g_autofree char *rows = NULL;

  if (session == NULL)
    return FALSE;
  rows = db_value (session->db, error, sql_query (query), options->arguments[0], why, g_get_user_name (), DB_END);
  if (rows == NULL)
    return FALSE;
  if (strcmp (rows, "-1") == 0)
    return error_usage (error, "there is no batch %s", options->arguments[0]);
  if (strcmp (rows, "-2") == 0)
    return error_usage (error, "batch %s has no rows in the tables: it was refused or withdrawn",
                        options->arguments[0]);
  if (strcmp (rows, "0") == 0) {
    if (!options->quiet)
      printf ("%sbatch %s: %s\n", options->dry_run ? "dry run, undone: " : "", options->arguments[0], nothing);
    return TRUE;
  }
  if (!options->quiet)
    printf ("%sbatch %s: %s %s %s; the next night measures with them\n", options->dry_run ? "dry run, undone: " : "",
            options->arguments[0], rows, text_plural (g_ascii_strtoll (rows, NULL, 10), "row", "rows"), done);
  return TRUE;
}

gboolean
confirm_command (const Options *options, Outcome *outcome, GError **error)
{
  return check_arguments (options, "--comment", options->comment, error)
         && decide (options, outcome, "confirm_batch", options->comment, "confirmed",
                    "nothing of it awaits confirmation", error);
}

/* A row that came again as it was left no trace of its own. */
static gboolean
say_same (const Options *options, const Outcome *outcome, GError **error)
{
  g_autoptr (PGresult) later
      = db_queryv (outcome->session->db, error, sql_query ("list_later_batches"), options->arguments[0], DB_END);

  for (int i = 0; later != NULL && !options->quiet && i < PQntuples (later); i++)
    if (db_get_int (later, i, "same") > 0)
      printf ("batch %s, %s, came later and had %s %s of these districts and periods as they were then: to let them "
              "stand, withdraw it and ingest it again\n",
              db_get (later, i, "batch_id"), db_get (later, i, "file_name"), db_get (later, i, "same"),
              text_plural (db_get_int (later, i, "same"), "row", "rows"));
  return later != NULL;
}

gboolean
withdraw_command (const Options *options, Outcome *outcome, GError **error)
{
  return check_arguments (options, "--reason", options->comment, error)
         && decide (options, outcome, "withdraw_batch", options->comment, "withdrawn",
                    "withdrawn; later files had superseded all of its rows", error)
         && say_same (options, outcome, error);
}
