#include "base/parallel.h"

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
