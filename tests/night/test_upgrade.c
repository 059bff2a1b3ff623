/* Databases that earlier programs left, with what they had taken in and measured, become what a new one is. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include "base/cluster.h"
#include "base/sql.h"

#include <string.h>

#define FOLDER "tests/night/upgrade/"
#define TODAY " --today 2022-12-31"

/* As dumped by the program whose last migration has that number, after it had taken in FOLDER inbox/, file by file. */
static const char *const dumps[] = { "0008", "0016" };

static const char *const order[] = { "schools",
                                     "myopia-2020-autumn",
                                     "myopia-2021-autumn",
                                     "myopia-2022-spring",
                                     "myopia-corrected",
                                     "myopia-2022-autumn",
                                     "weight-2021-autumn",
                                     "weight-2022-autumn",
                                     "places-2021-autumn",
                                     "places-2022-autumn",
                                     "after-2022-11",
                                     "tally-2022-11",
                                     "tally-wrong" };

static Site *fresh;

/* What a dump of one database lacks, roles and who may connect, is made as restore makes it. */
static void
restore (const Site *site, const char *number)
{
  g_autoptr (Db) db = site_connect (site);
  g_autofree char *psql = cluster_tool ("psql", NULL), *folder = g_canonicalize_filename (FOLDER, NULL);
  g_autofree char *command = g_strdup_printf (
      "gzip -dc '%s/%s.sql.gz' | '%s' -X -q -v ON_ERROR_STOP=1 -d \"$0\" >/dev/null", folder, number, psql);
  char *argv[] = { "/bin/sh", "-c", command, site->conninfo, NULL };
  g_autofree char *err = NULL;
  int status = -1;

  run_sql (db, sql_query ("make_roles"));
  assert_true (g_spawn_sync ("/", argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &err, &status, NULL));
  if (status != 0)
    fail_msg ("%s: %s", number, err);
}

static void
take_in (const Site *site, const char *export)
{
  g_autofree char *name = g_strdup_printf (FOLDER "inbox/%s.csv", export), *path = g_canonicalize_filename (name, NULL);
  g_autofree char *line = g_strdup_printf ("@db ingest --quiet --rejects-ok" TODAY " %s", path);

  site_expect (site, line, 0, "");
}

static void
take_all_in (const Site *site)
{
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    take_in (site, order[i]);
  site_expect (site, "@db measure --quiet" TODAY, 0, "");
}

typedef struct {
  const char *what, *sql;
} Question;

#define OWN "n.nspname in ('plumbline', 'feed', 'indicator', 'monitor', 'published', 'district')"

/* Partitions are named by what came in, so their parents stand for them. A dump may set parentheses another way. */
static const Question shape[] = {
  { "columns", "select c.oid::regclass || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || "
               "a.attnotnull || ' ' || "
               "coalesce(pg_get_expr(d.adbin, d.adrelid), '') from pg_attribute a join pg_class c on c.oid = "
               "a.attrelid join pg_namespace n "
               "on n.oid = c.relnamespace left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where " OWN
               " and c.relkind in ('r', 'p', 'v') and not c.relispartition and a.attnum > 0 and not a.attisdropped" },
  { "relations", "select c.oid::regclass || ' ' || c.relkind::text || ' ' || pg_get_userbyid(c.relowner) || ' ' || "
                 "c.relrowsecurity from pg_class c join "
                 "pg_namespace n on n.oid = c.relnamespace where " OWN
                 " and c.relkind in ('r', 'p', 'v', 'S') and not c.relispartition" },
  { "constraints",
    "select o.conrelid::regclass || ' ' || o.conname || ' ' || translate(pg_get_constraintdef(o.oid), '()', '') from "
    "pg_constraint o join "
    "pg_class c on "
    "c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace where " OWN " and not c.relispartition" },
  { "indexes", "select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid join "
               "pg_namespace n on n.oid = "
               "c.relnamespace where " OWN " and not c.relispartition" },
  { "functions", "select p.oid::regprocedure || ' ' || pg_get_userbyid(p.proowner) || ' ' || p.prosecdef || ' ' || "
                 "md5(p.prosrc) || ' ' || "
                 "coalesce(array_to_string(p.proconfig, ' '), '') from pg_proc p join pg_namespace n on n.oid = "
                 "p.pronamespace where " OWN },
  { "views", "select c.oid::regclass || ' ' || md5(pg_get_viewdef(c.oid)) from pg_class c join pg_namespace n on n.oid "
             "= c.relnamespace where " OWN " and c.relkind = 'v'" },
  { "rights", "select c.oid::regclass || ' ' || (select string_agg(x::text, ',' order by x::text) from "
              "unnest(c.relacl) x) from pg_class c join "
              "pg_namespace n on n.oid = c.relnamespace where " OWN
              " and c.relkind in ('r', 'p', 'v') and not c.relispartition" },
  { "migrations", "select file_name || ' ' || sha256 from plumbline.migration" },
};

