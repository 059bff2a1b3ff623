#include "report/alert.h"

#include "base/error.h"
#include "base/sql.h"
#include "report/alert_move.h"
#include "report/digest.h"
#include "report/mail.h"
#include "report/outbox.h"
#include "report/picture.h"
#include "report/quiet.h"

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

/* What is common to all mails of a night. */
typedef struct {
  Db *db;
  const AlertOptions *options;
  GDateTime *now;
  AlertSummary *out;
} Night;

/* The mail as it stands goes into the outbox; @plan tells mails of different plans apart. */
static gboolean
queue_mail (const Night *night, const Recipient *recipient, const char *plan, Mail *mail, GError **error)
{
  const AlertOptions *options = night->options;
  g_autoptr (GError) failure = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GBytes) content = NULL;
  OutboxMail row = { .recipient = recipient->recipient, .address = recipient->address, .subject = mail->subject };
  gboolean added = FALSE;

  mail->from = options->mail_from;
  mail->to_name = recipient->name;
  mail->to_address = recipient->address;
  mail->language = recipient->language;
  mail->date = night->now;
  row.message_id = id = mail_id (mail, plan, recipient->recipient, options->today);
  row.content = content = mail_compose (mail, id, &failure);
  row.failure = failure != NULL ? failure->message : NULL;
  row.run_id = options->run_id;
  if (!outbox_queue (night->db, &row, &added, error))
    return FALSE;
  night->out->failed += failure != NULL;
  night->out->queued += added && failure == NULL;
  if (added && failure == NULL && options->queued != NULL)
    options->queued (recipient->address, mail->subject, options->queued_data);
  return TRUE;
}

static gboolean
queue_digest (const Night *night, const Digest *digest, GError **error)
{
  g_autoptr (GBytes) png = draw (digest, night->out);
  g_autofree char *subject = digest_subject (digest);
  g_autofree char *text = digest_text (digest, png != NULL);
  g_autofree char *html = digest_html (digest, png != NULL);
  Mail mail = { .subject = subject, .text = text, .html = html, .png = png };

  return queue_mail (night, digest->recipient, digest->plan->plan, &mail, error);
}

static gboolean
queue_quiet (const Night *night, const Board *board, const Recipient *recipient, GError **error)
{
  g_autoptr (Digest) digest = digest_quiet (board, recipient, night->options->today, night->options->report_dir);
  g_autofree char *subject = quiet_subject (digest);
  g_autofree char *text = quiet_text (digest);
  g_autofree char *html = quiet_html (digest);
  Mail mail = { .subject = subject, .text = text, .html = html };

  return queue_mail (night, recipient, "", &mail, error);
}

/* Recipients who have news: const Recipient* and, at the same place, Digest. */
static GPtrArray *
digests_of (const Board *board, const AlertOptions *options)
{
  GPtrArray *digests = g_ptr_array_new_with_free_func ((GDestroyNotify)digest_free);

  for (guint i = 0; i < board->catalogue->recipients->len; i++) {
    Digest *digest = digest_new (board, board->catalogue->recipients->pdata[i], options->today, options->report_dir);

    if (digest != NULL)
      g_ptr_array_add (digests, digest);
  }
  return digests;
}

/* A night that would write to everybody is a mistake somewhere, or a disaster: the city is told, once. */
static void
apply_cap (const Board *board, GPtrArray *digests, AlertSummary *out)
{
  guint due = digests->len;

  if (due <= catalogue_threshold (board->catalogue, "alert_mails_per_night"))
    return;
  out->withheld = due;
  for (guint i = digests->len; i > 0; i--) {
    Digest *digest = digests->pdata[i - 1];

    digest->n_withheld = due;
    if (strcmp (digest->recipient->role, "city") != 0)
      g_ptr_array_remove_index (digests, i - 1);
  }
}

