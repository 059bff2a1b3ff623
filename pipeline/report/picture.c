#include "report/picture.h"

#include "base/error.h"

#include <gio/gio.h>
#include <string.h>

/* Standard output of @argv fed with @input; NULL when it fails. */
static GBytes *
run (const char *const argv[], GBytes *input, GError **error)
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
