#include "simulate/health.h"

#include "../../support/near.h"

#define AUTUMN_2020 3

static SimCity *city;
static SimHealth *health;

static int
make_city (void **state)
{
  (void)state;
  city = sim_city_new (1, FALSE);
  health = sim_health_new (city);
  return 0;
}

static int
free_city (void **state)
{
  (void)state;
  sim_health_free (health);
  sim_city_free (city);
  return 0;
}

typedef struct {
  double n;
  double x[4];
} Sums;

/* Over one grade, or all (SIM_GRADES), of the districts with (or without) the published levels of Shenhe. */
static Sums
screened (guint grade, gboolean shenhe, guint term)
{
  Sums sums = { 0 };

  for (guint s = 0; s < city->schools->len; s++)
    for (guint g = 0; g < SIM_GRADES; g++)
      for (guint x = 0; x < SIM_SEXES; x++) {
        const SimSchool *school = sim_school (city, s);
        const SimScreening *cell = sim_screening (health, school, term, g, x);

        if (cell == NULL || (grade != SIM_GRADES && g != grade) || (school->district == SIM_SHENHE) != shenhe)
          continue;
        sums.n += cell->examined;
        sums.x[0] += cell->myopic;
        sums.x[1] += cell->moderate;
        sums.x[2] += cell->high;
      }
  return sums;
}

static Sums
weighed (guint district, guint year)
{
  Sums sums = { 0 };

  for (guint s = 0; s < city->schools->len; s++)
    for (guint g = 0; g < SIM_GRADES; g++)
      for (guint x = 0; x < SIM_SEXES; x++) {
        const SimSchool *school = sim_school (city, s);
        const SimWeighing *cell = sim_weighing (health, school, year, g, x);

        if (cell == NULL || (district != SIM_DISTRICTS && school->district != district))
          continue;
        assert_true (cell->overweight + cell->obese + cell->thin <= cell->examined);
        sums.n += cell->examined;
        sums.x[0] += cell->overweight;
        sums.x[1] += cell->obese;
      }
  return sums;
}

static void
sim_screening__autumn_2020__grades_stand_at_the_published_levels (void **state)
{
  static const struct {
    const char *grade;
    gboolean shenhe;
    double pct;
  } cases[] = { { "P1", FALSE, 12.9 }, { "P6", FALSE, 59.6 }, { "P1", TRUE, 20.23 }, { "P6", TRUE, 67.84 },
                { "J2", TRUE, 88.38 }, { "S1", TRUE, 92.37 }, { "P3", TRUE, 35.93 } };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint g = 0; g < SIM_GRADES; g++)
      if (g_str_equal (sim_grades[g], cases[i].grade)) {
        Sums sums = screened (g, cases[i].shenhe, AUTUMN_2020);

        assert_true (fabs (100.0 * sums.x[0] / sums.n - cases[i].pct) < (cases[i].shenhe ? 3.0 : 1.2));
      }
}

static void
sim_screening__junior_senior_and_degrees__stand_at_the_national_levels (void **state)
{
  double junior = 0.0;
  double senior = 0.0;
  Sums all = screened (SIM_GRADES, FALSE, AUTUMN_2020);

  (void)state;
  for (guint g = 6; g < SIM_GRADES; g++) {
    Sums sums = screened (g, FALSE, AUTUMN_2020);

    *(g < 9 ? &junior : &senior) += 100.0 * sums.x[0] / sums.n / 3.0;
  }
  assert_true (fabs (junior - 71.1) < 1.2);
  assert_true (fabs (senior - 80.5) < 1.2);
  assert_true (fabs (100.0 * all.x[1] / all.x[0] - 37.0) < 0.5);
  assert_true (fabs (100.0 * all.x[2] / all.x[0] - 9.7) < 0.3);
}

static void
sim_weighing__autumn_2020__city_stands_at_the_national_levels (void **state)
{
  Sums sums = weighed (SIM_DISTRICTS, 1);

  (void)state;
  assert_true (fabs (100.0 * sums.x[0] / sums.n - 11.1) < 0.6);
  assert_true (fabs (100.0 * sums.x[1] / sums.n - 7.9) < 0.6);
}

/* Crude rate of one school in a term; NAN where it did not report. */
static double
school_rate (const SimSchool *school, guint term)
{
  double n = 0.0;
  double x = 0.0;

  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint sex = 0; sex < SIM_SEXES; sex++) {
      const SimScreening *cell = sim_screening (health, school, term, g, sex);

      n += cell != NULL ? cell->examined : 0;
      x += cell != NULL ? cell->myopic : 0;
    }
  return n > 0.0 ? x / n : NAN;
}

