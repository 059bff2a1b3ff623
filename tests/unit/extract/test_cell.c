#include "extract/cell.h"

#include "../../support/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

typedef struct {
  const char *written;
  const char *expected; /* the value, or "!" and the check that answers, or "" for nothing */
} Case;

static char *
describe (ColumnType type, const Cell *cell)
{
  GDate date;

  if (cell->verdict == CELL_SUPPRESSED)
    return g_strdup ("(withheld)");
  if (cell->verdict == CELL_NOTHING)
    return g_strdup ("");
  if (cell->verdict != CELL_OK)
    return g_strconcat ("!", cell_check (cell->verdict), NULL);
  switch (type) {
  case TYPE_COUNT:
    return g_strdup_printf ("%" G_GINT64_FORMAT, cell->as.count);
  case TYPE_NUMBER:
    return g_strdup_printf ("%g", cell->as.number);
  case TYPE_BOOLEAN:
    return g_strdup (cell->as.boolean ? "true" : "false");
  case TYPE_DATE:
    if (cell->as.day == REGISTER_NO_END)
      return g_strdup ("infinity");
    g_date_clear (&date, 1);
    g_date_set_julian (&date, cell->as.day);
    return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date),
                            g_date_get_day (&date));
  default:
    assert_int_equal (cell->length, strlen (cell->text));
    return g_strdup (cell->text);
  }
}

/* Each cell twice: the second answer comes from what the reader remembers. */
static void
check (const char *feed_name, const char *column_name, const Case cases[], gsize n)
{
  const Catalogue *catalogue = export_catalogue ("");
  const Feed *feed = catalogue_feed (catalogue, feed_name);
  const FeedColumn *column = feed_column (feed, column_name);
  g_autoptr (CellReader) reader = cell_reader_new (catalogue, feed, column, export_register ());

  for (guint pass = 0; pass < 2; pass++)
    for (gsize i = 0; i < n; i++) {
      Cell cell;
      g_autofree char *got = NULL;

      cell_read (reader, cases[i].written, strlen (cases[i].written), &cell);
      got = describe (column->type, &cell);
      if (strcmp (got, cases[i].expected) != 0)
        fail_msg ("'%s': expected '%s', got '%s'", cases[i].written, cases[i].expected, got);
    }
}

static void
cell_read__count__value_or_defect (void **state)
{
  static const Case cases[] = {
    { "0", "0" },
    { "61", "61" },
    { "007", "7" },
    { " 61 ", "61" },
    { "６１", "61" },
    { "s", "(withheld)" },
    { "Ｓ", "(withheld)" },
    { " * ", "(withheld)" },
    { "＊", "(withheld)" },
    { "<5", "(withheld)" },
    { "＜5", "(withheld)" },
    { "< 5", "(withheld)" },
    { "≤11", "(withheld)" },
    { "少于5", "(withheld)" },
    { "<500", "!number" },
    { "5*", "!number" },
    { "1,527", "1527" },
    { "1，527", "1527" },
    { "12,345,678", "12345678" },
    { "61.0", "61" },
    { "61.00", "61" },
    { "+61", "61" },
    { "\u00a061\u3000", "61" },
    { "-0", "0" },
    { "", "" },
    { "  ", "" },
    { "-", "" },
    { "—", "" },
    { "无", "" },
    { "N/A", "" },
    { "999999999", "999999999" },
    { "-5", "!negative" },
    { "−5", "!negative" },
    { "-1,527", "!negative" },
    { "-0.5", "!negative" },
    { "61.5", "!fraction" },
    { "0.4", "!fraction" },
    { "1000000000", "!too_large" },
    { "99999999999999999999999", "!too_large" },
    { "十二", "!number" },
    { "61人", "!number" },
    { "6 1", "!number" },
    { "1,52", "!number" },
    { "1527,", "!number" },
    { ",527", "!number" },
    { "1,5274", "!number" },
    { "12345,678", "!number" },
    { "61.", "!number" },
    { ".5", "!number" },
    { "1e3", "!number" },
    { "61%", "!number" },
    { "0x10", "!number" },
    { "NaN", "!number" },
    { "inf", "!number" },
    { "=1+1", "!number" },
    { "--5", "!number" },
    { "12-Sep", "!excel_date" },
    { "Sep-12", "!excel_date" },
    { "12-Sep-22", "!excel_date" },
    { "9月12日", "!excel_date" },
    { "2022/9/12", "!excel_date" },
    { "2022-09-12", "!excel_date" },
    { "12-Foo", "!number" },
    { "Sep", "!number" },
    { "9-12", "!number" },
  };

  (void)state;
  check ("myopia", "examined", cases, G_N_ELEMENTS (cases));
}

