#include "offline.h"

#include "base/error.h"
#include "base/folder.h"
#include "extract/check.h"
#include "measure/fit.h"
#include "simulate/simulate.h"

#include <stdio.h>
#include <string.h>

static gboolean
lack (const char *what, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "%s", what);
  return FALSE;
}

gboolean
check_command (const Options *options, Outcome *outcome, GError **error)
{
  g_autoptr (Catalogue) catalogue = NULL;
  g_autofree char *today = options_today (options);
  const CheckOptions check = {
    .register_path = options->register_path, .today = today, .language = options->language, .json = options->json
  };
  guint bad = 0;

  if (options->arguments[0] == NULL)
    return lack ("check needs the files to look at", error);
  catalogue = catalogue_read (options->catalogue, error);
  if (catalogue == NULL || !check_files (catalogue, options->arguments, &check, stdout, &bad, error))
    return FALSE;
  outcome->refused = bad > 0;
  return TRUE;
}

gboolean
fit_command (const Options *options, Outcome *outcome, GError **error)
{
  const FitOptions fit = { .plan_path = options->plan,
                           .panel_path = options->arguments[0],
                           .all_looks = strcmp (options->look, "all") == 0,
                           .precise = options->precise };

  g_autofree char *unplanned = NULL;

  (void)outcome;
  if (options->plan == NULL)
    return lack ("fit needs --plan PLAN.csv", error);
  if (options->arguments[0] == NULL || options->arguments[1] != NULL)
    return lack ("fit needs one PANEL.csv", error);
  if (!fit_run (&fit, stdout, &unplanned, error))
    return FALSE;
  if (unplanned != NULL)
    g_log_structured ("plumbline", G_LOG_LEVEL_WARNING, "STAGE", "fit", "MESSAGE",
                      "left out, for %s has no row for it: %s", options->plan, unplanned);
  return TRUE;
}

gboolean
simulate_command (const Options *options, Outcome *outcome, GError **error)
{
  g_autofree char *trial = options->dry_run ? g_dir_make_tmp ("plumbline-XXXXXX", error) : NULL;
  const SimulateOptions simulate = { .seed = (guint64)options->seed,
                                     .out = trial != NULL ? trial : options->out,
                                     .on_path = options->on_path,
                                     .clean = options->clean,
                                     .panel = options->panel };
  SimulateSummary sum = { 0 };
  gboolean ok = FALSE;

  (void)outcome;
  if (options->out == NULL)
    return lack ("simulate needs --out DIR", error);
  if (options->dry_run && trial == NULL)
    return FALSE;
  ok = simulate_run (&simulate, &sum, error);
  if (trial != NULL)
    folder_remove (trial);
  if (ok && !options->quiet)
    printf ("%ssimulate: %u files of a made-up city with %u schools, %" G_GINT64_FORMAT " rows, in %s\n",
            options->dry_run ? "dry run, undone: " : "", sum.files, sum.schools, sum.rows, options->out);
  return ok;
}
