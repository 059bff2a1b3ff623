/* Bad files and rows as a person meets them: each is named with rule, place, value and advice by check, in the tables
 * and in the clerk's file, and everything else goes in. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TODAY " --today 2022-12-31 "
#define HEADER "学校代码,统计时期,年级,性别,检查人数,近视人数\n"
#define SCHOOLS 8u
#define GOOD_ROWS (SCHOOLS * 6u * 2u)
#define BAD_LINE (GOOD_ROWS + 2u) /* of the first bad row */

static const struct {
  const char *row;
  guint line, column_no;
  const char *rule, *column_name, *value, *zh, *en;
} rows[] = {
  { "2101020081,2021年秋季学期,一年级,男,60,20", BAD_LINE, 1, "R-SCHOOL-UNKNOWN", "school_code", "2101020081",
    "相近的有：2101020001 和平一小", "near ones: 2101020001 和平一小" },
  { "2101020001,2021年秋季学期,一年级,男,100,120", BAD_LINE + 1, 6, "R-EXCEEDS", "myopic", "120",
    "近视人数 ≤ 检查人数 不成立：前者为 120，后者为 100", "120 against 100" },
  { "2101020001,2021年秋季学期,一年级,女,-5,2", BAD_LINE + 2, 5, "R-NEGATIVE", "examined", "-5", "不能为负数",
    "cannot be negative" },
  { "2101020001,2021年秋季学期,二年级,男,50,2.5", BAD_LINE + 3, 6, "R-FRACTION", "myopic", "2.5", "应为整数",
    "must be a whole number" },
  { "2101020002,2021年秋季学期,一年级,男,60,20", BAD_LINE + 4, 1, "R-DUPLICATE-KEY", "school_code", "2101020002",
    "关键列相同", "the same key as row 103" },
  { "2101020002,2021年秋季学期,一年级,男,61,20", BAD_LINE + 5, 1, "R-DUPLICATE-KEY", "school_code", "2101020002",
    "关键列相同", "the same key as row 102" },
  { "2101020001,2099年秋季学期,一年级,男,60,20", BAD_LINE + 6, 2, "R-PERIOD-FUTURE", "period", "2099年秋季学期",
    "该时期在 2022-12-31 尚未开始", "had not begun on 2022-12-31" },
};

static const struct {
  const char *name, *text; /* NULL: there is no such file */
  const char *rule, *zh, *en;
} refused[] = {
  { "missing.csv", NULL, "R-UNREADABLE", "missing.csv 无法读取：No such file or directory",
    "missing.csv cannot be read: No such file or directory" },
  { "closed.csv", HEADER, "R-UNREADABLE", "closed.csv 无法读取", "closed.csv cannot be read" },
  { "empty.csv", "", "R-EMPTY", "empty.csv 是空的", "empty.csv is empty" },
  { "strange.csv", "名称,电话\n张三,123\n", "R-HEADER", "看到的列：名称, 电话", "Columns seen: 名称, 电话" },
  { "lacking.csv", "学校代码,统计时期,年级,性别,检查人数\n2101020001,2022年秋季学期,一年级,男,60\n", "R-HEADER",
    "没有找到 近视人数（myopic）", "not found Myopic pupils (myopic)" },
};

static Site *site;
static char *folder;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
write_file (const char *name, const char *text)
{
  g_autofree char *path = path_of (name);

  assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_register (void)
{
  g_autoptr (GString) text = g_string_new ("学校代码,学校名称,区县代码,办学类型,举办性质,生效日期\n");
  static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八" };

  G_STATIC_ASSERT (G_N_ELEMENTS (digits) == SCHOOLS);
  for (guint i = 0; i < SCHOOLS; i++)
    g_string_append_printf (text, "210102000%u,和平%s小,210102,小学,公办,2010-09-01\n", i + 1, digits[i]);
  write_file ("schools.csv", text->str);
}

static void
write_myopia (void)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  static const char *const grades[] = { "一", "二", "三", "四", "五", "六" };

  for (guint i = 0; i < GOOD_ROWS; i++)
    g_string_append_printf (text, "210102000%u,2022年秋季学期,%s年级,%s,%u,%u\n", i / 12 + 1, grades[i / 2 % 6],
                            i % 2 == 0 ? "男" : "女", 41 + i % 17, 7 + i % 13);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_string_append_printf (text, "%s\n", rows[i].row);
  write_file ("myopia.csv", text->str);
}

