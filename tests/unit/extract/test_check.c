/* What check prints for a person and for a program: what was passed over, places of mistakes, a register from an
 * export. */
#include "extract/check.h"

#include "base/error.h"

#include "../../support/export.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MYOPIA "school_code,period,grade,sex,examined,myopic\n"
#define GRADE(g) "2101020001,2022-spring,P" g ",M,60,12\n2101020001,2022-spring,P" g ",F,50,11\n"
#define ELEVEN_ROWS GRADE ("1") GRADE ("2") GRADE ("3") GRADE ("4") GRADE ("5") "2101020001,2022-spring,P6,M,60,12\n"
#define SCHOOLS "school_code,name,district_code,stage,ownership,valid_from,valid_to\n"

static char *folder, *register_path;

/* What check prints of one file of @text (NULL: there is none); NULL with @error when it gives up. */
static char *
check (const char *text, const char *reg, gboolean json, const char *today, guint *bad, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "f.csv", NULL), *out = NULL;
  char *files[] = { path, NULL };
  const CheckOptions options
      = { .register_path = reg != NULL ? register_path : NULL, .today = today, .language = "en", .json = json };
  gsize size = 0;
  FILE *stream = open_memstream (&out, &size);
  gboolean ok = FALSE;

  g_remove (path);
  if (text != NULL)
    assert_true (g_file_set_contents (path, text, -1, NULL));
  if (reg != NULL)
    assert_true (g_file_set_contents (register_path, reg, -1, NULL));
  ok = check_files (export_catalogue (""), files, &options, stream, bad, error);
  assert_int_equal (fclose (stream), 0);
  return ok ? g_steal_pointer (&out) : NULL;
}

typedef struct {
  const char *text, *reg;
  const char *expected; /* parts, separated by | */
  guint bad;
} Case;

static void
expect (const Case cases[], guint n, gboolean json)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    guint bad = 99;
    g_autofree char *out = check (cases[i].text, cases[i].reg, json, "2022-12-01", &bad, &error);
    g_auto (GStrv) parts = g_strsplit (cases[i].expected, "|", -1);

    if (out == NULL)
      fail_msg ("case %u: %s", i, error->message);
    for (char **part = parts; *part != NULL; part++)
      if (strstr (out, *part) == NULL)
        fail_msg ("case %u: %s is not in %s", i, *part, out);
    if (bad != cases[i].bad)
      fail_msg ("case %u: %u files are bad", i, bad);
  }
}

static void
check_files__what_was_passed_over__is_said (void **state)
{
  static const Case cases[] = {
    { MYOPIA "2101020001,2022-spring,P1,M,60,12\n", NULL, "f.csv|myopia|UTF-8|2022-spring|good|no register was given",
      0 },
    { MYOPIA "2101020001,2022-spring,P1,M,60,12\n2101020001,2022-autumn,P1,M,60,12\n", NULL,
      "2022-spring to 2022-autumn", 0 },
    { "school_code,period,grade,sex,examined,myopic,心情,天气\n2101020001,2022-spring,P1,M,60,12,好,晴\n", NULL,
      "noted: columns that mean nothing here: 心情, 天气", 0 },
    { "SIMULATED\n" MYOPIA "2101020001,2022-spring,P1,M,60,12\n,,,,,\n,,,,,\n" MYOPIA
      "2101020001,2022-spring,P1,F,50,11\n合计,,,,110,23\n",
      NULL, "noted: 2 blank rows, 1 repeated headers, 1 rows of totals or notes, simulated data", 0 },
    { "SIMULATED\nschool_code,period,grade,sex,examined,myopic,心情\n2101020001,2022-spring,P1,M,60,12,好\n", NULL,
      "noted: columns that mean nothing here: 心情, simulated data", 0 },
    { "SIMULATED\n" MYOPIA "2101020001,2022-spring,P1,M,60,12\n", NULL, "noted: simulated data", 0 },
    { "school_code,period,grade,sex,examined,myopic,心情\n,,,,,,\n2101020001,2022-spring,P1,M,60,12,好\n", NULL,
      "noted: 1 blank rows, columns that mean nothing here: 心情", 0 },
  };

  (void)state;
  expect (cases, G_N_ELEMENTS (cases), FALSE);
}

static void
check_files__mistakes__with_their_place (void **state)
{
  static const Case cases[] = {
    { MYOPIA "2101020001,2022-spring,P1,M,60,61\n", NULL, "refused|R-LIMIT|R-EXCEEDS  1 x  row 2 (line 2), column F",
      1 },
    { MYOPIA "2101020001,2022-spring,P1,M,60,61\n2101020001,2022-spring,P2,M,60,61\n", NULL,
      "R-EXCEEDS  2 x  rows 2-3, column F", 1 },
    { MYOPIA ELEVEN_ROWS "2101020001,2022-spring,P6,F,60,61\n", NULL,
      "12    11        1         0           with rejects|R-EXCEEDS  1 x  row 13 (line 13), column F", 1 },

    { "", NULL, "refused|R-EMPTY  1 x  the file|f.csv  -     -         -", 1 },
    { NULL, NULL, "refused|R-UNREADABLE  1 x  the file", 1 },
    { "a,b\n1,2\n", NULL, "refused|R-HEADER", 1 },
  };

  (void)state;
  expect (cases, G_N_ELEMENTS (cases), FALSE);
}

