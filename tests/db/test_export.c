/* What export writes, read back by a stranger: CSV, workbook, data package. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"
#include "publish/export.h"
#include "publish/release.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define READER "tests/support/read_package.py"

typedef struct {
  Db *db;
  char *folder;
} Desk;

/* File names as clerks, and others, give them. */
#define BATCHES                                                                                                        \
  "insert into plumbline.batch (sha256, file_name, file_bytes, feed, status, reason, simulated, received_at)"          \
  " select md5(n::text), name, -1, 'myopia', 'loaded', reason, true, '2022-11-20 08:00:00.5+08'"                       \
  " from (values (1, '=cmd|''/c calc''!A1', '+1'), (2, '-2+3', '@sum'), (3, E'\\ttab', E'a,\"b\"\\nc'), (4, "          \
  "'＝全角', '近视数据'), (5, 'plain', null)) b(n, name, reason);"                                              \
  "insert into plumbline.run (command, today, started_at, version, stages) values ('x', '2022-11-20', '2022-11-20 "    \
  "08:00+08', 'y', '[{\"a\": 1}]');"                                                                                   \
  "insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, "            \
  "denominator, value, schools_reporting,"                                                                             \
  " schools_expected, provisional, known_from) values ('210102', 2022, 'myopia', '210102', '2022-spring', 'all', "     \
  "512, 1001, -51.25, 10, 10, false, now())"

static int
set_up (void **state)
{
  Desk *desk = g_new0 (Desk, 1);

  desk->db = ground_new (export_catalogue (""), NULL);
  desk->folder = test_folder_new ();
  run_sql (desk->db, "select plumbline.ensure_year('plumbline.estimate', 2022)");
  run_sql (desk->db, BATCHES);
  *state = desk;
  return 0;
}

static int
tear_down (void **state)
{
  Desk *desk = *state;

  db_close (desk->db);
  g_free (desk->folder);
  g_free (desk);
  return 0;
}

static char *
export_file (const Desk *desk, const char *what, ExportFormat format, const char *folder, const char *file)
{
  g_autofree char *path = g_build_filename (desk->folder, folder, NULL);
  const ExportOptions options = { what, NULL, format, path, "2022-11-20", 0 };
  g_autoptr (GError) error = NULL;
  ExportSummary sum;
  char *found = NULL;

  if (!export_write (desk->db, &options, &sum, &error))
    fail_msg ("%s", error->message);
  assert_true (sum.simulated);
  for (guint i = 0; i < sum.files->len; i++)
    if (g_str_has_suffix (sum.files->pdata[i], file))
      found = g_strdup (sum.files->pdata[i]);
  g_ptr_array_unref (sum.files);
  assert_non_null (found);
  return found;
}

