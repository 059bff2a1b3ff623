/* The charts that golden pictures and the overlap test share: ordinary ones and the extremes. */
#pragma once

#include "report/chart.h"

#include <math.h>

typedef struct {
  const char *name;
  Chart chart;
} ChartCase;

#define CHINESE                                                                                                        \
  .language = "zh", .path_label = "计划路径", .deadline_label = "截止 2022年12月31日", .empty_label = "尚无数据"
#define NO_PATH .baseline_t = NAN, .baseline_value = NAN, .deadline_t = NAN, .target_value = NAN
#define NO_PROJECTION .projected = NAN, .projected_low = NAN, .projected_high = NAN
#define SIZE .width = 358, .height = 220
#define POINTS(array) .points = array, .n_points = G_N_ELEMENTS (array)

static const ChartPoint five_waves[] = { { 2020.75, "2020年秋", 60.4, 59.0, 61.8, FALSE },
                                         { 2021.25, "2021年春", 60.9, 59.6, 62.2, FALSE },
                                         { 2021.75, "2021年秋", 60.5, 59.2, 61.8, FALSE },
                                         { 2022.25, "2022年春", 61.6, 60.2, 63.0, FALSE } };
static const ChartPoint five_waves_english[] = { { 2020.75, "autumn 2020", 60.4, 59.0, 61.8, FALSE },
                                                 { 2021.25, "spring 2021", 60.9, 59.6, 62.2, FALSE },
                                                 { 2021.75, "autumn 2021", 60.5, 59.2, 61.8, FALSE },
                                                 { 2022.25, "spring 2022", 61.6, 60.2, 63.0, FALSE } };
static const ChartPoint at_zero[]
    = { { 2021.75, "2021年秋", 0, 0, 1.2, FALSE }, { 2022.25, "2022年春", 0, 0, 0.9, FALSE } };
static const ChartPoint at_hundred[] = { { 2022.2083, "2022年3月", 100, NAN, NAN, FALSE },
                                         { 2022.2917, "2022年4月", 100, NAN, NAN, FALSE },
                                         { 2022.375, "2022年5月", 100, NAN, NAN, FALSE } };
static const ChartPoint one_wave[] = { { 2021.75, "2021年秋", 60.5, 59.2, 61.8, FALSE } };
static const ChartPoint census[] = { { 2021.75, "2021年秋", 51.4, NAN, NAN, FALSE },
                                     { 2022.25, "2022年春", 52.1, NAN, NAN, FALSE },
                                     { 2022.75, "2022年秋", 53.4, NAN, NAN, TRUE } };
static const ChartPoint twelve_waves[]
    = { { 2017.25, "2017年春", 58.1, 56.9, 59.3, FALSE }, { 2017.75, "2017年秋", 58.0, 56.8, 59.2, FALSE },
        { 2018.25, "2018年春", 58.6, 57.4, 59.8, FALSE }, { 2018.75, "2018年秋", 59.4, 58.2, 60.6, FALSE },
        { 2019.25, "2019年春", 59.1, 57.9, 60.3, FALSE }, { 2019.75, "2019年秋", 60.0, 58.8, 61.2, FALSE },
        { 2020.25, "2020年春", 61.3, 60.1, 62.5, FALSE }, { 2020.75, "2020年秋", 62.2, 61.0, 63.4, FALSE },
        { 2021.25, "2021年春", 62.0, 60.8, 63.2, FALSE }, { 2021.75, "2021年秋", 61.5, 60.3, 62.7, FALSE },
        { 2022.25, "2022年春", 61.9, 60.7, 63.1, FALSE }, { 2022.75, "2022年秋", 62.1, 60.9, 63.3, FALSE } };
static const ChartPoint monthly[]
    = { { 2022.2083, "2022年3月", 91.2, NAN, NAN, FALSE }, { 2022.2917, "2022年4月", 93.0, NAN, NAN, FALSE },
        { 2022.375, "2022年5月", 92.1, NAN, NAN, FALSE },  { 2022.4583, "2022年6月", 95.4, NAN, NAN, FALSE },
        { 2022.7083, "2022年9月", 96.2, NAN, NAN, FALSE }, { 2022.7917, "2022年10月", 97.0, NAN, NAN, FALSE } };
