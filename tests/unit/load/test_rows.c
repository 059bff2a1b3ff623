/* Chunks of rows: encoded as COPY reads them, in the order of their keys, units kept whole. */
#include "../../support/export.h"

#include "load/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
  const char *district;
  const char *school;
  const char *period;
  const char *grade;
} Key;

typedef struct {
  RowShape *shape;
  GPtrArray *places;
  Chunk *chunk;
  guint n;
} Fixture;

static int
set_up (void **state)
{
  Fixture *f = g_new0 (Fixture, 1);

  f->shape = row_shape_new (catalogue_feed (export_catalogue (""), "myopia"));
  f->places = places_new ();
  f->chunk = chunk_new (f->shape);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  Fixture *f = *state;

  chunk_free (f->chunk);
  g_ptr_array_unref (f->places);
  row_shape_free (f->shape);
  g_free (f);
  return 0;
}

static void
set_text (Cell *cell, const char *text)
{
  *cell = (Cell){ .verdict = CELL_OK, .text = text, .length = (guint)strlen (text) };
}

static gboolean
add_of_sex (Fixture *f, const Key *key, const char *sex)
{
  Cell cells[9] = { { 0 } }; /* school, period, grade, sex, examined, myopic, mild, moderate, high */
  const LongRow row = {
    .line = ++f->n, .place_no = f->n, .district_code = key->district, .year = 2022, .suppressed = 1, .cells = cells
  };

  set_text (&cells[0], key->school);
  set_text (&cells[1], key->period);
  set_text (&cells[2], key->grade);
  set_text (&cells[3], sex);
  cells[4] = (Cell){ .verdict = CELL_OK, .as.count = 258 };
  cells[5] = (Cell){ .verdict = CELL_NOTHING };
  cells[6] = (Cell){ .verdict = CELL_SUPPRESSED };
  cells[7] = cells[8] = cells[5];
  return chunk_add (f->chunk, &row, f->places);
}

static gboolean
add (Fixture *f, const Key *key)
{
  return add_of_sex (f, key, "M");
}

static char *
lines_of (const Chunk *chunk)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < chunk_rows (chunk); i++)
    g_string_append_printf (out, "%s%u", i > 0 ? " " : "", chunk_row (chunk, i)->line);
  return g_string_free (out, FALSE);
}

#define assert_lines(chunk, expected)                                                                                  \
  do {                                                                                                                 \
    g_autofree char *lines_ = lines_of (chunk);                                                                        \
    assert_string_equal (lines_, (expected));                                                                          \
  } while (0)

static void
chunk_add__a_row__as_copy_reads_it (void **state)
{
  static const char expected[] = "\0\0\0\1a"
                                 "\0\0\0\4"
                                 "2022"
                                 "\0\0\0\2P1\0\0\0\1M"
                                 "\0\0\0\10\0\0\0\0\0\0\1\2"
                                 "\377\377\377\377"
                                 "\377\377\377\377"
                                 "\377\377\377\377"
                                 "\377\377\377\377"
                                 "\0\0\0\34\0\0\0\1\0\0\0\0\0\0\0\31\0\0\0\1\0\0\0\1\0\0\0\4mild";
  Fixture *f = *state;
  const Row *row = NULL;

  assert_true (add (f, &(Key){ "d", "a", "2022", "P1" }));
  row = chunk_row (f->chunk, 0);
  assert_int_equal (row->length, sizeof expected - 1);
  assert_memory_equal (row->fields, expected, sizeof expected - 1);
  assert_int_equal (row->period_at, 5);
  assert_int_equal (row->period_end, 13);
}

static void
chunk_sort__rows_in_any_order__by_period_district_and_key (void **state)
{
  static const Key keys[] = {
    { "2", "b", "2022-spring", "P2" }, { "2", "b", "2022-spring", "J1" }, { "1", "c", "2022-spring", "P1" },
    { "1", "a", "2022-autumn", "P1" }, { "2", "a", "2022-spring", "P1" }, { "1", "c", "2021-autumn", "S1" },
  };
  Fixture *f = *state;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    assert_true (add (f, &keys[i]));
  chunk_sort (f->chunk);
  assert_lines (f->chunk, "6 4 3 5 2 1");
}

/* Far away from its place, a row is not moved step by step. */
static void
chunk_sort__back_to_front__the_same_order (void **state)
{
  Fixture *f = *state;
  const guint n = 500;

  for (guint i = 0; i < n; i++) {
    g_autofree char *school = g_strdup_printf ("%04u", n - i);

    assert_true (add (f, &(Key){ "d", school, "2022", "P1" }));
  }
  chunk_sort (f->chunk);
  for (guint i = 0; i < n; i++)
    assert_int_equal (chunk_row (f->chunk, i)->line, n - i);
}

static void
chunk_hold_back__more_may_come__the_last_unit_waits (void **state)
{
  static const Key keys[] = { { "d", "a", "2022", "P1" }, { "d", "a", "2022", "P2" }, { "d", "b", "2022", "P1" },
                              { "d", "b", "2022", "P2" }, { "d", "c", "2022", "P2" }, { "d", "c", "2022", "P3" } };
  Fixture *f = *state;
  Chunk *next = chunk_new (f->shape);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    assert_true (add (f, &keys[i]));
  chunk_sort (f->chunk);
  chunk_hold_back (f->chunk, next);
  assert_lines (f->chunk, "1 2 3 4");
  assert_lines (next, "5 6");
  chunk_clear (f->chunk);
  chunk_free (f->chunk);
  f->chunk = next;
  assert_true (add (f, &(Key){ "d", "c", "2022", "P1" }));
  chunk_sort (f->chunk);
  assert_lines (f->chunk, "7 5 6");
}

