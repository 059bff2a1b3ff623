/* What is startling against what the same school reported before. */
#include "domain/period.h"
#include "extract/history.h"

#include "../../support/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define MYOPIA "school_code,period,grade,sex,examined,myopic,mild,moderate,high\n"
#define MYOPIA_GOOD                                                                                                    \
  MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n"                              \
         "2101020001,2022-autumn,P2,M,201,57,,,\n2101020001,2022-autumn,P2,F,202,63,,,\n"
#define WEIGHT "school_code,period,grade,sex,examined,overweight,obese\n"
#define MARK(grade, sex) (grade[0] + 7 * grade[1] + 31 * sex[0])

/* What the database would know: one unit's figures in one period. */
typedef struct {
  const char *unit;
  const char *last;
  gboolean year_ago;
  HistoryFigure figures[5];
} Known;

typedef struct {
  const char *name;
  const char *text;
  Known known;
  const char *rules;
  guint row;
  guint column_no;
  gint64 provisional;
  const char *says;
} Case;

static gboolean
read_known (const Feed *feed, const char *period, gboolean year_ago, const GPtrArray *districts, const GPtrArray *codes,
            void (*take) (const char *unit, const char *last, const HistoryFigure *figures, gpointer taker),
            gpointer taker, gpointer data, GError **error)
{
  const Known *known = data;
  Period now, then;

  (void)feed;
  (void)error;
  assert_true (codes->len > 0 && districts->len > 0);
  assert_true (period_parse (period, &now));
  if (known->unit != NULL && known->year_ago == year_ago && period_parse (known->last, &then)
      && g_date_compare (&then.last, &now.first) < 0)
    take (known->unit, known->last, known->figures, taker);
  return TRUE;
}

