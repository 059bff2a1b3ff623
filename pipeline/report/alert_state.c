#include "report/alert_state.h"

#include <math.h>
#include <string.h>

/* Missing data never resolve anything, and doubtful data never fire. A firing alert is closed in two steps, so that one
   good look on the edge does not close what the next one opens: recovering is quiet, resolved is told. */
static const AlertTransition transitions[] = {
  { ALERT_OK, EVENT_BREACH, ALERT_FIRING, NOTE_NEW, "mail.event.fired" },
  { ALERT_OK, EVENT_BREACH_UNSURE, ALERT_PENDING, NOTE_NONE, "mail.event.unsure" },
  { ALERT_OK, EVENT_BETWEEN, ALERT_OK, NOTE_NONE, NULL },
  { ALERT_OK, EVENT_INSIDE, ALERT_OK, NOTE_NONE, NULL },
  { ALERT_OK, EVENT_MET, ALERT_OK, NOTE_NONE, NULL },
  { ALERT_OK, EVENT_MISSING, ALERT_OK, NOTE_NONE, NULL },
  { ALERT_OK, EVENT_GONE, ALERT_OK, NOTE_NONE, NULL },

  { ALERT_PENDING, EVENT_BREACH, ALERT_FIRING, NOTE_NEW, "mail.event.confirmed" },
  { ALERT_PENDING, EVENT_BREACH_UNSURE, ALERT_PENDING, NOTE_NONE, NULL },
  { ALERT_PENDING, EVENT_BETWEEN, ALERT_RESOLVED, NOTE_NONE, "mail.event.unfounded" },
  { ALERT_PENDING, EVENT_INSIDE, ALERT_RESOLVED, NOTE_NONE, "mail.event.unfounded" },
  { ALERT_PENDING, EVENT_MET, ALERT_RESOLVED, NOTE_NONE, "mail.event.unfounded" },
  { ALERT_PENDING, EVENT_MISSING, ALERT_PENDING, NOTE_NONE, NULL },
  { ALERT_PENDING, EVENT_GONE, ALERT_RESOLVED, NOTE_NONE, "mail.event.gone" },

  { ALERT_FIRING, EVENT_BREACH, ALERT_FIRING, NOTE_NONE, NULL },
  { ALERT_FIRING, EVENT_BREACH_UNSURE, ALERT_FIRING, NOTE_NONE, NULL },
  { ALERT_FIRING, EVENT_BETWEEN, ALERT_FIRING, NOTE_NONE, NULL },
  { ALERT_FIRING, EVENT_INSIDE, ALERT_RECOVERING, NOTE_NONE, "mail.event.back" },
  { ALERT_FIRING, EVENT_MET, ALERT_RESOLVED, NOTE_RECOVERED, "mail.event.met" },
  { ALERT_FIRING, EVENT_MISSING, ALERT_FIRING, NOTE_NONE, NULL },
  { ALERT_FIRING, EVENT_GONE, ALERT_RESOLVED, NOTE_NONE, "mail.event.gone" },

  { ALERT_RECOVERING, EVENT_BREACH, ALERT_FIRING, NOTE_WORSENED, "mail.event.relapsed" },
  { ALERT_RECOVERING, EVENT_BREACH_UNSURE, ALERT_RECOVERING, NOTE_NONE, NULL },
  { ALERT_RECOVERING, EVENT_BETWEEN, ALERT_RECOVERING, NOTE_NONE, NULL },
  { ALERT_RECOVERING, EVENT_INSIDE, ALERT_RESOLVED, NOTE_RECOVERED, "mail.event.resolved" },
  { ALERT_RECOVERING, EVENT_MET, ALERT_RESOLVED, NOTE_RECOVERED, "mail.event.met" },
  { ALERT_RECOVERING, EVENT_MISSING, ALERT_RECOVERING, NOTE_NONE, NULL },
  { ALERT_RECOVERING, EVENT_GONE, ALERT_RESOLVED, NOTE_NONE, "mail.event.gone" },

  { ALERT_RESOLVED, EVENT_BREACH, ALERT_FIRING, NOTE_NEW, "mail.event.again" },
  { ALERT_RESOLVED, EVENT_BREACH_UNSURE, ALERT_PENDING, NOTE_NONE, "mail.event.unsure" },
  { ALERT_RESOLVED, EVENT_BETWEEN, ALERT_RESOLVED, NOTE_NONE, NULL },
  { ALERT_RESOLVED, EVENT_INSIDE, ALERT_RESOLVED, NOTE_NONE, NULL },
  { ALERT_RESOLVED, EVENT_MET, ALERT_RESOLVED, NOTE_NONE, NULL },
  { ALERT_RESOLVED, EVENT_MISSING, ALERT_RESOLVED, NOTE_NONE, NULL },
  { ALERT_RESOLVED, EVENT_GONE, ALERT_RESOLVED, NOTE_NONE, NULL },
};

