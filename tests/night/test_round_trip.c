/* What comes in by any encoding and layout comes out of the feed's view as it was accepted, to the cell.
 * PLUMB_ROUND_TRIP_ROWS (90 files of 120) says how many rows all files have together. */
#include "../support/export.h"
#include "../support/server.h"
#include "../support/site.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PERIODS 10
#define GRADES 6
#define ROWS_A_SCHOOL (PERIODS * GRADES * 2)
#define DEFAULT_ROWS 10800
#define EXPORTED "school_code,period,grade,sex,examined,myopic,mild,moderate,high,"

typedef struct {
  const char *name;
  const char *iconv;
  const char *mark;
} Writing;

static const Writing writings[] = { { "UTF-8", "UTF-8", "" },
                                    { "UTF-8-BOM", "UTF-8", "\xEF\xBB\xBF" },
                                    { "GB18030", "GB18030", "" },
                                    { "UTF-16LE", "UTF-16LE", "\xFF\xFE" },
                                    { "UTF-16BE", "UTF-16BE", "\xFE\xFF" } };
static const char *const separators[] = { ",", "\t", ";" };
static const char *const endings[] = { "\n", "\r\n", "\r" };
static const char *const districts[]
    = { "210102", "210103", "210104", "210105", "210106", "210111", "210112", "210113", "210114", "210115" };
static const char *const grade_names[GRADES] = { "一年级", "二年级", "三年级", "四年级", "五年级", "六年级" };

enum { FILES = G_N_ELEMENTS (writings) * G_N_ELEMENTS (separators) * G_N_ELEMENTS (endings) * 2 };

typedef struct {
  guint number;
  guint schools;
  const Writing *writing;
  const char *separator;
  const char *ending;
  gboolean wide;
  GString *text;
  GPtrArray *accepted; /* lines as the view gives them */
} File;

/* One school, period, grade and sex. */
typedef struct {
  char school[11];
  char period[16];
  guint grade; /* from 0 */
  guint sex;
  guint examined;
  guint myopic;
  guint parts[3]; /* mild, moderate, high */
  gboolean bad;   /* more are myopic than were examined */
  gboolean has_parts;
} Line;

static guint
mix (guint a, guint b)
{
  guint64 x = ((guint64)a << 32 | b) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  return (guint)(x >> 33);
}

static Line
make_line (const File *f, guint school, guint period, guint grade, guint sex)
{
  guint number = f->number / (guint)G_N_ELEMENTS (districts) * f->schools + school;
  guint random = mix (f->number * 100003 + school, (period * GRADES + grade) * 2 + sex);
  Line l = { .grade = grade, .sex = sex, .examined = 40 + random % 97, .bad = random / 97 % 500 == 3 };

  g_snprintf (l.school, sizeof l.school, "%s%04u", districts[f->number % G_N_ELEMENTS (districts)], number);
  g_snprintf (l.period, sizeof l.period, "%u-%s", 2018 + period / 2, period % 2 == 0 ? "spring" : "autumn");
  l.myopic = l.bad ? l.examined + 1 : l.examined / 4 + random % 7;
  l.has_parts = !f->wide && random % 3 != 0;
  for (guint i = 0; i < 3; i++)
    l.parts[i] = l.myopic / 3 - i;
  return l;
}

static void
accept (File *f, const Line *l)
{
  GString *out = g_string_new (NULL);

  if (l->bad) {
    g_string_free (out, TRUE);
    return;
  }
  g_string_append_printf (out, "%s,%s,P%u,%c,%u,%u,", l->school, l->period, l->grade + 1, "MF"[l->sex], l -> examined,
                          l -> myopic);
  for (guint i = 0; i < 3; i++)
    g_string_append_printf (out, l->has_parts ? "%u," : ",", l->parts[i]);
  g_ptr_array_add (f->accepted, g_string_free (out, FALSE));
}

