#include "extract/check.h"

#include "base/error.h"
#include "base/grid.h"
#include "extract/history.h"

#include <fcntl.h>
#include <string.h>

#define SHOWN_GROUPS 30
#define NO_REGISTER                                                                                                    \
  "\nno register was given (--register FILE), so that nobody looked whether the schools exist, were open and have "    \
  "the grades they report\n"

typedef struct {
  const Catalogue *catalogue;
  const CheckOptions *options;
  ExtractOptions reading;
  FILE *out;
  Grid *grid;
  GString *problems;
  guint bad;
  guint done;
} Checking;

/* ------------------------------------------------------------------------------------------------------------------
   A register from an export */

typedef struct {
  Register *reg;
  const Feed *feed;
} Filling;

static gboolean
begin_register (const Layout *layout, gpointer data, GError **error)
{
  Filling *f = data;

  f->feed = layout->feed;
  if (layout->feed->grain == GRAIN_REGISTER)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "the file given as register is an export of feed %s",
               layout->feed->feed);
  return FALSE;
}

static const Cell *
find_cell (const Filling *f, const LongRow *row, const char *column_name)
{
  for (guint i = 0; i < f->feed->columns->len; i++)
    if (strcmp (((const FeedColumn *)f->feed->columns->pdata[i])->column_name, column_name) == 0)
      return row->cells[i].verdict == CELL_OK ? &row->cells[i] : NULL;
  return NULL;
}

static const char *
text_or (const Cell *cell, const char *otherwise)
{
  return cell != NULL ? cell->text : otherwise;
}

static gboolean
take_school (const LongRow *row, gpointer data, GError **error)
{
  const Filling *f = data;
  const Cell *code = find_cell (f, row, "school_code"), *from = find_cell (f, row, "valid_from");
  const Cell *to = find_cell (f, row, "valid_to");

  (void)error;
  if (code != NULL)
    register_add (f->reg, code->text, text_or (find_cell (f, row, "name"), ""),
                  text_or (find_cell (f, row, "district_code"), ""), text_or (find_cell (f, row, "stage"), ""),
                  from != NULL ? from->as.day : 1, to != NULL ? to->as.day : REGISTER_NO_END);
  return TRUE;
}

static const char *
first_refusal (const Extract *extract)
{
  for (guint i = 0; i < extract->rejects->groups->len; i++) {
    const RejectGroup *group = extract->rejects->groups->pdata[i];

    if (group->rule->level == LEVEL_TEMPLATE)
      return group->first->message_en;
  }
  return "";
}

static Register *
read_register (const Checking *c, const char *path, GError **error)
{
  g_autoptr (Register) reg = register_new (c->catalogue);
  Filling filling = { reg, NULL };
  const RowSink sink = { begin_register, take_school, &filling };
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);
  g_auto (Extract) extract = { 0 };
  gboolean ok = source != NULL ? extract_file (source, &c->reading, &sink, &extract, error)
                               : extract_refuse (c->catalogue, path, &fault, &extract, error);

  if (!ok)
    return NULL;
  if (!extract.refused)
    return g_steal_pointer (&reg);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_INPUT, "cannot read the register: %s", first_refusal (&extract));
  return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------
   For a person */

static void
add_cell (Checking *c, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  grid_cell (c->grid, text);
}

static void
add_periods (Checking *c, const Extract *x)
{
  g_autofree char *range = g_strcmp0 (x->period_first, x->period_last) != 0
                               ? g_strdup_printf ("%s to %s", x->period_first, x->period_last)
                               : g_strdup (x->period_first);

  grid_cell (c->grid, range != NULL ? range : "-");
}

static void
add_row (Checking *c, const char *file, const Extract *x)
{
  const Layout *layout = x->layout;

  grid_cell (c->grid, file);
  grid_cell (c->grid, layout != NULL ? layout->feed->feed : "-");
  grid_cell (c->grid, x->decoded ? encoding_info (x->encoding)->name : "-");
  add_periods (c, x);
  add_cell (c, x->rows_read);
  add_cell (c, x->refused ? 0 : x->rows_accepted);
  add_cell (c, x->rows_rejected);
  add_cell (c, x->refused ? 0 : x->rows_provisional);
  grid_cell (c->grid, x->refused ? "refused" : x->rows_rejected > 0 ? "with rejects" : "good");
  grid_end_row (c->grid);
}

