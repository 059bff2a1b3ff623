/* Which files of an inbox are taken, and that what is hashed is what is read. */
#include "extract/claim.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *folder;

static char *
put (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static int
set_up (void **state)
{
  (void)state;
  folder = g_dir_make_tmp ("plumbline-claim-XXXXXX", NULL);
  return folder != NULL ? 0 : -1;
}

static int
tear_down (void **state)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  (void)state;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_remove (path);
  }
  g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
  return 0;
}

static void
inbox_list__files_of_every_kind__all_but_part_dot_and_folder (void **state)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *a = put ("b.csv", "x"), *b = put ("a.csv.part", "x"), *c = put (".hidden.csv", "x");
  g_autofree char *link = g_build_filename (folder, "link.csv", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo.csv", NULL);
  g_autofree char *sub = g_build_filename (folder, "sub", NULL);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GString) names = g_string_new (NULL);

  (void)state;
  assert_int_equal (symlink (a, link), 0);
  assert_int_equal (mkfifo (fifo, 0600), 0);
  assert_int_equal (g_mkdir (sub, 0700), 0);
  files = inbox_list (folder, &error);
  for (guint i = 0; i < files->len; i++) {
    const InboxFile *file = files->pdata[i];

    g_string_append_printf (names, "%s%s ", file->name, file->regular ? "" : "!");
  }
  assert_string_equal (names->str, "b.csv fifo.csv! link.csv! ");
}

static void
source_open__what_is_no_plain_file__named_and_never_waited_for (void **state)
{
  g_autofree char *file = put ("a.csv", "x"), *link = g_build_filename (folder, "link.csv", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo.csv", NULL), *none = g_build_filename (folder, "no", NULL);
  const struct {
    const char *path;
    const char *check;
  } cases[] = { { link, "not_regular" },
                { fifo, "not_regular" },
                { "/dev/null", "not_regular" },
                { folder, "not_regular" },
                { none, "missing" } };

  (void)state;
  assert_int_equal (symlink (file, link), 0);
  assert_int_equal (mkfifo (fifo, 0600), 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Fault) fault = { 0 };

    assert_null (source_open (AT_FDCWD, cases[i].path, &fault));
    if (strcmp (fault.check, cases[i].check) != 0)
      fail_msg ("%s: %s", cases[i].path, fault.check);
  }
}

static void
source_open__beyond_the_ceiling__refused_unread (void **state)
{
  g_autofree char *path = put ("big.csv", "x");
  g_auto (Fault) fault = { 0 };

  (void)state;
  assert_int_equal (truncate (path, SOURCE_MAX_BYTES + 1), 0); /* a hole: no bytes on disk */
  assert_null (source_open (AT_FDCWD, path, &fault));
  assert_string_equal (fault.check, "too_big");
  assert_string_equal (fault.limit, "4.0\xC2\xA0GiB");
}

static void
source_digest__bytes__their_hash (void **state)
{
  g_autofree char *path = put ("abc.csv", "abc");
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);

  (void)state;
  assert_true (source_digest (source, NULL, NULL, &fault));
  assert_string_equal (source_sha256 (source), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
append (const guchar *chunk, gsize length, gpointer data)
{
  g_string_append_len (data, (const char *)chunk, (gssize)length);
}

/* Long enough for a thread of its own, with an end that fills no chunk. */
static void
source_digest__a_large_file__its_hash_and_all_of_its_bytes (void **state)
{
  const gsize length = (9 << 20) + 12345;
  g_autofree char *bytes = g_malloc (length), *path = NULL, *expected = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = NULL;
  const guchar *chunk = NULL;
  gsize got = SOURCE_CHUNK_BYTES, again = 0;

  (void)state;
  for (gsize i = 0; i < length; i++)
    bytes[i] = (char)g_rand_int_range (rand, 1, 128);
  path = put ("large.csv", "");
  assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL));
  expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)bytes, length);
  source = source_open (AT_FDCWD, path, &fault);
  assert_true (source_digest (source, append, seen, &fault));
  assert_string_equal (source_sha256 (source), expected);
  assert_int_equal (seen->len, length);
  assert_memory_equal (seen->str, bytes, length);
  while (got == SOURCE_CHUNK_BYTES) {
    assert_true (source_chunk (source, &chunk, &got, &fault));
    again += got;
  }
  assert_int_equal (again, length);
}

static void
source_chunk__other_bytes_than_were_hashed__changed (void **state)
{
  static const char *const later[] = { "a,b\n1,3\n", "a,b\n1,2\n1,2\n", "a,b\n" };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (later); i++) {
    g_autofree char *path = put ("a.csv", "a,b\n1,2\n");
    g_auto (Fault) fault = { 0 };
    g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);
    const guchar *chunk = NULL;
    gsize length = 0;
    int fd = -1;

    assert_true (source_digest (source, NULL, NULL, &fault));
    fd = open (path, O_WRONLY | O_TRUNC);
    assert_int_equal (write (fd, later[i], strlen (later[i])), (gssize)strlen (later[i]));
    close (fd);
    assert_false (source_rewind (source, &fault) && source_chunk (source, &chunk, &length, &fault));
    assert_string_equal (fault.check, "changed");
  }
}

static void
source_growing__somebody_has_it_open_for_writing__until_it_is_closed (void **state)
{
  g_autofree char *path = put ("a.csv", "a,b\n");
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);
  int writer = open (path, O_WRONLY | O_APPEND);

  (void)state;
  assert_true (writer >= 0);
  assert_true (source_growing (source));
  close (writer);
  assert_false (source_growing (source));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (inbox_list__files_of_every_kind__all_but_part_dot_and_folder, set_up, tear_down),
    cmocka_unit_test_setup_teardown (source_open__what_is_no_plain_file__named_and_never_waited_for, set_up, tear_down),
    cmocka_unit_test_setup_teardown (source_open__beyond_the_ceiling__refused_unread, set_up, tear_down),
    cmocka_unit_test_setup_teardown (source_digest__bytes__their_hash, set_up, tear_down),
    cmocka_unit_test_setup_teardown (source_digest__a_large_file__its_hash_and_all_of_its_bytes, set_up, tear_down),
    cmocka_unit_test_setup_teardown (source_chunk__other_bytes_than_were_hashed__changed, set_up, tear_down),
    cmocka_unit_test_setup_teardown (source_growing__somebody_has_it_open_for_writing__until_it_is_closed, set_up,
                                     tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
