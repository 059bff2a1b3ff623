#include "board.h"
#include "report/alert_move.h"

/* What must come of every state under every event: a second writing of the machine, by letters: o ok, p pending, f
   firing, r recovering, x resolved; N new, W worsened, R recovered. Columns in the order of AlertEvent. */
static const struct {
  AlertState from;
  const char *to;
  const char *note;
} wanted[] = {
  /*                      breach unsure between inside met missing gone */
  { ALERT_OK, /*       */ "fpooooo", "N------" }, { ALERT_PENDING, /*  */ "fpxxxpx", "N------" },
  { ALERT_FIRING, /*   */ "fffrxfx", "----R--" }, { ALERT_RECOVERING, /**/ "frrxxrx", "W--RR--" },
  { ALERT_RESOLVED, /* */ "fpxxxxx", "N------" },
};

static void
alert_transition__every_state_and_event__as_decided (void **state)
{
  static const char states[] = "opfrx";
  static const char notes[] = "-NWR";

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    for (guint event = 0; event < ALERT_EVENTS; event++) {
      const AlertTransition *found = alert_transition (wanted[i].from, (AlertEvent)event);

      if (states[found->to] != wanted[i].to[event] || notes[found->note] != wanted[i].note[event])
        fail_msg ("%s under event %u goes to %s", alert_state_name (wanted[i].from), event,
                  alert_state_name (found->to));
      assert_int_equal (found->reason == NULL, found->from == found->to);
    }
}

static void
alert_transition__every_reason__is_a_text_of_the_catalogue (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();

  (void)state;
  for (guint from = 0; from < ALERT_STATES; from++)
    for (guint event = 0; event < ALERT_EVENTS; event++) {
      const char *key = alert_transition ((AlertState)from, (AlertEvent)event)->reason;

      if (key != NULL)
        assert_non_null (g_hash_table_lookup (catalogue->texts, key));
    }
}

/* Facts that make each event, as a verdict would bring them; GONE has no verdict. */
static const AlertFacts facts_of_event[] = {
  [EVENT_BREACH] = { .word = VERDICT_OFF_TRACK, .fires = TRUE, .complete = TRUE },
  [EVENT_BREACH_UNSURE] = { .word = VERDICT_OFF_TRACK, .fires = TRUE, .complete = FALSE },
  [EVENT_BETWEEN] = { .word = VERDICT_UNCERTAIN, .fires = FALSE, .complete = TRUE },
  [EVENT_INSIDE] = { .word = VERDICT_ON_TRACK, .fires = FALSE, .complete = TRUE, .inside = TRUE },
  [EVENT_MET] = { .word = VERDICT_MET, .fires = FALSE, .complete = TRUE, .inside = TRUE },
  [EVENT_MISSING] = { .word = VERDICT_CANNOT_TELL, .fires = FALSE, .complete = FALSE },
};

/* One night of the whole machine: state @from, the event's facts, and what people have said before. */
static void
walk (AlertState from, AlertEvent event, const Hold *hold)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  const AlertFacts *facts = &facts_of_event[event];
  Standing *s = stand (board, "myopia_change", "210103", facts->word, facts->inside ? 59 : 60.5, 60, 59.5);
  const AlertTransition *move = alert_transition (from, event);

  s->state = from;
  s->severity = from == ALERT_FIRING || from == ALERT_RECOVERING ? ALERT_WARNING : ALERT_NOTICE;
  s->fires = facts->fires;
  s->complete = facts->complete;
  s->probability_met = 0.1;
  s->hold = hold;
  g_free (s->since);
  s->since = g_strdup (from == ALERT_OK ? "" : "2022-09-01");
  g_free (s->told);
  s->told = g_strdup (s->since);
  alert_step (s, catalogue, "2022-09-05");
  assert_int_equal (s->note, move->note);
  alert_mind_clock (s, catalogue, "2022-09-05");
  if (s->state != move->to || s->note != (hold != NULL && hold->kind == HOLD_SILENCE ? NOTE_NONE : move->note))
    fail_msg ("%s under %s: %s, note %d", alert_state_name (from), alert_event_name (event),
              alert_state_name (s->state), s->note);
  assert_string_equal (s->since, move->to == ALERT_OK ? "" : move->to == from ? "2022-09-01" : "2022-09-05");
  if (hold != NULL && hold->kind == HOLD_ACK)
    assert_int_equal (hold->ended != NULL,
                      s->state == ALERT_RESOLVED || (s->state == ALERT_FIRING && s->severity > s->severity_before));
}

