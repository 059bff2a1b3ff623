#include "simulate/city.h"

#include "simulate/census.h"
#include "simulate/draw.h"
#include "simulate/names.h"

#include <math.h>
#include <string.h>

#define COUNTED_ON "2022-07-31" /* the day on which sim_stages counts the schools */

/* Schools that open, close or merge, so that the register has a history. */
typedef struct {
  SimStage stage;
  enum { OPENS, CLOSES, MERGES } what;
  const char *date;
  guint schools;
  gboolean is_public;
} Event;

static const Event events[] = {
  { SIM_KINDERGARTEN, CLOSES, "2019-08-01", 15, FALSE }, { SIM_KINDERGARTEN, CLOSES, "2020-08-01", 16, FALSE },
  { SIM_KINDERGARTEN, CLOSES, "2021-08-01", 14, FALSE }, { SIM_KINDERGARTEN, CLOSES, "2022-08-01", 12, FALSE },
  { SIM_KINDERGARTEN, OPENS, "2020-09-01", 18, FALSE },  { SIM_KINDERGARTEN, OPENS, "2021-09-01", 20, FALSE },
  { SIM_KINDERGARTEN, OPENS, "2022-03-01", 12, TRUE },   { SIM_KINDERGARTEN, OPENS, "2022-09-01", 10, TRUE },
  { SIM_KINDERGARTEN, OPENS, "2022-09-01", 4, FALSE },   { SIM_PRIMARY, MERGES, "2020-08-01", 5, FALSE },
  { SIM_PRIMARY, MERGES, "2021-08-01", 4, FALSE },       { SIM_PRIMARY, MERGES, "2022-08-01", 4, FALSE },
  { SIM_PRIMARY, OPENS, "2021-09-01", 3, TRUE },         { SIM_JUNIOR, MERGES, "2021-08-01", 3, FALSE },
  { SIM_JUNIOR, OPENS, "2020-09-01", 2, TRUE },          { SIM_NINE_YEAR, OPENS, "2021-09-01", 4, TRUE },
  { SIM_NINE_YEAR, OPENS, "2022-09-01", 2, TRUE },       { SIM_VOCATIONAL, CLOSES, "2020-08-01", 2, FALSE },
};

gboolean
sim_stage_compulsory (SimStage stage)
{
  return stage == SIM_PRIMARY || stage == SIM_JUNIOR || stage == SIM_NINE_YEAR || stage == SIM_TWELVE_YEAR;
}

gboolean
sim_school_open_on (const SimSchool *school, const char *date)
{
  return strcmp (school->opened, date) <= 0 && (school->closed[0] == '\0' || strcmp (date, school->closed) < 0);
}

gboolean
sim_school_open (const SimSchool *school, guint term)
{
  return school->first_term <= term && term < school->end_term;
}

static guint
cohort_pupils (const SimSchool *school, guint term, guint grade, guint sex)
{
  guint entry = sim_term_school_year (term) - grade - SIM_FIRST_COHORT;
  guint n = school->cohort[entry][sex];
  guint left = term % 2 == 0 ? (n * 7 + entry * 3 + sex) % 3 : 0; /* a few have moved away by spring */

  return n - MIN (n, left);
}

guint
sim_school_pupils (const SimSchool *school, guint term, guint grade, guint sex)
{
  const SimStageFact *stage = &sim_stages[school->stage];
  guint n = 0;

  if (stage->first_grade < 0 || (int)grade < stage->first_grade || (int)grade > stage->last_grade
      || !sim_school_open (school, term))
    return 0;
  n = cohort_pupils (school, term, grade, sex);
  if (school->absorbed != NULL && term >= school->absorbed->end_term)
    n += cohort_pupils (school->absorbed, term, grade, sex);
  return n;
}

gboolean
sim_school_is (const SimSchool *school, guint term, SimAttribute attribute)
{
  return (school->attributes[sim_term_phase (term)] & attribute) != 0;
}

/* The first term that ends on @date or later. */
static guint
term_of (const char *date)
{
  guint term = 0;

  while (term < SIM_TERMS && strcmp (sim_term_end (term), date) < 0)
    term++;
  return term;
}

static void
school_free (gpointer data)
{
  SimSchool *school = data;

  g_free (school->name);
  g_free (school);
}

