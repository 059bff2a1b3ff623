/* include/base/grid.h: rows of text in columns, as a terminal shows them: a Chinese character is two columns wide. */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef struct _Table Grid;

Grid *grid_new (void);
void grid_free (Grid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Grid, grid_free)

/* grid_cell: appends a cell to the last row; grid_end_row: the next cell begins a new row. Text is copied. */
void grid_cell (Grid *grid, const char *text);
void grid_end_row (Grid *grid);

/* grid_print: every column as wide as its widest cell, two spaces between; rows may differ in length. */
void grid_print (const Grid *grid, FILE *out);
