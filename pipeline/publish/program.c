#include "program.h"

#include "base/error.h"
#include "table.h"

#include <glpk.h>
#include <math.h>
#include <string.h>

#define SIMPLEX_MS 20000
#define BRANCH_MS 5000
/* A reader may think of larger hidden rows; to think of fewer tables makes nothing look safer than it is, and keeps the
 * numbers small. */
#define ROOM 1000
#define WHOLE 1e-6 /* how far from a whole number a column may end */
#define MAX_SPREADS 12

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

struct _Program {
  const Disclosure *d;
  glp_prob *lp;
  guint n_columns;
  int *n_column; /* of each row's denominator; that of its numerator is row + 1 */
  GPtrArray *bounds;
  GArray *watches;
  Range *ranges; /* of each column, from 1 */
  gint64 *point; /* a whole table, by column from 1 */
  guint solved;
};

static void
bound_free (gpointer data)
{
  Bound *bound = data;

  g_array_unref (bound->columns);
  g_array_unref (bound->signs);
  g_free (bound);
}

void
program_free (Program *p)
{
  if (p == NULL)
    return;
  glp_delete_prob (p->lp);
  g_ptr_array_unref (p->bounds);
  g_array_unref (p->watches);
  g_free (p->n_column);
  g_free (p->ranges);
  g_free (p->point);
  g_free (p);
}

guint
program_solved (const Program *p)
{
  return p->solved;
}

