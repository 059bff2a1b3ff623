/* The pages of a made-up night at the extremes: 30 districts, the longest names, 0 % and 100 %, one wave and twelve, no
 * data. With PLUMB_PAGES=FOLDER they are also written, for a browser and for the eye. */
#include "report/page_parts.h"
#include "report/overview.h"
#include "report/paper.h"
#include "report/paper_overview.h"
#include "report/chart_place.h"
#include "../../support/server.h"
#include "board.h"

#include <glib/gstdio.h>

#define DISTRICTS 30
#define LONGEST "双江拉祜族佤族布朗族傣族自治县"
#define LONGEST_EN "Shuangjiang Lahu, Va, Blang and Dai Autonomous County"

typedef struct {
  Catalogue *catalogue;
  Board *board;
  Dossier *dossier;
  Page page;
} World;

/* Rows as a query gives them; the first of @cells are the columns' names. */
static PGresult *
rows_of (int columns, const char *const cells[], guint n)
{
  PGresult *result = PQmakeEmptyPGresult (NULL, PGRES_TUPLES_OK);
  g_autofree PGresAttDesc *heads = g_new0 (PGresAttDesc, columns);

  for (int c = 0; c < columns; c++)
    heads[c] = (PGresAttDesc){ .name = (char *)(guintptr)cells[c], .typid = 25, .typlen = -1, .atttypmod = -1 };
  assert_int_equal (PQsetResultAttrs (result, columns, heads), 1);
  for (guint i = (guint)columns; i < n; i++) {
    char *cell = (char *)(guintptr)cells[i];

    assert_int_equal (PQsetvalue (result, (int)(i / (guint)columns) - 1, (int)(i % (guint)columns), cell,
                                  cell != NULL ? (int)strlen (cell) : -1),
                      1);
  }
  return result;
}

#define ROWS(columns, ...)                                                                                             \
  rows_of ((columns), (const char *const[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const char *const[]){ __VA_ARGS__ })))

static void
copy_file (const char *name, const char *folder, const char *more)
{
  g_autofree char *from = g_build_filename ("seeds", name, NULL);
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autofree char *whole = NULL;

  assert_true (g_file_get_contents (from, &text, NULL, NULL));
  whole = g_strconcat (text, more, NULL);
  assert_true (g_file_set_contents (to, whole, -1, NULL));
}

/* The standard catalogue, with so many districts more that there are DISTRICTS. */
static Catalogue *
large_catalogue (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GDir) dir = g_dir_open ("seeds", 0, NULL);
  g_autoptr (GString) areas = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Catalogue *catalogue = NULL;

  g_string_append (areas, "210140,2000-01-01,,210100,district," LONGEST ",\"" LONGEST_EN "\",\n");
  g_string_append (areas, "210141,2000-01-01,,210100,district,\"<b onclick=\"\"x\"\">'&区\",\"<i>\"\"&'\",\n");
  for (guint i = 2; i < DISTRICTS - 13; i++)
    g_string_append_printf (areas, "%u,2000-01-01,,210100,district,新%u区,New district %u,\n", 210140 + i, i, i);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    if (g_str_has_suffix (name, ".csv"))
      copy_file (name, folder, strcmp (name, "area.csv") == 0 ? areas->str : "");
  catalogue = catalogue_read (folder, &error);
  if (catalogue == NULL)
    fail_msg ("%s", error->message);
  return catalogue;
}

static void
clear_wave (gpointer wave)
{
  g_free (((Wave *)wave)->period);
}

/* @n waves of one series that ends at @value. */
static void
add_waves_of (Board *board, const Indicator *indicator, const char *area, guint n, double value)
{
  GArray *waves = g_array_new (FALSE, TRUE, sizeof (Wave));

  g_array_set_clear_func (waves, clear_wave);
  for (guint k = 0; k < n; k++) {
    guint back = n - 1 - k;
    char *period = g_strdup_printf ("%u-%s", 2022 - back / 2, back % 2 == 0 ? "autumn" : "spring");
    double level = CLAMP (value + (back % 3) * 0.4 - back * 0.2, 0, 100);
    const Wave wave
        = { period, board_time (indicator, period), level, fmax (0, level - 1.3), fmin (100, level + 1.3), k == 3 };

    g_array_append_val (waves, wave);
  }
  g_hash_table_insert (board->waves, g_strdup_printf ("%s %s", indicator->indicator, area), waves);
}

