#include "postbox.h"

#include "server.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define PYTHON "/usr/bin/python3" /* the system's: aiosmtpd is a package of it */
#define START_MS 15000

/* The test runs in the tree or in a copy of it, its binary anywhere below. */
char *
postbox_script (const char *script)
{
  g_autofree char *path = g_file_read_link ("/proc/self/exe", NULL);

  while (path != NULL && strlen (path) > 1) {
    g_autofree char *up = g_path_get_dirname (path);
    char *candidate = g_build_filename (up, "tests", "support", script, NULL);

    if (g_file_test (candidate, G_FILE_TEST_IS_REGULAR))
      return candidate;
    g_free (candidate);
    g_free (path);
    path = g_steal_pointer (&up);
  }
  fail_msg ("there is no %s above the test", script);
  return NULL;
}

char *
postbox_path (const Postbox *box, const char *name)
{
  return g_build_filename (box->folder, name, NULL);
}

static void
make_certificate (const char *key, const char *certificate)
{
  g_autofree char *line
      = g_strdup_printf ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -out %s "
                         "-keyout %s -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost",
                         certificate, key);
  g_autofree char *err = NULL;
  int status = 0;

  assert_true (g_spawn_command_line_sync (line, NULL, &err, &status, NULL));
  if (status != 0)
    fail_msg ("openssl: %s", err);
}

static void
write_secret (const Postbox *box)
{
  g_autofree char *path = postbox_path (box, "credentials");

  assert_true (g_file_set_contents_full (path, "user=plumbline\npassword=se cret:=1\n", -1, G_FILE_SET_CONTENTS_NONE,
                                         0600, NULL));
}

static char *
wait_for_port (const Postbox *box)
{
  g_autofree char *path = postbox_path (box, "port");
  char *port = NULL;

  for (guint waited = 0; waited < START_MS && !g_file_get_contents (path, &port, NULL, NULL); waited += 20)
    g_usleep (20000);
  if (port == NULL)
    fail_msg ("no mail server after %d ms; is python3-aiosmtpd installed?", START_MS);
  return port;
}

Postbox *
postbox_new (const char *script)
{
  Postbox *box = g_new0 (Postbox, 1);
  g_autofree char *path = postbox_script (script);
  g_autofree char *key = NULL;
  g_autofree char *certificate = NULL;

  box->folder = test_folder_new ();
  key = postbox_path (box, "key.pem");
  certificate = postbox_path (box, "cert.pem");
  make_certificate (key, certificate);
  write_secret (box);
  postbox_order (box, "ok");
  {
    char *argv[] = { g_strdup (PYTHON), path, box->folder, certificate, key, NULL };

    assert_true (g_spawn_async ("/", argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                                &box->pid, NULL));
    g_free (argv[0]);
  }
  box->port = wait_for_port (box);
  return box;
}

void
postbox_free (Postbox *box)
{
  if (box == NULL)
    return;
  kill (box->pid, SIGTERM);
  waitpid (box->pid, NULL, 0);
  g_free (box->folder);
  g_free (box->port);
  g_free (box);
}

void
postbox_order (const Postbox *box, const char *order)
{
  g_autofree char *path = postbox_path (box, "mode");

  assert_true (g_file_set_contents (path, order, -1, NULL));
}

static int
by_text (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

GPtrArray *
postbox_mails (const Postbox *box)
{
  GPtrArray *mails = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (box->folder, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = postbox_path (box, name);
    g_autofree char *text = NULL;
    gsize length = 0;

    if (!g_str_has_suffix (name, ".eml"))
      continue;
    assert_true (g_file_get_contents (path, &text, &length, NULL));
    g_ptr_array_add (mails, g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guchar *)text, length));
  }
  g_ptr_array_sort (mails, by_text);
  return mails;
}

guint
postbox_times (const GPtrArray *mails, const char *md5)
{
  guint count = 0;

  for (guint i = 0; i < mails->len; i++)
    count += strcmp (mails->pdata[i], md5) == 0;
  return count;
}

guint
postbox_count (const Postbox *box)
{
  g_autoptr (GPtrArray) mails = postbox_mails (box);

  return mails->len;
}

void
postbox_empty (const Postbox *box)
{
  g_autoptr (GDir) dir = g_dir_open (box->folder, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = postbox_path (box, name);

    if (g_str_has_suffix (name, ".eml"))
      assert_int_equal (g_unlink (path), 0);
  }
}

char *
postbox_url (const Postbox *box, const char *scheme)
{
  return g_strdup_printf ("%s://localhost:%s", scheme, box->port);
}

char *
postbox_options (const Postbox *box, const char *scheme)
{
  g_autofree char *url = postbox_url (box, scheme);

  return g_strdup_printf ("--mail-server %s --mail-ca %s/cert.pem --mail-credentials %s/credentials --mail-timeout 10",
                          url, box->folder, box->folder);
}