static void
chunk_hold_back__one_unit_only__nothing_waits (void **state)
{
  Fixture *f = *state;
  Chunk *next = chunk_new (f->shape);

  assert_true (add (f, &(Key){ "d", "a", "2022", "P1" }));
  assert_true (add (f, &(Key){ "d", "a", "2022", "P2" }));
  chunk_sort (f->chunk);
  chunk_hold_back (f->chunk, next);
  assert_lines (f->chunk, "1 2");
  assert_lines (next, "");
  chunk_free (next);
}

/* Behind the same eight bytes keys may differ or not; and twins may come side by side, or be far apart. */
static void
chunk_has_twins__keys_of_any_length_and_distance__says_so (void **state)
{
  static const struct {
    const char *first;
    const char *second;
    guint between;
    gboolean twins;
    const char *sex;
  } cases[] = {
    { "abcdef", "abcdef", 0, FALSE, "MM" },
    { "abcdef", "abcdef", 0, TRUE, "M" },
    { "P1", "P1", 0, TRUE, "M" },
    { "P1", "P2", 0, FALSE, "M" },
    { "P1", "P1", 3, TRUE, "M" },
    { "P1", "P1", 200, TRUE, "M" },
    { "P1", "P2", 200, FALSE, "M" },
    { "abcdefghi", "abcdefghi", 0, TRUE, "M" },
    { "abcdefghi", "abcdefghj", 0, FALSE, "M" },
    { "abcdefgh", "abcdefghi", 0, FALSE, "M" },
    { "abcdefg", "abcdefg", 200, TRUE, "M" },
    { "abcdefghj", "abcdefghi", 0, FALSE, "M" },
  };
  Fixture *f = *state;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean ordered = strcmp (cases[i].first, cases[i].second) <= 0 && cases[i].between == 0;

    chunk_clear (f->chunk);
    f->n = 0;
    assert_true (add (f, &(Key){ "d", "m", "2022", cases[i].first }));
    for (guint k = 0; k < cases[i].between; k++) {
      g_autofree char *school = g_strdup_printf ("%c%04u", k % 2 == 0 ? 'z' : 'a', cases[i].between - k);

      assert_true (add (f, &(Key){ "d", school, "2022", "P1" }));
    }
    assert_true (add_of_sex (f, &(Key){ "d", "m", "2022", cases[i].second }, cases[i].sex));
    chunk_sort (f->chunk);
    if (chunk_has_twins (f->chunk) != cases[i].twins)
      fail_msg ("case %zu", i);
    if (cases[i].between == 0)
      assert_lines (f->chunk, ordered ? "1 2" : "2 1");
  }
}

static void
chunk_add__no_room_left__says_so (void **state)
{
  Fixture *f = *state;

  for (guint i = 0; i < CHUNK_ROWS; i++)
    assert_true (add (f, &(Key){ "d", "a", "2022", "P1" }));
  assert_false (add (f, &(Key){ "d", "a", "2022", "P1" }));
  assert_int_equal (chunk_rows (f->chunk), CHUNK_ROWS);
}

/* Rows are read back by their units, which have to be texts. */
static void
loader_takes__feeds_of_every_shape__those_with_units (void **state)
{
  static const struct {
    FeedColumn columns[3];
    gboolean takes;
  } cases[] = {
    { { { .column_name = "period", .type = TYPE_PERIOD, .key = TRUE },
        { .column_name = "district_code" },
        { .column_name = "n" } },
      FALSE },
    { { { .column_name = "period", .type = TYPE_PERIOD, .key = TRUE },
        { .column_name = "room", .type = TYPE_COUNT, .key = TRUE },
        { .column_name = "n" } },
      FALSE },
    { { { .column_name = "period", .type = TYPE_PERIOD, .key = TRUE },
        { .column_name = "school_code", .type = TYPE_SCHOOL, .key = TRUE },
        { .column_name = "n" } },
      TRUE },
    { { { .column_name = "year", .type = TYPE_COUNT },
        { .column_name = "school_code", .type = TYPE_SCHOOL, .key = TRUE },
        { .column_name = "n" } },
      FALSE },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) columns = g_ptr_array_new ();
    const Feed feed = { .grain = GRAIN_AREA, .columns = columns };

    for (guint k = 0; k < G_N_ELEMENTS (cases[i].columns); k++)
      g_ptr_array_add (columns, (gpointer)(gsize)&cases[i].columns[k]);
    assert_int_equal (loader_takes (&feed), cases[i].takes);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (chunk_add__a_row__as_copy_reads_it, set_up, tear_down),
    cmocka_unit_test_setup_teardown (chunk_sort__rows_in_any_order__by_period_district_and_key, set_up, tear_down),
    cmocka_unit_test_setup_teardown (chunk_sort__back_to_front__the_same_order, set_up, tear_down),
    cmocka_unit_test_setup_teardown (chunk_hold_back__more_may_come__the_last_unit_waits, set_up, tear_down),
    cmocka_unit_test_setup_teardown (chunk_hold_back__one_unit_only__nothing_waits, set_up, tear_down),
    cmocka_unit_test_setup_teardown (chunk_has_twins__keys_of_any_length_and_distance__says_so, set_up, tear_down),
    cmocka_unit_test_setup_teardown (chunk_add__no_room_left__says_so, set_up, tear_down),
    cmocka_unit_test (loader_takes__feeds_of_every_shape__those_with_units),
  };

  return cmocka_run_group_tests_name ("rows", tests, NULL, NULL);
}
