/* A sampled rate: schools, waves, p, V, path, the drift rule, P(meet). */
#include "domain/period.h"
#include "explain_parts.h"
#include "measure/distribution.h"
#include <math.h>
#include <string.h>

typedef struct {
  GString *out;
  const Measurement *m;
  const Sample *sample;
  const Panel *panel;
  const StrataWeights *weights;
  const JudgeTarget *target;
  const JudgeDetail *detail;
  const Trend *trend;
} Explanation;

static gboolean
known (const Explanation *e, guint k)
{
  return e->trend->lacking[k] == TREND_COMPLETE;
}

static double
weight_of (const Explanation *e, guint l)
{
  for (guint w = 0; w < e->weights->L; w++)
    if (strcmp (e->panel->strata->pdata[l], e->weights->stratum[w]) == 0)
      return e->weights->share[w];
  return 0;
}

static const char *
period_of (const Explanation *e, guint k)
{
  const GPtrArray *periods = e->sample->aggregate->periods;

  for (guint i = 0; i < periods->len; i++) {
    Period parsed;

    if (period_parse (periods->pdata[i], &parsed) && fabs (period_time (&parsed) - e->trend->t[k]) < 1e-9)
      return periods->pdata[i];
  }
  return "";
}

/* --- what the area shows -------------------------------------------------------------------------------------------
 */

static void
say_waves (const Explanation *e)
{
  const Trend *t = e->trend;

  explain_say (e->out, "%s", "");
  explain_say (e->out, "1  The waves, all strata together");
  explain_say (e->out, "  %-12s %9s %8s %9s %9s %9s %13s", "period", "t, years", "schools", "cases", "examined",
               "crude %", "standardised %");
  for (guint k = 0; k < t->K; k++) {
    if (known (e, k))
      explain_say (e->out, "  %-12s %9.4f %8u %9.0f %9.0f %9.4f %13.4f", period_of (e, k), t->t[k], t->reporting[k],
                   t->x[k], t->n[k], 100 * t->x[k] / t->n[k], 100 * t->p[k]);
    else
      explain_say (e->out, "  %-12s %9.4f %8u %9.0f %9.0f: no standardised rate, does not enter", period_of (e, k),
                   t->t[k], t->reporting[k], t->x[k], t->n[k]);
  }
}

static void
say_strata (const Explanation *e)
{
  explain_say (e->out, "%s", "");
  explain_say (e->out, "2  The strata with their fixed weights; cases of examined by wave; p = sum of weight x cases / "
                       "examined");
  for (guint l = 0; l < e->panel->L; l++) {
    g_autoptr (GString) line = g_string_new (NULL);

    if (!(weight_of (e, l) > 0))
      continue;
    for (guint k = 0; k < e->trend->K; k++) {
      double x = 0, n = 0;

      for (guint s = 0; s < e->panel->m; s++) {
        x += panel_x (e->panel, s, k, l);
        n += panel_n (e->panel, s, k, l);
      }
      g_string_append_printf (line, " %7.0f of %7.0f", x, n);
    }
    explain_say (e->out, "  %-6s %.6f %s", (const char *)e->panel->strata->pdata[l], weight_of (e, l), line->str);
  }
}

static void
say_schools (const Explanation *e)
{
  const Trend *t = e->trend;

  explain_say (e->out, "%s", "");
  explain_say (e->out,
               "3  The schools that enter: %u, in %u connected group%s of schools and strata: %.0f degrees of "
               "freedom; cases of examined by wave",
               t->schools, t->groups, t->groups == 1 ? "" : "s", t->df);
  for (guint s = 0; s < e->panel->m; s++) {
    g_autoptr (GString) line = g_string_new (NULL);
    gboolean any = FALSE;

    for (guint k = 0; k < t->K; k++) {
      double x = 0, n = 0;

      for (guint l = 0; l < e->panel->L; l++) {
        x += panel_x (e->panel, s, k, l);
        n += panel_n (e->panel, s, k, l);
      }
      any |= n > 0;
      g_string_append_printf (line, " %6.0f of %6.0f", x, n);
    }
    if (any)
      explain_say (e->out, "  %-12s%s", (const char *)e->panel->school->pdata[s], line->str);
  }
}

