#include "simulate/census.h"
#include "simulate/city.h"
#include "simulate/service.h"

#include "../../support/near.h"

#include <string.h>

#define SEEDS 3
static const guint64 seeds[SEEDS] = { 1, 7, 20220221 };

static SimCity *cities[SEEDS];

static int
make_cities (void **state)
{
  (void)state;
  for (guint i = 0; i < SEEDS; i++)
    cities[i] = sim_city_new (seeds[i], FALSE);
  return 0;
}

static int
free_cities (void **state)
{
  (void)state;
  for (guint i = 0; i < SEEDS; i++)
    sim_city_free (cities[i]);
  return 0;
}

static void
sim_city_new__any_seed__has_the_published_number_of_schools_and_pupils (void **state)
{
  (void)state;
  for (guint i = 0; i < SEEDS; i++) {
    guint stages[SIM_STAGES] = { 0 };
    guint schools = 0;
    double pupils = 0.0;

    for (guint s = 0; s < cities[i]->schools->len; s++) {
      const SimSchool *school = sim_school (cities[i], s);

      pupils += school->enrolled[SIM_TERM_2021_AUTUMN];
      if (sim_school_open_on (school, "2022-07-31")) {
        schools++;
        stages[school->stage]++;
      }
    }
    assert_int_equal (schools, 2327);
    for (guint stage = 0; stage < SIM_STAGES; stage++)
      assert_int_equal (stages[stage], sim_stages[stage].schools);
    assert_double_near (pupils, 1.7e6, 0.01);
  }
}

static void
sim_city_new__codes_and_names__are_unique_and_begin_with_the_district_of_their_time (void **state)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const SimCity *city = cities[0];
  guint old_codes = 0;

  (void)state;
  for (guint s = 0; s < city->schools->len; s++) {
    const SimSchool *school = sim_school (city, s);
    gboolean county = school->district == SIM_LIAOZHONG && strcmp (school->opened, "2016-03-01") < 0;

    assert_true (g_hash_table_add (seen, g_strdup (school->code)));
    assert_true (g_hash_table_add (seen, g_strdup (school->name)));
    assert_int_equal (strlen (school->code), 10);
    assert_true (g_str_has_prefix (school->code, county ? "210122" : sim_districts[school->district].code));
    old_codes += county;
  }
  assert_in_range (old_codes, 50, 200);
}

static void
sim_city_new__every_district__has_four_schools_with_each_grade (void **state)
{
  (void)state;
  for (guint d = 0; d < SIM_DISTRICTS; d++)
    for (guint g = 0; g < SIM_GRADES; g++) {
      guint schools = 0;

      for (guint s = 0; s < cities[0]->schools->len; s++)
        schools += sim_school (cities[0], s)->district == d
                   && sim_school_pupils (sim_school (cities[0], s), SIM_TERM_2021_AUTUMN, g, 1) > 0;
      assert_true (schools >= 4);
    }
}

static void
sim_school_pupils__a_school_that_closed__is_empty_and_its_pupils_went_on (void **state)
{
  guint merged = 0;

  (void)state;
  for (guint s = 0; s < cities[0]->schools->len; s++) {
    const SimSchool *school = sim_school (cities[0], s);
    const SimSchool *gone = school->absorbed;

    if (gone == NULL)
      continue;
    merged++;
    assert_int_equal (gone->district, school->district);
    assert_true (gone->enrolled[gone->end_term - 1] > 0);
    assert_int_equal (gone->enrolled[gone->end_term], 0);
    assert_true (school->enrolled[gone->end_term] > school->enrolled[gone->end_term - 1] * 1.05);
  }
  assert_int_equal (merged, 16);
}

static double
share_pct (const SimCity *city, guint which, guint district, guint term)
{
  guint64 numerator = 0;
  guint64 denominator = 0;

  sim_share_count (city, &sim_shares[which], district, term, &numerator, &denominator);
  return 100.0 * (double)numerator / (double)denominator;
}

static void
sim_census_attributes__end_of_2021__city_stands_at_the_published_shares (void **state)
{
  static const struct {
    const char *indicator;
    double pct;
  } cases[] = { { "kindergarten_public_share", 51.4 },
                { "kindergarten_inclusive_share", 87.3 },
                { "quality_coverage", 97.4 } };

  (void)state;
  for (guint i = 0; i < SEEDS; i++)
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      for (guint which = 0; which < sim_n_shares; which++)
        if (g_str_equal (sim_shares[which].indicator, cases[c].indicator)) {
          double pct = share_pct (cities[i], which, SIM_DISTRICTS, SIM_TERM_2021_AUTUMN);

          assert_true (fabs (pct - cases[c].pct) < 0.05);
        }
}

