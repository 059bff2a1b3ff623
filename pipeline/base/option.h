/* pipeline/base/option.h: the one table of options, and what is done with one of them wherever its value came from. */
#pragma once

#include "base/options.h"

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
  const char *help_zh;
} Option;

#define OPTIONS 45 /* rows of option_table */
extern const Option option_table[OPTIONS];

const Option *option_find (const char *name); /* NULL when there is none */
/* option_belongs: to @command; NULL: to any. */
gboolean option_belongs (const Option *option, const char *command);

/* option_objection: what is wrong with @text as a value; NULL when nothing is. */
const char *option_objection (const Option *option, const char *text);
/* option_store: a value without objection. @base: folder that a relative path is relative to, NULL the current one. */
void option_store (Options *options, const Option *option, const char *text, const char *base);
/* option_text: where a value is kept that is no flag and no number. */
char **option_text (Options *options, const Option *option);