static void put (File *f, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A cell and its separator: full-width digits, quotes and spaces now and then. */
static void
put (File *f, const char *format, ...)
{
  g_autofree char *cell = NULL;
  guint dress = mix (f->number, (guint)f->text->len) % 23;
  va_list ap;

  va_start (ap, format);
  cell = g_strdup_vprintf (format, ap);
  va_end (ap);
  if (dress == 0)
    for (const char *p = cell; *p != '\0'; p++)
      if (g_ascii_isdigit (*p))
        g_string_append_unichar (f->text, 0xFF10 + (gunichar)(*p - '0'));
      else
        g_string_append_c (f->text, *p);
  else
    g_string_append_printf (f->text, dress == 1 ? "\"%s\"" : dress == 2 ? "%s " : "%s", cell);
  g_string_append (f->text, f->separator);
}

static void
end_row (File *f)
{
  g_string_truncate (f->text, f->text->len - strlen (f->separator));
  g_string_append (f->text, f->ending);
}

static void
write_long (File *f, guint school, guint period)
{
  for (guint cell = 0; cell < GRADES * 2; cell++) {
    Line l = make_line (f, school, period, cell / 2, cell % 2);

    put (f, "%s", l.school);
    put (f, "%s", l.period);
    put (f, "%s", grade_names[l.grade]);
    put (f, "%s", l.sex == 0 ? "男" : "女");
    put (f, "%u", l.examined);
    put (f, "%u", l.myopic);
    for (guint i = 0; i < 3; i++)
      put (f, l.has_parts ? "%u" : "-", l.parts[i]);
    end_row (f);
    accept (f, &l);
  }
}

static void
write_wide (File *f, guint school, guint period)
{
  Line first = make_line (f, school, period, 0, 0);

  put (f, "%s", first.school);
  put (f, "%s", first.period);
  for (guint cell = 0; cell < GRADES * 2; cell++) {
    Line l = make_line (f, school, period, cell / 2, cell % 2);

    put (f, "%u", l.examined);
    put (f, "%u", l.myopic);
    accept (f, &l);
  }
  end_row (f);
}

static void
write_header (File *f)
{
  static const char *const tall[] = { "学校代码", "统计时期",     "年级",         "性别",        "检查人数",
                                      "近视人数", "轻度近视人数", "中度近视人数", "高度近视人数" };

  for (guint i = 0; i < (f->wide ? 2 : G_N_ELEMENTS (tall)); i++)
    g_string_append_printf (f->text, "%s%s", tall[i], f->separator);
  for (guint cell = 0; f->wide && cell < GRADES * 2; cell++)
    for (guint i = 4; i < 6; i++)
      g_string_append_printf (f->text, "%s%s%s%s", grade_names[cell / 2], cell % 2 == 0 ? "男" : "女", tall[i],
                              f->separator);
  end_row (f);
}

static File
make_file (guint number, guint schools, GPtrArray *accepted)
{
  guint rest = number / G_N_ELEMENTS (writings);
  File f = { number,
             schools,
             &writings[number % G_N_ELEMENTS (writings)],
             separators[rest % G_N_ELEMENTS (separators)],
             endings[rest / G_N_ELEMENTS (separators) % G_N_ELEMENTS (endings)],
             rest / G_N_ELEMENTS (separators) / G_N_ELEMENTS (endings) == 1,
             g_string_new (NULL),
             accepted };

  write_header (&f);
  for (guint school = 0; school < schools; school++)
    for (guint period = 0; period < PERIODS; period++)
      (f.wide ? write_wide : write_long) (&f, school, period);
  return f;
}

static void
fill_inbox (const Site *site, guint schools, GPtrArray *accepted)
{
  g_autoptr (GString) list = g_string_new ("school_code,name,district_code,stage,ownership\n");

  g_free (site_file (site, "inbox/schools.csv", ""));
  for (guint number = 0; number < FILES; number++) {
    File f = make_file (number, schools, accepted);
    g_autofree char *name = g_strdup_printf ("%s/inbox/myopia%02u.csv", site->state, number);
    g_autoptr (GBytes) bytes = export_encode (f.text->str, f.writing->iconv, f.writing->mark);
    gsize length = 0;
    const char *data = g_bytes_get_data (bytes, &length);

    assert_true (g_file_set_contents (name, data, (gssize)length, NULL));
    g_string_free (f.text, TRUE);
    for (guint school = 0; school < schools; school++) {
      Line l = make_line (&f, school, 0, 0, 0);

      g_string_append_printf (list, "%s,School %s,%.6s,primary,public\n", l.school, l.school, l.school);
    }
  }
  g_free (site_file (site, "inbox/schools.csv", list->str));
}

static int
by_text (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The first columns of what the view exports, a line each, ended as accept() ends them. */
static GPtrArray *
export_view (const Site *site)
{
  g_autofree char *line = g_strdup_printf ("@db export myopia --out %s/out --today 2022-12-31", site->state);
  g_autofree char *path = g_build_filename (site->state, "out", "myopia.csv", NULL), *text = NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_free);
  char *at = NULL, *end = NULL;

  site_expect (site, line, 0, "");
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, EXPORTED);
  assert_non_null (at);
  for (at = strstr (at, "\r\n") + 2; (end = strstr (at, "\r\n")) != NULL; at = end + 2) {
    char *p = at;

    for (guint comma = 0; comma < 9 && p != NULL && p < end; comma++)
      p = strchr (p, ',') + 1;
    g_ptr_array_add (rows, g_strndup (at, (gsize)(p - at)));
  }
  return rows;
}

static void
compare_rows (GPtrArray *found, GPtrArray *wanted)
{
  g_ptr_array_sort (found, by_text);
  g_ptr_array_sort (wanted, by_text);
  for (guint i = 0; i < MIN (found->len, wanted->len); i++)
    if (strcmp (found->pdata[i], wanted->pdata[i]) != 0)
      fail_msg ("%s, not %s", (char *)found->pdata[i], (char *)wanted->pdata[i]);
  assert_int_equal (found->len, wanted->len);
}

static void
monitor__every_encoding_and_layout__gives_the_accepted_rows_to_the_cell (void **state)
{
  const char *wish = g_getenv ("PLUMB_ROUND_TRIP_ROWS");
  guint rows = wish != NULL ? (guint)g_ascii_strtoull (wish, NULL, 10) : DEFAULT_ROWS;
  guint schools = (rows + FILES * ROWS_A_SCHOOL - 1) / (FILES * ROWS_A_SCHOOL);
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_free), exported = NULL;
  g_autoptr (Site) site = site_new ();

  (void)state;
  fill_inbox (site, schools, accepted);
  site_expect (site, "@db ingest --rejects-ok --today 2022-12-31", 0, "");
  site_expect_sql (site,
                   "select string_agg(encoding || ' ' || n, ', ' order by encoding) from (select encoding, count(*) n"
                   " from plumbline.batch where feed = 'myopia' and status = 'loaded' group by encoding) b",
                   "GB18030 18, UTF-16BE 18, UTF-16LE 18, UTF-8 18, UTF-8-BOM 18");
  exported = export_view (site);
  assert_true (accepted->len < FILES * schools * ROWS_A_SCHOOL);
  compare_rows (exported, accepted);
  print_message ("# %u rows in, %u accepted and exported, %d files\n", FILES * schools * ROWS_A_SCHOOL, exported->len,
                 FILES);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (monitor__every_encoding_and_layout__gives_the_accepted_rows_to_the_cell),
  };

  if (site_program () == NULL)
    return 1;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
