#include "report/digest.h"

#include <math.h>
#include <string.h>

static void
gap_free (gpointer data)
{
  g_ptr_array_unref (((DigestGap *)data)->standings);
  g_free (((DigestGap *)data)->why);
  g_free (data);
}

static gboolean
answers_for (const Recipient *recipient, const Catalogue *catalogue, const Area *area)
{
  const char *own = catalogue_current_area (catalogue, recipient->area_code);
  const Area *asked = own != NULL ? catalogue_area (catalogue, own) : NULL;

  return asked != NULL && (asked->level == AREA_CITY || strcmp (area->area_code, own) == 0);
}

/* The city's own alert on the same target speaks for its districts. */
static gboolean
is_muted (const Digest *d, const Standing *s)
{
  const Area *city = board_city (d->board);
  const Standing *whole = city != NULL ? board_standing (d->board, s->target, city->area_code) : NULL;

  return !standing_is_city (s) && answers_for (d->recipient, d->board->catalogue, city) && whole != NULL
         && whole->state == ALERT_FIRING;
}

#define READABLE_GAP_PP 0.05 /* below it value and path look the same */

/* Behind its path, and nobody has been alarmed: narrowly, or within the noise. What waits for its data is counted with
   the gap. */
static gboolean
is_watched (const Standing *s)
{
  return (s->state == ALERT_PENDING && s->complete)
         || ((s->state == ALERT_OK || s->state == ALERT_RESOLVED) && standing_gap (s) >= READABLE_GAP_PP
             && (s->word == VERDICT_UNCERTAIN || standing_is_off (s)));
}

static void
sort_in (Digest *d, Standing *s)
{
  if (s->note == NOTE_NEW) {
    d->n_new++;
    if (is_muted (d, s))
      digest_group_add (d->muted, s);
    else
      g_ptr_array_add (d->sections[SECTION_NEW], s);
  } else if (s->note == NOTE_WORSENED)
    g_ptr_array_add (d->sections[SECTION_WORSENED], s);
  else if (s->note == NOTE_RECOVERED)
    g_ptr_array_add (d->sections[SECTION_RECOVERED], s);
  else if (s->state == ALERT_FIRING || s->state == ALERT_RECOVERING)
    g_ptr_array_add (d->sections[SECTION_OPEN], s);
  else if (is_watched (s))
    g_ptr_array_add (d->sections[SECTION_WATCH], s);
}

static gboolean
is_head (const Digest *d)
{
  return strcmp (d->recipient->role, "head") == 0;
}

gboolean
digest_is_reminder (const Digest *d, const Standing *s)
{
  gboolean again = s->note == NOTE_REMINDED || s->note == NOTE_ESCALATED;

  if (is_head (d)) /* once: who is to act is reminded, not who stands above */
    return s->note == NOTE_ESCALATED && s->escalated_before == ESCALATED_NOBODY;
  if (strcmp (d->recipient->role, "city") == 0 && !standing_is_city (s))
    return s->note == NOTE_ESCALATED && s->escalated == ESCALATED_CITY;
  return again;
}

static DigestGap *
gap_for (Digest *d, const char *key, const char *what, const char *why)
{
  DigestGap *gap = NULL;

  for (guint i = 0; i < d->gaps->len; i++) {
    gap = d->gaps->pdata[i];
    if (gap->what == what && strcmp (gap->key, key) == 0 && strcmp (gap->why, why) == 0)
      return gap;
  }
  gap = g_new0 (DigestGap, 1);
  gap->what = what;
  gap->key = key;
  gap->why = g_strdup (why);
  gap->standings = g_ptr_array_new ();
  g_ptr_array_add (d->gaps, gap);
  return gap;
}

/* Several targets rest on one return, which is missing once; a target that cannot be told from full data has its own
   reason. */
static void
note_gap (Digest *d, Standing *s)
{
  const Feed *feed = catalogue_feed (d->board->catalogue, s->indicator->feed);
  gboolean english = strcmp (d->voice.language, "en") == 0;
  DigestGap *gap = NULL;

  if (s->complete && s->word != VERDICT_CANNOT_TELL)
    return;
  if (!s->complete && feed != NULL)
    gap = gap_for (d,
                   standing_awaits_confirmation (d->board->catalogue, s) ? "mail.gap.provisional" : "mail.gap.returns",
                   english ? feed->name_en : feed->name, "");
  else
    gap = gap_for (d, "mail.gap.reason", phrase_indicator (&d->voice, s->indicator), phrase_reason (&d->voice, s));
  gap->n_muted += s->state == ALERT_PENDING;
  for (guint i = 0; i < gap->standings->len; i++)
    if (((const Standing *)gap->standings->pdata[i])->area == s->area)
      return;
  g_ptr_array_add (gap->standings, s);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  int severity = (int)(*(const Standing *const *)b)->severity - (int)(*(const Standing *const *)a)->severity;

  return severity != 0 ? severity : standing_compare (a, b);
}