/* root reads what is closed to everybody: for it the path leads through a file. */
static char *
refused_path (guint i)
{
  g_autofree char *path = path_of (refused[i].name);

  if (strcmp (refused[i].name, "closed.csv") == 0 && geteuid () == 0)
    return g_build_filename (folder, "schools.csv", refused[i].name, NULL);
  return g_steal_pointer (&path);
}

/* The names of all files, after @command. */
static char *
with_files (const char *command)
{
  g_autoptr (GString) line = g_string_new (command);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *path = refused_path (i);

    g_string_append_printf (line, " %s", path);
  }
  g_string_append_printf (line, " %s/myopia.csv", folder);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
expect_in (const char *text, const char *expected)
{
  if (strstr (text, expected) == NULL)
    fail_msg ("%s is not in: %s", expected, text);
}

static void
check__bad_files_and_rows__each_with_rule_place_value_and_advice (void **state)
{
  static const char *const languages[] = { "zh", "en" };

  (void)state;
  for (guint l = 0; l < G_N_ELEMENTS (languages); l++) {
    g_autofree char *command
        = g_strdup_printf ("check --language %s --register %s/schools.csv" TODAY, languages[l], folder);
    g_autofree char *line = with_files (command);
    g_auto (Result) result = site_run (site, line);

    assert_int_equal (result.status, 65);
    for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
      expect_in (result.out, refused[i].rule);
      expect_in (result.out, l == 0 ? refused[i].zh : refused[i].en);
    }
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
      g_autofree char *place = g_strdup_printf ("(line %u), column %c", rows[i].line, 'A' + (int)rows[i].column_no - 1);

      expect_in (result.out, rows[i].rule);
      if (strcmp (rows[i].rule, "R-DUPLICATE-KEY") != 0) {
        expect_in (result.out, place);
        expect_in (result.out, l == 0 ? rows[i].zh : rows[i].en);
      }
    }
  }
}

/* What was not looked at must not pass for what is right. */
static void
check__no_register__says_what_was_not_checked (void **state)
{
  g_autofree char *row = g_strconcat (HEADER, "2101029999,2022年秋季学期,一年级,男,60,12\n", NULL);
  g_autofree char *blind = g_strdup_printf ("check" TODAY "%s/stranger.csv", folder);
  g_autofree char *json = g_strconcat ("--json ", blind, NULL);
  g_autofree char *seeing = g_strdup_printf ("check --register %s/schools.csv" TODAY "%s/stranger.csv", folder, folder);
  g_auto (Result) without = { 0 }, told = { 0 }, with = { 0 };

  (void)state;
  write_file ("stranger.csv", row);
  without = site_run (site, blind);
  assert_int_equal (without.status, 0);
  expect_in (without.out, "no register was given (--register FILE)");
  told = site_run (site, json);
  expect_in (told.out, "\"register\": false");
  with = site_run (site, seeing);
  assert_int_equal (with.status, 65);
  expect_in (with.out, "R-SCHOOL-UNKNOWN");
  assert_null (strstr (with.out, "no register was given"));
}

/* cron mails what is said, not how it ended. */
static void
ingest__quiet__names_what_goes_back_unless_that_is_expected (void **state)
{
  g_autofree char *quiet = with_files ("@db ingest --dry-run --quiet" TODAY);
  g_autofree char *expected = with_files ("@db ingest --dry-run --quiet --rejects-ok" TODAY);
  g_auto (Result) told = site_run (site, quiet), silent = site_run (site, expected);

  (void)state;
  assert_int_equal (told.status, 65);
  assert_string_equal (told.out, "");
  expect_in (told.err, " files refused, ");
  assert_int_equal (silent.status, 0);
  assert_string_equal (silent.out, "");
  assert_string_equal (silent.err, "");
}

