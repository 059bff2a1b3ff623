/* Every rule of seeds/rule.csv, each provoked by an export, with the row and column that it names and what else is
 * loaded. */
#include "extract/extract.h"
#include "extract/rules.h"

#include "../../support/export.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MYOPIA "school_code,period,grade,sex,examined,myopic,mild,moderate,high\n"
#define MYOPIA_GOOD "2101020001,2022-spring,P1,M,60,12,,,\n"
#define WEIGHT "school_code,period,grade,sex,examined,overweight,obese\n"
#define PLACES "school_code,period,places,enrolled\n"
#define AFTER "school_code,period,enrolled,willing,served,days_per_week,hours_per_day\n"
#define SCHOOLS "school_code,name,district_code,stage,ownership,valid_from,valid_to\n"
#define TALLY "area_code,period,target,count\n"
/* Ten good rows, so that one bad row is within the limit of rejects. */
#define FILLER                                                                                                         \
  "2101020001,2021-spring,P1,M,60,12,,,\n2101020001,2021-spring,P1,F,60,12,,,\n2101020001,2021-spring,P2,M,60,12,,,\n" \
  "2101020001,2021-spring,P2,F,60,12,,,\n2101020001,2021-spring,P3,M,60,12,,,\n2101020001,2021-spring,P3,F,60,12,,,\n" \
  "2101020001,2021-spring,P4,M,60,12,,,\n2101020001,2021-spring,P4,F,60,12,,,\n2101020001,2021-spring,P5,M,60,12,,,\n" \
  "2101020001,2021-spring,P5,F,60,12,,,\n"

typedef struct {
  const char *text;
  const char *rules; /* of all groups, in order */
  guint row;         /* of the first group */
  guint column_no;
  const char *value;
  const char *says; /* what the Chinese message must contain */
  gboolean refused;
  guint rows; /* long rows loaded */
} Case;

