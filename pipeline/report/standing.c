#include "report/standing.h"

#include "base/sql.h"
#include "domain/period.h"

#include <math.h>
#include <string.h>

static void
standing_free (gpointer data)
{
  Standing *s = data;

  g_free (s->as_of);
  g_free (s->period);
  g_free (s->deadline);
  g_free (s->reason);
  g_free (s->reason_en);
  g_free (s->since);
  g_free (s->fingerprint);
  g_free (s->told);
  g_free (s);
}

static void
wave_clear (gpointer data)
{
  g_free (((Wave *)data)->period);
}

/* Codes have neither spaces nor control characters, so a space keeps the parts of a key apart. */
static char *
key_of (const char *a, const char *b, const char *c)
{
  return g_strjoin (" ", a, b, c, NULL);
}

static void
add_areas (GPtrArray *areas, const Catalogue *catalogue, AreaLevel level)
{
  for (guint i = 0; i < catalogue->areas->len; i++) {
    const Area *area = catalogue->areas->pdata[i];

    if (area->level == level && strcmp (area->valid_to, "infinity") == 0 && *area->successor_code == '\0')
      g_ptr_array_add (areas, catalogue->areas->pdata[i]);
  }
}

Board *
board_new (const Catalogue *catalogue)
{
  Board *board = g_new0 (Board, 1);

  board->catalogue = catalogue;
  board->areas = g_ptr_array_new ();
  add_areas (board->areas, catalogue, AREA_CITY);
  add_areas (board->areas, catalogue, AREA_DISTRICT);
  board->standings = g_ptr_array_new_with_free_func (standing_free);
  board->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  board->waves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  board->received = g_strdup ("");
  board->holds = hold_list_new ();
  return board;
}

void
board_free (Board *board)
{
  if (board == NULL)
    return;
  g_ptr_array_unref (board->areas);
  g_hash_table_unref (board->by_key);
  g_ptr_array_unref (board->standings);
  g_hash_table_unref (board->waves);
  g_ptr_array_unref (board->holds);
  g_free (board->received);
  g_free (board);
}

void
board_add (Board *board, Standing *standing)
{
  g_ptr_array_add (board->standings, standing);
  g_hash_table_insert (board->by_key,
                       key_of (standing->target->plan, standing->target->target, standing->area->area_code), standing);
}

Standing *
board_standing (const Board *board, const Target *target, const char *area_code)
{
  g_autofree char *key = key_of (target->plan, target->target, area_code);

  return g_hash_table_lookup (board->by_key, key);
}

const GArray *
board_waves (const Board *board, const char *indicator, const char *area_code)
{
  g_autofree char *key = key_of (indicator, area_code, NULL);

  return g_hash_table_lookup (board->waves, key);
}

const Area *
board_city (const Board *board)
{
  const Area *first = board->areas->len > 0 ? board->areas->pdata[0] : NULL;

  return first != NULL && first->level == AREA_CITY ? first : NULL;
}

static VerdictWord
parse_word (const char *name)
{
  for (guint i = 0; i <= VERDICT_CANNOT_TELL; i++)
    if (strcmp (verdict_name ((VerdictWord)i), name) == 0)
      return (VerdictWord)i;
  g_assert_not_reached ();
}

