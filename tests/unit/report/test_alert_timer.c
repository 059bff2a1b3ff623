#include "board.h"
#include "report/alert_move.h"
#include "report/alert_timer.h"

static const TimerRules rules = { .reminder = 7, .reminder_acknowledged = 30, .escalation = 7, .escalation_city = 21 };

static void
alert_timer__each_row__first_match_wins (void **state)
{
  static const struct {
    TimerFacts facts;
    AlertNote note;
    Escalation escalated;
  } cases[] = {
    /* firing told ack silenced over open untold escalated */
    { { FALSE, FALSE, FALSE, FALSE, FALSE, 90, 90, ESCALATED_NOBODY }, NOTE_NONE, ESCALATED_NOBODY },
    { { TRUE, FALSE, FALSE, TRUE, FALSE, 90, 90, ESCALATED_NOBODY }, NOTE_NONE, ESCALATED_NOBODY },
    { { TRUE, FALSE, FALSE, TRUE, TRUE, 90, 90, ESCALATED_HEAD }, NOTE_NONE, ESCALATED_HEAD },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 6, 6, ESCALATED_NOBODY }, NOTE_NONE, ESCALATED_NOBODY },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 7, 7, ESCALATED_NOBODY }, NOTE_ESCALATED, ESCALATED_HEAD },
    { { TRUE, TRUE, FALSE, FALSE, FALSE, 7, 0, ESCALATED_NOBODY }, NOTE_ESCALATED, ESCALATED_HEAD },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 13, 6, ESCALATED_HEAD }, NOTE_NONE, ESCALATED_HEAD },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 14, 7, ESCALATED_HEAD }, NOTE_REMINDED, ESCALATED_HEAD },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 21, 7, ESCALATED_HEAD }, NOTE_ESCALATED, ESCALATED_CITY },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 40, 40, ESCALATED_NOBODY }, NOTE_ESCALATED, ESCALATED_CITY },
    { { TRUE, FALSE, FALSE, FALSE, FALSE, 28, 7, ESCALATED_CITY }, NOTE_REMINDED, ESCALATED_CITY },
    { { TRUE, TRUE, FALSE, FALSE, FALSE, 28, 7, ESCALATED_CITY }, NOTE_NONE, ESCALATED_CITY },
    { { TRUE, FALSE, TRUE, FALSE, FALSE, 29, 29, ESCALATED_NOBODY }, NOTE_NONE, ESCALATED_NOBODY },
    { { TRUE, FALSE, TRUE, FALSE, FALSE, 30, 30, ESCALATED_NOBODY }, NOTE_REMINDED, ESCALATED_NOBODY },
    { { TRUE, FALSE, FALSE, FALSE, TRUE, 3, 1, ESCALATED_NOBODY }, NOTE_REMINDED, ESCALATED_NOBODY },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    TimerOutcome found = alert_timer (&cases[i].facts, &rules);

    if (found.note != cases[i].note || found.escalated != cases[i].escalated)
      fail_msg ("case %u: note %d, escalated %d", i, found.note, found.escalated);
    assert_int_equal (found.reason != NULL, found.note == NOTE_ESCALATED);
  }
}

static void
alert_days__dates__whole_days_across_months_and_no_date_is_none (void **state)
{
  (void)state;
  assert_int_equal (alert_days ("2022-08-31", "2022-09-05"), 5);
  assert_int_equal (alert_days ("2024-02-28", "2024-03-01"), 2);
  assert_int_equal (alert_days ("", "2022-09-05"), 0);
}

static Hold
hold_of (HoldKind kind, const char *target, const char *area)
{
  return (Hold){ .kind = kind,
                 .plan = (char *)(guintptr) "",
                 .target = (char *)(guintptr)target,
                 .area_code = (char *)(guintptr)area,
                 .until = (char *)(guintptr) "2022-10-01",
                 .actor = (char *)(guintptr) "zhang",
                 .comment = (char *)(guintptr) "正在复查" };
}