static double
correlation (SimStage stage, guint first, guint second)
{
  double n = 0.0;
  double a = 0.0;
  double b = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  double ab = 0.0;

  for (guint s = 0; s < city->schools->len; s++) {
    const SimSchool *school = sim_school (city, s);
    double p = school_rate (school, first);
    double q = school_rate (school, second);

    if (school->stage != stage || isnan (p) || isnan (q))
      continue;
    n++;
    a += p;
    b += q;
    aa += p * p;
    bb += q * q;
    ab += p * q;
  }
  return (ab - a * b / n) / sqrt ((aa - a * a / n) * (bb - b * b / n));
}

static void
sim_screening__waves_of_the_same_schools__correlate (void **state)
{
  static const guint pairs[][2] = { { 0, 1 }, { 4, 5 }, { 5, 6 }, { 1, 7 } };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    for (SimStage stage = SIM_PRIMARY; stage <= SIM_JUNIOR; stage++) {
      double r = correlation (stage, pairs[i][0], pairs[i][1]);

      assert_true (r > 0.94 && r < 0.985);
    }
}

static double
slope_2022 (const SimHealth *of, SimCondition condition, guint district)
{
  return sim_true_rate (of, condition, district, SIM_TERM_2022_AUTUMN)
         - sim_true_rate (of, condition, district, SIM_TERM_2021_AUTUMN);
}

/* Shocks of 0.2 points and the schools' own noise blur a true change by about 0.35. */
static void
sim_true_rate__2022__three_districts_drift_and_the_others_keep_to_the_path (void **state)
{
  guint drifting = 0;

  (void)state;
  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    assert_true (fabs (slope_2022 (health, SIM_MYOPIA, d) - sim_districts[d].drift_pp) < 1.1);
    drifting += sim_districts[d].drift_pp > 0.0;
  }
  assert_int_equal (drifting, 3);
}

static void
sim_true_rate__on_the_path__no_district_drifts (void **state)
{
  g_autoptr (SimCity) path = sim_city_new (1, TRUE);
  g_autoptr (SimHealth) calm = sim_health_new (path);

  (void)state;
  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    assert_true (fabs (slope_2022 (calm, SIM_MYOPIA, d) + 0.5) < 1.1);
    for (SimCondition c = 0; c < SIM_CONDITIONS; c++)
      assert_true (sim_shift_pp (path, c, d, SIM_TERM_2022_AUTUMN)
                   <= sim_path_pp (path, c, d, SIM_TERM_2022_AUTUMN) + 1e-9);
  }
}

static void
sim_true_rate__obesity__grows_and_one_district_does_not_cut_it (void **state)
{
  (void)state;
  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    double before = (sim_true_rate (health, SIM_OBESITY, d, SIM_TERM_2021_AUTUMN)
                     - sim_true_rate (health, SIM_OBESITY, d, sim_wave_term (SIM_OBESITY, 0)))
                    / 2.0;

    assert_true (before > 0.15);
    assert_true ((slope_2022 (health, SIM_OBESITY, d) > 0.6) == (sim_districts[d].weight_drift > 1.0));
  }
}

static void
sim_screening__last_wave__one_district_is_incomplete (void **state)
{
  (void)state;
  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    double expected = 0.0;
    double reported = 0.0;

    for (guint s = 0; s < city->schools->len; s++) {
      const SimSchool *school = sim_school (city, s);

      if (school->district != d || sim_stages[school->stage].first_grade < 0
          || !sim_school_open (school, SIM_TERM_2022_AUTUMN))
        continue;
      expected++;
      reported += !isnan (school_rate (school, SIM_TERM_2022_AUTUMN));
    }
    if (sim_districts[d].incomplete)
      assert_true (reported / expected < 0.75 && reported / expected > 0.4);
    else
      assert_true (reported / expected > 0.9);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (sim_screening__autumn_2020__grades_stand_at_the_published_levels),
    cmocka_unit_test (sim_screening__junior_senior_and_degrees__stand_at_the_national_levels),
    cmocka_unit_test (sim_weighing__autumn_2020__city_stands_at_the_national_levels),
    cmocka_unit_test (sim_screening__waves_of_the_same_schools__correlate),
    cmocka_unit_test (sim_true_rate__2022__three_districts_drift_and_the_others_keep_to_the_path),
    cmocka_unit_test (sim_true_rate__on_the_path__no_district_drifts),
    cmocka_unit_test (sim_true_rate__obesity__grows_and_one_district_does_not_cut_it),
    cmocka_unit_test (sim_screening__last_wave__one_district_is_incomplete),
  };

  return cmocka_run_group_tests (tests, make_city, free_city);
}
