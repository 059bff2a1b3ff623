/* include/monitoring.h: what a monitoring system learns of a night: pings, and a file of samples. */
#pragma once

#include "command.h"

/* monitoring_begin: pings --ping-start. What cannot be pinged is logged, and waits no longer than ten seconds. */
void monitoring_begin (const Options *options);

/**
 * monitoring_end: pings --ping-success (exit status 0 or 65) or --ping-failure, and replaces the file --metrics at
 * once.
 * @session: NULL when the database was never reached: what the old file says of it is kept
 *
 * After another run held the lock nothing happens: that one tells. What goes wrong is logged.
 */
void monitoring_end (const Options *options, Session *session, int exit_status);
