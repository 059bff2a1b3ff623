/* include/publish/disclosure.h: which counts of a table can be shown so that nobody learns the small ones; knows no
 * database. */
#pragma once

#include <glib.h>

/* The rules of a release; they are published with it. */
typedef struct {
  gint64 min_denominator; /* a row below is hidden */
  gint64 sensitive_max;   /* a numerator, or denominator minus numerator, from 1 to this is sensitive; so is their
                             equality */
  gint64
      rounding; /* counts that are shown are rounded to multiples of this; an odd number, so that no count is halfway */
  gint64 width; /* what the possible values of a sensitive count must span at least */
} DisclosureRules;

gboolean disclosure_sensitive (const DisclosureRules *rules, gint64 x, gint64 n);
/* disclosure_round: to the nearest multiple. */
gint64 disclosure_round (const DisclosureRules *rules, gint64 count);

/**
 * Disclosure: rows of numerator and denominator that somebody who reads every release could put together: those of one
 * survey period of indicators over the same denominators, all versions that were ever released.
 *
 * What the reader knows: which rows there are; each shown count to its rounding; that a shown row is not small and its
 * numerator not sensitive; 0 <= numerator <= denominator; which rows add up to which; which rows did not change between
 * releases. Nothing tells whether a row was hidden for its own sake or for another's.
 */
typedef struct _Disclosure Disclosure;

Disclosure *disclosure_new (const DisclosureRules *rules);
void disclosure_free (Disclosure *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Disclosure, disclosure_free)

/**
 * disclosure_add: a row with the true counts, 0 <= @x <= @n.
 * @publish: whether the release wants to show it; a row that it does not can still be a part of sums
 *
 * Returns: its number, from 0 on.
 */
guint disclosure_add (Disclosure *d, gint64 x, gint64 n, gboolean publish);

/* disclosure_share: both rows count the same pupils: one denominator, known to be one. They have equal n. */
void disclosure_share (Disclosure *d, guint row, guint owner);

/* disclosure_past: the row with these true counts stands in an earlier release made by @rules, with what is shown of
 * it. */
void disclosure_past (Disclosure *d, guint row, const DisclosureRules *rules, gboolean x_shown, gboolean n_shown);

/* disclosure_sum: @parent is the sum of @parts, or more than that; which of the two is looked up in the true counts,
   and given to the reader. Where it is neither, nobody can use it, and it is left out; the same sum twice is one. */
void disclosure_sum (Disclosure *d, guint parent, const guint parts[], guint n_parts);

/* disclosure_order: the reader knows that numerator @less is at most numerator @more. It is. */
void disclosure_order (Disclosure *d, guint less, guint more);
/* disclosure_disjoint: the reader knows that the numerators of @a and @b together are at most their denominator. They
 * are. */
void disclosure_disjoint (Disclosure *d, guint a, guint b);

typedef struct {
  guint rows;      /* that the release wants to show */
  guint shown;     /* with both counts */
  guint sensitive; /* of them */
  guint also;      /* hidden for another row's sake */
  guint programs;  /* linear programs solved */
  guint64 unsafe;  /* row that cannot be protected, when refused */
} DisclosureReport;

/**
 * disclosure_protect: decides what to show.
 *
 * A row below the smallest denominator is hidden with both counts, a sensitive one with its numerator. A sensitive
 * count (and what is left of its denominator, and a hidden denominator) is safe once two whole tables are at hand that
 * agree with everything published, in whole numbers, and lie width apart in it; they are the ends that two linear
 * programs find. While one is not safe, the smallest related numerator is hidden too; when there is none left,
 * denominators.
 *
 * Returns: FALSE with PLUMB_ERROR_TOO_FEW when earlier releases leave no safe pattern; nothing is to be published then.
 */
gboolean disclosure_protect (Disclosure *d, DisclosureReport *out, GError **error);

gboolean disclosure_x_shown (const Disclosure *d, guint row);
gboolean disclosure_n_shown (const Disclosure *d, guint row);

/* disclosure_interval: the smallest and the largest numerator that agree with what is shown, earlier releases included.
 */
gboolean disclosure_interval (Disclosure *d, guint row, gint64 *low, gint64 *high, GError **error);
