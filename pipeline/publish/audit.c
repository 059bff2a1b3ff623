#include "program_parts.h"

#include "base/error.h"

#include <math.h>

#define SIMPLEX_MS 20000
#define BRANCH_MS 5000
#define WHOLE 1e-6 /* how far from a whole number a column may end */

gboolean
program_point_holds (const Program *p)
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
  return program_point_holds (p);
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
set_objective (Program *p, const Watch *watch)
{
  for (guint i = 0; i <= p->n_columns; i++)
    glp_set_obj_coef (p->lp, (int)i, 0);
  if (watch->what != QUANTITY_N)
    glp_set_obj_coef (p->lp, x_column (watch->row), watch->what == QUANTITY_X ? 1 : -1);
  if (watch->what != QUANTITY_X)
    glp_set_obj_coef (p->lp, p->n_column[watch->row], 1);
}

static gboolean
is_safe (const Program *p, const Watch *watch)
{
  return watch->seen.high - watch->seen.low >= p->d->rules.width;
}

static gboolean
look (Program *p, const Watch *watch, gint64 least, gint64 most)
{
  p->solved++;
  if (!repair_find (p->repair, watch, least, most))
    return FALSE;
  note_point (p);
  return TRUE;
}

/* First wide enough in one step up or down, then as a step in each direction. */
static void
look_near (Program *p, const Watch *watch)
{
  gint64 width = p->d->rules.width;

  if (look (p, watch, watch->seen.low + width, G_MAXINT64) || look (p, watch, G_MININT64, watch->seen.high - width))
    return;
  for (gint64 more = width - 1; more > 0 && !is_safe (p, watch); more--)
    if (look (p, watch, watch->seen.low + more, G_MAXINT64) && !is_safe (p, watch))
      look (p, watch, G_MININT64, watch->seen.high - (width - more));
}

guint
program_find_unsafe (Program *p)
{
  for (guint i = 0; i < p->watches->len; i++) {
    const Watch *watch = &g_array_index (p->watches, Watch, i);

    if (!is_safe (p, watch))
      look_near (p, watch);
    if (is_safe (p, watch))
      continue;
    p->unsafe = i;
    return watch->row;
  }
  return G_MAXUINT;
}

/* Ends of the relaxed program lie outside the whole ones. */
static gboolean
find_relaxed_ends (Program *p, const Watch *watch, gint64 *low, gint64 *high)
{
  static const int directions[] = { GLP_MIN, GLP_MAX };
  double ends[2] = { 0, 0 };

  set_objective (p, watch);
  for (guint i = 0; i < 2; i++) {
    glp_set_obj_dir (p->lp, directions[i]);
    if (!solve_relaxed (p))
      return FALSE;
    ends[i] = glp_get_obj_val (p->lp);
  }
  *low = (gint64)ceil (ends[0] - WHOLE);
  *high = (gint64)floor (ends[1] + WHOLE);
  return TRUE;
}

gboolean
program_check_unsafe (Program *p, GError **error)
{
  const Watch *watch = &g_array_index (p->watches, Watch, p->unsafe);
  gint64 width = p->d->rules.width, low = 0, high = 0;

  for (gint64 more = width; more >= 0; more--)
    if ((more == 0 || repair_find (p->repair, watch, watch->seen.low + more, G_MAXINT64))
        && (more == width || repair_find (p->repair, watch, G_MININT64, watch->seen.high - (width - more))))
      return TRUE;
  if (!find_relaxed_ends (p, watch, &low, &high))
    g_set_error (
        error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW,
        "a small count was not found to be safe, and the linear program that would decide it was not solved in time");
  else if (high - low < width)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW,
                 "earlier releases alone tell a small count to within %d, and %d is the least that is allowed",
                 (int)(high - low), (int)width);
  else
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW,
                 "earlier releases leave a small count %d possible values in fractions of pupils, but no tables of "
                 "whole ones were found",
                 (int)(high - low + 1));
  return FALSE;
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

  set_objective (p, &watch);
  return find_end (p, &watch, GLP_MIN, low, error) && find_end (p, &watch, GLP_MAX, high, error);
}
