/* Nights of a made-up city, through the real alerts, digests and outbox on a private server: `year [CITIES [SEED
   [news]]]`. A city on its path for a year, and one of whose districts one drifts for a year and is back on its path in
   the next. With news, nights without new data are left out: what fires is the same, and nobody is reminded. */
#include "../support/server.h"
#include "census.h"
#include "view.h"
#include "load/store.h"
#include "measure/results.h"
#include "report/alert.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WAVE_YEARS 0.5
#define SHOCK_PP 0.4 /* of every district in every wave, beside what sampling does */
#define FIRST_DAY "2022-03-01"
#define YEAR 365

static const char *const targets[VIEW_SERIES] = { "myopia_change", "overweight_growth", "obesity_growth" };
static const char *const periods[CITY_WAVES]
    = { "2021-autumn", "2022-spring", "2022-autumn", "2023-spring", "2023-autumn" };
/* Days after the first on which a wave begins to come in: screening is in April and October. */
static const int arrivals[CITY_WAVES] = { -1, 60, 240, 425, 605 };

typedef struct {
  Db *db;
  Catalogue *catalogue;
  const Area *city_area;
  const Area *districts[CITY_DISTRICTS];
  const char *codes[CITY_DISTRICTS + 2]; /* the districts', then the city's, then NULL */
  char *folder;
  const char *today;
  /* Of the night, and of the year. */
  gboolean only_news;
  GPtrArray *written; /* addresses */
  guint quiet, mails, twice;
  guint nights;
} World;

static void
must (gboolean ok, GError *error)
{
  if (!ok)
    g_error ("%s", error->message);
}

static void
sql (World *w, const char *text)
{
  g_autoptr (GError) error = NULL;

  must (db_script (w->db, text, &error), error);
}

static guint
count (World *w, const char *query)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = db_value (w->db, &error, query, DB_END);

  must (error == NULL, error);
  return (guint)g_ascii_strtoull (value, NULL, 10);
}

static void
note_mail (const char *address, const char *subject, gpointer data)
{
  World *w = data;

  for (guint i = 0; i < w->written->len; i++)
    w->twice += strcmp (w->written->pdata[i], address) == 0;
  g_ptr_array_add (w->written, g_strdup (address));
  if (strstr (subject, "[平安]") != NULL || strstr (subject, "[all quiet]") != NULL)
    w->quiet++;
  else
    w->mails++;
}

static const Target *
target_of (const World *w, guint series)
{
  for (guint i = 0; i < w->catalogue->targets->len; i++)
    if (strcmp (((const Target *)w->catalogue->targets->pdata[i])->target, targets[series]) == 0)
      return w->catalogue->targets->pdata[i];
  g_error ("the catalogue has no target %s", targets[series]);
}

static VerdictRow
verdict_of (const World *w, const View *v, const JudgeRow *row, double completeness_pct)
{
  VerdictRow out = results_empty_verdict (target_of (w, row->series), v->areas[row->series][row->area].area);
  guint wave = (guint)lround (row->t / WAVE_YEARS); /* the row's own is not set where nobody has reported yet */
  const JudgeCompleteness *seen = &v->completeness[row->series][row->area][wave];

  out.period = periods[wave];
  out.baseline_source = "data";
  out.baseline_value = row->baseline_value;
  out.value_now = row->p_std;
  out.low95 = row->low95;
  out.high95 = row->high95;
  out.numerator = row->x;
  out.denominator = row->n;
  out.path_now = row->path_now;
  out.target_value = row->target_value;
  out.deviation = row->deviation;
  out.deviation_se = row->deviation_se;
  out.projected = row->projected;
  out.projected_low95 = row->projected_low95;
  out.projected_high95 = row->projected_high95;
  out.p_value = row->p_value;
  out.q_value = row->q_value;
  out.probability_met = row->probability_met;
  out.schools_reporting = seen->reporting;
  out.schools_expected = seen->expected;
  out.complete = 100.0 * seen->reporting >= completeness_pct * seen->expected;
  out.verdict = row->verdict;
  return out;
}

