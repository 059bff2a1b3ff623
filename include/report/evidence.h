/* include/report/evidence.h: what a mail says beyond the board's figures: names of schools that are missing, what
   clerks wrote, which grades moved, and by which rules it was judged. Read only when there is something to tell. */
#pragma once

#include "report/phrase.h"

/* Rows as the queries of the same names give them; their heads say what is in them. */
typedef struct {
  PGresult *missing_schools;
  PGresult *explanations;
  PGresult *contributions;
  PGresult *versions;
} Evidence;

Evidence *evidence_read (Db *db, GError **error);
void evidence_free (Evidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Evidence, evidence_free)

/* New strings; "" where there is nothing to say, or @evidence is NULL. */
char *evidence_missing (const Evidence *evidence, const Voice *voice, const Standing *s); /* 某校、某校等7所 */
char *evidence_said (const Evidence *evidence, const Voice *voice, const Standing *s);
char *evidence_grades (const Evidence *evidence, const Voice *voice, const Standing *s); /* 三年级41.0%（上期38.2%） */
char *evidence_versions (const Evidence *evidence, const Voice *voice, const char *today);
