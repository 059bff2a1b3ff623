#include "monitoring.h"

#include "base/folder.h"
#include "base/sql.h"
#include "log.h"
#include "session.h"

#include <curl/curl.h>
#include <string.h>
#include <sysexits.h>

#define CONNECT_S 5L
#define DEADLINE_S 10L
#define MAX_KEPT_BYTES (1 << 20)

static const char *const own_families[]
    = { "plumbline_last_run_timestamp_seconds", "plumbline_last_run_exit_status", NULL };

static size_t
drop (char *data, size_t size, size_t count, void *user)
{
  (void)data;
  (void)user;
  return size * count;
}

static void
warn (const char *what, const char *where, const char *why)
{
  g_autofree char *message = g_strdup_printf ("could not %s %s: %s", what, where, why);

  g_log_structured ("plumbline", G_LOG_LEVEL_WARNING, "STAGE", "monitoring", "MESSAGE", "%s", message);
}

/* A key often stands in the path: only scheme and host are logged. */
static char *
host_of (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' ? g_uri_get_host (uri)
                                                                                                : "the address");
}

static void
ping (const char *url)
{
  char detail[CURL_ERROR_SIZE] = "";
  CURLcode code = CURLE_OK;
  CURL *curl = NULL;

  if (url == NULL)
    return;
  curl = curl_easy_init ();
#define SET(option, value) code = code == CURLE_OK ? curl_easy_setopt (curl, option, value) : code
  SET (CURLOPT_URL, url);
  SET (CURLOPT_PROTOCOLS_STR, "http,https");
  SET (CURLOPT_CONNECTTIMEOUT, CONNECT_S);
  SET (CURLOPT_TIMEOUT, DEADLINE_S);
  SET (CURLOPT_NOSIGNAL, 1L);
  SET (CURLOPT_FAILONERROR, 1L);
  SET (CURLOPT_USERAGENT, "plumbline/" PLUMB_VERSION);
  SET (CURLOPT_WRITEFUNCTION, drop);
  SET (CURLOPT_ERRORBUFFER, detail);
#undef SET
  if (code == CURLE_OK)
    code = curl_easy_perform (curl);
  if (code != CURLE_OK) {
    g_autofree char *host = host_of (url);

    warn ("ping", host, *detail != '\0' ? detail : curl_easy_strerror (code));
  }
  curl_easy_cleanup (curl);
}

void
monitoring_begin (const Options *options)
{
  if (!options->dry_run)
    ping (options->ping_start);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
append_sample (GString *out, const char *last, const char *name, const char *labels, const char *value,
               const char *help)
{
  if (strcmp (last, name) != 0)
    g_string_append_printf (out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
  g_string_append_printf (out, "%s%s %s\n", name, labels, value);
}

static GString *
measure_all (Session *session, int exit_status)
{
  g_autofree char *run_id = g_strdup_printf ("%" G_GINT64_FORMAT, session->run_id);
  g_autofree char *status = g_strdup_printf ("%d", exit_status);
  g_autoptr (GError) why = NULL;
  g_autoptr (PGresult) samples = db_queryv (session->db, &why, sql_query ("list_metrics"), run_id, status, DB_END);
  GString *out = samples != NULL ? g_string_new (NULL) : NULL;

  if (samples == NULL)
    warn ("ask", "the database", why->message);
  for (int i = 0; out != NULL && i < PQntuples (samples); i++)
    append_sample (out, i > 0 ? db_get (samples, i - 1, "name") : "", db_get (samples, i, "name"),
                   db_get (samples, i, "labels"), db_get (samples, i, "value"), db_get (samples, i, "help"));
  return out;
}

/* "# HELP name …", "# TYPE name …" or "name{…} value" */
static gboolean
is_own (const char *line)
{
  const char *name = g_str_has_prefix (line, "# HELP ") || g_str_has_prefix (line, "# TYPE ") ? line + 7 : line;
  g_autofree char *word = g_strndup (name, strcspn (name, " {"));

  return g_strv_contains (own_families, word) || *line == '\0';
}

/* Of what only the database knows, the last night's words stand. */
static GString *
measure_without (const char *path, int exit_status)
{
  g_autofree char *old = NULL, *status = g_strdup_printf ("%d", exit_status);
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / G_USEC_PER_SEC);
  g_auto (GStrv) lines = NULL;
  gsize length = 0;
  GString *out = g_string_new (NULL);

  append_sample (out, "", own_families[0], "", now, "when the last night ended");
  append_sample (out, "", own_families[1], "", status, "exit status of the last night");
  if (!g_file_get_contents (path, &old, &length, NULL) || length > MAX_KEPT_BYTES)
    return out;
  lines = g_strsplit (old, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (!is_own (*line))
      g_string_append_printf (out, "%s\n", *line);
  return out;
}

static void
write_metrics (const char *path, Session *session, int exit_status)
{
  GString *samples = session != NULL ? measure_all (session, exit_status) : NULL;
  g_autoptr (GError) why = NULL;

  if (samples == NULL)
    samples = measure_without (path, exit_status);
  if (!folder_put (path, samples->str, samples->len, 0644, &why))
    warn ("write", path, why->message);
  g_string_free (samples, TRUE);
}

void
monitoring_end (const Options *options, Session *session, int exit_status)
{
  if (options->dry_run || exit_status == EX_TEMPFAIL || exit_status == EX_USAGE)
    return;
  if (options->metrics != NULL)
    write_metrics (options->metrics, session, exit_status);
  ping (exit_status == EX_OK || exit_status == EX_DATAERR ? options->ping_success : options->ping_failure);
}
