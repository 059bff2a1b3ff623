#include "report/markup.h"
#include "report/page_parts.h"

#include <string.h>

#define MAX_NAMED_SCHOOLS 40

static const char *
feed_name (const Page *page, const Feed *feed)
{
  return strcmp (page->voice.language, "en") == 0 ? feed->name_en : feed->name;
}

/* @n things of which @shown were named. */
static char *
more_than (const Page *page, guint n, guint shown)
{
  g_autofree char *number = g_strdup_printf ("%u", n - shown);

  return n > shown ? format_fill (phrase (&page->voice, "page.more"), "n", number, NULL) : g_strdup ("");
}

static void
add_missing_of_feed (Page *page, const Area *area, const Feed *feed)
{
  const PGresult *rows = page->dossier->missing_schools;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *period_code = "";
  guint n = 0;

  for (int i = 0; i < PQntuples (rows); i++)
    if (strcmp (db_get (rows, i, "feed"), feed->feed) == 0
        && strcmp (db_get (rows, i, "district_code"), area->area_code) == 0) {
      period_code = db_get (rows, i, "period");
      if (++n <= MAX_NAMED_SCHOOLS)
        g_ptr_array_add (names, (gpointer)(guintptr)db_get (rows, i, "name"));
    }
  if (n > 0) {
    g_autofree char *list = phrase_list (&page->voice, names);
    g_autofree char *more = more_than (page, n, names->len);
    g_autofree char *period = format_period (period_code, page->voice.language);
    g_autofree char *number = g_strdup_printf ("%u", n);
    g_autofree char *count = format_fill (phrase (&page->voice, "page.missing.n"), "n", number, NULL);

    markup_add (page->out, "<li><b>{feed}</b> {period} <b>{count}</b> {names} {more}</li>\n", "feed",
                feed_name (page, feed), "period", period, "count", count, "names", list, "more", more, NULL);
  }
}

static gboolean
misses_some (const Page *page, const Area *area)
{
  const PGresult *rows = page->dossier->missing_schools;

  for (int i = 0; i < PQntuples (rows); i++)
    if (strcmp (db_get (rows, i, "district_code"), area->area_code) == 0)
      return TRUE;
  return FALSE;
}

void
page_missing_schools (Page *page, const Area *area)
{
  const GPtrArray *feeds = page->board->catalogue->feeds;

  if (!misses_some (page, area)) {
    markup_add (page->out, "<p>{text}</p>\n", "text", phrase (&page->voice, "page.missing.none"), NULL);
    return;
  }
  g_string_append (page->out, "<ul class=\"plain\">\n");
  for (guint i = 0; i < feeds->len; i++)
    add_missing_of_feed (page, area, feeds->pdata[i]);
  g_string_append (page->out, "</ul>\n");
}

static void
add_return (Page *page, const Area *area, const Feed *feed)
{
  const Standing *s = page_newest_of_feed (page->board, area, feed);
  g_autofree char *period = NULL;
  g_autofree char *share = NULL;
  double reported = 0;

  if (s == NULL) {
    markup_add (page->out, "<td class=\"none\" data-v=\"\">{none}</td>", "none", phrase (&page->voice, "page.none"),
                NULL);
    return;
  }
  period = format_period (s->period, page->voice.language);
  share = g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, s->schools_reporting, s->schools_expected);
  reported = s->schools_expected > 0 ? (double)s->schools_reporting / (double)s->schools_expected : 1;
  markup_add (page->out, "<td data-v=\"{v}\"><b>{share}</b> <small>{period}</small>", "v", page_number (reported).text,
              "share", share, "period", period, NULL);
  if (!s->complete)
    markup_add (page->out, "<small class=\"flag\">{flag}</small>", "flag", phrase_doubt (&page->voice, s, FALSE), NULL);
  g_string_append (page->out, "</td>");
}

static void
add_returns (Page *page)
{
  const GPtrArray *feeds = page->board->catalogue->feeds;

  page_begin_section (page, "returns", phrase (&page->voice, "page.quality.returns"));
  markup_add (page->out, "<p class=\"note\">{note}</p>\n", "note", phrase (&page->voice, "page.quality.returns.note"),
              NULL);
  page_begin_table (page, "returns");
  page_head (page, phrase (&page->voice, "page.area"));
  for (guint f = 0; f < feeds->len; f++)
    if (((const Feed *)feeds->pdata[f])->grain != GRAIN_REGISTER)
      page_head (page, feed_name (page, feeds->pdata[f]));
  page_begin_body (page);
  for (guint a = 0; a < page->board->areas->len; a++) {
    const Area *area = page->board->areas->pdata[a];
    g_autofree char *file = page_file_of_area (area);

    if (!board_has_area (page->board, area))
      continue;
    markup_add (page->out, "<tr class=\"{level}\"><th scope=\"row\"><a href=\"{file}\">{name}</a></th>", "level",
                area->level == AREA_CITY ? "city" : "district", "file", file, "name", phrase_area (&page->voice, area),
                NULL);
    for (guint f = 0; f < feeds->len; f++)
      if (((const Feed *)feeds->pdata[f])->grain != GRAIN_REGISTER)
        add_return (page, area, feeds->pdata[f]);
    g_string_append (page->out, "</tr>\n");
  }
  page_end_table (page);
  page_end_section (page);
}

