/* include/report/outbox.h: mails wait in the database as their final bytes until they are delivered. */
#pragma once

#include "base/db.h"
#include "report/send.h"

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

typedef struct {
  SendOptions send;
  /* Called for each mail that did not go out; may be NULL. @dead: it is given up. */
  void (*undelivered) (const char *address, const char *why, gboolean dead, gpointer data);
  gpointer undelivered_data;
} Outbox;

typedef struct {
  guint sent;
  guint failed;    /* whether they are tried again or given up */
  guint kept_back; /* their recipients are not on the list only_to */
} OutboxSummary;

/**
 * outbox_deliver: hands on every mail that is due: claims it for as long as an attempt may take, sends it, marks it,
 * each durable before the next. After a kill in between the same bytes go again, as soon as the claim has run out,
 * which is waited for. A mail that failed waits 5, 10, 20 … minutes, and is given up after mail_tries attempts; after
 * three mails in a row that met a server which takes none, the rest is left for the next call.
 * @out: counted up
 *
 * Returns: FALSE with sender_new()'s errors or the database's; mails that failed are no error.
 */
gboolean outbox_deliver (Db *db, const Outbox *outbox, OutboxSummary *out, GError **error);

/* outbox_revive: mails that were given up or kept back are due again. */
gboolean outbox_revive (Db *db, guint *count, GError **error);
