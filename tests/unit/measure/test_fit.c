#include "base/error.h"
#include "measure/fit.h"
#include "measure/table.h"
#include "measure/trend.h"
#include "reference.h"
#include "../../support/near.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define PLAN_HEADER "indicator,good,kind,value,baseline_t,deadline_t\n"
#define PANEL_HEADER "indicator,district,school,stratum,t,n,x\n"

static char *folder;

static int
set_up (void **state)
{
  (void)state;
  folder = g_dir_make_tmp ("plumbline-fit-XXXXXX", NULL);
  return folder == NULL;
}

static int
tear_down (void **state)
{
  g_autofree char *plan = g_build_filename (folder, "plan.csv", NULL);
  g_autofree char *panel = g_build_filename (folder, "panel.csv", NULL);

  (void)state;
  g_remove (plan);
  g_remove (panel);
  g_rmdir (folder);
  g_free (folder);
  return 0;
}

/* What fit writes, all looks, or NULL with @error; @unplanned may be NULL. */
static Table *
run_fit (const char *plan, const char *panel, char **unplanned, GError **error)
{
  g_autofree char *plan_path = g_build_filename (folder, "plan.csv", NULL);
  g_autofree char *panel_path = g_build_filename (folder, "panel.csv", NULL);
  const FitOptions options = { .plan_path = plan_path, .panel_path = panel_path, .all_looks = TRUE, .precise = TRUE };
  g_autofree char *left_out = NULL, *text = NULL;
  gsize size = 0;
  FILE *out = open_memstream (&text, &size);
  gboolean ok;

  assert_true (g_file_set_contents (plan_path, plan, -1, NULL));
  assert_true (g_file_set_contents (panel_path, panel, -1, NULL));
  ok = fit_run (&options, out, &left_out, error);
  assert_int_equal (fclose (out), 0);
  if (unplanned != NULL)
    *unplanned = g_steal_pointer (&left_out);
  return ok ? table_parse ("fit", text, size, error) : NULL;
}

static const char *
field (const Table *table, guint row, const char *column)
{
  return ((TableRow *)table->rows->pdata[row])->field[table_column (table, column)];
}

/* --- panels by a rule: what school s of @m examines and finds in stratum l at wave k --------------------------------
 */

typedef struct {
  double n, x;
} Count;

typedef Count (*Rule) (guint s, guint k, guint l);

static Count
usual (guint s, guint k, guint l)
{
  return (Count){ 97 + 3 * s, 31 + 2 * s + (5 * s + 3 * k + l) % 7 };
}

static Count
nobody (guint s, guint k, guint l)
{
  return (Count){ usual (s, k, l).n, 0 };
}

static Count
everybody (guint s, guint k, guint l)
{
  return (Count){ usual (s, k, l).n, usual (s, k, l).n };
}

/* Three of seven in each school, a share that no double holds. */
static Count
three_of_seven (guint s, guint k, guint l)
{
  (void)k;
  (void)l;
  return (Count){ 7 * (13.0 + 2 * s), 3 * (13.0 + 2 * s) };
}

static Count
one_empty (guint s, guint k, guint l)
{
  return s == 2 ? (Count){ 0, 0 } : usual (s, k, l);
}

static Count
one_empty_once (guint s, guint k, guint l)
{
  return s == 2 && k == 1 ? (Count){ 0, 0 } : usual (s, k, l);
}

static Count
last_empty (guint s, guint k, guint l)
{
  return k == 2 ? (Count){ 0, 0 } : usual (s, k, l);
}

static Count
huge (guint s, guint k, guint l)
{
  Count count = usual (s, k, l);

  return (Count){ 1e9 + s, 1e7 * count.x + s };
}

static Count
huge_rare (guint s, guint k, guint l)
{
  return (Count){ 1e9, 1 + (s + k + l) % 3 };
}

static Count
second_vanishes (guint s, guint k, guint l)
{
  return l == 1 && k == 2 ? (Count){ 0, 0 } : usual (s, k, l);
}

static Count
second_appears (guint s, guint k, guint l)
{
  return l == 1 && k == 0 ? (Count){ 0, 0 } : usual (s, k, l);
}

static Count
few_cases (guint s, guint k, guint l)
{
  return (Count){ usual (s, k, l).n, s == 0 };
}

