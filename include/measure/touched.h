/* include/measure/touched.h: which parts of an indicator's data differ from those that it was last measured on. */
#pragma once

#include "measure/aggregate.h"
#include "measure/weights.h"

/* A part is one area's rows of one period; the city's are its districts' together. Results are made again only where
   they rest on a part that moved. */
typedef struct {
  gboolean everything; /* there is nothing to compare with: all is made again */
  gboolean any;        /* some part moved */
  guint first;         /* the first period of which a part moved; the number of periods when none did */
  gboolean *part;      /* areas x periods: its rows moved */
  gboolean *area;      /* some part of it moved */
  guint *look;         /* of each area: the first period whose look back differs, by its data or by its day */
  guint n_periods;
  char *definition; /* to be remembered */
  char *parts;
} Touched;

/**
 * touched_find:
 * @definition: what the results rest on beside the data and @weights, as text
 * @weights: NULL: none
 * @before_definition, @before_parts: what was remembered, NULL where nothing was
 *
 * A definition that changed, a part that is gone, and whatever was never measured so: everything.
 */
void touched_find (const Aggregate *a, const StrataWeights *weights, const char *definition, const GDate *today,
                   const char *before_definition, const char *before_parts, Touched *out);
void touched_clear (Touched *touched);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Touched, touched_clear)

gboolean touched_part (const Touched *touched, guint area, guint period);
gboolean touched_area (const Touched *touched, guint area);
/* touched_look: whether what looks back from @period over the area's earlier ones is made again. */
gboolean touched_look (const Touched *touched, guint area, guint period);
/* touched_period: the same of what compares all areas. */
gboolean touched_period (const Touched *touched, guint period);
