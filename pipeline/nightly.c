#include "nightly.h"

#include "base/error.h"
#include "base/folder.h"
#include "base/sql.h"
#include "base/text.h"
#include "extract/rules.h"
#include "load/ingest.h"
#include "load/store.h"
#include "log.h"
#include "measure/measure.h"
#include "monitoring.h"
#include "report/alert.h"
#include "interrupt.h"
#include "report/page.h"
#include "session.h"
#include "trial.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG(stage, ...)                                                                                                \
  log_counts ((stage), (const LogCount[]){ __VA_ARGS__ },                                                              \
              sizeof ((const LogCount[]){ __VA_ARGS__ }) / sizeof (LogCount))

typedef gboolean (*StageFunc) (Session *session, Outcome *outcome, StageCounts *counts, GError **error);

typedef struct {
  const char *name;
  StageFunc run;
} Stage;

static void say (const Session *session, const char *format, ...) G_GNUC_PRINTF (2, 3);
static void warn (const Session *session, const char *format, ...) G_GNUC_PRINTF (2, 3);
static void write_line (const Session *session, FILE *out, const char *format, va_list ap) G_GNUC_PRINTF (3, 0);

static void
write_line (const Session *session, FILE *out, const char *format, va_list ap)
{
  log_progress ("");
  if (session->options->dry_run)
    fputs ("dry run, undone: ", out);
  vfprintf (out, format, ap);
  putc ('\n', out);
  fflush (out);
}

static void
say (const Session *session, const char *format, ...)
{
  va_list ap;

  if (session->options->quiet)
    return;
  va_start (ap, format);
  write_line (session, stdout, format, ap);
  va_end (ap);
}

/* What somebody has to pass on is said under cron too: it mails words, not exit statuses. */
static void
warn (const Session *session, const char *format, ...)
{
  va_list ap;

  if (session->options->quiet && session->options->rejects_ok)
    return;
  va_start (ap, format);
  write_line (session, session->options->quiet ? stderr : stdout, format, ap);
  va_end (ap);
}

static void
show_progress (const char *message, gpointer data)
{
  (void)data;
  log_progress (message);
}

static void
show_notice (const char *message, gpointer data)
{
  say (data, "ingest: %s", message);
}

static gboolean
stage_init (Session *session, Outcome *outcome, StageCounts *counts, GError **error)
{
  (void)outcome;
  if (!rules_check (session->catalogue, error) || !store_catalogue (session->db, session->catalogue, error))
    return FALSE;
  counts->in = counts->out = session->catalogue->targets->len;
  say (session, "init: %u areas, %u feeds, %u indicators, %u targets from %s", session->catalogue->areas->len,
       session->catalogue->feeds->len, session->catalogue->indicators->len, session->catalogue->targets->len,
       session->options->catalogue);
  return TRUE;
}

/* Which files, why, and where the rest of it stands; of this run, which is the last that took files in. */
static gboolean
say_refusals (const Session *session, const IngestSummary *sum, GError **error)
{
  g_autoptr (PGresult) files = NULL;

  if (sum->files_refused == 0 && sum->rows_rejected == 0)
    return TRUE;
  if (session->options->quiet)
    warn (session, "ingest: %u %s refused, %" G_GINT64_FORMAT " %s rejected", sum->files_refused,
          text_plural (sum->files_refused, "file", "files"), sum->rows_rejected,
          text_plural (sum->rows_rejected, "row", "rows"));
  if (sum->files_refused > 0) {
    files = db_queryv (session->db, error, sql_query ("list_last_refusals"), DB_END);
    if (files == NULL)
      return FALSE;
  }
  for (int i = 0; files != NULL && i < PQntuples (files); i++)
    warn (session, "  %s: %s", db_get (files, i, "file_name"), db_get (files, i, "reason"));
  if (!session->options->dry_run)
    warn (session, "  what is wrong stands in %s/returned and in monitor.reject", session->options->state);
  return TRUE;
}

