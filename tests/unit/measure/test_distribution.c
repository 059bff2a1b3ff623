#include "measure/distribution.h"
#include "../../support/near.h"
#include <glib.h>

static void
student__values_of_r__twelve_digits (void **state)
{
  static const struct {
    double df, quantile_975, above_2_5, above_minus_0_3;
  } cases[] = {
    /* R: qt (.975, df), pt (2.5, df, lower = F), pt (-.3, df, lower = F) */
    { 1, 12.706204736174694, 0.12111894159084335, 0.59277357907774231 },
    { 3, 3.1824463052837078, 0.043853323504032753, 0.60811835398004055 },
    { 7, 2.3646242515927844, 0.020496109292876437, 0.61355497479893284 },
    { 24, 2.0638985616280254, 0.0098270875582893765, 0.61661989467802414 },
    { 31, 2.0395134463964082, 0.0089601134066931085, 0.6169101624944856 },
    { 119, 1.9800998764569202, 0.0068905506583505187, 0.61764971600912655 },
    { 5000, 1.9604385517065075, 0.0062255580998605746, 0.61790518666527849 },
  };

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    assert_double_near (student_quantile (0.975, cases[i].df), cases[i].quantile_975, 1e-12);
    assert_double_near (student_quantile (0.025, cases[i].df), -cases[i].quantile_975, 1e-12);
    assert_double_near (student_upper (2.5, cases[i].df), cases[i].above_2_5, 1e-12);
    assert_double_near (student_upper (-0.3, cases[i].df), cases[i].above_minus_0_3, 1e-12);
  }
}

static void
student__no_such_distribution__nan (void **state)
{
  (void)state;
  assert_true (isnan (student_upper (1, 0)));
  assert_true (isnan (student_upper (1, -2)));
  assert_true (isnan (student_upper (NAN, 5)));
  assert_true (isnan (student_upper (1, NAN)));
  assert_true (isnan (student_quantile (0, 5)));
  assert_true (isnan (student_quantile (1, 5)));
  assert_true (isnan (student_quantile (0.9, 0)));
  assert_true (isnan (student_upper (1, INFINITY)));
  assert_true (isnan (student_upper (INFINITY, 0)));
  assert_true (isnan (student_quantile (NAN, 5)));
  assert_true (isnan (student_quantile (-0.1, 5)));
  assert_true (isnan (student_quantile (0.9, NAN)));
  assert_true (isnan (student_quantile (0.9, INFINITY)));
  assert_double_near (student_upper (INFINITY, 5), 0, 0);
  assert_double_near (student_upper (-INFINITY, 5), 1, 0);
  assert_double_near (student_quantile (0.5, 5), 0, 0);
}

static void
beta_quantile__outside__nan (void **state)
{
  (void)state;
  assert_true (isnan (beta_quantile (0, 2, 3)));
  assert_true (isnan (beta_quantile (0.7, 2, 3)));
  assert_true (isnan (beta_quantile (0.1, 0, 3)));
  assert_true (isnan (beta_upper_quantile (0.1, 2, INFINITY)));
  {
    static const double cases[][3] = { { 0, 2, 3 },     { -0.1, 2, 3 },  { 0.7, 2, 3 },        { NAN, 2, 3 },
                                       { 0.1, 0, 3 },   { 0.1, -1, 3 },  { 0.1, 2, 0 },        { 0.1, 2, -1 },
                                       { 0.1, NAN, 3 }, { 0.1, 2, NAN }, { 0.1, 2, INFINITY }, { 0.1, INFINITY, 3 } };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
      assert_true (isnan (beta_quantile (cases[i][0], cases[i][1], cases[i][2])));
      assert_true (isnan (beta_upper_quantile (cases[i][0], cases[i][1], cases[i][2])));
    }
  }
  assert_double_near (beta_quantile (0.1, 1, 1), 0.1, 1e-14);
  assert_double_near (beta_upper_quantile (0.1, 1, 1), 0.9, 1e-14);
}

static void
normal_quantile__values_of_r__twelve_digits (void **state)
{
  (void)state;
  assert_double_near (normal_quantile (0.975), 1.959963984540054, 1e-12);
  assert_double_near (normal_quantile (0.001), -3.0902323061678132, 1e-12);
  assert_true (isnan (normal_quantile (1)));
  assert_true (isnan (normal_quantile (0)));
  assert_true (isnan (normal_quantile (NAN)));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (student__values_of_r__twelve_digits),
    cmocka_unit_test (student__no_such_distribution__nan),
    cmocka_unit_test (beta_quantile__outside__nan),
    cmocka_unit_test (normal_quantile__values_of_r__twelve_digits),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
