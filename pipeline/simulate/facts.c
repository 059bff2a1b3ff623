#include "simulate/facts.h"

/* 2,327 schools and 1.7 million pupils of all kinds: the bureau's press conference of 10 August 2022. How they part
   among the stages is made up. */
const SimStageFact sim_stages[SIM_STAGES] = {
  { "kindergarten", "幼儿园", 1402, 318000, 0.45, -1, -1, 20 },
  { "primary", "小学", 398, 480000, 0.55, 0, 5, 8 },
  { "junior", "初中", 201, 205000, 0.45, 6, 8, 5 },
  { "nine_year", "九年一贯制学校", 112, 195000, 0.45, 0, 8, 3 },
  { "senior", "普通高中", 82, 132000, 0.30, 9, 11, 3 },
  { "twelve_year", "十二年一贯制学校", 18, 45000, 0.30, 0, 11, 1 },
  { "vocational", "中等职业学校", 96, 321000, 0.50, -1, -1, 1 },
  { "special", "特殊教育学校", 18, 4000, 0.30, -1, -1, 1 },
};

#define PATH SIM_PATH_PP

/* Codes and names: GB/T 2260. Everything else is made up. Second lines: shares of public, inclusive, star, group,
   recognised; what is short in after-school service; what missed the management standard. */
/* clang-format off */
const SimDistrict sim_districts[SIM_DISTRICTS] = {
  { "210102", "和平区", "heping", 8.4, FALSE, PATH, 1, FALSE,
    { 56, 57.6 }, { 90, 90.6 }, { 66, 70 }, { 99.6, 100 }, { 72, 74 }, 0, 0, 0 },
  { "210103", "沈河区", "shenhe", 9.2, FALSE, PATH, 1, FALSE,
    { 53.5, 56 }, { 89, 89.6 }, { 64, 68 }, { 99.2, 100 }, { 70, 73 }, 0, 0, 0 },
  { "210104", "大东区", "dadong", 8.6, FALSE, PATH, 1, FALSE,
    { 50, 54.5 }, { 88, 88.6 }, { 61, 66 }, { 98.5, 99.7 }, { 62, 67 }, 0, 0, 0 },
  { "210105", "皇姑区", "huanggu", 11.2, FALSE, PATH, 2.6, FALSE,
    { 51, 54.8 }, { 87, 88 }, { 62, 67 }, { 98.8, 99.8 }, { 66, 69 }, 0, 0.018, 0 },
  { "210106", "铁西区", "tiexi", 13.6, FALSE, PATH, 1, FALSE,
    { 52, 55 }, { 88, 89 }, { 60, 66 }, { 97.8, 99.4 }, { 61, 66 }, 0, 0, 0 },
  { "210111", "苏家屯区", "sujiatun", 5.6, FALSE, 2.0, 1, FALSE,
    { 53, 55.4 }, { 86, 87 }, { 58, 66 }, { 96.5, 99.3 }, { 60, 66 }, 0, 0, 0 },
  { "210112", "浑南区", "hunnan", 8.8, FALSE, PATH, 1, FALSE,
    { 48, 54.5 }, { 85.4, 86.6 }, { 61, 67 }, { 98, 99.5 }, { 63, 68 }, 0, 0, 0 },
  { "210113", "沈北新区", "shenbei", 6.6, FALSE, 2.0, 1, TRUE,
    { 49, 54.4 }, { 86, 87.4 }, { 58, 66 }, { 97, 99.4 }, { 58, 66 }, 0, 0, 0 },
  { "210114", "于洪区", "yuhong", 9.6, FALSE, 2.0, 1, FALSE,
    { 44, 48.5 }, { 83, 83.6 }, { 57, 65.6 }, { 96.5, 99.2 }, { 57, 66 }, 0, 0.012, 0 },
  { "210115", "辽中区", "liaozhong", 4.8, TRUE, PATH, 1, FALSE,
    { 54, 56 }, { 88, 88.5 }, { 56, 65.6 }, { 95.5, 99.2 }, { 56, 66 }, 0, 0, 0 },
  { "210123", "康平县", "kangping", 3.0, TRUE, PATH, 1, FALSE,
    { 57, 58.5 }, { 88, 88.6 }, { 50, 57 }, { 94, 99.1 }, { 52, 58 }, 0, 0, 0.05 },
  { "210124", "法库县", "faku", 4.0, TRUE, PATH, 1, FALSE,
    { 55, 57 }, { 87, 87.6 }, { 52, 59 }, { 94.5, 99.2 }, { 54, 66 }, 0.15, 0, 0 },
  { "210181", "新民市", "xinmin", 6.6, TRUE, PATH, 1, FALSE,
    { 53, 55 }, { 88, 88.6 }, { 55, 65.6 }, { 93, 96 }, { 58, 66 }, 0, 0, 0.09 },
};
/* clang-format on */

const char *const sim_grades[SIM_GRADES] = { "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3" };
const char *const sim_grade_names[SIM_GRADES] = { "一年级", "二年级", "三年级", "四年级", "五年级", "六年级",
                                                  "七年级", "八年级", "九年级", "高一",   "高二",   "高三" };