static int
x_column (guint row)
{
  return (int)row + 1;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static Bound *
bound_new (Program *p, gint64 low, gint64 high)
{
  Bound *bound = g_new0 (Bound, 1);

  bound->columns = g_array_new (FALSE, FALSE, sizeof (int));
  bound->signs = g_array_new (FALSE, FALSE, sizeof (double));
  bound->low = low;
  bound->high = high;
  g_ptr_array_add (p->bounds, bound);
  return bound;
}

static void
bound_add (Bound *bound, int column, double sign)
{
  g_array_append_val (bound->columns, column);
  g_array_append_val (bound->signs, sign);
}

/* Parts minus whole: nothing, or at most nothing. */
static Bound *
balance_new (Program *p, gboolean exact)
{
  return bound_new (p, exact ? 0 : G_MININT64, 0);
}

static void
add_sum (Program *p, const Sum *sum)
{
  Bound *x = balance_new (p, sum->x_exact), *n = balance_new (p, sum->n_exact);
  Bound *rest = sum->x_exact && sum->n_exact ? NULL : balance_new (p, sum->rest_exact);

  for (guint i = 0; i <= sum->parts->len; i++) {
    gboolean whole = i == sum->parts->len;
    guint row = whole ? sum->parent : g_array_index (sum->parts, guint, i);
    double sign = whole ? -1 : 1;

    bound_add (x, x_column (row), sign);
    bound_add (n, p->n_column[row], sign);
    if (rest != NULL) {
      bound_add (rest, p->n_column[row], sign);
      bound_add (rest, x_column (row), -sign);
    }
  }
}

static void
add_pair (Program *p, const Pair *pair)
{
  Bound *bound = bound_new (p, G_MININT64, 0);

  bound_add (bound, x_column (pair->a), 1);
  bound_add (bound, x_column (pair->b), pair->disjoint ? 1 : -1);
  if (pair->disjoint)
    bound_add (bound, p->n_column[pair->a], -1);
}

/* The first bounds are those of n - x, row by row: they move with what is shown. */
static void
add_bounds (Program *p)
{
  for (guint i = 0; i < p->d->rows->len; i++) {
    Bound *rest = bound_new (p, 0, G_MAXINT64);

    bound_add (rest, p->n_column[i], 1);
    bound_add (rest, x_column (i), -1);
  }
  for (guint i = 0; i < p->d->sums->len; i++)
    add_sum (p, p->d->sums->pdata[i]);
  for (guint i = 0; i < p->d->pairs->len; i++)
    add_pair (p, &g_array_index (p->d->pairs, Pair, i));
}

static void
number_columns (Program *p)
{
  guint rows = p->d->rows->len;

  p->n_column = g_new (int, rows);
  p->n_columns = rows;
  for (guint i = 0; i < rows; i++) {
    const Row *row = disclosure_row (p->d, i);

    p->n_column[i] = row->owner == i ? (int)++p->n_columns : p->n_column[row->owner];
  }
}

static void
load_bounds (Program *p)
{
  if (p->bounds->len > 0)
    glp_add_rows (p->lp, (int)p->bounds->len);
  for (guint i = 0; i < p->bounds->len; i++) {
    const Bound *bound = p->bounds->pdata[i];
    int length = (int)bound->columns->len;
    /* GLPK counts from 1. */
    g_autofree int *columns = g_new (int, length + 1);
    g_autofree double *signs = g_new (double, length + 1);

    memcpy (columns + 1, bound->columns->data, sizeof (int) * length);
    memcpy (signs + 1, bound->signs->data, sizeof (double) * length);
    glp_set_mat_row (p->lp, (int)i + 1, length, columns, signs);
  }
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
set_bound (Program *p, guint i)
{
  const Bound *bound = p->bounds->pdata[i];
  gboolean has_low = bound->low != G_MININT64, has_high = bound->high != G_MAXINT64;
  int type = bound->low == bound->high ? GLP_FX : has_low && has_high ? GLP_DB : has_low ? GLP_LO : GLP_UP;

  glp_set_row_bnds (p->lp, (int)i + 1, type, (double)bound->low, (double)bound->high);
}

static void
set_column (Program *p, int column, Range range)
{
  glp_set_col_bnds (p->lp, column, range.low == range.high ? GLP_FX : GLP_DB, (double)range.low, (double)range.high);
}

/* What is known of each column, and its ceiling. */
static Range *
column_ranges (const Program *p)
{
  Range *ranges = g_new (Range, p->n_columns + 1);

  for (guint i = 0; i < p->d->rows->len; i++) {
    const Row *row = disclosure_row (p->d, i);
    Range room = { 0, row->n + ROOM };

    ranges[x_column (i)] = room;
    ranges[p->n_column[i]] = room;
  }
  for (guint i = 0; i < p->d->rows->len; i++) {
    Knowledge k = disclosure_knowledge (p->d, i);
    Range *x = &ranges[x_column (i)], *n = &ranges[p->n_column[i]];

    *x = (Range){ MAX (x->low, k.x.low), MIN (x->high, k.x.high) };
    *n = (Range){ MAX (n->low, k.n.low), MIN (n->high, k.n.high) };
  }
  return ranges;
}

void
program_relax (Program *p)
{
  g_free (p->ranges);
  p->ranges = column_ranges (p);
  for (guint i = 0; i < p->d->rows->len; i++)
    ((Bound *)p->bounds->pdata[i])->low = disclosure_knowledge (p->d, i).rest;
  for (guint i = 0; i < p->bounds->len; i++)
    set_bound (p, i);
  for (guint i = 1; i <= p->n_columns; i++)
    set_column (p, (int)i, p->ranges[i]);
}

static gint64
quantity_of (const Program *p, const Watch *watch)
{
  gint64 x = p->point[x_column (watch->row)], n = p->point[p->n_column[watch->row]];

  return watch->what == QUANTITY_X ? x : watch->what == QUANTITY_N ? n : n - x;
}

static void
add_watches (Program *p)
{
  for (guint i = 0; i < p->d->rows->len; i++) {
    const Row *row = disclosure_row (p->d, i);

    for (Quantity what = QUANTITY_X; row->guarded && what <= QUANTITY_N; what++) {
      Watch watch = { i, what, { 0, 0 } };

      if (what == QUANTITY_N && row->n >= p->d->rules.min_denominator)
        continue;
      watch.seen.low = watch.seen.high = quantity_of (p, &watch);
      g_array_append_val (p->watches, watch);
    }
  }
}

static void
set_truth (Program *p)
{
  for (guint i = 0; i < p->d->rows->len; i++) {
    p->point[x_column (i)] = disclosure_row (p->d, i)->x;
    p->point[p->n_column[i]] = disclosure_row (p->d, i)->n;
  }
}

Program *
program_new (const Disclosure *d)
{
  Program *p = g_new0 (Program, 1);

  p->d = d;
  p->bounds = g_ptr_array_new_with_free_func (bound_free);
  p->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
  number_columns (p);
  p->point = g_new0 (gint64, p->n_columns + 1);
  add_bounds (p);
  glp_term_out (GLP_OFF);
  p->lp = glp_create_prob ();
  if (p->n_columns > 0)
    glp_add_cols (p->lp, (int)p->n_columns);
  for (guint i = 1; i <= p->n_columns; i++)
    glp_set_col_kind (p->lp, (int)i, GLP_IV);
  load_bounds (p);
  program_relax (p);
  set_truth (p);
  add_watches (p);
  return p;
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Whether the point is a table that agrees with everything, in whole numbers: nothing rests on the solver's tolerances.
 */
static gboolean
point_holds (const Program *p)
{
  for (guint i = 1; i <= p->n_columns; i++)
    if (p->point[i] < p->ranges[i].low || p->point[i] > p->ranges[i].high)
      return FALSE;
  for (guint i = 0; i < p->bounds->len; i++) {
    const Bound *bound = p->bounds->pdata[i];
    gint64 sum = 0;

    for (guint j = 0; j < bound->columns->len; j++)
      sum += (gint64)g_array_index (bound->signs, double, j) * p->point[g_array_index (bound->columns, int, j)];
    if (sum < bound->low || sum > bound->high)
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_point (Program *p, double (*value) (glp_prob *, int))
{
  for (guint i = 1; i <= p->n_columns; i++) {
    double v = value (p->lp, (int)i);

    if (fabs (v - round (v)) > WHOLE)
      return FALSE;
    p->point[i] = (gint64)round (v);
  }
  return point_holds (p);
}

static void
note_point (Program *p)
{
  for (guint i = 0; i < p->watches->len; i++) {
    Watch *watch = &g_array_index (p->watches, Watch, i);
    gint64 value = quantity_of (p, watch);

    watch->seen.low = MIN (watch->seen.low, value);
    watch->seen.high = MAX (watch->seen.high, value);
  }
}

static gboolean
solve_relaxed (Program *p)
{
  glp_smcp control;

  glp_init_smcp (&control);
  control.msg_lev = GLP_MSG_OFF;
  control.tm_lim = SIMPLEX_MS;
  p->solved++;
  if (glp_simplex (p->lp, &control) == 0 && glp_get_status (p->lp) == GLP_OPT)
    return TRUE;
  /* A basis that went bad is no answer; begin again from none. */
  glp_std_basis (p->lp);
  return glp_simplex (p->lp, &control) == 0 && glp_get_status (p->lp) == GLP_OPT;
}

static gboolean
solve_whole (Program *p, gboolean *best)
{
  glp_iocp control;
  int status = 0;

  glp_init_iocp (&control);
  control.msg_lev = GLP_MSG_OFF;
  control.tm_lim = BRANCH_MS;
  if (glp_intopt (p->lp, &control) != 0 && glp_mip_status (p->lp) != GLP_FEAS)
    return FALSE;
  status = glp_mip_status (p->lp);
  *best = status == GLP_OPT;
  return (status == GLP_OPT || status == GLP_FEAS) && take_point (p, glp_mip_col_val);
}

/* Leaves a table in p->point; @best tells whether none goes further. FALSE when none was found. */
static gboolean
solve (Program *p, int direction, gboolean *best)
{
  glp_set_obj_dir (p->lp, direction);
  if (!solve_relaxed (p))
    return FALSE;
  *best = TRUE;
  return take_point (p, glp_get_col_prim) || solve_whole (p, best);
}

static void
clear_objective (Program *p)
{
  for (guint i = 0; i <= p->n_columns; i++)
    glp_set_obj_coef (p->lp, (int)i, 0);
}

static void
add_objective (Program *p, const Watch *watch, double weight)
{
  int x = x_column (watch->row), n = p->n_column[watch->row];

  if (watch->what != QUANTITY_N)
    glp_set_obj_coef (p->lp, x, glp_get_obj_coef (p->lp, x) + (watch->what == QUANTITY_X ? weight : -weight));
  if (watch->what != QUANTITY_X)
    glp_set_obj_coef (p->lp, n, glp_get_obj_coef (p->lp, n) + weight);
}

static gboolean
is_safe (const Program *p, const Watch *watch)
{
  return watch->seen.high - watch->seen.low >= p->d->rules.width;
}

static guint
count_unsafe (const Program *p)
{
  guint unsafe = 0;

  for (guint i = 0; i < p->watches->len; i++)
    unsafe += !is_safe (p, &g_array_index (p->watches, Watch, i));
  return unsafe;
}

/* Many at once: in spread k those whose number has bit k go up and the others down, so that any two part in one of
 * them. */
static void
spread (Program *p, guint bit)
{
  static const int directions[] = { GLP_MAX, GLP_MIN };

  clear_objective (p);
  for (guint i = 0; i < p->watches->len; i++) {
    const Watch *watch = &g_array_index (p->watches, Watch, i);

    if (!is_safe (p, watch))
      add_objective (p, watch, (watch->row >> bit & 1) ? 1 : -1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    gboolean best = FALSE;

    if (solve (p, directions[i], &best))
      note_point (p);
  }
}

static void
widen (Program *p, guint i)
{
  static const int directions[] = { GLP_MAX, GLP_MIN };
  const Watch *watch = &g_array_index (p->watches, Watch, i);

  clear_objective (p);
  add_objective (p, watch, 1);
  for (guint j = 0; j < G_N_ELEMENTS (directions) && !is_safe (p, watch); j++) {
    gboolean best = FALSE;

    if (solve (p, directions[j], &best))
      note_point (p);
  }
}

guint
program_find_unsafe (Program *p)
{
  for (guint bit = 0; bit < MAX_SPREADS && count_unsafe (p) > 2; bit++)
    spread (p, bit);
  for (guint i = 0; i < p->watches->len; i++) {
    const Watch *watch = &g_array_index (p->watches, Watch, i);

    if (!is_safe (p, watch))
      widen (p, i);
    if (!is_safe (p, watch))
      return watch->row;
  }
  return G_MAXUINT;
}

static gboolean
find_end (Program *p, const Watch *watch, int direction, gint64 *end, GError **error)
{
  gboolean best = FALSE;

  if (!solve (p, direction, &best) || !best) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "could not find the interval of row %u in time", watch->row);
    return FALSE;
  }
  *end = quantity_of (p, watch);
  return TRUE;
}

gboolean
program_interval (Program *p, guint row, gint64 *low, gint64 *high, GError **error)
{
  const Watch watch = { row, QUANTITY_X, { 0, 0 } };

  clear_objective (p);
  add_objective (p, &watch, 1);
  return find_end (p, &watch, GLP_MIN, low, error) && find_end (p, &watch, GLP_MAX, high, error);
}
