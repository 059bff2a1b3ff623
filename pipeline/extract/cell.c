#include "extract/cell.h"

#include "base/text.h"
#include "number.h"

#include <stdlib.h>
#include <string.h>

/* Repeated texts are looked up rather than read again, up to so many different ones of a column. */
#define MEMO_ENTRIES 65536
#define RECENT 64

struct _CellReader {
  const Catalogue *catalogue;
  const Feed *feed;
  const FeedColumn *column;
  const Register *reg;
  const char *domain;
  gboolean plain_counts; /* a column of counts without a domain of its own, which might give a number another meaning */
  GHashTable *memo;      /* text as written -> CellAnswer */
  GStringChunk *strings; /* texts of the memo */
  CellAnswer *recent[RECENT]; /* of the memo: neighbours are often equal */
  GString *plain;             /* normalised */
  GString *text;              /* a text that is not kept */
};

const char *
cell_check (CellVerdict verdict)
{
  static const char *const names[CELL_VERDICTS] = {
    [CELL_NUMBER] = "number",
    [CELL_EXCEL_DATE] = "excel_date",
    [CELL_NEGATIVE] = "negative",
    [CELL_FRACTION] = "fraction",
    [CELL_TOO_LARGE] = "too_large",
    [CELL_CODE] = "code",
    [CELL_SCIENTIFIC] = "scientific",
    [CELL_VALUE] = "value",
    [CELL_PERIOD] = "period",
    [CELL_PERIOD_KIND] = "period_kind",
    [CELL_DATE] = "date",
    [CELL_AREA] = "area_known",
    [CELL_TOO_LONG] = "too_long",
  };

  return names[verdict];
}

guint
cell_period_kinds (const Feed *feed)
{
  static const struct {
    const char *frequency;
    guint kinds;
  } table[] = {
    { "month", PERIOD_MASK (PERIOD_MONTH) },
    { "term", PERIOD_MASK (PERIOD_TERM) },
    { "year", PERIOD_MASK (PERIOD_YEAR) | PERIOD_MASK (PERIOD_TERM) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].frequency, feed->frequency) == 0)
      return table[i].kinds;
  return PERIOD_ANY;
}

static const char *
default_domain (ColumnType type)
{
  switch (type) {
  case TYPE_GRADE:
    return "grade";
  case TYPE_SEX:
    return "sex";
  case TYPE_BOOLEAN:
    return "boolean";
  default:
    return "";
  }
}

CellReader *
cell_reader_new (const Catalogue *catalogue, const Feed *feed, const FeedColumn *column, const Register *reg)
{
  CellReader *r = g_new0 (CellReader, 1);

  r->catalogue = catalogue;
  r->feed = feed;
  r->column = column;
  r->reg = reg;
  r->domain = *column->domain != '\0' ? column->domain : default_domain (column->type);
  r->plain_counts = column->type == TYPE_COUNT && *column->domain == '\0';
  r->memo = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  r->strings = g_string_chunk_new (4096);
  r->plain = g_string_new (NULL);
  r->text = g_string_new (NULL);
  return r;
}

void
cell_reader_free (CellReader *reader)
{
  if (reader == NULL)
    return;
  g_hash_table_unref (reader->memo);
  g_string_chunk_free (reader->strings);
  g_string_free (reader->plain, TRUE);
  g_string_free (reader->text, TRUE);
  g_free (reader);
}

static CellVerdict
set_text (CellReader *r, Cell *out, const char *text)
{
  g_string_assign (r->text, text);
  out->text = r->text->str;
  out->length = (guint)r->text->len;
  return CELL_OK;
}

static CellVerdict
not_a_number (const char *text)
{
  return number_is_excel_date (text) || number_is_full_date (text) ? CELL_EXCEL_DATE : CELL_NUMBER;
}

