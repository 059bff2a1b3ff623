/* include/base/options.h: one table for command line, environment, configuration file and help. */
#pragma once

#include <glib.h>

typedef struct {
  char *command;    /* NULL when none was given */
  char **arguments; /* the rest, never NULL */
  gboolean help;
  gboolean version;

  char *config;      /* file that was read, NULL when there is none */
  char *db;          /* connection string, NULL: libpq's environment or the private server */
  gint64 db_timeout; /* seconds */
  char *state;       /* absolute */
  char *catalogue;   /* absolute */
  char *language;    /* zh, en */
  char *today;       /* ISO date, NULL: the clock */
  gboolean json;
  gboolean dry_run;
  gboolean quiet;

  gboolean rejects_ok;
  gboolean replace;
  char *comment;
  char *until; /* ISO dates */
  char *from;
  char *register_path;
  char *report; /* folder, absolute */
  char *mail_from;
  char *mail_server;      /* smtp://HOST:PORT or smtps://HOST:PORT */
  char *mail_credentials; /* absolute, as the next two */
  char *mail_ca;
  char *sendmail;
  char *only_to;
  gint64 mail_timeout; /* seconds */
  char *before;        /* ISO date */
  char *metrics;       /* file, absolute */
  char *ping_start;    /* URLs */
  char *ping_success;
  char *ping_failure;
  char *test; /* address for a sample */
  gboolean again;
  gboolean schools;
  char *by;     /* grade, sex, grade_sex */
  char *format; /* csv, xlsx, package */
  char *plan;
  char *look; /* all, last */
  gboolean precise;
  gint64 seed;
  char *out;
  gboolean on_path;
  gboolean clean;
  gboolean panel;
} Options;

/**
 * options_parse: the command line alone. After the words "db psql" everything is an argument of psql's.
 *
 * PLUMB_ERROR_USAGE: an unknown option (with the nearest known one), a value that is missing, superfluous or wrong, an
 * option that does not belong to the command.
 */
gboolean options_parse (int argc, char *const argv[], Options *out, GError **error);

/**
 * options_complete: fills what the command line left open, from the environment, then the configuration file, then the
 * defaults.
 * @executable: absolute path of the program: one in a build folder beside seeds/ keeps its state in var/ of that tree
 *
 * PLUMB_ERROR_CONFIG names variable, or file, group and key.
 */
gboolean options_complete (Options *options, const char *executable, GError **error);
void options_clear (Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* options_today: --today, else the date in Shanghai; free the result. */
char *options_today (const Options *options);

/* What the table says of an option; borrowed. */
typedef struct {
  const char *name;
  const char *value_name;             /* for a choice its values, separated by |; NULL for a flag */
  const char *commands;               /* separated by spaces; "" all */
  const char *variable, *group, *key; /* or NULL */
  const char *help, *help_zh;
  gboolean is_choice, is_path;
} OptionFacts;

/* options_each: calls @see for every row of the table, in its order. */
void options_each (void (*see) (const OptionFacts *option, gpointer data), gpointer data);

/* options_hash: SHA-256 of everything that is in force but for command, arguments and date; free the result. */
char *options_hash (const Options *options);

/* options_help: the options that @command takes, NULL the ones that all take; free the result. */
char *options_help (const char *command);

/* options_nearest: which of @names (NULL-terminated) somebody who typed @word may have meant; NULL when none is near.
 */
const char *options_nearest (const char *word, const char *const names[]);
