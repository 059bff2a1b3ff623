/* What becomes of whole exports: rows that are loaded, and what is passed over. */
#include "extract/extract.h"

#include "../../support/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define MYOPIA "school_code,period,grade,sex,examined,myopic\n"

typedef struct {
  const char *name;
  const char *text;
  const char *rules;
  const char *rows; /* joined by ; */
} Case;

static char *
join (const GPtrArray *rows)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? ";" : "", (const char *)rows->pdata[i]);
  return g_string_free (out, FALSE);
}

static void
check (const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_auto (Outcome) outcome = { 0 };
    g_autofree char *rows = NULL;

    export_read_text (cases[i].text, &outcome);
    rows = join (outcome.rows);
    if (strcmp (outcome.rules, cases[i].rules) != 0 || strcmp (rows, cases[i].rows) != 0)
      fail_msg ("%s: rules '%s', rows '%s'", cases[i].name, outcome.rules, rows);
  }
}

static void
extract_file__layouts_of_a_tall_export__same_rows (void **state)
{
  static const Case cases[] = {
    { "canonical", MYOPIA "2101020001,2022-spring,P1,M,60,12\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "semicolons, CRLF", "school_code;period;grade;sex;examined;myopic\r\n2101020001;2022-spring;P1;M;60;12\r\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "tabs, CR", "school_code\tperiod\tgrade\tsex\texamined\tmyopic\r2101020001\t2022-spring\tP1\tM\t60\t12\r", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "Chinese, another order, title, note, required marks",
      "沈阳市2021-2022学年第二学期近视筛查表,,,,,,\n,,,,,,\n序号,性别,所在年级*,受检 "
      "人数,近视人数,学校(机构)标识码,备注\n"
      "1,男,一年级,６０,\"12\",２１０１０２０００１,无\n注:本表由学校填写,,,,,,\n",
      "", "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "a period in the title and none in the cell",
      "2022年春季学期\nschool_code,period,grade,sex,examined,myopic\n2101020001,,P1,M,60,12\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "cells before titles",
      "2022年秋季学期\nschool_code,period,grade,sex,examined,myopic\n2101020001,2022春,P1,M,60,12\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "short row", MYOPIA "2101020001,2022-spring,P1,M,60,12\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "extra cells that are empty", MYOPIA "2101020001,2022-spring,P1,M,60,12,, ,\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
    { "repeated header, blank rows, total",
      MYOPIA "2101020001,2022-spring,P1,M,60,12\n,,,,,\n\n" MYOPIA
             "2101020001,2022-spring,P1,F,50,11\n合 计,,,,110,23\n",
      "", "210102 2022: 2101020001|2022-spring|P1|M|60|12|||;210102 2022: 2101020001|2022-spring|P1|F|50|11|||" },
    { "names nobody asked for",
      "school_code,period,grade,sex,examined,myopic,心情\n2101020001,2022-spring,P1,M,60,12,好\n", "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||" },
  };

  (void)state;
  check (cases, G_N_ELEMENTS (cases));
}

static void
extract_file__wide_export__a_row_for_each_cell_that_says_something (void **state)
{
  static const Case cases[] = {
    { "two grades",
      "2022年春季学期\n学校代码,一年级男检查人数,一年级男近视人数,一年级女检查人数,一年级女近视人数,二年级男检查人数,"
      "二年级男近视人数\n"
      "2101020001,60,12,50,11,,\n2101220006,-,-,40,9,30,8\n",
      "",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||;210102 2022: 2101020001|2022-spring|P1|F|50|11|||;"
      "210115 2022: 2101220006|2022-spring|P1|F|40|9|||;210115 2022: 2101220006|2022-spring|P2|M|30|8|||" },
    { "totals that are right",
      "2022年春季学期\n学校代码,一年级检查人数,一年级男检查人数,一年级男近视人数,一年级女检查人数,一年级女近视人数\n"
      "2101020001,110,60,12,50,11\n",
      "", "210102 2022: 2101020001|2022-spring|P1|M|60|12|||;210102 2022: 2101020001|2022-spring|P1|F|50|11|||" },
    { "half a slot",
      "2022年春季学期\n学校代码,一年级男检查人数,一年级男近视人数,一年级女检查人数,一年级女近视人数\n"
      "2101020001,60,12,50,\n2101020001,,,,\n2101030003,60,12,50,11\n2101220006,60,12,50,11\n2101040008,60,12,50,11\n"
      "2101030004,,,,\n2101030005,,,,\n2101020002,,,,\n2101220006,,,,\n2101030005,,,,\n",
      "R-REQUIRED",
      "210102 2022: 2101020001|2022-spring|P1|M|60|12|||;210103 2022: 2101030003|2022-spring|P1|M|60|12|||;"
      "210103 2022: 2101030003|2022-spring|P1|F|50|11|||;210115 2022: 2101220006|2022-spring|P1|M|60|12|||;"
      "210115 2022: 2101220006|2022-spring|P1|F|50|11|||;210105 2022: 2101040008|2022-spring|P1|M|60|12|||;"
      "210105 2022: 2101040008|2022-spring|P1|F|50|11|||" },
    { "a header that lacks half a slot",
      "2022年春季学期\n学校代码,一年级男检查人数,一年级男近视人数,一年级女检查人数\n2101020001,60,12,50\n", "R-HEADER",
      "" },
    { "the same cell twice",
      "2022年春季学期\n学校代码,一年级男检查人数,一年级男近视人数,一年级男检查人数\n2101020001,60,12,60\n",
      "R-HEADER-DUPLICATE", "" },
  };

  (void)state;
  check (cases, G_N_ELEMENTS (cases));
}

/* Nine good rows of other schools and periods keep one bad row within the limit. */
#define OTHERS                                                                                                         \
  "2101030003,2022-spring,P1,M,60,12\n2101030003,2022-spring,P1,F,60,12\n2101030003,2022-spring,P2,M,60,12\n"          \
  "2101030003,2022-spring,P2,F,60,12\n2101030003,2022-spring,P3,M,60,12\n2101030003,2022-spring,P3,F,60,12\n"          \
  "2101030003,2022-spring,P4,M,60,12\n2101030003,2022-spring,P4,F,60,12\n2101030003,2022-spring,P5,M,60,12\n"          \
  "2101030003,2022-spring,P5,F,60,12\n2101030003,2022-spring,P6,M,60,12\n2101030003,2022-spring,P6,F,60,12\n"          \
  "2101030003,2022-spring,J1,M,60,12\n2101030003,2022-spring,J1,F,60,12\n2101030003,2022-spring,J2,M,60,12\n"          \
  "2101030003,2022-spring,J2,F,60,12\n2101030003,2022-spring,J3,M,60,12\n2101030003,2022-spring,J3,F,60,12\n"          \
  "2101030003,2021-spring,P1,M,60,12\n2101030003,2021-spring,P1,F,60,12\n2101030003,2021-spring,P2,M,60,12\n"          \
  "2101030003,2021-spring,P2,F,60,12\n2101030003,2021-spring,P3,M,60,12\n2101030003,2021-spring,P3,F,60,12\n"          \
  "2101030003,2021-spring,P4,M,60,12\n2101030003,2021-spring,P4,F,60,12\n2101030003,2021-spring,P5,M,60,12\n"          \
  "2101030003,2021-spring,P5,F,60,12\n2101030003,2021-spring,P6,M,60,12\n2101030003,2021-spring,P6,F,60,12\n"

static void
extract_file__rows_for_all_beside_rows_for_each__checked_and_not_loaded (void **state)
{
  static const struct {
    const char *name;
    const char *text; /* of one school */
    const char *rules;
    const char *rows; /* of that school: grade, sex, examined */
    guint totals;
  } cases[] = {
    { "all alone is data", "all,all,100,20\n", "", "all all 100", 0 },
    { "grades over both sexes are data", "P1,all,60,12\nP2,all,40,8\n", "", "P1 all 60;P2 all 40", 0 },
    { "school over grades", "P1,all,60,12\nP2,all,40,8\nall,all,100,20\n", "", "P1 all 60;P2 all 40", 1 },
    { "every margin",
      "all,all,100,20\nP1,M,30,6\nP1,F,30,6\nP2,M,20,4\nP2,F,20,4\nP1,all,60,12\nP2,all,40,8\nall,M,50,10\nall,F,50,"
      "10\n",
      "", "P1 M 30;P1 F 30;P2 M 20;P2 F 20", 5 },
    { "a grade known as a whole only", "P1,M,30,6\nP1,F,30,6\nP2,all,40,8\nall,all,100,20\n", "",
      "P1 M 30;P1 F 30;P2 all 40", 1 },
    { "margins without cells", "P1,all,60,12\nP2,all,40,8\nall,M,50,10\nall,F,50,10\n", "", "P1 all 60;P2 all 40", 2 },
    { "margins that differ", "P1,all,60,12\nP2,all,40,8\nall,M,50,10\nall,F,51,10\n", "R-TOTAL", "", 2 },
    { "a total that is wrong takes what it covers with it", "P1,M,30,6\nP1,F,30,6\nP2,M,20,4\nP1,all,61,12\n",
      "R-TOTAL", "P2 M 20", 1 },
    { "two counts wrong", "P1,M,30,6\nP1,F,30,6\nP1,all,61,13\n", "R-TOTAL, R-TOTAL", "", 1 },
    { "a part that was refused says nothing about the total", "P1,M,30,6\nP1,F,30,x\nP1,all,61,13\n", "R-NUMBER",
      "P1 M 30", 1 },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) text = g_string_new (MYOPIA OTHERS), rows = g_string_new (NULL);
    g_auto (GStrv) lines = g_strsplit (cases[i].text, "\n", -1);
    g_auto (Outcome) outcome = { 0 };

    for (guint k = 0; *lines[k] != '\0'; k++)
      g_string_append_printf (text, "2101020001,2022-spring,%s\n", lines[k]);
    export_read_text (text->str, &outcome);
    for (guint k = 0; k < outcome.rows->len; k++) {
      g_auto (GStrv) cells = g_strsplit (outcome.rows->pdata[k], "|", -1);

      if (strstr (cells[0], "2101020001") != NULL)
        g_string_append_printf (rows, "%s%s %s %s", rows->len > 0 ? ";" : "", cells[2], cells[3], cells[4]);
    }
    if (strcmp (outcome.rules, cases[i].rules) != 0 || strcmp (rows->str, cases[i].rows) != 0
        || outcome.extract.total_rows != cases[i].totals)
      fail_msg ("%s: rules '%s', rows '%s', totals %d", cases[i].name, outcome.rules, rows->str,
                (int)outcome.extract.total_rows);
    assert_int_equal (outcome.extract.rows_accepted, outcome.rows->len);
  }
}