const char *const sim_sexes[SIM_SEXES] = { "M", "F" };
const char *const sim_sex_names[SIM_SEXES] = { "男", "女" };

/* National, 2020 (National Health Commission): P1 12.9, P6 59.6 and 9.3 points a grade between them, junior 71.1,
   senior 80.5. How junior and senior grades spread about their means is made up. */
const double sim_myopia_2020[SIM_GRADES] = { 12.9, 22.2, 31.6, 40.9, 50.3, 59.6, 66.5, 71.6, 75.2, 78.6, 80.7, 82.2 };

/* Shenhe district, screening of 2020, published by grade; S1 to S3 of 2,996 pupils. */
const double sim_myopia_shenhe_2020[SIM_GRADES]
    = { 20.23, 29.54, 35.93, 48.55, 60.16, 67.84, 80.46, 88.38, 90.25, 92.37, 92.98, 92.63 };

/* Items and values of the city's work plan for 2022; what was reached is made up. */
const SimCount sim_counts[] = {
  { "party_demo_schools", "党建工作示范校", 30, 1.0, FALSE },
  { "party_cases", "党建品牌案例", 100, 1.04, FALSE },
  { "party_topics", "党建年度专项课题", 100, 1.0, FALSE },
  { "civics_lessons", "精品思政课", 300, 1.03, FALSE },
  { "civics_plans", "思政精品教案", 300, 1.0, FALSE },
  { "civics_micro_lessons", "思政精品微课", 300, 0.86, FALSE },
  { "civics_studios", "思政名师工作室", 50, 1.0, FALSE },
  { "civics_projects", "思政研究课题", 100, 1.1, FALSE },
  { "sports_teams", "体育精品团队", 30, 1.0, FALSE },
  { "arts_teams", "美育精品团队", 30, 1.0, FALSE },
  { "mental_health_teams", "心理健康教育示范团队", 30, 0.8, FALSE },
  { "labour_courses", "劳动教育精品课程", 20, 1.1, FALSE },
  { "public_kindergartens", "新增公办幼儿园", 20, 1.1, FALSE },
  { "quality_balanced_schools", "新优质均衡(示范)校", 85, 1.0, FALSE },
  { "senior_quality_schools", "优质示范高中", 10, 1.0, FALSE },
  { "senior_reform_schools", "教育教学改革典型高中", 10, 1.0, FALSE },
  { "senior_guidance_schools", "学生发展指导典型高中", 10, 1.0, FALSE },
  { "senior_character_schools", "优质特色高中", 20, 0.9, FALSE },
  { "student_clubs", "优秀学生社团", 30, 1.2, FALSE },
  { "training_bases", "产教融合实训基地", 13, 0.62, FALSE },
  { "community_colleges", "区级标准化社区学院", 5, 1.0, FALSE },
  { "community_centres", "街道(乡镇)社区教育中心", 20, 1.05, FALSE },
  { "residents_schools", "社区(村)居民学校", 100, 1.02, TRUE },
  { "learning_points", "睦邻学习点", 300, 0.84, TRUE },
  { "parents_schools", "中小学家长学校", 100, 1.0, TRUE },
  { "community_hours", "送课进社区课时", 10000, 1.06, TRUE },
  { "community_courses", "社区教育微课", 500, 1.0, FALSE },
  { "projects_completed", "2021年启动项目的完成数", 171, 0.97, FALSE },
  { "projects_started", "新启动的中小学和幼儿园建设项目", 105, 0.77, FALSE },
  { "video_security", "完成安防视频改造并与公安联网的公办学校和幼儿园", 580, 1.0, TRUE },
  { "principal_workshops", "名优校长工作坊", 10, 1.0, FALSE },
  { "teacher_studios", "名优教师工作室", 50, 1.0, FALSE },
  { "smart_districts", "市级智慧教育示范区", 7, 1.0, FALSE },
  { "smart_schools", "智慧教育示范校", 20, 1.0, FALSE },
};
const guint sim_n_counts = G_N_ELEMENTS (sim_counts);

const char *
sim_district_code (guint district)
{
  return district == SIM_DISTRICTS ? "210100" : sim_districts[district].code;
}

const char *
sim_term (guint term)
{
  static const char *const names[SIM_TERMS] = { "2019-spring", "2019-autumn", "2020-spring", "2020-autumn",
                                                "2021-spring", "2021-autumn", "2022-spring", "2022-autumn" };

  return names[term];
}

const char *
sim_term_end (guint term)
{
  static const char *const ends[SIM_TERMS] = { "2019-07-31", "2019-12-31", "2020-07-31", "2020-12-31",
                                               "2021-07-31", "2021-12-31", "2022-07-31", "2022-12-31" };

  return ends[term];
}

double
sim_term_time (guint term)
{
  return SIM_FIRST_YEAR + 0.25 + 0.5 * term;
}

guint
sim_term_school_year (guint term)
{
  return SIM_FIRST_YEAR - 1 + (term + 1) / 2;
}

guint
sim_term_phase (guint term)
{
  return term < SIM_TERM_2022_SPRING ? 0 : term - SIM_TERM_2022_SPRING + 1;
}
