/* Mails on their way: to a real mail server, to one that misbehaves at every step, through sendmail, to a list of a
 * few. */
#include "../support/letter.h"
#include "../support/mailing.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "report/outbox.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_S 10

static Mailing mailing;

/* Long where nothing stalls, for a machine may be busy. */
static guint patience_s = PATIENCE_S;

static OutboxSummary
deliver (const Postbox *box, const char *clock)
{
  g_autofree char *url = postbox_url (box, "smtps");
  g_autofree char *ca = postbox_path (box, "cert.pem");
  g_autofree char *credentials = postbox_path (box, "credentials");
  const Outbox outbox
      = { .send
          = { .server = url, .ca = ca, .credentials = credentials, .from = LETTER_FROM, .timeout_s = patience_s } };
  OutboxSummary sum = { 0 };
  g_autoptr (GError) error = NULL;

  if (!db_set_clock (mailing.db, clock, &error) || !outbox_deliver (mailing.db, &outbox, &sum, &error))
    fail_msg ("%s", error->message);
  return sum;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static char *
hash_of (const char *data, gssize length)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, data, length);
}

/* What Python's parser says of the mail that arrived as @name. */
static char *
read_mail (const Postbox *box, const char *name)
{
  g_autofree char *path = postbox_path (box, name);
  g_autofree char *program = postbox_script ("read_mail.py");
  char *argv[] = { program, path, NULL };
  char *out = NULL;
  int status = 0;

  assert_true (g_spawn_sync ("/", argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, NULL));
  assert_int_equal (status, 0);
  return out;
}

static void
smtp__starttls_and_auth__arrives_as_composed (void **state)
{
  g_autoptr (Postbox) real = postbox_new (POSTBOX_REAL);
  g_autofree char *way = postbox_options (real, "smtp");
  g_autofree char *line = g_strconcat (MAILING_ALERT LETTER_ENVELOPE, way, NULL);
  g_autofree char *sum = NULL;
  g_autofree char *envelope = NULL;
  g_autofree char *path = NULL;
  g_autofree char *found = NULL;
  g_autofree char *text = hash_of (LETTER_TEXT, -1);
  g_autofree char *html = hash_of (LETTER_HTML, -1);
  g_autofree char *id = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (GPtrArray) mails = NULL;
  char png[LETTER_PNG_BYTES] = LETTER_PNG;
  g_autofree char *picture = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)png, sizeof png);

  (void)state;
  mailing_start_anew (&mailing);
  sum = letter_queue (mailing.db, "沈河区教育局", "shenhe@edu.example.invalid");
  site_expect (mailing.site, line, 0, "sent=1 failed=0");
  mails = postbox_mails (real);
  assert_int_equal (mails->len, 1);
  assert_string_equal (mails->pdata[0], sum);
  path = postbox_path (real, "1.envelope");
  assert_true (g_file_get_contents (path, &envelope, NULL, NULL));
  assert_string_equal (envelope, "plumbline@edu.example.invalid shenhe@edu.example.invalid True\n");
  found = read_mail (real, "1.eml");
  id = value_of (mailing.db, "select message_id from plumbline.outbox where recipient = 'somebody'");
  wanted = g_strconcat ("defects 0\nFrom: " LETTER_FROM
                        "\nTo: 沈河区教育局 <shenhe@edu.example.invalid>\nSubject: " LETTER_SUBJECT "\nMessage-ID: <",
                        id, ">\nAuto-Submitted: auto-generated\ntext/plain ", text, "\ntext/html ", html,
                        "\nimage/png ", picture, "\n", NULL);
  assert_string_equal (found, wanted);
  site_expect (mailing.site, line, 0, "sent=0 failed=0");
}

