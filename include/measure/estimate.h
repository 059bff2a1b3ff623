/* include/measure/estimate.h: the level of one indicator in one wave and its 95 % interval. Fractions throughout. */
#pragma once

#include <glib.h>

typedef enum {
  INTERVAL_NONE,    /* fewer than 5 schools: no interval is honest */
  INTERVAL_LOGIT_T, /* clustered standard error, logit scale, Student's t */
  INTERVAL_WILSON,  /* a single school, or a plain share */
  INTERVAL_EXACT    /* Clopper-Pearson: no case, or nothing but cases */
} IntervalMethod;

/* Where there is none, numbers are NAN. */
typedef struct {
  double x; /* cases */
  double n; /* examined */
  double p;
  double se; /* schools as clusters */
  double df; /* schools - 1 */
  double low;
  double high;
  guint schools; /* with n > 0 */
  IntervalMethod method;
} Estimate;

#define ESTIMATE_MIN_SCHOOLS 5

/* interval_wilson, interval_exact (Clopper-Pearson): of x cases among n > 0, two-sided @confidence. */
void interval_wilson (double x, double n, double confidence, double *low, double *high);
void interval_exact (double x, double n, double confidence, double *low, double *high);
/* interval_logit_t: expit(logit p ± t se / (p (1 - p))); NAN unless 0 < p < 1, se finite and df > 0. */
void interval_logit_t (double p, double se, double df, double confidence, double *low, double *high);

/**
 * estimate_ratio:
 * @x, @n: cases and examined of @m schools in one wave, strata already added up; n = 0 where a school did not report
 *
 * sum x / sum n with the linearised standard error of schools as clusters,
 * sqrt(m / (m - 1) sum ((x - p n) / sum n)^2) over the schools with n > 0 (Cochran 1977, 6.4; survey::svyratio).
 * Interval: exact where x is 0 or n, Wilson for a single school or schools that all agree, none for 2 to 4 schools,
 * logit-t from 5 up, with standard error and degrees of freedom mended for few schools of unequal size
 * (measure/small.h). All NAN where no school reported.
 */
void estimate_ratio (const double x[], const double n[], guint m, Estimate *out);

/* estimate_share: a plain share of x of n with no clusters (a school's own rate): Wilson or exact. */
void estimate_share (double x, double n, Estimate *out);
