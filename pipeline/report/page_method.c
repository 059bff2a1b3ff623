#include "report/markup.h"
#include "report/page_parts.h"

#include <string.h>

static const char *
either (const Page *page, const char *zh, const char *en)
{
  return strcmp (page->voice.language, "en") == 0 ? en : zh;
}

/* What is done, in the order in which it is done: a heading, its sentence, its formula. */
static void
add_steps (Page *page)
{
  static const struct {
    const char *name;
    gboolean formula;
  } steps[] = { { "sample", TRUE }, { "standard", TRUE }, { "census", TRUE },       { "count", TRUE },
                { "path", TRUE },   { "trend", FALSE },   { "drift", TRUE },        { "probability", FALSE },
                { "worse", FALSE }, { "verdict", FALSE }, { "provisional", FALSE }, { "small", FALSE } };

  page_begin_section (page, "steps", phrase (&page->voice, "page.method.steps"));
  g_string_append (page->out, "<dl class=\"method\">\n");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *name = g_strconcat ("method.", steps[i].name, NULL);
    g_autofree char *text = g_strconcat (name, ".text", NULL);
    g_autofree char *formula = g_strconcat (name, ".formula", NULL);

    markup_add (page->out, "<div><dt>{name}</dt><dd>{text}", "name", phrase (&page->voice, name), "text",
                phrase (&page->voice, text), NULL);
    if (steps[i].formula)
      markup_add (page->out, "<code>{formula}</code>", "formula", phrase (&page->voice, formula), NULL);
    g_string_append (page->out, "</dd></div>\n");
  }
  g_string_append (page->out, "</dl>\n");
  page_end_section (page);
}

static void
add_words (Page *page)
{
  page_begin_section (page, "words", phrase (&page->voice, "page.method.words"));
  g_string_append (page->out, "<dl class=\"method\">\n");
  for (guint w = 0; w <= VERDICT_CANNOT_TELL; w++) {
    g_autofree char *key = g_strconcat ("method.word.", verdict_name ((VerdictWord)w), NULL);

    g_string_append (page->out, "<div><dt>");
    page_badge (page, (VerdictWord)w);
    markup_add (page->out, "</dt><dd>{text}</dd></div>\n", "text", phrase (&page->voice, key), NULL);
  }
  g_string_append (page->out, "</dl>\n");
  page_end_section (page);
}

static void
add_indicators (Page *page)
{
  const Catalogue *catalogue = page->board->catalogue;

  page_begin_section (page, "indicators", phrase (&page->voice, "page.method.indicators"));
  page_begin_table (page, "indicators");
  page_head (page, phrase (&page->voice, "page.method.indicator"));
  page_head (page, phrase (&page->voice, "page.method.kind"));
  page_head (page, phrase (&page->voice, "page.quality.feed"));
  page_head (page, phrase (&page->voice, "page.definition"));
  page_begin_body (page);
  for (guint i = 0; i < catalogue->indicators->len; i++) {
    const Indicator *indicator = catalogue->indicators->pdata[i];
    const Feed *feed = catalogue_feed (catalogue, indicator->feed);
    g_autofree char *kind = g_strconcat ("page.kind.", catalogue_indicator_kinds[indicator->kind], NULL);

    markup_add (page->out,
                "<tr><th scope=\"row\">{name}<small>{code}</small></th><td>{kind}</td><td>{feed}</td>"
                "<td>{definition}</td></tr>\n",
                "name", phrase_indicator (&page->voice, indicator), "code", indicator->indicator, "kind",
                phrase (&page->voice, kind), "feed", either (page, feed->name, feed->name_en), "definition",
                either (page, indicator->definition, indicator->definition_en), NULL);
  }
  page_end_table (page);
  page_end_section (page);
}

static void
add_target (Page *page, const Target *target)
{
  g_autofree char *deadline = format_date (target->deadline, page->voice.language);
  PageNumber value = page_number (target->value);
  g_autofree char *unit = g_strconcat ("unit.", target->unit, NULL);

  markup_add (
      page->out,
      "<tr><td>{item}</td><th scope=\"row\">{name}<small>{code}</small></th><td data-v=\"{value}\">{value} {unit}"
      "</td><td>{deadline}</td><td>{note}</td></tr>\n",
      "item", target->item, "name", phrase_target (&page->voice, target), "code", target->target, "value", value.text,
      "unit", phrase (&page->voice, unit), "deadline", deadline, "note", either (page, target->note, target->note_en),
      NULL);
}

static void
add_targets (Page *page)
{
  static const char *const heads[]
      = { "page.method.item", "page.method.target", "page.method.asked", "page.method.deadline", "page.method.note" };

  page_begin_section (page, "targets", phrase (&page->voice, "page.method.targets"));
  page_begin_table (page, "targets");
  for (guint h = 0; h < G_N_ELEMENTS (heads); h++)
    page_head (page, phrase (&page->voice, heads[h]));
  page_begin_body (page);
  for (guint i = 0; i < page->board->catalogue->targets->len; i++)
    add_target (page, page->board->catalogue->targets->pdata[i]);
  page_end_table (page);
  page_end_section (page);
}

static void
add_thresholds (Page *page)
{
  page_begin_section (page, "thresholds", phrase (&page->voice, "page.method.thresholds"));
  page_begin_table (page, "thresholds");
  page_head (page, phrase (&page->voice, "page.method.threshold"));
  page_head (page, phrase (&page->voice, "page.method.value"));
  page_head (page, phrase (&page->voice, "page.method.note"));
  page_begin_body (page);
  for (guint i = 0; i < page->board->catalogue->thresholds->len; i++) {
    const Threshold *t = page->board->catalogue->thresholds->pdata[i];

    markup_add (
        page->out,
        "<tr><th scope=\"row\"><code>{name}</code></th><td data-v=\"{value}\">{value}</td><td>{note}</td></tr>\n",
        "name", t->name, "value", page_number (t->value).text, "note", either (page, t->note, t->note_en), NULL);
  }
  page_end_table (page);
  page_end_section (page);
}

void
page_method (Page *page)
{
  page_begin (page, phrase (&page->voice, "page.method.title"), NULL, PAGE_METHOD);
  add_steps (page);
  add_words (page);
  add_thresholds (page);
  add_targets (page);
  add_indicators (page);
  page_end (page);
}
