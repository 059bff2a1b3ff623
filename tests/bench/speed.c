#include "speed.h"
#include "measure/trend.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define SERIES 60000
#define SERIES_R 3000
#define TURNS 5
#define WAVES 8
#define SCHOOLS 20

typedef struct {
  double t[WAVES];
  double n[SCHOOLS * WAVES];
  double *x; /* @count times as much */
} Input;

static Input *
input_new (guint count)
{
  Input *in = g_new0 (Input, 1);

  in->x = g_new (double, (gsize)count *SCHOOLS *WAVES);
  for (guint k = 0; k < WAVES; k++)
    in->t[k] = 0.5 * k;
  for (guint s = 0; s < SCHOOLS; s++)
    for (guint k = 0; k < WAVES; k++) {
      in->n[s * WAVES + k] = 100 + 5 * s + k % 3;
      for (guint i = 0; i < count; i++)
        in->x[((gsize)i * SCHOOLS + s) * WAVES + k] = 40 + (7 * s + 3 * k + i) % 23;
    }
  return in;
}

static void
input_free (Input *in)
{
  g_free (in->x);
  g_free (in);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Input, input_free)

static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Level, covariance, slope and its standard error of each of @count series; returns what slopes and errors sum to. */
static double
fit_series (Input *in, guint count)
{
  g_autoptr (StrataWeights) weights = strata_weights_one ("all");
  g_autoptr (GPtrArray) strata = g_ptr_array_new ();
  g_autoptr (Trend) trend = NULL;
  double c[WAVES] = { 0 }, total = 0;
  Panel panel = { .K = WAVES, .m = SCHOOLS, .L = 1, .t = in->t, .n = in->n, .strata = strata };

  g_ptr_array_add (strata, (gpointer)(guintptr) "all");
  for (guint i = 0; i < count; i++) {
    Contrast slope;

    panel.x = in->x + (gsize)i * SCHOOLS * WAVES;
    trend = trend_renew (trend, &panel, weights, 0, 0);
    if (!trend_line_weights (trend, -INFINITY, TRUE, 0, c))
      g_error ("no line");
    slope = trend_contrast (trend, c, 0);
    total += slope.value + slope.se;
  }
  return total;
}

/* How R is written: as one does it, with sweep, and in the quickest way, with rep. */
#define WAYS 2

typedef struct {
  double seconds[WAYS]; /* a series */
  double total[WAYS];   /* what slopes and errors sum to */
} TimeR;

/* FALSE where there is no R. */
static gboolean
time_r (TimeR *out)
{
  g_autofree char *program = g_find_program_in_path ("Rscript");
  g_autofree char *folder = g_path_get_dirname (__FILE__);
  g_autofree char *script = g_build_filename (folder, "speed.R", NULL);
  g_autofree char *count = g_strdup_printf ("%d", SERIES_R), *printed = NULL;
  char *argv[] = { program, script, count, NULL };

  return program != NULL && g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &printed, NULL, NULL, NULL)
         && sscanf (printed, "%lf %lf %lf %lf", &out->seconds[0], &out->total[0], &out->seconds[1], &out->total[1])
                == 2 * WAYS;
}

static double
sorted_median (double values[])
{
  gsl_sort (values, 1, TURNS);
  return gsl_stats_median_from_sorted_data (values, 1, TURNS);
}

/* Ours and R's in turn, so that both meet the same machine. */
void
print_speed (void)
{
  static const char *const ways[WAYS] = { "with sweep", "with rep" };
  g_autoptr (Input) in = input_new (SERIES);
  double ours[TURNS], theirs[WAYS][TURNS], ratio[WAYS][TURNS], total = fit_series (in, SERIES_R), median;
  TimeR r;
  gboolean there = TRUE;

  for (guint turn = 0; turn < TURNS; turn++) {
    double started = seconds ();

    fit_series (in, SERIES);
    ours[turn] = (seconds () - started) / SERIES;
    there = there && time_r (&r);
    for (guint way = 0; way < WAYS && there; way++) {
      theirs[way][turn] = r.seconds[way];
      ratio[way][turn] = r.seconds[way] / ours[turn];
    }
  }
  median = sorted_median (ours);
  printf ("\n%d series of %d waves x %d schools: %.3f s of processor time, %.2f us a series (median of %d turns)\n",
          SERIES, WAVES, SCHOOLS, median * SERIES, 1e6 * median, TURNS);
  if (!there)
    printf ("matrix R: skipped, no Rscript here\n");
  for (guint way = 0; way < WAYS && there; way++) {
    median = sorted_median (ratio[way]);
    printf (
        "matrix R, %s, %d of them: %.1f us a series, %.0f times as long (%.0f to %.0f); slopes and errors differ by "
        "%.0e\n",
        ways[way], SERIES_R, 1e6 * sorted_median (theirs[way]), median, ratio[way][0], ratio[way][TURNS - 1],
        fabs (total / r.total[way] - 1));
  }
}
