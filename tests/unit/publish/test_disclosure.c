/* What is hidden stays hidden: small tables against a reader who tries every table there could be. */
#include "publish/disclosure.h"

#include "attacker.h"
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const DisclosureRules standard = { 10, 7, 5, 4 };
/* Small enough to try everything. */
static const DisclosureRules little = { 3, 1, 3, 2 };

static void
sensitive__around_the_thresholds__as_the_rule_says (void **state)
{
  static const struct {
    gint64 x, n;
    gboolean sensitive;
  } cases[] = {
    { 0, 40, FALSE }, { 1, 40, TRUE },  { 7, 40, TRUE },  { 8, 40, FALSE }, { 32, 40, FALSE },
    { 33, 40, TRUE }, { 39, 40, TRUE }, { 40, 40, TRUE }, { 8, 16, FALSE }, { 8, 15, TRUE },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (disclosure_sensitive (&standard, cases[i].x, cases[i].n) != cases[i].sensitive)
      fail_msg ("%d of %d", (int)cases[i].x, (int)cases[i].n);
}

static void
round__every_remainder__to_the_nearest_multiple (void **state)
{
  static const gint64 wanted[] = { 20, 20, 20, 25, 25, 25, 25, 25, 30 };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    assert_int_equal (disclosure_round (&standard, 20 + (gint64)i), wanted[i]);
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
protect__nothing_small__shows_everything (void **state)
{
  g_autoptr (Disclosure) d = disclosure_new (&standard);
  guint parts[] = { disclosure_add (d, 312, 600, TRUE), disclosure_add (d, 207, 390, TRUE) };
  guint whole = disclosure_add (d, 519, 990, TRUE);
  DisclosureReport report;

  (void)state;
  disclosure_sum (d, whole, parts, 2);
  assert_true (disclosure_protect (d, &report, NULL));
  assert_int_equal (report.shown, 3);
  assert_int_equal (report.also, 0);
}

static void
protect__small_row_and_sensitive_numerator__hidden_whole_and_in_part (void **state)
{
  g_autoptr (Disclosure) d = disclosure_new (&standard);
  guint small = disclosure_add (d, 3, 9, TRUE), sensitive = disclosure_add (d, 3, 90, TRUE);
  DisclosureReport report;

  (void)state;
  assert_true (disclosure_protect (d, &report, NULL));
  assert_false (disclosure_n_shown (d, small));
  assert_true (disclosure_n_shown (d, sensitive));
  assert_false (disclosure_x_shown (d, sensitive));
}

/* The whole's 8 to 12 less the shown part's 8 to 12 leaves 0 to 4; were the shown part 0, exactly known, 8 would be
   safe too. But a whole of 10 and a part of 15, both rounded, leave no more than 12 - 13 < 0: here the part that is
   hidden could only be 0 or 1. */
static void
protect__rounding_gives_a_count_away__hides_its_neighbour (void **state)
{
  g_autoptr (Disclosure) d = disclosure_new (&standard);
  guint parts[]
      = { disclosure_add (d, 1, 100, TRUE), disclosure_add (d, 11, 100, TRUE), disclosure_add (d, 900, 1900, TRUE) };
  guint first[] = { parts[0], parts[1] };
  guint whole = disclosure_add (d, 12, 200, TRUE);
  DisclosureReport report;
  gint64 low = 0, high = 0;

  (void)state;
  disclosure_sum (d, whole, first, 2);
  assert_true (disclosure_protect (d, &report, NULL));
  assert_true (disclosure_interval (d, parts[0], &low, &high, NULL));
  assert_true (low <= 1 && high >= 1 && high - low >= 4);
  assert_true (disclosure_x_shown (d, parts[2]));
}

static void
protect__part_of_a_shown_nothing__is_refused_when_it_stands_in_an_earlier_release (void **state)
{
  g_autoptr (Disclosure) d = disclosure_new (&standard);
  const DisclosureRules loose = { 3, 1, 3, 2 };
  guint row = disclosure_add (d, 4, 40, TRUE);
  g_autoptr (GError) error = NULL;
  DisclosureReport report;

  (void)state;
  disclosure_past (d, row, &loose, TRUE, TRUE);
  assert_false (disclosure_protect (d, &report, &error));
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_TOO_FEW));
  assert_int_equal (report.unsafe, row);
}

static void
protect__shared_denominator_and_nested_numerators__the_reader_knows_both (void **state)
{
  g_autoptr (Disclosure) d = disclosure_new (&standard);
  guint less = disclosure_add (d, 3, 60, TRUE), more = disclosure_add (d, 9, 60, TRUE);
  gint64 low = 0, high = 0;
  DisclosureReport report;

  (void)state;
  disclosure_share (d, more, less);
  disclosure_order (d, less, more);
  assert_true (disclosure_protect (d, &report, NULL));
  assert_true (disclosure_x_shown (d, more));
  assert_true (disclosure_interval (d, less, &low, &high, NULL));
  assert_int_equal (low, 0);
  assert_int_equal (high, 12);
}

