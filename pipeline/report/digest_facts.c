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
  const char *before
      = s->state_before == ALERT_OK ? phrase (&d->voice, "mail.state.none") : phrase_state (&d->voice, s->state_before);

  return format_fill (phrase (&d->voice, "mail.fact.since.text"), "date", date, "before", before, NULL);
}

static char *
next_step (const Digest *d, const Standing *s)
{
  static const char *const keys[] = { [INDICATOR_SAMPLE] = "mail.next.sample",
                                      [INDICATOR_CENSUS] = "mail.next.census",
                                      [INDICATOR_TOTAL] = "mail.next.total" };

  return format_fill (phrase (&d->voice, keys[s->indicator->kind]), "area", phrase_place (&d->voice, s->area), NULL);
}

GArray *
digest_facts (const Digest *d, const Standing *s)
{
  GArray *facts = g_array_new (FALSE, FALSE, sizeof (DigestFact));

  g_array_set_clear_func (facts, fact_clear);
  add_fact (facts, d, "mail.fact.path", path_and_goal (d, s));
  add_fact (facts, d, "mail.fact.certainty", certainty (d, s));
  add_fact (facts, d, "mail.fact.outlook", phrase_outlook (&d->voice, s));
  add_fact (facts, d, "mail.fact.since", since (d, s));
  add_fact (facts, d, "mail.fact.data", data (d, s));
  add_fact (facts, d, "mail.fact.reason", g_strdup (phrase_reason (&d->voice, s)));
  add_fact (facts, d, "mail.fact.next", next_step (d, s));
  return facts;
}
