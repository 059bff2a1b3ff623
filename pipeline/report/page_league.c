#include "report/page_parts.h"

#include "report/markup.h"

#include <string.h>

static void
add_district (Page *page, const PGresult *rows, int i)
{
  const Area *area = catalogue_area (page->board->catalogue, db_get (rows, i, "area_code"));
  double shrunken = db_get_double (rows, i, "shrunken"), own = db_get_double (rows, i, "value");
  double worst = db_get_double (rows, i, "probability_worst");
  g_autofree char *value = format_value (shrunken, UNIT_PERCENT);
  g_autofree char *range = format_range (db_get_double (rows, i, "shrunken_low95"),
                                         db_get_double (rows, i, "shrunken_high95"), UNIT_PERCENT);
  g_autofree char *plain = format_value (own, UNIT_PERCENT);
  g_autofree char *chance = format_probability (worst);
  g_autofree char *file = area != NULL ? page_file_of_area (area) : NULL;

  if (area == NULL)
    return;
  markup_add (page->out,
              "<tr><th scope=\"row\"><a href=\"{file}\">{name}</a></th><td data-v=\"{v}\"><b>{value}</b>"
              "<small>{range}</small></td><td data-v=\"{w}\">{plain}</td><td data-v=\"{p}\">{chance}</td></tr>\n",
              "file", file, "name", phrase_area (&page->voice, area), "v", page_number (shrunken).text, "value", value,
              "range", range, "w", page_number (own).text, "plain", plain, "p", page_number (worst).text, "chance",
              chance, NULL);
}

void
page_league (Page *page, const Indicator *indicator)
{
  static const char *const heads[] = { "page.area", "page.league.shrunken", "page.league.own", "page.league.worst" };
  const PGresult *rows = page->dossier->league;
  g_autofree char *period = NULL;
  g_autofree char *title = NULL;
  int first = 0;

  while (first < PQntuples (rows) && strcmp (db_get (rows, first, "indicator"), indicator->indicator) != 0)
    first++;
  if (first == PQntuples (rows))
    return;
  period = format_period (db_get (rows, first, "period"), page->voice.language);
  title = format_fill (phrase (&page->voice, "page.league"), "period", period, NULL);
  page_begin_section (page, "league", title);
  markup_add (page->out, "<p class=\"note\">{note}</p>\n", "note", phrase (&page->voice, "page.league.note"), NULL);
  page_begin_table (page, "league");
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    page_head (page, phrase (&page->voice, heads[i]));
  page_begin_body (page);
  for (int i = first; i < PQntuples (rows) && strcmp (db_get (rows, i, "indicator"), indicator->indicator) == 0; i++)
    add_district (page, rows, i);
  page_end_table (page);
  page_end_section (page);
}
