#include "report/alert_move.h"

#include "base/sql.h"
#include "report/phrase.h"

#include <math.h>
#include <string.h>

static void
add_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "|%s", isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.17g", value) : "");
}

/* What other districts' data move alone, q-values and chances, is no new look at this one. */
char *
alert_fingerprint (const Standing *s)
{
  g_autoptr (GString) out = g_string_new (verdict_name (s->word));

  g_string_append_printf (out, "|%s|%s|%d%d", s->period, s->deadline, s->fires != FALSE, s->complete != FALSE);
  add_number (out, s->value_now);
  add_number (out, s->path_now);
  add_number (out, s->target_value);
  add_number (out, s->deviation);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, out->str, -1);
}

static AlertFacts
facts_of (const Standing *s, const Catalogue *catalogue)
{
  return (AlertFacts){ .word = s->word,
                       .fires = s->fires,
                       .complete = s->complete,
                       .narrow = standing_is_narrow (catalogue, s),
                       .inside = standing_is_inside (catalogue, s),
                       .due = standing_is_due (s),
                       .probability_met = s->probability_met };
}

/* Only full data change how grave a firing alert is. */
static const char *
grade (Standing *s, const AlertFacts *facts, AlertEvent event, const char *reason)
{
  AlertSeverity before = s->severity;

  if (s->state == ALERT_PENDING)
    s->severity = ALERT_NOTICE;
  if (s->state != ALERT_FIRING || event != EVENT_BREACH)
    return reason;
  s->severity = alert_severity (facts, s->state);
  if (s->state_before != ALERT_FIRING || s->severity == before)
    return reason;
  if (s->severity > before)
    s->note = NOTE_WORSENED;
  return s->severity > before ? "mail.event.worsened" : "mail.event.eased";
}

const char *
alert_step (Standing *s, const Catalogue *catalogue, const char *today)
{
  AlertFacts facts = facts_of (s, catalogue);
  AlertEvent event = alert_event (&facts);
  g_autofree char *fingerprint = alert_fingerprint (s);
  const AlertTransition *move = NULL;

  s->state_before = s->state;
  s->severity_before = s->severity;
  s->note = NOTE_NONE;
  if (strcmp (fingerprint, s->fingerprint) == 0)
    return NULL;
  move = alert_transition (s->state, event);
  if (move->to == ALERT_OK)
    return NULL;
  g_free (s->fingerprint);
  s->fingerprint = g_steal_pointer (&fingerprint);
  s->state = move->to;
  s->note = move->note;
  if (s->state != s->state_before) {
    g_free (s->since);
    s->since = g_strdup (today);
  }
  return grade (s, &facts, event, move->reason);
}

static TimerRules
timer_rules (const Catalogue *c)
{
  return (TimerRules){ .reminder = (int)catalogue_threshold (c, "alert_reminder_days"),
                       .reminder_acknowledged = (int)catalogue_threshold (c, "alert_reminder_acknowledged_days"),
                       .escalation = (int)catalogue_threshold (c, "alert_escalation_days"),
                       .escalation_city = (int)catalogue_threshold (c, "alert_escalation_city_days") };
}

/* Who has acknowledged a warning has not acknowledged that it becomes critical. */
static void
end_acknowledgement (Standing *s)
{
  gboolean worse = s->state == ALERT_FIRING && s->severity > s->severity_before;
  Hold *hold = s->hold != NULL && s->hold->kind == HOLD_ACK ? (Hold *)(guintptr)s->hold : NULL;

  if (hold == NULL || !(worse || s->state == ALERT_RESOLVED))
    return;
  hold->ended = worse ? "worsened" : "resolved";
  s->hold = NULL;
}

