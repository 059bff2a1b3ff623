#include "nights.h"
#include "city.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NIGHTS 60
#define YEARS 2.0

/* A city as it is known on one night of one wave: schools whose day has not come are missing in that wave. */
typedef struct {
  JudgeSeries series[CITY_INDICATORS];
  JudgeArea areas[CITY_INDICATORS][CITY_DISTRICTS];
  Panel panel[CITY_INDICATORS][CITY_DISTRICTS];
  JudgeCompleteness completeness[CITY_INDICATORS][CITY_DISTRICTS][CITY_WAVES];
} Night;

/* What one wave of a city comes to. */
typedef struct {
  const City *city;
  guint waves;                                       /* up to it */
  guint *day[CITY_DISTRICTS];                        /* on which each school reports */
  gboolean flagged[CITY_INDICATORS][CITY_DISTRICTS]; /* on any night */
  gboolean last[CITY_INDICATORS][CITY_DISTRICTS];    /* on the last */
} Wave;

static void
night_free (Night *night)
{
  for (guint i = 0; i < CITY_INDICATORS; i++)
    for (guint d = 0; d < CITY_DISTRICTS; d++) {
      g_free (night->panel[i][d].n);
      g_free (night->panel[i][d].x);
    }
  g_free (night);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Night, night_free)

/* The first waves of a panel, the last of them as far as reported. */
static void
cut_panel (const Wave *wave, guint d, const Panel *full, guint tonight, Panel *out, JudgeCompleteness *completeness)
{
  guint K = wave->waves;

  *out = *full;
  out->K = K;
  out->n = g_new0 (double, full->m *K);
  out->x = g_new0 (double, full->m *K);
  for (guint k = 0; k < K; k++)
    completeness[k].expected = full->m;
  for (guint s = 0; s < full->m; s++)
    for (guint k = 0; k < K; k++) {
      if (k == K - 1 && wave->day[d][s] > tonight)
        continue;
      out->n[s * K + k] = full->n[s * full->K + k];
      out->x[s * K + k] = full->x[s * full->K + k];
      completeness[k].reporting += out->n[s * K + k] > 0;
    }
}

/* Whether any district has as many reports as it takes to fire. */
static gboolean
night_fill (Night *night, const Wave *wave, guint tonight, double min_pct)
{
  gboolean any = FALSE;

  for (guint i = 0; i < CITY_INDICATORS; i++) {
    night->series[i] = wave->city->series[i];
    night->series[i].areas = night->areas[i];
    for (guint d = 0; d < CITY_DISTRICTS; d++) {
      JudgeCompleteness *c = night->completeness[i][d];

      cut_panel (wave, d, wave->city->panel[i][d], tonight, &night->panel[i][d], c);
      night->areas[i][d] = (JudgeArea){ .area = "district", .panel = &night->panel[i][d], .completeness = c };
      any |= c[wave->waves - 1].reporting * 100.0 >= min_pct * c[wave->waves - 1].expected;
    }
  }
  return any;
}

static void
judge_night (Wave *wave, guint tonight)
{
  VerdictThresholds thresholds = verdict_thresholds_default ();
  g_autoptr (Night) night = g_new0 (Night, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) rows = NULL;

  if (!night_fill (night, wave, tonight, thresholds.completeness_min_pct))
    return;
  rows = judge_run (night->series, CITY_INDICATORS, &thresholds, TRUE, &error);
  if (rows == NULL)
    g_error ("%s", error->message);
  for (guint r = 0; r < rows->len; r++) {
    const JudgeRow *row = &g_array_index (rows, JudgeRow, r);

    if (row->wave != wave->waves - 1)
      continue;
    wave->flagged[row->series][row->area] |= row->verdict.fires;
    wave->last[row->series][row->area] = row->verdict.fires;
  }
}

/* Reports come in evenly, so that most nights see some more. */
static void
run_wave (Wave *wave, gsl_rng *random)
{
  for (guint d = 0; d < CITY_DISTRICTS; d++) {
    guint schools = wave->city->panel[0][d]->m;

    wave->day[d] = g_new (guint, schools);
    for (guint s = 0; s < schools; s++)
      wave->day[d][s] = 1 + (guint)gsl_rng_uniform_int (random, NIGHTS);
  }
  for (guint tonight = 1; tonight <= NIGHTS; tonight++)
    judge_night (wave, tonight);
  for (guint d = 0; d < CITY_DISTRICTS; d++)
    g_free (wave->day[d]);
}

typedef struct {
  double any, last; /* flags a city-year */
} Tally;

static Tally
run_city (const CityWorld *world, gsl_rng *random)
{
  g_autoptr (City) city = city_new (world, random);
  Tally out = { 0 };

  for (guint waves = 2; waves <= CITY_WAVES; waves++) {
    Wave wave = { .city = city, .waves = waves };

    run_wave (&wave, random);
    for (guint i = 0; i < CITY_INDICATORS; i++)
      for (guint d = 0; d < CITY_DISTRICTS; d++) {
        out.any += wave.flagged[i][d] / YEARS;
        out.last += wave.last[i][d] / YEARS;
      }
  }
  return out;
}

void
print_nights (guint cities, gsl_rng *random)
{
  static const double shocks[] = { 0, 0.4, 0.8 };

  printf (
      "\nfalse flags a city-year on cities on their path while schools' reports come in over %d nights (%u cities)\n"
      "%10s %22s %22s\n",
      NIGHTS, cities, "shock", "on any of the nights", "on the last alone");
  for (guint i = 0; i < G_N_ELEMENTS (shocks); i++) {
    CityWorld world = { .shock_pp = shocks[i] };
    double any = 0, squares = 0, last = 0;

    for (guint c = 0; c < cities; c++) {
      Tally city = run_city (&world, random);

      any += city.any / cities;
      squares += city.any * city.any / cities;
      last += city.last / cities;
    }
    printf ("%10.1f %14.2f ±%6.2f %22.2f\n", shocks[i], any, 2 * sqrt (MAX (squares - any * any, 0) / cities), last);
    fflush (stdout);
  }
}
