#include "simulate/simulate.h"

#include "base/error.h"
#include "base/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

static char *root;
static char *usual; /* folder of seed 1, damaged, drifting */

static SimulateSummary
simulate (const char *out, guint64 seed, gboolean on_path, gboolean clean, gboolean panel)
{
  const SimulateOptions options = { seed, out, on_path, clean, panel };
  SimulateSummary summary = { 0 };
  g_autoptr (GError) error = NULL;

  assert_true (simulate_run (&options, &summary, &error));
  assert_null (error);
  return summary;
}

static int
make_folders (void **state)
{
  (void)state;
  root = g_dir_make_tmp ("plumbline-simulate-XXXXXX", NULL);
  usual = g_build_filename (root, "usual", NULL);
  simulate (usual, 1, FALSE, FALSE, FALSE);
  return root == NULL;
}

static int
remove_folders (void **state)
{
  (void)state;
  folder_remove (root);
  g_free (usual);
  g_free (root);
  return 0;
}

/* The file's text, decoded as its bytes demand. */
static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  gsize length = 0;

  assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  if (length >= 2 && memcmp (bytes, "\xFF\xFE", 2) == 0)
    return g_convert (bytes, (gssize)length, "UTF-8", "UTF-16", NULL, NULL, NULL);
  if (g_utf8_validate (bytes, (gssize)length, NULL))
    return g_steal_pointer (&bytes);
  return g_convert (bytes, (gssize)length, "UTF-8", "GB18030", NULL, NULL, NULL);
}

/* Rows of a file of the truth, without its header; fields by g_strsplit(). */
static GPtrArray *
read_truth (const char *folder, const char *name)
{
  g_autofree char *truth = g_build_filename (folder, "truth", NULL);
  g_autofree char *text = read_text (truth, name);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_ptr_array_add (rows, g_strsplit (lines[i], ",", -1));
  return rows;
}

static char *
digest (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  gsize length = 0;

  assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)bytes, length);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  assert_non_null (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
simulate_run__another_seed__as_many_files_schools_and_rows_but_other_bytes (void **state)
{
  g_autofree char *other = g_build_filename (root, "other", NULL);
  SimulateSummary summary = simulate (other, 3, FALSE, FALSE, FALSE);
  g_autofree char *a = digest (other, "heping-myopia-2021-autumn.csv");
  g_autofree char *b = digest (usual, "heping-myopia-2021-autumn.csv");

  (void)state;
  assert_int_equal (summary.schools, 2327);
  assert_in_range (summary.files, 200, 400);
  assert_int_equal (summary.files + 1, count_files (other)); /* and truth/ */
  assert_in_range (summary.rows, 100000, 250000);
  assert_string_not_equal (a, b);
}

static void
simulate_run__same_seed__same_bytes (void **state)
{
  static const char *const truths[]
      = { "file.csv", "damage.csv", "expected.csv", "panel.csv", "census.csv", "school.csv" };
  g_autofree char *again = g_build_filename (root, "again", NULL);
  g_autofree char *truth = g_build_filename (usual, "truth", NULL);
  g_autofree char *truth_again = g_build_filename (again, "truth", NULL);
  g_autoptr (GPtrArray) files = read_truth (usual, "file.csv");

  (void)state;
  simulate (again, 1, FALSE, FALSE, FALSE);
  for (guint i = 0; i < files->len; i++) {
    char **row = g_ptr_array_index (files, i);
    g_autofree char *sha256 = digest (again, row[0]);

    assert_string_equal (sha256, row[7]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (truths); i++) {
    g_autofree char *a = digest (truth, truths[i]);
    g_autofree char *b = digest (truth_again, truths[i]);

    assert_string_equal (a, b);
  }
}

/* Names of files that the damage list speaks of. */
static GHashTable *
damaged_files (void)
{
  g_autoptr (GPtrArray) damage = read_truth (usual, "damage.csv");
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < damage->len; i++)
    g_hash_table_add (names, g_strdup (((char **)g_ptr_array_index (damage, i))[0]));
  return names;
}

/* In the folder of an earlier, damaged simulation, beside a file that is somebody else's. */
static void
simulate_run__clean__replaces_its_own_files_and_differs_in_the_damaged_ones (void **state)
{
  g_autofree char *clean = g_build_filename (root, "again", NULL);
  g_autofree char *foreign = g_build_filename (clean, "notes.csv", NULL);
  SimulateSummary summary = { 0 };
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GPtrArray) damage = NULL;
  g_autoptr (GHashTable) damaged = damaged_files ();
  guint differ = 0;

  (void)state;
  assert_true (g_file_set_contents (foreign, "mine\n", -1, NULL));
  summary = simulate (clean, 1, FALSE, TRUE, FALSE);
  assert_int_equal (count_files (clean), summary.files + 2);
  assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));
  files = read_truth (clean, "file.csv");
  damage = read_truth (clean, "damage.csv");
  assert_int_equal (damage->len, 0);
  for (guint i = 0; i < files->len; i++) {
    char **row = g_ptr_array_index (files, i);
    g_autofree char *sha256 = digest (usual, row[0]);

    assert_string_equal (row[8], "loaded");
    if (g_str_equal (sha256, row[7]))
      continue;
    differ++;
    assert_true (g_hash_table_contains (damaged, row[0])
                 || g_str_equal (row[0], "heping-weight-2021-autumn.csv")); /* the version that is corrected later */
  }
  assert_in_range (differ, 15, 20);
}

