/* include/report/smtp.h: one mail to one recipient over SMTP (RFC 5321), always encrypted, the server's certificate
 * verified. */
#pragma once

#include "report/send.h"

typedef struct _Smtp Smtp;

/* smtp_new: @sender: the envelope's. PLUMB_ERROR_CONFIG as sender_new(). */
Smtp *smtp_new (const SendOptions *options, const char *sender, GError **error);
void smtp_free (Smtp *smtp);

/**
 * smtp_send: a connection of its own for each mail, so that what goes wrong belongs to this one.
 *
 * What the server said last, and to what, decides (RELIABILITY: 4xx, a refusal before MAIL, a drop or a stall: later;
 * 5xx to the mail or its recipient: never).
 */
void smtp_send (Smtp *smtp, const SendMail *mail, SendAnswer *answer);

/* smtp_probe: greeting, encryption and credentials, and then nothing but NOOP. */
void smtp_probe (Smtp *smtp, SendAnswer *answer);

/* Where a conversation stands: the command that was sent last. */
typedef enum { SMTP_GREETING, SMTP_HELLO, SMTP_TLS, SMTP_AUTH, SMTP_MAIL, SMTP_RCPT, SMTP_DATA, SMTP_TEXT } SmtpStep;

/* smtp_judge: @code: the answer to @step, 0 when none came. */
SendAnswer smtp_judge (SmtpStep step, guint code);
