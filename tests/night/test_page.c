/* What the pages tell of schools, read as a stranger reads them: names, and figures that a release shows; nothing else.
 */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include "base/folder.h"
#include "base/text.h"
#include "domain/catalogue.h"
#include "domain/format.h"
#include "report/chart_funnel.h"

#include <string.h>

#define TODAY "2022-12-31"
#define PERIOD "2022-autumn"
#define DISTRICTS "210103 210104"
#define REPORT "@db report --today " TODAY

/* An override, quotes, an element, an entity, an attribute that runs something. */
#define HOSTILE_SQL "\xE2\x80\xAE<img src=x onerror=\"alert(''1'')\">&amp;\xE2\x81\xA6"
#define HARMLESS "&lt;img src=x onerror=&quot;alert(&apos;1&apos;)&quot;&gt;&amp;amp;"

#define RELEASED_FROM "published.school_estimate e"
#define RELEASED_LAST "e.release_id = (select max(release_id) from published.release where grain = 'school')"
#define RELEASED RELEASED_FROM " where " RELEASED_LAST
/* Two schools of a district, of one kind, of which the release hides everything, change places in what was surveyed. */
#define SWAP                                                                                                           \
  "create temp table pair on commit preserve rows as select min(school_code) as a, max(school_code) as b from (select" \
  " distinct e.school_code, v.stage, e.district_code, bool_or(not e.hidden) over (partition by e.school_code) as "     \
  "shown"                                                                                                              \
  " from " RELEASED_FROM                                                                                               \
  " join feed.schools v on v.school_code = e.school_code and v.valid_to is null where " RELEASED_LAST                  \
  ") s where not shown group by district_code, stage having count(*) > 1 order by 1 limit 1;"                          \
  "update feed.myopia f set school_code = '-' from pair where school_code = a;"                                        \
  "update feed.myopia f set school_code = a from pair where school_code = b;"                                          \
  "update feed.myopia f set school_code = b from pair where school_code = '-';"                                        \
  "update feed.weight f set school_code = '-' from pair where school_code = a;"                                        \
  "update feed.weight f set school_code = a from pair where school_code = b;"                                          \
  "update feed.weight f set school_code = b from pair where school_code = '-';"                                        \
  "delete from plumbline.measured"
/* What the page must not do: schools as they are. */
#define LEAK                                                                                                           \
  "create or replace function plumbline.released_schools() returns table (indicator text, period text, district_code"  \
  " text, school_name text, stage text, numerator bigint, denominator bigint) language sql stable as $$"               \
  " select i, '" PERIOD                                                                                                \
  "', r.district_code, v.name::text, v.stage, sum(r.numerator)::bigint, sum(r.denominator)::bigint"                    \
  " from (values ('myopia'), ('overweight'), ('obesity')) x(i), lateral plumbline.indicator_rows(i) r"                 \
  " join feed.schools v on v.school_code = r.unit_code and v.valid_to is null"                                         \
  " where r.period = '" PERIOD "' and r.stratum = 'all' and r.denominator > 0 group by 1, 3, 4, 5 order by 1, 5, 4 $$"
#define PREPARE                                                                                                        \
  "update plumbline.threshold set value = 700 where name = 'publish_min_denominator';"                                 \
  "update feed.schools set name = name || '" HOSTILE_SQL "';"                                                          \
  "update feed.myopia set myopic = examined * 19 / 20 where period = '" PERIOD "' and school_code = (select"           \
  " school_code from feed.myopia join feed.schools s using (school_code) where stage = 'primary' and period = "        \
  "'" PERIOD "' group by 1 order by sum(examined) desc limit 1);"                                                      \
  "delete from feed.myopia where period = '" PERIOD "' and school_code = (select school_code from feed.myopia where"   \
  " period = '" PERIOD "' group by 1 order by sum(examined) limit 1)"

static Site *city;
static Catalogue *catalogue;

