/* What a monitoring system learns of a night: pings, and samples for Prometheus. */
#include "../support/server.h"
#include "../support/site.h"
#include "../support/sql.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define NIGHTLY "@db nightly --today 2022-12-31 "
#define SAMPLE "^plumbline_[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? -?[0-9]+(\\.[0-9]+)?$"

static Site *site;
static char *metrics; /* path */
static GSocketListener *listener;
static guint port;
static GMutex mutex;
static GString *requests; /* paths, each with a space after it */
static gboolean silent;   /* takes requests and never answers */

static gpointer
serve (gpointer data)
{
  (void)data;
  for (;;) {
    g_autoptr (GSocketConnection) connection = g_socket_listener_accept (listener, NULL, NULL, NULL);
    static GSocketConnection *kept;
    char text[4096] = "";
    char path[64] = "";
    GIOStream *io = (GIOStream *)connection;

    if (connection == NULL)
      return NULL;
    (void)!g_input_stream_read (g_io_stream_get_input_stream (io), text, sizeof text - 1, NULL, NULL);
    g_mutex_lock (&mutex);
    if (sscanf (text, "GET %63s", path) == 1)
      g_string_append_printf (requests, "%s ", path);
    if (silent) {
      g_clear_object (&kept);
      kept = g_steal_pointer (&connection);
    } else {
      const char *answer = strcmp (path, "/gone") == 0 ? "HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n"
                                                       : "HTTP/1.1 200 ok\r\nContent-Length: 0\r\n\r\n";

      g_output_stream_write_all (g_io_stream_get_output_stream (io), answer, strlen (answer), NULL, NULL, NULL);
    }
    g_mutex_unlock (&mutex);
  }
}

static char *
with_pings (const char *line, const char *success)
{
  return g_strdup_printf (
      "%s --ping-start http://127.0.0.1:%u/start --ping-success http://127.0.0.1:%u/%s --ping-failure "
      "http://127.0.0.1:%u/failure",
      line, port, port, success, port);
}

static void
expect_requests (const char *expected)
{
  g_mutex_lock (&mutex);
  assert_string_equal (requests->str, expected);
  g_string_truncate (requests, 0);
  g_mutex_unlock (&mutex);
}

static char *
read_metrics (void)
{
  char *text = NULL;

  assert_true (g_file_get_contents (metrics, &text, NULL, NULL));
  return text;
}

/* The value of a sample, its labels included; aborts the test when there is not exactly one. */
static double
sample_of (const char *text, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\n%s ", name);
  const char *at = strstr (text, start);

  if (at == NULL || strstr (at + 1, start) != NULL)
    fail_msg ("not one sample %s in\n%s", name, text);
  return g_ascii_strtod (at + strlen (start), NULL);
}

