/* Rows on their way into slices: new ones, equal ones, changed ones, in any order, over one connection or several. */
#include "../support/export.h"
#include "../support/load.h"

#include "base/error.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

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

#define SLICES                                                                                                         \
  "select coalesce(string_agg(replace(i.inhrelid::regclass::text, 'feed.myopia_in_', ''), ' ' order by 1), '') from "  \
  "pg_inherits i where i.inhparent = 'feed.myopia'::regclass"
#define LOOSE "select count(*) from pg_class where relname ~ '^myopia_in_' and relkind = 'r' and not relispartition"

static void
forget_all (Load *f)
{
  run_sql (f->db, "do $$ declare c regclass; begin for c in select inhrelid from pg_inherits where inhparent = "
                  "'feed.myopia'::regclass loop execute 'drop table ' || c; end loop; end $$;"
                  "truncate feed.myopia_history, plumbline.reject; delete from plumbline.batch");
}

static char *
loaded_content (Load *f, File file, const char *counts)
{
  g_autofree char *found = load_file (f, file);
  char *out = load_content (f->db);

  assert_string_equal (found, counts);
  forget_all (f);
  return out;
}

static void
load__first_file_of_a_period__a_slice_like_any_other (void **state)
{
  Load *f = *state;

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
              "batch_id known_from provisional");
  assert_sql (f->db,
              "select string_agg(conname, ' ' order by conname) from pg_constraint where conrelid = "
              "'feed.myopia_in_2022_autumn'::regclass",
              "examined_ck high_ck mild_ck moderate_ck myopia_in_2022_autumn_pkey myopic_ck");
}

static void
load__large_file__the_same_rows_in_a_slice_a_district (void **state)
{
  Load *f = *state;
  g_autofree char *small = NULL, *large = NULL;

  assert_loaded (f, "96000 0 0", .large = FALSE);
  small = load_content (f->db);
  run_sql (f->db, "drop table feed.myopia_in_2022_autumn; delete from plumbline.batch");
  assert_loaded (f, "96000 0 0", .large = TRUE);
  large = load_content (f->db);
  assert_string_equal (small, large);
  assert_sql (f->db, SLICES, "2022_autumn_210102 2022_autumn_210103 2022_autumn_210104");
  assert_sql (f->db, LOOSE, "0");
  assert_sql (f->db, "select count(distinct known_from) from feed.myopia", "1");
}

