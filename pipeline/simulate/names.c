#include "simulate/names.h"

#include "simulate/draw.h"

struct SimNames {
  GHashTable *taken;
  guint next[SIM_DISTRICTS + 1][SIM_STAGES]; /* running numbers */
};

/* Good wishes and landscapes; no person's name, no brand. */
static const char *const words[] = { "朝阳", "晨曦", "春晓", "启明", "文华", "新苗", "育英", "明德", "博雅", "致远",
                                     "向阳", "星辰", "青禾", "云杉", "银杏", "白桦", "丁香", "芳草", "翠湖", "碧塘",
                                     "松涛", "柳岸", "锦绣", "和悦", "安澜", "康宁", "瑞雪", "金穗", "稻香", "荷塘",
                                     "清泉", "玉泉", "望湖", "临河", "北辰", "南苑", "东风", "西岭", "长宁", "永安",
                                     "同心", "敬业", "崇文", "尚学", "勤学", "求知", "笃行", "立新", "创新", "希望",
                                     "枫林", "桃李", "杏坛", "景行", "知行", "思源" };
static const char *const young_words[]
    = { "朝阳",   "晨曦", "春晓",   "新苗",   "青禾",   "银杏",   "丁香", "芳草",   "翠湖",   "清泉",   "和悦",
        "康宁",   "未来", "阳光",   "彩虹",   "童乐",   "童心",   "乐迪", "小树林", "小海豚", "小蜗牛", "小蜻蜓",
        "小月亮", "小荷", "蒲公英", "向日葵", "四叶草", "满天星", "蓝天", "绿洲",   "百灵",   "白鸽",   "云雀",
        "雨花",   "慧园", "静园",   "雅园",   "畅园",   "金穗",   "稻香", "荷塘",   "希望" };
static const char *const towns[] = { "柳河", "双井", "三台", "榆树", "杨木", "石桥", "靠山", "大洼", "前进", "新立",
                                     "兴隆", "平安", "五里", "龙湾", "北岗", "南甸", "东岭", "河口", "红旗", "青山",
                                     "沙岭", "黄土", "马场", "苇塘", "古城", "长滩", "下坎", "上河" };

/* How a name of a stage is put together: %1 district, %2 word, town or number. */
typedef struct {
  const char *before;
  enum { FILL_NUMBER, FILL_WORD, FILL_TOWN } fill;
  const char *after;
  gboolean city; /* 沈阳市 in place of the district */
} Pattern;

static const Pattern patterns[SIM_STAGES][6] = {
  [SIM_KINDERGARTEN] = { { "", FILL_WORD, "幼儿园", FALSE },
                         { "", FILL_WORD, "艺术幼儿园", FALSE },
                         { "", FILL_WORD, "双语幼儿园", FALSE },
                         { "", FILL_WORD, "实验幼儿园", FALSE },
                         { "", FILL_WORD, "中心幼儿园", FALSE },
                         { "第", FILL_NUMBER, "幼儿园", FALSE } },
  [SIM_PRIMARY] = { { "第", FILL_NUMBER, "小学", FALSE },
                    { "", FILL_WORD, "小学", FALSE },
                    { "", FILL_WORD, "第二小学", FALSE },
                    { "", FILL_TOWN, "镇中心小学", FALSE } },
  [SIM_JUNIOR] = { { "第", FILL_NUMBER, "中学", FALSE },
                   { "", FILL_WORD, "初级中学", FALSE },
                   { "", FILL_TOWN, "镇初级中学", FALSE } },
  [SIM_NINE_YEAR] = { { "", FILL_WORD, "学校", FALSE }, { "", FILL_TOWN, "镇九年一贯制学校", FALSE } },
  [SIM_SENIOR] = { { "第", FILL_NUMBER, "高级中学", FALSE }, { "", FILL_WORD, "高级中学", FALSE } },
  [SIM_TWELVE_YEAR] = { { "", FILL_WORD, "实验学校", TRUE }, { "", FILL_WORD, "外国语学校", FALSE } },
  [SIM_VOCATIONAL] = { { "", FILL_WORD, "职业技术学校", TRUE },
                       { "", FILL_WORD, "中等职业学校", FALSE },
                       { "", FILL_WORD, "艺术职业学校", TRUE } },
  [SIM_SPECIAL] = { { "第", FILL_NUMBER, "特殊教育学校", FALSE } },
};

SimNames *
sim_names_new (void)
{
  SimNames *names = g_new0 (SimNames, 1);

  names->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return names;
}

void
sim_names_free (SimNames *names)
{
  if (names == NULL)
    return;
  g_hash_table_unref (names->taken);
  g_free (names);
}

/* 1 … 199 as 一 … 一百九十九. */
static void
append_number (GString *name, guint n)
{
  static const char *const digits[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };

  if (n >= 100) {
    g_string_append_printf (name, "%s百", digits[n / 100]);
    if (n % 100 > 0 && n % 100 < 10)
      g_string_append (name, digits[0]);
    if (n % 100 >= 10 && n % 100 < 20)
      g_string_append (name, digits[1]);
    n %= 100;
  }
  if (n >= 20)
    g_string_append (name, digits[n / 10]);
  if (n >= 10)
    g_string_append (name, "十");
  if (n % 10 > 0)
    g_string_append (name, digits[n % 10]);
}

static const Pattern *
choose_pattern (gsl_rng *rng, guint district, SimStage stage, gboolean is_public)
{
  guint n = 0;

  while (n < G_N_ELEMENTS (patterns[stage]) && patterns[stage][n].after != NULL)
    n++;
  if (stage == SIM_KINDERGARTEN)
    return &patterns[stage][is_public && draw_chance (rng, 0.5) ? 5 : draw_below (rng, 5)];
  for (;;) {
    const Pattern *p = &patterns[stage][draw_below (rng, n)];

    if (p->fill != FILL_TOWN || sim_districts[district].rural)
      return p;
  }
}

char *
sim_names_next (SimNames *names, gsl_rng *rng, guint district, SimStage stage, gboolean is_public)
{
  for (;;) {
    const Pattern *p = choose_pattern (rng, district, stage, is_public);
    g_autoptr (GString) name = g_string_new (p->city ? "沈阳市" : sim_districts[district].name);

    g_string_append (name, p->before);
    if (p->fill == FILL_NUMBER)
      append_number (name, ++names->next[district][stage]);
    else if (p->fill == FILL_TOWN)
      g_string_append (name, towns[draw_below (rng, G_N_ELEMENTS (towns))]);
    else if (stage == SIM_KINDERGARTEN)
      g_string_append (name, young_words[draw_below (rng, G_N_ELEMENTS (young_words))]);
    else
      g_string_append (name, words[draw_below (rng, G_N_ELEMENTS (words))]);
    g_string_append (name, p->after);
    if (g_hash_table_add (names->taken, g_strdup (name->str)))
      return g_string_free (g_steal_pointer (&name), FALSE);
  }
}
