/* include/report/chart_place.h: labels on a picture that touch neither each other nor, if possible, the lines. */
#pragma once

#include <glib.h>

typedef struct {
  double x0, y0, x1, y1;
} Box;

typedef struct {
  Box frame;        /* no label leaves it */
  GArray *boxes;    /* Box: taken */
  GArray *segments; /* Box as line from (x0, y0) to (x1, y1): better not crossed */
} Placing;

Placing *placing_new (Box frame);
void placing_free (Placing *placing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Placing, placing_free)

void placing_block (Placing *placing, Box box);
void placing_line (Placing *placing, double x0, double y0, double x1, double y1);

typedef struct {
  double x, y; /* middle of the label */
} Spot;

/* placing_put: takes the first of @spots where a label of @width x @height touches nothing, else the one that crosses
   the fewest lines, and blocks it. FALSE when each would touch another box or leave the frame, or, with @strict, cross
   a line. */
gboolean
placing_put (Placing *placing, const Spot spots[], guint n, double width, double height, gboolean strict, Box *out);

/* placing_text_width: an upper estimate in pixels for a sans-serif face at @size; Chinese characters are square. */
double placing_text_width (const char *text, double size);
