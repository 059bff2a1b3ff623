/* include/simulate/damage.h: what goes wrong in real exports, done on purpose and written down. */
#pragma once

#include "simulate/export.h"

/* One thing that is wrong, to be found by whoever reads the file. */
typedef struct {
  char *file;
  const SimRow *row;  /* until sim_damage_lines() */
  guint line;         /* 0: the file as a whole */
  const char *rule;   /* the code of the rule that must catch it */
  const char *column; /* canonical, or "" */
  char *value;        /* as written, or "" */
  const char *what;
} SimDamage;

typedef enum {
  SIM_LOADED,     /* its rows are in the database afterwards, but for the refused ones */
  SIM_REFUSED,    /* refused as a whole */
  SIM_SUPERSEDED, /* loaded, then corrected by a later file */
  SIM_REPEATED    /* the bytes of another file */
} SimFate;

/* sim_damage_rows: spoils rows of @file as planned for it, marks them lost and appends what was done to @log
   (SimDamage); SIM_REFUSED when that is more than the feed bears. */
SimFate sim_damage_rows (SimExport *file, guint64 seed, GPtrArray *log);

/* sim_damage_lines: once the sheet is final: turns the rows of the log's entries into line numbers. */
void sim_damage_lines (const SimExport *file, GPtrArray *log);

void sim_damage_free (gpointer damage);

/* A file that stands beside @file: an earlier version, a copy, a part of it. */
typedef struct {
  char *name;
  GString *bytes;
  const char *sent_on;
  SimFate fate;
} SimStray;

/* sim_damage_strays: the strays (SimStray) that the plan has for @file, whose finished bytes are @bytes. A correction
   takes another name than what it corrects: call it before @file is written. @log as above. */
GPtrArray *sim_damage_strays (SimExport *file, const GString *bytes, GPtrArray *log);

/* sim_damage_lone: files that belong to nothing: an empty one, one that is no feed. */
GPtrArray *sim_damage_lone (GPtrArray *log);
