#include "report/alert.h"

#include "base/error.h"
#include "base/sql.h"
#include "report/alert_move.h"
#include "report/digest.h"
#include "report/mail.h"
#include "report/outbox.h"
#include "report/picture.h"

#include <string.h>

/* Drawn small and magnified, so that its words can be read on a telephone too: 560 pixels wide in the mail, twice as
   dense. */
#define PICTURE_WIDTH 420
#define PICTURE_HEIGHT 230
#define PICTURE_ZOOM (2 * 560.0 / PICTURE_WIDTH)

static GDateTime *
read_now (Db *db, GError **error)
{
  g_autoptr (PGresult) clock = db_queryv (db, error, sql_query ("read_clock"), DB_END);
  GDateTime *now = clock != NULL ? g_date_time_new_from_iso8601 (db_get (clock, 0, "iso"), NULL) : NULL;

  if (clock != NULL && now == NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_BUG, "moment %s is no date", db_get (clock, 0, "iso"));
  return now;
}

/* A picture is a help, not the message: without one the mail goes and says so. */
static GBytes *
draw (const Digest *digest, AlertSummary *out)
{
  g_autofree char *svg = NULL;
  GBytes *png = NULL;

  if (picture_can_write (digest->voice.language)) {
    svg = phrase_chart (&digest->voice, digest->board, digest_lead (digest), PICTURE_WIDTH, PICTURE_HEIGHT);
    png = picture_png (svg, PICTURE_ZOOM, NULL);
  }
  out->without_picture |= png == NULL;
  return png;
}

static gboolean
queue_digest (Db *db, const Digest *digest, const AlertOptions *options, GDateTime *now, AlertSummary *out,
              GError **error)
{
  const Recipient *recipient = digest->recipient;
  g_autoptr (GBytes) png = draw (digest, out);
  g_autofree char *subject = digest_subject (digest);
  g_autofree char *text = digest_text (digest, png != NULL);
  g_autofree char *html = digest_html (digest, png != NULL);
  g_autoptr (GError) failure = NULL;
  Mail mail = { .from = options->mail_from,
                .to_name = recipient->name,
                .to_address = recipient->address,
                .subject = subject,
                .language = recipient->language,
                .text = text,
                .html = html,
                .png = png,
                .date = now };
  g_autofree char *id = mail_id (&mail, digest->plan->plan, recipient->recipient, options->today);
  g_autoptr (GBytes) content = mail_compose (&mail, id, &failure);
  OutboxMail row = { .recipient = recipient->recipient,
                     .address = recipient->address,
                     .message_id = id,
                     .subject = subject,
                     .content = content,
                     .failure = failure != NULL ? failure->message : NULL,
                     .run_id = options->run_id };
  gboolean added = FALSE;

  if (!outbox_queue (db, &row, &added, error))
    return FALSE;
  out->failed += failure != NULL;
  out->queued += added && failure == NULL;
  if (added && failure == NULL && options->queued != NULL)
    options->queued (recipient->address, subject, options->queued_data);
  return TRUE;
}

static gboolean
move_and_queue (Db *db, const Catalogue *catalogue, const AlertOptions *options, AlertSummary *out, GError **error)
{
  g_autoptr (Board) board = board_read (db, catalogue, error);
  g_autoptr (GDateTime) now = board != NULL ? read_now (db, error) : NULL;

  if (now == NULL || !alert_move_all (db, board, options, out, error))
    return FALSE;
  for (guint i = 0; i < catalogue->recipients->len; i++) {
    g_autoptr (Digest) digest
        = digest_new (board, catalogue->recipients->pdata[i], options->today, options->report_dir);

    if (digest != NULL && !queue_digest (db, digest, options, now, out, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
alert_run (Db *db, const Catalogue *catalogue, const AlertOptions *options, AlertSummary *out, GError **error)
{
  g_autofree char *folder = g_build_filename (options->state_dir, "mail", NULL);

  memset (out, 0, sizeof *out);
  if (!db_begin (db, error))
    return FALSE;
  if (!move_and_queue (db, catalogue, options, out, error) || !db_commit (db, error)) {
    db_rollback (db);
    return FALSE;
  }
  return db_dry_run (db) || outbox_deliver (db, folder, &out->sent, &out->failed, error);
}
