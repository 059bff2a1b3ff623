/* Who may do what, and what a reader gets who tries more. */
#include "../support/export.h"
#include "../support/ground.h"
#include "../support/server.h"
#include "../support/sql.h"

#include <string.h>
#include <unistd.h>

typedef struct {
  Db *db;
  char *district; /* a login of plumbline_district, for 210102 */
  char *stranger; /* one that was never admitted */
  char *public;
} Readers;

static char *
make_login (Db *db, const char *name, const char *role)
{
  char *login = g_strdup_printf ("test_%s_%d", name, getpid ());
  g_autofree char *sql = g_strdup_printf ("create role %s login in role %s", login, role);

  run_sql (db, sql);
  return login;
}

#define ROWS                                                                                                           \
  "insert into feed.schools (school_code, name, district_code, stage, ownership, inclusive, recognised, in_group, "    \
  "valid_from, valid_to,"                                                                                              \
  " batch_id, line_no, provisional, known_from) select d || '0001', '学校', d, 'primary', 'public', false, false, "  \
  "false, '2010-01-01',"                                                                                               \
  " null, 0, 1, false, now() from unnest(array['210102', '210103']) d;"                                                \
  "select plumbline.ensure_year('feed.myopia', 2022);"                                                                 \
  "insert into feed.myopia (district_code, year, school_code, period, grade, sex, examined, myopic, batch_id, "        \
  "line_no, provisional,"                                                                                              \
  " known_from) select d, 2022, d || '0001', '2022-autumn', 'P' || g, 'M', 40, case d when '210102' then 20 else 39 "  \
  "end, 0, 1, false, now()"                                                                                            \
  " from unnest(array['210102', '210103']) d, generate_series(1, case d when '210102' then 2 else 3 end) g;"           \
  "select plumbline.ensure_year('plumbline.school_estimate', 2022);"                                                   \
  "insert into plumbline.school_estimate (district_code, year, indicator, school_code, period, numerator, "            \
  "denominator, value, provisional, known_from) select d, 2022, 'myopia', d || '0001', '2022-autumn', 40, 80, 50, "    \
  "false, now() from unnest(array['210102', '210103']) d;"                                                             \
  "analyze"

static int
set_up (void **state)
{
  Readers *r = g_new0 (Readers, 1);
  g_autofree char *admit = NULL;

  r->db = ground_new (export_catalogue (""), NULL);
  r->district = make_login (r->db, "district", "plumbline_district");
  r->stranger = make_login (r->db, "stranger", "plumbline_district");
  r->public = make_login (r->db, "public", "plumbline_public");
  admit = g_strdup_printf ("select plumbline.admit_reader('%s', '210102')", r->district);
  run_sql (r->db, admit);
  run_sql (r->db, ROWS);
  *state = r;
  return 0;
}

static int
tear_down (void **state)
{
  Readers *r = *state;
  g_autofree char *sql
      = g_strdup_printf ("reset session authorization; drop role %s, %s, %s", r->district, r->stranger, r->public);

  run_sql (r->db, sql);
  db_close (r->db);
  g_free (r->district);
  g_free (r->stranger);
  g_free (r->public);
  g_free (r);
  return 0;
}

static void
become (const Readers *r, const char *login)
{
  g_autofree char *sql = g_strdup_printf ("set session authorization %s", login);

  run_sql (r->db, sql);
}