static gboolean
stage_ingest (Session *session, Outcome *outcome, StageCounts *counts, GError **error)
{
  const Options *options = session->options;
  gboolean named = strcmp (options->command, "ingest") == 0 && options->arguments[0] != NULL;
  const IngestOptions ingest = { .state_dir = options->state,
                                 .today = options->today,
                                 .files = named ? options->arguments : NULL,
                                 .complete = options->replace,
                                 .run_id = session->run_id,
                                 .language = options->language,
                                 .progress = show_progress,
                                 .notice = show_notice,
                                 .progress_data = session };
  IngestSummary sum = { 0 };

  if (!ingest_run (session->db, session->catalogue, &ingest, &sum, error))
    return FALSE;
  *counts = (StageCounts){ .in = sum.rows_read, .out = sum.rows_accepted, .rejected = sum.rows_rejected };
  outcome->refused |= sum.files_refused > 0 || sum.rows_rejected > 0;
  LOG ("ingest", { "files", sum.files_loaded }, { "duplicate", sum.files_duplicate }, { "refused", sum.files_refused },
       { "rows", sum.rows_read }, { "accepted", sum.rows_accepted }, { "added", sum.rows_added },
       { "changed", sum.rows_changed }, { "rejected", sum.rows_rejected }, { "provisional", sum.rows_provisional });
  say (session,
       "ingest: %u files loaded, %u known already, %u refused; %" G_GINT64_FORMAT " rows read, %" G_GINT64_FORMAT
       " accepted, %" G_GINT64_FORMAT " rejected, %" G_GINT64_FORMAT " to be confirmed",
       sum.files_loaded, sum.files_duplicate, sum.files_refused, sum.rows_read, sum.rows_accepted, sum.rows_rejected,
       sum.rows_provisional);
  return say_refusals (session, &sum, error);
}

static gboolean
stage_measure (Session *session, Outcome *outcome, StageCounts *counts, GError **error)
{
  MeasureSummary sum = { 0 };

  (void)outcome;
  if (!measure_run (session->db, session->catalogue, session->today, session->run_id, &sum, error)
      || !store_make_ahead (session->db, session->today, error))
    return FALSE;
  *counts = (StageCounts){ .in = sum.indicators_measured, .out = sum.estimates_changed + sum.verdicts_changed };
  LOG ("measure", { "indicators", sum.indicators_measured }, { "unchanged", sum.indicators_unchanged },
       { "estimates_changed", sum.estimates_changed }, { "verdicts", sum.verdicts },
       { "verdicts_changed", sum.verdicts_changed });
  say (session,
       "measure: %u indicators, %u unchanged; %" G_GINT64_FORMAT " estimates changed; %" G_GINT64_FORMAT
       " verdicts, %" G_GINT64_FORMAT " changed",
       sum.indicators_measured, sum.indicators_unchanged, sum.estimates_changed, sum.verdicts, sum.verdicts_changed);
  return TRUE;
}

static void
say_undelivered (const char *address, const char *why, gboolean dead, gpointer data)
{
  g_autofree char *message
      = g_strdup_printf ("mail to %s %s: %s", address, dead ? "is given up" : "waits for another try", why);

  (void)data;
  log_error ("alert", message);
}

static gboolean
revive (Session *session, GError **error)
{
  guint count = 0;

  if (!session->options->again)
    return TRUE;
  if (!outbox_revive (session->db, &count, error))
    return FALSE;
  say (session, "alert: %u mails that were given up or kept back are tried again", count);
  return TRUE;
}

static gboolean
stage_alert (Session *session, Outcome *outcome, StageCounts *counts, GError **error)
{
  const Options *options = session->options;
  const Outbox outbox = { .send = mail_options (options), .undelivered = say_undelivered };
  const AlertOptions alert = { .state_dir = options->state,
                               .report_dir = options->report,
                               .today = session->today,
                               .run_id = session->run_id,
                               .mail_from = options->mail_from,
                               .hold = outcome->behind,
                               .outbox = &outbox };
  AlertSummary sum = { 0 };

  if (!revive (session, error) || !alert_run (session->db, session->catalogue, &alert, &sum, error))
    return FALSE;
  *counts = (StageCounts){ .in = sum.queued, .out = sum.sent, .rejected = sum.failed };
  outcome->undelivered |= sum.failed > 0;
  if (outcome->behind)
    log_error ("alert", "an earlier stage failed: alerts stay as they are, and only mails that waited go out");
  LOG ("alert", { "firing", sum.firing }, { "pending", sum.pending }, { "events", sum.events },
       { "queued", sum.queued }, { "sent", sum.sent }, { "failed", sum.failed }, { "kept_back", sum.kept_back },
       { "withheld", sum.withheld });
  if (sum.kept_back > 0)
    say (session, "alert: %u mails kept back: mail.only_to does not name their recipients", sum.kept_back);
  if (sum.without_picture)
    log_error ("alert",
               "mails went without their chart: plumbline doctor says whether a face or rsvg-convert is missing");
  if (sum.withheld > 0)
    log_error ("alert", "more mails were due than one night may send: only the city's summary went out");
  say (session, "alert: %u firing, %u pending, %u changes; %u mails queued, %u sent, %u failed", sum.firing,
       sum.pending, sum.events, sum.queued, sum.sent, sum.failed);
  return TRUE;
}

