/* include/report/outbox.h: mails wait in the database as their final bytes until they are delivered. */
#pragma once

#include "base/db.h"

/* Borrowed. */
typedef struct {
  const char *recipient;
  const char *address;
  const char *message_id;
  const char *subject;
  GBytes *content;     /* NULL: could not be composed, see failure */
  const char *failure; /* NULL, or why it is given up from the start */
  gint64 run_id;
} OutboxMail;

/* outbox_queue: in the caller's transaction. @added gets FALSE when the same mail is there already. */
gboolean outbox_queue (Db *db, const OutboxMail *mail, gboolean *added, GError **error);

/**
 * outbox_deliver: writes every mail that is due to @folder as <date>_<recipient>_<hash>.eml, each complete and on disk
 * before it is marked, each in a transaction of its own. A kill in between writes the same bytes to the same file
 * again.
 * @sent, @failed: counted up
 */
gboolean outbox_deliver (Db *db, const char *folder, guint *sent, guint *failed, GError **error);
