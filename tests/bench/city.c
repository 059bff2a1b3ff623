#include "city.h"
#include <gsl/gsl_randist.h>
#include <math.h>

/* Chosen so that the rules of the reference simulation come out as they do there: a naive binomial test flags 19, 31
   and 39 times a city-year at shocks of 0, 0.4 and 0.8 points, waves correlate 0.95 to 0.98, design effects reach 200.
 */
#define PUPILS 750.0
#define PUPILS_SPREAD 0.5  /* of the log */
#define PUPILS_WOBBLE 0.04 /* from wave to wave */
#define SCHOOL_SPREAD 0.25 /* of a school's rate, in units of sqrt (p (1 - p)) */
#define SCHOOL_WAVE 0.042  /* the same, from wave to wave */
#define SILENT 0.02        /* schools that miss a wave */

static const guint usual_schools[CITY_DISTRICTS] = { 120, 110, 105, 100, 95, 95, 90, 80, 70, 60, 40, 25, 8 };
static const struct {
  const char *name;
  double rate, path_pp;
  gboolean good_is_up;
} indicators[CITY_INDICATORS] = {
  { "myopia", 0.52, -0.5, FALSE },
  { "overweight", 0.14, -0.2, FALSE },
  { "obesity", 0.10, -0.1, FALSE },
  { "after_school", 0.85, 2.0, TRUE },
};

static Panel *
panel_empty (guint m, gboolean levels)
{
  Panel *panel = g_new0 (Panel, 1);
  static const char *const names[] = { "junior", "primary", "senior" };

  panel->K = CITY_WAVES;
  panel->m = m;
  panel->L = levels ? 3 : 1;
  panel->t = g_new (double, CITY_WAVES);
  for (guint k = 0; k < CITY_WAVES; k++)
    panel->t[k] = k * 0.5;
  panel->n = g_new0 (double, m *CITY_WAVES * panel->L);
  panel->x = g_new0 (double, m *CITY_WAVES * panel->L);
  panel->school = g_ptr_array_new_with_free_func (g_free);
  panel->strata = g_ptr_array_new_with_free_func (g_free);
  for (guint l = 0; l < panel->L; l++)
    g_ptr_array_add (panel->strata, g_strdup (levels ? names[l] : "all"));
  return panel;
}

static double
within (double p)
{
  return CLAMP (p, 0.005, 0.995);
}

typedef struct {
  double rate, slope;  /* of the district, fractions */
  const double *shock; /* of each wave */
} Course;

static void
fill_school (Panel *panel, guint s, const Course *course, gsl_rng *random)
{
  double unit = sqrt (course->rate * (1 - course->rate)), room = 0.27 * MIN (course->rate, 1 - course->rate);
  double pupils = MAX (60, PUPILS * exp (gsl_ran_gaussian (random, PUPILS_SPREAD)));
  double own = gsl_ran_gaussian (random, MIN (SCHOOL_SPREAD * unit, room));
  guint l = s % 8 < 4 || panel->L == 1 ? panel->L / 2 : s % 8 < 6 ? 0 : 2;

  if (fabs (own) > 3 * room)
    own = 0;
  for (guint k = 0; k < panel->K; k++) {
    gsize cell = ((gsize)s * panel->K + k) * panel->L + l;
    double p = course->rate + own + course->slope * panel->t[k] + course->shock[k]
               + gsl_ran_gaussian (random, SCHOOL_WAVE * unit);

    if (gsl_rng_uniform (random) < SILENT)
      continue;
    panel->n[cell] = floor (MAX (20, pupils * (1 + gsl_ran_gaussian (random, PUPILS_WOBBLE))));
    panel->x[cell] = gsl_ran_binomial (random, within (p), (guint)panel->n[cell]);
  }
}

/* Four streams of the first three indicators and one of the last. */
static void
choose_drifting (City *city, gboolean one, gsl_rng *random)
{
  guint chosen = 0;

  while (chosen < (one ? 1 : 4)) {
    guint i = (guint)gsl_rng_uniform_int (random, CITY_INDICATORS - 1);
    guint d = (guint)gsl_rng_uniform_int (random, CITY_DISTRICTS);

    chosen += !city->drifts[i][d];
    city->drifts[i][d] = TRUE;
  }
  if (!one)
    city->drifts[CITY_INDICATORS - 1][gsl_rng_uniform_int (random, CITY_DISTRICTS)] = TRUE;
}

static void
fill_district (City *city, const CityWorld *world, guint i, guint d, const double common[], gsl_rng *random)
{
  const guint *schools = world->schools != NULL ? world->schools : usual_schools;
  double good = indicators[i].good_is_up ? 1 : -1, shock[CITY_WAVES];
  Course course = { .rate = indicators[i].rate, .shock = shock };

  city->rate[i] = course.rate;
  city->off[i][d] = gsl_ran_gaussian (random, world->slope_sd_pp / 100);
  if (city->drifts[i][d])
    city->off[i][d] += world->drift_pp / 100 * (i == CITY_INDICATORS - 1 ? 2 : 1);
  course.slope = indicators[i].path_pp / 100 - good * city->off[i][d];
  for (guint k = 0; k < CITY_WAVES; k++)
    shock[k] = common[k] + gsl_ran_gaussian (random, world->shock_pp / 100);
  for (guint k = world->back; city->drifts[i][d] && world->back > 0 && k < CITY_WAVES; k++)
    shock[k] += good * (city->off[i][d] * k * 0.5 + world->back_pp / 100);
  city->panel[i][d] = panel_empty (schools[d], world->levels);
  for (guint s = 0; s < schools[d]; s++)
    fill_school (city->panel[i][d], s, &course, random);
  city->areas[i][d] = (JudgeArea){ .area = "district", .panel = city->panel[i][d] };
}

City *
city_new (const CityWorld *world, gsl_rng *random)
{
  City *city = g_new0 (City, 1);

  if (world->drift_pp > 0)
    choose_drifting (city, world->one, random);
  for (guint i = 0; i < CITY_INDICATORS; i++) {
    double common[CITY_WAVES] = { 0 };

    for (guint k = 1; k < CITY_WAVES; k++)
      common[k] = gsl_ran_gaussian (random, world->city_sd_pp / 100);
    for (guint d = 0; d < CITY_DISTRICTS; d++)
      fill_district (city, world, i, d, common, random);
    city->series[i] = (JudgeSeries){ .target = { .indicator = indicators[i].name,
                                                 .good_is_up = indicators[i].good_is_up,
                                                 .kind = JUDGE_SLOPE,
                                                 .value = indicators[i].path_pp,
                                                 .baseline_t = 0,
                                                 .deadline_t = 2.5,
                                                 .growth_from_t = NAN,
                                                 .baseline_pct = NAN,
                                                 .trend_from_t = -INFINITY },
                                     .areas = city->areas[i],
                                     .n_areas = CITY_DISTRICTS };
  }
  return city;
}

void
city_free (City *city)
{
  for (guint i = 0; i < CITY_INDICATORS; i++)
    for (guint d = 0; d < CITY_DISTRICTS; d++)
      panel_free (city->panel[i][d]);
  g_free (city);
}
