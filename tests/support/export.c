#include "export.h"

#include <string.h>

const Catalogue *
export_catalogue (const char *folder)
{
  static GHashTable *read;
  Catalogue *catalogue = NULL;
  g_autoptr (GError) error = NULL;

  if (read == NULL)
    read = g_hash_table_new (g_str_hash, g_str_equal);
  catalogue = g_hash_table_lookup (read, folder);
  if (catalogue != NULL)
    return catalogue;
  {
    g_autofree char *path = g_build_filename ("seeds", folder, NULL);

    catalogue = catalogue_read (path, &error);
  }
  if (catalogue == NULL)
    g_error ("%s", error->message);
  g_hash_table_insert (read, g_strdup (folder), catalogue);
  return catalogue;
}

static guint32
day (const char *text)
{
  Period period;

  if (*text == '\0')
    return REGISTER_NO_END;
  g_assert (period_parse (text, &period));
  return g_date_get_julian (&period.first);
}

const Register *
export_register (void)
{
  static const struct {
    const char *code;
    const char *name;
    const char *district;
    const char *stage;
    const char *from;
    const char *to;
  } schools[] = {
    { "2101020001", "和平一小", "210102", "primary", "1990-01-01", "" },
    { "2101020002", "和平初中", "210102", "junior", "1990-01-01", "" },
    { "2101030003", "沈河九年制", "210103", "nine_year", "1990-01-01", "" },
    { "2101030004", "沈河高中", "210103", "senior", "1990-01-01", "" },
    { "2101030005", "沈河幼儿园", "210103", "kindergarten", "1990-01-01", "" },
    { "2101220006", "辽中小学", "210122", "primary", "1990-01-01", "2016-01-13" },
    { "2101220006", "辽中小学", "210115", "primary", "2016-01-13", "" },
    { "2101040007", "大东旧校", "210104", "primary", "1990-01-01", "2020-07-01" },
    { "2101040008", "大东迁出校", "210104", "primary", "1990-01-01", "2021-01-01" },
    { "2101040008", "大东迁出校", "210105", "primary", "2021-01-01", "" },
  };
  static Register *reg;

  if (reg != NULL)
    return reg;
  reg = register_new (export_catalogue (""));
  for (gsize i = 0; i < G_N_ELEMENTS (schools); i++)
    register_add (reg, schools[i].code, schools[i].name, schools[i].district, schools[i].stage, day (schools[i].from),
                  day (schools[i].to));
  return reg;
}

GBytes *
export_encode (const char *text, const char *iconv, const char *mark)
{
  g_autoptr (GError) error = NULL;
  gsize length = 0, head = strlen (mark);
  g_autofree char *bytes = g_convert (text, -1, iconv, "UTF-8", NULL, &length, &error);
  char *all = NULL;

  if (bytes == NULL)
    g_error ("%s", error->message);
  all = g_malloc (head + length);
  memcpy (all, mark, head);
  memcpy (all + head, bytes, length);
  return g_bytes_new_take (all, head + length);
}

typedef struct {
  const Feed *feed;
  GPtrArray *rows;
} Log;

static gboolean
begin (const Layout *layout, gpointer data, GError **error)
{
  (void)error;
  ((Log *)data)->feed = layout->feed;
  return TRUE;
}

static void
append_cell (GString *out, ColumnType type, const Cell *cell)
{
  GDate date;

  if (cell->verdict != CELL_OK)
    return;
  switch (type) {
  case TYPE_COUNT:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, cell->as.count);
    return;
  case TYPE_NUMBER:
    g_string_append_printf (out, "%g", cell->as.number);
    return;
  case TYPE_BOOLEAN:
    g_string_append (out, cell->as.boolean ? "true" : "false");
    return;
  case TYPE_DATE:
    if (cell->as.day == REGISTER_NO_END) {
      g_string_append (out, "infinity");
      return;
    }
    g_date_clear (&date, 1);
    g_date_set_julian (&date, cell->as.day);
    g_string_append_printf (out, "%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date),
                            g_date_get_day (&date));
    return;
  default:
    g_string_append_len (out, cell->text, cell->length);
  }
}

static gboolean
take (const LongRow *row, gpointer data, GError **error)
{
  Log *log = data;
  GString *text = g_string_new (NULL);

  (void)error;
  g_assert (row->ordinal == log->rows->len);
  g_string_append_printf (text, "%s %d:", row->district_code, row->year);
  for (guint i = 0; i < log->feed->columns->len; i++) {
    g_string_append_c (text, i == 0 ? ' ' : '|');
    append_cell (text, ((const FeedColumn *)log->feed->columns->pdata[i])->type, &row->cells[i]);
  }
  if (row->provisional)
    g_string_append (text, " *");
  g_ptr_array_add (log->rows, g_string_free (text, FALSE));
  return TRUE;
}

static void
drop_withdrawn (Outcome *out)
{
  for (guint i = out->extract.withdrawn->len; i > 0; i--)
    g_ptr_array_remove_index (out->rows, g_array_index (out->extract.withdrawn, guint, i - 1));
}

static char *
list_rules (const Rejects *rejects)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < rejects->groups->len; i++) {
    const RejectGroup *group = rejects->groups->pdata[i];

    g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", group->rule->rule);
    if (group->count > 1)
      g_string_append_printf (out, " %" G_GINT64_FORMAT, group->count);
  }
  return g_string_free (out, FALSE);
}

void
export_read (const char *folder, const char *name, const void *data, gsize length, Outcome *out)
{
  g_autoptr (Source) source = source_new_bytes (name, data, length);
  const ExtractOptions options
      = { .catalogue = export_catalogue (folder), .reg = export_register (), .today = day ("2022-12-01") };
  g_autoptr (GError) error = NULL;
  Log log = { NULL, g_ptr_array_new_with_free_func (g_free) };
  const RowSink sink = { begin, take, &log };

  memset (out, 0, sizeof *out);
  out->rows = log.rows;
  if (!extract_file (source, &options, &sink, &out->extract, &error))
    g_error ("%s", error->message);
  if (out->extract.refused)
    g_ptr_array_set_size (out->rows, 0);
  else
    drop_withdrawn (out);
  out->rules = list_rules (out->extract.rejects);
}

void
export_read_text (const char *text, Outcome *out)
{
  export_read ("", "test.csv", text, strlen (text), out);
}

void
outcome_clear (Outcome *outcome)
{
  extract_clear (&outcome->extract);
  g_clear_pointer (&outcome->rows, g_ptr_array_unref);
  g_clear_pointer (&outcome->rules, g_free);
}
