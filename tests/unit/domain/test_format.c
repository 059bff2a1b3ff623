#include "domain/format.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
format_decimal__halves_and_signs__away_from_zero_without_negative_zero (void **state)
{
  static const struct {
    double value;
    int decimals;
    const char *text;
  } cases[] = {
    { 62.15, 1, "62.2" },       { 62.25, 1, "62.3" }, { 62.149, 1, "62.1" }, { 0.05, 1, "0.1" },
    { -0.05, 1, "−0.1" },       { -0.04, 1, "0.0" },  { -1.75, 1, "−1.8" },  { 99.95, 1, "100.0" },
    { 1e9, 1, "1000000000.0" }, { 2.5, 0, "3" },      { NAN, 1, "–" },       { INFINITY, 1, "–" },
    { 33.0 / 7, 3, "4.714" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = format_decimal (cases[i].value, cases[i].decimals);

    assert_string_equal (text, cases[i].text);
  }
}

static void
format_value__shares_and_counts__never_a_false_hundred (void **state)
{
  static const struct {
    double value;
    FormatUnit unit;
    const char *text;
  } cases[] = {
    { 62.1, UNIT_PERCENT, "62.1%" },
    { 100, UNIT_PERCENT, "100.0%" },
    { 99.97, UNIT_PERCENT, ">99.9%" },
    { 99.94, UNIT_PERCENT, "99.9%" },
    { 0, UNIT_PERCENT, "0.0%" },
    { 0.02, UNIT_PERCENT, "<0.1%" },
    { NAN, UNIT_PERCENT, "–" },
    { 0, UNIT_COUNT, "0" },
    { 999, UNIT_COUNT, "999" },
    { 1000, UNIT_COUNT, "1,000" },
    { 1373366, UNIT_COUNT, "1,373,366" },
    { -1200, UNIT_COUNT, "−1,200" },
    { -0.2, UNIT_COUNT, "0" },
    { 85.5, UNIT_COUNT, "86" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = format_value (cases[i].value, cases[i].unit);

    assert_string_equal (text, cases[i].text);
  }
}

static void
format_gap__both_languages__no_sign_and_never_nothing (void **state)
{
  static const struct {
    double gap;
    FormatUnit unit;
    const char *language;
    const char *text;
  } cases[] = {
    { 1.83, UNIT_PERCENT, "zh", "1.8个百分点" },  { -1.83, UNIT_PERCENT, "en", "1.8 points" },
    { 0.04, UNIT_PERCENT, "zh", "<0.1个百分点" }, { 0, UNIT_PERCENT, "zh", "0.0个百分点" },
    { -1234, UNIT_COUNT, "zh", "1,234" },         { NAN, UNIT_PERCENT, "zh", "–" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = format_gap (cases[i].gap, cases[i].unit, cases[i].language);

    assert_string_equal (text, cases[i].text);
  }
}

static void
format_range_and_probability__edges__as_written (void **state)
{
  g_autofree char *range = format_range (60.94, 63.25, UNIT_PERCENT);
  g_autofree char *open = format_range (NAN, 63.25, UNIT_PERCENT);
  g_autofree char *count = format_range (1200, 1300, UNIT_COUNT);
  g_autofree char *never = format_probability (0.0);
  g_autofree char *some = format_probability (0.275);
  g_autofree char *surely = format_probability (0.999);

  (void)state;
  assert_string_equal (range, "60.9–63.3%");
  assert_string_equal (open, "");
  assert_string_equal (count, "1,200–1,300");
  assert_string_equal (never, "<1%");
  assert_string_equal (some, "28%");
  assert_string_equal (surely, ">99%");
}

static void
format_period__every_kind_and_language__in_words (void **state)
{
  static const struct {
    const char *period, *zh, *en;
  } cases[] = {
    { "2022", "2022年", "2022" },
    { "2022-03", "2022年3月", "March 2022" },
    { "2022-03-05", "2022年3月5日", "5 March 2022" },
    { "2022-spring", "2022年春", "spring 2022" },
    { "2022-autumn", "2022年秋", "autumn 2022" },
    { "2022-13", "2022-13", "2022-13" },
    { "not a period", "not a period", "not a period" },
    { "", "", "" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *zh = format_period (cases[i].period, "zh");
    g_autofree char *en = format_period (cases[i].period, "en");

    assert_string_equal (zh, cases[i].zh);
    assert_string_equal (en, cases[i].en);
  }
}

static void
format_fill__pairs__replaced_once_and_unknown_kept (void **state)
{
  g_autofree char *text = format_fill ("{a} {b} {c} {", "a", "{b}", "b", "2", NULL);

  (void)state;
  assert_string_equal (text, "{b} 2 {c} {");
}

static void
format_fill__words_for_one_and_for_more__by_the_value (void **state)
{
  static const char *const cases[][2] = {
    { "1", "1 district is off" }, { "0", "0 districts are off" }, { "11", "11 districts are off" }, { NULL, NULL }
  };

  (void)state;
  for (guint i = 0; cases[i][0] != NULL; i++) {
    g_autofree char *text = format_fill ("{n} {n|district is|districts are} off", "n", cases[i][0], NULL);

    assert_string_equal (text, cases[i][1]);
  }
}

static void
format_fill__words_that_are_not_two__the_value (void **state)
{
  g_autofree char *text = format_fill ("{n|x} {m|a|b} {n", "n", "1", NULL);

  (void)state;
  assert_string_equal (text, "1 {m|a|b} {n");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (format_decimal__halves_and_signs__away_from_zero_without_negative_zero),
    cmocka_unit_test (format_value__shares_and_counts__never_a_false_hundred),
    cmocka_unit_test (format_gap__both_languages__no_sign_and_never_nothing),
    cmocka_unit_test (format_range_and_probability__edges__as_written),
    cmocka_unit_test (format_period__every_kind_and_language__in_words),
    cmocka_unit_test (format_fill__pairs__replaced_once_and_unknown_kept),
    cmocka_unit_test (format_fill__words_for_one_and_for_more__by_the_value),
    cmocka_unit_test (format_fill__words_that_are_not_two__the_value),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
