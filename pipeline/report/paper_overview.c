#include "report/paper_overview.h"

#include "report/chart_canvas.h"
#include "report/overview.h"
#include "report/paper.h"
#include "report/paper_parts.h"

#include <math.h>
#include <string.h>

#define BAD_TINT "#fbe7e4"

static const Ink title = { 25, CHART_INK, TRUE };
static const Ink small = { 10.5, CHART_MUTED, FALSE };
static const Ink name = { 13.5, CHART_INK, TRUE };
static const Ink name_en = { 11.5, CHART_INK, TRUE }; /* longer, of words that do not break */
static const Ink body = { 12, CHART_INK, FALSE };
static const Ink muted = { 12, CHART_MUTED, FALSE };

/* ------------------------------------------------------------------------------------------------------------------ */

/* How new and how complete the returns of each feed are, beside each other. */
static void
put_intake (Block *block, const Page *page)
{
  static const Ink label = { 10.5, CHART_INK, TRUE };
  const Area *city = board_city (page->board);
  const GPtrArray *feeds = page->board->catalogue->feeds;
  double width = PAPER_ROOM / MAX (1, feeds->len), top = block->height + 5, x = 0;

  for (guint i = 0; city != NULL && i < feeds->len; i++) {
    const Feed *feed = feeds->pdata[i];
    const Standing *s = page_newest_of_feed (page->board, city, feed);
    g_autofree char *period = s != NULL ? format_period (s->period, page->voice.language) : NULL;
    g_autofree char *schools = s != NULL ? phrase_schools (&page->voice, s) : NULL;
    g_autoptr (Block) column = block_new ();

    if (s == NULL)
      continue;
    column->height = top;
    block_text (column, &label, x, width - 10, strcmp (page->voice.language, "en") == 0 ? feed->name_en : feed->name);
    block_text (column, &small, x, width - 10, period);
    block_text (column, &small, x, width - 10, schools);
    if (!s->complete)
      block_text (column, &small, x, width - 10, phrase_doubt (&page->voice, s, FALSE));
    g_string_append (block->svg, column->svg->str);
    block->height = fmax (block->height, column->height);
    x += width;
  }
}

static void
put_tally (Block *block, const Page *page)
{
  static const VerdictWord order[]
      = { VERDICT_WORSENING, VERDICT_OFF_TRACK, VERDICT_UNCERTAIN, VERDICT_CANNOT_TELL, VERDICT_ON_TRACK, VERDICT_MET };
  double x = 0, y = block->height + 18;

  for (guint w = 0; w < G_N_ELEMENTS (order); w++) {
    guint n = page_count (page, NULL, order[w]);
    g_autofree char *number = g_strdup_printf ("%u", n);

    x += paper_put_word (block, page, x, y, 12, order[w]) + 6;
    block_put (block, &name, x, y, number);
    x += paper_text_width (&name, number) + 24;
  }
  block->height += 26;
}

static void
add_opening (Paper *paper, const Page *page, const GPtrArray *areas)
{
  g_autoptr (Block) block = block_new ();
  g_autofree char *plan = page_plan_name (page);
  g_autofree char *headline = overview_headline (page, areas);
  g_autofree char *dateline = page_dateline (page);

  block_text (block, &muted, 0, PAPER_ROOM, plan);
  block_text (block, &title, 0, PAPER_ROOM, headline);
  block_text (block, &muted, 0, PAPER_ROOM, dateline);
  put_intake (block, page);
  if (page->board->standings->len > 0)
    put_tally (block, page);
  paper_add (paper, block, 12);
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define NAME_WIDTH 92.0
#define WORD_WIDTH 68.0
#define COLUMN_GAP 28.0
#define COLUMN_WIDTH ((PAPER_ROOM - COLUMN_GAP) / 2)

static const Ink *
area_ink (const Page *page)
{
  return strcmp (page->voice.language, "en") == 0 ? &name_en : &name;
}

static double
word_width (const Page *page)
{
  return strcmp (page->voice.language, "zh") == 0 ? WORD_WIDTH : 1.3 * WORD_WIDTH;
}

static void
put_sentence (Block *block, const Page *page, double width, VerdictWord word, const char *text, const Ink *ink)
{
  double x = NAME_WIDTH + word_width (page);

  paper_put_word (block, page, NAME_WIDTH, block->height + 13, 11, word);
  block_text (block, ink, x, width - x, text);
}

/* What is to be said of @area: nothing when there is nothing. */
static Block *
matters_of (const Page *page, const Area *area, double width)
{
  g_autoptr (GPtrArray) standings = board_of_area (page->board, area);
  g_autofree char *counts = area->level == AREA_CITY ? overview_counts_behind (page, standings) : NULL;
  const Ink *ink = area_ink (page);
  g_autoptr (GPtrArray) lines = paper_wrap (ink, NAME_WIDTH - 8, phrase_area (&page->voice, area));
  g_autoptr (Block) block = block_new ();

  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];
    g_autofree char *text = overview_is_matter (page, s) ? overview_matter (page, s) : NULL;

    if (text != NULL)
      put_sentence (block, page, width, s->word, text, &body);
  }
  if (counts != NULL)
    put_sentence (block, page, width, VERDICT_OFF_TRACK, counts, &body);
  if (block->height == 0)
    return NULL;
  for (guint i = 0; i < lines->len; i++)
    block_put (block, ink, 0, 14 + i * 18, lines->pdata[i]);
  block->height = fmax (block->height, 18.0 * lines->len) + 5;
  return g_steal_pointer (&block);
}

