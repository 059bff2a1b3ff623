/* Any call of a command fails: it ends with an exit status of its own and says why, says 0 only when its result is
 * whole, and does its work when it is called again. PLUMB_FAULTS says how many calls of each command are tried, 0:
 * every one. */
#include "../support/fault.h"
#include "../support/server.h"
#include "../support/sql.h"

#include "base/folder.h"

#include <glib/gstdio.h>
#include <string.h>

#define CALLS                                                                                                          \
  "openat,read,write,fsync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,chmod,fchmod,fchmodat,fchown,"      \
  "fchownat,lchown,symlink,readlink,newfstatat,statx,getdents64,flock,ftruncate,connect,socket,sendto,recvfrom,poll,"  \
  "pipe2"
#define USUAL 4
#define USUAL_STEP 5 /* each day other commands */
#define EX_USAGE 64
#define EX_SOFTWARE 70
#define OPTION_STEP 5
#define WAIT_STEP 3
#define MOST_OPTIONS 100
#define LOADER 127 /* its own status when a library is missing */
#define SIGNALLED 128

typedef struct {
  const char *line; /* @out is a folder for the result, emptied before each try, @in one with files */
  const char *end;  /* what ends what it has begun, or NULL */
  gboolean varies;  /* its words and files tell the time */
} Command;

static const Command commands[] = {
  { "fit --plan @in/PLAN.csv @in/PANEL.csv", NULL, FALSE },
  { "check --register @in/inbox/1.csv --today " FAULT_TODAY " @in/inbox/2.csv", NULL, FALSE },
  { "simulate --panel --out @out/panel", NULL, FALSE },
  { "manual plumbline.1", NULL, FALSE },
  { "@db --db-timeout 3 status --today " FAULT_TODAY, NULL, TRUE },
  { "@db --db-timeout 3 explain 210102 myopia_change --today " FAULT_TODAY, NULL, FALSE },
  { "@db --db-timeout 3 export school --format csv --out @out/csv --today " FAULT_TODAY, NULL, FALSE },
  { "@db --db-timeout 3 export school --format package --out @out/package --today " FAULT_TODAY, NULL, TRUE },
  { "@db --db-timeout 3 report --report @out/report --today " FAULT_TODAY, NULL, TRUE },
  { "@db --db-timeout 3 backup @out/backup", NULL, TRUE },
  { "@db --db-timeout 3 doctor --today " FAULT_TODAY, NULL, TRUE },
  { "--state @out/state --quiet db start", "--state @out/state --quiet db stop", TRUE },
  { "--state @in/state --quiet db start", "--state @in/state --quiet db stop", TRUE },
};

static Site *site;
static char *in, *out;

