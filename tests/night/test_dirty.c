/* Dirty exports in one night: for each what is loaded, what goes back and why, as the clerk reads it. */
#include "../support/export.h"
#include "../support/server.h"

#include "load/ingest.h"
#include "load/store.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES "tests/night/dirty"
#define EXPECTED CASES "/expected.txt"
#define SCHOOLS                                                                                                        \
  "school_code,name,district_code,stage,ownership\n2101020001,和平一小,和平区,小学,公办\n"                  \
  "2101030003,沈河九年制,沈河区,九年一贯制,公办\n"

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
names_in (const char *folder, const char *ending)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  assert_non_null (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ending))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static IngestSummary
take (Db *db, const char *state_dir, char *path)
{
  char *files[] = { path, NULL };
  const IngestOptions options = { .state_dir = state_dir, .today = "2022-12-01", .files = files, .language = "zh" };
  g_autoptr (GError) error = NULL;
  IngestSummary sum;

  if (!ingest_run (db, export_catalogue (""), &options, &sum, &error))
    fail_msg ("%s: %s", path, error->message);
  return sum;
}

/* What lies in the folder for the clerks; it is empty afterwards. The table's mark and CRLFs are looked at and left
 * out. */
static void
append_returned (GString *out, const char *state_dir)
{
  g_autofree char *folder = g_build_filename (state_dir, "returned", NULL);
  static const char *const endings[] = { ".txt", ".csv" };

  for (gsize e = 0; e < G_N_ELEMENTS (endings); e++) {
    g_autoptr (GPtrArray) names = names_in (folder, endings[e]);

    for (guint i = 0; i < names->len; i++) {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL), *text = NULL;
      g_autoptr (GString) plain = NULL;

      assert_true (g_file_get_contents (path, &text, NULL, NULL));
      if (e == 1 && !g_str_has_prefix (text, "\xEF\xBB\xBF"))
        fail_msg ("%s has no byte order mark", path);
      plain = g_string_new (e == 1 ? text + 3 : text);
      assert_true (e == 0 || g_string_replace (plain, "\r\n", "\n", 0) > 0);
      g_string_append_printf (out, "--- %s\n%s%s", (char *)names->pdata[i], plain->str,
                              g_str_has_suffix (plain->str, "\n") ? "" : "\n");
      g_remove (path);
    }
  }
}

static void
append_case (GString *out, Db *db, const char *state_dir, const char *name)
{
  g_autofree char *path = g_build_filename (CASES, name, NULL);
  IngestSummary sum = take (db, state_dir, path);
  g_autofree char *encoding = db_value (
      db, NULL, "select coalesce(encoding, 'none') from plumbline.batch order by batch_id desc limit 1", DB_END);

  g_string_append_printf (
      out, "=== %s: %s, encoding %s; %d rows read, %d accepted, %d new, %d rejected, %d to be confirmed\n", name,
      sum.files_loaded > 0 ? "loaded" : "refused", encoding, (int)sum.rows_read, (int)sum.rows_accepted,
      (int)sum.rows_added, (int)sum.rows_rejected, (int)sum.rows_provisional);
  append_returned (out, state_dir);
}

/* Where the two part: a text of many lines says little as a whole. */
static void
compare_texts (const char *got, const char *expected)
{
  g_auto (GStrv) a = g_strsplit (got, "\n", -1), b = g_strsplit (expected, "\n", -1);
  guint i = 0;

  while (a[i] != NULL && b[i] != NULL && strcmp (a[i], b[i]) == 0)
    i++;
  if (a[i] != NULL || b[i] != NULL)
    fail_msg (EXPECTED ":%u: expected '%s', got '%s'", i + 1, b[i] != NULL ? b[i] : "(end)",
              a[i] != NULL ? a[i] : "(end)");
}

static void
ingest__dirty_files__loaded_or_returned_as_expected (void **state)
{
  g_autofree char *conninfo = test_database_new (), *folder = test_folder_new ();
  g_autofree char *schools = g_build_filename (folder, "schools.csv", NULL), *expected = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) names = names_in (CASES, ".csv");
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) db = db_open (conninfo, FALSE, &error);

  (void)state;
  if (db == NULL || !store_migrate (db, &error) || !store_catalogue (db, export_catalogue (""), &error))
    fail_msg ("%s", error->message);
  assert_true (g_file_set_contents (schools, SCHOOLS, -1, NULL));
  take (db, folder, schools);
  for (guint i = 0; i < names->len; i++)
    append_case (out, db, folder, names->pdata[i]);
  if (g_getenv ("PLUMB_WRITE_EXPECTED") != NULL)
    assert_true (g_file_set_contents (EXPECTED, out->str, -1, NULL));
  assert_true (g_file_get_contents (EXPECTED, &expected, NULL, NULL));
  compare_texts (out->str, expected);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (ingest__dirty_files__loaded_or_returned_as_expected),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
