#include "extract/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

/* All records as "line:row[a|b|c]", or the fault as "!check line:row column". */
static char *
parse (const char *text, gsize length, char separator)
{
  g_autoptr (Source) source = source_new_bytes ("x.csv", text, length);
  g_auto (Fault) fault = { 0 };
  g_autoptr (Parser) parser = parser_new (source, ENCODING_UTF8, separator, FALSE, &fault);
  GString *out = g_string_new (NULL);
  const Record *record = NULL;

  while (parser_next (parser, &record, &fault) && record != NULL) {
    g_string_append_printf (out, "%u:%u[", record->line, record->row);
    for (guint i = 0; i < record->n; i++) {
      assert_int_equal (record_length (record, i), strlen (record_field (record, i)));
      g_string_append_printf (out, "%s%s", i > 0 ? "|" : "", record_field (record, i));
    }
    g_string_append_c (out, ']');
  }
  if (fault.check != NULL)
    g_string_append_printf (out, "!%s %u:%u %u", fault.check, fault.line, fault.row, fault.column_no);
  return g_string_free (out, FALSE);
}

static void
parser_next__layouts_and_quotes__fields_with_line_and_row (void **state)
{
  static const struct {
    const char *text;
    char separator;
    const char *expected;
  } cases[] = {
    { "a,b,c\n1,2,3\n", ',', "1:1[a|b|c]2:2[1|2|3]" },
    { "a,b,c\r\n1,2,3\r\n", ',', "1:1[a|b|c]2:2[1|2|3]" },
    { "a,b,c\r1,2,3\r", ',', "1:1[a|b|c]2:2[1|2|3]" },
    { "a,b,c\n1,2,3", ',', "1:1[a|b|c]2:2[1|2|3]" },
    { "a;b\n1;2\n", ';', "1:1[a|b]2:2[1|2]" },
    { "a\tb\t\n1\t\t\n", '\t', "1:1[a|b|]2:2[1||]" },
    { "a,b\n1,\"2,3\"\n", ',', "1:1[a|b]2:2[1|2,3]" },
    { "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", ',', "1:1[a|b]2:2[1|ha \"ha\" ha]3:3[3|4]" },
    { "a,b,c\n1,\"\",\"\"\n2,3,4", ',', "1:1[a|b|c]2:2[1||]3:3[2|3|4]" },
    { "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n", ',',
      "1:1[a|b|c]2:2[1|2|3]3:3[Once upon \na time|5|6]5:4[7|8|9]" },
    { "a,b,c\r\n\"Once upon \r\na time\",5,6\r\n7,8,9\r\n", ',', "1:1[a|b|c]2:2[Once upon \r\na time|5|6]4:3[7|8|9]" },
    { "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n", ',', "1:1[a|b]2:2[1|ha \n\"ha\" \nha]5:3[3|4]" },
    { "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n", ',',
      "1:1[key|val]2:2[1|{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}]" },
    { "a,b\n4,ʤ\n", ',', "1:1[a|b]2:2[4|ʤ]" },
    { "\n\n  \na,b\n\n1,2\n", ',', "4:4[a|b]6:6[1|2]" },
    { "a,b\r\n\r\n1,2\r\n", ',', "1:1[a|b]3:3[1|2]" },
    { "a,b\r\r1,2", ',', "1:1[a|b]3:3[1|2]" },
    { " a , \"b\" ,c\n", ',', "1:1[a|b|c]" },
    { ",,\n", ',', "1:1[||]" },
    { "\"a\nb\"\n", ',', "1:1[a\nb]" },
    { "", ',', "" },
    { "\n\n", ',', "" },
    { "a,b\n\xEF\xBB\xBF\"1\",2\n\xEF\xBB\xBF\n3,4\n", ',', "1:1[a|b]2:2[1|2]4:4[3|4]" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = parse (cases[i].text, strlen (cases[i].text), cases[i].separator);

    if (strcmp (got, cases[i].expected) != 0)
      fail_msg ("case %zu: expected %s, got %s", i, cases[i].expected, got);
  }
}

/* Each record after the first as its object: {header=cell|header=cell}. */
static char *
objects (const char *text)
{
  g_autoptr (Source) source = source_new_bytes ("x.csv", text, strlen (text));
  g_auto (Fault) fault = { 0 };
  g_autoptr (Parser) parser = parser_new (source, ENCODING_UTF8, ',', FALSE, &fault);
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);
  GString *out = g_string_new (NULL);
  const Record *record = NULL;

  while (parser_next (parser, &record, &fault) && record != NULL) {
    gboolean first = headers->len == 0;

    for (guint i = 0; i < record->n; i++)
      if (first)
        g_ptr_array_add (headers, g_strdup (record_field (record, i)));
      else
        g_string_append_printf (out, "%s%s=%s", i == 0 ? "{" : "|", (char *)headers->pdata[i],
                                record_field (record, i));
    g_string_append (out, first ? "" : "}");
  }
  if (fault.check != NULL)
    g_string_append_printf (out, "!%s %u:%u %u", fault.check, fault.line, fault.row, fault.column_no);
  return g_string_free (out, FALSE);
}

