#include "simulate/builder.h"

static const char *
month_name (guint month)
{
  static const char *const months[] = { "2022-01", "2022-02", "2022-03", "2022-04", "2022-05", "2022-06",
                                        "2022-07", "2022-08", "2022-09", "2022-10", "2022-11", "2022-12" };

  return months[month - 1];
}

/* Early in the next month; December's figures come before the year is out. */
static char *
month_sent_on (guint month)
{
  return month == 12 ? g_strdup ("2022-12-30") : g_strdup_printf ("2022-%02u-05", month + 1);
}

static void
service_row (SimExport *file, const SimSchool *school, const SimServiceRow *row, guint month, guint *serial)
{
  g_autofree char *hours = row->half_hours % 2 == 0 ? g_strdup_printf ("%u", row->half_hours / 2)
                                                    : g_strdup_printf ("%u.5", row->half_hours / 2);

  sim_build_row (file, month_name (month), school, serial);
  sim_write_month (file->sheet, file->style, month);
  sim_write_count (file->sheet, file->style, row->enrolled, 0, 0, *serial);
  sim_write_count (file->sheet, file->style, row->willing, 1, 0, *serial + 1);
  sim_write_count (file->sheet, file->style, row->served, 2, 0, *serial + 2);
  sim_write_count (file->sheet, file->style, row->days, 3, 0, 0);
  sim_sheet_count (file->sheet, hours, row->half_hours / 2.0, 4, 0);
}

SimExport *
sim_build_after_school (const SimWorld *world, guint district, guint half)
{
  static const char *const columns[] = { "period", "enrolled", "willing", "served", "days_per_week", "hours_per_day" };
  SimExport *file = sim_export_new ("after_school", district, half == 0 ? "2022-spring" : "2022-autumn",
                                    half == 0 ? "2022-07-04" : "2022-12-30", "义务教育学校课后服务月报表",
                                    half == 0 ? "2022年春季" : "2022年秋季");
  guint serial = 0;

  sim_build_head (file, "school_code");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    sim_build_header (file, columns[i]);
  for (guint i = 4 * half; i < 4 * half + 4; i++)
    for (guint s = 0; s < world->city->schools->len; s++) {
      const SimSchool *school = sim_school (world->city, s);
      const SimServiceRow *row = school->district == district ? sim_service_row (world->service, school, i) : NULL;

      if (row != NULL)
        service_row (file, school, row, sim_service_month (i), &serial);
    }
  sim_write_note (file->sheet, file->style);
  return file;
}

static gboolean
belongs (const SimTallyRow *row, guint district)
{
  guint sender = row->district != SIM_DISTRICTS && sim_tally_reports (row->district) ? row->district : SIM_DISTRICTS;

  return sender == district;
}

static void
tally_row (SimExport *file, const SimTallyRow *row, guint *serial)
{
  gboolean canonical = file->style->header == SIM_HEADER_CANONICAL;
  SimRow *line = sim_build_row (file, month_name (row->month), NULL, serial);

  line->area = sim_district_code (row->district);
  sim_sheet_text (file->sheet, line->area);
  sim_write_month (file->sheet, file->style, row->month);
  sim_sheet_text (file->sheet, canonical ? row->target : row->written);
  sim_write_count (file->sheet, file->style, row->count, 0, 0, *serial);
}

SimExport *
sim_build_tally (const SimWorld *world, guint district, guint first, guint last)
{
  g_autofree char *when = first == last ? g_strdup (month_name (first)) : g_strdup_printf ("2022-Q%u", last / 3);
  g_autofree char *sent_on = month_sent_on (last);
  SimExport *file = sim_export_new ("tally", district, when, sent_on, "重点任务进度表", "2022年");
  guint serial = 0;

  sim_build_head (file, "area_code");
  sim_build_header (file, "period");
  sim_build_header (file, "target");
  sim_build_header (file, "count");
  for (guint i = 0; i < world->tally->len; i++) {
    const SimTallyRow *row = &g_array_index (world->tally, SimTallyRow, i);

    if (row->month >= first && row->month <= last && belongs (row, district))
      tally_row (file, row, &serial);
  }
  sim_write_note (file->sheet, file->style);
  return file;
}
