/* include/report/hold.h: acknowledgements and silences: what stops the mail about an alert, and for how long. */
#pragma once

#include "base/db.h"

#include <glib.h>

typedef enum { HOLD_ACK, HOLD_SILENCE } HoldKind;

/* An acknowledgement is of one alert; a silence of whatever it names, "" being any. */
typedef struct {
  HoldKind kind;
  char *hold_id;
  char *plan, *target, *area_code; /* target may be an indicator */
  char *until;                     /* last day, ISO */
  char *actor, *comment;
  gboolean expired;  /* its last day is over: told once, then ended */
  const char *ended; /* why it ends tonight: expired, worsened, resolved; NULL while it goes on */
} Hold;

/* hold_list_read: those that hold tonight, and those that ran out; GPtrArray of Hold, owned. */
GPtrArray *hold_list_read (Db *db, GError **error);
GPtrArray *hold_list_new (void);

gboolean
hold_covers (const Hold *hold, const char *plan, const char *target, const char *indicator, const char *area_code);

/* hold_list_end: writes down those that end tonight. */
gboolean hold_list_end (Db *db, const GPtrArray *holds, GError **error);
