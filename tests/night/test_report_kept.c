/* A night makes its report again only when that would differ. What it would be, `report` tells, which always makes one:
   after every night here the pages are the same as those, byte for byte. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include "base/folder.h"
#include "report/stamp.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define DISTRICTS "210100 210181"

static Site *site;

static char *
path_of (const char *folder, const char *name)
{
  return g_build_filename (site->state, folder, name, NULL);
}

/* Without the moments at which a workbook's rows became known, and the day on which a PDF was made. */
static gboolean
is_compared (const char *name)
{
  return g_str_has_suffix (name, ".html") || g_str_has_suffix (name, ".csv");
}

static void
expect_fresh (const char *today)
{
  g_autofree char *line = g_strdup_printf ("@db report --today %s --report %s/fresh", today, site->state);
  g_autofree char *folder = path_of ("fresh", "");
  g_autoptr (GDir) dir = NULL;
  guint n = 0;

  site_expect (site, line, 0, "");
  dir = g_dir_open (folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *wanted = NULL, *found = NULL, *fresh = path_of ("fresh", name), *path = path_of ("report", name);

    if (!is_compared (name))
      continue;
    n++;
    assert_true (g_file_get_contents (fresh, &wanted, NULL, NULL));
    if (!g_file_get_contents (path, &found, NULL, NULL) || strcmp (found, wanted) != 0)
      fail_msg ("on %s %s is not what report makes of it", today, name);
  }
  assert_true (n > 10);
}

#define EVENTS_SQL "select count(*) from plumbline.alert_event"

/* Whatever else, a night on which an alert moved or was told of again shows that. */
static void
night (const char *today, gboolean kept)
{
  g_autofree char *line = g_strdup_printf ("@db nightly --rejects-ok --today %s", today);
  g_autofree char *before = site_query (site, EVENTS_SQL), *after = NULL;
  g_auto (Result) result = site_run (site, line);

  assert_int_equal (result.status, 0);
  after = site_query (site, EVENTS_SQL);
  kept &= strcmp (before, after) == 0;
  if ((strstr (result.out, "nothing that it shows has changed") != NULL) != kept)
    fail_msg ("on %s the report is %s", today, kept ? "made again" : "kept");
  expect_fresh (today);
}

static guint64
inode_of (const char *name)
{
  g_autofree char *path = path_of ("report", name);
  GStatBuf file;

  assert_int_equal (g_lstat (path, &file), 0);
  return file.st_ino;
}

static char *
alert_of (const char *what)
{
  g_autofree char *sql = g_strdup_printf (
      "select %s from plumbline.alert where state = 'firing' order by target, area_code limit 1", what);

  return site_query (site, sql);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
nightly__nothing_new__only_the_day_on_the_pages_moves (void **state)
{
  guint64 page = 0, paper = 0;

  (void)state;
  night ("2023-01-20", FALSE);
  night ("2023-01-21", TRUE);
  page = inode_of ("index.html");
  paper = inode_of ("overview.pdf");
  night ("2023-01-21", TRUE);
  assert_true (inode_of ("index.html") == page);
  night ("2023-01-22", TRUE);
  assert_true (inode_of ("index.html") != page);
  assert_true (inode_of ("overview.pdf") == paper);
}

static void
remove_page (const char *path)
{
  assert_int_equal (g_unlink (path), 0);
}

static void
cut_page (const char *path)
{
  assert_int_equal (truncate (path, 1000), 0);
}

static void
change_page (const char *path)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_usleep (20000); /* file systems count moments in ticks */
  text[length / 2] ^= 1;
  assert_true (g_file_set_contents_full (path, text, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

static void
nightly__damaged_report__is_made_again (void **state)
{
  static void (*const harms[]) (const char *path) = { remove_page, cut_page, change_page };
  static const char *const names[] = { "quality.html", "verdict.csv", "overview.pdf", STAMP_FILE };
  g_autofree char *folder = path_of ("report", ""), *stamp = path_of ("report", STAMP_FILE);

  (void)state;
  night ("2023-01-23", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (harms); i++) {
    g_autofree char *path = path_of ("report", names[i]);

    harms[i](path);
    night ("2023-01-23", FALSE);
    night ("2023-01-23", TRUE);
  }
  remove_page (stamp);
  night ("2023-01-23", FALSE);
  assert_true (folder_remove (folder));
  night ("2023-01-23", FALSE);
  night ("2023-01-24", TRUE);
}

static void
nightly__an_acknowledgement_comes_and_expires__both_are_shown (void **state)
{
  g_autofree char *area = alert_of ("area_code"), *target = alert_of ("target");
  g_autofree char *ack
      = g_strdup_printf ("@db ack %s %s --until 2023-01-26 --comment known --today 2023-01-25", area, target);

  (void)state;
  assert_non_null (area);
  night ("2023-01-25", TRUE);
  site_expect (site, ack, 0, "");
  night ("2023-01-25", FALSE);
  night ("2023-01-26", TRUE);
  night ("2023-01-27", FALSE);
}

/* A correction is told of for a week, then no more; files count for a year. */
static void
nightly__a_correction__is_told_of_as_long_as_it_is_due (void **state)
{
  g_autofree char *csv = site_query (
      site,
      "select 'school_code,period,grade,sex,examined,myopic' || E'\\n' || string_agg(concat_ws(',', school_code, "
      "period, grade, sex,"
      " examined, greatest(myopic - 1, 0)), E'\\n') from (select * from monitor.myopia where period = '2022-autumn' and"
      " suppressed is null and district_code = '210181' order by school_code, grade, sex limit 40) s");
  g_autofree char *path = site_file (site, "inbox/correction.csv", csv);
  g_autofree char *page = path_of ("report", "210181.html"), *text = NULL;

  (void)state;
  night ("2023-01-28", FALSE);
  assert_true (g_file_get_contents (page, &text, NULL, NULL));
  assert_non_null (strstr (text, "id=\"changes\""));
  night ("2023-01-29", TRUE);
  night ("2023-02-04", TRUE);
  night ("2023-02-05", FALSE);
  g_clear_pointer (&text, g_free);
  assert_true (g_file_get_contents (page, &text, NULL, NULL));
  assert_null (strstr (text, "id=\"changes\""));
  night ("2023-02-05", TRUE);
}

static void
nightly__another_language_or_catalogue__report_is_made_again (void **state)
{
  static const char english[] = "@db nightly --rejects-ok --language en --today 2023-02-05";
  g_auto (Result) result = site_run (site, english), again = site_run (site, english);

  (void)state;
  assert_null (strstr (result.out, "nothing that it shows has changed"));
  assert_non_null (strstr (again.out, "nothing that it shows has changed"));
  night ("2023-02-05", FALSE);
  {
    g_autoptr (Db) db = site_connect (site);

    run_sql (db, "update plumbline.catalogue_file set content = replace(content, '判定 ·', '裁定 ·'), sha256 = '-' "
                 "where file_name = 'text.csv'");
  }
  night ("2023-02-05", FALSE);
  night ("2024-02-06", FALSE);
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  site_put_exports (site, site_city (), DISTRICTS);
  site_expect (site, "@db nightly --rejects-ok --today 2022-12-31", 0, "");
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (nightly__nothing_new__only_the_day_on_the_pages_moves),
    cmocka_unit_test (nightly__damaged_report__is_made_again),
    cmocka_unit_test (nightly__an_acknowledgement_comes_and_expires__both_are_shown),
    cmocka_unit_test (nightly__a_correction__is_told_of_as_long_as_it_is_due),
    cmocka_unit_test (nightly__another_language_or_catalogue__report_is_made_again),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