static void
sim_census_attributes__end_of_2022__most_districts_reach_the_target_and_some_do_not (void **state)
{
  static const guint behind[] = { 1, 1, 2, 1, 1 }; /* at least, by share */
  g_autoptr (SimCity) path = sim_city_new (seeds[0], TRUE);

  (void)state;
  for (guint which = 0; which < sim_n_shares; which++) {
    guint missed = 0;

    for (guint d = 0; d < SIM_DISTRICTS; d++) {
      missed += share_pct (cities[0], which, d, SIM_TERM_2022_AUTUMN) < sim_shares[which].target_pct;
      assert_true (share_pct (path, which, d, SIM_TERM_2022_AUTUMN) >= sim_shares[which].target_pct);
    }
    assert_in_range (missed, behind[which], 5);
  }
}

static void
sim_census_attributes__2022__adds_five_thousand_inclusive_places (void **state)
{
  (void)state;
  for (guint i = 0; i < SEEDS; i++) {
    double places[SIM_TERMS] = { 0 };

    for (guint s = 0; s < cities[i]->schools->len; s++)
      for (guint term = SIM_TERM_2021_AUTUMN; term < SIM_TERMS; term++) {
        const SimSchool *school = sim_school (cities[i], s);

        if (school->stage == SIM_KINDERGARTEN && sim_school_open (school, term)
            && sim_school_is (school, term, SIM_INCLUSIVE))
          places[term] += school->places;
      }
    assert_in_range ((guint)(places[SIM_TERM_2022_AUTUMN] - places[SIM_TERM_2021_AUTUMN]), 4000, 8000);
  }
}

static void
sim_service_row__december__schools_are_short_where_the_facts_say_so (void **state)
{
  g_autoptr (SimService) service = sim_service_new (cities[0]);

  (void)state;
  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    double schools = 0.0;
    double short_schools = 0.0;
    double willing = 0.0;
    double served = 0.0;

    for (guint s = 0; s < cities[0]->schools->len; s++) {
      const SimSchool *school = sim_school (cities[0], s);
      const SimServiceRow *row = sim_service_row (service, school, SIM_SERVICE_MONTHS - 1);

      if (school->district != d || row == NULL)
        continue;
      assert_true (row->served <= row->willing && row->willing <= row->enrolled);
      schools++;
      short_schools += row->days < 5 || row->half_hours < 4;
      willing += row->willing;
      served += row->served;
    }
    assert_true (fabs (short_schools / schools - sim_districts[d].short_service) < 0.04);
    assert_true (fabs (1.0 - served / willing - sim_districts[d].unserved) < 0.006);
    assert_true ((served < willing) == (sim_districts[d].unserved > 0.0));
  }
}

static void
sim_tally__month_by_month__never_falls_and_ends_where_the_facts_say (void **state)
{
  g_autoptr (GHashTable) last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) rows = sim_tally (cities[0]);
  g_autoptr (GHashTable) december = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  (void)state;
  for (guint i = 0; i < rows->len; i++) {
    const SimTallyRow *row = &g_array_index (rows, SimTallyRow, i);
    char *key = g_strdup_printf ("%u/%s", row->district, row->target);

    assert_true (row->count >= GPOINTER_TO_UINT (g_hash_table_lookup (last, key)));
    g_hash_table_insert (last, key, GUINT_TO_POINTER (row->count));
    if (row->month == SIM_TALLY_MONTHS)
      g_hash_table_insert (
          december, g_strdup (row->target),
          GUINT_TO_POINTER (row->count + GPOINTER_TO_UINT (g_hash_table_lookup (december, row->target))));
  }
  for (guint i = 0; i < sim_n_counts; i++) {
    double reached = GPOINTER_TO_UINT (g_hash_table_lookup (december, sim_counts[i].target));

    assert_true (fabs (reached - sim_counts[i].value * sim_counts[i].reached) <= 1.0);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (sim_city_new__any_seed__has_the_published_number_of_schools_and_pupils),
    cmocka_unit_test (sim_city_new__codes_and_names__are_unique_and_begin_with_the_district_of_their_time),
    cmocka_unit_test (sim_city_new__every_district__has_four_schools_with_each_grade),
    cmocka_unit_test (sim_school_pupils__a_school_that_closed__is_empty_and_its_pupils_went_on),
    cmocka_unit_test (sim_census_attributes__end_of_2021__city_stands_at_the_published_shares),
    cmocka_unit_test (sim_census_attributes__end_of_2022__most_districts_reach_the_target_and_some_do_not),
    cmocka_unit_test (sim_census_attributes__2022__adds_five_thousand_inclusive_places),
    cmocka_unit_test (sim_service_row__december__schools_are_short_where_the_facts_say_so),
    cmocka_unit_test (sim_tally__month_by_month__never_falls_and_ends_where_the_facts_say),
  };

  return cmocka_run_group_tests (tests, make_cities, free_cities);
}
