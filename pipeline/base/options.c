#include "base/options.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WORD 64
#define MAIL_TIMEOUT_S 60
#define FIRST_YEAR 1990
#define LAST_YEAR 2100
/* Shanghai has kept one offset since 1992; a name would need tzdata. */
#define SHANGHAI "+08:00"

typedef enum { KIND_FLAG, KIND_TEXT, KIND_PATH, KIND_DATE, KIND_NUMBER, KIND_CHOICE } Kind;

typedef struct {
  const char *name;
  Kind kind;
  gsize offset;
  const char *value_name; /* for a choice also its values */
  const char *commands;   /* separated by spaces; "" all */
  const char *variable;   /* of the environment, or NULL */
  const char *group;      /* of the configuration file, or NULL */
  const char *key;
  const char *help;
} Option;

#define AT(member) G_STRUCT_OFFSET (Options, member)
#define WRITERS "init ingest measure alert report nightly simulate confirm withdraw ack silence publish export db"

static const Option table[] = {
  { "db", KIND_TEXT, AT (db), "CONNINFO", "", "PLUMBLINE_DB", "database", "conninfo",
    "the database to use instead of a private server, as libpq writes it" },
  { "state", KIND_PATH, AT (state), "DIR", "", "PLUMBLINE_STATE", "plumbline", "state",
    "inbox, archive, mails, report and the private server; unless given var/ of the tree, once installed "
    "/var/lib/plumbline "
    "(root) or ~/.local/state/plumbline" },
  { "catalogue", KIND_PATH, AT (catalogue), "DIR", "init check simulate", "PLUMBLINE_CATALOGUE", "plumbline",
    "catalogue", "areas, feeds, rules, indicators and plans as CSV files" },
  { "config", KIND_PATH, AT (config), "FILE", "", "PLUMBLINE_CONFIG", NULL, NULL, "the configuration file" },
  { "language", KIND_CHOICE, AT (language), "zh|en", "", "PLUMBLINE_LANGUAGE", "plumbline", "language",
    "of the report and of letters to clerks; zh unless given" },
  { "today", KIND_DATE, AT (today), "YYYY-MM-DD", "", NULL, NULL, NULL, "stands in for the clock" },
  { "json", KIND_FLAG, AT (json), NULL, "", NULL, NULL, NULL, "machine-readable output where there is a table" },
  { "dry-run", KIND_FLAG, AT (dry_run), NULL, WRITERS, NULL, NULL, NULL,
    "does the work, shows the result, leaves nothing" },
  { "quiet", KIND_FLAG, AT (quiet), NULL, "", NULL, NULL, NULL, "says only what went wrong" },
  { "help", KIND_FLAG, AT (help), NULL, "", NULL, NULL, NULL, "what the command does and takes" },
  { "version", KIND_FLAG, AT (version), NULL, "", NULL, NULL, NULL, "the program's version" },
  { "rejects-ok", KIND_FLAG, AT (rejects_ok), NULL, "check ingest nightly", NULL, "ingest", "rejects-ok",
    "exit 0 although rows were rejected or a file was refused" },
  { "replace", KIND_FLAG, AT (replace), NULL, "ingest", NULL, NULL, NULL,
    "the files are complete: of the districts and periods in them, rows that they lack are superseded" },
  { "comment", KIND_TEXT, AT (comment), "TEXT", "confirm ack silence", NULL, NULL, NULL,
    "why; kept with what was decided" },
  { "until", KIND_DATE, AT (until), "YYYY-MM-DD", "ack silence", NULL, NULL, NULL, "the last day on which it holds" },
  { "from", KIND_DATE, AT (from), "YYYY-MM-DD", "silence", NULL, NULL, NULL, "the first day; today unless given" },
  { "reason", KIND_TEXT, AT (reason), "TEXT", "withdraw", NULL, NULL, NULL, "why; kept with the batch" },
  { "register", KIND_PATH, AT (register_path), "FILE", "check", NULL, NULL, NULL,
    "an export of the school register to check school codes against" },
  { "report", KIND_PATH, AT (report), "DIR", "alert report nightly", "PLUMBLINE_REPORT", "report", "folder",
    "where the report is written; report/ of the state directory unless given" },
  { "mail-from", KIND_TEXT, AT (mail_from), "MAILBOX", "alert nightly", NULL, "mail", "from", "the sender of mails" },
  { "mail-server", KIND_TEXT, AT (mail_server), "URL", "alert nightly", NULL, "mail", "server",
    "smtp://HOST:PORT, where STARTTLS is demanded, or smtps://HOST:PORT; unless given, mails are files in mail/ of the "
    "state directory" },
  { "mail-credentials", KIND_PATH, AT (mail_credentials), "FILE", "alert nightly", NULL, "mail", "credentials",
    "user=… and password=… for the server; nobody else may read it (mode 0600)" },
  { "mail-ca", KIND_PATH, AT (mail_ca), "FILE", "alert nightly", NULL, "mail", "ca",
    "certificates to trust instead of the system's" },
  { "mail-timeout", KIND_NUMBER, AT (mail_timeout), "SECONDS", "alert nightly", NULL, "mail", "timeout",
    "longest wait for an answer of the server; 60 unless given" },
  { "sendmail", KIND_PATH, AT (sendmail), "PROGRAM", "alert nightly", NULL, "mail", "sendmail",
    "hands mails to it, as sendmail -t, instead of to a server" },
  { "only-to", KIND_TEXT, AT (only_to), "LIST", "alert nightly", NULL, "mail", "only_to",
    "addresses and @domains, separated by commas: nobody else gets mail" },
  { "test", KIND_TEXT, AT (test), "ADDRESS", "alert", NULL, NULL, NULL,
    "sends one sample there, and does nothing else" },
  { "again", KIND_FLAG, AT (again), NULL, "alert", NULL, NULL, NULL,
    "tries mails again that were given up or kept back" },
  { "schools", KIND_FLAG, AT (schools), NULL, "publish", NULL, NULL, NULL, "school totals beside the districts" },
  { "by", KIND_CHOICE, AT (by), "grade|sex|grade_sex", "publish", NULL, NULL, NULL, "strata beside the totals" },
  { "format", KIND_CHOICE, AT (format), "csv|xlsx|package", "export", NULL, NULL, NULL,
    "CSV for spreadsheets (unless given), a workbook, or a data package for programs" },
  { "plan", KIND_PATH, AT (plan), "PLAN.csv", "fit", NULL, NULL, NULL, "indicators, targets and deadlines" },
  { "look", KIND_CHOICE, AT (look), "all|last", "fit", NULL, NULL, NULL, "each wave from the second on, or the last" },
  { "precise", KIND_FLAG, AT (precise), NULL, "fit", NULL, NULL, NULL, "17 significant digits" },
  { "seed", KIND_NUMBER, AT (seed), "N", "simulate", NULL, NULL, NULL,
    "the same number gives the same files; 1 unless given" },
  { "out", KIND_PATH, AT (out), "DIR", "simulate export", NULL, NULL, NULL, "where the files are written" },
  { "on-path", KIND_FLAG, AT (on_path), NULL, "simulate", NULL, NULL, NULL, "no district drifts from the plan" },
  { "clean", KIND_FLAG, AT (clean), NULL, "simulate", NULL, NULL, NULL, "no damaged files" },
  { "panel", KIND_FLAG, AT (panel), NULL, "simulate", NULL, NULL, NULL,
    "instead of exports a panel and a plan for fit, with the truth" },
};

