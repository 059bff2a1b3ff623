/* pipeline/publish/program_parts.h: what a Program is made of, for those who solve it. */
#pragma once

#include "program.h"
#include "table.h"

#include <glpk.h>

typedef enum { QUANTITY_X, QUANTITY_REST, QUANTITY_N } Quantity;

/* A number that nobody may know too well, and the span of the tables found so far. */
typedef struct {
  guint row;
  Quantity what;
  Range seen;
} Watch;

/* sum of sign x column, of the program's columns, between low and high. */
typedef struct {
  GArray *columns; /* int, from 1 */
  GArray *signs;   /* double */
  gint64 low, high;
} Bound;

typedef struct _Repair Repair;

struct _Program {
  const Disclosure *d;
  glp_prob *lp;
  guint n_columns;
  int *n_column; /* of each row's denominator; that of its numerator is row + 1 */
  GPtrArray *bounds;
  GArray *watches;
  Range *ranges; /* of each column, from 1 */
  gint64 *point; /* a whole table, by column from 1 */
  Repair *repair;
  guint unsafe; /* watch that was last found so */
  guint solved;
};

static inline int
x_column (guint row)
{
  return (int)row + 1;
}

/* quantity_of: the watched number in p->point. */
gint64 quantity_of (const Program *p, const Watch *watch);
/* program_set_truth: the true counts into p->point. */
void program_set_truth (Program *p);
/* program_point_holds: whether p->point is a table that agrees with everything, in whole numbers: nothing rests on a
   solver's tolerances. */
gboolean program_point_holds (const Program *p);

/* program_lists: @n empty arrays. */
GPtrArray *program_lists (guint n, guint size);

/* repair_new: @p is borrowed, complete but for this. */
Repair *repair_new (Program *p);
void repair_free (Repair *r);
/* repair_find: a table that holds in which the watched number is at least @least and at most @most; it is left in
 * p->point. That none is found does not mean that there is none. */
gboolean repair_find (Repair *r, const Watch *watch, gint64 least, gint64 most);
