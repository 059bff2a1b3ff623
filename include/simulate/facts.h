/* include/simulate/facts.h: what is known of the city and what was made up for it, as tables. */
#pragma once

#include <glib.h>

#define SIM_DISTRICTS 13
#define SIM_GRADES 12 /* P1…P6, J1…J3, S1…S3 */
#define SIM_SEXES 2   /* M, F */
#define SIM_TERMS 8   /* 2019-spring … 2022-autumn */
#define SIM_YEARS 4   /* 2019 … 2022 */
#define SIM_FIRST_YEAR 2019
#define SIM_PHASES 3 /* attributes before March 2022, from March, from September */
#define SIM_TERM_2021_AUTUMN 5
#define SIM_TERM_2022_SPRING 6
#define SIM_TERM_2022_AUTUMN 7

typedef enum {
  SIM_KINDERGARTEN,
  SIM_PRIMARY,
  SIM_JUNIOR,
  SIM_NINE_YEAR,
  SIM_SENIOR,
  SIM_TWELVE_YEAR,
  SIM_VOCATIONAL,
  SIM_SPECIAL,
  SIM_STAGES
} SimStage;

typedef struct {
  const char *code; /* canonical */
  const char *name; /* as in Chinese registers */
  guint schools;    /* open on 31 July 2022 */
  guint pupils;     /* about 2021, all schools of the stage together */
  double spread;    /* standard deviation of the logarithm of a school's size */
  int first_grade;  /* -1: no grades are screened */
  int last_grade;
  guint least; /* schools in each district */
} SimStageFact;

/* Shares in percent: at the end of 2021, and at the end of 2022. */
typedef struct {
  double start;
  double end;
} SimShare;

typedef struct {
  const char *code;
  const char *name;
  const char *slug;    /* for file names */
  double weight;       /* part of the city's schools and pupils, percent; made up */
  gboolean rural;      /* towns rather than streets in the schools' names */
  double drift_pp;     /* myopia, points a year from 2021-autumn on; the path has -0.5 */
  double weight_drift; /* factor on the growth of overweight and obesity, which is not cut in 2022; 1: cut as planned */
  gboolean incomplete; /* the last screening reached part of the schools only */
  SimShare public_share;
  SimShare inclusive_share;
  SimShare star_share;
  SimShare group_share;
  SimShare recognised_share;
  double short_service;   /* part of compulsory schools below five days after school, December 2022 */
  double unserved;        /* part of willing pupils not served, December 2022 */
  double standard_missed; /* part of compulsory schools not past the management standard, December 2022 */
} SimDistrict;

typedef struct {
  const char *target;  /* as in the plan */
  const char *written; /* as in the exports */
  guint value;
  double reached;       /* part of the value that 2022-12 shows */
  gboolean by_district; /* a few districts report it and the city is their sum */
} SimCount;

extern const SimStageFact sim_stages[SIM_STAGES];
extern const SimDistrict sim_districts[SIM_DISTRICTS];
extern const char *const sim_grades[SIM_GRADES];
extern const char *const sim_grade_names[SIM_GRADES];
extern const char *const sim_sexes[SIM_SEXES];
extern const char *const sim_sex_names[SIM_SEXES];
extern const SimCount sim_counts[];
extern const guint sim_n_counts;
extern const double sim_myopia_2020[SIM_GRADES];        /* percent, the city but for Shenhe */
extern const double sim_myopia_shenhe_2020[SIM_GRADES]; /* percent */

#define SIM_SHENHE 1
#define SIM_LIAOZHONG 9
#define SIM_LIAOZHONG_OLD_CODE "210122"
#define SIM_LIAOZHONG_RECODED "2016-03-01"

#define SIM_PATH_PP (-0.5) /* myopia, points a year: plan of 2022, item 19 */
#define SIM_DRIFT_FROM 2021.75

/* sim_district_code: SIM_DISTRICTS is the city: 210100. */
const char *sim_district_code (guint district);

/* Terms: 0 is 2019-spring. */
const char *sim_term (guint term);       /* 2019-spring */
const char *sim_term_end (guint term);   /* 2019-07-31 */
double sim_term_time (guint term);       /* 2019.25 */
guint sim_term_school_year (guint term); /* 2018: the year in which the school year began */
guint sim_term_phase (guint term);       /* 0 … SIM_PHASES - 1 */
