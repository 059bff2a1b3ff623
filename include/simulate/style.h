/* include/simulate/style.h: how each district's office writes its exports. */
#pragma once

#include "simulate/facts.h"
#include "simulate/sheet.h"

typedef enum { SIM_HEADER_USUAL, SIM_HEADER_OTHER, SIM_HEADER_CANONICAL, SIM_HEADER_KINDS } SimHeaderKind;

/* Habits of an office; bits. */
typedef enum {
  SIM_WIDE = 1 << 0,          /* myopia and weight: a column per grade and sex, the term in the title */
  SIM_TOTALS = 1 << 1,        /* wide: total columns, too */
  SIM_DETAIL = 1 << 2,        /* degrees of myopia; thin pupils */
  SIM_SERIAL = 1 << 3,        /* a running number in front */
  SIM_NAME = 1 << 4,          /* the school's name beside its code */
  SIM_RATE = 1 << 5,          /* long: a rate worked out beside the counts */
  SIM_THOUSANDS = 1 << 6,     /* 1,234 */
  SIM_SPACES = 1 << 7,        /* trailing ones here and there */
  SIM_FULL_WIDTH = 1 << 8,    /* digits here and there */
  SIM_SUM = 1 << 9,           /* a line of sums at the end */
  SIM_NOTE = 1 << 10,         /* a line below it that says something */
  SIM_SECOND_TITLE = 1 << 11, /* who filled it in, and when */
  SIM_CHINESE_NAME = 1 << 12  /* of the file */
} SimHabit;

typedef struct {
  SimDialect dialect;
  SimHeaderKind header;
  guint habits;
  const char *nothing; /* written where there is nothing */
  enum { SIM_TERM_CANONICAL, SIM_TERM_LONG, SIM_TERM_SHORT, SIM_TERM_SCHOOL_YEAR } term;
  enum { SIM_MONTH_CANONICAL, SIM_MONTH_CHINESE, SIM_MONTH_SLASH, SIM_MONTH_PLAIN } month;
  enum { SIM_DATE_ISO, SIM_DATE_SLASH, SIM_DATE_CHINESE } date;
} SimStyle;

/* sim_style: of a district; SIM_DISTRICTS: the city's own office. */
const SimStyle *sim_style (guint district);

static inline gboolean
sim_does (const SimStyle *style, SimHabit habit)
{
  return (style->habits & habit) != 0;
}

/* sim_header: how @style names a feed's column; @column is canonical. An unknown one is a bug and aborts. */
const char *sim_header (const SimStyle *style, const char *feed, const char *column);

/* All of these write into the sheet's last row, in the manner of @style. @wobble is any number: what is done only here
   and there is done depending on it. */
void sim_write_count (SimSheet *sheet, const SimStyle *style, guint64 n, guint measure, guint group, guint wobble);
void sim_write_total (SimSheet *sheet, const SimStyle *style, guint64 n);
void sim_write_term (SimSheet *sheet, const SimStyle *style, guint term);
void sim_write_month (SimSheet *sheet, const SimStyle *style, guint month);
void sim_write_date (SimSheet *sheet, const SimStyle *style, const char *iso);
void sim_write_grade (SimSheet *sheet, const SimStyle *style, guint grade);
void sim_write_sex (SimSheet *sheet, const SimStyle *style, guint sex);
void sim_write_boolean (SimSheet *sheet, const SimStyle *style, gboolean value);
void sim_write_nothing (SimSheet *sheet, const SimStyle *style);

/* sim_write_titles: the line above the header that says what, where, when, and that the data are simulated; and the one
   below it, if the style has it. @when as in a title (2021年秋季学期) or NULL. */
void sim_write_titles (SimSheet *sheet, const SimStyle *style, guint district, const char *what, const char *when,
                       const char *filled_on);
/* sim_write_note: the closing line, if the style has one. */
void sim_write_note (SimSheet *sheet, const SimStyle *style);

/* sim_term_title: 2021年秋季学期. */
char *sim_term_title (guint term);

/* sim_file_name: without folder; @feed canonical, @when canonical. */
char *sim_file_name (const SimStyle *style, guint district, const char *feed, const char *when);