static void
extract_file__footers__compared_with_the_sum (void **state)
{
  static const struct {
    const char *text;
    const char *rules;
  } cases[] = {
    { "合计,,,,1800,360\n", "" },
    { "合计,,,,1800,361\n", "R-TOTAL-ROW" },
    { "小计,,,,1800,360\n总计,,,,1800,360\n", "" },
    { "小计,,,,1800,360\n2101020001,2022-spring,P1,M,10,1\n小计,,,,10,1\n总计,,,,1810,361\n", "" },
    { "小计,,,,1800,360\n2101020001,2022-spring,P1,M,10,1\n小计,,,,11,1\n总计,,,,1810,361\n", "R-TOTAL-ROW" },
    { "总计,,,,,\n", "" },
    { "备注:以上为实际检查人数,,,,,\n填表人:张三,,,,,\n", "" },
    { "2101020001,2022-spring,P1,M,x,1\n合计,,,,1810,361\n", "R-NUMBER" },
    /* a part is withheld: the total may be anything above what is known, and nothing below it */
    { "2101020001,2022-spring,P1,M,s,1\n合计,,,,1850,361\n", "" },
    { "2101020001,2022-spring,P1,M,s,1\n合计,,,,1850,362\n", "R-TOTAL-ROW" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat (MYOPIA OTHERS, cases[i].text, NULL);
    g_auto (Outcome) outcome = { 0 };

    export_read_text (text, &outcome);
    if (strcmp (outcome.rules, cases[i].rules) != 0 || outcome.extract.refused || outcome.extract.footer_rows == 0)
      fail_msg ("case %zu: rules '%s', %d footers", i, outcome.rules, (int)outcome.extract.footer_rows);
  }
}

static void
extract_file__equal_rows__first_stays__unequal_rows__none (void **state)
{
  static const char again[] = "2101030003,2022-spring,P1,M,60,12\n", other[] = "2101030003,2022-spring,P1,M,60,13\n";
  g_autofree char *equal = g_strconcat (MYOPIA OTHERS, again, NULL);
  g_autofree char *unequal = g_strconcat (MYOPIA OTHERS, other, NULL);
  g_auto (Outcome) first = { 0 }, second = { 0 };

  (void)state;
  export_read_text (equal, &first);
  assert_string_equal (first.rules, "R-DUPLICATE-KEY");
  assert_int_equal (first.rows->len, 30);
  export_read_text (unequal, &second);
  assert_string_equal (second.rules, "R-DUPLICATE-KEY 2");
  assert_int_equal (second.rows->len, 29);
  assert_int_equal (second.extract.rows_rejected, 2);
  assert_null (strstr (second.rows->pdata[0], "|P1|M|"));
}

static void
extract_file__register_and_areas__district_of_the_period (void **state)
{
  static const Case cases[] = {
    { "a school that moved", MYOPIA "2101040008,2020-autumn,P1,M,60,12\n2101040008,2021-spring,P1,M,60,12\n", "",
      "210104 2020: 2101040008|2020-autumn|P1|M|60|12|||;210105 2021: 2101040008|2021-spring|P1|M|60|12|||" },
    { "a district's old code", MYOPIA "2101220006,2015-spring,P1,M,60,12\n", "",
      "210115 2015: 2101220006|2015-spring|P1|M|60|12|||" },
    { "a school that moved, its rows mixed with another's",
      MYOPIA "2101040008,2020-autumn,P1,M,60,12\n2101040008,2020-autumn,P1,F,60,12\n2101040008,2021-spring,P1,F,60,12\n"
             "2101020001,2021-spring,P1,F,60,12\n2101040008,2020-autumn,P2,F,60,12\n",
      "",
      "210104 2020: 2101040008|2020-autumn|P1|M|60|12|||;210104 2020: 2101040008|2020-autumn|P1|F|60|12|||;"
      "210105 2021: 2101040008|2021-spring|P1|F|60|12|||;210102 2021: 2101020001|2021-spring|P1|F|60|12|||;"
      "210104 2020: 2101040008|2020-autumn|P2|F|60|12|||" },
    { "closed within the term", MYOPIA "2101040007,2020-spring,P1,M,60,12\n", "",
      "210104 2020: 2101040007|2020-spring|P1|M|60|12|||" },
    { "the register itself",
      "school_code,name,district_code,stage,ownership,inclusive,valid_from,valid_to\n2101020099,新校,和平区,小学,公办,"
      "否,2022-09-01,\n"
      "2101220098,老校,辽中县,初中,民办,,,2016/1/13\n",
      "",
      " 0: 2101020099|新校|210102|primary|public|false|||2022-09-01|; 0: "
      "2101220098|老校|210115|junior|private||||1990-01-01|2016-01-13" },
    { "areas",
      "area_code,period,target,count\n和平区,2022-03,sports_teams,3\n210122,2022年3月,体育精品团队,\"1,004\"\n", "",
      "210102 2022: 210102|2022-03|sports_teams|3;210115 2022: 210115|2022-03|sports_teams|1004" },
  };

  (void)state;
  check (cases, G_N_ELEMENTS (cases));
}

static void
extract_file__title_that_marks_simulated_data__noted (void **state)
{
  g_auto (Outcome) marked = { 0 }, plain = { 0 };

  (void)state;
  export_read_text ("2022年春季学期近视筛查(模拟数据)\n" MYOPIA "2101020001,2022-spring,P1,M,60,12\n", &marked);
  export_read_text ("2022年春季学期近视筛查\n" MYOPIA "2101020001,2022-spring,P1,M,60,12\n", &plain);
  assert_true (marked.extract.layout->simulated);
  assert_false (plain.extract.layout->simulated);
}

/* What a file is in, and how its lines end, must not matter to what is read from it. */
static void
extract_file__every_encoding_and_layout__same_rows (void **state)
{
  static const struct {
    const char *iconv;
    const char *mark;
    const char *name;
  } encodings[] = {
    { "UTF-8", "", "UTF-8" },       { "UTF-8", "\xEF\xBB\xBF", "UTF-8-BOM" }, { "GB18030", "", "GB18030" },
    { "GBK", "", "GB18030" },       { "UTF-16LE", "\xFF\xFE", "UTF-16LE" },   { "UTF-16BE", "\xFE\xFF", "UTF-16BE" },
    { "UTF-16LE", "", "UTF-16LE" }, { "UTF-16BE", "", "UTF-16BE" },
  };
  static const char *const separators[] = { ",", ";", "\t" }, *const ends[] = { "\n", "\r\n", "\r" };
  static const char *const grades[] = { "一年级", "二年级", "三年级", "四年级", "五年级", "六年级" };
  g_autofree char *reference = NULL;

  (void)state;
  for (gsize e = 0; e < G_N_ELEMENTS (encodings); e++)
    for (gsize s = 0; s < G_N_ELEMENTS (separators); s++)
      for (gsize l = 0; l < G_N_ELEMENTS (ends); l++) {
        g_autoptr (GString) text
            = g_string_new ("沈阳市2022年秋季学期\n学校代码|学校名称|年级|性别|检查人数|近视人数\n");
        g_autoptr (GBytes) bytes = NULL;
        g_auto (Outcome) outcome = { 0 };
        g_autofree char *rows = NULL;

        for (guint i = 0; i < 24; i++)
          g_string_append_printf (text, "%s|\"沈阳市\"\"第一\"\"学校%u\"|%s|%s|%u|%u\n",
                                  i % 2 == 0 ? "2101020001" : "2101030003", i, grades[i / 2 % 6], i < 12 ? "男" : "女",
                                  100 + i, i);
        g_string_replace (text, "|", separators[s], 0);
        g_string_replace (text, "\n", ends[l], 0);
        bytes = export_encode (text->str, encodings[e].iconv, encodings[e].mark);
        export_read ("", "test.csv", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &outcome);
        assert_string_equal (outcome.rules, "");
        assert_string_equal (encoding_info (outcome.extract.encoding)->name, encodings[e].name);
        assert_int_equal (outcome.extract.layout->separator, *separators[s]);
        assert_int_equal (outcome.rows->len, 24);
        rows = join (outcome.rows);
        if (reference == NULL)
          reference = g_steal_pointer (&rows);
        else
          assert_string_equal (rows, reference);
      }
}

/* A table of the shape of the Taiwanese one, made here: UTF-16LE, tabs, two title lines, a column for each grade and
 * sex. */
static void
extract_file__taiwanese_table__long_by_its_catalogue_alone (void **state)
{
  static const char *const head
      = "國民小學校別資料\t\t\n101 學年度 "
        "SY2012-2013\t\t\n縣市代碼\t縣市名稱\t學校代碼\t學校名稱\t班級數\t1年級\t學生數\t男學生\t女學生\t"
        "1年級男\t1年級女\t2年級男\t2年級女\t3年級男\t3年級女\t4年級男\t4年級女\t5年級男\t5年級女\t6年級男\t6年級女\t畢"
        "業生\n";
  static const char *const rows
      = "01\t新北市\t014301\t市立甲國小\t12\t2\t\"1,012\"\t512\t500\t500\t500\t1\t-\t1\t-\t1\t-\t1\t-\t8\t-\t99\n"
        "72\t連江縣\t724608\t縣立乙國(中)小\t6\t1\t3\t2\t1\t1\t1\t-\t-\t-\t-\t-\t-\t-\t-\t1\t-\t9\n";
  g_autofree char *text = g_strconcat (head, rows, NULL);
  g_autoptr (GBytes) bytes = export_encode (text, "UTF-16LE", "\xFF\xFE");
  g_auto (Outcome) outcome = { 0 };

  (void)state;
  export_read ("examples/taiwan", "test.txt", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &outcome);
  assert_string_equal (outcome.rules, "");
  assert_int_equal (outcome.rows->len, 24);
  assert_string_equal (outcome.rows->pdata[0], "01 2012: 01|014301|市立甲國小|2012|P1|M|500");
  assert_string_equal (outcome.rows->pdata[23], "72 2012: 72|724608|縣立乙國(中)小|2012|P6|F|0");
}

static void
extract_file__more_rejects_than_are_kept__all_counted (void **state)
{
  g_autoptr (GString) text = g_string_new (MYOPIA);
  g_auto (Outcome) outcome = { 0 };

  (void)state;
  for (guint i = 0; i < REJECTS_KEPT + 10; i++)
    g_string_append (text, "2101020001,2022-spring,P1,M,x,12\n");
  export_read_text (text->str, &outcome);
  assert_true (outcome.extract.refused);
  assert_int_equal (outcome.extract.rejects->kept->len, REJECTS_KEPT);
  assert_int_equal (outcome.extract.rejects->refused, REJECTS_KEPT + 11); /* and the file itself */
  assert_int_equal (outcome.extract.rows_rejected, REJECTS_KEPT + 10);
}

static void
extract_file__gbk_that_is_good_utf8__read_by_its_header (void **state)
{
  /* 学校 in GBK is D1 A7 D0 A3: two Cyrillic letters of UTF-8. */
  static const char text[]
      = "\xD1\xA7\xD0\xA3\xB4\xFA\xC2\xEB,period,grade,sex,examined,myopic\n2101020001,2022-spring,P1,M,60,12\n";
  g_auto (Outcome) outcome = { 0 };

  (void)state;
  export_read ("", "test.csv", text, sizeof text - 1, &outcome);
  assert_string_equal (encoding_info (outcome.extract.encoding)->name, "GB18030");
  assert_int_equal (outcome.rows->len, 1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (extract_file__layouts_of_a_tall_export__same_rows),
    cmocka_unit_test (extract_file__wide_export__a_row_for_each_cell_that_says_something),
    cmocka_unit_test (extract_file__rows_for_all_beside_rows_for_each__checked_and_not_loaded),
    cmocka_unit_test (extract_file__footers__compared_with_the_sum),
    cmocka_unit_test (extract_file__equal_rows__first_stays__unequal_rows__none),
    cmocka_unit_test (extract_file__register_and_areas__district_of_the_period),
    cmocka_unit_test (extract_file__title_that_marks_simulated_data__noted),
    cmocka_unit_test (extract_file__every_encoding_and_layout__same_rows),
    cmocka_unit_test (extract_file__taiwanese_table__long_by_its_catalogue_alone),
    cmocka_unit_test (extract_file__more_rejects_than_are_kept__all_counted),
    cmocka_unit_test (extract_file__gbk_that_is_good_utf8__read_by_its_header),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
