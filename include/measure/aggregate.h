/* include/measure/aggregate.h: school-level rows of one indicator, summed over areas. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"
#include "domain/panel.h"
#include "measure/cell_store.h"

typedef struct {
  const char *unit; /* school (for tallies area) code; interned */
  guint area;       /* index into areas: the district, or 0 for a tally that the city itself reports */
  guint period;     /* index into periods */
  guint stratum;    /* index into strata */
  double x;         /* numerator: a whole number */
  double n;         /* denominator; NAN for totals */
  gboolean provisional;
  gboolean carried; /* a tally's last count, carried over a silent period */
} AggregateRow;

/* Sums over the schools of one area in one period and stratum. */
typedef struct {
  double x;
  double n;      /* NAN for totals */
  guint rows;    /* 0: nothing is known */
  guint schools; /* that reported in this very period (for tallies: areas) */
  guint expected;
  gboolean provisional;
  gboolean city_row; /* a tally that the city itself reported: it stands for the sum of the districts */
  guint m;           /* schools with n > 0: what the clustered interval is made from, by district and code */
  const double *xs;
  const double *ns;
} AggregateCell;

typedef struct {
  const Indicator *indicator;
  GPtrArray
      *areas; /* const Area: the city, then its districts in the catalogue's order, current codes only; borrowed */
  GPtrArray *periods;   /* names, by their last day; owned */
  GPtrArray *strata;    /* "all" first, then by name; owned */
  GArray *rows;         /* AggregateRow, by district, unit, period, stratum */
  AggregateCell *cells; /* areas x periods x strata: aggregate_cell() */
  double *counts;       /* of all cells, one after the other */
} Aggregate;

/* aggregate_read: the indicator's rows as rolled up to strata by the server, summed over areas; free with
 * aggregate_free(). @store: see cells_read(); nothing of tallies is kept. */
Aggregate *
aggregate_read (Db *db, const Catalogue *catalogue, const Indicator *indicator, CellStore *store, GError **error);
/* aggregate_of_areas: sums of whole areas alone, by area and period, as they were kept; NULL where @size is not theirs.
 */
Aggregate *aggregate_of_areas (const Catalogue *catalogue, const Indicator *indicator, const char *const periods[],
                               const AggregateCell cells[], gsize size);
void aggregate_free (Aggregate *a);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Aggregate, aggregate_free)

const AggregateCell *aggregate_cell (const Aggregate *a, guint area, guint period, guint stratum);

/* aggregate_panels: of each area the finest strata (P1/M, or all when the indicator has none) of its schools over all
 * periods, NULL where nobody reported; the city has every school. One an area, owned by the caller as is the array. */
Panel **aggregate_panels (const Aggregate *a);

/* aggregate_value: what an area or school shows: per cent, or the count itself where @n is NAN; NAN where @n is 0. */
double aggregate_value (double x, double n);

/* aggregate_area: index of the area with @code, G_MAXUINT where the catalogue no longer has it. */
guint aggregate_area (const Aggregate *a, const char *code);

/* Orders of names: periods by their last day, strata with "all" first. For g_ptr_array_sort(). */
int aggregate_compare_periods (gconstpointer a, gconstpointer b);
int aggregate_compare_strata (gconstpointer a, gconstpointer b);

/* aggregate_intern: one copy of each code for the life of the process. */
const char *aggregate_intern (const char *code);

/* aggregate_period: index of @period, or -1 when nobody reported in it. */
int aggregate_period (const Aggregate *a, const char *period);

/* aggregate_periods_literal: the periods as an array of the server's. */
char *aggregate_periods_literal (const Aggregate *a);