static void
run_data (const Explanation *e)
{
  explain_run (e->out, "d <- read.csv(colClasses = c(school = \"character\", stratum = \"character\"), text = "
                       "\"school,stratum,t,n,x");
  for (guint s = 0; s < e->panel->m; s++)
    for (guint k = 0; k < e->trend->K; k++)
      for (guint l = 0; l < e->panel->L && known (e, k); l++)
        if (panel_n (e->panel, s, k, l) > 0 && weight_of (e, l) > 0)
          explain_run (e->out, "%s,%s,%.10g,%.0f,%.0f", (const char *)e->panel->school->pdata[s],
                       (const char *)e->panel->strata->pdata[l], e->trend->t[k], panel_n (e->panel, s, k, l),
                       panel_x (e->panel, s, k, l));
  explain_run (e->out, "\")");
  explain_run (e->out, "W <- c(");
  for (guint l = 0, n = 0; l < e->panel->L; l++)
    if (weight_of (e, l) > 0)
      explain_run (e->out, "  %s\"%s\" = %.17g", n++ > 0 ? ", " : "", (const char *)e->panel->strata->pdata[l],
                   weight_of (e, l));
  explain_run (e->out, ")");
}

static void
run_estimate (const Explanation *e)
{
  explain_run (e->out, "%s",
               "waves <- sort(unique(d$t))\n"
               "N <- unclass(xtabs(n ~ stratum + t, d))[names(W), , drop = FALSE]\n"
               "X <- unclass(xtabs(x ~ stratum + t, d))[names(W), , drop = FALSE]\n"
               "p <- colSums(W * X / N)\n"
               "at <- cbind(match(d$stratum, names(W)), match(d$t, waves))\n"
               "d$z <- W[at[, 1]] * (d$x - (X / N)[at] * d$n) / N[at]\n"
               "z <- unclass(xtabs(z ~ school + t, d))  # a school's strata added up: one cluster\n"
               "link <- unclass(xtabs(n ~ school + stratum, d)) > 0\n"
               "link <- link %*% t(link) > 0\n"
               "while (any((link %*% link > 0) != link)) link <- link %*% link > 0\n"
               "group <- max.col(link * 1, \"first\")\n"
               "V <- matrix(0, length(p), length(p))\n"
               "for (g in unique(group)) { s <- group == g; m <- sum(s)\n"
               "  if (m > 1) V <- V + m / (m - 1) * crossprod(z[s, , drop = FALSE]) }\n"
               "df <- nrow(z) - length(unique(group))");
}

static void
say_covariance (const Explanation *e)
{
  const Trend *t = e->trend;

  explain_say (e->out, "%s", "");
  explain_say (e->out, "4  z of a school and wave = sum over strata of weight x (cases - p examined) / all examined;");
  explain_say (e->out, "   V = sum over groups of m / (m - 1) sum of z z', in points squared:");
  for (guint j = 0; j < t->K; j++) {
    g_autoptr (GString) line = g_string_new (NULL);

    for (guint k = 0; k <= j; k++)
      g_string_append_printf (line, " %11.6f", 1e4 * t->V[j * t->K + k]);
    explain_say (e->out, "  %s", line->str);
  }
}

/* --- path and deviation --------------------------------------------------------------------------------------------
 */

static const char *
path_words (const JudgeTarget *target)
{
  switch (target->kind) {
  case JUDGE_LEVEL:
    return "from the baseline in a straight line to the value at the deadline";
  case JUDGE_CHANGE:
    return "from the baseline, the change spread evenly up to the deadline";
  case JUDGE_SLOPE:
    return "from the baseline, so many points a year";
  case JUDGE_GROWTH_CUT:
    return target->geometric ? "from the baseline, with what the cut leaves of its yearly growth rate"
                             : "from the baseline, with what the cut leaves of its growth in points a year";
  default:
    g_assert_not_reached ();
  }
}

