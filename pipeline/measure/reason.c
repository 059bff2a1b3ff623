#include "measure/reason.h"
#include "base/sql.h"
#include "domain/format.h"
#include "measure/table.h"
#include <string.h>

static char *
trimmed (double value)
{
  char *text = format_decimal (value, 4);
  gsize length = strlen (text);

  while (text[length - 1] == '0')
    text[--length] = '\0';
  if (text[length - 1] == '.')
    text[--length] = '\0';
  return text;
}

/* Digits beyond the first are asked for where a rounded figure would contradict the sentence that it stands in. */
static char *
figure_text (const ReasonFigure *figure)
{
  g_autofree char *number = NULL;

  switch (figure->kind) {
  case FIGURE_PERCENT:
    if (figure->decimals <= 1)
      return format_value (figure->value, UNIT_PERCENT);
    number = format_decimal (figure->value, (int)figure->decimals);
    return g_strconcat (number, "%", NULL);
  case FIGURE_EXACT:
    number = trimmed (figure->value);
    return g_strconcat (number, "%", NULL);
  case FIGURE_POINTS:
    return format_decimal (figure->value, figure->decimals > 1 ? (int)figure->decimals : 1);
  case FIGURE_PROBABILITY:
    return format_probability (figure->value);
  case FIGURE_COUNT:
    return format_value (figure->value, UNIT_COUNT);
  case FIGURE_TEXT:
    return g_strdup (figure->text);
  default:
    g_assert_not_reached ();
  }
}

static char *
text_for (const Reason *reason, const char *name, gsize length)
{
  for (guint i = 0; i < reason->n_figures; i++) {
    const ReasonFigure *figure = &reason->figure[i];

    if (strncmp (figure->name, name, length) == 0 && figure->name[length] == '\0')
      return figure_text (figure);
  }
  g_error ("reason %s has no figure {%.*s}", reason->key, (int)length, name);
}

char *
reason_fill (const Reason *reason, const char *sentence)
{
  GString *out = g_string_new (NULL);

  for (const char *at = sentence; *at != '\0';) {
    const char *open = strchr (at, '{'), *close = open != NULL ? strchr (open, '}') : NULL;
    g_autofree char *text = NULL;

    if (close == NULL) {
      g_string_append (out, at);
      break;
    }
    g_string_append_len (out, at, open - at);
    text = text_for (reason, open + 1, (gsize)(close - open - 1));
    g_string_append (out, text);
    at = close + 1;
  }
  return g_string_free (out, FALSE);
}

typedef const char *(*SentenceOf) (gpointer source, const char *language, const char *key);

static char *
reason_compose (const Reason *reason, SentenceOf sentence_of, gpointer source, const char *language)
{
  g_autofree char *first = reason_fill (reason, sentence_of (source, language, reason->key));
  GString *out = g_string_new (first);

  for (guint i = 0; i < REASON_MAX_NOTES; i++)
    if (reason->note[i] != NULL) {
      g_autofree char *note = reason_fill (reason, sentence_of (source, language, reason->note[i]));

      g_string_append (out, strcmp (language, "zh") == 0 ? ";" : "; ");
      g_string_append (out, note);
    }
  return g_string_free (out, FALSE);
}

static const char *
catalogue_sentence (gpointer catalogue, const char *language, const char *key)
{
  return catalogue_text (*(const Catalogue **)catalogue, language, key);
}

char *
reason_in (const Reason *reason, const Catalogue *catalogue, const char *language)
{
  return reason_compose (reason, catalogue_sentence, &catalogue, language);
}

static GHashTable *
read_built_in (void)
{
  const char *text = embedded_text ("seeds/text.csv");
  GHashTable *texts = g_hash_table_new (g_str_hash, g_str_equal);
  static Table *table; /* kept: the hash borrows from it */

  table = table_parse ("text.csv", text, strlen (text), NULL);
  g_assert (table != NULL && table->n_columns == 3);
  for (guint i = 0; i < table->rows->len; i++) {
    char **field = ((TableRow *)table->rows->pdata[i])->field;

    g_hash_table_insert (texts, field[0], field);
  }
  return texts;
}

static const char *
built_in_sentence (gpointer texts, const char *language, const char *key)
{
  char **field = g_hash_table_lookup (texts, key);

  if (field == NULL)
    g_error ("embedded seeds/text.csv has no %s", key);
  return field[strcmp (language, "zh") == 0 ? 1 : 2];
}

const char *
reason_standard (const char *language, const char *key)
{
  static GHashTable *texts = NULL; /* read once, for the life of the process */

  if (g_once_init_enter (&texts))
    g_once_init_leave (&texts, read_built_in ());
  return built_in_sentence (texts, language, key);
}

char *
reason_built_in (const Reason *reason, const char *language)
{
  static GHashTable *texts = NULL; /* read once, for the life of the process */

  if (g_once_init_enter (&texts))
    g_once_init_leave (&texts, read_built_in ());
  return reason_compose (reason, built_in_sentence, texts, language);
}
