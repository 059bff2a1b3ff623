#include "publish/disclosure.h"

#include "base/error.h"
#include "program.h"
#include "table.h"

#include <string.h>

static void
sum_free (gpointer data)
{
  Sum *sum = data;

  g_array_unref (sum->parts);
  g_free (sum);
}

Disclosure *
disclosure_new (const DisclosureRules *rules)
{
  Disclosure *d = g_new0 (Disclosure, 1);

  g_assert (rules->rounding > 0 && rules->rounding % 2 == 1);
  d->rules = *rules;
  d->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  d->sums = g_ptr_array_new_with_free_func (sum_free);
  d->pairs = g_array_new (FALSE, TRUE, sizeof (Pair));
  d->sums_seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return d;
}

void
disclosure_free (Disclosure *d)
{
  if (d == NULL)
    return;
  g_array_unref (d->rows);
  g_ptr_array_unref (d->sums);
  g_array_unref (d->pairs);
  g_hash_table_unref (d->sums_seen);
  g_free (d);
}

gboolean
disclosure_sensitive (const DisclosureRules *rules, gint64 x, gint64 n)
{
  return (x >= 1 && x <= rules->sensitive_max) || n - x <= rules->sensitive_max;
}

gint64
disclosure_round (const DisclosureRules *rules, gint64 count)
{
  return (count + rules->rounding / 2) / rules->rounding * rules->rounding;
}

static gboolean
is_guarded (const DisclosureRules *rules, const Row *row)
{
  return row->n < rules->min_denominator || disclosure_sensitive (rules, row->x, row->n);
}

guint
disclosure_add (Disclosure *d, gint64 x, gint64 n, gboolean publish)
{
  Row row = { .x = x,
              .n = n,
              .owner = d->rows->len,
              .publish = publish,
              .x_known = { 0, G_MAXINT64 },
              .n_known = { 0, G_MAXINT64 } };

  g_assert (x >= 0 && x <= n);
  row.guarded = publish && is_guarded (&d->rules, &row);
  row.n_shown = publish && n >= d->rules.min_denominator;
  row.x_shown = row.n_shown && !row.guarded;
  g_array_append_val (d->rows, row);
  return d->rows->len - 1;
}