static void
simulate_run__on_path__changes_the_screening_of_the_drifting_districts_alone (void **state)
{
  static const struct {
    const char *file;
    gboolean same;
  } cases[] = {
    { "heping-myopia-2022-autumn.csv", TRUE },   { "heping-weight-2022-autumn.csv", TRUE },
    { "sujiatun-myopia-2021-autumn.csv", TRUE }, { "sujiatun-myopia-2022-autumn.csv", FALSE },
    { "shenbei-myopia-2022-autumn.csv", FALSE }, { "huanggu-myopia-2022-autumn.csv", TRUE },
    { "huanggu-weight-2022-autumn.csv", FALSE }, { "huanggu-weight-2021-autumn.csv", TRUE },
    { "kangping-myopia-2022-autumn.csv", TRUE },
  };
  g_autofree char *path = g_build_filename (root, "path", NULL);

  (void)state;
  simulate (path, 1, TRUE, FALSE, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *a = digest (usual, cases[i].file);
    g_autofree char *b = digest (path, cases[i].file);

    assert_int_equal (g_str_equal (a, b), cases[i].same);
  }
}

static void
simulate_run__every_damage__stands_at_its_line (void **state)
{
  g_autoptr (GPtrArray) damage = read_truth (usual, "damage.csv");
  g_autoptr (GHashTable) rules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  (void)state;
  for (guint i = 0; i < damage->len; i++) {
    char **row = g_ptr_array_index (damage, i);
    guint line = (guint)g_ascii_strtoull (row[1], NULL, 10);
    g_autofree char *text = read_text (usual, row[0]);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    g_hash_table_add (rules, g_strdup (row[5]));
    if (line == 0)
      continue;
    assert_true (line <= g_strv_length (lines));
    assert_non_null (strstr (lines[line - 1], row[4]));
    if (g_str_equal (row[5], "the same line twice")) {
      assert_string_equal (lines[line - 1], lines[line - 2]);
    }
  }
  assert_in_range (g_hash_table_size (rules), 14, 20);
}

static void
simulate_run__files_as_a_whole__are_damaged_as_listed (void **state)
{
  static const struct {
    const char *fate;
    guint files;
  } cases[] = { { "refused", 4 }, { "superseded", 1 }, { "repeated", 1 } };
  g_autoptr (GPtrArray) files = read_truth (usual, "file.csv");

  (void)state;
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
    guint n = 0;

    for (guint i = 0; i < files->len; i++) {
      char **row = g_ptr_array_index (files, i);
      guint twins = 0;

      if (!g_str_equal (row[8], cases[c].fate))
        continue;
      n++;
      for (guint k = 0; k < files->len; k++)
        twins += k != i && g_str_equal (((char **)g_ptr_array_index (files, k))[7], row[7]);
      assert_int_equal (twins, g_str_equal (row[8], "repeated"));
    }
    assert_int_equal (n, cases[c].files);
  }
}

