#include "fault.h"

#include "base/folder.h"
#include "server.h"
#include "sql.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SCHOOLS 40
#define MAX_CALLS 20000
/* And what holds no rows: which partitions there are tells in what order files came. */
#define HISTORY                                                                                                        \
  "^(plumbline\\.(estimate|school_estimate|trend|tendency|league|verdict|target_weight)_history.*|.*_[0-9]{4} 0 "      \
  "0)$\\n?"
#define GOLDEN 0.6180339887498949

static Site *template; /* after init */
static Postbox *box;
static char *strace;
static char *way;
static char *contents, *files; /* of tables and state directory after one undisturbed night */
static GPtrArray *tallies;
static GPtrArray *places; /* of calls */
static const char *first_mail;

guint
fault_wanted (guint all, guint usual)
{
  const char *text = g_getenv ("PLUMB_FAULTS");
  guint wanted = text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : usual;

  return wanted == 0 || wanted > all ? all : wanted;
}

static guint
common_divisor (guint a, guint b)
{
  return b == 0 ? a : common_divisor (b, a % b);
}

guint
fault_place (guint i, guint all)
{
  guint step = MAX (1, (guint)(GOLDEN * all));
  const char *from = g_getenv ("PLUMB_FAULTS_FROM");
  guint first = from != NULL ? 0 : (guint)(time (NULL) / (24 * 3600));

  while (common_divisor (step, all) != 1)
    step++;
  i += from != NULL ? (guint)g_ascii_strtoull (from, NULL, 10) : 0;
  return (guint)(((guint64)i * step + first) % all);
}

Postbox *
fault_postbox (void)
{
  return box;
}

char *
fault_night (const char *more)
{
  return g_strdup_printf ("@db nightly --rejects-ok --quiet --today " FAULT_TODAY " %s %s", way, more);
}

void
fault_wait_blocked (const Site *site, guint nights)
{
  g_autofree char *sql = g_strdup_printf (
      "select count(*) >= %u from pg_stat_activity where application_name like 'plumbline nightly %%' and "
      "wait_event_type = 'Lock' and datname = current_database()",
      nights);

  assert_true (site_wait (site, sql, "t"));
}

void
fault_fill_inbox (const Site *site)
{
  g_autoptr (GString) schools = g_string_new ("school_code,name,district_code,stage,ownership\n");
  g_autoptr (GString) first = g_string_new ("school_code,period,grade,sex,examined,myopic\n");
  g_autoptr (GString) second = g_string_new (first->str);

  for (guint s = 0; s < SCHOOLS; s++) {
    g_string_append_printf (schools, "210102%04u,School %u,210102,primary,public\n", s, s);
    for (guint cell = 0; cell < 4; cell++) {
      g_string_append_printf (first, "210102%04u,2021-autumn,P%u,%c,%u,%u\n", s, 1 + cell / 2, "MF"[cell % 2], 60 + s,
                              20 + (s + cell) % 7);
      g_string_append_printf (second, "210102%04u,2022-autumn,P%u,%c,%u,%u\n", s, 1 + cell / 2, "MF"[cell % 2], 60 + s,
                              s % 20 == 19 ? 999 : 22 + (s + cell) % 7);
    }
  }
  g_free (site_file (site, "inbox/1.csv", schools->str));
  g_free (site_file (site, "inbox/2.csv", first->str));
  g_free (site_file (site, "inbox/3.csv", second->str));
  g_free (site_file (site, "inbox/4.csv", "nothing,that,means\nanything,at,all\n"));
}

char *
fault_state (void)
{
  assert_true (folder_remove (template->state));
  assert_int_equal (g_mkdir (template->state, 0711), 0);
  return g_strdup (template->state);
}

Site *
fault_site_new (void)
{
  Site *site = site_copy (template, fault_state ());

  fault_fill_inbox (site);
  postbox_empty (box);
  return site;
}

/* What a try left on its mails, and how often, is the fault's trace and no difference. */
static char *
table_contents (const Site *site)
{
  g_free (site_query (site,
                      "with calm as (update plumbline.outbox set tries = 1, last_error = null, lease_until = null "
                      "returning 1) select count(*) from calm"));
  return site_contents (site);
}

gboolean
fault_is_done (const Site *site)
{
  g_autofree char *rows = table_contents (site);

  return strcmp (rows, contents) == 0;
}

static void
first_difference (const char *found, const char *wanted)
{
  g_auto (GStrv) a = g_strsplit (found, "\n", -1), b = g_strsplit (wanted, "\n", -1);

  for (guint i = 0; a[i] != NULL && b[i] != NULL; i++)
    if (strcmp (a[i], b[i]) != 0) {
      print_message ("# %s, not %s\n", a[i], b[i]);
      return;
    }
  print_message ("# one has more lines than the other\n");
}