/* Two districts beside each other; the order runs in rows, as on the screen. */
static void
add_districts (Paper *paper, const Page *page, const GPtrArray *areas)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)block_free);

  for (guint i = 0; i < areas->len; i++) {
    Block *block = matters_of (page, areas->pdata[i], COLUMN_WIDTH);

    if (block != NULL)
      g_ptr_array_add (blocks, block);
  }
  for (guint i = 0; i < blocks->len; i += 2) {
    Block *left = blocks->pdata[i];
    Block *right = i + 1 < blocks->len ? blocks->pdata[i + 1] : left;
    double height = left->height = right->height = fmax (left->height, right->height);

    block_rule (left, right != left ? PAPER_ROOM : COLUMN_WIDTH, 0.7, CHART_GRID);

    if (!paper_has (paper, height))
      paper_break (paper);
    paper_place (paper, left, 0);
    if (right != left)
      paper_place (paper, right, COLUMN_WIDTH + COLUMN_GAP);
    paper->y += height + 4;
  }
}

static void
add_untold (Paper *paper, const Page *page)
{
  g_autoptr (GPtrArray) groups = overview_untold (page);

  for (guint i = 0; i < groups->len; i++) {
    const Untold *untold = groups->pdata[i];
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autoptr (Block) block = block_new ();
    g_autofree char *areas = NULL;
    g_autofree char *targets = phrase_list (&page->voice, untold->targets);
    g_autofree char *text = NULL;

    for (guint a = 0; a < untold->areas->len; a++)
      g_ptr_array_add (names, (gpointer)(guintptr)phrase_area (&page->voice, untold->areas->pdata[a]));
    areas = phrase_list (&page->voice, names);
    text = g_strjoin (" ", areas, targets, untold->reason, NULL);
    if (i == 0)
      block_put (block, &muted, 0, 13, phrase (&page->voice, "page.matter.untold"));
    put_sentence (block, page, PAPER_ROOM, VERDICT_CANNOT_TELL, text, &muted);
    paper_add (paper, block, 2);
  }
}

