#include "publication.h"

#include "base/error.h"
#include "base/folder.h"
#include "base/text.h"
#include "log.h"
#include "publish/export.h"
#include "publish/release.h"
#include "session.h"

#include <stdio.h>
#include <string.h>

static void
say_release_as_json (const Options *options, const ReleaseSummary *sum)
{
  printf ("{\"release\": ");
  if (sum->release_id > 0)
    printf ("%" G_GINT64_FORMAT, sum->release_id);
  else
    fputs ("null", stdout);
  printf (", \"periods\": %u, \"counts\": %" G_GUINT64_FORMAT ", \"shown\": %" G_GUINT64_FORMAT
          ", \"hidden\": %" G_GUINT64_FORMAT ", \"hidden_for_others\": %" G_GUINT64_FORMAT ", \"dry_run\": %s}\n",
          sum->periods, sum->rows, sum->shown, sum->sensitive, sum->also, options->dry_run ? "true" : "false");
}

static void
say_release (const Options *options, const ReleaseSummary *sum)
{
  if (options->json) {
    say_release_as_json (options, sum);
    return;
  }
  if (options->quiet)
    return;
  if (sum->release_id == 0) {
    puts ("publish: nothing is due; plumbline publish PERIOD… publishes a period again");
    return;
  }
  printf ("%spublish: release %" G_GINT64_FORMAT ": %u %s, %" G_GUINT64_FORMAT
          " %s of pupils' counts, %" G_GUINT64_FORMAT " shown, %" G_GUINT64_FORMAT
          " hidden by the rules, %" G_GUINT64_FORMAT " for the sake of others\n",
          options->dry_run ? "dry run, undone: " : "", sum->release_id, sum->periods,
          text_plural (sum->periods, "period", "periods"), sum->rows, text_plural ((gint64)sum->rows, "row", "rows"),
          sum->shown, sum->sensitive, sum->also);
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

static gboolean
check_export (const Options *options, GError **error)
{
  const char *what = options->arguments[0], *number = what != NULL ? options->arguments[1] : NULL;

  if (what == NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "export takes a view of monitor, or release");
  else if (number != NULL && (strcmp (what, "release") != 0 || options->arguments[2] != NULL))
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "export takes one view, or release and its number");
  else if (number != NULL
           && (strspn (number, "0123456789") != strlen (number) || strlen (number) > 18 || *number == '\0'))
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "'%s' is not the number of a release", number);
  else
    return TRUE;
  return FALSE;
}

static ExportFormat
export_format (const Options *options)
{
  return g_strcmp0 (options->format, "xlsx") == 0      ? EXPORT_XLSX
         : g_strcmp0 (options->format, "package") == 0 ? EXPORT_PACKAGE
                                                       : EXPORT_CSV;
}

static void
say_export_as_json (const Options *options, const ExportSummary *sum)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"rows\": %" G_GUINT64_FORMAT ", \"simulated\": %s, \"dry_run\": %s, \"files\": [",
                          sum->rows, sum->simulated ? "true" : "false", options->dry_run ? "true" : "false");
  for (guint i = 0; i < sum->files->len && !options->dry_run; i++) {
    g_string_append (out, i > 0 ? ", " : "");
    text_append_json (out, sum->files->pdata[i]);
  }
  puts (g_string_append (out, "]}")->str);
}

static void
say_export (const Options *options, const ExportSummary *sum)
{
  if (options->json) {
    say_export_as_json (options, sum);
    return;
  }
  if (options->quiet)
    return;
  printf ("%sexport: %" G_GUINT64_FORMAT " %s%s\n", options->dry_run ? "dry run, undone: " : "", sum->rows,
          text_plural ((gint64)sum->rows, "row", "rows"), sum->simulated ? "; THE DATA ARE SIMULATED (模拟数据)" : "");
  for (guint i = 0; i < sum->files->len && !options->dry_run; i++)
    puts (sum->files->pdata[i]);
}

/* A dry run writes too, where nobody looks. */
gboolean
export_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = check_export (options, error) ? session_open (options, SESSION_READ, error) : NULL;
  g_autofree char *trial = options->dry_run && session != NULL ? g_dir_make_tmp ("plumbline-XXXXXX", error) : NULL;
  ExportOptions export = { .what = options->arguments[0], .format = export_format (options) };
  ExportSummary sum = { 0 };
  gboolean ok = FALSE;

  outcome->session = session;
  if (session == NULL || (options->dry_run && trial == NULL))
    return FALSE;
  export.release = options->arguments[1];
  export.folder = trial != NULL ? trial : options->out != NULL ? options->out : ".";
  export.today = session->today;
  ok = export_write (session->db, &export, &sum, error);
  if (trial != NULL)
    folder_remove (trial);
  if (ok)
    say_export (options, &sum);
  g_ptr_array_unref (sum.files);
  return ok;
}
