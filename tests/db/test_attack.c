/* What each kind of reader gets who tries more than he may: every attempt is printed with what it got, and nothing that
   it got may be one of the secrets. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "publish/release.h"

#include <string.h>
#include <unistd.h>

/* Numbers and texts that stand nowhere else: pupils of another district, a hidden numerator, a mail address, a large
   object, the system's accounts, a password's verifier. */
static const char *const secrets[]
    = { "7919", "9967", "secret@example.org", "large secret", "root:x:", "SCRAM-SHA-256" };

enum { STATISTICIAN = 1, DISTRICT = 2, PUBLIC = 4, ALL = 7 };

static const struct {
  const char *name;
  const char *role;
  int bit;
} readers[] = {
  { "statistician", "plumbline_statistician", STATISTICIAN },
  { "district", "plumbline_district", DISTRICT },
  { "public", "plumbline_public", PUBLIC },
};

typedef struct {
  Db *db;
  char *logins[G_N_ELEMENTS (readers)];
  char *object; /* a large object of the owner's */
} Attack;

#define DENIED "refused: permission denied"
#define NO_FUNCTION "refused: permission denied for function"

static const struct {
  int who;
  const char *sql; /* %OBJECT% is a large object of the owner's, %CONNINFO% and %DATABASE% the server's */
  const char *got; /* how it begins */
} attempts[] = {
  /* Tables and functions that are not for them. */
  { ALL, "select myopic from feed.myopia", DENIED },
  { ALL, "select numerator from plumbline.release_row", DENIED },
  { ALL, "select numerator from plumbline.estimate", DENIED },
  { ALL, "select address from plumbline.recipient", DENIED },
  { ALL, "select * from indicator.myopia", DENIED },
  { DISTRICT | PUBLIC, "select myopic from monitor.myopia", DENIED },
  { DISTRICT | PUBLIC, "select numerator from monitor.estimate", DENIED },
  { DISTRICT | PUBLIC, "select * from monitor.changes_since('2000-01-01')", DENIED },
  { STATISTICIAN | PUBLIC, "select * from district.rows_of_myopia()", DENIED },
  { ALL, "select * from plumbline.rows_to_release(array['2022-autumn'], 'district', 'none')", DENIED },
  { ALL, "select plumbline.admit_reader(session_user, '210103')", DENIED },
  { ALL, "select plumbline.fill_release(1)", DENIED },
  { ALL, "update plumbline.district_reader set district_code = '210103'", DENIED },
  { ALL, "insert into published.release (released_at) values (now())", DENIED },
  { ALL, "delete from published.estimate", DENIED },
  { ALL, "truncate published.estimate", DENIED },
  { ALL, "begin; lock table published.estimate in access exclusive mode", DENIED },
  { ALL, "comment on table published.estimate is 'mine'", "refused: must be owner" },
  /* Casts and divisions in predicates, which are tried on rows that a view hides. */
  { DISTRICT, "select count(*) from district.myopia where ('x' || myopic)::date is not null",
    "refused: invalid input syntax for type date: \"x20\"" },
  { DISTRICT, "select count(*) from district.myopia where 1 / (7919 - myopic) is not null", "2" },
  { DISTRICT, "select count(*) from district.rows_of_myopia() where 1 / (7919 - myopic) is not null", "2" },
  { DISTRICT | PUBLIC, "select count(*) from published.estimate where hidden and ('x' || numerator)::date is not null",
    "0" },
  { PUBLIC, "select count(*) from published.estimate where hidden and 1 / (9967 - coalesce(numerator, 0)) is null",
    "0" },
  { PUBLIC, "select numerator, value, low95, high95 from published.estimate where hidden", "|||" },
  { PUBLIC, "select count(*) from published.estimate_2022 where numerator > 9000 and hidden", "0" },
  /* Plans, what they count, and the statistics that they are made from. */
  { DISTRICT, "explain (analyze, costs off, timing off, summary off) select * from district.myopia where myopic > 7000",
    "Function Scan on rows_of_myopia (actual rows=0 loops=1)|  Filter: (myopic > 7000)|  Rows Removed by Filter: 2" },
  { DISTRICT | PUBLIC, "explain analyze select * from monitor.myopia", DENIED },
  { PUBLIC,
    "explain (analyze, costs off, timing off, summary off) select 1 from published.estimate where hidden and numerator "
    "> 9000",
    "Result (actual rows=0 loops=1)" },
  { ALL,
    "select most_common_vals, histogram_bounds from pg_stats where schemaname in ('feed', 'plumbline', 'indicator')",
    "" },
  { ALL, "select stavalues1 from pg_statistic", DENIED },
  { ALL, "select count(*) from pg_stats_ext where schemaname in ('feed', 'plumbline')", "0" },
  { PUBLIC, "select count(*) from pg_stats where tablename ~ '^estimate' and most_common_vals::text ~ '9967'", "0" },
  { ALL, "select count(*) from pg_stat_activity where usename <> session_user and query ~ 'myopia'", "0" },
  { ALL, "set log_statement_stats = on", DENIED },
  { ALL, "load 'auto_explain'", "refused: access to library \"auto_explain\" is not allowed" },
  /* Code of one's own that the planner would run early. */
  { STATISTICIAN,
    "create function pg_temp.f(x bigint) returns boolean language plpgsql cost 0.0000001 as 'begin raise notice ''%'', "
    "x; return true; end'",
    "" },
  { STATISTICIAN, "select count(*) from plumbline.release_row where pg_temp.f(numerator)", DENIED },
  { STATISTICIAN, "select count(*) from published.estimate where hidden and pg_temp.f(numerator)", "[<NULL>]|1" },
  { DISTRICT | PUBLIC,
    "create function pg_temp.f(x bigint) returns boolean language plpgsql cost 0.0000001 as 'begin raise notice ''%'', "
    "x; return true; end'",
    DENIED },
  { ALL, "create function published.f(x bigint) returns boolean language sql cost 0.0000001 as 'select true'", DENIED },
  { ALL, "create function public.f(x bigint) returns boolean language sql cost 0.0000001 as 'select true'", DENIED },
  { ALL, "create schema mine", DENIED },
  { DISTRICT | PUBLIC, "create temp table t as select * from published.estimate", DENIED },
  { STATISTICIAN, "create temp table t as select * from plumbline.release_row", DENIED },
  { DISTRICT | PUBLIC, "select * into temp t from published.estimate", DENIED },
  { DISTRICT | PUBLIC, "create temp view v as select 1", DENIED },
  { STATISTICIAN, "create temp view v as select * from plumbline.release_row", DENIED },
  { ALL, "create extension postgres_fdw", DENIED },
  { ALL, "create operator published.=== (leftarg = bigint, rightarg = bigint, function = int8eq)", DENIED },
  { ALL, "alter function plumbline.own_district() cost 1", DENIED },
  /* Other roles. */
  { ALL, "set role plumbline_owner", DENIED },
  { ALL, "set role plumbline_etl", DENIED },
  { DISTRICT | PUBLIC, "set role plumbline_statistician", DENIED },
  { STATISTICIAN | PUBLIC, "set role plumbline_district", DENIED },
  { ALL, "grant plumbline_owner to current_user", "refused: must have admin option on role" },
  { ALL, "alter role current_user bypassrls", "refused: must be superuser" },
  { ALL, "create role other login", DENIED },
  { ALL, "select rolpassword from pg_authid", DENIED },
  { ALL, "select passwd from pg_shadow", DENIED },
  { ALL, "alter system set log_min_messages = debug5", DENIED },
  { DISTRICT,
    "select count(*) from set_config('plumbline.today', '2030-01-01', false), district.myopia where district_code <> "
    "'210102'",
    "0" },
  { DISTRICT,
    "set search_path = published, pg_catalog; select count(*) from district.myopia where district_code <> '210102'",
    "0" },
  { DISTRICT, "set row_security = off; select count(*) from district.myopia where district_code <> '210102'", "0" },
  /* Large objects. */
  { ALL, "select lo_import('/etc/passwd')", NO_FUNCTION },
  { ALL, "select lo_import('/etc/passwd', 4711)", NO_FUNCTION },
  { ALL, "select lo_export(%OBJECT%, '/tmp/plumbline-leak')", NO_FUNCTION },
  { ALL, "select lo_get(%OBJECT%)", "refused: permission denied for large object" },
  { ALL, "select lo_get(%OBJECT%, 0, 10)", "refused: permission denied for large object" },
  { ALL, "select lo_put(%OBJECT%, 0, 'x')", "refused: permission denied for large object" },
  { ALL, "select lo_unlink(%OBJECT%)", "refused: must be owner of large object" },
  { ALL, "select lo_open(%OBJECT%, 262144)", "refused: permission denied for large object" },
  { ALL, "select data from pg_largeobject", DENIED },
  /* He may make one of his own, and gets back what he wrote. */
  { ALL, "begin; select lo_from_bytea(4711, 'mine'); select encode(lo_get(4711), 'escape')", "4711|mine" },
  /* Files and programs. */
  { ALL, "copy (select 1) to program 'id'",
    "refused: must be superuser or have privileges of the pg_execute_server_program role" },
  { ALL, "copy published.release from program 'id'",
    "refused: must be superuser or have privileges of the pg_execute_server_program role" },
  { ALL, "copy (select 1) to '/tmp/plumbline-leak'",
    "refused: must be superuser or have privileges of the pg_write_server_files role" },
  { ALL, "copy feed.myopia to stdout", DENIED },
  { ALL, "select pg_read_file('/etc/passwd')", NO_FUNCTION },
  { ALL, "select pg_read_binary_file('PG_VERSION')", NO_FUNCTION },
  { ALL, "select pg_ls_dir('.')", NO_FUNCTION },
  { ALL, "select pg_stat_file('PG_VERSION')", NO_FUNCTION },
  { ALL, "select pg_current_logfile()", NO_FUNCTION },
  { ALL, "do language plpythonu 'pass'", "refused: language \"plpythonu\" does not exist" },
  /* Another connection, where an administrator has let everybody use dblink. */
  { ALL, "select * from linking.dblink('dbname=%DATABASE%', 'select myopic from feed.myopia') as t(x bigint)",
    "refused: password is required" },
  { ALL, "select * from linking.dblink('%CONNINFO%', 'select myopic from feed.myopia') as t(x bigint)",
    "refused: password is required" },
  { ALL, "select * from linking.dblink('%CONNINFO% password=x', 'select myopic from feed.myopia') as t(x bigint)",
    "refused: password is required" },
  { ALL, "select linking.dblink_connect('%CONNINFO%')", "refused: password is required" },
  { ALL, "select linking.dblink_connect_u('%CONNINFO%')", NO_FUNCTION },
  { ALL, "create server other foreign data wrapper dblink_fdw", DENIED },
};

