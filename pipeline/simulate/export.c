#include "simulate/builder.h"

static gboolean
each_screening (const SimWorld *world, SimExportFunc each, gpointer data, GError **error)
{
  for (guint term = 0; term < SIM_TERMS; term++)
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      if (!each (sim_build_myopia (world, d, term), data, error))
        return FALSE;
  for (guint year = 0; year < SIM_YEARS; year++)
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      if (!each (sim_build_weight (world, d, year), data, error))
        return FALSE;
  return TRUE;
}

/* Places were collected once for both terms of 2021, else term by term. */
static gboolean
each_places (const SimWorld *world, SimExportFunc each, gpointer data, GError **error)
{
  static const struct {
    const char *when;
    guint first;
    guint last;
  } collections[] = { { "2020-autumn", 3, 3 },
                      { "2021", 4, 5 },
                      { "2022-spring", SIM_TERM_2022_SPRING, SIM_TERM_2022_SPRING },
                      { "2022-autumn", SIM_TERM_2022_AUTUMN, SIM_TERM_2022_AUTUMN } };

  for (guint i = 0; i < G_N_ELEMENTS (collections); i++)
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      if (!each (sim_build_places (world, d, collections[i].when, collections[i].first, collections[i].last), data,
                 error))
        return FALSE;
  return TRUE;
}

static gboolean
each_month (const SimWorld *world, SimExportFunc each, gpointer data, GError **error)
{
  for (guint half = 0; half < 2; half++)
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      if (!each (sim_build_after_school (world, d, half), data, error))
        return FALSE;
  for (guint month = 1; month <= SIM_TALLY_MONTHS; month++)
    if (!each (sim_build_tally (world, SIM_DISTRICTS, month, month), data, error))
      return FALSE;
  for (guint month = 1; month <= SIM_TALLY_MONTHS; month += 3)
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      if (sim_tally_reports (d) && !each (sim_build_tally (world, d, month, month + 2), data, error))
        return FALSE;
  return TRUE;
}

gboolean
sim_exports (const SimWorld *world, SimExportFunc each, gpointer data, GError **error)
{
  for (guint d = 0; d < SIM_DISTRICTS; d++)
    if (!each (sim_build_register (world, d), data, error))
      return FALSE;
  return each_screening (world, each, data, error) && each_places (world, each, data, error)
         && each_month (world, each, data, error);
}
