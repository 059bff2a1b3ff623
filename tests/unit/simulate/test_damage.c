/* What the reading of the exports finds, against what the simulation says it put there. */
#include "simulate/simulate.h"

#include "base/folder.h"
#include "extract/extract.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define TODAY "2023-01-05"

static char *folder;
static Catalogue *catalogue;
static Register *reg;
static GPtrArray *files; /* names of all exports, the register's first */

/* Numbers of the loaded long rows: row after row, a place for each column of the feed. */
typedef struct {
  const Feed *feed;
  GPtrArray *keys; /* "feed,district,period", one a row */
  GArray *numbers; /* double; NAN where the column is no number or empty */
} Rows;

static guint32
today (void)
{
  Period period;

  assert_true (period_parse (TODAY, &period));
  return g_date_get_julian (&period.first);
}

static guint
place (const Feed *feed, const char *column_name)
{
  for (guint i = 0; i < feed->columns->len; i++)
    if (g_str_equal (((const FeedColumn *)feed->columns->pdata[i])->column_name, column_name))
      return i;
  return G_MAXUINT;
}

static gboolean
begin (const Layout *layout, gpointer data, GError **error)
{
  Rows *rows = data;

  (void)error;
  assert_true (layout->simulated);
  rows->feed = layout->feed;
  return TRUE;
}

static double
cell_number (const FeedColumn *column, const Cell *cell)
{
  if (cell->verdict != CELL_OK)
    return -1.0;
  if (column->type == TYPE_COUNT)
    return (double)cell->as.count;
  return column->type == TYPE_NUMBER ? cell->as.number : -1.0;
}

static char *
cell_text (const LongRow *row, const Feed *feed, const char *column)
{
  const Cell *cell = &row->cells[place (feed, column)];

  return g_strndup (cell->text, cell->length); /* a cell does not end in NUL */
}

static gboolean
take (const LongRow *row, gpointer data, GError **error)
{
  Rows *rows = data;
  g_autofree char *period = cell_text (row, rows->feed, "period");

  (void)error;
  g_ptr_array_add (rows->keys, g_strdup_printf ("%s,%s,%s", rows->feed->feed, row->district_code, period));
  for (guint i = 0; i < rows->feed->columns->len; i++) {
    double number = cell_number (rows->feed->columns->pdata[i], &row->cells[i]);

    g_array_append_val (rows->numbers, number);
  }
  return TRUE;
}

static gboolean
enroll (const LongRow *row, gpointer data, GError **error)
{
  const Feed *feed = catalogue_feed (catalogue, "schools");
  g_autofree char *code = cell_text (row, feed, "school_code");
  g_autofree char *name = cell_text (row, feed, "name");
  g_autofree char *district = cell_text (row, feed, "district_code");
  g_autofree char *stage = cell_text (row, feed, "stage");
  const Cell *to = &row->cells[place (feed, "valid_to")];

  (void)data;
  (void)error;
  register_add (reg, code, name, district, stage, row->cells[place (feed, "valid_from")].as.day,
                to->verdict == CELL_OK ? to->as.day : REGISTER_NO_END);
  return TRUE;
}

static gboolean
begin_register (const Layout *layout, gpointer data, GError **error)
{
  (void)layout;
  (void)data;
  (void)error;
  return TRUE;
}

static void
read_file (const char *name, const RowSink *sink, Extract *out)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const ExtractOptions options = { .catalogue = catalogue, .reg = reg, .today = today () };
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (AT_FDCWD, path, &fault);
  g_autoptr (GError) error = NULL;

  assert_non_null (source);
  assert_true (extract_file (source, &options, sink, out, &error));
}

/* The rows of a file of the truth; free each with g_strfreev(). */
static GPtrArray *
read_truth (const char *name)
{
  g_autofree char *path = g_build_filename (folder, "truth", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_ptr_array_add (rows, g_strsplit (lines[i], ",", -1));
  return rows;
}

static int
make_city (void **state)
{
  SimulateSummary summary = { 0 };
  SimulateOptions options = { .seed = 1 };
  g_autoptr (GPtrArray) truth = NULL;
  const RowSink sink = { begin_register, enroll, NULL };

  (void)state;
  folder = g_dir_make_tmp ("plumbline-damage-XXXXXX", NULL);
  options.out = folder;
  catalogue = catalogue_read ("seeds", NULL);
  if (catalogue == NULL || !simulate_run (&options, &summary, NULL))
    return -1;
  reg = register_new (catalogue);
  truth = read_truth ("file.csv");
  files = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < truth->len; i++) {
    char **row = g_ptr_array_index (truth, i);
    g_auto (Extract) extract = { 0 };

    g_ptr_array_add (files, g_strdup (row[0]));
    if (g_str_equal (row[1], "schools"))
      read_file (row[0], &sink, &extract);
  }
  return 0;
}

static int
free_city (void **state)
{
  (void)state;
  g_ptr_array_unref (files);
  register_free (reg);
  catalogue_free (catalogue);
  folder_remove (folder);
  g_free (folder);
  return 0;
}