/* As promtool would: HELP and TYPE once before a family's samples, which stand together; no sample twice. */
static void
expect_format (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *family = NULL;

  for (char **line = lines; *line != NULL && **line != '\0'; line++) {
    g_autofree char *sample = g_strndup (*line, strcspn (*line, " "));

    if (g_str_has_prefix (*line, "# HELP ")) {
      g_auto (GStrv) words = g_strsplit (*line, " ", 4);
      g_autofree char *type = g_strdup_printf ("# TYPE %s gauge", words[2]);

      g_free (family);
      family = g_strdup (words[2]);
      assert_true (g_hash_table_add (seen, g_strdup (family)));
      assert_string_equal (*++line, type);
      continue;
    }
    if (!g_regex_match_simple (SAMPLE, *line, 0, 0))
      fail_msg ("no sample: %s", *line);
    assert_non_null (family);
    assert_int_equal (strncmp (sample, family, strlen (family)), 0);
    assert_true (strcmp (sample, family) == 0 || g_hash_table_add (seen, g_strdup (sample)));
  }
  assert_true (g_str_has_suffix (text, "\n"));
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
nightly__done_with_rejects_or_failed__pings_accordingly (void **state)
{
  g_autofree char *night = with_pings (NIGHTLY, "success"), *gone = with_pings (NIGHTLY, "gone");
  g_autofree char *dry = with_pings (NIGHTLY "--dry-run", "success");
  g_autofree char *away = with_pings ("nightly --db host=/nowhere --state /tmp", "success");
  g_autofree char *stage = with_pings ("@db measure", "success");

  (void)state;
  site_expect (site, night, 0, "");
  expect_requests ("/start /success ");
  g_free (site_file (site, "inbox/nonsense.csv", "nothing,that,means\nanything,at,all\n"));
  site_expect (site, night, 65, "");
  expect_requests ("/start /success ");
  site_expect (site, away, 69, "could not reach the database");
  expect_requests ("/start /failure ");
  site_expect (site, gone, 0, "could not ping 127.0.0.1: The requested URL returned error: 404");
  expect_requests ("/start /gone ");
  site_expect (site, dry, 0, "");
  site_expect (site, stage, 64, "does not belong to measure");
  expect_requests ("");
}

static void
nightly__beside_another__tells_nothing_of_its_end (void **state)
{
  g_autofree char *pings = with_pings (NIGHTLY, "success"), *line = g_strdup_printf ("%s --metrics %s", pings, metrics);
  g_autoptr (Db) db = site_connect (site);

  (void)state;
  run_sql (db, "select pg_advisory_lock(x'706c756d62'::bigint)");
  site_expect (site, line, 75, "another run holds the lock");
  expect_requests ("/start ");
  assert_false (g_file_test (metrics, G_FILE_TEST_EXISTS));
}

static void
nightly__monitor_never_answers__the_night_goes_on_after_ten_seconds (void **state)
{
  g_autofree char *line = g_strdup_printf (NIGHTLY "--ping-start http://127.0.0.1:%u/start", port);
  gint64 started = g_get_monotonic_time ();

  (void)state;
  silent = TRUE;
  site_expect (site, line, 0, "could not ping 127.0.0.1: Operation timed out");
  silent = FALSE;
  expect_requests ("/start ");
  assert_in_range (g_get_monotonic_time () - started, 10 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC);
}

static void
metrics__after_each_night__what_is_in_the_database (void **state)
{
  g_autofree char *line = g_strdup_printf (NIGHTLY "--metrics %s", metrics);
  g_autofree char *away = g_strdup_printf ("nightly --db host=/nowhere --state /tmp --metrics %s", metrics);
  g_autofree char *first = NULL, *second = NULL, *third = NULL, *files = NULL;
  struct stat st;

  (void)state;
  site_expect (site, line, 0, "");
  first = read_metrics ();
  expect_format (first);
  assert_int_equal (stat (metrics, &st), 0);
  assert_int_equal (st.st_mode & 0777, 0644);
  assert_true (sample_of (first, "plumbline_last_run_exit_status") == 0);
  assert_true (sample_of (first, "plumbline_stage_rows{stage=\"ingest\",kind=\"rejected\"}") == 0);
  files = site_query (site, "select count(*) from plumbline.batch where status = 'refused'");
  assert_true (sample_of (first, "plumbline_files{status=\"refused\"}") == g_ascii_strtod (files, NULL));
  assert_true (sample_of (first, "plumbline_last_success_timestamp_seconds") > 0);

  g_free (site_file (site, "inbox/wrong.csv",
                     "school_code,name,district_code,stage,ownership\n2101020001,A,210102,primary,public\n"
                     "2101020002,B,210102,primary,public\n2101020003,C,210102,nothing,public\n"));
  site_expect (site, line, 65, "");
  second = read_metrics ();
  expect_format (second);
  assert_true (sample_of (second, "plumbline_last_run_exit_status") == 65);
  assert_true (sample_of (second, "plumbline_stage_rows{stage=\"ingest\",kind=\"rejected\"}") > 0);
  assert_true (sample_of (second, "plumbline_last_success_timestamp_seconds")
               > sample_of (first, "plumbline_last_success_timestamp_seconds"));

  site_expect (site, away, 69, "could not reach the database");
  third = read_metrics ();
  expect_format (third);
  assert_true (sample_of (third, "plumbline_last_success_timestamp_seconds")
               == sample_of (second, "plumbline_last_success_timestamp_seconds"));
  assert_non_null (strstr (third, "\nplumbline_last_run_exit_status 69\n"));
}

static void
metrics__a_folder_that_is_not_there__the_night_is_done_all_the_same (void **state)
{
  (void)state;
  site_expect (site, NIGHTLY "--metrics /nowhere/plumbline.prom", 0, "could not write /nowhere/plumbline.prom");
}

static void
run__equal_settings__equal_hash_without_the_connection (void **state)
{
  (void)state;
  site_expect (site, NIGHTLY, 0, "");
  site_expect (site, NIGHTLY, 0, "");
  site_expect_sql (
      site,
      "select (count(distinct configuration) = 1 and min(length(configuration)) = 64 and bool_and(server like "
      "'1%'))::text from (select * from monitor.run order by run_id desc limit 2) r",
      "true");
  site_expect (site, NIGHTLY "--language en", 0, "");
  site_expect_sql (
      site, "select count(distinct configuration) from (select * from monitor.run order by run_id desc limit 2) r",
      "2");
}

static int
set_up (void **state)
{
  g_autofree char *folder = NULL;

  (void)state;
  if (site_program () == NULL)
    return -1;
  site = site_new ();
  folder = test_folder_new ();
  metrics = g_build_filename (folder, "plumbline.prom", NULL);
  requests = g_string_new (NULL);
  listener = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  assert_true (port != 0);
  g_thread_unref (g_thread_new ("monitor", serve, NULL));
  return 0;
}

static int
tear_down (void **state)
{
  (void)state;
  g_free (metrics);
  site_free (site);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (nightly__done_with_rejects_or_failed__pings_accordingly),
    cmocka_unit_test (nightly__beside_another__tells_nothing_of_its_end),
    cmocka_unit_test (nightly__monitor_never_answers__the_night_goes_on_after_ten_seconds),
    cmocka_unit_test (metrics__after_each_night__what_is_in_the_database),
    cmocka_unit_test (metrics__a_folder_that_is_not_there__the_night_is_done_all_the_same),
    cmocka_unit_test (run__equal_settings__equal_hash_without_the_connection),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
