/* The figures that the drift rule, the intervals and P(meet) reach on made-up cities: `drift [CITIES [SEED [PART]]]`.
 */
#include "city.h"
#include "measure/distribution.h"
#include "measure/drift.h"
#include "nights.h"
#include "speed.h"
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEARS 2.0
#define LOOKS (CITY_WAVES - 1)
#define STREAMS (CITY_INDICATORS * CITY_DISTRICTS)
#define STREAM_LOOKS 104.0

enum { RATIO, NAIVE, PAIRED_FDR, MEDIAN_TAU, TOLD, OURS, RULES };
static const char *const rule_names[RULES]
    = { "point ratio below 0.6",         "naive binomial",           "paired, FDR 10 %, no tau",
        "paired, median tau, p < 1/104", "the same, told the shock", "plumbline" };

/* One city: rows by stream and look, and which streams drift. */
typedef struct {
  const City *city;
  const JudgeRow *row[STREAMS][LOOKS];
  gboolean drifts[STREAMS];
  double shock; /* fraction */
} Judged;

typedef gboolean Flags[STREAMS][LOOKS];

static double
naive_se (const Judged *j, guint stream, guint look)
{
  const Panel *panel = j->city->panel[stream / CITY_DISTRICTS][stream % CITY_DISTRICTS];
  const JudgeRow *row = j->row[stream][look];
  double x = 0, n = 0, p;

  for (guint s = 0; s < panel->m; s++)
    for (guint l = 0; l < panel->L; l++) {
      x += panel_x (panel, s, 0, l);
      n += panel_n (panel, s, 0, l);
    }
  p = x / n;
  return 100 * sqrt (p * (1 - p) / n + row->p / 100 * (1 - row->p / 100) / row->n);
}

static double
t_of (const JudgeRow *row, double centre, double tau2_pp)
{
  return (row->deviation - centre) / sqrt (row->deviation_se * row->deviation_se + tau2_pp);
}

