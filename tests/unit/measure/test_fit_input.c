/* What a person writes for fit: each mistake is refused with the line, the column and what to write instead. */
#include "measure/fit_input.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PLAN "indicator,good,kind,value,baseline_t,deadline_t"
#define GROWTH PLAN ",growth_from_t"
#define BASED GROWTH ",increment_basis"
#define PANEL "indicator,district,school,stratum,t,n,x\n"
#define USUAL_PLAN PLAN "\nmyopia,down,slope,-1,0,2.5\n"
#define USUAL_PANEL PANEL "myopia,d,a,,0,10,3\nmyopia,d,a,,1,10,3\n"

static char *folder, *plan_path, *panel_path;

static FitInput *
read_texts (const char *plan, gssize plan_length, const char *panel, GError **error)
{
  assert_true (g_file_set_contents (plan_path, plan, plan_length, NULL));
  assert_true (g_file_set_contents (panel_path, panel, -1, NULL));
  return fit_input_read (plan_path, panel_path, error);
}

static void
fit_input_read__a_mistake__line_column_and_what_to_write (void **state)
{
  static const struct {
    const char *plan, *panel, *message;
  } cases[] = {
    /* the table */
    { "", USUAL_PANEL, "plan.csv, line 1: the file is empty: the first line names the columns" },
    { "indicator,good,kind,,value\n", USUAL_PANEL, "line 1: column 4 of the header has no name" },
    { "indicator,good,kind,good\n", USUAL_PANEL, "line 1: column 4: the header names good twice" },
    { PLAN "\n\nmyopia,down\n", USUAL_PANEL, "line 3: 2 fields, but the header has 6 columns" },
    { PLAN "\nmyopia,\"down\n", USUAL_PANEL, "line 2: a quote is left open" },
    { PLAN "\nmyopia,\"do\"wn\"\n", USUAL_PANEL, "line 2: error parsing data while strict checking enabled: double" },
    { PLAN "\n\nmyo\xff\n", USUAL_PANEL, "line 3: not UTF-8 from byte 53 on: save the file as UTF-8" },
    /* the plan */
    { "indicator,good,value\n", USUAL_PANEL, "line 1: column kind is missing; found indicator, good, value" },
    { PLAN "\n,down,slope,-1,0,2.5\n", USUAL_PANEL, "line 2, column indicator: empty" },
    { PLAN "\nmyopia,sideways,slope,-1,0,2.5\n", USUAL_PANEL, "column good: 'sideways' is none of up, down" },
    { PLAN "\nmyopia,down,steep,-1,0,2.5\n", USUAL_PANEL, "column kind: 'steep' is none of level, change, slope, " },
    { PLAN "\nmyopia,down,slope,1%,0,2.5\n", USUAL_PANEL, "column value: '1%' is no number" },
    { PLAN "\nmyopia,down,slope,,0,2.5\n", USUAL_PANEL, "column value: '' is no number" },
    { PLAN "\nmyopia,down,slope,0x10,0,2.5\n", USUAL_PANEL, "column value: '0x10' is no number" },
    { PLAN "\nmyopia,down,slope,1e999,0,2.5\n", USUAL_PANEL, "column value: '1e999' is no number" },
    { PLAN "\nmyopia,down,slope,-1,then,2.5\n", USUAL_PANEL, "column baseline_t: 'then' is no number" },
    { PLAN "\nmyopia,down,slope,-1,-1e7,2.5\n", USUAL_PANEL, "column baseline_t: -1e7 is no time in years" },
    { PLAN "\nmyopia,down,slope,-1,0,20231\n,", USUAL_PANEL, "line 3: 2 fields" },
    { PLAN "\nmyopia,down,slope,-1,0,1e7\n", USUAL_PANEL, "column deadline_t: 1e7 is no time in years" },
    { PLAN "\nmyopia,down,change,-101,0,2.5\n", USUAL_PANEL, "column value: -101 is out of range" },
    { PLAN "\nmyopia,down,level,-1,0,2.5\n", USUAL_PANEL, "column value: -1 is out of range" },
    { GROWTH "\nmyopia,down,growth_cut,-1,1,2.5,0\n", USUAL_PANEL, "column value: -1 is out of range" },
    { PLAN "\nmyopia,down,slope,-1,1,1\n", USUAL_PANEL, "column deadline_t: 1 is not after baseline_t 1" },
    { USUAL_PLAN "myopia,down,slope,-1,0,2.5\n", USUAL_PANEL, "line 3, column indicator: myopia stands in line 2" },
    { PLAN "\nmyopia,down,growth_cut,70,1,2.5\n", USUAL_PANEL, "column kind: growth_cut needs a column growth_from_t" },
    { GROWTH "\nmyopia,down,growth_cut,70,1,2.5,early\n", USUAL_PANEL, "column growth_from_t: 'early' is no number" },
    { GROWTH "\nmyopia,down,growth_cut,70,1,2.5,1\n", USUAL_PANEL, "column growth_from_t: 1 is not before baseline_t" },
    { BASED "\nmyopia,down,growth_cut,70,1,2.5,0,harmonic\n", USUAL_PANEL, "'harmonic' is none of arithmetic, geo" },
    { GROWTH "\nmyopia,down,growth_cut,70,1,2.5,0.5\n", USUAL_PANEL, "column growth_from_t: nobody was examined for" },
    { PLAN "\nmyopia,down,slope,-1,0.5,2.5\n", USUAL_PANEL,
      "nobody was examined for myopia at 0.5: write one of 0, 1" },
    /* the panel */
    { USUAL_PLAN, "", "panel.csv, line 1: the file is empty" },
    { USUAL_PLAN, "indicator,district,school,t,n,x\n", "line 1: column stratum is missing" },
    { USUAL_PLAN, PANEL ",d,a,,0,10,3\n", "line 2, column indicator: empty" },
    { USUAL_PLAN, PANEL "myopia,,a,,0,10,3\n", "line 2, column district: empty" },
    { USUAL_PLAN, PANEL "myopia,d,,,0,10,3\n", "line 2, column school: empty" },
    { USUAL_PLAN, PANEL "myopia,d,a,,1e7,10,3\n", "line 2, column t: 1e7 is no time in years" },
    { USUAL_PLAN, PANEL "myopia,d,a,,0,-1,3\n", "line 2, column n: '-1' is no count" },
    { USUAL_PLAN, PANEL "myopia,d,a,,0,1e16,3\n", "line 2, column n: '1e16' is no count" },
    { USUAL_PLAN, PANEL "myopia,d,a,,0,10,2.5\n", "line 2, column x: '2.5' is no count" },
    { USUAL_PLAN, PANEL "myopia,d,a,,0,10,\n", "line 2, column x: '' is no number" },
    { USUAL_PLAN, PANEL "myopia,d,a,,0,10,3\nmyopia,d,a,,0,10,3\n", "school a, stratum '' at t = 0 stands in line 2" },
    { USUAL_PLAN, PANEL "weight,d,a,,0,10,3\nobese,d,a,,0,10,3\n", "no indicator has a row in" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (FitInput) input = read_texts (cases[i].plan, -1, cases[i].panel, &error);

    if (input != NULL)
      fail_msg ("case %u is taken: %s", i, cases[i].message);
    assert_int_equal (error->code, PLUMB_ERROR_INPUT);
    if (strstr (error->message, cases[i].message) == NULL)
      fail_msg ("case %u: %s, not %s", i, error->message, cases[i].message);
  }
}

/* A field without end, more columns than a table can have, a byte that text does not have. */
static void
fit_input_read__a_table_beyond_its_limits__refused (void **state)
{
  g_autofree char *field = g_strnfill (5000, 'x'), *columns = g_strnfill (300, ',');
  const char *const plans[] = { field, columns };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autofree char *plan = g_strconcat (plans[i], "\n", NULL);
    g_autoptr (GError) error = NULL;

    assert_null (read_texts (plan, -1, USUAL_PANEL, &error));
    assert_non_null (strstr (error->message, "more than 256 fields, or a field of more than 4096 bytes"));
  }
}

