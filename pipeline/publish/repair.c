#include "program_parts.h"

#include <string.h>

/* A table is sought by small steps from the true one: the watched number is asked for, and what that breaks is mended,
   one count by one pupil at a time, until everything published holds again. What stays broken weighs more and more (the
   breakout method, Morris 1993), so that the search leaves its dead ends. Counts that are sums of others are not moved
   but added up. Thousands of steps take milliseconds where a program in whole numbers takes minutes; what is found is
   checked by program_point_holds(), and that nothing is found proves nothing. */
#define REPAIR_STEPS 4000
/* Of a long broken sum so many counts are tried. */
#define REPAIR_TRIES 40
/* A count that moved stays for so many steps. */
#define REPAIR_REST 6
#define REPAIR_SEED 88172645463325252u

/* sum of sign x free column, between low and high. */
typedef struct {
  GArray *terms; /* Term of free columns */
  Range range;
  gint64 truth;
  gint64 value;
  gint64 weight;
  guint place; /* among the broken ones, plus one; 0 when it holds */
} Form;

typedef struct {
  guint item;
  gint64 sign;
} Term;

typedef enum { COLUMN_NEW, COLUMN_OPEN, COLUMN_DONE } ColumnState;

struct _Repair {
  Program *p;           /* borrowed */
  GPtrArray *parts;     /* of each column: Term of the free columns that it adds up, or itself */
  ColumnState *states;  /* of each column */
  const Bound **sum_of; /* of each column: the exact sum that it is, or NULL */
  GArray *forms;        /* Form: by column from 1, then bounds, then the watched number */
  GPtrArray *touched;   /* of each free column: Term of forms */
  gint64 *signs;        /* scratch, by column: zero between uses */
  guint *bound_form;    /* of each bound: its form; 0 for those that always hold */
  gint64 *wish;         /* of each column: its sign in the watched number */
  guint *moved;         /* of each column: the step of its last move */
  GArray *broken;       /* guint, forms */
  guint64 random;
};

static Form *
form_at (const Repair *r, guint i)
{
  return &g_array_index (r->forms, Form, i);
}

static const Term *
term_at (const GArray *terms, guint i)
{
  return &g_array_index (terms, Term, i);
}

