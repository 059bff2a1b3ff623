#include "load.h"

#include "export.h"
#include "ground.h"

#include <string.h>

#define CELLS 24

const char *const load_districts[DISTRICTS] = { "210102", "210103", "210104" };

int
load_set_up (void **state)
{
  Load *l = g_new0 (Load, 1);

  l->db = ground_new (export_catalogue (""), NULL);
  l->reg = register_new (export_catalogue (""));
  for (guint i = 0; i < SCHOOLS; i++) {
    g_autofree char *code = g_strdup_printf ("%s%04u", load_districts[i * DISTRICTS / SCHOOLS], i);

    register_add (l->reg, code, "x", load_districts[i * DISTRICTS / SCHOOLS], "twelve_year", 700000, REGISTER_NO_END);
  }
  *state = l;
  return 0;
}

int
load_tear_down (void **state)
{
  Load *l = *state;

  db_close (l->db);
  register_free (l->reg);
  g_free (l);
  return 0;
}

/* The grades as an export has them, which is not the order of their codes. */
static void
append_row (GString *out, guint school, const char *period, guint cell, guint extra, guint odd)
{
  static const char *const grades[] = { "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3" };

  guint examined = 31 + (school * 7 + cell * 3) % 97 + (strcmp (period, "2022-spring") == 0 ? 5 : 0);
  guint myopic = 7 + (school + cell) % 11 + extra;

  g_string_append_printf (out, "%s%04u,%s,%s,%s,", load_districts[school * DISTRICTS / SCHOOLS], school, period,
                          grades[cell / 2], cell % 2 == 0 ? "M" : "F");
  if (odd == 0)
    g_string_append_printf (out, "%u,%u,%u,0,0\n", examined, myopic, myopic);
  else if (odd % 2 == 0)
    g_string_append_printf (out, "%u,s,,,\n", examined);
  else
    g_string_append_printf (out, "%u,%u,,,\n", examined + 50, examined + 50);
}

static gboolean
is_in (const File *file, guint i)
{
  return file->every == 0 || (i % file->every == 0) != file->rest;
}

/* @blank: empty lines at the end, so that no file has the bytes of another. */
static char *
write_file (const File *file, guint blank)
{
  GString *out = g_string_new ("school_code,period,grade,sex,examined,myopic,mild,moderate,high\n");
  guint end = file->end > 0 ? file->end : SCHOOLS, n = 0;

  for (guint i = file->first; i < end; i++)
    for (guint term = 0; is_in (file, i) && term < (file->mixed ? 2 : 1); term++)
      for (guint cell = 0; cell < CELLS; cell++) {
        guint school = file->backwards ? file->first + end - 1 - i : (i + file->late) % end;
        gboolean odd = ++n >= file->odd_from && file->odd > 0 && n % file->odd == 0;

        append_row (out, school, file->mixed ? file->periods[term] : file->period, cell,
                    file->changed > 0 && n % file->changed == 0 ? 1 : 0, odd ? n / file->odd : 0);
      }
  if (file->twice > 0)
    append_row (out, file->first + (file->twice - 1) / CELLS, file->period, (file->twice - 1) % CELLS,
                file->other ? 1 : 0, 0);
  for (guint i = 0; i < blank; i++)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

gboolean
load_try (Load *l, File file, Extract *extract, BatchResult *result, GError **error)
{
  g_autofree char *text = NULL, *name = g_strdup_printf ("%u.csv", ++l->files);
  g_autoptr (Source) source = NULL;
  const BatchOptions options = { .catalogue = export_catalogue (""),
                                 .reg = l->reg,
                                 .today = 738500,
                                 .language = "zh",
                                 .large_bytes = file.large ? 1 : G_MAXINT64 };

  file.mixed = file.mixed || file.periods[0] != NULL;
  if (file.periods[0] == NULL) {
    file.periods[0] = "2022-spring";
    file.periods[1] = "2022-autumn";
  }
  file.period = file.period != NULL ? file.period : "2022-autumn";
  text = write_file (&file, l->files);
  source = source_new_bytes (name, text, strlen (text));
  return batch_load (l->db, source, &options, extract, result, error);
}

char *
load_file (Load *l, File file)
{
  g_autoptr (GError) error = NULL;
  g_auto (Extract) extract = { 0 };
  BatchResult result;

  if (!load_try (l, file, &extract, &result, &error))
    fail_msg ("%s", error->message);
  assert_int_equal (result.status, BATCH_LOADED);
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, result.added, result.changed,
                          extract.rows_rejected);
}

char *
load_content (Db *db)
{
  return value_of (
      db,
      "select count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws('|', district_code, year, "
      "school_code, period, grade, sex, examined, myopic, mild, suppressed, provisional), 0)), 0) from feed.myopia");
}