static void
smtp__server_not_to_be_trusted__nothing_is_said_to_it (void **state)
{
  g_autoptr (Postbox) real = postbox_new (POSTBOX_REAL);
  g_autofree char *url = postbox_url (real, "smtp");
  g_autofree char *plain = postbox_url (mailing.rude, "smtp");
  g_autofree char *number = g_strdup_printf ("smtp://127.0.0.1:%s", real->port);
  g_autofree char *ca = g_strdup_printf ("--mail-ca %s/cert.pem", real->folder);
  const struct {
    const char *url, *ca, *message;
  } cases[] = {
    { url, "", "certificate problem" },
    { number, ca, "at STARTTLS: SSL: no alternative certificate subject name matches target host name" },
    { plain, ca, "STARTTLS not supported" },
  };

  (void)state;
  mailing_start_anew (&mailing);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = g_strdup_printf (
        "@db alert --test a@b.invalid --mail-server %s %s --mail-credentials %s/credentials --mail-timeout 10",
        cases[i].url, cases[i].ca, real->folder);

    site_expect (mailing.site, line, 69, cases[i].message);
  }
  assert_int_equal (postbox_count (real) + postbox_count (mailing.rude), 0);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *order;
  const char *state; /* of the mail afterwards */
  const char *error; /* in words */
  guint arrived;
} steps[] = {
  { "greeting 554", "waits", "at connection: 554 as ordered", 0 },
  { "greeting drop", "waits", "at connection: ", 0 },
  { "greeting stall", "waits", "timed out", 0 },
  { "ehlo 421", "waits", "at EHLO: 421 as ordered", 0 },
  { "auth 535", "waits", "at AUTH: 535 as ordered", 0 },
  { "mail 451", "waits", "refused for now, at MAIL: 451 as ordered", 0 },
  { "mail 530", "waits", "wants credentials, at MAIL: 530 as ordered", 0 },
  { "mail 550", "dead", "refused for good, at MAIL: 550 as ordered", 0 },
  { "mail drop", "waits", "broke off, at MAIL", 0 },
  { "mail stall", "waits", "timed out", 0 },
  { "rcpt 450", "waits", "refused for now, at RCPT: 450 as ordered", 0 },
  { "rcpt 421", "waits", "the server closes, at RCPT: 421 as ordered", 0 },
  { "rcpt 550", "dead", "refused for good, at RCPT: 550 as ordered", 0 },
  { "rcpt drop", "waits", "broke off, at RCPT", 0 },
  { "rcpt stall", "waits", "timed out", 0 },
  { "data 451", "waits", "refused for now, at DATA: 451 as ordered", 0 },
  { "data 554", "dead", "refused for good, at DATA: 554 as ordered", 0 },
  { "data drop", "waits", "broke off, at DATA", 0 },
  { "text drop", "waits", "it may have arrived", 0 },
  { "text stall", "waits", "it may have arrived", 0 },
  { "end 451", "waits", "refused for now, at the mail's text: 451 as ordered", 1 },
  { "end 554", "dead", "refused for good, at the mail's text: 554 as ordered", 1 },
  { "end drop", "waits", "it may have arrived", 1 },
  { "end stall", "waits", "it may have arrived", 1 },
};

static void
try_step (guint i)
{
  gint64 started = g_get_monotonic_time ();
  g_autofree char *sum = letter_queue (mailing.db, "某人", "step@edu.example.invalid");
  OutboxSummary found;
  g_autofree char *error = NULL;
  g_autoptr (GPtrArray) mails = NULL;

  postbox_order (mailing.rude, steps[i].order);
  patience_s = strstr (steps[i].order, "stall") != NULL ? 1 : PATIENCE_S;
  found = deliver (mailing.rude, MAILING_TODAY);
  patience_s = PATIENCE_S;
  assert_int_equal (found.sent, 0);
  assert_int_equal (found.failed, 1);
  assert_true (g_get_monotonic_time () - started < PATIENCE_S * G_USEC_PER_SEC);
  mailing_expect (&mailing, "step@edu.example.invalid", "case when dead then 'dead' else 'waits' end", steps[i].state);
  mailing_expect (&mailing, "step@edu.example.invalid", "sent_at is null and lease_until is null and tries = 1", "t");
  error = value_of (mailing.db, "select last_error from plumbline.outbox where recipient = 'somebody'");
  if (strstr (error, steps[i].error) == NULL)
    fail_msg ("%s: %s", steps[i].order, error);
  mails = postbox_mails (mailing.rude);
  assert_int_equal (mails->len, steps[i].arrived);
  if (mails->len > 0)
    assert_string_equal (mails->pdata[0], sum);
}

