#include "simulate/style.h"

#include <string.h>

/* clang-format off */
#define PLAIN(e) { e, ',', TRUE, FALSE }
#define PADDED(e) { e, ',', TRUE, TRUE }
#define USUAL SIM_HEADER_USUAL
#define OTHER SIM_HEADER_OTHER
#define CANONICAL SIM_HEADER_CANONICAL

/* In the order of sim_districts; the city's own office last. */
static const SimStyle styles[SIM_DISTRICTS + 1] = {
  { PLAIN (SIM_UTF8_BOM), USUAL, SIM_NAME | SIM_DETAIL,
    "", SIM_TERM_LONG, SIM_MONTH_CHINESE, SIM_DATE_ISO },
  { PADDED (SIM_GB18030), USUAL, SIM_NAME | SIM_RATE | SIM_SUM | SIM_CHINESE_NAME,
    "-", SIM_TERM_SHORT, SIM_MONTH_CHINESE, SIM_DATE_SLASH },
  { PADDED (SIM_GB18030), USUAL, SIM_WIDE | SIM_TOTALS | SIM_SERIAL | SIM_NAME | SIM_THOUSANDS | SIM_SUM | SIM_NOTE
                                   | SIM_SECOND_TITLE | SIM_CHINESE_NAME,
    "-", SIM_TERM_LONG, SIM_MONTH_CHINESE, SIM_DATE_SLASH },
  { { SIM_UTF8, ',', FALSE, FALSE }, CANONICAL, SIM_DETAIL,
    "", SIM_TERM_CANONICAL, SIM_MONTH_CANONICAL, SIM_DATE_ISO },
  { PADDED (SIM_GB18030), OTHER, SIM_WIDE | SIM_TOTALS | SIM_NAME | SIM_THOUSANDS | SIM_CHINESE_NAME,
    "—", SIM_TERM_LONG, SIM_MONTH_SLASH, SIM_DATE_CHINESE },
  { { SIM_UTF16LE, '\t', TRUE, TRUE }, USUAL, SIM_NAME | SIM_THOUSANDS,
    "-", SIM_TERM_LONG, SIM_MONTH_PLAIN, SIM_DATE_SLASH },
  { PLAIN (SIM_UTF8_BOM), OTHER, SIM_SERIAL | SIM_NAME | SIM_SECOND_TITLE,
    "", SIM_TERM_SCHOOL_YEAR, SIM_MONTH_CHINESE, SIM_DATE_ISO },
  { PADDED (SIM_UTF8_BOM), USUAL, SIM_WIDE | SIM_NAME,
    "", SIM_TERM_LONG, SIM_MONTH_CANONICAL, SIM_DATE_ISO },
  { PLAIN (SIM_GB18030), USUAL, SIM_NAME | SIM_RATE | SIM_SPACES | SIM_CHINESE_NAME,
    "无", SIM_TERM_LONG, SIM_MONTH_CHINESE, SIM_DATE_SLASH },
  { PLAIN (SIM_GB18030), OTHER, SIM_NAME | SIM_SPACES | SIM_FULL_WIDTH | SIM_NOTE | SIM_CHINESE_NAME,
    "-", SIM_TERM_SHORT, SIM_MONTH_CHINESE, SIM_DATE_ISO },
  { PADDED (SIM_UTF8_BOM), USUAL, SIM_SERIAL | SIM_NAME | SIM_SUM | SIM_NOTE | SIM_SECOND_TITLE,
    "/", SIM_TERM_LONG, SIM_MONTH_CHINESE, SIM_DATE_SLASH },
  { PLAIN (SIM_GB18030), USUAL, SIM_NAME | SIM_FULL_WIDTH | SIM_CHINESE_NAME,
    "-", SIM_TERM_LONG, SIM_MONTH_SLASH, SIM_DATE_ISO },
  { PADDED (SIM_GB18030), USUAL, SIM_WIDE | SIM_TOTALS | SIM_NAME | SIM_SUM | SIM_CHINESE_NAME,
    "", SIM_TERM_LONG, SIM_MONTH_CHINESE, SIM_DATE_SLASH },
  { PLAIN (SIM_UTF8_BOM), USUAL, SIM_NOTE | SIM_THOUSANDS,
    "", SIM_TERM_LONG, SIM_MONTH_CHINESE, SIM_DATE_ISO },
};
/* clang-format on */

typedef struct {
  const char *feed;
  const char *column;
  const char *written[SIM_HEADER_CANONICAL]; /* the canonical kind is the column's own name */
} Header;

