#include "report/dossier.h"

#include "base/sql.h"

#include <string.h>

#define HISTORY_DAYS 365

static char *
year_before (const char *today)
{
  GDate day;
  char iso[16];

  g_date_clear (&day, 1);
  g_date_set_parse (&day, today);
  g_date_subtract_days (&day, HISTORY_DAYS);
  g_date_strftime (iso, sizeof iso, "%Y-%m-%d", &day);
  return g_strdup (iso);
}

/* What is read for the pages. Those of @telling themselves say whether they changed; the others change with what
   list_report_marks shows. */
typedef struct {
  const char *query;
  enum { NOTHING, SINCE, TODAY, CITY } argument;
  gboolean telling;
  gsize rows; /* offset in Dossier */
} Part;

static const Part parts[] = {
  { "list_missing_schools", NOTHING, FALSE, G_STRUCT_OFFSET (Dossier, missing_schools) },
  { "count_rejects", SINCE, FALSE, G_STRUCT_OFFSET (Dossier, rejects) },
  { "list_refused_files", SINCE, TRUE, G_STRUCT_OFFSET (Dossier, refused_files) },
  { "list_events", SINCE, TRUE, G_STRUCT_OFFSET (Dossier, events) },
  { "list_changes", TODAY, FALSE, G_STRUCT_OFFSET (Dossier, changes) },
  { "list_strata", CITY, FALSE, G_STRUCT_OFFSET (Dossier, strata) },
  { "list_released_schools", NOTHING, FALSE, G_STRUCT_OFFSET (Dossier, released_schools) },
  { "list_league", NOTHING, FALSE, G_STRUCT_OFFSET (Dossier, league) },
};

static PGresult *
read_part (Db *db, const Part *part, const char *city, const char *today, const char *since, GError **error)
{
  const char *const argument[] = { part->argument == SINCE ? since : part->argument == TODAY ? today : city };

  return db_query (db, sql_query (part->query), part->argument != NOTHING, argument, error);
}

Dossier *
dossier_read (Db *db, const char *city, const char *today, GError **error)
{
  g_autoptr (Dossier) d = g_new0 (Dossier, 1);
  g_autofree char *since = year_before (today);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    PGresult *rows = read_part (db, &parts[i], city, today, since, error);

    if (rows == NULL)
      return NULL;
    G_STRUCT_MEMBER (PGresult *, d, parts[i].rows) = rows;
  }
  return g_steal_pointer (&d);
}

/* When an alert was last told of is the mails' affair. */
static gboolean
is_shown (const char *column)
{
  return strcmp (column, "told") != 0 && strcmp (column, "escalated") != 0;
}

/* Ends of cells and rows are told apart from what is in them; null is no empty text. */
static void
add_rows (GChecksum *sum, const PGresult *rows)
{
  for (int i = 0; i < PQntuples (rows); i++)
    for (int c = 0; c < PQnfields (rows); c++) {
      int length = PQgetisnull (rows, i, c) ? -1 : PQgetlength (rows, i, c);

      if (!is_shown (PQfname (rows, c)))
        continue;
      g_checksum_update (sum, (const guchar *)&length, sizeof length);
      g_checksum_update (sum, (const guchar *)PQgetvalue (rows, i, c), MAX (length, 0));
    }
  g_checksum_update (sum, (const guchar *)"", 1);
}

gboolean
dossier_tell (Db *db, const char *today, GChecksum *sum, GError **error)
{
  static const Part others[] = { { .query = "list_verdicts" }, { .query = "read_intake" }, { .query = "list_holds" } };
  g_autofree char *since = year_before (today);
  g_autoptr (PGresult) marks = db_queryv (db, error, sql_query ("list_report_marks"), since, today, DB_END);

  if (marks == NULL)
    return FALSE;
  add_rows (sum, marks);
  for (guint i = 0; i < G_N_ELEMENTS (others) + G_N_ELEMENTS (parts); i++) {
    const Part *part = i < G_N_ELEMENTS (others) ? &others[i] : &parts[i - G_N_ELEMENTS (others)];
    gboolean telling = i < G_N_ELEMENTS (others) || part->telling;
    g_autoptr (PGresult) rows = telling ? read_part (db, part, NULL, today, since, error) : NULL;

    if (telling && rows == NULL)
      return FALSE;
    if (telling)
      add_rows (sum, rows);
  }
  return TRUE;
}

void
dossier_free (Dossier *d)
{
  if (d == NULL)
    return;
  PQclear (d->missing_schools);
  PQclear (d->rejects);
  PQclear (d->refused_files);
  PQclear (d->events);
  PQclear (d->changes);
  PQclear (d->strata);
  PQclear (d->released_schools);
  PQclear (d->league);
  g_free (d);
}