static char *
panel_text (Rule rule, guint schools, guint waves, guint strata)
{
  GString *out = g_string_new (PANEL_HEADER);

  for (guint s = 0; s < schools; s++)
    for (guint k = 0; k < waves; k++)
      for (guint l = 0; l < strata; l++) {
        Count count = rule (s, k, l);

        g_string_append_printf (out, "myopia,210102,s%02u,%c,%g,%.0f,%.0f\n", s, (char)('A' + l), 0.5 * k, count.n,
                                count.x);
      }
  return g_string_free (out, FALSE);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Empty or finite in every column. */
static void
assert_clean (const Table *out, const char *what)
{
  static const char *const numbers[]
      = { "t",       "schools",         "p",        "p_std",     "se",           "low95",
          "high95",  "slope",           "slope_se", "deviation", "deviation_se", "p_value",
          "q_value", "probability_met", "alert" };

  for (guint r = 0; r < out->rows->len; r++)
    for (guint c = 0; c < G_N_ELEMENTS (numbers); c++) {
      const char *text = field (out, r, numbers[c]);
      char *end = NULL;

      if (*text != '\0' && (!isfinite (g_ascii_strtod (text, &end)) || *end != '\0'))
        fail_msg ("%s, row %u, column %s: %s", what, r, numbers[c], text);
      if (strstr (numbers[c], "95") != NULL && *text != '\0'
          && (g_ascii_strtod (text, NULL) < 0 || g_ascii_strtod (text, NULL) > 100))
        fail_msg ("%s, row %u, column %s: %s is no percentage", what, r, numbers[c], text);
    }
}

static void
fit_run__degenerate_panels__cannot_tell_or_a_defined_answer (void **state)
{
  static const struct {
    const char *what;
    Rule rule;
    guint schools, waves, strata;
    guint rows;
    const char *verdict; /* of the last look */
    const char *reason;  /* part of it */
  } cases[] = {
    { "an ordinary one", usual, 8, 3, 2, 2, "off_track", "above the path" },
    { "one school", usual, 1, 3, 1, 2, "cannot_tell", "schools that reported both at the baseline and now: 1" },
    { "one school, strata", usual, 1, 3, 2, 2, "cannot_tell", "now: 1" },
    { "two schools", usual, 2, 3, 1, 2, "cannot_tell", "now: 2" },
    { "one wave", usual, 8, 1, 1, 1, "cannot_tell", "waves with usable data: 1" },
    { "one school, one wave", usual, 1, 1, 1, 1, "cannot_tell", "waves with usable data: 1" },
    { "all zero", nobody, 8, 3, 1, 2, "cannot_tell", "the same share" },
    { "all zero, strata", nobody, 8, 3, 2, 2, "cannot_tell", "fewer than 10 cases" },
    { "all zero, one school", nobody, 1, 3, 1, 2, "cannot_tell", "now: 1" },
    { "all n", everybody, 8, 3, 1, 2, "cannot_tell", "the same share" },
    { "all n, strata", everybody, 8, 3, 2, 2, "cannot_tell", "the same share" },
    { "three of seven in each school", three_of_seven, 8, 3, 1, 2, "cannot_tell", "the same share" },
    { "a school with n = 0", one_empty, 8, 3, 1, 2, "uncertain", "above the path" },
    { "a school with n = 0 in a wave", one_empty_once, 8, 3, 1, 2, "uncertain", "above the path" },
    { "four schools and one with n = 0", one_empty, 5, 3, 1, 2, "cannot_tell", "now: 4" },
    { "n = 0 in the last wave", last_empty, 8, 3, 1, 2, "cannot_tell", "nothing has been reported" },
    { "huge n", huge, 8, 3, 1, 2, "uncertain", "above the path" },
    { "huge n, strata", huge, 8, 3, 2, 2, "off_track", "above the path" },
    { "huge n, hardly a case", huge_rare, 8, 3, 1, 2, "off_track", "above the path" },
    { "a stratum that vanishes", second_vanishes, 8, 3, 2, 2, "cannot_tell", "B" },
    { "a stratum that appears", second_appears, 8, 3, 2, 2, "uncertain", "above the path" },
    { "few cases in strata", few_cases, 8, 3, 2, 2, "cannot_tell", "fewer than 10 cases" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *panel = panel_text (cases[i].rule, cases[i].schools, cases[i].waves, cases[i].strata);
    g_autoptr (GError) error = NULL;
    g_autoptr (Table) out = run_fit (PLAN_HEADER "myopia,down,slope,-1,0,2.5\n", panel, NULL, &error);

    if (out == NULL)
      fail_msg ("%s: %s", cases[i].what, error->message);
    assert_clean (out, cases[i].what);
    if (out->rows->len != cases[i].rows)
      fail_msg ("%s: %u rows", cases[i].what, out->rows->len);
    if (strcmp (field (out, out->rows->len - 1, "verdict"), cases[i].verdict) != 0
        || strstr (field (out, out->rows->len - 1, "reason"), cases[i].reason) == NULL)
      fail_msg ("%s: %s, %s", cases[i].what, field (out, out->rows->len - 1, "verdict"),
                field (out, out->rows->len - 1, "reason"));
  }
}

static void
fit_run__panels_that_make_no_sense__refused_in_words (void **state)
{
  static const struct {
    const char *plan, *rows, *message;
  } cases[] = {
    { "myopia,down,slope,-1,0,2.5\n", "myopia,d,a,,0,10,3\nmyopia,d,a,,0,10,4\n", "stands in line 2 already" },
    { "myopia,down,slope,-1,0,2.5\n", "myopia,d,a,,0,10,11\n", "11 is more than n = 10" },
    { "myopia,down,slope,-1,0,2.5\n", "myopia,d,a,,0,nan,1\n", "'nan' is no number" },
    { "myopia,down,slope,-1,0,2.5\n", "myopia,d,a,,inf,10,1\n", "'inf' is no number" },
    { "myopia,down,slope,-1,0,0\n", "myopia,d,a,,0,10,1\n", "0 is not after baseline_t 0" },
    { "myopia,down,slope,-1,0,2.5\n", "weight,d,a,,0,10,1\n", "plan.csv: add one for weight" },
    { "myopia,down,slope,-1,0,2.5\n", "myopia,d,a,,0,0,0\nmyopia,d,a,,1,0,0\n", "nobody was examined" },
    { "myopia,down,slope,-1,1,2.5\n", "myopia,d,a,,0,10,1\n", "nobody was examined for myopia at 1: write one of 0" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *plan = g_strconcat (PLAN_HEADER, cases[i].plan, NULL);
    g_autofree char *panel = g_strconcat (PANEL_HEADER, cases[i].rows, NULL);
    g_autoptr (GError) error = NULL;

    assert_null (run_fit (plan, panel, NULL, &error));
    assert_int_equal (error->code, PLUMB_ERROR_INPUT);
    if (strstr (error->message, cases[i].message) == NULL)
      fail_msg ("case %u: %s", i, error->message);
  }
}

static void
strata_weights_new__no_weights__refused (void **state)
{
  static const char *const strata[] = { "junior", "primary", "senior" };
  static const struct {
    double share[3];
    const char *message;
  } cases[] = {
    { { 0.3, 0.4, 0.2 }, "they sum to 0.9" },
    { { 0.3, 0.4, 0.31 }, "they sum to 1.01" },
    { { 0, 0, 0 }, "they sum to 0" },
    { { 0.7, 0.5, -0.2 }, "" },
    { { 0.5, 0.5, NAN }, "" },
    { { 0.5, 0.5, INFINITY }, "" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    assert_null (strata_weights_new (strata, cases[i].share, 3, &error));
    assert_int_equal (error->code, PLUMB_ERROR_INPUT);
    assert_non_null (strstr (error->message, cases[i].message));
  }
}

static void
fit_run__an_indicator_without_a_plan__left_out_and_named (void **state)
{
  g_autofree char *one = panel_text (usual, 8, 3, 1);
  g_autoptr (GString) panel = g_string_new (one);
  g_autofree char *unplanned = NULL;
  g_autoptr (Table) out = NULL;

  (void)state;
  g_string_append (panel, "weight,210102,s00,A,0,10,1\nobesity,210102,s00,A,0,10,1\nobesity,210102,s00,A,1,10,1\n");
  out = run_fit (PLAN_HEADER "myopia,down,slope,-1,0,2.5\n", panel->str, &unplanned, NULL);
  assert_non_null (out);
  assert_int_equal (out->rows->len, 2);
  assert_string_equal (unplanned, "obesity, weight");
}

/* One stream and two looks a year: the budget of one flag a year would call p < 0.5 drift. The district goes off its
 * path, more with every plan. */
static void
fit_run__one_stream__the_level_has_a_ceiling (void **state)
{
  g_autofree char *panel = panel_text (usual, 8, 3, 1);
  double p = 0;

  (void)state;
  for (guint i = 0; i < 40; i++) {
    g_autofree char *plan = g_strdup_printf (PLAN_HEADER "myopia,down,slope,%.2f,0,2.5\n", -0.25 * i);
    g_autoptr (Table) out = run_fit (plan, panel, NULL, NULL);

    assert_non_null (out);
    for (guint r = 0; r < out->rows->len; r++) {
      p = g_ascii_strtod (field (out, r, "p_value"), NULL);
      assert_int_equal (atoi (field (out, r, "alert")), p < 0.05);
    }
  }
  assert_true (p < 0.05); /* the last plan is steep enough to show both sides of the level */
}

/* National myopia of 2020 and 2022: each stage rises, the official total falls, for more pupils are in primary schools.
   Pupils by stage are chosen so that the three stages make the official totals; the six-year-olds are left out. */
#define STAGES 3
static const char *const stages[STAGES] = { "primary", "junior", "senior" };

static char *
simpson_panel (const Table *official)
{
  GString *out = g_string_new (PANEL_HEADER);

  for (guint k = 0; k < 2; k++) {
    double rate[STAGES], share[STAGES] = { 0, 0.28, 0 }, total = reference_number (official, k + 1, "total");

    for (guint l = 0; l < STAGES; l++)
      rate[l] = reference_number (official, k + 1, stages[l]);
    share[2] = (total - share[1] * rate[1] - (1 - share[1]) * rate[0]) / (rate[2] - rate[0]);
    share[0] = 1 - share[1] - share[2];
    for (guint s = 0; s < 24; s++) {
      guint l = s % STAGES;
      double n = nearbyint (1e5 * share[l] * (1 + 0.03 * (s / STAGES)));
      double x = nearbyint (n * (rate[l] / 100 + 0.002 * ((s / STAGES) % 2 == 0 ? 1 : -1)));

      g_string_append_printf (out, "all,city,s%02u,%s,%u,%.0f,%.0f\n", s, stages[l], 2 * k, n, x);
      g_string_append_printf (out, "%s,city,s%02u,%s,%u,%.0f,%.0f\n", stages[l], s, stages[l], 2 * k, n, x);
    }
  }
  return g_string_free (out, FALSE);
}

static void
fit_run__reference_10d__rises_in_every_stage_though_the_total_falls (void **state)
{
  g_autoptr (Table) official = reference_read ("10d_national_myopia_official_simpson.csv");
  g_autofree char *panel = simpson_panel (official);
  g_autoptr (GError) error = NULL;
  g_autoptr (Table) out = run_fit (PLAN_HEADER "all,down,slope,-0.5,0,3\nprimary,down,slope,-0.5,0,3\n"
                                               "junior,down,slope,-0.5,0,3\nsenior,down,slope,-0.5,0,3\n",
                                   panel, NULL, &error);

  (void)state;
  assert_non_null (out);
  assert_int_equal (out->rows->len, 1 + STAGES);
  for (guint r = 0; r < out->rows->len; r++) {
    double p = g_ascii_strtod (field (out, r, "p"), NULL), slope = g_ascii_strtod (field (out, r, "slope"), NULL);

    if (strcmp (field (out, r, "indicator"), "all") == 0) {
      assert_true (fabs (p - reference_number (official, 2, "total")) < 0.03);
      assert_true (p < reference_number (official, 1, "total") - 0.5); /* the total falls */
    } else {
      assert_true (fabs (p - reference_number (official, 2, field (out, r, "indicator"))) < 0.03);
    }
    assert_true (slope > 0); /* standardised, and in each stage, it rises */
    assert_string_equal (field (out, r, "verdict"), "worsening");
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (fit_run__degenerate_panels__cannot_tell_or_a_defined_answer),
    cmocka_unit_test (fit_run__panels_that_make_no_sense__refused_in_words),
    cmocka_unit_test (strata_weights_new__no_weights__refused),
    cmocka_unit_test (fit_run__an_indicator_without_a_plan__left_out_and_named),
    cmocka_unit_test (fit_run__reference_10d__rises_in_every_stage_though_the_total_falls),
    cmocka_unit_test (fit_run__one_stream__the_level_has_a_ceiling),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
