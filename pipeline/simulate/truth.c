#include "simulate/truth.h"

#include "simulate/census.h"
#include "simulate/output.h"

#include <math.h>
#include <string.h>

struct SimTruth {
  GTree *expected; /* "feed,district,period,column" -> double[2]: rows, sum */
  GString *files;
  gint64 rows;
};

static int
compare_keys (const void *a, const void *b, gpointer data)
{
  (void)data;
  return strcmp (a, b);
}

SimTruth *
sim_truth_new (void)
{
  SimTruth *truth = g_new0 (SimTruth, 1);

  truth->expected = g_tree_new_full (compare_keys, NULL, g_free, g_free);
  truth->files = g_string_new ("file,feed,district_code,when,encoding,layout,lines,sha256,fate\n");
  return truth;
}

void
sim_truth_free (SimTruth *truth)
{
  if (truth == NULL)
    return;
  g_tree_unref (truth->expected);
  g_string_free (truth->files, TRUE);
  g_free (truth);
}

static void
add_expected (SimTruth *truth, const SimExport *file, const SimRow *row, guint measure, double number)
{
  g_autofree char *key
      = g_strdup_printf ("%s,%s,%s,%s", file->feed, row->area != NULL ? row->area : sim_district_code (file->district),
                         row->period != NULL ? row->period : "", sim_measure (file->feed, measure));
  double *sums = g_tree_lookup (truth->expected, key);

  if (sums == NULL) {
    sums = g_new0 (double, 2);
    g_tree_insert (truth->expected, g_steal_pointer (&key), sums);
  }
  sums[0] += 1.0;
  sums[1] += number;
}

void
sim_truth_count (SimTruth *truth, const SimExport *file)
{
  for (guint i = 0; i < file->sheet->rows->len; i++) {
    const SimRow *row = g_ptr_array_index (file->sheet->rows, i);

    for (guint c = 0; row->kind == SIM_ROW_DATA && c < row->cells->len; c++) {
      const SimCell *cell = &g_array_index (row->cells, SimCell, c);

      if (cell->measure == SIM_NO_MEASURE || (row->lost & (G_GUINT64_CONSTANT (1) << cell->group)) != 0)
        continue;
      truth->rows += cell->measure == 0;
      add_expected (truth, file, row, (guint)cell->measure, cell->number);
    }
  }
}

gint64
sim_truth_rows (const SimTruth *truth)
{
  return truth->rows;
}

static const char *
layout (const SimExport *file)
{
  gboolean screening = g_str_equal (file->feed, "myopia") || g_str_equal (file->feed, "weight");

  return screening && sim_does (file->style, SIM_WIDE) ? "wide" : "long";
}

void
sim_truth_file (SimTruth *truth, const char *name, const SimExport *file, const GString *bytes, SimFate fate)
{
  static const char *const encodings[] = { "UTF-8", "UTF-8-BOM", "GB18030", "UTF-16LE" };
  static const char *const fates[] = { "loaded", "refused", "superseded", "repeated" };
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)bytes->str, bytes->len);

  if (file == NULL) {
    g_string_append_printf (truth->files, "%s,,,,,,,%s,%s\n", name, sha256, fates[fate]);
    return;
  }
  g_string_append_printf (truth->files, "%s,%s,%s,%s,%s,%s,%u,%s,%s\n", name, file->feed,
                          sim_district_code (file->district), file->when, encodings[file->style->dialect.encoding],
                          layout (file), file->sheet->rows->len, sha256, fates[fate]);
}

static gboolean
append_expected (gpointer key, gpointer value, gpointer data)
{
  const double *sums = value;

  g_string_append_printf (data, "%s,%.0f,%.1f\n", (const char *)key, sums[0], sums[1]);
  return FALSE;
}

static gboolean
write_expected (SimTruth *truth, const char *folder, GError **error)
{
  g_autoptr (GString) text = g_string_new ("feed,district_code,period,column,rows,sum\n");

  g_tree_foreach (truth->expected, append_expected, text);
  return sim_write_file (folder, "expected.csv", text, NULL, error);
}

static gboolean
write_damage (const GPtrArray *log, const char *folder, GError **error)
{
  g_autoptr (GString) text = g_string_new ("file,line,rule,column,value,what\n");

  for (guint i = 0; i < log->len; i++) {
    const SimDamage *damage = g_ptr_array_index (log, i);

    g_string_append_printf (text, "%s,%u,%s,%s,%s,%s\n", damage->file, damage->line, damage->rule, damage->column,
                            damage->value, damage->what);
  }
  return sim_write_file (folder, "damage.csv", text, NULL, error);
}

static gboolean
drifts (const SimCity *city, SimCondition condition, guint district)
{
  return sim_shift_pp (city, condition, district, SIM_TERM_2022_AUTUMN)
         > sim_path_pp (city, condition, district, SIM_TERM_2022_AUTUMN) + 1e-9;
}

