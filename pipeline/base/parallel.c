#include "base/parallel.h"

#include "base/error.h"

typedef struct {
  gsize n;
  gsize taken; /* atomic: the next piece */
  ParallelFunc work;
  gpointer data;
} Pieces;

static gpointer
take_pieces (gpointer data)
{
  Pieces *pieces = data;

  for (gsize i = g_atomic_pointer_add (&pieces->taken, 1); i < pieces->n; i = g_atomic_pointer_add (&pieces->taken, 1))
    pieces->work (i, pieces->data);
  return NULL;
}

void
parallel_for (gsize n, ParallelFunc work, gpointer data)
{
  Pieces pieces = { .n = n, .work = work, .data = data };
  gsize helpers = MIN (n, (gsize)g_get_num_processors ());
  g_autofree GThread **threads = g_new0 (GThread *, helpers + 1);

  /* A thread that the system refuses leaves its pieces to the others. */
  for (gsize i = 1; i < helpers; i++)
    threads[i] = g_thread_try_new ("pieces", take_pieces, &pieces, NULL);
  take_pieces (&pieces);
  for (gsize i = 1; i < helpers; i++)
    if (threads[i] != NULL)
      g_thread_join (threads[i]);
}

GThread *
thread_start (const char *name, GThreadFunc work, gpointer data, GError **error)
{
  g_autoptr (GError) why = NULL;
  GThread *thread = g_thread_try_new (name, work, data, &why);

  if (thread == NULL)
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, why->message);
  return thread;
}
