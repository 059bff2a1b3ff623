#include "report/evidence.h"

#include "base/sql.h"
#include "base/text.h"

#include <string.h>

#define MAX_SCHOOLS_TOLD 6
#define MAX_GRADES_TOLD 3
#define MAX_COMMENTS_TOLD 2

Evidence *
evidence_read (Db *db, GError **error)
{
  g_autoptr (Evidence) e = g_new0 (Evidence, 1);
  const struct {
    const char *query;
    PGresult **rows;
  } parts[] = {
    { "list_missing_schools", &e->missing_schools },
    { "list_explanations", &e->explanations },
    { "list_contributions", &e->contributions },
    { "read_versions", &e->versions },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    *parts[i].rows = db_queryv (db, error, sql_query (parts[i].query), DB_END);
    if (*parts[i].rows == NULL)
      return NULL;
  }
  return g_steal_pointer (&e);
}

void
evidence_free (Evidence *e)
{
  if (e == NULL)
    return;
  PQclear (e->missing_schools);
  PQclear (e->explanations);
  PQclear (e->contributions);
  PQclear (e->versions);
  g_free (e);
}

/* Rows of a feed and period, as the standing's own area sent them. */
static gboolean
is_of (const PGresult *rows, int i, const Standing *s)
{
  return strcmp (db_get (rows, i, "feed"), s->indicator->feed) == 0
         && strcmp (db_get (rows, i, "period"), s->period) == 0
         && strcmp (db_get (rows, i, "district_code"), s->area->area_code) == 0;
}

char *
evidence_missing (const Evidence *e, const Voice *voice, const Standing *s)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = NULL;
  g_autofree char *all = NULL;
  guint n = 0;

  for (int i = 0; e != NULL && i < PQntuples (e->missing_schools); i++) {
    if (!is_of (e->missing_schools, i, s))
      continue;
    if (n++ < MAX_SCHOOLS_TOLD)
      g_ptr_array_add (names, text_line (db_get (e->missing_schools, i, "name")));
  }
  if (n == 0)
    return g_strdup ("");
  list = phrase_list (voice, names);
  all = g_strdup_printf ("%u", n);
  return format_fill (phrase (voice, n > MAX_SCHOOLS_TOLD ? "mail.fact.missing.many" : "mail.fact.missing.all"),
                      "names", list, "n", all, NULL);
}

char *
evidence_said (const Evidence *e, const Voice *voice, const Standing *s)
{
  GString *out = g_string_new (NULL);
  guint n = 0;

  for (int i = 0; e != NULL && i < PQntuples (e->explanations) && n < MAX_COMMENTS_TOLD; i++) {
    g_autofree char *date = NULL;
    g_autofree char *actor = NULL;
    g_autofree char *comment = NULL;
    g_autofree char *said = NULL;

    if (!is_of (e->explanations, i, s))
      continue;
    date = format_date (db_get (e->explanations, i, "day"), voice->language);
    actor = text_line (db_get (e->explanations, i, "actor"));
    comment = text_line (db_get (e->explanations, i, "comment"));
    said = format_fill (phrase (voice, "mail.fact.said.text"), "actor", actor, "date", date, "comment", comment, NULL);
    g_string_append_printf (out, "%s%s", n++ > 0 ? " " : "", said);
  }
  return g_string_free (out, FALSE);
}

char *
evidence_grades (const Evidence *e, const Voice *voice, const Standing *s)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; e != NULL && i < PQntuples (e->contributions) && told->len < MAX_GRADES_TOLD; i++) {
    const PGresult *rows = e->contributions;
    g_autofree char *before = NULL;
    g_autofree char *now = NULL;

    if (strcmp (db_get (rows, i, "indicator"), s->indicator->indicator) != 0
        || strcmp (db_get (rows, i, "area_code"), s->area->area_code) != 0)
      continue;
    before = format_value (db_get_double (rows, i, "value_before"), UNIT_PERCENT);
    now = format_value (db_get_double (rows, i, "value"), UNIT_PERCENT);
    g_ptr_array_add (told, format_fill (phrase (voice, "mail.fact.grade"), "grade",
                                        phrase_grade (voice, db_get (rows, i, "stratum")), "before", before, "value",
                                        now, NULL));
  }
  return told->len > 0 ? phrase_list (voice, told) : g_strdup ("");
}

char *
evidence_versions (const Evidence *e, const Voice *voice, const char *today)
{
  g_autofree char *date = format_date (today, voice->language);

  if (e == NULL)
    return g_strdup ("");
  return format_fill (phrase (voice, "mail.foot.versions"), "date", date, "version", PLUMB_VERSION, "catalogue",
                      db_get (e->versions, 0, "catalogue"), NULL);
}
