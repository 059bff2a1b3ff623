/* include/interrupt.h: SIGINT, SIGTERM and SIGHUP cancel the statement under way; what a transaction did not finish is
 * undone. */
#pragma once

#include <libpq-fe.h>

/* interrupt_arm: from now on signals cancel what @conn runs; a process that still goes on 3 s later is ended. NULL
 * disarms. */
void interrupt_arm (PGconn *conn);

/* interrupt_signal: the signal that came, 0 when none did. */
int interrupt_signal (void);
