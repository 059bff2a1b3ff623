#include "interrupt.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define GRACE_S 3
#define SHELL_SIGNAL_BASE 128

static PGcancel *volatile cancel;
static volatile sig_atomic_t arrived;

/* Everything here is safe in a signal handler, PQcancel() included. The server rolls back when the connection goes. */
static void
give_up (int number)
{
  (void)number;
  _exit (SHELL_SIGNAL_BASE + arrived);
}

static void
handle (int number)
{
  char message[256];

  if (arrived != 0)
    _exit (SHELL_SIGNAL_BASE + number);
  arrived = number;
  alarm (GRACE_S);
  if (cancel != NULL)
    PQcancel (cancel, message, sizeof message);
}

void
interrupt_arm (PGconn *conn)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  PGcancel *old = cancel;

  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction action = { .sa_handler = conn != NULL ? handle : SIG_DFL, .sa_flags = SA_RESTART };

    sigaction (signals[i], &action, NULL);
  }
  sigaction (SIGALRM, &(struct sigaction){ .sa_handler = conn != NULL ? give_up : SIG_DFL }, NULL);
  cancel = conn != NULL ? PQgetCancel (conn) : NULL;
  PQfreeCancel (old);
}

int
interrupt_signal (void)
{
  return arrived;
}
