#include "domain/catalogue_parts.h"

#include "base/text.h"
#include "domain/period.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#define MAX_SHOWN 60 /* characters of a cell that a message repeats */

static const char *const stage_names[]
    = { "kindergarten", "primary", "junior", "nine_year", "senior", "twelve_year", "vocational", "special", NULL };
static const char *const yes_no[] = { "no", "yes", NULL };

static void G_GNUC_PRINTF (3, 0) add_mistake (Mistakes *m, const char *where, const char *format, va_list ap)
{
  g_autofree char *what = g_strdup_vprintf (format, ap);

  if (m->count++ < CATALOGUE_MAX_MISTAKES)
    g_string_append_printf (m->text, "%s%s: %s", m->text->len > 0 ? "\n" : "", where, what);
}

void
mistake_in (Mistakes *m, const char *file, guint line, const char *format, ...)
{
  g_autofree char *where = line > 0 ? g_strdup_printf ("%s:%u", file, line) : g_strdup (file);
  va_list ap;

  va_start (ap, format);
  add_mistake (m, where, format, ap);
  va_end (ap);
}

void
mistake_at (Mistakes *m, CatalogueOrigin at, const char *column_name, const char *format, ...)
{
  guint cell = catalogue_column_number (m->catalogue, at.file, column_name);
  g_autofree char *where = g_strdup_printf ("%s:%u:%u: %s", at.file, at.line, cell, column_name);
  va_list ap;

  va_start (ap, format);
  add_mistake (m, where, format, ap);
  va_end (ap);
}

static guint
cell_place (const CsvRow *header, const char *column_name)
{
  for (guint i = 0; i < header->n; i++)
    if (strcmp (header->cells[i], column_name) == 0)
      return i;
  return G_MAXUINT;
}

void
mistake (const Cells *cells, const char *column_name, const char *format, ...)
{
  g_autofree char *where = g_strdup_printf ("%s:%u:%u: %s", cells->file, cells->row->line,
                                            cell_place (cells->header, column_name) + 1, column_name);
  va_list ap;

  va_start (ap, format);
  add_mistake (cells->mistakes, where, format, ap);
  va_end (ap);
}

CatalogueOrigin
cell_origin (const Cells *cells)
{
  return (CatalogueOrigin){ .file = cells->file, .line = cells->row->line };
}

const char *
cell_raw (const Cells *cells, const char *column_name)
{
  guint i = cell_place (cells->header, column_name);

  return i < cells->row->n ? cells->row->cells[i] : "";
}

/* What a message repeats of a cell: never so long that it hides the message. */
static char *
shown (const char *text)
{
  if (g_utf8_strlen (text, -1) <= MAX_SHOWN)
    return g_strdup (text);
  return g_strdup_printf ("%.*s…", (int)(g_utf8_offset_to_pointer (text, MAX_SHOWN) - text), text);
}