static gboolean
has_news (const Digest *d)
{
  return d->n_new + d->sections[SECTION_WORSENED]->len + d->sections[SECTION_RECOVERED]->len + d->n_reminded > 0;
}

/* Those that are told again stand before those that are only still there. */
static void
lead_with_reminders (Digest *d)
{
  GPtrArray *open = d->sections[SECTION_OPEN];
  guint n = 0;

  for (guint i = 0; i < open->len; i++)
    if (digest_is_reminder (d, open->pdata[i]))
      g_ptr_array_insert (open, (int)n++, g_ptr_array_steal_index (open, i));
}

static const Plan *
plan_of (const Digest *d)
{
  const char *plan = digest_lead (d)->target->plan;

  for (guint i = 0; i < d->board->catalogue->plans->len; i++)
    if (strcmp (((const Plan *)d->board->catalogue->plans->pdata[i])->plan, plan) == 0)
      return d->board->catalogue->plans->pdata[i];
  g_assert_not_reached ();
}

Digest *
digest_quiet (const Board *board, const Recipient *recipient, const char *today, const char *report_dir)
{
  Digest *d = g_new0 (Digest, 1);

  d->voice = (Voice){ board->catalogue, recipient->language };
  d->board = board;
  d->recipient = recipient;
  d->today = today;
  d->report_dir = report_dir;
  d->muted = digest_groups_new ();
  d->gaps = g_ptr_array_new_with_free_func (gap_free);
  for (guint i = 0; i < DIGEST_SECTIONS; i++)
    d->sections[i] = g_ptr_array_new ();
  return d;
}

Digest *
digest_new (const Board *board, const Recipient *recipient, const char *today, const char *report_dir)
{
  g_autoptr (Digest) d = digest_quiet (board, recipient, today, report_dir);

  for (guint i = 0; i < board->standings->len; i++) {
    Standing *s = board->standings->pdata[i];

    if (!answers_for (recipient, board->catalogue, s->area)
        || (is_head (d) && MAX (s->escalated, s->escalated_before) == ESCALATED_NOBODY))
      continue;
    sort_in (d, s);
    d->n_reminded += digest_is_reminder (d, s);
    note_gap (d, s);
  }
  if (!has_news (d))
    return NULL;
  for (guint i = 0; i < DIGEST_SECTIONS; i++)
    g_ptr_array_sort (d->sections[i], compare_items);
  lead_with_reminders (d);
  for (guint i = 0; i < d->muted->len; i++)
    g_ptr_array_sort (((DigestGroup *)d->muted->pdata[i])->standings, compare_items);
  d->plan = plan_of (d);
  return g_steal_pointer (&d);
}

void
digest_free (Digest *d)
{
  if (d == NULL)
    return;
  for (guint i = 0; i < DIGEST_SECTIONS; i++)
    g_ptr_array_unref (d->sections[i]);
  g_ptr_array_unref (d->muted);
  g_ptr_array_unref (d->gaps);
  g_free (d);
}

const Standing *
digest_lead (const Digest *d)
{
  if (d->sections[SECTION_NEW]->len > 0)
    return d->sections[SECTION_NEW]->pdata[0];
  if (d->sections[SECTION_WORSENED]->len > 0)
    return d->sections[SECTION_WORSENED]->pdata[0];
  if (d->muted->len > 0)
    return ((const DigestGroup *)d->muted->pdata[0])->standings->pdata[0];
  for (guint i = 0; i < d->sections[SECTION_OPEN]->len; i++)
    if (digest_is_reminder (d, d->sections[SECTION_OPEN]->pdata[i]))
      return d->sections[SECTION_OPEN]->pdata[i];
  g_assert (d->sections[SECTION_RECOVERED]->len > 0);
  return d->sections[SECTION_RECOVERED]->pdata[0];
}

int
digest_severity (const Digest *d)
{
  int worst = -1;

  for (guint section = SECTION_NEW; section <= SECTION_WORSENED; section++)
    for (guint i = 0; i < d->sections[section]->len; i++)
      worst = MAX (worst, (int)((const Standing *)d->sections[section]->pdata[i])->severity);
  for (guint i = 0; i < d->sections[SECTION_OPEN]->len; i++)
    if (digest_is_reminder (d, d->sections[SECTION_OPEN]->pdata[i]))
      worst = MAX (worst, (int)((const Standing *)d->sections[SECTION_OPEN]->pdata[i])->severity);
  for (guint m = 0; m < d->muted->len; m++) {
    const GPtrArray *standings = ((const DigestGroup *)d->muted->pdata[m])->standings;

    for (guint i = 0; i < standings->len; i++)
      worst = MAX (worst, (int)((const Standing *)standings->pdata[i])->severity);
  }
  return worst;
}

