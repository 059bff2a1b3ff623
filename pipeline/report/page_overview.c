#include "report/markup.h"
#include "report/overview.h"
#include "report/page_parts.h"

#include <math.h>
#include <string.h>

static void
add_line (Page *page, VerdictWord word, const char *line)
{
  g_string_append (page->out, "<li>");
  page_badge (page, word);
  markup_add (page->out, "<span>{line}</span></li>", "line", line, NULL);
}

static void
add_area_link (Page *page, const Area *area, const char *name)
{
  markup_add (page->out, "<a href=\"{code}.html\">{name}</a>", "code", area->area_code, "name", name, NULL);
}

static void
add_matters_of (Page *page, const Area *area)
{
  g_autoptr (GPtrArray) standings = board_of_area (page->board, area);
  g_autofree char *counts = NULL;
  guint n = 0;

  for (guint i = 0; i < standings->len; i++)
    n += overview_is_matter (page, standings->pdata[i])
         || (area->level == AREA_CITY && standing_is_off (standings->pdata[i]));
  if (n == 0)
    return;
  g_string_append (page->out, area->level == AREA_CITY ? "<div class=\"whole\"><dt>" : "<div><dt>");
  add_area_link (page, area, phrase_area (&page->voice, area));
  g_string_append (page->out, "</dt><dd><ul>");
  for (guint i = 0; i < standings->len; i++)
    if (overview_is_matter (page, standings->pdata[i])) {
      g_autofree char *line = overview_matter (page, standings->pdata[i]);

      add_line (page, ((const Standing *)standings->pdata[i])->word, line);
    }
  counts = area->level == AREA_CITY ? overview_counts_behind (page, standings) : NULL;
  if (counts != NULL)
    add_line (page, VERDICT_OFF_TRACK, counts);
  g_string_append (page->out, "</ul></dd></div>\n");
}

static void
add_untold_group (Page *page, const Untold *untold)
{
  g_autofree char *targets = phrase_list (&page->voice, untold->targets);

  g_string_append (page->out, "<li>");
  page_badge (page, VERDICT_CANNOT_TELL);
  g_string_append (page->out, "<span>");
  for (guint i = 0; i < untold->areas->len; i++) {
    if (i > 0)
      g_string_append_c (page->out, ' ');
    add_area_link (page, untold->areas->pdata[i], phrase_area (&page->voice, untold->areas->pdata[i]));
  }
  markup_add (page->out, " <b>{targets}</b> {reason}</span></li>", "targets", targets, "reason", untold->reason, NULL);
}

static void
add_untold (Page *page)
{
  g_autoptr (GPtrArray) groups = overview_untold (page);

  if (groups->len == 0)
    return;
  markup_add (page->out, "<div class=\"untold\"><dt>{title}</dt><dd><ul>", "title",
              phrase (&page->voice, "page.matter.untold"), NULL);
  for (guint i = 0; i < groups->len; i++)
    add_untold_group (page, groups->pdata[i]);
  g_string_append (page->out, "</ul></dd></div>\n");
}

static void
add_matters (Page *page, const GPtrArray *areas)
{
  const Area *city = board_city (page->board);

  markup_add (page->out, "<section class=\"matters\" aria-labelledby=\"tonight\">\n<h2 id=\"tonight\">{title}</h2>\n",
              "title", phrase (&page->voice, "page.tonight"), NULL);
  g_string_append (page->out, "<dl>\n");
  for (guint i = 0; i < areas->len; i++)
    add_matters_of (page, areas->pdata[i]);
  if (city != NULL)
    add_matters_of (page, city);
  add_untold (page);
  g_string_append (page->out, "</dl>\n");
  page_end_section (page);
}

static void
add_table_head (Page *page, const GPtrArray *targets)
{
  markup_add (page->out, "<thead><tr><th scope=\"col\" class=\"corner\">{area}</th>", "area",
              phrase (&page->voice, "page.area"), NULL);
  for (guint i = 0; i < targets->len; i++) {
    g_autofree char *goal = overview_goal (page, targets->pdata[i]);

    g_autofree char *file = page_file_of_target (targets->pdata[i]);

    markup_add (page->out, "<th scope=\"col\" title=\"{full}\"><a href=\"{file}\">{name}</a><small>{goal}</small></th>",
                "full", phrase_target (&page->voice, targets->pdata[i]), "file", file, "name",
                phrase_column (&page->voice, targets->pdata[i]), "goal", goal, NULL);
  }
  g_string_append (page->out, "</tr></thead>\n");
}

static void
add_cell (Page *page, const Standing *s)
{
  g_autofree char *value = phrase_value (&page->voice, s);
  g_autofree char *path = phrase_path (&page->voice, s);
  g_autofree char *sentence = phrase_sentence (&page->voice, s);
  g_autofree char *spark = phrase_spark (&page->voice, page->board, s);
  PageNumber number = page_number (s->value_now);

  markup_add (page->out, "<td class=\"v-{word}\" data-v=\"{v}\" title=\"{sentence}\">", "word", verdict_name (s->word),
              "v", number.text, "sentence", sentence, NULL);
  page_badge (page, s->word);
  markup_add (page->out, "<span class=\"now\"><b>{value}</b>", "value", value, NULL);
  g_string_append (page->out, spark);
  g_string_append (page->out, "</span>");
  if (isfinite (s->path_now))
    markup_add (page->out, "<small>{label} {path}</small>", "label", phrase (&page->voice, "page.path"), "path", path,
                NULL);
  if (!s->complete)
    markup_add (page->out, "<small class=\"flag\">{flag}</small>", "flag", phrase_doubt (&page->voice, s, FALSE), NULL);
  g_string_append (page->out, "</td>");
}

