#include "measure/verdict.h"
#include "base/sql.h"
#include "measure/table.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

const char *
verdict_name (VerdictWord word)
{
  static const char *const names[] = { "met", "on_track", "uncertain", "off_track", "worsening", "cannot_tell" };

  g_assert ((guint)word < G_N_ELEMENTS (names));
  return names[word];
}

/* --- thresholds ------------------------------------------------------------------------------------------------------
 */

static const struct {
  const char *name; /* row of threshold.csv */
  gsize offset;
} threshold_rows[] = {
  { "false_alarms_per_year", offsetof (VerdictThresholds, false_alarms_per_year) },
  { "on_track_probability", offsetof (VerdictThresholds, probability_on_track) },
  { "off_track_probability", offsetof (VerdictThresholds, probability_off_track) },
  { "worsening_p", offsetof (VerdictThresholds, worsening_p) },
  { "completeness_pct", offsetof (VerdictThresholds, completeness_min_pct) },
  { "completeness_tell_pct", offsetof (VerdictThresholds, completeness_tell_pct) },
  { "min_schools", offsetof (VerdictThresholds, min_schools) },
  { "min_waves", offsetof (VerdictThresholds, min_waves) },
  { "min_events", offsetof (VerdictThresholds, min_events) },
  { "drift_p_max", offsetof (VerdictThresholds, drift_p_max) },
  { "interim_power", offsetof (VerdictThresholds, interim_power) },
  { "df_cap", offsetof (VerdictThresholds, df_cap) },
  { "count_on_track_ratio", offsetof (VerdictThresholds, count_on_track_ratio) },
  { "count_off_track_ratio", offsetof (VerdictThresholds, count_off_track_ratio) },
  { "official_on_track_ratio", offsetof (VerdictThresholds, official_on_track_ratio) },
  { "official_moderate_ratio", offsetof (VerdictThresholds, official_moderate_ratio) },
};

static void
set_threshold (VerdictThresholds *out, guint i, double value)
{
  *(double *)(gpointer)((char *)out + threshold_rows[i].offset) = value;
}

VerdictThresholds
verdict_thresholds (const Catalogue *catalogue)
{
  VerdictThresholds out = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (threshold_rows); i++)
    set_threshold (&out, i, catalogue_threshold (catalogue, threshold_rows[i].name));
  return out;
}

VerdictThresholds
verdict_thresholds_default (void)
{
  const char *text = embedded_text ("seeds/threshold.csv");
  g_autoptr (Table) table = table_parse ("threshold.csv", text, strlen (text), NULL);
  VerdictThresholds out = { 0 };
  int name = table_column (table, "name"), value = table_column (table, "value");

  for (guint i = 0; i < G_N_ELEMENTS (threshold_rows); i++) {
    guint r = 0;

    while (r < table->rows->len
           && strcmp (((TableRow *)table->rows->pdata[r])->field[name], threshold_rows[i].name) != 0)
      r++;
    if (r == table->rows->len)
      g_error ("embedded seeds/threshold.csv has no %s", threshold_rows[i].name);
    set_threshold (&out, i, g_ascii_strtod (((TableRow *)table->rows->pdata[r])->field[value], NULL));
  }
  return out;
}

/* --- sampled targets -------------------------------------------------------------------------------------------------
 */

typedef struct {
  const SampleFacts *f;
  const VerdictThresholds *th;
  gboolean complete; /* enough schools, nothing provisional */
  gboolean drifts;   /* p below its budget, complete or not */
  gboolean fires;    /* and below what of the budget is due to as many reports */
} Case;

gboolean
verdict_few_reports (const VerdictThresholds *thresholds, guint reporting, guint expected)
{
  return expected > 0 && reporting * 100.0 < thresholds->completeness_tell_pct * expected;
}

static gboolean
few_reports (const Case *c)
{
  return verdict_few_reports (c->th, c->f->reporting, c->f->expected);
}

static gboolean
silent (const Case *c)
{
  return c->f->silent;
}

static gboolean
stratum_lacking (const Case *c)
{
  return c->f->lacking != NULL;
}

static gboolean
few_events (const Case *c)
{
  return c->f->few_events;
}

static gboolean
before_baseline (const Case *c)
{
  return c->f->before_baseline;
}

static gboolean
no_baseline (const Case *c)
{
  return !c->f->has_baseline;
}

static gboolean
few_waves (const Case *c)
{
  return c->f->waves < c->th->min_waves;
}

