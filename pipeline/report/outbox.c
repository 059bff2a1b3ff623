#include "report/outbox.h"

#include "base/error.h"
#include "base/sql.h"

#include <glib/gstdio.h>
#include <string.h>

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
write_mail (const char *folder, const PGresult *mail, GError **error)
{
  g_autofree char *name = file_name (mail);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  size_t length = 0;
  unsigned char *bytes = PQunescapeBytea ((const unsigned char *)db_get (mail, 0, "content"), &length);
  gboolean ok = g_file_set_contents_full (path, (const char *)bytes, (gssize)length,
                                          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0640, error);

  PQfreemem (bytes);
  return ok;
}

static gboolean
mark (Db *db, const char *outbox_id, const GError *failure, GError **error)
{
  g_autoptr (PGresult) result
      = failure == NULL ? db_queryv (db, error, sql_query ("mark_mail_sent"), outbox_id, DB_END)
                        : db_queryv (db, error, sql_query ("mark_mail_failed"), outbox_id, failure->message, DB_END);

  return result != NULL;
}

typedef struct {
  const char *folder;
  char *last; /* number of the mail handled last */
  guint sent, failed;
} Delivery;

/* Sent, then marked, never the other way round. @more gets FALSE when nothing is due. */
static gboolean
deliver_next (Db *db, Delivery *delivery, gboolean *more, GError **error)
{
  g_autoptr (PGresult) mail = db_queryv (db, error, sql_query ("claim_mail"), delivery->last, DB_END);
  g_autoptr (GError) failure = NULL;

  if (mail == NULL)
    return FALSE;
  *more = PQntuples (mail) > 0;
  if (!*more)
    return TRUE;
  g_free (delivery->last);
  delivery->last = g_strdup (db_get (mail, 0, "outbox_id"));
  if (write_mail (delivery->folder, mail, &failure))
    delivery->sent++;
  else
    delivery->failed++;
  return mark (db, delivery->last, failure, error);
}

gboolean
outbox_deliver (Db *db, const char *folder, guint *sent, guint *failed, GError **error)
{
  Delivery delivery = { .folder = folder, .last = g_strdup ("0") };
  gboolean more = TRUE;
  gboolean ok = TRUE;

  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not make folder %s", folder);
    ok = FALSE;
  }
  while (ok && more) {
    ok = db_begin (db, error);
    if (ok && !(deliver_next (db, &delivery, &more, error) && db_commit (db, error))) {
      db_rollback (db);
      ok = FALSE;
    }
  }
  g_free (delivery.last);
  *sent += delivery.sent;
  *failed += delivery.failed;
  return ok;
}
