/* Rows on their way into slices: new ones, equal ones, changed ones, in any order, over one connection or several. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"
#include "load/batch.h"
#include "load/past.h"
#include "load/rows.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#define DISTRICTS 3
#define SCHOOLS 4000 /* with 24 rows each more than one chunk */
#define CELLS 24

static const char *const districts[DISTRICTS] = { "210102", "210103", "210104" };

typedef struct {
  Db *db;
  Register *reg;
  guint files;
} Fixture;

static guint threads_left = G_MAXUINT; /* that the system grants */

int
pthread_create (pthread_t *thread, const pthread_attr_t *attributes, void *(*work) (void *), void *data)
{
  int (*real) (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = NULL;

  *(void **)&real = dlsym (RTLD_NEXT, "pthread_create");
  if (threads_left == 0)
    return EAGAIN;
  threads_left--;
  return real (thread, attributes, work, data);
}

/* How a file differs from the plain one, which has every school's rows of 2022-autumn in order. */
typedef struct {
  const char *period;
  guint first;    /* schools from here */
  guint end;      /* to before here; 0: all */
  guint changed;  /* one row in so many has another count; 0: none */
  guint twice;    /* this row, from 1, comes again at the end; 0: none */
  gboolean other; /* with another count there */
  gboolean backwards;
  gboolean mixed; /* all periods of a school one after the other: 2022-spring and 2022-autumn */
  gboolean large;
} File;

static int
set_up (void **state)
{
  Fixture *f = g_new0 (Fixture, 1);

  f->db = ground_new (export_catalogue (""), NULL);
  f->reg = register_new (export_catalogue (""));
  for (guint i = 0; i < SCHOOLS; i++) {
    g_autofree char *code = g_strdup_printf ("%s%04u", districts[i * DISTRICTS / SCHOOLS], i);

    register_add (f->reg, code, "x", districts[i * DISTRICTS / SCHOOLS], "twelve_year", 700000, REGISTER_NO_END);
  }
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  Fixture *f = *state;

  db_close (f->db);
  register_free (f->reg);
  g_free (f);
  return 0;
}

/* The grades as an export has them, which is not the order of their codes. */
static void
append_row (GString *out, guint school, const char *period, guint cell, guint extra)
{
  static const char *const grades[] = { "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3" };

  g_string_append_printf (out, "%s%04u,%s,%s,%s,%u,%u,\n", districts[school * DISTRICTS / SCHOOLS], school, period,
                          grades[cell / 2], cell % 2 == 0 ? "M" : "F",
                          31 + (school * 7 + cell * 3) % 97 + (strcmp (period, "2022-spring") == 0 ? 5 : 0),
                          7 + (school + cell) % 11 + extra);
}

/* @blank: empty lines at the end, so that no file has the bytes of another. */
static char *
write_file (const File *file, guint blank)
{
  GString *out = g_string_new ("school_code,period,grade,sex,examined,myopic,mild\n");
  guint end = file->end > 0 ? file->end : SCHOOLS, n = 0;

  for (guint i = file->first; i < end; i++)
    for (guint term = 0; term < (file->mixed ? 2 : 1); term++)
      for (guint cell = 0; cell < CELLS; cell++)
        append_row (out, file->backwards ? file->first + end - 1 - i : i,
                    file->mixed ? (term == 0 ? "2022-spring" : "2022-autumn") : file->period, cell,
                    file->changed > 0 && ++n % file->changed == 0 ? 1 : 0);
  if (file->twice > 0)
    append_row (out, file->first + (file->twice - 1) / CELLS, file->period, (file->twice - 1) % CELLS,
                file->other ? 1 : 0);
  for (guint i = 0; i < blank; i++)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

static gboolean
try_load (Fixture *f, File file, Extract *extract, BatchResult *result, GError **error)
{
  g_autofree char *text = NULL, *name = g_strdup_printf ("%u.csv", ++f->files);
  g_autoptr (Source) source = NULL;
  const BatchOptions options = { .catalogue = export_catalogue (""),
                                 .reg = f->reg,
                                 .today = 738500,
                                 .language = "zh",
                                 .large_bytes = file.large ? 1 : G_MAXINT64 };

  file.period = file.period != NULL ? file.period : "2022-autumn";
  text = write_file (&file, f->files);
  source = source_new_bytes (name, text, strlen (text));
  return batch_load (f->db, source, &options, extract, result, error);
}

/* "added changed rejected" of loading @file. */
static char *
load (Fixture *f, File file)
{
  g_autoptr (GError) error = NULL;
  g_auto (Extract) extract = { 0 };
  BatchResult result;

  if (!try_load (f, file, &extract, &result, &error))
    fail_msg ("%s", error->message);
  assert_int_equal (result.status, BATCH_LOADED);
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, result.added, result.changed,
                          extract.rows_rejected);
}

#define assert_loaded(f, expected, ...)                                                                                \
  do {                                                                                                                 \
    g_autofree char *counts_ = load ((f), (File){ __VA_ARGS__ });                                                      \
    assert_string_equal (counts_, (expected));                                                                         \
  } while (0)

/* What stands in the table, without whence and when. */
static char *
content (Db *db)
{
  return value_of (db,
                   "select count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws('|', district_code, year, "
                   "school_code, period, grade, sex, examined, myopic, mild, provisional), 0)), 0) from feed.myopia");
}

#define SLICES                                                                                                         \
  "select coalesce(string_agg(replace(i.inhrelid::regclass::text, 'feed.myopia_in_', ''), ' ' order by 1), '') from "  \
  "pg_inherits i where i.inhparent = 'feed.myopia'::regclass"
#define LOOSE "select count(*) from pg_class where relname ~ '^myopia_in_' and relkind = 'r' and not relispartition"

static void
load__first_file_of_a_period__a_slice_like_any_other (void **state)
{
  Fixture *f = *state;

  assert_loaded (f, "2400 0 0", .end = 100);
  assert_sql (f->db, SLICES, "2022_autumn");
  assert_sql (
      f->db,
      "select count(*) || ' ' || min(batch_id) || ' ' || max(batch_id) || ' ' || min(line_no) || ' ' || "
      "max(line_no) || ' ' || (max(known_from) = (select received_at from plumbline.batch)) from monitor.myopia",
      "2400 1 1 2 2401 true");
  assert_sql (f->db, "select count(*) from pg_attrdef where adrelid = 'feed.myopia_in_2022_autumn'::regclass", "0");
  /* what is in the key is stored in each row, or a correction would touch the index */
  assert_sql (f->db,
              "select string_agg(attname, ' ' order by attname) from pg_attribute where attrelid = "
              "'feed.myopia_in_2022_autumn'::regclass and atthasmissing",
              "batch_id known_from");
  assert_sql (f->db,
              "select string_agg(conname, ' ' order by conname) from pg_constraint where conrelid = "
              "'feed.myopia_in_2022_autumn'::regclass",
              "examined_ck high_ck mild_ck moderate_ck myopia_in_2022_autumn_pkey myopic_ck");
}

static void
load__large_file__the_same_rows_in_a_slice_a_district (void **state)
{
  Fixture *f = *state;
  g_autofree char *small = NULL, *large = NULL;

  assert_loaded (f, "96000 0 0", .large = FALSE);
  small = content (f->db);
  run_sql (f->db, "drop table feed.myopia_in_2022_autumn; delete from plumbline.batch");
  assert_loaded (f, "96000 0 0", .large = TRUE);
  large = content (f->db);
  assert_string_equal (small, large);
  assert_sql (f->db, SLICES, "2022_autumn_210102 2022_autumn_210103 2022_autumn_210104");
  assert_sql (f->db, LOOSE, "0");
  assert_sql (f->db, "select count(distinct known_from) from feed.myopia", "1");
}

/* A limit of processes, say. */
static void
load__no_thread_to_be_had__nothing_is_left_and_the_next_time_it_goes_in (void **state)
{
  Fixture *f = *state;

  for (guint granted = 0; granted < 4; granted++) {
    g_autoptr (GError) error = NULL;
    g_auto (Extract) extract = { 0 };
    BatchResult result;

    threads_left = granted;
    assert_false (try_load (f, (File){ .large = granted > 0 }, &extract, &result, &error));
    threads_left = G_MAXUINT;
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT));
    assert_sql (f->db, "select (select count(*) from feed.myopia) + (select count(*) from plumbline.batch)", "0");
    assert_sql (f->db, LOOSE, "0");
  }
  assert_loaded (f, "96000 0 0", .large = TRUE);
}

