#include "explanation.h"

#include "base/error.h"
#include "measure/explain.h"
#include "session.h"

#include <stdio.h>

gboolean
explain_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = NULL;
  g_autofree char *text = NULL;

  if (options->arguments[0] == NULL || options->arguments[1] == NULL || options->arguments[2] != NULL) {
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_USAGE,
                         "explain takes an area (code or name) and a target, as in: explain 210105 myopia_change");
    return FALSE;
  }
  session = outcome->session = session_open (options, SESSION_READ, error);
  if (session == NULL)
    return FALSE;
  text = explain_target (session->db, session->catalogue, session->today, options->arguments[0], options->arguments[1],
                         error);
  if (text == NULL)
    return FALSE;
  fputs (text, stdout);
  return TRUE;
}
