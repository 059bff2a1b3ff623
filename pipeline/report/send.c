#include "report/send.h"

#include "base/error.h"
#include "base/folder.h"
#include "report/mail.h"
#include "report/sendmail.h"
#include "report/smtp.h"

#include <string.h>

#define LEASE_SPARE_S 1

struct _Sender {
  SendOptions options;
  char *from; /* bare address */
  char **only_to;
  Smtp *smtp;
};

void
send_answer_clear (SendAnswer *answer)
{
  g_clear_pointer (&answer->why, g_free);
}

static gboolean
refuse (GError **error, const char *message, const char *detail)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s%s", message, detail);
  return FALSE;
}

static gboolean
read_list (Sender *sender, GError **error)
{
  sender->only_to = g_strsplit_set (sender->options.only_to, ", ;", -1);
  for (char **entry = sender->only_to; *entry != NULL; entry++) {
    g_autofree char *address = g_strconcat (**entry == '@' ? "x" : "", *entry, NULL);

    if (**entry != '\0' && !mail_address_ok (address))
      return refuse (error, "only_to: neither an address nor @domain: ", *entry);
  }
  return TRUE;
}

static gboolean
open_way (Sender *sender, GError **error)
{
  const SendOptions *options = &sender->options;

  if (options->server != NULL && options->sendmail != NULL)
    return refuse (error, "mails go either to a server or through sendmail, not both", "");
  if (options->server != NULL)
    return (sender->smtp = smtp_new (options, sender->from, error)) != NULL;
  if (options->sendmail != NULL)
    return g_file_test (options->sendmail, G_FILE_TEST_IS_EXECUTABLE)
           || refuse (error, "sendmail: there is no program ", options->sendmail);
  if (g_mkdir_with_parents (options->folder, 0755) == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not make folder %s", options->folder);
  return FALSE;
}

Sender *
sender_new (const SendOptions *options, GError **error)
{
  g_autoptr (Sender) sender = g_new0 (Sender, 1);

  sender->options = *options;
  sender->options.timeout_s = options->timeout_s != 0 ? options->timeout_s : SEND_TIMEOUT_S;
  sender->from = mail_sender (options->from, error);
  if (sender->from == NULL || (options->only_to != NULL && !read_list (sender, error)) || !open_way (sender, error))
    return NULL;
  return g_steal_pointer (&sender);
}

void
sender_free (Sender *sender)
{
  if (sender == NULL)
    return;
  smtp_free (sender->smtp);
  g_strfreev (sender->only_to);
  g_free (sender->from);
  g_free (sender);
}

gboolean
sender_allows (const Sender *sender, const char *address)
{
  const char *domain = strchr (address, '@');

  for (char **entry = sender->only_to; entry != NULL && *entry != NULL; entry++)
    if (**entry != '\0' && g_ascii_strcasecmp (*entry, **entry == '@' && domain != NULL ? domain : address) == 0)
      return TRUE;
  return sender->only_to == NULL;
}

guint
sender_lease_s (const Sender *sender)
{
  return sender->options.server != NULL || sender->options.sendmail != NULL
             ? 3 * sender->options.timeout_s + LEASE_SPARE_S
             : 0;
}

const char *
sender_where (const Sender *sender)
{
  const SendOptions *options = &sender->options;

  return options->server != NULL ? options->server : options->sendmail != NULL ? options->sendmail : options->folder;
}

void
sender_probe (Sender *sender, SendAnswer *answer)
{
  *answer = (SendAnswer){ .result = SEND_DONE };
  if (sender->smtp != NULL)
    smtp_probe (sender->smtp, answer);
}

static void
write_file (const char *folder, const SendMail *mail, SendAnswer *answer)
{
  g_autofree char *path = g_build_filename (folder, mail->name, NULL);
  g_autoptr (GError) failure = NULL;
  gsize length = 0;
  const char *data = g_bytes_get_data (mail->content, &length);

  if (!folder_put (path, data, length, 0640, &failure)) {
    answer->result = SEND_LATER;
    answer->why = g_strdup (failure->message);
  }
}

void
sender_send (Sender *sender, const SendMail *mail, SendAnswer *answer)
{
  const SendOptions *options = &sender->options;

  *answer = (SendAnswer){ .result = SEND_DONE };
  if (!mail_address_ok (mail->address)) {
    answer->result = SEND_NEVER;
    answer->why = g_strdup ("the address cannot be used");
  } else if (sender->smtp != NULL)
    smtp_send (sender->smtp, mail, answer);
  else if (options->sendmail != NULL)
    sendmail_send (options->sendmail, sender->from, 2 * options->timeout_s, mail, answer);
  else
    write_file (options->folder, mail, answer);
}
