/* include/extract/reject.h: what was refused, or wants confirming, in words. */
#pragma once

#include "domain/catalogue.h"
#include "extract/fault.h"

/* Beyond so many the rest are counted, in their groups and in total, but not kept one by one. */
#define REJECTS_KEPT 20000

typedef struct {
  const Rule *rule;
  guint line;
  guint row;
  guint column_no; /* from 1; 0 when it concerns the row or file */
  char *column_name;
  char *header;
  char *value;
  char *school_code;   /* "" when the row does not tell */
  char *district_code; /* "" when the row does not tell */
  int year;            /* 0 when the row does not tell */
  char *message;       /* Chinese: what is wrong and what to do */
  char *message_en;
} Reject;

/* Rejects of the same rule in the same column. */
typedef struct {
  const Rule *rule;
  guint column_no;
  gint64 count;
  guint first_row;
  guint last_row;
  Reject *first;
} RejectGroup;

typedef struct {
  GPtrArray *kept;   /* Reject, in the order found */
  GPtrArray *groups; /* RejectGroup, in the order of their first */
  gint64 refused;    /* rejects of severity refuse, kept or not */
  gint64 confirm;
} Rejects;

/* Where a row stands, as far as it tells. */
typedef struct {
  const char *school_code;
  const char *district_code;
  int year;
} RejectPlace;

Rejects *rejects_new (void);
void rejects_free (Rejects *rejects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rejects, rejects_free)

/**
 * rejects_add: puts @fault, which is cleared, into the words of @rule.
 * @feed: NULL when the file was not recognised
 * @place: NULL when nothing is known
 */
void rejects_add (Rejects *rejects, const Rule *rule, const char *file, const Feed *feed, const RejectPlace *place,
                  Fault *fault);

/* rejects_text: message of @reject in @language ("zh", "en"). */
const char *reject_text (const Reject *reject, const char *language);
