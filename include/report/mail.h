/* include/report/mail.h: one mail from its parts to its final bytes (RFC 5322), the same bytes for the same parts. */
#pragma once

#include <glib.h>

/* Borrowed. */
typedef struct {
  const char *from; /* mailbox: plumbline@example.invalid or Name <address> */
  const char *to_name;
  const char *to_address;
  const char *subject;
  const char *language; /* zh, en */
  const char *text;     /* plain text, lines end in \n */
  const char *html;     /* a whole document; shows the picture as <img src="cid:MAIL_PICTURE"> */
  GBytes *png;          /* NULL: no picture */
  GDateTime *date;
} Mail;

#define MAIL_PICTURE "chart@plumbline"

/* mail_address_ok: local@domain in printable ASCII without spaces, quotes, angle brackets or commas; so no CR or LF. */
gboolean mail_address_ok (const char *address);

/* mail_clean: @text as it may stand in a header: control and bidirectional characters dropped, at most @max characters.
 */
char *mail_clean (const char *text, guint max);

/* mail_sender: the bare address of a mailbox; NULL with PLUMB_ERROR_CONFIG when it is none. Free the result. */
char *mail_sender (const char *from, GError **error);

/**
 * mail_id: without angle brackets, the same for the same content, whenever it is composed: its date is @day, the night
 * that it tells of, not the moment.
 */
char *mail_id (const Mail *mail, const char *plan, const char *recipient, const char *day);

/**
 * mail_compose: multipart/alternative of text and, with the picture, multipart/related; CRLF; Auto-Submitted.
 * @id: from mail_id()
 *
 * Returns: NULL with PLUMB_ERROR_CONFIG where an address cannot be used.
 */
GBytes *mail_compose (const Mail *mail, const char *id, GError **error);
