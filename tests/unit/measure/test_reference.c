#include "measure/drift.h"
#include "measure/distribution.h"
#include "measure/funnel.h"
#include "measure/path.h"
#include "measure/tendency.h"
#include "measure/verdict.h"
#include "reference.h"
#include "../../support/near.h"

#define MAX_P 64

/* --- every figure has a test or a reason -------------------------------------------------------------------------- */

/* Whether @test, written "program: function", is there. */
static gboolean
test_exists (const char *test)
{
  g_auto (GStrv) parts = g_strsplit (test, ": ", 2);
  g_autofree char *folder = g_path_get_dirname (__FILE__);
  g_autofree char *name = g_strdup_printf ("%s.c", parts[0]), *path = g_build_filename (folder, name, NULL);
  g_autofree char *call = g_strdup_printf ("cmocka_unit_test (%s)", parts[1]), *source = NULL;

  return parts[1] != NULL && g_file_get_contents (path, &source, NULL, NULL) && strstr (source, call) != NULL;
}

static gboolean
is_listed (const Table *list, const char *file)
{
  for (guint i = 0; i < list->rows->len; i++)
    if (g_pattern_match_simple (reference_text (list, i, "file"), file))
      return TRUE;
  return FALSE;
}

static void
check_folder (const Table *list, const char *name)
{
  g_autofree char *here = g_path_get_dirname (__FILE__), *path = g_build_filename (here, "reference", name, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *entry;

  while ((entry = g_dir_read_name (folder)) != NULL) {
    g_autofree char *file = g_strconcat (name, entry, NULL);

    if (g_str_has_suffix (file, ".csv") && strcmp (file, "list.csv") != 0 && !is_listed (list, file))
      fail_msg ("list.csv says nothing of %s", file);
  }
}

static void
list__every_figure__a_test_that_exists_or_a_reason (void **state)
{
  g_autoptr (Table) list = reference_read ("list.csv");

  (void)state;
  for (guint i = 0; i < list->rows->len; i++) {
    const char *file = reference_text (list, i, "file"), *test = reference_text (list, i, "test");

    if (*test == '\0')
      assert_true (strlen (reference_text (list, i, "tolerance or reason")) > 20);
    else if (!test_exists (test))
      fail_msg ("%s: no test %s", file, test);
    assert_true (*reference_text (list, i, "figures") != '\0' && *reference_text (list, i, "source") != '\0');
  }
  check_folder (list, "");
  check_folder (list, "nist/");
}

/* --- 08, 10, 11 --------------------------------------------------------------------------------------------------- */

static void
drift_fdr__reference_08__benjamini_hochberg (void **state)
{
  g_autoptr (Table) t = reference_read ("08_p_adjust.csv");

  (void)state;
  for (guint from = 0, to; from < t->rows->len; from = to) {
    double p[MAX_P], q[MAX_P];

    for (to = from; to < t->rows->len && strcmp (reference_text (t, to, "set"), reference_text (t, from, "set")) == 0;
         to++)
      p[to - from] = reference_number (t, to, "p");
    drift_fdr (p, to - from, q);
    for (guint i = from; i < to; i++)
      assert_double_near (q[i - from], reference_number (t, i, "BH"), 1e-12);
  }
}

/* The q of the districts of 15, among whom one has none. */
static void
drift_fdr__reference_15__q_of_districts (void **state)
{
  static const char *const both[] = { "FALSE", "TRUE" };
  g_autoptr (Table) t = reference_read ("15_recommended_estimator_expected.csv");

  (void)state;
  for (guint which = 0; which < 2; which++) {
    double p[MAX_P], q[MAX_P];
    guint row[MAX_P], n = 0;

    for (guint i = 0; i < t->rows->len; i++)
      if (strcmp (reference_text (t, i, "standardised"), both[which]) == 0) {
        row[n] = i;
        p[n++] = reference_number (t, i, "p_one_sided_off_track");
      }
    p[n] = NAN;
    drift_fdr (p, n + 1, q);
    for (guint i = 0; i < n; i++)
      assert_double_near (q[i], reference_number (t, row[i], "BH_q"), 1e-12);
    assert_true (n > 0 && isnan (q[n]));
  }
}

/* One school a stratum, so that the strata's rates are what is given. */
static void
trend__reference_10__directly_standardised (void **state)
{
  g_autoptr (Table) t = reference_read ("10b_dsr_strata_data.csv"),
                    expected = reference_read ("10c_dsr_strata_expected.csv");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint L = t->rows->len;
  g_autofree PanelRow *rows = g_new0 (PanelRow, L);
  g_autofree double *share = g_new0 (double, L);
  g_autoptr (Panel) panel = NULL;
  g_autoptr (StrataWeights) weights = NULL;
  g_autoptr (Trend) trend = NULL;
  double all = 0;

  (void)state;
  for (guint l = 0; l < L; l++)
    all += reference_number (t, l, "std");
  for (guint l = 0; l < L; l++) {
    char *name = g_strdup_printf ("%s/%s", reference_text (t, l, "stratum"), reference_text (t, l, "sex"));

    g_ptr_array_add (names, name);
    share[l] = reference_number (t, l, "std") / all;
    rows[l] = (PanelRow){ name, name, 0, reference_number (t, l, "n"), reference_number (t, l, "x") };
  }
  panel = panel_new (rows, L, NULL);
  weights = strata_weights_new ((const char *const *)(gpointer)names->pdata, share, L, NULL);
  trend = trend_new (panel, weights, 0, 10);
  assert_double_near (trend->x[0] / trend->n[0], reference_number (expected, 0, "crude"), 1e-12);
  assert_double_near (trend->p[0], reference_number (expected, 0, "dsr"), 1e-12);
}

/* Without overdispersion, limits on the arcsine scale keep to the exact binomial ones as far as a normal approximation
 * can: within 1.6 / sqrt (n min (p, 1 - p)) standard deviations. */
static void
funnel_limits__reference_11__beside_exact_binomial_limits (void **state)
{
  g_autoptr (Table) t = reference_read ("11_funnel_limits.csv");
  guint compared = 0;

  (void)state;
  for (guint i = 0; i < t->rows->len; i++) {
    double p = reference_number (t, i, "p0"), n = reference_number (t, i, "n"), rarer = fmin (p, 1 - p);
    double near = 1.6 / sqrt (n * rarer) * sqrt (p * (1 - p) / n), low, high;
    Funnel funnel = { .target = p };

    if (n < 200)
      continue;
    compared++;
    funnel_limits (&funnel, n, normal_quantile (0.975), &low, &high);
    assert_true (fabs (low - reference_number (t, i, "sp_lo95")) < near);
    assert_true (fabs (high - reference_number (t, i, "sp_hi95")) < near);
    funnel_limits (&funnel, n, normal_quantile (0.999), &low, &high);
    assert_true (fabs (low - reference_number (t, i, "sp_lo998")) < near);
    assert_true (fabs (high - reference_number (t, i, "sp_hi998")) < near);
  }
  assert_int_equal (compared, 25);
}

/* --- 18: what official methods take as given -----------------------------------------------------------------------
 */

/* Where @key stands in the inputs of @row, the number behind it. */
static double
input_after (const Table *t, guint row, const char *key)
{
  const char *at = strstr (reference_text (t, row, "inputs"), key);

  if (at == NULL)
    fail_msg ("row %u has no input %s", row, key);
  return g_ascii_strtod (at + strlen (key), NULL);
}

static guint
row_of (const Table *t, const char *id, const char *quantity)
{
  for (guint i = 0; i < t->rows->len; i++)
    if (strcmp (reference_text (t, i, "id"), id) == 0 && strcmp (reference_text (t, i, "quantity"), quantity) == 0)
      return i;
  fail_msg ("no row %s, %s", id, quantity);
  return 0;
}

static guint
list_after (const Table *t, guint row, const char *key, double out[])
{
  const char *at = strstr (reference_text (t, row, "inputs"), key);
  g_autofree char *word = g_strndup (at + strlen (key), strcspn (at + strlen (key), " "));
  g_auto (GStrv) parts = g_strsplit (word, ";", -1);
  guint n = 0;

  for (; parts[n] != NULL; n++)
    out[n] = g_ascii_strtod (parts[n], NULL);
  return n;
}

/* The yearly rate of reduction is the average annual change with its sign turned; the source takes prevalences in
 * tenths, half up, and rounds what comes out. */
static void
tendency_of__reference_18_a__rate_of_reduction (void **state)
{
  static const char *const ids[] = { "A1", "A2", "A3", "A4", "A5" };
  static const struct {
    const char *id, *quantity;
    double slope;
  } slopes[] = { { "A6", "1-exp(-0.06613) in %", 0.06613 }, { "A7", "1-exp(-0.0669) in %", 0.0669 } };
  g_autoptr (Table) table = reference_read ("18_progress_methods_worked.csv");
  double t[MAX_P], y[MAX_P];
  Tendency out;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint row = row_of (table, ids[i], "current_AARR"), n = list_after (table, row, "years=", t);
    guint ahead = row_of (table, ids[i], "projected_at_target_year");

    assert_int_equal (list_after (table, row, "p=", y), n);
    for (guint k = 0; k < n; k++)
      y[k] = floor (10 * y[k] + 0.5) / 10;
    tendency_of (t, y, n, &out);
    assert_true (fabs (-out.change - reference_number (table, row, "value")) < 0.0051);
    assert_true (fabs (y[0] * pow (1 + out.change / 100, input_after (table, row, "by=") - t[0])
                       - reference_number (table, ahead, "value"))
                 < 0.051);
  }
  for (guint i = 0; i < G_N_ELEMENTS (slopes); i++) {
    for (guint k = 0; k < 8; k++) {
      t[k] = k;
      y[k] = 30 * exp (-slopes[i].slope * k);
    }
    tendency_of (t, y, 8, &out);
    assert_double_near (-out.change,
                        reference_number (table, row_of (table, slopes[i].id, slopes[i].quantity), "value"), 1e-12);
  }
}