static double
capped_p (const JudgeRow *row, double t)
{
  return student_upper (t, MIN (row->schools - 1.0, 25));
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median (double v[], guint n)
{
  qsort (v, n, sizeof v[0], compare);
  return gsl_stats_median_from_sorted_data (v, 1, n);
}

/* The median rule: tau^2 of one indicator from its districts and looks so far, centred on the city's medians. */
static double
median_tau2 (const Judged *j, guint indicator, guint look, double centre[LOOKS])
{
  double low = 0, high = 100, work[CITY_DISTRICTS * LOOKS];

  for (guint k = 0; k <= look; k++) {
    for (guint d = 0; d < CITY_DISTRICTS; d++)
      work[d] = j->row[indicator * CITY_DISTRICTS + d][k]->deviation;
    centre[k] = median (work, CITY_DISTRICTS);
  }
  for (int i = -1; i < 60; i++) {
    double tau2 = i < 0 ? 0 : 0.5 * (low + high);
    guint n = 0;

    for (guint k = 0; k <= look; k++)
      for (guint d = 0; d < CITY_DISTRICTS; d++)
        work[n++] = fabs (t_of (j->row[indicator * CITY_DISTRICTS + d][k], centre[k], tau2));
    if (median (work, n) > 0.6744897501960817)
      low = tau2;
    else if (i < 0)
      return 0;
    else
      high = tau2;
  }
  return 0.5 * (low + high);
}

static void
flag_median (const Judged *j, Flags flags)
{
  for (guint i = 0; i < CITY_INDICATORS; i++)
    for (guint look = 0; look < LOOKS; look++) {
      double centre[LOOKS], tau2 = median_tau2 (j, i, look, centre);

      for (guint s = i * CITY_DISTRICTS; s < (i + 1) * CITY_DISTRICTS; s++)
        flags[s][look] = capped_p (j->row[s][look], t_of (j->row[s][look], centre[look], tau2)) < 1 / STREAM_LOOKS;
    }
}

static void
flag_fdr (const Judged *j, Flags flags)
{
  for (guint look = 0; look < LOOKS; look++) {
    double p[STREAMS], q[STREAMS];

    for (guint s = 0; s < STREAMS; s++)
      p[s] = capped_p (j->row[s][look], t_of (j->row[s][look], 0, 0));
    drift_fdr (p, STREAMS, q);
    for (guint s = 0; s < STREAMS; s++)
      flags[s][look] = q[s] < 0.1;
  }
}

static void
flag_all (const Judged *j, Flags flags[RULES])
{
  for (guint s = 0; s < STREAMS; s++)
    for (guint look = 0; look < LOOKS; look++) {
      const JudgeRow *row = j->row[s][look];
      const char *class = row->official_class;
      double told = 2e4 * j->shock * j->shock;

      flags[RATIO][s][look] = g_strcmp0 (class, "limited_progress") == 0 || g_strcmp0 (class, "deterioration") == 0;
      flags[NAIVE][s][look] = row->deviation > 1.6448536 * naive_se (j, s, look);
      flags[TOLD][s][look] = capped_p (row, t_of (row, 0, told)) < 1 / STREAM_LOOKS;
      flags[OURS][s][look] = row->verdict.fires;
    }
  flag_fdr (j, flags[PAIRED_FDR]);
  flag_median (j, flags[MEDIAN_TAU]);
}

typedef struct {
  double flags, flags2; /* false ones a city-year: sum, sum of squares */
  double drifting, within2, within4;
} Score;

static void
score_city (const Judged *j, Score score[RULES])
{
  static Flags flags[RULES];

  flag_all (j, flags);
  for (guint r = 0; r < RULES; r++) {
    double wrong = 0;

    for (guint s = 0; s < STREAMS; s++) {
      gboolean two = flags[r][s][0] || flags[r][s][1], four = two || flags[r][s][2] || flags[r][s][3];

      if (j->drifts[s]) {
        score[r].drifting++;
        score[r].within2 += two;
        score[r].within4 += four;
      } else {
        for (guint look = 0; look < LOOKS; look++)
          wrong += flags[r][s][look] / YEARS;
      }
    }
    score[r].flags += wrong;
    score[r].flags2 += wrong * wrong;
  }
}

static GArray *
judge_city (const City *city, const CityWorld *world, Judged *out)
{
  VerdictThresholds thresholds = verdict_thresholds_default ();
  g_autoptr (GError) error = NULL;
  GArray *rows = judge_run (city->series, CITY_INDICATORS, &thresholds, TRUE, &error);

  if (rows == NULL)
    g_error ("%s", error->message);
  *out = (Judged){ .city = city, .shock = world->shock_pp / 100 };
  for (guint i = 0; i < rows->len; i++) {
    const JudgeRow *row = &g_array_index (rows, JudgeRow, i);

    out->row[row->series * CITY_DISTRICTS + row->area][row->wave - 1] = row;
  }
  for (guint s = 0; s < STREAMS; s++)
    out->drifts[s] = city->drifts[s / CITY_DISTRICTS][s % CITY_DISTRICTS];
  return rows;
}

static void
run_cities (const CityWorld *world, guint cities, gsl_rng *random, Score score[RULES])
{
  for (guint c = 0; c < cities; c++) {
    g_autoptr (City) city = city_new (world, random);
    Judged judged;
    g_autoptr (GArray) rows = judge_city (city, world, &judged);

    score_city (&judged, score);
  }
}

static void
print_rules (const char *title, const CityWorld *base, guint cities, gsl_rng *random)
{
  static const double shocks[] = { 0, 0.4, 0.8 };
  Score still[3][RULES] = { 0 }, drifting[RULES] = { 0 };
  CityWorld world = *base;

  for (guint i = 0; i < 3; i++) {
    world.shock_pp = shocks[i];
    run_cities (&world, cities, random, still[i]);
  }
  world.shock_pp = 0.4;
  world.drift_pp = 2;
  run_cities (&world, cities, random, drifting);
  printf ("\n%s: false flags a city-year (±2 standard errors), by standard deviation of districts' shocks\n", title);
  printf ("%-32s %13s %13s %13s   found in 2 / 4 waves (0.4)\n", "", "0", "0.4", "0.8");
  for (guint r = 0; r < RULES; r++) {
    printf ("%-32s", rule_names[r]);
    for (guint i = 0; i < 3; i++) {
      double mean = still[i][r].flags / cities, variance = still[i][r].flags2 / cities - mean * mean;

      printf (" %6.2f ±%5.2f", mean, 2 * sqrt (MAX (variance, 0) / cities));
    }
    printf ("   %5.1f / %5.1f\n", 100 * drifting[r].within2 / drifting[r].drifting,
            100 * drifting[r].within4 / drifting[r].drifting);
  }
}

/* --- coverage
 * --------------------------------------------------------------------------------------------------------- */

static void
print_coverage (guint cities, gsl_rng *random)
{
  static const guint sizes[] = { 5, 8, 12, 20, 40, 80, 120 };
  guint schools[CITY_DISTRICTS];

  printf ("\ncoverage of the 95 %% intervals, by schools in the district\n%8s %10s %10s\n", "schools", "level",
          "slope");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    CityWorld world = { .schools = schools };
    double level = 0, slope = 0, n = 0;

    for (guint d = 0; d < CITY_DISTRICTS; d++)
      schools[d] = sizes[i];
    for (guint c = 0; c < MAX (1, cities / 4); c++) {
      g_autoptr (City) city = city_new (&world, random);
      Judged judged;
      g_autoptr (GArray) rows = judge_city (city, &world, &judged);

      for (guint s = 0; s < STREAMS; s++) {
        const JudgeRow *row = judged.row[s][LOOKS - 1];
        double path = city->series[s / CITY_DISTRICTS].target.value;
        double truth = 100 * city->rate[s / CITY_DISTRICTS] + 2 * path;

        if (isnan (row->low95))
          continue;
        level += row->low95 <= truth && truth <= row->high95;
        slope += row->slope_low95 <= path && path <= row->slope_high95;
        n++;
      }
    }
    printf ("%8u %9.1f%% %9.1f%%\n", sizes[i], 100 * level / n, 100 * slope / n);
  }
}