static char *
page_path (const char *name)
{
  return g_build_filename (city->state, "report", name, NULL);
}

static char *
page_text (const char *name)
{
  g_autofree char *path = page_path (name);
  char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Names of the report's files, sorted. */
static GPtrArray *
report_files (void)
{
  g_autofree char *folder = page_path ("");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);

  assert_non_null (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    g_ptr_array_add (files, g_strdup (name));
  g_ptr_array_sort (files, by_name);
  return files;
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* What a release shows of schools: name and rate as a page would have them, one in a line of its own. */
static GHashTable *
released_rates (Db *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) rows = db_queryv (
      db, &error, "select school_name, 100.0 * numerator / denominator as rate from " RELEASED " and not e.hidden",
      DB_END);
  GHashTable *rates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  assert_non_null (rows);
  for (int i = 0; i < PQntuples (rows); i++) {
    g_autofree char *name = text_html (db_get (rows, i, "school_name"));
    g_autofree char *rate = format_value (db_get_double (rows, i, "rate"), UNIT_PERCENT);
    g_autofree char *safe = text_html (rate);

    g_hash_table_add (rates, g_strconcat (name, safe, NULL));
  }
  return rates;
}

static GPtrArray *
school_names (Db *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) rows = db_queryv (db, &error, "select distinct name from feed.schools", DB_END);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  assert_non_null (rows);
  for (int i = 0; i < PQntuples (rows); i++)
    g_ptr_array_add (names, text_html (db_get (rows, i, "name")));
  return names;
}

/* After its name a school may have a released figure, or none: the next name, the end, or how many more there are. */
static gboolean
is_lawful (const char *name, const char *after, GHashTable *rates, guint *figures)
{
  static const char *const ends[] = { "<", " ", "、", "和" };
  gsize length = strcspn (after, "%");
  g_autofree char *told = length < 12 ? g_strndup (after, length + 1) : NULL;
  g_autofree char *pair = g_strconcat (name, told, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_prefix (after, ends[i]))
      return TRUE;
  ++*figures;
  return told != NULL && g_hash_table_contains (rates, pair);
}

typedef struct {
  guint named, figures, unlawful;
} Reading;

static void
read_names (const char *file, const char *text, const GPtrArray *names, GHashTable *rates, Reading *out)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];

    for (const char *at = strstr (text, name); at != NULL; at = strstr (at + 1, name)) {
      const char *after = at + strlen (name);

      out->named++;
      if (is_lawful (name, after, rates, &out->figures))
        continue;
      out->unlawful++;
      print_message ("# %s: %s%.8s\n", file, name, after);
    }
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* The picture of @indicator's schools of @stage as the release alone gives it; NULL when it gives none. */
static char *
released_picture (Db *db, const char *indicator, const char *stage)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) rows = db_queryv (
      db, &error,
      "select e.numerator, e.denominator from " RELEASED " and not e.hidden and e.indicator = $1 and exists (select "
      "from feed.schools v where v.school_code = e.school_code and v.stage = $2 and v.valid_to is null)"
      " order by e.school_name",
      indicator, stage, DB_END);
  g_autofree char *key = g_strconcat ("stage.", stage, NULL);
  guint n = rows != NULL ? (guint)PQntuples (rows) : 0;
  g_autofree FunnelPoint *points = g_new0 (FunnelPoint, n + 1);
  g_autofree double *x = g_new0 (double, n + 1);
  g_autofree double *sizes = g_new0 (double, n + 1);
  Funnel funnel;

  assert_non_null (rows);
  for (guint i = 0; i < n; i++) {
    x[i] = db_get_double (rows, (int)i, "numerator");
    sizes[i] = db_get_double (rows, (int)i, "denominator");
    points[i] = (FunnelPoint){ sizes[i], 100 * x[i] / sizes[i] };
  }
  return n > 0 && funnel_of (x, sizes, n, &funnel)
             ? chart_funnel_svg (points, n, &funnel, 358, 240, catalogue_text (catalogue, "zh", key),
                                 catalogue_text (catalogue, "zh", "page.funnel.size"))
             : NULL;
}

