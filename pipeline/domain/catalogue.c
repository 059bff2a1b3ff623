#include "domain/catalogue.h"

#include "base/error.h"
#include "base/text.h"
#include "domain/catalogue_parts.h"

#include <math.h>
#include <string.h>

#define MAX_FOLDERS_UP 8

#define COLUMNS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Each file may refer to those before it. */
const CatalogueFile catalogue_files[] = {
  { "area.csv",
    COLUMNS ("area_code", "valid_from", "valid_to", "parent_code", "level", "name", "name_en", "successor_code"),
    catalogue_read_area, FALSE },
  { "value.csv", COLUMNS ("domain", "written", "value"), catalogue_read_value, FALSE },
  { "feed.csv",
    COLUMNS ("feed", "grain", "view_name", "name", "name_en", "frequency", "due_days", "stages", "complete",
             "reject_limit_pct"),
    catalogue_read_feed, FALSE },
  { "column.csv",
    COLUMNS ("feed", "column_name", "type", "key", "required", "fallback", "domain", "name", "name_en", "unit"),
    catalogue_read_column, FALSE },
  { "alias.csv", COLUMNS ("feed", "header", "column_name", "fixed", "use"), catalogue_read_alias, FALSE },
  { "rule.csv",
    COLUMNS ("rule", "feed", "level", "column", "check", "argument", "severity", "text_zh", "text_en", "advice_zh",
             "advice_en"),
    catalogue_read_rule, TRUE },
  { "text.csv", COLUMNS ("key", "zh", "en"), catalogue_read_text, TRUE },
  { "indicator.csv",
    COLUMNS ("indicator", "feed", "kind", "good", "numerator", "denominator", "filter", "strata", "stages", "unit",
             "name", "name_en", "definition", "definition_en"),
    catalogue_read_indicator, FALSE },
  { "plan.csv", COLUMNS ("plan", "name", "name_en", "starts", "deadline", "source"), catalogue_read_plan, FALSE },
  { "target.csv",
    COLUMNS ("plan", "target", "item", "headline", "indicator", "kind", "value", "unit", "good", "scope", "areas",
             "baseline_value", "baseline_period", "growth_from", "deadline", "deadline_period", "increment_basis",
             "name", "name_en", "short_name", "note", "note_en"),
    catalogue_read_target, FALSE },
  { "threshold.csv", COLUMNS ("name", "value", "unit", "note", "note_en"), catalogue_read_threshold, TRUE },
  { "recipient.csv", COLUMNS ("recipient", "name", "address", "role", "area_code", "language"),
    catalogue_read_recipient, FALSE },
};
const guint catalogue_n_files = G_N_ELEMENTS (catalogue_files);

char *
catalogue_key (const char *text)
{
  char *key = text_normalise (text);

  for (char *p = key; *p != '\0'; p++)
    *p = g_ascii_tolower (*p);
  return key;
}

static void
content_free (gpointer content)
{
  g_string_free (content, TRUE);
}

static void
texts_free (gpointer both)
{
  g_strfreev (both);
}

static Catalogue *
catalogue_new (GHashTable *files)
{
  Catalogue *c = g_new0 (Catalogue, 1);

  c->areas = g_ptr_array_new_with_free_func (catalogue_area_free);
  c->feeds = g_ptr_array_new_with_free_func (catalogue_feed_free);
  c->values = g_ptr_array_new_with_free_func (catalogue_value_free);
  c->rules = g_ptr_array_new_with_free_func (catalogue_rule_free);
  c->indicators = g_ptr_array_new_with_free_func (catalogue_indicator_free);
  c->plans = g_ptr_array_new_with_free_func (catalogue_plan_free);
  c->targets = g_ptr_array_new_with_free_func (catalogue_target_free);
  c->thresholds = g_ptr_array_new_with_free_func (catalogue_threshold_free);
  c->recipients = g_ptr_array_new_with_free_func (catalogue_recipient_free);
  c->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, texts_free);
  c->domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  c->files = g_hash_table_ref (files);
  return c;
}

void
catalogue_free (Catalogue *c)
{
  if (c == NULL)
    return;
  g_hash_table_unref (c->domains);
  g_hash_table_unref (c->texts);
  g_hash_table_unref (c->files);
  g_ptr_array_unref (c->areas);
  g_ptr_array_unref (c->feeds);
  g_ptr_array_unref (c->values);
  g_ptr_array_unref (c->rules);
  g_ptr_array_unref (c->indicators);
  g_ptr_array_unref (c->plans);
  g_ptr_array_unref (c->targets);
  g_ptr_array_unref (c->thresholds);
  g_ptr_array_unref (c->recipients);
  g_free (c);
}