static void
add_row (Page *page, const Area *area, const GPtrArray *targets)
{
  guint off = board_count_off (page->board, area, TRUE);

  markup_add (page->out, "<tr class=\"{level}\"><th scope=\"row\">", "level",
              area->level == AREA_CITY ? "city" : "district", NULL);
  add_area_link (page, area, phrase_area (&page->voice, area));
  if (off > 0) {
    g_autofree char *number = g_strdup_printf ("%u", off);
    g_autofree char *text = format_fill (phrase (&page->voice, "page.off.n"), "n", number, NULL);

    markup_add (page->out, "<small class=\"off\">{text}</small>", "text", text, NULL);
  }
  g_string_append (page->out, "</th>");
  for (guint i = 0; i < targets->len; i++) {
    const Standing *s = board_standing (page->board, targets->pdata[i], area->area_code);

    if (s != NULL)
      add_cell (page, s);
    else
      markup_add (page->out, "<td class=\"none\" data-v=\"\">{none}</td>", "none", phrase (&page->voice, "page.none"),
                  NULL);
  }
  g_string_append (page->out, "</tr>\n");
}

static void
add_table (Page *page)
{
  g_autoptr (GPtrArray) targets = board_shared_targets (page->board);
  g_autofree char *width = NULL;

  if (targets->len == 0)
    return;
  page_begin_section (page, "districts", phrase (&page->voice, "page.districts"));
  width = g_strdup_printf ("%upx", 92 + 99 * targets->len);
  markup_add (page->out,
              "<p class=\"note\">{note}</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
              "aria-labelledby=\"districts\"><table class=\"heat sort\" data-sort=\"{sort}\" "
              "style=\"min-width:{width}\">\n",
              "note", phrase (&page->voice, "page.districts.note"), "sort", phrase (&page->voice, "page.sort"), "width",
              width, NULL);
  add_table_head (page, targets);
  g_string_append (page->out, "<tbody>\n");
  for (guint i = 0; i < page->board->areas->len; i++)
    if (board_has_area (page->board, page->board->areas->pdata[i]))
      add_row (page, page->board->areas->pdata[i], targets);
  g_string_append (page->out, "</tbody></table></div>\n");
  page_end_section (page);
}

static void
add_due (Page *page, const char *due, const char *gap)
{
  g_autofree char *text = format_fill (phrase (&page->voice, "page.due"), "due", due, "gap", gap, NULL);

  markup_add (page->out, "<span>{text}</span>", "text", text, NULL);
}

/* Counts are told from the baseline on: 2,656 of 5,000 new places. */
static void
add_bar (Page *page, const Standing *s)
{
  double base = isfinite (s->baseline_value) ? s->baseline_value : 0;
  g_autofree char *done = format_value (s->value_now - base, UNIT_COUNT);
  g_autofree char *aim = phrase_quantity (&page->voice, s, s->target_value - base);
  g_autofree char *due = format_value (standing_due (s) - base, UNIT_COUNT);
  g_autofree char *bar
      = chart_bar_svg (s->value_now - base, s->path_now - base, s->target_value - base, standing_tone (s));
  g_autofree char *gap = phrase_gap (&page->voice, s);

  markup_add (page->out,
              "<li class=\"v-{word}\"><div class=\"name\">{name}</div><div class=\"of\"><b>{done}</b> / {aim}</div>",
              "word", verdict_name (s->word), "name", phrase_indicator (&page->voice, s->indicator), "done", done,
              "aim", aim, NULL);
  g_string_append (page->out, bar);
  g_string_append (page->out, "<div class=\"state\">");
  page_badge (page, s->word);
  if (isfinite (s->path_now))
    add_due (page, due, gap);
  else
    markup_add (page->out, "<span>{reason}</span>", "reason", phrase_reason (&page->voice, s), NULL);
  g_string_append (page->out, "</div></li>\n");
}

static void
add_bars (Page *page)
{
  const Area *city = board_city (page->board);
  g_autoptr (GPtrArray) standings = city != NULL ? board_of_area (page->board, city) : g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; i < standings->len; i++)
    n += standing_unit (standings->pdata[i]) == UNIT_COUNT;
  if (n == 0)
    return;
  page_begin_section (page, "counts", phrase (&page->voice, "page.counts"));
  markup_add (page->out, "<p class=\"note\">{note}</p>\n<ul class=\"bars\">\n", "note",
              phrase (&page->voice, "page.counts.note"), NULL);
  for (guint i = 0; i < standings->len; i++)
    if (standing_unit (standings->pdata[i]) == UNIT_COUNT)
      add_bar (page, standings->pdata[i]);
  g_string_append (page->out, "</ul>\n");
  page_end_section (page);
}

void
page_overview (Page *page)
{
  g_autoptr (GPtrArray) areas = overview_areas (page->board);
  g_autofree char *title = NULL;

  title = overview_headline (page, areas);
  page_begin (page, title, board_city (page->board), PAGE_OVERVIEW);
  if (page->board->standings->len > 0)
    page_tally (page, NULL);
  add_matters (page, areas);
  add_table (page);
  add_bars (page);
  page_end (page);
}
