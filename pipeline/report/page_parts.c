#include "report/page_parts.h"

#include "base/sql.h"
#include "report/markup.h"

#include <math.h>
#include <string.h>

/* Signs are drawn, not typed: no face has them all. Each is told from the others by its shape alone. */
const char page_signs[]
    = "<symbol id=\"s-met\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7.5\" fill=\"currentColor\"/>"
      "<path d=\"M4.5 8.3l2.4 2.4 4.6-5\" class=\"inner\"/></symbol>"
      "<symbol id=\"s-on_track\" viewBox=\"0 0 16 16\"><path d=\"M2.5 8.5l3.6 3.6 7.4-8\" class=\"stroke\"/></symbol>"
      "<symbol id=\"s-uncertain\" viewBox=\"0 0 16 16\"><path d=\"M1.5 9.5c2-4 4.3-4 6.5-1.5s4.5 2.5 6.5-1.5\" "
      "class=\"stroke\"/></symbol>"
      "<symbol id=\"s-off_track\" viewBox=\"0 0 16 16\"><path d=\"M3 3l10 10M13 3L3 13\" class=\"stroke\"/></symbol>"
      "<symbol id=\"s-worsening\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7.5\" fill=\"currentColor\"/>"
      "<path d=\"M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4\" class=\"inner\"/></symbol>"
      "<symbol id=\"s-cannot_tell\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"6.5\" "
      "class=\"dashed\"/></symbol>";

static const char *
html_language (const Page *page)
{
  return strcmp (page->voice.language, "en") == 0 ? "en" : "zh-CN";
}

/* A script is named by its hash: nothing but the report's own may run. */
static char *
script_hash (const char *script)
{
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (sum, (const guint8 *)script, -1);
  g_checksum_get_digest (sum, digest, &length);
  return g_base64_encode (digest, length);
}

static void
begin_document (Page *page, const char *title)
{
  g_autofree char *hash = script_hash (embedded_text ("pipeline/report/page.js"));
  g_autofree char *plan = page_plan_name (page);

  markup_add (page->out,
              "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"generator\" content=\"plumbline " PLUMB_VERSION "\">\n"
              "<meta name=\"color-scheme\" content=\"light dark\">\n"
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
              "script-src 'sha256-{hash}'\">\n"
              "<title>{title}</title>\n<style>\n",
              "lang", html_language (page), "hash", hash, "title", title, NULL);
  g_string_append (page->out, embedded_text ("pipeline/report/page.css"));
  markup_add (page->out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">{skip}</a>\n", "skip",
              phrase (&page->voice, "page.skip"), NULL);
  g_string_append (page->out, "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>");
  g_string_append (page->out, page_signs);
  g_string_append (page->out, "</defs></svg>\n");
  if (page->board->simulated)
    markup_add (page->out, "<p class=\"simulated\" role=\"note\"><strong>{word}</strong> {text}</p>\n", "word",
                phrase (&page->voice, "page.simulated.word"), "text", phrase (&page->voice, "page.simulated"), NULL);
  markup_add (page->out, "<header>\n<p class=\"eyebrow\">{plan}</p>\n<h1>{title}</h1>\n", "plan", plan, "title", title,
              NULL);
}

static void
add_link (Page *page, const char *here, const char *file, const char *name)
{
  markup_add (page->out,
              strcmp (here, file) == 0 ? "<strong aria-current=\"page\">{name}</strong>\n"
                                       : "<a href=\"{file}\">{name}</a>\n",
              "file", file, "name", name, NULL);
}

static void
begin_nav (Page *page, const char *key)
{
  markup_add (page->out, "<nav aria-label=\"{label}\"><span aria-hidden=\"true\">{label}</span>\n", "label",
              phrase (&page->voice, key), NULL);
}

static void
add_nav (Page *page, const char *here)
{
  g_autoptr (GPtrArray) targets = board_shared_targets (page->board);

  begin_nav (page, "page.nav.areas");
  add_link (page, here, PAGE_OVERVIEW, phrase (&page->voice, "page.nav.overview"));
  for (guint i = 0; i < page->board->areas->len; i++) {
    const Area *area = page->board->areas->pdata[i];
    g_autofree char *file = page_file_of_area (area);

    if (board_has_area (page->board, area))
      add_link (page, here, file, phrase_area (&page->voice, area));
  }
  g_string_append (page->out, "</nav>\n");
  begin_nav (page, "page.nav.targets");
  for (guint i = 0; i < targets->len; i++) {
    g_autofree char *file = page_file_of_target (targets->pdata[i]);

    add_link (page, here, file, phrase_column (&page->voice, targets->pdata[i]));
  }
  add_link (page, here, PAGE_QUALITY, phrase (&page->voice, "page.nav.quality"));
  add_link (page, here, PAGE_METHOD, phrase (&page->voice, "page.nav.method"));
  g_string_append (page->out, "</nav>\n");
}

