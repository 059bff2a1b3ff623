/* What the last period's file told, kept with its batch: for the next one to be held against. */
#include "../support/export.h"
#include "../support/load.h"

#include "load/past.h"

#include <string.h>

static void
add_told (const char *unit, const char *last, const HistoryFigure *figures, gpointer taker)
{
  GString *line = g_string_new (NULL);

  g_string_printf (line, "%s %s", unit, last);
  for (guint i = 0; i < 3; i++)
    g_string_append_printf (line, " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, figures[i].sum,
                            figures[i].mark, figures[i].cells);
  g_hash_table_add (taker, g_string_free (line, FALSE));
}

static int
compare_lines (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* What a file of 2023-spring would be held against, one line a school. */
static char **
told (Load *f)
{
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **keys = NULL;
  g_autoptr (GPtrArray) places = g_ptr_array_new (), codes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  char **out = NULL;
  guint n = 0;

  for (guint i = 0; i < DISTRICTS; i++)
    g_ptr_array_add (places, (gpointer)(gsize)load_districts[i]);
  for (guint i = 0; i < SCHOOLS; i++)
    g_ptr_array_add (codes, g_strdup_printf ("%s%04u", load_districts[i * DISTRICTS / SCHOOLS], i));
  if (!past_read (catalogue_feed (export_catalogue (""), "myopia"), "2023-spring", FALSE, places, codes, add_told,
                  lines, f->db, &error))
    fail_msg ("%s", error->message);
  keys = (char **)g_hash_table_get_keys_as_array (lines, &n);
  out = g_strdupv (keys);
  qsort (out, n, sizeof *out, compare_lines);
  return out;
}

#define FORGET "update plumbline.batch_place set columns = null, figures = null"

/* What batches kept tells the same as the rows, or is not asked. */
static void
assert_told_as_by_rows (Load *f, guint schools)
{
  g_auto (GStrv) kept = told (f), by_rows = NULL;

  run_sql (f->db, "begin; " FORGET);
  by_rows = told (f);
  run_sql (f->db, "rollback");
  assert_int_equal (g_strv_length (kept), schools);
  assert_true (g_strv_equal ((const char *const *)kept, (const char *const *)by_rows));
}

static void
past_read__what_a_batch_kept__as_the_rows_tell_and_only_while_it_holds (void **state)
{
  static const char *const void_now[] = { "update plumbline.batch_place set figures = substr(figures, 1, 100)",
                                          "update plumbline.batch_place set columns = '{examined,mild,myopic}'" };
  Load *f = *state;
  g_auto (GStrv) fewer = NULL;

  assert_loaded (f, "96000 0 0", .large = TRUE);
  assert_sql (f->db, "select count(*) || ' ' || count(figures) from plumbline.batch_place", "3 3");
  assert_told_as_by_rows (f, SCHOOLS);
  run_sql (f->db, "begin; update plumbline.batch_place set figures = '' where district_code = '210104'");
  fewer = told (f); /* it is asked */
  run_sql (f->db, "rollback");
  assert_int_equal (g_strv_length (fewer), 2667);
  for (guint i = 0; i < G_N_ELEMENTS (void_now); i++) {
    run_sql (f->db, "begin");
    run_sql (f->db, void_now[i]);
    assert_told_as_by_rows (f, SCHOOLS);
    run_sql (f->db, "rollback");
  }
  assert_loaded (f, "0 960 0", .changed = 100);
  assert_sql (f->db, "select count(*) || ' ' || count(figures) from plumbline.batch_place", "6 6");
  assert_told_as_by_rows (f, SCHOOLS);
  assert_loaded (f, "0 1360 0", .end = 3000, .changed = 90); /* not all of the last district */
  assert_sql (f->db,
              "select string_agg(district_code || ' ' || coalesce(rows_after::text, '-'), ', ' order by 1) from "
              "plumbline.batch_place where batch_id = 3 and (rows_after is null) = (figures is null)",
              "210102 32016, 210103 31992, 210104 -");
  assert_told_as_by_rows (f, SCHOOLS);
  run_sql (f->db, "select plumbline.withdraw_batch(2, 'w', 'w')");
  assert_told_as_by_rows (f, SCHOOLS);
  run_sql (f->db, "select plumbline.withdraw_batch(3, 'w', 'w')");
  assert_told_as_by_rows (f, SCHOOLS);
  run_sql (f->db, "delete from plumbline.batch_event; delete from plumbline.batch where batch_id > 1");
  assert_told_as_by_rows (f, SCHOOLS); /* the first one speaks again */
}

static void
past_read__schools_that_joined_later__counted (void **state)
{
  Load *f = *state;

  assert_loaded (f, "24000 0 0", .end = 1000);
  assert_sql (f->db,
              "select string_agg(district_code || ' ' || (figures is not null), ', ') from plumbline.batch_place",
              "210102 true");
  assert_loaded (f, "48000 0 0", .first = 1000, .end = 3000);
  assert_sql (f->db,
              "select string_agg(district_code || ' ' || (figures is not null), ', ' order by 1) from "
              "plumbline.batch_place where batch_id = 2",
              "210102 false, 210103 false, 210104 false");
  assert_told_as_by_rows (f, 3000);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (past_read__what_a_batch_kept__as_the_rows_tell_and_only_while_it_holds,
                                     load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (past_read__schools_that_joined_later__counted, load_set_up, load_tear_down),
  };
  return cmocka_run_group_tests_name ("past", tests, NULL, NULL);
}