/* ------------------------------------------------------------------------------------------------------------------ */

#define SECRETS                                                                                                        \
  "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group, "    \
  "valid_from, valid_to, batch_id, "                                                                                   \
  "line_no, provisional, known_from) select d || '0001', '学校', d, 'primary', 'public', false, false, false, "      \
  "'2010-01-01', null, 0, 1, false, now() "                                                                            \
  "from unnest(array['210102', '210103']) d;"                                                                          \
  "select plumbline.ensure_year('feed.myopia', 2022), plumbline.ensure_year('plumbline.estimate', 2022);"              \
  "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, "        \
  "line_no, provisional, known_from) "                                                                                 \
  "select d, 2022, d || '0001', '2022-autumn', 'P' || g, 'M', 9000, case d when '210102' then 20 else 7919 end, 0, "   \
  "1, false, now() "                                                                                                   \
  "from unnest(array['210102', '210103']) d, generate_series(1, 2) g;"                                                 \
  "insert into plumbline.recipient (recipient, name, address, role, area_code, language, position, known_from) "       \
  "values ('secret', "                                                                                                 \
  "'x', 'secret@example.org', "                                                                                        \
  "'city', '210100', 'zh', 999, now());"                                                                               \
  "insert into plumbline.run (command, today, started_at, version) values ('publish', '2023-01-31', now(), 'test');"   \
  "insert into plumbline.estimate (district_code, year, indicator, area_code, period, stratum, numerator, "            \
  "denominator, value, schools_reporting, "                                                                            \
  "schools_expected, provisional, known_from) select a, 2022, 'myopia', a, '2022-autumn', 'all', x, n, 50, 1, 1, "     \
  "false, now() "                                                                                                      \
  "from (values ('210100', 20000, 40000), ('210102', 5033, 15027), ('210103', 9967, 9973), ('210104', 5000, 15000)) "  \
  "t(a, x, n);"                                                                                                        \
  "create schema linking; create extension dblink schema linking"