static void
add_missing (Page *page)
{
  page_begin_section (page, "missing", phrase (&page->voice, "page.missing"));
  if (PQntuples (page->dossier->missing_schools) == 0)
    markup_add (page->out, "<p>{text}</p>\n", "text", phrase (&page->voice, "page.missing.none"), NULL);
  for (guint a = 0; a < page->board->areas->len; a++) {
    const Area *area = page->board->areas->pdata[a];

    if (area->level == AREA_CITY || !misses_some (page, area))
      continue;
    markup_add (page->out, "<h3>{name}</h3>\n", "name", phrase_place (&page->voice, area), NULL);
    page_missing_schools (page, area);
  }
  page_end_section (page);
}

/* A rule's sentence without the case it was made for: “…” must be a number. */
static char *
rule_text (const Page *page, const Rule *rule)
{
  static GRegex *place = NULL;
  const char *text = strcmp (page->voice.language, "en") == 0 ? rule->text_en : rule->text_zh;

  if (place == NULL)
    place = g_regex_new ("\\{[a-z]+\\}", G_REGEX_OPTIMIZE, 0, NULL);
  return g_regex_replace_literal (place, text, -1, 0, "…", 0, NULL);
}

static const Rule *
rule_named (const Catalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->rules->len; i++) {
    const Rule *rule = catalogue->rules->pdata[i];

    if (strcmp (rule->rule, name) == 0)
      return rule;
  }
  return NULL;
}

static const Area *
area_named (const Page *page, const char *code)
{
  for (guint i = 0; i < page->board->areas->len; i++)
    if (strcmp (((const Area *)page->board->areas->pdata[i])->area_code, code) == 0)
      return page->board->areas->pdata[i];
  return NULL;
}

static void
add_reject (Page *page, const PGresult *rows, int i)
{
  const Voice *voice = &page->voice;
  const Rule *rule = rule_named (page->board->catalogue, db_get (rows, i, "rule"));
  const Feed *feed = catalogue_feed (page->board->catalogue, db_get (rows, i, "feed"));
  const Area *area = area_named (page, db_get (rows, i, "district_code"));
  g_autofree char *text = rule != NULL ? rule_text (page, rule) : g_strdup ("");
  gboolean refused = strcmp (db_get (rows, i, "severity"), "refuse") == 0;

  markup_add (page->out,
              "<tr><th scope=\"row\">{area}</th><td>{feed}</td><td>{rule}<small>{text}</small></td><td>{severity}</td>"
              "<td data-v=\"{rows}\">{rows}</td><td data-v=\"{files}\">{files}</td></tr>\n",
              "area", area != NULL ? phrase_area (voice, area) : phrase (voice, "page.quality.unknown"), "feed",
              feed != NULL ? feed_name (page, feed) : "", "rule", db_get (rows, i, "rule"), "text", text, "severity",
              phrase (voice, refused ? "page.quality.refused" : "page.quality.confirm"), "rows",
              db_get (rows, i, "rows"), "files", db_get (rows, i, "files"), NULL);
}

static void
add_rejects (Page *page)
{
  static const char *const heads[] = { "page.area",           "page.quality.feed", "page.quality.rule",
                                       "page.quality.answer", "page.quality.rows", "page.quality.files" };
  const PGresult *rows = page->dossier->rejects;

  page_begin_section (page, "rejects", phrase (&page->voice, "page.quality.rejects"));
  if (PQntuples (rows) == 0)
    markup_add (page->out, "<p>{text}</p>\n", "text", phrase (&page->voice, "page.quality.rejects.none"), NULL);
  else {
    page_begin_table (page, "rejects");
    for (guint h = 0; h < G_N_ELEMENTS (heads); h++)
      page_head (page, phrase (&page->voice, heads[h]));
    page_begin_body (page);
    for (int i = 0; i < PQntuples (rows); i++)
      add_reject (page, rows, i);
    page_end_table (page);
  }
  page_end_section (page);
}

static void
add_refused_files (Page *page)
{
  const PGresult *rows = page->dossier->refused_files;

  if (PQntuples (rows) == 0)
    return;
  page_begin_section (page, "refused", phrase (&page->voice, "page.quality.whole"));
  g_string_append (page->out, "<ul class=\"plain\">\n");
  for (int i = 0; i < PQntuples (rows); i++) {
    g_autofree char *day = format_date (db_get (rows, i, "day"), page->voice.language);
    g_auto (GStrv) reason = g_strsplit (db_get (rows, i, "reason"), ":", 2);
    const Rule *rule = reason[0] != NULL ? rule_named (page->board->catalogue, reason[0]) : NULL;
    g_autofree char *text = rule != NULL ? rule_text (page, rule) : g_strdup ("");

    markup_add (page->out, "<li>{day} <b>{file}</b> {rule} {text}</li>\n", "day", day, "file",
                db_get (rows, i, "file_name"), "rule", reason[0] != NULL ? reason[0] : "", "text", text, NULL);
  }
  g_string_append (page->out, "</ul>\n");
  page_end_section (page);
}

void
page_quality (Page *page)
{
  page_begin (page, phrase (&page->voice, "page.quality.title"), NULL, PAGE_QUALITY);
  add_returns (page);
  add_missing (page);
  add_rejects (page);
  add_refused_files (page);
  page_end (page);
}
