/* Verdicts of what is counted in full: no interval, and no floating quotient between a share and its target. */
#include "measure/verdict.h"
#include <math.h>

/* Percentages are written with at most 4 decimals: in units of 1e-6 they are whole. */
#define SCALE 1000000
#define PERCENT_SCALE 10000

typedef __int128 Wide;

static int
sign_of (Wide v)
{
  return (v > 0) - (v < 0);
}

/* A percentage in millionths, exactly what was written. */
static gint64
millionths (double pct)
{
  return (gint64)llround (pct * PERCENT_SCALE);
}

int
share_compare (gint64 x, gint64 n, double value_pct)
{
  return sign_of ((Wide)x * SCALE - (Wide)millionths (value_pct) * n);
}

static gboolean
has_baseline (const ShareFacts *f)
{
  return isfinite (f->baseline) || f->baseline_n > 0;
}

/* The baseline as a fraction of whole numbers. */
static void
baseline_fraction (const ShareFacts *f, Wide *numerator, Wide *denominator)
{
  gboolean given = isfinite (f->baseline);

  *numerator = given ? millionths (f->baseline) : f->baseline_x;
  *denominator = given ? SCALE : f->baseline_n;
}

static guint32
days_done (guint32 baseline_day, guint32 as_of_day, guint32 deadline_day)
{
  return CLAMP (as_of_day, baseline_day, deadline_day) - baseline_day;
}

double
share_path (const ShareFacts *f)
{
  double base = isfinite (f->baseline) ? f->baseline : 100.0 * (double)f->baseline_x / (double)f->baseline_n;
  double done = f->deadline_day > f->baseline_day ? days_done (f->baseline_day, f->as_of_day, f->deadline_day)
                                                        / (double)(f->deadline_day - f->baseline_day)
                                                  : 1;

  if (f->floor)
    return f->value;
  return has_baseline (f) ? base + (f->value - base) * done : NAN;
}

/* Sign of x / n - path, where path = a / b + (value - a / b) d / D: everything over n b SCALE D. */
static int
compare_path (const ShareFacts *f)
{
  Wide a, b, d = days_done (f->baseline_day, f->as_of_day, f->deadline_day);
  Wide D = f->deadline_day > f->baseline_day ? f->deadline_day - f->baseline_day : 1;

  if (f->deadline_day <= f->baseline_day)
    d = 1;
  baseline_fraction (f, &a, &b);
  return sign_of ((Wide)f->x * b * SCALE * D
                  - (Wide)f->n * (a * SCALE * (D - d) + (Wide)millionths (f->value) * b * d));
}

typedef struct {
  const ShareFacts *f;
  int to_target; /* sign of value - target, good is positive */
  int to_path;
} ShareCase;

static gboolean
nothing (const ShareCase *c)
{
  return c->f->n <= 0;
}

static gboolean
share_holds (const ShareCase *c)
{
  return c->to_target >= 0;
}

static gboolean
deadline_come (const ShareCase *c)
{
  return c->f->as_of_day >= c->f->deadline_day;
}

static gboolean
share_few (const ShareCase *c)
{
  return c->f->few_reports;
}

static gboolean
share_met (const ShareCase *c)
{
  return deadline_come (c) && share_holds (c);
}

static gboolean
floor_holds (const ShareCase *c)
{
  return c->f->floor && share_holds (c);
}

static gboolean
floor_broken (const ShareCase *c)
{
  return c->f->floor;
}

static gboolean
no_path (const ShareCase *c)
{
  return !has_baseline (c->f) || c->f->as_of_day <= c->f->baseline_day;
}

static gboolean
on_path (const ShareCase *c)
{
  return c->to_path >= 0;
}

static gboolean
always (const ShareCase *c)
{
  (void)c;
  return TRUE;
}

