/* include/extract/cell.h: the text of a cell becomes a value of its column's type, once. */
#pragma once

#include "domain/period.h"
#include "extract/register.h"

#define CELL_MAX_COUNT 999999999
#define CELL_MAX_TEXT_CHARS 500
#define CELL_MAX_CODE_CHARS 64

typedef enum {
  CELL_OK,
  CELL_NOTHING,    /* empty, or a word that stands for nothing */
  CELL_SUPPRESSED, /* a count or number that is known and withheld: s, *, <5 */
  CELL_NUMBER,     /* not a number */
  CELL_EXCEL_DATE, /* not a number: a spreadsheet has made a date of it */
  CELL_NEGATIVE,
  CELL_FRACTION,
  CELL_TOO_LARGE,
  CELL_CODE,
  CELL_SCIENTIFIC, /* a code whose digits a spreadsheet has dropped: 1.31131E+11 */
  CELL_VALUE,      /* not among the words of the column's domain */
  CELL_PERIOD,
  CELL_PERIOD_KIND, /* a period, but a month where the feed has terms */
  CELL_DATE,
  CELL_AREA,
  CELL_TOO_LONG,
  CELL_VERDICTS
} CellVerdict;

/* cell_check: name of the check in rule.csv that answers for a verdict; NULL for CELL_OK, CELL_NOTHING and
 * CELL_SUPPRESSED. */
const char *cell_check (CellVerdict verdict);

/* Days are Julian, as in the register. */
typedef struct {
  CellVerdict verdict;
  gboolean suspect; /* a text that looks like a date made by a spreadsheet */
  union {
    gint64 count;
    double number;
    gboolean boolean;
    guint32 day; /* REGISTER_NO_END for infinity */
    struct {
      guint32 first;
      guint32 last;
      gint16 year;
    } period;
    const School *school; /* NULL when the register does not know it, or when there is none */
  } as;
  const char *text; /* canonical text of all types but count, number, boolean and date; owned by the reader */
  guint length;
} Cell;

/* What was said of a text before. */
typedef struct {
  Cell cell;
  gboolean settled; /* for the caller to mark: no rule had anything to say about it */
  const char *raw;
  guint length; /* of raw */
} CellAnswer;

typedef struct _CellReader CellReader;

/* cell_reader_new: @reg may be NULL. All arguments are borrowed. */
CellReader *
cell_reader_new (const Catalogue *catalogue, const Feed *feed, const FeedColumn *column, const Register *reg);
void cell_reader_free (CellReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CellReader, cell_reader_free)

/**
 * cell_read: @raw, @length bytes of valid UTF-8 and a NUL. A type's domain is asked first, then the words for nothing.
 * @out->text stays valid until the next call for types code and text, and as long as the reader for the others.
 */
CellVerdict cell_read (CellReader *reader, const char *raw, gsize length, Cell *out);

/* cell_recent: the answer to @raw if it was given lately; NULL: cell_read() would tell. Valid until that reads. */
CellAnswer *cell_recent (const CellReader *reader, const char *raw, gsize length);

/* cell_reader_counts: whether cell_plain_count() tells what cell_read() would. */
gboolean cell_reader_counts (const CellReader *reader);

/* cell_plain_count: nearly every count is up to nine digits and nothing else; FALSE, and @out as it was, for others. */
static inline gboolean
cell_plain_count (const char *raw, gsize length, Cell *out)
{
  gint64 value = 0;

  if (length == 0 || length > 9)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isdigit (raw[i]))
      return FALSE;
    value = value * 10 + (raw[i] - '0');
  }
  *out = (Cell){ .as.count = value };
  return TRUE;
}

/* cell_period_kinds: PERIOD_MASK of the kinds that a feed of this frequency takes. */
guint cell_period_kinds (const Feed *feed);