static const Case cases[] = {
  { "", "R-EMPTY", 0, 0, NULL, "是空的", TRUE, 0 },
  { MYOPIA, "R-EMPTY", 1, 0, NULL, "是空的", TRUE, 0 },
  { "PK\x03\x04 whatever", "R-WORKBOOK", 0, 0, NULL, "另存为", TRUE, 0 },
  { MYOPIA "2101020001,2022-spring,P1,M,\xFF\xFE,12,,,\n", "R-ENCODING", 0, 0, NULL, "UTF-8: 2:29", TRUE, 0 },
  { "\xBE\xC7\xAE\xD5\xA5\x4E\xBD\x58,\xA6\x7E\xAF\xC5,\xA9\xCA\xA7\x4F,\xC0\xCB\xAC\x64\xA4\x48\xBC\xC6\n1,2,3,4\n",
    "R-BIG5", 0, 0, NULL, "Big5", TRUE, 0 },
  { MYOPIA MYOPIA_GOOD "2101020001,2022-spring,P1,\"F,60,12,,,\n", "R-QUOTE", 3, 4, "F,60,12,,, ", "双引号", TRUE, 0 },
  { "a,b\n1,2\n", "R-HEADER", 1, 0, NULL, "没有一列属于已知的报表。可提交的报表有：学校名录、", TRUE, 0 },
  { "School Code,b\n1,2\n", "R-HEADER", 1, 0, NULL, "没有找到 学校代码（school_code；文件中的“School Code”？）", TRUE,
    0 },
  { "学校代码,学期,年级,性别,受检人数,近視人数\n2101020001,2022-spring,P1,M,60,12\n", "R-HEADER", 1, 0, NULL,
    "没有找到 近视人数（myopic；文件中的“近視人数”？）", TRUE, 0 },
  { "school_code,period,places,enrolled,willing,served,days_per_week,hours_per_day\n", "R-HEADER-AMBIGUOUS", 1, 0, NULL,
    "学位与在校生、课后服务", TRUE, 0 },
  { "school_code,学校代码,period,places,enrolled\n", "R-HEADER-DUPLICATE", 1, 2, NULL, "A (school_code), B (学校代码)",
    TRUE, 0 },
  { "学籍号,姓名,左眼裸眼视力\n1,张三,4.8\n", "R-INDIVIDUAL", 1, 0, NULL, "个人数据", TRUE, 0 },
  { "2022年视力情况表,,,\nschool_code,grade,sex,examined,myopic\n2101020001,P1,M,60,12\n", "R-PERIOD-MISSING", 2, 0,
    NULL, "2022年视力情况表", TRUE, 0 },
  { MYOPIA MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,x,,,\n", "R-NUMBER", 3, 6, "x", "应为数字", FALSE, 1 },

  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,,12,,,\n", "R-REQUIRED", 13, 5, "", "“examined”为空", FALSE,
    11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,六十,12,,,\n", "R-NUMBER", 13, 5, "六十", "“六十”", FALSE,
    11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,12-Sep,,,\n", "R-NUMBER", 13, 6, "12-Sep", "变成了日期",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,-12,,,\n", "R-NEGATIVE", 13, 6, "-12", "不能为负数",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,12.5,,,\n", "R-FRACTION", 13, 6, "12.5", "应为整数",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,6000000000,12,,,\n", "R-RANGE", 13, 5, "6000000000",
    "999999999", FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2.101E+09,2022-spring,P1,F,60,12,,,\n", "R-CODE", 13, 1, "2.101E+09", "1.31131E+11",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "和平一小,2022-spring,P1,F,60,12,,,\n", "R-CODE", 13, 1, "和平一小", "不是代码", FALSE,
    11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,女女,60,12,,,\n", "R-VALUE", 13, 4, "女女", "可能是：女",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,春天,P1,F,60,12,,,\n", "R-PERIOD", 13, 2, "春天", "2022年春季学期", FALSE,
    11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-05,P1,F,60,12,,,\n", "R-PERIOD", 13, 2, "2022-05", "2022年春季学期",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2023-spring,P1,F,60,12,,,\n", "R-PERIOD-FUTURE", 13, 2, "2023-spring",
    "2022-12-01", FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,12,,,,7\n", "R-RAGGED", 13, 10, "7", "10 个单元格", FALSE,
    11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,61,,,\n", "R-EXCEEDS", 13, 6, "61",
    "近视人数 ≤ 检查人数 不成立：前者为 61，后者为 60", FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,12,8,4,1\n", "R-SUM", 13, 7, "8", "各部分之和为 13",
    FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,0,0,,,\n", "R-NONE-EXAMINED", 13, 5, "0", "为 0", FALSE,
    11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,F,60,60,,,\n", "R-PLAUSIBLE", 13, 6, "60", "待确认", FALSE,
    12 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,P1,M,60,13,,,\n", "R-DUPLICATE-KEY 2", 13, 1, "2101020001",
    "与第 12 行（文件第 12 行）", FALSE, 10 },
  { MYOPIA FILLER FILLER, "R-DUPLICATE-KEY 10, R-LIMIT", 12, 1, "2101020001", "与第 2 行", TRUE, 0 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020009,2022-spring,P1,F,60,12,,,\n", "R-SCHOOL-UNKNOWN", 13, 1, "2101020009",
    "2101020001 和平一小", FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020009,2022-spring,P1,F,60,12,,,\n2101020009,2022-spring,P1,M,60,12,,,\n2101020009,"
                              "2022-spring,P2,M,60,12,,,\n2101020001,2022-spring,P2,M,60,12,,,\n",
    "R-SCHOOL-UNKNOWN 3", 13, 1, "2101020009", "2101020001 和平一小", FALSE, 12 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2023-spring,P1,F,60,12,,,\n2101020001,2023-spring,P2,F,60,12,,,\n2101020001,"
                              "2022-spring,P2,F,60,12,,,\n",
    "R-PERIOD-FUTURE 2", 13, 2, "2023-spring", "2022-12-01", FALSE, 12 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,J1,F,60,12,,,\n2101020001,2022-spring,P2,F,60,12,,,\n2101020001,"
                              "2022-spring,J1,M,60,12,,,\n",
    "R-GRADE-STAGE 2", 13, 3, "J1", "该校为小学", FALSE, 12 },
  { MYOPIA FILLER MYOPIA_GOOD "2101040007,2022-spring,P1,F,60,12,,,\n", "R-SCHOOL-CLOSED", 13, 1, "2101040007",
    "1990-01-01 – 2020-07-01", FALSE, 11 },
  { MYOPIA FILLER MYOPIA_GOOD "2101020001,2022-spring,J1,F,60,12,,,\n", "R-GRADE-STAGE", 13, 3, "J1", "该校为小学",
    FALSE, 11 },
  { MYOPIA FILLER "2101020001,2022-spring,P1,M,60,12,,,\n2101020001,2022-spring,P1,F,60,13,,,\n2101020001,2022-spring,"
                  "P1,all,120,24,,,\n",
    "R-TOTAL", 14, 6, "24", "合计“myopic”为 24，各项之和为 25", FALSE, 10 },

  { MYOPIA MYOPIA_GOOD "合计,,,,61,12,,,\n", "R-TOTAL-ROW", 3, 5, "61", "各行之和为 60", FALSE, 1 },
  { WEIGHT "2101020001,2022-autumn,P1,M,60,40,21\n", "R-EXCEEDS, R-LIMIT", 2, 6, "40", "≤ 检查人数", TRUE, 0 },
  { WEIGHT "2101020001,2022-autumn,P1,M,60,30,28\n", "R-PLAUSIBLE", 2, 6, "30", "待确认", FALSE, 1 },
  { WEIGHT "2101020001,2022-autumn,P1,M,0,0,0\n", "R-NONE-EXAMINED, R-LIMIT", 2, 5, "0", "没有检查", TRUE, 0 },
  { PLACES "2101020001,2022-autumn,100,300\n", "R-PLAUSIBLE", 2, 4, "300", "待确认", FALSE, 1 },
  { AFTER "2101020001,2022-03,100,101,50,5,2\n", "R-EXCEEDS, R-LIMIT", 2, 4, "101", "有意愿人数 ≤ 在校生数", TRUE, 0 },
  { AFTER "2101020001,2022-03,100,90,91,5,2\n", "R-EXCEEDS, R-LIMIT", 2, 5, "91", "享受服务人数 ≤ 有意愿人数", TRUE,
    0 },
  { AFTER "2101020001,2022-03,100,90,90,8,2\n", "R-RANGE, R-LIMIT", 2, 6, "8", "0–7", TRUE, 0 },
  { AFTER "2101020001,2022-03,100,90,90,5,25\n", "R-RANGE, R-LIMIT", 2, 7, "25", "0–12", TRUE, 0 },
  { SCHOOLS "2101020099,新校,和平区,小学,公办,明年,\n", "R-DATE, R-LIMIT", 2, 6, "明年", "不是日期", TRUE, 0 },
  { SCHOOLS "2101020099,新校,和平区,小学,公办,2022-09-01,2022-09-01\n", "R-VALIDITY, R-LIMIT", 2, 6, "2022-09-01",
    "不早于", TRUE, 0 },
  { SCHOOLS "2101020099,新校,平和区,小学,公办,,\n", "R-AREA-UNKNOWN, R-LIMIT", 2, 3, "平和区", "可能是：和平区", TRUE,
    0 },
  { SCHOOLS "2101020099,12-Sep,和平区,小学,公办,,\n", "R-EXCEL-DATE", 2, 2, "12-Sep", "变成了日期", FALSE, 1 },
  { TALLY "210199,2022-03,sports_teams,3\n", "R-AREA-UNKNOWN, R-LIMIT", 2, 1, "210199", "可能是：2101", TRUE, 0 },
  { TALLY "210102,2022-03,体育团对,3\n", "R-VALUE, R-LIMIT", 2, 3, "体育团对", "可能是：体育团队", TRUE, 0 },
};

