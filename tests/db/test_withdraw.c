/* What stands after files came again and batches were taken back. */
#include "../support/intake.h"

#include <string.h>

#define ROW(examined, myopic) MYOPIA "2101020001,2022-spring,P1,M," examined "," myopic ",\n"
#define CURRENT                                                                                                        \
  "select coalesce(string_agg(concat_ws('/', school_code, examined, myopic), ' ' order by school_code), 'none') from " \
  "monitor.myopia"

static void
withdraw__a_chain_of_corrections__the_latest_that_stands (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  take (night, ROW ("60", "12")); /* batch 2 */
  take (night, ROW ("61", "12"));
  take (night, ROW ("62", "12") "2101020002,2022-spring,P1,M,40,9,\n");
  assert_sql (night->db, "select plumbline.withdraw_batch(3, 'wrong table', 'anna')", "0");
  assert_sql (night->db, CURRENT, "2101020001/62/12 2101020002/40/9");
  assert_sql (night->db, "select plumbline.withdraw_batch(4, 'wrong table', 'anna')", "2");
  assert_sql (night->db, CURRENT, "2101020001/60/12");
  assert_sql (night->db, "select string_agg(status, ' ' order by batch_id) from monitor.batch",
              "loaded loaded withdrawn withdrawn");
  assert_sql (night->db, "select plumbline.withdraw_batch(4, 'again', 'anna')", "-2");
  assert_sql (night->db, "select plumbline.withdraw_batch(2, 'none is left', 'anna')", "1");
  assert_sql (night->db, CURRENT, "none");
  assert_sql (night->db,
              "select string_agg(batch_id || ':' || rows_changed, ' ' order by batch_event_id) from "
              "monitor.batch_event where event = 'withdraw' and comment <> ''",
              "3:0 4:3 2:1");
  take (night, ROW ("60", "12")); /* the same bytes again: their first batch no longer stands */
  assert_sql (night->db, CURRENT, "2101020001/60/12");
}

static void
withdraw__of_what_superseded_a_confirmed_row__confirmed_it_is_back (void **state)
{
  Night *night = *state;

  take (night, SCHOOLS);
  take (night, ROW ("60", "12"));
  run_sql (night->db, "update feed.myopia set provisional = true");
  assert_sql (night->db, "select plumbline.confirm_batch(2, 'asked', 'anna')", "1");
  take (night, ROW ("61", "12"));
  assert_sql (night->db, "select plumbline.withdraw_batch(3, 'wrong', 'anna')", "1");
  assert_sql (night->db, "select examined || ' ' || provisional from monitor.myopia", "60 false");
}

/* What was confirmed is not in doubt again because the file comes again, and doubt does not end without a word. */
static void
ingest__rows_that_are_equal__stay_confirmed_or_in_doubt (void **state)
{
  static const char *const files[] = { ROW ("60", "12") "2101020002,2022-spring,P1,M,40,9,\n",
                                       ROW ("60", "12") "2101020002,2022-spring,P1,M,41,9,\n" };
  Night *night = *state;

  take (night, SCHOOLS);
  for (guint complete = 0; complete < 2; complete++) {
    take (night, files[0]);
    run_sql (night->db, "update feed.myopia set provisional = true where school_code = '2101020001'");
    assert_int_equal (take_as (night, files[1], complete == 1).rows_changed, 1);
    assert_sql (night->db,
                "select string_agg(school_code || ' ' || provisional, ', ' order by school_code) from monitor.myopia",
                "2101020001 true, 2101020002 false");
    run_sql (night->db, "truncate feed.myopia, feed.myopia_history; delete from plumbline.batch where feed = 'myopia'");
  }
}

/* What a model says of rows whose files come, are complete or not, and are taken back: the last of the batches that
 * stand and did something to a row has its way. */
#define KEYS 3
#define STEPS 9
#define MOVES 64

typedef struct {
  guint batch;
  guint value; /* 0: it is gone */
} Move;