static void
cell_read__number__value_or_defect (void **state)
{
  static const Case cases[] = {
    { "5", "5" },         { "2.5", "2.5" },       { "1,000.25", "1000.25" },   { "-1", "-1" },
    { "２．５", "2.5" },  { "无", "" },           { "5天", "!number" },        { "2.5.1", "!number" },
    { "50%", "!number" }, { "1e999", "!number" }, { "12-Sep", "!excel_date" },
  };

  (void)state;
  check ("after_school", "days_per_week", cases, G_N_ELEMENTS (cases));
}

static void
cell_read__code__leading_zeros_kept (void **state)
{
  static const Case cases[] = {
    { "0101020001", "0101020001" },
    { "２１０１０２０００１", "2101020001" },
    { "'0113", "0113" },
    { "=\"0113\"", "0113" },
    { " A-1_b ", "A-1_b" },
    { "", "" },
    { "1.31131E+11", "!scientific" },
    { "3E+12", "!scientific" },
    { "2101020001.0", "!code" },
    { "和平一小", "!code" },
    { "21 01", "!code" },
    { "0123456789012345678901234567890123456789012345678901234567890123456789", "!too_long" },
  };

  (void)state;
  check ("schools", "school_code", cases, G_N_ELEMENTS (cases));
}

static void
cell_read__words__canonical_value (void **state)
{
  static const Case grades[]
      = { { "P1", "P1" },   { "一年级", "P1" }, { "初二", "J2" },   { "高三", "S3" },     { "合计", "all" },
          { "all", "all" }, { "七年级", "J1" }, { "P7", "!value" }, { "大班", "!value" }, { "", "" } };
  static const Case sexes[] = { { "男", "M" }, { "F", "F" }, { "女生", "F" }, { "ALL", "all" }, { "？", "!value" } };
  static const Case booleans[]
      = { { "是", "true" }, { "否", "false" }, { "1", "true" }, { "也许", "!value" }, { "—", "" } };
  static const Case stages[]
      = { { "小学", "primary" }, { "九年一贯制", "nine_year" }, { "primary", "primary" }, { "大学", "!value" } };

  (void)state;
  check ("myopia", "grade", grades, G_N_ELEMENTS (grades));
  check ("myopia", "sex", sexes, G_N_ELEMENTS (sexes));
  check ("schools", "inclusive", booleans, G_N_ELEMENTS (booleans));
  check ("schools", "stage", stages, G_N_ELEMENTS (stages));
}

static void
cell_read__area__current_code_of_code_or_name (void **state)
{
  static const Case cases[] = {
    { "210102", "210102" }, { "和平区", "210102" },      { "210122", "210115" },      { "辽中县", "210115" },
    { "东陵区", "210112" }, { "铁岭市", "!area_known" }, { "999999", "!area_known" },
  };

  (void)state;
  check ("schools", "district_code", cases, G_N_ELEMENTS (cases));
}