static void
check_first (const Case *c, const Outcome *outcome, gsize number)
{
  const RejectGroup *group = outcome->extract.rejects->groups->pdata[0];

  if (group->first->row != c->row || group->column_no != c->column_no)
    fail_msg ("case %zu (%s): row %u column %u", number, c->rules, group->first->row, group->column_no);
  if (c->value != NULL)
    assert_string_equal (group->first->value, c->value);
  if (strstr (group->first->message, c->says) == NULL)
    fail_msg ("case %zu (%s) says: %s", number, c->rules, group->first->message);
  if (strchr (group->first->message, '{') != NULL || strchr (group->first->message_en, '{') != NULL)
    fail_msg ("case %zu (%s): a place is not filled: %s", number, c->rules, group->first->message_en);
  if (g_str_has_suffix (group->first->message_en, " "))
    fail_msg ("case %zu (%s) ends with a blank: %s", number, c->rules, group->first->message_en);
  assert_true (g_utf8_validate (group->first->message, -1, NULL));
}

static void
extract_file__each_rule__named_with_place_value_and_advice (void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Outcome) outcome = { 0 };

    export_read_text (cases[i].text, &outcome);
    if (strcmp (outcome.rules, cases[i].rules) != 0)
      fail_msg ("case %zu: expected %s, got %s", i, cases[i].rules, outcome.rules);
    check_first (&cases[i], &outcome, i);
    if (outcome.extract.refused != cases[i].refused || outcome.rows->len != cases[i].rows)
      fail_msg ("case %zu (%s): %srefused, %u rows", i, cases[i].rules, outcome.extract.refused ? "" : "not ",
                outcome.rows->len);
  }
}