static Standing *
read_standing (const PGresult *rows, int i, const Target *target, const Indicator *indicator, const Area *area)
{
  Standing *s = g_new0 (Standing, 1);

  *s = (Standing){
    .target = target,
    .indicator = indicator,
    .area = area,
    .word = parse_word (db_get (rows, i, "verdict")),
    .as_of = g_strdup (db_get (rows, i, "as_of")),
    .period = g_strdup (db_get (rows, i, "period")),
    .deadline = g_strdup (db_get (rows, i, "deadline")),
    .baseline_value = db_get_double (rows, i, "baseline_value"),
    .value_now = db_get_double (rows, i, "value_now"),
    .low95 = db_get_double (rows, i, "low95"),
    .high95 = db_get_double (rows, i, "high95"),
    .path_now = db_get_double (rows, i, "path_now"),
    .target_value = db_get_double (rows, i, "target_value"),
    .deviation = db_get_double (rows, i, "deviation"),
    .projected = db_get_double (rows, i, "projected"),
    .projected_low95 = db_get_double (rows, i, "projected_low95"),
    .projected_high95 = db_get_double (rows, i, "projected_high95"),
    .q_value = db_get_double (rows, i, "q_value"),
    .probability_met = db_get_double (rows, i, "probability_met"),
    .fires = db_get_boolean (rows, i, "fires"),
    .complete = db_get_boolean (rows, i, "complete"),
    .schools_reporting = db_get_int (rows, i, "schools_reporting"),
    .schools_expected = db_get_int (rows, i, "schools_expected"),
    .numerator = db_get_int (rows, i, "numerator"),
    .denominator = db_get_int (rows, i, "denominator"),
    .reason = g_strdup (db_get (rows, i, "reason")),
    .reason_en = g_strdup (db_get (rows, i, "reason_en")),
    .state = alert_state_parse (db_get (rows, i, "state")),
    .state_before = alert_state_parse (db_get (rows, i, "state")),
    .severity = alert_severity_parse (db_get (rows, i, "severity")),
    .severity_before = alert_severity_parse (db_get (rows, i, "severity")),
    .since = g_strdup (db_get (rows, i, "since")),
    .fingerprint = g_strdup (db_get (rows, i, "fingerprint")),
    .told = g_strdup (db_get (rows, i, "told")),
    .escalated = (Escalation)db_get_int (rows, i, "escalated"),
    .escalated_before = (Escalation)db_get_int (rows, i, "escalated"),
  };
  return s;
}

/* Row of a verdict by plan, target and area: the catalogue's order is the page's order, so areas and targets lead. */
static GHashTable *
index_rows (const PGresult *rows)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < PQntuples (rows); i++) {
    g_autofree char *target = key_of (db_get (rows, i, "plan"), db_get (rows, i, "target"), NULL);

    g_hash_table_insert (index, key_of (target, db_get (rows, i, "area_code"), NULL), GINT_TO_POINTER (i + 1));
  }
  return index;
}

static void
add_standings (Board *board, const PGresult *rows)
{
  g_autoptr (GHashTable) index = index_rows (rows);

  for (guint a = 0; a < board->areas->len; a++)
    for (guint t = 0; t < board->catalogue->targets->len; t++) {
      const Area *area = board->areas->pdata[a];
      const Target *target = board->catalogue->targets->pdata[t];
      const Indicator *indicator = catalogue_indicator (board->catalogue, target->indicator);
      g_autofree char *key = key_of (target->plan, target->target, area->area_code);
      int row = GPOINTER_TO_INT (g_hash_table_lookup (index, key));

      if (row > 0 && indicator != NULL)
        board_add (board, read_standing (rows, row - 1, target, indicator, area));
    }
}

double
board_day_time (const char *iso)
{
  Period day;

  if (*iso == '\0' || !period_parse (iso, &day))
    return NAN;
  return g_date_get_year (&day.last)
         + (double)g_date_get_day_of_year (&day.last) / (g_date_is_leap_year (g_date_get_year (&day.last)) ? 366 : 365);
}

double
board_time (const Indicator *indicator, const char *period)
{
  Period parsed;
  char day[16];

  if (*period == '\0' || !period_parse (period, &parsed))
    return NAN;
  if (indicator->kind == INDICATOR_SAMPLE)
    return period_time (&parsed);
  g_date_strftime (day, sizeof day, "%Y-%m-%d", &parsed.last);
  return board_day_time (day);
}

static void
add_wave (GArray *waves, const PGresult *rows, int i, const Indicator *indicator)
{
  gboolean standardised = indicator->kind == INDICATOR_SAMPLE && strcmp (indicator->strata, "none") != 0;
  const char *period = db_get (rows, i, "period");
  Wave wave = {
    .period = g_strdup (period),
    .t = board_time (indicator, period),
    .value = db_get_double (rows, i, standardised ? "value_std" : "value"),
    .low = db_get_double (rows, i, standardised ? "low95_std" : "low95"),
    .high = db_get_double (rows, i, standardised ? "high95_std" : "high95"),
    .provisional = db_get_boolean (rows, i, "provisional"),
  };

  g_array_append_val (waves, wave);
}