/* Not at once, but after its pause, and then the same bytes; what was refused for good never again. */
static void
try_again (guint i)
{
  gboolean waits = strcmp (steps[i].state, "waits") == 0;
  g_autofree char *sum
      = value_of (mailing.db, "select md5(content) from plumbline.outbox where recipient = 'somebody'");
  g_autoptr (GPtrArray) mails = NULL;

  postbox_order (mailing.rude, "ok");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).sent, 0);
  assert_int_equal (deliver (mailing.rude, "2023-01-02").sent, waits);
  mails = postbox_mails (mailing.rude);
  assert_int_equal (mails->len, steps[i].arrived + waits);
  for (guint k = 0; k < mails->len; k++)
    assert_string_equal (mails->pdata[k], sum);
}

static void
smtp__every_answer_at_every_step__nothing_lost_and_repeats_are_the_same (void **state)
{
  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    mailing_start_anew (&mailing);
    try_step (i);
    try_again (i);
  }
}

static void
smtp__one_bad_recipient__the_others_get_theirs_and_the_operator_is_told (void **state)
{
  static const char *const addresses[]
      = { "a@edu.example.invalid", "nobody@edu.example.invalid", "c@edu.example.invalid" };
  g_autoptr (Postbox) real = postbox_new (POSTBOX_REAL);
  g_autofree char *way = postbox_options (real, "smtp");
  g_autofree char *line = g_strconcat (MAILING_ALERT, way, NULL);
  g_autofree char *again = g_strconcat (line, " --again", NULL);
  g_auto (Result) status = { 0 };

  (void)state;
  mailing_start_anew (&mailing);
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_free (letter_queue (mailing.db, "某人", addresses[i]));
  site_expect (
      mailing.site, line, 69,
      "error alert mail to nobody@edu.example.invalid is given up: refused for good, at RCPT: 550 5.1.1 no such "
      "user here");
  assert_sql (mailing.db,
              "select string_agg(address, ' ' order by outbox_id) from plumbline.outbox where recipient = 'somebody'"
              " and sent_at is not null and not dead",
              "a@edu.example.invalid c@edu.example.invalid");
  site_expect (mailing.site, line, 0, "sent=0 failed=0");
  status = site_run (mailing.site, "@db status");
  assert_non_null (strstr (status.out, ", 1 given up\n"));
  assert_non_null (
      strstr (status.out, "to nobody@edu.example.invalid, given up, 1 try: refused for good, at RCPT: 550"));
  site_expect (mailing.site, again, 69, "is given up");
  assert_int_equal (postbox_count (real), 2);
}

/* The third mail in a row shows that the server takes none: the others are not even tried, and not counted as tried. */
static void
smtp__server_away__the_rest_waits_untried (void **state)
{
  (void)state;
  mailing_start_anew (&mailing);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *address = g_strdup_printf ("m%u@edu.example.invalid", i);

    g_free (letter_queue (mailing.db, "某人", address));
  }
  postbox_order (mailing.rude, "greeting 554");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).failed, 3);
  assert_sql (mailing.db, "select sum(tries) from plumbline.outbox where recipient = 'somebody'", "3");
  postbox_order (mailing.rude, "ok");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).sent, 2);
  assert_int_equal (deliver (mailing.rude, "2023-01-02").sent, 3);
}

