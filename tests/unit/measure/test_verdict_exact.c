/* Verdicts on what is counted in full: what is missing is not taken for nothing. */
#include "../../support/near.h"

#include "measure/verdict.h"

#include <cmocka.h>

static const VerdictThresholds thresholds = {
  .completeness_min_pct = 80, .completeness_tell_pct = 50, .count_on_track_ratio = 0.9, .count_off_track_ratio = 0.7
};

/* 1000 at the start, 1100 on day 100. */
static Verdict
judge_count (gint64 count, guint32 day, guint reporting, guint expected, gboolean few)
{
  const CountFacts facts = { .known = TRUE,
                             .count = count,
                             .baseline = 1000,
                             .value = 1100,
                             .deadline_day = 100,
                             .as_of_day = day,
                             .reporting = reporting,
                             .expected = expected,
                             .few_reports = few };
  Verdict verdict;

  verdict_count (&facts, &thresholds, &verdict);
  return verdict;
}

static void
verdict_count__schools_missing__waits_while_they_may_have_the_rest (void **state)
{
  static const struct {
    gint64 count;
    guint32 day;
    guint reporting, expected;
    VerdictWord word;
    gboolean fires;
  } cases[] = {
    { 900, 100, 10, 10, VERDICT_OFF_TRACK, TRUE },  /* all are in */
    { 900, 100, 0, 0, VERDICT_OFF_TRACK, TRUE },    /* no sum over schools */
    { 900, 100, 9, 10, VERDICT_OFF_TRACK, FALSE },  /* 200 lack, one is missing, 100 each */
    { 899, 100, 9, 10, VERDICT_OFF_TRACK, TRUE },   /* 201 lack */
    { 900, 100, 90, 91, VERDICT_OFF_TRACK, TRUE },  /* 10 each */
    { 1000, 50, 90, 95, VERDICT_OFF_TRACK, FALSE }, /* 50 are due, and five schools of 11 each */
    { 1100, 100, 90, 95, VERDICT_MET, FALSE },      { 1049, 50, 90, 95, VERDICT_ON_TRACK, FALSE },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Verdict v = judge_count (cases[i].count, cases[i].day, cases[i].reporting, cases[i].expected, FALSE);

    assert_int_equal (v.word, cases[i].word);
    assert_int_equal (v.fires, cases[i].fires);
    assert_int_equal (v.pending, v.word == VERDICT_OFF_TRACK && !v.fires);
    if (v.pending)
      assert_string_equal (v.reason.note[0], "verdict.reason.note_incomplete");
  }
}

static void
verdict_count__few_reports__cannot_tell_unless_met (void **state)
{
  (void)state;
  assert_int_equal (judge_count (900, 100, 4, 10, TRUE).word, VERDICT_CANNOT_TELL);
  assert_int_equal (judge_count (1050, 50, 4, 10, TRUE).word, VERDICT_CANNOT_TELL);
  assert_int_equal (judge_count (1100, 50, 4, 10, TRUE).word, VERDICT_MET);
}

static void
verdict_share__few_reports__cannot_tell (void **state)
{
  ShareFacts facts = { .good_is_up = TRUE,
                       .x = 2,
                       .n = 2,
                       .value = 90,
                       .baseline = 50,
                       .deadline_day = 100,
                       .as_of_day = 100,
                       .reporting = 2,
                       .expected = 60 };
  Verdict verdict;

  (void)state;
  verdict_share (&facts, &thresholds, &verdict);
  assert_int_equal (verdict.word, VERDICT_MET);
  facts.few_reports = TRUE;
  verdict_share (&facts, &thresholds, &verdict);
  assert_int_equal (verdict.word, VERDICT_CANNOT_TELL);
  assert_string_equal (verdict.reason.key, "verdict.reason.few_reports");
  assert_false (verdict.fires || verdict.pending);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (verdict_count__schools_missing__waits_while_they_may_have_the_rest),
    cmocka_unit_test (verdict_count__few_reports__cannot_tell_unless_met),
    cmocka_unit_test (verdict_share__few_reports__cannot_tell),
  };

  return cmocka_run_group_tests_name ("verdict_exact", tests, NULL, NULL);
}