static guint
count_of (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

/* Pictures of schools on @text, the page of @indicator, that the release alone does not give. */
static guint
read_pictures (Db *db, const char *indicator, const char *text, guint *pictures)
{
  static const char *const stages[] = { "primary", "junior", "nine_year", "senior", "twelve_year" };
  const char *from = strstr (text, "<section aria-labelledby=\"funnel\">");
  const char *to = from != NULL ? strstr (from, "</section>") : NULL;
  g_autofree char *section = to != NULL ? g_strndup (from, (gsize)(to - from)) : g_strdup ("");
  guint drawn = count_of (section, "<svg class=\"chart");
  guint lawful = 0;

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++) {
    g_autofree char *picture = released_picture (db, indicator, stages[i]);

    lawful += picture != NULL && strstr (section, picture) != NULL;
  }
  *pictures += drawn;
  return drawn - lawful;
}

/* Everything that the report's files say of schools. */
static Reading
read_report (guint *pictures)
{
  static const char *const indicators[] = { "myopia", "overweight", "obesity" };
  static const char *const pages[]
      = { "target-myopia_change.html", "target-overweight_growth.html", "target-obesity_growth.html" };
  g_autoptr (Db) db = site_connect (city);
  g_autoptr (GHashTable) rates = released_rates (db);
  g_autoptr (GPtrArray) names = school_names (db);
  g_autoptr (GPtrArray) files = report_files ();
  Reading reading = { 0 };

  for (guint i = 0; i < files->len; i++) {
    g_autofree char *text = page_text (files->pdata[i]);

    read_names (files->pdata[i], text, names, rates, &reading);
  }
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *text = page_text (pages[i]);

    reading.unlawful += read_pictures (db, indicators[i], text, pictures);
  }
  return reading;
}

/* The pages as one text. */
static char *
whole_report (void)
{
  g_autoptr (GPtrArray) files = report_files ();
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++) {
    g_autofree char *text = g_str_has_suffix (files->pdata[i], ".html") ? page_text (files->pdata[i]) : g_strdup ("");

    g_string_append (all, text);
  }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
change (const char *sql)
{
  g_autoptr (Db) db = site_connect (city);

  run_sql (db, sql);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
report__schools__figures_are_those_of_the_release (void **state)
{
  guint pictures = 0;
  Reading reading = { 0 };

  (void)state;
  site_expect (city, REPORT, 0, "");
  site_expect_sql (
      city, "select count(*) filter (where e.hidden) > 50 and count(*) filter (where not e.hidden) > 50 from " RELEASED,
      "t");
  reading = read_report (&pictures);
  assert_true (reading.named > reading.figures);
  assert_true (reading.figures > 0);
  assert_true (pictures > 5);
  assert_int_equal (reading.unlawful, 0);
}

/* Two schools of a district and a kind, both hidden, change places: nothing that a district or the city has changes. */
static gboolean
pages_tell_them_apart (void)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  site_expect (city, REPORT, 0, "");
  before = whole_report ();
  change (SWAP);
  site_expect (city, "@db measure --today " TODAY, 0, "");
  site_expect (city, REPORT, 0, "");
  after = whole_report ();
  return strcmp (before, after) != 0;
}

static void
report__hidden_schools_change_places__pages_stay_the_same (void **state)
{
  (void)state;
  assert_false (pages_tell_them_apart ());
}

/* The readers above are worth something only if they see a leak. */
static void
report__true_counts_in_place_of_released_ones__are_caught (void **state)
{
  g_autofree char *honest = site_query (city, "select pg_get_functiondef('plumbline.released_schools'::regproc)");
  guint pictures = 0;

  (void)state;
  change (LEAK);
  site_expect (city, REPORT, 0, "");
  assert_true (read_report (&pictures).unlawful > 5);
  assert_true (pages_tell_them_apart ());
  change (honest);
}

