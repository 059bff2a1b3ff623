#include "simulate/service.h"

#include "simulate/draw.h"

#include <math.h>

/* September 2021, national: 96.3 percent of schools offered the service and 85 percent of their pupils took part. How
   it stood in March 2022 is made up. */
#define WILLING 0.85
#define SHORT_MARCH 0.08    /* schools below five days */
#define UNSERVED_MARCH 0.03 /* willing pupils */
#define QUEUES 0.35         /* schools where some wait */

struct SimService {
  SimServiceRow *rows; /* schools x months */
};

guint
sim_service_month (guint i)
{
  return i < 4 ? 3 + i : 5 + i;
}

static gboolean
open_in_month (const SimSchool *school, guint month)
{
  static const char *const ends[]
      = { "2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30", "2022-05-31", "2022-06-30",
          "2022-07-31", "2022-08-31", "2022-09-30", "2022-10-31", "2022-11-30", "2022-12-31" };

  return sim_stage_compulsory (school->stage) && sim_school_open_on (school, ends[month - 1]);
}

static guint
compulsory_pupils (const SimSchool *school, guint term)
{
  guint n = 0;

  for (guint g = 0; g < 9; g++)
    for (guint x = 0; x < SIM_SEXES; x++)
      n += sim_school_pupils (school, term, g, x);
  return n;
}

static double
between (double march, double december, guint i)
{
  return march + (december - march) * i / (SIM_SERVICE_MONTHS - 1);
}

static void
fill_row (SimServiceRow *row, gsl_rng *rng, guint pupils, gboolean is_short, double unserved)
{
  row->enrolled = pupils;
  row->willing = draw_binomial (rng, WILLING + draw_normal (rng, 0.02), pupils);
  row->served = row->willing - draw_binomial (rng, unserved, row->willing);
  row->days = is_short ? 3 + draw_below (rng, 2) : 5;
  row->half_hours = is_short && draw_chance (rng, 0.4) ? 3 : 4 + draw_chance (rng, 0.15);
}

/* The schools stand in a fixed random order: the first ones are those that have not got there yet. */
static void
serve_district (SimService *service, const SimCity *city, guint district)
{
  const SimDistrict *d = &sim_districts[district];
  g_autofree guint *order = g_new (guint, city->schools->len);
  g_autoptr (gsl_rng) rng = draw_stream (city->seed, "service", district, 0);
  guint n = 0;

  for (guint i = 0; i < city->schools->len; i++)
    if (sim_school (city, i)->district == district && sim_stage_compulsory (sim_school (city, i)->stage))
      order[n++] = i;
  draw_shuffle (rng, order, n);
  for (guint i = 0; i < SIM_SERVICE_MONTHS; i++) {
    double late = between (SHORT_MARCH + d->short_service, city->on_path ? 0.0 : d->short_service, i);
    double waiting = between (UNSERVED_MARCH + d->unserved, city->on_path ? 0.0 : d->unserved, i);
    guint month = sim_service_month (i);

    for (guint k = 0; k < n; k++) {
      const SimSchool *school = sim_school (city, order[k]);
      gboolean queue = k % 20 < 20 * QUEUES;

      if (open_in_month (school, month))
        fill_row (&service->rows[order[k] * SIM_SERVICE_MONTHS + i], rng,
                  compulsory_pupils (school, month < 8 ? SIM_TERM_2022_SPRING : SIM_TERM_2022_AUTUMN),
                  k < lround (late * n), queue ? waiting / QUEUES : 0.0);
    }
  }
}

SimService *
sim_service_new (const SimCity *city)
{
  SimService *service = g_new0 (SimService, 1);

  service->rows = g_new0 (SimServiceRow, city->schools->len * SIM_SERVICE_MONTHS);
  for (guint d = 0; d < SIM_DISTRICTS; d++)
    serve_district (service, city, d);
  return service;
}

void
sim_service_free (SimService *service)
{
  if (service == NULL)
    return;
  g_free (service->rows);
  g_free (service);
}

const SimServiceRow *
sim_service_row (const SimService *service, const SimSchool *school, guint i)
{
  const SimServiceRow *row = &service->rows[school->index * SIM_SERVICE_MONTHS + i];

  return row->enrolled > 0 ? row : NULL;
}