/* A limit of processes, say. */
static void
load__no_thread_to_be_had__nothing_is_left_and_the_next_time_it_goes_in (void **state)
{
  Load *f = *state;

  for (guint granted = 0; granted < 4; granted++) {
    g_autoptr (GError) error = NULL;
    g_auto (Extract) extract = { 0 };
    BatchResult result;

    threads_left = granted;
    assert_false (load_try (f, (File){ .large = granted > 0 }, &extract, &result, &error));
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
  Load *f = *state;

  assert_loaded (f, "24000 0 0", .end = 1000, .large = TRUE);
  assert_loaded (f, "2400 0 0", .first = 3000, .end = 3100);
  assert_sql (f->db, SLICES, "2022_autumn_210102 2022_autumn_210104");
}

static void
load__some_rows_differ__they_supersede_and_no_others (void **state)
{
  Load *f = *state;
  g_autofree char *before = NULL, *after = NULL;

  assert_loaded (f, "96000 0 0", .large = TRUE);
  before = load_content (f->db);
  assert_loaded (f, "0 960 0", .changed = 100);
  assert_sql (f->db, "select count(*) from feed.myopia where batch_id = 2", "960");
  assert_sql (f->db, "select count(*) || ' ' || count(distinct known_to) from feed.myopia_history", "960 1");
  assert_loaded (f, "0 960 0", .large = TRUE);
  after = load_content (f->db);
  assert_string_equal (before, after);
}

static void
load__some_rows_are_new__they_join_the_slice (void **state)
{
  Load *f = *state;
  g_autofree char *whole = NULL, *parts = NULL;

  assert_loaded (f, "96000 0 0", .end = 0);
  whole = load_content (f->db);
  run_sql (f->db, "drop table feed.myopia_in_2022_autumn; delete from plumbline.batch");
  assert_loaded (f, "24000 0 0", .first = 1500, .end = 2500);
  assert_loaded (f, "72000 0 0", .end = 0);
  parts = load_content (f->db);
  assert_string_equal (whole, parts);
}

/* Rows that were fetched from the period's slice since the last time; what a primary key looks up for itself does not
 * count. */
static gint64
fetched (Load *f)
{
  g_autofree char *rows = NULL;

  run_sql (f->db, "select pg_stat_force_next_flush()");
  run_sql (f->db, "select pg_stat_clear_snapshot()");
  rows = value_of (f->db, "select seq_tup_read + idx_tup_fetch from pg_stat_all_tables where schemaname = 'feed' and "
                          "relname = 'myopia_in_2022_autumn'");
  run_sql (f->db, "select pg_stat_reset_single_table_counters(inhrelid) from pg_inherits where inhparent = "
                  "'feed.myopia'::regclass");
  return g_ascii_strtoll (rows, NULL, 10);
}

/* Schools that come late stand far apart in the slice. */
static void
load__one_school_in_five_comes_late__the_others_are_not_read (void **state)
{
  Load *f = *state;
  g_autofree char *whole = NULL, *parts = NULL;

  assert_loaded (f, "96000 0 0", .end = 0);
  whole = load_content (f->db);
  forget_all (f);
  assert_loaded (f, "76800 0 0", .every = 5, .rest = TRUE);
  fetched (f);
  assert_loaded (f, "19200 0 0", .every = 5);
  assert_int_equal (fetched (f), 0);
  parts = load_content (f->db);
  assert_string_equal (whole, parts);
}

/* The first rows tell that they are there, the next ones that others stand between them. */
static void
load__one_school_in_five_is_corrected__the_others_are_hardly_read (void **state)
{
  Load *f = *state;
  g_autofree char *before = NULL, *after = NULL;

  assert_loaded (f, "96000 0 0", .end = 0);
  before = load_content (f->db);
  fetched (f);
  assert_loaded (f, "0 9600 0", .every = 5, .changed = 2);
  assert_in_range (fetched (f), 2 * 19200, 2 * 19200 + 7000);
  assert_sql (f->db, "select count(*) || ' ' || count(distinct school_code) from feed.myopia where batch_id = 2",
              "9600 800");
  assert_loaded (f, "0 9600 0", .every = 5);
  after = load_content (f->db);
  assert_string_equal (before, after);
}

/* A month's days are one slice, whoever brings the first of them. */
static void
load__days_of_a_month_in_one_file__one_slice (void **state)
{
  Load *f = *state;
  Feed *feed = (Feed *)(gsize)catalogue_feed (export_catalogue (""), "myopia");
  g_autofree char *term = feed->frequency;

  feed->frequency = g_strdup ("any");
  for (guint large = 0; large < 2; large++) {
    assert_loaded (f, "4800 0 0", .end = 100, .periods = { "2022-03-15", "2022-03-16" }, .large = large == 1);
    assert_sql (f->db, SLICES, "2022_03_days");
    assert_loaded (f, "4800 0 0", .end = 100, .periods = { "2022-03-17", "2022-04-01" }, .large = large == 1);
    assert_sql (f->db, SLICES, "2022_03_days 2022_04_days");
    assert_loaded (f, "0 48 0", .end = 100, .periods = { "2022-03-16", "2022-03-17" }, .changed = 100);
    assert_loaded (f, "0 48 0", .end = 100, .periods = { "2022-03-16", "2022-03-17" });
    assert_sql (f->db,
                "select string_agg(period || ' ' || n, ', ' order by period) from (select period, count(*) as n from "
                "feed.myopia group by 1) p",
                "2022-03-15 2400, 2022-03-16 2400, 2022-03-17 2400, 2022-04-01 2400");
    forget_all (f);
  }
  g_free (feed->frequency);
  feed->frequency = g_steal_pointer (&term);
}

/* The rows of a unit are never torn apart by the end of a chunk; in a file from back to front each chunk comes before
 * the last. */
static void
load__rows_from_back_to_front__loaded_all_the_same (void **state)
{
  Load *f = *state;
  g_autofree char *forwards = NULL, *back = NULL;

  assert_loaded (f, "96000 0 0", .end = 0);
  forwards = load_content (f->db);
  assert_loaded (f, "0 960 0", .backwards = TRUE, .changed = 100);
  assert_loaded (f, "0 960 0", .backwards = TRUE);
  back = load_content (f->db);
  assert_string_equal (forwards, back);
}

static void
load__two_periods_in_turn__a_slice_each (void **state)
{
  Load *f = *state;

  assert_loaded (f, "192000 0 0", .mixed = TRUE, .large = TRUE);
  assert_sql (f->db, "select count(*) from pg_inherits where inhparent = 'feed.myopia'::regclass", "6");
  assert_loaded (f, "0 1920 0", .mixed = TRUE, .changed = 100);
}

/* What few rows have is only stored from the first one on that has it: whether it comes at once, in the midst, never,
 * or when the slice has its index already. */
static void
load__cells_withheld_and_rows_in_doubt__as_in_a_slice_that_was_there (void **state)
{
  static const File files[] = { { .odd = 2 },
                                { .odd = 701, .odd_from = 50000 },
                                { .odd = 90, .late = 100, .mixed = TRUE, .odd_from = 190000 } };
  Load *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    const char *counts = files[i].mixed ? "192000 0 0" : "96000 0 0";
    File file = files[i];
    g_autofree char *there = NULL, *small = NULL, *large = NULL;

    run_sql (f->db, "select plumbline.ensure_slice('myopia', 2022, p, '210102') from "
                    "unnest('{2022-spring,2022-autumn}'::text[]) p");
    there = loaded_content (f, file, counts);
    small = loaded_content (f, file, counts);
    file.large = TRUE;
    large = loaded_content (f, file, counts);
    assert_string_equal (small, there);
    assert_string_equal (large, there);
  }
}

