#include "option.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1990
#define LAST_YEAR 2100
#define AT(member) G_STRUCT_OFFSET (Options, member)
#define WRITERS                                                                                                        \
  "init ingest measure alert report nightly simulate confirm withdraw ack silence publish export backup restore db"

const Option option_table[OPTIONS] = {
  { "db", KIND_TEXT, AT (db), "CONNINFO", "", "PLUMBLINE_DB", "database", "conninfo",
    "the database to use instead of a private server, as libpq writes it" },
  { "state", KIND_PATH, AT (state), "DIR", "", "PLUMBLINE_STATE", "plumbline", "state",
    "inbox, archive, mails, report and the private server; unless given var/ of the tree, once installed "
    "/var/lib/plumbline "
    "(root) or ~/.local/state/plumbline" },
  { "catalogue", KIND_PATH, AT (catalogue), "DIR", "init check simulate doctor", "PLUMBLINE_CATALOGUE", "plumbline",
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
  { "report", KIND_PATH, AT (report), "DIR", "alert report nightly doctor", "PLUMBLINE_REPORT", "report", "folder",
    "where the report is written; report/ of the state directory unless given" },
  { "mail-from", KIND_TEXT, AT (mail_from), "MAILBOX", "alert nightly doctor", NULL, "mail", "from",
    "the sender of mails" },
  { "mail-server", KIND_TEXT, AT (mail_server), "URL", "alert nightly doctor", NULL, "mail", "server",
    "smtp://HOST:PORT, where STARTTLS is demanded, or smtps://HOST:PORT; unless given, mails are files in mail/ of the "
    "state directory" },
  { "mail-credentials", KIND_PATH, AT (mail_credentials), "FILE", "alert nightly doctor", NULL, "mail", "credentials",
    "user=… and password=… for the server; nobody else may read it (mode 0600)" },
  { "mail-ca", KIND_PATH, AT (mail_ca), "FILE", "alert nightly doctor", NULL, "mail", "ca",
    "certificates to trust instead of the system's" },
  { "mail-timeout", KIND_NUMBER, AT (mail_timeout), "SECONDS", "alert nightly doctor", NULL, "mail", "timeout",
    "longest wait for an answer of the server; 60 unless given" },
  { "sendmail", KIND_PATH, AT (sendmail), "PROGRAM", "alert nightly doctor", NULL, "mail", "sendmail",
    "hands mails to it, as sendmail -t, instead of to a server" },
  { "only-to", KIND_TEXT, AT (only_to), "LIST", "alert nightly doctor", NULL, "mail", "only_to",
    "addresses and @domains, separated by commas: nobody else gets mail" },
  { "metrics", KIND_PATH, AT (metrics), "FILE", "nightly", NULL, "monitoring", "metrics",
    "what Prometheus may read (a .prom file of node_exporter's textfile folder), replaced at the end of each night" },
  { "ping-start", KIND_TEXT, AT (ping_start), "URL", "nightly", NULL, "monitoring", "ping_start",
    "fetched when a night begins" },
  { "ping-success", KIND_TEXT, AT (ping_success), "URL", "nightly", NULL, "monitoring", "ping_success",
    "fetched when a night has done its work (exit status 0 or 65)" },
  { "ping-failure", KIND_TEXT, AT (ping_failure), "URL", "nightly", NULL, "monitoring", "ping_failure",
    "fetched when a night has failed" },
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

const Option *
option_find (const char *name)
{
  for (guint i = 0; i < OPTIONS; i++)
    if (strcmp (option_table[i].name, name) == 0)
      return &option_table[i];
  return NULL;
}

gboolean
option_belongs (const Option *option, const char *command)
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

const char *
option_objection (const Option *option, const char *text)
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

char **
option_text (Options *options, const Option *option)
{
  return &G_STRUCT_MEMBER (char *, options, option->offset);
}

void
option_store (Options *options, const Option *option, const char *text, const char *base)
{
  switch (option->kind) {
  case KIND_FLAG:
    G_STRUCT_MEMBER (gboolean, options, option->offset) = strcmp (text, "yes") == 0;
    break;
  case KIND_NUMBER:
    G_STRUCT_MEMBER (gint64, options, option->offset) = g_ascii_strtoll (text, NULL, 10);
    break;
  default:
    g_free (*option_text (options, option));
    *option_text (options, option) = option->kind == KIND_PATH ? g_canonicalize_filename (text, base) : g_strdup (text);
  }
}
