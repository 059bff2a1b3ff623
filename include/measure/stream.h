/* include/measure/stream.h: one district's deviations from its path over its waves, in a form in which their likelihood
   costs next to nothing at any size of the shocks. */
#pragma once

#include <glib.h>

/* One district's deviations from its path in the waves since the baseline, bad positive. Fractions; borrowed. */
typedef struct {
  guint series;           /* the indicator */
  guint k;                /* waves since the baseline */
  const double *years;    /* k, since the baseline */
  const double *delta;    /* k */
  const double *sampling; /* k x k, covariance of delta from sampling schools, up to the factor */
  const double *load;     /* k x k: a shock of variance tau2 in each wave adds tau2 x load */
  double factor;          /* of @sampling: 1, or what few schools make of it */
  double df;              /* of @sampling */
} TauStream;

/* factor sampling + tau2 load = A (diag (lambda) + tau2) A', with y = A^-1 delta and w = A^-1 years. */
typedef struct {
  guint k;
  double df;
  double log_det; /* of A A' */
  double *lambda, *y, *w;
} StreamForm;

/* stream_form: FALSE, nothing allocated, where the stream has no wave, no df, or no positive definite covariance. */
gboolean stream_form (const TauStream *stream, StreamForm *out);
void stream_form_clear (StreamForm *form);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StreamForm, stream_form_clear)

/* stream_log_density: of a multivariate t on df with scale factor sampling + tau2 load + slope2 years years', up to a
   constant of k and df. */
double stream_log_density (const StreamForm *form, double tau2, double slope2);

/* What the stream says of its slope b beyond the path, where delta = b years + noise: the generalised least-squares
   estimate is h / a with variance 1 / a. */
typedef struct {
  double a, h;
  double df; /* Satterthwaite: shocks count as known */
} StreamSlope;
StreamSlope stream_slope (const StreamForm *form, double tau2);