char *
page_file_of_area (const Area *area)
{
  return g_strconcat (area->area_code, ".html", NULL);
}

char *
page_file_of_target (const Target *target)
{
  return g_strconcat ("target-", target->target, ".html", NULL);
}

void
page_sign (Page *page, VerdictWord word)
{
  markup_add (page->out, "<svg class=\"sign\" aria-hidden=\"true\"><use href=\"#s-{word}\"/></svg>", "word",
              verdict_name (word), NULL);
}

void
page_badge (Page *page, VerdictWord word)
{
  markup_add (page->out, "<span class=\"badge v-{word}\">", "word", verdict_name (word), NULL);
  page_sign (page, word);
  markup_add (page->out, "{text}</span>", "text", phrase_word (&page->voice, word), NULL);
}

void
page_begin_section (Page *page, const char *id, const char *text)
{
  markup_add (page->out, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{text}</h2>\n", "id", id, "text", text,
              NULL);
}

PageNumber
page_number (double value)
{
  PageNumber number = { "" };

  if (isfinite (value))
    g_ascii_formatd (number.text, sizeof number.text, "%.6g", value);
  return number;
}

void
page_end_section (Page *page)
{
  g_string_append (page->out, "</section>\n");
}

void
page_begin_table (Page *page, const char *id)
{
  markup_add (page->out,
              "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}\">"
              "<table class=\"list sort\" data-sort=\"{sort}\"><thead><tr>",
              "id", id, "sort", phrase (&page->voice, "page.sort"), NULL);
}

void
page_head (Page *page, const char *text)
{
  markup_add (page->out, "<th scope=\"col\">{text}</th>", "text", text, NULL);
}

void
page_begin_body (Page *page)
{
  g_string_append (page->out, "</tr></thead>\n<tbody>\n");
}

void
page_end_table (Page *page)
{
  g_string_append (page->out, "</tbody></table></div>\n");
}

char *
page_plan_name (const Page *page)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < page->board->catalogue->plans->len; i++) {
    Plan *plan = page->board->catalogue->plans->pdata[i];

    g_ptr_array_add (names, strcmp (page->voice.language, "en") == 0 ? plan->name_en : plan->name);
  }
  return phrase_list (&page->voice, names);
}

/* Of those as new, the one that rests on the most schools. */
const Standing *
page_newest_of_feed (const Board *board, const Area *area, const Feed *feed)
{
  const Standing *found = NULL;

  for (guint i = 0; i < board->standings->len; i++) {
    const Standing *s = board->standings->pdata[i];
    int order = 0;

    if (s->area != area || strcmp (s->indicator->feed, feed->feed) != 0 || *s->period == '\0')
      continue;
    order = found != NULL ? strcmp (s->as_of, found->as_of) : 1;
    if (order > 0 || (order == 0 && s->schools_expected > found->schools_expected))
      found = s;
  }
  return found;
}

static void
add_intake (Page *page, const Feed *feed, const Standing *s)
{
  const Voice *voice = &page->voice;
  g_autofree char *period = format_period (s->period, voice->language);
  g_autofree char *schools = phrase_schools (voice, s);
  const char *name = strcmp (voice->language, "en") == 0 ? feed->name_en : feed->name;

  markup_add (page->out, "<div><dt>{name}</dt><dd>{period}", "name", name, "period", period, NULL);
  if (*schools != '\0')
    markup_add (page->out, "<span>{schools}</span>", "schools", schools, NULL);
  if (!s->complete)
    markup_add (page->out, "<em>{text}</em>", "text", phrase_doubt (voice, s, FALSE), NULL);
  g_string_append (page->out, "</dd></div>");
}

char *
phrase_dateline (const Voice *voice, const char *today, const char *received)
{
  g_autofree char *night = format_date (today, voice->language);
  g_autofree char *data = format_date (received, voice->language);

  return format_fill (phrase (voice, *data != '\0' ? "page.dateline" : "page.dateline.empty"), "night", night,
                      "received", data, NULL);
}

char *
page_dateline (const Page *page)
{
  return phrase_dateline (&page->voice, page->today, page->board->received);
}

void
page_add_dateline (GString *out, const char *text)
{
  markup_add (out, "<p class=\"dateline\">{text}</p>\n", "text", text, NULL);
}