static void
protect__disjoint_numerators__the_rest_is_guarded_too (void **state)
{
  g_autoptr (Disclosure) d = disclosure_new (&standard);
  guint a = disclosure_add (d, 30, 62, TRUE), b = disclosure_add (d, 27, 62, TRUE);
  gint64 low = 0, high = 0;
  DisclosureReport report;

  (void)state;
  disclosure_share (d, b, a);
  disclosure_disjoint (d, a, b);
  assert_true (disclosure_protect (d, &report, NULL));
  assert_true (disclosure_interval (d, a, &low, &high, NULL));
  assert_int_equal (low, 28);
  assert_int_equal (high, 32);
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* A table of two grades and two sexes, or of three districts; then its second edition, in which one leaf was corrected.
 */
typedef struct {
  guint n_leaves;
  guint n_wholes;
  guint parts[5][4];
  guint n_parts[5];
} Shape;

static const Shape shapes[] = {
  { 3, 1, { { 0, 1, 2 } }, { 3 } },
  { 2, 1, { { 0, 1 } }, { 2 } },
  { 3, 2, { { 0, 1 }, { 0, 1, 2 } }, { 2, 3 } },
  { 4, 5, { { 0, 1 }, { 2, 3 }, { 0, 2 }, { 1, 3 }, { 0, 1, 2, 3 } }, { 2, 2, 2, 2, 4 } },
};

typedef struct {
  Attacker attacker;
  gint64 x[MAX_ROWS], n[MAX_ROWS];
  guint rows[2][MAX_ROWS]; /* of each edition: leaves, then wholes */
} Trial;

static void
add_wholes (Trial *t, const Shape *shape, guint edition)
{
  for (guint i = 0; i < shape->n_wholes; i++) {
    Whole *w = &t->attacker.wholes[t->attacker.n_wholes++];
    guint row = t->attacker.n_rows++;

    w->parent = t->rows[edition][shape->n_leaves + i] = row;
    w->n_parts = shape->n_parts[i];
    t->x[row] = t->n[row] = 0;
    for (guint j = 0; j < w->n_parts; j++) {
      w->parts[j] = t->rows[edition][shape->parts[i][j]];
      t->x[row] += t->x[w->parts[j]];
      t->n[row] += t->n[w->parts[j]];
    }
  }
}

static void
draw_leaf (Trial *t, GRand *rand, guint row, gint64 most)
{
  t->n[row] = g_rand_int_range (rand, 1, (gint32)most + 1);
  t->x[row] = g_rand_int_range (rand, 0, (gint32)t->n[row] + 1);
}

static void
draw (Trial *t, GRand *rand, const Shape *shape, gboolean corrected, gint64 most)
{
  guint changed = (guint)g_rand_int_range (rand, 0, (gint32)shape->n_leaves);

  memset (t, 0, sizeof *t);
  t->attacker.n_rows = t->attacker.n_leaves = shape->n_leaves + corrected;
  for (guint i = 0; i < t->attacker.n_leaves; i++)
    draw_leaf (t, rand, i, most);
  for (guint i = 0; i < shape->n_leaves; i++) {
    t->rows[0][i] = i;
    t->rows[1][i] = corrected && i == changed ? shape->n_leaves : i;
  }
  add_wholes (t, shape, 0);
  if (corrected)
    add_wholes (t, shape, 1);
}

/* What a release prints, by the decisions that were made for it. */
static void
print (Trial *t, const Disclosure *d, const DisclosureRules *rules, const Shape *shape, guint edition)
{
  for (guint i = 0; i < shape->n_leaves + shape->n_wholes; i++) {
    guint row = t->rows[edition][i];

    t->attacker.printed[edition][row] = TRUE;
    t->attacker.prints[edition][row] = (Print){
      disclosure_x_shown (d, row) ? disclosure_round (rules, t->x[row]) : -1,
      disclosure_n_shown (d, row) ? disclosure_round (rules, t->n[row]) : -1,
    };
  }
}

/* The rows as the second release finds them: those of the first are there with what it printed. */
static Disclosure *
set_up (const Trial *t, const DisclosureRules *rules, const Shape *shape, guint edition, gboolean corrected)
{
  Disclosure *d = disclosure_new (rules);

  for (guint row = 0; row < t->attacker.n_rows; row++) {
    gboolean publish = FALSE;

    for (guint i = 0; i < shape->n_leaves + shape->n_wholes; i++)
      publish |= t->rows[edition][i] == row;
    disclosure_add (d, t->x[row], t->n[row], publish);
    if (edition == 1 && t->attacker.printed[0][row])
      disclosure_past (d, row, rules, t->attacker.prints[0][row].x >= 0, t->attacker.prints[0][row].n >= 0);
  }
  for (guint i = 0; i < t->attacker.n_wholes; i++)
    if (corrected || i < shape->n_wholes)
      disclosure_sum (d, t->attacker.wholes[i].parent, t->attacker.wholes[i].parts, t->attacker.wholes[i].n_parts);
  return d;
}

static gboolean
guarded (const DisclosureRules *rules, gint64 x, gint64 n)
{
  return n < rules->min_denominator || disclosure_sensitive (rules, x, n);
}

/* Rows that the attacker bounds tighter than the rule. */
static guint
count_narrow (const Trial *t, const DisclosureRules *rules)
{
  const Attacker *a = &t->attacker;
  guint narrow = 0;

  assert_true (a->tables > 0);
  for (guint i = 0; i < a->n_rows; i++) {
    assert_in_range (t->x[i], a->low[i], a->high[i]);
    if (guarded (rules, t->x[i], t->n[i]))
      narrow += a->high[i] - a->low[i] < rules->width || a->rest_high[i] - a->rest_low[i] < rules->width;
  }
  return narrow;
}

static void
assert_intervals_equal (const Trial *t, Disclosure *d)
{
  for (guint i = 0; i < t->attacker.n_rows; i++) {
    gint64 low = 0, high = 0;
    g_autoptr (GError) error = NULL;

    if (!disclosure_interval (d, i, &low, &high, &error))
      fail_msg ("%s", error->message);
    assert_int_equal (low, t->attacker.low[i]);
    /* The attacker stops at a denominator, the program at another. */
    if ((t->attacker.printed[0][i] && t->attacker.prints[0][i].n >= 0)
        || (t->attacker.printed[1][i] && t->attacker.prints[1][i].n >= 0))
      assert_int_equal (high, t->attacker.high[i]);
  }
}

/* Returns how many rows were narrow; releases both editions, and tells how many rows could be and were shown. */
static guint
release_and_attack (GRand *rand, const DisclosureRules *rules, const Shape *shape, gboolean corrected, gboolean audit,
                    guint *rows, guint *shown)
{
  gint64 most = shape->n_leaves + corrected > 3 ? 6 : 9;
  Trial t;

  draw (&t, rand, shape, corrected, most);
  t.attacker.rules = *rules;
  for (guint edition = 0; edition <= (guint)corrected; edition++) {
    g_autoptr (Disclosure) d = set_up (&t, rules, shape, edition, edition == 1);
    DisclosureReport report = { 0 };
    g_autoptr (GError) error = NULL;

    if (audit && !disclosure_protect (d, &report, &error))
      fail_msg ("%s", error->message);
    *rows += report.rows;
    *shown += report.shown;
    print (&t, d, rules, shape, edition);
    if (edition == (guint)corrected) {
      attacker_try (&t.attacker, most + 1);
      if (audit)
        assert_intervals_equal (&t, d);
    }
  }
  return count_narrow (&t, rules);
}

static void
protect__random_tables__no_count_is_narrower_than_the_rule (void **state)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20221231);
  guint rows = 0, shown = 0;

  (void)state;
  for (guint i = 0; i < 120; i++)
    for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
      assert_int_equal (release_and_attack (rand, &little, &shapes[s], FALSE, TRUE, &rows, &shown), 0);
  assert_true (shown > 0 && shown < rows);
}