/* What measure would have stored on the night on which this part of a wave came in. */
static void
judge (World *w, const City *city, guint k, guint groups)
{
  VerdictThresholds thresholds = verdict_thresholds (w->catalogue);
  View *v = view_new (city, w->codes, k, groups);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) rows = judge_run (v->series, VIEW_SERIES, &thresholds, FALSE, &error);
  g_autoptr (Results) results = NULL;
  char *indicators[VIEW_SERIES + 1] = { NULL };
  ResultChanges changes = { 0 };
  GDate today;

  must (rows != NULL, error);
  g_date_clear (&today, 1);
  g_date_set_parse (&today, w->today);
  results = results_new (NULL, &today);
  for (guint i = 0; i < rows->len; i++) {
    VerdictRow row = verdict_of (w, v, &g_array_index (rows, JudgeRow, i), thresholds.completeness_min_pct);

    results_add_verdict (results, w->catalogue, &row);
  }
  for (guint i = 0; i < VIEW_SERIES; i++)
    indicators[i] = target_of (w, i)->indicator;
  must (db_begin (w->db, &error) && results_store (w->db, results, indicators, &changes, &error)
            && db_commit (w->db, &error),
        error);
  view_free (v);
}

/* What is counted in full comes in by its own calendar. */
static gboolean
judge_census (World *w, int day, gsl_rng *random)
{
  char *indicators[CENSUS_TARGETS + 1] = { NULL };
  ResultChanges changes = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (Results) results = NULL;
  GDate today;

  g_date_clear (&today, 1);
  g_date_set_parse (&today, w->today);
  results = results_new (NULL, &today);
  if (!census_judge (results, w->catalogue, w->codes, FIRST_DAY, day, random, indicators))
    return FALSE;
  must (db_begin (w->db, &error) && results_store (w->db, results, indicators, &changes, &error)
            && db_commit (w->db, &error),
        error);
  return TRUE;
}

static char *
day_after (int days)
{
  GDate day;
  char text[16];

  g_date_clear (&day, 1);
  g_date_set_parse (&day, FIRST_DAY);
  g_date_add_days (&day, (guint)days);
  g_date_strftime (text, sizeof text, "%Y-%m-%d", &day);
  return g_strdup (text);
}

static void
alerts (World *w)
{
  g_autoptr (GError) error = NULL;
  AlertSummary summary = { 0 };
  AlertOptions options = { .state_dir = w->folder,
                           .report_dir = "/report",
                           .today = w->today,
                           .mail_from = "plumbline <plumbline@localhost>",
                           .queued = note_mail,
                           .queued_data = w };

  g_ptr_array_set_size (w->written, 0);
  must (alert_run (w->db, w->catalogue, &options, &summary, &error), error);
  w->nights++;
}

/* The part of a wave that comes in on @day; FALSE when none does. */
static gboolean
arrives (int day, guint *wave, guint *groups)
{
  for (*wave = 1; *wave < CITY_WAVES; (*wave)++)
    for (*groups = 1; *groups <= VIEW_GROUPS; (*groups)++)
      if (day == arrivals[*wave] + 7 * ((int)*groups - 1))
        return TRUE;
  return FALSE;
}

static void
night (World *w, const City *city, int day, gsl_rng *random)
{
  g_autofree char *today = day_after (day);
  g_autoptr (GError) error = NULL;
  guint wave = 0, groups = 0;
  gboolean news = arrives (day, &wave, &groups);

  w->today = today;
  must (db_set_clock (w->db, today, &error), error);
  if (news)
    judge (w, city, wave, groups);
  news |= judge_census (w, day, random);
  if (news || !w->only_news)
    alerts (w);
  w->today = NULL;
}