static void
alert_step__every_state_event_and_hold__moves_as_the_table_says (void **state)
{
  (void)state;
  for (guint from = 0; from < ALERT_STATES; from++)
    for (guint event = 0; event < EVENT_GONE; event++) {
      Hold ack = { .kind = HOLD_ACK };
      Hold silence = { .kind = HOLD_SILENCE };

      assert_int_equal (alert_event (&facts_of_event[event]), event);
      walk ((AlertState)from, (AlertEvent)event, NULL);
      walk ((AlertState)from, (AlertEvent)event, &ack);
      walk ((AlertState)from, (AlertEvent)event, &silence);
    }
}

/* "from --> to: event, event" of the table, and of the README's picture. */
static char *
arrow_of (AlertState from, AlertState to)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *list = NULL;

  for (guint event = 0; event < ALERT_EVENTS; event++)
    if (alert_transition (from, (AlertEvent)event)->to == to)
      g_ptr_array_add (names, (gpointer)(guintptr)alert_event_name ((AlertEvent)event));
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  list = g_strjoinv (", ", (char **)names->pdata);
  return g_strdup_printf ("%s --> %s: %s", from == ALERT_OK ? "ok" : alert_state_name (from),
                          to == ALERT_OK ? "ok" : alert_state_name (to), list);
}

static void
readme__picture_of_the_states__is_the_table (void **state)
{
  g_autofree char *readme = NULL;
  g_autofree char *picture = NULL;
  g_auto (GStrv) lines = NULL;
  const char *start = NULL;
  guint wanted_lines = 0;

  (void)state;
  assert_true (g_file_get_contents ("README.md", &readme, NULL, NULL));
  start = strstr (readme, "stateDiagram-v2\n");
  assert_non_null (start);
  picture = g_strndup (start, (gsize)(strstr (start, "```") - start));
  for (guint from = 0; from < ALERT_STATES; from++)
    for (guint to = 0; to < ALERT_STATES; to++) {
      g_autofree char *arrow = from != to ? arrow_of ((AlertState)from, (AlertState)to) : NULL;
      g_autofree char *line = arrow != NULL ? g_strdup_printf ("\n  %s\n", arrow) : NULL;

      wanted_lines += line != NULL;
      if (line != NULL && strstr (picture, line) == NULL)
        fail_msg ("the picture lacks %s", arrow);
    }
  lines = g_strsplit (picture, " --> ", -1);
  assert_int_equal (g_strv_length (lines) - 1, wanted_lines);
}

static void
alert_event__facts__first_match (void **state)
{
  static const struct {
    VerdictWord word;
    gboolean fires, complete, narrow, inside;
    AlertEvent event;
  } cases[] = {
    { VERDICT_OFF_TRACK, TRUE, TRUE, FALSE, FALSE, EVENT_BREACH },
    { VERDICT_WORSENING, TRUE, TRUE, FALSE, FALSE, EVENT_BREACH },
    { VERDICT_OFF_TRACK, TRUE, TRUE, TRUE, FALSE, EVENT_BETWEEN },
    { VERDICT_OFF_TRACK, TRUE, FALSE, FALSE, FALSE, EVENT_BREACH_UNSURE },
    { VERDICT_OFF_TRACK, TRUE, FALSE, TRUE, FALSE, EVENT_MISSING },
    { VERDICT_UNCERTAIN, FALSE, TRUE, FALSE, FALSE, EVENT_BETWEEN },
    { VERDICT_UNCERTAIN, FALSE, TRUE, FALSE, TRUE, EVENT_INSIDE },
    { VERDICT_UNCERTAIN, FALSE, FALSE, FALSE, TRUE, EVENT_MISSING },
    { VERDICT_OFF_TRACK, FALSE, TRUE, FALSE, FALSE, EVENT_BETWEEN },
    { VERDICT_ON_TRACK, FALSE, TRUE, FALSE, FALSE, EVENT_BETWEEN },
    { VERDICT_ON_TRACK, FALSE, TRUE, FALSE, TRUE, EVENT_INSIDE },
    { VERDICT_ON_TRACK, FALSE, FALSE, FALSE, TRUE, EVENT_MISSING },
    { VERDICT_MET, FALSE, TRUE, FALSE, TRUE, EVENT_MET },
    { VERDICT_MET, FALSE, FALSE, FALSE, FALSE, EVENT_MISSING },
    { VERDICT_CANNOT_TELL, FALSE, FALSE, FALSE, FALSE, EVENT_MISSING },
    { VERDICT_CANNOT_TELL, TRUE, TRUE, FALSE, FALSE, EVENT_MISSING },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    AlertFacts facts = { .word = cases[i].word,
                         .fires = cases[i].fires,
                         .complete = cases[i].complete,
                         .narrow = cases[i].narrow,
                         .inside = cases[i].inside };

    assert_int_equal (alert_event (&facts), cases[i].event);
  }
}