static void
add_waves (Board *board, const PGresult *rows)
{
  for (int i = 0; i < PQntuples (rows); i++) {
    const Indicator *indicator = catalogue_indicator (board->catalogue, db_get (rows, i, "indicator"));
    g_autofree char *key = key_of (db_get (rows, i, "indicator"), db_get (rows, i, "area_code"), NULL);
    GArray *waves = g_hash_table_lookup (board->waves, key);

    if (indicator == NULL)
      continue;
    if (waves == NULL) {
      waves = g_array_new (FALSE, FALSE, sizeof (Wave));
      g_array_set_clear_func (waves, wave_clear);
      g_hash_table_insert (board->waves, g_steal_pointer (&key), waves);
    }
    add_wave (waves, rows, i, indicator);
  }
}

/* A silence stops more than an acknowledgement; of those that ran out any will do. */
static void
find_holds (const Board *board, Standing *s)
{
  for (guint i = 0; i < board->holds->len; i++) {
    const Hold *hold = board->holds->pdata[i];

    if (!hold_covers (hold, s->target->plan, s->target->target, s->indicator->indicator, s->area->area_code))
      continue;
    if (hold->expired)
      s->hold_over = hold;
    else if (s->hold == NULL || s->hold->kind == HOLD_ACK)
      s->hold = hold;
  }
}

Board *
board_read (Db *db, const Catalogue *catalogue, GError **error)
{
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (PGresult) verdicts = db_queryv (db, error, sql_query ("list_verdicts"), DB_END);
  g_autoptr (PGresult) intake = verdicts != NULL ? db_queryv (db, error, sql_query ("read_intake"), DB_END) : NULL;
  GPtrArray *holds = intake != NULL ? hold_list_read (db, error) : NULL;

  if (holds == NULL)
    return NULL;
  g_ptr_array_unref (board->holds);
  board->holds = holds;
  add_standings (board, verdicts);
  for (guint i = 0; i < board->standings->len; i++)
    find_holds (board, board->standings->pdata[i]);
  board->simulated = db_get_boolean (intake, 0, "simulated");
  g_free (board->received);
  board->received = g_strdup (db_get (intake, 0, "received"));
  return g_steal_pointer (&board);
}

gboolean
board_read_waves (Db *db, Board *board, GError **error)
{
  g_autoptr (PGresult) waves = db_queryv (db, error, sql_query ("list_waves"), DB_END);

  if (waves == NULL)
    return FALSE;
  add_waves (board, waves);
  return TRUE;
}

FormatUnit
standing_unit (const Standing *s)
{
  return s->indicator->kind == INDICATOR_TOTAL ? UNIT_COUNT : UNIT_PERCENT;
}

double
standing_due (const Standing *s)
{
  return s->target->good_is_up ? floor (s->path_now + 1e-9) : ceil (s->path_now - 1e-9);
}

double
standing_gap (const Standing *s)
{
  double behind = standing_due (s) - s->value_now;

  if (standing_unit (s) == UNIT_PERCENT)
    return s->deviation;
  return s->target->good_is_up ? behind : -behind;
}

gboolean
standing_is_due (const Standing *s)
{
  return *s->as_of != '\0' && strcmp (s->as_of, s->deadline) >= 0;
}

gboolean
standing_awaits_confirmation (const Catalogue *catalogue, const Standing *s)
{
  double wanted = catalogue_threshold (catalogue, "completeness_pct") / 100 * (double)s->schools_expected;

  return !s->complete && s->schools_expected > 0 && (double)s->schools_reporting >= wanted;
}

double
standing_progress (const Standing *s)
{
  double base = isfinite (s->baseline_value) ? s->baseline_value : NAN;
  double due = (standing_unit (s) == UNIT_COUNT ? standing_due (s) : s->path_now) - base;

  return due != 0 ? (s->value_now - base) / due : NAN;
}