/* Lines that match @pattern are left out; NULL: none. */
static char *
without (const char *pattern, const char *rows)
{
  g_autoptr (GRegex) lines = pattern != NULL ? g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL) : NULL;

  return lines != NULL ? g_regex_replace_literal (lines, rows, -1, 0, "", 0, NULL) : g_strdup (rows);
}

void
fault_compare (const Site *site, Tally *tally, const char *when)
{
  const char *but = tally->judges    ? HISTORY "|^plumbline\\.(alert|alert_event|outbox) .*$\\n?"
                    : tally->goes_on ? HISTORY
                                     : NULL;
  g_autofree char *all = table_contents (site), *rows = without (but, all), *wanted = without (but, contents);
  g_autofree char *bytes = site_files (site, ".xlsx");
  g_autoptr (GPtrArray) mails = postbox_mails (box);
  g_autoptr (Db) db = site_connect (site);
  g_autoptr (PGresult) sent
      = db_queryv (db, NULL, "select md5(content) as md5, sent_at is not null as sent from plumbline.outbox", DB_END);
  gboolean differ = strcmp (rows, wanted) != 0;
  gboolean wrong = differ || (!tally->judges && strcmp (bytes, files) != 0);

  tally->wrong += wrong;
  if (wrong) {
    print_message ("# %s, %s:\n", tally->event, when);
    first_difference (differ ? rows : bytes, differ ? wanted : files);
  }
  assert_non_null (sent);
  for (int i = 0; i < PQntuples (sent); i++) {
    guint count = postbox_times (mails, db_get (sent, i, "md5"));

    tally->lost += count == 0 || !db_get_boolean (sent, i, "sent");
    tally->twice += count > 1;
  }
}

/* A server finishes the statement of a client that is gone; claims and pauses run out. */
void
fault_let_time_pass (const Site *site)
{
  assert_true (site_wait (site,
                          "select count(*) from pg_stat_activity where datname = current_database() and "
                          "application_name like 'plumbline %'",
                          "0"));
  g_free (site_query (site,
                      "with late as (update plumbline.outbox set lease_until = null, next_try = null where sent_at "
                      "is null returning 1) select count(*) from late"));
}

void
fault_finish (Site *site, Tally *tally, const char *when)
{
  g_autofree char *line = fault_night ("");

  fault_let_time_pass (site);
  site_expect (site, line, 0, "");
  fault_compare (site, tally, when);
  tally->tries++;
  site_drop (site);
}

static void
tally_free (gpointer data)
{
  Tally *tally = data;

  g_hash_table_unref (tally->statuses);
  g_free (tally);
}

Tally *
tally_new (const char *event, const char *why)
{
  Tally *tally = g_new0 (Tally, 1);

  tally->event = event;
  tally->why = why;
  tally->statuses = g_hash_table_new (NULL, NULL);
  g_ptr_array_add (tallies, tally);
  return tally;
}

guint
tally_count (const Tally *tally, int status)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (tally->statuses, GINT_TO_POINTER (status)));
}

void
tally_status (Tally *tally, int status)
{
  g_hash_table_insert (tally->statuses, GINT_TO_POINTER (status), GUINT_TO_POINTER (tally_count (tally, status) + 1));
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  return GPOINTER_TO_INT (a) - GPOINTER_TO_INT (b);
}

void
tally_end (const Tally *tally)
{
  g_autoptr (GString) exits = g_string_new (NULL);
  g_autoptr (GList) statuses = g_list_sort (g_hash_table_get_keys (tally->statuses), by_number);

  for (const GList *s = statuses; s != NULL; s = s->next)
    g_string_append_printf (exits, "%s%d: %u", exits->len > 0 ? ", " : " | exits ", GPOINTER_TO_INT (s->data),
                            tally_count (tally, GPOINTER_TO_INT (s->data)));
  print_message ("# | %-30s | %4u tries | %u lost | %u wrong | %2u mails twice%s%s%s\n", tally->event, tally->tries,
                 tally->lost, tally->wrong, tally->twice, tally->twice > 0 ? ": " : "",
                 tally->twice > 0 ? tally->why : "", exits->str);
  assert_true (tally->tries > 0);
  assert_int_equal (tally->lost, 0);
  assert_int_equal (tally->wrong, 0);
}

Result
fault_hurt_line (const Site *site, const char *line, const char *place, const char *harm)
{
  g_auto (GStrv) parts = g_strsplit (place, ":", 2);
  g_autofree char *wrapper = g_strdup_printf ("%s -qq -o /dev/null -e trace=%s -e inject=%s:%s:when=%s", strace,
                                              parts[0], parts[0], harm, parts[1]);

  return site_run_under (site, wrapper, line);
}

Result
fault_hurt (const Site *site, const char *place, const char *harm)
{
  g_autofree char *line = fault_night ("--db-timeout 3");

  return fault_hurt_line (site, line, place, harm);
}