static void
grant_linking (Db *db)
{
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
    g_autofree char *sql = g_strdup_printf ("grant usage on schema linking to %s", readers[i].role);

    run_sql (db, sql);
  }
}

static int
set_up (void **state)
{
  Attack *a = g_new0 (Attack, 1);
  g_autoptr (GError) error = NULL;
  ReleaseSummary sum;

  a->db = ground_new (export_catalogue (""), "2023-01-31");
  run_sql (a->db, SECRETS);
  grant_linking (a->db);
  if (!release_make (a->db, &(ReleaseOptions){ .strata = "none", .run_id = 1, .version = "test" }, &sum, &error))
    fail_msg ("%s", error->message);
  assert_sql (a->db, "select string_agg(area_code, ' ') from published.estimate where hidden", "210103");
  a->object = value_of (a->db, "select lo_from_bytea(0, 'large secret')");
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
    g_autofree char *sql = NULL;

    a->logins[i] = g_strdup_printf ("test_attack_%s_%d", readers[i].name, getpid ());
    sql = g_strdup_printf ("create role %s login in role %s password 'p'", a->logins[i], readers[i].role);
    run_sql (a->db, sql);
  }
  {
    g_autofree char *admit = g_strdup_printf ("select plumbline.admit_reader('%s', '210102')", a->logins[1]);

    run_sql (a->db, admit);
  }
  run_sql (a->db, "analyze");
  *state = a;
  return 0;
}

