#include "report/chart_funnel.h"
#include "report/markup.h"
#include "report/page_parts.h"

#include <math.h>
#include <string.h>

#define CHART_WIDTH 300
#define CHART_HEIGHT 170
#define FUNNEL_WIDTH 358
#define FUNNEL_HEIGHT 240
#define MAX_STANDING_OUT 12 /* named below a funnel */

/* The city first, then its districts in the catalogue's order, so that one finds them where they stand elsewhere. */
static GPtrArray *
standings_of (const Board *board, const Target *target)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint a = 0; a < board->areas->len; a++) {
    Standing *s = board_standing (board, target, ((const Area *)board->areas->pdata[a])->area_code);

    if (s != NULL)
      g_ptr_array_add (found, s);
  }
  return found;
}

static char *
headline (const Page *page, const Target *target, const GPtrArray *standings)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) off = g_ptr_array_new ();
  g_autofree char *list = NULL;
  const char *indicator = phrase_column (&page->voice, target);

  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];

    if (standing_is_off (s) && !standing_is_city (s))
      g_ptr_array_add (off, standings->pdata[i]);
  }
  g_ptr_array_sort (off, standing_compare);
  for (guint i = 0; i < off->len; i++)
    g_ptr_array_add (names, (gpointer)(guintptr)phrase_place (&page->voice, ((const Standing *)off->pdata[i])->area));
  list = phrase_list (&page->voice, names);
  return format_fill (phrase (&page->voice, off->len > 0 ? "page.target.off" : "page.target.fine"), "indicator",
                      indicator, "areas", list, NULL);
}

static void
add_small (Page *page, const Standing *s)
{
  g_autofree char *chart = phrase_small (&page->voice, page->board, s, CHART_WIDTH, CHART_HEIGHT);
  g_autofree char *gap = phrase_gap (&page->voice, s);
  g_autofree char *file = page_file_of_area (s->area);

  markup_add (page->out, "<article class=\"card small v-{word}\">\n<header>", "word", verdict_name (s->word), NULL);
  page_badge (page, s->word);
  markup_add (page->out, "<h3><a href=\"{file}#{target}\">{name}</a></h3></header>\n", "file", file, "target",
              s->target->target, "name", phrase_area (&page->voice, s->area), NULL);
  g_string_append (page->out, chart);
  markup_add (page->out, "<p class=\"asks\">{gap}</p></article>\n", "gap", gap, NULL);
}

static void
add_multiples (Page *page, const GPtrArray *standings)
{
  page_begin_section (page, "districts", phrase (&page->voice, "page.target.districts"));
  markup_add (page->out, "<p class=\"note\">{note} {key}</p>\n<div class=\"cards\">\n", "note",
              phrase (&page->voice, "page.target.districts.note"), "key", phrase (&page->voice, "chart.key"), NULL);
  for (guint i = 0; i < standings->len; i++)
    add_small (page, standings->pdata[i]);
  g_string_append (page->out, "</div>\n");
  page_end_section (page);
}

/* Row of the dossier's strata; -1 where there is none, or its counts are small. */
static int
find_stratum (const PGresult *rows, const char *indicator, const char *stratum)
{
  for (int i = 0; i < PQntuples (rows); i++)
    if (strcmp (db_get (rows, i, "indicator"), indicator) == 0 && strcmp (db_get (rows, i, "stratum"), stratum) == 0)
      return i;
  return -1;
}

static void
add_stratum (Page *page, int row)
{
  const PGresult *rows = page->dossier->strata;
  g_autofree char *value = NULL;
  g_autofree char *range = NULL;

  if (row < 0) {
    markup_add (page->out, "<td class=\"none\" data-v=\"\">{none}</td>", "none", phrase (&page->voice, "page.none"),
                NULL);
    return;
  }
  value = format_value (db_get_double (rows, row, "value"), UNIT_PERCENT);
  range = format_range (db_get_double (rows, row, "low95"), db_get_double (rows, row, "high95"), UNIT_PERCENT);
  markup_add (page->out, "<td data-v=\"{v}\"><b>{value}</b><small>{range}</small>", "v",
              page_number (db_get_double (rows, row, "value")).text, "value", value, "range", range, NULL);
  chart_strip (page->out, db_get_double (rows, row, "value"), db_get_double (rows, row, "low95"),
               db_get_double (rows, row, "high95"), 100);
  g_string_append (page->out, "</td>");
}

