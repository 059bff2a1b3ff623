#include "load/past.h"

#include "base/sql.h"

/* A literal of text[]: each element quoted. */
static char *
array_literal (const GPtrArray *texts)
{
  GString *out = g_string_new ("{");

  for (guint i = 0; i < texts->len; i++) {
    g_string_append (out, i > 0 ? ",\"" : "\"");
    for (const char *p = texts->pdata[i]; *p != '\0'; p++) {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
    g_string_append_c (out, '"');
  }
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static void
parse_figures (const char *text, GArray *out)
{
  g_array_set_size (out, 0);
  while (*text != '\0') {
    HistoryFigure figure;
    char *end = NULL;

    figure.sum = g_ascii_strtoll (text, &end, 10);
    figure.mark = g_ascii_strtoll (end, &end, 10);
    figure.cells = g_ascii_strtoll (end, &end, 10);
    g_array_append_val (out, figure);
    text = end;
  }
}

gboolean
past_read (const Feed *feed, const char *period, gboolean year_ago, const GPtrArray *districts, const GPtrArray *codes,
           void (*take) (const char *unit, const char *last, const HistoryFigure *figures, gpointer taker),
           gpointer taker, gpointer data, GError **error)
{
  g_autofree char *places = array_literal (districts), *units = array_literal (codes);
  g_autoptr (PGresult) rows = db_queryv (data, error, sql_query ("list_last_period"), feed->feed, period,
                                         year_ago ? "true" : "false", places, units, DB_END);
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (HistoryFigure));
  guint n = 0;

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < feed->columns->len; i++)
    n += ((const FeedColumn *)feed->columns->pdata[i])->type == TYPE_COUNT;
  for (int i = 0; i < PQntuples (rows); i++) {
    parse_figures (db_get (rows, i, "figures"), figures);
    if (figures->len == n) /* a table may be behind the catalogue */
      take (db_get (rows, i, "unit"), db_get (rows, i, "last"), (const HistoryFigure *)(gpointer)figures->data, taker);
  }
  return TRUE;
}