/* The districts that send tallies of their own, and their part of what districts count; made up. */
static const struct {
  guint district;
  double part;
} reporters[] = { { 0, 0.3 }, { 1, 0.3 }, { 3, 0.2 }, { 6, 0.2 } };

gboolean
sim_tally_reports (guint district)
{
  for (guint i = 0; i < G_N_ELEMENTS (reporters); i++)
    if (reporters[i].district == district)
      return TRUE;
  return FALSE;
}

/* Districts whose passing is the target: the month in which each passed, 13 for not in the year. */
static const struct {
  const char *target;
  const char *written;
  guint district;
  guint month;
} passes[] = {
  { "quality_balance_review", "通过义务教育优质均衡复核的区", 1, 6 },
  { "quality_balance_review", "通过义务教育优质均衡复核的区", 7, 11 },
  { "quality_balance_review", "通过义务教育优质均衡复核的区", 6, 9 },
  { "preschool_evaluation", "通过学前教育普及普惠市级评估的区", 0, 5 },
  { "preschool_evaluation", "通过学前教育普及普惠市级评估的区", 1, 6 },
  { "preschool_evaluation", "通过学前教育普及普惠市级评估的区", 6, 9 },
  { "preschool_evaluation", "通过学前教育普及普惠市级评估的区", 8, 13 },
  { "preschool_evaluation", "通过学前教育普及普惠市级评估的区", 7, 11 },
};

static void
add_row (GArray *rows, guint district, guint month, const char *target, const char *written, guint count)
{
  SimTallyRow row = { district, month, target, written, count };

  g_array_append_val (rows, row);
}

/* Each part is rounded on its own: split by remainders, a district's cumulative count could fall. */
static void
add_parts (GArray *rows, const SimCount *c, guint month, double reached)
{
  for (guint i = 0; i < G_N_ELEMENTS (reporters); i++)
    add_row (rows, reporters[i].district, month, c->target, c->written, (guint)lround (reached * reporters[i].part));
}

/* Work does not run evenly: a little below the straight line in spring or above it, and there in December. */
static void
add_counts (GArray *rows, const SimCity *city, const SimCount *c, guint which, guint month)
{
  g_autoptr (gsl_rng) rng = draw_stream (city->seed, "tally", which, 0);
  double bend = exp (draw_normal (rng, 0.08));
  double reached = c->value * (city->on_path ? MAX (c->reached, 1.0) : c->reached)
                   * pow (month / 12.0, city->on_path ? MIN (bend, 1.0) : bend);

  if (c->by_district)
    add_parts (rows, c, month, reached);
  else
    add_row (rows, SIM_DISTRICTS, month, c->target, c->written, (guint)lround (reached));
}

static guint
compulsory_schools (const SimCity *city, guint district, guint month)
{
  guint n = 0;

  for (guint i = 0; i < city->schools->len; i++)
    n += sim_school (city, i)->district == district && open_in_month (sim_school (city, i), month);
  return n;
}

static void
add_standard (GArray *rows, const SimCity *city, guint district, guint month)
{
  double december = 1.0 - sim_districts[district].standard_missed;
  double part = 0.62 + ((city->on_path ? 1.0 : december) - 0.62) * (month - 1) / (SIM_TALLY_MONTHS - 1);
  guint n = compulsory_schools (city, district, month);

  add_row (rows, district, month, "management_standard", "义务教育学校管理标准验收", (guint)floor (part * n + 1e-9));
}

GArray *
sim_tally (const SimCity *city)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (SimTallyRow));

  for (guint month = 1; month <= SIM_TALLY_MONTHS; month++) {
    for (guint i = 0; i < sim_n_counts; i++)
      add_counts (rows, city, &sim_counts[i], i, month);
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      add_standard (rows, city, d, month);
    for (guint i = 0; i < G_N_ELEMENTS (passes); i++)
      add_row (rows, passes[i].district, month, passes[i].target, passes[i].written,
               month >= MIN (passes[i].month, city->on_path ? 12 : 13));
  }
  return rows;
}