/* First match wins. */
static const struct {
  gboolean (*applies) (const ShareCase *);
  VerdictWord word;
  const char *key;
} share_rules[] = {
  { nothing, VERDICT_CANNOT_TELL, "verdict.reason.nothing_reported" },
  { share_few, VERDICT_CANNOT_TELL, "verdict.reason.few_reports" },
  { share_met, VERDICT_MET, "verdict.reason.share_met" },
  { floor_holds, VERDICT_ON_TRACK, "verdict.reason.floor_holds" },
  { floor_broken, VERDICT_OFF_TRACK, "verdict.reason.floor_broken" },
  { share_holds, VERDICT_ON_TRACK, "verdict.reason.share_holds" },
  { deadline_come, VERDICT_OFF_TRACK, "verdict.reason.share_missed" },
  { no_path, VERDICT_CANNOT_TELL, "verdict.reason.share_no_path" },
  { on_path, VERDICT_ON_TRACK, "verdict.reason.share_on_path" },
  { always, VERDICT_OFF_TRACK, "verdict.reason.share_off_path" },
};

static void
add_figure (Reason *reason, const char *name, FigureKind kind, double value, guint decimals)
{
  g_assert (reason->n_figures < REASON_MAX_FIGURES);
  reason->figure[reason->n_figures++] = (ReasonFigure){ name, kind, decimals, value, NULL };
}

/* Decimals that tell @value from what it is compared with. */
static guint
telling_decimals (double value, double other)
{
  guint decimals = 1;

  while (decimals < 4 && value != other && fabs (value - other) < 0.5 * pow (10, -(double)decimals))
    decimals++;
  return decimals;
}

static void
share_figures (const ShareFacts *f, Reason *reason)
{
  double value = f->n > 0 ? 100.0 * (double)f->x / (double)f->n : NAN, path = share_path (f);
  guint decimals = MAX (telling_decimals (value, f->value), telling_decimals (value, path));

  add_figure (reason, "value", FIGURE_PERCENT, value, decimals);
  add_figure (reason, "x", FIGURE_COUNT, (double)f->x, 1);
  add_figure (reason, "n", FIGURE_COUNT, (double)f->n, 1);
  add_figure (reason, "target", FIGURE_EXACT, f->value, 1);
  add_figure (reason, "path", FIGURE_PERCENT, path, decimals);
  add_figure (reason, "path_gap", FIGURE_POINTS, fabs (value - path), decimals);
  add_figure (reason, "gap", FIGURE_POINTS, fabs (value - f->value), decimals);
  add_figure (reason, "reporting", FIGURE_COUNT, f->reporting, 1);
  add_figure (reason, "expected", FIGURE_COUNT, f->expected, 1);
}

void
verdict_share (const ShareFacts *facts, const VerdictThresholds *thresholds, Verdict *out)
{
  int good = facts->good_is_up ? 1 : -1;
  gboolean full
      = facts->expected == 0 || facts->reporting * 100.0 >= thresholds->completeness_min_pct * facts->expected;
  ShareCase c = { .f = facts };
  guint i = 0;

  if (facts->n > 0) {
    c.to_target = good * share_compare (facts->x, facts->n, facts->value);
    c.to_path = has_baseline (facts) ? good * compare_path (facts) : 0;
  }
  while (!share_rules[i].applies (&c))
    i++;
  *out = (Verdict){ .word = share_rules[i].word, .reason = { .key = share_rules[i].key } };
  out->fires = out->word == VERDICT_OFF_TRACK && full && !facts->provisional;
  out->pending = out->word == VERDICT_OFF_TRACK && !out->fires;
  share_figures (facts, &out->reason);
  if (out->pending)
    out->reason.note[0] = full ? "verdict.reason.note_provisional" : "verdict.reason.note_incomplete";
}

/* --- counts ----------------------------------------------------------------------------------------------------------
 */

double
count_path (const CountFacts *f)
{
  double span = f->deadline_day > f->baseline_day ? (double)(f->deadline_day - f->baseline_day) : 0;
  double done = span > 0 ? days_done (f->baseline_day, f->as_of_day, f->deadline_day) / span : 1;

  return (double)f->baseline + (double)(f->value - f->baseline) * done;
}