static void
add_matters (Paper *paper, const Page *page, const GPtrArray *areas)
{
  const Area *city = board_city (page->board);
  g_autoptr (Block) whole = city != NULL ? matters_of (page, city, PAPER_ROOM) : NULL;

  paper_add_heading (paper, phrase (&page->voice, "page.tonight"), "", 60);
  add_districts (paper, page, areas);
  if (whole != NULL)
    paper_add (paper, whole, 6);
  add_untold (paper, page);
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define AREA_WIDTH 88.0
#define MAX_COLUMNS 10 /* more targets stand in a table below */
#define CELL_EDGE 5.0

/* English names have long words. */
static const Ink head_zh = { 11, CHART_INK, TRUE }, head_en = { 9.5, CHART_INK, TRUE };
static const Ink figure = { 13, CHART_INK, TRUE };
static const Ink fine = { 9, CHART_MUTED, FALSE };

typedef struct {
  const GPtrArray *targets;
  guint from, to;
  double width; /* of a column */
} Columns;

static double
column_x (const Columns *columns, guint i)
{
  return AREA_WIDTH + (i - columns->from) * columns->width;
}

static Block *
table_head (const Page *page, const Columns *columns)
{
  const Ink *head = strcmp (page->voice.language, "en") == 0 ? &head_en : &head_zh;
  Block *block = block_new ();
  double most = 0;

  block_put (block, head, CELL_EDGE, 14, phrase (&page->voice, "page.area"));
  for (guint i = columns->from; i < columns->to; i++) {
    const Target *target = columns->targets->pdata[i];
    g_autofree char *goal = overview_goal (page, target);

    block->height = 2;
    block_text (block, head, column_x (columns, i) + CELL_EDGE, columns->width - 2 * CELL_EDGE,
                phrase_column (&page->voice, target));
    block_text (block, &fine, column_x (columns, i) + CELL_EDGE, columns->width - 2 * CELL_EDGE, goal);
    most = fmax (most, block->height);
  }
  block->height = most + 3;
  block_rule (block, PAPER_ROOM, 1.4, CHART_INK);
  return block;
}

static const Ink flag = { 9, "#7d5000", TRUE };

/* Whether what stands against full data has room beside the path. */
static gboolean
flag_fits (const Page *page, const Standing *s, double width)
{
  g_autofree char *path = phrase_path (&page->voice, s);

  return paper_text_width (&fine, phrase (&page->voice, "page.path")) + paper_text_width (&fine, path)
             + paper_text_width (&flag, phrase_doubt (&page->voice, s, FALSE)) + 2.6 * CELL_EDGE
         < width;
}

static void
put_cell (Block *block, const Page *page, const Standing *s, double x, double width)
{
  g_autofree char *value = phrase_value (&page->voice, s);
  g_autofree char *path = phrase_path (&page->voice, s);
  g_autofree char *due = g_strdup_printf ("%s %s", phrase (&page->voice, "page.path"), path);
  g_autofree char *spark = phrase_spark (&page->voice, page->board, s);
  const Ink ink = { figure.size, standing_is_off (s) ? paper_word_colour (s->word) : CHART_INK, TRUE };
  const char *doubt = s->complete ? "" : phrase_doubt (&page->voice, s, FALSE);
  double room = width - 3 * CELL_EDGE - paper_text_width (&ink, value);

  paper_put_word (block, page, x + CELL_EDGE, 11, 9.5, s->word);
  block_put (block, &ink, x + CELL_EDGE, 26, value);
  if (room > 16)
    block_picture (block, x + width - CELL_EDGE - fmin (room, 46), 15, fmin (room, 46), 84, 20, spark);
  if (isfinite (s->path_now))
    block_put (block, &fine, x + CELL_EDGE, 37, due);
  if (*doubt != '\0' && flag_fits (page, s, width))
    block_put_end (block, &flag, x + width - CELL_EDGE, 37, doubt);
  else
    block_put (block, &flag, x + CELL_EDGE, 48, doubt);
}

/* Height of a row of figures; more where a cell has no room beside its path to say that its data are not all there. */
static double
cells_height (const Page *page, const Area *area, const Columns *columns)
{
  for (guint i = columns->from; i < columns->to; i++) {
    const Standing *s = board_standing (page->board, columns->targets->pdata[i], area->area_code);

    if (s != NULL && !s->complete && !flag_fits (page, s, columns->width))
      return 51;
  }
  return 40;
}

static void
put_name (Block *block, const Page *page, const Area *area)
{
  guint off = board_count_off (page->board, area, TRUE);

  block_text (block, area_ink (page), CELL_EDGE, AREA_WIDTH - CELL_EDGE, phrase_area (&page->voice, area));
  if (off > 0) {
    g_autofree char *number = g_strdup_printf ("%u", off);
    g_autofree char *text = format_fill (phrase (&page->voice, "page.off.n"), "n", number, NULL);
    const Ink ink = { fine.size + 1, paper_word_colour (VERDICT_OFF_TRACK), TRUE };

    block_text (block, &ink, CELL_EDGE, AREA_WIDTH - CELL_EDGE, text);
  }
}

static Block *
table_row (const Page *page, const Area *area, const Columns *columns)
{
  gboolean whole = area->level == AREA_CITY;
  Block *block = block_new ();

  put_name (block, page, area);
  block->height = fmax (block->height, cells_height (page, area, columns));
  for (guint i = columns->from; i < columns->to; i++) {
    const Standing *s = board_standing (page->board, columns->targets->pdata[i], area->area_code);
    double x = column_x (columns, i);

    if (s != NULL && standing_is_off (s))
      chart_add (block->svg, "<rect x=\"%s\" width=\"%s\" height=\"%s\" fill=\"" BAD_TINT "\"/>", PX (x),
                 PX (columns->width), PX (block->height));
    if (s != NULL)
      put_cell (block, page, s, x, columns->width);
    else
      block_put (block, &fine, x + CELL_EDGE, 14, phrase (&page->voice, "page.none"));
  }
  block_rule (block, PAPER_ROOM, whole ? 1.4 : 0.7, whole ? CHART_INK : CHART_GRID);
  return block;
}

static void
add_columns (Paper *paper, const Page *page, const Columns *columns)
{
  g_autoptr (Block) top = table_head (page, columns);

  paper_add (paper, top, 0);
  for (guint i = 0; i < page->board->areas->len; i++) {
    const Area *area = page->board->areas->pdata[i];
    g_autoptr (Block) row = board_has_area (page->board, area) ? table_row (page, area, columns) : NULL;

    if (row == NULL)
      continue;
    if (!paper_has (paper, row->height)) {
      paper_break (paper);
      paper_add (paper, top, 0);
    }
    paper_add (paper, row, 0);
  }
}

static void
add_table (Paper *paper, const Page *page)
{
  g_autoptr (GPtrArray) targets = board_shared_targets (page->board);

  for (guint from = 0; from < targets->len; from += MAX_COLUMNS) {
    Columns columns = { targets, from, MIN (targets->len, from + MAX_COLUMNS), 0 };

    columns.width = (PAPER_ROOM - AREA_WIDTH) / (columns.to - from);
    paper_break (paper);
    paper_add_heading (paper, phrase (&page->voice, "page.districts"), phrase (&page->voice, "page.paper.districts"),
                       60);
    add_columns (paper, page, &columns);
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define BARS 4 /* beside each other */
#define BAR_GAP 26.0
#define BAR_WIDTH ((PAPER_ROOM - (BARS - 1) * BAR_GAP) / BARS)

static Block *
bar_of (const Page *page, const Standing *s)
{
  static const Ink label = { 11, CHART_INK, FALSE }, done = { 11, CHART_INK, TRUE };
  double base = isfinite (s->baseline_value) ? s->baseline_value : 0;
  g_autofree char *value = format_value (s->value_now - base, UNIT_COUNT);
  g_autofree char *aim = phrase_quantity (&page->voice, s, s->target_value - base);
  g_autofree char *of = g_strdup_printf ("%s / %s", value, aim);
  g_autofree char *due = format_value (standing_due (s) - base, UNIT_COUNT);
  g_autofree char *gap = phrase_gap (&page->voice, s);
  g_autofree char *late = format_fill (phrase (&page->voice, "page.due"), "due", due, "gap", gap, NULL);
  g_autofree char *bar
      = chart_bar_svg (s->value_now - base, s->path_now - base, s->target_value - base, standing_tone (s));
  double figures = paper_text_width (&done, of);
  Block *block = block_new ();
  double x = 0;

  block_put_end (block, &done, BAR_WIDTH, 12, of);
  block_text (block, &label, 0, BAR_WIDTH - figures - 10, phrase_indicator (&page->voice, s->indicator));
  chart_add (block->svg, "<svg y=\"%s\" width=\"%s\" height=\"10\">%s</svg>", PX (block->height + 1), PX (BAR_WIDTH),
             bar);
  block->height += 13;
  x = paper_put_word (block, page, 0, block->height + 9, 9.5, s->word) + 8;
  block_text (block, &fine, x, BAR_WIDTH - x, isfinite (s->path_now) ? late : phrase_reason (&page->voice, s));
  block->height += 7;
  return block;
}

static void
add_bar_row (Paper *paper, const GPtrArray *blocks, guint from)
{
  double height = 0;

  for (guint i = from; i < from + BARS && i < blocks->len; i++)
    height = fmax (height, ((const Block *)blocks->pdata[i])->height);
  if (!paper_has (paper, height))
    paper_break (paper);
  for (guint i = from; i < from + BARS && i < blocks->len; i++)
    paper_place (paper, blocks->pdata[i], (i - from) * (BAR_WIDTH + BAR_GAP));
  paper->y += height;
}

static void
add_counts (Paper *paper, const Page *page)
{
  const Area *city = board_city (page->board);
  g_autoptr (GPtrArray) standings = city != NULL ? board_of_area (page->board, city) : g_ptr_array_new ();
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)block_free);

  for (guint i = 0; i < standings->len; i++)
    if (standing_unit (standings->pdata[i]) == UNIT_COUNT)
      g_ptr_array_add (blocks, bar_of (page, standings->pdata[i]));
  if (blocks->len == 0)
    return;
  paper_break (paper);
  paper_add_heading (paper, phrase (&page->voice, "page.counts"), phrase (&page->voice, "page.counts.note"), 60);
  for (guint i = 0; i < blocks->len; i += BARS)
    add_bar_row (paper, blocks, i);
}

/* ------------------------------------------------------------------------------------------------------------------ */

GPtrArray *
paper_overview (const Page *page)
{
  g_autoptr (GPtrArray) areas = overview_areas (page->board);
  g_autofree char *plan = page_plan_name (page);
  g_autofree char *dateline = page_dateline (page);
  g_autofree char *foot = g_strdup_printf ("%s · %s · plumbline " PLUMB_VERSION, plan, dateline);
  g_autofree char *banner = page->board->simulated
                                ? g_strdup_printf ("%s  %s", phrase (&page->voice, "page.simulated.word"),
                                                   phrase (&page->voice, "page.simulated"))
                                : g_strdup ("");
  g_autoptr (Paper) paper = paper_new (banner, foot);

  add_opening (paper, page, areas);
  add_matters (paper, page, areas);
  if (page->board->standings->len > 0)
    add_table (paper, page);
  add_counts (paper, page);
  return paper_sheets (paper, page_signs);
}
