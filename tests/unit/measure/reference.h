/* tests/unit/measure/reference.h: reading the figures in reference/ (see README.md there for where each comes from). */
#pragma once

#include "domain/panel.h"
#include "measure/table.h"
#include <math.h>
#include <string.h>

static inline Table *
reference_read (const char *name)
{
  g_autofree char *folder = g_path_get_dirname (__FILE__);
  g_autofree char *path = g_build_filename (folder, "reference", name, NULL);
  g_autoptr (GError) error = NULL;
  Table *table = table_read (path, &error);

  if (table == NULL)
    g_error ("%s", error->message);
  return table;
}

static inline const char *
reference_text (const Table *table, guint row, const char *column)
{
  int place = table_column (table, column);

  if (place < 0)
    g_error ("%s has no column %s", table->name, column);
  return ((TableRow *)table->rows->pdata[row])->field[place];
}

/* NAN for NA and empty. */
static inline double
reference_number (const Table *table, guint row, const char *column)
{
  const char *text = reference_text (table, row, column);

  return *text == '\0' || strcmp (text, "NA") == 0 ? NAN : g_ascii_strtod (text, NULL);
}

/* A district's panel of 02_school_panel.csv: strata by level, or one called "all"; @t NAN: every wave. */
static inline Panel *
reference_panel (const Table *schools, const char *district, gboolean by_level, double t)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (PanelRow));

  for (guint i = 0; i < schools->rows->len; i++) {
    PanelRow row = { .school = reference_text (schools, i, "school"),
                     .stratum = by_level ? reference_text (schools, i, "level") : "all",
                     .t = reference_number (schools, i, "t"),
                     .n = reference_number (schools, i, "screened"),
                     .x = reference_number (schools, i, "myopic") };

    if ((district == NULL || strcmp (reference_text (schools, i, "district"), district) == 0)
        && (isnan (t) || row.t == t))
      g_array_append_val (rows, row);
  }
  return panel_new ((const PanelRow *)(gpointer)rows->data, rows->len, NULL);
}