const char *
alert_mind_clock (Standing *s, const Catalogue *catalogue, const char *today)
{
  TimerRules rules = timer_rules (catalogue);
  TimerFacts facts = { .firing = s->state == ALERT_FIRING, .told = s->note != NOTE_NONE };
  TimerOutcome outcome = { 0 };

  end_acknowledgement (s);
  if (s->state != s->state_before && s->state == ALERT_FIRING && s->state_before != ALERT_RECOVERING)
    s->escalated = ESCALATED_NOBODY;
  facts.acknowledged = s->hold != NULL && s->hold->kind == HOLD_ACK;
  facts.silenced = s->hold != NULL && s->hold->kind == HOLD_SILENCE;
  facts.hold_over = s->hold_over != NULL;
  facts.days_open = alert_days (s->since, today);
  facts.days_untold = alert_days (s->told, today);
  facts.escalated = s->escalated;
  outcome = alert_timer (&facts, &rules);
  s->escalated = outcome.escalated;
  if (facts.silenced)
    s->note = NOTE_NONE;
  else if (s->note == NOTE_NONE)
    s->note = outcome.note;
  return outcome.reason;
}

/* Lines for COPY. */
typedef struct {
  Db *db;
  const Catalogue *catalogue;
  const char *today;
  char *at; /* the transaction's moment */
  char *run_id;
  GString *alerts;
  GString *events;
  guint n_events;
} Moves;

static void
add_fields (GString *line, const char *const fields[])
{
  for (guint i = 0; fields[i] != NULL; i++)
    db_copy_field (line, fields[i]);
}

/* What an alert is about, whether or not its verdict is still there. */
typedef struct {
  const char *plan, *target, *area_code;
  const char *from, *to, *severity, *since, *fingerprint;
} Subject;

static void
add_alert (Moves *moves, const Subject *s, const char *reason, const char *reason_en)
{
  add_fields (moves->alerts, (const char *const[]){ s->area_code, s->plan, s->target, s->area_code, s->to, s->severity,
                                                    s->since, reason, reason_en, s->fingerprint, NULL });
  db_copy_field (moves->alerts, moves->run_id);
  db_copy_line (moves->alerts);
}

static void
add_event (Moves *moves, const Subject *s, const char *reason, const char *reason_en)
{
  add_fields (moves->events, (const char *const[]){ s->area_code, s->plan, s->target, s->area_code, moves->at,
                                                    "plumbline", s->from, s->to, reason, reason_en, NULL });
  db_copy_field (moves->events, moves->run_id);
  db_copy_line (moves->events);
  moves->n_events++;
}

static char *
event_text (const Moves *moves, const char *language, const char *key, const Standing *s)
{
  Voice voice = { moves->catalogue, language };
  g_autofree char *sentence = phrase_sentence (&voice, s);

  return format_fill (phrase (&voice, key), "sentence", sentence, "severity", phrase_severity (&voice, s->severity),
                      NULL);
}

static void
tell_event (Moves *moves, const Standing *s, const char *key)
{
  Subject subject = { .plan = s->target->plan,
                      .target = s->target->target,
                      .area_code = s->area->area_code,
                      .from = alert_state_name (s->state_before),
                      .to = alert_state_name (s->state) };
  g_autofree char *reason = event_text (moves, "zh", key, s);
  g_autofree char *reason_en = event_text (moves, "en", key, s);

  add_event (moves, &subject, reason, reason_en);
}

static void
record (Moves *moves, const Standing *s, const char *key)
{
  Subject subject = { .plan = s->target->plan,
                      .target = s->target->target,
                      .area_code = s->area->area_code,
                      .from = alert_state_name (s->state_before),
                      .to = alert_state_name (s->state),
                      .severity = alert_severity_name (s->severity),
                      .since = s->since,
                      .fingerprint = s->fingerprint };
  g_autofree char *now = event_text (moves, "zh", "mail.event.now", s);
  g_autofree char *now_en = event_text (moves, "en", "mail.event.now", s);

  add_alert (moves, &subject, now, now_en);
  if (key != NULL)
    tell_event (moves, s, key);
}

/* When it was told, and how far up. */
static gboolean
store_timers (Db *db, const Board *board, GError **error)
{
  for (guint i = 0; i < board->standings->len; i++) {
    const Standing *s = board->standings->pdata[i];
    g_autofree char *level = g_strdup_printf ("%d", s->escalated);
    g_autoptr (PGresult) done = NULL;

    if (s->note == NOTE_NONE && s->escalated == s->escalated_before)
      continue;
    done = db_queryv (db, error, sql_query ("put_timer"), s->area->area_code, s->target->plan, s->target->target,
                      s->area->area_code, level, DB_END);
    if (done == NULL)
      return FALSE;
  }
  return TRUE;
}

