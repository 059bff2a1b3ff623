/* What the years bring: partitions are there before their rows are; rows that were refused long ago go on request, and
 * nothing else does. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#define TODAY " --today 2022-12-31"
#define REJECTS "select count(*) from plumbline.reject"

static Site *site;

static void
take_in (const char *name, const char *received)
{
  g_autofree char *text
      = g_strdup_printf ("school_code,name,district_code,stage,ownership\n2101029999,%s,210102,nothing,public\n", name);
  g_autofree char *path = g_strdup_printf ("inbox/%s.csv", name);
  g_autofree char *sql = g_strdup_printf (
      "with moved as (update plumbline.batch set received_at = '%s' where file_name = '%s.csv' returning 1)"
      " select count(*) from moved",
      received, name);

  g_free (site_file (site, path, text));
  site_expect (site, "@db ingest --rejects-ok" TODAY, 0, "");
  site_expect_sql (site, sql, "1");
}

static void
purge__rows_refused_before_the_day__they_alone_are_gone (void **state)
{
  (void)state;
  take_in ("old", "2020-05-05");
  take_in ("odd", "2020-05-06");
  take_in ("new", "2022-05-05");
  site_expect_sql (
      site,
      "with changed as (update plumbline.reject set severity = 'confirm' from plumbline.batch b where "
      "b.batch_id = reject.batch_id and b.file_name = 'odd.csv' returning 1) select count(*) > 0 from changed",
      "t");
  site_expect_sql (site, REJECTS, "6");
  site_expect (site, "@db purge" TODAY, 64, "purge needs --before");
  site_expect (site, "@db purge --before 2022-01-01" TODAY, 64,
               "at the latest --before 2021-12-31, for refused rows are kept for 365 days");
  site_expect (site, "@db purge --before 2021-12-31 --dry-run" TODAY, 0, "");
  site_expect_sql (site, REJECTS, "6");
  site_expect (site, "@db purge --before 2021-12-31" TODAY, 0, "");
  site_expect_sql (
      site,
      "select string_agg(distinct file_name, ' ' order by file_name) from plumbline.batch join plumbline.reject "
      "using (batch_id)",
      "new.csv odd.csv");
  site_expect_sql (site, "select sum(rows_rejected) from plumbline.batch", "3");
  site_expect_sql (
      site, "select stages -> 0 ->> 'out' as n from plumbline.run where command = 'purge' order by run_id desc limit 1",
      "2");
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Every table, and of the rejects those that a purge before 2021-12-31 has to leave. */
static char *
what_stays (void)
{
  g_autofree char *tables = site_fingerprint (site), *kept = NULL;
  g_auto (GStrv) lines = g_strsplit (tables, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    if (!g_str_has_prefix (*line, "plumbline.reject_"))
      g_string_append_printf (text, "%s\n", *line);
  kept = site_query (
      site,
      "select coalesce(string_agg(r::text, ' ' order by r::text), '') from plumbline.reject r join plumbline.batch b "
      "using (batch_id) where b.received_at >= '2021-12-31' or r.severity <> 'refuse'");
  g_string_append (text, kept);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What stays is looked at before and after a purge that has something to do; @harm is done by the way, when not NULL.
 */
static gboolean
purge_leaves_the_rest (const char *name, const char *harm)
{
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *before = NULL, *after = NULL, *plant = NULL;

  take_in (name, "2020-05-05");
  before = what_stays ();
  if (harm != NULL) {
    plant = g_strdup_printf (
        "create function public.harm() returns trigger language plpgsql as $$ begin %s; return null; end $$;"
        "create trigger harm after delete on plumbline.reject for each statement when "
        "(pg_trigger_depth() = 0) execute function public.harm()",
        harm);
    run_sql (db, plant);
  }
  site_expect (site, "@db purge --before 2021-12-31" TODAY, 0, "");
  if (harm != NULL)
    run_sql (db, "drop trigger harm on plumbline.reject; drop function public.harm()");
  after = what_stays ();
  site_expect_sql (
      site,
      "select count(*) from plumbline.reject r join plumbline.batch b using (batch_id) where b.received_at < "
      "'2021-12-31' and r.severity = 'refuse'",
      "0");
  return strcmp (before, after) == 0;
}

static void
purge__any_row_beyond_its_rule__would_be_missed (void **state)
{
  static const char *const harms[] = {
    "delete from plumbline.reject r using plumbline.batch b where b.batch_id = r.batch_id and b.file_name = 'new.csv'",
    "delete from plumbline.reject where severity = 'confirm'",
    "update plumbline.batch set rows_rejected = 0 where file_name = 'old.csv'",
    "delete from plumbline.threshold where name = (select min(name) from plumbline.threshold)",
  };

  (void)state;
  assert_true (purge_leaves_the_rest ("sound", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (harms); i++) {
    g_autofree char *name = g_strdup_printf ("harmed%u", i);

    if (purge_leaves_the_rest (name, harms[i]))
      fail_msg ("not seen: %s", harms[i]);
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define PARTITIONS(year)                                                                                               \
  "select coalesce(string_agg(relname, ' ' order by relname), '') from pg_class where relispartition and relkind = "   \
  "'r' and relname "                                                                                                   \
  "~ "                                                                                                                 \
  "'_" year "$'"
#define AHEAD(year)                                                                                                    \
  "after_school_history_" year " estimate_" year " estimate_history_" year " league_" year " league_history_" year     \
  " myopia_history_" year " places_history_" year " reject_" year " release_row_" year " school_estimate_" year        \
  " school_estimate_history_" year " tally_history_" year " tendency_" year " tendency_history_" year " trend_" year   \
  " trend_history_" year " weight_history_" year

static void
measure__in_a_year_without_rows__its_partitions_and_the_next_year_s_are_there (void **state)
{
  (void)state;
  site_expect_sql (site, PARTITIONS ("2031"), "");
  site_expect (site, "@db measure --dry-run --today 2031-06-30", 0, "");
  site_expect_sql (site, PARTITIONS ("2031"), "");
  site_expect (site, "@db measure --today 2031-06-30", 0, "");
  site_expect_sql (site, PARTITIONS ("2030"), "");
  site_expect_sql (site, PARTITIONS ("2031"), AHEAD ("2031"));
  site_expect_sql (site, PARTITIONS ("2032"), AHEAD ("2032"));
  site_expect_sql (site, PARTITIONS ("2033"), "");
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (purge__rows_refused_before_the_day__they_alone_are_gone),
    cmocka_unit_test (purge__any_row_beyond_its_rule__would_be_missed),
    cmocka_unit_test (measure__in_a_year_without_rows__its_partitions_and_the_next_year_s_are_there),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