static const ChartPoint tally[] = { { 2022.2083, "March 2022", 12, NAN, NAN, FALSE },
                                    { 2022.4583, "June 2022", 1031, NAN, NAN, FALSE },
                                    { 2022.7083, "September 2022", 2890, NAN, NAN, FALSE } };
static const ChartPoint wide[]
    = { { 2021.75, "2021年秋", 50, 2, 98, FALSE }, { 2022.25, "2022年春", 48, 1, 99, FALSE } };
static const ChartPoint with_gap[] = { { 2020.75, "2020年秋", 20.1, 19.0, 21.2, FALSE },
                                       { 2021.75, "2021年秋", NAN, NAN, NAN, FALSE },
                                       { 2022.75, "2022年秋", 22.9, 21.7, 24.1, FALSE } };

static const ChartCase chart_cases[] = {
  { "drifting",
    { SIZE, CHINESE, .tone = CHART_TONE_BAD, POINTS (five_waves), .title = "沈河区 近视率", .baseline_t = 2021.75,
      .baseline_value = 60.5, .deadline_t = 2022.75, .target_value = 60.0, .projected = 62.4, .projected_low = 60.9,
      .projected_high = 63.9, .target_label = "目标 ≤60.0%", .projected_label = "预计 62.4%" } },
  { "projection_meets_target",
    { SIZE, CHINESE, .tone = CHART_TONE_DOUBT, POINTS (five_waves), .title = "大东区 近视率", .baseline_t = 2021.75,
      .baseline_value = 60.5, .deadline_t = 2022.75, .target_value = 60.0, .projected = 60.05, .projected_low = 58.0,
      .projected_high = 62.1, .target_label = "目标 ≤60.0%", .projected_label = "预计 60.1%" } },
  { "zero",
    { SIZE, CHINESE, .tone = CHART_TONE_GOOD, POINTS (at_zero), .title = "零", .baseline_t = 2021.75,
      .baseline_value = 0, .deadline_t = 2022.75, .target_value = 0, .projected = 0, .projected_low = 0,
      .projected_high = 0, .target_label = "目标 ≤0.0%", .projected_label = "预计 0.0%" } },
  { "hundred",
    { SIZE, .months = TRUE, CHINESE, .tone = CHART_TONE_GOOD, POINTS (at_hundred), .title = "百", .baseline_t = 2022,
      .baseline_value = 100, .deadline_t = 2022.9973, .target_value = 100, .projected = 100, .projected_low = NAN,
      .projected_high = NAN, .target_label = "目标 ≥100.0%", .projected_label = "预计 100.0%" } },
  { "one_wave",
    { SIZE, CHINESE, .tone = CHART_TONE_NONE, POINTS (one_wave), .title = "一次", .baseline_t = 2021.75,
      .baseline_value = 60.5, .deadline_t = 2022.75, .target_value = 60.0, NO_PROJECTION,
      .target_label = "目标 ≤60.0%" } },
  { "one_wave_no_path", { SIZE, CHINESE, POINTS (one_wave), .title = "一次", NO_PATH, NO_PROJECTION } },
  { "no_interval",
    { SIZE, CHINESE, .tone = CHART_TONE_BAD, POINTS (census), .title = "公办园占比", .baseline_t = 2021.75,
      .baseline_value = 51.4, .deadline_t = 2022.75, .target_value = 54, NO_PROJECTION,
      .target_label = "目标 ≥54.0%" } },
  { "no_data",
    { SIZE, CHINESE, .title = "无", .baseline_t = 2021.75, .baseline_value = 60.5, .deadline_t = 2022.75,
      .target_value = 60.0, NO_PROJECTION, .target_label = "目标 ≤60.0%" } },
  { "nothing_at_all", { SIZE, CHINESE, .title = "无", NO_PATH, NO_PROJECTION } },
  { "twelve_waves",
    { SIZE, CHINESE, .tone = CHART_TONE_BAD, POINTS (twelve_waves), .title = "十二次", .baseline_t = 2021.75,
      .baseline_value = 61.5, .deadline_t = 2022.75, .target_value = 61.0, NO_PROJECTION,
      .target_label = "目标 ≤61.0%" } },
  { "months",
    { SIZE, .months = TRUE, CHINESE, .tone = CHART_TONE_DOUBT, POINTS (monthly), .title = "课后服务",
      .baseline_t = 2022, .baseline_value = 90, .deadline_t = 2022.9973, .target_value = 100, .projected = 99.1,
      .projected_low = 97.5, .projected_high = 100, .target_label = "目标 ≥100.0%", .projected_label = "预计 99.1%" } },
  { "long_names",
    { SIZE, .language = "zh", .tone = CHART_TONE_BAD, POINTS (five_waves), .title = "很长", .baseline_t = 2021.75,
      .baseline_value = 60.5, .deadline_t = 2022.75, .target_value = 60.0, .projected = 61.9, .projected_low = 60.1,
      .projected_high = 63.7, .path_label = "二〇二二年教育工作计划所定的年度路径",
      .target_label = "教育工作要点规定的目标值不高于60.0%", .projected_label = "按最近四次筛查推算的期末值61.9%",
      .deadline_label = "截止 二〇二二年十二月三十一日(以秋季学期第二次全员视力筛查的结果为准)",
      .empty_label = "尚无数据" } },
  { "long_names_english",
    { SIZE, .language = "en", .tone = CHART_TONE_BAD, POINTS (five_waves_english),
      .title = "Kangping county, junior and senior secondary schools: pupils with screening myopia",
      .baseline_t = 2021.75, .baseline_value = 60.5, .deadline_t = 2022.75, .target_value = 60.0, .projected = 61.9,
      .projected_low = 60.1, .projected_high = 63.7,
      .path_label = "path of the year as the education plan of 2022 sets it",
      .target_label = "target of the key points: at most 60.0%",
      .projected_label = "expected at the end of the year 61.9%",
      .deadline_label = "deadline 31 December 2022 (by the second screening of the autumn term)",
      .empty_label = "no data yet" } },
  { "count_english",
    { SIZE, .months = TRUE, .language = "en", .tone = CHART_TONE_BAD, POINTS (tally), .title = "Inclusive places",
      .baseline_t = 2022, .baseline_value = 0, .deadline_t = 2022.9973, .target_value = 5000, .unit = UNIT_COUNT,
      .projected = 4100, .projected_low = NAN, .projected_high = NAN, .path_label = "planned path",
      .target_label = "target ≥5,000", .projected_label = "expected 4,100",
      .deadline_label = "deadline 31 December 2022", .empty_label = "no data yet" } },
  { "wide_intervals",
    { SIZE, CHINESE, .tone = CHART_TONE_DOUBT, POINTS (wide), .title = "宽", .baseline_t = 2021.75,
      .baseline_value = 50, .deadline_t = 2022.75, .target_value = 49.5, .projected = 46, .projected_low = 0,
      .projected_high = 100, .target_label = "目标 ≤49.5%", .projected_label = "预计 46.0%" } },
  { "missing_wave",
    { SIZE, CHINESE, .tone = CHART_TONE_BAD, POINTS (with_gap), .title = "缺一次", .baseline_t = 2021.75,
      .baseline_value = 21.0, .deadline_t = 2022.75, .target_value = 21.4, NO_PROJECTION,
      .target_label = "目标 ≤21.4%" } },
  { "after_deadline",
    { SIZE, CHINESE, .tone = CHART_TONE_GOOD, POINTS (twelve_waves), .title = "期后", .baseline_t = 2018.75,
      .baseline_value = 59.4, .deadline_t = 2020.75, .target_value = 62.0, NO_PROJECTION,
      .target_label = "目标 ≤62.0%" } },
};
