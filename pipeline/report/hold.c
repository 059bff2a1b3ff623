#include "report/hold.h"

#include "base/sql.h"

#include <string.h>

static void
hold_free (gpointer data)
{
  Hold *hold = data;

  g_free (hold->hold_id);
  g_free (hold->plan);
  g_free (hold->target);
  g_free (hold->area_code);
  g_free (hold->until);
  g_free (hold->actor);
  g_free (hold->comment);
  g_free (hold);
}

GPtrArray *
hold_list_new (void)
{
  return g_ptr_array_new_with_free_func (hold_free);
}

static Hold *
read_hold (const PGresult *rows, int i)
{
  Hold *hold = g_new0 (Hold, 1);

  *hold = (Hold){
    .kind = strcmp (db_get (rows, i, "kind"), "ack") == 0 ? HOLD_ACK : HOLD_SILENCE,
    .hold_id = g_strdup (db_get (rows, i, "hold_id")),
    .plan = g_strdup (db_get (rows, i, "plan")),
    .target = g_strdup (db_get (rows, i, "target")),
    .area_code = g_strdup (db_get (rows, i, "area_code")),
    .until = g_strdup (db_get (rows, i, "until_day")),
    .actor = g_strdup (db_get (rows, i, "actor")),
    .comment = g_strdup (db_get (rows, i, "comment")),
    .expired = db_get_boolean (rows, i, "expired"),
    .ended = db_get_boolean (rows, i, "expired") ? "expired" : NULL,
  };
  return hold;
}

GPtrArray *
hold_list_read (Db *db, GError **error)
{
  g_autoptr (PGresult) rows = db_queryv (db, error, sql_query ("list_holds"), DB_END);
  GPtrArray *holds = rows != NULL ? hold_list_new () : NULL;

  for (int i = 0; rows != NULL && i < PQntuples (rows); i++)
    g_ptr_array_add (holds, read_hold (rows, i));
  return holds;
}

static gboolean
is_any_or (const char *wanted, const char *found)
{
  return *wanted == '\0' || strcmp (wanted, found) == 0;
}

gboolean
hold_covers (const Hold *hold, const char *plan, const char *target, const char *indicator, const char *area_code)
{
  return is_any_or (hold->plan, plan) && is_any_or (hold->area_code, area_code)
         && (is_any_or (hold->target, target) || strcmp (hold->target, indicator) == 0);
}

gboolean
hold_list_end (Db *db, const GPtrArray *holds, GError **error)
{
  for (guint i = 0; i < holds->len; i++) {
    const Hold *hold = holds->pdata[i];
    g_autoptr (PGresult) done = NULL;

    if (hold->ended == NULL)
      continue;
    done = db_queryv (db, error, sql_query ("end_hold"), hold->hold_id, hold->ended, DB_END);
    if (done == NULL)
      return FALSE;
  }
  return TRUE;
}