static const Header headers[] = {
  { "schools", "school_code", { "学校代码", "学校（机构）标识码" } },
  { "schools", "name", { "学校名称", "学校（机构）名称" } },
  { "schools", "district_code", { "区县代码", "行政区划代码" } },
  { "schools", "stage", { "办学类型", "学校类别" } },
  { "schools", "ownership", { "举办性质", "公办民办" } },
  { "schools", "inclusive", { "是否普惠性", "是否普惠性幼儿园" } },
  { "schools", "recognised", { "星级园或省级优质特色高中", "优质认定" } },
  { "schools", "in_group", { "是否加入教育集团或联盟", "是否集团化办学" } },
  { "schools", "valid_from", { "生效日期", "启用日期" } },
  { "schools", "valid_to", { "失效日期", "停用日期" } },
  { "myopia", "school_code", { "学校代码", "学校标识码" } },
  { "myopia", "period", { "统计时期", "学年学期" } },
  { "myopia", "grade", { "年级", "所在年级" } },
  { "myopia", "sex", { "性别", "学生性别" } },
  { "myopia", "examined", { "检查人数", "受检人数" } },
  { "myopia", "myopic", { "近视人数", "筛查性近视人数" } },
  { "myopia", "mild", { "轻度近视人数", "轻度" } },
  { "myopia", "moderate", { "中度近视人数", "中度" } },
  { "myopia", "high", { "高度近视人数", "高度" } },
  { "weight", "school_code", { "学校代码", "学校标识码" } },
  { "weight", "period", { "统计时期", "学年学期" } },
  { "weight", "grade", { "年级", "所在年级" } },
  { "weight", "sex", { "性别", "学生性别" } },
  { "weight", "examined", { "检查人数", "受检人数" } },
  { "weight", "overweight", { "超重人数", "超重学生数" } },
  { "weight", "obese", { "肥胖人数", "肥胖学生数" } },
  { "weight", "thin", { "消瘦人数", "偏瘦人数" } },
  { "places", "school_code", { "学校代码", "学校标识码" } },
  { "places", "period", { "统计时期", "学年学期" } },
  { "places", "places", { "学位数", "核定学位数" } },
  { "places", "enrolled", { "在校（园）人数", "在校学生数" } },
  { "after_school", "school_code", { "学校代码", "学校标识码" } },
  { "after_school", "period", { "统计月份", "月份" } },
  { "after_school", "enrolled", { "在校生数", "在校学生数" } },
  { "after_school", "willing", { "有意愿人数", "申请人数" } },
  { "after_school", "served", { "享受服务人数", "实际参加人数" } },
  { "after_school", "days_per_week", { "每周服务天数", "每周天数" } },
  { "after_school", "hours_per_day", { "每天服务小时数", "每天服务时长（小时）" } },
  { "tally", "area_code", { "区县代码", "地区代码" } },
  { "tally", "period", { "统计月份", "截至时间" } },
  { "tally", "target", { "任务指标", "项目名称" } },
  { "tally", "count", { "累计完成数", "完成数量" } },
};

const SimStyle *
sim_style (guint district)
{
  g_assert (district <= SIM_DISTRICTS);
  return &styles[district];
}

const char *
sim_header (const SimStyle *style, const char *feed, const char *column)
{
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    if (g_str_equal (headers[i].feed, feed) && g_str_equal (headers[i].column, column))
      return style->header == SIM_HEADER_CANONICAL ? headers[i].column : headers[i].written[style->header];
  g_error ("no header is known for column %s of feed %s", column, feed);
}

