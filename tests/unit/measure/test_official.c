#include "measure/path.h"
#include "measure/verdict.h"
#include "reference.h"
#include "../../support/near.h"

/* Row of a case and quantity in 18_progress_methods_worked.csv. */
static guint
find_row (const Table *table, const char *id, const char *quantity)
{
  for (guint r = 0; r < table->rows->len; r++)
    if (strcmp (reference_text (table, r, "id"), id) == 0
        && strcmp (reference_text (table, r, "quantity"), quantity) == 0)
      return r;
  fail_msg ("no row %s, %s", id, quantity);
  return 0;
}

/* The number that follows "@name=" in the inputs of a row. */
static double
input (const Table *table, guint row, const char *name)
{
  g_autofree char *key = g_strdup_printf ("%s=", name);
  g_auto (GStrv) parts = g_strsplit (reference_text (table, row, "inputs"), ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_str_has_prefix (parts[i], key))
      return g_ascii_strtod (parts[i] + strlen (key), NULL);
  fail_msg ("row %u has no input %s", row, name);
  return 0;
}

/* Eurostat's ratio of achieved to required compound growth, as open-sdg works it. */
static void
official_class__reference_18_e__ratio_and_class (void **state)
{
  static const char *const ids[] = { "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8" };
  g_autoptr (Table) table = reference_read ("18_progress_methods_worked.csv");
  VerdictThresholds thresholds = verdict_thresholds_default ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint r = find_row (table, ids[i], "ratio");
    double ratio;
    const char *class = official_class (input (table, r, "y0"), input (table, r, "yi"), input (table, r, "yT"),
                                        input (table, r, "t0"), input (table, r, "ti"), input (table, r, "tT"),
                                        input (table, r, "dir") > 0, &thresholds, &ratio);

    assert_double_near (ratio, reference_number (table, r, "value"), 1e-12);
    assert_true (g_str_has_prefix (reference_text (table, r, "class"), class));
  }
}

/* The United Nations' CR of 2022 is the same ratio. */
static void
official_class__reference_18_c__ratio (void **state)
{
  static const char *const ids[] = { "C1", "C2", "C3" };
  g_autoptr (Table) table = reference_read ("18_progress_methods_worked.csv");
  VerdictThresholds thresholds = verdict_thresholds_default ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint r = find_row (table, ids[i], "CR");
    double ratio;

    official_class (input (table, r, "vb"), input (table, r, "vt"), input (table, r, "vT"), input (table, r, "b"),
                    input (table, r, "t"), input (table, r, "T"), FALSE, &thresholds, &ratio);
    assert_double_near (ratio, reference_number (table, r, "value"), 1e-12);
  }
}

/* Overweight of 6.6 % in 2002 and 19 % in 2017; what a cut of the growth allows a year, and by 2030 from 20.5 in 2020.
 */
static void
path_growth__reference_18_z__both_readings (void **state)
{
  static const struct {
    const char *id;
    double cut;
  } cases[] = { { "Z60", 0.6 }, { "Z70", 0.7 }, { "Z80", 0.8 } };
  g_autoptr (Table) table = reference_read ("18_progress_methods_worked.csv");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    double points = path_growth (6.6, 19, 15, cases[i].cut, FALSE, 1) - 19;
    double rate = path_growth (6.6, 19, 15, cases[i].cut, TRUE, 1) / 19 - 1;
    guint first = find_row (table, cases[i].id, "allowed pp per year");
    guint path = find_row (table, cases[i].id, "allowed p2030"); /* arithmetic first */

    assert_double_near (points, reference_number (table, first, "value"), 1e-12);
    assert_double_near (20.5 + 10 * points, reference_number (table, path, "value"), 1e-12);
    assert_double_near (100 * rate, reference_number (table, find_row (table, cases[i].id, "allowed %/yr"), "value"),
                        1e-12);
    assert_string_equal (reference_text (table, path + 2, "method"), "geometric path");
    assert_double_near (20.5 * pow (1 + rate, 10), reference_number (table, path + 2, "value"), 1e-12);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (official_class__reference_18_e__ratio_and_class),
    cmocka_unit_test (official_class__reference_18_c__ratio),
    cmocka_unit_test (path_growth__reference_18_z__both_readings),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
