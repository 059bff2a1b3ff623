#include "base/error.h"
#include "report/mail.h"

#include <gmime/gmime.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SUBJECT "[严重|新增2 恢复1] 沈河区 近视率 62.1% 目标≤60.0%"

static Mail
ordinary (void)
{
  static const char png[] = "\x89PNG\r\n\x1a\nnot really";

  return (Mail){ .from = "plumbline <plumbline@edu.example.invalid>",
                 .to_name = "沈河区教育局",
                 .to_address = "shenhe@edu.example.invalid",
                 .subject = SUBJECT,
                 .language = "zh",
                 .text = "沈河区近视率62.1%\n高出路径1.8个百分点\n",
                 .html = "<!DOCTYPE html><html><body><img src=\"cid:" MAIL_PICTURE "\"></body></html>\n",
                 .png = g_bytes_new_static (png, sizeof png - 1),
                 .date = g_date_time_new_from_iso8601 ("2022-11-20T02:30:00+08", NULL) };
}

static void
clear (Mail *mail)
{
  if (mail->png != NULL)
    g_bytes_unref (mail->png);
  g_date_time_unref (mail->date);
}

static char *
id_of (const Mail *mail)
{
  return mail_id (mail, "2022", "shenhe", "2022-11-20");
}

static char *
composed (const Mail *mail)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = id_of (mail);
  g_autoptr (GBytes) bytes = mail_compose (mail, id, &error);

  if (bytes == NULL)
    fail_msg ("%s", error->message);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static GMimeMessage *
parsed (const char *text)
{
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (text, strlen (text));
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *message = g_mime_parser_construct_message (parser, NULL);

  g_object_unref (parser);
  g_object_unref (stream);
  assert_non_null (message);
  return message;
}

/* RFC 2047, word by word: GMime's own reading joins words before it decodes them and stops at the first padding. */
static char *
subject_of (GMimeMessage *message)
{
  GMimeHeader *header
      = g_mime_header_list_get_header (g_mime_object_get_header_list ((GMimeObject *)message), "Subject");
  g_auto (GStrv) words = g_strsplit_set (g_mime_header_get_raw_value (header), " \r\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *word = *words[i] != '\0' ? g_mime_utils_header_decode_text (NULL, words[i]) : g_strdup ("");

    g_string_append (out, word);
  }
  return g_string_free (out, FALSE);
}

static const char *
type_of (GMimeObject *part)
{
  return g_mime_content_type_get_media_subtype (g_mime_object_get_content_type (part));
}

static void
mail_compose__text_html_and_picture__nested_as_readers_expect (void **state)
{
  Mail mail = ordinary ();
  g_autofree char *bytes = composed (&mail);
  GMimeMessage *message = parsed (bytes);
  GMimeMultipart *alternative = (GMimeMultipart *)g_mime_message_get_mime_part (message);
  GMimeMultipart *related = NULL;
  g_autofree char *subject = subject_of (message);
  g_autofree char *text = NULL;

  (void)state;
  assert_string_equal (subject, SUBJECT);
  assert_string_equal (g_mime_object_get_header ((GMimeObject *)message, "Auto-Submitted"), "auto-generated");
  assert_non_null (strstr (bytes, "\r\nMessage-ID: <2022-11-20."));
  assert_string_equal (g_mime_object_get_header ((GMimeObject *)alternative, "Content-Language"), "zh-CN");
  assert_string_equal (g_mime_object_get_header ((GMimeObject *)message, "Date"), "Sun, 20 Nov 2022 02:30:00 +0800");
  assert_string_equal (type_of ((GMimeObject *)alternative), "alternative");
  assert_int_equal (g_mime_multipart_get_count (alternative), 2);
  assert_string_equal (type_of (g_mime_multipart_get_part (alternative, 0)), "plain");
  text = g_mime_text_part_get_text ((GMimeTextPart *)g_mime_multipart_get_part (alternative, 0));
  assert_string_equal (text, "沈河区近视率62.1%\r\n高出路径1.8个百分点\r\n");
  related = (GMimeMultipart *)g_mime_multipart_get_part (alternative, 1);
  assert_string_equal (type_of ((GMimeObject *)related), "related");
  assert_string_equal (type_of (g_mime_multipart_get_part (related, 0)), "html");
  assert_string_equal (type_of (g_mime_multipart_get_part (related, 1)), "png");
  assert_string_equal (g_mime_part_get_content_id ((GMimePart *)g_mime_multipart_get_part (related, 1)), MAIL_PICTURE);
  g_object_unref (message);
  clear (&mail);
}

static void
mail_compose__no_picture__html_is_the_second_alternative (void **state)
{
  Mail mail = ordinary ();
  g_autofree char *bytes = NULL;
  GMimeMessage *message = NULL;

  (void)state;
  g_bytes_unref (mail.png);
  mail.png = NULL;
  bytes = composed (&mail);
  message = parsed (bytes);
  assert_string_equal (
      type_of (g_mime_multipart_get_part ((GMimeMultipart *)g_mime_message_get_mime_part (message), 1)), "html");
  g_object_unref (message);
  clear (&mail);
}

