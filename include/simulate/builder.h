/* include/simulate/builder.h: what the exports of all feeds have in common. */
#pragma once

#include "simulate/export.h"

/* sim_export_new: an empty export with its titles; @what as in the title, @period as in the title or NULL. */
SimExport *sim_export_new (const char *feed, guint district, const char *when, const char *sent_on, const char *what,
                           const char *period);

/* sim_build_head: starts the header row: running number, key column, school's name, as the style has them. */
void sim_build_head (SimExport *file, const char *key);
void sim_build_header (SimExport *file, const char *column); /* one more header */

/* sim_build_row: starts a data row with the same columns. @serial counts the data rows. */
SimRow *sim_build_row (SimExport *file, const char *period, const SimSchool *school, guint *serial);

/* sim_build_foot: the line of sums, if the style has one (every counted column of long files and every total of wide
   ones added up), and the note. */
void sim_build_foot (SimExport *file);

SimExport *sim_build_register (const SimWorld *world, guint district);
SimExport *sim_build_myopia (const SimWorld *world, guint district, guint term);
SimExport *sim_build_weight (const SimWorld *world, guint district, guint year);
/* @when is a term or a year with both terms; terms [first, last]. */
SimExport *sim_build_places (const SimWorld *world, guint district, const char *when, guint first, guint last);
/* @half: 0 March to June, 1 September to December. */
SimExport *sim_build_after_school (const SimWorld *world, guint district, guint half);
/* @district SIM_DISTRICTS: the city's lines and those of districts without a tally of their own, one month; else the
   months [first, last] of the district's own. NULL when there is no line. */
SimExport *sim_build_tally (const SimWorld *world, guint district, guint first, guint last);
