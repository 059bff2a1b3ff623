#include "report/markup.h"
#include "report/page_parts.h"

#include <math.h>
#include <string.h>

#define CHART_WIDTH 358
#define CHART_HEIGHT 208

static void
add_nav (Page *page, const Area *area)
{
  markup_add (page->out, "<nav aria-label=\"{label}\"><a href=\"index.html\">{all}</a>\n", "label",
              phrase (&page->voice, "page.nav"), "all", phrase (&page->voice, "page.nav.overview"), NULL);
  for (guint i = 0; i < page->board->areas->len; i++) {
    const Area *other = page->board->areas->pdata[i];

    if (board_has_area (page->board, other))
      markup_add (page->out,
                  other == area ? "<strong aria-current=\"page\">{name}</strong>\n"
                                : "<a href=\"{code}.html\">{name}</a>\n",
                  "code", other->area_code, "name", phrase_area (&page->voice, other), NULL);
  }
  g_string_append (page->out, "</nav>\n");
}

static char *
headline (const Page *page, const Area *area)
{
  guint off = board_count_off (page->board, area, FALSE);
  g_autofree char *number = g_strdup_printf ("%u", off);

  return format_fill (phrase (&page->voice, off > 0 ? "page.area.off" : "page.area.fine"), "area",
                      phrase_place (&page->voice, area), "n", number, NULL);
}

static void
add_fact (Page *page, const char *key, const char *text)
{
  if (*text != '\0')
    markup_add (page->out, "<div><dt>{label}</dt><dd>{text}</dd></div>", "label", phrase (&page->voice, key), "text",
                text, NULL);
}

static void
add_facts (Page *page, const Standing *s)
{
  const Voice *voice = &page->voice;
  g_autofree char *goal = phrase_goal (voice, s);
  g_autofree char *date = format_date (s->target->deadline, voice->language);
  g_autofree char *goal_text = format_fill (phrase (voice, "mail.fact.goal.text"), "goal", goal, "date", date, NULL);
  g_autofree char *path = phrase_path (voice, s);
  g_autofree char *interval = phrase_interval (voice, s);
  g_autofree char *outlook = phrase_outlook (voice, s);
  g_autofree char *schools = phrase_schools (voice, s);
  g_autofree char *period = format_period (s->period, voice->language);
  g_autofree char *since = format_date (s->since, voice->language);
  g_autofree char *alert
      = s->state == ALERT_OK || s->state == ALERT_RESOLVED
            ? g_strdup ("")
            : format_fill (phrase (voice, "page.fact.alert.text"), "state", phrase_state (voice, s->state), "severity",
                           phrase_severity (voice, s->severity), "since", since, NULL);

  g_string_append (page->out, "<dl class=\"facts\">");
  add_fact (page, "page.fact.goal", isfinite (s->target_value) ? goal_text : "");
  add_fact (page, "page.fact.path", isfinite (s->path_now) ? path : "");
  add_fact (page, "page.fact.certainty", interval);
  add_fact (page, "page.fact.outlook", outlook);
  add_fact (page, "page.fact.period", period);
  add_fact (page, standing_reports_by_area (voice->catalogue, s) ? "page.fact.units" : "page.fact.schools", schools);
  add_fact (page, "page.fact.alert", alert);
  g_string_append (page->out, "</dl>\n");
}

/* One target: the word, the figure, the picture, the reason, and what it rests on. */
static void
add_card (Page *page, const Standing *s)
{
  const Voice *voice = &page->voice;
  g_autofree char *value = isfinite (s->value_now) ? phrase_value (voice, s) : g_strdup (phrase (voice, "chart.empty"));
  g_autofree char *gap = phrase_gap (voice, s);
  g_autofree char *chart = phrase_chart (voice, page->board, s, CHART_WIDTH, CHART_HEIGHT);

  markup_add (page->out, "<article class=\"card v-{word}\" id=\"{target}\">\n<header>", "word", verdict_name (s->word),
              "target", s->target->target, NULL);
  page_badge (page, s->word);
  markup_add (page->out, "<h3>{name}</h3></header>\n<p class=\"figure\"><b>{value}</b> <span>{gap}</span></p>\n",
              "name", phrase_indicator (voice, s->indicator), "value", value, "gap", gap, NULL);
  g_string_append (page->out, chart);
  markup_add (page->out, "\n<p class=\"reason\">{reason}</p>\n", "reason", phrase_reason (voice, s), NULL);
  if (!s->complete)
    markup_add (page->out, "<p class=\"warn\">{text}</p>\n", "text", phrase_doubt (voice, s, TRUE), NULL);
  add_facts (page, s);
  markup_add (page->out, "<p class=\"asks\">{asks}</p>\n</article>\n", "asks", phrase_target (voice, s->target), NULL);
}

static void
add_group (Page *page, const GPtrArray *standings, const char *id, const char *key, VerdictWord first,
           VerdictWord second)
{
  guint n = 0;
  g_autofree char *number = NULL;
  g_autofree char *title = NULL;

  for (guint i = 0; i < standings->len; i++)
    n += ((const Standing *)standings->pdata[i])->word == first
         || ((const Standing *)standings->pdata[i])->word == second;
  if (n == 0)
    return;
  number = g_strdup_printf ("%u", n);
  title = format_fill (phrase (&page->voice, key), "n", number, NULL);
  markup_add (page->out, "<section aria-labelledby=\"{id}\">\n", "id", id, NULL);
  page_heading (page, id, title);
  g_string_append (page->out, "<div class=\"cards\">\n");
  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];

    if (s->word == first || s->word == second)
      add_card (page, s);
  }
  g_string_append (page->out, "</div>\n</section>\n");
}

char *
page_area (const Board *board, const Area *area, const char *language, const char *today)
{
  Page page = {
    .voice = { board->catalogue, language }, .board = board, .today = today, .out = g_string_sized_new (1 << 16)
  };
  g_autoptr (GPtrArray) standings = board_of_area (board, area);
  g_autofree char *plan = page_plan_name (&page);
  g_autofree char *title = headline (&page, area);

  page_begin (&page, title);
  markup_add (page.out, "<header>\n<p class=\"eyebrow\">{plan}</p>\n<h1>{title}</h1>\n", "plan", plan, "title", title,
              NULL);
  page_dateline (&page, area);
  add_nav (&page, area);
  g_string_append (page.out, "</header>\n<main id=\"main\">\n");
  page_tally (&page, area);
  markup_add (page.out, "<p class=\"note\">{key}</p>\n", "key", phrase (&page.voice, "chart.key"), NULL);
  add_group (&page, standings, "off", "page.group.off", VERDICT_WORSENING, VERDICT_OFF_TRACK);
  add_group (&page, standings, "uncertain", "page.group.uncertain", VERDICT_UNCERTAIN, VERDICT_UNCERTAIN);
  add_group (&page, standings, "untold", "page.group.untold", VERDICT_CANNOT_TELL, VERDICT_CANNOT_TELL);
  add_group (&page, standings, "fine", "page.group.fine", VERDICT_ON_TRACK, VERDICT_MET);
  page_end (&page);
  return g_string_free (page.out, FALSE);
}
