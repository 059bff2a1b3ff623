/* tests/bench/city.h: made-up cities for measuring rules: 13 districts of 8 to 120 schools, 4 indicators, half-yearly
 * waves. */
#pragma once

#include "measure/judge.h"
#include <gsl/gsl_rng.h>

#define CITY_DISTRICTS 13
#define CITY_INDICATORS 4
#define CITY_WAVES 5

typedef struct {
  double shock_pp;    /* standard deviation of each district's own shock in each wave */
  double drift_pp;    /* points a year off the path, for five streams (the last indicator's twice as fast); 0 none */
  double slope_sd_pp; /* spread of every stream's slope about its path */
  double city_sd_pp;  /* spread of what a whole city is off its path, in every wave; 0 none */
  gboolean one;       /* one stream drifts, of the first three indicators, not five */
  guint back;         /* wave from which what drifted is better than its path by back_pp; 0 never */
  double back_pp;
  gboolean levels;      /* three strata, each school in one of them */
  const guint *schools; /* of each district; NULL: 120 to 8 */
} CityWorld;

typedef struct {
  JudgeSeries series[CITY_INDICATORS];
  JudgeArea areas[CITY_INDICATORS][CITY_DISTRICTS];
  Panel *panel[CITY_INDICATORS][CITY_DISTRICTS];
  double off[CITY_INDICATORS][CITY_DISTRICTS]; /* true slope beyond the path in the bad direction, fraction a year */
  double rate[CITY_INDICATORS];                /* true rate at the start */
  gboolean drifts[CITY_INDICATORS][CITY_DISTRICTS];
} City;

City *city_new (const CityWorld *world, gsl_rng *random);
void city_free (City *city);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (City, city_free)