/* The progress chart's share of the way that will be covered by the deadline follows from the ratio of growth rates. */
static void
official_class__reference_18_u__share_of_the_way (void **state)
{
  static const char *const ids[] = { "U1", "U2", "U3", "U4" };
  g_autoptr (Table) t = reference_read ("18_progress_methods_worked.csv");
  VerdictThresholds thresholds = verdict_thresholds_default ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint r = row_of (t, ids[i], "(v_exp-vb)/(vT-vb)");
    double base = input_after (t, r, "vb="), target = input_after (t, r, "vT=");
    double from = input_after (t, r, ",b="), years = input_after (t, r, ",T=") - from, ratio, rate;

    official_class (base, input_after (t, r, "vt="), target, from, input_after (t, r, ",t="), from + years,
                    target > base, &thresholds, &ratio);
    rate = 1 + ratio * (pow (target / base, 1 / years) - 1);
    assert_double_near ((base * pow (rate, years) - base) / (target - base), reference_number (t, r, "value"), 1e-12);
  }
}

/* Two surveys of different people are two waves without a covariance. */
static void
trend_contrast__reference_18_h__z_of_unpaired_waves (void **state)
{
  static const char *const ids[] = { "H1", "H2", "H5" };
  g_autoptr (Table) t = reference_read ("18_progress_methods_worked.csv");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint r = row_of (t, ids[i], "z");
    const char *second = strstr (reference_text (t, r, "inputs"), "latest=");
    double se0 = input_after (t, r, "(se "), se1 = g_ascii_strtod (strstr (second, "(se ") + 4, NULL);
    double p[] = { input_after (t, r, "baseline=") / 100, input_after (t, r, "latest=") / 100 };
    double V[] = { se0 * se0 / 1e4, 0, 0, se1 * se1 / 1e4 };
    Trend trend = { .K = 2, .p = p, .V = V, .df = 60 };
    Contrast change = trend_change (&trend, 0, 1);

    assert_double_near (change.value / change.se, reference_number (t, r, "value"), 1e-12);
  }
}

