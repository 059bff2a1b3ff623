/* include/report/standing.h: everything that mail and page say about tonight, read once: verdicts, alerts, series. */
#pragma once

#include "base/db.h"
#include "domain/catalogue.h"
#include "measure/verdict.h"
#include "report/alert_state.h"
#include "report/alert_timer.h"
#include "report/chart.h"
#include "report/hold.h"

/* An area's verdict on a target with its alert. Numbers are percent, or counts for totals; NAN where null. */
typedef struct {
  const Target *target;
  const Indicator *indicator;
  const Area *area;
  VerdictWord word;
  char *as_of;  /* last day of the data it rests on, ISO; "" without data */
  char *period; /* "" without data */
  char *deadline;
  double baseline_value, value_now, low95, high95;
  double path_now, target_value;
  double deviation; /* from the path, bad is positive */
  double projected, projected_low95, projected_high95;
  double q_value, probability_met;
  gboolean fires, complete;
  gint64 schools_reporting, schools_expected; /* districts, where districts report */
  gint64 numerator, denominator;              /* 0 of 0 where the value is no share */
  char *reason, *reason_en;

  /* The alert as it stands; alert_run() moves it. */
  AlertState state;
  AlertSeverity severity;
  char *since; /* ISO date; "" when there is none */
  char *fingerprint;
  AlertState state_before; /* and what this night has done to it */
  AlertSeverity severity_before;
  char *told; /* day on which it was last told, ISO; "" never */
  Escalation escalated, escalated_before;
  const Hold *hold;      /* what stops its mail tonight, or NULL */
  const Hold *hold_over; /* what has ceased to, tonight, or NULL */
  AlertNote note;
} Standing;

typedef struct {
  char *period;
  double t; /* years */
  double value, low, high;
  gboolean provisional;
} Wave;

typedef struct {
  const Catalogue *catalogue; /* borrowed */
  GPtrArray *areas;           /* const Area*, as they are today: the city first, then its districts in order */
  GPtrArray *standings;       /* Standing, by area, then target, both in the catalogue's order */
  GHashTable *by_key;         /* "plan target area" -> Standing */
  GHashTable *waves;          /* "indicator area" -> GArray of Wave, in time; all strata together */
  GPtrArray *holds;           /* Hold */
  gboolean simulated;         /* some loaded file said so */
  char *received;             /* day of the newest loaded file, ISO; "" without any */
} Board;

/* board_read: verdicts of targets and areas that the catalogue no longer has are left out; without waves. */
Board *board_read (Db *db, const Catalogue *catalogue, GError **error);
/* board_read_waves: of all years, for whoever draws or lists them. */
gboolean board_read_waves (Db *db, Board *board, GError **error);
void board_free (Board *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Board, board_free)

/* board_add: for those who fill a board by hand; takes @standing. */
void board_add (Board *board, Standing *standing);
Board *board_new (const Catalogue *catalogue);

/* NULL when there is none. */
Standing *board_standing (const Board *board, const Target *target, const char *area_code);
const GArray *board_waves (const Board *board, const char *indicator, const char *area_code);
const Area *board_city (const Board *board);

FormatUnit standing_unit (const Standing *standing);
gboolean standing_is_city (const Standing *standing);
/* standing_reports_by_area: districts send the figures, not schools. */
gboolean standing_reports_by_area (const Catalogue *catalogue, const Standing *standing);
/* standing_due: a count's path in whole things, as the verdict takes it: half a school is not late. */
double standing_due (const Standing *standing);
/* standing_gap: how far from the path, bad is positive: points, or whole items. */
double standing_gap (const Standing *standing);
ChartTone standing_tone (const Standing *standing);
/* standing_is_due: the data are of the deadline, or later. */
gboolean standing_is_due (const Standing *standing);
/* standing_awaits_confirmation: enough was reported, but somebody has to confirm some of it. */
gboolean standing_awaits_confirmation (const Catalogue *catalogue, const Standing *standing);
/* standing_progress: the share of what was due by now that is done, 1 on the path; NAN where nothing was due. */
double standing_progress (const Standing *standing);
/* standing_is_narrow: counted in full, before the deadline, and only just behind the path: a line, not an alert. */
gboolean standing_is_narrow (const Catalogue *catalogue, const Standing *standing);
/* standing_is_inside: better than the path. What is sampled has to be so by a margin, alert_recovery_ratio of the
 * change that the plan asks for in a year, since its value swings; what is counted in full is on the path or is not. */
gboolean standing_is_inside (const Catalogue *catalogue, const Standing *standing);
/* standing_is_behind: on the wrong side of the path, whether or not that means anything. */
gboolean standing_is_behind (const Standing *standing);
/* standing_is_off: off_track or worsening. */
gboolean standing_is_off (const Standing *standing);
/* standing_compare: what an official has to see first comes first: word, then q-value, then the gap; a GCompareFunc
 * over Standing**. */
int standing_compare (gconstpointer a, gconstpointer b);

/* board_time: where a period stands on the years' axis. A sampled indicator is taken during its term, a count at its
 * period's end. */
double board_time (const Indicator *indicator, const char *period);
/* board_day_time: the same for a day. */
double board_day_time (const char *iso);
