#include "database.h"

#include "base/cluster.h"
#include "base/error.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean
start_private (const Options *options, Cluster *out, GError **error)
{
  cluster_forget_environment ();
  if (!cluster_exists (options->state))
    log_progress ("making the private database server …");
  if (!cluster_start (options->state, CLUSTER_LASTING, out, error))
    return FALSE;
  log_progress ("");
  if (out->created && out->elsewhere)
    g_log_structured ("plumbline", G_LOG_LEVEL_WARNING, "STAGE", "db", "MESSAGE",
                      "the database is in %s: account %s cannot enter %s", out->place, out->user, options->state);
  return TRUE;
}

/* NULL for libpq's own environment. */
static gboolean
find_conninfo (const Options *options, char **conninfo, GError **error)
{
  g_auto (Cluster) cluster = { 0 };

  *conninfo = g_strdup (options->db);
  if (options->db != NULL || cluster_has_other_server ())
    return TRUE;
  if (!start_private (options, &cluster, error))
    return FALSE;
  *conninfo = g_steal_pointer (&cluster.conninfo);
  return TRUE;
}

Db *
database_open (const Options *options, GError **error)
{
  g_auto (Cluster) cluster = { 0 };

  if (options->db != NULL || cluster_has_other_server ())
    return db_open (options->db, options->dry_run, error);
  if (!start_private (options, &cluster, error))
    return NULL;
  if (cluster.db != NULL && !options->dry_run)
    return g_steal_pointer (&cluster.db);
  return db_open (cluster.conninfo, options->dry_run, error);
}

static gboolean
refuse_other_server (const Options *options, const char *verb, GError **error)
{
  if (options->db == NULL && !cluster_has_other_server ())
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "db %s is for the private server, but %s names another", verb,
               options->db != NULL ? "--db" : "the environment (PG*)");
  return FALSE;
}

static gboolean
db_start (const Options *options, GError **error)
{
  g_auto (Cluster) cluster = { 0 };

  if (!refuse_other_server (options, "start", error) || !start_private (options, &cluster, error))
    return FALSE;
  if (!options->quiet)
    printf ("the private server %s as account %s in %s\n%s\n", cluster.started ? "was started" : "runs", cluster.user,
            cluster.place, cluster.conninfo);
  return TRUE;
}

static gboolean
db_stop (const Options *options, GError **error)
{
  gboolean was_running = FALSE;

  if (!refuse_other_server (options, "stop", error) || !cluster_stop (options->state, &was_running, error))
    return FALSE;
  if (!options->quiet)
    printf ("the private server %s\n", was_running ? "was stopped" : "does not run");
  return TRUE;
}

/* psql takes this process's place, so that the terminal and the exit status are its own. */
static gboolean
db_psql (const Options *options, GError **error)
{
  g_autofree char *conninfo = NULL;
  g_autofree char *psql = cluster_tool ("psql", NULL);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;

  if (!find_conninfo (options, &conninfo, error))
    return FALSE;
  g_strv_builder_add_many (words, "psql", "-d", conninfo != NULL ? conninfo : "", NULL);
  for (char **word = options->arguments + 1; *word != NULL; word++)
    g_strv_builder_add (words, *word);
  argv = g_strv_builder_end (words);
  fflush (NULL);
  if (psql != NULL)
    execv (psql, argv);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot run psql: %s",
               psql != NULL ? g_strerror (errno) : "install postgresql-client-15");
  return FALSE;
}

gboolean
database_command (const Options *options, Outcome *outcome, GError **error)
{
  static const struct {
    const char *verb;
    gboolean (*run) (const Options *options, GError **error);
  } verbs[] = { { "start", db_start }, { "stop", db_stop }, { "psql", db_psql } };
  const char *verb = options->arguments[0];

  (void)outcome;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_strcmp0 (verbs[i].verb, verb) == 0)
      return verbs[i].run (options, error);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "db takes start, stop or psql%s%s", verb != NULL ? ", not " : "",
               verb != NULL ? verb : "");
  return FALSE;
}
