#include "report/picture.h"

#include "base/error.h"

#include <gio/gio.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static GBytes *
run_once (const char *const argv[], GBytes *input, GError **error)
{
  GSubprocessFlags in = input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE;
  g_autoptr (GSubprocess) child
      = g_subprocess_newv (argv, in | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, error);
  g_autoptr (GBytes) output = NULL;

  if (child == NULL || !g_subprocess_communicate (child, input, NULL, &output, NULL, error))
    return NULL;
  if (!g_subprocess_get_successful (child)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "ended with status %d", g_subprocess_get_status (child));
    return NULL;
  }
  return g_steal_pointer (&output);
}

/* Standard output of @argv fed with @input; NULL when it fails. A trouble of the machine's passes, mostly, and what was
   drawn without it is sent for good: hence a second try. */
static GBytes *
run (const char *const argv[], GBytes *input, GError **error)
{
  GBytes *output = run_once (argv, input, NULL);

  return output != NULL ? output : run_once (argv, input, error);
}

/* fc-match always finds something; what it found must say that it covers the language. */
gboolean
picture_can_write (const char *language)
{
  const char *tag = strcmp (language, "zh") == 0 ? "zh-cn" : language;
  g_autofree char *pattern = g_strconcat (":lang=", tag, NULL);
  const char *const argv[] = { "timeout", "20", "fc-match", "-f", "%{lang}", pattern, NULL };
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) output = run (argv, nothing, NULL);
  g_autofree char *found = NULL;
  g_auto (GStrv) languages = NULL;

  if (output == NULL)
    return FALSE;
  found = g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
  languages = g_strsplit (found, "|", -1);
  return g_strv_contains ((const char *const *)languages, tag);
}

GBytes *
picture_png (const char *svg, double zoom, GError **error)
{
  static const double shares[] = { 1, 0.75, 0.5 };
  g_autoptr (GBytes) input = g_bytes_new_static (svg, strlen (svg));

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++) {
    char factor[G_ASCII_DTOSTR_BUF_SIZE];
    const char *const argv[] = { "timeout",  "20",     "rsvg-convert",
                                 "--format", "png",    "--background-color",
                                 "white",    "--zoom", g_ascii_dtostr (factor, sizeof factor, zoom * shares[i]),
                                 NULL };
    g_autoptr (GError) cause = NULL;
    g_autoptr (GBytes) png = run (argv, input, &cause);

    if (png == NULL) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not draw the picture with rsvg-convert: %s",
                   cause->message);
      return NULL;
    }
    if (g_bytes_get_size (png) <= PICTURE_MAX_BYTES)
      return g_steal_pointer (&png);
  }
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "picture is larger than %d bytes", PICTURE_MAX_BYTES);
  return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------ */

#define MAX_SECONDS "60"

/* The pages as files beside @path, which rsvg-convert reads; added to @argv as they are there. */
static gboolean
write_sheets (const GPtrArray *sheets, const char *path, GStrvBuilder *argv, GPtrArray *written, GError **error)
{
  for (guint i = 0; i < sheets->len; i++) {
    char *file = g_strdup_printf ("%s.%u.svg", path, i + 1);

    g_ptr_array_add (written, file);
    g_strv_builder_add (argv, file);
    if (!g_file_set_contents (file, sheets->pdata[i], -1, error))
      return FALSE;
  }
  return TRUE;
}

/* rsvg-convert takes the moment of making from the environment: the same day gives the same bytes. */
static gboolean
convert (char *const argv[], const char *today, GError **error)
{
  g_autoptr (GDateTime) day = NULL;
  g_autofree char *noon = g_strconcat (today, "T12:00:00Z", NULL);
  g_autofree char *seconds = NULL;
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) child = NULL;
  g_autofree char *said = NULL;

  day = g_date_time_new_from_iso8601 (noon, NULL);
  seconds = g_strdup_printf ("%" G_GINT64_FORMAT, day != NULL ? g_date_time_to_unix (day) : 0);
  g_subprocess_launcher_setenv (launcher, "SOURCE_DATE_EPOCH", seconds, TRUE);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, error);
  if (child == NULL || !g_subprocess_communicate_utf8 (child, NULL, NULL, NULL, &said, error))
    return FALSE;
  if (g_subprocess_get_successful (child))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "ended with status %d: %s", g_subprocess_get_status (child),
               g_strstrip (said));
  return FALSE;
}

/* What lies in the folder of the report is published with it. */
static gboolean
fail_to_remove (const char *path, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not remove %s: %s", path, g_strerror (errno));
  return FALSE;
}

gboolean
picture_pdf (const GPtrArray *sheets, const char *language, const char *today, const char *path, GError **error)
{
  static const char *const words[] = { "timeout", MAX_SECONDS, "rsvg-convert", "--format", "pdf", "--output", NULL };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) written = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) cause = NULL;
  gboolean ok = FALSE;

  if (!picture_can_write (language)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not draw the pages: no installed face is for %s",
                 language);
    return FALSE;
  }
  for (guint i = 0; words[i] != NULL; i++)
    g_strv_builder_add (builder, words[i]);
  g_strv_builder_add (builder, path);
  ok = write_sheets (sheets, path, builder, written, &cause);
  argv = g_strv_builder_end (builder);
  ok = ok && convert (argv, today, &cause);
  for (guint i = 0; i < written->len; i++)
    if (g_unlink (written->pdata[i]) != 0 && ok)
      ok = fail_to_remove (written->pdata[i], &cause);
  if (!ok) {
    g_unlink (path);
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not draw the pages with rsvg-convert: %s",
                 cause->message);
  }
  return ok;
}
