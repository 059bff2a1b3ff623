#include "load/batch.h"

#include "base/error.h"
#include "base/sql.h"
#include "extract/clerk.h"
#include "load/copy.h"
#include "load/loader.h"
#include "load/past.h"

#include <string.h>

#define ATTEMPTS 3

/* Where the rows of a file go: to the loader, or to a stage that the server merges. The first try takes it for granted
 * that no key comes twice and that the end of the file does not change what was said of a row before. */
typedef struct {
  Db *db;
  gboolean careful; /* not the first try */
  gboolean complete;
  LoaderOptions options;
  Loader *loader;
  Copy *copy;
  char *stage;
  GPtrArray *places; /* Place, of the rows in the stage */
  RowShape *shape;
} Staging;

static void
staging_clear (Staging *s)
{
  g_clear_pointer (&s->loader, loader_free);
  g_clear_pointer (&s->copy, copy_free);
  g_clear_pointer (&s->stage, g_free);
  g_clear_pointer (&s->places, g_ptr_array_unref);
  g_clear_pointer (&s->shape, row_shape_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Staging, staging_clear)

static gboolean
begin_rows (const Layout *layout, gpointer data, GError **error)
{
  Staging *s = data;
  g_autoptr (PGresult) stage = NULL;

  if (!s->careful && !s->complete && loader_takes (layout->feed)) {
    s->loader = loader_new (s->db, layout->feed, &s->options);
    return TRUE;
  }
  stage = db_queryv (s->db, error, sql_query ("stage_feed"), layout->feed->feed, DB_END);
  if (stage == NULL)
    return FALSE;
  s->stage = g_strdup (db_get (stage, 0, "stage"));
  s->copy = copy_new (s->db, layout->feed, s->options.batch_id);
  s->shape = row_shape_new (layout->feed);
  s->places = places_new ();
  return copy_begin (s->copy, db_get (stage, 0, "copy_sql"), error);
}

static gboolean
take_row (const LongRow *row, gpointer data, GError **error)
{
  Staging *s = data;

  if (s->loader != NULL)
    return loader_row (s->loader, row, error);
  places_find (s->places, s->shape, row);
  return copy_row (s->copy, row, error);
}

static char *
number (gint64 value)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, value);
}

/* @known_from: when its rows become known; NULL: there are none. */
static gboolean
insert_batch (Db *db, Source *source, const char *file, const BatchOptions *options, gint64 *batch_id,
              char **known_from, gint64 *known_us, GError **error)
{
  g_autofree char *run_id = options->run_id > 0 ? number (options->run_id) : NULL;
  g_autofree char *bytes = number (source != NULL ? source_bytes (source) : 0);
  const char *sha256 = source != NULL && source_sha256 (source) != NULL ? source_sha256 (source) : "";
  g_autoptr (PGresult) result = db_queryv (db, error, sql_query ("insert_batch"), run_id, sha256, file, bytes, DB_END);

  if (result == NULL)
    return FALSE;
  *batch_id = db_get_int (result, 0, "batch_id");
  if (known_from != NULL) {
    *known_from = g_strdup (db_get (result, 0, "known_from"));
    *known_us = db_get_int (result, 0, "known_us");
  }
  return TRUE;
}

/* The first rejects of a level; of one check, unless it is NULL. */
static const RejectGroup *
find_rejects (const Extract *extract, RuleLevel level, const char *check)
{
  for (guint i = 0; extract->rejects != NULL && i < extract->rejects->groups->len; i++) {
    const RejectGroup *group = extract->rejects->groups->pdata[i];

    if (group->rule->level == level && (check == NULL || strcmp (group->rule->check, check) == 0))
      return group;
  }
  return NULL;
}

static char *
reason_text (const Extract *extract)
{
  const RejectGroup *why = extract->refused ? find_rejects (extract, LEVEL_TEMPLATE, NULL) : NULL;

  return why != NULL ? g_strdup_printf ("%s: %s", why->rule->rule, why->first->message_en) : NULL;
}