static void
cell_read__period__of_the_feeds_frequency_alone (void **state)
{
  static const Case terms[] = {
    { "2022-spring", "2022-spring" }, { "2022年春季学期", "2022-spring" }, { "2021-2022学年第一学期", "2021-autumn" },
    { "2022-03", "!period_kind" },    { "2022", "!period_kind" },          { "春季", "!period" },
    { "Mar-22", "!period" }
  };
  static const Case months[]
      = { { "2022-03", "2022-03" },       { "2022年3月", "2022-03" },        { "202203", "2022-03" },
          { "2022/3/1", "!period_kind" }, { "2022-spring", "!period_kind" }, { "2022-13", "!period" } };
  static const Case years[] = { { "2022", "2022" }, { "2022-autumn", "2022-autumn" }, { "2022-03", "!period_kind" } };

  (void)state;
  check ("myopia", "period", terms, G_N_ELEMENTS (terms));
  check ("after_school", "period", months, G_N_ELEMENTS (months));
  check ("weight", "period", years, G_N_ELEMENTS (years));
}

static void
cell_read__date__day_or_defect (void **state)
{
  static const Case cases[]
      = { { "2022-09-01", "2022-09-01" }, { "2022/9/1", "2022-09-01" }, { "2022年9月1日", "2022-09-01" },
          { "20220901", "2022-09-01" },   { "infinity", "infinity" },   { "", "" },
          { "2022-02-30", "!date" },      { "2022-09", "!date" },       { "明年", "!date" } };

  (void)state;
  check ("schools", "valid_to", cases, G_N_ELEMENTS (cases));
}

static void
cell_read__text__trimmed_and_otherwise_kept (void **state)
{
  static const Case cases[] = { { "和平区第一小学（南校区）", "和平区第一小学（南校区）" },
                                { "\u3000和平一小 \u00a0", "和平一小" },
                                { "第一\n小学", "第一 小学" },
                                { "\xEF\xBB\xBF一小", "一小" },
                                { "无", "" },
                                { "A & B, <C>", "A & B, <C>" } };
  g_autofree char *long_name = g_strnfill (CELL_MAX_TEXT_CHARS + 1, 'x');
  const Case too_long[] = { { long_name, "!too_long" } };

  (void)state;
  check ("schools", "name", cases, G_N_ELEMENTS (cases));
  check ("schools", "name", too_long, 1);
}

static void
cell_read__school__found_in_the_register (void **state)
{
  const Catalogue *catalogue = export_catalogue ("");
  const Feed *feed = catalogue_feed (catalogue, "myopia");
  g_autoptr (CellReader) reader
      = cell_reader_new (catalogue, feed, feed_column (feed, "school_code"), export_register ());
  Cell cell;

  (void)state;
  assert_int_equal (cell_read (reader, "2101020001", 10, &cell), CELL_OK);
  assert_non_null (cell.as.school);
  assert_string_equal (cell.as.school->name, "和平一小");
  assert_int_equal (cell_read (reader, "2101029999", 10, &cell), CELL_OK);
  assert_null (cell.as.school);
}

/* More different texts than a reader remembers: the answers stay right. */
static void
cell_read__many_different_codes__still_right (void **state)
{
  const Catalogue *catalogue = export_catalogue ("");
  const Feed *feed = catalogue_feed (catalogue, "schools");
  g_autoptr (CellReader) reader = cell_reader_new (catalogue, feed, feed_column (feed, "school_code"), NULL);

  (void)state;
  for (guint i = 0; i < 70000; i++) {
    g_autofree char *code = g_strdup_printf ("S%u", i);
    Cell cell;

    assert_int_equal (cell_read (reader, code, strlen (code), &cell), CELL_OK);
    assert_string_equal (cell.text, code);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (cell_read__count__value_or_defect),
    cmocka_unit_test (cell_read__number__value_or_defect),
    cmocka_unit_test (cell_read__code__leading_zeros_kept),
    cmocka_unit_test (cell_read__words__canonical_value),
    cmocka_unit_test (cell_read__area__current_code_of_code_or_name),
    cmocka_unit_test (cell_read__period__of_the_feeds_frequency_alone),
    cmocka_unit_test (cell_read__date__day_or_defect),
    cmocka_unit_test (cell_read__text__trimmed_and_otherwise_kept),
    cmocka_unit_test (cell_read__school__found_in_the_register),
    cmocka_unit_test (cell_read__many_different_codes__still_right),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
