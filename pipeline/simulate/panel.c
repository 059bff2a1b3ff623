#include "simulate/panel.h"

#include "simulate/output.h"

#define FIRST_TERM 3 /* 2020-autumn */
#define STRATA 3

static const char *const strata[STRATA] = { "primary", "junior", "senior" };

static guint
stratum_of (guint grade)
{
  return grade < 6 ? 0 : grade < 9 ? 1 : 2;
}

/* Pupils and cases of a school by stratum; zeros where it has none. */
static void
sum_strata (const SimHealth *health, SimCondition condition, const SimSchool *school, guint term, guint n[], guint x[])
{
  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint s = 0; s < SIM_SEXES; s++) {
      const SimScreening *eyes = condition == SIM_MYOPIA ? sim_screening (health, school, term, g, s) : NULL;
      const SimWeighing *scales = condition != SIM_MYOPIA ? sim_weighing (health, school, term / 2, g, s) : NULL;

      if (eyes != NULL) {
        n[stratum_of (g)] += eyes->examined;
        x[stratum_of (g)] += eyes->myopic;
      } else if (scales != NULL) {
        n[stratum_of (g)] += scales->examined;
        x[stratum_of (g)] += condition == SIM_OVERWEIGHT ? scales->overweight : scales->obese;
      }
    }
}

static void
append_school (GString *text, const SimWorld *world, SimCondition condition, const SimSchool *school, guint term,
               gint64 *rows)
{
  guint n[STRATA] = { 0 };
  guint x[STRATA] = { 0 };

  sum_strata (world->health, condition, school, term, n, x);
  for (guint s = 0; s < STRATA; s++)
    if (n[s] > 0) {
      g_string_append_printf (text, "%s,%s,%s,%s,%.2f,%u,%u\n", sim_condition (condition),
                              sim_districts[school->district].code, school->code, strata[s], sim_term_time (term), n[s],
                              x[s]);
      ++*rows;
    }
}

static void
append_truth (GString *text, const SimWorld *world, SimCondition condition, guint district, guint term)
{
  double base = sim_true_rate (world->health, condition, district, SIM_TERM_2021_AUTUMN);
  double path = sim_path_pp (world->city, condition, district, term)
                - sim_path_pp (world->city, condition, district, SIM_TERM_2021_AUTUMN);
  gboolean drifts = sim_shift_pp (world->city, condition, district, SIM_TERM_2022_AUTUMN)
                    > sim_path_pp (world->city, condition, district, SIM_TERM_2022_AUTUMN) + 1e-9;

  g_string_append_printf (text, "%s,%s,%.2f,%.4f,%.4f,%s\n", sim_condition (condition), sim_districts[district].code,
                          sim_term_time (term), sim_true_rate (world->health, condition, district, term), base + path,
                          drifts ? "yes" : "no");
}

static void
append_condition (GString *panel, GString *truth, const SimWorld *world, SimCondition condition, gint64 *rows)
{
  for (guint wave = 0; sim_wave_term (condition, wave) < SIM_TERMS; wave++) {
    guint term = sim_wave_term (condition, wave);

    if (term < FIRST_TERM)
      continue;
    for (guint i = 0; i < world->city->schools->len; i++)
      append_school (panel, world, condition, sim_school (world->city, i), term, rows);
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      append_truth (truth, world, condition, d, term);
  }
}

/* What the path of an ordinary district rises by in the plan's year. */
static double
planned_slope (const SimWorld *world, SimCondition condition)
{
  return sim_path_pp (world->city, condition, 0, SIM_TERM_2022_AUTUMN)
         - sim_path_pp (world->city, condition, 0, SIM_TERM_2021_AUTUMN);
}

gboolean
sim_panel_write (const SimWorld *world, const char *folder, guint *files, gint64 *rows, GError **error)
{
  g_autoptr (GString) panel = g_string_new ("indicator,district,school,stratum,t,n,x\n");
  g_autoptr (GString) truth = g_string_new ("indicator,district,t,rate_pct,path_pct,drifts\n");
  g_autoptr (GString) plan = g_string_new ("indicator,good,kind,value,baseline_t,deadline_t\n");

  *rows = 0;
  for (guint c = 0; c < SIM_CONDITIONS; c++) {
    append_condition (panel, truth, world, c, rows);
    g_string_append_printf (plan, "%s,down,slope,%.4g,%.2f,%.2f\n", sim_condition (c), planned_slope (world, c),
                            sim_term_time (SIM_TERM_2021_AUTUMN), sim_term_time (SIM_TERM_2022_AUTUMN));
  }
  *files = 3;
  return sim_write_file (folder, "PANEL.csv", panel, NULL, error)
         && sim_write_file (folder, "PLAN.csv", plan, NULL, error)
         && sim_write_file (folder, "TRUTH.csv", truth, NULL, error);
}
