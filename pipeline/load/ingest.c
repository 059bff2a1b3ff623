#include "load/ingest.h"

#include "base/error.h"
#include "base/sql.h"
#include "inbox.h"
#include "load/batch.h"
#include "load/copy.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

/* What a first look at a file found; in the order in which they are taken. */
typedef enum { KIND_REGISTER, KIND_UNKNOWN, KIND_OTHER } Kind;

/* A file to take in. */
typedef struct {
  char *path;
  gboolean waiting; /* in the inbox: moved when done; named on the command line: left where it is */
  Kind kind;
} Item;

typedef struct {
  Db *db;
  const Catalogue *catalogue;
  const IngestOptions *options;
  IngestSummary *summary;
  Folders folders;
  Register *reg;        /* NULL: to be made for the next file */
  Db *register_db;      /* NULL: not needed yet */
  char *register_query; /* NULL: not asked for yet, or there is no register */
  guint32 today;
  GPtrArray *items; /* Item */
  GError *trouble;  /* of the first file that could not be taken for a reason that other files need not share */
  gboolean register_in_doubt; /* a file that may be one was not taken */
} Ingest;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->path);
  g_free (item);
}

static void
ingest_clear (Ingest *ingest)
{
  folders_clear (&ingest->folders);
  g_clear_pointer (&ingest->reg, register_free);
  g_clear_pointer (&ingest->register_db, db_close);
  g_clear_pointer (&ingest->register_query, g_free);
  g_clear_pointer (&ingest->items, g_ptr_array_unref);
  g_clear_error (&ingest->trouble);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ingest, ingest_clear)

/* The order of the columns that register_query() asks for: a large register has no time to look them up by name in
 * every row. */
enum { REGISTER_CODE, REGISTER_NAME, REGISTER_DISTRICT, REGISTER_STAGE, REGISTER_FROM, REGISTER_TO };

static guint32
day_or (const PGresult *rows, int i, int column, guint32 otherwise)
{
  return PQgetisnull (rows, i, column)
             ? otherwise
             : (guint32)(g_ascii_strtoll (PQgetvalue (rows, i, column), NULL, 10) + COPY_EPOCH_JULIAN);
}

/* Once a file's rows are on their way the connection is busy with them, so that more of the register comes over another
 * one; a dry run's knows nothing of what was loaded before, and asks at once. */
static gboolean
fetch_schools (const char *prefix, gpointer data, GError **error)
{
  Ingest *in = data;
  gboolean held = db_is_held (in->db);
  Db *db = NULL;
  g_autoptr (GError) why = NULL;
  g_autoptr (PGresult) rows = NULL;

  if (held && in->register_db == NULL)
    in->register_db = db_open_again (in->db, error);
  db = held ? in->register_db : in->db;
  if (db == NULL)
    return FALSE;
  if (in->register_query == NULL)
    in->register_query = db_value (db, &why, sql_query ("find_register"), DB_END);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (in->register_query == NULL)
    return TRUE;
  rows = db_queryv (db, error, in->register_query, prefix, DB_END);
  if (rows == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (rows); i++)
    register_add (in->reg, PQgetvalue (rows, i, REGISTER_CODE), PQgetvalue (rows, i, REGISTER_NAME),
                  PQgetvalue (rows, i, REGISTER_DISTRICT), PQgetvalue (rows, i, REGISTER_STAGE),
                  day_or (rows, i, REGISTER_FROM, 1), day_or (rows, i, REGISTER_TO, REGISTER_NO_END));
  return TRUE;
}

static gboolean
open_register (Ingest *in, GError **error)
{
  if (in->reg != NULL)
    return TRUE;
  in->reg = register_new (in->catalogue);
  if (db_dry_run (in->db))
    return fetch_schools ("", in, error);
  register_set_source (in->reg, fetch_schools, in);
  return TRUE;
}

static gboolean
read_today (Ingest *in, GError **error)
{
  g_autofree char *today = in->options->today != NULL
                               ? g_strdup (in->options->today)
                               : db_value (in->db, error, "select plumbline.today()::text", DB_END);
  Period period;

  if (today == NULL)
    return FALSE;
  if (!period_parse (today, &period)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "'%s' is not a date", today);
    return FALSE;
  }
  in->today = g_date_get_julian (&period.first);
  return TRUE;
}

static void
add_item (Ingest *in, char *path, gboolean waiting)
{
  Item *item = g_new0 (Item, 1);
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);
  const Feed *feed = source != NULL ? extract_feed (source, in->catalogue) : NULL;

  item->path = path;
  item->waiting = waiting;
  item->kind = feed == NULL ? KIND_UNKNOWN : feed->grain == GRAIN_REGISTER ? KIND_REGISTER : KIND_OTHER;
  g_ptr_array_add (in->items, item);
}