static gboolean
few_schools (const Case *c)
{
  return c->f->paired < c->th->min_schools;
}

static gboolean
target_holds (const Case *c)
{
  return c->f->good_is_up ? c->f->value >= c->f->target : c->f->value <= c->f->target;
}

static gboolean
met (const Case *c)
{
  return c->f->deadline_come && target_holds (c);
}

/* All schools say the same, none or all: there is nothing to tell chance from. */
static gboolean
no_variation (const Case *c)
{
  return isfinite (c->f->deviation) && !isfinite (c->f->p_value) && !met (c);
}

static gboolean
not_computable (const Case *c)
{
  return !isfinite (c->f->value) || !isfinite (c->f->deviation) || !isfinite (c->f->probability_met);
}

static gboolean
worsening (const Case *c)
{
  return c->f->slope_p < c->th->worsening_p && c->f->probability_met < c->th->probability_on_track;
}

static gboolean
off_track (const Case *c)
{
  return c->f->probability_met < c->th->probability_off_track && c->fires;
}

static gboolean
missed (const Case *c)
{
  return c->f->deadline_come;
}

static gboolean
on_track (const Case *c)
{
  return c->f->probability_met >= c->th->probability_on_track && !c->drifts;
}

static gboolean
drifts (const Case *c)
{
  return c->drifts;
}

static gboolean
within_noise (const Case *c)
{
  return c->f->probability_met < c->th->probability_off_track;
}

static gboolean
always (const Case *c)
{
  (void)c;
  return TRUE;
}

/* First match wins. @key_below stands in where the deviation or slope points down; NULL: one sentence for both. */
static const struct {
  gboolean (*applies) (const Case *);
  VerdictWord word;
  const char *key;
  const char *key_below;
} sample_rules[] = {
  { few_reports, VERDICT_CANNOT_TELL, "verdict.reason.few_reports", NULL },
  { silent, VERDICT_CANNOT_TELL, "verdict.reason.nothing_reported", NULL },
  { stratum_lacking, VERDICT_CANNOT_TELL, "verdict.reason.stratum_lacking", NULL },
  { few_events, VERDICT_CANNOT_TELL, "verdict.reason.few_events", NULL },
  { few_waves, VERDICT_CANNOT_TELL, "verdict.reason.few_waves", NULL },
  { no_baseline, VERDICT_CANNOT_TELL, "verdict.reason.no_baseline", NULL },
  { before_baseline, VERDICT_CANNOT_TELL, "verdict.reason.before_baseline", NULL },
  { few_schools, VERDICT_CANNOT_TELL, "verdict.reason.few_schools", NULL },
  { no_variation, VERDICT_CANNOT_TELL, "verdict.reason.no_variation", NULL },
  { not_computable, VERDICT_CANNOT_TELL, "verdict.reason.not_computable", NULL },
  { met, VERDICT_MET, "verdict.reason.met", NULL },
  { worsening, VERDICT_WORSENING, "verdict.reason.worsening_up", "verdict.reason.worsening_down" },
  { off_track, VERDICT_OFF_TRACK, "verdict.reason.off_track_above", "verdict.reason.off_track_below" },
  { missed, VERDICT_UNCERTAIN, "verdict.reason.missed_narrowly", NULL },
  { on_track, VERDICT_ON_TRACK, "verdict.reason.on_track", NULL },
  { drifts, VERDICT_UNCERTAIN, "verdict.reason.drifting_above", "verdict.reason.drifting_below" },
  { within_noise, VERDICT_UNCERTAIN, "verdict.reason.within_noise_above", "verdict.reason.within_noise_below" },
  { always, VERDICT_UNCERTAIN, "verdict.reason.uncertain", NULL },
};

static void
add_figure (Reason *reason, const char *name, FigureKind kind, double value)
{
  g_assert (reason->n_figures < REASON_MAX_FIGURES);
  reason->figure[reason->n_figures++] = (ReasonFigure){ name, kind, 1, value, NULL };
}

/* A signed figure and its interval as the sentence words them: "1.8 below" rather than "-1.8 above". */
static void
add_sided (Reason *reason, const char *const names[3], double value, double low, double high)
{
  gboolean turned = value < 0;

  add_figure (reason, names[0], FIGURE_POINTS, fabs (value));
  add_figure (reason, names[1], FIGURE_POINTS, turned ? -high : low);
  add_figure (reason, names[2], FIGURE_POINTS, turned ? -low : high);
}

