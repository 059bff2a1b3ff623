/* tests/support/postbox.h: mail servers on loopback, with a certificate of their own, and what arrived in them. */
#pragma once

#include <glib.h>

typedef struct {
  char *folder;
  GPid pid;
  char *port;
} Postbox;

#define POSTBOX_REAL "smtp_server.py" /* aiosmtpd: STARTTLS, AUTH; nobody@… is unknown there */
#define POSTBOX_RUDE "smtp_rude.py"   /* TLS from the start; misbehaves on order */

/* postbox_new: @script of tests/support, run until postbox_free() or the end of the test. */
Postbox *postbox_new (const char *script);
void postbox_free (Postbox *box);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Postbox, postbox_free)

/* postbox_order: from the next connection on; "ok", or a step and what happens there, as smtp_rude.py has it. */
void postbox_order (const Postbox *box, const char *order);

/* postbox_mails: MD5 of each mail that arrived since the last postbox_empty(), in hexadecimal; char*, owned, sorted. */
GPtrArray *postbox_mails (const Postbox *box);
/* postbox_times: how often the bytes with this MD5 are among @mails. */
guint postbox_times (const GPtrArray *mails, const char *md5);
guint postbox_count (const Postbox *box);
void postbox_empty (const Postbox *box);

/* postbox_path: of a file in its folder: cert.pem, credentials, 1.eml. Free the result. */
char *postbox_path (const Postbox *box, const char *name);

/* postbox_script: path of a file of tests/support. Free the result. */
char *postbox_script (const char *script);

/* postbox_url: free the result. */
char *postbox_url (const Postbox *box, const char *scheme);

/* postbox_options: options for the command line that send to it, with deadlines of ten seconds. Free the result. */
char *postbox_options (const Postbox *box, const char *scheme);
