#include "simulate/census.h"

#include "simulate/draw.h"

#include <math.h>
#include <stddef.h>

#define COMPULSORY (1 << SIM_PRIMARY | 1 << SIM_JUNIOR | 1 << SIM_NINE_YEAR | 1 << SIM_TWELVE_YEAR)

/* 51.4 and 87.3: the bureau's press conference of 10 August 2022, for the end of 2021; 97.4: the same. Targets: the
 * plan. */
const SimShareFact sim_shares[] = {
  { "kindergarten_public_share", SIM_PUBLIC, 1 << SIM_KINDERGARTEN, TRUE, 51.4, 54 },
  { "kindergarten_inclusive_share", SIM_INCLUSIVE, 1 << SIM_KINDERGARTEN, TRUE, 87.3, 85 },
  { "kindergarten_star_share", SIM_RECOGNISED, 1 << SIM_KINDERGARTEN, FALSE, 0, 65 },
  { "quality_coverage", SIM_IN_GROUP, COMPULSORY, TRUE, 97.4, 99 },
  { "senior_recognised_share", SIM_RECOGNISED, 1 << SIM_SENIOR, TRUE, 0, 65 },
};
const guint sim_n_shares = G_N_ELEMENTS (sim_shares);

/* Where a district's start and end of each share above stand in its facts. */
static const size_t offsets[] = { offsetof (SimDistrict, public_share), offsetof (SimDistrict, inclusive_share),
                                  offsetof (SimDistrict, star_share), offsetof (SimDistrict, group_share),
                                  offsetof (SimDistrict, recognised_share) };
G_STATIC_ASSERT (G_N_ELEMENTS (offsets) == G_N_ELEMENTS (sim_shares));

static const guint phase_terms[SIM_PHASES] = { SIM_TERM_2021_AUTUMN, SIM_TERM_2022_SPRING, SIM_TERM_2022_AUTUMN };

static const SimShare *
district_share (guint district, guint share)
{
  return (const SimShare *)(const void *)((const char *)&sim_districts[district] + offsets[share]);
}

static gboolean
counts (const SimShareFact *share, const SimSchool *school, guint district, guint term)
{
  return (share->stages & (1U << school->stage)) != 0 && (district == SIM_DISTRICTS || school->district == district)
         && sim_school_open (school, term);
}

void
sim_share_count (const SimCity *city, const SimShareFact *share, guint district, guint term, guint64 *numerator,
                 guint64 *denominator)
{
  *numerator = *denominator = 0;
  for (guint i = 0; i < city->schools->len; i++) {
    const SimSchool *school = sim_school (city, i);
    guint weight = share->heads ? school->enrolled[term] : 1;

    if (!counts (share, school, district, term))
      continue;
    *denominator += weight;
    if (sim_school_is (school, term, share->attribute))
      *numerator += weight;
  }
}

static void
give (SimSchool *school, guint phase, guint attribute)
{
  for (guint p = phase; p < SIM_PHASES; p++)
    school->attributes[p] |= attribute;
}

/* Schools of the district that may still get the attribute, in random order. A kindergarten that turns public was an
   inclusive one before, whatever else it was: only the first phase chooses freely. */
static guint
candidates (const SimCity *city, const SimShareFact *share, guint district, guint term, gsl_rng *rng, guint items[])
{
  guint phase = sim_term_phase (term);
  guint n = 0;

  for (guint i = 0; i < city->schools->len; i++) {
    const SimSchool *school = sim_school (city, i);

    if (!counts (share, school, district, term) || sim_school_is (school, term, share->attribute))
      continue;
    if (share->attribute == SIM_PUBLIC
        && (phase > 0 ? !sim_school_is (school, term, SIM_INCLUSIVE)
                      : school->first_term > 0 || school->closed[0] != '\0'))
      continue;
    items[n++] = i;
  }
  draw_shuffle (rng, items, n);
  return n;
}

static void
give_share (SimCity *city, const SimShareFact *share, guint i, guint phase)
{
  give (g_ptr_array_index (city->schools, i), phase,
        share->attribute == SIM_PUBLIC ? SIM_PUBLIC | SIM_INCLUSIVE : share->attribute);
}

static double
weight_of (const SimCity *city, const SimShareFact *share, guint i, guint term)
{
  return share->heads ? sim_school (city, i)->enrolled[term] : 1;
}

/* The one school, if any, that brings the share nearest. */
static double
mend_gap (SimCity *city, const SimShareFact *share, guint term, const guint items[], guint n, double missing)
{
  guint best = n;
  double best_gap = fabs (missing);

  for (guint i = 0; i < n; i++) {
    double gap = fabs (missing - weight_of (city, share, items[i], term));

    if (!sim_school_is (sim_school (city, items[i]), term, share->attribute) && gap < best_gap) {
      best = i;
      best_gap = gap;
    }
  }
  if (best == n)
    return missing;
  give_share (city, share, items[best], sim_term_phase (term));
  return missing - weight_of (city, share, items[best], term);
}

/* A few large schools may leave a gap that each of them would more than fill: on the path, the smallest of them fills
 * it. */
static double
fill_gap (SimCity *city, const SimShareFact *share, guint term, const guint items[], guint n, double missing)
{
  while (missing > 0.0) {
    guint best = n;

    for (guint i = 0; i < n; i++)
      if (!sim_school_is (sim_school (city, items[i]), term, share->attribute)
          && (best == n || weight_of (city, share, items[i], term) < weight_of (city, share, items[best], term)))
        best = i;
    if (best == n)
      break;
    give_share (city, share, items[best], sim_term_phase (term));
    missing -= weight_of (city, share, items[best], term);
  }
  return missing;
}

