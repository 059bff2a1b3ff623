/* include/base/cluster.h: a private PostgreSQL server below the state directory: socket only, never root's process. */
#pragma once

#include "base/db.h"

typedef struct {
  char *conninfo; /* libpq's connection string; database plumbline, which exists */
  Db *db;         /* a connection to it; NULL where it had to be started */
  char *place;    /* folder with data/ and server.log: pg/ of the state directory, or where that is a link to */
  char *user;     /* the account that the server's processes run as */
  gboolean created;
  gboolean started;
  gboolean elsewhere; /* the server's account cannot enter the state directory, so pg/ there is a link to @place */
} Cluster;

typedef enum {
  CLUSTER_LASTING,
  CLUSTER_THROWAWAY /* for tests: nothing is synced to disk */
} ClusterKind;

/**
 * cluster_start: makes the cluster of @state_dir unless it is there, starts it unless it runs, and makes its database.
 *
 * For root the server runs as the owner of the state directory, or as postgres where that is root. Several callers at
 * once are fine. @out is filled on success; clear it with cluster_clear().
 *
 * PLUMB_ERROR_CONFIG when it can never work (PostgreSQL missing, another account's cluster), PLUMB_ERROR_DATABASE with
 * the server's own words when it does not start.
 */
gboolean cluster_start (const char *state_dir, ClusterKind kind, Cluster *out, GError **error);

/* cluster_stop: @was_running may be NULL. No cluster at all is no error. */
gboolean cluster_stop (const char *state_dir, gboolean *was_running, GError **error);

gboolean cluster_exists (const char *state_dir);
void cluster_clear (Cluster *cluster);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cluster, cluster_clear)

/* cluster_has_other_server: PGHOST, PGHOSTADDR, PGPORT, PGDATABASE or PGSERVICE names one. */
gboolean cluster_has_other_server (void);

/* cluster_forget_environment: unsets every PG* variable, so that only the cluster's conninfo counts. Before any thread.
 */
void cluster_forget_environment (void);

/* cluster_tool: path of a PostgreSQL program (psql, initdb) of the version of @data_dir, or the newest when that is
   NULL; NULL when there is none. */
char *cluster_tool (const char *name, const char *data_dir);
