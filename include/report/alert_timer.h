/* include/report/alert_timer.h: what a night without new data does to an alert: reminders and escalation, one table. */
#pragma once

#include "report/alert_state.h"

#include <glib.h>

/* Told upwards so far. */
typedef enum { ESCALATED_NOBODY, ESCALATED_HEAD, ESCALATED_CITY } Escalation;

/* What is known of an alert tonight, after its state has moved. */
typedef struct {
  gboolean firing;
  gboolean told; /* tonight's change is told anyway */
  gboolean acknowledged, silenced;
  gboolean hold_over; /* an acknowledgement or a silence has run out tonight */
  int days_open;      /* since it fires */
  int days_untold;    /* since it was last told */
  Escalation escalated;
} TimerFacts;

/* From threshold.csv, in days. */
typedef struct {
  int reminder, reminder_acknowledged;
  int escalation, escalation_city;
} TimerRules;

typedef struct {
  AlertNote note;       /* NOTE_NONE: nobody is told for the timer's sake */
  Escalation escalated; /* afterwards */
  const char *reason;   /* key of text.csv where somebody new is told, else NULL */
} TimerOutcome;

/* alert_timer: first matching row wins. */
TimerOutcome alert_timer (const TimerFacts *facts, const TimerRules *rules);

/* alert_days: from one ISO date to another; 0 where one is empty or no date. */
int alert_days (const char *from, const char *to);