static const Case cases[] = {
  { "nothing is known", MYOPIA_GOOD, { 0 }, "", 0, 0, 0, NULL },
  { "much the same",
    MYOPIA_GOOD,
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 190, 0, 4 } } },
    "",
    0,
    0,
    0,
    NULL },
  /* now 203/804 = 25.2 %; 4 standard errors of two shares of 800 are 8.7 points, 8 more are allowed */
  { "as much as size and time explain",
    MYOPIA_GOOD,
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 335, 0, 4 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "a jump",
    MYOPIA_GOOD,
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 350, 0, 4 } } },
    "R-JUMP",
    2,
    6,
    4,
    "本期 25.2% (203/804)，2022-spring 为 43.8% (350/800)" },
  { "a jump of a school too small to tell",
    MYOPIA "2101020001,2022-autumn,P1,M,12,5,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 12, 0, 1 }, { 1, 0, 1 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "withheld before: no share to compare",
    MYOPIA_GOOD,
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 90, 0, 3 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "zeros after many",
    MYOPIA "2101020001,2022-autumn,P1,M,203,0,,,\n2101020001,2022-autumn,P1,F,198,0,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 400, 0, 2 }, { 83, 0, 2 } } },
    "R-SUDDEN-ZERO",
    2,
    6,
    2,
    "为 83" },
  { "a zero in a correction of one row of four",
    MYOPIA "2101020001,2022-autumn,P1,M,203,0,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 190, 0, 4 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "zeros in two rows of four",
    MYOPIA "2101020001,2022-autumn,P1,M,203,0,,,\n2101020001,2022-autumn,P1,F,198,0,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 190, 0, 4 } } },
    "R-SUDDEN-ZERO",
    2,
    6,
    2,
    "为 190" },
  { "another share in a correction of one row of four",
    MYOPIA "2101020001,2022-autumn,P1,M,203,10,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 800, 0, 4 }, { 350, 0, 4 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "zeros after few",
    MYOPIA "2101020001,2022-autumn,P1,M,203,0,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 200, 0, 1 }, { 9, 0, 1 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "the last period again",
    MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n",
    { "2101020001",
      "2022-spring",
      FALSE,
      { { 401, 203 * MARK ("P1", "M") + 198 * MARK ("P1", "F"), 2 },
        { 83, 41 * MARK ("P1", "M") + 42 * MARK ("P1", "F"), 2 } } },
    "R-COPIED",
    2,
    5,
    2,
    "2022-spring 完全相同" },
  { "the last period again, a total beside it",
    MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n"
           "2101020001,2022-autumn,P1,all,401,83,,,\n",
    { "2101020001",
      "2022-spring",
      FALSE,
      { { 401, 203 * MARK ("P1", "M") + 198 * MARK ("P1", "F"), 2 },
        { 83, 41 * MARK ("P1", "M") + 42 * MARK ("P1", "F"), 2 } } },
    "R-COPIED",
    2,
    5,
    2,
    "2022-spring 完全相同" },
  { "the year before again",
    MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n",
    { "2101020001", "2021-autumn", TRUE, { { 203, 203 * MARK ("P1", "M"), 1 }, { 41, 41 * MARK ("P1", "M"), 1 } } },
    "R-COPIED",
    2,
    5,
    1,
    "2021-autumn 完全相同" },
  { "equal totals of other cells",
    MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n",
    { "2101020001",
      "2022-spring",
      FALSE,
      { { 401, 198 * MARK ("P1", "M") + 203 * MARK ("P1", "F"), 2 },
        { 83, 42 * MARK ("P1", "M") + 41 * MARK ("P1", "F"), 2 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "a year ago a jump is no news",
    MYOPIA_GOOD,
    { "2101020001", "2021-autumn", TRUE, { { 800, 0, 4 }, { 450, 0, 4 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "round numbers alone",
    WEIGHT "2101020001,2022-autumn,P1,M,60,10,5\n2101020001,2022-autumn,P1,F,55,5,5\n"
           "2101020001,2022-autumn,P2,M,50,10,5\n2101020001,2022-autumn,P2,F,45,10,10\n",
    { 0 },
    "R-ROUND",
    2,
    5,
    4,
    "12 个数全部是 5 的倍数" },
  { "one number that is not round",
    WEIGHT "2101020001,2022-autumn,P1,M,60,10,5\n2101020001,2022-autumn,P1,F,55,5,5\n"
           "2101020001,2022-autumn,P2,M,50,10,5\n2101020001,2022-autumn,P2,F,46,10,10\n",
    { 0 },
    "",
    0,
    0,
    0,
    NULL },
  { "too few numbers to tell", WEIGHT "2101020001,2022-autumn,P1,M,60,10,5\n", { 0 }, "", 0, 0, 0, NULL },
  { "enrolment doubles",
    "school_code,period,places,enrolled\n2101020001,2022-autumn,900,801\n",
    { "2101020001", "2022-spring", FALSE, { { 900, 0, 1 }, { 402, 0, 1 } } },
    "R-JUMP",
    2,
    4,
    1,
    "402" },
  { "an intake",
    "school_code,period,places,enrolled\n2101020001,2022-autumn,900,480\n",
    { "2101020001", "2022-spring", FALSE, { { 900, 0, 1 }, { 402, 0, 1 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "a cumulative count falls",
    "area_code,period,target,count\n210102,2022-10,sports_teams,3\n",
    { "210102|sports_teams", "2022-09", FALSE, { { 4, 0, 1 } } },
    "R-FALLS",
    2,
    4,
    1,
    "3 少于 2022-09 的 4" },
  { "a count falls from one period of the file to the next",
    "area_code,period,target,count\n210102,2022-04,sports_teams,3\n210102,2022-03,sports_teams,5\n"
    "210103,2022-03,sports_teams,5\n210103,2022-04,sports_teams,6\n",
    { 0 },
    "R-FALLS",
    2,
    4,
    1,
    "3 少于 2022-03 的 5" },
  { "the file's own past is later than what is known",
    "area_code,period,target,count\n210102,2022-04,sports_teams,4\n210102,2022-03,sports_teams,4\n",
    { "210102|sports_teams", "2022-02", FALSE, { { 9, 0, 1 } } },
    "R-FALLS",
    3,
    4,
    1,
    "4 少于 2022-02 的 9" },
  { "what is known is later than the file's own past",
    "area_code,period,target,count\n210102,2022-01,sports_teams,1\n210102,2022-04,sports_teams,4\n",
    { "210102|sports_teams", "2022-03", FALSE, { { 5, 0, 1 } } },
    "R-FALLS",
    3,
    4,
    1,
    "4 少于 2022-03 的 5" },
  { "too long ago",
    "area_code,period,target,count\n210102,2020-03,sports_teams,5\n210102,2021-10,sports_teams,3\n",
    { 0 },
    "",
    0,
    0,
    0,
    NULL },
  { "last year's figures in the same file",
    MYOPIA "2101020001,2021-autumn,P1,M,203,41,,,\n2101020001,2021-autumn,P1,F,198,42,,,\n"
           "2101020001,2022-spring,P1,M,201,44,,,\n2101020001,2022-spring,P1,F,198,45,,,\n"
           "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n",
    { 0 },
    "R-COPIED",
    6,
    5,
    2,
    "2021-autumn" },
  { "another target's count",
    "area_code,period,target,count\n210102,2022-10,sports_teams,3\n",
    { "210102|arts_teams", "2022-09", FALSE, { { 4, 0, 1 } } },
    "",
    0,
    0,
    0,
    NULL },
  { "totals beside the rows are not added to them",
    MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n"
           "2101020001,2022-autumn,P1,all,401,83,,,\n",
    { "2101020001", "2022-spring", FALSE, { { 400, 0, 2 }, { 83, 0, 2 } } },
    "",
    0,
    0,
    0,
    NULL },
};

static void
check (const Case *c)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *rules = NULL;
  const ExtractOptions options = { .catalogue = export_catalogue (""), .reg = export_register () };
  Known known = c->known;
  const Past past = { read_known, &known };
  const Rejects *rejects = NULL;

  export_read_text (c->text, &outcome);
  assert_string_equal (outcome.rules, "");
  assert_true (extract_history (&outcome.extract, &options, "test.csv", &past, NULL));
  rejects = outcome.extract.rejects;
  rules = g_strdup (rejects->groups->len > 0 ? ((RejectGroup *)rejects->groups->pdata[0])->rule->rule : "");
  if (strcmp (rules, c->rules) != 0 || rejects->kept->len > 1)
    fail_msg ("%s: %s (%u)", c->name, rules, rejects->kept->len);
  if (outcome.extract.rows_provisional != c->provisional || outcome.extract.provisional->len != c->provisional)
    fail_msg ("%s: %ld provisional", c->name, (long)outcome.extract.rows_provisional);
  if (c->says == NULL)
    return;
  if (((Reject *)rejects->kept->pdata[0])->row != c->row
      || ((Reject *)rejects->kept->pdata[0])->column_no != c->column_no
      || strstr (((Reject *)rejects->kept->pdata[0])->message, c->says) == NULL)
    fail_msg ("%s: row %u column %u: %s", c->name, ((Reject *)rejects->kept->pdata[0])->row,
              ((Reject *)rejects->kept->pdata[0])->column_no, ((Reject *)rejects->kept->pdata[0])->message);
}

static void
extract_history__a_school_against_its_past__confirm_or_pass (void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
rule_csv__every_code_of_level_history__is_provoked_here (void **state)
{
  const Catalogue *catalogue = export_catalogue ("");

  (void)state;
  for (guint i = 0; i < catalogue->rules->len; i++) {
    const Rule *rule = catalogue->rules->pdata[i];
    gboolean provoked = rule->level != LEVEL_HISTORY;

    for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
      provoked |= strcmp (cases[k].rules, rule->rule) == 0;
    if (!provoked)
      fail_msg ("no test provokes %s", rule->rule);
  }
}

static void
add_line (const char *unit, const char *last, const HistoryFigure *figures, gpointer taker)
{
  g_string_append_printf (taker, "%s %s", unit, last);
  for (guint i = 0; i < 2; i++)
    g_string_append_printf (taker, " %ld/%ld/%ld", (long)figures[i].sum, (long)figures[i].mark, (long)figures[i].cells);
  g_string_append_c (taker, ';');
}

static void
history_reported__a_file_of_two_districts_and_periods__read_back_as_counted (void **state)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GPtrArray) places = NULL;
  g_autoptr (GString) out = g_string_new (NULL), cut = g_string_new (NULL);
  g_autofree char *expected = g_strdup_printf (
      "2101020001 2022-spring 1/%d/1 0/0/1;|2101020001 2022-autumn 401/%d/2 41/%d/1;|2101030003 2022-autumn "
      "7/%d/1 0/0/1;|",
      MARK ("P1", "M"), 203 * MARK ("P1", "M") + 198 * MARK ("P1", "F"), 41 * MARK ("P1", "M"), 7 * MARK ("P1", "F"));

  (void)state;
  export_read_text (MYOPIA "2101020001,2022-spring,P1,M,1,0,,,\n2101020001,2022-autumn,P1,M,203,41,,,\n"
                           "2101020001,2022-autumn,P1,F,198,*,,,\n2101030003,2022-autumn,P1,F,7,0,,,\n",
                    &outcome);
  assert_string_equal (outcome.rules, "");
  places = history_reported (&outcome.extract);
  for (guint i = 0; i < places->len; i++) {
    const Reported *place = places->pdata[i];

    assert_int_equal (place->units, 1);
    assert_string_equal (place->district_code, i < 2 ? "210102" : "210103");
    assert_true (history_read (place->figures->data, place->figures->len, place->period, 5, add_line, out));
    assert_false (history_read (place->figures->data, place->figures->len - 1, place->period, 5, add_line, cut));
    g_string_append_c (out, '|');
  }
  assert_string_equal (out->str, expected);
}

static void
history_reported__totals_beside_the_rows__left_to_the_rows (void **state)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GPtrArray) places = NULL;

  (void)state;
  export_read_text (MYOPIA "2101020001,2022-autumn,P1,M,203,41,,,\n2101020001,2022-autumn,P1,F,198,42,,,\n"
                           "2101020001,2022-autumn,P1,all,401,83,,,\n",
                    &outcome);
  places = history_reported (&outcome.extract);
  assert_int_equal (places->len, 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (extract_history__a_school_against_its_past__confirm_or_pass),
    cmocka_unit_test (rule_csv__every_code_of_level_history__is_provoked_here),
    cmocka_unit_test (history_reported__a_file_of_two_districts_and_periods__read_back_as_counted),
    cmocka_unit_test (history_reported__totals_beside_the_rows__left_to_the_rows),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