static void
fit_input_read__no_file__named (void **state)
{
  g_autofree char *nowhere = g_build_filename (folder, "nowhere.csv", NULL);
  const char *const paths[][2] = { { nowhere, panel_path }, { plan_path, nowhere } };

  (void)state;
  fit_input_free (read_texts (USUAL_PLAN, -1, USUAL_PANEL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;

    assert_null (fit_input_read (paths[i][0], paths[i][1], &error));
    assert_non_null (strstr (error->message, "nowhere.csv: "));
  }
}

static void
fit_input_read__plans_of_each_kind__taken (void **state)
{
  static const struct {
    const char *plan, *panel;
    guint n; /* series */
    const char *unplanned;
  } cases[] = {
    { USUAL_PLAN, USUAL_PANEL, 1, NULL },
    { "\xef\xbb\xbf" PLAN "\r\nmyopia,up,level,60,0,2.5\r\n", USUAL_PANEL, 1, NULL },
    { PLAN "\nmyopia,up,change,3,0,2.5\nweight,down,level,5,0,2\n", USUAL_PANEL, 1, NULL },
    { PLAN "\nweight,down,level,5,0,2\n\"myopia\",down,level,5,0,2\n", USUAL_PANEL "obese,d,a,,0,10,1\n", 1, "obese" },
    { GROWTH "\nmyopia,down,growth_cut,70,1,2.5,0\n", USUAL_PANEL, 1, NULL },
    { BASED "\nmyopia,down,growth_cut,70,1,2.5,0,geometric\n", USUAL_PANEL, 1, NULL },
    { BASED "\nmyopia,down,growth_cut,70,1,2.5,0,arithmetic\n", USUAL_PANEL, 1, NULL },
    { USUAL_PLAN, PANEL, 0, NULL },
    { USUAL_PLAN, PANEL "myopia,d,a,M,1,10,3\nmyopia,d,b,F,0,0,0\nmyopia,e,a,M,0,10,0\n", 1, NULL },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (FitInput) input = read_texts (cases[i].plan, -1, cases[i].panel, &error);

    if (input == NULL)
      fail_msg ("case %u: %s", i, error->message);
    assert_int_equal (input->n, cases[i].n);
    assert_int_equal (g_strcmp0 (input->unplanned, cases[i].unplanned), 0);
  }
  {
    g_autoptr (FitInput) geometric = read_texts (cases[5].plan, -1, cases[5].panel, NULL);
    g_autoptr (FitInput) arithmetic = read_texts (cases[6].plan, -1, cases[6].panel, NULL);

    assert_true (geometric->series[0].target.geometric);
    assert_false (arithmetic->series[0].target.geometric);
  }
}

static int
set_up (void **state)
{
  (void)state;
  folder = g_dir_make_tmp ("plumbline-fit-XXXXXX", NULL);
  plan_path = g_build_filename (folder, "plan.csv", NULL);
  panel_path = g_build_filename (folder, "panel.csv", NULL);
  return folder == NULL;
}

static int
tear_down (void **state)
{
  (void)state;
  g_remove (plan_path);
  g_remove (panel_path);
  g_rmdir (folder);
  g_free (plan_path);
  g_free (panel_path);
  g_free (folder);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (fit_input_read__a_mistake__line_column_and_what_to_write),
    cmocka_unit_test (fit_input_read__a_table_beyond_its_limits__refused),
    cmocka_unit_test (fit_input_read__no_file__named),
    cmocka_unit_test (fit_input_read__plans_of_each_kind__taken),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
