#include "measure/league.h"
#include "reference.h"
#include "../../support/near.h"

#define DISTRICTS 13

static void
league_of__reference_03d__drawn_towards_the_mean (void **state)
{
  g_autoptr (Table) t = reference_read ("03d_district_slope_DL_blup.csv");
  double y[DISTRICTS], se[DISTRICTS], lowest = 0, highest = 0, ranks = 0;
  g_auto (League) league = { 0 };

  (void)state;
  for (guint i = 0; i < DISTRICTS; i++) {
    y[i] = reference_number (t, i, "yi");
    se[i] = reference_number (t, i, "se");
  }
  assert_int_equal (t->rows->len, DISTRICTS);
  assert_true (league_of (y, se, DISTRICTS, &league));
  for (guint i = 0; i < DISTRICTS; i++) {
    const LeagueRow *row = &league.row[i];

    assert_double_near (row->share, reference_number (t, i, "shrink_weight_B"), 1e-12);
    assert_double_near (row->value, reference_number (t, i, "blup"), 1e-11);
    assert_double_near (row->se, reference_number (t, i, "blup_se"), 1e-12);
    lowest += row->lowest;
    highest += row->highest;
    ranks += row->rank;
  }
  assert_double_near (lowest, 1, 1e-9);
  assert_double_near (highest, 1, 1e-9);
  assert_double_near (ranks, DISTRICTS * (DISTRICTS + 1) / 2.0, 1e-12);
}

/* Values that mirror each other have mirrored chances, and the mean stays in the middle. */
static void
league_of__symmetric__equal_chances (void **state)
{
  static const double y[] = { 3, 3, -1, 7 }, se[] = { 0.7, 0.7, 0.7, 0.7 };
  g_auto (League) league = { 0 };

  (void)state;
  assert_true (league_of (y, se, G_N_ELEMENTS (y), &league));
  assert_double_near (league.mean, 3, 1e-15);
  assert_double_near (league.row[0].lowest, league.row[1].lowest, 1e-12);
  assert_double_near (league.row[2].lowest, league.row[3].highest, 1e-9);
  assert_double_near (league.row[0].rank, 2.5, 1e-12);
  assert_double_near (league.row[2].rank + league.row[3].rank, 5, 1e-12);
  assert_true (league.row[2].lowest > 0.99 && league.row[2].highest < 1e-3);
}

static void
league_of__nothing_but_chance__nobody_ranked (void **state)
{
  static const double y[] = { 3.1, 3, 2.9 }, se[] = { 0.7, 0.9, 1.1 };
  g_auto (League) league = { 0 };

  (void)state;
  assert_true (league_of (y, se, G_N_ELEMENTS (y), &league));
  assert_double_near (league.tau2, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (y); i++) {
    assert_double_near (league.row[i].value, league.mean, 0);
    assert_double_near (league.row[i].lowest, 1 / 3.0, 1e-15);
    assert_double_near (league.row[i].rank, 2, 0);
  }
}

static void
league_of__degenerate__refused_or_finite (void **state)
{
  static const double y[] = { 1, 2, NAN }, far[] = { 1, 2, 900 }, se[] = { 0.3, 0.2, 0 }, tiny[] = { 1e-6, 0.2, 50 };
  g_auto (League) league = { 0 };
  double lowest = 0;

  (void)state;
  assert_false (league_of (far, tiny, LEAGUE_MIN_DISTRICTS - 1, &league));
  assert_false (league_of (y, tiny, 3, &league));
  assert_false (league_of (far, se, 3, &league));
  assert_true (league_of (far, tiny, 3, &league));
  for (guint i = 0; i < 3; i++) {
    assert_true (isfinite (league.row[i].value) && isfinite (league.row[i].rank));
    assert_true (league.row[i].lowest >= 0 && league.row[i].lowest <= 1 + 1e-9);
    lowest += league.row[i].lowest;
  }
  assert_double_near (lowest, 1, 1e-6);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (league_of__reference_03d__drawn_towards_the_mean),
    cmocka_unit_test (league_of__symmetric__equal_chances),
    cmocka_unit_test (league_of__nothing_but_chance__nobody_ranked),
    cmocka_unit_test (league_of__degenerate__refused_or_finite),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
