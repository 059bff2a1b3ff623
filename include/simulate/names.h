/* include/simulate/names.h: made-up names of schools. */
#pragma once

#include "simulate/facts.h"

#include <glib.h>
#include <gsl/gsl_rng.h>

typedef struct SimNames SimNames;

SimNames *sim_names_new (void);
void sim_names_free (SimNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNames, sim_names_free)

/* sim_names_next: a name for a school that no other school of @names has; free it. */
char *sim_names_next (SimNames *names, gsl_rng *rng, guint district, SimStage stage, gboolean is_public);
