#include "base/text.h"
#include "report/digest.h"

#include <math.h>
#include <string.h>

static void
fact_clear (gpointer data)
{
  g_free (((DigestFact *)data)->text);
}

/* Takes @text; nothing is said where there is nothing to say. */
static void
add_fact (GArray *facts, const Digest *d, const char *key, char *text)
{
  DigestFact fact = { .label = phrase (&d->voice, key), .text = text };

  if (*text == '\0')
    g_free (text);
  else
    g_array_append_val (facts, fact);
}

static char *
path_and_goal (const Digest *d, const Standing *s)
{
  g_autofree char *path = phrase_path (&d->voice, s);
  g_autofree char *period = format_period (s->period, d->voice.language);
  g_autofree char *goal = phrase_goal (&d->voice, s);
  g_autofree char *date = format_date (s->target->deadline, d->voice.language);
  const char *key = isfinite (s->path_now) ? "mail.fact.path.text" : "mail.fact.goal.text";

  return format_fill (phrase (&d->voice, key), "path", path, "period", period, "goal", goal, "date", date, NULL);
}

static char *
certainty (const Digest *d, const Standing *s)
{
  char *interval = phrase_interval (&d->voice, s);

  if (*interval != '\0')
    return interval;
  g_free (interval);
  return g_strdup (phrase (&d->voice, "mail.fact.certainty.counted"));
}

static char *
data (const Digest *d, const Standing *s)
{
  g_autofree char *period = format_period (s->period, d->voice.language);
  g_autofree char *schools = phrase_schools (&d->voice, s);

  if (*schools == '\0')
    return g_steal_pointer (&period);
  return format_fill (phrase (&d->voice, "mail.fact.data.text"), "period", period, "schools", schools, NULL);
}

static char *
since (const Digest *d, const Standing *s)
{
  g_autofree char *date = format_date (s->since, d->voice.language);
  gboolean raised = s->state_before == s->state && s->severity > s->severity_before;
  const char *key = s->state_before == ALERT_OK   ? "mail.fact.since.first"
                    : raised                      ? "mail.fact.since.raised"
                    : s->state_before == s->state ? "mail.fact.since.stays"
                                                  : "mail.fact.since.text";
  const char *before = raised                        ? phrase_severity (&d->voice, s->severity_before)
                       : s->state_before == ALERT_OK ? ""
                                                     : phrase_state (&d->voice, s->state_before);

  return format_fill (phrase (&d->voice, key), "date", date, "before", before, "severity",
                      phrase_severity (&d->voice, s->severity), NULL);
}

/* The figures behind the value: what was counted, of how many. */
static char *
figures (const Digest *d, const Standing *s)
{
  g_autofree char *value = phrase_value (&d->voice, s);
  g_autofree char *x = format_value ((double)s->numerator, UNIT_COUNT);
  g_autofree char *n = format_value ((double)s->denominator, UNIT_COUNT);
  gboolean sampled = s->indicator->kind == INDICATOR_SAMPLE;

  if (s->denominator <= 0 || standing_unit (s) == UNIT_COUNT)
    return g_strdup ("");
  return format_fill (phrase (&d->voice, sampled ? "mail.fact.value.sample" : "mail.fact.value.share"), "value", value,
                      "x", x, "n", n, NULL);
}

#define MAX_WAVES_TOLD 4

static char *
series (const Digest *d, const Standing *s)
{
  const GArray *waves = board_waves (d->board, s->indicator->indicator, s->area->area_code);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  guint n = waves != NULL ? waves->len : 0;

  for (guint i = n > MAX_WAVES_TOLD ? n - MAX_WAVES_TOLD : 0; i < n; i++) {
    const Wave *wave = &g_array_index (waves, Wave, i);
    g_autofree char *value = phrase_quantity (&d->voice, s, wave->value);
    g_autofree char *period = format_period (wave->period, d->voice.language);

    g_ptr_array_add (told,
                     format_fill (phrase (&d->voice, "mail.fact.series.one"), "period", period, "value", value, NULL));
  }
  return told->len > 1 ? phrase_list (&d->voice, told) : g_strdup ("");
}

#define MAX_DISTRICTS_TOLD 3

/* Of what is off for the city, the districts that are furthest behind. */
static char *
most (const Digest *d, const Standing *s)
{
  g_autoptr (GPtrArray) behind = g_ptr_array_new ();
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < d->board->standings->len; i++) {
    Standing *other = d->board->standings->pdata[i];

    if (other->target == s->target && other != s && standing_is_behind (other))
      g_ptr_array_add (behind, other);
  }
  g_ptr_array_sort (behind, standing_compare);
  for (guint i = 0; i < behind->len && i < MAX_DISTRICTS_TOLD; i++)
    g_ptr_array_add (told, phrase_place_value (&d->voice, "mail.area.path", behind->pdata[i]));
  return phrase_list (&d->voice, told);
}

static const Recipient *
recipient_of (const Digest *d, const Area *area)
{
  for (guint i = 0; i < d->board->catalogue->recipients->len; i++) {
    const Recipient *r = d->board->catalogue->recipients->pdata[i];
    const char *own = catalogue_current_area (d->board->catalogue, r->area_code);

    if (g_strcmp0 (own, area->area_code) == 0)
      return r;
  }
  return NULL;
}

