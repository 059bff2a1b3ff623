#include "simulate/builder.h"

/* Both screenings are tables of the same shape: counts by school, term, grade and sex. */
typedef struct {
  const char *feed;
  const char *what;       /* in the title */
  const char *columns[5]; /* canonical names of the counts, in the order of the feed's measures */
  const char *wide[5];    /* how a wide table ends its headers */
  guint plain;            /* counts that every office sends; the rest with detail */
  const char *rate;       /* header of the rate beside them */
} Screening;

static const Screening myopia_screening = { .feed = "myopia",
                                            .what = "中小学生近视筛查汇总表",
                                            .columns = { "examined", "myopic", "mild", "moderate", "high" },
                                            .wide = { "检查人数", "近视人数" },
                                            .plain = 2,
                                            .rate = "近视率(%)" };
static const Screening weight_screening = { .feed = "weight",
                                            .what = "中小学生体重检查汇总表",
                                            .columns = { "examined", "overweight", "obese", "thin" },
                                            .wide = { "检查人数", "超重人数", "肥胖人数" },
                                            .plain = 3,
                                            .rate = "超重率(%)" };

/* The counts of a cell in the order of the columns; FALSE where there are none. */
static gboolean
cell_counts (const SimWorld *world, const Screening *screening, const SimSchool *school, guint term, guint grade,
             guint sex, guint counts[5])
{
  if (screening == &myopia_screening) {
    const SimScreening *s = sim_screening (world->health, school, term, grade, sex);

    if (s == NULL)
      return FALSE;
    counts[0] = s->examined;
    counts[1] = s->myopic;
    counts[2] = (guint)(s->myopic - s->moderate - s->high);
    counts[3] = s->moderate;
    counts[4] = s->high;
  } else {
    const SimWeighing *w = sim_weighing (world->health, school, term / 2, grade, sex);

    if (w == NULL)
      return FALSE;
    counts[0] = w->examined;
    counts[1] = w->overweight;
    counts[2] = w->obese;
    counts[3] = w->thin;
  }
  return TRUE;
}

static gboolean
has_counts (const SimWorld *world, const Screening *screening, const SimSchool *school, guint term)
{
  guint counts[5];

  for (guint g = 0; g < SIM_GRADES; g++)
    if (cell_counts (world, screening, school, term, g, 0, counts)
        || cell_counts (world, screening, school, term, g, 1, counts))
      return TRUE;
  return FALSE;
}

static guint
long_columns (const Screening *screening, const SimStyle *style)
{
  guint all = screening == &myopia_screening ? 5 : 4;

  return sim_does (style, SIM_DETAIL) ? all : screening->plain;
}

static void
long_head (SimExport *file, const Screening *screening)
{
  sim_build_head (file, "school_code");
  sim_build_header (file, "period");
  sim_build_header (file, "grade");
  sim_build_header (file, "sex");
  for (guint c = 0; c < long_columns (screening, file->style); c++)
    sim_build_header (file, screening->columns[c]);
  if (sim_does (file->style, SIM_RATE))
    sim_sheet_text (file->sheet, screening->rate);
}

static void
long_row (SimExport *file, const Screening *screening, const SimSchool *school, guint term, guint grade, guint sex,
          const guint counts[], guint *serial)
{
  sim_build_row (file, sim_term (term), school, serial);
  sim_write_term (file->sheet, file->style, term);
  sim_write_grade (file->sheet, file->style, grade);
  sim_write_sex (file->sheet, file->style, sex);
  for (guint c = 0; c < long_columns (screening, file->style); c++)
    sim_write_count (file->sheet, file->style, counts[c], c, 0, 5 * *serial + c);
  if (sim_does (file->style, SIM_RATE)) {
    g_autofree char *rate = g_strdup_printf ("%.1f", 100.0 * counts[1] / counts[0]);

    sim_sheet_text (file->sheet, rate);
  }
}

static void
long_school (SimExport *file, const SimWorld *world, const Screening *screening, const SimSchool *school, guint term,
             guint *serial)
{
  guint counts[5];

  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint x = 0; x < SIM_SEXES; x++)
      if (cell_counts (world, screening, school, term, g, x, counts))
        long_row (file, screening, school, term, g, x, counts, serial);
}

static void
wide_head (SimExport *file, const Screening *screening)
{
  static const char *const junior[] = { "初一", "初二", "初三" };
  static const char *const totals[] = { "男", "女", "合计" };

  sim_build_head (file, "school_code");
  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint x = 0; x < SIM_SEXES; x++)
      for (guint c = 0; c < screening->plain; c++) {
        gboolean other = file->style->header == SIM_HEADER_OTHER && g >= 6 && g < 9;
        g_autofree char *header
            = g_strconcat (other ? junior[g - 6] : sim_grade_names[g], sim_sex_names[x], screening->wide[c], NULL);

        sim_sheet_text (file->sheet, header);
      }
  for (guint t = 0; sim_does (file->style, SIM_TOTALS) && t < G_N_ELEMENTS (totals); t++)
    for (guint c = 0; c < screening->plain; c++) {
      g_autofree char *header = g_strconcat (totals[t], screening->wide[c], NULL);

      sim_sheet_text (file->sheet, header);
    }
}

static void
wide_school (SimExport *file, const SimWorld *world, const Screening *screening, const SimSchool *school, guint term,
             guint *serial)
{
  guint totals[SIM_SEXES + 1][5] = { 0 };
  guint counts[5];

  sim_build_row (file, sim_term (term), school, serial);
  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint x = 0; x < SIM_SEXES; x++) {
      gboolean there = cell_counts (world, screening, school, term, g, x, counts);

      for (guint c = 0; c < screening->plain; c++) {
        if (!there) {
          sim_write_nothing (file->sheet, file->style);
          continue;
        }
        sim_write_count (file->sheet, file->style, counts[c], c, g * SIM_SEXES + x, 0);
        totals[x][c] += counts[c];
        totals[SIM_SEXES][c] += counts[c];
      }
    }
  for (guint t = 0; sim_does (file->style, SIM_TOTALS) && t <= SIM_SEXES; t++)
    for (guint c = 0; c < screening->plain; c++)
      sim_write_total (file->sheet, file->style, totals[t][c]);
}

static SimExport *
build_screening (const SimWorld *world, const Screening *screening, guint district, guint term)
{
  g_autofree char *title = sim_term_title (term);
  g_autofree char *sent_on = g_strdup_printf ("%.5s%s", sim_term_end (term), term % 2 == 0 ? "07-05" : "12-18");
  SimExport *file = sim_export_new (screening->feed, district, sim_term (term), sent_on, screening->what, title);
  guint serial = 0;

  if (sim_does (file->style, SIM_WIDE))
    wide_head (file, screening);
  else
    long_head (file, screening);
  for (guint i = 0; i < world->city->schools->len; i++) {
    const SimSchool *school = sim_school (world->city, i);

    if (school->district != district || !has_counts (world, screening, school, term))
      continue;
    if (sim_does (file->style, SIM_WIDE))
      wide_school (file, world, screening, school, term, &serial);
    else
      long_school (file, world, screening, school, term, &serial);
  }
  sim_build_foot (file);
  return file;
}

SimExport *
sim_build_myopia (const SimWorld *world, guint district, guint term)
{
  return build_screening (world, &myopia_screening, district, term);
}

SimExport *
sim_build_weight (const SimWorld *world, guint district, guint year)
{
  return build_screening (world, &weight_screening, district, sim_wave_term (SIM_OVERWEIGHT, year));
}
