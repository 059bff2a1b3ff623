/* tests/bench/speed.h: how fast series are fitted. */
#pragma once

#include <glib.h>

/* print_speed: 60,000 series of 8 waves x 20 schools in this process, beside the same estimator in matrix R. */
void print_speed (void);