static void
outbox__refused_for_now_again_and_again__pauses_grow_and_end (void **state)
{
  static const char *const pauses[] = { "00:05:00", "00:10:00", "00:20:00", "00:40:00" };

  (void)state;
  mailing_start_anew (&mailing);
  g_free (letter_queue (mailing.db, "某人", "slow@edu.example.invalid"));
  postbox_order (mailing.rude, "rcpt 450");
  for (guint i = 0; i < 12; i++) {
    assert_int_equal (deliver (mailing.rude, MAILING_TODAY).failed, 1);
    if (i < G_N_ELEMENTS (pauses))
      mailing_expect (&mailing, "slow@edu.example.invalid",
                      "date_trunc('minute', next_try - plumbline.clock() + interval '30 s')::text", pauses[i]);
    mailing_expect (&mailing, "slow@edu.example.invalid", "next_try <= plumbline.clock() + interval '1 day'", "t");
    mailing_expect (&mailing, "slow@edu.example.invalid", "dead", i < 11 ? "f" : "t");
    run_sql (mailing.db, "update plumbline.outbox set next_try = null where recipient = 'somebody'");
  }
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).failed, 0);
}

/* A claim that another process may be working on is left alone; one that runs out soon is waited for. */
static void
outbox__claimed_by_a_process_that_died__sent_when_the_claim_runs_out (void **state)
{
  (void)state;
  mailing_start_anew (&mailing);
  g_free (letter_queue (mailing.db, "某人", "claimed@edu.example.invalid"));
  run_sql (mailing.db, "update plumbline.outbox set tries = 1, lease_until = clock_timestamp() + interval '1 hour'"
                       " where recipient = 'somebody'");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).sent, 0);
  run_sql (mailing.db,
           "update plumbline.outbox set lease_until = clock_timestamp() + interval '1 s' where recipient = 'somebody'");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).sent, 1);
  mailing_expect (&mailing, "claimed@edu.example.invalid", "tries", "2");
}

static void
outbox__died_in_its_last_attempt__given_up (void **state)
{
  (void)state;
  mailing_start_anew (&mailing);
  g_free (letter_queue (mailing.db, "某人", "deadly@edu.example.invalid"));
  run_sql (mailing.db, "update plumbline.outbox set tries = 12, lease_until = now() where recipient = 'somebody'");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).failed, 1);
  mailing_expect (&mailing, "deadly@edu.example.invalid", "dead and last_error = 'no attempt came to its end'", "t");
}

/* A table may hold what no catalogue would: the address must not become a command. */
static void
smtp__line_break_in_an_address__refused_before_anything_is_said (void **state)
{
  (void)state;
  mailing_start_anew (&mailing);
  g_free (letter_queue (mailing.db, "某人", "a@edu.example.invalid"));
  run_sql (mailing.db,
           "update plumbline.outbox set address = E'a@edu.example.invalid>\\r\\nRCPT TO:<b@edu.example.invalid'"
           " where recipient = 'somebody'");
  assert_int_equal (deliver (mailing.rude, MAILING_TODAY).failed, 1);
  assert_sql (mailing.db,
              "select dead and last_error = 'the address cannot be used' from plumbline.outbox where recipient = "
              "'somebody'",
              "t");
  assert_int_equal (postbox_count (mailing.rude), 0);
}

static int
set_up (void **state)
{
  (void)state;
  return mailing_begin (&mailing) ? 0 : -1;
}

static int
tear_down (void **state)
{
  (void)state;
  mailing_end (&mailing);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (smtp__starttls_and_auth__arrives_as_composed),
    cmocka_unit_test (smtp__server_not_to_be_trusted__nothing_is_said_to_it),
    cmocka_unit_test (smtp__every_answer_at_every_step__nothing_lost_and_repeats_are_the_same),
    cmocka_unit_test (smtp__one_bad_recipient__the_others_get_theirs_and_the_operator_is_told),
    cmocka_unit_test (smtp__server_away__the_rest_waits_untried),
    cmocka_unit_test (outbox__refused_for_now_again_and_again__pauses_grow_and_end),
    cmocka_unit_test (outbox__claimed_by_a_process_that_died__sent_when_the_claim_runs_out),
    cmocka_unit_test (outbox__died_in_its_last_attempt__given_up),
    cmocka_unit_test (smtp__line_break_in_an_address__refused_before_anything_is_said),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