static void
print_place (GString *out, const RejectGroup *group)
{
  g_autofree char *letter = column_letter (group->column_no);

  if (group->first->row > 0 && group->count > 1)
    g_string_append_printf (out, "rows %u-%u", group->first_row, group->last_row);
  else if (group->first->row > 0)
    g_string_append_printf (out, "row %u (line %u)", group->first->row, group->first->line);
  else
    g_string_append (out, "the file");
  if (group->column_no > 0)
    g_string_append_printf (out, ", column %s", letter);
}

static void
add_note (GString *out, gint64 n, const char *what)
{
  if (n > 0)
    g_string_append_printf (out, "%s%" G_GINT64_FORMAT " %s", out->len > 0 ? ", " : "", n, what);
}

/* So that nobody need guess why rows are missing. */
static char *
notes (const Extract *x)
{
  GString *out = g_string_new (NULL);

  add_note (out, x->blank_rows, "blank rows");
  add_note (out, x->repeated_headers, "repeated headers");
  add_note (out, x->footer_rows, "rows of totals or notes");
  add_note (out, x->total_rows, "rows for all grades or sexes, checked and not loaded");
  if (x->layout != NULL && x->layout->unknown->len > 0) {
    g_string_append_printf (out, "%scolumns that mean nothing here:", out->len > 0 ? ", " : "");
    for (guint i = 0; i < x->layout->unknown->len; i++)
      g_string_append_printf (out, "%s %s", i > 0 ? "," : "", (const char *)x->layout->unknown->pdata[i]);
  }
  if (x->layout != NULL && x->layout->simulated)
    g_string_append_printf (out, "%ssimulated data", out->len > 0 ? ", " : "");
  return g_string_free (out, FALSE);
}

static void
add_problems (Checking *c, const char *file, const Extract *x)
{
  g_autofree char *noted = notes (x);
  guint n = x->rejects->groups->len;

  if (n == 0 && *noted == '\0')
    return;
  g_string_append_printf (c->problems, "\n%s\n", file);
  if (*noted != '\0')
    g_string_append_printf (c->problems, "  noted: %s\n", noted);
  for (guint i = 0; i < MIN (n, SHOWN_GROUPS); i++) {
    const RejectGroup *group = x->rejects->groups->pdata[i];

    g_string_append_printf (c->problems, "  %s%s  %" G_GINT64_FORMAT " x  ", group->rule->rule,
                            group->rule->severity == SEVERITY_CONFIRM ? " (to confirm)" : "", group->count);
    print_place (c->problems, group);
    g_string_append_printf (c->problems, "\n    %s\n", reject_text (group->first, c->options->language));
  }
  if (n > SHOWN_GROUPS)
    g_string_append_printf (c->problems, "  … and %u more kinds\n", n - SHOWN_GROUPS);
}

static void
print_head (Checking *c)
{
  static const char *const titles[]
      = { "file", "feed", "encoding", "period", "rows", "accepted", "rejected", "to confirm", "result" };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    grid_cell (c->grid, titles[i]);
  grid_end_row (c->grid);
}

/* ------------------------------------------------------------------------------------------------------------------
   For a program */

