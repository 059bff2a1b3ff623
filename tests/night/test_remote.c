/* Statisticians' own programs over the network: TLS, service file, password file. */
#include "../support/server.h"
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SCRIPT "tests/night/remote"

static void
assert_said (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    fail_msg ("%s\nis not in\n%s", part, text);
}

static void
remote__r_and_psycopg__read_text_types_and_figures_over_tls (void **state)
{
  g_autofree char *program = g_strdup (site_program ());
  char script[] = SCRIPT, *argv[] = { script, program, NULL };
  g_autofree char *openssl = g_find_program_in_path ("openssl"), *out = NULL, *err = NULL;
  int status = -1;

  (void)state;
  if (openssl == NULL)
    skip ();
  assert_true (g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
  if (status != 0)
    fail_msg ("%s%s", out, err);
  if (strstr (out, "psycopg2: not installed") == NULL)
    assert_said (out, "psycopg2: 112 estimates over TLSv1.3 as li");
  if (strstr (out, "R: RPostgreSQL not installed") == NULL) {
    assert_said (out, "R: 112 estimates, each again within ");
    assert_said (out, "; 112 standardised within ");
  }
  assert_said (out,
               "without TLS: refused\na certificate of a stranger: refused\nanother name than the certificate has: "
               "refused\na wrong password: refused\nas owner: refused\n");
}

int
main (void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test (remote__r_and_psycopg__read_text_types_and_figures_over_tls) };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
