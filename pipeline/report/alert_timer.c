#include "report/alert_timer.h"

typedef gboolean (*TimerTest) (const TimerFacts *facts, const TimerRules *rules);

static gboolean
is_quiet (const TimerFacts *f, const TimerRules *r)
{
  (void)r;
  return !f->firing || f->silenced;
}

/* Whoever has acknowledged it has answered for it. */
static gboolean
goes_to_city (const TimerFacts *f, const TimerRules *r)
{
  return !f->acknowledged && f->escalated < ESCALATED_CITY && f->days_open >= r->escalation_city;
}

static gboolean
goes_to_head (const TimerFacts *f, const TimerRules *r)
{
  return !f->acknowledged && f->escalated < ESCALATED_HEAD && f->days_open >= r->escalation;
}

static gboolean
is_told (const TimerFacts *f, const TimerRules *r)
{
  (void)r;
  return f->told;
}

static gboolean
is_over (const TimerFacts *f, const TimerRules *r)
{
  (void)r;
  return f->hold_over;
}

static gboolean
is_due (const TimerFacts *f, const TimerRules *r)
{
  return f->days_untold >= (f->acknowledged ? r->reminder_acknowledged : r->reminder);
}

static gboolean
always (const TimerFacts *f, const TimerRules *r)
{
  (void)f;
  (void)r;
  return TRUE;
}

#define AS_BEFORE (-1)

/* First match wins. */
static const struct {
  TimerTest applies;
  AlertNote note;
  int escalated;
  const char *reason;
} rules[] = {
  { is_quiet, NOTE_NONE, AS_BEFORE, NULL }, /* silence stops mail; the night judges on */
  { goes_to_city, NOTE_ESCALATED, ESCALATED_CITY, "mail.event.escalated_city" },
  { goes_to_head, NOTE_ESCALATED, ESCALATED_HEAD, "mail.event.escalated" },
  { is_told, NOTE_NONE, AS_BEFORE, NULL }, /* tonight's change reminds too */
  { is_over, NOTE_REMINDED, AS_BEFORE, NULL },
  { is_due, NOTE_REMINDED, AS_BEFORE, NULL },
  { always, NOTE_NONE, AS_BEFORE, NULL },
};

TimerOutcome
alert_timer (const TimerFacts *facts, const TimerRules *timer_rules)
{
  guint i = 0;

  while (!rules[i].applies (facts, timer_rules))
    i++;
  return (TimerOutcome){ .note = rules[i].note,
                         .escalated
                         = rules[i].escalated == AS_BEFORE ? facts->escalated : (Escalation)rules[i].escalated,
                         .reason = rules[i].reason };
}

static GDateTime *
day_of (const char *iso)
{
  g_autofree char *moment = g_strconcat (iso, "T00:00:00Z", NULL);

  return g_date_time_new_from_iso8601 (moment, NULL);
}

int
alert_days (const char *from, const char *to)
{
  g_autoptr (GDateTime) first = day_of (from);
  g_autoptr (GDateTime) last = day_of (to);

  return first != NULL && last != NULL ? (int)(g_date_time_difference (last, first) / G_TIME_SPAN_DAY) : 0;
}