static void
mail_compose__bytes__crlf_ascii_short_lines_and_the_same_again (void **state)
{
  Mail mail = ordinary ();
  g_autofree char *bytes = composed (&mail);
  g_autofree char *again = composed (&mail);
  g_auto (GStrv) lines = g_strsplit (bytes, "\r\n", -1);

  (void)state;
  assert_string_equal (bytes, again);
  for (guint i = 0; lines[i] != NULL; i++) {
    assert_null (strchr (lines[i], '\n'));
    assert_null (strchr (lines[i], '\r'));
    if (strlen (lines[i]) > 78)
      fail_msg ("too long: %s", lines[i]);
    assert_true (g_str_is_ascii (lines[i]));
  }
  clear (&mail);
}

static void
mail_id__content_and_night__decide_and_the_hour_does_not (void **state)
{
  Mail mail = ordinary ();
  g_autofree char *id = id_of (&mail);
  g_autofree char *other_night = mail_id (&mail, "2022", "shenhe", "2022-11-21");
  g_autofree char *other_recipient = mail_id (&mail, "2022", "dadong", "2022-11-20");
  g_autofree char *other_plan = mail_id (&mail, "2023", "shenhe", "2022-11-20");
  g_autofree char *later = NULL;
  g_autofree char *other_text = NULL;

  (void)state;
  g_date_time_unref (mail.date);
  mail.date = g_date_time_new_from_iso8601 ("2022-11-20T05:00:00+08", NULL);
  later = id_of (&mail);
  mail.text = "62.2%\n";
  other_text = id_of (&mail);
  assert_string_equal (id, later);
  assert_string_not_equal (id, other_night);
  assert_string_not_equal (id, other_recipient);
  assert_string_not_equal (id, other_plan);
  assert_string_not_equal (id, other_text);
  assert_true (g_str_has_prefix (id, "2022-11-20."));
  assert_true (g_str_has_suffix (id, "@edu.example.invalid"));
  clear (&mail);
}

static void
mail_compose__line_breaks_and_bidi_in_name_and_subject__no_header_of_their_own (void **state)
{
  Mail mail = ordinary ();
  g_autofree char *bytes = NULL;
  GMimeMessage *message = NULL;
  InternetAddressList *to = NULL;

  (void)state;
  mail.to_name = "局\r\nBcc: spy@example.invalid\r\n\xE2\x80\xAE";
  mail.subject = "近视\r\nX-Evil: 1\xE2\x80\xAE";
  bytes = composed (&mail);
  message = parsed (bytes);
  assert_null (g_mime_object_get_header ((GMimeObject *)message, "Bcc"));
  assert_null (g_mime_object_get_header ((GMimeObject *)message, "X-Evil"));
  to = g_mime_message_get_to (message);
  assert_int_equal (internet_address_list_length (to), 1);
  assert_string_equal (g_mime_message_get_subject (message), "近视  X-Evil: 1");
  g_object_unref (message);
  clear (&mail);
}

static void
mail_compose__address_that_is_none__refused (void **state)
{
  static const char *const addresses[]
      = { "", "nobody", "a@b@c", "a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a,b@c", "\"a\"@b", "@b", "a@", "名@b" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    Mail mail = ordinary ();
    g_autoptr (GError) error = NULL;

    mail.to_address = addresses[i];
    assert_null (mail_compose (&mail, "id@host", &error));
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
    assert_null (strpbrk (error->message, "\r\n"));
    clear (&mail);
  }
}

static void
mail_compose__sender_that_is_none__refused (void **state)
{
  static const char *const senders[] = { "", "plumbline", "a@b\r\nBcc: x@y" };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++) {
    Mail mail = ordinary ();
    g_autoptr (GError) error = NULL;

    mail.from = senders[i];
    assert_null (mail_compose (&mail, "id@host", &error));
    assert_non_null (error);
    clear (&mail);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (mail_compose__text_html_and_picture__nested_as_readers_expect),
    cmocka_unit_test (mail_compose__no_picture__html_is_the_second_alternative),
    cmocka_unit_test (mail_compose__bytes__crlf_ascii_short_lines_and_the_same_again),
    cmocka_unit_test (mail_id__content_and_night__decide_and_the_hour_does_not),
    cmocka_unit_test (mail_compose__line_breaks_and_bidi_in_name_and_subject__no_header_of_their_own),
    cmocka_unit_test (mail_compose__address_that_is_none__refused),
    cmocka_unit_test (mail_compose__sender_that_is_none__refused),
  };

  g_mime_init ();
  return cmocka_run_group_tests (tests, NULL, NULL);
}
