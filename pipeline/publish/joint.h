/* pipeline/publish/joint.h: counts of a period from all releases, put into one Disclosure. */
#pragma once

#include "publish/disclosure.h"

/* A count of pupils in a release. Texts are interned. */
typedef struct {
  gint64 release;        /* 0: the one that is being made */
  DisclosureRules rules; /* of an earlier release */
  const char *feed;
  const char *period;
  const char *indicator;
  const char *district;
  const char *unit;
  const char *parent;  /* "" at the top */
  const char *stratum; /* all, P1, M, P1/M */
  const char *counted; /* indicators with the same count the same pupils in their denominators */
  gint64 x, n;
  gboolean provisional;
  gboolean x_shown, n_shown; /* of an earlier release; filled in for the present one */
} Cell;

/**
 * joint_protect: decides x_shown and n_shown of the present release's cells.
 * @cells: all of one period and feed, by release
 *
 * The reader is given the sums of areas, grades and sexes wherever they hold, the same denominators as the same,
 * numerators that are part of others or exclude each other wherever that is so throughout a release, and which counts
 * did not change. PLUMB_ERROR_TOO_FEW as in disclosure_protect().
 */
gboolean
joint_protect (Cell cells[], guint n_cells, const DisclosureRules *rules, DisclosureReport *out, GError **error);
