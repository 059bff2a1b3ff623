/* Columns that line up on a terminal, and folders that go. */
#include "base/folder.h"
#include "base/grid.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static char *
printed (const Grid *grid)
{
  FILE *file = tmpfile ();
  char buffer[512];
  gsize n = 0;

  assert_non_null (file);
  grid_print (grid, file);
  rewind (file);
  n = fread (buffer, 1, sizeof buffer - 1, file);
  fclose (file);
  return g_strndup (buffer, n);
}

static void
grid_print__chinese_and_latin__columns_line_up (void **state)
{
  static const char *const rows[][3] = { { "", "近视", "x" }, { "和平区", "偏离", "y" }, { "Heping", "met", "z" } };
  g_autoptr (Grid) grid = grid_new ();
  g_autofree char *text = NULL;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (guint j = 0; j < 3; j++)
      grid_cell (grid, rows[i][j]);
    grid_end_row (grid);
  }
  grid_cell (grid, "short row");
  grid_end_row (grid);
  text = printed (grid);
  assert_string_equal (text, "           近视  x\n"
                             "和平区     偏离  y\n"
                             "Heping     met   z\n"
                             "short row\n");
}

static void
grid_print__no_rows__prints_nothing (void **state)
{
  g_autoptr (Grid) grid = grid_new ();
  g_autofree char *text = printed (grid);

  (void)state;
  assert_string_equal (text, "");
}

static void
folder_remove__links_inside__are_not_followed (void **state)
{
  g_autofree char *kept = g_dir_make_tmp ("plumbline-test-XXXXXX", NULL);
  g_autofree char *gone = g_dir_make_tmp ("plumbline-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (kept, "file", NULL);
  g_autofree char *link = g_build_filename (gone, "link", NULL);
  g_autofree char *below = g_build_filename (gone, "a", "b", NULL);

  (void)state;
  assert_true (g_file_set_contents (file, "x", 1, NULL));
  assert_int_equal (symlink (kept, link), 0);
  assert_int_equal (g_mkdir_with_parents (below, 0700), 0);
  assert_true (folder_remove (gone));
  assert_false (g_file_test (gone, G_FILE_TEST_EXISTS));
  assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  assert_true (folder_remove (gone));
  assert_true (folder_remove (kept));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (grid_print__chinese_and_latin__columns_line_up),
    cmocka_unit_test (grid_print__no_rows__prints_nothing),
    cmocka_unit_test (folder_remove__links_inside__are_not_followed),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
