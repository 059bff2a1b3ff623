#include "base/options.h"

#include "base/error.h"
#include "base/text.h"
#include "option.h"

#include <string.h>

/* Shanghai has kept one offset since 1992; a name would need tzdata. */
#define SHANGHAI "+08:00"

const char *
options_nearest (const char *word, const char *const names[])
{
  const char *nearest = NULL;
  guint least = (guint)MIN (strlen (word), TEXT_MAX_CHARS) / 3 + 2;

  if (!g_utf8_validate (word, -1, NULL))
    return NULL;
  for (const char *const *name = names; *name != NULL; name++) {
    guint d = g_str_has_prefix (*name, word) && *word != '\0' ? 1 : text_distance (word, *name, least);

    if (d < least) {
      least = d;
      nearest = *name;
    }
  }
  return nearest;
}

static gboolean
unknown (const char *name, GError **error)
{
  const char *names[OPTIONS + 1] = { NULL };
  const char *nearest = NULL;

  for (guint i = 0; i < OPTIONS; i++)
    names[i] = option_table[i].name;
  nearest = options_nearest (name, names);
  return nearest != NULL ? error_usage (error, "unknown option --%s; did you mean --%s?", name, nearest)
                         : error_usage (error, "unknown option --%s", name);
}

/* One word that begins with --; @i moves on when the value is the next word. */
static gboolean
parse_option (int argc, char *const argv[], int *i, Options *options, gboolean given[], GError **error)
{
  const char *word = argv[*i] + 2;
  const char *equals = strchr (word, '=');
  g_autofree char *name = equals != NULL ? g_strndup (word, (gsize)(equals - word)) : g_strdup (word);
  const Option *option = option_find (name);
  const char *value = equals != NULL ? equals + 1 : NULL;
  const char *wrong = NULL;

  if (option == NULL)
    return unknown (name, error);
  if (option->kind == KIND_FLAG && value != NULL)
    return error_usage (error, "option --%s takes no value", name);
  if (option->kind == KIND_FLAG)
    value = "yes";
  else if (value == NULL) {
    if (*i + 1 >= argc)
      return error_usage (error, "option --%s needs a value: %s", name, option->value_name);
    value = argv[++*i];
  }
  wrong = option_objection (option, value);
  if (wrong != NULL)
    return error_usage (error, "option --%s: '%s' %s%s%s", name, value, wrong, option->kind == KIND_CHOICE ? " " : "",
                        option->kind == KIND_CHOICE ? option->value_name : "");
  option_store (options, option, value, NULL);
  given[option - option_table] = TRUE;
  return TRUE;
}

static gboolean
check_given (const Options *options, const gboolean given[], GError **error)
{
  for (guint i = 0; i < OPTIONS; i++)
    if (given[i] && !options->help && !option_belongs (&option_table[i], options->command))
      return error_usage (error, "option --%s does not belong to %s, but to: %s", option_table[i].name,
                          options->command, option_table[i].commands);
  return TRUE;
}

gboolean
options_parse (int argc, char *const argv[], Options *out, GError **error)
{
  g_auto (Options) options = { .seed = -1, .mail_timeout = -1, .db_timeout = -1 };
  gboolean given[OPTIONS] = { FALSE };
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();
  gboolean verbatim = FALSE;

  for (int i = 1; i < argc; i++) {
    if (!verbatim && strcmp (argv[i], "--") == 0)
      verbatim = TRUE;
    else if (!verbatim && strcmp (argv[i], "-h") == 0)
      options.help = TRUE;
    else if (!verbatim && g_str_has_prefix (argv[i], "--")) {
      if (!parse_option (argc, argv, &i, &options, given, error))
        return FALSE;
    } else if (!verbatim && argv[i][0] == '-' && argv[i][1] != '\0')
      return error_usage (error, "unknown option %s; options are words after two hyphens", argv[i]);
    else if (options.command == NULL)
      options.command = g_strdup (argv[i]);
    else {
      verbatim = verbatim || (strcmp (options.command, "db") == 0 && strcmp (argv[i], "psql") == 0);
      g_strv_builder_add (rest, argv[i]);
    }
  }
  options.arguments = g_strv_builder_end (rest);
  if (!check_given (&options, given, error))
    return FALSE;
  *out = options;
  options = (Options){ 0 };
  return TRUE;
}

void
options_clear (Options *options)
{
  for (guint i = 0; i < OPTIONS; i++)
    if (option_table[i].kind != KIND_FLAG && option_table[i].kind != KIND_NUMBER)
      g_clear_pointer (option_text (options, &option_table[i]), g_free);
  g_clear_pointer (&options->command, g_free);
  g_clear_pointer (&options->arguments, g_strfreev);
}

char *
options_today (const Options *options)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (SHANGHAI);
  g_autoptr (GDateTime) now = g_date_time_new_now (zone);

  return options->today != NULL ? g_strdup (options->today) : g_date_time_format (now, "%F");
}

void
options_each (void (*see) (const OptionFacts *option, gpointer data), gpointer data)
{
  for (guint i = 0; i < OPTIONS; i++) {
    const Option *o = &option_table[i];
    const OptionFacts facts = { .name = o->name,
                                .value_name = o->value_name,
                                .commands = o->commands,
                                .variable = o->variable,
                                .group = o->group,
                                .key = o->key,
                                .help = o->help,
                                .help_zh = o->help_zh,
                                .is_choice = o->kind == KIND_CHOICE,
                                .is_path = o->kind == KIND_PATH };

    see (&facts, data);
  }
}

/* A password in a connection string would be guessed from its hash alone: the string is left out. */
char *
options_hash (const Options *options)
{
  Options own = *options;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < OPTIONS; i++) {
    const Option *option = &option_table[i];
    g_autofree char *line = NULL;

    if (strcmp (option->name, "db") == 0 || strcmp (option->name, "today") == 0)
      continue;
    if (option->kind == KIND_FLAG)
      line = g_strdup_printf ("%s=%d\n", option->name, G_STRUCT_MEMBER (gboolean, &own, option->offset));
    else if (option->kind == KIND_NUMBER)
      line
          = g_strdup_printf ("%s=%" G_GINT64_FORMAT "\n", option->name, G_STRUCT_MEMBER (gint64, &own, option->offset));
    else {
      const char *text = G_STRUCT_MEMBER (char *, &own, option->offset);

      line = g_strdup_printf ("%s=%s\n", option->name, text != NULL ? text : "");
    }
    g_checksum_update (sum, (const guchar *)line, -1);
  }
  return g_strdup (g_checksum_get_string (sum));
}

static void
describe (GString *out, const Option *option)
{
  g_autofree char *head = g_strdup_printf ("--%s%s%s", option->name, option->value_name != NULL ? " " : "",
                                           option->value_name != NULL ? option->value_name : "");

  g_string_append_printf (out, "  %-20s  %s", head, option->help);
  if (option->variable != NULL)
    g_string_append_printf (out, " (%s)", option->variable);
  if (option->group != NULL)
    g_string_append_printf (out, " ([%s] %s)", option->group, option->key);
  g_string_append_c (out, '\n');
}

char *
options_help (const char *command)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < OPTIONS; i++)
    if (command != NULL ? *option_table[i].commands != '\0' && option_belongs (&option_table[i], command)
                        : *option_table[i].commands == '\0')
      describe (out, &option_table[i]);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
