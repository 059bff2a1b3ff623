/* Pictures are another program's work: what happens when that fails. */
#include "report/picture.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SVG "<svg xmlns='http://www.w3.org/2000/svg'/>"

typedef struct {
  char *folder, *program, *calls, *path;
} Stand;

/* An rsvg-convert that fails the first @failures times. */
static void
put_program (const Stand *stand, guint failures)
{
  g_autofree char *script = g_strdup_printf (
      "#!/bin/sh\ncat >/dev/null\nprintf x >>%s\n[ $(wc -c <%s) -gt %u ] || exit 3\nprintf picture\n", stand->calls,
      stand->calls, failures);

  assert_true (g_file_set_contents (stand->program, script, -1, NULL));
  assert_int_equal (g_chmod (stand->program, 0700), 0);
  g_unlink (stand->calls);
}

static void
expect_calls (const Stand *stand, gsize wanted)
{
  g_autofree char *calls = NULL;

  assert_true (g_file_get_contents (stand->calls, &calls, NULL, NULL));
  assert_int_equal (strlen (calls), wanted);
}

static void
picture_png__the_program_fails_once__drawn_the_second_time (void **state)
{
  Stand *stand = *state;
  g_autoptr (GBytes) png = NULL;

  put_program (stand, 1);
  png = picture_png (SVG, 1, NULL);
  assert_non_null (png);
  assert_int_equal (g_bytes_get_size (png), strlen ("picture"));
  expect_calls (stand, 2);
}

static void
picture_png__the_program_fails_always__an_error_that_says_how (void **state)
{
  Stand *stand = *state;
  g_autoptr (GError) error = NULL;

  put_program (stand, 9);
  assert_null (picture_png (SVG, 1, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT));
  assert_non_null (strstr (error->message, "ended with status"));
  expect_calls (stand, 2);
}

static int
set_up (void **state)
{
  Stand *stand = g_new0 (Stand, 1);
  g_autofree char *path = NULL;

  stand->path = g_strdup (g_getenv ("PATH"));
  stand->folder = g_dir_make_tmp ("plumbline-picture-XXXXXX", NULL);
  stand->program = g_build_filename (stand->folder, "rsvg-convert", NULL);
  stand->calls = g_build_filename (stand->folder, "calls", NULL);
  path = g_strconcat (stand->folder, ":", stand->path, NULL);
  g_setenv ("PATH", path, TRUE);
  *state = stand;
  return 0;
}

static int
tear_down (void **state)
{
  Stand *stand = *state;

  g_setenv ("PATH", stand->path, TRUE);
  g_unlink (stand->program);
  g_unlink (stand->calls);
  g_rmdir (stand->folder);
  g_free (stand->folder);
  g_free (stand->program);
  g_free (stand->calls);
  g_free (stand->path);
  g_free (stand);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (picture_png__the_program_fails_once__drawn_the_second_time, set_up, tear_down),
    cmocka_unit_test_setup_teardown (picture_png__the_program_fails_always__an_error_that_says_how, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
