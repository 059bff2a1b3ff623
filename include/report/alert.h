/* include/report/alert.h: verdicts move alerts, alerts become one digest a recipient, digests are delivered. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"
#include "report/outbox.h"

typedef struct {
  const char *state_dir;  /* mails are written to mail/ below it, unless outbox says otherwise */
  const char *report_dir; /* named in the mail */
  const char *today;      /* ISO date */
  gint64 run_id;
  const char *mail_from; /* RFC 5322 mailbox */
  /* Called for each mail that is queued, also in a dry run; may be NULL. */
  void (*queued) (const char *address, const char *subject, gpointer data);
  gpointer queued_data;
  gboolean hold;        /* the figures are not those of today: states stay, and only what is queued already goes out */
  const Outbox *outbox; /* its sender and, unless it has one, its folder come from above; may be NULL */
} AlertOptions;

typedef struct {
  guint firing;
  guint pending;
  guint events; /* changes of state in this call */
  guint queued;
  guint sent;
  guint kept_back;          /* mails to nobody on the list only_to */
  guint withheld;           /* mails that were due, beyond the cap of a night: only the city's went out; 0 otherwise */
  guint failed;             /* mails that could not be composed or delivered in this call */
  gboolean without_picture; /* no Chinese face or no rsvg-convert: mails went without their chart */
} AlertSummary;

/* alert_run: states, events and outbox rows in one transaction; then delivery, each mail marked as it goes. On a dry
 * run nothing is delivered. */
gboolean alert_run (Db *db, const Catalogue *catalogue, const AlertOptions *options, AlertSummary *out, GError **error);
