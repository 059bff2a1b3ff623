/* The server refuses any one statement: of a night, after which the next one finishes; of a command, which says so and
   has changed nothing. PLUMB_FAULTS says how many statements of the night are tried, 0: each that
   differs from the others; of the commands then every one. */
#include "../support/fault.h"
#include "../support/sql.h"

#include <string.h>

#define USUAL 4
#define USUAL_STEP 5
#define MOST 200
#define REFUSAL "planted refusal"
#define SIGNALLED 128

static char *library;

static char *
wrapper_new (const Site *site, guint refused)
{
  return g_strdup_printf ("env LD_PRELOAD=%s PLUMB_REFUSED=%u PLUMB_STATEMENTS=%s/statements", library, refused,
                          site->state);
}

/* Numbers of the statements that @line makes, each text once. */
static GArray *
statements_of (const Site *site, const char *line)
{
  g_autofree char *wrapper = wrapper_new (site, 0), *path = g_build_filename (site->state, "statements", NULL);
  g_autofree char *text = NULL;
  g_auto (Result) result = site_run_under (site, wrapper, line);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint));

  if (result.status != 0)
    fail_msg ("%s: exit %d: %s", line, result.status, result.err);
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_int_equal (remove (path), 0);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; *lines[i] != '\0'; i++) {
    guint number = i + 1;

    if (g_hash_table_add (seen, lines[i]))
      g_array_append_val (numbers, number);
  }
  assert_in_range (numbers->len, 5, 500);
  return numbers;
}

static Result
run_refused (const Site *site, guint refused, const char *line)
{
  g_autofree char *wrapper = wrapper_new (site, refused), *path = g_build_filename (site->state, "statements", NULL);
  Result result = site_run_under (site, wrapper, line);

  remove (path);
  return result;
}

static void
night__a_statement_is_refused__the_next_one_finishes (void **state)
{
  Site *first = fault_site_new ();
  g_autofree char *line = fault_night ("");
  g_autoptr (GArray) numbers = statements_of (first, line);
  guint wanted = fault_wanted (numbers->len, USUAL);
  Tally *tally = tally_new ("a statement is refused", "refused between sending and marking");

  (void)state;
  site_drop (first);
  /* A file whose statement is refused keeps nobody waiting: the night judges by the others. */
  tally->judges = TRUE;
  for (guint i = 0; i < wanted; i++) {
    guint number = g_array_index (numbers, guint, fault_place (i, numbers->len));
    Site *site = fault_site_new ();
    g_autofree char *when = g_strdup_printf ("at statement %u", number);
    g_auto (Result) result = run_refused (site, number, line);

    tally_status (tally, result.status);
    if (result.status >= SIGNALLED || (result.status == 0 && !fault_is_done (site))) {
      print_message ("# %s: exit %d, %s\n", when, result.status, result.status == 0 ? "not all is done" : result.err);
      tally->wrong++;
    }
    fault_finish (site, tally, when);
  }
  tally_end (tally);
}

/* Judged without it, all of its rows would be refused, and the file sent back. */
static void
night__the_register_is_refused__the_other_files_wait_for_it (void **state)
{
  static const char plant[] = "create function public.refuse() returns trigger language plpgsql as $$ begin if "
                              "new.file_name = '1.csv' then raise exception '" REFUSAL "'; end if; return new; end $$;"
                              "create trigger refuse before insert on plumbline.batch for each row execute function "
                              "public.refuse()";
  Site *site = fault_site_new ();
  g_autofree char *line = fault_night (""), *waiting = g_build_filename (site->state, "inbox", "3.csv", NULL);
  g_autoptr (Db) db = site_connect (site);
  Tally *tally = tally_new ("the register is refused", "");

  (void)state;
  tally->judges = TRUE;
  run_sql (db, plant);
  site_expect (site, line, 70, REFUSAL);
  site_expect_sql (site, "select count(*) from plumbline.batch where feed is not null", "0");
  assert_true (g_file_test (waiting, G_FILE_TEST_EXISTS));
  run_sql (db, "drop trigger refuse on plumbline.batch; drop function public.refuse()");
  g_clear_pointer (&db, db_close);
  fault_finish (site, tally, "1.csv");
  tally_end (tally);
}

/* Until none is left to be refused: then it has done its work, and the next command begins from there. */
static void
try_command (const Site *site, const char *command, guint step, Tally *tally)
{
  g_autofree char *line = g_strdup_printf ("@db %s --today " FAULT_TODAY, command), *before = site_contents (site);
  int status = -1;

  for (guint number = step; status != 0 && number < MOST; number += step) {
    g_auto (Result) result = run_refused (site, number, line);
    g_autofree char *after = site_contents (site);

    status = result.status;
    tally_status (tally, status);
    tally->tries++;
    if (status != 0 && status < SIGNALLED && *result.err != '\0' && strcmp (before, after) == 0)
      continue;
    if (status == 0 && number > step && strstr (result.err, REFUSAL) == NULL)
      continue;
    print_message ("# %s, at statement %u: exit %d, %s\n", command, number, status, result.err);
    tally->wrong++;
  }
  if (status != 0)
    fail_msg ("%s never came to its end: exit %d", command, status);
}

static void
command__a_statement_is_refused__it_says_so_and_has_changed_nothing (void **state)
{
  static const char *const commands[] = {
    "status",
    "alerts",
    "explain 210102 myopia_change",
    "confirm 4 --comment seen",
    "withdraw 4 --reason wrong",
    "silence 210102 all --until 2023-03-01 --comment holidays",
    "publish 2022-autumn",
    "purge --before 2012-01-01",
  };
  Site *site = fault_site_new ();
  g_autofree char *night = fault_night ("");
  Tally *tally = tally_new ("a command's statement is refused", "");

  (void)state;
  site_expect (site, night, 0, "");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    try_command (site, commands[i], g_getenv ("PLUMB_FAULTS") != NULL ? 1 : USUAL_STEP, tally);
  site_drop (site);
  tally_end (tally);
}

static int
set_up (void **state)
{
  library = fault_library ();
  return fault_set_up (state);
}

static int
tear_down (void **state)
{
  g_free (library);
  return fault_tear_down (state);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (night__the_register_is_refused__the_other_files_wait_for_it),
    cmocka_unit_test (night__a_statement_is_refused__the_next_one_finishes),
    cmocka_unit_test (command__a_statement_is_refused__it_says_so_and_has_changed_nothing),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
