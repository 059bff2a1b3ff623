#include "extract/clerk.h"

#include "base/error.h"
#include "domain/format.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  FILE *out;
  const Catalogue *catalogue;
  const char *language;
  const Extract *extract;
  GHashTable *by_row; /* row -> GPtrArray of Reject */
  char separator;
  guint width;      /* columns of the widest row: what is added stands to the right of all */
  guint keep;       /* columns that are the clerk's own: a file that was returned before has ours at its end */
  guint header_row; /* 0: none */
  guint written;    /* rows */
} Copying;

static const char *
text (const Copying *c, const char *key)
{
  return catalogue_text (c->catalogue, c->language, key);
}

static GHashTable *
group_by_row (const Rejects *rejects)
{
  GHashTable *by_row = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; i < rejects->kept->len; i++) {
    Reject *r = rejects->kept->pdata[i];
    GPtrArray *list = g_hash_table_lookup (by_row, GUINT_TO_POINTER (r->row));

    if (list == NULL) {
      list = g_ptr_array_new ();
      g_hash_table_insert (by_row, GUINT_TO_POINTER (r->row), list);
    }
    g_ptr_array_add (list, r);
  }
  return by_row;
}

/* ="0113" keeps zeros and runs nothing; -12, +3 and - are what clerks write. */
static gboolean
is_formula (const char *cell)
{
  gsize length = strlen (cell);

  if (*cell == '@' || *cell == '\t' || *cell == '\r')
    return TRUE;
  if (*cell == '=')
    return !(length > 3 && cell[1] == '"' && strspn (cell + 2, "0123456789") == length - 3 && cell[length - 1] == '"');
  return (*cell == '+' || *cell == '-') && strspn (cell + 1, "0123456789.,%-") != length - 1;
}

static void
write_cell (FILE *out, const char *cell)
{
  g_autofree char *safe = is_formula (cell) ? g_strconcat ("'", cell, NULL) : NULL;
  const char *what = safe != NULL ? safe : cell;

  if (strpbrk (what, ",\"\r\n") != NULL || *what == ' ' || (*what != '\0' && what[strlen (what) - 1] == ' '))
    csv_fwrite (out, what, strlen (what));
  else
    fputs (what, out);
}

static gboolean
is_untouched (const Copying *c, const Record *record)
{
  if (c->separator != ',' || record->n > c->keep)
    return FALSE;
  for (guint i = 0; i < record->n; i++)
    if (is_formula (record_field (record, i)))
      return FALSE;
  return TRUE;
}

static void
write_errors (const Copying *c, const GPtrArray *rejects)
{
  g_autoptr (GString) codes = g_string_new (NULL), advice = g_string_new (NULL);

  for (guint i = 0; rejects != NULL && i < rejects->len; i++) {
    const Reject *r = rejects->pdata[i];
    g_autofree char *letter = column_letter (r->column_no);
    const char *why = reject_text (r, c->language);
    g_autofree char *where
        = r->column_no > 0 ? format_fill (text (c, "clerk.cell"), "letter", letter, "text", why, NULL) : g_strdup (why);

    g_string_append_printf (codes, "%s%s", i > 0 ? " " : "", r->rule->rule);
    g_string_append_printf (advice, "%s%s", i > 0 ? " " : "", where);
  }
  fputc (',', c->out);
  write_cell (c->out, codes->str);
  fputc (',', c->out);
  write_cell (c->out, advice->str);
}

/* The rows keep their numbers, so that what the letter says of row 12 is true of the copy as well. */
static void
write_row (Copying *c, const Record *record)
{
  guint n = MIN (record->n, c->keep);

  for (; c->written + 1 < record->row; c->written++)
    fputs ("\r\n", c->out);
  if (is_untouched (c, record))
    fputs (record->raw->str, c->out);
  else
    for (guint i = 0; i < n; i++) {
      if (i > 0)
        fputc (',', c->out);
      write_cell (c->out, record_field (record, i));
    }
  for (guint i = MAX (n, 1); i < MIN (c->width, c->keep); i++)
    fputc (',', c->out);
  if (record->row == c->header_row)
    fprintf (c->out, ",%s,%s", text (c, "clerk.error"), text (c, "clerk.explanation"));
  else
    write_errors (c, g_hash_table_lookup (c->by_row, GUINT_TO_POINTER (record->row)));
  fputs ("\r\n", c->out);
  c->written = record->row;
}

static Parser *
open_rows (Source *source, const Extract *extract, char separator, Fault *fault)
{
  return parser_new (source, extract->encoding, separator, TRUE, fault);
}

