#include "publication.h"

#include "log.h"
#include "publish/release.h"
#include "session.h"

#include <stdio.h>

static void
say_release (const Options *options, const ReleaseSummary *sum)
{
  if (options->quiet)
    return;
  if (sum->release_id == 0) {
    puts ("publish: nothing is due; plumbline publish PERIOD… publishes a period again");
    return;
  }
  printf ("%spublish: release %" G_GINT64_FORMAT ": %u periods, %" G_GUINT64_FORMAT
          " rows of pupils' counts, %" G_GUINT64_FORMAT " shown, %" G_GUINT64_FORMAT
          " hidden by the rules, %" G_GUINT64_FORMAT " for the sake of others\n",
          options->dry_run ? "dry run, undone: " : "", sum->release_id, sum->periods, sum->rows, sum->shown,
          sum->sensitive, sum->also);
}

gboolean
publish_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = outcome->session = session_open (options, SESSION_WRITE, error);
  gint64 started = g_get_monotonic_time ();
  ReleaseSummary sum = { 0 };
  StageCounts counts = { 0 };
  g_autoptr (GError) why = NULL;
  gboolean ok = FALSE;

  if (session == NULL)
    return FALSE;
  log_progress ("publish: the audit of small counts …");
  ok = release_make (session->db,
                     &(ReleaseOptions){ .periods = options->arguments,
                                        .schools = options->schools,
                                        .strata = options->by != NULL ? options->by : "none",
                                        .run_id = session->run_id,
                                        .version = PLUMB_VERSION },
                     &sum, &why);
  log_progress ("");
  counts
      = (StageCounts){ .in = (gint64)sum.rows, .out = (gint64)sum.shown, .rejected = (gint64)(sum.rows - sum.shown) };
  session_note (session, "publish", &counts, (g_get_monotonic_time () - started) / 1000,
                why != NULL ? why->message : NULL);
  if (ok)
    say_release (options, &sum);
  else
    g_propagate_error (error, g_steal_pointer (&why));
  return ok;
}