/* Half a point a year from 53.6 in 2018 is 52.6 in 2020: 52.7 is short of it by a tenth. */
static void
path_at__reference_18_m__half_a_point_a_year (void **state)
{
  g_autoptr (Table) table = reference_read ("18_progress_methods_worked.csv");
  double t[] = { 2018, 2020 }, p[] = { 0.536, 0.527 }, V[4] = { 0 };
  Trend trend = { .K = 2, .t = t, .p = p, .V = V, .df = 9 };
  JudgeTarget target
      = { .kind = JUDGE_SLOPE, .value = -0.5, .baseline_t = 2018, .deadline_t = 2023, .baseline_pct = NAN };
  double change = reference_number (table, row_of (table, "M1", "total change pp"), "value");
  g_auto (PathPoint) path = { 0 };

  (void)state;
  path_at (&target, &trend, 2020, &path);
  assert_double_near (100 * trend_change (&trend, 0, 1).value, change, 1e-12);
  assert_double_near (100 * path.value, 52.6, 1e-12);
  assert_double_near (change / (100 * (path.value - p[0])), 0.9, 1e-12);
}

/* What was observed from 20.5 to 21.2 is what a cut by that share would have allowed. */
static void
path_growth__reference_18_zo__cut_that_was_reached (void **state)
{
  g_autoptr (Table) t = reference_read ("18_progress_methods_worked.csv");
  double cut = reference_number (t, row_of (t, "Zo", "reduction achieved vs baseline increment"), "value");

  (void)state;
  assert_double_near (path_growth (6.6, 19, 15, cut, FALSE, 3) - 19, 21.2 - 20.5, 1e-12);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (list__every_figure__a_test_that_exists_or_a_reason),
    cmocka_unit_test (drift_fdr__reference_08__benjamini_hochberg),
    cmocka_unit_test (drift_fdr__reference_15__q_of_districts),
    cmocka_unit_test (trend__reference_10__directly_standardised),
    cmocka_unit_test (funnel_limits__reference_11__beside_exact_binomial_limits),
    cmocka_unit_test (tendency_of__reference_18_a__rate_of_reduction),
    cmocka_unit_test (official_class__reference_18_u__share_of_the_way),
    cmocka_unit_test (trend_contrast__reference_18_h__z_of_unpaired_waves),
    cmocka_unit_test (path_at__reference_18_m__half_a_point_a_year),
    cmocka_unit_test (path_growth__reference_18_zo__cut_that_was_reached),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
