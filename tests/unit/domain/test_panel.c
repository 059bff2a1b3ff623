#include "base/error.h"
#include "domain/panel.h"
#include "../../support/near.h"

#include <string.h>

static void
panel_new__rows_in_any_order__sorted_and_added (void **state)
{
  static const PanelRow rows[] = {
    { "s2", "P2", 2022.75, 40, 11 }, { "s1", "P1", 2022.25, 30, 7 }, { "s1", "P2", 2021.75, 25, 25 },
    { "s2", "P2", 2022.75, 2, 1 },   { "s2", "P1", 2021.75, 13, 0 },
  };
  g_autoptr (Panel) panel = panel_new (rows, G_N_ELEMENTS (rows), NULL);

  (void)state;
  assert_int_equal (panel->K, 3);
  assert_int_equal (panel->m, 2);
  assert_int_equal (panel->L, 2);
  assert_string_equal (panel->school->pdata[0], "s1");
  assert_string_equal (panel->strata->pdata[1], "P2");
  assert_double_near (panel->t[0], 2021.75, 0);
  assert_double_near (panel->t[2], 2022.75, 0);
  assert_double_near (panel_n (panel, 1, 2, 1), 42, 0);
  assert_double_near (panel_x (panel, 1, 2, 1), 12, 0);
  assert_double_near (panel_n (panel, 0, 1, 0), 30, 0);
  assert_double_near (panel_n (panel, 0, 1, 1), 0, 0);
}

static void
panel_new__no_rows__empty_panel (void **state)
{
  g_autoptr (Panel) panel = panel_new (NULL, 0, NULL);

  (void)state;
  assert_non_null (panel);
  assert_int_equal (panel->K + panel->m + panel->L, 0);
}

static void
panel_new__counts_that_are_none__refused_by_school (void **state)
{
  static const PanelRow bad[] = {
    { "s7", "P1", 1, 10, 11 },  { "s7", "P1", 1, -1, -1 },       { "s7", "P1", 1, 10.5, 3 },
    { "s7", "P1", 1, 10, 2.5 }, { "s7", "P1", 1, NAN, 2 },       { "s7", "P1", 1, 10, NAN },
    { "s7", "P1", NAN, 10, 2 }, { "s7", "P1", INFINITY, 10, 2 }, { "s7", "P1", 1, 1e17, 2 },
    { "s7", "P1", 1, 10, -3 },  { "s7", "P1", 1, INFINITY, 2 },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Panel) panel = panel_new (&bad[i], 1, &error);

    assert_null (panel);
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_INPUT));
    assert_non_null (strstr (error->message, "s7"));
  }
}

static void
panel_new__counts_beyond_a_double__refused (void **state)
{
  static const PanelRow rows[] = { { "s1", "P1", 1, 9007199254740992.0, 0 }, { "s1", "P1", 1, 9007199254740992.0, 0 } };
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_null (panel_new (rows, 2, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_INPUT));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (panel_new__rows_in_any_order__sorted_and_added),
    cmocka_unit_test (panel_new__no_rows__empty_panel),
    cmocka_unit_test (panel_new__counts_that_are_none__refused_by_school),
    cmocka_unit_test (panel_new__counts_beyond_a_double__refused),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