/* FALSE when the file cannot be read to its end. */
static gboolean
measure (Source *source, Copying *c)
{
  g_auto (Fault) fault = { 0 };
  g_autoptr (Parser) parser = open_rows (source, c->extract, c->separator, &fault);
  const Record *record = NULL;

  while (parser != NULL && parser_next (parser, &record, &fault)) {
    if (record == NULL)
      return TRUE;
    c->width = MAX (c->width, record->n);
  }
  return FALSE;
}

static void
find_own_columns (Copying *c)
{
  const Layout *layout = c->extract->layout;

  c->keep = G_MAXUINT;
  if (layout == NULL)
    return;
  c->header_row = layout->row;
  for (guint i = 0; i + 1 < layout->n_headers; i++)
    if (strcmp (layout->headers[i], text (c, "clerk.error")) == 0
        && strcmp (layout->headers[i + 1], text (c, "clerk.explanation")) == 0)
      c->keep = i;
}

static gboolean
write_rows (Source *source, Copying *c)
{
  g_auto (Fault) fault = { 0 };
  g_autoptr (Parser) parser = open_rows (source, c->extract, c->separator, &fault);
  const Record *record = NULL;

  fputs ("\xEF\xBB\xBF", c->out);
  while (parser != NULL && parser_next (parser, &record, &fault) && record != NULL)
    write_row (c, record);
  return fault.check == NULL;
}

static gboolean
fail (const char *path, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, g_strerror (errno));
  return FALSE;
}

/* Closes @out; what is on disk under the final name is then whole. */
static gboolean
finish (FILE *out, gboolean ok, const char *part, const char *path, GError **error)
{
  ok = fflush (out) == 0 && ok && ferror (out) == 0 && fsync (fileno (out)) == 0;
  if (fclose (out) == 0 && ok && rename (part, path) == 0)
    return TRUE;
  fail (path, error);
  unlink (part);
  return FALSE;
}

static FILE *
create (const char *part, GError **error)
{
  int fd = open (part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
  FILE *out = fd >= 0 ? fdopen (fd, "w") : NULL;

  if (out == NULL)
    fail (part, error);
  return out;
}

static gboolean
has_persons (const Extract *extract)
{
  for (guint i = 0; i < extract->rejects->groups->len; i++)
    if (strcmp (((const RejectGroup *)extract->rejects->groups->pdata[i])->rule->check, "individual") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
write_copy (Source *source, Copying *c, const char *path, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autoptr (GHashTable) by_row = group_by_row (c->extract->rejects);

  c->out = create (part, error);
  if (c->out == NULL)
    return FALSE;
  c->by_row = by_row;
  return finish (c->out, write_rows (source, c), part, path, error);
}

static gboolean
write_letter (const char *letter, const char *path, GError **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  FILE *out = create (part, error);

  if (out == NULL)
    return FALSE;
  return finish (out, fputs (letter, out) >= 0, part, path, error);
}

/* The name as sent, without its ending and without what a file name may not have; short enough for what is added. */
static char *
base_name (Source *source)
{
  const char *name = source_name (source);
  gsize length = strlen (name);
  g_autofree char *stem = NULL;

  for (guint i = 0; i < 2; i++) {
    const char *ending = i == 0 ? ".csv" : ".txt";

    if (length > 4 && g_ascii_strcasecmp (name + length - 4, ending) == 0) {
      length -= 4;
      break;
    }
  }
  stem = g_strndup (name, MIN (length, 200));
  return g_utf8_make_valid (g_strdelimit (stem, "/\\\r\n", '_'), -1);
}

gboolean
clerk_write (Source *source, const Extract *extract, const Catalogue *catalogue, const char *language,
             const char *folder, GError **error)
{
  Copying copying = { .catalogue = catalogue,
                      .language = language,
                      .extract = extract,
                      .separator = extract->layout != NULL ? extract->layout->separator : ',' };
  g_autofree char *name = base_name (source);
  g_autofree char *csv = g_strdup_printf ("%.12s-%s.csv", source_sha256 (source), name);
  g_autofree char *txt = g_strdup_printf ("%.12s-%s.txt", source_sha256 (source), name);
  g_autofree char *csv_path = g_build_filename (folder, csv, NULL), *txt_path = g_build_filename (folder, txt, NULL);
  g_autofree char *letter = NULL;
  gboolean copied = extract->decoded && !has_persons (extract);

  if (copied) {
    find_own_columns (&copying);
    copied = measure (source, &copying);
  }
  if (copied && !write_copy (source, &copying, csv_path, error))
    return FALSE;
  letter = clerk_letter (source_name (source), extract, catalogue, language, copied ? csv : NULL);
  return write_letter (letter, txt_path, error);
}