/* The city asks the district, the district asks the city. */
static char *
whom_to_ask (const Digest *d, const Standing *s)
{
  const Area *city = board_city (d->board);
  const Recipient *other = recipient_of (d, s->area);

  if (other != NULL && strcmp (other->area_code, d->recipient->area_code) == 0)
    other = city != NULL && city != s->area ? recipient_of (d, city) : NULL;
  if (other == NULL)
    return g_strdup ("");
  return format_fill (phrase (&d->voice, "mail.fact.ask.text"), "name", other->name, "address", other->address, NULL);
}

/* The day @days after tonight, ISO. */
static char *
day_after (const char *today, double days)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autofree char *moment = g_strconcat (today, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (moment, zone);
  g_autoptr (GDateTime) later = date != NULL ? g_date_time_add_days (date, (int)days) : NULL;

  return later != NULL ? g_date_time_format (later, "%F") : g_strdup (today);
}

static const char *
answered_key (const Digest *d, const Standing *s)
{
  if (s->hold != NULL)
    return s->hold->kind == HOLD_ACK ? "mail.hold.ack" : "mail.hold.silence";
  if (s->hold_over != NULL)
    return "mail.hold.over";
  return digest_is_reminder (d, s) ? "mail.hold.late" : NULL;
}

char *
digest_answered (const Digest *d, const Standing *s)
{
  const Hold *hold = s->hold != NULL ? s->hold : s->hold_over;
  const char *key = answered_key (d, s);
  g_autofree char *until = hold != NULL ? format_date (hold->until, d->voice.language) : g_strdup ("");
  g_autofree char *actor = text_line (hold != NULL ? hold->actor : "");
  g_autofree char *comment = text_line (hold != NULL ? hold->comment : "");
  g_autofree char *days = g_strdup_printf ("%d", alert_days (s->since, d->today));

  if (key == NULL)
    return g_strdup ("");
  return format_fill (phrase (&d->voice, key), "actor", actor, "until", until, "comment", comment, "n", days, NULL);
}

/* What the operator is to type, whom an official has to tell: area and target are written as the command takes them. */
static char *
acknowledge (const Digest *d, const Standing *s)
{
  g_autofree char *until
      = day_after (d->today, catalogue_threshold (d->board->catalogue, "alert_reminder_acknowledged_days"));
  g_autofree char *command
      = g_strdup_printf ("plumbline ack %s %s --until %s --comment '…'", s->area->area_code, s->target->target, until);

  return format_fill (phrase (&d->voice, "mail.fact.ack.text"), "command", command, NULL);
}

/* An alert that only goes on because its figure is not certain yet asks for certainty, not for measures. */
static const char *
next_key (const Digest *d, const Standing *s)
{
  static const char *const keys[][2] = { [INDICATOR_SAMPLE] = { "mail.next.sample", "mail.next.city.sample" },
                                         [INDICATOR_CENSUS] = { "mail.next.census", "mail.next.city.census" },
                                         [INDICATOR_TOTAL] = { "mail.next.total", "mail.next.city.total" } };

  if (standing_is_behind (s) || s->complete)
    return keys[s->indicator->kind][standing_is_city (s)];
  return standing_awaits_confirmation (d->board->catalogue, s) ? "mail.next.confirm" : "mail.next.returns";
}

static char *
next_step (const Digest *d, const Standing *s)
{
  g_autofree char *day = day_after (d->today, catalogue_threshold (d->board->catalogue, "alert_answer_days"));
  g_autofree char *date = format_date (day, d->voice.language);

  return format_fill (phrase (&d->voice, next_key (d, s)), "area", phrase_place (&d->voice, s->area), "date", date,
                      NULL);
}

GArray *
digest_facts (const Digest *d, const Standing *s)
{
  GArray *facts = g_array_new (FALSE, FALSE, sizeof (DigestFact));

  g_array_set_clear_func (facts, fact_clear);
  add_fact (facts, d, "mail.fact.value", figures (d, s));
  add_fact (facts, d, "mail.fact.path", path_and_goal (d, s));
  add_fact (facts, d, "mail.fact.certainty", certainty (d, s));
  add_fact (facts, d, "mail.fact.series", series (d, s));
  add_fact (facts, d, "mail.fact.outlook", phrase_outlook (&d->voice, s));
  add_fact (facts, d, "mail.fact.since", since (d, s));
  add_fact (facts, d, "mail.fact.hold", digest_answered (d, s));
  add_fact (facts, d, "mail.fact.data", data (d, s));
  add_fact (facts, d, "mail.fact.missing", evidence_missing (d->evidence, &d->voice, s));
  add_fact (facts, d, "mail.fact.said", evidence_said (d->evidence, &d->voice, s));
  add_fact (facts, d, "mail.fact.reason", g_strdup (phrase_reason (&d->voice, s)));
  add_fact (facts, d, "mail.fact.most",
            standing_is_city (s) ? most (d, s) : evidence_grades (d->evidence, &d->voice, s));
  add_fact (facts, d, "mail.fact.next", next_step (d, s));
  add_fact (facts, d, "mail.fact.ask", whom_to_ask (d, s));
  add_fact (facts, d, "mail.fact.ack", acknowledge (d, s));
  return facts;
}
