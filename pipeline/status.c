#include "status.h"

#include "base/error.h"
#include "base/sql.h"
#include "base/grid.h"
#include "base/text.h"
#include "session.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MINUTE_S 60
#define HOUR_S (60 * MINUTE_S)
#define DAY_S (24 * HOUR_S)

typedef void (*Print) (const Session *session, const PGresult *result);

/* A part of the answer: the rows of one query, as JSON under a key or printed. */
typedef struct {
  const char *key;
  const char *query;
  Print print;
  gboolean is_one_row; /* an object in JSON, otherwise an array of them */
} Section;

static gboolean
is_english (const Session *session)
{
  return strcmp (session->options->language, "en") == 0;
}

static const char *
name_of (const Session *session, const PGresult *result, int row)
{
  return db_get (result, row, is_english (session) ? "name_en" : "name");
}

static const char *
verdict_word (const Session *session, const char *verdict)
{
  g_autofree char *key = g_strconcat ("verdict.", verdict, NULL);

  return catalogue_text (session->catalogue, session->options->language, key);
}

static const char *
word_for (const PGresult *result, int row, const char *count, const char *one, const char *many)
{
  return text_plural (db_get_int (result, row, count), one, many);
}

static char *
age_text (gint64 seconds)
{
  if (seconds < 2 * MINUTE_S)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s ago", seconds);
  if (seconds < 2 * HOUR_S)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min ago", seconds / MINUTE_S);
  if (seconds < 2 * DAY_S)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h ago", seconds / HOUR_S);
  return g_strdup_printf ("%" G_GINT64_FORMAT " days ago", seconds / DAY_S);
}

static char *
ending_text (const PGresult *runs, int row)
{
  if (!db_is_null (runs, row, "exit_status"))
    return g_strdup_printf ("exit %s after %.1f s", db_get (runs, row, "exit_status"),
                            db_get_double (runs, row, "took_s"));
  return g_strdup (db_is_null (runs, row, "error") ? "not finished" : "");
}

static void
print_runs (const Session *session, const PGresult *runs)
{
  (void)session;
  if (PQntuples (runs) == 0)
    puts ("last run   none");
  for (int i = 0; i < PQntuples (runs); i++) {
    g_autofree char *age = age_text (db_get_int (runs, i, "age_s"));
    g_autofree char *ending = ending_text (runs, i);
    const char *error = db_get (runs, i, "error");

    printf ("%s %s on %s for %s, %s: %s%s%s\n", i == 0 ? "last run  " : "last night", db_get (runs, i, "command"),
            db_get (runs, i, "started"), db_get (runs, i, "today"), age, ending,
            *ending != '\0' && *error != '\0' ? ": " : "", error);
  }
}

static void
print_files (const Session *session, const PGresult *files)
{
  (void)session;
  printf ("files      %s loaded, %s refused; %s %s accepted, %s rejected\n", db_get (files, 0, "loaded"),
          db_get (files, 0, "refused"), db_get (files, 0, "rows"), word_for (files, 0, "rows", "row", "rows"),
          db_get (files, 0, "rejected"));
  if (db_get_boolean (files, 0, "simulated"))
    puts ("           THE DATA ARE SIMULATED (模拟数据): a made-up city, no real school");
}

static void
print_rejects (const Session *session, const PGresult *rejects)
{
  g_autoptr (Grid) grid = grid_new ();

  if (PQntuples (rejects) == 0)
    return;
  puts ("\nrows refused by the last run that took files in");
  for (int i = 0; i < PQntuples (rejects); i++) {
    const char *name = name_of (session, rejects, i);

    grid_cell (grid, "  ");
    grid_cell (grid, *name != '\0' ? name : "(no known district)");
    grid_cell (grid, db_get (rejects, i, "refused"));
    grid_cell (grid, "refused,");
    grid_cell (grid, db_get (rejects, i, "to_confirm"));
    grid_cell (grid, "to be confirmed, in");
    grid_cell (grid, db_get (rejects, i, "files"));
    grid_cell (grid, word_for (rejects, i, "files", "file", "files"));
    grid_end_row (grid);
  }
  grid_print (grid, stdout);
}

static void
print_refusals (const Session *session, const PGresult *refusals)
{
  (void)session;
  if (PQntuples (refusals) > 0)
    puts ("\nfiles refused by the last run that took files in");
  for (int i = 0; i < PQntuples (refusals); i++)
    printf ("  %s: %s\n", db_get (refusals, i, "file_name"), db_get (refusals, i, "reason"));
}

