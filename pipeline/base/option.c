#include "option.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1990
#define LAST_YEAR 2100
#define AT(member) G_STRUCT_OFFSET (Options, member)
#define WRITERS                                                                                                        \
  "init ingest measure alert report nightly simulate confirm withdraw ack silence publish export backup restore "      \
  "purge db"

const Option option_table[OPTIONS] = {
  { "db", KIND_TEXT, AT (db), "CONNINFO", "", "PLUMBLINE_DB", "database", "conninfo",
    "the database to use instead of a private server, as libpq writes it",
    "使用哪个数据库（libpq 写法），不给则用私有服务器" },
  { "db-timeout", KIND_NUMBER, AT (db_timeout), "SECONDS", "", "PLUMBLINE_DB_TIMEOUT", "database", "timeout",
    "longest time that the database may take for one statement; 900 unless given",
    "数据库执行一条语句的最长秒数，默认 900" },
  { "state", KIND_PATH, AT (state), "DIR", "", "PLUMBLINE_STATE", "plumbline", "state",
    "inbox, archive, mails, report and the private server; unless given var/ of the tree, once installed "
    "/var/lib/plumbline "
    "(root) or ~/.local/state/plumbline",
    "收件箱、归档、邮件、报告和私有服务器所在目录；不给时在源码树里是 var/，安装后 root 用 "
    "/var/lib/plumbline，其他账号用 ~/.local/state/plumbline" },
  { "catalogue", KIND_PATH, AT (catalogue), "DIR", "init check simulate doctor", "PLUMBLINE_CATALOGUE", "plumbline",
    "catalogue", "areas, feeds, rules, indicators and plans as CSV files",
    "区域、数据表、规则、指标和计划的 CSV 目录" },
  { "config", KIND_PATH, AT (config), "FILE", "", "PLUMBLINE_CONFIG", NULL, NULL, "the configuration file",
    "配置文件" },
  { "language", KIND_CHOICE, AT (language), "zh|en", "", "PLUMBLINE_LANGUAGE", "plumbline", "language",
    "of the report and of letters to clerks; zh unless given", "报告和致填报人信件的语言，默认 zh" },
  { "today", KIND_DATE, AT (today), "YYYY-MM-DD", "", NULL, NULL, NULL, "stands in for the clock", "代替时钟的日期" },
  { "json", KIND_FLAG, AT (json), NULL, "check status alerts publish export doctor", NULL, NULL, NULL,
    "machine-readable output where there is a table", "凡是表格都改成机器可读的输出" },
  { "dry-run", KIND_FLAG, AT (dry_run), NULL, WRITERS, NULL, NULL, NULL,
    "does the work, shows the result, leaves nothing", "照做、显示结果、不留痕迹" },
  { "quiet", KIND_FLAG, AT (quiet), NULL, "", NULL, NULL, NULL, "says only what went wrong", "只说出了什么错" },
  { "help", KIND_FLAG, AT (help), NULL, "", NULL, NULL, NULL, "what the command does and takes", "命令的作用和选项" },
  { "version", KIND_FLAG, AT (version), NULL, "", NULL, NULL, NULL, "the program's version", "程序版本" },
  { "rejects-ok", KIND_FLAG, AT (rejects_ok), NULL, "check ingest nightly", NULL, "ingest", "rejects-ok",
    "exit 0 although rows were rejected or a file was refused", "有行或文件被退回时退出码仍为 0" },
  { "replace", KIND_FLAG, AT (replace), NULL, "ingest", NULL, NULL, NULL,
    "the files are complete: of the districts and periods in them, rows that they lack are superseded",
    "文件是完整的：所含区县和时期里缺少的行一律取代" },
  { "comment", KIND_TEXT, AT (comment), "TEXT", "confirm withdraw ack silence", NULL, NULL, NULL,
    "why; kept with what was decided", "说明，与决定一起保存" },
  { "until", KIND_DATE, AT (until), "YYYY-MM-DD", "ack silence", NULL, NULL, NULL, "the last day on which it holds",
    "最后一天" },
  { "from", KIND_DATE, AT (from), "YYYY-MM-DD", "silence", NULL, NULL, NULL, "the first day; today unless given",
    "第一天，默认今天" },
  { "reason", KIND_TEXT, AT (comment), "TEXT", "confirm withdraw ack silence", NULL, NULL, NULL,
    "another word for --comment", "同 --comment" },
  { "register", KIND_PATH, AT (register_path), "FILE", "check", NULL, NULL, NULL,
    "an export of the school register to check school codes against", "用来核对学校代码的学校名录文件" },
  { "report", KIND_PATH, AT (report), "DIR", "alert report nightly doctor", "PLUMBLINE_REPORT", "report", "folder",
    "where the report is written; report/ of the state directory unless given",
    "报告写到哪里，默认状态目录下的 report/" },
  { "mail-from", KIND_TEXT, AT (mail_from), "MAILBOX", "alert nightly doctor", NULL, "mail", "from",
    "the sender of mails", "邮件的发件人" },
  { "mail-server", KIND_TEXT, AT (mail_server), "URL", "alert nightly doctor", NULL, "mail", "server",
    "smtp://HOST:PORT, where STARTTLS is demanded, or smtps://HOST:PORT; unless given, mails are files in mail/ of the "
    "state directory",
    "smtp://主机:端口（必须 STARTTLS）或 smtps://主机:端口；不给则写成状态目录 mail/ 下的文件" },
  { "mail-credentials", KIND_PATH, AT (mail_credentials), "FILE", "alert nightly doctor", NULL, "mail", "credentials",
    "user=… and password=… for the server; nobody else may read it (mode 0600)",
    "服务器的 user=… 和 password=… 文件，只许自己可读（0600）" },
  { "mail-ca", KIND_PATH, AT (mail_ca), "FILE", "alert nightly doctor", NULL, "mail", "ca",
    "certificates to trust instead of the system's", "代替系统证书的受信证书" },
  { "mail-timeout", KIND_NUMBER, AT (mail_timeout), "SECONDS", "alert nightly doctor", NULL, "mail", "timeout",
    "longest wait for an answer of the server; 60 unless given", "等服务器回答的最长秒数，默认 60" },
  { "sendmail", KIND_PATH, AT (sendmail), "PROGRAM", "alert nightly doctor", NULL, "mail", "sendmail",
    "hands mails to it, as sendmail -t, instead of to a server", "不用服务器，交给这个程序（sendmail -t）" },
  { "only-to", KIND_TEXT, AT (only_to), "LIST", "alert nightly doctor", NULL, "mail", "only_to",
    "addresses and @domains, separated by commas: nobody else gets mail", "只给这些地址和 @域名 发信，逗号分隔" },
  { "metrics", KIND_PATH, AT (metrics), "FILE", "nightly", NULL, "monitoring", "metrics",
    "what Prometheus may read (a .prom file of node_exporter's textfile folder), replaced at the end of each night",
    "给 Prometheus 的 .prom 文件，每夜结束时整个替换" },
  { "ping-start", KIND_TEXT, AT (ping_start), "URL", "nightly", NULL, "monitoring", "ping_start",
    "fetched when a night begins", "夜间运行开始时访问的网址" },
  { "ping-success", KIND_TEXT, AT (ping_success), "URL", "nightly", NULL, "monitoring", "ping_success",
    "fetched when a night has done its work (exit status 0 or 65)", "夜间运行完成（退出码 0 或 65）时访问的网址" },
  { "ping-failure", KIND_TEXT, AT (ping_failure), "URL", "nightly", NULL, "monitoring", "ping_failure",
    "fetched when a night has failed", "夜间运行失败时访问的网址" },
  { "before", KIND_DATE, AT (before), "YYYY-MM-DD", "purge", NULL, NULL, NULL, "what was received before that day",
    "这一天以前收到的" },
  { "test", KIND_TEXT, AT (test), "ADDRESS", "alert", NULL, NULL, NULL, "sends one sample there, and does nothing else",
    "只给这个地址发一封样信" },
  { "again", KIND_FLAG, AT (again), NULL, "alert", NULL, NULL, NULL,
    "tries mails again that were given up or kept back", "已放弃或扣下的邮件再试" },
  { "schools", KIND_FLAG, AT (schools), NULL, "publish", NULL, NULL, NULL, "school totals beside the districts",
    "除区县外还有学校合计" },
  { "by", KIND_CHOICE, AT (by), "grade|sex|grade_sex", "publish", NULL, NULL, NULL, "strata beside the totals",
    "除合计外的分层" },
  { "format", KIND_CHOICE, AT (format), "csv|xlsx|package", "export", NULL, NULL, NULL,
    "CSV for spreadsheets (unless given), a workbook, or a data package for programs", "CSV（默认）、工作簿或数据包" },
  { "plan", KIND_PATH, AT (plan), "PLAN.csv", "fit", NULL, NULL, NULL, "indicators, targets and deadlines",
    "指标、目标和期限" },
  { "look", KIND_CHOICE, AT (look), "all|last", "fit", NULL, NULL, NULL, "each wave from the second on, or the last",
    "从第二期起逐期，或只看最后一期" },
  { "precise", KIND_FLAG, AT (precise), NULL, "fit", NULL, NULL, NULL, "17 significant digits", "17 位有效数字" },
  { "seed", KIND_NUMBER, AT (seed), "N", "simulate", NULL, NULL, NULL,
    "the same number gives the same files; 1 unless given", "同一个数给出同样的文件，默认 1" },
  { "out", KIND_PATH, AT (out), "DIR", "simulate export", NULL, NULL, NULL, "where the files are written",
    "文件写到哪里" },
  { "on-path", KIND_FLAG, AT (on_path), NULL, "simulate", NULL, NULL, NULL, "no district drifts from the plan",
    "没有区县偏离计划" },
  { "clean", KIND_FLAG, AT (clean), NULL, "simulate", NULL, NULL, NULL, "no damaged files", "没有损坏的文件" },
  { "panel", KIND_FLAG, AT (panel), NULL, "simulate", NULL, NULL, NULL,
    "instead of exports a panel and a plan for fit, with the truth", "不写数据表，写给 fit 用的面板、计划和真值" },
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
