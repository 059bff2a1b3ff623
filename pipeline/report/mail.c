#include "report/mail.h"

#include "base/error.h"
#include "base/text.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_NAME 60
#define MAX_SUBJECT 120
#define MAX_ADDRESS 254 /* RFC 5321, 4.5.3.1.3 */

gboolean
mail_address_ok (const char *address)
{
  const char *at = strchr (address, '@');

  if (at == NULL || at == address || at[1] == '\0' || strchr (at + 1, '@') != NULL || strlen (address) > MAX_ADDRESS)
    return FALSE;
  for (const char *p = address; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || strchr ("\"<>(),;:\\[]", *p) != NULL)
      return FALSE;
  return TRUE;
}

char *
mail_clean (const char *text, guint max)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint length = 0;

  for (const char *p = text; *p != '\0' && length < max; p = text_next (p), length++) {
    gunichar c = g_utf8_get_char (p);

    if (g_unichar_iscntrl (c))
      g_string_append_c (out, ' ');
    else if (g_unichar_type (c) != G_UNICODE_FORMAT && g_unichar_type (c) != G_UNICODE_LINE_SEPARATOR
             && g_unichar_type (c) != G_UNICODE_PARAGRAPH_SEPARATOR)
      g_string_append_unichar (out, c);
  }
  return g_strstrip (g_string_free (g_steal_pointer (&out), FALSE));
}

static const char *
domain_of (const char *mailbox)
{
  const char *at = strrchr (mailbox, '@');

  return at != NULL ? at + 1 : "localhost";
}

/* Each part is closed by a zero byte, so that no two mails run into the same text. */
static void
digest_part (GChecksum *sum, const char *text)
{
  g_checksum_update (sum, (const guchar *)text, (gssize)strlen (text) + 1);
}

char *
mail_id (const Mail *mail, const char *plan, const char *recipient, const char *day)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GString) id = g_string_new (NULL);
  const char *domain = domain_of (mail->from);

  digest_part (sum, plan);
  digest_part (sum, recipient);
  digest_part (sum, mail->to_address);
  digest_part (sum, day);
  digest_part (sum, mail->subject);
  digest_part (sum, mail->text);
  digest_part (sum, mail->html);
  g_string_append (id, day);
  g_string_append_printf (id, ".%.32s@%.*s", g_checksum_get_string (sum), (int)strcspn (domain, "> \r\n\t"), domain);
  return g_string_free (g_steal_pointer (&id), FALSE);
}

/* RFC 2046 wants CRLF inside the text too, whatever encodes it. */
static GMimeObject *
text_part (const char *subtype, const char *text)
{
  GMimeTextPart *part = g_mime_text_part_new_with_subtype (subtype);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *crlf = g_strjoinv ("\r\n", lines);

  g_mime_text_part_set_charset (part, "utf-8");
  g_mime_text_part_set_text (part, crlf);
  g_mime_part_set_content_encoding ((GMimePart *)part, GMIME_CONTENT_ENCODING_BASE64);
  return (GMimeObject *)part;
}

static GMimeObject *
picture_part (GBytes *png)
{
  GMimePart *part = g_mime_part_new_with_type ("image", "png");
  gsize length = 0;
  const char *data = g_bytes_get_data (png, &length);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (data, length);
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_part_set_content_id (part, MAIL_PICTURE);
  g_mime_object_set_disposition ((GMimeObject *)part, "inline");
  g_mime_part_set_filename (part, "chart.png");
  g_object_unref (content);
  g_object_unref (stream);
  return (GMimeObject *)part;
}

/* Takes @child. */
static void
append (GMimeMultipart *multipart, GMimeObject *child)
{
  g_mime_multipart_add (multipart, child);
  g_object_unref (child);
}

/* Boundaries come from the identity too: GMime's own are random, and a repeated mail must be the same bytes. */
static GMimeMultipart *
new_multipart (const char *subtype, const char *id)
{
  GMimeMultipart *multipart = g_mime_multipart_new_with_subtype (subtype);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
  g_autofree char *boundary = g_strdup_printf ("=_%s_%.20s", subtype, sum);

  g_mime_multipart_set_boundary (multipart, boundary);
  return multipart;
}

