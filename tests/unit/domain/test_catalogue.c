/* The catalogue: what is right is read, what is wrong is named. */
#include "../../support/catalogue.h"
#include "../../support/near.h"
#include "base/error.h"
#include "catalogue_cases.h"
#include "domain/catalogue.h"
#include "domain/csvtable.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static Catalogue *
parse (GHashTable *files)
{
  g_autoptr (GError) error = NULL;
  Catalogue *c = catalogue_parse (files, &error);

  if (c == NULL)
    fail_msg ("%s", error->message);
  return c;
}

static void
parse__small_catalogue__every_row_is_there (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = parse (files);
  const Target *t = c->targets->pdata[2];

  (void)state;
  assert_int_equal (c->areas->len, 4);
  assert_int_equal (c->feeds->len, 3);
  assert_int_equal (c->values->len, 10);
  assert_int_equal (c->rules->len, 3);
  assert_int_equal (c->indicators->len, 2);
  assert_int_equal (c->plans->len, 1);
  assert_int_equal (c->thresholds->len, 26);
  assert_int_equal (c->recipients->len, 2);
  assert_int_equal (g_hash_table_size (c->texts), 7);
  assert_string_equal (t->target, "growth");
  assert_int_equal (t->kind, TARGET_GROWTH_CUT);
  assert_int_equal (t->scope, SCOPE_NAMED);
  assert_int_equal (t->areas->len, 2);
  assert_string_equal (t->areas->pdata[1], "210115");
  assert_true (isnan (t->baseline_value));
  assert_false (t->good_is_up);
  assert_int_equal (t->at.line, 4);
  assert_string_equal (t->at.file, "target.csv");
  assert_double_near (((const Target *)c->targets->pdata[0])->value, -0.5, 1e-15);
}

static void
parse__mistake__named_by_file_line_and_cell (void **state)
{
  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_autoptr (GHashTable) files = fixture_files ();
    g_autoptr (GError) error = NULL;
    g_autoptr (Catalogue) c = NULL;

    if (mistakes[i].from != NULL)
      fixture_replace (files, mistakes[i].file, mistakes[i].from, mistakes[i].to);
    else if (mistakes[i].to != NULL)
      fixture_append (files, mistakes[i].file, mistakes[i].to);
    else
      g_hash_table_remove (files, mistakes[i].file);
    c = catalogue_parse (files, &error);
    if (c != NULL || !g_str_has_prefix (error->message, mistakes[i].message))
      fail_msg ("case %u: wanted %s\ngot %s", i, mistakes[i].message, c != NULL ? "no mistake" : error->message);
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
  }
}

static void
parse__no_city__says_so (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;

  (void)state;
  fixture_replace (files, "area.csv", ",city,", ",district,");
  assert_null (catalogue_parse (files, &error));
  assert_non_null (strstr (error->message, "area.csv: no area is a city; give the districts one above them"));
}

static void
parse__school_column_without_register__says_so (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;

  (void)state;
  fixture_replace (files, "feed.csv", "schools,register,school,", "schools,school,school,");
  assert_null (catalogue_parse (files, &error));
  assert_non_null (strstr (error->message,
                           "column.csv:9:3: type: a column of type school needs a feed of grain register in feed.csv"));
}

static void
parse__strata_by_sex_without_such_a_column__says_so (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;

  (void)state;
  fixture_replace (files, "column.csv", "myopia,sex,", "myopia,gender,");
  fixture_replace (files, "alias.csv", "sex=M", "gender=M");
  assert_null (catalogue_parse (files, &error));
  assert_string_equal (error->message, "indicator.csv:2:8: strata: feed myopia has no column sex");
}

static void
parse__many_mistakes__twenty_and_how_many_more (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  (void)state;
  for (guint i = 0; i < 27; i++)
    fixture_append (files, "value.csv", "sex,,M");
  assert_null (catalogue_parse (files, &error));
  lines = g_strsplit (error->message, "\n", -1);
  assert_int_equal (g_strv_length (lines), 21);
  assert_string_equal (lines[0], "value.csv:12:2: written: the cell is empty; fill it in");
  assert_string_equal (lines[20], "and 7 more");
}

static void
parse__columns_in_another_order__cells_are_numbered_as_they_stand (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;

  (void)state;
  fixture_replace (files, "plan.csv",
                   "plan,name,name_en,starts,deadline,source\n2022,要点,Work plan,2022-01-01,2022-12-31,教育局\n",
                   "source,deadline,starts,name_en,name,plan\n\n教育局,2022-12-31,2022-13-01,Work plan,要点,2022\n");
  assert_null (catalogue_parse (files, &error));
  assert_true (g_str_has_prefix (error->message, "plan.csv:3:3: starts: '2022-13-01' is not a date"));
}