static void
clear (World *w)
{
  sql (w, "truncate plumbline.verdict, plumbline.verdict_history, plumbline.alert, plumbline.alert_history, "
          "plumbline.alert_event, plumbline.alert_timer, plumbline.alert_hold, plumbline.outbox");
  w->quiet = w->mails = w->twice = w->nights = 0;
}

static gboolean
wrote_to (const World *w, const char *role, const char *area)
{
  for (guint i = 0; i < w->catalogue->recipients->len; i++) {
    const Recipient *r = w->catalogue->recipients->pdata[i];

    if (strcmp (r->role, role) != 0 || strcmp (r->area_code, area) != 0)
      continue;
    for (guint m = 0; m < w->written->len; m++)
      if (strcmp (w->written->pdata[m], r->address) == 0)
        return TRUE;
  }
  return FALSE;
}

static gboolean
wrote_to_both (const World *w, const Area *district)
{
  return wrote_to (w, "district", district->area_code) && wrote_to (w, "city", w->city_area->area_code);
}

static gboolean
is_in (World *w, guint series, const Area *area, const char *state)
{
  g_autofree char *query = g_strdup_printf (
      "select count(*) from plumbline.alert where target = '%s' and area_code = '%s' and state = '%s'", targets[series],
      area->area_code, state);

  return count (w, query) > 0;
}

/* Mails to a district that announce something new on a night on which nothing was. */
static guint
baseless (World *w)
{
  return count (
      w,
      "select count(*) from plumbline.outbox o join plumbline.recipient r on r.recipient = o.recipient and r.role = "
      "'district'"
      " where o.subject like '%新增%' and not exists (select from plumbline.alert_event e where e.area_code = "
      "r.area_code"
      " and e.to_state = 'firing' and e.from_state in ('', 'pending', 'resolved') and e.at::date = o.queued_at::date)");
}

typedef struct {
  double cities, nights, quiet, mails, false_firings, false2;
  double found, right, resolved, told_resolved, twice, baseless;
  gint64 started;
} Sums;

static void
begin_sums (Sums *sums)
{
  *sums = (Sums){ .started = g_get_monotonic_time () };
}

static void
add_city (World *w, Sums *sums, guint false_firings)
{
  sums->cities++;
  sums->nights += w->nights;
  sums->quiet += w->quiet;
  sums->mails += w->mails;
  sums->false_firings += false_firings;
  sums->false2 += (double)false_firings * false_firings;
  sums->twice += w->twice;
  sums->baseless += baseless (w);
}

static void
on_path (World *w, gsl_rng *random, Sums *sums)
{
  CityWorld world = { .shock_pp = SHOCK_PP };
  g_autoptr (City) city = city_new (&world, random);

  clear (w);
  for (int day = 0; day < YEAR; day++)
    night (w, city, day, random);
  add_city (w, sums,
            count (w, "select count(*) from plumbline.alert_event where to_state = 'firing' and from_state in ('', "
                      "'pending', 'resolved')"));
}

static void
drifting (World *w, gsl_rng *random, Sums *sums)
{
  CityWorld world = { .shock_pp = SHOCK_PP, .drift_pp = 2, .one = TRUE, .back = 3, .back_pp = 1 };
  g_autoptr (City) city = city_new (&world, random);
  const Area *area = NULL;
  guint series = 0;
  gboolean found = FALSE, resolved = FALSE;

  for (guint s = 0; s < VIEW_SERIES * CITY_DISTRICTS; s++)
    if (city->drifts[s / CITY_DISTRICTS][s % CITY_DISTRICTS]) {
      series = s / CITY_DISTRICTS;
      area = w->districts[s % CITY_DISTRICTS];
    }
  clear (w);
  for (int day = 0; day < 2 * YEAR; day++) {
    night (w, city, day, random);
    if (!found && day < YEAR && is_in (w, series, area, "firing")) {
      found = TRUE;
      sums->found++;
      sums->right += wrote_to_both (w, area);
    }
    if (found && !resolved && is_in (w, series, area, "resolved")) {
      resolved = TRUE;
      sums->resolved++;
      sums->told_resolved += wrote_to_both (w, area);
    }
  }
  add_city (w, sums, 0);
}