static guint
schools_to_make (SimStage stage)
{
  guint n = sim_stages[stage].schools;

  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    gboolean later = strcmp (events[i].date, COUNTED_ON) > 0;

    if (events[i].stage == stage && (events[i].what == OPENS) == later)
      n += events[i].schools;
  }
  return n;
}

static void
make_schools (SimCity *city)
{
  guint parts[SIM_STAGES][SIM_DISTRICTS];
  double weights[SIM_DISTRICTS];

  for (guint d = 0; d < SIM_DISTRICTS; d++)
    weights[d] = sim_districts[d].weight;
  for (guint stage = 0; stage < SIM_STAGES; stage++)
    draw_share (schools_to_make (stage), weights, SIM_DISTRICTS, sim_stages[stage].least, parts[stage]);
  for (guint d = 0; d < SIM_DISTRICTS; d++)
    for (guint stage = 0; stage < SIM_STAGES; stage++)
      for (guint i = 0; i < parts[stage][d]; i++) {
        SimSchool *school = g_new0 (SimSchool, 1);

        school->index = city->schools->len;
        school->district = d;
        school->stage = stage;
        school->end_term = SIM_TERMS;
        g_ptr_array_add (city->schools, school);
      }
}

/* An untouched school of the stage; with @partner, one of the same district that stays. */
static SimSchool *
pick_school (const SimCity *city, gsl_rng *rng, SimStage stage, const SimSchool *partner)
{
  for (;;) {
    SimSchool *school = g_ptr_array_index (city->schools, draw_below (rng, city->schools->len));

    if (school->stage == stage && school->opened[0] == '\0' && school->closed[0] == '\0' && school->absorbed == NULL
        && school != partner && (partner == NULL || school->district == partner->district))
      return school;
  }
}

static void
apply_event (SimCity *city, gsl_rng *rng, const Event *event)
{
  for (guint i = 0; i < event->schools; i++) {
    SimSchool *school = pick_school (city, rng, event->stage, NULL);

    if (event->what == OPENS) {
      g_strlcpy (school->opened, event->date, sizeof school->opened);
      school->first_term = term_of (event->date);
      school->attributes[0] = event->is_public ? SIM_PUBLIC : 0;
      continue;
    }
    g_strlcpy (school->closed, event->date, sizeof school->closed);
    school->end_term = term_of (event->date);
    if (event->what == MERGES)
      pick_school (city, rng, event->stage, school)->absorbed = school;
  }
}

/* The register begins in 1990; whoever is older stands in it from then on. */
static void
found_school (SimSchool *school, gsl_rng *rng)
{
  gboolean young = school->stage == SIM_KINDERGARTEN;
  guint year = (young ? 1988 : 1952) + draw_below (rng, young ? 28 : 60);

  if (school->opened[0] == '\0')
    g_snprintf (school->opened, sizeof school->opened, "%u-%s", MAX (year, 1990), year < 1990 ? "01-01" : "09-01");
}

/* A code begins with its district's code of the time; numbers have gaps, so that a slip of the pen hits nothing. */
static void
give_codes (SimCity *city, gsl_rng *rng)
{
  guint number[SIM_DISTRICTS] = { 0 };

  for (guint i = 0; i < city->schools->len; i++) {
    SimSchool *school = g_ptr_array_index (city->schools, i);
    const char *prefix = sim_districts[school->district].code;

    if (school->district == SIM_LIAOZHONG && strcmp (school->opened, SIM_LIAOZHONG_RECODED) < 0)
      prefix = SIM_LIAOZHONG_OLD_CODE;
    number[school->district] += 3 + draw_below (rng, 4);
    g_snprintf (school->code, sizeof school->code, "%s%04u", prefix, number[school->district]);
  }
}

static void
fill_cohorts (SimSchool *school, gsl_rng *rng, double size)
{
  const SimStageFact *stage = &sim_stages[school->stage];
  double per_grade = size / (stage->last_grade - stage->first_grade + 1);

  for (guint c = 0; c < SIM_COHORTS; c++) {
    guint n = (guint)MAX (14.0, per_grade * exp (draw_normal (rng, 0.07)));
    guint boys = draw_binomial (rng, 0.525, n); /* made up, near the national sex ratio of school age */

    school->cohort[c][0] = (guint16)boys;
    school->cohort[c][1] = (guint16)(n - boys);
  }
}

