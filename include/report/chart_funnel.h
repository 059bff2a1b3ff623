/* include/report/chart_funnel.h: schools of one kind by size and rate, with the limits between which chance and what
   schools differ by anyhow leave them, as SVG. */
#pragma once

#include "measure/funnel.h"

typedef struct {
  double n;    /* pupils */
  double rate; /* per cent */
} FunnelPoint;

/* Beyond the outer limits lies one school in 500 that is like the others; beyond the inner one in 20. */
#define FUNNEL_Z_INNER 1.959963984540054
#define FUNNEL_Z_OUTER 3.090232306167813

/* chart_funnel_svg: @title is read to those who cannot see it; @n_label stands below the axis of sizes. Points beyond
 * the outer limits are marked by shape and colour. */
char *chart_funnel_svg (const FunnelPoint points[], guint n, const Funnel *funnel, double width, double height,
                        const char *title, const char *n_label);
