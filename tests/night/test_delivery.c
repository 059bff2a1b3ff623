/* How mails go: through sendmail, to a list of a few, with credentials that are kept safe, and on trial. */
#include "../support/letter.h"
#include "../support/mailing.h"
#include "../support/server.h"
#include "../support/sql.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static Mailing mailing;

/* ------------------------------------------------------------------------------------------------------------------ */

static void
only_to__others__kept_back_until_the_list_is_gone (void **state)
{
  g_autofree char *way = postbox_options (mailing.rude, "smtps");
  g_autofree char *line
      = g_strconcat (MAILING_ALERT, way, " --only-to me@edu.example.invalid,@Trial.example.invalid", NULL);
  g_autofree char *again = g_strconcat (MAILING_ALERT, way, " --again", NULL);
  g_autofree char *test = g_strconcat ("@db alert --test a@b.invalid --only-to me@edu.example.invalid ", way, NULL);
  g_auto (Result) status = { 0 };

  (void)state;
  mailing_start_anew (&mailing);
  g_free (letter_queue (mailing.db, "某人", "ME@edu.example.invalid"));
  g_free (letter_queue (mailing.db, "某人", "you@edu.example.invalid"));
  g_free (letter_queue (mailing.db, "某人", "you@trial.example.invalid"));
  g_free (letter_queue (mailing.db, "某人", "you@not.trial.example.invalid"));
  site_expect (mailing.site, line, 0, "sent=2 failed=0 kept_back=2");
  mailing_expect (&mailing, "you@edu.example.invalid", "dead and kept_back and sent_at is null and tries = 0", "t");
  status = site_run (mailing.site, "@db status");
  assert_non_null (strstr (status.out, ", 0 given up, 2 kept back by mail.only_to\n"));
  site_expect (mailing.site, test, 64, "is not on the list mail.only_to");
  site_expect (mailing.site, again, 0, "sent=2 failed=0");
  assert_int_equal (postbox_count (mailing.rude), 4);
}

static void
credentials__readable_by_others_or_no_such_lines__78_and_mails_wait (void **state)
{
  static const struct {
    const char *content;
    int mode;
    const char *message;
  } cases[] = {
    { "user=a\npassword=geheim\n", 0640, "can be read by others than its owner; chmod 600 it" },
    { "user=a\npassword=geheim\n", 0604, "can be read by others than its owner; chmod 600 it" },
    { "a geheim\n", 0600, "has not the two lines" },
    { "user=a\npassword=\n", 0600, "has not the two lines" },
  };
  g_autofree char *way = postbox_options (mailing.rude, "smtps");
  g_autofree char *path = site_file (mailing.site, "secret", "");
  g_autofree char *link = g_strconcat (path, ".link", NULL);
  g_autofree char *line = g_strconcat (MAILING_ALERT, way, " --mail-credentials ", path, NULL);
  g_autofree char *linked = g_strconcat (MAILING_ALERT, way, " --mail-credentials ", link, NULL);

  (void)state;
  mailing_start_anew (&mailing);
  g_free (letter_queue (mailing.db, "某人", "a@edu.example.invalid"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Result) result = { 0 };

    assert_true (g_file_set_contents (path, cases[i].content, -1, NULL));
    assert_int_equal (g_chmod (path, cases[i].mode), 0);
    result = site_run (mailing.site, line);
    assert_int_equal (result.status, 78);
    assert_non_null (strstr (result.err, cases[i].message));
    assert_null (strstr (result.err, "geheim"));
  }
  assert_int_equal (symlink (path, link), 0);
  site_expect (mailing.site, linked, 78, "credentials");
  mailing_expect (&mailing, "a@edu.example.invalid", "tries = 0 and not dead", "t");
}