/* strace counts each name by itself. */
static GPtrArray *
parse_calls (const char *log, gboolean only_own)
{
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);

  for (char **line = lines; **line != '\0'; line++) {
    g_autofree char *name = g_strndup (*line, strcspn (*line, "("));
    guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1;

    if (!only_own || (strstr (*line, ".so") == NULL && strstr (*line, ".gcda") == NULL))
      g_ptr_array_add (found, g_strdup_printf ("%s:%u", name, count));
    g_hash_table_insert (counts, g_steal_pointer (&name), GUINT_TO_POINTER (count));
  }
  return found;
}

GPtrArray *
fault_calls (const Site *site, const char *line, const char *calls)
{
  g_autofree char *folder = test_folder_new (), *log = g_build_filename (folder, "calls", NULL), *text = NULL;
  g_autofree char *wrapper = g_strdup_printf ("%s -qq -y -e signal=none -o %s -e trace=%s", strace, log, calls);
  g_auto (Result) result = site_run_under (site, wrapper, line);

  if (result.status != 0)
    fail_msg ("%s: exit %d: %s", line, result.status, result.err);
  assert_true (g_file_get_contents (log, &text, NULL, NULL));
  return parse_calls (text, TRUE);
}

static guint
count_lines (const char *from, const char *to)
{
  guint lines = 0;

  for (const char *c = from; c < to; c++)
    lines += *c == '\n';
  return lines;
}

static void
find_places (const char *calls)
{
  Site *site = fault_site_new ();
  g_autofree char *log = g_build_filename (site->state, "calls", NULL);
  g_autofree char *wrapper = g_strdup_printf ("%s -qq -e signal=none -o %s -e trace=%s", strace, log, calls);
  g_autofree char *line = fault_night (""), *text = NULL, *port = g_strdup_printf ("sin_port=htons(%s)", box->port);
  g_auto (Result) result = site_run_under (site, wrapper, line);
  const char *found = NULL;

  assert_int_equal (result.status, 0);
  assert_true (g_file_get_contents (log, &text, NULL, NULL));
  places = parse_calls (text, FALSE);
  assert_in_range (places->len, 50, MAX_CALLS);
  found = strstr (text, port);
  assert_non_null (found);
  first_mail = places->pdata[count_lines (text, found)];
  print_message ("# a night makes %u calls at which it is tried\n", places->len);
  site_drop (site);
}

const GPtrArray *
fault_places (void)
{
  return places;
}

const char *
fault_first_mail (void)
{
  return first_mail;
}

char *
fault_library (void)
{
  g_autofree char *folder = g_path_get_dirname (site_program ());

  return g_build_filename (folder, "tests", "support", "preload", "refuse.so", NULL);
}

/* Programs that draw nothing, which takes no time: pictures have tests of their own. */
static void
stand_in (void)
{
  static const char *const programs[][2] = { { "fc-match", "#!/bin/sh\nprintf 'zh-cn|en'\n" },
                                             { "rsvg-convert", "#!/bin/sh\ncat >/dev/null\nprintf picture\n" } };
  g_autofree char *folder = test_folder_new (), *path = g_strdup_printf ("%s:%s", folder, g_getenv ("PATH"));

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    g_autofree char *program = g_build_filename (folder, programs[i][0], NULL);

    assert_true (g_file_set_contents (program, programs[i][1], -1, NULL));
    assert_int_equal (chmod (program, 0755), 0);
  }
  assert_true (g_setenv ("PATH", path, TRUE));
}

int
fault_set_up (void **state)
{
  g_autofree char *line = NULL;
  Site *site = NULL;

  (void)state;
  if (site_program () == NULL)
    return -1;
  tallies = g_ptr_array_new_with_free_func (tally_free);
  template = site_new ();
  box = postbox_new (POSTBOX_RUDE);
  way = postbox_options (box, "smtps");
  strace = g_find_program_in_path ("strace");
  assert_non_null (strace);
  assert_true (g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE)); /* which cannot be done to a process under strace */
  stand_in ();
  line = fault_night ("");
  site = fault_site_new ();
  site_expect (site, line, 0, "");
  site_expect_sql (site, "select count(*) > 1 from plumbline.outbox", "t");
  contents = table_contents (site);
  files = site_files (site, ".xlsx");
  site_drop (site);
  return 0;
}

int
fault_set_up_at (const char *calls)
{
  int status = fault_set_up (NULL);

  if (status == 0)
    find_places (calls);
  return status;
}

int
fault_tear_down (void **state)
{
  (void)state;
  g_clear_pointer (&places, g_ptr_array_unref);
  g_ptr_array_unref (tallies);
  g_free (contents);
  g_free (files);
  g_free (strace);
  g_free (way);
  postbox_free (box);
  site_free (template);
  return 0;
}
