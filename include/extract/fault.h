/* include/extract/fault.h: what is wrong with a file, a row or a cell, before a rule puts it into words. */
#pragma once

#include <glib.h>

/* What fills a {name}, in each language; the same text twice where it needs no translation. */
typedef struct {
  char *zh;
  char *en;
} FaultText;

/* What fills the {names} in a rule's texts. Zero numbers and NULL texts are unknown. */
typedef struct {
  const char *check; /* name of the check that found it, a literal */
  gboolean passing;  /* not the file's: another time it may be read */
  guint line;        /* physical line from 1 */
  guint row;         /* spreadsheet row from 1: a cell with a line break inside is still one row */
  guint64 byte;      /* offset from 1, in the file or, with @line, in that line */
  guint column_no;   /* from 1 */
  char *column_name; /* canonical */
  char *header;      /* as written */
  char *value;       /* as written, cut to a readable length */
  char *limit;
  FaultText found;
  FaultText expected;
  FaultText near;
} Fault;

/* fault_clear: frees what @fault holds and zeroes it. */
void fault_clear (Fault *fault);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fault, fault_clear)

/* fault_set: @check at a line; always FALSE, so that it can end a function. */
gboolean fault_set (Fault *fault, const char *check, guint line, guint row);

/* fault_text: both languages the same, printf-like; frees what was there. */
void fault_text (FaultText *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* fault_value: @value as written, valid UTF-8 and at most FAULT_VALUE_CHARS characters (then … follows). */
#define FAULT_VALUE_CHARS 60
char *fault_value (const char *value);