/* Gives the attribute to schools while that brings the share nearer to @pct; returns what is missing (or, negative, too
   much), in units of the numerator. */
static double
raise_share (SimCity *city, guint which, guint district, guint term, double pct, double carry, gboolean fill)
{
  const SimShareFact *share = &sim_shares[which];
  g_autofree guint *items = g_new (guint, city->schools->len);
  g_autoptr (gsl_rng) rng = draw_stream (city->seed, share->indicator, district, term);
  guint n = candidates (city, share, district, term, rng, items);
  guint64 numerator = 0;
  guint64 denominator = 0;
  double missing = 0.0;

  sim_share_count (city, share, district, term, &numerator, &denominator);
  missing = pct / 100.0 * (double)denominator - (double)numerator + carry;
  for (guint i = 0; i < n; i++) {
    double weight = weight_of (city, share, items[i], term);

    if (weight <= missing) {
      give_share (city, share, items[i], sim_term_phase (term));
      missing -= weight;
    }
  }
  return fill ? fill_gap (city, share, term, items, n, missing) : mend_gap (city, share, term, items, n, missing);
}

/* What must be added to every district's start share for the city to stand at the published one. */
static double
city_shift (const SimCity *city, guint which)
{
  const SimShareFact *share = &sim_shares[which];
  double sum = 0.0;
  double heads = 0.0;

  if (share->city_pct <= 0.0)
    return 0.0;
  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    guint64 numerator = 0;
    guint64 denominator = 0;

    sim_share_count (city, share, d, SIM_TERM_2021_AUTUMN, &numerator, &denominator);
    sum += (double)denominator * district_share (d, which)->start;
    heads += (double)denominator;
  }
  return share->city_pct - sum / heads;
}

/* An end share that is reached with room to spare: whole schools are what a share moves by. */
static double
end_share (const SimCity *city, guint which, guint district)
{
  double end = district_share (district, which)->end;
  double target = sim_shares[which].target_pct;

  return city->on_path ? MAX (end, MIN (100.0, target + 0.8)) : end;
}

static double
share_at (const SimCity *city, guint which, guint district, guint phase, double shift)
{
  double start = district_share (district, which)->start + shift;
  double end = end_share (city, which, district);

  if (city->on_path && which == 1)
    start = MAX (start, sim_shares[which].target_pct + 0.5);
  return MIN (100.0, start + (end - start) * phase / (SIM_PHASES - 1));
}

/* Every school but kindergartens: public unless one in a few; the register has the column for all. */
static void
give_ownership (SimCity *city)
{
  static const double private_part[SIM_STAGES]
      = { [SIM_PRIMARY] = 0.03, [SIM_JUNIOR] = 0.06,     [SIM_NINE_YEAR] = 0.10,
          [SIM_SENIOR] = 0.15,  [SIM_TWELVE_YEAR] = 0.6, [SIM_VOCATIONAL] = 0.45 };
  g_autoptr (gsl_rng) rng = draw_stream (city->seed, "ownership", 0, 0);

  for (guint i = 0; i < city->schools->len; i++) {
    SimSchool *school = g_ptr_array_index (city->schools, i);
    gboolean born_public = (school->attributes[0] & SIM_PUBLIC) != 0;

    if (school->stage == SIM_KINDERGARTEN) {
      if (born_public)
        give (school, 0, SIM_PUBLIC | SIM_INCLUSIVE);
      else if (school->first_term > 0 && draw_chance (rng, 0.6))
        give (school, 0, SIM_INCLUSIVE);
    } else if (born_public || !draw_chance (rng, private_part[school->stage])) {
      give (school, 0, SIM_PUBLIC);
    }
  }
}

/* One phase of one share. @carry is what one district is short of and the next makes good, so that the city comes out
   to a tenth at the end of 2021. */
static double
move_district (SimCity *city, guint which, guint district, guint phase, double shift, double carry)
{
  guint term = phase_terms[phase];
  double pct = share_at (city, which, district, phase, shift);
  double target = sim_shares[which].target_pct;

  carry = raise_share (city, which, district, term, pct, carry, FALSE);
  if (phase == SIM_PHASES - 1 && pct >= target) /* nobody misses the target by the size of a school */
    raise_share (city, which, district, term, target, 0.0, TRUE);
  return phase == 0 ? carry : 0.0;
}

/* Phase by phase, because a kindergarten turns public only after it was inclusive. */
void
sim_census_attributes (SimCity *city)
{
  double shift[G_N_ELEMENTS (sim_shares)];

  give_ownership (city);
  for (guint which = 0; which < sim_n_shares; which++)
    shift[which] = city_shift (city, which);
  for (guint phase = 0; phase < SIM_PHASES; phase++)
    for (guint which = 0; which < sim_n_shares; which++) {
      double city_pct = sim_shares[which].city_pct;
      double carry = 0.0;

      for (guint d = 0; d < SIM_DISTRICTS; d++)
        carry = move_district (city, which, d, phase, shift[which], carry);
      if (phase == 0 && city_pct > 0.0)
        raise_share (city, which, SIM_DISTRICTS, phase_terms[phase], city_pct, 0.0, FALSE);
    }
}
