#include "base/grid.h"

#include "base/text.h"

#define GAP 2

struct _Table {
  GPtrArray *rows; /* GPtrArray of char * */
  gboolean is_row_open;
};

Grid *
grid_new (void)
{
  Grid *grid = g_new0 (Grid, 1);

  grid->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  return grid;
}

void
grid_free (Grid *grid)
{
  if (grid == NULL)
    return;
  g_ptr_array_unref (grid->rows);
  g_free (grid);
}

void
grid_cell (Grid *grid, const char *text)
{
  if (!grid->is_row_open)
    g_ptr_array_add (grid->rows, g_ptr_array_new_with_free_func (g_free));
  grid->is_row_open = TRUE;
  g_ptr_array_add (g_ptr_array_index (grid->rows, grid->rows->len - 1), text_line (text));
}

void
grid_end_row (Grid *grid)
{
  grid->is_row_open = FALSE;
}

static guint
width (const char *text)
{
  guint columns = 0;

  for (const char *p = text; *p != '\0'; p = text_next (p)) {
    gunichar c = g_utf8_get_char (p);

    columns += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return columns;
}

static GArray *
column_widths (const Grid *grid)
{
  GArray *widths = g_array_new (FALSE, TRUE, sizeof (guint));

  for (guint i = 0; i < grid->rows->len; i++) {
    const GPtrArray *row = g_ptr_array_index (grid->rows, i);

    if (widths->len < row->len)
      g_array_set_size (widths, row->len);
    for (guint j = 0; j < row->len; j++)
      g_array_index (widths, guint, j) = MAX (g_array_index (widths, guint, j), width (g_ptr_array_index (row, j)));
  }
  return widths;
}

void
grid_print (const Grid *grid, FILE *out)
{
  g_autoptr (GArray) widths = column_widths (grid);

  for (guint i = 0; i < grid->rows->len; i++) {
    const GPtrArray *row = g_ptr_array_index (grid->rows, i);

    for (guint j = 0; j < row->len; j++) {
      const char *cell = g_ptr_array_index (row, j);
      guint pad = j + 1 < row->len ? g_array_index (widths, guint, j) - width (cell) + GAP : 0;

      fprintf (out, "%s%*s", cell, (int)pad, "");
    }
    fputc ('\n', out);
  }
}
