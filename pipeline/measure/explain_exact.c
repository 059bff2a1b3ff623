/* A share counted in full, or a count: whole numbers and days. */
#include "explain_parts.h"
#include <math.h>

static void
iso_date (guint32 julian, char out[11])
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, MAX (julian, 1));
  g_snprintf (out, 11, "%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
}

static void
say_days (GString *out, guint32 baseline, guint32 now, guint32 deadline, int *done, int *span)
{
  char from[11], to[11], end[11];

  iso_date (baseline, from);
  iso_date (now, to);
  iso_date (deadline, end);
  *span = (int)deadline - (int)baseline;
  *done = (int)CLAMP (now, MIN (baseline, deadline), deadline) - (int)baseline;
  explain_say (out, "days from the baseline %s to %s: %d of %d up to the deadline %s", from, to, *done, *span, end);
  explain_run (out, "done <- as.numeric(min(as.Date(\"%s\"), as.Date(\"%s\")) - as.Date(\"%s\"))", to, end, from);
  explain_run (out, "span <- as.numeric(as.Date(\"%s\") - as.Date(\"%s\"))", end, from);
}

/* Periods with what was counted in each, and in the last the schools. */
static void
say_periods (GString *out, const Aggregate *a, guint area, gboolean is_count)
{
  explain_say (out, "%s", "");
  explain_say (out, "1  What was counted: period, reports of those expected, %s",
               is_count ? "count" : "x, n, per cent");
  for (guint k = 0; k < a->periods->len; k++) {
    const AggregateCell *cell = aggregate_cell (a, area, k, 0);

    if (cell->rows == 0)
      continue;
    if (is_count)
      explain_say (out, "  %-12s %4u of %4u %12.0f%s", (const char *)a->periods->pdata[k], cell->schools,
                   cell->expected, cell->x, cell->provisional ? "  provisional" : "");
    else
      explain_say (out, "  %-12s %4u of %4u %9.0f of %9.0f %9.4f%s", (const char *)a->periods->pdata[k], cell->schools,
                   cell->expected, cell->x, cell->n, 100 * cell->x / cell->n, cell->provisional ? "  provisional" : "");
  }
}

/* The rows that the last period's sum is made of, as R data. */
static void
run_units (GString *out, const Aggregate *a, guint area, const char *period)
{
  explain_run (out, "d <- read.csv(colClasses = c(unit = \"character\"), text = \"unit,x,n");
  for (guint i = 0; i < a->rows->len; i++) {
    const AggregateRow *row = &g_array_index (a->rows, AggregateRow, i);

    if ((area != 0 && row->area != area) || row->stratum != 0 || a->periods->pdata[row->period] != period)
      continue;
    if (isnan (row->n))
      explain_run (out, "%s,%.0f,NA", row->unit, row->x);
    else
      explain_run (out, "%s,%.0f,%.0f", row->unit, row->x, row->n);
  }
  explain_run (out, "\")");
}

static void
say_share (GString *out, const Aggregate *a, const VerdictRow *row, const ShareFacts *f, guint area)
{
  int done, span;
  const ExplainFigure figures[] = { { "x", "x", (double)f->x },
                                    { "n", "n", (double)f->n },
                                    { "per cent", "100 * x / n", row->value_now },
                                    { "path", "path", row->path_now },
                                    { "target holds", "as.numeric(holds)",
                                      (f->good_is_up ? 1 : -1) * share_compare (f->x, f->n, f->value) >= 0 } };

  run_units (out, a, area, row->period);
  explain_run (out, "x <- sum(d$x); n <- sum(d$n)");
  explain_say (out, "%s", "");
  explain_say (out, "2  Against the target, in whole numbers: x 100 %s value n", f->good_is_up ? ">=" : "<=");
  explain_say (out, "  %" G_GINT64_FORMAT " x 100 = %.0f,  %.10g x %" G_GINT64_FORMAT " = %.10g", f->x,
               100.0 * (double)f->x, f->value, f->n, f->value * (double)f->n);
  explain_run (out, "value <- %.10g", f->value);
  explain_run (out, "holds <- round(1e4 * 100 * x) %s round(1e4 * value) * n", f->good_is_up ? ">=" : "<=");
  explain_say (out, "%s", "");
  explain_say (out, "3  The path%s", f->floor ? ": a floor, the same value the whole time" : "");
  say_days (out, f->baseline_day, f->as_of_day, f->deadline_day, &done, &span);
  if (isfinite (f->baseline))
    explain_run (out, "base <- %.10g  # per cent, from the catalogue", f->baseline);
  else if (f->baseline_n > 0)
    explain_run (out, "base <- 100 * %" G_GINT64_FORMAT " / %" G_GINT64_FORMAT "  # from the data", f->baseline_x,
                 f->baseline_n);
  else
    explain_run (out, "base <- NA  # no baseline");
  explain_run (out, f->floor ? "path <- value" : "path <- base + (value - base) * done / span");
  explain_say (out, "  %.6g + (%.6g - %.6g) x %d / %d = %.6g per cent; deviation, bad is positive: %.6g points",
               row->baseline_value, f->value, row->baseline_value, done, span, row->path_now, row->deviation);
  explain_end (out, figures, G_N_ELEMENTS (figures));
}

static void
say_count (GString *out, const Aggregate *a, const VerdictRow *row, const CountFacts *f, guint area)
{
  int done, span;
  const ExplainFigure figures[] = { { "count", "count", (double)f->count },
                                    { "target", "target", row->target_value },
                                    { "path", "path", row->path_now },
                                    { "deviation", "path - count", row->deviation } };

  if (a->indicator->kind == INDICATOR_TOTAL && area == 0)
    run_units (out, a, area, row->period);
  explain_run (out, "count <- %" G_GINT64_FORMAT, f->count);
  explain_say (out, "%s", "");
  explain_say (out, "2  The path: pro rata from the baseline to the target");
  say_days (out, f->baseline_day, f->as_of_day, f->deadline_day, &done, &span);
  explain_run (out, "base <- %" G_GINT64_FORMAT "; target <- %" G_GINT64_FORMAT, f->baseline, f->value);
  explain_run (out, "path <- base + (target - base) * done / span");
  explain_say (out,
               "  %" G_GINT64_FORMAT " + (%" G_GINT64_FORMAT " - %" G_GINT64_FORMAT
               ") x %d / %d = %.6g; done: %" G_GINT64_FORMAT,
               f->baseline, f->value, f->baseline, done, span, row->path_now, f->count);
  explain_end (out, figures, G_N_ELEMENTS (figures));
}

void
explain_exact (GString *out, const Measurement *m, const Aggregate *a, const Target *target, guint area)
{
  ExactFacts facts;
  VerdictRow row = measure_exact_one (m, a, target, area, &facts);

  say_periods (out, a, area, facts.is_count);
  if (row.period != NULL && facts.is_count && facts.count.known)
    say_count (out, a, &row, &facts.count, area);
  else if (row.period != NULL && !facts.is_count && facts.share.n > 0)
    say_share (out, a, &row, &facts.share, area);
  explain_verdict (out, m->catalogue, &row.verdict, row.official_class);
}