void
disclosure_share (Disclosure *d, guint row, guint owner)
{
  g_assert (disclosure_row (d, row)->n == disclosure_row (d, owner)->n && owner < row);
  disclosure_row (d, row)->owner = disclosure_row (d, owner)->owner;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static Range
meet (Range a, Range b)
{
  return (Range){ MAX (a.low, b.low), MIN (a.high, b.high) };
}

/* The counts that are rounded to what @count is rounded to. */
static Range
rounded_range (const DisclosureRules *rules, gint64 count)
{
  gint64 middle = disclosure_round (rules, count);

  return (Range){ middle - rules->rounding / 2, middle + rules->rounding / 2 };
}

/* A shown 0 is 0, since 1 to sensitive_max are never shown. */
static Range
shown_x (const DisclosureRules *rules, gint64 x)
{
  return x == 0 ? (Range){ 0, 0 } : meet (rounded_range (rules, x), (Range){ rules->sensitive_max + 1, G_MAXINT64 });
}

static Range
shown_n (const DisclosureRules *rules, gint64 n)
{
  return meet (rounded_range (rules, n), (Range){ rules->min_denominator, G_MAXINT64 });
}

void
disclosure_past (Disclosure *d, guint row, const DisclosureRules *rules, gboolean was_x_shown, gboolean was_n_shown)
{
  Row *r = disclosure_row (d, row);

  r->guarded |= is_guarded (rules, r);
  disclosure_row (d, r->owner)->n_past |= was_n_shown;
  r->x_past |= was_x_shown;
  if (was_n_shown)
    r->n_known = meet (r->n_known, shown_n (rules, r->n));
  if (was_x_shown) {
    r->x_known = meet (r->x_known, shown_x (rules, r->x));
    r->rest_known = MAX (r->rest_known, rules->sensitive_max + 1);
  }
}

Knowledge
disclosure_knowledge (const Disclosure *d, guint row)
{
  const Row *r = disclosure_row (d, row);
  Knowledge k = { r->x_known, r->n_known, r->rest_known };

  if (r->n_shown)
    k.n = meet (k.n, shown_n (&d->rules, r->n));
  if (r->x_shown) {
    k.x = meet (k.x, shown_x (&d->rules, r->x));
    k.rest = MAX (k.rest, d->rules.sensitive_max + 1);
  }
  return k;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const guint *pa = a, *pb = b;

  return (*pa > *pb) - (*pa < *pb);
}

void
disclosure_sum (Disclosure *d, guint parent, const guint parts[], guint n_parts)
{
  Sum *sum = g_new0 (Sum, 1);
  const Row *whole = disclosure_row (d, parent);
  g_autoptr (GString) name = g_string_new (NULL);
  gint64 x = 0, n = 0;

  sum->parent = parent;
  sum->parts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_vals (sum->parts, parts, n_parts);
  g_array_sort (sum->parts, compare_parts);
  g_string_printf (name, "%u", parent);
  for (guint i = 0; i < n_parts; i++) {
    x += disclosure_row (d, parts[i])->x;
    n += disclosure_row (d, parts[i])->n;
    g_string_append_printf (name, " %u", g_array_index (sum->parts, guint, i));
  }
  sum->x_exact = x == whole->x;
  sum->n_exact = n == whole->n;
  sum->rest_exact = n - x == whole->n - whole->x;
  if (x <= whole->x && n <= whole->n && n - x <= whole->n - whole->x
      && g_hash_table_add (d->sums_seen, g_strdup (name->str)))
    g_ptr_array_add (d->sums, sum);
  else
    sum_free (sum);
}

void
disclosure_order (Disclosure *d, guint less, guint more)
{
  const Pair pair = { less, more, FALSE };

  g_assert (disclosure_row (d, less)->x <= disclosure_row (d, more)->x);
  g_array_append_val (d->pairs, pair);
}

void
disclosure_disjoint (Disclosure *d, guint a, guint b)
{
  const Pair pair = { a, b, TRUE };

  g_assert (disclosure_row (d, a)->x + disclosure_row (d, b)->x <= disclosure_row (d, a)->n);
  g_array_append_val (d->pairs, pair);
}

gboolean
disclosure_x_shown (const Disclosure *d, guint row)
{
  return disclosure_row (d, row)->x_shown;
}

gboolean
disclosure_n_shown (const Disclosure *d, guint row)
{
  return disclosure_row (d, row)->n_shown;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static gboolean
can_hide (const Disclosure *d, const Row *row, gboolean denominator)
{
  return denominator ? row->n_shown && !disclosure_row (d, row->owner)->n_past : row->x_shown && !row->x_past;
}

/* The smallest row that can be hidden among those marked with @distance; G_MAXUINT when there is none. */
static guint
smallest (const Disclosure *d, const guint distance[], guint at, gboolean denominator)
{
  guint found = G_MAXUINT;

  for (guint i = 0; i < d->rows->len; i++) {
    const Row *row = disclosure_row (d, i);

    if (distance[i] == at && can_hide (d, row, denominator)
        && (found == G_MAXUINT
            || (denominator ? row->n < disclosure_row (d, found)->n : row->x < disclosure_row (d, found)->x)))
      found = i;
  }
  return found;
}

static void
reach (guint distance[], guint row, guint at, gboolean *more)
{
  if (distance[row] != G_MAXUINT)
    return;
  distance[row] = at;
  *more = TRUE;
}

/* How many sums and pairs lie between a row and @from: 1 are its siblings, parents and parts. */
static guint *
distances (const Disclosure *d, guint from)
{
  guint *distance = g_new (guint, d->rows->len);
  gboolean more = TRUE;

  for (guint i = 0; i < d->rows->len; i++)
    distance[i] = i == from ? 0 : G_MAXUINT;
  for (guint at = 1; more; at++) {
    more = FALSE;
    for (guint i = 0; i < d->sums->len; i++) {
      const Sum *sum = d->sums->pdata[i];
      gboolean near = distance[sum->parent] == at - 1;

      for (guint j = 0; j < sum->parts->len && !near; j++)
        near = distance[g_array_index (sum->parts, guint, j)] == at - 1;
      for (guint j = 0; j < sum->parts->len && near; j++)
        reach (distance, g_array_index (sum->parts, guint, j), at, &more);
      if (near)
        reach (distance, sum->parent, at, &more);
    }
    for (guint i = 0; i < d->pairs->len; i++) {
      const Pair *pair = &g_array_index (d->pairs, Pair, i);

      if (distance[pair->a] == at - 1)
        reach (distance, pair->b, at, &more);
      else if (distance[pair->b] == at - 1)
        reach (distance, pair->a, at, &more);
    }
    for (guint i = 0; i < d->rows->len; i++)
      if (distance[disclosure_row (d, i)->owner] == at - 1)
        reach (distance, i, at, &more);
      else if (distance[i] == at - 1)
        reach (distance, disclosure_row (d, i)->owner, at, &more);
  }
  return distance;
}

/* Numerators go first, near ones before far ones: a denominator takes its row with it. A denominator that several rows
   share is hidden in all of them. */
static gboolean
hide_related (Disclosure *d, guint row)
{
  g_autofree guint *distance = distances (d, row);

  for (guint denominator = 0; denominator <= 1; denominator++)
    for (guint at = 0; at < d->rows->len; at++) {
      guint victim = smallest (d, distance, at, denominator == 1);

      if (victim == G_MAXUINT)
        continue;
      for (guint i = 0; i < d->rows->len; i++) {
        Row *r = disclosure_row (d, i);

        if (i != victim && (denominator == 0 || r->owner != disclosure_row (d, victim)->owner))
          continue;
        r->also |= !r->guarded && r->x_shown;
        r->x_shown = FALSE;
        r->n_shown &= denominator == 0;
      }
      return TRUE;
    }
  return FALSE;
}

static void
count_rows (const Disclosure *d, DisclosureReport *out)
{
  for (guint i = 0; i < d->rows->len; i++) {
    const Row *row = disclosure_row (d, i);

    out->rows += row->publish;
    out->shown += row->x_shown && row->n_shown;
    out->sensitive += row->publish && row->guarded;
    out->also += row->publish && row->also;
  }
}

static void
hide_all (Disclosure *d)
{
  for (guint i = 0; i < d->rows->len; i++) {
    Row *row = disclosure_row (d, i);

    row->n_shown &= !can_hide (d, row, TRUE);
    row->x_shown &= row->n_shown && !can_hide (d, row, FALSE);
  }
}

/* Where not even a release of nothing but its rows would do, hiding them one by one is no use. */
static gboolean
has_hope (Disclosure *d, Program *program, GError **error)
{
  g_autofree Row *decided = g_memdup2 (d->rows->data, sizeof (Row) * d->rows->len);
  gboolean ok = FALSE;

  hide_all (d);
  program_relax (program);
  ok = program_check_unsafe (program, error);
  memcpy (d->rows->data, decided, sizeof (Row) * d->rows->len);
  program_relax (program);
  return ok;
}

gboolean
disclosure_protect (Disclosure *d, DisclosureReport *out, GError **error)
{
  g_autoptr (Program) program = program_new (d);
  guint unsafe = G_MAXUINT, last = G_MAXUINT;

  *out = (DisclosureReport){ .unsafe = G_MAXUINT };
  while ((unsafe = program_find_unsafe (program)) != G_MAXUINT) {
    if ((unsafe != last && !has_hope (d, program, error)) || !hide_related (d, unsafe)) {
      out->unsafe = unsafe;
      if (error != NULL && *error == NULL)
        g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW, "a small count stays unprotected when nothing is shown");
      return FALSE;
    }
    last = unsafe;
    program_relax (program);
  }
  out->programs = program_solved (program);
  count_rows (d, out);
  return TRUE;
}

gboolean
disclosure_interval (Disclosure *d, guint row, gint64 *low, gint64 *high, GError **error)
{
  g_autoptr (Program) program = program_new (d);

  return program_interval (program, row, low, high, error);
}