static gboolean
has_control (const char *text)
{
  for (const char *p = text; *p != '\0'; p = text_next (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

char *
cell_text (const Cells *cells, const char *column_name)
{
  const char *raw = cell_raw (cells, column_name);

  if (has_control (raw))
    mistake (cells, column_name, "the cell holds a line break or another control character; write it on one line");
  return g_strdup (raw);
}

char *
cell_some (const Cells *cells, const char *column_name)
{
  if (*cell_raw (cells, column_name) == '\0')
    mistake (cells, column_name, "the cell is empty; fill it in");
  return cell_text (cells, column_name);
}

gboolean
is_name (const char *text)
{
  if (!g_ascii_islower (*text) && *text != '_')
    return FALSE;
  return strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (text) && strlen (text) <= CATALOGUE_MAX_NAME;
}

char *
cell_name (const Cells *cells, const char *column_name)
{
  char *text = cell_some (cells, column_name);

  if (*text != '\0' && !is_name (text)) {
    g_autofree char *s = shown (text);

    mistake (cells, column_name, "'%s' cannot be a name; use a to z, 0 to 9 and _, a letter first, at most %d", s,
             CATALOGUE_MAX_NAME);
  }
  return text;
}

char *
cell_code (const Cells *cells, const char *column_name)
{
  char *text = cell_some (cells, column_name);

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '-') {
      g_autofree char *s = shown (text);

      mistake (cells, column_name, "'%s' cannot be a code; use letters, digits, _ and -", s);
      break;
    }
  return text;
}

gboolean
is_date (const char *text)
{
  Period p;

  return period_parse (text, &p) && p.kind == PERIOD_DAY;
}

gboolean
is_period (const char *text)
{
  Period p;

  return period_parse (text, &p);
}

char *
cell_date (const Cells *cells, const char *column_name, const char *if_empty)
{
  char *text = if_empty != NULL ? cell_text (cells, column_name) : cell_some (cells, column_name);

  if (*text == '\0' && if_empty != NULL) {
    g_free (text);
    return g_strdup (if_empty);
  }
  if (*text != '\0' && !is_date (text)) {
    g_autofree char *s = shown (text);

    mistake (cells, column_name, "'%s' is not a date from 1800 to 2100; write it like 2022-12-31", s);
  }
  return text;
}

char *
cell_period (const Cells *cells, const char *column_name)
{
  char *text = cell_text (cells, column_name);

  if (*text != '\0' && !is_period (text)) {
    g_autofree char *s = shown (text);

    mistake (cells, column_name,
             "'%s' is not a period; write it like 2022, 2022-03, 2022-03-15, 2022-spring or 2022-autumn", s);
  }
  return text;
}

int
word_index (const char *word, const char *const words[])
{
  for (int i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], word) == 0)
      return i;
  return -1;
}

static char *
join_words (const char *const words[])
{
  g_autoptr (GString) all = g_string_new (words[0]);

  for (guint i = 1; words[i] != NULL; i++)
    g_string_append_printf (all, ", %s", words[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

int
cell_word (const Cells *cells, const char *column_name, const char *const words[])
{
  const char *raw = cell_raw (cells, column_name);
  int i = word_index (raw, words);

  if (i < 0) {
    g_autofree char *all = join_words (words);
    g_autofree char *s = shown (raw);

    mistake (cells, column_name, "'%s' is none of %s", s, all);
  }
  return MAX (i, 0);
}

gboolean
cell_yes (const Cells *cells, const char *column_name)
{
  return cell_word (cells, column_name, yes_no) == 1;
}

gboolean
is_number (const char *text, double *value)
{
  char *end = NULL;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value) && strpbrk (text, "xX \t") == NULL;
}

double
cell_number (const Cells *cells, const char *column_name, double low, double high)
{
  const char *raw = cell_raw (cells, column_name);
  g_autofree char *s = shown (raw);
  double value = NAN;

  if (*raw == '\0')
    return NAN;
  if (!is_number (raw, &value)) {
    mistake (cells, column_name, "'%s' is not a number; write it like 51.4", s);
    return 0;
  }
  if (value < low || value > high)
    mistake (cells, column_name, "%s is not between %g and %g", s, low, high);
  return value;
}

int
cell_count (const Cells *cells, const char *column_name, int high)
{
  const char *raw = cell_raw (cells, column_name);
  g_autofree char *s = NULL;
  guint64 value = 0;

  if (g_ascii_string_to_unsigned (raw, 10, 0, (guint64)high, &value, NULL))
    return (int)value;
  s = shown (raw);
  mistake (cells, column_name, "'%s' is not a whole number from 0 to %d", s, high);
  return 0;
}

char *
cell_stages (const Cells *cells, const char *column_name)
{
  char *text = cell_text (cells, column_name);
  g_auto (GStrv) stages = g_strsplit (text, ";", -1);

  for (char **s = stages; *s != NULL; s++)
    if (word_index (*s, stage_names) < 0) {
      g_autofree char *all = join_words (stage_names);

      mistake (cells, column_name, "'%s' is no stage; write some of %s, with ';' between them", *s, all);
      break;
    }
  return text;
}