const char *
digest_section_title (const Digest *d, DigestSection section)
{
  static const char *const keys[] = { "mail.section.new",  "mail.section.worsened", "mail.section.recovered",
                                      "mail.section.open", "mail.section.watch",    "mail.section.missing" };

  return phrase (&d->voice, keys[section]);
}

static void
add_count (GString *out, const Digest *d, const char *key, guint n, const char *separator)
{
  g_autofree char *number = g_strdup_printf ("%u", n);
  g_autofree char *text = format_fill (phrase (&d->voice, key), "n", number, NULL);

  if (n == 0)
    return;
  if (out->len > 0)
    g_string_append (out, separator);
  g_string_append (out, text);
}

static char *
counts (const Digest *d, const char *separator, gboolean all)
{
  GString *out = g_string_new (NULL);

  add_count (out, d, "mail.count.new", d->n_new, separator);
  add_count (out, d, "mail.count.worsened", d->sections[SECTION_WORSENED]->len, separator);
  add_count (out, d, "mail.count.reminded", d->n_reminded, separator);
  add_count (out, d, "mail.count.recovered", d->sections[SECTION_RECOVERED]->len, separator);
  if (all)
    add_count (out, d, "mail.count.open", d->sections[SECTION_OPEN]->len, separator);
  return g_string_free (out, FALSE);
}

char *
digest_summary (const Digest *d)
{
  return counts (d, " · ", TRUE);
}

char *
digest_subject (const Digest *d)
{
  const Standing *lead = digest_lead (d);
  int severity = digest_severity (d);
  g_autofree char *news = counts (d, " ", FALSE);
  g_autofree char *figure = phrase_value (&d->voice, lead);
  const char *doubt = phrase_doubt (&d->voice, lead, FALSE);
  g_autofree char *value
      = lead->complete ? g_strdup (figure)
                       : format_fill (phrase (&d->voice, "mail.subject.doubt"), "value", figure, "doubt", doubt, NULL);
  g_autofree char *goal = phrase_goal (&d->voice, lead);
  const char *level = severity >= 0 ? phrase_severity (&d->voice, (AlertSeverity)severity) : "";

  return format_fill (phrase (&d->voice, "mail.subject"), "simulated",
                      d->board->simulated ? phrase (&d->voice, "mail.subject.simulated") : "", "severity", level, "bar",
                      severity >= 0 ? "|" : "", "news", news, "area", phrase_place (&d->voice, lead->area), "indicator",
                      phrase_indicator (&d->voice, lead->indicator), "value", value, "goal", goal, NULL);
}

char *
digest_withheld (const Digest *d)
{
  g_autofree char *n = g_strdup_printf ("%u", d->n_withheld);
  g_autofree char *cap = g_strdup_printf ("%.0f", catalogue_threshold (d->board->catalogue, "alert_mails_per_night"));

  return format_fill (phrase (&d->voice, "mail.capped"), "n", n, "cap", cap, NULL);
}

char *
digest_report_path (const Digest *d)
{
  const char *own = catalogue_current_area (d->board->catalogue, d->recipient->area_code);
  const Area *area = own != NULL ? catalogue_area (d->board->catalogue, own) : NULL;
  g_autofree char *page
      = area == NULL || area->level == AREA_CITY ? g_strdup ("index.html") : g_strconcat (own, ".html", NULL);

  return g_build_filename (d->report_dir, page, NULL);
}

static void
add_pair (GString *out, const Standing *s)
{
  g_string_append_printf (out, "%s('%s', '%s')", out->len > 0 ? ", " : "", s->target->target, s->area->area_code);
}

char *
digest_query (const Digest *d)
{
  g_autoptr (GString) pairs = g_string_new (NULL);

  for (guint section = SECTION_NEW; section <= SECTION_OPEN; section++)
    for (guint i = 0; i < digest_section_details (d, (DigestSection)section); i++)
      add_pair (pairs, d->sections[section]->pdata[i]);
  if (pairs->len == 0)
    add_pair (pairs, digest_lead (d));
  return g_strdup_printf ("select * from monitor.verdict where (target, area_code) in (%s);", pairs->str);
}

char *
digest_foot (const Digest *d)
{
  g_autofree char *report = digest_report_path (d);
  g_autofree char *query = digest_query (d);
  g_autofree char *versions = evidence_versions (d->evidence, &d->voice, d->today);
  g_autofree char *where = format_fill (phrase (&d->voice, "mail.foot.report"), "report", report, "query", query, NULL);

  return g_strconcat (where, *versions != '\0' ? "\n" : "", versions, "\n", phrase (&d->voice, "mail.foot.auto"), NULL);
}