/* A dry run writes the pages too, where nobody looks. */
static gboolean
stage_report (Session *session, Outcome *outcome, StageCounts *counts, GError **error)
{
  const Options *options = session->options;
  g_autofree char *trial = options->dry_run ? g_dir_make_tmp ("plumbline-XXXXXX", error) : NULL;
  g_autofree char *folder = trial != NULL ? g_build_filename (trial, "report", NULL) : g_strdup (options->report);
  const ReportOptions report
      = { .folder = folder, .language = options->language, .today = session->today, .if_changed = outcome->is_night };
  ReportSummary sum = { 0 };
  gboolean ok = FALSE;

  if (options->dry_run && trial == NULL)
    return FALSE;
  ok = report_write (session->db, session->catalogue, &report, &sum, error);
  if (trial != NULL)
    folder_remove (trial);
  if (ok && sum.lacking != NULL) {
    outcome->undelivered = TRUE;
    log_error ("report", sum.lacking->message);
  }
  g_clear_error (&sum.lacking);
  if (!ok)
    return FALSE;
  counts->out = sum.pages;
  LOG ("report", { "pages", sum.pages }, { "kept", sum.kept });
  if (sum.kept)
    say (session, "report: nothing that it shows has changed: %s stays", options->report);
  else
    say (session, "report: %u pages in %s", sum.pages, options->report);
  return TRUE;
}

static const Stage init_stage = { "init", stage_init };
static const Stage night[] = {
  { "ingest", stage_ingest },
  { "measure", stage_measure },
  { "alert", stage_alert },
  { "report", stage_report },
};

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
run_stage (Session *session, const Stage *stage, Outcome *outcome, GError **error)
{
  gint64 started = g_get_monotonic_time ();
  StageCounts counts = { 0 };
  g_autoptr (GError) why = NULL;
  gboolean ok = FALSE;
  gint64 ms = 0;

  log_progress (stage->name);
  ok = stage->run (session, outcome, &counts, &why);
  log_progress ("");
  ms = (g_get_monotonic_time () - started) / 1000;
  session_note (session, stage->name, &counts, ms, why != NULL ? why->message : NULL);
  if (ok)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
is_lost (const Session *session)
{
  return PQstatus (db_conn (session->db)) != CONNECTION_OK;
}

/* Figures without what an earlier stage could not do may alarm, or reassure, without cause. A file that alone is to
   blame (a statement refused) keeps nobody waiting: it may lie there for long. */
static gboolean
leaves_behind (const GError *error)
{
  return !g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_SQL)
         && !g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_EXISTS);
}

gboolean
nightly_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = NULL;
  g_autoptr (GError) first = NULL;

  outcome->is_night = TRUE;
  monitoring_begin (options);
  session = outcome->session = session_open (options, SESSION_WRITE, error);
  if (session == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (night) && !(first != NULL && (is_lost (session) || interrupt_signal () != 0));
       i++) {
    g_autoptr (GError) why = NULL;

    if (run_stage (session, &night[i], outcome, &why))
      continue;
    outcome->behind |= leaves_behind (why);
    if (first == NULL)
      first = g_steal_pointer (&why);
    else
      log_error (night[i].name, why->message);
  }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
stage_command (const Options *options, Outcome *outcome, GError **error)
{
  Session *session = NULL;

  if (options->test != NULL)
    return trial_send (options, error);
  session = outcome->session = session_open (options, SESSION_WRITE, error);
  for (guint i = 0; session != NULL && i < G_N_ELEMENTS (night); i++)
    if (strcmp (night[i].name, options->command) == 0)
      return run_stage (session, &night[i], outcome, error);
  return FALSE;
}

/* Where the folder is missing, a file that somebody copies there becomes a file of its name. Whoever may only init may
 * not write the night's state. */
static gboolean
make_inbox (const Options *options, GError **error)
{
  g_autofree char *inbox = g_build_filename (options->state, "inbox", NULL);

  if (options->dry_run || access (options->state, W_OK | X_OK) != 0 || g_mkdir_with_parents (inbox, 0750) == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not make folder %s: %s", inbox, g_strerror (errno));
  return FALSE;
}

gboolean
init_command (const Options *options, Outcome *outcome, GError **error)
{
  outcome->session = session_open (options, SESSION_INIT, error);
  return outcome->session != NULL && run_stage (outcome->session, &init_stage, outcome, error)
         && make_inbox (options, error);
}
