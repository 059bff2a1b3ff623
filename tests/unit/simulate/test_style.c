#include "simulate/builder.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Rows of a catalogue's file, as text: tests run at the top of the tree. */
static gboolean
has_row (const char *file, const char *row)
{
  g_autofree char *path = g_build_filename ("seeds", file, NULL);
  g_autofree char *text = NULL;
  g_autofree char *needle = g_strconcat ("\n", row, NULL);

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return strstr (text, needle) != NULL;
}

static void
assert_alias (const char *feed, const char *header, const char *column, const char *fixed, const char *use)
{
  g_autofree char *normal = text_normalise (header);
  g_autofree char *row = g_strdup_printf ("%s,%s,%s,%s,%s\n", feed, normal, column, fixed, use);

  if (!has_row ("alias.csv", row))
    fail_msg ("seeds/alias.csv has no row %s", row);
}

static void
assert_value (const char *domain, const char *written, const char *value)
{
  g_autofree char *normal = text_normalise (written);
  g_autofree char *row = g_strdup_printf ("%s,%s,%s\n", domain, normal, value);

  if (!has_row ("value.csv", row))
    fail_msg ("seeds/value.csv has no row %s", row);
}

static void
sim_header__every_column_and_manner__is_an_alias_of_the_catalogue (void **state)
{
  static const char *const columns[][11] = {
    { "schools", "school_code", "name", "district_code", "stage", "ownership", "inclusive", "recognised", "in_group",
      "valid_from", "valid_to" },
    { "myopia", "school_code", "period", "grade", "sex", "examined", "myopic", "mild", "moderate", "high" },
    { "weight", "school_code", "period", "grade", "sex", "examined", "overweight", "obese", "thin" },
    { "places", "school_code", "period", "places", "enrolled" },
    { "after_school", "school_code", "period", "enrolled", "willing", "served", "days_per_week", "hours_per_day" },
    { "tally", "area_code", "period", "target", "count" },
  };
  static const SimStyle usual = { .header = SIM_HEADER_USUAL };
  static const SimStyle other = { .header = SIM_HEADER_OTHER };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    for (guint c = 1; c < G_N_ELEMENTS (columns[i]) && columns[i][c] != NULL; c++) {
      assert_alias (columns[i][0], sim_header (&usual, columns[i][0], columns[i][c]), columns[i][c], "", "");
      assert_alias (columns[i][0], sim_header (&other, columns[i][0], columns[i][c]), columns[i][c], "", "");
    }
}

/* The headers of a whole wide table, with its totals. */
static void
assert_wide_headers (const char *feed, const char *const names[], const char *const columns[], guint n)
{
  static const char *const totals[][2] = { { "男", "sex=M" }, { "女", "sex=F" }, { "合计", "" } };

  for (guint c = 0; c < n; c++) {
    for (guint g = 0; g < SIM_GRADES; g++)
      for (guint x = 0; x < SIM_SEXES; x++) {
        g_autofree char *header = g_strconcat (sim_grade_names[g], sim_sex_names[x], names[c], NULL);
        g_autofree char *fixed = g_strdup_printf ("grade=%s;sex=%s", sim_grades[g], sim_sexes[x]);

        assert_alias (feed, header, columns[c], fixed, "");
      }
    for (guint t = 0; t < G_N_ELEMENTS (totals); t++) {
      g_autofree char *header = g_strconcat (totals[t][0], names[c], NULL);

      assert_alias (feed, header, columns[c], totals[t][1], "total");
    }
  }
}

static void
sim_build_myopia__wide__headers_are_aliases_of_the_catalogue (void **state)
{
  static const char *const myopia[] = { "检查人数", "近视人数" };
  static const char *const myopia_columns[] = { "examined", "myopic" };
  static const char *const weight[] = { "检查人数", "超重人数", "肥胖人数" };
  static const char *const weight_columns[] = { "examined", "overweight", "obese" };

  (void)state;
  assert_wide_headers ("myopia", myopia, myopia_columns, 2);
  assert_wide_headers ("weight", weight, weight_columns, 3);
}

static const char *
last_cell (const SimSheet *sheet)
{
  const SimRow *row = g_ptr_array_index (sheet->rows, sheet->rows->len - 1);

  return g_array_index (row->cells, SimCell, row->cells->len - 1).text;
}

static void
sim_write__grades_sexes_stages_booleans__are_written_forms_of_the_catalogue (void **state)
{
  g_autoptr (SimSheet) sheet = sim_sheet_new ();

  (void)state;
  sim_sheet_row (sheet, SIM_ROW_DATA, NULL);
  for (SimHeaderKind kind = 0; kind < SIM_HEADER_KINDS; kind++) {
    const SimStyle style = { .header = kind };

    for (guint g = 0; g < SIM_GRADES; g++) {
      sim_write_grade (sheet, &style, g);
      assert_value ("grade", last_cell (sheet), sim_grades[g]);
    }
    for (guint x = 0; x < SIM_SEXES; x++) {
      sim_write_sex (sheet, &style, x);
      assert_value ("sex", last_cell (sheet), sim_sexes[x]);
    }
    sim_write_boolean (sheet, &style, TRUE);
    assert_value ("boolean", last_cell (sheet), "true");
    sim_write_boolean (sheet, &style, FALSE);
    assert_value ("boolean", last_cell (sheet), "false");
  }
  for (guint stage = 0; stage < SIM_STAGES; stage++)
    assert_value ("stage", sim_stages[stage].name, sim_stages[stage].code);
}