/* Its name among the files: its own, or ../ as often as it was found above. */
static const char *
file_key (const Catalogue *c, const CatalogueFile *file)
{
  g_autoptr (GString) key = g_string_new (file->name);

  for (guint up = 0; up <= MAX_FOLDERS_UP; up++) {
    if (g_hash_table_contains (c->files, key->str))
      return g_intern_string (key->str);
    g_string_prepend (key, "../");
  }
  return NULL;
}

static void
check_header (const CatalogueFile *file, const char *key, const CsvRow *header, Mistakes *m)
{
  for (guint i = 0; i < header->n; i++) {
    if (word_index (header->cells[i], file->columns) < 0)
      mistake_in (m, key, header->line, "cell %u, '%s', is no column of this file; take it out or mend its name", i + 1,
                  header->cells[i]);
    for (guint j = 0; j < i; j++)
      if (strcmp (header->cells[i], header->cells[j]) == 0)
        mistake_in (m, key, header->line, "column %s stands there twice", header->cells[i]);
  }
  for (guint i = 0; file->columns[i] != NULL; i++)
    if (word_index (file->columns[i], (const char *const *)header->cells) < 0)
      mistake_in (m, key, header->line, "column %s is missing", file->columns[i]);
}

static CsvTable *
read_table (const Catalogue *c, const CatalogueFile *file, Mistakes *m)
{
  const char *key = file_key (c, file);
  const GString *content = key != NULL ? g_hash_table_lookup (c->files, key) : NULL;
  g_autoptr (GError) error = NULL;
  CsvTable *table = NULL;
  guint line = 0;

  if (content == NULL) {
    mistake_in (m, file->name, 0, "the file is missing");
    return NULL;
  }
  table = csv_table_parse (content->str, content->len, &line, &error);
  if (table == NULL)
    mistake_in (m, key, line, "%s", error->message);
  else if (table->rows->len == 0)
    mistake_in (m, key, 0, "the file is empty; it needs a header at least");
  else
    check_header (file, key, table->rows->pdata[0], m);
  return table;
}

static void
read_rows (Catalogue *c, const CatalogueFile *file, const CsvTable *table, Mistakes *m)
{
  Cells cells = { .mistakes = m, .file = file_key (c, file), .header = table->rows->pdata[0] };

  cells.skip_unknown_feed = strcmp (cells.file, file->name) != 0;
  for (guint i = 1; i < table->rows->len; i++) {
    cells.row = table->rows->pdata[i];
    if (cells.row->n != cells.header->n)
      mistake_in (m, cells.file, cells.row->line,
                  "the row has %u cells, the header %u; quote a cell that holds a comma", cells.row->n,
                  cells.header->n);
    else
      file->read (&cells, c);
  }
}

static void
add_own_aliases (Catalogue *c)
{
  for (guint i = 0; i < c->feeds->len; i++) {
    Feed *f = c->feeds->pdata[i];

    for (guint j = 0; j < f->columns->len; j++) {
      const FeedColumn *column = f->columns->pdata[j];
      FeedAlias *alias = NULL;

      if (g_hash_table_contains (f->alias_by_header, column->column_name))
        continue;
      alias = g_new0 (FeedAlias, 1);
      alias->at = column->at;
      alias->header = g_strdup (column->column_name);
      alias->column_name = g_strdup (column->column_name);
      catalogue_add_alias (f, alias);
    }
  }
}

static void
read_all (Catalogue *c, Mistakes *m)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify)csv_table_free);

  for (guint i = 0; i < catalogue_n_files; i++)
    g_ptr_array_add (tables, read_table (c, &catalogue_files[i], m));
  if (m->count > 0) /* without a file, everything that refers to it would be wrong too */
    return;
  for (guint i = 0; i < catalogue_n_files; i++)
    read_rows (c, &catalogue_files[i], tables->pdata[i], m);
  add_own_aliases (c);
  catalogue_check_areas (c, m);
  catalogue_check_feeds (c, m);
  catalogue_check_units (c, m);
  catalogue_check_thresholds (c, m);
}

Catalogue *
catalogue_parse (GHashTable *files, GError **error)
{
  g_autoptr (Catalogue) c = catalogue_new (files);
  Mistakes m = { .text = g_string_new (NULL), .catalogue = c };
  gboolean ok = FALSE;

  read_all (c, &m);
  ok = m.count == 0;
  if (m.count > CATALOGUE_MAX_MISTAKES)
    g_string_append_printf (m.text, "\nand %u more", m.count - CATALOGUE_MAX_MISTAKES);
  if (!ok)
    g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, m.text->str);
  g_string_free (m.text, TRUE);
  return ok ? g_steal_pointer (&c) : NULL;
}