static void
append_panel (GString *text, const SimHealth *health, const SimCity *city, SimCondition condition, guint district)
{
  double base = sim_true_rate (health, condition, district, SIM_TERM_2021_AUTUMN);

  for (guint wave = 0; sim_wave_term (condition, wave) < SIM_TERMS; wave++) {
    guint term = sim_wave_term (condition, wave);
    gboolean city_row = district == SIM_DISTRICTS;
    gboolean complete
        = city_row || condition != SIM_MYOPIA || term != SIM_TERM_2022_AUTUMN || !sim_districts[district].incomplete;

    g_string_append_printf (text, "%s,%s,%s,%.2f,%.4f,", sim_district_code (district), sim_condition (condition),
                            sim_term (term), sim_term_time (term), sim_true_rate (health, condition, district, term));
    if (city_row)
      g_string_append_printf (text, ",,,,\n");
    else
      g_string_append_printf (text, "%.4f,%.4f,%.4f,%s,%s\n",
                              base + sim_path_pp (city, condition, district, term)
                                  - sim_path_pp (city, condition, district, SIM_TERM_2021_AUTUMN),
                              sim_shift_pp (city, condition, district, term),
                              sim_shock_pp (health, condition, district, term),
                              drifts (city, condition, district) ? "yes" : "no", complete ? "yes" : "no");
  }
}

static gboolean
write_panel (const SimWorld *world, const char *folder, GError **error)
{
  g_autoptr (GString) text
      = g_string_new ("district_code,indicator,period,t,rate_std_pct,path_pct,shift_pp,shock_pp,drifts,complete\n");

  for (guint c = 0; c < SIM_CONDITIONS; c++)
    for (guint d = 0; d <= SIM_DISTRICTS; d++)
      append_panel (text, world->health, world->city, c, d);
  return sim_write_file (folder, "panel.csv", text, NULL, error);
}

static gboolean
write_census (const SimWorld *world, const char *folder, GError **error)
{
  g_autoptr (GString) text = g_string_new ("district_code,indicator,period,numerator,denominator\n");

  for (guint s = 0; s < sim_n_shares; s++)
    for (guint d = 0; d <= SIM_DISTRICTS; d++)
      for (guint term = 3; term < SIM_TERMS; term++) {
        guint64 numerator = 0;
        guint64 denominator = 0;

        sim_share_count (world->city, &sim_shares[s], d, term, &numerator, &denominator);
        g_string_append_printf (text, "%s,%s,%s,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "\n", sim_district_code (d),
                                sim_shares[s].indicator, sim_term (term), numerator, denominator);
      }
  return sim_write_file (folder, "census.csv", text, NULL, error);
}

static const char *
absorbed_by (const SimCity *city, const SimSchool *school)
{
  for (guint i = 0; i < city->schools->len; i++)
    if (sim_school (city, i)->absorbed == school)
      return sim_school (city, i)->code;
  return "";
}

/* public, inclusive, recognised, in a group: one letter each. */
static void
append_attributes (GString *text, guint attributes)
{
  g_string_append_printf (text, ",%s%s%s%s", attributes & SIM_PUBLIC ? "p" : "", attributes & SIM_INCLUSIVE ? "i" : "",
                          attributes & SIM_RECOGNISED ? "r" : "", attributes & SIM_IN_GROUP ? "g" : "");
}

static gboolean
write_schools (const SimCity *city, const char *folder, GError **error)
{
  g_autoptr (GString) text
      = g_string_new ("school_code,name,district_code,stage,opened,closed,absorbed_by,attributes_2021,"
                      "attributes_2022_03,attributes_2022_09,enrolled_2021_autumn\n");

  for (guint i = 0; i < city->schools->len; i++) {
    const SimSchool *school = sim_school (city, i);

    g_string_append_printf (text, "%s,%s,%s,%s,%s,%s,%s", school->code, school->name,
                            sim_districts[school->district].code, sim_stages[school->stage].code, school->opened,
                            school->closed, school->closed[0] != '\0' ? absorbed_by (city, school) : "");
    for (guint p = 0; p < SIM_PHASES; p++)
      append_attributes (text, school->attributes[p]);
    g_string_append_printf (text, ",%u\n", school->enrolled[SIM_TERM_2021_AUTUMN]);
  }
  return sim_write_file (folder, "school.csv", text, NULL, error);
}

gboolean
sim_truth_write (SimTruth *truth, const SimWorld *world, const GPtrArray *log, const char *folder, GError **error)
{
  return write_expected (truth, folder, error) && write_damage (log, folder, error)
         && write_panel (world, folder, error) && write_census (world, folder, error)
         && write_schools (world->city, folder, error)
         && sim_write_file (folder, "file.csv", truth->files, NULL, error);
}