static int
become_again (void **state)
{
  run_sql (((Readers *)*state)->db, "reset session authorization");
  return 0;
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define OURS "('plumbline', 'feed', 'indicator', 'monitor', 'published', 'district')"

/* The catalogue as it must be: a line a role and schema. A new grant changes this test, or is a mistake. */
static void
catalogue__grants__as_the_snapshot_says (void **state)
{
  const Readers *r = *state;

  assert_sql (
      r->db,
      "select string_agg(line, E'\\n' order by line) from (select distinct rolname || ' ' || nspname || ' ' || "
      "privilege || ' ' || relkind::text as line"
      " from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join pg_roles r"
      " cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege"
      " where nspname in " OURS
      " and relkind in ('r', 'p', 'v', 'm', 'f', 'S') and r.rolname in ('plumbline_statistician', "
      "'plumbline_district', 'plumbline_public')"
      " and has_table_privilege(r.oid, c.oid, privilege)) x",
      "plumbline_district district select v\n"
      "plumbline_district published select p\n"
      "plumbline_district published select r\n"
      "plumbline_public published select p\n"
      "plumbline_public published select r\n"
      "plumbline_statistician monitor select v\n"
      "plumbline_statistician published select p\n"
      "plumbline_statistician published select r");
  assert_sql (r->db,
              "select string_agg(rolname || ' ' || nspname, ', ' order by rolname, nspname) from pg_namespace n, "
              "pg_roles r where nspname in " OURS " and rolname in ('plumbline_statistician', 'plumbline_district', "
              "'plumbline_public') and has_schema_privilege(r.oid, n.oid, 'usage')",
              "plumbline_district district, plumbline_district published, plumbline_public published, "
              "plumbline_statistician monitor,"
              " plumbline_statistician published");
  assert_sql (
      r->db,
      "select string_agg(nspname || ' ' || rolname, ', ') from pg_namespace n, pg_roles r where nspname in " OURS
      " and (rolname like 'plumbline%' and rolname <> 'plumbline_owner' and not rolsuper) and "
      "has_schema_privilege(r.oid, n.oid, 'create')",
      "null");
}

static void
catalogue__public__may_do_nothing (void **state)
{
  const Readers *r = *state;

  assert_sql (r->db,
              "select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p join pg_namespace n on n.oid = "
              "p.pronamespace where nspname in " OURS
              " and (proacl is null or exists (select from aclexplode(proacl) a where a.grantee = 0))",
              "null");
  assert_sql (r->db,
              "select string_agg(c.oid::regclass::text, ', ') from pg_class c join pg_namespace n on n.oid = "
              "c.relnamespace where nspname in " OURS
              " and exists (select from aclexplode(relacl) a where a.grantee = 0)",
              "null");
  assert_sql (r->db,
              "select string_agg(nspname, ', ') from pg_namespace n where nspname in ('public', 'plumbline', 'feed', "
              "'indicator', 'monitor', 'published', 'district')"
              " and exists (select from aclexplode(nspacl) a where a.grantee = 0)",
              "null");
  assert_sql (r->db,
              "select string_agg(privilege_type, ', ') from pg_database d, aclexplode(datacl) a where datname = "
              "current_database() and a.grantee = 0",
              "null");
}

static void
catalogue__functions_and_roles__pinned_and_without_login (void **state)
{
  const Readers *r = *state;

  assert_sql (r->db,
              "select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p join pg_namespace n on n.oid = "
              "p.pronamespace where nspname in " OURS
              " and prosecdef and not coalesce(proconfig @> array['search_path=pg_catalog'], false)",
              "null");
  assert_sql (r->db,
              "select string_agg(rolname, ', ') from pg_roles where rolname ~ '^plumbline_' and (rolcanlogin or "
              "rolbypassrls or rolsuper or rolcreaterole or rolcreatedb or rolreplication)",
              "null");
  assert_sql (r->db,
              "select string_agg(r.rolname || ' in ' || g.rolname, ', ') from pg_auth_members m join pg_roles r on "
              "r.oid = m.member join pg_roles g on g.oid = m.roleid"
              " where r.rolname ~ '^plumbline_'",
              "null");
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
district__reader__sees_its_own_schools_alone (void **state)
{
  const Readers *r = *state;

  become (r, r->district);
  assert_sql (
      r->db,
      "select string_agg(distinct district_code, ' ') || ' ' || count(*) || ' ' || sum(myopic) from district.myopia",
      "210102 2 40");
  assert_sql (r->db, "select string_agg(school_code, ' ') from district.school", "2101020001");
  assert_sql (r->db, "select string_agg(school_code, ' ') from district.school_estimate", "2101020001");
  assert_sql_refused (r->db, "select count(*) from monitor.school_estimate", "permission denied");
  become_again (state);
  become (r, r->stranger);
  assert_sql (r->db, "select count(*) from district.myopia", "0");
  assert_sql (r->db, "select count(*) from district.school_estimate", "0");
  become_again (state);
  assert_sql_refused (r->db, "select plumbline.admit_reader('x', '210100')", "there is no district 210100");
}

static void
district__every_view__has_comments_and_the_columns_of_monitor (void **state)
{
  const Readers *r = *state;

  assert_sql (r->db,
              "select string_agg(c.relname || '.' || a.attname, ', ') from pg_class c join pg_attribute a on "
              "a.attrelid = c.oid and a.attnum > 0"
              " where c.relnamespace = 'district'::regnamespace and (col_description(c.oid, a.attnum) is distinct from "
              "col_description(format('monitor.%I', c.relname)::regclass, a.attnum)"
              " or col_description(c.oid, a.attnum) is null)",
              "null");
  assert_sql (
      r->db,
      "select string_agg(relname, ' ' order by relname) from pg_class where relnamespace = 'district'::regnamespace",
      "after_school myopia places school school_estimate weight");
}

/* What each attempt got: an answer, which must be what is written here, or a refusal. */
static void
district__reader_who_tries_more__gets_nothing (void **state)
{
  static const struct {
    const char *sql;
    const char *refusal; /* NULL: it is answered */
    const char *answer;
  } attempts[] = {
    { "select * from feed.myopia", "permission denied", NULL },
    { "select * from monitor.myopia", "permission denied", NULL },
    { "select * from plumbline.release_row", "permission denied", NULL },
    { "select * from plumbline.district_reader", "permission denied", NULL },
    { "update plumbline.district_reader set district_code = '210103'", "permission denied", NULL },
    { "select plumbline.admit_reader(session_user, '210103')", "permission denied", NULL },
    { "select plumbline.ensure_year('feed.myopia', 2030)", "permission denied", NULL },
    { "set role plumbline_statistician", "permission denied", NULL },
    { "set role plumbline_etl", "permission denied", NULL },
    { "set role plumbline_owner", "permission denied", NULL },
    { "create temp table t (x int)", "permission denied", NULL },
    { "create function pg_temp.f() returns int language sql as 'select 1'", "permission denied", NULL },
    { "create function district.f(x anyelement) returns boolean language plpgsql cost 0.0000001 as 'begin raise notice "
      "''%'', x; return true; end'",
      "permission denied", NULL },
    { "create schema s", "permission denied", NULL },
    { "create extension dblink", "permission denied", NULL },
    { "copy (select 1) to program 'id'", "must be superuser or have privileges of the pg_execute_server_program role",
      NULL },
    { "copy (select 1) to '/tmp/leak'", "must be superuser or have privileges of the pg_write_server_files role",
      NULL },
    { "select pg_read_file('/etc/passwd')", "permission denied", NULL },
    { "select lo_import('/etc/passwd')", "permission denied", NULL },
    { "load 'auto_explain'", "access to library \"auto_explain\" is not allowed", NULL },
    { "alter role current_user bypassrls", "must be superuser", NULL },
    { "select ('x' || myopic)::date from district.myopia", "invalid input syntax for type date: \"x20\"", NULL },
    /* Division by the hidden rows' value would fail, were it tried on them. */
    { "select count(*) from district.myopia where 1 / (39 - myopic) is not null", NULL, "2" },
    { "select count(*) from district.myopia where case when district_code = '210103' then 1 / (year - year) else 1 end "
      "= 1",
      NULL, "2" },
    { "select count(*) from pg_stats where schemaname in ('feed', 'plumbline', 'monitor', 'district')", NULL, "0" },
    { "select count(*) from pg_stat_activity where query like '%myopia%' and pid <> pg_backend_pid()", NULL, "0" },
    { "select count(*) from information_schema.columns where table_schema in ('feed', 'plumbline', 'monitor')", NULL,
      "0" },
    { "select count(*) from information_schema.routines where routine_schema = 'district' and routine_definition is "
      "not null",
      NULL, "0" },
    { "select sum(myopic) from district.rows_of_myopia()", NULL, "40" },
  };
  const Readers *r = *state;

  become (r, r->district);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    if (attempts[i].refusal != NULL)
      assert_sql_refused (r->db, attempts[i].sql, attempts[i].refusal);
    else
      assert_sql (r->db, attempts[i].sql, attempts[i].answer);
}

/* Neither the plan nor what it counts knows of rows that are not the reader's. */
static void
district__explain_analyze__counts_own_rows_alone (void **state)
{
  const Readers *r = *state;
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) plan = NULL;

  become (r, r->district);
  plan = db_queryv (r->db, &error,
                    "explain (analyze, verbose, buffers off, timing off, summary off, costs off) select * from "
                    "district.myopia where myopic > 30",
                    DB_END);
  assert_non_null (plan);
  assert_non_null (strstr (PQgetvalue (plan, 0, 0), "Function Scan on district.rows_of_myopia"));
  for (int i = 0; i < PQntuples (plan); i++) {
    const char *line = PQgetvalue (plan, i, 0);

    assert_null (strstr (line, "feed."));
    assert_null (strstr (line, "monitor."));
    if (strstr (line, "Removed by Filter") != NULL)
      assert_non_null (strstr (line, "Removed by Filter: 2"));
  }
}

static void
public__reader__published_and_nothing_else (void **state)
{
  static const char *const refused[] = {
    "select * from feed.myopia",
    "select * from monitor.estimate",
    "select * from district.myopia",
    "select * from plumbline.release_row",
    "insert into published.release (released_at) values (now())",
    "delete from published.estimate",
    "set role plumbline_district",
    "create temp table t (x int)",
    "select monitor.as_of(now())",
  };
  const Readers *r = *state;

  become (r, r->public);
  assert_sql (r->db, "select count(*) from published.estimate", "0");
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_sql_refused (r->db, refused[i], "permission denied");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (catalogue__grants__as_the_snapshot_says),
    cmocka_unit_test (catalogue__public__may_do_nothing),
    cmocka_unit_test (catalogue__functions_and_roles__pinned_and_without_login),
    cmocka_unit_test_teardown (district__reader__sees_its_own_schools_alone, become_again),
    cmocka_unit_test (district__every_view__has_comments_and_the_columns_of_monitor),
    cmocka_unit_test_teardown (district__reader_who_tries_more__gets_nothing, become_again),
    cmocka_unit_test_teardown (district__explain_analyze__counts_own_rows_alone, become_again),
    cmocka_unit_test_teardown (public__reader__published_and_nothing_else, become_again),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