static void
report__names_with_markup_and_overrides__come_out_as_text (void **state)
{
  g_autofree char *text = NULL;

  (void)state;
  site_expect (city, REPORT, 0, "");
  text = whole_report ();
  assert_true (count_of (text, HARMLESS) > 1);
  assert_null (strstr (text, "<img"));
  assert_null (strstr (text, "\xE2\x80\xAE"));
  assert_null (strstr (text, "\xE2\x81\xA6"));
}

static gboolean
has_file (const char *name)
{
  g_autofree char *path = page_path (name);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static char *
page_sum (const char *name)
{
  g_autofree char *path = page_path (name);
  g_autofree char *data = NULL;
  gsize length = 0;

  assert_true (g_file_get_contents (path, &data, &length, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)data, length);
}

static void
report__pdf_and_workbook__are_beside_the_pages_and_linked (void **state)
{
  g_autofree char *overview = NULL;
  g_autofree char *pdf = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  (void)state;
  site_expect (city, REPORT, 0, "");
  first = page_sum ("overview.pdf");
  overview = page_text ("index.html");
  pdf = page_text ("overview.pdf");
  assert_true (g_str_has_prefix (pdf, "%PDF-"));
  assert_true (has_file ("release-1.xlsx"));
  assert_non_null (strstr (overview, "href=\"overview.pdf\""));
  assert_non_null (strstr (overview, "href=\"release-1.xlsx\""));
  site_expect (city, REPORT, 0, "");
  second = page_sum ("overview.pdf");
  assert_string_equal (first, second);
}

/* Nothing is found under this PATH: neither rsvg-convert nor fonts. The pages are as new as ever, and say nothing of a
 * PDF that is not there; the night says what it lacks and how it ended. */
static void
report__no_rsvg_convert__69_and_pages_without_pdf (void **state)
{
  g_auto (Result) result = { 0 };
  g_autofree char *overview = NULL;

  (void)state;
  site_expect (city, REPORT, 0, "");
  result = site_run_under (city, "env PATH=/nonexistent", REPORT);
  assert_int_equal (result.status, 69);
  assert_non_null (strstr (result.err, "could not draw the pages"));
  assert_false (has_file ("overview.pdf"));
  assert_true (has_file ("release-1.xlsx"));
  overview = page_text ("index.html");
  assert_null (strstr (overview, "overview.pdf"));
  site_expect (city, REPORT, 0, "");
  assert_true (has_file ("overview.pdf"));
}

/* A city of two districts: small schools hidden by a high threshold, one that stands out, one that has not reported. */
static int
set_up (void **state)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *exports = g_build_filename (folder, "city", NULL);
  g_autofree char *simulate = g_strdup_printf ("simulate --clean --out %s", exports);

  (void)state;
  if (site_program () == NULL)
    return -1;
  catalogue = catalogue_read ("seeds", NULL);
  assert_non_null (catalogue);
  city = site_new ();
  site_expect (city, simulate, 0, "");
  site_put_exports (city, exports, DISTRICTS);
  site_expect (city, "@db ingest --rejects-ok --today " TODAY, 0, "");
  change (PREPARE);
  site_expect (city, "@db measure --today " TODAY, 0, "");
  site_expect (city, "@db publish --schools " PERIOD " --today 2023-01-31", 0, "");
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (city);
  catalogue_free (catalogue);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (report__schools__figures_are_those_of_the_release),
    cmocka_unit_test (report__hidden_schools_change_places__pages_stay_the_same),
    cmocka_unit_test (report__true_counts_in_place_of_released_ones__are_caught),
    cmocka_unit_test (report__names_with_markup_and_overrides__come_out_as_text),
    cmocka_unit_test (report__pdf_and_workbook__are_beside_the_pages_and_linked),
    cmocka_unit_test (report__no_rsvg_convert__69_and_pages_without_pdf),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