G_STATIC_ASSERT (G_N_ELEMENTS (transitions) == ALERT_STATES * ALERT_EVENTS);

const AlertTransition *
alert_transition (AlertState from, AlertEvent event)
{
  const AlertTransition *found = &transitions[(guint)from * ALERT_EVENTS + (guint)event];

  g_assert (found->from == from && found->event == event);
  return found;
}

#define ANY (-1)

/* First match wins. */
static const struct {
  int word; /* VerdictWord or ANY */
  int fires;
  int complete;
  int narrow;
  int inside;
  AlertEvent event;
} events[] = {
  { VERDICT_CANNOT_TELL, ANY, ANY, ANY, ANY, EVENT_MISSING },
  /* A narrow one is watched: the path between two dates is nobody's promise. */
  { ANY, TRUE, TRUE, FALSE, ANY, EVENT_BREACH },
  { ANY, TRUE, FALSE, FALSE, ANY, EVENT_BREACH_UNSURE },
  { VERDICT_MET, ANY, TRUE, ANY, ANY, EVENT_MET },
  { ANY, ANY, FALSE, ANY, ANY, EVENT_MISSING }, /* nothing alarming in half a return closes no alert */
  { ANY, ANY, TRUE, ANY, TRUE, EVENT_INSIDE },
  { ANY, ANY, ANY, ANY, ANY, EVENT_BETWEEN },
};

static gboolean
matches (int wanted, gboolean found)
{
  return wanted == ANY || wanted == (found != FALSE);
}

AlertEvent
alert_event (const AlertFacts *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if ((events[i].word == ANY || events[i].word == (int)f->word) && matches (events[i].fires, f->fires)
        && matches (events[i].complete, f->complete) && matches (events[i].narrow, f->narrow)
        && matches (events[i].inside, f->inside))
      return events[i].event;
  g_assert_not_reached ();
}

#define HOPELESS 0.01 /* probability of meeting the target below which it "can hardly be met" */

AlertSeverity
alert_severity (const AlertFacts *facts, AlertState state)
{
  if (state == ALERT_PENDING)
    return ALERT_NOTICE;
  if (facts->word == VERDICT_WORSENING || facts->due || facts->probability_met < HOPELESS)
    return ALERT_CRITICAL;
  return ALERT_WARNING;
}

static const char *const state_names[] = { "", "pending", "firing", "recovering", "resolved" };
static const char *const event_names[] = { "breach", "unsure", "between", "inside", "met", "missing", "gone" };
static const char *const severity_names[] = { "notice", "warning", "critical" };

const char *
alert_state_name (AlertState state)
{
  return state_names[state];
}

AlertState
alert_state_parse (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (strcmp (state_names[i], name) == 0)
      return (AlertState)i;
  g_assert_not_reached ();
}

const char *
alert_event_name (AlertEvent event)
{
  return event_names[event];
}

const char *
alert_severity_name (AlertSeverity severity)
{
  return severity_names[severity];
}

AlertSeverity
alert_severity_parse (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (severity_names); i++)
    if (strcmp (severity_names[i], name) == 0)
      return (AlertSeverity)i;
  return ALERT_NOTICE;
}
