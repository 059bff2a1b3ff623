/* What parallel_for() promises: each piece once, on several threads, and all of them done when it returns. */
#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PIECES 1000

typedef struct {
  guint done[PIECES];
  GThread *thread[PIECES];
  gint waiting; /* pieces that have begun and wait for another to begin */
} Seen;

static void
mark (gsize i, gpointer data)
{
  Seen *seen = data;

  seen->done[i]++;
  seen->thread[i] = g_thread_self ();
}

static void
every_piece_is_done_once (void **state)
{
  Seen seen = { 0 };

  (void)state;
  parallel_for (PIECES, mark, &seen);
  for (guint i = 0; i < PIECES; i++)
    assert_int_equal (seen.done[i], 1);
}

static void
nothing_to_do_is_done_at_once (void **state)
{
  Seen seen = { 0 };

  (void)state;
  parallel_for (0, mark, &seen);
  assert_int_equal (seen.done[0], 0);
  parallel_for (1, mark, &seen);
  assert_int_equal (seen.done[0], 1);
  assert_ptr_equal (seen.thread[0], g_thread_self ());
  assert_int_equal (seen.done[1], 0);
}

/* Neither of two pieces ends before the other has begun: one thread alone would give up waiting. */
static void
meet (gsize i, gpointer data)
{
  Seen *seen = data;
  gint64 until = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_atomic_int_inc (&seen->waiting);
  while (g_atomic_int_get (&seen->waiting) < 2 && g_get_monotonic_time () < until)
    g_usleep (1000);
  seen->done[i] = (guint)g_atomic_int_get (&seen->waiting);
}

static void
pieces_are_done_at_the_same_time (void **state)
{
  Seen seen = { 0 };

  (void)state;
  if (g_get_num_processors () < 2)
    skip ();
  parallel_for (2, meet, &seen);
  assert_int_equal (seen.done[0], 2);
  assert_int_equal (seen.done[1], 2);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (every_piece_is_done_once),
    cmocka_unit_test (nothing_to_do_is_done_at_once),
    cmocka_unit_test (pieces_are_done_at_the_same_time),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