/* The register first, then what may be one: a new school may report in the same night. */
static int
compare_items (const void *a, const void *b)
{
  const Item *const *left = a, *const *right = b;

  if ((*left)->kind != (*right)->kind)
    return (*left)->kind < (*right)->kind ? -1 : 1;
  return strcmp ((*left)->path, (*right)->path);
}

static gboolean
list_items (Ingest *in, GError **error)
{
  in->items = g_ptr_array_new_with_free_func (item_free);
  if (in->options->files != NULL) {
    for (char *const *file = in->options->files; *file != NULL; file++)
      add_item (in, g_strdup (*file), FALSE);
  } else {
    g_autoptr (GPtrArray) files = inbox_list (in->folders.inbox, error);

    if (files == NULL)
      return FALSE;
    for (guint i = 0; i < files->len; i++)
      add_item (in, g_build_filename (in->folders.inbox, ((const InboxFile *)files->pdata[i])->name, NULL), TRUE);
  }
  g_ptr_array_sort (in->items, compare_items);
  return TRUE;
}

static void report (const Ingest *in, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
report (const Ingest *in, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list ap;

  if (in->options->progress == NULL)
    return;
  va_start (ap, format);
  message = g_strdup_vprintf (format, ap);
  va_end (ap);
  in->options->progress (message, in->options->progress_data);
}

static void
count (IngestSummary *sum, const Extract *extract, const BatchResult *result)
{
  switch (result->status) {
  case BATCH_DUPLICATE:
    sum->files_duplicate++;
    return;
  case BATCH_REFUSED:
    sum->files_refused++;
    sum->rows_read += extract->rows_read;
    sum->rows_rejected += extract->rows_rejected;
    return;
  case BATCH_LOADED:
    sum->files_loaded++;
    sum->rows_read += extract->rows_read;
    sum->rows_accepted += extract->rows_accepted;
    sum->rows_added += result->added;
    sum->rows_changed += result->changed;
    sum->rows_rejected += extract->rows_rejected;
    sum->rows_provisional += extract->rows_provisional;
    return;
  case BATCH_UNSTEADY:
  case BATCH_UNREAD:
  case BATCH_WAITING:
  default:
    return;
  }
}

static gboolean
is_done (const BatchResult *result)
{
  return result->status == BATCH_LOADED || result->status == BATCH_DUPLICATE || result->status == BATCH_REFUSED;
}

static gboolean
put_away (const Ingest *in, const Item *item, Source *source, const Extract *extract, const BatchResult *result,
          GError **error)
{
  const char *sha256 = source != NULL ? source_sha256 (source) : NULL;

  if (!item->waiting || db_dry_run (in->db) || !is_done (result))
    return TRUE;
  if (result->status == BATCH_REFUSED)
    return inbox_quarantine (&in->folders, item->path, sha256, extract->rejects, error);
  return inbox_archive (&in->folders, item->path, sha256, error);
}

static void
report_result (const Ingest *in, const char *file, const Extract *extract, const BatchResult *result)
{
  static const char *const words[] = { "loaded",
                                       "known already",
                                       "refused",
                                       "still changing, left for the next time",
                                       "could not be read",
                                       "waits for the register" };

  if (result->status == BATCH_LOADED)
    report (in, "%s: %s, %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " new, %" G_GINT64_FORMAT " changed", file,
            words[result->status], extract->rows_accepted, result->added, result->changed);
  else
    report (in, "%s: %s", file, words[result->status]);
}

/* Whoever sends a file once more may want to go back to it. */
static gboolean
report_overtaken (const Ingest *in, const char *file, gint64 batch_id, GError **error)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, batch_id);
  g_autoptr (PGresult) later = db_queryv (in->db, error, sql_query ("list_later_batches"), id, DB_END);

  for (int i = 0; later != NULL && i < PQntuples (later); i++)
    if (db_get_int (later, i, "other") > 0) {
      g_autofree char *message = g_strdup_printf (
          "%s is batch %s; batch %s, %s, has changed rows of its districts and periods since: withdraw "
          "that one to go back",
          file, id, db_get (later, i, "batch_id"), db_get (later, i, "file_name"));

      in->options->notice (message, in->options->progress_data);
    }
  return later != NULL;
}

