/* Schools that are fetched when a file names them. */
#include "extract/register.h"

#include "base/error.h"

#include "../../support/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

typedef struct {
  Register *reg;
  GString *asked; /* the prefixes, each with a semicolon */
  gboolean lost;
} Fixture;

static gboolean
fetch (const char *prefix, gpointer data, GError **error)
{
  static const char *const codes[] = { "2101020001", "2101020002", "2101030001", "77", "210104123456", "210104129999" };
  Fixture *f = data;

  g_string_append_printf (f->asked, "%s;", prefix);
  if (f->lost) {
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE, "gone");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_has_prefix (codes[i], prefix))
      register_add (f->reg, codes[i], "x", "210102", "primary", 1, REGISTER_NO_END);
  return TRUE;
}

static int
set_up (void **state)
{
  Fixture *f = g_new0 (Fixture, 1);

  f->reg = register_new (export_catalogue (""));
  f->asked = g_string_new (NULL);
  register_set_source (f->reg, fetch, f);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  Fixture *f = *state;

  register_free (f->reg);
  g_string_free (f->asked, TRUE);
  g_free (f);
  return 0;
}

static void
register_find__fetched_by_prefix__finely_at_first_and_each_once (void **state)
{
  const Fixture *f = *state;

  assert_non_null (register_find (f->reg, "2101020001"));
  assert_non_null (register_find (f->reg, "2101020002"));
  assert_null (register_find (f->reg, "2101020009"));
  assert_null (register_find (f->reg, "2101020009"));
  assert_non_null (register_find (f->reg, "77"));
  assert_non_null (register_find (f->reg, "210104123456"));
  assert_non_null (register_find (f->reg, "210104129999"));
  assert_int_equal (register_size (f->reg), 5);
  assert_non_null (register_find (f->reg, "2101030001"));
  assert_string_equal (f->asked->str, "2101020;77;210104123;210104129;210103;");
}

static void
register_add__versions_in_any_order__each_on_its_days (void **state)
{
  Fixture *f = *state;
  const School *school = NULL;

  register_add (f->reg, "5", "late", "210104", "junior", 300, REGISTER_NO_END);
  register_add (f->reg, "5", "early", "210102", "primary", 100, 200);
  register_add (f->reg, "5", "between", "210103", "primary", 200, 300);
  register_add (f->reg, "5", "mended", "210105", "primary", 200, 290);
  school = register_find (f->reg, "5");
  assert_int_equal (school->n_versions, 3);
  assert_string_equal (school->name, "mended");
  assert_null (school_version (school, 1, 99));
  assert_string_equal (school_version (school, 100, 199)->district_code, "210102");
  assert_string_equal (school_version (school, 200, 250)->district_code, "210105");
  assert_null (school_version (school, 290, 299));
  assert_string_equal (school_version (school, 1, 9999)->stage, "junior");
  assert_int_equal (register_size (f->reg), 1);
}

static void
register_nearest__not_yet_fetched__all_are_asked_for (void **state)
{
  const Fixture *f = *state;
  g_autofree char *near = register_nearest (f->reg, "2101030002");

  assert_non_null (strstr (near, "2101030001"));
  assert_null (register_find (f->reg, "2101040001"));
  assert_string_equal (f->asked->str, ";");
}

static void
register_find__codes_of_another_kind__soon_all_at_once (void **state)
{
  const Fixture *f = *state;

  for (guint i = 0; i < 100; i++) {
    g_autofree char *code = g_strdup_printf ("%u", 900000 + i);

    assert_null (register_find (f->reg, code));
  }
  assert_true (g_str_has_suffix (f->asked->str, "900095;;"));
  assert_int_equal (register_size (f->reg), 6);
}

static void
register_find__server_gone__told_once_and_asked_again (void **state)
{
  Fixture *f = *state;
  g_autoptr (GError) error = NULL;

  f->lost = TRUE;
  assert_null (register_find (f->reg, "2101020001"));
  assert_true (register_failed (f->reg, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE));
  assert_false (register_failed (f->reg, NULL));
  f->lost = FALSE;
  assert_non_null (register_find (f->reg, "2101020001"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (register_find__fetched_by_prefix__finely_at_first_and_each_once, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (register_add__versions_in_any_order__each_on_its_days, set_up, tear_down),
    cmocka_unit_test_setup_teardown (register_nearest__not_yet_fetched__all_are_asked_for, set_up, tear_down),
    cmocka_unit_test_setup_teardown (register_find__codes_of_another_kind__soon_all_at_once, set_up, tear_down),
    cmocka_unit_test_setup_teardown (register_find__server_gone__told_once_and_asked_again, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
