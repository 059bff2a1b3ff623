#include "report/markup.h"
#include "report/page_parts.h"

#include <math.h>
#include <string.h>

#define MAX_NAMED 6 /* districts that the headline names all; of more it names the first */
#define FIRST_NAMED 3

static GPtrArray *
areas_off (const Board *board)
{
  GPtrArray *areas = g_ptr_array_new ();

  for (guint i = 0; i < board->areas->len; i++) {
    const Area *area = board->areas->pdata[i];

    if (area->level == AREA_DISTRICT && board_count_off (board, area, TRUE) > 0)
      g_ptr_array_add (areas, board->areas->pdata[i]);
  }
  return areas;
}

/* Most urgent standing first: the order in which an official would call the districts. */
static int
compare_areas (gconstpointer pa, gconstpointer pb, gpointer board)
{
  const Area *a = *(const Area *const *)pa;
  const Area *b = *(const Area *const *)pb;
  g_autoptr (GPtrArray) of_a = board_of_area (board, a);
  g_autoptr (GPtrArray) of_b = board_of_area (board, b);

  return standing_compare (of_a->pdata, of_b->pdata);
}

static char *
headline (const Page *page, const GPtrArray *areas)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *number = g_strdup_printf ("%u", areas->len);
  g_autofree char *list = NULL;
  const char *key = areas->len == 0          ? "page.headline.none"
                    : areas->len > MAX_NAMED ? "page.headline.many"
                                             : "page.headline.few";

  if (page->board->standings->len == 0)
    key = "page.headline.empty";
  for (guint i = 0; i < areas->len && i < (areas->len > MAX_NAMED ? FIRST_NAMED : MAX_NAMED); i++)
    g_ptr_array_add (names, (gpointer)(guintptr)phrase_place (&page->voice, areas->pdata[i]));
  list = phrase_list (&page->voice, names);
  return format_fill (phrase (&page->voice, key), "n", number, "areas", list, NULL);
}

/* Of a target that is off for the whole city, districts say the same once more; unless one moves the wrong way. */
static gboolean
said_by_city (const Page *page, const Standing *s)
{
  const Area *city = board_city (page->board);
  const Standing *whole = city != NULL ? board_standing (page->board, s->target, city->area_code) : NULL;

  return whole != NULL && whole != s && s->word != VERDICT_WORSENING && standing_is_off (whole);
}

/* Districts that are off as the city is, the furthest first: 于洪区+2.6. */
static GPtrArray *
following (const Page *page, const Standing *whole)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; standing_is_city (whole) && i < page->board->standings->len; i++) {
    Standing *s = page->board->standings->pdata[i];

    if (s->target == whole->target && s != whole && standing_is_off (s)
        && !standing_is_narrow (page->board->catalogue, s))
      g_ptr_array_add (found, s);
  }
  g_ptr_array_sort (found, standing_compare);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (names, phrase_place_value (&page->voice, "mail.area.value", found->pdata[i]));
  return names;
}

static void
add_matter (Page *page, const Standing *s)
{
  g_autofree char *line = phrase_line (&page->voice, s);
  g_autoptr (GPtrArray) others = following (page, s);

  g_string_append (page->out, "<li>");
  page_badge (page, s->word);
  markup_add (page->out, "<span>{line}", "line", line, NULL);
  if (others->len > 0) {
    g_autofree char *list = phrase_list (&page->voice, others);
    g_autofree char *more = format_fill (phrase (&page->voice, "page.matter.also"), "areas", list, NULL);

    markup_add (page->out, "{more}", "more", more, NULL);
  }
  g_string_append (page->out, "</span></li>");
}

/* Counts that fall behind are many and alike: one sentence names them. */
static void
add_counts_behind (Page *page, const GPtrArray *standings)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *number = NULL;
  g_autofree char *list = NULL;
  g_autofree char *line = NULL;

  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];

    if (standing_is_off (s) && standing_unit (s) == UNIT_COUNT)
      g_ptr_array_add (names, g_strdup (phrase_column (&page->voice, s->target)));
  }
  if (names->len == 0)
    return;
  number = g_strdup_printf ("%u", names->len);
  list = phrase_list (&page->voice, names);
  line = format_fill (phrase (&page->voice, "page.matter.counts"), "n", number, "list", list, NULL);
  g_string_append (page->out, "<li>");
  page_badge (page, VERDICT_OFF_TRACK);
  markup_add (page->out, "<span>{line}</span></li>", "line", line, NULL);
}

static gboolean
is_matter (const Page *page, const Standing *s)
{
  return standing_is_off (s) && standing_unit (s) == UNIT_PERCENT && !standing_is_narrow (page->board->catalogue, s)
         && !said_by_city (page, s);
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
  guint n = 0;

  for (guint i = 0; i < standings->len; i++)
    n += is_matter (page, standings->pdata[i]) || (area->level == AREA_CITY && standing_is_off (standings->pdata[i]));
  if (n == 0)
    return;
  g_string_append (page->out, area->level == AREA_CITY ? "<div class=\"whole\"><dt>" : "<div><dt>");
  add_area_link (page, area, phrase_area (&page->voice, area));
  g_string_append (page->out, "</dt><dd><ul>");
  for (guint i = 0; i < standings->len; i++)
    if (is_matter (page, standings->pdata[i]))
      add_matter (page, standings->pdata[i]);
  if (area->level == AREA_CITY)
    add_counts_behind (page, standings);
  g_string_append (page->out, "</ul></dd></div>\n");
}

