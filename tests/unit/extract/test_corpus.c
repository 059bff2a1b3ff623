/* The files of tests/fuzz/corpus once more: seeds of the fuzzer, and what it has found. */
#include "../../support/fuzz.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CORPUS "tests/fuzz/corpus"

static void
fuzz_extract__the_corpus__holds (void **state)
{
  g_autoptr (GDir) dir = g_dir_open (CORPUS, 0, NULL);
  const char *name = NULL;
  guint n = 0;

  (void)state;
  assert_non_null (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (CORPUS, name, NULL), *data = NULL;
    gsize length = 0;

    assert_true (g_file_get_contents (path, &data, &length, NULL));
    fuzz_extract ((const uint8_t *)data, length);
    n++;
  }
  assert_true (n >= 20);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (fuzz_extract__the_corpus__holds),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
