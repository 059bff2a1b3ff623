/* include/simulate/export.h: the city's figures as its offices would send them, one sheet a file. */
#pragma once

#include "simulate/health.h"
#include "simulate/service.h"
#include "simulate/sheet.h"
#include "simulate/style.h"

typedef struct {
  SimCity *city;
  SimHealth *health;
  SimService *service;
  GArray *tally; /* SimTallyRow */
} SimWorld;

typedef struct {
  char *name;       /* file name */
  const char *feed; /* canonical */
  guint district;   /* SIM_DISTRICTS: the city's */
  char *when;       /* canonical period or year; "" for the register */
  char *sent_on;    /* ISO date: when the office sent it */
  SimSheet *sheet;
  const SimStyle *style;
} SimExport;

void sim_export_free (SimExport *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimExport, sim_export_free)

/* sim_exports: calls @each with every undamaged export, the register first, then feed by feed and period by period;
   @each owns the export. Stops at the first FALSE and returns it. */
typedef gboolean (*SimExportFunc) (SimExport *file, gpointer data, GError **error);
gboolean sim_exports (const SimWorld *world, SimExportFunc each, gpointer data, GError **error);

/* sim_measure: name of a feed's counted column, or NULL after the last; the register counts its rows. */
const char *sim_measure (const char *feed, guint measure);