static int
tear_down (void **state)
{
  Attack *a = *state;

  run_sql (a->db, "reset session authorization");
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
    g_autofree char *sql = g_strdup_printf ("drop owned by %1$s; drop role %1$s", a->logins[i]);

    run_sql (a->db, sql);
    g_free (a->logins[i]);
  }
  db_close (a->db);
  g_free (a->object);
  g_free (a);
  return 0;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
add_rows (GString *got, const PGresult *result)
{
  for (int i = 0; i < PQntuples (result); i++) {
    g_string_append (got, got->len > 0 ? "|" : "");
    for (int j = 0; j < PQnfields (result); j++)
      g_string_append_printf (got, "%s%s", j > 0 ? "|" : "", PQgetvalue (result, i, j));
  }
}

static void
add_notice (void *data, const PGresult *notice)
{
  g_string_append_printf (data, "[%s]", PQresultErrorField (notice, PG_DIAG_MESSAGE_PRIMARY));
}

/* Everything that comes back: rows, notices, what is copied out, the words of a refusal with its details. */
static char *
get (PGconn *conn, const char *sql)
{
  g_autoptr (GString) got = g_string_new (NULL);
  PQnoticeReceiver before = PQsetNoticeReceiver (conn, add_notice, got);
  PGresult *result = NULL;

  assert_int_equal (PQsendQuery (conn, sql), 1);
  while ((result = PQgetResult (conn)) != NULL) {
    char *line = NULL;

    if (PQresultStatus (result) == PGRES_FATAL_ERROR)
      g_string_append_printf (got, "refused: %s %s", PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY),
                              PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL) != NULL
                                  ? PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL)
                                  : "");
    else
      add_rows (got, result);
    while (PQresultStatus (result) == PGRES_COPY_OUT && PQgetCopyData (conn, &line, 0) > 0) {
      g_string_append (got, line);
      PQfreemem (line);
    }
    PQclear (result);
  }
  PQsetNoticeReceiver (conn, before, NULL);
  if (PQtransactionStatus (conn) != PQTRANS_IDLE)
    PQclear (PQexec (conn, "rollback"));
  return g_strchomp (g_string_free (g_steal_pointer (&got), FALSE));
}

