#include "extract/extract.h"

#include "base/error.h"
#include "history.h"

#include <string.h>

void
extract_clear (Extract *extract)
{
  g_clear_pointer (&extract->layout, layout_free);
  g_clear_pointer (&extract->rejects, rejects_free);
  g_clear_pointer (&extract->history, history_free);
  g_clear_pointer (&extract->withdrawn, g_array_unref);
  g_clear_pointer (&extract->provisional, g_array_unref);
  g_free (extract->period_first);
  g_free (extract->period_last);
  memset (extract, 0, sizeof *extract);
}

static void
start (Extract *out)
{
  extract_clear (out);
  out->rejects = rejects_new ();
  out->withdrawn = g_array_new (FALSE, FALSE, sizeof (guint));
  out->provisional = g_array_new (FALSE, FALSE, sizeof (guint));
}

/* The file as a whole is refused; TRUE unless the catalogue has no words for it. */
static gboolean
refuse (const Catalogue *catalogue, const char *file, Fault *fault, Extract *out, GError **error)
{
  const Rule *rule = rules_template (catalogue, fault->check, error);

  if (rule == NULL)
    return FALSE;
  out->refused = TRUE;
  rejects_add (out->rejects, rule, file, out->layout != NULL ? out->layout->feed : NULL, NULL, fault);
  return TRUE;
}

gboolean
extract_refuse (const Catalogue *catalogue, const char *file, Fault *fault, Extract *out, GError **error)
{
  start (out);
  return refuse (catalogue, file, fault, out, error);
}

static gboolean
needs_totals (const Reading *r)
{
  return (r->patterns & (r->patterns - 1)) != 0;
}

/* Rows for all grades beside rows for each are totals, but which are is known only at the end: the file is read once
   more, and only then are its counts kept in memory. */
static gboolean
resolve_totals (const Reading *first, Source *source, Fault *fault, GError **error)
{
  g_autoptr (Reading) r = reading_new (first->layout, first->file, first->options, first->out, error);

  if (r == NULL)
    return FALSE;
  r->quiet = TRUE;
  r->totals = totals_new (r);
  if (!reading_run (r, source, NULL, fault, error))
    return FALSE;
  totals_resolve (r->totals, r);
  return TRUE;
}

static int
compare_ordinals (const void *a, const void *b)
{
  guint left = *(const guint *)a, right = *(const guint *)b;

  return (left > right) - (left < right);
}

static void
sort_unique (GArray *ordinals)
{
  guint kept = 0;

  g_array_sort (ordinals, compare_ordinals);
  for (guint i = 0; i < ordinals->len; i++)
    if (kept == 0 || g_array_index (ordinals, guint, i) != g_array_index (ordinals, guint, kept - 1))
      g_array_index (ordinals, guint, kept++) = g_array_index (ordinals, guint, i);
  g_array_set_size (ordinals, kept);
}

static void
settle (Extract *out)
{
  sort_unique (out->withdrawn);
  sort_unique (out->provisional);
  out->rows_accepted -= out->withdrawn->len;
  out->rows_provisional = MIN (out->rows_provisional + out->provisional->len, out->rows_accepted);
  out->rows_rejected = MIN (out->rows_rejected, out->rows_read);
}

/* So few wrong rows are slips, however short the file, unless they are the most of it. */
#define FEW_REJECTS 5

/* A file with too many rejects is the wrong file, or made wrongly: nothing of it is taken. */
static gboolean
exceeds_limit (const Feed *feed, const Extract *out, Fault *fault)
{
  double limit_pct = feed->reject_limit_pct;

  if (out->rows_rejected == 0 || (double)out->rows_rejected * 100 <= limit_pct * (double)out->rows_read
      || (out->rows_rejected <= FEW_REJECTS && out->rows_rejected * 2 <= out->rows_read))
    return FALSE;
  fault_set (fault, "reject_limit", 0, 0);
  fault->limit = g_strdup_printf ("%g%%", limit_pct);
  fault_text (&fault->found, "%" G_GINT64_FORMAT, out->rows_rejected);
  fault_text (&fault->expected, "%" G_GINT64_FORMAT, out->rows_read);
  return TRUE;
}

static gboolean
read_rows (Source *source, const ExtractOptions *options, const RowSink *sink, Extract *out, Fault *fault,
           GError **error)
{
  g_autoptr (Reading) r = reading_new (out->layout, source_name (source), options, out, error);

  if (r == NULL)
    return FALSE;
  g_clear_pointer (&out->history, history_free);
  out->history = history_new (r->feed, r->rules);
  if (!reading_run (r, source, sink, fault, error))
    return FALSE;
  if (needs_totals (r) && !resolve_totals (r, source, fault, error))
    return FALSE;
  settle (out);
  if (out->rows_read == 0)
    return fault_set (fault, "no_rows", out->layout->line, out->layout->row);
  return !exceeds_limit (out->layout->feed, out, fault);
}

gboolean
extract_detect (Source *source, const Catalogue *catalogue, Extract *out, GError **error)
{
  g_auto (Fault) fault = { 0 };

  start (out);
  out->decoded = decode_detect (source, &out->encoding, &out->utf8_end, &fault);
  return out->decoded || refuse (catalogue, source_name (source), &fault, out, error);
}

/* A short GB18030 file may by chance be good UTF-8 (学校 is): when its header then means nothing, it is read the other
 * way. */
static Layout *
find_header (Source *source, const Catalogue *catalogue, Extract *out, Fault *fault)
{
  g_auto (Fault) other = { 0 };
  Layout *layout = header_find (catalogue, source, out->encoding, out->utf8_end, fault);
  guint64 bad = 0;

  if (layout != NULL || out->encoding != ENCODING_UTF8 || strcmp (fault->check, "header") != 0
      || !decode_try (source, ENCODING_GB18030, &bad, &other))
    return layout;
  layout = header_find (catalogue, source, ENCODING_GB18030, out->utf8_end, &other);
  if (layout == NULL)
    return NULL;
  fault_clear (fault);
  out->encoding = ENCODING_GB18030;
  return layout;
}

static gboolean
read_file (Source *source, const ExtractOptions *options, const RowSink *sink, Extract *out, Fault *fault,
           GError **error)
{
  out->layout = find_header (source, options->catalogue, out, fault);
  if (out->layout == NULL)
    return FALSE;
  if (sink != NULL && !sink->begin (out->layout, sink->data, error))
    return FALSE;
  return read_rows (source, options, sink, out, fault, error);
}

gboolean
extract_file (Source *source, const ExtractOptions *options, const RowSink *sink, Extract *out, GError **error)
{
  g_auto (Fault) fault = { 0 };

  if (!out->decoded && !extract_detect (source, options->catalogue, out, error))
    return FALSE;
  if (out->refused || read_file (source, options, sink, out, &fault, error))
    return TRUE;
  return fault.check != NULL && refuse (options->catalogue, source_name (source), &fault, out, error);
}

const Feed *
extract_feed (Source *source, const Catalogue *catalogue)
{
  g_auto (Fault) fault = { 0 };
  g_autoptr (Layout) layout = NULL;
  Encoding encoding = ENCODING_UTF8;

  if (!decode_guess (source, &encoding, &fault))
    return NULL;
  layout = header_find (catalogue, source, encoding, 0, &fault);
  return layout != NULL ? layout->feed : NULL;
}
