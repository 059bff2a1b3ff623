#include "trial.h"

#include "base/error.h"
#include "domain/catalogue.h"
#include "report/mail.h"
#include "extract/message.h"

#include <stdio.h>
#include <unistd.h>

SendOptions
mail_options (const Options *options)
{
  return (SendOptions){ .server = options->mail_server,
                        .credentials = options->mail_credentials,
                        .ca = options->mail_ca,
                        .sendmail = options->sendmail,
                        .only_to = options->only_to,
                        .timeout_s = (guint)CLAMP (options->mail_timeout, 1, SEND_TIMEOUT_MAX_S) };
}

static GBytes *
compose (const Options *options, const char *where, GDateTime *now, GError **error)
{
  g_autoptr (Catalogue) catalogue = catalogue_read (options->catalogue, error);
  g_autofree char *moment = g_date_time_format (now, "%F %T");
  Mail mail = { .from = options->mail_from,
                .to_name = options->test,
                .to_address = options->test,
                .language = options->language,
                .date = now };
  g_autofree char *day = g_date_time_format (now, "%F");
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;
  g_autofree char *id = NULL;

  if (catalogue == NULL)
    return NULL;
  mail.subject = catalogue_text (catalogue, options->language, "trial.subject");
  mail.text = text = message_fill (catalogue_text (catalogue, options->language, "trial.text"), "when", moment, "host",
                                   g_get_host_name (), "where", where, NULL);
  mail.html = html = g_markup_printf_escaped ("<!DOCTYPE html>\n<html><body><p>%s</p></body></html>\n", text);
  id = mail_id (&mail, "trial", options->test, day);
  return mail_compose (&mail, id, error);
}

static gboolean
check_address (const Options *options, const Sender *sender, GError **error)
{
  const char *wrong = !mail_address_ok (options->test)         ? "is no mail address"
                      : !sender_allows (sender, options->test) ? "is not on the list mail.only_to"
                                                               : NULL;

  if (wrong == NULL)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "--test: '%s' %s", options->test, wrong);
  return FALSE;
}

gboolean
trial_send (const Options *options, GError **error)
{
  g_autofree char *folder = g_build_filename (options->state, "mail", NULL);
  SendOptions way = mail_options (options);
  g_autoptr (Sender) sender = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GBytes) content = NULL;
  g_auto (SendAnswer) answer = { SEND_DONE, FALSE, NULL };

  way.folder = folder;
  way.from = options->mail_from;
  sender = sender_new (&way, error);
  if (sender == NULL || !check_address (options, sender, error)
      || (content = compose (options, sender_where (sender), now, error)) == NULL)
    return FALSE;
  if (!options->dry_run)
    sender_send (sender, &(SendMail){ options->test, "test.eml", content }, &answer);
  if (answer.result != SEND_DONE) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_MAIL, "mail to %s: %s", options->test, answer.why);
    return FALSE;
  }
  if (!options->quiet)
    printf ("%salert: a sample for %s went to %s\n", options->dry_run ? "dry run, undone: " : "", options->test,
            sender_where (sender));
  return TRUE;
}