static void
print_unconfirmed (const Session *session, const PGresult *batches)
{
  (void)session;
  if (PQntuples (batches) > 0)
    puts ("\nto be confirmed (plumbline confirm BATCH --comment TEXT)");
  for (int i = 0; i < PQntuples (batches); i++)
    printf ("  batch %s, %s: %s %s, %s\n", db_get (batches, i, "batch_id"), db_get (batches, i, "file_name"),
            db_get (batches, i, "rows"), word_for (batches, i, "rows", "row", "rows"), db_get (batches, i, "rules"));
}

static void
print_verdicts (const Session *session, const PGresult *verdicts)
{
  fputs ("verdicts  ", stdout);
  for (int i = 0; i < PQntuples (verdicts); i++)
    printf ("%s %s %s", i > 0 ? "," : "", verdict_word (session, db_get (verdicts, i, "verdict")),
            db_get (verdicts, i, "count"));
  putchar ('\n');
}

static void
print_outbox (const Session *session, const PGresult *outbox)
{
  (void)session;
  printf ("mail       %s queued%s%s, %s sent, %s given up", db_get (outbox, 0, "queued"),
          db_is_null (outbox, 0, "oldest") ? "" : " since ", db_get (outbox, 0, "oldest"), db_get (outbox, 0, "sent"),
          db_get (outbox, 0, "dead"));
  if (db_get_int (outbox, 0, "kept_back") > 0)
    printf (", %s kept back by mail.only_to", db_get (outbox, 0, "kept_back"));
  putchar ('\n');
}

static void
print_undelivered (const Session *session, const PGresult *mails)
{
  (void)session;
  if (PQntuples (mails) > 0)
    puts ("\nmails that did not go out (plumbline alert tries again; with --again those given up too)");
  for (int i = 0; i < PQntuples (mails); i++) {
    gboolean dead = db_get_boolean (mails, i, "dead");

    printf ("  %s to %s, %s%s, %s %s: %s\n", db_get (mails, i, "queued"), db_get (mails, i, "address"),
            dead ? "given up" : "next from ", db_get (mails, i, "next_try"), db_get (mails, i, "tries"),
            word_for (mails, i, "tries", "try", "tries"), db_get (mails, i, "last_error"));
  }
}

static void
print_alert_counts (const Session *session, const PGresult *alerts)
{
  static const char *const states[] = { "firing", "recovering", "pending" };

  (void)session;
  fputs ("alerts    ", stdout);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    guint count = 0;

    for (int row = 0; row < PQntuples (alerts); row++)
      count += strcmp (db_get (alerts, row, "state"), states[i]) == 0;
    printf ("%s %u %s", i > 0 ? "," : "", count, states[i]);
  }
  putchar ('\n');
}

static GPtrArray *
headline_targets (const Catalogue *catalogue)
{
  GPtrArray *targets = g_ptr_array_new ();

  for (guint i = 0; i < catalogue->targets->len; i++) {
    Target *target = g_ptr_array_index (catalogue->targets, i);

    if (target->headline)
      g_ptr_array_add (targets, target);
  }
  return targets;
}

static gboolean
is_about (const PGresult *verdicts, int row, const char *area, const Target *target)
{
  return row < PQntuples (verdicts) && strcmp (db_get (verdicts, row, "area_code"), area) == 0
         && strcmp (db_get (verdicts, row, "plan"), target->plan) == 0
         && strcmp (db_get (verdicts, row, "target"), target->target) == 0;
}

/* One row an area; the result is ordered by area and by the catalogue's targets. */
static void
print_headlines (const Session *session, const PGresult *verdicts)
{
  g_autoptr (Grid) grid = grid_new ();
  g_autoptr (GPtrArray) targets = headline_targets (session->catalogue);
  int row = 0;

  grid_cell (grid, "");
  for (guint i = 0; i < targets->len; i++) {
    const Target *target = g_ptr_array_index (targets, i);

    grid_cell (grid, is_english (session) ? target->target : target->short_name);
  }
  grid_end_row (grid);
  while (row < PQntuples (verdicts)) {
    const char *area = db_get (verdicts, row, "area_code");

    grid_cell (grid, name_of (session, verdicts, row));
    for (guint i = 0; i < targets->len; i++) {
      gboolean here = is_about (verdicts, row, area, g_ptr_array_index (targets, i));

      grid_cell (grid, here ? verdict_word (session, db_get (verdicts, row, "verdict")) : "·");
      row += here;
    }
    grid_end_row (grid);
    while (row < PQntuples (verdicts) && strcmp (db_get (verdicts, row, "area_code"), area) == 0)
      row++;
  }
  if (PQntuples (verdicts) == 0)
    return;
  putchar ('\n');
  grid_print (grid, stdout);
}