/* District by district another extreme. */
static void
fill (Board *board, const Target *target, const Area *area, guint i)
{
  static const struct {
    VerdictWord word;
    double value;
    guint waves;
  } extremes[] = { { VERDICT_WORSENING, 100, 12 },  { VERDICT_OFF_TRACK, 53.2, 5 }, { VERDICT_UNCERTAIN, 49.97, 12 },
                   { VERDICT_CANNOT_TELL, NAN, 0 }, { VERDICT_MET, 0, 3 },          { VERDICT_ON_TRACK, 99.97, 12 },
                   { VERDICT_CANNOT_TELL, 61, 1 } };
  guint k = i % G_N_ELEMENTS (extremes);
  Standing *s = stand (board, target->target, area->area_code, extremes[k].word, extremes[k].value,
                       extremes[k].waves > 1 ? 50.5 : NAN, 50);

  g_free (s->period);
  g_free (s->as_of);
  s->period = g_strdup (extremes[k].waves > 0 ? "2022-autumn" : "");
  s->as_of = g_strdup (extremes[k].waves > 0 ? "2022-12-31" : "");
  s->complete = i % 4 != 3;
  s->low95 = fmax (0, s->low95);
  s->high95 = fmin (100, s->high95);
  if (extremes[k].waves > 0)
    add_waves_of (board, s->indicator, area->area_code, extremes[k].waves, extremes[k].value);
}

static World *
world_new (const char *language)
{
  World *w = g_new0 (World, 1);
  guint n = 0;

  w->catalogue = large_catalogue ();
  w->board = board_new (w->catalogue);
  w->board->simulated = TRUE;
  for (guint t = 0; t < w->catalogue->targets->len; t++) {
    const Target *target = w->catalogue->targets->pdata[t];

    for (guint a = 0; a < w->board->areas->len; a++) {
      const Area *area = w->board->areas->pdata[a];

      if (area->level == AREA_CITY || (target->headline && target->scope == SCOPE_CITY_DISTRICT))
        fill (w->board, target, area, n++);
    }
  }
  w->dossier = g_new0 (Dossier, 1);
  w->dossier->missing_schools = ROWS (4, "feed", "period", "district_code", "name", "myopia", "2022-autumn", "210140",
                                      LONGEST "第一初级中学附属实验学校");
  w->dossier->rejects = ROWS (6, "district_code", "rule", "severity", "feed", "rows", "files");
  w->dossier->refused_files = ROWS (4, "file_name", "feed", "reason", "day");
  w->dossier->events
      = ROWS (9, "plan", "target", "area_code", "day", "actor", "from_state", "to_state", "reason", "reason_en", "2022",
              "myopia_change", "210140", "2022-11-20", "plumbline", "", "firing", "近视率高出路径", "above the path");
  w->dossier->changes = ROWS (1, "since");
  w->dossier->strata = ROWS (6, "indicator", "period", "stratum", "value", "low95", "high95", "myopia", "2022-autumn",
                             "P1", "0", "0", "0.9", "myopia", "2022-autumn", "P1/M", "100", "99.1", "100");
  w->dossier->released_schools
      = ROWS (7, "indicator", "period", "district_code", "school_name", "stage", "numerator", "denominator");
  w->dossier->league
      = ROWS (9, "indicator", "period", "area_code", "districts", "value", "shrunken", "shrunken_low95",
              "shrunken_high95", "probability_worst", "myopia", "2022-autumn", "210140", "2", "63.94", "62.15", "60.1",
              "64.2", "0.994", "myopia", "2022-autumn", "210102", "2", "50.04", "50.5", "48.75", "52.2", "0.006",
              "obesity", "2022-autumn", "210102", "1", "8", "8", "7", "9", "1");
  w->page = (Page){ .voice = { w->catalogue, language },
                    .board = w->board,
                    .dossier = w->dossier,
                    .today = "2022-12-31",
                    .out = g_string_new (NULL) };
  return w;
}

