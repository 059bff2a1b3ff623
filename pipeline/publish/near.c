#include "program_parts.h"

#include <math.h>
#include <string.h>

/* A small program of the rows around one: its own sums whole where they have few parts, of longer ones a few parts.
   Everything else stays as it is in truth. It is solved for whole numbers in milliseconds where the one of all rows
   takes minutes. */
#define NEAR_ROWS 220
#define FEW_PARTS 26
#define OTHER_PARTS 3
/* Nodes and not time, so that every machine finds the same. */
#define NEAR_NODES 500

typedef struct {
  const Program *p;
  GArray *rows;    /* guint, in the order in which they were reached */
  guint8 *is_near; /* by row */
  int *local;      /* by column: its number in the small program, 0 for those that stay */
  GArray *columns; /* int: columns of the small program, in order */
} Near;

static void
reach (Near *near, guint row)
{
  if (near->is_near[row] || near->rows->len >= NEAR_ROWS)
    return;
  near->is_near[row] = TRUE;
  g_array_append_val (near->rows, row);
}

/* Hidden parts first: they may be anything. */
static void
reach_others (Near *near, const Sum *sum, guint from)
{
  guint others = 0;

  for (guint shown = 0; shown <= 1; shown++)
    for (guint j = 0; j < sum->parts->len && others < OTHER_PARTS; j++) {
      guint part = g_array_index (sum->parts, guint, (j + from) % sum->parts->len);

      if (disclosure_row (near->p->d, part)->x_shown == (shown == 1) && !near->is_near[part]) {
        reach (near, part);
        others++;
      }
    }
}

static void
reach_sum (Near *near, const Sum *sum, guint from)
{
  reach (near, sum->parent);
  if (sum->parts->len > FEW_PARTS)
    reach_others (near, sum, from);
  for (guint j = 0; sum->parts->len <= FEW_PARTS && j < sum->parts->len; j++)
    reach (near, g_array_index (sum->parts, guint, j));
}

static void
reach_rows (Near *near, guint row)
{
  const Program *p = near->p;

  reach (near, row);
  for (guint i = 0; i < near->rows->len; i++) {
    guint at = g_array_index (near->rows, guint, i);
    const GArray *sums = p->sums_of->pdata[at];

    for (guint j = 0; j < sums->len; j++)
      reach_sum (near, p->d->sums->pdata[g_array_index (sums, guint, j)], row);
  }
}

static void
take_column (Near *near, int column)
{
  if (near->local[column] != 0)
    return;
  g_array_append_val (near->columns, column);
  near->local[column] = (int)near->columns->len;
}

static void
add_column (glp_prob *lp, int number, Range range)
{
  glp_set_col_bnds (lp, number, range.low == range.high ? GLP_FX : GLP_DB, (double)range.low, (double)range.high);
  glp_set_col_kind (lp, number, GLP_IV);
}

/* What the columns that stay leave of a bound. */
static void
add_bound (const Near *near, glp_prob *lp, const Bound *bound)
{
  g_autofree int *columns = g_new (int, bound->columns->len + 1);
  g_autofree double *signs = g_new (double, bound->columns->len + 1);
  gint64 rest = 0;
  int n = 0, row = glp_add_rows (lp, 1);
  gboolean has_low = bound->low != G_MININT64, has_high = bound->high != G_MAXINT64;

  for (guint j = 0; j < bound->columns->len; j++) {
    int column = g_array_index (bound->columns, int, j);
    double sign = g_array_index (bound->signs, double, j);

    if (near->local[column] == 0) {
      rest += (gint64)sign * near->p->point[column];
      continue;
    }
    columns[++n] = near->local[column];
    signs[n] = sign;
  }
  glp_set_mat_row (lp, row, n, columns, signs);
  glp_set_row_bnds (lp, row,
                    bound->low == bound->high ? GLP_FX
                    : has_low && has_high     ? GLP_DB
                    : has_low                 ? GLP_LO
                                              : GLP_UP,
                    has_low ? (double)(bound->low - rest) : 0, has_high ? (double)(bound->high - rest) : 0);
}

static void
add_bounds (const Near *near, glp_prob *lp)
{
  g_autofree guint8 *added = g_new0 (guint8, MAX (near->p->bounds->len, 1));

  for (guint i = 0; i < near->columns->len; i++) {
    const GArray *bounds = near->p->bounds_of->pdata[g_array_index (near->columns, int, i)];

    for (guint j = 0; j < bounds->len; j++) {
      guint bound = g_array_index (bounds, guint, j);

      if (!added[bound])
        add_bound (near, lp, near->p->bounds->pdata[bound]);
      added[bound] = TRUE;
    }
  }
}

/* The watched number between @least and @most; no objective, the first table will do. */
static void
add_wish (const Near *near, glp_prob *lp, const Watch *watch, gint64 least, gint64 most)
{
  int x = near->local[x_column (watch->row)], n = near->local[near->p->n_column[watch->row]];
  int row = glp_add_rows (lp, 1);
  const int columns[] = { 0, watch->what == QUANTITY_X ? x : n, x };
  const double signs[] = { 0, 1, -1 };

  glp_set_mat_row (lp, row, watch->what == QUANTITY_REST ? 2 : 1, columns, signs);
  glp_set_row_bnds (lp, row, most == G_MAXINT64 ? GLP_LO : GLP_UP, (double)least, (double)most);
}

static void
stop_searching (glp_tree *tree, void *data)
{
  guint *nodes = data;

  if (glp_ios_reason (tree) == GLP_ISELECT && ++*nodes > NEAR_NODES)
    glp_ios_terminate (tree);
}

static gboolean
solve_near (const Near *near, Program *p, glp_prob *lp)
{
  glp_iocp control;
  guint nodes = 0;

  glp_init_iocp (&control);
  control.msg_lev = GLP_MSG_OFF;
  control.presolve = GLP_ON;
  control.cb_func = stop_searching;
  control.cb_info = &nodes;
  if (glp_intopt (lp, &control) != 0 || (glp_mip_status (lp) != GLP_OPT && glp_mip_status (lp) != GLP_FEAS))
    return FALSE;
  for (guint i = 0; i < near->columns->len; i++)
    p->point[g_array_index (near->columns, int, i)] = (gint64)round (glp_mip_col_val (lp, (int)i + 1));
  return program_point_holds (p);
}

static gboolean
try_near (Near *near, Program *p, const Watch *watch, gint64 least, gint64 most)
{
  glp_prob *lp = glp_create_prob ();
  gboolean found = FALSE;

  reach_rows (near, watch->row);
  for (guint i = 0; i < near->rows->len; i++) {
    guint row = g_array_index (near->rows, guint, i);

    take_column (near, x_column (row));
    take_column (near, p->n_column[row]);
  }
  glp_add_cols (lp, (int)near->columns->len);
  for (guint i = 0; i < near->columns->len; i++)
    add_column (lp, (int)i + 1, p->ranges[g_array_index (near->columns, int, i)]);
  add_bounds (near, lp);
  add_wish (near, lp, watch, least, most);
  found = solve_near (near, p, lp);
  glp_delete_prob (lp);
  return found;
}

gboolean
program_near (Program *p, const Watch *watch, gint64 least, gint64 most)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree guint8 *is_near = g_new0 (guint8, p->d->rows->len);
  g_autofree int *local = g_new0 (int, p->n_columns + 1);
  Near near = { p, rows, is_near, local, columns };

  program_set_truth (p);
  p->solved++;
  return try_near (&near, p, watch, least, most);
}
