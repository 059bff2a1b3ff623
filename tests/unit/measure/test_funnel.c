#include "measure/funnel.h"
#include "reference.h"
#include "../../support/near.h"

/* The reference rounds its normal quantiles. */
#define Z95 1.959964
#define Z998 3.090232

typedef struct {
  guint m;
  double *x, *n;
} Schools;

static void
schools_clear (Schools *s)
{
  g_free (s->x);
  g_free (s->n);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Schools, schools_clear)

static Schools
read_schools (const Table *t)
{
  Schools s = { t->rows->len, g_new (double, t->rows->len), g_new (double, t->rows->len) };

  for (guint i = 0; i < s.m; i++) {
    s.x[i] = reference_number (t, i, "x");
    s.n[i] = reference_number (t, i, "n");
  }
  return s;
}

static void
funnel__reference_11__limits_and_who_stands_out (void **state)
{
  g_autoptr (Table) t = reference_read ("11b_funnel_OD_primary_t0.csv");
  g_autoptr (Table) sum = reference_read ("11c_funnel_OD_summary.csv");
  g_auto (Schools) s = read_schools (t);
  guint outside_95 = 0, outside_998 = 0;
  Funnel funnel;

  (void)state;
  assert_true (funnel_of (s.x, s.n, s.m, &funnel));
  assert_double_near (funnel.target, reference_number (sum, 0, "target"), 1e-12);
  assert_double_near (funnel.dispersion, reference_number (sum, 0, "phi_winsor10"), 1e-12);
  assert_double_near (funnel.tau2, reference_number (sum, 0, "tau2"), 1e-12);
  for (guint i = 0; i < s.m; i++) {
    double low, high, z = funnel_z (&funnel, s.x[i], s.n[i]);

    assert_double_near (z, reference_number (t, i, "z_adj"), 1e-11);
    funnel_limits (&funnel, s.n[i], Z95, &low, &high);
    assert_double_near (low, reference_number (t, i, "od_lo95"), 1e-12);
    assert_double_near (high, reference_number (t, i, "od_hi95"), 1e-12);
    funnel_limits (&funnel, s.n[i], Z998, &low, &high);
    assert_double_near (low, reference_number (t, i, "od_lo998"), 1e-12);
    assert_double_near (high, reference_number (t, i, "od_hi998"), 1e-12);
    outside_95 += fabs (z) > Z95;
    outside_998 += fabs (z) > Z998;
  }
  assert_int_equal (outside_95, (int)reference_number (sum, 0, "n_outside_95_adj"));
  assert_int_equal (outside_998, (int)reference_number (sum, 0, "n_outside_998_adj"));
}

static void
funnel__degenerate__well_defined (void **state)
{
  static const double none[] = { 0, 0, 0, 0, 0 }, n[] = { 11, 13, 17, 19, 23 };
  double low, high;
  Funnel funnel;

  (void)state;
  assert_false (funnel_of (none, n, FUNNEL_MIN_SCHOOLS - 1, &funnel));
  assert_true (funnel_of (none, n, 5, &funnel));
  assert_double_near (funnel.tau2, 0, 0);
  assert_double_near (funnel_z (&funnel, 0, 11), 0, 0);
  funnel_limits (&funnel, 11, Z998, &low, &high);
  assert_double_near (low, 0, 0);
  assert_true (high > 0.2 && high < 0.3);
  assert_true (funnel_of (n, n, 5, &funnel));
  funnel_limits (&funnel, 1e9, Z998, &low, &high);
  assert_double_near (high, 1, 1e-15);
  assert_true (low < 1 && low > 0.9999999);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (funnel__reference_11__limits_and_who_stands_out),
    cmocka_unit_test (funnel__degenerate__well_defined),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
