/* include/report/alert_state.h: how a verdict moves an alert: one table of states and events, no database. */
#pragma once

#include "measure/verdict.h"

#include <glib.h>

/* ALERT_OK has no row: nothing has happened yet. */
typedef enum { ALERT_OK, ALERT_PENDING, ALERT_FIRING, ALERT_RECOVERING, ALERT_RESOLVED } AlertState;
#define ALERT_STATES 5

/* 关注, 警告, 严重 */
typedef enum { ALERT_NOTICE, ALERT_WARNING, ALERT_CRITICAL } AlertSeverity;

/* What a changed verdict says. */
typedef enum {
  EVENT_BREACH,        /* it fires, and the data are complete */
  EVENT_BREACH_UNSURE, /* it would fire, but the data are provisional or incomplete */
  EVENT_BETWEEN,       /* it does not fire, or hardly; and it is not back on the path either */
  EVENT_INSIDE,        /* back on the path, and by a margin: see standing_is_inside() */
  EVENT_MET,           /* the target is met */
  EVENT_MISSING,       /* cannot tell */
  EVENT_GONE           /* the plan no longer asks for it */
} AlertEvent;
#define ALERT_EVENTS 7

/* Whether anybody is told, and under which heading. */
typedef enum { NOTE_NONE, NOTE_NEW, NOTE_WORSENED, NOTE_RECOVERED, NOTE_REMINDED, NOTE_ESCALATED } AlertNote;

typedef struct {
  AlertState from;
  AlertEvent event;
  AlertState to;
  AlertNote note;
  const char *reason; /* key of text.csv: mail.event.…; NULL where nothing moves */
} AlertTransition;

/* alert_transition: the one row for @from and @event; every pair has one. */
const AlertTransition *alert_transition (AlertState from, AlertEvent event);

/* What is known of one target in one area. */
typedef struct {
  VerdictWord word;
  gboolean fires;
  gboolean complete;
  gboolean narrow;        /* see standing_is_narrow() */
  gboolean inside;        /* see standing_is_inside() */
  gboolean due;           /* the data are of the deadline, or later */
  double probability_met; /* 0 to 1; NAN unknown */
} AlertFacts;

AlertEvent alert_event (const AlertFacts *facts);

/* alert_severity: critical when it worsens, or when the target can hardly be met any more; notice while pending. */
AlertSeverity alert_severity (const AlertFacts *facts, AlertState state);

/* Stable words of the tables: pending, firing, …; "" for ALERT_OK. notice, warning, critical. */
const char *alert_state_name (AlertState state);
AlertState alert_state_parse (const char *name); /* ALERT_OK for "" */
const char *alert_event_name (AlertEvent event); /* breach, unsure, between, inside, met, missing, gone */
const char *alert_severity_name (AlertSeverity severity);
AlertSeverity alert_severity_parse (const char *name); /* ALERT_NOTICE for "" */
