/* include/base/parallel.h: threads, and independent pieces of work on all processors. */
#pragma once

#include <glib.h>

typedef void (*ParallelFunc) (gsize i, gpointer data);

/* parallel_for: calls @work for each of 0 to @n - 1, each once, in no order, on as many threads as there are
 * processors, the caller's among them; returns when all are done. @work changes nothing that another piece looks at. */
void parallel_for (gsize n, ParallelFunc work, gpointer data);

/* thread_start: g_thread_try_new(); the system's refusal, which may pass, is PLUMB_ERROR_OUTPUT. */
GThread *thread_start (const char *name, GThreadFunc work, gpointer data, GError **error);
