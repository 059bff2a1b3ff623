#include "simulate/damage.h"

#include <string.h>

static void
stray_free (gpointer data)
{
  SimStray *stray = data;

  g_free (stray->name);
  g_string_free (stray->bytes, TRUE);
  g_free (stray);
}

static void
add_stray (GPtrArray *strays, char *name, GString *bytes, const char *sent_on, SimFate fate)
{
  SimStray *stray = g_new0 (SimStray, 1);

  stray->name = name;
  stray->bytes = bytes;
  stray->sent_on = sent_on;
  stray->fate = fate;
  g_ptr_array_add (strays, stray);
}

static void
log_file (GPtrArray *log, const char *file, guint line, const char *rule, const char *what)
{
  SimDamage *damage = g_new0 (SimDamage, 1);

  damage->file = g_strdup (file);
  damage->line = line;
  damage->rule = rule;
  damage->column = "";
  damage->value = g_strdup ("");
  damage->what = what;
  g_ptr_array_add (log, damage);
}

static char *
with_suffix (const char *name, const char *suffix)
{
  return g_strdup_printf ("%.*s%s.csv", (int)(strlen (name) - strlen (".csv")), name, suffix);
}

static gboolean
is_export (const SimExport *file, const char *feed, guint district, const char *when)
{
  return g_str_equal (file->feed, feed) && file->district == district && g_str_equal (file->when, when);
}

/* The first version had examined pupils miscounted in every fortieth line; the export itself is the correction. Names
   sort in the order in which the files were sent. */
static void
add_first_version (SimExport *file, GPtrArray *strays, GPtrArray *log)
{
  char *first = g_strdup (file->name);
  char *corrected = with_suffix (file->name, "_更正");
  SimSheet *sheet = file->sheet;

  for (guint i = sim_sheet_first_data (sheet); i < sheet->rows->len; i += 40) {
    const SimRow *row = g_ptr_array_index (sheet->rows, i);

    for (guint c = 0; c < row->cells->len; c++) {
      const SimCell *cell = &g_array_index (row->cells, SimCell, c);
      g_autofree char *text = cell->measure == 0 ? g_strdup_printf ("%.0f", cell->number + 2.0) : NULL;

      if (text != NULL)
        sim_sheet_set_text (sheet, i, c, text);
    }
  }
  add_stray (strays, first, sim_sheet_bytes (sheet, &file->style->dialect), "2021-12-11", SIM_SUPERSEDED);
  g_free (file->name);
  file->name = corrected;
  log_file (log, corrected, 0, "", "corrects the file of the same name without the suffix");
}

static void
add_copy (const SimExport *file, const GString *bytes, GPtrArray *strays, GPtrArray *log)
{
  char *name = with_suffix (file->name, "_副本");

  add_stray (strays, name, g_string_new_len (bytes->str, (gssize)bytes->len), file->sent_on, SIM_REPEATED);
  log_file (log, name, 0, "", "the bytes of another file");
}

static guint
line_at (const GString *bytes, gsize end)
{
  guint line = 1;

  for (gsize i = 0; i < end; i++)
    line += bytes->str[i] == '\n';
  return line;
}

/* A transfer that broke off two thirds through, right after a quote was opened. */
static void
add_part (const SimExport *file, const GString *bytes, GPtrArray *strays, GPtrArray *log)
{
  gsize cut = bytes->len * 2 / 3;
  char *name = with_suffix (file->name, "_未传完");

  while (cut + 2 < bytes->len && !(bytes->str[cut] == ',' && bytes->str[cut + 1] == '"'))
    cut++;
  cut += 3;
  add_stray (strays, name, g_string_new_len (bytes->str, (gssize)MIN (cut, bytes->len)), file->sent_on, SIM_REFUSED);
  log_file (log, name, line_at (bytes, cut), "R-QUOTE", "ends inside an open quote");
}

GPtrArray *
sim_damage_strays (SimExport *file, const GString *bytes, GPtrArray *log)
{
  GPtrArray *strays = g_ptr_array_new_with_free_func (stray_free);

  if (is_export (file, "weight", 0, "2021-autumn"))
    add_first_version (file, strays, log);
  else if (is_export (file, "weight", 4, "2020-autumn"))
    add_copy (file, bytes, strays, log);
  else if (is_export (file, "places", 2, "2021"))
    add_part (file, bytes, strays, log);
  return strays;
}

GPtrArray *
sim_damage_lone (GPtrArray *log)
{
  static const char canteen[] = "\xEF\xBB\xBF和平区2022年10月学校食堂检查汇总表（模拟数据）\r\n"
                                "食堂编号,食堂名称,就餐人数,检查等级,检查日期\r\n"
                                "HP-01,第一食堂,412,A,2022-10-11\r\n"
                                "HP-02,第二食堂,388,B,2022-10-12\r\n"
                                "HP-03,第三食堂,506,A,2022-10-12\r\n";
  GPtrArray *strays = g_ptr_array_new_with_free_func (stray_free);

  add_stray (strays, g_strdup ("heping-canteen-2022-10.csv"), g_string_new (canteen), "2022-11-02", SIM_REFUSED);
  log_file (log, "heping-canteen-2022-10.csv", 0, "R-HEADER", "a table that is no feed");
  add_stray (strays, g_strdup ("kangping-myopia.csv"), g_string_new (""), "2022-12-19", SIM_REFUSED);
  log_file (log, "kangping-myopia.csv", 0, "R-EMPTY", "an empty file");
  return strays;
}
