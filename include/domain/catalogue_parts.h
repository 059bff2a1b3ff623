/* include/domain/catalogue_parts.h: how the catalogue's files are read; for pipeline/domain/catalogue*.c alone. */
#pragma once

#include "domain/catalogue.h"
#include "domain/csvtable.h"

#define CATALOGUE_MAX_MISTAKES 20
#define CATALOGUE_MAX_NAME 40 /* bytes of a name that becomes an SQL identifier, room left for _history_2022 */

/* Mistakes found so far, one a line. */
typedef struct {
  GString *text;
  guint count;
  const Catalogue *catalogue; /* whose headers tell a cell's number */
} Mistakes;

/* One row of a file being read. Cells are fetched by the names of the file's columns. */
typedef struct {
  Mistakes *mistakes;
  const char *file;     /* interned */
  const CsvRow *header; /* the names as they stand */
  const CsvRow *row;
  gboolean skip_unknown_feed; /* the file is inherited from another catalogue */
} Cells;

typedef void (*RowReader) (Cells *cells, Catalogue *c);

typedef struct {
  const char *name; /* area.csv */
  const char *const *columns;
  RowReader read;
  gboolean inherited; /* may be taken from a folder above */
} CatalogueFile;

extern const CatalogueFile catalogue_files[];
extern const guint catalogue_n_files;

/* mistake_in: about a file, or one of its lines (0 when none). mistake_at: at a cell of a row that was read before.
   mistake: at a cell of the row being read. */
void mistake_in (Mistakes *m, const char *file, guint line, const char *format, ...) G_GNUC_PRINTF (4, 5);
void
mistake_at (Mistakes *m, CatalogueOrigin at, const char *column_name, const char *format, ...) G_GNUC_PRINTF (4, 5);
void mistake (const Cells *cells, const char *column_name, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Cells of the row being read. Each notes a mistake and returns a harmless value when the cell is not what it should
   be; texts are newly allocated. */
const char *cell_raw (const Cells *cells, const char *column_name); /* "" when the file has no such column; borrowed */
char *cell_text (const Cells *cells, const char *column_name);      /* may be empty */
char *cell_some (const Cells *cells, const char *column_name);      /* not empty */
char *cell_name (const Cells *cells, const char *column_name);      /* an SQL identifier: [a-z_][a-z0-9_]* */
char *cell_code (const Cells *cells, const char *column_name);      /* letters, digits, _ and - */
char *
cell_date (const Cells *cells, const char *column_name, const char *if_empty); /* ISO; @if_empty NULL: not empty */
char *cell_period (const Cells *cells, const char *column_name);               /* canonical or "" */
int cell_word (const Cells *cells, const char *column_name, const char *const words[]); /* index; 0 after a mistake */
gboolean cell_yes (const Cells *cells, const char *column_name);
double cell_number (const Cells *cells, const char *column_name, double low, double high); /* NAN when empty */
int cell_count (const Cells *cells, const char *column_name, int high);
char *cell_stages (const Cells *cells, const char *column_name); /* stages separated by ';', or "" */
CatalogueOrigin cell_origin (const Cells *cells);
Feed *cell_feed (const Cells *cells, const Catalogue *c); /* that column feed names; NULL after a mistake; borrowed */

gboolean is_date (const char *text);
gboolean is_period (const char *text);
gboolean is_number (const char *text, double *value); /* finite, the whole text, a point before decimals */
gboolean is_name (const char *text);
/* word_index: place of @word in @words, -1 when it is none of them. */
int word_index (const char *word, const char *const words[]);

/* Rows, file by file, in the order in which they are read. */
void catalogue_read_area (Cells *cells, Catalogue *c);
void catalogue_read_feed (Cells *cells, Catalogue *c);
void catalogue_read_column (Cells *cells, Catalogue *c);
void catalogue_read_value (Cells *cells, Catalogue *c);
void catalogue_read_alias (Cells *cells, Catalogue *c);
void catalogue_read_rule (Cells *cells, Catalogue *c);
void catalogue_read_indicator (Cells *cells, Catalogue *c);
void catalogue_read_plan (Cells *cells, Catalogue *c);
void catalogue_read_target (Cells *cells, Catalogue *c);
void catalogue_read_threshold (Cells *cells, Catalogue *c);
void catalogue_read_recipient (Cells *cells, Catalogue *c);
void catalogue_read_text (Cells *cells, Catalogue *c);

/* catalogue_misfit: why @value (canonical) cannot stand in a column of @type and @domain; NULL when it can. */
const char *catalogue_misfit (const Catalogue *c, ColumnType type, const char *domain, const char *value);
void catalogue_add_alias (Feed *feed, FeedAlias *alias);

/* catalogue_check_…: what only shows when every file is read: references, completeness, agreement between rows. */
void catalogue_check_areas (const Catalogue *c, Mistakes *m);
void catalogue_check_feeds (const Catalogue *c, Mistakes *m);
void catalogue_check_units (const Catalogue *c, Mistakes *m);
void catalogue_check_thresholds (const Catalogue *c, Mistakes *m);

void catalogue_area_free (gpointer area);
void catalogue_feed_free (gpointer feed);
void catalogue_value_free (gpointer value);
void catalogue_rule_free (gpointer rule);
void catalogue_indicator_free (gpointer indicator);
void catalogue_plan_free (gpointer plan);
void catalogue_target_free (gpointer target);
void catalogue_threshold_free (gpointer threshold);
void catalogue_recipient_free (gpointer recipient);