static CellVerdict
read_count (const char *text, Cell *out)
{
  Digits d;

  if (!number_scan (text, &d) || text[d.length] != '\0')
    return not_a_number (text);
  if (d.negative && (d.whole > 0 || d.fraction || d.overflow))
    return CELL_NEGATIVE;
  if (d.fraction)
    return CELL_FRACTION;
  if (d.overflow || d.whole > CELL_MAX_COUNT)
    return CELL_TOO_LARGE;
  out->as.count = d.whole;
  return CELL_OK;
}

static CellVerdict
read_number (const CellReader *r, const char *text, Cell *out)
{
  gboolean percent = strcmp (r->column->unit, "percent") == 0 || strcmp (r->column->unit, "%") == 0;
  g_autofree char *digits = NULL;
  Digits d;

  if (!number_scan (text, &d) || (text[d.length] != '\0' && !(percent && strcmp (text + d.length, "%") == 0)))
    return not_a_number (text);
  if (d.overflow || d.whole > CELL_MAX_COUNT)
    return CELL_TOO_LARGE;
  digits = g_strndup (text, d.length);
  for (char *from = digits, *to = digits; (*to = *from) != '\0'; from++)
    to += *to != ',';
  out->as.number = g_ascii_strtod (digits, NULL);
  return CELL_OK;
}

/* ="0113" and '0113 are how a spreadsheet is told to keep the zeros. */
static void
unwrap_code (GString *text)
{
  if (text->len > 3 && g_str_has_prefix (text->str, "=\"") && g_str_has_suffix (text->str, "\"")) {
    g_string_truncate (text, text->len - 1);
    g_string_erase (text, 0, 2);
  } else if (text->len > 1 && text->str[0] == '\'')
    g_string_erase (text, 0, 1);
}

