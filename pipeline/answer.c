#include "answer.h"

#include "base/error.h"
#include "base/sql.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

#define MAX_COMMENT 500 /* bytes: it is quoted in mails */

static gboolean
check (const Options *options, GError **error)
{
  if (options->arguments[0] == NULL || options->arguments[1] == NULL || options->arguments[2] != NULL)
    return error_usage (error, "%s takes an area and a target; plumbline alerts lists them", options->command);
  if (options->until == NULL)
    return error_usage (error, "--until is missing: nothing is held back for ever");
  if (options->comment == NULL || *options->comment == '\0')
    return error_usage (error, "--comment is missing: the next mail quotes it");
  if (strlen (options->comment) > MAX_COMMENT)
    return error_usage (error, "--comment is longer than %d bytes", MAX_COMMENT);
  return TRUE;
}

static const char *
unless_all (const char *word)
{
  return strcmp (word, "all") == 0 ? NULL : word;
}

static void
say (const Options *options, const char *done)
{
  if (!options->quiet)
    printf ("%s%s %s %s until %s\n", options->dry_run ? "dry run, undone: " : "", options->arguments[0],
            options->arguments[1], done, options->until);
}

gboolean
ack_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = check (options, error) ? session_open (options, SESSION_WRITE, error) : NULL;
  g_autofree char *hold = NULL;

  outcome->session = session;
  if (session == NULL)
    return FALSE;
  hold = db_value (session->db, error, sql_query ("acknowledge_alert"), options->arguments[0], options->arguments[1],
                   options->until, options->comment, g_get_user_name (), DB_END);
  if (hold == NULL)
    return FALSE;
  if (strcmp (hold, "0") == 0)
    return error_usage (error, "there is no open alert on %s in %s; plumbline alerts lists them", options->arguments[1],
                        options->arguments[0]);
  if (strcmp (hold, "-1") == 0)
    return error_usage (error, "--until %s is no day to come", options->until);
  say (options, "acknowledged");
  return TRUE;
}

gboolean
silence_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = check (options, error) ? session_open (options, SESSION_WRITE, error) : NULL;
  g_autofree char *hold = NULL;

  outcome->session = session;
  if (session == NULL)
    return FALSE;
  hold = db_value (session->db, error, sql_query ("silence_alerts"), unless_all (options->arguments[0]),
                   unless_all (options->arguments[1]), options->from, options->until, options->comment,
                   g_get_user_name (), DB_END);
  if (hold == NULL)
    return FALSE;
  if (strcmp (hold, "-1") == 0)
    return error_usage (error, "--until %s is over, or before --from", options->until);
  if (strcmp (hold, "-2") == 0)
    return error_usage (error, "there is no area %s", options->arguments[0]);
  if (strcmp (hold, "-3") == 0)
    return error_usage (error, "there is no target or indicator %s", options->arguments[1]);
  say (options, "silenced");
  return TRUE;
}