static void
add_grade (Page *page, const char *indicator, const char *grade)
{
  static const char *const sexes[] = { "", "/M", "/F" };

  markup_add (page->out, "<tr><th scope=\"row\">{grade}</th>", "grade", phrase_grade (&page->voice, grade), NULL);
  for (guint x = 0; x < G_N_ELEMENTS (sexes); x++) {
    g_autofree char *stratum = g_strconcat (grade, sexes[x], NULL);

    add_stratum (page, find_stratum (page->dossier->strata, indicator, stratum));
  }
  g_string_append (page->out, "</tr>\n");
}

/* Grades in the order of school life: P before J before S. */
static int
compare_grades (gconstpointer a, gconstpointer b)
{
  static const char stages[] = "KPJS";
  const char *x = *(const char *const *)a;
  const char *y = *(const char *const *)b;
  const char *of_x = strchr (stages, *x);
  const char *of_y = strchr (stages, *y);

  return of_x != of_y ? (of_x > of_y) - (of_x < of_y) : strcmp (x, y);
}

static GPtrArray *
grades_of (const PGresult *rows, const char *indicator)
{
  GPtrArray *grades = g_ptr_array_new ();

  for (int i = 0; i < PQntuples (rows); i++) {
    const char *stratum = db_get (rows, i, "stratum");

    if (strcmp (db_get (rows, i, "indicator"), indicator) == 0 && strchr (stratum, '/') == NULL && strlen (stratum) > 1)
      g_ptr_array_add (grades, (gpointer)(guintptr)stratum);
  }
  g_ptr_array_sort (grades, compare_grades);
  return grades;
}

static void
add_strata (Page *page, const Indicator *indicator)
{
  const PGresult *rows = page->dossier->strata;
  g_autoptr (GPtrArray) grades = grades_of (rows, indicator->indicator);
  g_autofree char *period = NULL;
  g_autofree char *title = NULL;

  if (grades->len == 0)
    return;
  period = format_period (db_get (rows, find_stratum (rows, indicator->indicator, grades->pdata[0]), "period"),
                          page->voice.language);
  title = format_fill (phrase (&page->voice, "page.strata"), "period", period, NULL);
  page_begin_section (page, "strata", title);
  page_begin_table (page, "strata");
  page_head (page, phrase (&page->voice, "page.strata.grade"));
  page_head (page, phrase (&page->voice, "page.strata.all"));
  page_head (page, phrase (&page->voice, "page.strata.boys"));
  page_head (page, phrase (&page->voice, "page.strata.girls"));
  page_begin_body (page);
  for (guint i = 0; i < grades->len; i++)
    add_grade (page, indicator->indicator, grades->pdata[i]);
  page_end_table (page);
  page_end_section (page);
}

/* Rows of the dossier's released schools from @from on that are of the same indicator and stage. */
static guint
count_of_kind (const PGresult *rows, int from)
{
  int to = from;

  while (to < PQntuples (rows) && strcmp (db_get (rows, to, "indicator"), db_get (rows, from, "indicator")) == 0
         && strcmp (db_get (rows, to, "stage"), db_get (rows, from, "stage")) == 0)
    to++;
  return (guint)(to - from);
}

/* Names, in the order of how far they stand out, of the schools beyond the outer limits. */
static void
add_standing_out (Page *page, const PGresult *rows, int from, const FunnelPoint points[], guint n, const Funnel *funnel)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint out = 0;

  for (guint i = 0; i < n; i++) {
    g_autofree char *rate = format_value (points[i].rate, UNIT_PERCENT);

    if (fabs (funnel_z (funnel, points[i].rate / 100 * points[i].n, points[i].n)) <= FUNNEL_Z_OUTER)
      continue;
    if (++out <= MAX_STANDING_OUT)
      g_ptr_array_add (names, format_fill (phrase (&page->voice, "page.funnel.school"), "school",
                                           db_get (rows, from + (int)i, "school_name"), "rate", rate, NULL));
  }
  if (out == 0)
    markup_add (page->out, "<p class=\"asks\">{text}</p>", "text", phrase (&page->voice, "page.funnel.none"), NULL);
  else {
    g_autofree char *list = phrase_list (&page->voice, names);
    g_autofree char *rest = g_strdup_printf ("%u", out - names->len);
    g_autofree char *more
        = out > names->len ? format_fill (phrase (&page->voice, "page.more"), "n", rest, NULL) : g_strdup ("");

    markup_add (page->out, "<p class=\"asks\">{label}{list} {more}</p>", "label",
                phrase (&page->voice, "page.funnel.out"), "list", list, "more", more, NULL);
  }
}