static void
sim_style__every_office__writes_nothing_as_the_catalogue_knows_it (void **state)
{
  (void)state;
  for (guint d = 0; d <= SIM_DISTRICTS; d++)
    if (*sim_style (d)->nothing != '\0')
      assert_value ("missing", sim_style (d)->nothing, "");
}

static void
sim_tally__targets__are_those_of_the_plan (void **state)
{
  g_autoptr (SimCity) city = sim_city_new (1, FALSE);
  g_autoptr (GArray) rows = sim_tally (city);

  (void)state;
  for (guint i = 0; i < rows->len / SIM_TALLY_MONTHS; i++) {
    const SimTallyRow *row = &g_array_index (rows, SimTallyRow, i);

    assert_value ("tally_target", row->written, row->target);
  }
  for (guint i = 0; i < sim_n_counts; i++) {
    g_autofree char *text = NULL;
    g_autofree char *start = g_strdup_printf ("\n2022,%s,", sim_counts[i].target);
    g_autofree char *value = g_strdup_printf (",%s,count,%u,", sim_counts[i].target, sim_counts[i].value);
    const char *found = NULL;

    assert_true (g_file_get_contents ("seeds/target.csv", &text, NULL, NULL));
    found = strstr (text, start);
    assert_non_null (found);
    assert_true (strstr (found, value) != NULL && strstr (found, value) < strchr (found + 1, '\n'));
  }
}

static void
sim_write_count__manners__thousands_full_width_and_spaces (void **state)
{
  static const struct {
    guint habits;
    guint64 n;
    guint wobble;
    const char *text;
  } cases[] = {
    { 0, 1527, 0, "1527" },
    { SIM_THOUSANDS, 1527, 0, "1,527" },
    { SIM_THOUSANDS, 999, 0, "999" },
    { SIM_THOUSANDS, 20031, 0, "20,031" },
    { SIM_FULL_WIDTH, 307, 5, "３０７" },
    { SIM_FULL_WIDTH, 307, 4, "307" },
    { SIM_SPACES, 41, 3, "41 " },
    { SIM_SPACES, 41, 20, "41  " },
  };
  g_autoptr (SimSheet) sheet = sim_sheet_new ();

  (void)state;
  sim_sheet_row (sheet, SIM_ROW_DATA, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const SimStyle style = { .habits = cases[i].habits };

    sim_write_count (sheet, &style, cases[i].n, 0, 0, cases[i].wobble);
    assert_string_equal (last_cell (sheet), cases[i].text);
  }
}

static void
sim_sheet_bytes__dialects__quote_pad_and_encode (void **state)
{
  static const struct {
    SimDialect dialect;
    const char *bytes;
    gsize length;
  } cases[] = {
    { { SIM_UTF8, ',', FALSE, FALSE }, "年\n\"1,5\",\"a\"\"b\"\n", 3 + 1 + 5 + 1 + 6 + 1 },
    { { SIM_UTF8_BOM, ',', TRUE, TRUE }, "\xEF\xBB\xBF年,\r\n\"1,5\",\"a\"\"b\"\r\n", 3 + 3 + 1 + 2 + 5 + 1 + 6 + 2 },
    { { SIM_GB18030, ',', FALSE, FALSE }, "\xC4\xEA\n\"1,5\",\"a\"\"b\"\n", 2 + 1 + 5 + 1 + 6 + 1 },
    { { SIM_UTF16LE, '\t', FALSE, FALSE },
      "\xFF\xFE\x74\x5E\n\0"
      "1\0,\0"
      "5\0\t\0\"\0a\0\"\0\"\0b\0\"\0\n\0",
      2 + 2 + 2 + 6 + 2 + 12 + 2 },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SimSheet) sheet = sim_sheet_new ();
    g_autoptr (GString) bytes = NULL;

    sim_sheet_row (sheet, SIM_ROW_TITLE, NULL);
    sim_sheet_text (sheet, "年");
    sim_sheet_row (sheet, SIM_ROW_DATA, NULL);
    sim_sheet_text (sheet, "1,5");
    sim_sheet_text (sheet, "a\"b");
    bytes = sim_sheet_bytes (sheet, &cases[i].dialect);
    assert_int_equal (bytes->len, cases[i].length);
    assert_memory_equal (bytes->str, cases[i].bytes, cases[i].length);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (sim_header__every_column_and_manner__is_an_alias_of_the_catalogue),
    cmocka_unit_test (sim_build_myopia__wide__headers_are_aliases_of_the_catalogue),
    cmocka_unit_test (sim_write__grades_sexes_stages_booleans__are_written_forms_of_the_catalogue),
    cmocka_unit_test (sim_style__every_office__writes_nothing_as_the_catalogue_knows_it),
    cmocka_unit_test (sim_tally__targets__are_those_of_the_plan),
    cmocka_unit_test (sim_write_count__manners__thousands_full_width_and_spaces),
    cmocka_unit_test (sim_sheet_bytes__dialects__quote_pad_and_encode),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
