#define _GNU_SOURCE
#include "report/page.h"

#include "base/error.h"
#include "base/folder.h"
#include "base/parallel.h"
#include "base/sql.h"
#include "publish/export.h"
#include "report/page_parts.h"
#include "report/paper_overview.h"
#include "report/picture.h"
#include "report/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (const char *what, const char *path, GError **error)
{
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not %s %s: %s", what, path, g_strerror (errno));
  return FALSE;
}

/* Takes @content. */
static gboolean
write_file (const char *folder, const char *name, char *content, GError **error)
{
  g_autofree char *owned = content;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents_full (path, owned, -1, G_FILE_SET_CONTENTS_NONE, 0644, &cause))
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, cause->message);
  return FALSE;
}

/* The page that @page->out holds; then it is empty for the next. */
static gboolean
write_page (Page *page, const char *folder, const char *name, guint *pages, GError **error)
{
  char *text = g_string_free (page->out, FALSE);

  page->out = g_string_sized_new (1 << 16);
  ++*pages;
  return write_file (folder, name, text, error);
}

static gboolean
write_areas (Page *page, const char *folder, guint *pages, GError **error)
{
  for (guint i = 0; i < page->board->areas->len; i++) {
    const Area *area = page->board->areas->pdata[i];
    g_autofree char *name = page_file_of_area (area);

    if (!board_has_area (page->board, area))
      continue;
    page_area (page, area);
    if (!write_page (page, folder, name, pages, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_targets (Page *page, const char *folder, guint *pages, GError **error)
{
  g_autoptr (GPtrArray) targets = board_shared_targets (page->board);

  for (guint i = 0; i < targets->len; i++) {
    g_autofree char *name = page_file_of_target (targets->pdata[i]);

    page_target (page, targets->pdata[i]);
    if (!write_page (page, folder, name, pages, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_pages (Page *page, const char *folder, guint *pages, GError **error)
{
  page_overview (page);
  if (!write_page (page, folder, PAGE_OVERVIEW, pages, error) || !write_areas (page, folder, pages, error)
      || !write_targets (page, folder, pages, error))
    return FALSE;
  page_quality (page);
  if (!write_page (page, folder, PAGE_QUALITY, pages, error))
    return FALSE;
  page_method (page);
  return write_page (page, folder, PAGE_METHOD, pages, error)
         && write_file (folder, "verdict.csv", table_verdict (page->board), error)
         && write_file (folder, "estimate.csv", table_estimate (page->board), error);
}

/* The folder is given by a person: whatever else it holds must not be swept away with the old report. */
static gboolean
may_replace (const char *folder, GError **error)
{
  g_autofree char *index = g_build_filename (folder, "index.html", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  if (dir == NULL || g_dir_read_name (dir) == NULL)
    return TRUE;
  if (g_file_get_contents (index, &content, NULL, NULL)
      && strstr (content, "<meta name=\"generator\" content=\"plumbline") != NULL)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "cannot replace %s: it holds something else than a report",
               folder);
  return FALSE;
}

#define FRESH ".unfinished-" /* between the report's name and six letters */

/* An exchange leaves no moment without a report; where the file system cannot, there is a short one. */
static gboolean
put_in_place (const char *fresh, const char *folder, GError **error)
{
  g_autofree char *old = g_strconcat (fresh, ".old", NULL);

  if (!g_file_test (folder, G_FILE_TEST_EXISTS))
    return rename (fresh, folder) == 0 || fail ("rename", fresh, error);
  if (renameat2 (AT_FDCWD, fresh, AT_FDCWD, folder, RENAME_EXCHANGE) == 0)
    return folder_remove (fresh) || fail ("remove", fresh, error);
  if (rename (folder, old) != 0 || rename (fresh, folder) != 0)
    return fail ("replace", folder, error);
  return folder_remove (old) || fail ("remove", old, error);
}

static void
remove_all (const char *parent, const char *beginning)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    if (g_str_has_prefix (name, beginning)) {
      g_autofree char *path = g_build_filename (parent, name, NULL);

      folder_remove (path);
    }
}

static char *
make_beside (const char *folder, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder), *name = g_path_get_basename (folder);
  g_autofree char *beginning = g_strconcat (name, FRESH, NULL);
  g_autofree char *fresh = g_strconcat (folder, FRESH "XXXXXX", NULL);

  if (g_mkdir_with_parents (parent, 0755) != 0)
    return fail ("make folder", parent, error), NULL;
  remove_all (parent, beginning); /* what a night that was killed did not finish; nobody else writes one now */
  if (g_mkdtemp_full (fresh, 0755) == NULL)
    return fail ("make folder", fresh, error), NULL;
  return g_steal_pointer (&fresh);
}

/* A slash at the end would put the fresh folder inside the old one. */
static char *
without_slash (const char *folder)
{
  char *name = g_strdup (folder);

  for (gsize n = strlen (name); n > 1 && name[n - 1] == '/'; n--)
    name[n - 1] = '\0';
  return name;
}

/* The first that goes wrong is told. */
static void
lack (ReportSummary *out, GError *why)
{
  if (out->lacking == NULL)
    out->lacking = why;
  else
    g_error_free (why);
}

/* The overview on paper, drawn by another program while this one goes on. */
typedef struct {
  GPtrArray *sheets;
  const char *language, *today;
  char *path;
  GError *why;
  GThread *thread;
} Paper;

static gpointer
draw_paper (gpointer data)
{
  Paper *paper = data;

  picture_pdf (paper->sheets, paper->language, paper->today, paper->path, &paper->why);
  return NULL;
}

static Paper *
paper_begin (Page *page, const char *folder)
{
  Paper *paper = g_new0 (Paper, 1);

  *paper = (Paper){ .sheets = paper_overview (page),
                    .language = page->voice.language,
                    .today = page->today,
                    .path = g_build_filename (folder, PAGE_PDF, NULL) };
  paper->thread = thread_start ("paper", draw_paper, paper, &paper->why);
  return paper;
}

/* Whether it is there. */
static gboolean
paper_end (Paper *paper, ReportSummary *out)
{
  gboolean ok = FALSE;

  if (paper->thread != NULL)
    g_thread_join (paper->thread);
  ok = paper->why == NULL;
  if (!ok)
    lack (out, paper->why);
  g_ptr_array_unref (paper->sheets);
  g_free (paper->path);
  g_free (paper);
  return ok;
}

#define WORKBOOK_YEARS 3 /* of estimates; export writes all of them */

static int
year_of (const char *iso)
{
  return (int)g_ascii_strtoll (iso, NULL, 10);
}

/* The newest release, which may leave the house; before there is one, the newest estimates. */
static void
write_workbook (Db *db, Page *page, const char *folder, ReportSummary *out)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *release = db_value (db, &error, "select max(release_id) from published.release", DB_END);
  const ExportOptions export = { .what = release != NULL ? "release" : "estimate",
                                 .first_year = release != NULL ? 0 : year_of (page->today) + 1 - WORKBOOK_YEARS,
                                 .format = EXPORT_XLSX,
                                 .folder = folder,
                                 .today = page->today };
  ExportSummary sum = { 0 };
  gboolean ok = error == NULL && export_write (db, &export, &sum, &error);

  remove_all (folder, "tmp."); /* libxlsxwriter's, should it have failed to */
  if (ok)
    page->workbook = g_path_get_basename (sum.files->pdata[0]);
  else
    lack (out, g_steal_pointer (&error));
  g_clear_pointer (&sum.files, g_ptr_array_unref);
}

/* What is written, and by what: beside what the pages tell, the texts and styles that this very program carries. */
static char *
sum_of_shown (Db *db, const ReportOptions *options, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  struct stat program = { 0 };
  g_autofree char *self = NULL;

  if (stat ("/proc/self/exe", &program) != 0)
    program.st_size = 0;
  self = g_strdup_printf (PLUMB_VERSION " %lld %lld.%09ld %s", (long long)program.st_size,
                          (long long)program.st_mtim.tv_sec, program.st_mtim.tv_nsec, options->language);
  g_checksum_update (sum, (const guchar *)self, -1);
  return dossier_tell (db, options->today, sum, error) ? g_strdup (g_checksum_get_string (sum)) : NULL;
}

static char *
line_of_today (Db *db, const Catalogue *catalogue, const ReportOptions *options, GError **error)
{
  const Voice voice = { catalogue, options->language };
  g_autoptr (PGresult) intake = db_queryv (db, error, sql_query ("read_intake"), DB_END);

  return intake != NULL ? phrase_dateline (&voice, options->today, db_get (intake, 0, "received")) : NULL;
}

static gboolean
redate (const char *place, const char *shown, const char *before, const char *line)
{
  g_autofree char *fresh = make_beside (place, NULL);

  if (fresh == NULL)
    return FALSE;
  if (stamp_redate (place, fresh, shown, before, line, NULL) && put_in_place (fresh, place, NULL))
    return TRUE;
  folder_remove (fresh);
  return FALSE;
}

/* Of a report that would show the same, the pages' date alone is new; PDF and workbook keep the day of their making. */
static gboolean
keep_report (const char *place, const char *shown, const char *line)
{
  g_autofree char *before = NULL;

  return stamp_fits (place, shown, &before) && (strcmp (before, line) == 0 || redate (place, shown, before, line));
}

/* The pages link to the PDF before it is drawn; should it fail, they are written again. */
static gboolean
fill_folder (Db *db, Page *page, const char *folder, ReportSummary *out, GError **error)
{
  Paper *paper = paper_begin (page, folder);
  gboolean ok = FALSE;

  write_workbook (db, page, folder, out);
  page->has_pdf = TRUE;
  ok = write_pages (page, folder, &out->pages, error);
  page->has_pdf = paper_end (paper, out);
  if (!ok || page->has_pdf)
    return ok;
  out->pages = 0;
  return write_pages (page, folder, &out->pages, error);
}

/* A report that lacks something is made again the next night. */
static gboolean
write_folder (Db *db, Page *page, const char *place, const char *shown, ReportSummary *out, GError **error)
{
  g_autofree char *fresh = may_replace (place, error) ? make_beside (place, error) : NULL;
  g_autofree char *line = page_dateline (page);

  if (fresh == NULL)
    return FALSE;
  if (fill_folder (db, page, fresh, out, error) && (out->lacking != NULL || stamp_put (fresh, shown, line, error))
      && put_in_place (fresh, place, error))
    return TRUE;
  folder_remove (fresh);
  return FALSE;
}

static gboolean
write_report (Db *db, const Catalogue *catalogue, const ReportOptions *options, const char *place, const char *shown,
              ReportSummary *out, GError **error)
{
  g_autoptr (Board) board = board_read (db, catalogue, error);
  const Area *city = board != NULL ? board_city (board) : NULL;
  g_autoptr (Dossier) dossier = board != NULL && board_read_waves (db, board, error)
                                    ? dossier_read (db, city != NULL ? city->area_code : "", options->today, error)
                                    : NULL;
  Page page
      = { .voice = { catalogue, options->language }, .board = board, .dossier = dossier, .today = options->today };
  gboolean ok = FALSE;

  if (dossier == NULL)
    return FALSE;
  page.out = g_string_sized_new (1 << 16);
  ok = write_folder (db, &page, place, shown, out, error);
  g_string_free (page.out, TRUE);
  g_free (page.workbook);
  return ok;
}

gboolean
report_write (Db *db, const Catalogue *catalogue, const ReportOptions *options, ReportSummary *out, GError **error)
{
  g_autofree char *place = without_slash (options->folder);
  g_autofree char *shown = sum_of_shown (db, options, error);
  g_autofree char *line = NULL;

  *out = (ReportSummary){ 0 };
  if (shown == NULL)
    return FALSE;
  if (options->if_changed) {
    line = line_of_today (db, catalogue, options, error);
    if (line == NULL)
      return FALSE;
    out->kept = keep_report (place, shown, line);
  }
  return out->kept || write_report (db, catalogue, options, place, shown, out, error);
}