/* The path as a function of the rates: R takes its derivatives by a step along the imaginary axis, exactly. */
static void
run_path (const Explanation *e)
{
  const JudgeTarget *t = e->target;
  GString *out = e->out;

  explain_run (out, "bad <- %d; base_t <- %.10g; deadline <- %.10g; value <- %.10g", t->good_is_up ? -1 : 1,
               t->baseline_t, t->deadline_t, t->value);
  explain_run (out, "of <- function(p, when) p[which(abs(waves - when) < 1e-9)]");
  if (isfinite (t->baseline_pct))
    explain_run (out, "base <- function(p) %.17g  # given by the catalogue", t->baseline_pct / 100);
  else
    explain_run (out, "base <- function(p) of(p, base_t)");
  explain_run (out, "path <- function(p, when) {");
  explain_run (out, "  span <- deadline - base_t; after <- min(max(when - base_t, 0), span); b <- base(p)");
  switch (t->kind) {
  case JUDGE_LEVEL:
    explain_run (out, "  (1 - after / span) * b + after / span * value / 100");
    break;
  case JUDGE_CHANGE:
    explain_run (out, "  b + after / span * value / 100");
    break;
  case JUDGE_SLOPE:
    explain_run (out, "  b + after * value / 100");
    break;
  case JUDGE_GROWTH_CUT:
    explain_run (out, "  from <- of(p, %.10g); years <- base_t - %.10g; keep <- 1 - value / 100", t->growth_from_t,
                 t->growth_from_t);
    explain_run (out, "  if (Re(b) <= Re(from)) return(b)  # without growth it stays");
    explain_run (out, t->geometric ? "  b * (1 + keep * ((b / from)^(1 / years) - 1))^after"
                                   : "  b + keep * (b - from) / years * after");
    break;
  default:
    g_assert_not_reached ();
  }
  explain_run (out, "}");
}

static void
run_deviations (const Explanation *e)
{
  explain_run (e->out, "%s",
               "since <- which(waves > base_t + 1e-9)\n"
               "delta <- bad * sapply(since, function(k) p[k] - path(p, waves[k]))  # deviations, bad is positive\n"
               "C <- t(sapply(since, function(k) sapply(seq_along(p), function(j) (k == j) -\n"
               "  Im(path(p + 1i * 1e-20 * (seq_along(p) == j), waves[k])) / 1e-20)))\n"
               "S <- C %*% V %*% t(C); L <- C %*% t(C)  # sampling; a shock of variance 1 in each wave\n"
               "years <- waves[since] - base_t\n"
               "line <- (c(0, years) - mean(c(0, years))) / sum((c(0, years) - mean(c(0, years)))^2) * max(years)\n"
               "line <- line[-1]\n"
               "last <- length(since)");
}

static void
say_path (const Explanation *e)
{
  const JudgeRow *row = &e->detail->row;

  explain_say (e->out, "%s", "");
  explain_say (e->out, "5  The path: %s", path_words (e->target));
  explain_say (e->out, "  baseline %.4f %% (%s), path now %.4f %%, at the deadline %.4f %%", row->baseline_value,
               row->baseline_given ? "from the catalogue" : "from the data", row->path_now, row->target_value);
  if (isfinite (row->other_target))
    explain_say (e->out, "  read the other way (%s) the deadline would allow %.4f %%",
                 e->target->geometric ? "points a year" : "compound rate", row->other_target);
  explain_say (e->out, "  deviation %s(%.4f - %.4f) = %.4f points, bad is positive; standard error %.4f",
               e->target->good_is_up ? "-" : "", row->p_std, row->path_now, row->deviation, row->deviation_se);
}