static void
protect__random_tables_corrected_and_released_again__both_releases_together_give_nothing (void **state)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20230731);
  guint rows = 0, shown = 0;

  (void)state;
  for (guint i = 0; i < 60; i++)
    for (guint s = 0; s < 3; s++)
      assert_int_equal (release_and_attack (rand, &little, &shapes[s], TRUE, TRUE, &rows, &shown), 0);
  assert_true (shown > 0 && shown < rows);
}

/* The attacker must be able to win. */
static void
random_tables__hidden_and_rounded_without_audit__the_attacker_finds_counts (void **state)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint rows = 0, shown = 0, narrow = 0;

  (void)state;
  for (guint i = 0; i < 60; i++)
    for (guint s = 0; s < 3; s++)
      narrow += release_and_attack (rand, &little, &shapes[s], TRUE, FALSE, &rows, &shown);
  assert_true (narrow > 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (sensitive__around_the_thresholds__as_the_rule_says),
    cmocka_unit_test (round__every_remainder__to_the_nearest_multiple),
    cmocka_unit_test (protect__nothing_small__shows_everything),
    cmocka_unit_test (protect__small_row_and_sensitive_numerator__hidden_whole_and_in_part),
    cmocka_unit_test (protect__rounding_gives_a_count_away__hides_its_neighbour),
    cmocka_unit_test (protect__part_of_a_shown_nothing__is_refused_when_it_stands_in_an_earlier_release),
    cmocka_unit_test (protect__shared_denominator_and_nested_numerators__the_reader_knows_both),
    cmocka_unit_test (protect__disjoint_numerators__the_rest_is_guarded_too),
    cmocka_unit_test (protect__random_tables__no_count_is_narrower_than_the_rule),
    cmocka_unit_test (random_tables__hidden_and_rounded_without_audit__the_attacker_finds_counts),
    cmocka_unit_test (protect__random_tables_corrected_and_released_again__both_releases_together_give_nothing),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
