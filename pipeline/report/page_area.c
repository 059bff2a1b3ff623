#include "report/markup.h"
#include "report/page_parts.h"

#include <math.h>
#include <string.h>

#define CHART_WIDTH 358
#define CHART_HEIGHT 208
#define MAX_CHANGES 20

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
  page_begin_section (page, id, title);
  g_string_append (page->out, "<div class=\"cards\">\n");
  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];

    if (s->word == first || s->word == second)
      add_card (page, s);
  }
  g_string_append (page->out, "</div>\n");
  page_end_section (page);
}

static const char *
word_of (const Page *page, const char *name)
{
  g_autofree char *key = g_strconcat ("verdict.", name, NULL);

  return phrase (&page->voice, key);
}

/* A figure that moved: its verdict when that did, else its value. */
static void
add_change (Page *page, const PGresult *rows, int i, const Indicator *indicator)
{
  FormatUnit unit = indicator->kind == INDICATOR_TOTAL ? UNIT_COUNT : UNIT_PERCENT;
  gboolean verdict = strcmp (db_get (rows, i, "figure"), "verdict") == 0;
  g_autofree char *before = verdict ? g_strdup (word_of (page, db_get (rows, i, "verdict_before")))
                                    : format_value (db_get_double (rows, i, "value_before"), unit);
  g_autofree char *after = verdict ? g_strdup (word_of (page, db_get (rows, i, "verdict_after")))
                                   : format_value (db_get_double (rows, i, "value_after"), unit);
  g_autofree char *period = format_period (db_get (rows, i, "period"), page->voice.language);

  markup_add (page->out, "<li><b>{name}</b> {period} {before} → {after}</li>\n", "name",
              phrase_indicator (&page->voice, indicator), "period", period, "before", before, "after", after, NULL);
}

static gboolean
is_change (const PGresult *rows, int i)
{
  if (strcmp (db_get (rows, i, "figure"), "verdict") != 0)
    return !db_is_null (rows, i, "value_after");
  return *db_get (rows, i, "verdict_before") != '\0' && *db_get (rows, i, "verdict_after") != '\0'
         && strcmp (db_get (rows, i, "verdict_before"), db_get (rows, i, "verdict_after")) != 0;
}

static void
add_changes (Page *page, const Area *area)
{
  const PGresult *rows = page->dossier->changes;
  g_autofree char *since = NULL;
  g_autofree char *title = NULL;
  guint shown = 0;

  if (PQntuples (rows) == 0)
    return;
  since = format_date (db_get (rows, 0, "since"), page->voice.language);
  title = format_fill (
      phrase (&page->voice, db_get_boolean (rows, 0, "released") ? "page.changes.release" : "page.changes"), "since",
      since, NULL);
  page_begin_section (page, "changes", title);
  g_string_append (page->out, "<ul class=\"plain\">\n");
  for (int i = 0; i < PQntuples (rows); i++) {
    const Indicator *indicator = catalogue_indicator (page->board->catalogue, db_get (rows, i, "indicator"));

    if (indicator == NULL || strcmp (db_get (rows, i, "area_code"), area->area_code) != 0 || !is_change (rows, i))
      continue;
    if (++shown <= MAX_CHANGES)
      add_change (page, rows, i, indicator);
  }
  if (shown == 0 || shown > MAX_CHANGES) {
    g_autofree char *more = g_strdup_printf ("%u", shown - MAX_CHANGES);
    g_autofree char *text
        = format_fill (phrase (&page->voice, shown == 0 ? "page.changes.none" : "page.more"), "n", more, NULL);

    markup_add (page->out, "<li>{text}</li>\n", "text", text, NULL);
  }
  g_string_append (page->out, "</ul>\n");
  page_end_section (page);
}

static void
add_missing (Page *page, const Area *area)
{
  if (area->level == AREA_CITY)
    return;
  page_begin_section (page, "missing", phrase (&page->voice, "page.missing"));
  page_missing_schools (page, area);
  page_end_section (page);
}

static const Target *
target_of (const Catalogue *catalogue, const PGresult *rows, int i)
{
  for (guint t = 0; t < catalogue->targets->len; t++) {
    const Target *target = catalogue->targets->pdata[t];

    if (strcmp (target->plan, db_get (rows, i, "plan")) == 0
        && strcmp (target->target, db_get (rows, i, "target")) == 0)
      return target;
  }
  return NULL;
}

static const char *
state_name (const Page *page, const char *name)
{
  return *name != '\0' ? phrase_state (&page->voice, alert_state_parse (name))
                       : phrase (&page->voice, "mail.state.none");
}

static void
add_event (Page *page, const PGresult *rows, int i, const Target *target)
{
  const Voice *voice = &page->voice;
  g_autofree char *day = format_date (db_get (rows, i, "day"), voice->language);

  markup_add (page->out,
              "<tr><td data-v=\"{number}\">{day}</td><th scope=\"row\">{name}</th><td>{from} → {to}</td>"
              "<td class=\"words\">{reason}</td><td>{actor}</td></tr>\n",
              "number", page_number (board_day_time (db_get (rows, i, "day"))).text, "day", day, "name",
              phrase_column (voice, target), "from", state_name (page, db_get (rows, i, "from_state")), "to",
              state_name (page, db_get (rows, i, "to_state")), "reason",
              db_get (rows, i, strcmp (voice->language, "en") == 0 ? "reason_en" : "reason"), "actor",
              db_get (rows, i, "actor"), NULL);
}

static void
add_history (Page *page, const Area *area)
{
  static const char *const heads[] = { "page.history.day", "page.history.target", "page.history.state",
                                       "page.history.reason", "page.history.actor" };
  const PGresult *rows = page->dossier->events;
  gboolean begun = FALSE;

  for (int i = 0; i < PQntuples (rows); i++) {
    const Target *target = target_of (page->board->catalogue, rows, i);

    if (target == NULL || strcmp (db_get (rows, i, "area_code"), area->area_code) != 0)
      continue;
    if (!begun) {
      page_begin_section (page, "history", phrase (&page->voice, "page.history"));
      page_begin_table (page, "history");
      for (guint h = 0; h < G_N_ELEMENTS (heads); h++)
        page_head (page, phrase (&page->voice, heads[h]));
      page_begin_body (page);
      begun = TRUE;
    }
    add_event (page, rows, i, target);
  }
  if (begun) {
    page_end_table (page);
    page_end_section (page);
  }
}

void
page_area (Page *page, const Area *area)
{
  g_autoptr (GPtrArray) standings = board_of_area (page->board, area);
  g_autofree char *title = headline (page, area);
  g_autofree char *file = page_file_of_area (area);

  page_begin (page, title, area, file);
  page_tally (page, area);
  markup_add (page->out, "<p class=\"note\">{key}</p>\n", "key", phrase (&page->voice, "chart.key"), NULL);
  add_group (page, standings, "off", "page.group.off", VERDICT_WORSENING, VERDICT_OFF_TRACK);
  add_group (page, standings, "uncertain", "page.group.uncertain", VERDICT_UNCERTAIN, VERDICT_UNCERTAIN);
  add_group (page, standings, "untold", "page.group.untold", VERDICT_CANNOT_TELL, VERDICT_CANNOT_TELL);
  add_group (page, standings, "fine", "page.group.fine", VERDICT_ON_TRACK, VERDICT_MET);
  add_changes (page, area);
  add_missing (page, area);
  add_history (page, area);
  page_end (page);
}
