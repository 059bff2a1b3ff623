#include "simulate/builder.h"

#include <string.h>

/* A stretch of time in which nothing about a school changed. */
static void
write_version (SimExport *file, const SimSchool *school, const char *district_code, guint attributes, const char *from,
               const char *to, guint *serial)
{
  const SimStyle *style = file->style;
  SimSheet *sheet = file->sheet;
  gboolean canonical = style->header == SIM_HEADER_CANONICAL;

  sim_build_row (file, NULL, school, serial);
  sim_sheet_text (sheet, school->name);
  sim_sheet_text (sheet, district_code);
  sim_sheet_text (sheet, canonical ? sim_stages[school->stage].code : sim_stages[school->stage].name);
  sim_sheet_text (sheet, attributes & SIM_PUBLIC ? (canonical ? "public" : "公办") : (canonical ? "private" : "民办"));
  sim_write_boolean (sheet, style, (attributes & SIM_INCLUSIVE) != 0);
  sim_write_boolean (sheet, style, (attributes & SIM_RECOGNISED) != 0);
  sim_write_boolean (sheet, style, (attributes & SIM_IN_GROUP) != 0);
  sim_write_date (sheet, style, from);
  if (*to != '\0')
    sim_write_date (sheet, style, to);
  else
    sim_write_nothing (sheet, style);
}

/* Liaozhong was a county with another code until 2016; for two schools in five the register still has the old line. */
static const char *
write_county (SimExport *file, const SimSchool *school, guint *serial)
{
  if (school->district != SIM_LIAOZHONG || strcmp (school->opened, SIM_LIAOZHONG_RECODED) >= 0)
    return school->opened;
  if (school->index % 5 < 2)
    write_version (file, school, SIM_LIAOZHONG_OLD_CODE, school->attributes[0], school->opened, SIM_LIAOZHONG_RECODED,
                   serial);
  return SIM_LIAOZHONG_RECODED;
}

static void
write_school (SimExport *file, const SimSchool *school, guint *serial)
{
  static const char *const phase_from[SIM_PHASES] = { "", "2022-03-01", "2022-09-01" };
  const char *from = write_county (file, school, serial);
  guint phase = 0;

  while (phase + 1 < SIM_PHASES && strcmp (phase_from[phase + 1], from) <= 0)
    phase++;
  while (phase < SIM_PHASES) {
    guint next = phase + 1;
    gboolean last = FALSE;

    while (next < SIM_PHASES && school->attributes[next] == school->attributes[phase])
      next++;
    last = next == SIM_PHASES || (school->closed[0] != '\0' && strcmp (school->closed, phase_from[next]) <= 0);
    write_version (file, school, sim_districts[school->district].code, school->attributes[phase], from,
                   last ? school->closed : phase_from[next], serial);
    if (last)
      break;
    from = phase_from[next];
    phase = next;
  }
}

SimExport *
sim_build_register (const SimWorld *world, guint district)
{
  static const char *const columns[] = { "name",       "district_code", "stage",      "ownership", "inclusive",
                                         "recognised", "in_group",      "valid_from", "valid_to" };
  SimExport *file = sim_export_new ("schools", district, "", "2022-09-15", "学校名录", NULL);
  guint serial = 0;

  sim_build_head (file, "school_code");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    sim_build_header (file, columns[i]);
  for (guint i = 0; i < world->city->schools->len; i++)
    if (sim_school (world->city, i)->district == district)
      write_school (file, sim_school (world->city, i), &serial);
  sim_write_note (file->sheet, file->style);
  return file;
}

/* Vocational and special schools send no places: the plan says nothing about theirs. */
static gboolean
reports_places (const SimSchool *school)
{
  return school->stage != SIM_VOCATIONAL && school->stage != SIM_SPECIAL;
}

static void
write_places (SimExport *file, const SimWorld *world, guint term, guint *serial)
{
  for (guint i = 0; i < world->city->schools->len; i++) {
    const SimSchool *school = sim_school (world->city, i);

    if (school->district != file->district || !reports_places (school) || !sim_school_open (school, term))
      continue;
    sim_build_row (file, sim_term (term), school, serial);
    sim_write_term (file->sheet, file->style, term);
    sim_write_count (file->sheet, file->style, school->places, 0, 0, i + 11 * term);
    sim_write_count (file->sheet, file->style, school->enrolled[term], 1, 0, i + 7 * term + 1);
  }
}

SimExport *
sim_build_places (const SimWorld *world, guint district, const char *when, guint first, guint last)
{
  g_autofree char *title = first == last ? sim_term_title (first) : NULL;
  g_autofree char *sent_on = g_strdup_printf ("%.5s%s", sim_term_end (last), last % 2 == 0 ? "07-08" : "12-20");
  SimExport *file = sim_export_new ("places", district, when, sent_on, "学位与在校（园）生统计表", title);
  guint serial = 0;

  sim_build_head (file, "school_code");
  sim_build_header (file, "period");
  sim_build_header (file, "places");
  sim_build_header (file, "enrolled");
  for (guint term = first; term <= last; term++)
    write_places (file, world, term, &serial);
  sim_build_foot (file);
  return file;
}
