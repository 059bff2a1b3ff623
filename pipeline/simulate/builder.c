#include "simulate/builder.h"

void
sim_export_free (SimExport *file)
{
  if (file == NULL)
    return;
  g_free (file->name);
  g_free (file->when);
  g_free (file->sent_on);
  sim_sheet_free (file->sheet);
  g_free (file);
}

const char *
sim_measure (const char *feed, guint measure)
{
  static const struct {
    const char *feed;
    const char *measures[6];
  } feeds[] = { { "schools", { "school_code" } },
                { "myopia", { "examined", "myopic", "mild", "moderate", "high" } },
                { "weight", { "examined", "overweight", "obese", "thin" } },
                { "places", { "places", "enrolled" } },
                { "after_school", { "enrolled", "willing", "served", "days_per_week", "hours_per_day" } },
                { "tally", { "count" } } };

  for (guint i = 0; i < G_N_ELEMENTS (feeds); i++)
    if (g_str_equal (feeds[i].feed, feed))
      return measure < G_N_ELEMENTS (feeds[i].measures) ? feeds[i].measures[measure] : NULL;
  return NULL;
}

/* 2021-12-08 as 2021年12月8日. */
static char *
written_date (const char *iso)
{
  return g_strdup_printf ("%.4s年%u月%u日", iso, (guint)g_ascii_strtoull (iso + 5, NULL, 10),
                          (guint)g_ascii_strtoull (iso + 8, NULL, 10));
}

SimExport *
sim_export_new (const char *feed, guint district, const char *when, const char *sent_on, const char *what,
                const char *period)
{
  SimExport *file = g_new0 (SimExport, 1);
  g_autofree char *filled_on = written_date (sent_on);

  file->feed = feed;
  file->district = district;
  file->when = g_strdup (when);
  file->sent_on = g_strdup (sent_on);
  file->style = sim_style (district);
  file->name = sim_file_name (file->style, district, feed, when);
  file->sheet = sim_sheet_new ();
  sim_write_titles (file->sheet, file->style, district, what, period, filled_on);
  return file;
}

void
sim_build_head (SimExport *file, const char *key)
{
  gboolean school = g_str_equal (key, "school_code") && !g_str_equal (file->feed, "schools");

  sim_sheet_row (file->sheet, SIM_ROW_HEADER, NULL);
  if (sim_does (file->style, SIM_SERIAL))
    sim_sheet_text (file->sheet, "序号");
  sim_build_header (file, key);
  if (school && sim_does (file->style, SIM_NAME))
    sim_sheet_text (file->sheet, "学校名称");
}

void
sim_build_header (SimExport *file, const char *column)
{
  sim_sheet_text (file->sheet, sim_header (file->style, file->feed, column));
}

SimRow *
sim_build_row (SimExport *file, const char *period, const SimSchool *school, guint *serial)
{
  SimRow *row = sim_sheet_row (file->sheet, SIM_ROW_DATA, period);

  ++*serial;
  if (sim_does (file->style, SIM_SERIAL)) {
    g_autofree char *number = g_strdup_printf ("%u", *serial);

    sim_sheet_text (file->sheet, number);
  }
  if (school == NULL)
    return row;
  if (g_str_equal (file->feed, "schools")) {
    sim_sheet_count (file->sheet, school->code, 1.0, 0, 0);
    return row;
  }
  sim_sheet_text (file->sheet, school->code);
  if (sim_does (file->style, SIM_NAME))
    sim_sheet_text (file->sheet, school->name);
  return row;
}

static double
column_sum (const SimSheet *sheet, guint column, gboolean *counted)
{
  double sum = 0.0;

  *counted = FALSE;
  for (guint i = 0; i < sheet->rows->len; i++) {
    const SimRow *row = g_ptr_array_index (sheet->rows, i);
    const SimCell *cell = NULL;

    if (row->kind != SIM_ROW_DATA || column >= row->cells->len)
      continue;
    cell = &g_array_index (row->cells, SimCell, column);
    if (cell->measure != SIM_NO_MEASURE) {
      *counted = TRUE;
      sum += cell->number;
    }
  }
  return sum;
}

void
sim_build_foot (SimExport *file)
{
  const SimRow *last = g_ptr_array_index (file->sheet->rows, file->sheet->rows->len - 1);
  guint width = last->cells->len;

  if (sim_does (file->style, SIM_SUM) && last->kind == SIM_ROW_DATA) {
    g_autofree double *sums = g_new0 (double, width);
    g_autofree gboolean *counted = g_new0 (gboolean, width);

    for (guint c = 1; c < width; c++)
      sums[c] = column_sum (file->sheet, c, &counted[c]);
    sim_sheet_row (file->sheet, SIM_ROW_FOOTER, NULL);
    sim_sheet_text (file->sheet, "合计");
    for (guint c = 1; c < width; c++)
      if (counted[c])
        sim_write_total (file->sheet, file->style, (guint64)sums[c]);
      else
        sim_sheet_text (file->sheet, "");
  }
  sim_write_note (file->sheet, file->style);
}