static void
world_free (World *w)
{
  g_string_free (w->page.out, TRUE);
  dossier_free (w->dossier);
  board_free (w->board);
  catalogue_free (w->catalogue);
  g_free (w);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* What has been written, whether to be looked at or not. Free it. */
static char *
take (World *w, const char *name)
{
  const char *folder = g_getenv ("PLUMB_PAGES");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, w->page.voice.language, name, NULL) : NULL;
  g_autofree char *parent = path != NULL ? g_path_get_dirname (path) : NULL;
  char *text = g_string_free (w->page.out, FALSE);

  w->page.out = g_string_new (NULL);
  if (path != NULL) {
    assert_int_equal (g_mkdir_with_parents (parent, 0755), 0);
    assert_true (g_file_set_contents (path, text, -1, NULL));
  }
  return text;
}

static void
assert_sound (const char *text)
{
  g_autoptr (GRegex) number = g_regex_new ("[^a-z](nan|inf)[^a-z]", 0, 0, NULL);

  assert_true (g_utf8_validate (text, -1, NULL));
  assert_false (g_regex_match (number, text, 0, NULL));
  assert_null (strstr (text, "<b onclick"));
  assert_null (strstr (text, "<i>"));
}

static guint
count_of (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
page_overview__extremes__a_row_a_district_and_a_cell_a_target (void **state)
{
  g_autoptr (World) w = world_new ("zh");
  g_autoptr (GPtrArray) targets = board_shared_targets (w->board);
  g_autofree char *text = NULL;

  (void)state;
  page_overview (&w->page);
  text = take (w, PAGE_OVERVIEW);
  assert_sound (text);
  assert_int_equal (count_of (text, "<tr class=\"district\">"), DISTRICTS);
  assert_int_equal (count_of (text, "<td class=\"v-"), targets->len * (DISTRICTS + 1));
  assert_non_null (strstr (text, "<b>0.0%</b>"));
  assert_non_null (strstr (text, "<b>100.0%</b>"));
  assert_non_null (strstr (text, "<b>&gt;99.9%</b>"));
  assert_non_null (strstr (text, "<b>50.0%</b>"));
  assert_non_null (strstr (text, ">" LONGEST "</a>"));
  assert_non_null (strstr (text, "&lt;b onclick=&quot;x&quot;&gt;&apos;&amp;区"));
}

/* The first district named is the one whose standing is the most urgent. */
static void
overview_areas__extremes__worsening_before_off_track_and_none_that_is_fine (void **state)
{
  g_autoptr (World) w = world_new ("zh");
  g_autoptr (GPtrArray) areas = overview_areas (w->board);
  gboolean off_seen = FALSE;

  (void)state;
  assert_true (areas->len > 3);
  for (guint i = 0; i < areas->len; i++) {
    g_autoptr (GPtrArray) standings = board_of_area (w->board, areas->pdata[i]);
    VerdictWord first = ((const Standing *)standings->pdata[0])->word;

    assert_true (first == VERDICT_WORSENING || first == VERDICT_OFF_TRACK);
    assert_false (off_seen && first == VERDICT_WORSENING);
    off_seen |= first == VERDICT_OFF_TRACK;
  }
}

static void
pages__both_languages__no_number_is_missing_and_all_names_are_text (void **state)
{
  static const char *const languages[] = { "zh", "en" };

  (void)state;
  for (guint l = 0; l < G_N_ELEMENTS (languages); l++) {
    g_autoptr (World) w = world_new (languages[l]);
    g_autoptr (GPtrArray) targets = board_shared_targets (w->board);

    for (guint i = 0; i < w->board->areas->len; i++) {
      g_autofree char *file = page_file_of_area (w->board->areas->pdata[i]);
      g_autofree char *text = NULL;

      page_area (&w->page, w->board->areas->pdata[i]);
      text = take (w, file);
      assert_sound (text);
    }
    for (guint i = 0; i < targets->len; i++) {
      g_autofree char *file = page_file_of_target (targets->pdata[i]);
      g_autofree char *text = NULL;

      page_target (&w->page, targets->pdata[i]);
      text = take (w, file);
      assert_sound (text);
      assert_int_equal (count_of (text, "<article class=\"card small"), DISTRICTS + 1);
    }
    {
      g_autofree char *overview = (page_overview (&w->page), take (w, PAGE_OVERVIEW));
      g_autofree char *quality = (page_quality (&w->page), take (w, PAGE_QUALITY));
      g_autofree char *method = (page_method (&w->page), take (w, PAGE_METHOD));

      assert_sound (overview);
      assert_sound (quality);
      assert_non_null (strstr (quality, LONGEST "第一初级中学附属实验学校"));
      assert_true (g_utf8_validate (method, -1, NULL));
    }
  }
}

static void
page_league__rows_of_the_indicator__in_their_order_with_links_and_sortable (void **state)
{
  g_autoptr (World) w = world_new ("zh");
  g_autofree char *text = NULL;
  const char *first = NULL, *second = NULL;

  (void)state;
  page_league (&w->page, catalogue_indicator (w->catalogue, "myopia"));
  text = take (w, "league.html");
  first
      = strstr (text, "<a href=\"210140.html\">" LONGEST "</a></th><td data-v=\"62.15\"><b>62.2%</b>"
                      "<small>60.1–64.2%</small></td><td data-v=\"63.94\">63.9%</td><td data-v=\"0.994\">&gt;99%</td>");
  second = strstr (text, "<td data-v=\"50.5\"><b>50.5%</b><small>48.8–52.2%</small></td><td data-v=\"50.04\">50.0%"
                         "</td><td data-v=\"0.006\">&lt;1%</td>");
  assert_non_null (first);
  assert_non_null (second);
  assert_true (first < second);
  assert_int_equal (count_of (text, "<tr><th scope=\"row\">"), 2);
  assert_int_equal (count_of (text, "<th scope=\"col\">"), 4);
}

static void
page_league__districts_not_compared__nothing (void **state)
{
  g_autoptr (World) w = world_new ("zh");

  (void)state;
  page_league (&w->page, catalogue_indicator (w->catalogue, "kindergarten_public_share"));
  assert_string_equal (w->page.out->str, "");
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
paper_wrap__chinese_and_english__by_their_rules (void **state)
{
  static const Ink ink = { 10, "#000", FALSE };
  static const struct {
    const char *text;
    double width;
    const char *lines;
  } cases[] = { { "近视率高出路径，偏离", 70, "近视率高出路|径，偏离" }, /* no line begins with a comma */
                { "share of kindergartens", 90, "share of|kindergartens" },
                { "kindergartens", 30, "kinde|rgart|ens" },
                { "province-recognised", 70, "province-|recognised" },
                { "沈河区 62.1%", 60, "沈河区|62.1%" },
                { "", 60, "" } };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) lines = paper_wrap (&ink, cases[i].width, cases[i].text);
    g_autofree char *joined = NULL;

    g_ptr_array_add (lines, NULL);
    joined = g_strjoinv ("|", (char **)lines->pdata);
    assert_string_equal (joined, cases[i].lines);
  }
}