static void
load__small_file_after_a_large_one__its_own_district_s_slice (void **state)
{
  Fixture *f = *state;

  assert_loaded (f, "24000 0 0", .end = 1000, .large = TRUE);
  assert_loaded (f, "2400 0 0", .first = 3000, .end = 3100);
  assert_sql (f->db, SLICES, "2022_autumn_210102 2022_autumn_210104");
}

static void
load__some_rows_differ__they_supersede_and_no_others (void **state)
{
  Fixture *f = *state;
  g_autofree char *before = NULL, *after = NULL;

  assert_loaded (f, "96000 0 0", .large = TRUE);
  before = content (f->db);
  assert_loaded (f, "0 960 0", .changed = 100);
  assert_sql (f->db, "select count(*) from feed.myopia where batch_id = 2", "960");
  assert_sql (f->db, "select count(*) || ' ' || count(distinct known_to) from feed.myopia_history", "960 1");
  assert_loaded (f, "0 960 0", .large = TRUE);
  after = content (f->db);
  assert_string_equal (before, after);
}

static void
load__some_rows_are_new__they_join_the_slice (void **state)
{
  Fixture *f = *state;
  g_autofree char *whole = NULL, *parts = NULL;

  assert_loaded (f, "96000 0 0", .end = 0);
  whole = content (f->db);
  run_sql (f->db, "drop table feed.myopia_in_2022_autumn; delete from plumbline.batch");
  assert_loaded (f, "24000 0 0", .first = 1500, .end = 2500);
  assert_loaded (f, "72000 0 0", .end = 0);
  parts = content (f->db);
  assert_string_equal (whole, parts);
}

