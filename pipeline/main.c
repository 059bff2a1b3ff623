/* plumbline: the table of commands, and the only place that knows exit statuses. */
#include "answer.h"
#include "backup.h"
#include "base/db.h"
#include "base/error.h"
#include "base/options.h"
#include "command.h"
#include "database.h"
#include "decide.h"
#include "doctor.h"
#include "explanation.h"
#include "interrupt.h"
#include "log.h"
#include "manual.h"
#include "monitoring.h"
#include "nightly.h"
#include "offline.h"
#include "publication.h"
#include "purge.h"
#include "session.h"
#include "status.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#define SHELL_SIGNAL_BASE 128 /* as a shell reports a process that a signal ended */

static gboolean command_help (const Options *options, Outcome *outcome, GError **error);
static gboolean command_manual (const Options *options, Outcome *outcome, GError **error);

static const Command commands[] = {
  { "init", "", "creates or upgrades the schema, loads or reloads the catalogue", "建立或升级数据库结构，装入目录",
    init_command },
  { "check", "FILE…", "reads files as ingest would, says what is wrong with them, writes nothing",
    "像 ingest 一样读文件，说出错误，什么都不写", check_command },
  { "ingest", "[FILE…]", "loads files, or all new files of the inbox", "装入文件，或收件箱里的全部新文件",
    stage_command },
  { "confirm", "BATCH --comment TEXT", "accepts what a batch brought as provisional", "确认一个批次里待确认的行",
    confirm_command },
  { "withdraw", "BATCH --reason TEXT", "takes a batch back; what it had superseded stands again",
    "撤回一个批次，被它取代的恢复", withdraw_command },
  { "measure", "", "recomputes estimates, trends and verdicts of what changed", "重新计算有变化的估计、趋势和判断",
    stage_command },
  { "alert", "", "moves the alerts' states, queues and delivers mail", "推进提醒状态，排队并发送邮件", stage_command },
  { "report", "", "writes the static report and the tables beside it", "写静态报告", stage_command },
  { "nightly", "", "ingest, measure, alert and report: the whole night", "整个夜间：ingest、measure、alert、report",
    nightly_command },
  { "publish", "[PERIOD…]", "makes a numbered release of figures in which no small count can be found out",
    "发布一期编号数字，小计数查不出来", publish_command },
  { "export", "VIEW | release [NUMBER]", "writes a view of monitor or a release as CSV, workbook or data package",
    "把 monitor 的视图或一期发布写成 CSV、工作簿或数据包", export_command },
  { "status", "", "last run, files waiting, rejects, verdicts, alerts, mail",
    "上次运行、等待的文件、退回、判断、提醒、邮件", status_command },
  { "alerts", "", "the alerts that are not over", "尚未结束的提醒", alerts_command },
  { "explain", "AREA TARGET", "the whole calculation behind a verdict, as an R script with comments",
    "一个判断的全部计算，写成带注释的 R 脚本", explain_command },
  { "ack", "AREA TARGET --until DATE --comment TEXT", "acknowledges an open alert: fewer reminders until it worsens",
    "确认一个提醒：在恶化之前少提醒", ack_command },
  { "silence", "AREA|all TARGET|all --until DATE --comment TEXT", "no mail about an area, a target, or both",
    "某区县、某目标或两者不发邮件", silence_command },
  { "fit", "--plan PLAN.csv PANEL.csv", "the statistics alone, without a database", "只做统计，不用数据库",
    fit_command },
  { "simulate", "--out DIR", "writes the exports of a made-up city with known truth",
    "写一个虚构城市的数据表，真值已知", simulate_command },
  { "db", "start | stop | psql [ARGUMENT…]", "the private database server", "私有数据库服务器", database_command },
  { "doctor", "", "whether all that a night needs is there, and what to do where it is not",
    "夜间运行所需的一切是否齐全，缺了怎么办", doctor_command },
  { "backup", "FILE", "the whole database as one file of pg_dump's", "把整个数据库写成一个文件", backup_command },
  { "restore", "FILE", "a backup into an empty database", "把备份装入空数据库", restore_command },
  { "purge", "--before DATE", "drops rows that were refused long ago", "删去早已退回的原始行", purge_command },
  { "manual", "plumbline.1 | plumbline.conf.5 | completion",
    "manual pages and bash completion, from the table of options", "由选项表写成的手册页和 bash 补全", command_manual },
  { "help", "[COMMAND]", "this list, or what a command does and takes", "命令列表，或某个命令的用法", command_help },
};

static const Command *
find_command (const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS (commands) + 1] = { NULL };
  const char *nearest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
    names[i] = commands[i].name;
  }
  nearest = options_nearest (name, names);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "unknown command %s%s%s%s", name,
               nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
  return NULL;
}