static gboolean
finish_batch (Db *db, const Extract *extract, const BatchResult *result, gboolean incomplete, GError **error)
{
  const Layout *layout = extract->layout;
  gboolean loaded = !extract->refused;
  g_autofree char *reason = loaded && incomplete
                                ? g_strdup ("a complete file with rejects: rows that it lacks were left in place")
                                : reason_text (extract);
  char separator[2] = { layout != NULL ? layout->separator : '\0', '\0' };
  g_autofree char *id = number (result->batch_id), *line = layout != NULL ? number (layout->line) : NULL;
  g_autofree char *read = number (extract->rows_read), *accepted = number (loaded ? extract->rows_accepted : 0);
  g_autofree char *added = number (result->added), *changed = number (result->changed);
  g_autofree char *retired = number (result->retired), *rejected = number (extract->rows_rejected);
  g_autofree char *suppressed = number (loaded ? extract->cells_suppressed : 0);
  g_autofree char *provisional = number (loaded ? extract->rows_provisional : 0);
  g_autoptr (PGresult) done
      = db_queryv (db, error, sql_query ("finish_batch"), id, layout != NULL ? layout->feed->feed : NULL,
                   loaded ? "loaded" : "refused", reason,
                   extract->decoded ? encoding_info (extract->encoding)->name : NULL, layout != NULL ? separator : NULL,
                   line, extract->period_first, extract->period_last, read, accepted, added, changed, retired, rejected,
                   provisional, layout != NULL && layout->simulated ? "true" : "false", suppressed, DB_END);

  return done != NULL;
}

static void
append_reject (GString *line, const Reject *r, const char *batch_id, guint reject_no)
{
  const char *severity = r->rule->severity == SEVERITY_REFUSE ? "refuse" : "confirm";
  g_autofree char *year = number (r->year), *no = number (reject_no), *line_no = number (r->line);
  g_autofree char *row = number (r->row), *column_no = r->column_no > 0 ? number (r->column_no) : NULL;
  const char *const fields[] = { r->district_code,
                                 year,
                                 batch_id,
                                 no,
                                 line_no,
                                 row,
                                 column_no,
                                 r->column_name,
                                 r->header,
                                 r->value,
                                 r->rule->rule,
                                 severity,
                                 *r->school_code != '\0' ? r->school_code : NULL,
                                 r->message,
                                 r->message_en };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    db_copy_field (line, fields[i]);
  db_copy_line (line);
}

