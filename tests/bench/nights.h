/* tests/bench/nights.h: a wave does not come in one night. */
#pragma once

#include <glib.h>
#include <gsl/gsl_rng.h>

/* print_nights: false flags a city-year in cities on their path, looked at once a wave and on each of 60 nights while
   schools' reports come in. */
void print_nights (guint cities, gsl_rng *random);