static void
check_files__for_a_program__every_field (void **state)
{
  static const Case cases[] = {
    { MYOPIA "2101020001,2022-spring,P1,M,60,12\n", NULL,
      "[{\"file\": \"f.csv\", \"feed\": \"myopia\", \"encoding\": \"UTF-8\", \"period_first\": \"2022-spring\"|"
      "\"register\": false, \"refused\": false, \"simulated\": false, \"rows\": 1, \"accepted\": 1, \"rejected\": 0, "
      "\"provisional\": 0, \"blank\": 0, \"footers\": 0, \"totals\": 0, \"suppressed\": 0, \"rejects\": []}]",
      0 },
    { "", NULL, "\"feed\": null, \"encoding\": null, \"period_first\": null|\"refused\": true|R-EMPTY|\"rows\": 0", 1 },
    { "SIMULATED\n" MYOPIA "2101020001,2022-spring,P1,M,60,\"1\"\"2\\\"\n2101020001,2022-spring,P2,M,-60,\"1\n2\"\n",
      NULL, "\"simulated\": true|\"value\": \"1\\\"2\\\\\"|\"severity\": \"refuse\"|}, {", 1 },
    { MYOPIA "2101020001,2022-spring,P1,M,60,12\n", SCHOOLS "2101020001,A,210102,primary,public,,\n",
      "\"register\": true", 0 },
  };

  (void)state;
  expect (cases, G_N_ELEMENTS (cases), TRUE);
}

static void
check_files__no_file__an_empty_list (void **state)
{
  const CheckOptions options = { .today = "2022-12-01", .language = "zh", .json = TRUE };
  char *files[] = { NULL };
  g_autofree char *out = NULL;
  gsize size = 0;
  guint bad = 99;
  FILE *stream = open_memstream (&out, &size);

  (void)state;
  assert_true (check_files (export_catalogue (""), files, &options, stream, &bad, NULL));
  assert_int_equal (fclose (stream), 0);
  assert_string_equal (out, "[]\n");
  assert_int_equal (bad, 0);
}

static void
check_files__with_a_register__schools_are_looked_up (void **state)
{
  static const char row[] = MYOPIA "2101020001,2022-spring,P1,M,60,12\n";
  static const Case cases[] = {
    { row, SCHOOLS "2101020001,A,210102,primary,public,,\n", "good", 0 },
    { row, SCHOOLS "2101020001,A,210102,primary,public,2010-09-01,\n", "good", 0 },
    { row, SCHOOLS "2101020001,A,210102,primary,public,2010-09-01,2020-09-01\n", "R-SCHOOL-CLOSED", 1 },
    { row, SCHOOLS "2101020001,A,210102,primary,public,2023-09-01,\n", "R-SCHOOL-", 1 },
    { row, SCHOOLS "2101020001,A,210102,senior,public,2010-09-01,\n", "R-", 1 },
    { row, SCHOOLS "2101020009,A,210102,primary,public,2010-09-01,\n", "R-SCHOOL-UNKNOWN", 1 },
  };

  (void)state;
  expect (cases, G_N_ELEMENTS (cases), FALSE);
}

static void
check_files__what_cannot_begin__is_an_error (void **state)
{
  static const struct {
    const char *reg, *today;
    int code;
    const char *message;
  } cases[] = {
    { NULL, "2022-13-01", PLUMB_ERROR_USAGE, "'2022-13-01' is not a date" },
    { NULL, "2022-12", PLUMB_ERROR_USAGE, "'2022-12' is not a date" },
    { MYOPIA "2101020001,2022-spring,P1,M,60,12\n", "2022-12-01", PLUMB_ERROR_INPUT,
      "the file given as register is an export of feed myopia" },
    { "a,b\n1,2\n", "2022-12-01", PLUMB_ERROR_INPUT, "cannot read the register: " },
    { "", "2022-12-01", PLUMB_ERROR_INPUT, "cannot read the register: " },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    guint bad = 0;

    assert_null (check (MYOPIA, cases[i].reg, FALSE, cases[i].today, &bad, &error));
    assert_int_equal (error->code, cases[i].code);
    if (strstr (error->message, cases[i].message) == NULL)
      fail_msg ("case %u: %s", i, error->message);
  }
}

static void
check_files__a_register_that_is_not_there__named (void **state)
{
  char *files[] = { NULL };
  const CheckOptions options
      = { .register_path = "/nowhere/schools.csv", .today = "2022-12-01", .language = "en", .json = FALSE };
  g_autoptr (GError) error = NULL;
  guint bad = 0;

  (void)state;
  assert_false (check_files (export_catalogue (""), files, &options, stdout, &bad, &error));
  assert_non_null (strstr (error->message, "cannot read the register: "));
}

static int
set_up (void **state)
{
  (void)state;
  folder = g_dir_make_tmp ("plumbline-check-XXXXXX", NULL);
  register_path = g_build_filename (folder, "register.csv", NULL);
  return folder == NULL;
}

static int
tear_down (void **state)
{
  g_autofree char *file = g_build_filename (folder, "f.csv", NULL);

  (void)state;
  g_remove (file);
  g_remove (register_path);
  g_rmdir (folder);
  g_free (register_path);
  g_free (folder);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (check_files__what_was_passed_over__is_said),
    cmocka_unit_test (check_files__mistakes__with_their_place),
    cmocka_unit_test (check_files__for_a_program__every_field),
    cmocka_unit_test (check_files__no_file__an_empty_list),
    cmocka_unit_test (check_files__with_a_register__schools_are_looked_up),
    cmocka_unit_test (check_files__what_cannot_begin__is_an_error),
    cmocka_unit_test (check_files__a_register_that_is_not_there__named),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