static char *
fill_in (const Attack *a, const char *sql)
{
  g_autoptr (GString) text = g_string_new (sql);
  PGconn *conn = db_conn (a->db);
  g_autofree char *conninfo
      = g_strdup_printf ("host=%s port=%s dbname=%s user=%s", PQhost (conn), PQport (conn), PQdb (conn), PQuser (conn));

  g_string_replace (text, "%OBJECT%", a->object, 0);
  g_string_replace (text, "%CONNINFO%", conninfo, 0);
  g_string_replace (text, "%DATABASE%", PQdb (conn), 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
attack (const Attack *a, guint reader)
{
  g_autofree char *become = g_strdup_printf ("set session authorization %s", a->logins[reader]);
  guint tried = 0, leaks = 0, other = 0;

  run_sql (a->db, become);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
    g_autofree char *sql = fill_in (a, attempts[i].sql), *got = NULL;

    if ((attempts[i].who & readers[reader].bit) == 0)
      continue;
    got = get (db_conn (a->db), sql);
    tried++;
    for (guint j = 0; j < G_N_ELEMENTS (secrets); j++)
      leaks += strstr (got, secrets[j]) != NULL;
    if (*attempts[i].got == '\0' ? *got != '\0' : !g_str_has_prefix (got, attempts[i].got)) {
      other++;
      print_message ("# NOT AS FORESEEN, %s\n", attempts[i].got);
    }
    print_message ("# %s: %s -> %s\n", readers[reader].name, attempts[i].sql, *got != '\0' ? got : "nothing");
  }
  run_sql (a->db, "reset session authorization; reset all");
  print_message ("# %s: %u attempts, %u leaks\n", readers[reader].name, tried, leaks);
  assert_int_equal (leaks, 0);
  assert_int_equal (other, 0);
  assert_true (tried > 50);
}

static void
attack__statistician__gets_nothing_beyond_monitor (void **state)
{
  attack (*state, 0);
}

static void
attack__district__gets_nothing_of_others (void **state)
{
  attack (*state, 1);
}

static void
attack__public__gets_nothing_that_is_hidden (void **state)
{
  attack (*state, 2);
}

/* Whoever may read them gets the secrets: the search for leaks can find some. */
static void
attack__owner__gets_them (void **state)
{
  static const char *const open[]
      = { "select myopic from feed.myopia",          "select numerator from plumbline.release_row",
          "select address from plumbline.recipient", "select encode(lo_get(%OBJECT%), 'escape')",
          "select pg_read_file('/etc/passwd')",      "select rolpassword from pg_authid" };
  const Attack *a = *state;

  for (guint i = 0; i < G_N_ELEMENTS (open); i++) {
    g_autofree char *sql = fill_in (a, open[i]), *got = get (db_conn (a->db), sql);

    assert_non_null (strstr (got, secrets[i]));
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (attack__statistician__gets_nothing_beyond_monitor),
    cmocka_unit_test (attack__district__gets_nothing_of_others),
    cmocka_unit_test (attack__public__gets_nothing_that_is_hidden),
    cmocka_unit_test (attack__owner__gets_them),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