/* Letters left out, added, changed or swapped with the next (optimal string alignment). */
static guint
distance (const char *a, const char *b)
{
  guint d[MAX_WORD + 1][MAX_WORD + 1];
  gsize n = MIN (strlen (a), MAX_WORD);
  gsize m = MIN (strlen (b), MAX_WORD);

  for (guint i = 0; i <= n; i++)
    for (guint j = 0; j <= m; j++) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = MIN (MIN (d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = MIN (d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[n][m];
}

const char *
options_nearest (const char *word, const char *const names[])
{
  const char *nearest = NULL;
  guint least = (guint)MIN (strlen (word), MAX_WORD) / 3 + 2;

  for (const char *const *name = names; *name != NULL; name++) {
    guint d = g_str_has_prefix (*name, word) && *word != '\0' ? 1 : distance (word, *name);

    if (d < least) {
      least = d;
      nearest = *name;
    }
  }
  return nearest;
}

static const Option *
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].name, name) == 0)
      return &table[i];
  return NULL;
}

static gboolean
unknown (const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS (table) + 1] = { NULL };
  const char *nearest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    names[i] = table[i].name;
  nearest = options_nearest (name, names);
  return nearest != NULL ? error_usage (error, "unknown option --%s; did you mean --%s?", name, nearest)
                         : error_usage (error, "unknown option --%s", name);
}

static gboolean
takes (const Option *option, const char *command)
{
  g_auto (GStrv) commands = g_strsplit (option->commands, " ", -1);

  return *option->commands == '\0' || command == NULL || g_strv_contains ((const char *const *)commands, command);
}

static gboolean
is_date (const char *text)
{
  guint year = 0, month = 0, day = 0;

  for (guint i = 0; i < 10; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit (text[i]))
      return FALSE;
  year = (guint)atoi (text);
  month = (guint)atoi (text + 5);
  day = (guint)atoi (text + 8);
  return text[10] == '\0' && year >= FIRST_YEAR && year <= LAST_YEAR
         && g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean
is_choice (const Option *option, const char *text)
{
  g_auto (GStrv) choices = g_strsplit (option->value_name, "|", -1);

  return g_strv_contains ((const char *const *)choices, text);
}

/* What is wrong with @text as a value of @option; NULL when nothing is. */
static const char *
objection (const Option *option, const char *text)
{
  gint64 number = 0;

  if (!g_utf8_validate (text, -1, NULL) && option->kind != KIND_PATH)
    return "is not UTF-8";
  switch (option->kind) {
  case KIND_TEXT:
    return strpbrk (text, "\r\n") != NULL ? "cannot have a line break" : NULL;
  case KIND_PATH:
    return *text == '\0' ? "cannot be empty" : NULL;
  case KIND_DATE:
    return is_date (text) ? NULL : "is no date from 1990 to 2100 of the form YYYY-MM-DD";
  case KIND_NUMBER:
    return g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &number, NULL) ? NULL : "is no whole number from 0 on";
  case KIND_CHOICE:
    return is_choice (option, text) ? NULL : "is none of";
  case KIND_FLAG:
    return strcmp (text, "yes") == 0 || strcmp (text, "no") == 0 ? NULL : "is neither yes nor no";
  default:
    g_assert_not_reached ();
  }
}

