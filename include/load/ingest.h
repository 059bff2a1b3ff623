/* include/load/ingest.h: files become rows of feed tables, one transaction a file. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"

typedef struct {
  const char *state_dir; /* holds inbox/, archive/, quarantine/, returned/; made when missing */
  const char *today;     /* ISO date or NULL */
  char *const *files;    /* NULL-terminated; NULL: all new files of the inbox */
  gboolean complete;     /* of the districts and periods in the files, rows that a file lacks are superseded */
  gint64 run_id;
  const char *language;                                  /* of the clerk's letter: zh, en */
  void (*progress) (const char *message, gpointer data); /* NULL: silent */
  void (*notice) (const char *message, gpointer data);   /* what somebody should know afterwards; NULL: silent */
  gpointer progress_data;                                /* of both */
} IngestOptions;

typedef struct {
  guint files_loaded;
  guint files_duplicate;
  guint files_refused;
  gint64 rows_read;     /* data rows of the files, before unfolding */
  gint64 rows_accepted; /* long rows */
  gint64 rows_added;
  gint64 rows_changed;
  gint64 rows_rejected; /* rejects of severity refuse */
  gint64 rows_provisional;
} IngestSummary;

/* ingest_run: FALSE only when the work itself could not go on (database away); a refused file is counted, not an error.
 */
gboolean
ingest_run (Db *db, const Catalogue *catalogue, const IngestOptions *options, IngestSummary *out, GError **error);
