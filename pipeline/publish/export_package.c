#include "sheet.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

/* Types of Frictionless' table schema. */
static const char *const types[] = {
  [CELL_TEXT] = "string",     [CELL_INTEGER] = "integer", [CELL_NUMBER] = "number",
  [CELL_BOOLEAN] = "boolean", [CELL_DATE] = "date",       [CELL_MOMENT] = "datetime",
};

static void
put_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guchar)*p < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint)*p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static void
put_member (GString *out, const char *indent, const char *name, const char *text)
{
  g_string_append_printf (out, "%s\"%s\": ", indent, name);
  put_string (out, text);
}

static void
put_both (GString *out, const char *indent, const char *name, const char *zh, const char *en)
{
  g_autofree char *both = g_strjoin (" | ", zh, en, NULL);

  put_member (out, indent, name, both);
}

static void
put_field (GString *out, const SheetColumn *column)
{
  put_member (out, "          {", "name", column->name);
  put_member (out, ", ", "type", types[column->type]);
  if (column->type == CELL_MOMENT)
    put_member (out, ", ", "format", "any");
  put_both (out, ", ", "description", column->about, column->about_en);
  g_string_append (out, column->in_key ? ", \"constraints\": {\"required\": true}}" : "}");
}

static void
put_key (GString *out, const Sheet *sheet)
{
  gboolean any = FALSE;

  for (guint i = 0; i < sheet->columns->len; i++) {
    const SheetColumn *column = sheet->columns->pdata[i];

    if (!column->in_key)
      continue;
    g_string_append (out, any ? ", " : ",\n        \"primaryKey\": [");
    put_string (out, column->name);
    any = TRUE;
  }
  g_string_append (out, any ? "]" : "");
}

static void
put_resource (GString *out, const Sheet *sheet, const CsvFile *file)
{
  g_autofree char *path = g_strconcat (sheet->name, ".csv", NULL);
  g_autofree char *name = g_strdelimit (g_ascii_strdown (sheet->name, -1), "_", '-');

  put_member (out, "    {\n      ", "name", name);
  put_member (out, ",\n      ", "path", path);
  put_member (out, ",\n      ", "profile", "tabular-data-resource");
  put_both (out, ",\n      ", "title", sheet->about, sheet->about_en);
  g_string_append (out, ",\n      \"format\": \"csv\", \"mediatype\": \"text/csv\", \"encoding\": \"utf-8\"");
  g_string_append_printf (out, ",\n      \"bytes\": %" G_GUINT64_FORMAT ", \"hash\": \"sha256:%s\"", file->bytes,
                          file->sha256);
  g_string_append (out,
                   ",\n      \"dialect\": {\"delimiter\": \",\", \"lineTerminator\": \"\\r\\n\", \"header\": true}");
  g_string_append (out, ",\n      \"schema\": {\n        \"missingValues\": [\"\"],\n        \"fields\": [\n");
  for (guint i = 0; i < sheet->columns->len; i++) {
    put_field (out, sheet->columns->pdata[i]);
    g_string_append (out, i + 1 < sheet->columns->len ? ",\n" : "\n        ]");
  }
  put_key (out, sheet);
  g_string_append (out, "\n      }\n    }");
}

static void
put_head (const Export *e, GString *out)
{
  g_autofree char *created = g_strconcat (e->options->today, "T00:00:00+08:00", NULL);

  put_member (out, "{\n  ", "profile", "tabular-data-package");
  g_string_append (out, ",\n  \"name\": \"plumbline-");
  for (const char *p = e->name; *p != '\0'; p++)
    g_string_append_c (out, *p == '_' ? '-' : *p);
  g_string_append_c (out, '"');
  put_both (out, ",\n  ", "title", e->title, e->title_en);
  put_member (out, ",\n  ", "created", created);
  if (e->out->simulated)
    put_member (out, ",\n  ", "description",
                "模拟数据 | SIMULATED DATA: no number here is about a real school or child");
  g_string_append (out, ",\n  \"resources\": [\n");
}

static gboolean
put_file (Export *e, const Sheet *sheet, GString *out, GError **error)
{
  g_autofree char *path = export_path (e, sheet->name, ".csv");
  CsvFile file = { 0 };
  gboolean ok = csv_file_write (e, sheet, path, &file, error);

  if (ok)
    put_resource (out, sheet, &file);
  g_free (file.sha256);
  return ok;
}

gboolean
export_package (Export *e, GError **error)
{
  g_autofree char *path = export_path (e, "datapackage", ".json");
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) why = NULL;

  put_head (e, json);
  for (guint i = 0; i < e->sheets->len; i++) {
    if (!put_file (e, e->sheets->pdata[i], json, error))
      return FALSE;
    g_string_append (json, i + 1 < e->sheets->len ? ",\n" : "\n  ]\n}\n");
  }
  /* Last, so that a package that has one is whole. */
  if (!g_file_set_contents (path, json->str, (gssize)json->len, &why)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_OUTPUT, "could not write %s: %s", path, why->message);
    return FALSE;
  }
  g_ptr_array_add (e->out->files, g_steal_pointer (&path));
  return TRUE;
}