/* xorshift64 (Marsaglia 2003): the same search everywhere. */
static guint
draw (Repair *r, guint below)
{
  r->random ^= r->random << 13;
  r->random ^= r->random >> 7;
  r->random ^= r->random << 17;
  return (guint)(r->random % below);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* The parts come first in the bound of a sum, and the whole last. */
static void
find_sums (Repair *r)
{
  for (guint i = 0; i < r->p->bounds->len; i++) {
    const Bound *bound = r->p->bounds->pdata[i];
    guint last = bound->columns->len - 1;
    int whole = g_array_index (bound->columns, int, last);

    if (bound->low == 0 && bound->high == 0 && g_array_index (bound->signs, double, last) < 0
        && r->sum_of[whole] == NULL)
      r->sum_of[whole] = bound;
  }
}

static void
add_terms (Repair *r, GArray *to, const GArray *terms, gint64 sign)
{
  for (guint i = 0; i < terms->len; i++) {
    const Term *term = term_at (terms, i);
    Term marker = { term->item, 0 };

    if (r->signs[term->item] == 0)
      g_array_append_val (to, marker);
    r->signs[term->item] += sign * term->sign;
  }
}

/* Takes the signs out of the scratch. */
static void
settle_terms (Repair *r, GArray *terms)
{
  guint kept = 0;

  for (guint i = 0; i < terms->len; i++) {
    Term term = *term_at (terms, i);

    term.sign = r->signs[term.item];
    r->signs[term.item] = 0;
    if (term.sign != 0)
      g_array_index (terms, Term, kept++) = term;
  }
  g_array_set_size (terms, kept);
}

static gboolean
expand (Repair *r, int column)
{
  const Bound *sum = r->sum_of[column];
  gboolean is_free = sum == NULL;
  GArray *terms = r->parts->pdata[column];
  const Term self = { (guint)column, 1 };

  if (r->states[column] != COLUMN_NEW)
    return r->states[column] == COLUMN_DONE;
  r->states[column] = COLUMN_OPEN;
  for (guint i = 0; !is_free && i + 1 < sum->columns->len; i++)
    is_free = !expand (r, g_array_index (sum->columns, int, i));
  if (is_free)
    g_array_append_val (terms, self);
  for (guint i = 0; !is_free && i + 1 < sum->columns->len; i++)
    add_terms (r, terms, r->parts->pdata[g_array_index (sum->columns, int, i)], 1);
  if (!is_free)
    settle_terms (r, terms);
  r->states[column] = COLUMN_DONE;
  return TRUE;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
form_clear (gpointer data)
{
  Form *form = data;

  g_array_unref (form->terms);
}

static void
add_form (Repair *r, GArray *terms)
{
  Form form = { .terms = terms };
  guint number = r->forms->len;

  for (guint i = 0; i < terms->len; i++) {
    const Term *term = term_at (terms, i);
    const Term touch = { number, term->sign };

    form.truth += term->sign * r->p->point[term->item];
    g_array_append_val ((GArray *)r->touched->pdata[term->item], touch);
  }
  g_array_append_val (r->forms, form);
}

static void
add_bound_form (Repair *r, guint i)
{
  const Bound *bound = r->p->bounds->pdata[i];
  GArray *terms = g_array_new (FALSE, FALSE, sizeof (Term));

  for (guint j = 0; j < bound->columns->len; j++)
    add_terms (r, terms, r->parts->pdata[g_array_index (bound->columns, int, j)],
               (gint64)g_array_index (bound->signs, double, j));
  settle_terms (r, terms);
  if (terms->len == 0) {
    g_array_unref (terms);
    return;
  }
  r->bound_form[i] = r->forms->len;
  add_form (r, terms);
}

static void
add_forms (Repair *r)
{
  add_form (r, g_array_new (FALSE, FALSE, sizeof (Term)));
  for (guint i = 1; i <= r->p->n_columns; i++)
    add_form (r, g_array_ref (r->parts->pdata[i]));
  for (guint i = 0; i < r->p->bounds->len; i++)
    add_bound_form (r, i);
  add_form (r, g_array_new (FALSE, FALSE, sizeof (Term)));
}

Repair *
repair_new (Program *p)
{
  Repair *r = g_new0 (Repair, 1);
  guint columns = p->n_columns + 1;

  r->p = p;
  r->parts = program_lists (columns, sizeof (Term));
  r->touched = program_lists (columns, sizeof (Term));
  r->states = g_new0 (ColumnState, columns);
  r->sum_of = g_new0 (const Bound *, columns);
  r->signs = g_new0 (gint64, columns);
  r->wish = g_new0 (gint64, columns);
  r->moved = g_new0 (guint, columns);
  r->bound_form = g_new0 (guint, MAX (p->bounds->len, 1));
  r->forms = g_array_new (FALSE, TRUE, sizeof (Form));
  g_array_set_clear_func (r->forms, form_clear);
  r->broken = g_array_new (FALSE, FALSE, sizeof (guint));
  program_set_truth (p);
  find_sums (r);
  for (guint i = 1; i < columns; i++)
    expand (r, (int)i);
  add_forms (r);
  return r;
}

void
repair_free (Repair *r)
{
  if (r == NULL)
    return;
  g_ptr_array_unref (r->parts);
  g_ptr_array_unref (r->touched);
  g_array_unref (r->forms);
  g_array_unref (r->broken);
  g_free (r->states);
  g_free (r->sum_of);
  g_free (r->signs);
  g_free (r->wish);
  g_free (r->moved);
  g_free (r->bound_form);
  g_free (r);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gint64
distance (const Form *form, gint64 value)
{
  return value < form->range.low ? form->range.low - value : value > form->range.high ? value - form->range.high : 0;
}

static void
note_broken (Repair *r, guint number)
{
  Form *form = form_at (r, number);
  gboolean is_broken = distance (form, form->value) > 0;

  if (is_broken == (form->place > 0))
    return;
  if (is_broken) {
    g_array_append_val (r->broken, number);
    form->place = r->broken->len;
    return;
  }
  form_at (r, g_array_index (r->broken, guint, r->broken->len - 1))->place = form->place;
  g_array_remove_index_fast (r->broken, form->place - 1);
  form->place = 0;
}

/* How much heavier what is broken becomes when the column moves by @by. */
static gint64
cost (const Repair *r, guint column, gint64 by)
{
  const GArray *touched = r->touched->pdata[column];
  const Form *wish = form_at (r, r->forms->len - 1);
  gint64 sum = wish->weight * (distance (wish, wish->value + by * r->wish[column]) - distance (wish, wish->value));

  for (guint i = 0; i < touched->len; i++) {
    const Term *touch = term_at (touched, i);
    const Form *form = form_at (r, touch->item);

    sum += form->weight * (distance (form, form->value + by * touch->sign) - distance (form, form->value));
  }
  return sum;
}

static void
move (Repair *r, guint column, gint64 by)
{
  const GArray *touched = r->touched->pdata[column];
  guint wish = r->forms->len - 1;

  r->p->point[column] += by;
  form_at (r, wish)->value += by * r->wish[column];
  note_broken (r, wish);
  for (guint i = 0; i < touched->len; i++) {
    const Term *touch = term_at (touched, i);

    form_at (r, touch->item)->value += by * touch->sign;
    note_broken (r, touch->item);
  }
}

/* Mends one broken form by the move that breaks least; FALSE when all its columns rest. */
static void
step (Repair *r, guint now)
{
  const Form *form = form_at (r, g_array_index (r->broken, guint, draw (r, r->broken->len)));
  gint64 direction = form->value < form->range.low ? 1 : -1, best = G_MAXINT64, by = 0;
  guint start = draw (r, form->terms->len), column = 0;

  for (guint i = 0; i < MIN (form->terms->len, REPAIR_TRIES); i++) {
    const Term *term = term_at (form->terms, (start + i) % form->terms->len);
    gint64 this_by = term->sign > 0 ? direction : -direction;
    gint64 this_cost = r->moved[term->item] > now ? G_MAXINT64 : cost (r, term->item, this_by);

    if (this_cost < best) {
      best = this_cost;
      by = this_by;
      column = term->item;
    }
  }
  for (guint i = 0; best >= 0 && i < r->broken->len; i++)
    form_at (r, g_array_index (r->broken, guint, i))->weight++;
  if (column == 0)
    return;
  r->moved[column] = now + REPAIR_REST;
  move (r, column, by);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* Ranges move with what is hidden. */
static void
set_truth (Repair *r)
{
  program_set_truth (r->p);
  for (guint i = 0; i <= r->p->n_columns; i++)
    form_at (r, i)->range = i > 0 ? r->p->ranges[i] : (Range){ 0, 0 };
  for (guint i = 0; i < r->p->bounds->len; i++)
    if (r->bound_form[i] > 0) {
      const Bound *bound = r->p->bounds->pdata[i];

      form_at (r, r->bound_form[i])->range = (Range){ bound->low, bound->high };
    }
  for (guint i = 0; i < r->forms->len; i++) {
    Form *form = form_at (r, i);

    form->value = form->truth;
    form->weight = 1;
    form->place = 0;
  }
  memset (r->moved, 0, sizeof *r->moved * (r->p->n_columns + 1));
  g_array_set_size (r->broken, 0);
  r->random = REPAIR_SEED;
}

static void
set_wish (Repair *r, const Watch *watch, Range range)
{
  const GArray *x = r->parts->pdata[x_column (watch->row)], *n = r->parts->pdata[r->p->n_column[watch->row]];
  Form *form = form_at (r, r->forms->len - 1);

  g_array_set_size (form->terms, 0);
  if (watch->what != QUANTITY_N)
    add_terms (r, form->terms, x, watch->what == QUANTITY_X ? 1 : -1);
  if (watch->what != QUANTITY_X)
    add_terms (r, form->terms, n, 1);
  settle_terms (r, form->terms);
  memset (r->wish, 0, sizeof *r->wish * (r->p->n_columns + 1));
  for (guint i = 0; i < form->terms->len; i++)
    r->wish[term_at (form->terms, i)->item] = term_at (form->terms, i)->sign;
  form->range = range;
  form->value = quantity_of (r->p, watch);
  note_broken (r, r->forms->len - 1);
}

gboolean
repair_find (Repair *r, const Watch *watch, gint64 least, gint64 most)
{
  set_truth (r);
  set_wish (r, watch, (Range){ least, most });
  for (guint now = 1; now <= REPAIR_STEPS && r->broken->len > 0; now++)
    step (r, now);
  if (r->broken->len > 0)
    return FALSE;
  for (guint i = 1; i <= r->p->n_columns; i++)
    r->p->point[i] = form_at (r, i)->value;
  return program_point_holds (r->p);
}