static void
parse__byte_order_mark_and_crlf__are_no_mistakes (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = NULL;
  GString *content = g_hash_table_lookup (files, "area.csv");

  (void)state;
  g_string_replace (content, "\n", "\r\n", 0);
  g_string_prepend (content, "\xEF\xBB\xBF");
  c = parse (files);
  assert_int_equal (c->areas->len, 4);
  assert_int_equal (((const Area *)c->areas->pdata[3])->at.line, 5);
}

static void
alias__any_case_and_width__is_found (void **state)
{
  static const char *const headers[] = { "检查人数", " examined ", "EXAMINED", "Ｅxamined" };
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = parse (files);
  const Feed *f = catalogue_feed (c, "myopia");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *key = catalogue_key (headers[i]);
    const FeedAlias *alias = g_hash_table_lookup (f->alias_by_header, key);

    assert_non_null (alias);
    assert_string_equal (alias->column_name, "examined");
    assert_int_equal (alias->use, ALIAS_VALUE);
    assert_null (alias->fixed_columns);
  }
}

static void
alias__fixed_and_used__as_written (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = parse (files);
  const Feed *f = catalogue_feed (c, "myopia");
  const FeedAlias *wide = g_hash_table_lookup (f->alias_by_header, "1年级男");
  const FeedAlias *total = g_hash_table_lookup (f->alias_by_header, "合计");
  const FeedAlias *ignored = g_hash_table_lookup (f->alias_by_header, "备注");

  (void)state;
  assert_int_equal (wide->fixed_columns->len, 2);
  assert_string_equal (wide->fixed_columns->pdata[0], "grade");
  assert_string_equal (wide->fixed_values->pdata[0], "P1");
  assert_string_equal (wide->fixed_columns->pdata[1], "sex");
  assert_string_equal (wide->fixed_values->pdata[1], "M");
  assert_int_equal (total->use, ALIAS_TOTAL);
  assert_int_equal (ignored->use, ALIAS_IGNORE);
  assert_string_equal (ignored->column_name, "");
}

static void
rule__second_use_without_texts__has_those_of_the_first (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = parse (files);
  const Rule *second = c->rules->pdata[2];

  (void)state;
  assert_string_equal (second->rule, "R-above");
  assert_string_equal (second->column, "examined");
  assert_string_equal (second->advice_en, "check both");
}

static void
look_up__known_and_unknown__value_or_null (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = parse (files);

  (void)state;
  assert_string_equal (catalogue_value (c, "sex", "男"), "M");
  assert_string_equal (catalogue_value (c, "sex", "m"), "M");
  assert_string_equal (catalogue_value (c, "missing", "-"), "");
  assert_null (catalogue_value (c, "sex", "小学"));
  assert_null (catalogue_value (c, "colour", "M"));
  assert_string_equal (catalogue_current_area (c, "210122"), "210115");
  assert_string_equal (catalogue_current_area (c, "210115"), "210115");
  assert_null (catalogue_current_area (c, "210199"));
  assert_string_equal (catalogue_area (c, "210122")->name, "辽中县");
  assert_null (catalogue_feed (c, "weight"));
  assert_null (catalogue_indicator (c, "weight"));
  assert_null (feed_column (catalogue_feed (c, "tally"), "sex"));
  assert_double_near (catalogue_threshold (c, "off_track_probability"), 0.2, 1e-15);
  assert_string_equal (catalogue_text (c, "zh", "unit.pp"), "个百分点");
  assert_string_equal (catalogue_text (c, "en", "unit.pp"), "percentage points");
  assert_int_equal (catalogue_column_number (c, "target.csv", "kind"), 6);
  assert_int_equal (catalogue_column_number (c, "target.csv", "colour"), 0);
}

static void
area__several_names__the_latest_speaks (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = NULL;

  (void)state;
  fixture_append (files, "area.csv", "210112,2014-10-01,,210100,district,浑南区,Hunnan,");
  fixture_append (files, "area.csv", "210112,1990-01-01,2014-10-01,210100,district,东陵区,Dongling,");
  c = parse (files);
  assert_string_equal (catalogue_area (c, "210112")->name, "浑南区");
  assert_string_equal (catalogue_current_area (c, "210112"), "210112");
}

