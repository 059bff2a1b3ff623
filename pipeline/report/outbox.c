#include "report/outbox.h"

#include "base/error.h"
#include "base/sql.h"

#include <string.h>

#define MAX_AWAY 3  /* mails that may meet a server which takes none before the rest is left for the next run */
#define MAX_WAITS 3 /* for mails that processes which died had claimed */

static char *
hex_of (GBytes *bytes)
{
  static const char digits[] = "0123456789abcdef";
  gsize length = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  const guchar *data = bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL;
  char *hex = g_malloc (2 * length + 3);
  char *p = hex;

  *p++ = '\\';
  *p++ = 'x';
  for (gsize i = 0; i < length; i++) {
    *p++ = digits[data[i] >> 4];
    *p++ = digits[data[i] & 15];
  }
  *p = '\0';
  return hex;
}

gboolean
outbox_queue (Db *db, const OutboxMail *mail, gboolean *added, GError **error)
{
  g_autofree char *hex = hex_of (mail->content);
  g_autofree char *run = g_strdup_printf ("%" G_GINT64_FORMAT, mail->run_id);
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("queue_mail"), mail->recipient, mail->address,
                                           mail->message_id, mail->subject, hex, mail->failure, run, DB_END);

  if (result == NULL)
    return FALSE;
  *added = PQntuples (result) > 0;
  return TRUE;
}

/* Message ids are <day>.<hash>@<domain>. */
static char *
file_name (const PGresult *mail)
{
  const char *dot = strchr (db_get (mail, 0, "message_id"), '.');
  g_autofree char *recipient = g_strcanon (g_strdup (db_get (mail, 0, "recipient")),
                                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", '-');

  return g_strdup_printf ("%s_%s_%.8s.eml", db_get (mail, 0, "queued_on"), recipient, dot != NULL ? dot + 1 : "");
}

static gboolean
mark (Db *db, const char *outbox_id, const SendAnswer *answer, gboolean *dead, GError **error)
{
  const char *never = answer->result == SEND_NEVER ? "true" : "false";
  g_autoptr (PGresult) result
      = answer->result == SEND_DONE
            ? db_queryv (db, error, sql_query ("mark_mail_sent"), outbox_id, DB_END)
            : db_queryv (db, error, sql_query ("mark_mail_failed"), outbox_id, answer->why, never, DB_END);

  *dead = result != NULL && PQntuples (result) > 0 && db_get_boolean (result, 0, "dead");
  return result != NULL;
}

typedef struct {
  Db *db;
  const Outbox *outbox;
  Sender *sender;
  OutboxSummary *out;
  guint away; /* mails in a row that met a server which takes none */
} Delivery;

static void
tell (const Delivery *delivery, const char *address, const char *why, gboolean dead)
{
  delivery->out->failed++;
  if (delivery->outbox->undelivered != NULL)
    delivery->outbox->undelivered (address, why, dead, delivery->outbox->undelivered_data);
}

/* Sent, then marked, never the other way round. */
static gboolean
send_claimed (Delivery *delivery, const PGresult *mail, GError **error)
{
  const char *outbox_id = db_get (mail, 0, "outbox_id");
  g_autofree char *name = file_name (mail);
  size_t length = 0;
  unsigned char *bytes = PQunescapeBytea ((const unsigned char *)db_get (mail, 0, "content"), &length);
  g_autoptr (GBytes) content = g_bytes_new_with_free_func (bytes, length, PQfreemem, bytes);
  const SendMail letter = { .address = db_get (mail, 0, "address"), .name = name, .content = content };
  g_auto (SendAnswer) answer = { SEND_DONE, FALSE, NULL };
  gboolean dead = FALSE;

  sender_send (delivery->sender, &letter, &answer);
  delivery->away = answer.away ? delivery->away + 1 : 0;
  if (!mark (delivery->db, outbox_id, &answer, &dead, error))
    return FALSE;
  if (answer.result == SEND_DONE)
    delivery->out->sent++;
  else
    tell (delivery, letter.address, answer.why, dead);
  return TRUE;
}

/* @more gets FALSE when nothing is due. */
static gboolean
deliver_next (Delivery *delivery, gboolean *more, GError **error)
{
  g_autofree char *lease = g_strdup_printf ("%u", sender_lease_s (delivery->sender));
  g_autoptr (PGresult) mail = db_queryv (delivery->db, error, sql_query ("claim_mail"), lease, DB_END);
  g_autoptr (PGresult) kept = NULL;

  if (mail == NULL)
    return FALSE;
  *more = PQntuples (mail) > 0;
  if (!*more)
    return TRUE;
  if (sender_allows (delivery->sender, db_get (mail, 0, "address")))
    return send_claimed (delivery, mail, error);
  delivery->out->kept_back++;
  kept = db_queryv (delivery->db, error, sql_query ("mark_mail_kept"), db_get (mail, 0, "outbox_id"), DB_END);
  return kept != NULL;
}

/* Until nothing is due, or the server has shown that it takes nothing. */
static gboolean
deliver_due (Delivery *delivery, GError **error)
{
  gboolean more = TRUE;

  while (more && delivery->away < MAX_AWAY)
    if (!deliver_next (delivery, &more, error))
      return FALSE;
  return TRUE;
}

/* A process that died may have been sending still when it was looked at: its mails are free when their time is up. */
static gboolean
wait_for_lease (Delivery *delivery, gboolean *waited, GError **error)
{
  g_autoptr (PGresult) lease = db_queryv (delivery->db, error, sql_query ("read_lease"), DB_END);
  gint64 longest_ms = 1000 * (gint64)sender_lease_s (delivery->sender);

  if (lease == NULL)
    return FALSE;
  *waited = PQntuples (lease) > 0 && db_get_int (lease, 0, "ms") <= longest_ms;
  if (*waited)
    g_usleep (1000 * (gulong)MAX (db_get_int (lease, 0, "ms"), 1));
  return TRUE;
}

static gboolean
bury (const Delivery *delivery, GError **error)
{
  g_autoptr (PGresult) dead = db_queryv (delivery->db, error, sql_query ("bury_mails"), DB_END);

  for (int i = 0; dead != NULL && i < PQntuples (dead); i++)
    tell (delivery, db_get (dead, i, "address"), db_get (dead, i, "last_error"), TRUE);
  return dead != NULL;
}

gboolean
outbox_deliver (Db *db, const Outbox *outbox, OutboxSummary *out, GError **error)
{
  g_autoptr (Sender) sender = sender_new (&outbox->send, error);
  Delivery delivery = { .db = db, .outbox = outbox, .sender = sender, .out = out };
  gboolean again = TRUE;

  if (sender == NULL || !bury (&delivery, error))
    return FALSE;
  for (guint i = 0; again && i < MAX_WAITS; i++) {
    if (!deliver_due (&delivery, error))
      return FALSE;
    again = FALSE;
    if (delivery.away < MAX_AWAY && !wait_for_lease (&delivery, &again, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
outbox_revive (Db *db, guint *count, GError **error)
{
  g_autoptr (PGresult) revived = db_queryv (db, error, sql_query ("revive_mails"), DB_END);

  if (revived == NULL)
    return FALSE;
  *count = (guint)PQntuples (revived);
  return TRUE;
}