/* Days since each recipient was last written to: days + 1 by recipient, so that 0 is never. */
static GHashTable *
last_mails (Db *db, GError **error)
{
  g_autoptr (PGresult) rows = db_queryv (db, error, sql_query ("list_last_mails"), DB_END);
  GHashTable *days = rows != NULL ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) : NULL;

  for (int i = 0; rows != NULL && i < PQntuples (rows); i++)
    g_hash_table_insert (days, g_strdup (db_get (rows, i, "recipient")),
                         GINT_TO_POINTER ((int)db_get_int (rows, i, "days") + 1));
  return days;
}

static gboolean
has_digest (const GPtrArray *digests, const Recipient *recipient)
{
  for (guint i = 0; i < digests->len; i++)
    if (((const Digest *)digests->pdata[i])->recipient == recipient)
      return TRUE;
  return FALSE;
}

static gboolean
queue_digests (const Night *night, Board *board, GPtrArray *digests, GError **error)
{
  g_autoptr (Evidence) evidence = digests->len > 0 ? evidence_read (night->db, error) : NULL;

  if (digests->len > 0 && (evidence == NULL || !board_read_waves (night->db, board, error)))
    return FALSE;
  for (guint i = 0; i < digests->len; i++) {
    ((Digest *)digests->pdata[i])->evidence = evidence;
    if (!queue_digest (night, digests->pdata[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
queue_all (const Night *night, Board *board, GError **error)
{
  const GPtrArray *recipients = board->catalogue->recipients;
  g_autoptr (GPtrArray) digests = digests_of (board, night->options);
  g_autoptr (GHashTable) days = last_mails (night->db, error);

  if (days == NULL)
    return FALSE;
  apply_cap (board, digests, night->out);
  if (!queue_digests (night, board, digests, error))
    return FALSE;
  for (guint i = 0; i < recipients->len; i++) {
    const Recipient *recipient = recipients->pdata[i];
    int ago = GPOINTER_TO_INT (g_hash_table_lookup (days, recipient->recipient)) - 1;

    if (!has_digest (digests, recipient) && quiet_is_due (board->catalogue, recipient, ago)
        && !queue_quiet (night, board, recipient, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
move_and_queue (Db *db, const Catalogue *catalogue, const AlertOptions *options, AlertSummary *out, GError **error)
{
  g_autoptr (Board) board = board_read (db, catalogue, error);
  g_autoptr (GDateTime) now = board != NULL ? read_now (db, error) : NULL;
  Night night = { db, options, now, out };

  return now != NULL && alert_move_all (db, board, options, out, error) && queue_all (&night, board, error);
}

static gboolean
deliver (Db *db, const AlertOptions *options, AlertSummary *out, GError **error)
{
  g_autofree char *folder = g_build_filename (options->state_dir, "mail", NULL);
  Outbox outbox = options->outbox != NULL ? *options->outbox : (Outbox){ 0 };
  OutboxSummary sum = { 0 };
  gboolean ok = FALSE;

  outbox.send.from = options->mail_from;
  if (outbox.send.folder == NULL)
    outbox.send.folder = folder;
  ok = outbox_deliver (db, &outbox, &sum, error);
  out->sent += sum.sent;
  out->failed += sum.failed;
  out->kept_back += sum.kept_back;
  return ok;
}

static gboolean
change_states (Db *db, const Catalogue *catalogue, const AlertOptions *options, AlertSummary *out, GError **error)
{
  if (!db_begin (db, error))
    return FALSE;
  if (move_and_queue (db, catalogue, options, out, error) && db_commit (db, error))
    return TRUE;
  db_rollback (db);
  return FALSE;
}

gboolean
alert_run (Db *db, const Catalogue *catalogue, const AlertOptions *options, AlertSummary *out, GError **error)
{
  memset (out, 0, sizeof *out);
  if (!options->hold && !change_states (db, catalogue, options, out, error))
    return FALSE;
  return db_dry_run (db) || deliver (db, options, out, error);
}