static void
hold_covers__any_target_indicator_and_area (void **state)
{
  static const struct {
    const char *target, *area;
    gboolean covers;
  } cases[] = {
    { "", "", TRUE },
    { "myopia_change", "", TRUE },
    { "myopia", "210103", TRUE }, /* the indicator stands for its targets */
    { "", "210103", TRUE },
    { "", "210102", FALSE },
    { "obesity_growth", "210103", FALSE },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Hold hold = hold_of (HOLD_SILENCE, cases[i].target, cases[i].area);

    assert_int_equal (hold_covers (&hold, "2022", "myopia_change", "myopia", "210103"), cases[i].covers);
  }
}

static Standing *
firing (Board *board, AlertSeverity before, AlertSeverity after)
{
  Standing *s = stand (board, "myopia_change", "210103", VERDICT_WORSENING, 62.1, 60.3, 60);

  s->state = s->state_before = ALERT_FIRING;
  s->severity_before = before;
  s->severity = after;
  s->note = after > before ? NOTE_WORSENED : NOTE_NONE;
  g_free (s->since);
  s->since = g_strdup ("2022-09-05");
  g_free (s->told);
  s->told = g_strdup ("2022-09-05");
  return s;
}

static void
alert_mind_clock__severity_rises__acknowledgement_falls_away (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  Hold ack = hold_of (HOLD_ACK, "myopia_change", "210103");
  Standing *s = firing (board, ALERT_WARNING, ALERT_CRITICAL);

  (void)state;
  s->hold = &ack;
  alert_mind_clock (s, catalogue, "2022-09-20");
  assert_null (s->hold);
  assert_string_equal (ack.ended, "worsened");
  assert_int_equal (s->note, NOTE_WORSENED);
  assert_int_equal (s->escalated, ESCALATED_HEAD);
}

static void
alert_mind_clock__acknowledged_or_silenced__nobody_is_reminded (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  Hold ack = hold_of (HOLD_ACK, "myopia_change", "210103");
  Hold silence = hold_of (HOLD_SILENCE, "", "210103");
  Standing *s = firing (board, ALERT_WARNING, ALERT_WARNING);

  (void)state;
  s->hold = &ack;
  assert_null (alert_mind_clock (s, catalogue, "2022-10-04"));
  assert_int_equal (s->note, NOTE_NONE);
  assert_null (ack.ended);
  s->hold = &silence;
  s->severity = ALERT_CRITICAL;
  s->note = NOTE_WORSENED;
  alert_mind_clock (s, catalogue, "2022-10-06");
  assert_int_equal (s->note, NOTE_NONE); /* judged on, not told */
  s->hold = NULL;
  s->hold_over = &silence;
  alert_mind_clock (s, catalogue, "2022-09-06");
  assert_int_equal (s->note, NOTE_REMINDED);
}

static void
alert_mind_clock__fires_again__starts_at_the_bottom (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  Standing *s = firing (board, ALERT_WARNING, ALERT_WARNING);

  (void)state;
  s->escalated = ESCALATED_CITY;
  s->state_before = ALERT_RESOLVED;
  s->note = NOTE_NEW;
  alert_mind_clock (s, catalogue, "2022-09-05");
  assert_int_equal (s->escalated, ESCALATED_NOBODY);
  assert_int_equal (s->note, NOTE_NEW);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (alert_timer__each_row__first_match_wins),
    cmocka_unit_test (alert_days__dates__whole_days_across_months_and_no_date_is_none),
    cmocka_unit_test (hold_covers__any_target_indicator_and_area),
    cmocka_unit_test (alert_mind_clock__severity_rises__acknowledgement_falls_away),
    cmocka_unit_test (alert_mind_clock__acknowledged_or_silenced__nobody_is_reminded),
    cmocka_unit_test (alert_mind_clock__fires_again__starts_at_the_bottom),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