/* The plan asks for half a point in a year: a quarter of a point is the margin. */
static void
standing_is_inside__margin__by_what_a_year_asks_for (void **state)
{
  static const struct {
    const char *target;
    VerdictWord word;
    double value, path;
    gboolean inside;
  } cases[] = {
    { "myopia_change", VERDICT_ON_TRACK, 59.74, 60, TRUE },
    { "myopia_change", VERDICT_ON_TRACK, 59.76, 60, FALSE },
    { "myopia_change", VERDICT_UNCERTAIN, 59.5, 60, TRUE },
    { "myopia_change", VERDICT_WORSENING, 59.5, 60, FALSE },
    { "kindergarten_public", VERDICT_ON_TRACK, 50, 50, TRUE },
    { "kindergarten_public", VERDICT_UNCERTAIN, 60, 50, FALSE },
  };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Standing *s = stand (board, cases[i].target, "210103", cases[i].word, cases[i].value, cases[i].path, 0);

    s->baseline_value = 60.25;
    s->target_value = 59.75;
    if (standing_is_inside (catalogue, s) != cases[i].inside)
      fail_msg ("case %u", i);
  }
}

static void
standing_is_narrow__near_misses__by_share_done_and_by_whole_things (void **state)
{
  static const struct {
    const char *target;
    double baseline, value, path;
    gint64 x, n;
    const char *as_of;
    gboolean narrow;
  } cases[] = {
    { "kindergarten_star", 58.24, 61.54, 62.17, 56, 91, "2022-07-31", TRUE },          /* less than one kindergarten */
    { "kindergarten_star", 51.72, 55.17, 59.44, 32, 58, "2022-07-31", FALSE },         /* two */
    { "kindergarten_public", 47.65, 51.21, 51.34, 14880, 29057, "2022-07-31", TRUE },  /* 97 % of what was due */
    { "kindergarten_public", 50.28, 52.17, 52.44, 13900, 26644, "2022-07-31", FALSE }, /* 87 % */
    { "kindergarten_star", 57.04, 64.44, 65, 87, 135, "2022-12-31", FALSE },           /* the deadline has come */
    { "kindergarten_inclusive", 84, 84.99, 85, 26000, 30592, "2022-07-31", FALSE },    /* a floor */
    { "myopia_change", 51.1, 51.0, 50.99, 510, 1000, "2022-07-31", FALSE },            /* its interval speaks */
    { "training_bases", 0, 8, 8.65, 0, 0, "2022-08-31", TRUE },                        /* 8 of 8 whole ones */
    { "training_bases", 0, 6, 8.65, 0, 0, "2022-08-31", FALSE },
  };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Standing *s = stand (board, cases[i].target, i < 7 ? "210103" : "210100", VERDICT_OFF_TRACK, cases[i].value,
                         cases[i].path, 65);

    s->baseline_value = cases[i].baseline;
    s->numerator = cases[i].x;
    s->denominator = cases[i].n;
    g_free (s->as_of);
    s->as_of = g_strdup (cases[i].as_of);
    if (standing_is_narrow (catalogue, s) != cases[i].narrow)
      fail_msg ("case %u, %s", i, cases[i].target);
  }
}