typedef struct {
  Move moves[KEYS][MOVES];
  guint n[KEYS];
  gboolean taken_back[MOVES]; /* by batch */
  guint batch;                /* the last one */
  guint value;
} Model;

static guint
model_value (const Model *m, guint key)
{
  for (guint i = m->n[key]; i > 0; i--)
    if (!m->taken_back[m->moves[key][i - 1].batch])
      return m->moves[key][i - 1].value;
  return 0;
}

static void
model_move (Model *m, guint key, guint value)
{
  m->moves[key][m->n[key]++] = (Move){ m->batch, value };
}

/* Of the keys whose bit is set. */
static void
bring (Night *night, Model *m, guint bits, gboolean complete)
{
  static const char *const keys[KEYS]
      = { "2101020001,2022-spring,P1,M", "2101020001,2022-spring,P2,M", "2101020002,2022-spring,P1,M" };
  g_autoptr (GString) text = g_string_new (MYOPIA);

  m->batch++;
  for (guint k = 0; k < KEYS; k++) {
    if ((bits >> k & 1) != 0) {
      model_move (m, k, ++m->value);
      g_string_append_printf (text, "%s,%u,12,\n", keys[k], m->value);
    } else if (complete && model_value (m, k) > 0)
      model_move (m, k, 0);
  }
  take_as (night, text->str, complete);
}

static void
assert_as_model (const Night *night, const Model *m, const char *story)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *found = value_of (
      night->db,
      "select coalesce(string_agg(school_code || grade || ' ' || examined, ', ' order by school_code, grade), "
      "'') from monitor.myopia");
  static const char *const names[KEYS] = { "2101020001P1", "2101020001P2", "2101020002P1" };

  for (guint k = 0; k < KEYS; k++)
    if (model_value (m, k) > 0)
      g_string_append_printf (expected, "%s%s %u", expected->len > 0 ? ", " : "", names[k], model_value (m, k));
  if (strcmp (found, expected->str) != 0)
    fail_msg ("%s: %s instead of %s", story, found, expected->str);
}

static void
take_back (const Night *night, Model *m, guint batch)
{
  g_autofree char *sql = g_strdup_printf ("select plumbline.withdraw_batch(%u, 'wrong', 'anna')", batch);

  run_sql (night->db, sql);
  m->taken_back[batch] = TRUE;
}

static void
withdraw__files_complete_or_not_in_any_order__the_last_that_stands (void **state)
{
  Night *night = *state;
  g_autoptr (GRand) rand = g_rand_new_with_seed (31);

  take (night, SCHOOLS);
  for (guint turn = 0; turn < 60; turn++) {
    Model m = { .batch = 1, .value = 20 };
    g_autoptr (GString) story = g_string_new (NULL);

    run_sql (night->db, "truncate feed.myopia, feed.myopia_history; delete from plumbline.batch_event; delete from "
                        "plumbline.batch where batch_id > 1;"
                        "alter table plumbline.batch alter batch_id restart with 2");
    for (guint i = 0; i < STEPS; i++) {
      guint batch = (guint)g_rand_int_range (rand, 2, (gint32)m.batch + 2);
      guint bits = (guint)g_rand_int_range (rand, 1, 1 << KEYS);
      gboolean complete = g_rand_int_range (rand, 0, 3) == 0;

      if (i > 1 && batch <= m.batch && !m.taken_back[batch] && g_rand_boolean (rand)) {
        g_string_append_printf (story, " -%u", batch);
        take_back (night, &m, batch);
      } else {
        g_string_append_printf (story, " %u%s", bits, complete ? "!" : "");
        bring (night, &m, bits, complete);
      }
      assert_as_model (night, &m, story->str);
    }
  }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (withdraw__files_complete_or_not_in_any_order__the_last_that_stands, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (withdraw__of_what_superseded_a_confirmed_row__confirmed_it_is_back, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (ingest__rows_that_are_equal__stay_confirmed_or_in_doubt, night_set_up,
                                     night_tear_down),
    cmocka_unit_test_setup_teardown (withdraw__a_chain_of_corrections__the_latest_that_stands, night_set_up,
                                     night_tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