static void
step_all (Moves *moves, Board *board, AlertSummary *out)
{
  for (guint i = 0; i < board->standings->len; i++) {
    Standing *s = board->standings->pdata[i];
    g_autofree char *before = g_strdup (s->fingerprint);
    const char *key = alert_step (s, moves->catalogue, moves->today);

    if (strcmp (before, s->fingerprint) != 0)
      record (moves, s, key);
    key = alert_mind_clock (s, moves->catalogue, moves->today);
    if (key != NULL)
      tell_event (moves, s, key);
    out->firing += s->state == ALERT_FIRING;
    out->pending += s->state == ALERT_PENDING;
  }
}

static gboolean
close_orphans (Moves *moves, GError **error)
{
  g_autoptr (PGresult) rows = db_queryv (moves->db, error, sql_query ("list_orphan_alerts"), DB_END);

  for (int i = 0; rows != NULL && i < PQntuples (rows); i++) {
    const AlertTransition *move = alert_transition (alert_state_parse (db_get (rows, i, "state")), EVENT_GONE);
    Subject subject = { .plan = db_get (rows, i, "plan"),
                        .target = db_get (rows, i, "target"),
                        .area_code = db_get (rows, i, "area_code"),
                        .from = alert_state_name (move->from),
                        .to = alert_state_name (move->to),
                        .severity = db_get (rows, i, "severity"),
                        .since = moves->today,
                        .fingerprint = "" };
    const char *reason = catalogue_text (moves->catalogue, "zh", move->reason);
    const char *reason_en = catalogue_text (moves->catalogue, "en", move->reason);

    add_alert (moves, &subject, reason, reason_en);
    add_event (moves, &subject, reason, reason_en);
  }
  return rows != NULL;
}

static gboolean
copy_rows (Db *db, const char *sql, const GString *rows, GError **error)
{
  return db_copy_begin (db, sql, error) && db_copy_data (db, rows->str, rows->len, error)
         && db_copy_end (db, NULL, error);
}

static gboolean
store (Moves *moves, GError **error)
{
  g_autofree char *stage = NULL;
  g_autofree char *changes = NULL;

  if (moves->alerts->len == 0 && moves->events->len == 0)
    return TRUE;
  stage = db_value (moves->db, error, sql_query ("make_stage"), "plumbline.alert", DB_END);
  if (stage == NULL
      || !copy_rows (
          moves->db,
          "copy pg_temp.stage_alert (district_code, plan, target, area_code, state, severity, since, reason, "
          "reason_en, fingerprint, run_id) from stdin",
          moves->alerts, error))
    return FALSE;
  changes = db_value (moves->db, error, sql_query ("merge_alert"), DB_END);
  return changes != NULL
         && copy_rows (moves->db,
                       "copy plumbline.alert_event (district_code, plan, target, area_code, at, actor, from_state, "
                       "to_state, reason, reason_en, run_id) from stdin",
                       moves->events, error);
}

gboolean
alert_move_all (Db *db, Board *board, const AlertOptions *options, AlertSummary *out, GError **error)
{
  g_autoptr (GString) alerts = g_string_new (NULL);
  g_autoptr (GString) events = g_string_new (NULL);
  g_autofree char *at = db_value (db, error, sql_query ("read_clock"), DB_END);
  g_autofree char *run_id = options->run_id != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, options->run_id) : NULL;
  Moves moves = { .db = db,
                  .catalogue = board->catalogue,
                  .today = options->today,
                  .at = at,
                  .run_id = run_id,
                  .alerts = alerts,
                  .events = events };

  if (at == NULL)
    return FALSE;
  step_all (&moves, board, out);
  if (!close_orphans (&moves, error) || !store (&moves, error) || !store_timers (db, board, error)
      || !hold_list_end (db, board->holds, error))
    return FALSE;
  out->events = moves.n_events;
  return TRUE;
}
