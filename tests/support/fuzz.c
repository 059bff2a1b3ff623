#include "fuzz.h"

#include "export.h"
#include "extract/clerk.h"
#include "extract/history.h"

typedef struct {
  const Feed *feed;
  gint64 rows;
} Seen;

static gboolean
begin (const Layout *layout, gpointer data, GError **error)
{
  Seen *seen = data;

  (void)error;
  g_assert (seen->feed == NULL && layout->slots->len > 0);
  seen->feed = layout->feed;
  return TRUE;
}

static void
check_cell (const FeedColumn *column, const Cell *cell)
{
  g_assert (cell->verdict == CELL_OK || cell->verdict == CELL_NOTHING || cell->verdict == CELL_SUPPRESSED);
  g_assert (cell->verdict != CELL_SUPPRESSED
            || (!column->key && (column->type == TYPE_COUNT || column->type == TYPE_NUMBER)));
  if (cell->verdict != CELL_OK) {
    g_assert (cell->verdict == CELL_SUPPRESSED || !(column->key || column->required));
    return;
  }
  if (column->type == TYPE_COUNT)
    g_assert (cell->as.count >= 0 && cell->as.count <= CELL_MAX_COUNT);
  else if (cell->text != NULL)
    g_assert (g_utf8_validate (cell->text, (gssize)cell->length, NULL));
}

static gboolean
take (const LongRow *row, gpointer data, GError **error)
{
  Seen *seen = data;

  (void)error;
  g_assert (row->ordinal == seen->rows && row->line > 0 && row->row > 0 && row->row <= row->line);
  g_assert (seen->feed->grain == GRAIN_REGISTER || row->year >= 1990);
  for (guint i = 0; i < seen->feed->columns->len; i++)
    check_cell (seen->feed->columns->pdata[i], &row->cells[i]);
  seen->rows++;
  return TRUE;
}

static void
check_extract (const Extract *x, const Seen *seen)
{
  g_assert (x->rows_rejected <= x->rows_read);
  for (guint i = 0; i < x->withdrawn->len; i++)
    g_assert (g_array_index (x->withdrawn, guint, i) < seen->rows);
  for (guint i = 0; i < x->rejects->kept->len; i++) {
    const Reject *r = x->rejects->kept->pdata[i];

    g_assert (g_utf8_validate (r->message, -1, NULL) && g_utf8_validate (r->message_en, -1, NULL));
    g_assert (r->value == NULL || g_utf8_validate (r->value, -1, NULL));
  }
  if (x->refused)
    return;
  g_assert (x->rows_accepted == seen->rows - x->withdrawn->len && x->rows_provisional <= x->rows_accepted);
}

void
fuzz_extract (const uint8_t *data, size_t size)
{
  const Catalogue *catalogue = export_catalogue ("");
  const ExtractOptions options
      = { .catalogue = catalogue, .reg = export_register (), .today = 738125 }; /* 2021-12-01 */
  g_autoptr (Source) source = source_new_bytes ("fuzz.csv", data, size);
  g_autoptr (GError) error = NULL;
  g_autofree char *letter = NULL;
  g_auto (Extract) extract = { 0 };
  Seen seen = { 0 };
  const RowSink sink = { begin, take, &seen };

  g_assert (extract_file (source, &options, &sink, &extract, &error));
  check_extract (&extract, &seen);
  g_assert (extract_history (&extract, &options, "fuzz.csv", NULL, &error));
  letter = clerk_letter ("fuzz.csv", &extract, catalogue, "zh", NULL);
  g_assert (g_utf8_validate (letter, -1, NULL));
}
