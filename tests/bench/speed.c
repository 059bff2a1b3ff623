#include "speed.h"
#include "measure/trend.h"
#include <math.h>
#include <stdio.h>
#include <time.h>

#define SERIES 60000
#define SERIES_R 3000
#define WAVES 8
#define SCHOOLS 20

static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Level, covariance, slope and its standard error of @count series; what slopes and errors sum to. */
static double
fit_series (guint count)
{
  g_autoptr (StrataWeights) weights = strata_weights_one ("all");
  g_autoptr (GPtrArray) strata = g_ptr_array_new ();
  double n[SCHOOLS * WAVES], x[SCHOOLS * WAVES], t[WAVES], c[WAVES] = { 0 }, total = 0;
  Panel panel = { .K = WAVES, .m = SCHOOLS, .L = 1, .t = t, .n = n, .x = x, .strata = strata };

  g_ptr_array_add (strata, (gpointer)(guintptr) "all");
  for (guint k = 0; k < WAVES; k++)
    t[k] = 0.5 * k;
  for (guint i = 0; i < count; i++) {
    g_autoptr (Trend) trend = NULL;
    Contrast slope;

    for (guint s = 0; s < SCHOOLS; s++)
      for (guint k = 0; k < WAVES; k++) {
        n[s * WAVES + k] = 100 + 5 * s + k % 3;
        x[s * WAVES + k] = 40 + (7 * s + 3 * k + i) % 23;
      }
    trend = trend_new (&panel, weights, 0, 0);
    if (!trend_line_weights (trend, -INFINITY, TRUE, 0, c))
      g_error ("no line");
    slope = trend_contrast (trend, c, 0);
    total += slope.value + slope.se;
  }
  return total;
}

/* Seconds a series; FALSE where there is no R. */
static gboolean
time_r (double *a_series, double *total)
{
  g_autofree char *program = g_find_program_in_path ("Rscript");
  g_autofree char *folder = g_path_get_dirname (__FILE__);
  g_autofree char *script = g_build_filename (folder, "speed.R", NULL);
  g_autofree char *count = g_strdup_printf ("%d", SERIES_R), *out = NULL;
  char *argv[] = { program, script, count, NULL };

  return program != NULL && g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, NULL)
         && sscanf (out, "%lf %lf", a_series, total) == 2;
}

void
print_speed (void)
{
  double started = seconds (), ours, r = 0, total = 0;

  fit_series (SERIES);
  ours = (seconds () - started) / SERIES;
  printf ("\n%d series of %d waves x %d schools: %.2f s of processor time, %.2f us a series\n", SERIES, WAVES, SCHOOLS,
          ours * SERIES, 1e6 * ours);
  if (!time_r (&r, &total))
    printf ("matrix R: skipped, no Rscript here\n");
  else
    printf ("matrix R, %d of them: %.1f us a series, %.0f times as long; slopes and errors differ by %.0e\n", SERIES_R,
            1e6 * r, r / ours, fabs (fit_series (SERIES_R) / total - 1));
}
