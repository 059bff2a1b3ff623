#include "manual.h"

#include "base/error.h"

#include <string.h>

typedef struct {
  FILE *out;
  gboolean chinese;
} Page;

static const char *
either (const Page *page, const char *zh, const char *en)
{
  return page->chinese ? zh : en;
}

/* A line of troff must not begin with a full stop or quote, and hyphens of options are minus signs. */
static void
put_text (const Page *page, const char *text)
{
  fputs ("\\&", page->out);
  for (const char *c = text; *c != '\0'; c++)
    switch (*c) {
    case '\\':
      fputs ("\\e", page->out);
      break;
    case '-':
      fputs ("\\-", page->out);
      break;
    case '~':
      fputs ("\\(ti", page->out);
      break;
    default:
      putc (*c, page->out);
    }
}

static void
put_heading (const Page *page, const char *zh, const char *en)
{
  fprintf (page->out, ".SH %s\n", either (page, zh, en));
}

static void
put_line (const Page *page, const char *zh, const char *en)
{
  put_text (page, either (page, zh, en));
  putc ('\n', page->out);
}

static void
put_title (const Page *page, const char *name, const char *section)
{
  g_autofree char *upper = g_ascii_strup (name, -1);

  fprintf (page->out, ".TH %s %s \"\" \"plumbline " PLUMB_VERSION "\" \"%s\"\n", upper, section,
           either (page, "plumbline 手册", "plumbline"));
  /* Chinese has no spaces that could be stretched. */
  if (page->chinese)
    fputs (".ad l\n", page->out);
}

/* .TP, a bold head and what it does. */
static void
put_item (const Page *page, const char *head, const char *value, const char *text)
{
  fputs (".TP\n\\fB", page->out);
  put_text (page, head);
  fputs ("\\fR", page->out);
  if (*value != '\0') {
    putc (' ', page->out);
    put_text (page, value);
  }
  putc ('\n', page->out);
  put_text (page, text);
  putc ('\n', page->out);
}

static void
append (const Page *page, GString *out, const char *zh, const char *en, const char *word, const char *zh_end,
        const char *en_end)
{
  g_string_append (out, either (page, zh, en));
  g_string_append (out, word);
  g_string_append (out, either (page, zh_end, en_end));
}

static void
put_option (const OptionFacts *option, gpointer data)
{
  const Page *page = data;
  g_autofree char *head = g_strconcat ("--", option->name, NULL);
  g_autoptr (GString) text = g_string_new (either (page, option->help_zh, option->help));

  if (*option->commands != '\0')
    append (page, text, "（用于 ", " (for ", option->commands, "）", ")");
  if (option->variable != NULL)
    append (page, text, "；环境变量 ", "; environment ", option->variable, "", "");
  if (option->group != NULL) {
    append (page, text, "；配置 [", "; configuration [", option->group, "] ", "] ");
    g_string_append (text, option->key);
  }
  put_item (page, head, option->value_name != NULL ? option->value_name : "", text->str);
}

static void
put_statuses (const Page *page)
{
  static const struct {
    const char *status, *zh, *en;
  } statuses[] = { { "0", "完成", "done; drift is a result, not a failure" },
                   { "64", "命令、选项或参数错误", "wrong command, option or argument" },
                   { "65", "完成，但有文件或行被退回（--rejects-ok 使它成为 0）",
                     "done, but a file was refused or rows were rejected; 0 with --rejects-ok" },
                   { "69", "数据库连不上，或邮件、网页写不出",
                     "the database cannot be reached, or a mail or page could not be written" },
                   { "70", "程序错误", "a bug" },
                   { "75", "另一次运行占着锁", "another run holds the lock" },
                   { "78", "配置、目录或数据库结构需要处理", "configuration, catalogue or schema need attention" } };

  put_heading (page, "退出码", "EXIT STATUS");
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    put_item (page, statuses[i].status, "", either (page, statuses[i].zh, statuses[i].en));
}

static void
write_program (Page *page, const Command commands[], guint n)
{
  put_title (page, "plumbline", "1");
  put_heading (page, "名称", "NAME");
  fprintf (page->out, "plumbline \\- %s\n",
           either (page, "每夜判断各区县学校指标是否偏离计划",
                   "tells every night how school districts stand against a plan"));
  put_heading (page, "用法", "SYNOPSIS");
  fputs (".B plumbline\n", page->out);
  put_line (page, "[选项] 命令 [参数]", "[options] COMMAND [arguments]");
  put_heading (page, "命令", "COMMANDS");
  for (guint i = 0; i < n; i++)
    put_item (page, commands[i].name, commands[i].arguments, either (page, commands[i].help_zh, commands[i].help));
  put_heading (page, "选项", "OPTIONS");
  options_each (put_option, page);
  put_statuses (page);
  put_heading (page, "文件", "FILES");
  put_item (page, PLUMB_SYSCONFDIR "/plumbline.conf", "", either (page, "配置文件", "the configuration"));
  put_item (page, PLUMB_DATADIR "/seeds", "", either (page, "目录", "the catalogue"));
  put_heading (page, "参见", "SEE ALSO");
  fputs (".BR plumbline.conf (5)\n", page->out);
}

