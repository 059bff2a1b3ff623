#include "letter.h"

#include "report/mail.h"
#include "report/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TODAY "2022-12-31"

char *
letter_queue (Db *db, const char *name, const char *address)
{
  static const char png[LETTER_PNG_BYTES] = LETTER_PNG;
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (TODAY "T02:30:00+08", NULL);
  g_autoptr (GBytes) picture = g_bytes_new_static (png, sizeof png);
  const Mail mail = { LETTER_FROM, name, address, LETTER_SUBJECT, "zh", LETTER_TEXT, LETTER_HTML, picture, date };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mail_id (&mail, "2022", address, TODAY);
  g_autoptr (GBytes) content = mail_compose (&mail, id, &error);
  const OutboxMail row = { "somebody", address, id, LETTER_SUBJECT, content, NULL, 0 };
  gboolean added = FALSE;

  if (content == NULL || !outbox_queue (db, &row, &added, &error))
    fail_msg ("%s", error->message);
  assert_true (added);
  return g_compute_checksum_for_bytes (G_CHECKSUM_MD5, content);
}
