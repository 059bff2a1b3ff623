/* The command line, environment, configuration file and defaults, all from one table. */
#include "base/options.h"

#include "base/error.h"
#include "base/folder.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static gboolean
parse (const char *line, Options *options, GError **error)
{
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);

  return options_parse ((int)g_strv_length (argv), argv, options, error);
}

static void
options_parse__good_lines__every_place_of_an_option (void **state)
{
  static const char *const lines[] = {
    "plumbline --state /s --today 2022-12-31 --json check a.csv b.csv",
    "plumbline check a.csv --state=/s b.csv --today=2022-12-31 --json",
    "plumbline check --json --state /x --state /s --today 2022-12-31 -- a.csv b.csv",
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (Options) options = { 0 };
    g_autoptr (GError) error = NULL;

    assert_true (parse (lines[i], &options, &error));
    assert_string_equal (options.command, "check");
    assert_string_equal (options.state, "/s");
    assert_string_equal (options.today, "2022-12-31");
    assert_true (options.json);
    assert_false (options.dry_run);
    assert_int_equal (g_strv_length (options.arguments), 2);
    assert_string_equal (options.arguments[0], "a.csv");
    assert_string_equal (options.arguments[1], "b.csv");
  }
}

static void
options_parse__bad_lines__usage_with_a_hint (void **state)
{
  static const struct {
    const char *line, *message;
  } cases[] = {
    { "plumbline --sate /x status", "unknown option --sate; did you mean --state?" },
    { "plumbline --dryrun ingest", "unknown option --dryrun; did you mean --dry-run?" },
    { "plumbline --zzzzzzz ingest", "unknown option --zzzzzzz" },
    { "plumbline -x ingest", "unknown option -x; options are words after two hyphens" },
    { "plumbline status --state", "option --state needs a value: DIR" },
    { "plumbline status --state=", "option --state: '' cannot be empty" },
    { "plumbline measure --json",
      "option --json does not belong to measure, but to: check status alerts publish export doctor" },
    { "plumbline status --json=yes", "option --json takes no value" },
    { "plumbline status --today 2022-2-3",
      "option --today: '2022-2-3' is no date from 1990 to 2100 of the form YYYY-MM-DD" },
    { "plumbline status --today 2022-02-29",
      "option --today: '2022-02-29' is no date from 1990 to 2100 of the form YYYY-MM-DD" },
    { "plumbline status --today 2022-02-281",
      "option --today: '2022-02-281' is no date from 1990 to 2100 of the form YYYY-MM-DD" },
    { "plumbline status --today 0022-02-28",
      "option --today: '0022-02-28' is no date from 1990 to 2100 of the form YYYY-MM-DD" },
    { "plumbline report --language de", "option --language: 'de' is none of zh|en" },
    { "plumbline simulate --seed 1.5", "option --seed: '1.5' is no whole number from 0 on" },
    { "plumbline simulate --seed -1", "option --seed: '-1' is no whole number from 0 on" },
    { "plumbline alert --mail-from a\nb", "option --mail-from: 'a\nb' cannot have a line break" },
    { "plumbline ingest --seed 3", "option --seed does not belong to ingest, but to: simulate" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Options) options = { 0 };
    g_autoptr (GError) error = NULL;

    assert_false (parse (cases[i].line, &options, &error));
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_USAGE));
    assert_string_equal (error->message, cases[i].message);
    assert_null (options.arguments);
  }
}

static void
options_parse__db_psql__the_rest_is_psql_s (void **state)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_true (parse ("plumbline --quiet db psql -c x --csv --state", &options, &error));
  assert_true (options.quiet);
  assert_null (options.state);
  assert_int_equal (g_strv_length (options.arguments), 5);
  assert_string_equal (options.arguments[4], "--state");
}

static void
options_nearest__words__those_that_somebody_may_have_meant (void **state)
{
  static const char *const names[] = { "init", "ingest", "alert", "alerts", "status", "nightly", NULL };
  static const struct {
    const char *word, *nearest;
  } cases[] = {
    { "ingset", "ingest" }, { "injest", "ingest" }, { "nigthly", "nightly" }, { "stat", "status" },
    { "alrets", "alerts" }, { "inti", "init" },     { "nothing", NULL },      { "", NULL },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *nearest = options_nearest (cases[i].word, names);

    if (cases[i].nearest == NULL)
      assert_null (nearest);
    else
      assert_string_equal (nearest, cases[i].nearest);
  }
}

/* A folder with a configuration file, and the environment empty of what counts. */
static char *
folder_with (const char *configuration)
{
  g_autofree char *folder = g_dir_make_tmp ("plumbline-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "plumbline.conf", NULL);

  g_unsetenv ("PLUMBLINE_STATE");
  g_unsetenv ("PLUMBLINE_LANGUAGE");
  g_unsetenv ("PLUMBLINE_CATALOGUE");
  g_unsetenv ("PLUMBLINE_REPORT");
  assert_true (g_file_set_contents (path, configuration, -1, NULL));
  return g_steal_pointer (&folder);
}

static void
options_complete__the_same_option_everywhere__the_nearest_source_wins (void **state)
{
  g_autofree char *folder = folder_with ("[plumbline]\nstate=in the file\nlanguage=en\n[ingest]\nrejects-ok=yes\n"
                                         "[mail]\nfrom=教育局 <a@b.example>\n[report]\nfolder=/srv/r\n");
  g_autofree char *line = g_strdup_printf ("plumbline ingest --config %s/plumbline.conf", folder);
  g_autofree char *with_state = g_strconcat (line, " --state /line", NULL);
  g_autofree char *in_file = g_build_filename (folder, "in the file", NULL);
  const struct {
    const char *line, *variable, *state;
  } cases[] = { { line, NULL, in_file }, { line, "/variable", "/variable" }, { with_state, "/variable", "/line" } };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Options) options = { 0 };
    g_autoptr (GError) error = NULL;

    if (cases[i].variable != NULL)
      g_setenv ("PLUMBLINE_STATE", cases[i].variable, TRUE);
    assert_true (parse (cases[i].line, &options, &error));
    assert_true (options_complete (&options, "/usr/local/bin/plumbline", &error));
    assert_string_equal (options.state, cases[i].state);
    assert_string_equal (options.language, "en");
    assert_string_equal (options.mail_from, "教育局 <a@b.example>");
    assert_string_equal (options.report, "/srv/r");
    assert_true (options.rejects_ok);
  }
  g_unsetenv ("PLUMBLINE_STATE");
  folder_remove (folder);
}