static void
sendmail__exit_statuses__decide (void **state)
{
  static const struct {
    const char *script;
    int status;
    const char *row;
  } cases[] = {
    { "exit 0", 0, "sent_at is not null" },
    { "echo queue full >&2; exit 75", 69,
      "sent_at is null and not dead and last_error like '%exit status 75: queue full'" },
    { "exit 67", 69, "dead and last_error like '%exit status 67'" },
    { "kill -9 $$", 69, "sent_at is null and not dead and last_error like '%ended by signal 9'" },
    { "exec sleep 30", 69, "sent_at is null and not dead and last_error like '%timed out%'" },
  };
  g_autofree char *got = g_build_filename (mailing.site->state, "got", NULL);
  g_autofree char *wanted = NULL;
  g_autofree char *seen = NULL;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *script = g_strdup_printf ("#!/bin/sh\n{ echo \"$*\"; cat; } > %s\n%s\n", got, cases[i].script);
    g_autofree char *path = site_file (mailing.site, "sendmail", script);
    g_autofree char *line
        = g_strconcat (MAILING_ALERT LETTER_ENVELOPE, "--mail-timeout ",
                       strstr (cases[i].script, "sleep") != NULL ? "1" : "20", " --sendmail ", path, NULL);

    mailing_start_anew (&mailing);
    g_free (letter_queue (mailing.db, "某人", "a@edu.example.invalid"));
    assert_int_equal (g_chmod (path, 0755), 0);
    site_expect (mailing.site, line, cases[i].status, "");
    mailing_expect (&mailing, "a@edu.example.invalid", cases[i].row, "t");
  }
  wanted = value_of (mailing.db,
                     "select E'-t -i -f plumbline@edu.example.invalid\\n' || replace(convert_from(content, 'UTF8'), "
                     "E'\\r', '') from plumbline.outbox where recipient = 'somebody'");
  assert_true (g_file_get_contents (got, &seen, NULL, NULL));
  assert_string_equal (seen, wanted);
}

static void
alert__wrong_ways_to_send__said_before_anything_is_sent (void **state)
{
  static const struct {
    const char *line;
    int status;
    const char *message;
  } cases[] = {
    { "@db alert --mail-server mail.example.invalid", 78, "is neither smtp://HOST:PORT nor smtps://HOST:PORT" },
    { "@db alert --mail-server smtp://a:b@mail.example.invalid", 78, "is neither smtp://" },
    { "@db alert --mail-server http://mail.example.invalid", 78, "is neither smtp://" },
    { "@db alert --mail-server smtp://mail.example.invalid --mail-ca /nowhere", 78, "there is no file /nowhere" },
    { "@db alert --mail-server smtp://mail.example.invalid --sendmail /bin/true", 78, "not both" },
    { "@db alert --sendmail /nowhere", 78, "there is no program /nowhere" },
    { "@db alert --only-to somebody", 78, "neither an address nor @domain: somebody" },
    { "@db alert --mail-from nobody", 78, "sender nobody is no mail address" },
    { "@db alert --test nobody", 64, "'nobody' is no mail address" },
    { "@db nightly --test a@b.invalid", 64, "does not belong to nightly" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    site_expect (mailing.site, cases[i].line, cases[i].status, cases[i].message);
}

static void
alert__test__one_sample_and_nothing_else (void **state)
{
  g_autofree char *way = postbox_options (mailing.rude, "smtps");
  g_autofree char *line = g_strconcat ("@db alert --test a@b.invalid ", way, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  (void)state;
  mailing_start_anew (&mailing);
  before = site_fingerprint (mailing.site);
  site_expect (mailing.site, line, 0, "");
  assert_int_equal (postbox_count (mailing.rude), 1);
  after = site_fingerprint (mailing.site);
  assert_string_equal (before, after);
  site_expect (mailing.site, "@db alert --test a@b.invalid", 0, "");
  {
    g_autofree char *file = g_build_filename (mailing.site->state, "mail", "test.eml", NULL);

    assert_int_equal (g_unlink (file), 0);
  }
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
    cmocka_unit_test (only_to__others__kept_back_until_the_list_is_gone),
    cmocka_unit_test (credentials__readable_by_others_or_no_such_lines__78_and_mails_wait),
    cmocka_unit_test (sendmail__exit_statuses__decide),
    cmocka_unit_test (alert__wrong_ways_to_send__said_before_anything_is_sent),
    cmocka_unit_test (alert__test__one_sample_and_nothing_else),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