/* The cases of csv-spectrum 2.0.0 (BSD-2-Clause) and the answers it gives. Strict mode refuses one,
   location_coordinates: quotes stand in the middle of a bare cell. (Its answer there is of another telephone number
   than its file.) */
static void
parser_next__csv_spectrum__its_answers (void **state)
{
  static const struct {
    const char *name;
    const char *text;
    const char *expected;
  } cases[] = {
    { "comma_in_quotes", "first,last,address,city,zip\nJohn,Doe,120 any st.,\"Anytown, WW\",08123",
      "{first=John|last=Doe|address=120 any st.|city=Anytown, WW|zip=08123}" },
    { "empty", "a,b,c\n1,\"\",\"\"\n2,3,4", "{a=1|b=|c=}{a=2|b=3|c=4}" },
    { "empty_crlf", "a,b,c\r\n1,\"\",\"\"\r\n2,3,4", "{a=1|b=|c=}{a=2|b=3|c=4}" },
    { "escaped_quotes", "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", "{a=1|b=ha \"ha\" ha}{a=3|b=4}" },
    { "json", "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n",
      "{key=1|val={\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}}" },
    { "location_coordinates",
      "Contact Phone Number,Location Coordinates,Cities,Counties\n2095257564,37�36'37.8\"N "
      "121�2'17.9\"W,Modesto,Stanislaus",
      "!quote 2:2 2" },
    { "newlines", "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
      "{a=1|b=2|c=3}{a=Once upon \na time|b=5|c=6}{a=7|b=8|c=9}" },
    { "newlines_crlf", "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n7,8,9\r\n",
      "{a=1|b=2|c=3}{a=Once upon \r\na time|b=5|c=6}{a=7|b=8|c=9}" },
    { "quotes_and_newlines", "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n", "{a=1|b=ha \n\"ha\" \nha}{a=3|b=4}" },
    { "simple", "a,b,c\n1,2,3\n", "{a=1|b=2|c=3}" },
    { "simple_crlf", "a,b,c\r\n1,2,3\r\n", "{a=1|b=2|c=3}" },
    { "utf8", "a,b,c\n1,2,3\n4,5,ʤ", "{a=1|b=2|c=3}{a=4|b=5|c=ʤ}" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = objects (cases[i].text);

    if (strcmp (got, cases[i].expected) != 0)
      fail_msg ("%s: expected %s, got %s", cases[i].name, cases[i].expected, got);
  }
}

static void
parser_next__quotes_that_do_not_pair__refused_where_they_open (void **state)
{
  static const struct {
    const char *text;
    const char *expected;
  } cases[] = {
    { "a,b\n1,\"2\n3,4\n5,6\n", "1:1[a|b]!quote 2:2 2" },
    { "a,b\n1,2\"3\n", "1:1[a|b]!quote 2:2 2" },
    { "a,b\n1,\"2\"3\n", "1:1[a|b]!quote 2:2 2" },
    { "a,b\n\"x\ny\",\"z\n1,2\n3,\"4\"\n", "1:1[a|b]!quote 3:2 2" },
    { "a,b\n1,2\n\"", "1:1[a|b]2:2[1|2]!quote 3:3 1" },
    { "a,\"b\n", "!quote 1:1 2" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = parse (cases[i].text, strlen (cases[i].text), ',');

    if (strcmp (got, cases[i].expected) != 0)
      fail_msg ("case %zu: expected %s, got %s", i, cases[i].expected, got);
  }
}

static char *
repeat (const char *head, const char *unit, guint n)
{
  GString *out = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (out, unit);
  return g_string_free (out, FALSE);
}

static char *
commas (guint n)
{
  g_autofree char *line = g_strnfill (n, ',');

  return g_strconcat (line, "\n", NULL);
}

static void
parser_next__beyond_a_ceiling__refused (void **state)
{
  const struct {
    char *text;
    const char *expected;
  } cases[] = {
    { repeat ("a\n", "x", PARSE_MAX_FIELD_BYTES + 8192), "1:1[a]!ceiling 2:2 1" },
    { repeat ("a\n", ",", PARSE_MAX_COLUMNS + 1), "1:1[a]!ceiling 2:2 4097" },
    { commas (PARSE_MAX_COLUMNS), "!ceiling 1:1 4097" },
    { repeat ("a\n1,\"", "x\n", PARSE_MAX_FIELD_BYTES), "1:1[a]!quote 2:2 2" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *got = parse (cases[i].text, strlen (cases[i].text), ',');

    if (strcmp (got, cases[i].expected) != 0)
      fail_msg ("case %zu: expected %s, got %s", i, cases[i].expected, got);
    g_free (cases[i].text);
  }
}

static void
parser_next__raw_wanted__lines_as_they_stood (void **state)
{
  static const char text[] = "a , b\r\n5,6,\r\n\"x\r\ny\",\"2\"\r\n3,4";
  static const char *const expected[] = { "a , b", "5,6,", "\"x\r\ny\",\"2\"", "3,4" };
  g_autoptr (Source) source = source_new_bytes ("x.csv", text, sizeof text - 1);
  g_auto (Fault) fault = { 0 };
  g_autoptr (Parser) parser = parser_new (source, ENCODING_UTF8, ',', TRUE, &fault);
  const Record *record = NULL;

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    assert_true (parser_next (parser, &record, &fault));
    assert_string_equal (record->raw->str, expected[i]);
  }
}

/* Lengths around the words and blocks that are looked at together, and beyond what is taken apart that way. */
static void
parser_next__plain_lines_of_every_length__the_fields_between_separators (void **state)
{
  static const char *const pieces[] = { ",", ",", ",", "a", "7", "近", "ʤ", "\x01", "\x7F", ",," };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261128);

  (void)state;
  for (guint i = 0; i < 700; i++) {
    g_autoptr (GString) line = g_string_new ("x"), expected = g_string_new (NULL);
    g_autofree char *got = NULL;
    g_auto (GStrv) fields = NULL;
    guint least = i < 650 ? i % 130 : 4000 + 50 * (i - 650);

    while (line->len < least)
      g_string_append (line, pieces[g_rand_int_range (rand, 0, i < 650 ? 10 : 9)]);
    if (g_rand_boolean (rand))
      g_string_append_c (line, ',');
    fields = g_strsplit (line->str, ",", -1);
    if (g_strv_length (fields) > PARSE_MAX_COLUMNS)
      continue;
    for (char **field = fields; *field != NULL; field++)
      g_string_append_printf (expected, "%s%s", field > fields ? "|" : "1:1[", *field);
    g_string_append (expected, "]2:2[1|2]");
    g_string_append (line, "\n1,2\n");
    got = parse (line->str, line->len, ',');
    assert_string_equal (got, expected->str);
  }
}

static void
parser_next__empty_lines__counted (void **state)
{
  static const char text[] = "\na,b\n \n\n1,2\n\n";
  g_autoptr (Source) source = source_new_bytes ("x.csv", text, sizeof text - 1);
  g_auto (Fault) fault = { 0 };
  g_autoptr (Parser) parser = parser_new (source, ENCODING_UTF8, ',', FALSE, &fault);
  const Record *record = NULL;

  (void)state;
  do
    assert_true (parser_next (parser, &record, &fault));
  while (record != NULL);
  assert_int_equal (parser_blank (parser), 4);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (parser_next__layouts_and_quotes__fields_with_line_and_row),
    cmocka_unit_test (parser_next__csv_spectrum__its_answers),
    cmocka_unit_test (parser_next__quotes_that_do_not_pair__refused_where_they_open),
    cmocka_unit_test (parser_next__beyond_a_ceiling__refused),
    cmocka_unit_test (parser_next__raw_wanted__lines_as_they_stood),
    cmocka_unit_test (parser_next__plain_lines_of_every_length__the_fields_between_separators),
    cmocka_unit_test (parser_next__empty_lines__counted),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