static gboolean
load (Ingest *in, const Item *item, Source *source, Fault *fault, Extract *extract, BatchResult *result, GError **error)
{
  const BatchOptions options = { .catalogue = in->catalogue,
                                 .reg = in->reg,
                                 .today = in->today,
                                 .run_id = in->options->run_id,
                                 .complete = in->options->complete,
                                 .register_in_doubt = in->register_in_doubt && item->kind == KIND_OTHER,
                                 .returned = db_dry_run (in->db) ? NULL : in->folders.returned,
                                 .language = in->options->language != NULL ? in->options->language : "zh" };
  g_autofree char *file = g_filename_display_basename (item->path);

  if (source != NULL)
    return batch_load (in->db, source, &options, extract, result, error);
  return extract_refuse (in->catalogue, file, fault, extract, error)
         && batch_refuse (in->db, NULL, file, &options, extract, result, error);
}

/* What the server refuses about one file (a bug, most likely) must not keep the others out for ever. */
static gboolean
set_aside (Ingest *in, const Item *item, GError *cause, GError **error)
{
  if (!g_error_matches (cause, PLUMB_ERROR, PLUMB_ERROR_SQL)
      && !g_error_matches (cause, PLUMB_ERROR, PLUMB_ERROR_EXISTS)) {
    g_propagate_error (error, cause);
    return FALSE;
  }
  report (in, "%s: %s", item->path, cause->message);
  if (in->trouble == NULL)
    g_propagate_prefixed_error (&in->trouble, cause, "%s: ", item->path);
  else
    g_error_free (cause);
  return TRUE;
}

/* It waits for a night that can read it. */
static void
leave (Ingest *in, const Item *item, const char *why)
{
  report (in, "%s: could not be read: %s", item->path, why);
  if (in->trouble == NULL)
    g_set_error (&in->trouble, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not read %s: %s", item->path, why);
}

/* @taken: it was loaded or refused, and is done with. */
static gboolean
take_item (Ingest *in, const Item *item, gboolean *taken, GError **error)
{
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, item->path, &fault);
  g_auto (Extract) extract = { 0 };
  gboolean unread = source == NULL && strcmp (fault.check, "unreadable") == 0;
  BatchResult result = { 0 };
  GError *cause = NULL;

  *taken = FALSE;
  if (source == NULL && item->waiting && strcmp (fault.check, "missing") == 0)
    return TRUE; /* taken back since the folder was read */
  if (source == NULL && item->waiting && fault.passing) {
    leave (in, item, fault.found.en);
    return TRUE;
  }
  if (source != NULL && item->waiting && source_growing (source)) {
    result.status = BATCH_UNSTEADY;
    report_result (in, item->path, &extract, &result);
    return TRUE;
  }
  if (!open_register (in, error))
    return FALSE;
  if (!load (in, item, source, &fault, &extract, &result, &cause))
    return set_aside (in, item, cause, error);
  *taken = !unread && is_done (&result);
  if (result.status == BATCH_UNREAD) {
    const RejectGroup *last = g_ptr_array_index (extract.rejects->groups, extract.rejects->groups->len - 1);

    leave (in, item, last->first->message_en); /* what ended it */
    return TRUE;
  }
  count (in->summary, &extract, &result);
  report_result (in, item->path, &extract, &result);
  if (result.status == BATCH_DUPLICATE && in->options->notice != NULL
      && !report_overtaken (in, item->path, result.batch_id, error))
    return FALSE;
  if (!put_away (in, item, source, &extract, &result, error))
    return FALSE;
  if (result.status == BATCH_LOADED && extract.layout->feed->grain == GRAIN_REGISTER)
    g_clear_pointer (&in->reg, register_free);
  return TRUE;
}

static gboolean
drop_loose_slices (Db *db, GError **error)
{
  g_autoptr (PGresult) done = db_queryv (db, error, sql_query ("drop_loose_slices"), DB_END);

  return done != NULL;
}

gboolean
ingest_run (Db *db, const Catalogue *catalogue, const IngestOptions *options, IngestSummary *out, GError **error)
{
  g_auto (Ingest) in = { .db = db, .catalogue = catalogue, .options = options, .summary = out };

  memset (out, 0, sizeof *out);
  if (!folders_make (options->state_dir, &in.folders, error) || !read_today (&in, error) || !list_items (&in, error)
      || (in.items->len > 0 && !drop_loose_slices (db, error)))
    return FALSE;
  for (guint i = 0; i < in.items->len; i++) {
    const Item *item = in.items->pdata[i];
    gboolean taken = FALSE;

    if (!take_item (&in, item, &taken, error))
      return FALSE;
    in.register_in_doubt |= !taken && item->kind != KIND_OTHER;
  }
  if (in.trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&in.trouble));
    return FALSE;
  }
  return TRUE;
}
