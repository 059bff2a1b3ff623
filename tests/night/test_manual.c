/* Manual pages, completion and units as they are installed: complete, and taken by the programs that read them. */
#include "../support/server.h"
#include "../support/site.h"

#include "base/options.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const languages[] = { "en", "zh" };

static char *
program_says (const char *line)
{
  Site nowhere = { 0 };
  g_auto (Result) result = site_run (&nowhere, line);

  if (result.status != 0)
    fail_msg ("%s: exit %d: %s", line, result.status, result.err);
  return g_steal_pointer (&result.out);
}

static char *
page_in (const char *language, const char *page)
{
  g_autofree char *line = g_strdup_printf ("--config /dev/null --language %s manual %s", language, page);

  return program_says (line);
}

/* Names of all commands, as help lists them. */
static char **
command_names (void)
{
  g_autofree char *help = program_says ("--config /dev/null help");
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (char **line = lines; *line != NULL && !g_str_has_prefix (*line, "Options"); line++)
    if (g_str_has_prefix (*line, "  ") && g_ascii_isalpha ((*line)[2])) {
      g_auto (GStrv) words = g_strsplit (*line + 2, " ", 2);

      g_strv_builder_add (names, words[0]);
    }
  return g_strv_builder_end (names);
}

/* What @argv says on stdout and stderr together after reading @input. */
static char *
say (const char *const argv[], const char *input, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  char *out = NULL;

  if (process == NULL || !g_subprocess_communicate_utf8 (process, input, NULL, &out, NULL, &error))
    fail_msg ("%s: %s", argv[0], error->message);
  *status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return out;
}

/* ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *page;
  gboolean configuration;
  guint seen;
} Reading;

/* How troff has @name, bold at the beginning of its entry. */
static char *
as_entry (const char *before, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "-", -1);
  g_autofree char *escaped = g_strjoinv ("\\-", parts);

  return g_strdup_printf ("\n.TP\n\\fB\\&%s%s", before, escaped);
}

static void
find_option (const OptionFacts *option, gpointer data)
{
  Reading *reading = data;
  g_autofree char *group = option->group != NULL ? g_strdup_printf ("[%s] ", option->group) : NULL, *entry = NULL;

  if (reading->configuration && option->group == NULL)
    return;
  entry = reading->configuration ? as_entry (group, option->key) : as_entry ("\\-\\-", option->name);
  if (strstr (reading->page, entry) == NULL)
    fail_msg ("%s is not in\n%s", entry, reading->page);
  reading->seen++;
}

static void
manual__both_languages__every_command_and_option_has_an_entry (void **state)
{
  g_auto (GStrv) commands = command_names ();

  (void)state;
  assert_true (g_strv_length (commands) >= 25);
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *program = page_in (languages[i], "plumbline.1");
    g_autofree char *configuration = page_in (languages[i], "plumbline.conf.5");
    Reading options = { program, FALSE, 0 }, keys = { configuration, TRUE, 0 };

    options_each (find_option, &options);
    options_each (find_option, &keys);
    assert_true (options.seen > keys.seen && keys.seen > 10);
    for (char **command = commands; *command != NULL; command++) {
      g_autofree char *entry = as_entry ("", *command);

      if (strstr (program, entry) == NULL)
        fail_msg ("%s: no entry in %s", *command, languages[i]);
    }
  }
}

