#include "base/sql.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

GResource *plumb_sql_get_resource (void);

const char *
embedded_text (const char *path)
{
  g_autofree char *name = g_strdup_printf ("/plumbline/%s", path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_resources_register (plumb_sql_get_resource ());
  bytes = g_resources_lookup_data (name, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (bytes == NULL)
    g_error ("embedded file %s is missing: %s", path, error->message);
  return g_bytes_get_data (bytes, NULL); /* static, uncompressed and NUL-terminated: outlives the GBytes */
}

const char *
sql_text (const char *folder, const char *file)
{
  g_autofree char *path = g_strdup_printf ("sql/%s/%s", folder, file);

  return embedded_text (path);
}

const char *
sql_query (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".sql", NULL);

  return sql_text ("queries", file);
}

#define HASH_CHARS 64

char *
sql_hash (const char *folder, const char *file)
{
  g_autofree char *line = g_strdup_printf ("  sql/%s/%s\n", folder, file);
  const char *sums = embedded_text ("sql/sums"), *found = strstr (sums, line);

  if (found == NULL)
    g_error ("embedded file sql/%s/%s has no hash", folder, file);
  return g_strndup (found - HASH_CHARS, HASH_CHARS);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

char **
sql_list (const char *folder)
{
  g_autofree char *path = g_strdup_printf ("/plumbline/sql/%s", folder);
  char **names = NULL;

  g_resources_register (plumb_sql_get_resource ());
  names = g_resources_enumerate_children (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (names == NULL)
    names = g_new0 (char *, 1);
  qsort (names, g_strv_length (names), sizeof *names, compare_names);
  return names;
}