static gboolean
ensure_reject_years (Db *db, const Rejects *rejects, GError **error)
{
  g_autoptr (GHashTable) years = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < rejects->kept->len; i++) {
    const Reject *r = rejects->kept->pdata[i];
    g_autoptr (PGresult) made = NULL;
    g_autofree char *year = number (r->year);

    if (!g_hash_table_add (years, GINT_TO_POINTER (r->year)))
      continue;
    made = db_queryv (db, error, sql_query ("ensure_reject_year"), year, DB_END);
    if (made == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
copy_rejects (Db *db, const Rejects *rejects, gint64 batch_id, GError **error)
{
  g_autofree char *id = number (batch_id);
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean ok = TRUE;

  if (rejects->kept->len == 0)
    return TRUE;
  if (!ensure_reject_years (db, rejects, error) || !db_copy_begin (db, sql_query ("copy_rejects"), error))
    return FALSE;
  for (guint i = 0; ok && i < rejects->kept->len; i++) {
    g_string_truncate (line, 0);
    append_reject (line, rejects->kept->pdata[i], id, i + 1);
    ok = db_copy_data (db, line->str, line->len, error);
  }
  if (ok)
    return db_copy_end (db, NULL, error);
  db_copy_end (db, "could not be sent", NULL);
  return FALSE;
}

static char *
array_text (const GArray *ordinals)
{
  GString *out = g_string_new ("{");

  for (guint i = 0; i < ordinals->len; i++)
    g_string_append_printf (out, "%s%u", i > 0 ? "," : "", g_array_index (ordinals, guint, i));
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static gboolean
mark_rows (Db *db, const char *query, const char *stage, const GArray *ordinals, GError **error)
{
  g_autofree char *rows = NULL;
  g_autoptr (PGresult) done = NULL;

  if (ordinals->len == 0)
    return TRUE;
  rows = array_text (ordinals);
  done = db_queryv (db, error, sql_query (query), stage, rows, DB_END);
  return done != NULL;
}

static gboolean
ensure_slices (const Staging *s, const Feed *feed, GError **error)
{
  for (guint i = 0; feed->grain != GRAIN_REGISTER && i < s->places->len; i++) {
    const Place *place = s->places->pdata[i];
    g_autofree char *year = number (place->year);
    g_autoptr (PGresult) made = db_queryv (s->db, error, sql_query ("ensure_slice"), feed->feed, year, place->period,
                                           place->district_code, DB_END);

    if (made == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
give_up (GError **error)
{
  g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_EXISTS, "the end of the file changes rows before it");
  return FALSE;
}

static gboolean
finish_loader (Staging *s, const ExtractOptions *reading, const char *file, Extract *extract, BatchResult *out,
               GError **error)
{
  const Past past = { past_read, s->db };
  LoaderCounts counts = { 0 };

  if (!loader_drain (s->loader, error) || !extract_history (extract, reading, file, &past, error))
    return FALSE;
  if (extract->withdrawn->len + extract->provisional->len > 0)
    return give_up (error);
  if (!past_keep (s->db, s->options.batch_id, extract, loader_places (s->loader), s->loader, error)
      || !loader_finish (s->loader, &counts, error))
    return FALSE;
  out->added = counts.added;
  out->changed = counts.changed;
  return TRUE;
}

/* Rows that a complete file lacks are retired; one with rejects may lack them because they were refused. */
static gboolean
merge (Staging *s, const ExtractOptions *reading, const char *file, Extract *extract, BatchResult *out,
       gboolean *incomplete, GError **error)
{
  const Feed *feed = extract->layout->feed;
  gboolean declared = feed->complete || s->complete, complete = declared && extract->rejects->refused == 0;
  const Past past = { past_read, s->db };
  g_autoptr (PGresult) merged = NULL;

  *incomplete = declared && !complete;
  if (s->loader != NULL)
    return finish_loader (s, reading, file, extract, out, error);
  if (!copy_end (s->copy, NULL, error) || !extract_history (extract, reading, file, &past, error)
      || !mark_rows (s->db, "unstage_rows", s->stage, extract->withdrawn, error)
      || !mark_rows (s->db, "doubt_rows", s->stage, extract->provisional, error) || !ensure_slices (s, feed, error))
    return FALSE;
  merged
      = db_queryv (s->db, error, sql_query ("merge_feed"), feed->feed, s->stage, complete ? "true" : "false", DB_END);
  if (merged == NULL)
    return FALSE;
  out->added = db_get_int (merged, 0, "added");
  out->changed = db_get_int (merged, 0, "changed");
  out->retired = db_get_int (merged, 0, "retired");
  return past_keep (s->db, s->options.batch_id, extract, s->places, NULL, error);
}

static gboolean
return_to_clerk (Source *source, const BatchOptions *options, const Extract *extract, GError **error)
{
  if (options->returned == NULL || source == NULL || extract->rejects->kept->len == 0)
    return TRUE;
  return clerk_write (source, extract, options->catalogue, options->language, options->returned, error);
}

/* Several connections would not see what a dry run's has done, nor undo what they did. */
static gboolean
is_large (Db *db, const Source *source, const BatchOptions *options)
{
  return source_bytes (source) >= (options->large_bytes > 0 ? options->large_bytes : BATCH_LARGE_BYTES)
         && !db_dry_run (db);
}

/* A file is not to blame for schools that could not be asked for. */
static gboolean
read_rows (Source *source, const ExtractOptions *reading, const RowSink *sink, Extract *extract, GError **error)
{
  gboolean ok = extract_file (source, reading, sink, extract, error);

  if (reading->reg == NULL || !register_failed (reading->reg, ok ? error : NULL))
    return ok;
  extract->refused = FALSE;
  return FALSE;
}

/* Without the register that came with it a file would go back for schools that the clerk knows. */
static gboolean
must_wait (const BatchOptions *options, const Extract *extract)
{
  return options->register_in_doubt && find_rejects (extract, LEVEL_REGISTER, NULL) != NULL;
}

/* One try, inside a transaction of the caller. */
static gboolean
load_rows (Db *db, Source *source, const BatchOptions *options, gboolean careful, Extract *extract, BatchResult *out,
           GError **error)
{
  g_auto (Staging) staging = { .db = db, .careful = careful, .complete = options->complete };
  const ExtractOptions reading
      = { .catalogue = options->catalogue, .reg = options->reg, .today = options->today, .keys_apart = !careful };
  const RowSink sink = { begin_rows, take_row, &staging };
  g_autofree char *known_from = NULL;
  gboolean incomplete = FALSE, ok = FALSE;

  if (!insert_batch (db, source, source_name (source), options, &staging.options.batch_id, &known_from,
                     &staging.options.known_us, error))
    return FALSE;
  staging.options.known_from = known_from;
  staging.options.large = is_large (db, source, options);
  out->batch_id = staging.options.batch_id;
  ok = read_rows (source, &reading, &sink, extract, error);
  if (!ok || extract->refused || must_wait (options, extract)) {
    if (staging.copy != NULL)
      copy_end (staging.copy, "the file is not taken", NULL);
    return ok || extract->refused;
  }
  return merge (&staging, &reading, source_name (source), extract, out, &incomplete, error)
         && copy_rejects (db, extract->rejects, out->batch_id, error)
         && finish_batch (db, extract, out, incomplete, error) && return_to_clerk (source, options, extract, error);
}

/* Slices of a large file that was not loaded. */
static gboolean
forget_slices (Db *db, Source *source, const BatchOptions *options, GError **error)
{
  g_autoptr (PGresult) done = NULL;

  if (!is_large (db, source, options) || (error != NULL && *error != NULL && PQstatus (db_conn (db)) != CONNECTION_OK))
    return TRUE;
  done = db_queryv (db, error == NULL || *error == NULL ? error : NULL, sql_query ("drop_loose_slices"), DB_END);
  return done != NULL;
}

static gboolean
load_once (Db *db, Source *source, const BatchOptions *options, gboolean careful, Extract *extract, BatchResult *out,
           GError **error)
{
  gboolean ok = FALSE, left = FALSE;

  if (!db_begin (db, error))
    return FALSE;
  ok = load_rows (db, source, options, careful, extract, out, error);
  left = ok && (extract->refused || must_wait (options, extract));
  if (ok && !left && db_commit (db, error)) {
    out->status = BATCH_LOADED;
    return TRUE;
  }
  db_rollback (db);
  return forget_slices (db, source, options, error) && left;
}

static gboolean
record_refusal (Db *db, Source *source, const char *file, const BatchOptions *options, const Extract *extract,
                BatchResult *out, GError **error)
{
  const char *sha256 = source != NULL && source_sha256 (source) != NULL ? source_sha256 (source) : "";
  g_autofree char *reason = reason_text (extract);
  g_autoptr (PGresult) before = db_queryv (db, error, sql_query ("find_refused_batch"), sha256, file, reason, DB_END);

  if (before == NULL)
    return FALSE;
  if (PQntuples (before) > 0) {
    out->batch_id = db_get_int (before, 0, "batch_id");
    return return_to_clerk (source, options, extract, error);
  }
  return insert_batch (db, source, file, options, &out->batch_id, NULL, NULL, error)
         && copy_rejects (db, extract->rejects, out->batch_id, error) && finish_batch (db, extract, out, FALSE, error)
         && return_to_clerk (source, options, extract, error);
}

gboolean
batch_refuse (Db *db, Source *source, const char *file, const BatchOptions *options, const Extract *extract,
              BatchResult *out, GError **error)
{
  memset (out, 0, sizeof *out);
  out->status = BATCH_REFUSED;
  if (!db_begin (db, error))
    return FALSE;
  if (record_refusal (db, source, file, options, extract, out, error) && db_commit (db, error))
    return TRUE;
  db_rollback (db);
  return FALSE;
}

static gboolean
is_duplicate (Db *db, Source *source, BatchResult *out, gboolean *duplicate, GError **error)
{
  g_autoptr (PGresult) before = db_queryv (db, error, sql_query ("find_loaded_batch"), source_sha256 (source), DB_END);

  if (before == NULL)
    return FALSE;
  *duplicate = PQntuples (before) > 0;
  if (*duplicate) {
    out->status = BATCH_DUPLICATE;
    out->batch_id = db_get_int (before, 0, "batch_id");
  }
  return TRUE;
}

/* BATCH_REFUSED: it is the file's to mend. */
static BatchStatus
why_left (const BatchOptions *options, const Extract *extract)
{
  if (extract->refused && find_rejects (extract, LEVEL_TEMPLATE, "changed") != NULL)
    return BATCH_UNSTEADY;
  if (extract->refused && find_rejects (extract, LEVEL_TEMPLATE, "unreadable") != NULL)
    return BATCH_UNREAD;
  return must_wait (options, extract) ? BATCH_WAITING : BATCH_REFUSED;
}

static gboolean
try_load (Db *db, Source *source, const BatchOptions *options, Extract *extract, BatchResult *out, GError **error)
{
  gboolean careful = FALSE;

  for (guint attempt = 1;;) {
    g_autoptr (GError) cause = NULL;

    if (load_once (db, source, options, careful, extract, out, &cause))
      return TRUE;
    if (!careful && g_error_matches (cause, PLUMB_ERROR, PLUMB_ERROR_EXISTS))
      careful = TRUE;
    else if (attempt == ATTEMPTS || !g_error_matches (cause, PLUMB_ERROR, PLUMB_ERROR_RETRY)) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    } else
      g_usleep (100000UL * attempt++);
    extract_clear (extract);
  }
}

gboolean
batch_load (Db *db, Source *source, const BatchOptions *options, Extract *extract, BatchResult *out, GError **error)
{
  gboolean duplicate = FALSE;

  memset (out, 0, sizeof *out);
  if (!extract_detect (source, options->catalogue, extract, error))
    return FALSE;
  if (!extract->refused) {
    if (!is_duplicate (db, source, out, &duplicate, error))
      return FALSE;
    if (duplicate)
      return TRUE;
    if (!try_load (db, source, options, extract, out, error))
      return FALSE;
  }
  if (!extract->refused && !must_wait (options, extract))
    return TRUE;
  out->status = why_left (options, extract);
  return out->status != BATCH_REFUSED || batch_refuse (db, source, source_name (source), options, extract, out, error);
}