static void
json_text (FILE *out, const char *name, const char *value)
{
  fprintf (out, "\"%s\": ", name);
  if (value == NULL) {
    fputs ("null", out);
    return;
  }
  fputc ('"', out);
  for (const char *p = value; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      fprintf (out, "\\%c", *p);
    else if ((guchar)*p < 0x20)
      fprintf (out, "\\u%04x", (guint)(guchar)*p);
    else
      fputc (*p, out);
  fputc ('"', out);
}

static void
json_group (FILE *out, const RejectGroup *group)
{
  const Reject *first = group->first;

  fputs ("{", out);
  json_text (out, "rule", group->rule->rule);
  fputs (", ", out);
  json_text (out, "severity", group->rule->severity == SEVERITY_REFUSE ? "refuse" : "confirm");
  fprintf (out,
           ", \"count\": %" G_GINT64_FORMAT ", \"first_row\": %u, \"last_row\": %u, \"line\": %u, \"column\": %u, ",
           group->count, group->first_row, group->last_row, first->line, group->column_no);
  json_text (out, "header", first->header);
  fputs (", ", out);
  json_text (out, "value", first->value);
  fputs (", ", out);
  json_text (out, "message", first->message);
  fputs (", ", out);
  json_text (out, "message_en", first->message_en);
  fputs ("}", out);
}

static void
json_file (Checking *c, const char *file, const Extract *x)
{
  FILE *out = c->out;

  fputs (c->done > 0 ? ",\n {" : "[{", out);
  json_text (out, "file", file);
  fputs (", ", out);
  json_text (out, "feed", x->layout != NULL ? x->layout->feed->feed : NULL);
  fputs (", ", out);
  json_text (out, "encoding", x->decoded ? encoding_info (x->encoding)->name : NULL);
  fputs (", ", out);
  json_text (out, "period_first", x->period_first);
  fputs (", ", out);
  json_text (out, "period_last", x->period_last);
  fprintf (out,
           ", \"register\": %s, \"refused\": %s, \"simulated\": %s, \"rows\": %" G_GINT64_FORMAT
           ", \"accepted\": %" G_GINT64_FORMAT ", \"rejected\": %" G_GINT64_FORMAT
           ", \"provisional\": %" G_GINT64_FORMAT ", \"blank\": %" G_GINT64_FORMAT ", \"footers\": %" G_GINT64_FORMAT
           ", \"totals\": %" G_GINT64_FORMAT ", \"suppressed\": %" G_GINT64_FORMAT ", \"rejects\": [",
           c->reading.reg != NULL ? "true" : "false", x->refused ? "true" : "false",
           x->layout != NULL && x->layout->simulated ? "true" : "false", x->rows_read,
           x->refused ? 0 : x->rows_accepted, x->rows_rejected, x->refused ? 0 : x->rows_provisional, x->blank_rows,
           x->footer_rows, x->total_rows, x->refused ? 0 : x->cells_suppressed);
  for (guint i = 0; i < x->rejects->groups->len; i++) {
    fputs (i > 0 ? ", " : "", out);
    json_group (out, x->rejects->groups->pdata[i]);
  }
  fputs ("]}", out);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
check_file (Checking *c, const char *path, GError **error)
{
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);
  g_auto (Extract) extract = { 0 };
  g_autofree char *file = g_filename_display_basename (path);
  gboolean ok = source != NULL ? extract_file (source, &c->reading, NULL, &extract, error)
                               : extract_refuse (c->catalogue, file, &fault, &extract, error);

  if (!ok || !extract_history (&extract, &c->reading, file, NULL, error))
    return FALSE;
  if (c->options->json)
    json_file (c, file, &extract);
  else {
    add_row (c, file, &extract);
    add_problems (c, file, &extract);
  }
  c->bad += extract.refused || extract.rows_rejected > 0;
  c->done++;
  return TRUE;
}

static gboolean
set_today (Checking *c, const char *today, GError **error)
{
  Period period;

  if (!period_parse (today, &period) || period.kind != PERIOD_DAY) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "'%s' is not a date", today);
    return FALSE;
  }
  c->reading.today = g_date_get_julian (&period.first);
  return TRUE;
}

gboolean
check_files (const Catalogue *catalogue, char *const *files, const CheckOptions *options, FILE *out, guint *bad,
             GError **error)
{
  g_autoptr (Grid) grid = grid_new ();
  g_autoptr (GString) problems = g_string_new (NULL);
  g_autoptr (Register) reg = NULL;
  Checking c = { .catalogue = catalogue, .options = options, .out = out, .grid = grid, .problems = problems };

  c.reading.catalogue = catalogue;
  if (!set_today (&c, options->today, error))
    return FALSE;
  if (options->register_path != NULL) {
    reg = read_register (&c, options->register_path, error);
    if (reg == NULL)
      return FALSE;
    c.reading.reg = reg;
  }
  print_head (&c);
  for (char *const *file = files; *file != NULL; file++)
    if (!check_file (&c, *file, error))
      return FALSE;
  if (options->json)
    fputs (c.done > 0 ? "]\n" : "[]\n", out);
  else {
    grid_print (grid, out);
    fputs (problems->str, out);
    if (c.reading.reg == NULL)
      fputs (NO_REGISTER, out);
  }
  *bad = c.bad;
  return TRUE;
}