static GMimeObject *
body (const Mail *mail, const char *id)
{
  GMimeMultipart *alternative = new_multipart ("alternative", id);
  GMimeObject *html = text_part ("html", mail->html);

  append (alternative, text_part ("plain", mail->text));
  if (mail->png != NULL) {
    GMimeMultipart *related = new_multipart ("related", id);

    g_mime_object_set_content_type_parameter ((GMimeObject *)related, "type", "text/html");
    append (related, html);
    append (related, picture_part (mail->png));
    html = (GMimeObject *)related;
  }
  append (alternative, html);
  return (GMimeObject *)alternative;
}

static void
add_header (GMimeMessage *message, const char *name, const char *value)
{
  g_mime_object_append_header ((GMimeObject *)message, name, value, NULL);
}

/* GMime's own setter spells the name Message-Id. */
static void
add_message_id (GMimeMessage *message, const char *id)
{
  g_autofree char *value = g_strdup_printf ("<%s>", id);

  add_header (message, "Message-ID", value);
}

/* The only mailbox that @from names, or NULL; free with g_object_unref(). */
static InternetAddress *
parse_sender (const char *from, GError **error)
{
  InternetAddressList *list = strpbrk (from, "\r\n") == NULL ? internet_address_list_parse (NULL, from) : NULL;
  InternetAddress *sender
      = list != NULL && internet_address_list_length (list) == 1 ? internet_address_list_get_address (list, 0) : NULL;
  g_autofree char *shown = mail_clean (from, MAX_NAME);
  gboolean ok = INTERNET_ADDRESS_IS_MAILBOX (sender)
                && mail_address_ok (internet_address_mailbox_get_addr ((InternetAddressMailbox *)sender));

  sender = ok ? g_object_ref (sender) : NULL;
  if (!ok)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "sender %s is no mail address", shown);
  if (list != NULL)
    g_object_unref (list);
  return sender;
}

char *
mail_sender (const char *from, GError **error)
{
  InternetAddress *sender = NULL;
  char *address = NULL;

  g_mime_init ();
  sender = parse_sender (from, error);
  if (sender == NULL)
    return NULL;
  address = g_strdup (internet_address_mailbox_get_addr ((InternetAddressMailbox *)sender));
  g_object_unref (sender);
  return address;
}

static gboolean
set_addresses (GMimeMessage *message, const Mail *mail, GError **error)
{
  InternetAddress *sender = parse_sender (mail->from, error);
  g_autofree char *name = mail_clean (mail->to_name, MAX_NAME);
  g_autofree char *shown = mail_clean (mail->to_address, MAX_NAME);
  const char *sender_name = sender != NULL ? internet_address_get_name (sender) : NULL;
  g_autofree char *sender_shown = mail_clean (sender_name != NULL ? sender_name : "plumbline", MAX_NAME);
  gboolean ok = mail_address_ok (mail->to_address);

  if (sender == NULL)
    return FALSE;
  if (ok) {
    g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_FROM, sender_shown,
                                internet_address_mailbox_get_addr ((InternetAddressMailbox *)sender));
    g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_TO, name, mail->to_address);
  } else
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "recipient's address %s cannot be used", shown);
  g_object_unref (sender);
  return ok;
}

static GBytes *
write_message (GMimeMessage *message)
{
  GMimeFormatOptions *options = g_mime_format_options_new ();
  GByteArray *bytes = g_byte_array_new ();
  GMimeStream *stream = g_mime_stream_mem_new_with_byte_array (bytes);

  g_mime_stream_mem_set_owner ((GMimeStreamMem *)stream, FALSE);
  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  g_mime_object_write_to_stream ((GMimeObject *)message, options, stream);
  g_mime_stream_flush (stream);
  g_object_unref (stream);
  g_mime_format_options_free (options);
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
mail_compose (const Mail *mail, const char *id, GError **error)
{
  GMimeMessage *message = NULL;
  GMimeObject *content = NULL;
  GBytes *bytes = NULL;
  g_autofree char *subject = mail_clean (mail->subject, MAX_SUBJECT);

  g_mime_init ();
  message = g_mime_message_new (FALSE);
  if (set_addresses (message, mail, error)) {
    content = body (mail, id);
    g_mime_message_set_subject (message, subject, "utf-8");
    g_mime_message_set_date (message, mail->date);
    add_message_id (message, id);
    add_header (message, "Auto-Submitted", "auto-generated");
    add_header (message, "Content-Language", strcmp (mail->language, "en") == 0 ? "en" : "zh-CN");
    g_mime_message_set_mime_part (message, content);
    bytes = write_message (message);
    g_object_unref (content);
  }
  g_object_unref (message);
  return bytes;
}
