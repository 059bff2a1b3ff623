/* tests/support/fault.h: a night of a small city that is disturbed, the undisturbed one after it, and what must then be
 * as if nothing had happened: rows, files, mails. Each kind of disturbance has a line in a table. */
#pragma once

#include "postbox.h"
#include "site.h"

#define FAULT_TODAY "2022-12-31"

typedef struct {
  const char *event;
  guint tries;
  guint lost;       /* mails that never came, or are not marked as sent */
  guint wrong;      /* tries after which rows or files differ */
  guint twice;      /* mails that came more than once, with the same bytes */
  const char *why;  /* they do */
  gboolean goes_on; /* the disturbed night goes on with what it has: its figures stand in the results' history */
  gboolean judges;  /* it also judges by it: alerts have a history of their own, and so has the report */
  GHashTable *statuses;
} Tally;

/* fault_set_up, fault_tear_down: for cmocka; the template database, the mail server, one undisturbed night. */
int fault_set_up (void **state);
int fault_tear_down (void **state);

/* fault_wanted: how many of @all places are to be tried: PLUMB_FAULTS, @usual without it; 0 is every one. */
guint fault_wanted (guint all, guint usual);
/* fault_place: the @i-th of @all places, from 1 on: any number of them is spread evenly, and begins elsewhere each day.
 */
guint fault_place (guint i, guint all);

Postbox *fault_postbox (void);
/* fault_night: the command line, with @more options; free it. */
char *fault_night (const char *more);

/* fault_site_new: a database after init, in the one state directory, with a full inbox; no mail has come. Free with
 * site_drop(). */
Site *fault_site_new (void);
void fault_fill_inbox (const Site *site);
/* fault_state: the state directory, emptied; free it. Reports and letters name it, so that there is one. */
char *fault_state (void);

/* fault_set_up_at: fault_set_up() and the calls with names of @calls (separated by commas) that an undisturbed night
 * makes, in their order. */
int fault_set_up_at (const char *calls);
/* fault_places: those calls: char* such as "write:17", the 17th of its name; borrowed. */
const GPtrArray *fault_places (void);
/* fault_first_mail: which of them first turns to the mail server. */
const char *fault_first_mail (void);
/* fault_library: the path of what stands between program and libpq (tests/support/preload/refuse.c); free it. */
char *fault_library (void);
/* fault_hurt: a night in which @harm, as strace's inject has it, comes at @place. */
Result fault_hurt (const Site *site, const char *place, const char *harm);

/* fault_wait_blocked: until @nights of them wait for what somebody else holds. */
void fault_wait_blocked (const Site *site, guint nights);
/* fault_calls: the same of any command @line; what a loader or gcov does is left out. */
GPtrArray *fault_calls (const Site *site, const char *line, const char *calls);
/* fault_hurt_line: the same with any command @line. */
Result fault_hurt_line (const Site *site, const char *line, const char *place, const char *harm);

/* fault_is_done: all rows are as after the undisturbed night. */
gboolean fault_is_done (const Site *site);
/* fault_compare: counts in @tally what is not so; @when names the try. */
void fault_compare (const Site *site, Tally *tally, const char *when);
/* fault_let_time_pass: servers notice that clients are gone; claims and pauses of mails run out. */
void fault_let_time_pass (const Site *site);
/* fault_finish: time passes, the next night comes, all is compared; frees @site. */
void fault_finish (Site *site, Tally *tally, const char *when);

Tally *tally_new (const char *event, const char *why);
void tally_status (Tally *tally, int status);
guint tally_count (const Tally *tally, int status);
/* tally_end: prints its line; the test fails unless something was tried, nothing lost, nothing wrong. */
void tally_end (const Tally *tally);