static void
sample_figures (const SampleFacts *f, const VerdictThresholds *th, Reason *reason)
{
  static const char *const deviation[3] = { "deviation", "low", "high" };
  static const char *const slope[3] = { "slope", "slope_low", "slope_high" };
  double sign = f->good_is_up ? -1 : 1;
  double a = sign * f->deviation_low, b = sign * f->deviation_high;

  add_figure (reason, "value", FIGURE_PERCENT, f->value);
  add_figure (reason, "path", FIGURE_PERCENT, f->path);
  add_figure (reason, "target", FIGURE_PERCENT, f->target);
  add_figure (reason, "gap", FIGURE_POINTS, fabs (f->value - f->target));
  add_sided (reason, deviation, sign * f->deviation, MIN (a, b), MAX (a, b));
  add_sided (reason, slope, f->slope, f->slope_low, f->slope_high);
  add_figure (reason, "probability", FIGURE_PROBABILITY, f->probability_met);
  add_figure (reason, "waves", FIGURE_COUNT, f->waves);
  add_figure (reason, "min_waves", FIGURE_COUNT, th->min_waves);
  add_figure (reason, "min_events", FIGURE_COUNT, th->min_events);
  add_figure (reason, "paired", FIGURE_COUNT, f->paired);
  add_figure (reason, "min_schools", FIGURE_COUNT, th->min_schools);
  add_figure (reason, "reporting", FIGURE_COUNT, f->reporting);
  add_figure (reason, "expected", FIGURE_COUNT, f->expected);
  add_figure (reason, "stratum", FIGURE_TEXT, 0);
  reason->figure[reason->n_figures - 1].text = f->lacking != NULL ? f->lacking : "";
}

/* Where the sentence about the gap would read 0.0, or value and target the same, it gets the digits that tell. */
static void
sharpen (Reason *reason, double value, double target)
{
  guint decimals = 1;

  while (decimals < 4 && fabs (value - target) < 0.5 * pow (10, -(double)decimals))
    decimals++;
  for (guint i = 0; i < reason->n_figures; i++)
    if (reason->figure[i].kind == FIGURE_PERCENT || strcmp (reason->figure[i].name, "gap") == 0)
      reason->figure[i].decimals = decimals;
}

static void
sample_notes (const Case *c, Verdict *out)
{
  guint n = 0;

  if (c->f->flat_path)
    out->reason.note[n++] = "verdict.reason.note_flat_path";
  if (out->pending)
    out->reason.note[n++] = c->f->provisional ? "verdict.reason.note_provisional" : "verdict.reason.note_incomplete";
}

/* Reports that still come in make every night another look. Each may spend of the budget what is due to its share of
   the reports, alpha f^rho (Kim and DeMets 1987), so that all of them together hardly spend more than the last alone.
 */
double
verdict_level (const SampleFacts *facts, const VerdictThresholds *thresholds)
{
  double share = facts->expected > 0 ? (double)facts->reporting / facts->expected : 1;

  return facts->alpha * pow (MIN (share, 1), thresholds->interim_power);
}

void
verdict_sample (const SampleFacts *facts, const VerdictThresholds *thresholds, Verdict *out)
{
  Case c = { .f = facts, .th = thresholds, .drifts = facts->p_value < facts->alpha };
  guint i = 0;
  gboolean below = FALSE;

  c.complete
      = !facts->provisional
        && (facts->expected == 0 || facts->reporting * 100.0 >= thresholds->completeness_min_pct * facts->expected);
  c.fires = c.complete && facts->p_value < verdict_level (facts, thresholds);
  while (!sample_rules[i].applies (&c))
    i++;
  *out = (Verdict){ .word = sample_rules[i].word };
  out->fires = c.fires && out->word != VERDICT_CANNOT_TELL && out->word != VERDICT_MET;
  out->pending = c.drifts && !c.fires && out->word != VERDICT_CANNOT_TELL && out->word != VERDICT_MET;
  below = out->word == VERDICT_WORSENING ? facts->slope < 0 : (facts->deviation > 0) == facts->good_is_up;
  out->reason.key = below && sample_rules[i].key_below != NULL ? sample_rules[i].key_below : sample_rules[i].key;
  sample_figures (facts, thresholds, &out->reason);
  if (missed (&c) && isfinite (facts->value))
    sharpen (&out->reason, facts->value, facts->target);
  sample_notes (&c, out);
}
