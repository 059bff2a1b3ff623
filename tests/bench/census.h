/* tests/bench/census.h: a year of exports that are counted in full, of a made-up city on its path: after-school service
 * by month, kindergartens by half-year. */
#pragma once

#include "measure/results.h"
#include <gsl/gsl_rng.h>

/**
 * census_judge: adds the verdicts of what comes in @day days after @first; each share as far ahead of its path as areas
 * differ, and the target reached at the deadline.
 * @codes: the districts' area codes, then the city's, NULL-terminated
 * @indicators: NULL-terminated, of CENSUS_TARGETS + 1: those that something came in of
 *
 * Returns: FALSE when nothing comes in.
 */
#define CENSUS_TARGETS 4
gboolean census_judge (Results *results, const Catalogue *catalogue, const char *const codes[], const char *first,
                       int day, gsl_rng *random, char *indicators[]);