static void
alert_severity__facts__worst_reason_wins (void **state)
{
  static const struct {
    VerdictWord word;
    gboolean due;
    double probability;
    AlertState state;
    AlertSeverity severity;
  } cases[] = {
    { VERDICT_OFF_TRACK, FALSE, 0.1, ALERT_FIRING, ALERT_WARNING },
    { VERDICT_OFF_TRACK, FALSE, NAN, ALERT_FIRING, ALERT_WARNING },
    { VERDICT_WORSENING, FALSE, 0.1, ALERT_FIRING, ALERT_CRITICAL },
    { VERDICT_OFF_TRACK, TRUE, 0.1, ALERT_FIRING, ALERT_CRITICAL },
    { VERDICT_OFF_TRACK, FALSE, 0.001, ALERT_FIRING, ALERT_CRITICAL },
    { VERDICT_WORSENING, TRUE, 0, ALERT_PENDING, ALERT_NOTICE },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    AlertFacts facts = { .word = cases[i].word, .due = cases[i].due, .probability_met = cases[i].probability };

    assert_int_equal (alert_severity (&facts, cases[i].state), cases[i].severity);
  }
}

static void
names__every_state_and_severity__read_back (void **state)
{
  (void)state;
  for (guint i = 0; i < ALERT_STATES; i++)
    assert_int_equal (alert_state_parse (alert_state_name ((AlertState)i)), i);
  for (guint i = 0; i <= ALERT_CRITICAL; i++)
    assert_int_equal (alert_severity_parse (alert_severity_name ((AlertSeverity)i)), i);
  assert_int_equal (alert_severity_parse (""), ALERT_NOTICE);
}

/* One district's year, look by look. */
typedef struct {
  VerdictWord word;
  gboolean complete;
  double value;
  AlertState state;
  AlertNote note;
  const char *reason;
} Look;

static void
follow (const Look looks[], guint n)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  Standing *s = stand (board, "myopia_change", "210103", VERDICT_ON_TRACK, 0, 60, 59.5);

  s->probability_met = 0.1;
  for (guint i = 0; i < n; i++) {
    const char *reason = NULL;

    s->word = looks[i].word;
    s->fires = standing_is_off (s);
    s->complete = looks[i].complete;
    s->value_now = looks[i].value;
    s->deviation = s->value_now - s->path_now;
    reason = alert_step (s, catalogue, "2022-09-05");
    if (s->state != looks[i].state || s->note != looks[i].note || g_strcmp0 (reason, looks[i].reason) != 0)
      fail_msg ("look %u: %s, note %d, %s", i, alert_state_name (s->state), s->note, reason != NULL ? reason : "-");
    /* The same night again, and the next without new data: nothing. */
    assert_null (alert_step (s, catalogue, "2022-09-06"));
    assert_int_equal (s->note, NOTE_NONE);
    assert_int_equal (s->state, looks[i].state);
  }
}