static void
read__file_lacking_in_folder__taken_from_above_and_rules_of_other_feeds_passed_over (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Catalogue) c = NULL;
  g_autofree char *folder = g_dir_make_tmp ("plumbline-catalogue-XXXXXX", NULL);
  g_autofree char *below = g_build_filename (folder, "examples", "other", NULL);
  static const char *const inherited[] = { "rule.csv", "threshold.csv", "text.csv" };

  (void)state;
  fixture_append (files, "rule.csv", "R-weight,weight,cell,obese,count,,refuse,重,heavy,减,less");
  fixture_append (files, "rule.csv", "R-weight,myopia,cell,obese,count,,refuse,,,,");
  fixture_write (files, folder);
  for (guint i = 0; i < G_N_ELEMENTS (inherited); i++)
    g_hash_table_remove (files, inherited[i]);
  fixture_write (files, below);
  c = catalogue_read (below, &error);
  if (c == NULL)
    fail_msg ("%s", error->message);
  assert_int_equal (c->rules->len, 3);
  assert_string_equal (((const Rule *)c->rules->pdata[0])->at.file, "../../rule.csv");
  assert_true (g_hash_table_contains (c->files, "../../text.csv"));
  g_clear_pointer (&c, catalogue_free);

  assert_null (catalogue_read (folder, &error)); /* its own rules must be about its own feeds */
  assert_non_null (strstr (error->message, "rule.csv:5:2: feed: 'weight' is no feed of feed.csv"));
  {
    g_autofree char *command = g_strdup_printf ("rm -r %s", folder);

    assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  }
}

static void
read__no_folder__says_so (void **state)
{
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_null (catalogue_read ("/nonexistent/catalogue", &error));
  assert_string_equal (error->message, "the catalogue's folder /nonexistent/catalogue does not exist");
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
}

/* Round trip: what init stores is what a later command parses. */
static void
parse__files_of_a_catalogue__give_the_same_again (void **state)
{
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (Catalogue) c = parse (files);
  g_autoptr (Catalogue) again = parse (c->files);

  (void)state;
  assert_int_equal (again->targets->len, c->targets->len);
  assert_int_equal (g_hash_table_size (again->files), 12);
}

static void
csv_table__ceilings_and_bytes__refused_with_the_line (void **state)
{
  static const char nul[] = "a,b\n1,\0\n";
  g_autoptr (GString) wide = g_string_new ("a\n");
  g_autoptr (GError) error = NULL;
  guint line = 0;

  (void)state;
  assert_null (csv_table_parse (nul, sizeof nul - 1, &line, &error));
  assert_int_equal (line, 2);
  assert_non_null (strstr (error->message, "a NUL byte"));
  g_clear_error (&error);
  for (guint i = 0; i < CSV_TABLE_MAX_CELLS; i++)
    g_string_append_c (wide, ',');
  assert_null (csv_table_parse (wide->str, wide->len, &line, &error));
  assert_int_equal (line, 2);
  assert_non_null (strstr (error->message, "more than 256 cells in a row"));
  g_clear_error (&error);
  g_string_set_size (wide, CSV_TABLE_MAX_BYTES + 1);
  assert_null (csv_table_parse (wide->str, wide->len, &line, &error));
  assert_non_null (strstr (error->message, "larger than 16 MiB"));
}

static void
csv_table__quoted_line_breaks__rows_know_where_they_begin (void **state)
{
  static const char text[] = "a,b\n\"one\ntwo\",\"say \"\"x\"\"\"\n\n \n3, 4 ";
  g_autoptr (GError) error = NULL;
  g_autoptr (CsvTable) table = csv_table_parse (text, sizeof text - 1, NULL, &error);
  const CsvRow *row = NULL;

  (void)state;
  assert_non_null (table);
  assert_int_equal (table->rows->len, 3);
  row = table->rows->pdata[1];
  assert_int_equal (row->line, 2);
  assert_string_equal (row->cells[0], "one\ntwo");
  assert_string_equal (row->cells[1], "say \"x\"");
  row = table->rows->pdata[2];
  assert_int_equal (row->line, 6);
  assert_string_equal (row->cells[1], "4");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (parse__small_catalogue__every_row_is_there),
    cmocka_unit_test (parse__mistake__named_by_file_line_and_cell),
    cmocka_unit_test (parse__no_city__says_so),
    cmocka_unit_test (parse__school_column_without_register__says_so),
    cmocka_unit_test (parse__strata_by_sex_without_such_a_column__says_so),
    cmocka_unit_test (parse__many_mistakes__twenty_and_how_many_more),
    cmocka_unit_test (parse__columns_in_another_order__cells_are_numbered_as_they_stand),
    cmocka_unit_test (parse__byte_order_mark_and_crlf__are_no_mistakes),
    cmocka_unit_test (alias__any_case_and_width__is_found),
    cmocka_unit_test (alias__fixed_and_used__as_written),
    cmocka_unit_test (rule__second_use_without_texts__has_those_of_the_first),
    cmocka_unit_test (look_up__known_and_unknown__value_or_null),
    cmocka_unit_test (area__several_names__the_latest_speaks),
    cmocka_unit_test (read__file_lacking_in_folder__taken_from_above_and_rules_of_other_feeds_passed_over),
    cmocka_unit_test (read__no_folder__says_so),
    cmocka_unit_test (parse__files_of_a_catalogue__give_the_same_again),
    cmocka_unit_test (csv_table__ceilings_and_bytes__refused_with_the_line),
    cmocka_unit_test (csv_table__quoted_line_breaks__rows_know_where_they_begin),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