static void
load__nothing_withheld_or_in_doubt__shorter_rows (void **state)
{
  Load *f = *state;

  assert_loaded (f, "96000 0 0", .large = TRUE, .odd = 10000, .odd_from = 50000);
  assert_sql (f->db,
              "select pg_relation_size('feed.myopia_in_2022_autumn_210102') / 32016 + 4 < "
              "pg_relation_size('feed.myopia_in_2022_autumn_210104') / 31992",
              "t");
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
  Load *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (cases[i].filled)
      assert_loaded (f, "96000 0 0", .end = 0);
    assert_loaded (f, cases[i].counts, .twice = 101, .other = cases[i].other, .large = cases[i].large,
                   .changed = cases[i].filled ? 100 : 0);
    assert_sql (f->db, LOOSE, "0");
    forget_all (f);
  }
}

static void
drop_loose_slices__after_a_run_cut_short__only_what_was_not_attached (void **state)
{
  Load *f = *state;

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
  Load *f = *state;

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
    cmocka_unit_test_setup_teardown (load__first_file_of_a_period__a_slice_like_any_other, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__large_file__the_same_rows_in_a_slice_a_district, load_set_up,
                                     load_tear_down),
    cmocka_unit_test_setup_teardown (load__no_thread_to_be_had__nothing_is_left_and_the_next_time_it_goes_in,
                                     load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__small_file_after_a_large_one__its_own_district_s_slice, load_set_up,
                                     load_tear_down),
    cmocka_unit_test_setup_teardown (load__some_rows_differ__they_supersede_and_no_others, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__some_rows_are_new__they_join_the_slice, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__one_school_in_five_comes_late__the_others_are_not_read, load_set_up,
                                     load_tear_down),
    cmocka_unit_test_setup_teardown (load__one_school_in_five_is_corrected__the_others_are_hardly_read, load_set_up,
                                     load_tear_down),
    cmocka_unit_test_setup_teardown (load__days_of_a_month_in_one_file__one_slice, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__rows_from_back_to_front__loaded_all_the_same, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__two_periods_in_turn__a_slice_each, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__cells_withheld_and_rows_in_doubt__as_in_a_slice_that_was_there, load_set_up,
                                     load_tear_down),
    cmocka_unit_test_setup_teardown (load__nothing_withheld_or_in_doubt__shorter_rows, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (load__a_key_twice__goes_back, load_set_up, load_tear_down),
    cmocka_unit_test_setup_teardown (drop_loose_slices__after_a_run_cut_short__only_what_was_not_attached, load_set_up,
                                     load_tear_down),
    cmocka_unit_test_setup_teardown (slices__periods_of_every_kind__bounds_that_do_not_meet, load_set_up,
                                     load_tear_down),
  };

  return cmocka_run_group_tests_name ("loader", tests, NULL, NULL);
}
