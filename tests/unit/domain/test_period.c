#include "domain/period.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void
iso (const GDate *date, char out[16])
{
  g_date_strftime (out, 16, "%Y-%m-%d", date);
}

static void
period_parse__canonical_text__first_and_last_day (void **state)
{
  static const struct {
    const char *text;
    PeriodKind kind;
    const char *first;
    const char *last;
  } cases[] = {
    { "2022", PERIOD_YEAR, "2022-01-01", "2022-12-31" },
    { "2022-spring", PERIOD_TERM, "2022-02-01", "2022-07-31" },
    { "2022-autumn", PERIOD_TERM, "2022-08-01", "2022-12-31" },
    { "2024-02", PERIOD_MONTH, "2024-02-01", "2024-02-29" },
    { "2022-03-15", PERIOD_DAY, "2022-03-15", "2022-03-15" },
    { "1958-09-01", PERIOD_DAY, "1958-09-01", "1958-09-01" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Period period;
    char day[16];

    assert_true (period_parse (cases[i].text, &period));
    assert_int_equal (period.kind, cases[i].kind);
    iso (&period.first, day);
    assert_string_equal (day, cases[i].first);
    iso (&period.last, day);
    assert_string_equal (day, cases[i].last);
  }
}

static void
period_parse__not_a_period__refused (void **state)
{
  static const char *const cases[]
      = { "",        "22",           "1989",       "1799-12-31", "2101",       "2022-13",
          "2022-00", "2022-3",       "2022-06-31", "2023-02-29", "2022-00-10", "2022-winter",
          "2022/03", "2022-spring ", "202203",     "２０２２",   "2022-03-150" };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Period period;

    if (period_parse (cases[i], &period))
      fail_msg ("'%s' was taken for a period", cases[i]);
  }
}

typedef struct {
  const char *text;
  const char *expected;
} Written;

static void
check_recognised (const Written *cases, gsize n, gboolean within)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *found = period_recognise (cases[i].text, within);

    if (g_strcmp0 (found, cases[i].expected) != 0)
      fail_msg ("'%s': expected %s, got %s", cases[i].text, cases[i].expected ? cases[i].expected : "nothing",
                found ? found : "nothing");
  }
}

static void
period_recognise__whole_cell__canonical_or_nothing (void **state)
{
  static const Written cases[] = {
    { "2022", "2022" },
    { "2022年", "2022" },
    { "２０２２年度", "2022" },
    { "2022-spring", "2022-spring" },
    { "2022年春季学期", "2022-spring" },
    { "2022春", "2022-spring" },
    { "2022 秋季", "2022-autumn" },
    { "2022年秋季学期", "2022-autumn" },
    { "2021-2022学年第二学期", "2022-spring" },
    { "2021-2022 学年 第 1 学期", "2021-autumn" },
    { "2021—2022学年度第一学期", "2021-autumn" },
    { "2021/2022学年下学期", "2022-spring" },
    { "2021-2022学年上学期", "2021-autumn" },
    { "2021-2022-2", "2022-spring" },
    { "2021学年第二学期", "2022-spring" },
    { "2021-2022学年", "2021" },
    { "2021-2023学年第一学期", NULL },
    { "101學年度", "2012" },
    { "101 學年度第2學期", "2013-spring" },
    { "民國101年", "2012" },
    { "2022年3月", "2022-03" },
    { "2022年03月份", "2022-03" },
    { "2022-03", "2022-03" },
    { "2022/3", "2022-03" },
    { "2022.12", "2022-12" },
    { "202203", "2022-03" },
    { "2022/3/5", "2022-03-05" },
    { "2022-03-05 00:00:00", "2022-03-05" },
    { "2022年3月5日", "2022-03-05" },
    { "20220305", "2022-03-05" },
    { "Spring 2022", "2022-spring" },
    { "2021 Fall", "2021-autumn" },
    { "2022-13", NULL },
    { "2022年13月", NULL },
    { "2022-02-30", NULL },
    { "2022/3-5", NULL },
    { "202213", NULL },
    { "Mar-22", NULL },
    { "22-Mar", NULL },
    { "2022年上学期", NULL },
    { "2022-2023", NULL },
    { "", NULL },
    { "春季学期", NULL },
    { "44621", NULL },
  };

  (void)state;
  check_recognised (cases, G_N_ELEMENTS (cases), FALSE);
}

static void
period_recognise__inside_a_title__the_first_form (void **state)
{
  static const Written cases[] = {
    { "沈阳市2021-2022学年第二学期学生视力监测统计表", "2022-spring" },
    { "沈阳市和平区2022年春季学期学生视力筛查汇总表(2022年6月30日)", "2022-spring" },
    { "课后服务情况统计表 2022年3月", "2022-03" },
    { "101 學年度 SY2012-2013", "2012" },
    { "210102和平区2022年度报表", "2022" },
    { "填表日期:2022-06-30", "2022-06-30" },
    { "学校编码2101020001", NULL },
    { "邮编110003,电话024-22850000", NULL },
    { "2012-2013", NULL },
  };

  (void)state;
  check_recognised (cases, G_N_ELEMENTS (cases), TRUE);
}

static void
period_find__kind_asked_for__other_kinds_passed_over (void **state)
{
  g_autofree char *term = period_find ("制表 2022-06-30,2022年春季学期", PERIOD_MASK (PERIOD_TERM), TRUE);
  g_autofree char *none = period_find ("制表 2022-06-30", PERIOD_MASK (PERIOD_TERM), TRUE);

  (void)state;
  assert_string_equal (term, "2022-spring");
  assert_null (none);
}

static void
period_time__each_kind__place_on_the_axis (void **state)
{
  static const struct {
    const char *text;
    double expected;
  } cases[] = {
    { "2019", 2019 },
    { "2019-spring", 2019.25 },
    { "2019-autumn", 2019.75 },
    { "2019-07", 2019 + 6.5 / 12 },
    { "2019-03-15", 2019 + 73 / 365.0 },
    { "2020-12-31", 2020 + 365 / 366.0 },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Period period;

    assert_true (period_parse (cases[i].text, &period));
    assert_true (ABS (period_time (&period) - cases[i].expected) < 1e-9);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (period_parse__canonical_text__first_and_last_day),
    cmocka_unit_test (period_parse__not_a_period__refused),
    cmocka_unit_test (period_recognise__whole_cell__canonical_or_nothing),
    cmocka_unit_test (period_recognise__inside_a_title__the_first_form),
    cmocka_unit_test (period_find__kind_asked_for__other_kinds_passed_over),
    cmocka_unit_test (period_time__each_kind__place_on_the_axis),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
