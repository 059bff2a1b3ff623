/* Rows that were refused long ago go on request; nothing else does. */
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
  site_expect (site, "@db purge --before 2022-01-01" TODAY, 64, "refused rows are kept for 365 days (reject_days");
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
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