static void
count_pupils (SimSchool *school, gsl_rng *rng, double size)
{
  double year_noise = 0.0;

  for (guint term = 0; term < SIM_TERMS; term++) {
    double years = (double)sim_term_school_year (term) - 2021.0;
    double young = school->first_term > 0 && term < school->first_term + 2 ? 0.6 : 1.0; /* a new school fills slowly */

    if (!sim_school_open (school, term))
      continue;
    if (sim_stages[school->stage].first_grade < 0) {
      if (term % 2 == 1 || term == 0)
        year_noise = draw_normal (rng, 0.03);
      school->enrolled[term]
          = (guint)MAX (24.0, size * young * exp (year_noise + draw_normal (rng, 0.01)) * (1 - 0.012 * years));
      continue;
    }
    for (guint g = 0; g < SIM_GRADES; g++)
      for (guint x = 0; x < SIM_SEXES; x++)
        school->enrolled[term] += sim_school_pupils (school, term, g, x);
  }
}

static void
build_places (SimSchool *school, gsl_rng *rng)
{
  guint class_size = school->stage == SIM_KINDERGARTEN ? 25 + 5 * draw_below (rng, 3)
                     : school->stage == SIM_PRIMARY    ? 45
                                                       : 50;
  guint most = 0;

  for (guint term = 0; term < SIM_TERMS; term++)
    most = MAX (most, school->enrolled[term]);
  school->places = class_size * (guint)ceil (most * draw_between (rng, 1.0, 1.15) / class_size);
}

/* Sizes are scaled so that the stage has its pupils at the end of 2021. */
static void
size_stage (SimCity *city, SimStage stage)
{
  g_autofree double *size = g_new0 (double, city->schools->len);
  double sum = 0.0;
  g_autoptr (gsl_rng) rng = draw_stream (city->seed, "size", stage, 0);

  for (guint i = 0; i < city->schools->len; i++) {
    const SimSchool *school = sim_school (city, i);

    if (school->stage != stage)
      continue;
    size[i] = exp (draw_normal (rng, sim_stages[stage].spread)) * (sim_districts[school->district].rural ? 0.75 : 1.0)
              * (school->closed[0] != '\0' ? 0.6 : 1.0);
    size[i] = CLAMP (size[i], 0.25, 3.0);
    sum += sim_school_open (school, SIM_TERM_2021_AUTUMN) ? size[i] : 0.0;
  }
  for (guint i = 0; i < city->schools->len; i++)
    if (sim_school (city, i)->stage == stage)
      size[i] *= sim_stages[stage].pupils / sum;
  for (guint i = 0; i < city->schools->len && sim_stages[stage].first_grade >= 0; i++)
    if (sim_school (city, i)->stage == stage)
      fill_cohorts (g_ptr_array_index (city->schools, i), rng, size[i]);
  for (guint i = 0; i < city->schools->len; i++)
    if (sim_school (city, i)->stage == stage) {
      count_pupils (g_ptr_array_index (city->schools, i), rng, size[i]);
      build_places (g_ptr_array_index (city->schools, i), rng);
    }
}

/* After the attributes: public kindergartens are numbered rather than named. */
static void
name_schools (SimCity *city)
{
  g_autoptr (SimNames) names = sim_names_new ();
  g_autoptr (gsl_rng) rng = draw_stream (city->seed, "names", 0, 0);

  for (guint i = 0; i < city->schools->len; i++) {
    SimSchool *school = g_ptr_array_index (city->schools, i);

    school->name
        = sim_names_next (names, rng, school->district, school->stage, (school->attributes[0] & SIM_PUBLIC) != 0);
  }
}

SimCity *
sim_city_new (guint64 seed, gboolean on_path)
{
  g_autoptr (SimCity) city = g_new0 (SimCity, 1);
  g_autoptr (gsl_rng) rng = draw_stream (seed, "register", 0, 0);

  city->seed = seed;
  city->on_path = on_path;
  city->schools = g_ptr_array_new_with_free_func (school_free);
  make_schools (city);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    apply_event (city, rng, &events[i]);
  for (guint i = 0; i < city->schools->len; i++)
    found_school (g_ptr_array_index (city->schools, i), rng);
  give_codes (city, rng);
  for (guint stage = 0; stage < SIM_STAGES; stage++)
    size_stage (city, stage);
  sim_census_attributes (city);
  name_schools (city);
  return g_steal_pointer (&city);
}

void
sim_city_free (SimCity *city)
{
  if (city == NULL)
    return;
  g_ptr_array_unref (city->schools);
  g_free (city);
}