static void
print_end (const Sums *s, double years)
{
  double seconds = (double)(g_get_monotonic_time () - s->started) / G_USEC_PER_SEC;

  printf ("  two mails to one address in a night %.0f, news without an event %.0f; %.1f s a year\n", s->twice,
          s->baseless, seconds / s->cities / years);
}

static void
print_on_path (World *w, guint cities, gsl_rng *random)
{
  Sums s;
  double mean = 0;

  begin_sums (&s);
  for (guint c = 0; c < cities; c++)
    on_path (w, random, &s);
  mean = s.false_firings / s.cities;
  printf ("on its path: false firings a year %.2f ±%.2f; mails a year: all quiet %.1f, others %.1f\n", mean,
          2 * sqrt (MAX (s.false2 / s.cities - mean * mean, 0) / s.cities), s.quiet / s.cities, s.mails / s.cities);
  print_end (&s, 1);
  fflush (stdout);
}

static void
print_drifting (World *w, guint cities, gsl_rng *random)
{
  Sums s;

  begin_sums (&s);
  for (guint c = 0; c < cities; c++)
    drifting (w, random, &s);
  printf ("one district drifts 2 points a year: fires within two waves %.1f %% ±%.1f, of these written to "
          "district and "
          "city the same night %.1f %%\nback on its path: resolved within two waves %.1f %% of these, told to both "
          "%.1f %%\n  ",
          100 * s.found / s.cities, 200 * sqrt (s.found / s.cities * (1 - s.found / s.cities) / s.cities),
          100 * s.right / s.found, 100 * s.resolved / s.found, 100 * s.told_resolved / s.resolved);
  print_end (&s, 2);
}

static void
open_world (World *w)
{
  g_autofree char *conninfo = test_database_new ();
  g_autoptr (GError) error = NULL;
  guint n = 0;

  w->db = db_open (conninfo, FALSE, &error);
  must (w->db != NULL && store_migrate (w->db, &error), error);
  w->catalogue = catalogue_read ("seeds", &error);
  must (w->catalogue != NULL && store_catalogue (w->db, w->catalogue, &error), error);
  w->folder = test_folder_new ();
  w->written = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < w->catalogue->areas->len; i++) {
    const Area *area = w->catalogue->areas->pdata[i];

    if (strcmp (area->valid_to, "infinity") != 0 || *area->successor_code != '\0')
      continue;
    if (area->level == AREA_CITY)
      w->city_area = area;
    else if (n < CITY_DISTRICTS)
      w->districts[n++] = area;
  }
  g_assert (n == CITY_DISTRICTS);
  for (guint d = 0; d < CITY_DISTRICTS; d++)
    w->codes[d] = w->districts[d]->area_code;
  w->codes[CITY_DISTRICTS] = w->city_area->area_code;
}

int
main (int argc, char **argv)
{
  guint cities = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 3;
  gulong seed = argc > 2 ? (gulong)g_ascii_strtoull (argv[2], NULL, 10) : 20220901;
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  World w = { .only_news = argc > 3 && strcmp (argv[3], "news") == 0 };

  gsl_rng_set (random, seed);
  open_world (&w);
  printf ("%u made-up cities a figure, seed %lu; %d nights a year%s, two screenings of %d indicators in %d districts, "
          "after-school service by month, kindergartens by half-year; nobody answers\n",
          cities, seed, YEAR, w.only_news ? ", of which those with new data" : "", VIEW_SERIES, CITY_DISTRICTS);
  print_on_path (&w, cities, random);
  print_drifting (&w, cities, random);
  db_close (w.db);
  catalogue_free (w.catalogue);
  g_ptr_array_unref (w.written);
  g_free (w.folder);
  gsl_rng_free (random);
  return 0;
}