/* Less than one whole thing is missing, or nearly all that was due is there. A floor must hold at all times, and what
   is sampled has an interval that speaks for it. */
gboolean
standing_is_narrow (const Catalogue *catalogue, const Standing *s)
{
  double due = floor (s->path_now * (double)s->denominator / 100 + 1e-9);

  if (s->indicator->kind == INDICATOR_SAMPLE || s->target->kind == TARGET_FLOOR || standing_is_due (s))
    return FALSE;
  if (s->indicator->kind == INDICATOR_CENSUS && s->denominator > 0 && s->target->good_is_up
      && (double)s->numerator >= due)
    return TRUE;
  return standing_progress (s) >= catalogue_threshold (catalogue, "alert_notice_ratio");
}

/* What the plan asks for in a year, in points, without its sign. */
static double
yearly_change (const Standing *s)
{
  double years
      = board_time (s->indicator, s->target->deadline_period) - board_time (s->indicator, s->target->baseline_period);

  return fabs (s->target_value - s->baseline_value) / years;
}

gboolean
standing_is_inside (const Catalogue *catalogue, const Standing *s)
{
  double margin = catalogue_threshold (catalogue, "alert_recovery_ratio") * yearly_change (s);

  if (s->indicator->kind != INDICATOR_SAMPLE || !isfinite (margin))
    return s->word == VERDICT_ON_TRACK;
  return !standing_is_off (s) && s->deviation <= -margin;
}

gboolean
standing_is_behind (const Standing *s)
{
  return isfinite (standing_gap (s)) && standing_gap (s) > 0;
}

gboolean
standing_is_city (const Standing *s)
{
  return s->area->level == AREA_CITY;
}

gboolean
standing_reports_by_area (const Catalogue *catalogue, const Standing *s)
{
  const Feed *feed = catalogue_feed (catalogue, s->indicator->feed);

  return feed != NULL && feed->grain == GRAIN_AREA;
}

gboolean
standing_is_off (const Standing *s)
{
  return s->word == VERDICT_OFF_TRACK || s->word == VERDICT_WORSENING;
}

ChartTone
standing_tone (const Standing *s)
{
  switch (s->word) {
  case VERDICT_MET:
  case VERDICT_ON_TRACK:
    return CHART_TONE_GOOD;
  case VERDICT_UNCERTAIN:
    return CHART_TONE_DOUBT;
  case VERDICT_OFF_TRACK:
  case VERDICT_WORSENING:
    return CHART_TONE_BAD;
  case VERDICT_CANNOT_TELL:
    break;
  }
  return CHART_TONE_NONE;
}

static int
urgency (VerdictWord word)
{
  static const int order[] = { [VERDICT_WORSENING] = 0,   [VERDICT_OFF_TRACK] = 1, [VERDICT_UNCERTAIN] = 2,
                               [VERDICT_CANNOT_TELL] = 3, [VERDICT_ON_TRACK] = 4,  [VERDICT_MET] = 5 };

  return order[word];
}

/* Points, or for counts the gap in per cent of what is asked: comparable across targets. */
static double
relative_gap (const Standing *s)
{
  double asked = s->target_value - (isfinite (s->baseline_value) ? s->baseline_value : 0);

  return standing_unit (s) == UNIT_PERCENT || asked == 0 ? s->deviation : 100 * s->deviation / fabs (asked);
}

/* NAN counts as the least. */
static int
compare_down (double a, double b)
{
  double x = isnan (a) ? -INFINITY : a;
  double y = isnan (b) ? -INFINITY : b;

  return x > y ? -1 : x < y;
}

int
standing_compare (gconstpointer pa, gconstpointer pb)
{
  const Standing *a = *(const Standing *const *)pa;
  const Standing *b = *(const Standing *const *)pb;
  int order = urgency (a->word) - urgency (b->word);

  if (order == 0)
    order = standing_is_city (b) - standing_is_city (a);
  if (order == 0)
    order = compare_down (-a->q_value, -b->q_value);
  return order != 0 ? order : compare_down (relative_gap (a), relative_gap (b));
}
