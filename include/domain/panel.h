/* include/domain/panel.h: the same schools counted on several occasions (waves). */
#pragma once

#include <glib.h>

/* Years: times closer than this are one wave. */
#define PANEL_SAME_TIME 1e-9

/* Counts of K waves x m schools x L strata of one indicator in one area. A school that did not report a stratum in a
   wave has n = 0 and x = 0 there. Counts are held as double: exact up to 2^53. */
typedef struct {
  guint K;           /* waves */
  guint m;           /* schools */
  guint L;           /* strata */
  double *t;         /* K times in years, strictly increasing */
  double *n;         /* m x K x L, examined: n[(s * K + k) * L + l] */
  double *x;         /* the same shape, cases: 0 <= x <= n */
  GPtrArray *school; /* m names, owned */
  GPtrArray *strata; /* L names, owned */
} Panel;

/* One long row; panel_new() sorts it out. */
typedef struct {
  const char *school;
  const char *stratum;
  double t;
  double n;
  double x;
} PanelRow;

/**
 * panel_new:
 * @rows: any order; rows of the same school, stratum and t are added together; borrowed
 *
 * Schools and strata are ordered by name (strcmp), waves by t. Refuses (PLUMB_ERROR_INPUT) n or x that are negative,
 * fractional, not finite, or x > n; free with panel_free().
 */
Panel *panel_new (const PanelRow rows[], gsize n_rows, GError **error);
void panel_free (Panel *panel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Panel, panel_free)

static inline double
panel_n (const Panel *p, guint s, guint k, guint l)
{
  return p->n[((gsize)s * p->K + k) * p->L + l];
}

static inline double
panel_x (const Panel *p, guint s, guint k, guint l)
{
  return p->x[((gsize)s * p->K + k) * p->L + l];
}