static void
print_overview (FILE *out)
{
  g_autofree char *options = options_help (NULL);

  fputs ("plumbline tells every night how school districts stand against a plan\n\n"
         "usage: plumbline [options] COMMAND [arguments]\n\n",
         out);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  %-20s  %s\n", commands[i].name, commands[i].help);
  fprintf (out, "\nOptions for all commands (environment) ([group] key of the configuration file):\n%s", options);
  fputs ("\nThe configuration file is ~/.config/plumbline/plumbline.conf, else " PLUMB_SYSCONFDIR "/plumbline.conf.\n"
         "plumbline help COMMAND lists what a command takes beside these.\n"
         "\nExit status (drift is a result, not a failure):\n"
         "  0   done\n"
         "  64  wrong command, option or argument\n"
         "  65  done, but a file was refused or rows were rejected; 0 with --rejects-ok\n"
         "  69  the database cannot be reached, or a mail or page could not be written\n"
         "  70  a bug\n"
         "  75  another run holds the lock\n"
         "  78  configuration, catalogue or schema need attention\n",
         out);
}

static void
print_command (const Command *command)
{
  g_autofree char *own = options_help (command->name);
  g_autofree char *common = options_help (NULL);

  printf ("usage: plumbline [options] %s%s%s\n\n%s\n", command->name, *command->arguments != '\0' ? " " : "",
          command->arguments, command->help);
  if (*own != '\0')
    printf ("\nOptions of %s:\n%s", command->name, own);
  printf ("\nOptions for all commands:\n%s", common);
}

static gboolean
command_help (const Options *options, Outcome *outcome, GError **error)
{
  const char *name = options->arguments[0];
  const Command *command = name != NULL ? find_command (name, error) : NULL;

  (void)outcome;
  if (name != NULL && command == NULL)
    return FALSE;
  if (command != NULL)
    print_command (command);
  else
    print_overview (stdout);
  return TRUE;
}

static gboolean
command_manual (const Options *options, Outcome *outcome, GError **error)
{
  (void)outcome;
  return manual_write (options, commands, G_N_ELEMENTS (commands), stdout, error);
}

static int
exit_status (const Options *options, const Outcome *outcome, const GError *error)
{
  static const int statuses[] = {
    [PLUMB_ERROR_USAGE] = EX_USAGE,          [PLUMB_ERROR_CONFIG] = EX_CONFIG,     [PLUMB_ERROR_INPUT] = EX_DATAERR,
    [PLUMB_ERROR_DATABASE] = EX_UNAVAILABLE, [PLUMB_ERROR_RETRY] = EX_UNAVAILABLE, [PLUMB_ERROR_SQL] = EX_SOFTWARE,
    [PLUMB_ERROR_EXISTS] = EX_SOFTWARE,      [PLUMB_ERROR_MAIL] = EX_UNAVAILABLE,  [PLUMB_ERROR_LOCKED] = EX_TEMPFAIL,
    [PLUMB_ERROR_OUTPUT] = EX_UNAVAILABLE,   [PLUMB_ERROR_TOO_FEW] = EX_DATAERR,   [PLUMB_ERROR_BUG] = EX_SOFTWARE,
  };

  if (interrupt_signal () != 0)
    return SHELL_SIGNAL_BASE + interrupt_signal ();
  if (error != NULL)
    return error->domain == PLUMB_ERROR && (guint)error->code < G_N_ELEMENTS (statuses) ? statuses[error->code]
                                                                                        : EX_SOFTWARE;
  if (outcome->undelivered)
    return EX_UNAVAILABLE;
  return outcome->refused && !options->rejects_ok ? EX_DATAERR : EX_OK;
}

static gboolean
takes_none (const Command *command)
{
  return *command->arguments == '\0' || command->run == simulate_command;
}

static gboolean
run (int argc, char **argv, Options *options, Outcome *outcome, GError **error)
{
  g_autofree char *executable = g_file_read_link ("/proc/self/exe", NULL);
  const Command *command = NULL;

  if (!options_parse (argc, argv, options, error))
    return FALSE;
  log_set_quiet (options->quiet);
  if (options->version) {
    puts ("plumbline " PLUMB_VERSION);
    return TRUE;
  }
  if (options->command == NULL && !options->help) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "a command is missing");
    return FALSE;
  }
  if (options->command == NULL) {
    print_overview (stdout);
    return TRUE;
  }
  command = find_command (options->command, error);
  if (command == NULL)
    return FALSE;
  if (options->help) {
    print_command (command);
    return TRUE;
  }
  if (takes_none (command) && *options->arguments != NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "takes no argument %s", *options->arguments);
    return FALSE;
  }
  if (command->run != command_help) {
    if (!options_complete (options, executable != NULL ? executable : argv[0], error))
      return FALSE;
    db_set_timeout (options->db_timeout);
  }
  return command->run (options, outcome, error);
}

/* What a night prints is also in its row; of other commands it is all that there is. */
static void
check_output (const Outcome *outcome, GError **error)
{
  if (*error == NULL && !outcome->is_night && (fflush (stdout) != 0 || ferror (stdout) != 0))
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write to standard output: %s", g_strerror (errno));
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };
  int status = EX_OK;

  setlocale (LC_CTYPE, "C.UTF-8");
  log_start ();
  run (argc, argv, &options, &outcome, &error);
  check_output (&outcome, &error);
  if (error != NULL)
    log_error (options.command != NULL ? options.command : "plumbline", error->message);
  if (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_USAGE))
    fputs ("plumbline help lists commands and options\n", stderr);
  status = exit_status (&options, &outcome, error);
  if (outcome.is_night)
    monitoring_end (&options, outcome.session, status);
  if (outcome.session != NULL)
    session_close (outcome.session, status, error != NULL ? error->message : NULL);
  return status;
}
