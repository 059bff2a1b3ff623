#include "measure/fit.h"
#include "base/error.h"
#include "measure/fit_input.h"
#include <math.h>
#include <string.h>

static void
write_text (FILE *out, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL) {
    fputs (text, out);
    return;
  }
  fputc ('"', out);
  for (; *text != '\0'; text++) {
    if (*text == '"')
      fputc ('"', out);
    fputc (*text, out);
  }
  fputc ('"', out);
}

static void
write_number (FILE *out, double value, gboolean precise)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  fputc (',', out);
  if (isfinite (value))
    fputs (g_ascii_formatd (buffer, sizeof buffer, precise ? "%.17g" : "%.6g", value), out);
}

static void
write_row (FILE *out, const FitInput *input, const JudgeRow *row, gboolean precise)
{
  const JudgeSeries *series = &input->series[row->series];
  g_autofree char *reason = reason_built_in (&row->verdict.reason, "en");
  const double numbers[]
      = { row->p,        row->p_std,     row->se,           row->low95,   row->high95,  row->slope,
          row->slope_se, row->deviation, row->deviation_se, row->p_value, row->q_value, row->probability_met };

  write_text (out, series->target.indicator);
  fputc (',', out);
  write_text (out, series->areas[row->area].area);
  write_number (out, row->t, TRUE);
  fprintf (out, ",%u", row->schools);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    write_number (out, numbers[i], precise);
  fprintf (out, ",%s,%d,", verdict_name (row->verdict.word), row->verdict.fires ? 1 : 0);
  write_text (out, reason);
  fputc ('\n', out);
}

static gboolean
write_rows (FILE *out, const FitInput *input, const GArray *rows, gboolean precise, GError **error)
{
  fputs ("indicator,district,t,schools,p,p_std,se,low95,high95,slope,slope_se,deviation,deviation_se,p_value,q_value,"
         "probability_met,verdict,alert,reason\n",
         out);
  for (guint i = 0; i < rows->len; i++)
    write_row (out, input, &g_array_index (rows, JudgeRow, i), precise);
  if (fflush (out) == 0 && !ferror (out))
    return TRUE;
  g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write the rows");
  return FALSE;
}

gboolean
fit_run (const FitOptions *options, FILE *out, char **unplanned, GError **error)
{
  g_autoptr (FitInput) input = fit_input_read (options->plan_path, options->panel_path, error);
  VerdictThresholds thresholds = verdict_thresholds_default ();
  g_autoptr (GArray) rows = NULL;

  *unplanned = NULL;
  if (input == NULL)
    return FALSE;
  *unplanned = g_steal_pointer (&input->unplanned);
  rows = judge_run (input->series, input->n, &thresholds, options->all_looks, error);
  return rows != NULL && write_rows (out, input, rows, options->precise, error);
}
