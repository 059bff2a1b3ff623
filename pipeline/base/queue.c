#include "base/queue.h"

#include <pthread.h>

struct _Queue {
  pthread_mutex_t lock;
  pthread_cond_t filled;
  GQueue items;
};

Queue *
queue_new (void)
{
  Queue *queue = g_new0 (Queue, 1);

  pthread_mutex_init (&queue->lock, NULL);
  pthread_cond_init (&queue->filled, NULL);
  g_queue_init (&queue->items);
  return queue;
}

void
queue_free (Queue *queue)
{
  if (queue == NULL)
    return;
  g_queue_clear (&queue->items);
  pthread_cond_destroy (&queue->filled);
  pthread_mutex_destroy (&queue->lock);
  g_free (queue);
}

void
queue_push (Queue *queue, gpointer item)
{
  pthread_mutex_lock (&queue->lock);
  g_queue_push_tail (&queue->items, item);
  pthread_cond_signal (&queue->filled);
  pthread_mutex_unlock (&queue->lock);
}

static gpointer
take (Queue *queue, gboolean wait)
{
  gpointer item = NULL;

  pthread_mutex_lock (&queue->lock);
  while (wait && queue->items.length == 0)
    pthread_cond_wait (&queue->filled, &queue->lock);
  item = g_queue_pop_head (&queue->items);
  pthread_mutex_unlock (&queue->lock);
  return item;
}

gpointer
queue_pop (Queue *queue)
{
  return take (queue, TRUE);
}

gpointer
queue_try (Queue *queue)
{
  return take (queue, FALSE);
}