/* --- the drift rule ------------------------------------------------------------------------------------------------
 */

static double
mean_tau2 (const JudgeDetail *d)
{
  double mean = 0;

  for (guint g = 0; g < TAU_GRID; g++)
    mean += d->tau_weight[g] * d->tau2[g];
  return mean;
}

static void
say_deltas (const Explanation *e)
{
  const JudgeDetail *d = e->detail;

  explain_say (e->out, "  %9s %12s %18s %14s", "t, years", "deviation", "city's part", "weight");
  for (guint i = 0; i < d->k; i++)
    explain_say (e->out, "  %9.4f %12.4f %18.4f %14.6f", d->t[i], 100 * d->delta[i], 100 * d->centre[i], d->line[i]);
}

static void
say_drift (const Explanation *e)
{
  const JudgeDetail *d = e->detail;
  const JudgeRow *row = &d->row;
  double tau2 = mean_tau2 (d), se = drift_se (&d->drift, tau2);
  double df = MIN (drift_df (&d->drift, tau2), e->m->thresholds.df_cap);
  double t = (d->drift.delta - d->drift.centre) / se;

  explain_say (e->out, "%s", "");
  explain_say (e->out, "6  The drift rule, on the line through the baseline and the waves since, at the last wave:");
  say_deltas (e);
  explain_say (e->out, "  line %.4f points, of which the whole city's %.4f; standard error from sampling %.4f",
               100 * d->drift.delta, 100 * d->drift.centre, 100 * d->drift.se);
  explain_say (e->out,
               "  districts' own shocks in a wave: standard deviation about %.4f points (learnt from all "
               "districts), which adds %.4f x %.4f^2",
               100 * sqrt (tau2), d->drift.load, 100 * sqrt (tau2));
  explain_say (e->out,
               "  at that size: t = (%.4f - %.4f) / sqrt(%.4f^2 + %.4f x %.4f^2) = %.4f, df = min(%.1f, %.0f), "
               "one-sided p = %.6f",
               100 * d->drift.delta, 100 * d->drift.centre, 100 * d->drift.se, d->drift.load, 100 * sqrt (tau2), t,
               drift_df (&d->drift, tau2), e->m->thresholds.df_cap, student_upper (t, df));
  explain_say (e->out, "  averaged over what is known of their size: p = %.6f; q = %.4f", row->p_value, row->q_value);
  explain_say (e->out, "  fires below %g false alarm%s a year / streams looked at in a year, at most %g: %.6f: %s",
               e->m->thresholds.false_alarms_per_year, e->m->thresholds.false_alarms_per_year == 1 ? "" : "s",
               e->m->thresholds.drift_p_max, row->alpha, row->p_value < row->alpha ? "yes" : "no");
  if (row->level < row->alpha)
    explain_say (e->out, "  while reports come in, below that x (share that has reported)^%g = %.6f: %s",
                 e->m->thresholds.interim_power, row->level, row->p_value < row->level ? "yes" : "no");
}

static void
run_vector (GString *out, const char *name, const double v[], guint n)
{
  g_string_append_printf (out, "%s <- c(", name);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%.17g", i == 0 ? "" : i % 5 == 0 ? ",\n  " : ", ", v[i]);
  g_string_append (out, ")\n");
}

static void
run_drift (const Explanation *e)
{
  const JudgeDetail *d = e->detail;

  run_vector (e->out, "centre", d->centre, d->k);
  run_vector (e->out, "tau2", d->tau2, TAU_GRID);
  run_vector (e->out, "tau_weight", d->tau_weight, TAU_GRID);
  explain_run (e->out, "se2 <- c(line %%*%% S %%*%% line); load <- %s",
               fabs (d->drift.load) > 0 ? "c(line %*% L %*% line)" : "0");
  if (e->sample->aggregate != NULL && d->outlook == NULL)
    explain_run (e->out, "load <- %.17g  # districts' shocks partly cancel in the city", d->drift.load);
  explain_run (e->out, "off <- sum(line * (delta - centre))");
  explain_run (e->out, "df_tau <- pmin(df * ((se2 + load * tau2) / se2)^2, %g)", e->m->thresholds.df_cap);
  explain_run (e->out, "p_value <- sum(tau_weight * pt(off / sqrt(se2 + load * tau2), df_tau, lower.tail = FALSE))");
}

