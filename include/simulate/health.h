/* include/simulate/health.h: myopia and weight of the made-up pupils: true rates, and what screening found. */
#pragma once

#include "simulate/city.h"

typedef enum { SIM_MYOPIA, SIM_OVERWEIGHT, SIM_OBESITY, SIM_CONDITIONS } SimCondition;

typedef struct {
  guint16 examined;
  guint16 myopic;
  guint16 moderate;
  guint16 high;
} SimScreening;

typedef struct {
  guint16 examined;
  guint16 overweight;
  guint16 obese;
  guint16 thin;
} SimWeighing;

typedef struct SimHealth SimHealth;

SimHealth *sim_health_new (const SimCity *city);
void sim_health_free (SimHealth *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimHealth, sim_health_free)

/* What came out of the screening; NULL where the school has no such grade, is not open, or did not report the term. */
const SimScreening *
sim_screening (const SimHealth *health, const SimSchool *school, guint term, guint grade, guint sex);
/* The same for the yearly check of weight; @year counts from 2019. */
const SimWeighing *sim_weighing (const SimHealth *health, const SimSchool *school, guint year, guint grade, guint sex);

const char *sim_condition (SimCondition condition); /* the indicator's name */
/* sim_wave_term: the terms in which a condition is looked at: wave 0, 1, …; SIM_TERMS after the last. */
guint sim_wave_term (SimCondition condition, guint wave);

/* sim_shift_pp: what the district adds to every cell in a term, in percentage points since autumn 2020, without its
   shock: the path, and the drift from it where the district drifts. */
double sim_shift_pp (const SimCity *city, SimCondition condition, guint district, guint term);
/* sim_path_pp: the same for a district that keeps to the plan from autumn 2021 on. */
double sim_path_pp (const SimCity *city, SimCondition condition, guint district, guint term);
double sim_shock_pp (const SimHealth *health, SimCondition condition, guint district, guint term);

/**
 * sim_true_rate: the rate, in percent, that a district (SIM_DISTRICTS: the city) would show if every pupil were
 * examined and chance played no part, standardised by grade and sex with the city's pupils examined in autumn 2021 as
 * weights.
 */
double sim_true_rate (const SimHealth *health, SimCondition condition, guint district, guint term);
