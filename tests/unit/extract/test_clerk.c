/* What the clerk's letter leaves out it says. */
#include "extract/clerk.h"

#include "../../support/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define KINDS (CLERK_MAX_GROUPS + 3)
#define FIRST_ROW 2

/* The same rule broken in KINDS columns, in the first of them in as many rows as are kept and 7 more. */
static void
break_rules (Extract *extract, const Rule *rule)
{
  for (guint column = 1; column <= KINDS; column++)
    for (guint i = 0; i < (column == 1 ? REJECTS_KEPT + 7 : 1); i++) {
      Fault fault = { .line = FIRST_ROW + i, .row = FIRST_ROW + i, .column_no = column, .value = g_strdup ("x") };

      rejects_add (extract->rejects, rule, "test.csv", NULL, NULL, &fault);
    }
}

static guint
occurrences (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

static void
clerk_letter__more_than_it_names__says_how_many (void **state)
{
  static const struct {
    const char *language;
    const char *said[4];
  } cases[] = {
    { "zh",
      { "（另有 3 类问题未在此列出。）", "（问题共 20059 处，表中逐处标出的是前 20000 处。）", "13（另有 19995 处）",
        "20007" } },
    { "en",
      { "(3 more kinds of problems are not listed here.)",
        "(There are 20059 problems; the first 20000 are marked in the table.)", "13, and 19995 more", "20007" } },
  };
  const Catalogue *catalogue = export_catalogue ("");
  const Rule *rule = NULL;
  g_auto (Outcome) outcome = { 0 };

  (void)state;
  for (guint i = 0; i < catalogue->rules->len; i++)
    if (strcmp (((const Rule *)catalogue->rules->pdata[i])->rule, "R-NUMBER") == 0)
      rule = catalogue->rules->pdata[i];
  assert_non_null (rule);
  export_read_text ("school_code,period,grade,sex,examined,myopic\n2101020001,2022-spring,P1,M,60,12\n", &outcome);
  break_rules (&outcome.extract, rule);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *letter = clerk_letter ("test.csv", &outcome.extract, catalogue, cases[i].language, NULL);

    for (gsize k = 0; k < G_N_ELEMENTS (cases[i].said); k++)
      if (strstr (letter, cases[i].said[k]) == NULL)
        fail_msg ("no '%s' in: %.2000s", cases[i].said[k], letter);
    assert_int_equal (occurrences (letter, "[R-NUMBER]"), CLERK_MAX_GROUPS);
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (clerk_letter__more_than_it_names__says_how_many),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