/* ---- what a text alone cannot provoke */

static void
expect (const char *folder, const void *data, gsize length, const char *rules)
{
  g_auto (Outcome) outcome = { 0 };

  export_read (folder, "test.csv", data, length, &outcome);
  assert_string_equal (outcome.rules, rules);
  assert_true (outcome.extract.refused || strcmp (rules, "R-TOO-LONG") == 0);
}

static void
extract_file__nul_bytes__refused (void **state)
{
  static const char text[] = MYOPIA "2101020001,2022-spring,P1,M,6\0,12,,,\n";

  (void)state;
  expect ("", text, sizeof text - 1, "R-NUL");
}

static void
extract_file__endless_line__refused (void **state)
{
  g_autoptr (GString) text = g_string_new (MYOPIA);

  (void)state;
  while (text->len < 300000)
    g_string_append (text, "xxxxxxxxxxxxxxxx");
  expect ("", text->str, text->len, "R-CEILING");
}

static void
extract_file__endless_name__refused_for_its_length (void **state)
{
  g_autoptr (GString) text = g_string_new (SCHOOLS "2101020099,");
  g_auto (Outcome) outcome = { 0 };

  (void)state;
  for (guint i = 0; i < 600; i++)
    g_string_append (text, "校");
  g_string_append (text, ",210102,primary,public,,\n");
  export_read_text (text->str, &outcome);
  assert_string_equal (outcome.rules, "R-TOO-LONG, R-LIMIT");
}

static void
source_open__what_is_no_readable_file__refused_with_its_rule (void **state)
{
  static const char *const expected[][2] = {
    { "none.csv", "R-UNREADABLE" }, { "fifo.csv", "R-NOT-A-FILE" }, { "link.csv", "R-NOT-A-FILE" },
    { "folder", "R-NOT-A-FILE" },   { "large.csv", "R-TOO-BIG" },
  };
  g_autofree char *folder = g_dir_make_tmp ("plumbline-test-XXXXXX", NULL);
  int fd = open (folder, O_RDONLY | O_DIRECTORY), large = -1;

  (void)state;
  assert_true (fd >= 0 && mkfifoat (fd, "fifo.csv", 0600) == 0 && symlinkat ("/etc/passwd", fd, "link.csv") == 0
               && mkdirat (fd, "folder", 0700) == 0);
  large = openat (fd, "large.csv", O_WRONLY | O_CREAT, 0600);
  assert_true (large >= 0 && ftruncate (large, SOURCE_MAX_BYTES + 1) == 0 && close (large) == 0);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_auto (Fault) fault = { 0 };
    g_auto (Extract) extract = { 0 };
    g_autoptr (Source) source = source_open (fd, expected[i][0], &fault);
    const RejectGroup *group = NULL;

    assert_null (source);
    assert_true (extract_refuse (export_catalogue (""), expected[i][0], &fault, &extract, NULL));
    group = extract.rejects->groups->pdata[0];
    assert_string_equal (group->rule->rule, expected[i][1]);
    assert_true (extract.refused);
    unlinkat (fd, expected[i][0], strcmp (expected[i][0], "folder") == 0 ? AT_REMOVEDIR : 0);
  }
  close (fd);
  rmdir (folder);
}

/* A writer that is still at work between the first pass and the second. */
static void
extract_file__changed_while_read__refused (void **state)
{
  g_autofree char *text = g_strdup (MYOPIA MYOPIA_GOOD);
  g_autoptr (Source) source = source_new_bytes ("test.csv", text, strlen (text));
  const ExtractOptions options = { .catalogue = export_catalogue (""), .reg = export_register (), .today = 738000 };
  g_auto (Extract) extract = { 0 };

  (void)state;
  assert_true (extract_detect (source, options.catalogue, &extract, NULL));
  *strstr (text, ",60,") = '9';
  assert_true (extract_file (source, &options, NULL, &extract, NULL));
  assert_true (extract.refused);
  assert_string_equal (((RejectGroup *)extract.rejects->groups->pdata[0])->rule->rule, "R-CHANGED");
}

/* ---- and all of them are here */

static const char *const elsewhere[]
    = { "R-NUL", "R-CEILING", "R-TOO-LONG", "R-UNREADABLE", "R-NOT-A-FILE", "R-TOO-BIG", "R-CHANGED" };