static void
add_funnel (Page *page, const PGresult *rows, int from, guint n)
{
  g_autofree FunnelPoint *points = g_new (FunnelPoint, n);
  g_autofree double *x = g_new (double, n);
  g_autofree double *sizes = g_new (double, n);
  g_autofree char *key = g_strconcat ("stage.", db_get (rows, from, "stage"), NULL);
  g_autofree char *svg = NULL;
  Funnel funnel;

  for (guint i = 0; i < n; i++) {
    x[i] = db_get_double (rows, from + (int)i, "numerator");
    sizes[i] = db_get_double (rows, from + (int)i, "denominator");
    points[i] = (FunnelPoint){ .n = sizes[i], .rate = 100 * x[i] / sizes[i] };
  }
  if (*db_get (rows, from, "stage") == '\0' || !funnel_of (x, sizes, n, &funnel))
    return;
  svg = chart_funnel_svg (points, n, &funnel, FUNNEL_WIDTH, FUNNEL_HEIGHT, phrase (&page->voice, key),
                          phrase (&page->voice, "page.funnel.size"));
  markup_add (page->out, "<article class=\"card\">\n<header><h3>{stage}</h3></header>\n", "stage",
              phrase (&page->voice, key), NULL);
  g_string_append (page->out, svg);
  add_standing_out (page, rows, from, points, n, &funnel);
  g_string_append (page->out, "</article>\n");
}

/* From releases alone: a school's figures are on the page as they were published, or not at all. */
static void
add_funnels (Page *page, const Indicator *indicator)
{
  const PGresult *rows = page->dossier->released_schools;
  g_autofree char *period = NULL;
  g_autofree char *title = NULL;
  int first = 0;

  if (indicator->kind != INDICATOR_SAMPLE)
    return;
  while (first < PQntuples (rows) && strcmp (db_get (rows, first, "indicator"), indicator->indicator) != 0)
    first++;
  if (first == PQntuples (rows)) {
    page_begin_section (page, "funnel", phrase (&page->voice, "page.funnel"));
    markup_add (page->out, "<p class=\"note\">{text}</p>\n", "text", phrase (&page->voice, "page.funnel.empty"), NULL);
    page_end_section (page);
    return;
  }
  period = format_period (db_get (rows, first, "period"), page->voice.language);
  title = format_fill (phrase (&page->voice, "page.funnel.of"), "period", period, NULL);
  page_begin_section (page, "funnel", title);
  markup_add (page->out, "<p class=\"note\">{note}</p>\n<div class=\"cards\">\n", "note",
              phrase (&page->voice, "page.funnel.note"), NULL);
  for (int from = first, n = 0;
       from < PQntuples (rows) && strcmp (db_get (rows, from, "indicator"), indicator->indicator) == 0; from += n) {
    n = (int)count_of_kind (rows, from);
    add_funnel (page, rows, from, (guint)n);
  }
  g_string_append (page->out, "</div>\n");
  page_end_section (page);
}

static void
add_definition (Page *page, const Target *target, const Indicator *indicator)
{
  const Voice *voice = &page->voice;
  gboolean english = strcmp (voice->language, "en") == 0;
  const Feed *feed = catalogue_feed (page->board->catalogue, indicator->feed);
  g_autofree char *kind = g_strconcat ("page.kind.", catalogue_indicator_kinds[indicator->kind], NULL);
  const char *const facts[][2] = {
    { "page.definition", english ? indicator->definition_en : indicator->definition },
    { "page.definition.target", phrase_target (voice, target) },
    { "page.definition.source", english ? feed->name_en : feed->name },
    { "page.definition.item", target->item },
    { "page.definition.kind", phrase (voice, kind) },
    { "page.definition.note", english ? target->note_en : target->note },
  };

  page_begin_section (page, "definition", phrase (voice, "page.definition"));
  g_string_append (page->out, "<dl class=\"method\">\n");
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    if (*facts[i][1] != '\0')
      markup_add (page->out, "<div><dt>{label}</dt><dd>{text}</dd></div>\n", "label", phrase (voice, facts[i][0]),
                  "text", facts[i][1], NULL);
  markup_add (page->out, "</dl>\n<p class=\"note\"><a href=\"" PAGE_METHOD "\">{link}</a></p>\n", "link",
              phrase (voice, "page.definition.method"), NULL);
  page_end_section (page);
}

void
page_target (Page *page, const Target *target)
{
  const Indicator *indicator = catalogue_indicator (page->board->catalogue, target->indicator);
  g_autoptr (GPtrArray) standings = standings_of (page->board, target);
  g_autofree char *title = headline (page, target, standings);
  g_autofree char *file = page_file_of_target (target);

  page_begin (page, title, NULL, file);
  add_multiples (page, standings);
  page_league (page, indicator);
  add_strata (page, indicator);
  add_funnels (page, indicator);
  add_definition (page, target, indicator);
  page_end (page);
}
