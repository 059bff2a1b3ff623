/* tests/support/near.h: cmocka 1.1.5 compares doubles as float; this does not. */
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline int
double_is_near (double a, double b, double rel)
{
  return a == b || (isnan (a) && isnan (b)) || fabs (a - b) <= rel * fmax (fabs (a), fabs (b));
}

/* assert_double_near: |@a - @b| is at most @rel times the greater of both; NaN is near NaN, and only 0 is near 0. */
#define assert_double_near(a, b, rel) assert_double_near_at ((a), (b), (rel), #a, __FILE__, __LINE__)

static inline void
assert_double_near_at (double a, double b, double rel, const char *what, const char *file, int line)
{
  if (double_is_near (a, b, rel))
    return;
  print_error ("%s is %.17g, not %.17g to %g\n", what, a, b, rel);
  _fail (file, line);
}