static void
ingest__bad_files_and_rows__on_record_and_everything_else_goes_in (void **state)
{
  g_autofree char *line = with_files ("@db ingest" TODAY);
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  site_expect (site, line, 65, "");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *sql = g_strdup_printf (
        "select concat_ws('|', rule, column_no, column_name, value, severity, position('%s' in message) > 0, "
        "position('%s' in message_en) > 0, school_code = split_part('%s', ',', 1)) from monitor.reject"
        " where file_name = 'myopia.csv' and line_no = %u",
        rows[i].zh, rows[i].en, rows[i].row, rows[i].line);
    g_autofree char *expected = g_strdup_printf ("%s|%u|%s|%s|refuse|t|t|t", rows[i].rule, rows[i].column_no,
                                                 rows[i].column_name, rows[i].value);

    assert_sql (db, sql, expected);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *sql = g_strdup_printf (
        "select concat_ws('|', status, r.rule, position('%s' in message) > 0, position('%s' in message_en) > 0)"
        " from monitor.batch b join monitor.reject r using (batch_id) where b.file_name = '%s'",
        refused[i].zh, refused[i].en, refused[i].name);
    g_autofree char *expected = g_strdup_printf ("refused|%s|t|t", refused[i].rule);

    assert_sql (db, sql, expected);
  }
  assert_sql (db,
              "select concat_ws('|', status, rows_read, rows_accepted, rows_rejected) from monitor.batch"
              " where file_name = 'myopia.csv'",
              "loaded|103|96|7");
  assert_sql (db, "select count(*) || ' ' || sum(examined) from monitor.myopia", "96 4671");
}

/* The clerk's file has the rows as they were, and beside the bad ones what is wrong. */
static void
ingest__bad_rows__go_back_to_the_clerk (void **state)
{
  g_autofree char *pattern = g_build_filename (site->state, "returned", NULL);
  g_autoptr (GDir) dir = g_dir_open (pattern, 0, NULL);
  g_autofree char *text = NULL;

  (void)state;
  assert_non_null (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL && text == NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (pattern, name, NULL);

    if (g_str_has_suffix (name, "myopia.csv"))
      assert_true (g_file_get_contents (path, &text, NULL, NULL));
  }
  assert_non_null (text);
  assert_true (g_str_has_prefix (text, "\xef\xbb\xbf学校代码,统计时期,年级,性别,检查人数,近视人数,错误,说明"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *start = g_strdup_printf ("%s,%s,", rows[i].row, rows[i].rule);

    expect_in (text, start);
    expect_in (text, rows[i].zh);
  }
}

static int
set_up (void **state)
{
  g_autofree char *line = NULL;

  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  folder = test_folder_new ();
  write_register ();
  write_myopia ();
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    if (refused[i].text != NULL) {
      g_autofree char *path = path_of (refused[i].name);

      write_file (refused[i].name, refused[i].text);
      if (strcmp (refused[i].name, "closed.csv") == 0)
        assert_int_equal (g_chmod (path, 0), 0);
    }
  line = g_strdup_printf ("@db ingest" TODAY "%s/schools.csv", folder);
  site_expect (site, line, 0, "");
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (site);
  g_free (folder);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (check__bad_files_and_rows__each_with_rule_place_value_and_advice),
    cmocka_unit_test (check__no_register__says_what_was_not_checked),
    cmocka_unit_test (ingest__quiet__names_what_goes_back_unless_that_is_expected),
    cmocka_unit_test (ingest__bad_files_and_rows__on_record_and_everything_else_goes_in),
    cmocka_unit_test (ingest__bad_rows__go_back_to_the_clerk),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