static double
attribute (const char *element, const char *name)
{
  g_autofree char *key = g_strdup_printf (" %s=\"", name);
  const char *at = strstr (element, key);

  return at != NULL ? g_ascii_strtod (at + strlen (key), NULL) : 0;
}

static Box
text_box (const char *element, double dx, double dy)
{
  const char *open = strchr (element, '>') + 1;
  g_autofree char *head = g_strndup (element, (gsize)(open - element));
  g_autofree char *escaped = g_strndup (open, (gsize)(strchr (open, '<') - open));
  g_autoptr (GRegex) entity = g_regex_new ("&[a-z]+;", 0, 0, NULL);
  g_autofree char *text = g_regex_replace_literal (entity, escaped, -1, 0, "\"", 0, NULL);
  double size = attribute (head, "font-size");
  double width = placing_text_width (text, size) * (strstr (head, "font-weight") != NULL ? 1.12 : 1);
  double x = attribute (head, "x") + dx, y = attribute (head, "y") + dy;

  if (strstr (head, "\"end\"") != NULL)
    x -= width;
  else if (strstr (head, "\"middle\"") != NULL)
    x -= width / 2;
  return (Box){ x, y - size * 0.78, x + width, y + size * 0.12 };
}

/* Every text of @sheet lies on the page, and on no other. */
static void
assert_apart (const char *sheet, guint number)
{
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (Box));
  double dx = 0, dy = 0;

  for (const char *at = strstr (sheet, "</defs>"); at != NULL && *at != '\0'; at++) {
    if (g_str_has_prefix (at, "<g transform=\"translate("))
      dx = g_ascii_strtod (at + 24, NULL), dy = g_ascii_strtod (strchr (at + 24, ' '), NULL);
    if (g_str_has_prefix (at, "<text ") && strstr (at, "></text>") != strchr (at, '>')) {
      Box a = text_box (at, dx, dy);

      if (a.x0 < PAPER_EDGE - 1 || a.x1 > PAPER_WIDTH - PAPER_EDGE + 1 || a.y0 < 20 || a.y1 > PAPER_HEIGHT - 20)
        fail_msg ("page %u: %.60s leaves it", number, at);
      for (guint i = 0; i < boxes->len; i++) {
        Box b = g_array_index (boxes, Box, i);

        if (a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1)
          fail_msg ("page %u: %.90s lies on another text", number, at);
      }
      g_array_append_val (boxes, a);
    }
    if (g_str_has_prefix (at, "</g>"))
      dx = dy = 0;
  }
}