static char *
with_folders (const char *line)
{
  g_autoptr (GString) text = g_string_new (line);

  g_string_replace (text, "@in", in, 0);
  g_string_replace (text, "@out", out, 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
finish (const Command *command)
{
  g_autofree char *end = command->end != NULL ? with_folders (command->end) : NULL;

  if (end != NULL)
    site_expect (site, end, 0, "");
  assert_true (folder_remove (out));
  assert_int_equal (g_mkdir (out, 0755), 0);
}

/* What a whole run gives: its words and the files. */
static char *
outcome_of (const Command *command, const Result *result)
{
  const Site files = { .conninfo = site->conninfo, .state = out };
  g_autofree char *list = command->varies ? g_strdup ("") : site_files (&files, NULL);

  return g_strconcat (list, command->varies ? NULL : "\n", result->out, NULL);
}

static gboolean
is_right (const Command *command, const Result *result, const char *whole)
{
  g_autofree char *found = NULL;

  if (result->status == LOADER || (result->status > 0 && result->status < SIGNALLED && result->status != EX_SOFTWARE))
    return *result->err != '\0';
  if (result->status != 0)
    return FALSE;
  found = outcome_of (command, result);
  return command->varies || strcmp (found, whole) == 0;
}

static void
try_command (const Command *command, Tally *tally)
{
  static const char *const errors[] = { "error=EIO", "error=EACCES", "error=ENOSPC", "error=EINTR" };
  g_autofree char *line = with_folders (command->line), *whole = NULL;
  g_autoptr (GPtrArray) places = fault_calls (site, line, CALLS);
  guint wanted = fault_wanted (places->len, USUAL);

  finish (command);
  for (guint i = 0; i <= wanted; i++) {
    const char *harm = errors[i % G_N_ELEMENTS (errors)];
    const char *place = i > 0 ? places->pdata[fault_place (i - 1, places->len)] : "undisturbed";
    g_auto (Result) result = i > 0 ? fault_hurt_line (site, line, place, harm) : site_run (site, line);

    if (i == 0)
      whole = outcome_of (command, &result);
    tally_status (tally, result.status);
    if (i == 0 ? result.status != 0 : !is_right (command, &result, whole)) {
      print_message ("# %s, %s at %s: exit %d, %s\n", line, harm, place, result.status, result.err);
      tally->wrong++;
    }
    tally->tries++;
    finish (command);
  }
  site_expect (site, line, 0, "");
  finish (command);
}

static void
command__any_call_fails__it_says_so_or_its_result_is_whole (void **state)
{
  guint day = (guint)(g_get_real_time () / G_USEC_PER_SEC / (24 * 3600));
  Tally *tally = tally_new ("a command's call fails", "");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_getenv ("PLUMB_FAULTS") != NULL || (i + day) % USUAL_STEP == 0)
      try_command (&commands[i], tally);
  tally_end (tally);
}

/* Encryption that cannot be had, say: nothing is sent without it. */
static void
alert__an_option_of_the_mail_s_way_cannot_be_set__nothing_is_sent (void **state)
{
  g_autofree char *way = postbox_options (fault_postbox (), "smtps");
  g_autofree char *line = g_strdup_printf ("@db alert --test a@b.example --today " FAULT_TODAY " %s", way);
  g_autofree char *folder = g_path_get_dirname (site_program ());
  Tally *tally = tally_new ("an option of mails is refused", "");
  guint step = g_getenv ("PLUMB_FAULTS") != NULL ? 1 : OPTION_STEP;
  int status = -1;

  (void)state;
  for (guint number = 1; status != 0 && number < MOST_OPTIONS; number += step) {
    g_autofree char *wrapper
        = g_strdup_printf ("env LD_PRELOAD=%s/tests/support/preload/option.so PLUMB_OPTION=%u", folder, number);
    g_auto (Result) result = { 0 };
    guint mails = 0;

    postbox_empty (fault_postbox ());
    result = site_run_under (site, wrapper, line);
    {
      g_autoptr (GPtrArray) sent = postbox_mails (fault_postbox ());

      mails = sent->len;
    }
    status = result.status;
    tally_status (tally, status);
    tally->tries++;
    if (status == 0 ? mails == 1 : mails == 0 && status == 69 && *result.err != '\0')
      continue;
    print_message ("# option %u: exit %d, %u mails, %s\n", number, status, mails, result.err);
    tally->wrong++;
  }
  assert_int_equal (status, 0);
  assert_true (tally->tries > 4);
  tally_end (tally);
}

static guint
count_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strv_length (lines);
}

/* Each wait for the server ends in an error, a moment after its answer has come; connecting is tried again. */
static void
status__patience_ends_as_the_answer_comes__69 (void **state)
{
  static const char line[] = "@db --db-timeout 3 status --today " FAULT_TODAY;
  g_autoptr (GPtrArray) places = fault_calls (site, line, "poll");
  g_auto (Result) whole = site_run (site, line);
  guint lines = count_lines (whole.out), step = g_getenv ("PLUMB_FAULTS") != NULL ? 1 : WAIT_STEP;
  Tally *tally = tally_new ("a wait for the server ends early", "");

  (void)state;
  assert_in_range (places->len, 10, 100);
  for (guint i = 0; i < places->len; i += step) {
    g_auto (Result) result = fault_hurt_line (site, line, places->pdata[i], "error=EIO:delay_enter=20000");

    tally_status (tally, result.status);
    tally->tries++;
    if (result.status == 69 ? *result.err != '\0' : result.status == 0 && count_lines (result.out) == lines)
      continue;
    print_message ("# at %s: exit %d, %s\n", (const char *)places->pdata[i], result.status, result.err);
    tally->wrong++;
  }
  assert_true (tally_count (tally, 69) > tally->tries / 2);
  tally_end (tally);
}

static int
set_up (void **state)
{
  g_autofree char *night = NULL, *panel = NULL;

  if (fault_set_up (state) != 0)
    return -1;
  in = test_folder_new ();
  out = g_build_filename (in, "out", NULL);
  assert_int_equal (g_mkdir (out, 0755), 0);
  site = fault_site_new ();
  {
    const Site files = { .conninfo = site->conninfo, .state = in };

    fault_fill_inbox (&files);
    g_free (site_file (&files, "PLAN.csv",
                       "indicator,good,kind,value,baseline_t,deadline_t\nmyopia,down,slope,-1,0,2.5\n"));
    g_free (site_file (&files, "PANEL.csv",
                       "indicator,district,school,stratum,t,n,x\nmyopia,d,a,,0,90,31\nmyopia,d,a,,1,95,37\n"));
  }
  night = fault_night ("");
  site_expect (site, night, 0, "");
  return 0;
}

static int
tear_down (void **state)
{
  site_drop (site);
  g_free (in);
  g_free (out);
  return fault_tear_down (state);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (alert__an_option_of_the_mail_s_way_cannot_be_set__nothing_is_sent),
    cmocka_unit_test (status__patience_ends_as_the_answer_comes__69),
    cmocka_unit_test (command__any_call_fails__it_says_so_or_its_result_is_whole),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