/* --- few schools, interval, P(meet) --------------------------------------------------------------------------------
 */

static void
run_small (const Explanation *e)
{
  explain_run (e->out, "%s",
               "few <- function(c) {  # standard error and df where schools are few and of unequal size\n"
               "  n <- unclass(xtabs(n ~ school + stratum + t, d))[, names(W), , drop = FALSE]\n"
               "  omega <- apply(sweep(n, 2:3, N, \"/\"), 1:2, function(v) sum(v * c^2) / sum(c^2))\n"
               "  omega <- matrix(omega, nrow(z)); u <- c(omega %*% W)\n"
               "  P <- diag(u, length(u)) - omega %*% diag(W, length(W)) %*% t(omega); PP <- P %*% t(P)\n"
               "  f <- ifelse(diag(PP) > 1e-9 * u^2, u^2 / diag(PP), 0); v <- c(c %*% V %*% c)\n"
               "  own <- min(df, sum(f * diag(PP))^2 / sum(outer(f, f) * PP^2))\n"
               "  list(ratio = sum(f * c(z %*% c)^2) / v, df = 2 * df * own / (df + own), se = sqrt(v))\n"
               "}\n"
               "now <- length(p); level <- few((seq_along(p) == now) * 1)\n"
               "half <- qt(0.975, level$df) * level$se * sqrt(level$ratio) / (p[now] * (1 - p[now]))\n"
               "interval <- plogis(qlogis(p[now]) + c(-1, 1) * half)");
}

static void
say_outlook (const Explanation *e)
{
  const JudgeDetail *d = e->detail;
  const JudgeRow *row = &d->row;

  explain_say (e->out, "%s", "");
  explain_say (e->out, "7  Interval and outlook");
  explain_say (e->out, "  few schools of unequal size: variance x %.4f and %.2f degrees of freedom for the line",
               d->small.ratio, d->small.df);
  explain_say (e->out, "  value now %.4f %%, 95 %% interval %.4f to %.4f %%", row->p_std, row->low95, row->high95);
  explain_say (e->out, "  slope %.4f points a year, standard error %.4f", row->slope, row->slope_se);
  if (d->outlook != NULL)
    explain_say (e->out,
                 "  P(meet) = %.6f: P(slope beyond the path <= 0), averaged over what all districts show of shocks "
                 "and slopes",
                 row->probability_met);
  else
    explain_say (e->out, "  P(meet) = %.6f: from the line's value at the deadline", row->probability_met);
}

