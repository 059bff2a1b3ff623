/* tests/support/mailing.h: a site whose mails go to a server that misbehaves on order. */
#pragma once

#include "base/db.h"
#include "postbox.h"
#include "site.h"

#define MAILING_TODAY "2022-12-31"
#define MAILING_ALERT "@db alert --today " MAILING_TODAY " "

typedef struct {
  Site *site;
  Db *db;
  Postbox *rude;
} Mailing;

/* mailing_begin: FALSE where the program is not built. The first alert's own mails, that all is quiet, go into files.
 */
gboolean mailing_begin (Mailing *mailing);
void mailing_end (Mailing *mailing);

/* mailing_start_anew: forgets what recipient somebody was sent, and what arrived; the server behaves. */
void mailing_start_anew (const Mailing *mailing);

/* mailing_row_sql: a query for @expression of the mail to @address. Free the result. */
char *mailing_row_sql (const char *address, const char *expression);
/* mailing_expect: the mail to @address has @expression @expected. */
void mailing_expect (const Mailing *mailing, const char *address, const char *expression, const char *expected);