static void
manual__both_languages__groff_has_no_warning (void **state)
{
  static const char *const pages[] = { "plumbline.1", "plumbline.conf.5" };
  g_autofree char *groff = g_find_program_in_path ("groff");

  (void)state;
  if (groff == NULL)
    skip ();
  for (guint i = 0; i < G_N_ELEMENTS (languages) * G_N_ELEMENTS (pages); i++) {
    gboolean chinese = i % 2 == 1;
    const char *argv[] = { groff, "-ww", "-z", "-mandoc", "-Tutf8", "-Kutf8", chinese ? "-mzh" : NULL, NULL };
    g_autofree char *page = page_in (languages[i % 2], pages[i / 2]), *out = NULL;
    int status = -1;

    out = say (argv, page, &status);
    if (status != 0 || *out != '\0')
      fail_msg ("%s in %s: exit %d: %s", pages[i / 2], languages[i % 2], status, out);
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* What bash offers for the last of @words: sorted, separated by spaces. */
static char *
completed (const char *script, const char *words)
{
  g_autofree char *program
      = g_strdup_printf ("%s\n[[ $(complete -p plumbline) == 'complete -F _plumbline plumbline' ]] || exit 9\n"
                         "cd /proc/self/task || exit 9\nCOMP_WORDS=(plumbline %s)\n"
                         "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_plumbline\n"
                         "printf '%%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort\n",
                         script, words);
  const char *argv[] = { "bash", "--norc", "-u", "-s", NULL };
  int status = -1;
  char *out = say (argv, program, &status);

  if (status != 0)
    fail_msg ("%s: bash ended with %d: %s", words, status, out);
  return g_strdelimit (g_strchomp (out), "\n", ' ');
}

static void
completion__words_so_far__what_may_come_next (void **state)
{
  static const struct {
    const char *words, *offered;
  } cases[] = {
    { "me", "measure" },
    { "re", "report restore" },
    { "help pu", "publish purge" },
    { "--state /tmp/x al", "alert alerts" }, /* an option's value is no command */
    { "--quiet db ''", "psql start stop" },
    { "--language ''", "en zh" },
    { "export --format ''", "csv package xlsx" },
    { "purge --be", "--before" },
    { "measure --be", "" },
    { "--st", "--state" },
    { "simulate --o", "--on-path --out" },
    { "nightly --sta", "--state" },
    { "check --register /proc/cpuin", "/proc/cpuinfo" },
    { "check /proc/cpuin", "/proc/cpuinfo" },
    { "ack 210103 myopia_change --until 20", "" },
  };
  g_autofree char *script = page_in ("en", "completion");

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *offered = completed (script, cases[i].words);

    if (strcmp (offered, cases[i].offered) != 0)
      fail_msg ("%s: %s, not %s", cases[i].words, offered, cases[i].offered);
  }
}

typedef struct {
  const char *script;
  char **commands;
} Offer;

static void
find_offer (const OptionFacts *option, gpointer data)
{
  const Offer *offer = data;
  g_auto (GStrv) commands = g_strsplit (option->commands, " ", -1);
  const char *command = *option->commands == '\0' ? offer->commands[0] : commands[0];
  g_autofree char *words = g_strdup_printf ("%s --%s", command, option->name), *got = completed (offer->script, words);
  g_autofree char *name = g_strconcat ("--", option->name, NULL);
  g_auto (GStrv) all = g_strsplit (got, " ", -1);

  if (!g_strv_contains ((const char *const *)all, name))
    fail_msg ("%s: only %s", words, got);
}

static void
completion__every_command_and_option__is_offered (void **state)
{
  g_autofree char *script = page_in ("en", "completion"), *offered = completed (script, "''");
  g_auto (GStrv) commands = command_names (), all = g_strsplit (offered, " ", -1);
  Offer offer = { script, commands };

  (void)state;
  assert_int_equal (g_strv_length (all), g_strv_length (commands));
  for (char **command = commands; *command != NULL; command++)
    assert_true (g_strv_contains ((const char *const *)all, *command));
  options_each (find_offer, &offer);
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define EXPOSURE_MAX 2.0

/* The units with the program's own paths, for verify asks whether what they start is there. */
static char *
place_unit (const char *folder, const char *name)
{
  g_autofree char *source = g_build_filename ("jobs", name, NULL), *text = NULL,
                  *script = g_canonicalize_filename ("jobs/nightly", NULL);
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GString) unit = NULL;

  assert_true (g_file_get_contents (source, &text, NULL, NULL));
  unit = g_string_new (text);
  g_string_replace (unit, "/usr/local/share/plumbline/jobs/nightly", script, 0);
  g_string_replace (unit, "/usr/local/bin/plumbline", site_program (), 0);
  assert_true (g_file_set_contents (path, unit->str, -1, NULL));
  return path;
}

static void
units__as_installed__verified_and_hardened (void **state)
{
  static const char *const names[] = { "plumbline.service", "plumbline-db.service", "plumbline.timer" };
  g_autofree char *analyze = g_find_program_in_path ("systemd-analyze"), *folder = test_folder_new ();
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  int status = -1;

  (void)state;
  if (analyze == NULL)
    skip ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (paths, place_unit (folder, names[i]));
  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    const char *verify[] = { analyze, "verify", "--man=no", path, NULL };
    const char *security[] = { analyze, "security", "--offline=true", "--no-pager", path, NULL };
    g_autofree char *said = say (verify, NULL, &status), *judged = NULL;
    const char *level;

    if (status != 0 || strstr (said, names[i]) != NULL)
      fail_msg ("%s: exit %d: %s", names[i], status, said);
    if (!g_str_has_suffix (path, ".service"))
      continue;
    judged = say (security, NULL, &status);
    level = strstr (judged, "exposure level for ");
    level = level != NULL ? strstr (level, ": ") : NULL;
    if (level == NULL || g_ascii_strtod (level + 2, NULL) > EXPOSURE_MAX)
      fail_msg ("%s: %s", names[i], judged);
  }
}

static int
set_up (void **state)
{
  (void)state;
  return site_program () == NULL ? -1 : 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (manual__both_languages__every_command_and_option_has_an_entry),
    cmocka_unit_test (manual__both_languages__groff_has_no_warning),
    cmocka_unit_test (completion__words_so_far__what_may_come_next),
    cmocka_unit_test (completion__every_command_and_option__is_offered),
    cmocka_unit_test (units__as_installed__verified_and_hardened),
  };

  return cmocka_run_group_tests (tests, set_up, NULL);
}