/* The rows of a unit are never torn apart by the end of a chunk; in a file from back to front each chunk comes before
 * the last. */
static void
load__rows_from_back_to_front__loaded_all_the_same (void **state)
{
  Fixture *f = *state;
  g_autofree char *forwards = NULL, *back = NULL;

  assert_loaded (f, "96000 0 0", .end = 0);
  forwards = content (f->db);
  assert_loaded (f, "0 960 0", .backwards = TRUE, .changed = 100);
  assert_loaded (f, "0 960 0", .backwards = TRUE);
  back = content (f->db);
  assert_string_equal (forwards, back);
}

static void
load__two_periods_in_turn__a_slice_each (void **state)
{
  Fixture *f = *state;

  assert_loaded (f, "192000 0 0", .mixed = TRUE, .large = TRUE);
  assert_sql (f->db, "select count(*) from pg_inherits where inhparent = 'feed.myopia'::regclass", "6");
  assert_loaded (f, "0 1920 0", .mixed = TRUE, .changed = 100);
}

/* Of two rows with one key both go back when they differ, whether the table was empty or not, and however far apart
 * they are. */
static void
load__a_key_twice__goes_back (void **state)
{
  static const struct {
    gboolean filled, other, large;
    const char *counts;
  } cases[] = {
    { FALSE, FALSE, FALSE, "96000 0 1" }, { FALSE, TRUE, FALSE, "95999 0 2" }, { FALSE, TRUE, TRUE, "95999 0 2" },
    { TRUE, FALSE, FALSE, "0 960 1" },    { TRUE, TRUE, FALSE, "0 960 2" },
  };
  Fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (cases[i].filled)
      assert_loaded (f, "96000 0 0", .end = 0);
    assert_loaded (f, cases[i].counts, .twice = 101, .other = cases[i].other, .large = cases[i].large,
                   .changed = cases[i].filled ? 100 : 0);
    assert_sql (f->db, LOOSE, "0");
    run_sql (f->db, "do $$ declare c regclass; begin for c in select inhrelid from pg_inherits where inhparent = "
                    "'feed.myopia'::regclass loop execute 'drop table ' || c; end loop; end $$;"
                    "truncate feed.myopia_history, plumbline.reject; delete from plumbline.batch");
  }
}

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
told (Fixture *f)
{
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **keys = NULL;
  g_autoptr (GPtrArray) places = g_ptr_array_new (), codes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  char **out = NULL;
  guint n = 0;

  for (guint i = 0; i < DISTRICTS; i++)
    g_ptr_array_add (places, (gpointer)(gsize)districts[i]);
  for (guint i = 0; i < SCHOOLS; i++)
    g_ptr_array_add (codes, g_strdup_printf ("%s%04u", districts[i * DISTRICTS / SCHOOLS], i));
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
assert_told_as_by_rows (Fixture *f, guint schools)
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
  Fixture *f = *state;
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
  Fixture *f = *state;

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

static void
drop_loose_slices__after_a_run_cut_short__only_what_was_not_attached (void **state)
{
  Fixture *f = *state;

  assert_loaded (f, "2400 0 0", .end = 100);
  run_sql (f->db, "select plumbline.create_slice('myopia', 2022, '2022-spring', '210102', 7, now())");
  assert_sql (f->db, LOOSE, "1");
  run_sql (f->db, "select plumbline.drop_loose_slices()");
  assert_sql (f->db, LOOSE, "0");
  assert_sql (f->db, "select count(*) from feed.myopia", "2400");
}

static void
slices__periods_of_every_kind__bounds_that_do_not_meet (void **state)
{
  static const char *const periods[]
      = { "2022", "2022-03", "2022-03-15", "2022-03-16", "2022-04-01", "2022-spring", "2022-autumn" };
  Fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (periods); i++) {
    g_autofree char *sql
        = g_strdup_printf ("select plumbline.ensure_slice('myopia', 2022, '%s', '210102')", periods[i]);
    g_autofree char *row
        = g_strdup_printf ("insert into feed.myopia (district_code, year, school_code, period, grade, sex, batch_id, "
                           "line_no, provisional, "
                           "known_from) values ('210102', 2022, 'a', '%s', 'P1', 'M', 1, 1, false, now())",
                           periods[i]);

    run_sql (f->db, sql);
    run_sql (f->db, row);
  }
  assert_sql (f->db,
              "select string_agg(replace(tableoid::regclass::text, 'feed.myopia_in_', ''), ' ' order by period) from "
              "feed.myopia",
              "2022 2022_03 2022_03_days 2022_03_days 2022_04_days 2022_autumn 2022_spring");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (load__first_file_of_a_period__a_slice_like_any_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__large_file__the_same_rows_in_a_slice_a_district, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__no_thread_to_be_had__nothing_is_left_and_the_next_time_it_goes_in, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (load__small_file_after_a_large_one__its_own_district_s_slice, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__some_rows_differ__they_supersede_and_no_others, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__some_rows_are_new__they_join_the_slice, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__rows_from_back_to_front__loaded_all_the_same, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__two_periods_in_turn__a_slice_each, set_up, tear_down),
    cmocka_unit_test_setup_teardown (load__a_key_twice__goes_back, set_up, tear_down),
    cmocka_unit_test_setup_teardown (past_read__what_a_batch_kept__as_the_rows_tell_and_only_while_it_holds, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (past_read__schools_that_joined_later__counted, set_up, tear_down),
    cmocka_unit_test_setup_teardown (drop_loose_slices__after_a_run_cut_short__only_what_was_not_attached, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (slices__periods_of_every_kind__bounds_that_do_not_meet, set_up, tear_down),
  };

  return cmocka_run_group_tests_name ("loader", tests, NULL, NULL);
}
