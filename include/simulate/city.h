/* include/simulate/city.h: the schools of the made-up city, what they are and how many pupils they have. */
#pragma once

#include "simulate/facts.h"

#include <glib.h>

/* What a school is called in the register besides its name; bits. */
typedef enum {
  SIM_PUBLIC = 1 << 0,
  SIM_INCLUSIVE = 1 << 1,  /* 普惠: every public kindergarten, and private ones that charge accordingly */
  SIM_RECOGNISED = 1 << 2, /* kindergarten: star-rated; senior: recognised by the province */
  SIM_IN_GROUP = 1 << 3    /* of an education group or alliance */
} SimAttribute;

#define SIM_COHORTS 16 /* years of entry, 2007 … 2022 */
#define SIM_FIRST_COHORT 2007

typedef struct SimSchool SimSchool;
struct SimSchool {
  char code[11];
  char *name;
  guint index; /* place in the city */
  guint district;
  SimStage stage;
  char opened[11];  /* ISO date */
  char closed[11];  /* ISO date, first day without the school; "" still open */
  guint first_term; /* terms with pupils: from first_term up to, without, end_term */
  guint end_term;
  const SimSchool *absorbed; /* a closed school whose pupils came here, or NULL */
  guint attributes[SIM_PHASES];
  guint16 cohort[SIM_COHORTS][SIM_SEXES]; /* pupils by the year in which their class began grade 1 of twelve */
  guint enrolled[SIM_TERMS];              /* all pupils or children; 0 where the school is not open */
  guint places;
};

typedef struct {
  guint64 seed;
  gboolean on_path;
  GPtrArray *schools; /* SimSchool, district by district */
} SimCity;

SimCity *sim_city_new (guint64 seed, gboolean on_path);
void sim_city_free (SimCity *city);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimCity, sim_city_free)

static inline const SimSchool *
sim_school (const SimCity *city, guint i)
{
  return g_ptr_array_index (city->schools, i);
}

/* sim_school_open: open on the last day of @term. */
gboolean sim_school_open (const SimSchool *school, guint term);

/* sim_school_open_on: open on @date (ISO). */
gboolean sim_school_open_on (const SimSchool *school, const char *date);

/* sim_school_pupils: pupils of a grade and sex in a term; 0 where the school has no such grade or is not open. */
guint sim_school_pupils (const SimSchool *school, guint term, guint grade, guint sex);

/* sim_school_is: in the attributes of the phase that @term belongs to. */
gboolean sim_school_is (const SimSchool *school, guint term, SimAttribute attribute);

/* sim_stage_compulsory: schools that count as compulsory education: primary, junior, nine_year, twelve_year. */
gboolean sim_stage_compulsory (SimStage stage);
