/* Files that are there whole or not at all. */
#include "base/folder.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char *folder;

static void
expect_content (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_string_equal (text, expected);
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
folder_put__over_an_old_file_and_a_leftover__new_bytes_and_nothing_beside (void **state)
{
  g_autofree char *path = g_build_filename (folder, "file", NULL), *part = g_strconcat (path, ".part", NULL);
  GStatBuf status;

  (void)state;
  assert_true (g_file_set_contents (path, "old", -1, NULL));
  assert_true (g_file_set_contents (part, "half of what a killed process", -1, NULL));
  assert_true (folder_put (path, "new\0er", 6, 0600, NULL));
  assert_int_equal (g_stat (path, &status), 0);
  assert_int_equal (status.st_size, 6);
  assert_int_equal (status.st_mode & 0777, 0600);
  expect_content (path, "new");
  assert_int_equal (count_files (), 1);
}

static void
folder_put__where_nothing_can_be__an_error_and_all_as_it_was (void **state)
{
  g_autofree char *path = g_build_filename (folder, "folder", NULL), *below = g_build_filename (path, "file", NULL);
  g_autoptr (GError) error = NULL;
  guint before = 0;

  (void)state;
  assert_int_equal (g_mkdir (path, 0700), 0);
  assert_true (g_file_set_contents (below, "old", -1, NULL));
  before = count_files ();
  assert_false (folder_put (path, "new", 3, 0600, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT));
  assert_non_null (strstr (error->message, "could not write"));
  expect_content (below, "old");
  assert_int_equal (count_files (), before);
}

static int
set_up (void **state)
{
  (void)state;
  folder = g_dir_make_tmp ("plumbline-test-XXXXXX", NULL);
  return folder != NULL ? 0 : -1;
}

static int
tear_down (void **state)
{
  (void)state;
  folder_remove (folder);
  g_free (folder);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (folder_put__over_an_old_file_and_a_leftover__new_bytes_and_nothing_beside, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (folder_put__where_nothing_can_be__an_error_and_all_as_it_was, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