static void
options_complete__mistakes_in_the_file__named_with_file_group_and_key (void **state)
{
  static const struct {
    const char *content, *message;
  } cases[] = {
    { "[plumbline]\nlanguage=de\n", "[plumbline] language: 'de' is none of zh|en" },
    { "[plumbline]\nlangauge=en\n", "group [plumbline] has no key langauge; nearest is language" },
    { "[plumb]\nx=1\n", "group [plumb] has no key x" },
    { "[plumb]\n", "there is no group [plumb]" },
    { "[ingest]\nrejects-ok=true\n", "[ingest] rejects-ok: 'true' is neither yes nor no" },
    { "language=en\n", "cannot read the configuration" },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = folder_with (cases[i].content);
    g_autofree char *line = g_strdup_printf ("plumbline ingest --config %s/plumbline.conf", folder);
    g_auto (Options) options = { 0 };
    g_autoptr (GError) error = NULL;

    assert_true (parse (line, &options, &error));
    assert_false (options_complete (&options, "/usr/local/bin/plumbline", &error));
    assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
    assert_non_null (strstr (error->message, cases[i].message));
    assert_non_null (strstr (error->message, folder));
    folder_remove (folder);
  }
}

static void
options_complete__missing_file_on_the_command_line__configuration_error (void **state)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;

  (void)state;
  assert_true (parse ("plumbline status --config /nowhere.conf", &options, &error));
  assert_false (options_complete (&options, "/usr/local/bin/plumbline", &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
}

static void
options_complete__where_the_program_stands__decides_state_and_catalogue (void **state)
{
  g_autofree char *folder = folder_with ("");
  g_autofree char *seeds = g_build_filename (folder, "seeds", NULL);
  g_autofree char *feed = g_build_filename (seeds, "feed.csv", NULL);
  g_autofree char *var = g_build_filename (folder, "var", NULL);
  g_autofree char *configuration = g_build_filename (folder, "plumbline.conf", NULL);
  static const char *const programs[]
      = { "build/plumbline", "build/san/plumbline", "build-clang/plumbline", "bin/plumbline" };

  (void)state;
  g_setenv ("XDG_STATE_HOME", "/xdg", TRUE);
  assert_int_equal (g_mkdir (seeds, 0700), 0);
  assert_true (g_file_set_contents (feed, "", 0, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    g_autofree char *program = g_build_filename (folder, programs[i], NULL);
    gboolean in_tree = g_str_has_prefix (programs[i], "build");
    g_auto (Options) options = { 0 };
    g_autoptr (GError) error = NULL;

    assert_true (parse ("plumbline status", &options, &error));
    options.config = g_strdup (configuration);
    assert_true (options_complete (&options, program, &error));
    assert_string_equal (options.state, in_tree ? var : "/xdg/plumbline");
    assert_string_equal (options.catalogue, in_tree ? seeds : PLUMB_DATADIR "/seeds");
  }
  folder_remove (folder);
}

static void
options_help__command__its_own_options_alone (void **state)
{
  g_autofree char *fit = options_help ("fit");
  g_autofree char *common = options_help (NULL);

  (void)state;
  assert_non_null (strstr (fit, "--plan PLAN.csv"));
  assert_null (strstr (fit, "--seed"));
  assert_null (strstr (fit, "--state"));
  assert_non_null (strstr (common, "--state DIR"));
  assert_null (strstr (common, "--plan"));
}

static void
options_today__given_or_not__a_date (void **state)
{
  g_auto (Options) options = { 0 };
  g_autofree char *clock = options_today (&options);
  g_autofree char *given = NULL;

  (void)state;
  assert_int_equal (strlen (clock), 10);
  assert_true (strcmp (clock, "2024-01-01") > 0);
  options.today = g_strdup ("2022-12-31");
  given = options_today (&options);
  assert_string_equal (given, "2022-12-31");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (options_parse__good_lines__every_place_of_an_option),
    cmocka_unit_test (options_parse__bad_lines__usage_with_a_hint),
    cmocka_unit_test (options_parse__db_psql__the_rest_is_psql_s),
    cmocka_unit_test (options_nearest__words__those_that_somebody_may_have_meant),
    cmocka_unit_test (options_complete__the_same_option_everywhere__the_nearest_source_wins),
    cmocka_unit_test (options_complete__mistakes_in_the_file__named_with_file_group_and_key),
    cmocka_unit_test (options_complete__missing_file_on_the_command_line__configuration_error),
    cmocka_unit_test (options_complete__where_the_program_stands__decides_state_and_catalogue),
    cmocka_unit_test (options_help__command__its_own_options_alone),
    cmocka_unit_test (options_today__given_or_not__a_date),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
