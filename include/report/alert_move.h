/* include/report/alert_move.h: the night's verdicts move the alerts, in memory and in the database. */
#pragma once

#include "report/alert.h"
#include "report/standing.h"

/* alert_fingerprint: of what a verdict says: data, path, target and word; not of the day on which it was looked at. */
char *alert_fingerprint (const Standing *s);

/* alert_step: moves @s by its verdict; untouched where the fingerprint is the one that it stands on. Fills state_before
 * and note. Returns the reason's key where something happened, else NULL. */
const char *alert_step (Standing *s, const Catalogue *catalogue, const char *today);

/* alert_mind_clock: reminders and escalation, after alert_step(); what is held back is not told. Returns the reason's
 * key where somebody new is told, else NULL. */
const char *alert_mind_clock (Standing *s, const Catalogue *catalogue, const char *today);

/**
 * alert_move_all: every standing of @board, and alerts whose verdict is gone; writes alerts and events.
 * @out: firing, pending and events are set
 */
gboolean alert_move_all (Db *db, Board *board, const AlertOptions *options, AlertSummary *out, GError **error);
