#include "report/smtp.h"

#include "base/error.h"
#include "report/credentials.h"
#include "report/mail.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_S 20
#define MAX_WORDS 200 /* of a server's answer, characters */
#define MIN_REFUSAL 400
#define MAX_CODE 599

struct _Smtp {
  const SendOptions *options;
  Credentials credentials;
  char *sender;
  CURL *curl;
};

/* What has been said so far: filled by curl's trace, since curl's own results do not tell to which command an answer
   was. */
typedef struct {
  SmtpStep step;
  guint code; /* of the answer to step; 0 while there is none */
  GString *words;
  gboolean over; /* QUIT was sent: nothing that follows is about the mail */
} Talk;

typedef struct {
  const char *data;
  gsize length, sent;
} Text;

static const char *const step_names[] = {
  [SMTP_GREETING] = "connection", [SMTP_HELLO] = "EHLO", [SMTP_TLS] = "STARTTLS", [SMTP_AUTH] = "AUTH",
  [SMTP_MAIL] = "MAIL",           [SMTP_RCPT] = "RCPT",  [SMTP_DATA] = "DATA",    [SMTP_TEXT] = "the mail's text",
};

/* First match wins. */
static const struct {
  SmtpStep from, to;
  guint low, high;
  SendResult result;
  gboolean away;
  const char *reason;
} rules[] = {
  { SMTP_GREETING, SMTP_AUTH, 0, MAX_CODE, SEND_LATER, TRUE, "the server takes no mail from us now" },
  { SMTP_MAIL, SMTP_TEXT, 421, 421, SEND_LATER, TRUE, "the server closes" },
  { SMTP_MAIL, SMTP_TEXT, 400, 499, SEND_LATER, FALSE, "refused for now" },
  { SMTP_MAIL, SMTP_RCPT, 530, 530, SEND_LATER, TRUE, "the server wants credentials" },
  { SMTP_MAIL, SMTP_RCPT, 534, 538, SEND_LATER, TRUE, "the server wants other credentials" },
  { SMTP_MAIL, SMTP_TEXT, 500, MAX_CODE, SEND_NEVER, FALSE, "refused for good" },
  { SMTP_TEXT, SMTP_TEXT, 0, MAX_CODE, SEND_LATER, TRUE, "no answer to the text: it may have arrived" },
  { SMTP_MAIL, SMTP_DATA, 0, MAX_CODE, SEND_LATER, TRUE, "the conversation broke off" },
};

SendAnswer
smtp_judge (SmtpStep step, guint code)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (step >= rules[i].from && step <= rules[i].to && code >= rules[i].low && code <= rules[i].high)
      return (SendAnswer){ rules[i].result, rules[i].away, g_strdup (rules[i].reason) };
  return (SendAnswer){ SEND_LATER, TRUE, g_strdup ("an answer that is none") };
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Lines that are no command belong to AUTH: they change nothing, and are not kept. */
static void
note_command (Talk *talk, const char *data, gsize length)
{
  static const struct {
    const char *verb;
    SmtpStep step;
  } verbs[] = { { "EHLO", SMTP_HELLO }, { "HELO", SMTP_HELLO }, { "STARTTLS", SMTP_TLS }, { "AUTH", SMTP_AUTH },
                { "MAIL", SMTP_MAIL },  { "RCPT", SMTP_RCPT },  { "DATA", SMTP_DATA } };

  talk->over = length >= 4 && memcmp (data, "QUIT", 4) == 0;
  if (talk->over)
    return;
  talk->code = 0;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (length >= strlen (verbs[i].verb) && memcmp (data, verbs[i].verb, strlen (verbs[i].verb)) == 0)
      talk->step = verbs[i].step;
}

/* The last line of an answer counts; a line is "550 words", or "550-words" when more follow. */
static void
note_answer (Talk *talk, const char *data, gsize length)
{
  g_autofree char *line = g_utf8_make_valid (data, (gssize)length);

  if (length < 3 || !g_ascii_isdigit (line[0]) || !g_ascii_isdigit (line[1]) || !g_ascii_isdigit (line[2]))
    return;
  talk->code = (guint)g_ascii_strtoull ((const char[]){ line[0], line[1], line[2], '\0' }, NULL, 10);
  g_string_assign (talk->words, line);
}