static void
simulate_run__every_file__says_in_its_first_line_that_it_is_simulated (void **state)
{
  g_autoptr (GPtrArray) files = read_truth (usual, "file.csv");
  guint encodings[4] = { 0 };

  (void)state;
  for (guint i = 0; i < files->len; i++) {
    char **row = g_ptr_array_index (files, i);
    g_autofree char *text = read_text (usual, row[0]);
    char *end = strchr (text, '\n');

    if (*text == '\0')
      continue;
    *end = '\0';
    assert_non_null (strstr (text, "模拟数据"));
    encodings[0] += g_str_equal (row[4], "UTF-8");
    encodings[1] += g_str_equal (row[4], "UTF-8-BOM");
    encodings[2] += g_str_equal (row[4], "GB18030");
    encodings[3] += g_str_equal (row[4], "UTF-16LE");
  }
  for (guint e = 0; e < G_N_ELEMENTS (encodings); e++)
    assert_true (encodings[e] >= 15);
}

static void
simulate_run__expected_sums__are_those_of_the_lines (void **state)
{
  g_autoptr (GPtrArray) expected = read_truth (usual, "expected.csv");
  g_autofree char *text = read_text (usual, "huanggu-myopia-2021-autumn.csv");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint rows = 0;
  double myopic = 0.0;

  (void)state;
  for (guint i = 2; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

    rows++;
    myopic += g_ascii_strtod (cells[5], NULL);
  }
  for (guint i = 0; i < expected->len; i++) {
    char **row = g_ptr_array_index (expected, i);

    if (!g_str_equal (row[0], "myopia") || !g_str_equal (row[1], "210105") || !g_str_equal (row[2], "2021-autumn")
        || !g_str_equal (row[3], "myopic"))
      continue;
    assert_int_equal (g_ascii_strtoull (row[4], NULL, 10), rows);
    assert_true (g_ascii_strtod (row[5], NULL) == myopic);
    return;
  }
  fail_msg ("no expected sum");
}

static void
simulate_run__panel__has_a_plan_and_rows_of_possible_counts (void **state)
{
  g_autofree char *folder = g_build_filename (root, "panel", NULL);
  SimulateSummary summary = simulate (folder, 1, FALSE, FALSE, TRUE);
  g_autofree char *panel = read_text (folder, "PANEL.csv");
  g_autofree char *plan = read_text (folder, "PLAN.csv");
  g_auto (GStrv) lines = g_strsplit (panel, "\n", -1);

  (void)state;
  assert_int_equal (summary.files, 3);
  assert_string_equal (lines[0], "indicator,district,school,stratum,t,n,x");
  assert_true (g_str_has_prefix (plan, "indicator,good,kind,value,baseline_t,deadline_t\nmyopia,down,slope,-0.5,"));
  assert_int_equal (g_strv_length (lines), summary.rows + 2);
  for (guint i = 1; *lines[i] != '\0'; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

    assert_int_equal (g_strv_length (cells), 7);
    assert_true (g_ascii_strtoull (cells[6], NULL, 10) <= g_ascii_strtoull (cells[5], NULL, 10));
  }
}

static void
simulate_run__a_file_where_the_folder_should_be__output_error (void **state)
{
  g_autofree char *blocked = g_build_filename (root, "blocked", NULL);
  const SimulateOptions options = { .seed = 1, .out = blocked };
  SimulateSummary summary = { 0 };
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_true (g_file_set_contents (blocked, "", 0, NULL));
  assert_false (simulate_run (&options, &summary, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT));
  assert_int_equal (summary.files, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (simulate_run__another_seed__as_many_files_schools_and_rows_but_other_bytes),
    cmocka_unit_test (simulate_run__same_seed__same_bytes),
    cmocka_unit_test (simulate_run__clean__replaces_its_own_files_and_differs_in_the_damaged_ones),
    cmocka_unit_test (simulate_run__on_path__changes_the_screening_of_the_drifting_districts_alone),
    cmocka_unit_test (simulate_run__every_damage__stands_at_its_line),
    cmocka_unit_test (simulate_run__files_as_a_whole__are_damaged_as_listed),
    cmocka_unit_test (simulate_run__every_file__says_in_its_first_line_that_it_is_simulated),
    cmocka_unit_test (simulate_run__expected_sums__are_those_of_the_lines),
    cmocka_unit_test (simulate_run__panel__has_a_plan_and_rows_of_possible_counts),
    cmocka_unit_test (simulate_run__a_file_where_the_folder_should_be__output_error),
  };

  return cmocka_run_group_tests (tests, make_folders, remove_folders);
}