static gboolean
is_provoked (const char *rule)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) codes = g_strsplit_set (cases[i].rules, ", ", -1);

    if (g_strv_contains ((const char *const *)codes, rule))
      return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (strcmp (elsewhere[i], rule) == 0)
      return TRUE;
  return FALSE;
}

static void
rule_csv__every_code__is_provoked_here (void **state)
{
  const Catalogue *catalogue = export_catalogue ("");

  (void)state;
  assert_true (catalogue->rules->len > 40);
  for (guint i = 0; i < catalogue->rules->len; i++) {
    const Rule *rule = catalogue->rules->pdata[i];

    if (rule->level != LEVEL_HISTORY && !is_provoked (rule->rule)) /* those of history: test_history.c */
      fail_msg ("no test provokes %s", rule->rule);
  }
}

static void
rules_check__standard_and_examples__answer_every_check (void **state)
{
  static const char *const folders[] = { "", "examples/taiwan", "examples/united_states" };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autoptr (GError) error = NULL;

    if (!rules_check (export_catalogue (folders[i]), &error))
      fail_msg ("%s: %s", folders[i], error->message);
  }
}

static void
rules_check__wrong_check_or_argument__named_with_its_line (void **state)
{
  static const struct {
    const char *check;
    const char *argument;
    RuleLevel level;
    const char *says;
  } mistakes[] = {
    { "holdz", "myopic <= examined", LEVEL_ROW, "7:5: check: 'holdz' is no check" },
    { "holds", "myopic <= examined", LEVEL_CELL, "7:3: level: the check holds belongs to level row" },
    { "holds", "myopic", LEVEL_ROW, "has none of <= >= < > =" },
    { "holds", "myopic <= seen", LEVEL_ROW, "has no column 'seen'" },
    { "holds", "grade <= examined", LEVEL_ROW, "neither a number nor a date" },
    { "holds", "myopic <= 2 x", LEVEL_ROW, "'2 x' is neither a number nor a column" },
    { "holds", "myopic <= examined when mild", LEVEL_ROW, "'mild' has none" },
    { "between", "7 0", LEVEL_CELL, "the lower one first" },
    { "between", "0", LEVEL_CELL, "two numbers" },
  };
  Rule rule = { .at = { "rule.csv", 7 }, .rule = (char *)"R-TEST", .feed = (char *)"myopia", .column = (char *)"" };
  const Catalogue *standard = export_catalogue ("");
  Catalogue catalogue = *standard;

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_autoptr (GPtrArray) rules = g_ptr_array_copy (standard->rules, NULL, NULL);
    g_autoptr (GError) error = NULL;
    g_autofree char *check = g_strdup (mistakes[i].check), *argument = g_strdup (mistakes[i].argument);

    rule.check = check;
    rule.argument = argument;
    rule.level = mistakes[i].level;
    g_ptr_array_set_free_func (rules, NULL);
    g_ptr_array_add (rules, &rule);
    catalogue.rules = rules;
    assert_false (rules_check (&catalogue, &error));
    if (strstr (error->message, "rule.csv:7:") == NULL || strstr (error->message, mistakes[i].says) == NULL)
      fail_msg ("%s", error->message);
  }
}

static void
rules_check__check_without_a_rule__named (void **state)
{
  const Catalogue *standard = export_catalogue ("");
  g_autoptr (GPtrArray) rules = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Catalogue catalogue = *standard;

  (void)state;
  for (guint i = 0; i < standard->rules->len; i++)
    if (strcmp (((const Rule *)standard->rules->pdata[i])->check, "negative") != 0)
      g_ptr_array_add (rules, standard->rules->pdata[i]);
  catalogue.rules = rules;
  assert_false (rules_check (&catalogue, &error));
  assert_non_null (strstr (error->message, "has the check 'negative'"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (extract_file__each_rule__named_with_place_value_and_advice),
    cmocka_unit_test (extract_file__nul_bytes__refused),
    cmocka_unit_test (extract_file__endless_line__refused),
    cmocka_unit_test (extract_file__endless_name__refused_for_its_length),
    cmocka_unit_test (source_open__what_is_no_readable_file__refused_with_its_rule),
    cmocka_unit_test (extract_file__changed_while_read__refused),
    cmocka_unit_test (rule_csv__every_code__is_provoked_here),
    cmocka_unit_test (rules_check__standard_and_examples__answer_every_check),
    cmocka_unit_test (rules_check__wrong_check_or_argument__named_with_its_line),
    cmocka_unit_test (rules_check__check_without_a_rule__named),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