static char **
text_at (Options *options, const Option *option)
{
  return &G_STRUCT_MEMBER (char *, options, option->offset);
}

/* @base: folder that a relative path is relative to, NULL the current one. */
static void
store (Options *options, const Option *option, const char *text, const char *base)
{
  switch (option->kind) {
  case KIND_FLAG:
    G_STRUCT_MEMBER (gboolean, options, option->offset) = strcmp (text, "yes") == 0;
    break;
  case KIND_NUMBER:
    G_STRUCT_MEMBER (gint64, options, option->offset) = g_ascii_strtoll (text, NULL, 10);
    break;
  default:
    g_free (*text_at (options, option));
    *text_at (options, option) = option->kind == KIND_PATH ? g_canonicalize_filename (text, base) : g_strdup (text);
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* One word that begins with --; @i moves on when the value is the next word. */
static gboolean
parse_option (int argc, char *const argv[], int *i, Options *options, gboolean given[], GError **error)
{
  const char *word = argv[*i] + 2;
  const char *equals = strchr (word, '=');
  g_autofree char *name = equals != NULL ? g_strndup (word, (gsize)(equals - word)) : g_strdup (word);
  const Option *option = find (name);
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
  wrong = objection (option, value);
  if (wrong != NULL)
    return error_usage (error, "option --%s: '%s' %s%s%s", name, value, wrong, option->kind == KIND_CHOICE ? " " : "",
                        option->kind == KIND_CHOICE ? option->value_name : "");
  store (options, option, value, NULL);
  given[option - table] = TRUE;
  return TRUE;
}

static gboolean
check_given (const Options *options, const gboolean given[], GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (given[i] && !options->help && !takes (&table[i], options->command))
      return error_usage (error, "option --%s does not belong to %s, but to: %s", table[i].name, options->command,
                          table[i].commands);
  return TRUE;
}

gboolean
options_parse (int argc, char *const argv[], Options *out, GError **error)
{
  g_auto (Options) options = { .seed = -1, .mail_timeout = -1 };
  gboolean given[G_N_ELEMENTS (table)] = { FALSE };
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

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
is_open (Options *options, const Option *option)
{
  switch (option->kind) {
  case KIND_FLAG:
    return !G_STRUCT_MEMBER (gboolean, options, option->offset);
  case KIND_NUMBER:
    return G_STRUCT_MEMBER (gint64, options, option->offset) < 0;
  default:
    return *text_at (options, option) == NULL;
  }
}

static gboolean
fill (Options *options, const Option *option, const char *text, const char *base, const char *source, GError **error)
{
  const char *wrong = objection (option, text);

  if (wrong == NULL) {
    store (options, option, text, base);
    return TRUE;
  }
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s: '%s' %s%s%s", source, text, wrong,
               option->kind == KIND_CHOICE ? " " : "", option->kind == KIND_CHOICE ? option->value_name : "");
  return FALSE;
}

static gboolean
read_environment (Options *options, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    const char *value = table[i].variable != NULL ? g_getenv (table[i].variable) : NULL;

    if (value != NULL && *value != '\0' && is_open (options, &table[i])
        && !fill (options, &table[i], value, NULL, table[i].variable, error))
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
    const char *known[G_N_ELEMENTS (table) + 1] = { NULL };
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS (table); i++)
      if (g_strcmp0 (table[i].group, *group) == 0)
        known[n++] = table[i].key;
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

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *value
        = table[i].group != NULL ? g_key_file_get_string (file, table[i].group, table[i].key, NULL) : NULL;
    g_autofree char *source = NULL;

    if (value == NULL || !is_open (options, &table[i]))
      continue;
    source = g_strdup_printf ("%s: [%s] %s", options->config, table[i].group, table[i].key);
    if (!fill (options, &table[i], value, base, source, error))
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
  if (options->look == NULL)
    options->look = g_strdup ("last");
  if (options->seed < 0)
    options->seed = 1;
  return TRUE;
}

void
options_clear (Options *options)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].kind != KIND_FLAG && table[i].kind != KIND_NUMBER)
      g_clear_pointer (text_at (options, &table[i]), g_free);
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

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (command != NULL ? *table[i].commands != '\0' && takes (&table[i], command) : *table[i].commands == '\0')
      describe (out, &table[i]);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
