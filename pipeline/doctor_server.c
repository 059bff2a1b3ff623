/* What the doctor asks the database. */
#include "doctor_parts.h"

#include "base/cluster.h"
#include "base/sql.h"
#include "database.h"
#include "domain/format.h"
#include "load/store.h"
#include "tool.h"

#include <string.h>

#define LEAST_MAJOR 15
#define CLOCK_TOLERANCE_S 60
#define TOOL_DEADLINE_S 20
#define NIGHT_AGE_S (26 * 60 * 60)
#define HOUR_S (60 * 60)

static gboolean
is_private (const Options *options)
{
  return options->db == NULL && !cluster_has_other_server ();
}

static void
note_unreachable (Doctor *d, const GError *why)
{
  d->unreachable = TRUE;
  doctor_note (d, FINDING_FAILURE, "database", g_strdup (why->message),
               is_private (d->options) ? DOCTOR_FILL (d, "database_see_log", "path", d->options->state)
                                       : DOCTOR_SAY (d, "database_see_server"));
}

static void
look_at_server (Doctor *d, const PGresult *server)
{
  const char *version = db_get (server, 0, "version");
  gint64 apart = db_get_int (server, 0, "clock") - g_get_real_time () / G_USEC_PER_SEC;

  if (db_get_int (server, 0, "major") < LEAST_MAJOR)
    doctor_note (d, FINDING_FAILURE, "database", DOCTOR_FILL (d, "database_old", "version", version),
                 DOCTOR_SAY (d, "database_upgrade"));
  else if (strcmp (db_get (server, 0, "encoding"), "UTF8") != 0)
    doctor_note (d, FINDING_FAILURE, "database",
                 DOCTOR_FILL (d, "database_encoding", "encoding", db_get (server, 0, "encoding")),
                 DOCTOR_SAY (d, "database_create_utf8"));
  else
    doctor_note (d, FINDING_OK, "database",
                 DOCTOR_FILL (d, "database_answers", "version", version, "database", db_get (server, 0, "database"),
                              "login", db_get (server, 0, "login"), "size", db_get (server, 0, "size")),
                 NULL);
  if (strcmp (db_get (server, 0, "fsync"), "on") != 0)
    doctor_note (d, FINDING_ADVICE, "database", DOCTOR_SAY (d, "database_unsafe"), DOCTOR_SAY (d, "database_fsync"));
  if (ABS (apart) > CLOCK_TOLERANCE_S) {
    g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, apart);

    doctor_note (d, FINDING_FAILURE, "clock", DOCTOR_FILL (d, "clock_apart", "seconds", seconds),
                 DOCTOR_SAY (d, "clock_synchronise"));
  }
}

/* A private server that nobody has made yet is not made here. */
void
doctor_database (Doctor *d)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (PGresult) server = NULL;

  if (is_private (d->options) && !cluster_exists (d->options->state)) {
    doctor_note (d, FINDING_FAILURE, "database", DOCTOR_FILL (d, "database_none", "path", d->options->state),
                 DOCTOR_SAY (d, "database_init"));
    return;
  }
  d->db = database_open (d->options, &why);
  if (d->db != NULL)
    server = db_queryv (d->db, &why, sql_query ("examine_server"), DB_END);
  if (server == NULL) {
    g_clear_pointer (&d->db, db_close);
    note_unreachable (d, why);
    return;
  }
  look_at_server (d, server);
}

/* "pg_dump (PostgreSQL) 15.13 (Debian …)" */
static int
major_of (const char *words)
{
  const char *number = strpbrk (words, "0123456789");

  return number != NULL ? (int)g_ascii_strtoll (number, NULL, 10) : 0;
}

void
doctor_tools (Doctor *d)
{
  g_autofree char *data = is_private (d->options) ? g_build_filename (d->options->state, "pg", "data", NULL) : NULL;
  g_autofree char *tool = cluster_tool ("pg_dump", data), *words = NULL;
  char *argv[] = { tool, (char[]){ "--version" }, NULL };

  if (tool == NULL || !tool_run (argv, NULL, TOOL_DEADLINE_S, &words, NULL))
    doctor_note (d, FINDING_ADVICE, "tools", DOCTOR_SAY (d, "tools_missing"), DOCTOR_SAY (d, "tools_get"));
  else if (d->db != NULL && major_of (words) < PQserverVersion (db_conn (d->db)) / 10000)
    doctor_note (d, FINDING_ADVICE, "tools", DOCTOR_FILL (d, "tools_old", "version", words),
                 DOCTOR_SAY (d, "tools_get"));
  else
    doctor_note (d, FINDING_OK, "tools", g_strdup (words), NULL);
}