static void
add_dateline (Page *page, const Area *area)
{
  const Catalogue *catalogue = page->board->catalogue;
  g_autofree char *text = page_dateline (page);

  page_add_dateline (page->out, text);
  if (area == NULL)
    return;
  g_string_append (page->out, "<dl class=\"intake\">");
  for (guint i = 0; i < catalogue->feeds->len; i++) {
    const Standing *s = page_newest_of_feed (page->board, area, catalogue->feeds->pdata[i]);

    if (s != NULL)
      add_intake (page, catalogue->feeds->pdata[i], s);
  }
  g_string_append (page->out, "</dl>\n");
}

guint
page_count (const Page *page, const Area *area, VerdictWord word)
{
  guint n = 0;

  for (guint i = 0; i < page->board->standings->len; i++) {
    const Standing *s = page->board->standings->pdata[i];

    n += (area == NULL || s->area == area) && s->word == word;
  }
  return n;
}

void
page_tally (Page *page, const Area *area)
{
  static const VerdictWord order[]
      = { VERDICT_WORSENING, VERDICT_OFF_TRACK, VERDICT_UNCERTAIN, VERDICT_CANNOT_TELL, VERDICT_ON_TRACK, VERDICT_MET };

  g_string_append (page->out, "<ul class=\"tally\">");
  for (guint w = 0; w < G_N_ELEMENTS (order); w++) {
    g_autofree char *number = g_strdup_printf ("%u", page_count (page, area, order[w]));

    markup_add (page->out, "<li class=\"v-{word}\">", "word", verdict_name (order[w]), NULL);
    page_sign (page, order[w]);
    markup_add (page->out, "{text} <b>{n}</b></li>", "text", phrase_word (&page->voice, order[w]), "n", number, NULL);
  }
  g_string_append (page->out, "</ul>\n");
}

void
page_begin (Page *page, const char *title, const Area *area, const char *here)
{
  begin_document (page, title);
  add_dateline (page, area);
  add_nav (page, here);
  g_string_append (page->out, "</header>\n<main id=\"main\">\n");
}

static void
add_file (Page *page, const char *file)
{
  if (file != NULL)
    markup_add (page->out, " <a href=\"{file}\">{file}</a>", "file", file, NULL);
}

void
page_end (Page *page)
{
  const Voice *voice = &page->voice;

  g_string_append (page->out, "</main>\n<footer>\n");
  markup_add (page->out, "<p>{how}</p>\n<p>{tables}", "how", phrase (voice, "page.how"), "tables",
              phrase (voice, "page.tables"), NULL);
  add_file (page, page->workbook);
  add_file (page, "verdict.csv");
  add_file (page, "estimate.csv");
  if (page->has_pdf)
    markup_add (page->out, "</p>\n<p>{paper}", "paper", phrase (voice, "page.paper"), NULL);
  add_file (page, page->has_pdf ? PAGE_PDF : NULL);
  g_string_append (page->out, "</p>\n<p>plumbline " PLUMB_VERSION "</p>\n");
  g_string_append (page->out, "</footer>\n<script>");
  g_string_append (page->out, embedded_text ("pipeline/report/page.js"));
  g_string_append (page->out, "</script>\n</body>\n</html>\n");
}

guint
board_count_off (const Board *board, const Area *area, gboolean headline_only)
{
  guint n = 0;

  for (guint i = 0; i < board->standings->len; i++) {
    const Standing *s = board->standings->pdata[i];

    n += s->area == area && standing_is_off (s) && (!headline_only || s->target->headline);
  }
  return n;
}

GPtrArray *
board_of_area (const Board *board, const Area *area)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < board->standings->len; i++)
    if (((const Standing *)board->standings->pdata[i])->area == area)
      g_ptr_array_add (found, board->standings->pdata[i]);
  g_ptr_array_sort (found, standing_compare);
  return found;
}

gboolean
board_has_area (const Board *board, const Area *area)
{
  for (guint i = 0; i < board->standings->len; i++)
    if (((const Standing *)board->standings->pdata[i])->area == area)
      return TRUE;
  return FALSE;
}

GPtrArray *
board_shared_targets (const Board *board)
{
  GPtrArray *targets = g_ptr_array_new ();

  for (guint i = 0; i < board->catalogue->targets->len; i++) {
    const Target *target = board->catalogue->targets->pdata[i];

    if (target->headline && target->scope == SCOPE_CITY_DISTRICT)
      g_ptr_array_add (targets, board->catalogue->targets->pdata[i]);
  }
  return targets;
}