/* What is due in whole things: half a school is not late. */
static gint64
count_due (const CountFacts *f)
{
  gint64 span = f->deadline_day > f->baseline_day ? f->deadline_day - f->baseline_day : 0;
  gint64 done = days_done (f->baseline_day, f->as_of_day, f->deadline_day);

  return span > 0 ? (gint64)((Wide)(f->value - f->baseline) * done / span) : f->value - f->baseline;
}

typedef struct {
  const CountFacts *f;
  const VerdictThresholds *th;
  gint64 count, due; /* since the baseline */
} CountCase;

static gboolean
count_unknown (const CountCase *c)
{
  return !c->f->known;
}

static gboolean
count_met (const CountCase *c)
{
  return c->f->count >= c->f->value;
}

static gboolean
count_few (const CountCase *c)
{
  return c->f->few_reports;
}

static gboolean
count_missed (const CountCase *c)
{
  return c->f->as_of_day >= c->f->deadline_day;
}

static gboolean
count_on_path (const CountCase *c)
{
  return (double)c->count >= c->th->count_on_track_ratio * (double)c->due;
}

static gboolean
count_behind (const CountCase *c)
{
  return (double)c->count >= c->th->count_off_track_ratio * (double)c->due;
}

static gboolean
count_always (const CountCase *c)
{
  (void)c;
  return TRUE;
}

static const struct {
  gboolean (*applies) (const CountCase *);
  VerdictWord word;
  const char *key;
} count_rules[] = {
  { count_unknown, VERDICT_CANNOT_TELL, "verdict.reason.nothing_reported" },
  { count_met, VERDICT_MET, "verdict.reason.count_met" }, /* a count does not fall: it can no longer be missed */
  { count_few, VERDICT_CANNOT_TELL, "verdict.reason.few_reports" },
  { count_missed, VERDICT_OFF_TRACK, "verdict.reason.count_missed" },
  { count_on_path, VERDICT_ON_TRACK, "verdict.reason.count_on_path" },
  { count_behind, VERDICT_UNCERTAIN, "verdict.reason.count_behind" },
  { count_always, VERDICT_OFF_TRACK, "verdict.reason.count_off_path" },
};

/* Whether the schools that are missing may have what is missing. */
static gboolean
count_open (const CountCase *c)
{
  const CountFacts *f = c->f;
  double lacking = (double)((count_missed (c) ? f->value - f->baseline : c->due) - c->count);

  return f->reporting > 0 && f->reporting < f->expected
         && lacking <= (double)COUNT_MISSING_WEIGHT * (double)f->count * (f->expected - f->reporting) / f->reporting;
}

void
verdict_count (const CountFacts *facts, const VerdictThresholds *thresholds, Verdict *out)
{
  CountCase c = { facts, thresholds, facts->count - facts->baseline, count_due (facts) };
  gboolean open = count_open (&c);
  guint i = 0;

  while (!count_rules[i].applies (&c))
    i++;
  *out = (Verdict){ .word = count_rules[i].word, .reason = { .key = count_rules[i].key } };
  out->fires = out->word == VERDICT_OFF_TRACK && !facts->provisional && !open;
  out->pending = out->word == VERDICT_OFF_TRACK && !out->fires;
  add_figure (&out->reason, "count", FIGURE_COUNT, (double)c.count, 1);
  add_figure (&out->reason, "due", FIGURE_COUNT, (double)c.due, 1);
  add_figure (&out->reason, "target", FIGURE_COUNT, (double)(facts->value - facts->baseline), 1);
  add_figure (&out->reason, "share_done", FIGURE_PROBABILITY, c.due > 0 ? (double)c.count / (double)c.due : NAN, 1);
  add_figure (&out->reason, "reporting", FIGURE_COUNT, facts->reporting, 1);
  add_figure (&out->reason, "expected", FIGURE_COUNT, facts->expected, 1);
  if (out->pending)
    out->reason.note[0] = open ? "verdict.reason.note_incomplete" : "verdict.reason.note_provisional";
}
