#include "reading.h"

#include "base/text.h"

#include <string.h>

#define NEAR_WORDS 3
#define LISTED_WORDS 6

typedef struct {
  const char *word;
  guint distance;
} NearWord;

static int
compare_words (const void *a, const void *b)
{
  const NearWord *left = a, *right = b;

  return (left->distance > right->distance) - (left->distance < right->distance);
}

static void
consider (GArray *words, const char *word, const char *written, guint limit)
{
  NearWord near = { word, text_distance (written, word, limit) };

  if (near.distance <= limit)
    g_array_append_val (words, near);
}

/* What the clerk may have meant: words of the domain spelled alike, or else the first ones there are. */
static void
name_words (const Reading *r, const FeedColumn *column, const char *written, Fault *fault)
{
  const Catalogue *catalogue = r->options->catalogue;
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (NearWord));
  g_autoptr (GString) list = g_string_new (NULL);
  guint limit = (guint)MAX (1, g_utf8_strlen (written, -1) / 2);

  for (guint pass = 0; pass < 2 && words->len == 0; pass++) {
    for (guint i = 0; i < catalogue->values->len; i++) {
      const ValueAlias *value = catalogue->values->pdata[i];
      const char *domain = *column->domain != '\0'        ? column->domain
                           : column->type == TYPE_GRADE   ? "grade"
                           : column->type == TYPE_SEX     ? "sex"
                           : column->type == TYPE_BOOLEAN ? "boolean"
                                                          : "";

      if (strcmp (value->domain, domain) == 0)
        consider (words, value->written, written, pass == 0 ? limit : TEXT_MAX_CHARS);
    }
    for (guint i = 0; column->type == TYPE_AREA && i < catalogue->areas->len; i++)
      consider (words, ((const Area *)catalogue->areas->pdata[i])->name, written, pass == 0 ? limit : TEXT_MAX_CHARS);
    limit = LISTED_WORDS;
  }
  g_array_sort (words, compare_words);
  for (guint i = 0; i < words->len && i < NEAR_WORDS; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", g_array_index (words, NearWord, i).word);
  fault_text (&fault->near, "%s", list->str);
}

void
validate_text (const Reading *r, FaultText *text, const char *key)
{
  text->zh = g_strdup (catalogue_text (r->options->catalogue, "zh", key));
  text->en = g_strdup (catalogue_text (r->options->catalogue, "en", key));
}

void
validate_explain (const Reading *r, const FeedColumn *column, const Cell *cell, const char *raw, Fault *fault)
{
  g_autofree char *key = NULL;

  if (r->quiet || r->out->rejects->kept->len >= REJECTS_KEPT)
    return; /* will not be read by anybody */
  switch (cell->verdict) {
  case CELL_VALUE:
  case CELL_AREA:
    name_words (r, column, raw, fault);
    break;
  case CELL_PERIOD:
  case CELL_PERIOD_KIND:
    key = g_strconcat ("rule.frequency_", r->feed->frequency, NULL);
    validate_text (r, &fault->expected, key);
    break;
  case CELL_EXCEL_DATE:
    validate_text (r, &fault->near, "rule.excel_date");
    break;
  case CELL_TOO_LARGE:
    fault->limit = g_strdup_printf ("%d", CELL_MAX_COUNT);
    break;
  case CELL_TOO_LONG:
    fault->limit = g_strdup_printf ("%d", column->type == TYPE_TEXT ? CELL_MAX_TEXT_CHARS : CELL_MAX_CODE_CHARS);
    break;
  default:
    break;
  }
}