/* Runs the reader on @arguments. python3 is no package of plumbline's: where it is missing, nothing is read back. */
static char *
read_back (char *const arguments[])
{
  g_autofree char *python = g_find_program_in_path ("python3");
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autofree char *err = NULL;
  char *out = NULL;
  int status = 0;

  if (python == NULL)
    return NULL;
  g_strv_builder_add_many (words, python, READER, NULL);
  for (char *const *argument = arguments; *argument != NULL; argument++)
    g_strv_builder_add (words, *argument);
  argv = g_strv_builder_end (words);
  assert_true (g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
  if (status != 0)
    fail_msg ("%s", err);
  return out;
}

static void
assert_contains (const char *text, const char *part)
{
  if (text != NULL && strstr (text, part) == NULL)
    fail_msg ("%s\nis not in\n%s", part, text);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
csv__texts_that_would_run__are_harmless_and_numbers_are_numbers (void **state)
{
  const Desk *desk = *state;
  g_autofree char *path = export_file (desk, "batch", EXPORT_CSV, "csv", "/batch.csv");
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_true (g_str_has_prefix (text, "\xEF\xBB\xBF"
                                       "batch_id,run_id,sha256,file_name,"));
  assert_contains (text, ",\"'=cmd|'/c calc'!A1\",-1,myopia,loaded,\"'+1\",");
  assert_contains (text, ",\"'-2+3\",-1,myopia,loaded,\"'@sum\",");
  assert_contains (text, ",\"'\ttab\",-1,myopia,loaded,\"a,\"\"b\"\"\nc\",");
  assert_contains (text, ",\"'＝全角\",-1,myopia,loaded,近视数据,");
  assert_contains (text, ",plain,-1,myopia,loaded,,");
  assert_contains (text, ",true,2022-11-20 08:00:00.5+08\r\n");
}

static void
package__every_view__is_one_by_the_specification (void **state)
{
  const Desk *desk = *state;
  g_autofree char *names = value_of (
      desk->db,
      "select string_agg(relname, ' ') from pg_class where relnamespace = 'monitor'::regnamespace and relkind = 'v'");
  g_auto (GStrv) views = g_strsplit (names, " ", -1);
  g_autofree char *said = NULL;

  for (char **view = views; *view != NULL; view++) {
    g_autofree char *path = export_file (desk, *view, EXPORT_PACKAGE, *view, "/datapackage.json");

    g_free (*view);
    *view = g_path_get_dirname (path);
  }
  said = read_back (views);
  assert_contains (said, "batch 5\n");
}

static void
package__texts__as_they_are_in_the_table (void **state)
{
  const Desk *desk = *state;
  g_autofree char *path = export_file (desk, "batch", EXPORT_PACKAGE, "package", "/batch.csv");
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_true (g_str_has_prefix (text, "batch_id,"));
  assert_contains (text, ",=cmd|'/c calc'!A1,-1,");
  assert_contains (text, ",true,2022-11-20T08:00:00.5+08:00\r\n");
}

static void
workbook__a_view__definitions_first_then_typed_cells_and_no_formula (void **state)
{
  const Desk *desk = *state;
  g_autofree char *path = export_file (desk, "batch", EXPORT_XLSX, "xlsx", "/batch.xlsx");
  g_autofree char *definitions = read_back ((char *[]){ path, (char *)"说明 definitions", NULL });
  g_autofree char *rows = read_back ((char *[]){ path, (char *)"batch", NULL });

  assert_contains (definitions, "模拟数据");
  assert_contains (definitions, "inlineStr:batch|inlineStr:file_name|inlineStr:文件名|inlineStr:name of the file");
  assert_contains (rows, "inlineStr:=cmd|'/c calc'!A1|n:-1|inlineStr:myopia");
  assert_contains (rows, "|b:1|inlineStr:2022-11-20 08:00:00.5+08");
}

static void
release__the_last__all_its_tables_and_no_other_release (void **state)
{
  const Desk *desk = *state;
  char *periods[] = { (char *)"2022-spring", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *folder = NULL, *said = NULL;
  ReleaseSummary sum;

  for (guint i = 0; i < 2; i++)
    if (!release_make (desk->db, &(ReleaseOptions){ periods, FALSE, "none", 1, "test" }, &sum, &error))
      fail_msg ("%s", error->message);
  path = export_file (desk, "release", EXPORT_PACKAGE, "release", "/datapackage.json");
  folder = g_path_get_dirname (path);
  said = read_back ((char *[]){ folder, NULL });
  assert_contains (said, "estimate 1\n");
  assert_contains (said, "release 1\n");
  assert_contains (said, "school-estimate 0\n");
}

static void
export_write__wrongly_called__says_what_there_is (void **state)
{
  static const struct {
    const char *what;
    const char *release;
    const char *folder;
    int code;
    const char *message;
  } cases[] = {
    { "nosuch", NULL, "x", PLUMB_ERROR_USAGE, "there is no view nosuch; there are release and after_school alert" },
    { "release", "99", "x", PLUMB_ERROR_USAGE, "there is no release 99" },
    { "estimate; drop table x", NULL, "x", PLUMB_ERROR_USAGE, "there is no view" },
    { "batch", NULL, "/dev/null/x", PLUMB_ERROR_OUTPUT, "cannot make folder /dev/null/x" },
  };
  const Desk *desk = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = g_path_is_absolute (cases[i].folder)
                                  ? g_strdup (cases[i].folder)
                                  : g_build_filename (desk->folder, cases[i].folder, NULL);
    g_autoptr (GError) error = NULL;
    ExportSummary sum;

    assert_false (export_write (
        desk->db, &(ExportOptions){ cases[i].what, cases[i].release, EXPORT_CSV, folder, "2022-11-20", 0 }, &sum,
        &error));
    g_ptr_array_unref (sum.files);
    assert_int_equal (error->code, cases[i].code);
    assert_contains (error->message, cases[i].message);
  }
}

/* A folder in the file's place: each format says so, and leaves no piece. */
static void
export_write__cannot_write__says_so_and_leaves_nothing (void **state)
{
  static const struct {
    ExportFormat format;
    const char *name;
  } cases[] = { { EXPORT_CSV, "run.csv" }, { EXPORT_XLSX, "run.xlsx" }, { EXPORT_PACKAGE, "run.csv" } };
  const Desk *desk = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("blocked-%u", i);
    g_autofree char *folder = g_build_filename (desk->folder, name, NULL);
    g_autofree char *blocked = g_build_filename (folder, cases[i].name, "x", NULL);
    g_autofree char *part = g_strdup_printf ("%s/%s.part", folder, cases[i].name);
    g_autoptr (GError) error = NULL;
    ExportSummary sum;

    assert_int_equal (g_mkdir_with_parents (blocked, 0755), 0);
    assert_false (export_write (desk->db, &(ExportOptions){ "run", NULL, cases[i].format, folder, "2022-11-20", 0 },
                                &sum, &error));
    g_ptr_array_unref (sum.files);
    assert_int_equal (error->code, PLUMB_ERROR_OUTPUT);
    assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (csv__texts_that_would_run__are_harmless_and_numbers_are_numbers),
    cmocka_unit_test (package__every_view__is_one_by_the_specification),
    cmocka_unit_test (package__texts__as_they_are_in_the_table),
    cmocka_unit_test (workbook__a_view__definitions_first_then_typed_cells_and_no_formula),
    cmocka_unit_test (release__the_last__all_its_tables_and_no_other_release),
    cmocka_unit_test (export_write__wrongly_called__says_what_there_is),
    cmocka_unit_test (export_write__cannot_write__says_so_and_leaves_nothing),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