/* With 354 the text begins; whatever is answered from there on is the answer to it. */
static int
trace (CURL *curl, curl_infotype type, char *data, size_t length, void *user)
{
  Talk *talk = user;

  (void)curl;
  if (talk->over)
    return 0;
  if (type == CURLINFO_HEADER_OUT)
    note_command (talk, data, length);
  else if (type == CURLINFO_HEADER_IN)
    note_answer (talk, data, length);
  if (talk->step == SMTP_DATA && talk->code == 354) {
    talk->step = SMTP_TEXT;
    talk->code = 0;
  }
  return 0;
}

static size_t
read_text (char *buffer, size_t size, size_t count, void *user)
{
  Text *text = user;
  gsize length = MIN (size * count, text->length - text->sent);

  memcpy (buffer, text->data + text->sent, length);
  text->sent += length;
  return length;
}

static size_t
drop_output (char *data, size_t size, size_t count, void *user)
{
  (void)data;
  (void)user;
  return size * count;
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Never without encryption, never to somebody else than the name that was configured, never through a proxy that the
   environment names. */
static CURLcode
set_connection (const Smtp *smtp)
{
  const SendOptions *options = smtp->options;
  CURL *curl = smtp->curl;
  const long timeout = options->timeout_s;
  CURLcode code = curl_easy_setopt (curl, CURLOPT_URL, options->server);

#define SET(option, value) code = code == CURLE_OK ? curl_easy_setopt (curl, option, value) : code
  SET (CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  SET (CURLOPT_PROXY, "");
  SET (CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
  SET (CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET (CURLOPT_SSL_VERIFYPEER, 1L);
  SET (CURLOPT_SSL_VERIFYHOST, 2L);
  if (options->ca != NULL) {
    SET (CURLOPT_CAINFO, options->ca);
    SET (CURLOPT_CAPATH, NULL);
  }
  if (smtp->credentials.user != NULL) {
    SET (CURLOPT_USERNAME, smtp->credentials.user);
    SET (CURLOPT_PASSWORD, smtp->credentials.password);
  }
  SET (CURLOPT_CONNECTTIMEOUT, MIN (timeout, CONNECT_S));
  SET (CURLOPT_SERVER_RESPONSE_TIMEOUT, timeout);
  SET (CURLOPT_TIMEOUT, 2 * timeout);
  SET (CURLOPT_FORBID_REUSE, 1L);
  SET (CURLOPT_FRESH_CONNECT, 1L);
  return code;
}

static CURLcode
set_trace (CURL *curl, Talk *talk)
{
  CURLcode code = curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, drop_output);

  SET (CURLOPT_VERBOSE, 1L);
  SET (CURLOPT_DEBUGFUNCTION, trace);
  SET (CURLOPT_DEBUGDATA, talk);
  return code;
}

static CURLcode
set_mail (const Smtp *smtp, const struct curl_slist *recipients, Text *text, Talk *talk)
{
  CURL *curl = smtp->curl;
  CURLcode code = curl_easy_setopt (curl, CURLOPT_MAIL_FROM, smtp->sender);

  SET (CURLOPT_MAIL_RCPT, recipients);
  SET (CURLOPT_UPLOAD, 1L);
  SET (CURLOPT_READFUNCTION, read_text);
  SET (CURLOPT_READDATA, text);
  SET (CURLOPT_INFILESIZE_LARGE, (curl_off_t)text->length);
  return code == CURLE_OK ? set_trace (curl, talk) : code;
}

/* Without a sender curl says what it is told to, once it is let in. */
static CURLcode
set_probe (CURL *curl, Talk *talk)
{
  CURLcode code = set_trace (curl, talk);

  SET (CURLOPT_CUSTOMREQUEST, "NOOP");
  SET (CURLOPT_NOBODY, 1L);
#undef SET
  return code;
}

/* In one line what happened, at which command, and the server's own words or curl's; curl has several for a silence. */
static char *
describe (const Talk *talk, const char *reason, CURLcode code, const char *detail)
{
  g_autofree char *words = mail_clean (talk->code >= MIN_REFUSAL          ? talk->words->str
                                       : code == CURLE_OPERATION_TIMEDOUT ? "timed out"
                                       : *detail != '\0'                  ? detail
                                                                          : curl_easy_strerror (code),
                                       MAX_WORDS);

  return g_strdup_printf ("%s, at %s: %s", reason, step_names[talk->step], words);
}

static void
judge (const Talk *talk, CURLcode code, const char *detail, SendAnswer *answer)
{
  g_autofree char *reason = NULL;

  if (code == CURLE_OK) {
    *answer = (SendAnswer){ .result = SEND_DONE };
    return;
  }
  /* An answer that curl liked is none to what went wrong after it. */
  *answer = smtp_judge (talk->step, talk->code >= MIN_REFUSAL ? talk->code : 0);
  reason = g_steal_pointer (&answer->why);
  answer->why = describe (talk, reason, code, detail);
}

static CURLcode
perform (Smtp *smtp, CURLcode code, char *detail)
{
  curl_easy_setopt (smtp->curl, CURLOPT_ERRORBUFFER, detail);
  if (code == CURLE_OK)
    code = curl_easy_perform (smtp->curl);
  curl_easy_reset (smtp->curl);
  return code;
}

void
smtp_send (Smtp *smtp, const SendMail *mail, SendAnswer *answer)
{
  g_autofree char *recipient = g_strdup_printf ("<%s>", mail->address);
  struct curl_slist *recipients = curl_slist_append (NULL, recipient);
  Talk talk = { .words = g_string_new (NULL) };
  Text text = { 0 };
  char detail[CURL_ERROR_SIZE] = "";
  CURLcode code = CURLE_OK;

  text.data = g_bytes_get_data (mail->content, &text.length);
  curl_easy_reset (smtp->curl);
  code = set_connection (smtp);
  if (code == CURLE_OK)
    code = set_mail (smtp, recipients, &text, &talk);
  code = perform (smtp, code, detail);
  judge (&talk, code, detail, answer);
  g_string_free (talk.words, TRUE);
  curl_slist_free_all (recipients);
}

void
smtp_probe (Smtp *smtp, SendAnswer *answer)
{
  Talk talk = { .words = g_string_new (NULL) };
  char detail[CURL_ERROR_SIZE] = "";
  CURLcode code = CURLE_OK;

  curl_easy_reset (smtp->curl);
  code = set_connection (smtp);
  if (code == CURLE_OK)
    code = set_probe (smtp->curl, &talk);
  code = perform (smtp, code, detail);
  judge (&talk, code, detail, answer);
  g_string_free (talk.words, TRUE);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* A URL with a user, path or query would say things that have their own place. */
static gboolean
check_server (const char *server, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if ((strcmp (scheme, "smtp") == 0 || strcmp (scheme, "smtps") == 0) && host != NULL && *host != '\0'
      && g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL
      && strlen (g_uri_get_path (uri)) <= 1)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
               "mail server %s is neither smtp://HOST:PORT nor smtps://HOST:PORT", server);
  return FALSE;
}

static gboolean
check_ca (const char *path, GError **error)
{
  if (path == NULL || g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "there is no file %s with the mail server's certificates", path);
  return FALSE;
}

Smtp *
smtp_new (const SendOptions *options, const char *sender, GError **error)
{
  g_auto (Credentials) credentials = { NULL, NULL };
  Smtp *smtp = NULL;

  if (!check_server (options->server, error) || !check_ca (options->ca, error)
      || (options->credentials != NULL && !credentials_read (options->credentials, &credentials, error)))
    return NULL;
  if (curl_global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_BUG, "libcurl does not start");
    return NULL;
  }
  smtp = g_new0 (Smtp, 1);
  smtp->options = options;
  smtp->sender = g_strdup_printf ("<%s>", sender);
  smtp->credentials = credentials;
  credentials = (Credentials){ NULL, NULL };
  smtp->curl = curl_easy_init ();
  return smtp;
}

void
smtp_free (Smtp *smtp)
{
  if (smtp == NULL)
    return;
  curl_easy_cleanup (smtp->curl);
  curl_global_cleanup ();
  credentials_clear (&smtp->credentials);
  g_free (smtp->sender);
  g_free (smtp);
}
