/* include/report/digest.h: what one recipient is told of one night. */
#pragma once

#include "report/evidence.h"

/* In the order in which they are read. */
typedef enum {
  SECTION_NEW,
  SECTION_WORSENED,
  SECTION_RECOVERED,
  SECTION_OPEN,
  SECTION_WATCH, /* behind the path without an alert: never the reason for a mail */
  SECTION_MISSING
} DigestSection;
#define DIGEST_SECTIONS 6
#define DIGEST_DETAILED 6 /* items of a section told in full; the others in a line each */

/* Several areas of which the same is said about one target: named in one line. */
typedef struct {
  const Target *target;
  GPtrArray *standings; /* const Standing* */
} DigestGroup;

/* Data that are not there: one line. */
typedef struct {
  const char *what;     /* feed or indicator, borrowed */
  const char *key;      /* mail.gap.… */
  char *why;            /* "" or a reason */
  GPtrArray *standings; /* const Standing*, one an area */
  guint n_muted;        /* targets that would fire if it were all there, and wait for it */
} DigestGap;

typedef struct {
  Voice voice;
  const Board *board; /* borrowed, as all below */
  const Recipient *recipient;
  const Plan *plan;
  const char *today;
  const char *report_dir;
  GPtrArray *sections[DIGEST_SECTIONS]; /* const Standing*, most urgent first; SECTION_MISSING stays empty: see gaps */
  GPtrArray *muted;                     /* DigestGroup: new, but the city's own alert says it already */
  GPtrArray *gaps;                      /* DigestGap */
  guint n_new;                          /* muted ones included */
  guint n_reminded;                     /* of those still open: told again tonight */
  const Evidence *evidence;             /* borrowed; NULL: the mail does without */
  guint n_withheld;                     /* mails of the night that this one stands for; 0: it stands for itself */
} Digest;

/**
 * digest_new: reads what the night did from the standings' states and notes. A recipient of the city is told of all
 * areas, others of their own.
 *
 * A head of a district is told only of what went unacknowledged, the city of its own reminders and of what nobody
 * acknowledged for long.
 *
 * Returns: NULL when nothing is new, worsened, recovered or due to be told again.
 */
Digest *digest_new (const Board *board, const Recipient *recipient, const char *today, const char *report_dir);
/* digest_quiet: the same without any item, for a mail that says so. */
Digest *digest_quiet (const Board *board, const Recipient *recipient, const char *today, const char *report_dir);
void digest_free (Digest *digest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Digest, digest_free)

/* digest_lead: the most important item, never NULL: what recovered leads only where nothing else is told. */
const Standing *digest_lead (const Digest *digest);
/* digest_severity: the greatest among what is new, worsened or told again; -1 when nothing is. */
int digest_severity (const Digest *digest);

/* [严重|新增2 恢复1] 沈河区 近视率 62.1% 目标≤60.0% */
char *digest_subject (const Digest *digest);

/* A labelled statement about a standing: text and HTML show the same ones. */
typedef struct {
  const char *label; /* borrowed */
  char *text;
} DigestFact;
GArray *digest_facts (const Digest *digest, const Standing *s); /* of DigestFact; free with g_array_unref() */

/* digest_answered: what people have said to an open alert, or that they have not; "" where there is nothing to say. */
char *digest_answered (const Digest *digest, const Standing *s);

/* One-line statements that both forms share; new strings. */
char *digest_summary (const Digest *digest);  /* 新增2项,恢复1项 */
char *digest_withheld (const Digest *digest); /* how many mails this one stands for */
char *digest_report_path (const Digest *digest);
char *digest_query (const Digest *digest); /* SQL that shows the verdicts told in full */
char *digest_foot (const Digest *digest);  /* where to look, and by which run and rules it was judged */
const char *digest_section_title (const Digest *digest, DigestSection section);
/* digest_is_reminder: an open item that the recipient is told again tonight. */
gboolean digest_is_reminder (const Digest *digest, const Standing *s);
/* digest_section_size: what the heading counts; 0: the section is left out. */
guint digest_section_size (const Digest *digest, DigestSection section);
/* digest_section_details: how many of its items are told in full, before the lines. */
guint digest_section_details (const Digest *digest, DigestSection section);
/* digest_section_lines: the rest, a line each; char*, owned. */
GPtrArray *digest_section_lines (const Digest *digest, DigestSection section);
/* digest_group: the standings by target, each in the order it had; DigestGroup, owned. */
GPtrArray *digest_group (const GPtrArray *standings);
void digest_group_add (GPtrArray *groups, const Standing *s);
GPtrArray *digest_groups_new (void);

/* The whole mail. @picture: an inline picture goes along; else both say why there is none. */
char *digest_text (const Digest *digest, gboolean picture);
char *digest_html (const Digest *digest, gboolean picture);
