/* The calculation behind a verdict, told and repeated. */
#include "base/db.h"
#include "measure/explain.h"
#include "../support/near.h"
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"

#include <string.h>

#define TODAY "2022-09-30"

typedef struct {
  Db *db;
  const Catalogue *catalogue;
} City;

/* Five districts of 7 to 11 primary schools of unequal size; myopia and weight in three waves each. */
static const char rows[]
    = "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group,"
      " valid_from, valid_to, batch_id, line_no, provisional, known_from)"
      " select d || lpad(s::text, 4, '0'), '学校' || s, d, 'primary', 'public', false, false, s > 2, '2010-01-01',"
      " null, 0, s, false, now()"
      " from unnest(array['210102', '210103', '210104', '210105', '210106']) with ordinality u(d, i),"
      " generate_series(1, 6 + i::int) s;"
      "select plumbline.ensure_year(f, y) from unnest(array['feed.myopia', 'feed.weight', 'feed.places', 'feed.tally']"
      "::regclass[]) f, generate_series(2019, 2022) y;"
      "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id,"
      " line_no, provisional, known_from)"
      " select left(school_code, 6), left(p, 4)::int, school_code, p, g, x, n, floor(n * (0.4 + h / 40.0))::int, 0, 1,"
      " false, now() from feed.schools, unnest(array['2021-spring', '2021-autumn', '2022-spring']) p,"
      " unnest(array['P1', 'P6']) g, unnest(array['M', 'F']) x,"
      " lateral (select ascii(md5(school_code || p || g)) % 7 as h, 60 + ascii(md5(school_code || g || x)) as n) v;"
      "insert into feed.weight (district_code, year, school_code, period, grade, sex, examined, overweight, obese,"
      " batch_id, line_no, provisional, known_from)"
      " select left(school_code, 6), left(p, 4)::int, school_code, p, g, x, n,"
      " floor(n * (0.12 + 0.02 * i + h / 90.0))::int, floor(n * (0.1 + 0.01 * i + h / 120.0))::int, 0, 1, false, now()"
      " from feed.schools, unnest(array['2019-autumn', '2021-autumn', '2022-autumn']) with ordinality u(p, i),"
      " unnest(array['P1', 'P6']) g, unnest(array['M', 'F']) x,"
      " lateral (select ascii(md5(school_code || p || g)) % 7 as h, 60 + ascii(md5(school_code || g || x)) as n) v;"
      "insert into feed.places (district_code, year, school_code, period, places, enrolled, batch_id, line_no,"
      " provisional, known_from) select left(school_code, 6), 2022, school_code, '2022-spring', 500,"
      " case when right(school_code, 2)::int > 2 then 99 else 4 end, 0, 1, false, now() from feed.schools;"
      "insert into feed.tally (district_code, year, area_code, period, target, count, batch_id, line_no, provisional,"
      " known_from) values ('210102', 2022, '210102', '2022-06', 'student_clubs', 11, 0, 1, false, now()),"
      " ('210103', 2022, '210103', '2022-06', 'student_clubs', 6, 0, 1, false, now());";

static int
set_up (void **state)
{
  City *city = g_new0 (City, 1);

  *state = city;
  city->catalogue = export_catalogue ("");
  city->db = ground_new (city->catalogue, NULL);
  run_sql (city->db, rows);
  return 0;
}

static int
tear_down (void **state)
{
  City *city = *state;

  db_close (city->db);
  g_free (city);
  return 0;
}

static char *
explain (const City *city, const char *area, const char *target)
{
  g_autoptr (GError) error = NULL;
  char *text = explain_target (city->db, city->catalogue, TODAY, area, target, &error);

  if (text == NULL)
    fail_msg ("%s %s: %s", area, target, error->message);
  return text;
}

static void
assert_tells (const char *text, const char *const parts[])
{
  for (; *parts != NULL; parts++)
    if (strstr (text, *parts) == NULL)
      fail_msg ("no '%s' in:\n%s", *parts, text);
}

static void
explain__sampled_target__tells_every_step (void **state)
{
  g_autofree char *text = explain (*state, "沈河区", "myopia_change");

  assert_tells (text,
                (const char *const[]){ "# plumbline explain 210103 myopia_change, as of 2022-09-30", "2021-autumn",
                                       "The schools that enter: 8, in 1 connected group", "2101030008", "baseline",
                                       "one-sided p", "P(meet) = ", "VERDICT", "check$agrees", NULL });
}

static void
explain__count__tells_days_and_pro_rata (void **state)
{
  g_autofree char *text = explain (*state, "210100", "student_clubs");

  assert_tells (text,
                (const char *const[]){ "0 + (30 - 0) x 181 / 365 = 14.8767; done: 17", "VERDICT  on_track", NULL });
}

static void
explain__share__compares_whole_numbers (void **state)
{
  g_autofree char *text = explain (*state, "210102", "quality_coverage"); /* 5 x 99 of 5 x 99 + 2 x 4 */

  assert_tells (text, (const char *const[]){ "495 x 100 = 49500,  99 x 503 = 49797", NULL });
}

/* R repeats from the counts what the text says. */
static void
explain__its_r_lines__give_the_same_figures (void **state)
{
  static const char *const cases[][2]
      = { { "210103", "myopia_change" }, { "210106", "overweight_growth" }, { "210105", "obesity_growth" },
          { "210100", "myopia_change" }, { "210102", "quality_coverage" },  { "210100", "student_clubs" } };
  g_autofree char *r = g_find_program_in_path ("Rscript");

  if (r == NULL) {
    print_message ("no Rscript here: the lines are not run\n");
    skip ();
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = explain (*state, cases[i][0], cases[i][1]), *out = NULL;
    g_autofree char *script = g_strconcat (text, "\nstopifnot(nrow(check) > 3, all(check$agrees))\n", NULL);
    g_autofree char *path = g_build_filename (g_getenv ("PLUMB_TEST_SERVER"), "explain.R", NULL);
    g_autofree char *command = g_strdup_printf ("%s --vanilla %s", r, path);
    int status = -1;

    assert_true (g_file_set_contents (path, script, -1, NULL));
    assert_true (g_spawn_command_line_sync (command, &out, NULL, &status, NULL));
    if (status != 0)
      fail_msg ("%s %s:\n%s", cases[i][0], cases[i][1], out);
  }
}

static void
explain__asked_wrongly__usage (void **state)
{
  static const char *const cases[][3] = { { "210103", "myopia_chang", "did you mean myopia_change" },
                                          { "999999", "myopia_change", "unknown area 999999" },
                                          { "210103", "student_clubs", "not judged for area" } };
  const City *city = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    assert_null (explain_target (city->db, city->catalogue, TODAY, cases[i][0], cases[i][1], &error));
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_USAGE));
    assert_non_null (strstr (error->message, cases[i][2]));
  }
}

static void
explain__nobody_reported__says_so (void **state)
{
  g_autofree char *text = explain (*state, "210181", "myopia_change");

  assert_tells (text, (const char *const[]){ "nothing can be told", NULL });
}

int
main (void)
{
#define TEST(f) cmocka_unit_test (f)
  const struct CMUnitTest tests[] = {
    TEST (explain__sampled_target__tells_every_step),
    TEST (explain__count__tells_days_and_pro_rata),
    TEST (explain__share__compares_whole_numbers),
    TEST (explain__its_r_lines__give_the_same_figures),
    TEST (explain__asked_wrongly__usage),
    TEST (explain__nobody_reported__says_so),
  };

  return cmocka_run_group_tests_name ("explain", tests, set_up, tear_down);
}