static void
put_key (const OptionFacts *option, gpointer data)
{
  const Page *page = data;
  const char *value = option->value_name != NULL ? option->value_name : "yes|no";
  g_autofree char *head = NULL, *text = NULL;

  if (option->group == NULL)
    return;
  head = g_strdup_printf ("[%s] %s=", option->group, option->key);
  text = g_strconcat (either (page, option->help_zh, option->help),
                      either (page, "；命令行 --", "; on the command line --"), option->name, NULL);
  put_item (page, head, value, text);
}

static void
write_configuration (Page *page)
{
  put_title (page, "plumbline.conf", "5");
  put_heading (page, "名称", "NAME");
  fprintf (page->out, "plumbline.conf \\- %s\n", either (page, "plumbline 的配置", "configuration of plumbline"));
  put_heading (page, "说明", "DESCRIPTION");
  put_line (page,
            "先找 ~/.config/plumbline/plumbline.conf，再找 " PLUMB_SYSCONFDIR
            "/plumbline.conf。每行 键=值，分组写成 [组]，# "
            "开头是注释；路径相对于本文件。命令行优先，其次环境变量，然后是本文件。写错的组和键会被拒绝。",
            "Searched as ~/.config/plumbline/plumbline.conf, then as " PLUMB_SYSCONFDIR
            "/plumbline.conf. A line is key=value below its [group]; lines that begin with # are comments; paths are "
            "relative to "
            "the file. The command line goes first, then the environment, then this file. An unknown group or key is "
            "refused.");
  put_heading (page, "键", "KEYS");
  options_each (put_key, page);
  put_heading (page, "参见", "SEE ALSO");
  fputs (".BR plumbline (1)\n", page->out);
}

/* ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  FILE *out;
  const char *command; /* NULL: the options of all commands */
} Completion;

static void
put_word (const OptionFacts *option, gpointer data)
{
  const Completion *completion = data;
  g_auto (GStrv) commands = g_strsplit (option->commands, " ", -1);

  if (*option->commands == '\0'
      || (completion->command != NULL && g_strv_contains ((const char *const *)commands, completion->command)))
    fprintf (completion->out, "--%s ", option->name);
}

static void
put_values (const OptionFacts *option, gpointer data)
{
  g_autofree char *words = NULL;

  if (option->value_name == NULL)
    return;
  fprintf (data, "    --%s) ", option->name);
  if (option->is_choice) {
    words = g_strdelimit (g_strdup (option->value_name), "|", ' ');
    fprintf (data, "COMPREPLY=($(compgen -W '%s' -- \"$word\")); ", words);
  } else if (option->is_path)
    fputs ("COMPREPLY=($(compgen -f -- \"$word\")); ", data);
  fputs ("return ;;\n", data);
}

static void
put_skip (const OptionFacts *option, gpointer data)
{
  if (option->value_name != NULL)
    fprintf (data, "    --%s) ((i++)) ;;\n", option->name);
}

static void
put_command_options (const Command commands[], guint n, FILE *out)
{
  Completion all = { out, NULL };

  fputs ("  if [[ $word == -* ]]; then\n    case $command in\n", out);
  for (guint i = 0; i < n; i++) {
    Completion own = { out, commands[i].name };

    fprintf (out, "    %s) words='", own.command);
    options_each (put_word, &own);
    fputs ("' ;;\n", out);
  }
  fputs ("    *) words='", out);
  options_each (put_word, &all);
  fputs ("' ;;\n    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n    return\n  fi\n", out);
}

static void
write_completion (const Command commands[], guint n, FILE *out)
{
  fputs ("# bash completion of plumbline\n_plumbline() {\n  local word=${COMP_WORDS[COMP_CWORD]} "
         "before=${COMP_WORDS[COMP_CWORD - 1]} i command= words=\n  COMPREPLY=()\n  case $before in\n",
         out);
  options_each (put_values, out);
  fputs ("  esac\n  for ((i = 1; i < COMP_CWORD; i++)); do\n    case ${COMP_WORDS[i]} in\n", out);
  options_each (put_skip, out);
  fputs ("    -*) ;;\n    *) command=${COMP_WORDS[i]}; break ;;\n    esac\n  done\n", out);
  put_command_options (commands, n, out);
  fputs ("  case $command in\n  db) COMPREPLY=($(compgen -W 'start stop psql' -- \"$word\")) ;;\n"
         "  '' | help) COMPREPLY=($(compgen -W '",
         out);
  for (guint i = 0; i < n; i++)
    fprintf (out, "%s%s", i > 0 ? " " : "", commands[i].name);
  fputs ("' -- \"$word\")) ;;\n  *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n  esac\n}\ncomplete -F _plumbline "
         "plumbline\n",
         out);
}

gboolean
manual_write (const Options *options, const Command commands[], guint n, FILE *out, GError **error)
{
  const char *what = options->arguments[0];
  Page page = { out, strcmp (options->language, "zh") == 0 };

  if (g_strcmp0 (what, "plumbline.1") == 0)
    write_program (&page, commands, n);
  else if (g_strcmp0 (what, "plumbline.conf.5") == 0)
    write_configuration (&page);
  else if (g_strcmp0 (what, "completion") == 0)
    write_completion (commands, n, out);
  else
    return error_usage (error, "manual takes plumbline.1, plumbline.conf.5 or completion");
  return TRUE;
}