void
doctor_schema (Doctor *d)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (Catalogue) stored = NULL;

  if (d->db == NULL)
    return;
  stored = store_read_catalogue (d->db, &why);
  if (stored == NULL) {
    doctor_note (d, FINDING_FAILURE, "schema", g_strdup (why->message), DOCTOR_SAY (d, "schema_init"));
    g_clear_pointer (&d->db, db_close);
  } else
    doctor_note (d, FINDING_OK, "schema", DOCTOR_FILL (d, "schema_current", "version", PLUMB_VERSION), NULL);
}

void
doctor_rights (Doctor *d)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (PGresult) rights = NULL;

  if (d->db == NULL)
    return;
  rights = db_queryv (d->db, &why, sql_query ("examine_rights"), DB_END);
  if (rights == NULL)
    doctor_note (d, FINDING_FAILURE, "rights", g_strdup (why->message), DOCTOR_SAY (d, "rights_grant"));
  else if (!db_is_null (rights, 0, "lacks"))
    doctor_note (d, FINDING_FAILURE, "rights", DOCTOR_FILL (d, "rights_lack", "tables", db_get (rights, 0, "lacks")),
                 DOCTOR_SAY (d, "rights_grant"));
  else if (!db_get_boolean (rights, 0, "temporary"))
    doctor_note (d, FINDING_FAILURE, "rights", DOCTOR_SAY (d, "rights_no_temporary"), DOCTOR_SAY (d, "rights_grant"));
  else
    doctor_note (d, FINDING_OK, "rights",
                 DOCTOR_SAY (d, db_get_boolean (rights, 0, "owner") ? "rights_all" : "rights_night"), NULL);
}

/* Equal texts, not equal times: a copied folder is the same catalogue. */
static gboolean
is_stored (const Doctor *d, const PGresult *stored)
{
  GHashTable *files = d->catalogue->files;

  for (int i = 0; i < PQntuples (stored); i++) {
    const GString *content = g_hash_table_lookup (files, db_get (stored, i, "file_name"));

    if (content == NULL || strcmp (content->str, db_get (stored, i, "content")) != 0)
      return FALSE;
  }
  return (guint)PQntuples (stored) == g_hash_table_size (files);
}

void
doctor_catalogue (Doctor *d)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (PGresult) stored = NULL;
  const char *folder = d->options->catalogue;

  d->catalogue = catalogue_read (folder, &why);
  if (d->catalogue == NULL) {
    doctor_note (d, FINDING_FAILURE, "catalogue", g_strdup (why->message), DOCTOR_SAY (d, "catalogue_correct"));
    return;
  }
  if (d->db != NULL)
    stored = db_queryv (d->db, NULL, sql_query ("list_catalogue_files"), DB_END);
  if (stored != NULL && !is_stored (d, stored))
    doctor_note (d, FINDING_ADVICE, "catalogue", DOCTOR_FILL (d, "catalogue_differs", "path", folder),
                 DOCTOR_SAY (d, "catalogue_init"));
  else
    doctor_note (d, FINDING_OK, "catalogue", g_strdup (folder), NULL);
}

static void
look_at_mails (Doctor *d, const PGresult *night)
{
  if (db_get_int (night, 0, "dead") > 0)
    doctor_note (d, FINDING_ADVICE, "night", DOCTOR_FILL (d, "night_dead", "count", db_get (night, 0, "dead")),
                 DOCTOR_SAY (d, "night_revive"));
  if (db_get_int (night, 0, "stuck") > 0)
    doctor_note (d, FINDING_ADVICE, "night", DOCTOR_FILL (d, "night_stuck", "count", db_get (night, 0, "stuck")),
                 DOCTOR_SAY (d, "night_deliver"));
}

void
doctor_night (Doctor *d)
{
  g_autoptr (PGresult) night = d->db != NULL ? db_queryv (d->db, NULL, sql_query ("examine_night"), DB_END) : NULL;
  g_autofree char *hours = NULL;
  gint64 age = 0;

  if (night == NULL)
    return;
  age = db_get_int (night, 0, "age_s");
  hours = g_strdup_printf ("%" G_GINT64_FORMAT, age / HOUR_S);
  if (db_get_boolean (night, 0, "ahead"))
    doctor_note (d, FINDING_FAILURE, "clock", DOCTOR_SAY (d, "clock_back"), DOCTOR_SAY (d, "clock_synchronise"));
  if (db_is_null (night, 0, "age_s"))
    doctor_note (d, FINDING_ADVICE, "night", DOCTOR_SAY (d, "night_none"), DOCTOR_SAY (d, "night_enable"));
  else if (age > NIGHT_AGE_S)
    doctor_note (d, FINDING_ADVICE, "night", DOCTOR_FILL (d, "night_old", "hours", hours),
                 DOCTOR_SAY (d, "night_enable"));
  else
    doctor_note (d, FINDING_OK, "night", DOCTOR_FILL (d, "night_done", "hours", hours), NULL);
  look_at_mails (d, night);
}