/* --- P(meet)
 * ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  double said[LOOKS + 1][10], held[LOOKS + 1][10], n[LOOKS + 1][10]; /* the last: all looks together */
} Calibration;

static void
calibrate (const CityWorld *world, guint cities, gsl_rng *random, Calibration *out)
{
  memset (out, 0, sizeof *out);
  for (guint c = 0; c < cities; c++) {
    g_autoptr (City) city = city_new (world, random);
    Judged judged;
    g_autoptr (GArray) rows = judge_city (city, world, &judged);

    for (guint s = 0; s < STREAMS; s++)
      for (guint look = 0; look < LOOKS; look++) {
        double p = judged.row[s][look]->probability_met;
        guint tenth = MIN ((guint)(10 * p), 9);

        for (guint into = look; into <= LOOKS; into += LOOKS - look) {
          out->said[into][tenth] += p;
          out->held[into][tenth] += city->off[s / CITY_DISTRICTS][s % CITY_DISTRICTS] <= 0;
          out->n[into][tenth]++;
        }
      }
  }
}

static void
print_tenths (const Calibration *c)
{
  printf ("%6s", "tenth");
  for (guint look = 0; look < LOOKS; look++)
    printf ("   %u wave%s after ", look + 1, look == 0 ? " " : "s");
  printf ("   all looks\n");
  for (guint tenth = 0; tenth < 10; tenth++) {
    printf ("%6u", tenth + 1);
    for (guint look = 0; look <= LOOKS; look++)
      printf ("   %5.1f %5.1f    ", 100 * c->said[look][tenth] / c->n[look][tenth],
              100 * c->held[look][tenth] / c->n[look][tenth]);
    printf ("\n");
  }
}

/* The tenth that is furthest off, in points. */
static double
worst_tenth (const Calibration *c, guint look)
{
  double worst = 0;

  for (guint tenth = 0; tenth < 10; tenth++)
    if (c->n[look][tenth] > 0)
      worst = MAX (worst, 100 * fabs (c->said[look][tenth] - c->held[look][tenth]) / c->n[look][tenth]);
  return worst;
}

/* One wave cannot tell a slope from a shock: what it says is right where the two are to each other as they mostly are,
   and elsewhere only once the waves have told them apart. */
static void
print_calibration (guint cities, gsl_rng *random)
{
  static const struct {
    double shock, slope;
  } worlds[] = { { 0.4, 1 }, { 0, 1 }, { 0.8, 1 }, { 0.4, 0.5 }, { 0.4, 2 } };
  Calibration c;

  for (guint i = 0; i < G_N_ELEMENTS (worlds); i++) {
    CityWorld world = { .shock_pp = worlds[i].shock, .slope_sd_pp = worlds[i].slope };

    calibrate (&world, cities, random, &c);
    if (i == 0) {
      printf (
          "\nP(meet) by tenths: said and true share, in per cent (slopes spread 1 point a year about the path, shock "
          "0.4)\n");
      print_tenths (&c);
      printf ("\nP(meet): the tenth that is furthest off, in points\n%-30s %7s %7s %7s %7s %10s\n", "", "1 wave",
              "2 waves", "3 waves", "4 waves", "all looks");
    }
    printf ("slopes spread %.1f, shock %.1f   ", worlds[i].slope, worlds[i].shock);
    for (guint look = 0; look <= LOOKS; look++)
      printf (" %7.1f", worst_tenth (&c, look));
    printf ("\n");
  }
}

static void
print_table (guint cities, gsl_rng *random)
{
  print_rules ("one stratum", &(CityWorld){ 0 }, cities, random);
}

/* Forty looks for one, so fewer cities. */
static void
print_interim (guint cities, gsl_rng *random)
{
  print_nights (MAX (1, cities / 10), random);
}

static void
print_fitting (guint cities, gsl_rng *random)
{
  (void)cities;
  (void)random;
  print_speed ();
}

static const struct {
  const char *name;
  void (*print) (guint cities, gsl_rng *random);
} parts[] = { { "rules", print_table },
              { "coverage", print_coverage },
              { "calibration", print_calibration },
              { "nights", print_interim },
              { "speed", print_fitting } };

int
main (int argc, char **argv)
{
  guint cities = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 400;
  gulong seed = argc > 2 ? (gulong)g_ascii_strtoull (argv[2], NULL, 10) : 20220901;
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);

  gsl_rng_set (random, seed);
  printf ("%u made-up cities a figure, seed %lu; %d districts, %d indicators, %d half-yearly waves\n", cities, seed,
          CITY_DISTRICTS, CITY_INDICATORS, CITY_WAVES);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (argc < 4 || strcmp (argv[3], parts[i].name) == 0)
      parts[i].print (cities, random);
  gsl_rng_free (random);
  return 0;
}
