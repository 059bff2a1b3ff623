/* include/command.h: what a command gets and what it answers; main.c alone makes an exit status of it. */
#pragma once

#include "base/options.h"

typedef struct _Session Session;

typedef struct {
  gboolean refused;     /* a file was refused or rows were rejected */
  gboolean undelivered; /* a mail could not be delivered, or a report lacks its PDF or workbook */
  gboolean is_night;    /* which a monitoring system hears of */
  gboolean behind;      /* not all that waited could be taken in and measured: no day to judge by */
  Session *session;     /* whose run row is to be closed with the exit status, or NULL */
} Outcome;

typedef gboolean (*CommandFunc) (const Options *options, Outcome *outcome, GError **error);

typedef struct {
  const char *name;
  const char *arguments;
  const char *help;
  const char *help_zh;
  CommandFunc run;
} Command;