static void
widen_digits (GString *text)
{
  g_autoptr (GString) wide = g_string_new (NULL);

  for (const char *c = text->str; *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      g_string_append_unichar (wide, 0xFF10 + (gunichar)(*c - '0'));
    else
      g_string_append_c (wide, *c);
  g_string_assign (text, wide->str);
}

static GString *
written_count (const SimStyle *style, guint64 n, guint wobble)
{
  GString *text = g_string_new (NULL);

  if (sim_does (style, SIM_THOUSANDS) && n >= 1000 && n < 1000000)
    g_string_printf (text, "%" G_GUINT64_FORMAT ",%03u", n / 1000, (guint)(n % 1000));
  else
    g_string_printf (text, "%" G_GUINT64_FORMAT, n);
  if (sim_does (style, SIM_FULL_WIDTH) && wobble % 23 == 5)
    widen_digits (text);
  if (sim_does (style, SIM_SPACES) && wobble % 17 == 3)
    g_string_append (text, wobble % 2 == 0 ? "  " : " ");
  return text;
}

void
sim_write_count (SimSheet *sheet, const SimStyle *style, guint64 n, guint measure, guint group, guint wobble)
{
  g_autoptr (GString) text = written_count (style, n, wobble);

  sim_sheet_count (sheet, text->str, (double)n, measure, group);
}

void
sim_write_total (SimSheet *sheet, const SimStyle *style, guint64 n)
{
  g_autoptr (GString) text = written_count (style, n, 0);

  sim_sheet_text (sheet, text->str);
}

char *
sim_term_title (guint term)
{
  return g_strdup_printf ("%u年%s季学期", SIM_FIRST_YEAR + term / 2, term % 2 == 0 ? "春" : "秋");
}

void
sim_write_term (SimSheet *sheet, const SimStyle *style, guint term)
{
  g_autofree char *text = NULL;
  guint school_year = sim_term_school_year (term);

  switch (style->term) {
  case SIM_TERM_LONG:
    text = sim_term_title (term);
    break;
  case SIM_TERM_SHORT:
    text = g_strdup_printf ("%u%s", SIM_FIRST_YEAR + term / 2, term % 2 == 0 ? "春" : "秋");
    break;
  case SIM_TERM_SCHOOL_YEAR:
    text = g_strdup_printf ("%u-%u学年第%s学期", school_year, school_year + 1, term % 2 == 0 ? "二" : "一");
    break;
  default:
    text = g_strdup (sim_term (term));
  }
  sim_sheet_text (sheet, text);
}

void
sim_write_month (SimSheet *sheet, const SimStyle *style, guint month)
{
  g_autofree char *text = NULL;

  switch (style->month) {
  case SIM_MONTH_CHINESE:
    text = g_strdup_printf ("2022年%u月", month);
    break;
  case SIM_MONTH_SLASH:
    text = g_strdup_printf ("2022/%u", month);
    break;
  case SIM_MONTH_PLAIN:
    text = g_strdup_printf ("2022%02u", month);
    break;
  default:
    text = g_strdup_printf ("2022-%02u", month);
  }
  sim_sheet_text (sheet, text);
}

void
sim_write_date (SimSheet *sheet, const SimStyle *style, const char *iso)
{
  guint year = (guint)g_ascii_strtoull (iso, NULL, 10);
  guint month = (guint)g_ascii_strtoull (iso + 5, NULL, 10);
  guint day = (guint)g_ascii_strtoull (iso + 8, NULL, 10);
  g_autofree char *text = NULL;

  switch (style->date) {
  case SIM_DATE_SLASH:
    text = g_strdup_printf ("%u/%u/%u", year, month, day);
    break;
  case SIM_DATE_CHINESE:
    text = g_strdup_printf ("%u年%u月%u日", year, month, day);
    break;
  default:
    text = g_strdup (iso);
  }
  sim_sheet_text (sheet, text);
}

void
sim_write_grade (SimSheet *sheet, const SimStyle *style, guint grade)
{
  static const char *const other[SIM_GRADES]
      = { "小学一年级", "小学二年级", "小学三年级", "小学四年级", "小学五年级", "小学六年级",
          "初一",       "初二",       "初三",       "高一",       "高二",       "高三" };

  switch (style->header) {
  case SIM_HEADER_CANONICAL:
    sim_sheet_text (sheet, sim_grades[grade]);
    break;
  case SIM_HEADER_OTHER:
    sim_sheet_text (sheet, other[grade]);
    break;
  default:
    sim_sheet_text (sheet, sim_grade_names[grade]);
  }
}

void
sim_write_sex (SimSheet *sheet, const SimStyle *style, guint sex)
{
  static const char *const other[SIM_SEXES] = { "男生", "女生" };

  sim_sheet_text (sheet, style->header == SIM_HEADER_CANONICAL ? sim_sexes[sex]
                         : style->header == SIM_HEADER_OTHER   ? other[sex]
                                                               : sim_sex_names[sex]);
}

void
sim_write_boolean (SimSheet *sheet, const SimStyle *style, gboolean value)
{
  if (style->header == SIM_HEADER_CANONICAL)
    sim_sheet_text (sheet, value ? "yes" : "no");
  else
    sim_sheet_text (sheet, value ? "是" : "否");
}

void
sim_write_nothing (SimSheet *sheet, const SimStyle *style)
{
  sim_sheet_text (sheet, style->nothing);
}

void
sim_write_titles (SimSheet *sheet, const SimStyle *style, guint district, const char *what, const char *when,
                  const char *filled_on)
{
  const char *where = district == SIM_DISTRICTS ? "沈阳市" : sim_districts[district].name;
  g_autofree char *title = g_strdup_printf ("%s%s%s（模拟数据）", where, when != NULL ? when : "", what);
  g_autofree char *second = g_strdup_printf ("填报单位：%s教育局    填报日期：%s", where, filled_on);

  sim_sheet_row (sheet, SIM_ROW_TITLE, NULL);
  sim_sheet_text (sheet, title);
  if (sim_does (style, SIM_SECOND_TITLE)) {
    sim_sheet_row (sheet, SIM_ROW_TITLE, NULL);
    sim_sheet_text (sheet, second);
  }
}

void
sim_write_note (SimSheet *sheet, const SimStyle *style)
{
  if (!sim_does (style, SIM_NOTE))
    return;
  sim_sheet_row (sheet, SIM_ROW_FOOTER, NULL);
  sim_sheet_text (sheet, "注：本表为模拟数据，仅供演示");
}

char *
sim_file_name (const SimStyle *style, guint district, const char *feed, const char *when)
{
  static const char *const names[][2]
      = { { "schools", "学校名录" },  { "myopia", "近视筛查" },       { "weight", "体重检查" },
          { "places", "学位在校生" }, { "after_school", "课后服务" }, { "tally", "任务进度" } };
  const char *chinese = feed;

  if (!sim_does (style, SIM_CHINESE_NAME))
    return g_strdup_printf ("%s-%s%s%s.csv", district == SIM_DISTRICTS ? "shenyang" : sim_districts[district].slug,
                            feed, *when != '\0' ? "-" : "", when);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i][0], feed))
      chinese = names[i][1];
  return g_strdup_printf ("%s%s%s.csv", sim_districts[district].name, chinese, when);
}