static void
print_alerts (const Session *session, const PGresult *alerts)
{
  g_autoptr (Grid) grid = grid_new ();

  if (PQntuples (alerts) == 0)
    puts ("no alerts");
  for (int i = 0; i < PQntuples (alerts); i++) {
    grid_cell (grid, db_get (alerts, i, "state"));
    grid_cell (grid, db_get (alerts, i, "severity"));
    grid_cell (grid, db_get (alerts, i, "since"));
    grid_cell (grid, db_get (alerts, i, "area_code"));
    grid_cell (grid, db_get (alerts, i, "target"));
    grid_cell (grid, db_get (alerts, i, is_english (session) ? "reason_en" : "reason"));
    grid_cell (grid, db_get (alerts, i, "hold"));
    grid_cell (grid, db_get (alerts, i, "hold_actor"));
    grid_cell (grid, db_get (alerts, i, "hold_until"));
    grid_end_row (grid);
  }
  grid_print (grid, stdout);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const Section status_sections[] = {
  { "runs", "list_last_runs", print_runs, FALSE },
  { "files", "count_files", print_files, TRUE },
  { "verdicts", "list_verdict_counts", print_verdicts, FALSE },
  { "alerts", "list_alerts", print_alert_counts, FALSE },
  { "mail", "count_outbox", print_outbox, TRUE },
  { "undelivered", "list_undelivered", print_undelivered, FALSE },
  { "rejects", "list_last_rejects", print_rejects, FALSE },
  { "refused_files", "list_last_refusals", print_refusals, FALSE },
  { "unconfirmed", "list_unconfirmed_batches", print_unconfirmed, FALSE },
  { "headlines", "list_headlines", print_headlines, FALSE },
};
static const Section alerts_section = { "alerts", "list_alerts", print_alerts, FALSE };

static gboolean
print_section (const Session *session, const Section *section, GError **error)
{
  const char *sql = sql_query (section->query);
  g_autofree char *as_json
      = g_strconcat (section->is_one_row ? "select to_jsonb(q)" : "select coalesce(jsonb_agg(q), '[]')", " from (\n",
                     sql, "\n) q", NULL);
  g_autoptr (PGresult) result = db_queryv (session->db, error, session->options->json ? as_json : sql, DB_END);

  if (result == NULL)
    return FALSE;
  if (session->options->json)
    printf ("\"%s\": %s", section->key, PQgetvalue (result, 0, 0));
  else
    section->print (session, result);
  return TRUE;
}

/* What the next night will look at; names that begin with a dot or end in .part are still being written. */
static guint
count_waiting (const char *state)
{
  g_autofree char *inbox = g_build_filename (state, "inbox", NULL);
  g_autoptr (GDir) dir = g_dir_open (inbox, 0, NULL);
  guint count = 0;

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (inbox, name, NULL);

    count += *name != '.' && !g_str_has_suffix (name, ".part") && g_file_test (path, G_FILE_TEST_IS_REGULAR);
  }
  return count;
}

static gboolean
print_sections (const Session *session, const Section sections[], guint n, GError **error)
{
  gboolean json = session->options->json;

  for (guint i = 0; i < n; i++) {
    if (json && i > 0)
      fputs (",\n ", stdout);
    if (!print_section (session, &sections[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
status_command (const Options *options, Outcome *outcome, GError **error)
{
  const Session *session = outcome->session = session_open (options, SESSION_READ, error);
  guint waiting = count_waiting (options->state);

  if (session == NULL)
    return FALSE;
  if (options->json)
    printf ("{\"inbox\": {\"waiting\": %u},\n ", waiting);
  else
    printf ("inbox      %u %s waiting\n", waiting, text_plural (waiting, "file", "files"));
  if (!print_sections (session, status_sections, G_N_ELEMENTS (status_sections), error))
    return FALSE;
  if (options->json)
    puts ("}");
  return TRUE;
}

gboolean
alerts_command (const Options *options, Outcome *outcome, GError **error)
{
  const Session *session = outcome->session = session_open (options, SESSION_READ, error);

  if (session == NULL)
    return FALSE;
  if (options->json)
    putchar ('{');
  if (!print_sections (session, &alerts_section, 1, error))
    return FALSE;
  if (options->json)
    puts ("}");
  return TRUE;
}