#define ROWS(view)                                                                                                     \
  {                                                                                                                    \
    view, "select (to_jsonb(t) - '{batch_id, known_from, received_at, run_id, at}'::text[])::text from monitor." view  \
          " t"                                                                                                         \
  }

static const Question answers[] = {
  ROWS ("area"),
  ROWS ("school"),
  ROWS ("feed"),
  ROWS ("indicator"),
  ROWS ("target"),
  ROWS ("myopia"),
  ROWS ("weight"),
  ROWS ("places"),
  ROWS ("after_school"),
  ROWS ("tally"),
  ROWS ("estimate"),
  ROWS ("trend"),
  ROWS ("verdict"),
  { "myopia before the correction",
    "select (to_jsonb(t) - '{batch_id, known_from, known_to}'::text[])::text from feed.myopia_history t" },
  { "batches", "select file_name || ' ' || status || ' ' || coalesce(rows_accepted::text, '') from monitor.batch where "
               "status = 'loaded'" },
  { "rejects", "select rule || ' ' || line_no || ' ' || coalesce(value, '') from monitor.reject join monitor.batch "
               "using (batch_id) where batch.status = 'loaded'" },
};

static char *
first_difference (const char *found, const char *wanted)
{
  g_auto (GStrv) a = g_strsplit (found != NULL ? found : "", "\n", -1);
  g_auto (GStrv) b = g_strsplit (wanted != NULL ? wanted : "", "\n", -1);
  guint i = 0;

  while (a[i] != NULL && b[i] != NULL && strcmp (a[i], b[i]) == 0)
    i++;
  return a[i] == NULL && b[i] == NULL ? NULL : g_strdup_printf ("%s\n  of a new one: %s", a[i], b[i]);
}

static void
assert_alike (const Site *site, const Question questions[], guint n, const char *number)
{
  g_autoptr (GString) differences = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    g_autofree char *sql
        = g_strdup_printf ("select string_agg(x, E'\\n' order by x collate \"C\") from (%s) q(x)", questions[i].sql);
    g_autofree char *found = site_query (site, sql), *wanted = site_query (fresh, sql),
                    *difference = first_difference (found, wanted);

    assert_non_null (wanted);
    if (difference != NULL)
      g_string_append_printf (differences, "%s: %s\n", questions[i].what, difference);
  }
  if (differences->len > 0)
    fail_msg ("after the upgrade from %s\n%s", number, differences->str);
}

static void
init__database_of_an_earlier_program__answers_like_a_new_one (void **state)
{
  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (dumps); i++) {
    g_autoptr (Site) site = site_bare ();

    restore (site, dumps[i]);
    site_expect (site, "@db status", 78, "run plumbline init");
    site_expect (site, "@db init --quiet", 0, "");
    assert_alike (site, shape, G_N_ELEMENTS (shape), dumps[i]);
    take_in (site, "tally-wrong"); /* an earlier program may have refused as a whole what goes in but for a row today */
    site_expect (site, "@db measure --quiet" TODAY, 0, "");
    assert_alike (site, answers, G_N_ELEMENTS (answers), dumps[i]);
  }
}

static void
every_command__database_of_a_later_program__78_and_untouched (void **state)
{
  static const char *const lines[]
      = { "@db init", "@db ingest", "@db measure", "@db alert", "@db report", "@db nightly", "@db status" };
  g_autoptr (Db) db = site_connect (fresh);

  (void)state;
  run_sql (db, "insert into plumbline.migration (file_name, sha256, applied_at) values ('9999_later.sql', 'x', now())");
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *before = site_fingerprint (fresh), *after = NULL;

    site_expect (fresh, lines[i], 78, "the database is newer than this program: it has migration 9999_later.sql");
    after = site_fingerprint (fresh);
    assert_string_equal (before, after);
  }
  run_sql (db, "delete from plumbline.migration where file_name = '9999_later.sql'");
}

static int
set_up (void **state)
{
  (void)state;
  if (site_program () == NULL)
    return -1;
  fresh = site_new ();
  take_all_in (fresh);
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  site_free (fresh);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (init__database_of_an_earlier_program__answers_like_a_new_one),
    cmocka_unit_test (every_command__database_of_a_later_program__78_and_untouched),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