/* What cannot be told for the same reason in the same districts is told once. */
typedef struct {
  const char *reason;
  GPtrArray *targets; /* names, borrowed */
  GPtrArray *areas;   /* const Area* */
} Untold;

static void
untold_free (gpointer data)
{
  g_ptr_array_unref (((Untold *)data)->targets);
  g_ptr_array_unref (((Untold *)data)->areas);
  g_free (data);
}

static Untold *
untold_new (const char *reason, const char *target)
{
  Untold *untold = g_new0 (Untold, 1);

  untold->reason = reason;
  untold->targets = g_ptr_array_new ();
  untold->areas = g_ptr_array_new ();
  g_ptr_array_add (untold->targets, (gpointer)(guintptr)target);
  return untold;
}

static gboolean
same_areas (const Untold *a, const Untold *b)
{
  if (a->areas->len != b->areas->len || strcmp (a->reason, b->reason) != 0)
    return FALSE;
  for (guint i = 0; i < a->areas->len; i++)
    if (a->areas->pdata[i] != b->areas->pdata[i])
      return FALSE;
  return TRUE;
}

/* One target's untold areas, by reason. */
static void
gather_untold (const Page *page, const Target *target, GPtrArray *groups)
{
  const char *name = phrase_column (&page->voice, target);
  guint first = groups->len;

  for (guint a = 0; a < page->board->areas->len; a++) {
    const Area *area = page->board->areas->pdata[a];
    const Standing *s = board_standing (page->board, target, area->area_code);
    Untold *found = NULL;

    if (s == NULL || s->word != VERDICT_CANNOT_TELL)
      continue;
    for (guint i = first; i < groups->len && found == NULL; i++)
      if (strcmp (((Untold *)groups->pdata[i])->reason, phrase_reason (&page->voice, s)) == 0)
        found = groups->pdata[i];
    if (found == NULL)
      g_ptr_array_add (groups, found = untold_new (phrase_reason (&page->voice, s), name));
    g_ptr_array_add (found->areas, page->board->areas->pdata[a]);
  }
}

static GPtrArray *
untold_groups (const Page *page)
{
  const GPtrArray *targets = page->board->catalogue->targets;
  GPtrArray *groups = g_ptr_array_new_with_free_func (untold_free);

  for (guint t = 0; t < targets->len; t++)
    gather_untold (page, targets->pdata[t], groups);
  for (guint i = 0; i < groups->len; i++)
    for (guint j = groups->len - 1; j > i; j--) {
      Untold *kept = groups->pdata[i];
      Untold *other = groups->pdata[j];

      if (!same_areas (kept, other))
        continue;
      g_ptr_array_insert (kept->targets, 1, other->targets->pdata[0]);
      g_ptr_array_remove_index (groups, j);
    }
  return groups;
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
  g_autoptr (GPtrArray) groups = untold_groups (page);

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

/* What the plan asks, as short as a column's head needs it. */
static char *
plan_goal (const Page *page, const Target *target)
{
  g_autofree char *value = format_decimal (fabs (target->value), target->kind == TARGET_CHANGE ? 1 : 0);
  const char *sign = target->good_is_up ? "≥" : "≤";

  switch (target->kind) {
  case TARGET_CHANGE:
    return format_fill (phrase (&page->voice, target->value < 0 ? "page.goal.fall" : "page.goal.rise"), "value", value,
                        NULL);
  case TARGET_GROWTH_CUT:
    return format_fill (phrase (&page->voice, "page.goal.cut"), "value", value, NULL);
  case TARGET_FLOOR:
    return format_fill (phrase (&page->voice, "page.goal.floor"), "sign", sign, "value", value, NULL);
  case TARGET_LEVEL:
  case TARGET_COUNT:
    break;
  }
  return g_strconcat (sign, value, target->kind == TARGET_LEVEL ? "%" : "", NULL);
}

static void
add_table_head (Page *page, const GPtrArray *targets)
{
  markup_add (page->out, "<thead><tr><th scope=\"col\" class=\"corner\">{area}</th>", "area",
              phrase (&page->voice, "page.area"), NULL);
  for (guint i = 0; i < targets->len; i++) {
    g_autofree char *goal = plan_goal (page, targets->pdata[i]);

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
  g_autoptr (GPtrArray) areas = areas_off (page->board);
  g_autofree char *title = NULL;

  g_ptr_array_sort_with_data (areas, compare_areas, (gpointer)(guintptr)page->board);
  title = headline (page, areas);
  page_begin (page, title, board_city (page->board), PAGE_OVERVIEW);
  if (page->board->standings->len > 0)
    page_tally (page, NULL);
  add_matters (page, areas);
  add_table (page);
  add_bars (page);
  page_end (page);
}
