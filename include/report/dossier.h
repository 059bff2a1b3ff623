/* include/report/dossier.h: what the pages tell beyond the board, read once: returns that are missing or were sent
   back, alerts' histories, what moved, and figures by stratum and school. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

/* Rows as the queries of the same names give them; their heads say what is in them. */
typedef struct {
  PGresult *missing_schools;
  PGresult *rejects;
  PGresult *refused_files;
  PGresult *events;
  PGresult *changes;
  PGresult *strata;
  PGresult *released_schools;
  PGresult *league;
} Dossier;

/* dossier_read: rejects, refused files and events of the year up to @today. */
Dossier *dossier_read (Db *db, const char *city, const char *today, GError **error);
void dossier_free (Dossier *dossier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dossier, dossier_free)

/* dossier_tell: adds to @sum whatever changes when something does that the pages of @today would show: few rows, read
   within milliseconds however much is stored. The day itself is not in it, nor are texts and the program. */
gboolean dossier_tell (Db *db, const char *today, GChecksum *sum, GError **error);
