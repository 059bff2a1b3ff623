#include "report/dossier.h"

#include "base/sql.h"

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

Dossier *
dossier_read (Db *db, const char *city, const char *today, GError **error)
{
  g_autoptr (Dossier) d = g_new0 (Dossier, 1);
  g_autofree char *since = year_before (today);
  const struct {
    const char *query;
    const char *argument; /* NULL: none */
    PGresult **rows;
  } parts[] = {
    { "list_missing_schools", NULL, &d->missing_schools },
    { "count_rejects", since, &d->rejects },
    { "list_refused_files", since, &d->refused_files },
    { "list_events", since, &d->events },
    { "list_changes", today, &d->changes },
    { "list_strata", city, &d->strata },
    { "list_released_schools", NULL, &d->released_schools },
    { "list_league", NULL, &d->league },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const char *const argument[] = { parts[i].argument };

    *parts[i].rows = db_query (db, sql_query (parts[i].query), parts[i].argument != NULL, argument, error);
    if (*parts[i].rows == NULL)
      return NULL;
  }
  return g_steal_pointer (&d);
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
