/* include/base/queue.h: pointers from one thread to another, in order. POSIX threads underneath, which tools that look
 * for races know, as they do not know GLib's own locks. */
#pragma once

#include <glib.h>

typedef struct _Queue Queue;

Queue *queue_new (void);
/* queue_free: what is still in it is not freed. */
void queue_free (Queue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Queue, queue_free)

void queue_push (Queue *queue, gpointer item);
/* queue_pop: waits for an item. */
gpointer queue_pop (Queue *queue);
/* queue_try: NULL when there is none. */
gpointer queue_try (Queue *queue);