/* Reads @file from @folder, or from above it when it may be inherited. A file that is nowhere is left to
   catalogue_parse(), which says so for all that are missing at once. */
static gboolean
load_file (GHashTable *files, const char *folder, const CatalogueFile *file, GError **error)
{
  g_autoptr (GString) key = g_string_new (file->name);

  for (guint up = 0; up <= (file->inherited ? MAX_FOLDERS_UP : 0); up++) {
    g_autofree char *path = g_build_filename (folder, key->str, NULL);
    g_autofree char *text = NULL;
    g_autoptr (GError) why = NULL;
    gsize length = 0;

    if (g_file_get_contents (path, &text, &length, &why)) {
      g_hash_table_insert (files, g_strdup (key->str), g_string_new_len (text, (gssize)length));
      return TRUE;
    }
    if (!g_error_matches (why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
      g_set_error_literal (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, why->message);
      return FALSE;
    }
    g_string_prepend (key, "../");
  }
  return TRUE;
}

Catalogue *
catalogue_read (const char *folder, GError **error)
{
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, content_free);
  Catalogue *c = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "the catalogue's folder %s does not exist", folder);
    return NULL;
  }
  for (guint i = 0; i < catalogue_n_files; i++)
    if (!load_file (files, folder, &catalogue_files[i], error))
      return NULL;
  c = catalogue_parse (files, error);
  if (c == NULL)
    g_prefix_error (error, "cannot use the catalogue in %s:\n", folder);
  return c;
}

guint
catalogue_column_number (const Catalogue *c, const char *file, const char *column_name)
{
  const GString *content = g_hash_table_lookup (c->files, file);
  g_autoptr (CsvTable) table = content != NULL ? csv_table_parse (content->str, content->len, NULL, NULL) : NULL;
  const CsvRow *header = table != NULL && table->rows->len > 0 ? table->rows->pdata[0] : NULL;

  return header != NULL ? (guint)(word_index (column_name, (const char *const *)header->cells) + 1) : 0;
}

const Feed *
catalogue_feed (const Catalogue *c, const char *feed)
{
  for (guint i = 0; i < c->feeds->len; i++) {
    const Feed *f = c->feeds->pdata[i];

    if (strcmp (f->feed, feed) == 0)
      return f;
  }
  return NULL;
}

const FeedColumn *
feed_column (const Feed *feed, const char *column_name)
{
  for (guint i = 0; i < feed->columns->len; i++) {
    const FeedColumn *column = feed->columns->pdata[i];

    if (strcmp (column->column_name, column_name) == 0)
      return column;
  }
  return NULL;
}

const Indicator *
catalogue_indicator (const Catalogue *c, const char *name)
{
  for (guint i = 0; i < c->indicators->len; i++) {
    const Indicator *indicator = c->indicators->pdata[i];

    if (strcmp (indicator->indicator, name) == 0)
      return indicator;
  }
  return NULL;
}

const Area *
catalogue_area (const Catalogue *c, const char *area_code)
{
  const Area *latest = NULL;

  for (guint i = 0; i < c->areas->len; i++) {
    const Area *a = c->areas->pdata[i];

    if (strcmp (a->area_code, area_code) == 0 && (latest == NULL || strcmp (latest->valid_from, a->valid_from) < 0))
      latest = a;
  }
  return latest;
}

const char *
catalogue_current_area (const Catalogue *c, const char *area_code)
{
  const Area *a = catalogue_area (c, area_code);

  while (a != NULL && *a->successor_code != '\0') /* ends: catalogue_check_areas() saw to it */
    a = catalogue_area (c, a->successor_code);
  return a != NULL ? a->area_code : NULL;
}

const char *
catalogue_value (const Catalogue *c, const char *domain, const char *written)
{
  GHashTable *values = g_hash_table_lookup (c->domains, domain);
  g_autofree char *key = g_ascii_strdown (written, -1);
  const ValueAlias *v = values != NULL ? g_hash_table_lookup (values, key) : NULL;

  return v != NULL ? v->value : NULL;
}

double
catalogue_threshold (const Catalogue *c, const char *name)
{
  for (guint i = 0; i < c->thresholds->len; i++) {
    const Threshold *t = c->thresholds->pdata[i];

    if (strcmp (t->name, name) == 0)
      return t->value;
  }
  g_error ("no threshold %s", name);
}

const char *
catalogue_text (const Catalogue *c, const char *language, const char *key)
{
  char *const *both = g_hash_table_lookup (c->texts, key);

  if (both == NULL)
    g_error ("no text %s", key);
  return both[strcmp (language, "en") == 0];
}