static int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Both are "file,line,rule"; fails naming the first that only one of them has. */
static void
assert_same_findings (GPtrArray *found, GPtrArray *planned)
{
  g_ptr_array_sort (found, compare_texts);
  g_ptr_array_sort (planned, compare_texts);
  for (guint i = 0; i < MAX (found->len, planned->len); i++) {
    const char *a = i < found->len ? g_ptr_array_index (found, i) : "nothing";
    const char *b = i < planned->len ? g_ptr_array_index (planned, i) : "nothing";

    if (!g_str_equal (a, b))
      fail_msg ("found %s, planned %s", a, b);
  }
}

static void
extract_file__the_damaged_city__finds_what_was_put_there_and_nothing_else (void **state)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) planned = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) damage = read_truth ("damage.csv");

  (void)state;
  for (guint i = 0; i < files->len; i++) {
    g_auto (Extract) extract = { 0 };
    const char *name = g_ptr_array_index (files, i);

    read_file (name, NULL, &extract);
    for (guint k = 0; k < extract.rejects->kept->len; k++) {
      const Reject *reject = g_ptr_array_index (extract.rejects->kept, k);
      gboolean nowhere = reject->rule->level == LEVEL_TEMPLATE || g_str_equal (reject->rule->rule, "R-SCHOOL-UNKNOWN");

      if ((*reject->district_code == '\0') != nowhere)
        fail_msg ("%s line %u: the district is '%s'", name, reject->line, reject->district_code);
      g_ptr_array_add (found,
                       g_strdup_printf ("%s,%u,%s", name, reject->rule->level == LEVEL_TEMPLATE ? 0 : reject->line,
                                        reject->rule->rule));
    }
  }
  for (guint i = 0; i < damage->len; i++) {
    char **row = g_ptr_array_index (damage, i);

    if (*row[2] != '\0')
      g_ptr_array_add (planned,
                       g_strdup_printf ("%s,%s,%s", row[0], g_str_equal (row[2], "R-QUOTE") ? "0" : row[1], row[2]));
  }
  assert_same_findings (found, planned);
}

static void
add_sums (GHashTable *sums, const Rows *rows, const Extract *extract)
{
  guint width = rows->feed->columns->len;
  g_autoptr (GHashTable) withdrawn = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < extract->withdrawn->len; i++)
    g_hash_table_add (withdrawn, GUINT_TO_POINTER (g_array_index (extract->withdrawn, guint, i)));
  for (guint i = 0; i < rows->keys->len; i++)
    for (guint c = 0; c < width && !g_hash_table_contains (withdrawn, GUINT_TO_POINTER (i)); c++) {
      const FeedColumn *column = g_ptr_array_index (rows->feed->columns, c);
      double number = g_array_index (rows->numbers, double, i *width + c);
      char *key = g_strdup_printf ("%s,%s", (char *)g_ptr_array_index (rows->keys, i), column->column_name);
      double *sum = g_hash_table_lookup (sums, key);

      if (number < 0.0) {
        g_free (key);
        continue;
      }
      if (sum == NULL) {
        sum = g_new0 (double, 2);
        g_hash_table_insert (sums, g_strdup (key), sum);
      }
      sum[0] += 1.0;
      sum[1] += number;
      g_free (key);
    }
}

static void
extract_file__the_damaged_city__what_is_left_adds_up_as_expected (void **state)
{
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) expected = read_truth ("expected.csv");
  g_autoptr (GPtrArray) truth = read_truth ("file.csv");
  guint compared = 0;

  (void)state;
  for (guint i = 0; i < files->len; i++) {
    Rows rows = { NULL, g_ptr_array_new_with_free_func (g_free), g_array_new (FALSE, FALSE, sizeof (double)) };
    const RowSink sink = { begin, take, &rows };
    g_auto (Extract) extract = { 0 };
    char **file = g_ptr_array_index (truth, i);

    if (!g_str_equal (file[1], "schools"))
      read_file (file[0], &sink, &extract);
    assert_int_equal (extract.refused, g_str_equal (file[8], "refused"));
    if (rows.feed != NULL && g_str_equal (file[8], "loaded"))
      add_sums (sums, &rows, &extract);
    g_ptr_array_unref (rows.keys);
    g_array_unref (rows.numbers);
  }
  for (guint i = 0; i < expected->len; i++) {
    char **row = g_ptr_array_index (expected, i);
    g_autofree char *key = g_strdup_printf ("%s,%s,%s,%s", row[0], row[1], row[2], row[3]);
    const double *sum = g_hash_table_lookup (sums, key);

    if (g_str_equal (row[0], "schools"))
      continue;
    if (sum == NULL)
      fail_msg ("nothing of %s was read", key);
    if (sum[0] != g_ascii_strtod (row[4], NULL) || sum[1] != g_ascii_strtod (row[5], NULL))
      fail_msg ("%s: %.0f rows, sum %.1f; expected %s, %s", key, sum[0], sum[1], row[4], row[5]);
    compared++;
  }
  assert_int_equal (compared, g_hash_table_size (sums));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (extract_file__the_damaged_city__finds_what_was_put_there_and_nothing_else),
    cmocka_unit_test (extract_file__the_damaged_city__what_is_left_adds_up_as_expected),
  };

  return cmocka_run_group_tests (tests, make_city, free_city);
}