static void
paper_overview__extremes_in_both_languages__texts_stay_apart_and_on_the_page (void **state)
{
  static const char *const languages[] = { "zh", "en" };

  (void)state;
  for (guint l = 0; l < G_N_ELEMENTS (languages); l++) {
    g_autoptr (World) w = world_new (languages[l]);
    g_autoptr (GPtrArray) sheets = paper_overview (&w->page);

    assert_true (sheets->len >= 4);
    for (guint i = 0; i < sheets->len; i++) {
      g_autofree char *name = g_strdup_printf ("paper-%u.svg", i + 1);
      g_autofree char *text = NULL;

      g_string_append (w->page.out, sheets->pdata[i]);
      text = take (w, name);
      assert_sound (text);
      assert_apart (text, i + 1);
    }
  }
}

static void
paper_overview__no_standing_at_all__one_page (void **state)
{
  g_autoptr (World) w = world_new ("zh");
  g_autoptr (Board) empty = board_new (w->catalogue);
  g_autoptr (GPtrArray) sheets = NULL;

  (void)state;
  w->page.board = empty;
  sheets = paper_overview (&w->page);
  assert_int_equal (sheets->len, 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (page_overview__extremes__a_row_a_district_and_a_cell_a_target),
    cmocka_unit_test (overview_areas__extremes__worsening_before_off_track_and_none_that_is_fine),
    cmocka_unit_test (pages__both_languages__no_number_is_missing_and_all_names_are_text),
    cmocka_unit_test (page_league__rows_of_the_indicator__in_their_order_with_links_and_sortable),
    cmocka_unit_test (page_league__districts_not_compared__nothing),
    cmocka_unit_test (paper_wrap__chinese_and_english__by_their_rules),
    cmocka_unit_test (paper_overview__extremes_in_both_languages__texts_stay_apart_and_on_the_page),
    cmocka_unit_test (paper_overview__no_standing_at_all__one_page),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