static void
run_outlook (const Explanation *e)
{
  const JudgeDetail *d = e->detail;
  double most = 0;
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; d->outlook != NULL && i < TAU_GRID * OUTLOOK_SLOPES; i++)
    most = MAX (most, d->outlook[i]);
  for (guint i = 0; d->outlook != NULL && i < TAU_GRID * OUTLOOK_SLOPES; i++)
    if (d->outlook[i] >= OUTLOOK_NEGLIGIBLE * most)
      g_string_append_printf (rows, "\n%.17g,%.17g,%.17g", d->tau2[i / OUTLOOK_SLOPES], d->slope2[i % OUTLOOK_SLOPES],
                              d->outlook[i] / most);
  if (rows->len == 0)
    return;
  explain_run (e->out, "known <- read.csv(text = \"tau2,slope2,weight%s\")", rows->str);
  explain_run (e->out, "small <- few(c(line %%*%% C)); Sm <- S * small$ratio");
  explain_run (e->out, "density <- function(tau2, slope2) { Q <- Sm + tau2 * L + slope2 * outer(years, years)");
  explain_run (e->out, "  det(Q)^-0.5 * (1 + c(delta %%*%% solve(Q, delta)) / small$df)^(-(small$df + last) / 2) }");
  explain_run (e->out, "good <- function(tau2, slope2) { w <- solve(Sm + tau2 * L, years); a <- sum(w * years)");
  explain_run (e->out,
               "  pt(sum(w * delta) / sqrt(a + 1 / slope2), small$df * (a / c(w %%*%% Sm %%*%% w))^2, lower.tail = "
               "FALSE) }");
  explain_run (e->out, "met <- function(tau2, slope2) { wide <- slope2 + %g^2", OUTLOOK_DRIFTING_SLOPE);
  explain_run (e->out, "  r <- %g * density(tau2, wide); r <- r / (r + %g * density(tau2, slope2)); if (r < %g) r <- 0",
               OUTLOOK_DRIFTING_SHARE, 1 - OUTLOOK_DRIFTING_SHARE, OUTLOOK_DRIFTING_LEAST);
  explain_run (e->out, "  (1 - r) * good(tau2, slope2) + r * good(tau2, wide) }");
  explain_run (e->out, "p_meet <- weighted.mean(mapply(met, known$tau2, known$slope2), known$weight)");
}

static void
end_sample (const Explanation *e)
{
  const JudgeDetail *d = e->detail;
  const JudgeRow *row = &d->row;
  const ExplainFigure figures[] = { { "p now, %", "100 * p[now]", row->p_std },
                                    { "its standard error", "100 * sqrt(V[now, now])", row->se },
                                    { "low95", "100 * interval[1]", row->low95 },
                                    { "high95", "100 * interval[2]", row->high95 },
                                    { "path now, %", "100 * path(p, waves[now])", row->path_now },
                                    { "deviation", "100 * delta[last]", row->deviation },
                                    { "its standard error", "100 * sqrt(S[last, last])", row->deviation_se },
                                    { "line", "100 * sum(line * delta)", 100 * d->drift.delta },
                                    { "line's standard error", "100 * sqrt(se2)", 100 * d->drift.se },
                                    { "p of the drift rule", "p_value", row->p_value },
                                    { "P(meet)", "p_meet", row->probability_met } };

  explain_end (e->out, figures, d->outlook != NULL ? G_N_ELEMENTS (figures) : G_N_ELEMENTS (figures) - 1);
}

static gboolean
can_follow (const Explanation *e)
{
  const JudgeRow *row = &e->detail->row;

  return isfinite (row->deviation_se) && isfinite (row->p_value) && row->se > 0 && row->p_std > 0 && row->p_std < 100;
}

void
explain_sample (GString *out, const Measurement *m, const Sample *sample, guint area, const JudgeTarget *target,
                const JudgeDetail *detail)
{
  Explanation e = { out, m, sample, sample->panels[area], sample->weights, target, detail, NULL };
  g_autoptr (Trend) trend = NULL;

  if (!detail->known || e.panel == NULL) {
    explain_say (out, "no wave of which enough schools have reported: nothing can be told (cannot_tell)");
    return;
  }
  trend = trend_new (e.panel, e.weights, detail->row.wave + 1, m->thresholds.min_events);
  e.trend = trend;
  say_waves (&e);
  say_strata (&e);
  say_schools (&e);
  run_data (&e);
  run_estimate (&e);
  say_covariance (&e);
  if (can_follow (&e)) {
    say_path (&e);
    run_path (&e);
    run_deviations (&e);
    say_drift (&e);
    run_drift (&e);
    say_outlook (&e);
    run_small (&e);
    run_outlook (&e);
    end_sample (&e);
  }
  explain_verdict (out, m->catalogue, &detail->row.verdict, detail->row.official_class);
}
