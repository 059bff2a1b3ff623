/* include/simulate/service.h: after-school service and the tally of tasks, month by month in 2022. */
#pragma once

#include "simulate/city.h"

#define SIM_SERVICE_MONTHS 8 /* March to June, September to December */
#define SIM_TALLY_MONTHS 12

typedef struct {
  guint enrolled; /* pupils of compulsory education */
  guint willing;
  guint served;
  guint days;
  guint half_hours; /* a day */
} SimServiceRow;

typedef struct SimService SimService;

SimService *sim_service_new (const SimCity *city);
void sim_service_free (SimService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimService, sim_service_free)

/* sim_service_month: 3 … 6, 9 … 12. */
guint sim_service_month (guint i);
/* NULL where the school is not of compulsory education or not open at the month's end. */
const SimServiceRow *sim_service_row (const SimService *service, const SimSchool *school, guint i);

/* One line of a tally; district SIM_DISTRICTS is the city. */
typedef struct {
  guint district;
  guint month; /* 1 … 12 */
  const char *target;
  const char *written;
  guint count; /* since the plan's start */
} SimTallyRow;

/* sim_tally: every line, month by month; SimTallyRow; free with g_array_unref(). */
GArray *sim_tally (const SimCity *city);

/* sim_tally_reports: the district sends a tally of its own; the others' lines come with the city's. */
gboolean sim_tally_reports (guint district);
