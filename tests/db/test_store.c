/* init: migrations once each, the catalogue as rows and back, and what must be refused. */
#include "../support/catalogue.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/error.h"
#include "base/sql.h"
#include "load/store.h"

#include <string.h>

static int
set_up (void **state)
{
  *state = ground_new (NULL, NULL);
  return 0;
}

static int
tear_down (void **state)
{
  db_close (*state);
  return 0;
}

static void
migrate__again__changes_nothing (void **state)
{
  Db *db = *state;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) files = sql_list ("migrations");
  g_autofree char *before = ground_state (db);
  g_autofree char *n = g_strdup_printf ("%u", g_strv_length (files));
  g_autofree char *after = NULL;

  if (!store_migrate (db, &error))
    fail_msg ("%s", error->message);
  after = ground_state (db);
  assert_string_equal (before, after);
  assert_sql (db, "select count(*) from plumbline.migration", n);
}

static void
migrate__applied_text_has_changed__refused (void **state)
{
  Db *db = *state;
  g_autoptr (GError) error = NULL;

  run_sql (db, "update plumbline.migration set sha256 = 'other', applied_at = '2022-03-01 08:00+08' where file_name "
               "like '0002%'");
  assert_false (store_migrate (db, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
  assert_string_equal (error->message,
                       "migration 0002_catalogue.sql has changed since it was applied on 2022-03-01 08:00; restore "
                       "its text, and put the change into a new migration");
}

static void
migrate__database_is_newer__refused (void **state)
{
  Db *db = *state;
  g_autoptr (GError) error = NULL;

  run_sql (db, "insert into plumbline.migration values ('9999_later.sql', 'x', '2030-01-01 00:00+08')");
  assert_false (store_migrate (db, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
  assert_string_equal (error->message,
                       "the database is newer than this program: it has migration 9999_later.sql, applied on "
                       "2030-01-01 00:00; install that version or a newer one");
}

static void
migrate__a_view_is_gone_or_old__made_again (void **state)
{
  Db *db = *state;
  g_autoptr (GError) error = NULL;

  run_sql (db, "drop view monitor.verdict, monitor.area; create view monitor.area as select 1 as old; "
               "update plumbline.view_file set sha256 = 'old' where file_name = 'area.sql'");
  if (!store_migrate (db, &error))
    fail_msg ("%s", error->message);
  assert_sql (db, "select to_regclass('monitor.verdict') is not null", "t");
  assert_sql (db, "select (plumbline.columns('monitor.area'))[1]", "area_code");
}

static void
read__no_catalogue_yet__says_what_to_run (void **state)
{
  Db *db = *state;
  g_autofree char *conninfo = test_database_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Db) empty = db_open (conninfo, FALSE, NULL);

  assert_null (store_read_catalogue (db, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
  assert_string_equal (error->message, "the database has no catalogue; run plumbline init first");
  g_clear_error (&error);
  assert_null (store_read_catalogue (empty, &error));
  assert_string_equal (error->message, "the database has no catalogue; run plumbline init first");
}

static void
read__database_is_older__says_what_to_run (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;

  ground_store (db, files);
  run_sql (db, "delete from plumbline.migration where file_name like '0004%'");
  assert_null (store_read_catalogue (db, &error));
  assert_string_equal (
      error->message,
      "the database is older than this program: it lacks migration 0004_result.sql; run plumbline init first");
}

static void
store__again__no_row_and_no_view_moves (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();
  g_autofree char *before = NULL, *after = NULL;

  ground_store (db, files);
  before = ground_state (db);
  ground_store (db, files);
  after = ground_state (db);
  assert_string_equal (before, after);
}

static void
store__and_read__the_same_catalogue (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Catalogue) c = NULL;
  const Target *t = NULL;

  ground_store (db, files);
  c = store_read_catalogue (db, &error);
  if (c == NULL)
    fail_msg ("%s", error->message);
  assert_int_equal (c->targets->len, 4);
  t = c->targets->pdata[2];
  assert_int_equal (t->at.line, 4);
  assert_sql (db,
              "select concat_ws(' ', value, coalesce(baseline_value::text, 'none'), baseline_period, growth_from, "
              "areas, headline) "
              "from plumbline.target where target = 'growth'",
              "80 none 2021-autumn 2019-autumn 210102;210115 f");
  assert_sql (db,
              "select concat_ws(' ', value, baseline_value, coalesce(deadline_period, 'none')) from monitor.target "
              "where target = 'counted'",
              "30 0 none");
  assert_sql (db,
              "select string_agg(concat_ws(' ', area_code, valid_to, successor_code), ';' order by position) from "
              "plumbline.area",
              "210100 infinity;210102 infinity;210122 2016-03-01 210115;210115 infinity");
  assert_sql (db, "select string_agg(rule || ' ' || position, ';' order by position) from plumbline.rule",
              "R-above 1;R-count 2");
  assert_sql (db, "select en from plumbline.text where key = 'mail.greeting'", "Dear {name},");
}

static void
store__target_changed__the_old_one_is_history (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();

  assert_true (db_set_clock (db, "2022-03-01", NULL));
  ground_store (db, files);
  fixture_replace (files, "target.csv", "level,40", "level,41.5");
  fixture_replace (files, "target.csv", "2022,counted", "2022,counted_anew");
  assert_true (db_set_clock (db, "2022-04-01", NULL));
  ground_store (db, files);
  assert_sql (db, "select string_agg(target || '=' || value, ' ' order by position) from monitor.target",
              "myopia_change=-0.5 counted_anew=30 growth=80 level=41.5");
  run_sql (db, "select monitor.as_of('2022-03-15')");
  assert_sql (db, "select string_agg(target || '=' || value, ' ' order by position) from monitor.target",
              "myopia_change=-0.5 counted=30 growth=80 level=40");
}

static void
dry_run__leaves_nothing (void **state)
{
  g_autofree char *conninfo = test_database_new ();
  g_autoptr (GHashTable) files = fixture_files ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Catalogue) read = NULL;
  Db *db = db_open (conninfo, TRUE, &error);

  (void)state;
  if (!store_migrate (db, &error))
    fail_msg ("%s", error->message);
  ground_store (db, files);
  assert_sql (db, "select current_user = session_user", "t");
  read = store_read_catalogue (db, &error);
  assert_non_null (read);
  db_close (db);
  db = db_open (conninfo, FALSE, &error);
  assert_sql (db, "select to_regnamespace('plumbline') is null", "t");
  db_close (db);
}

/* Readers hold no lock that a repeated init would wait for. */
static void
store__again_while_somebody_reads__does_not_wait (void **state)
{
  Db *db = *state;
  g_autoptr (GHashTable) files = fixture_files ();
  g_autofree char *name = value_of (db, "select current_database()");
  g_autofree char *conninfo = NULL;
  g_autoptr (Db) reader = NULL;

  conninfo = g_strdup_printf ("host='%s' dbname='%s' user='%s'", PQhost (db_conn (db)), name, PQuser (db_conn (db)));
  ground_store (db, files);
  reader = db_open (conninfo, FALSE, NULL);
  assert_non_null (reader);
  assert_true (db_begin (reader, NULL));
  run_sql (reader, "select (select count(*) from monitor.myopia), (select count(*) from monitor.target), (select "
                   "count(*) from monitor.area), "
                   "(select count(*) from indicator.myopia)");
  run_sql (db, "set lock_timeout = '2s'");
  assert_true (store_migrate (db, NULL));
  ground_store (db, files);
  db_rollback (reader);
}

static void
standard_catalogues__each__loads_twice (void **state)
{
  static const char *const folders[] = { "seeds", "seeds/examples/taiwan", "seeds/examples/united_states", "seeds" };
  Db *db = *state;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Catalogue) c = catalogue_read (folders[i], &error);
    g_autoptr (Catalogue) again = NULL;

    if (c == NULL || !store_catalogue (db, c, &error) || !store_catalogue (db, c, &error))
      fail_msg ("%s", error->message);
    again = store_read_catalogue (db, &error);
    if (again == NULL)
      fail_msg ("%s", error->message);
    assert_int_equal (again->rules->len, c->rules->len);
  }
  assert_sql (db, "select count(*) from monitor.target where plan = '2022'", "48");
  assert_sql (db, "select plumbline.current_area('210122')", "210115");
  assert_sql (db, "select array_to_string(plumbline.columns('monitor.after_school'), ' ')",
              "school_code period enrolled willing served days_per_week hours_per_day district_code batch_id line_no "
              "provisional year known_from suppressed");
  assert_sql (db, "select count(*) from plumbline.area", "17");
}

#define db_test(f) cmocka_unit_test_setup_teardown (f, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    db_test (migrate__again__changes_nothing),
    db_test (migrate__applied_text_has_changed__refused),
    db_test (migrate__database_is_newer__refused),
    db_test (migrate__a_view_is_gone_or_old__made_again),
    db_test (read__no_catalogue_yet__says_what_to_run),
    db_test (read__database_is_older__says_what_to_run),
    db_test (store__again__no_row_and_no_view_moves),
    db_test (store__and_read__the_same_catalogue),
    db_test (store__target_changed__the_old_one_is_history),
    cmocka_unit_test (dry_run__leaves_nothing),
    db_test (store__again_while_somebody_reads__does_not_wait),
    db_test (standard_catalogues__each__loads_twice),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
