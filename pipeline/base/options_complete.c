/* What the command line leaves open: environment, configuration file, and what holds unless anything is said. */
#include "base/db.h"
#include "base/error.h"
#include "option.h"

#include <string.h>
#include <unistd.h>

#define MAIL_TIMEOUT_S 60

static gboolean
is_open (Options *options, const Option *option)
{
  switch (option->kind) {
  case KIND_FLAG:
    return !G_STRUCT_MEMBER (gboolean, options, option->offset);
  case KIND_NUMBER:
    return G_STRUCT_MEMBER (gint64, options, option->offset) < 0;
  default:
    return *option_text (options, option) == NULL;
  }
}

static gboolean
fill (Options *options, const Option *option, const char *text, const char *base, const char *source, GError **error)
{
  const char *wrong = option_objection (option, text);

  if (wrong == NULL) {
    option_store (options, option, text, base);
    return TRUE;
  }
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s: '%s' %s%s%s", source, text, wrong,
               option->kind == KIND_CHOICE ? " " : "", option->kind == KIND_CHOICE ? option->value_name : "");
  return FALSE;
}

static gboolean
read_environment (Options *options, GError **error)
{
  for (guint i = 0; i < OPTIONS; i++) {
    const char *value = option_table[i].variable != NULL ? g_getenv (option_table[i].variable) : NULL;

    if (value != NULL && *value != '\0' && is_open (options, &option_table[i])
        && !fill (options, &option_table[i], value, NULL, option_table[i].variable, error))
      return FALSE;
  }
  return TRUE;
}

/* A misspelt key would silently leave the default in force. */
static gboolean
check_keys (GKeyFile *file, const char *path, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++) {
    g_auto (GStrv) keys = g_key_file_get_keys (file, *group, NULL, NULL);
    const char *known[OPTIONS + 1] = { NULL };
    guint n = 0;

    for (guint i = 0; i < OPTIONS; i++)
      if (g_strcmp0 (option_table[i].group, *group) == 0)
        known[n++] = option_table[i].key;
    for (char **key = keys; *key != NULL; key++)
      if (!g_strv_contains (known, *key)) {
        const char *nearest = options_nearest (*key, known);

        g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s: group [%s] has no key %s%s%s", path, *group, *key,
                     nearest != NULL ? "; nearest is " : "", nearest != NULL ? nearest : "");
        return FALSE;
      }
    if (n == 0) {
      g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s: there is no group [%s]", path, *group);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_keys (Options *options, GKeyFile *file, GError **error)
{
  g_autofree char *base = g_path_get_dirname (options->config);

  for (guint i = 0; i < OPTIONS; i++) {
    g_autofree char *value = option_table[i].group != NULL
                                 ? g_key_file_get_string (file, option_table[i].group, option_table[i].key, NULL)
                                 : NULL;
    g_autofree char *source = NULL;

    if (value == NULL || !is_open (options, &option_table[i]))
      continue;
    source = g_strdup_printf ("%s: [%s] %s", options->config, option_table[i].group, option_table[i].key);
    if (!fill (options, &option_table[i], value, base, source, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_configuration (Options *options, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *users = g_build_filename (g_get_user_config_dir (), "plumbline", "plumbline.conf", NULL);
  const char *const places[] = { users, PLUMB_SYSCONFDIR "/plumbline.conf" };
  g_autofree char *content = NULL;
  gsize length = 0;
  g_autoptr (GError) why = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (places) && options->config == NULL; i++)
    if (g_file_test (places[i], G_FILE_TEST_EXISTS))
      options->config = g_strdup (places[i]);
  if (options->config == NULL)
    return TRUE;
  if (!g_file_get_contents (options->config, &content, &length, &why)
      || !g_key_file_load_from_data (file, content, length, G_KEY_FILE_NONE, &why)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot read the configuration %s: %s", options->config,
                 why->message);
    return FALSE;
  }
  return check_keys (file, options->config, error) && read_keys (options, file, error);
}

/* The tree that the program was built in, or NULL: its folder or one above is called build…, and seeds/ stands beside.
 */
static char *
find_tree (const char *executable)
{
  g_autofree char *dir = g_path_get_dirname (executable);

  while (strlen (dir) > 1) {
    g_autofree char *name = g_path_get_basename (dir);
    g_autofree char *parent = g_path_get_dirname (dir);
    g_autofree char *seeds = g_build_filename (parent, "seeds", "feed.csv", NULL);

    if (g_str_has_prefix (name, "build") && g_file_test (seeds, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&parent);
    g_free (dir);
    dir = g_steal_pointer (&parent);
  }
  return NULL;
}

/* Root's home is closed to the server's account, and a service has no home at all. */
static char *
default_state (const char *tree)
{
  if (tree != NULL)
    return g_build_filename (tree, "var", NULL);
  if (g_getenv ("XDG_STATE_HOME") == NULL && (geteuid () == 0 || g_getenv ("HOME") == NULL))
    return g_strdup ("/var/lib/plumbline");
  return g_build_filename (g_get_user_state_dir (), "plumbline", NULL);
}

/* An installed tree may have been moved, or staged under another prefix than it was built for. */
static char *
default_catalogue (const char *tree, const char *executable)
{
  g_autofree char *bin = g_path_get_dirname (executable);
  g_autofree char *beside = g_build_filename (bin, "..", "share", "plumbline", "seeds", NULL);

  if (tree != NULL)
    return g_build_filename (tree, "seeds", NULL);
  return g_file_test (beside, G_FILE_TEST_IS_DIR) ? g_canonicalize_filename (beside, NULL)
                                                  : g_strdup (PLUMB_DATADIR "/seeds");
}

gboolean
options_complete (Options *options, const char *executable, GError **error)
{
  g_autofree char *tree = find_tree (executable);

  if (!read_environment (options, error) || !read_configuration (options, error))
    return FALSE;
  if (options->state == NULL)
    options->state = default_state (tree);
  if (options->catalogue == NULL)
    options->catalogue = default_catalogue (tree, executable);
  if (options->report == NULL)
    options->report = g_build_filename (options->state, "report", NULL);
  if (options->language == NULL)
    options->language = g_strdup ("zh");
  if (options->mail_from == NULL)
    options->mail_from = g_strdup ("plumbline <plumbline@localhost>");
  if (options->mail_timeout < 0)
    options->mail_timeout = MAIL_TIMEOUT_S;
  if (options->db_timeout < 0)
    options->db_timeout = DB_TIMEOUT_S;
  if (options->look == NULL)
    options->look = g_strdup ("last");
  if (options->seed < 0)
    options->seed = 1;
  return TRUE;
}
