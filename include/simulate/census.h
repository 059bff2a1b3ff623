/* include/simulate/census.h: who is public, inclusive, recognised, in a group, so that the districts' shares come out.
 */
#pragma once

#include "simulate/city.h"

/**
 * sim_census_attributes: fills every school's attributes for the three phases. Before March 2022 the districts stand at
 * their start shares, shifted together so that the city stands at the published ones; on 1 March they have gone half of
 * the way to their end shares, on 1 September the rest. On a city on its path every end share reaches the target.
 */
void sim_census_attributes (SimCity *city);

/* The share of one attribute: what counts, over which stages. */
typedef struct {
  const char *indicator;
  SimAttribute attribute;
  guint stages;    /* bits, 1 << SimStage */
  gboolean heads;  /* pupils count; otherwise schools */
  double city_pct; /* published for the end of 2021; 0 where none was found */
  double target_pct;
} SimShareFact;

extern const SimShareFact sim_shares[];
extern const guint sim_n_shares;

/* sim_share_count: numerator and denominator of a share in a district (SIM_DISTRICTS: the city) and term. */
void sim_share_count (const SimCity *city, const SimShareFact *share, guint district, guint term, guint64 *numerator,
                      guint64 *denominator);