static CellVerdict
read_code (CellReader *r, Cell *out)
{
  unwrap_code (r->plain);
  if (number_is_scientific (r->plain->str))
    return CELL_SCIENTIFIC;
  for (const char *p = r->plain->str; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return CELL_CODE;
  if (r->plain->len > CELL_MAX_CODE_CHARS)
    return CELL_TOO_LONG;
  return set_text (r, out, r->plain->str);
}

static CellVerdict
read_school (CellReader *r, Cell *out)
{
  CellVerdict verdict = read_code (r, out);

  if (verdict == CELL_OK && r->reg != NULL)
    out->as.school = register_find (r->reg, out->text);
  return verdict;
}

static gboolean
is_grade (const char *text)
{
  static const char *const grades[]
      = { "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3", "all", NULL };

  return g_strv_contains (grades, text);
}

static gboolean
is_sex (const char *text)
{
  static const char *const sexes[] = { "M", "F", "all", NULL };

  return g_strv_contains (sexes, text);
}

static CellVerdict
read_boolean (const char *text, Cell *out)
{
  out->as.boolean = strcmp (text, "true") == 0;
  return out->as.boolean || strcmp (text, "false") == 0 ? CELL_OK : CELL_VALUE;
}

/* A code ever valid, or the name of an area: what counts is the code under which its series runs today. */
static CellVerdict
read_area (CellReader *r, const char *text, Cell *out)
{
  const char *code = catalogue_current_area (r->catalogue, text);

  for (guint i = 0; code == NULL && i < r->catalogue->areas->len; i++) {
    const Area *area = r->catalogue->areas->pdata[i];

    if (strcmp (area->name, text) == 0 || g_ascii_strcasecmp (area->name_en, text) == 0)
      code = catalogue_current_area (r->catalogue, area->area_code);
  }
  return code != NULL ? set_text (r, out, code) : CELL_AREA;
}

static CellVerdict
read_period (CellReader *r, const char *text, Cell *out)
{
  guint kinds = cell_period_kinds (r->feed);
  g_autofree char *found = period_find (text, kinds, FALSE);
  g_autofree char *other = found == NULL ? period_recognise (text, FALSE) : NULL;
  Period period;

  if (found == NULL)
    return other != NULL ? CELL_PERIOD_KIND : CELL_PERIOD;
  period_parse (found, &period);
  out->as.period.first = g_date_get_julian (&period.first);
  out->as.period.last = g_date_get_julian (&period.last);
  out->as.period.year = (gint16)g_date_get_year (&period.first);
  return set_text (r, out, found);
}

static CellVerdict
read_date (const char *text, Cell *out)
{
  g_autofree char *found = period_find (text, PERIOD_MASK (PERIOD_DAY), FALSE);
  Period period;

  out->as.day = REGISTER_NO_END;
  if (g_ascii_strcasecmp (text, "infinity") == 0)
    return CELL_OK;
  if (found == NULL || !period_parse (found, &period))
    return CELL_DATE;
  out->as.day = g_date_get_julian (&period.first);
  return CELL_OK;
}

/* A name keeps its full-width brackets; only what surrounds it goes, and what would break a line. */
static CellVerdict
read_text (CellReader *r, const char *raw, Cell *out)
{
  guint n = 0;

  g_string_truncate (r->text, 0);
  for (const char *p = raw; *p != '\0'; p = text_next (p)) {
    gunichar c = g_utf8_get_char (p);

    if (g_unichar_iscntrl (c))
      c = ' ';
    if (c == 0xFEFF || (r->text->len == 0 && g_unichar_isspace (c)))
      continue;
    g_string_append_unichar (r->text, c);
    n++;
  }
  while (r->text->len > 0) {
    const char *last = g_utf8_find_prev_char (r->text->str, r->text->str + r->text->len);

    if (!g_unichar_isspace (g_utf8_get_char (last)))
      break;
    g_string_truncate (r->text, (gsize)(last - r->text->str));
  }
  out->text = r->text->str;
  out->length = (guint)r->text->len;
  out->suspect = number_is_excel_date (r->plain->str);
  return n > CELL_MAX_TEXT_CHARS ? CELL_TOO_LONG : CELL_OK;
}

static CellVerdict
read_typed (CellReader *r, const char *raw, const char *text, Cell *out)
{
  switch (r->column->type) {
  case TYPE_COUNT:
    return read_count (text, out);
  case TYPE_NUMBER:
    return read_number (r, text, out);
  case TYPE_BOOLEAN:
    return read_boolean (text, out);
  case TYPE_DATE:
    return read_date (text, out);
  case TYPE_PERIOD:
    return read_period (r, text, out);
  case TYPE_AREA:
    return read_area (r, text, out);
  case TYPE_GRADE:
    return is_grade (text) ? set_text (r, out, text) : CELL_VALUE;
  case TYPE_SEX:
    return is_sex (text) ? set_text (r, out, text) : CELL_VALUE;
  case TYPE_CODE:
    return read_code (r, out);
  case TYPE_SCHOOL:
    return read_school (r, out);
  case TYPE_ENUM:
    return CELL_VALUE; /* its domain would have known it */
  default:
    return read_text (r, raw, out);
  }
}

/* <5 and ≤11 are one form each in the catalogue, <# and ≤#: a # is a number of one or two digits. */
static void
mask_digits (const char *text, GString *out)
{
  g_string_truncate (out, 0);
  while (*text != '\0') {
    gsize digits = strspn (text, "0123456789");

    if (digits == 0) {
      if (*text != ' ')
        g_string_append_c (out, *text);
      text++;
    } else if (digits <= 2)
      g_string_append_c (out, '#');
    else
      g_string_append_len (out, text, (gssize)digits);
    text += digits;
  }
}

static gboolean
is_suppressed (CellReader *r)
{
  if (r->feed->grain == GRAIN_REGISTER || r->column->key
      || (r->column->type != TYPE_COUNT && r->column->type != TYPE_NUMBER))
    return FALSE;
  mask_digits (r->plain->str, r->text);
  return catalogue_value (r->catalogue, "suppressed", r->text->str) != NULL;
}

static CellVerdict
read_word (CellReader *r, const char *raw, Cell *out)
{
  const char *value = NULL;

  text_normalise_into (r->plain, raw);
  if (*r->domain != '\0')
    value = catalogue_value (r->catalogue, r->domain, r->plain->str);
  if (value != NULL && (r->column->type == TYPE_ENUM || r->column->type == TYPE_TEXT))
    return set_text (r, out, value);
  if (value != NULL)
    g_string_assign (r->plain, value);
  else if (r->plain->len == 0 || catalogue_value (r->catalogue, "missing", r->plain->str) != NULL)
    return CELL_NOTHING;
  else if (is_suppressed (r))
    return CELL_SUPPRESSED;
  return read_typed (r, raw, r->plain->str, out);
}

static guint
recent_place (const char *raw, gsize length)
{
  return length > 0 ? ((guchar)raw[0] + 5 * (guchar)raw[length - 1] + (guint)length) % RECENT : 0;
}

static const CellAnswer *
remember (CellReader *r, const char *raw, gsize length, const Cell *cell)
{
  CellAnswer *kept = g_new0 (CellAnswer, 1);

  kept->cell = *cell;
  if (cell->text != NULL)
    kept->cell.text = g_string_chunk_insert_len (r->strings, cell->text, (gssize)cell->length);
  kept->raw = g_string_chunk_insert_len (r->strings, raw, (gssize)length);
  kept->length = (guint)length;
  g_hash_table_insert (r->memo, (gpointer)(gsize)kept->raw, kept);
  r->recent[recent_place (raw, length)] = kept;
  return kept;
}

/* Codes come by the hundred thousand, each for a few rows: those of a while ago will not come again. */
static gboolean
make_room (CellReader *r)
{
  if (g_hash_table_size (r->memo) < MEMO_ENTRIES)
    return TRUE;
  if (r->column->type != TYPE_CODE && r->column->type != TYPE_SCHOOL)
    return FALSE;
  g_hash_table_remove_all (r->memo);
  g_string_chunk_clear (r->strings);
  memset (r->recent, 0, sizeof r->recent);
  return TRUE;
}

/* memcmp() of a few bytes, four times for each row, without a call. */
static inline gboolean
is_equal (const char *a, const char *b, gsize length)
{
  guint64 from[2], end[2];

  if (length < sizeof from[0] || length > 2 * sizeof from[0]) {
    gsize i = 0;

    while (i < length && a[i] == b[i])
      i++;
    return i == length;
  }
  memcpy (&from[0], a, sizeof from[0]);
  memcpy (&from[1], b, sizeof from[1]);
  memcpy (&end[0], a + length - sizeof end[0], sizeof end[0]);
  memcpy (&end[1], b + length - sizeof end[1], sizeof end[1]);
  return from[0] == from[1] && end[0] == end[1];
}

CellAnswer *
cell_recent (const CellReader *reader, const char *raw, gsize length)
{
  CellAnswer *answer = reader->recent[recent_place (raw, length)];

  return answer != NULL && answer->length == length && is_equal (answer->raw, raw, length) ? answer : NULL;
}

static const CellAnswer *
look_up (CellReader *r, const char *raw, gsize length)
{
  CellAnswer *answer = cell_recent (r, raw, length);

  if (answer == NULL)
    answer = g_hash_table_lookup (r->memo, raw);
  if (answer != NULL)
    r->recent[recent_place (raw, length)] = answer;
  return answer;
}

gboolean
cell_reader_counts (const CellReader *reader)
{
  return reader->plain_counts;
}

/* Nearly every other cell than a count repeats one read before. */
CellVerdict
cell_read (CellReader *reader, const char *raw, gsize length, Cell *out)
{
  const CellAnswer *known = NULL;

  if (reader->plain_counts && cell_plain_count (raw, length, out))
    return CELL_OK;
  known = look_up (reader, raw, length);
  if (known == NULL) {
    memset (out, 0, sizeof *out);
    out->verdict = read_word (reader, raw, out);
    if (reader->column->type == TYPE_TEXT || !make_room (reader))
      return out->verdict;
    known = remember (reader, raw, length, out);
  }
  *out = known->cell;
  return out->verdict;
}
