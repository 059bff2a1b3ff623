/* include/report/send.h: a mail's final bytes are handed on: to a mail server, to sendmail, or into a folder. */
#pragma once

#include <glib.h>

/* Borrowed. Without server and sendmail the folder takes the mails. */
typedef struct {
  const char *folder;
  const char *server;      /* smtp://host[:port], where STARTTLS is demanded, or smtps://host[:port]; or NULL */
  const char *credentials; /* file that only its owner can read, with the lines user=… and password=…; or NULL */
  const char *ca;          /* certificates to trust instead of the system's; or NULL */
  const char *sendmail;    /* a program called as sendmail -t; or NULL */
  const char *from;        /* mailbox; whom the envelope names as the sender */
  const char *only_to;     /* addresses and @domains, separated by commas: nobody else gets mail; or NULL */
  guint timeout_s;         /* longest wait for any answer; a whole mail takes three times that at most */
} SendOptions;

#define SEND_TIMEOUT_S 60
#define SEND_TIMEOUT_MAX_S 600

typedef struct {
  const char *address;
  const char *name; /* of the file in a folder */
  GBytes *content;
} SendMail;

typedef enum {
  SEND_DONE,
  SEND_LATER, /* the same bytes may go next time */
  SEND_NEVER  /* this mail to this recipient is refused for good */
} SendResult;

typedef struct {
  SendResult result;
  gboolean away; /* it is not about this mail: the next one would meet the same */
  char *why;     /* what went wrong in one line, with the server's own words; NULL when nothing did */
} SendAnswer;

void send_answer_clear (SendAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SendAnswer, send_answer_clear)

typedef struct _Sender Sender;

/**
 * sender_new: @options are kept.
 *
 * Returns: NULL with PLUMB_ERROR_CONFIG: server or sender that cannot be used, a file with credentials that others can
 * read, server and sendmail both; PLUMB_ERROR_OUTPUT: the folder cannot be made.
 */
Sender *sender_new (const SendOptions *options, GError **error);
void sender_free (Sender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sender, sender_free)

/* sender_allows: @address is on the list only_to, or there is none. */
gboolean sender_allows (const Sender *sender, const char *address);

/* sender_lease_s: how long one mail may take; 0 where handing on twice is the same as once. */
guint sender_lease_s (const Sender *sender);

/* sender_send: never fails otherwise than in @answer, and never waits longer than the deadlines. */
void sender_send (Sender *sender, const SendMail *mail, SendAnswer *answer);

/* sender_probe: as far as one can go without a mail: the server's greeting, encryption and credentials; the folder. */
void sender_probe (Sender *sender, SendAnswer *answer);

/* sender_where: server, program or folder, for messages; borrowed. */
const char *sender_where (const Sender *sender);