static void
alert_step__drift_and_return__told_twice (void **state)
{
  static const Look looks[] = {
    { VERDICT_UNCERTAIN, TRUE, 60.1, ALERT_OK, NOTE_NONE, NULL },
    { VERDICT_OFF_TRACK, FALSE, 62.0, ALERT_PENDING, NOTE_NONE, "mail.event.unsure" },
    { VERDICT_OFF_TRACK, TRUE, 62.1, ALERT_FIRING, NOTE_NEW, "mail.event.confirmed" },
    { VERDICT_OFF_TRACK, TRUE, 62.2, ALERT_FIRING, NOTE_NONE, NULL },
    { VERDICT_WORSENING, TRUE, 63.0, ALERT_FIRING, NOTE_WORSENED, "mail.event.worsened" },
    { VERDICT_OFF_TRACK, TRUE, 62.5, ALERT_FIRING, NOTE_NONE, "mail.event.eased" },
    { VERDICT_CANNOT_TELL, FALSE, 62.5, ALERT_FIRING, NOTE_NONE, NULL },
    { VERDICT_ON_TRACK, FALSE, 60.0, ALERT_FIRING, NOTE_NONE, NULL },
    { VERDICT_UNCERTAIN, TRUE, 60.4, ALERT_FIRING, NOTE_NONE, NULL },
    { VERDICT_ON_TRACK, TRUE, 59.9, ALERT_FIRING, NOTE_NONE, NULL },
    { VERDICT_ON_TRACK, TRUE, 59.7, ALERT_RECOVERING, NOTE_NONE, "mail.event.back" },
    { VERDICT_ON_TRACK, TRUE, 59.6, ALERT_RESOLVED, NOTE_RECOVERED, "mail.event.resolved" },
    { VERDICT_ON_TRACK, TRUE, 59.5, ALERT_RESOLVED, NOTE_NONE, NULL },
    { VERDICT_OFF_TRACK, TRUE, 62.4, ALERT_FIRING, NOTE_NEW, "mail.event.again" },
    { VERDICT_MET, TRUE, 59.0, ALERT_RESOLVED, NOTE_RECOVERED, "mail.event.met" },
  };

  (void)state;
  follow (looks, G_N_ELEMENTS (looks));
}

static void
alert_step__doubt_that_dissolves__told_to_nobody (void **state)
{
  static const Look looks[] = {
    { VERDICT_OFF_TRACK, FALSE, 62.0, ALERT_PENDING, NOTE_NONE, "mail.event.unsure" },
    { VERDICT_CANNOT_TELL, FALSE, 62.1, ALERT_PENDING, NOTE_NONE, NULL },
    { VERDICT_UNCERTAIN, TRUE, 60.4, ALERT_RESOLVED, NOTE_NONE, "mail.event.unfounded" },
  };

  (void)state;
  follow (looks, G_N_ELEMENTS (looks));
}

static void
alert_step__relapse__is_worsened_since_it_fires_again (void **state)
{
  static const Look looks[] = {
    { VERDICT_OFF_TRACK, TRUE, 62.0, ALERT_FIRING, NOTE_NEW, "mail.event.fired" },
    { VERDICT_ON_TRACK, TRUE, 59.7, ALERT_RECOVERING, NOTE_NONE, "mail.event.back" },
    { VERDICT_OFF_TRACK, TRUE, 62.2, ALERT_FIRING, NOTE_WORSENED, "mail.event.relapsed" },
  };

  (void)state;
  follow (looks, G_N_ELEMENTS (looks));
}

static void
alert_fingerprint__another_night__is_the_same_and_other_data_are_not (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  Standing *s = stand (board, "myopia_change", "210103", VERDICT_OFF_TRACK, 62.1, 60.3, 60);
  g_autofree char *first = alert_fingerprint (s);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  (void)state;
  g_free (s->since);
  s->since = g_strdup ("2022-10-01");
  s->q_value = 0.5;
  s->probability_met = 0.2;
  second = alert_fingerprint (s);
  s->value_now += 1e-9;
  third = alert_fingerprint (s);
  assert_string_equal (first, second);
  assert_string_not_equal (first, third);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (alert_transition__every_state_and_event__as_decided),
    cmocka_unit_test (alert_transition__every_reason__is_a_text_of_the_catalogue),
    cmocka_unit_test (alert_step__every_state_event_and_hold__moves_as_the_table_says),
    cmocka_unit_test (readme__picture_of_the_states__is_the_table),
    cmocka_unit_test (alert_event__facts__first_match),
    cmocka_unit_test (standing_is_inside__margin__by_what_a_year_asks_for),
    cmocka_unit_test (standing_is_narrow__near_misses__by_share_done_and_by_whole_things),
    cmocka_unit_test (alert_severity__facts__worst_reason_wins),
    cmocka_unit_test (names__every_state_and_severity__read_back),
    cmocka_unit_test (alert_step__drift_and_return__told_twice),
    cmocka_unit_test (alert_step__doubt_that_dissolves__told_to_nobody),
    cmocka_unit_test (alert_step__relapse__is_worsened_since_it_fires_again),
    cmocka_unit_test (alert_fingerprint__another_night__is_the_same_and_other_data_are_not),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
