#include "simulate/health.h"

#include "simulate/draw.h"

#include <math.h>
#include <string.h>

#define LEVELS_TERM 3 /* 2020-autumn: the levels below are of 2020 */
#define SCHOOL_LOGIT                                                                                                   \
  0.40 /* schools differ; with WAVE_LOGIT and chance the same school's waves correlate at 0.95 to 0.98 */
#define WAVE_LOGIT 0.02
#define WEIGHT_LOGIT 0.25
#define DISTRICT_LOGIT 0.10
#define SHOCK_PP 0.2     /* one district, one term: weather, staff, instruments */
#define GIRLS_LOGIT 0.07 /* made up: girls a little more myopic */
#define BOYS_WEIGHT 1.25 /* made up: boys heavier */
#define COVERAGE 0.965   /* of enrolled pupils, examined */
#define UNREPORTED 0.008 /* schools that miss a wave */
#define INCOMPLETE 0.42  /* schools that the last screening did not reach in the incomplete district */
#define MODERATE 0.370   /* of myopic pupils, national 2022 */
#define HIGH 0.097
#define CHECKED_FROM 50
#define HIGHEST 0.98
#define THIN 0.04 /* made up */

#define CELLS (SIM_GRADES * SIM_SEXES)

struct SimHealth {
  const SimCity *city;
  double *myopia; /* logits, one a school */
  double *heavy;
  double *obese;
  double *wave; /* schools x terms */
  double district[SIM_CONDITIONS][SIM_DISTRICTS];
  double shock[SIM_CONDITIONS][SIM_DISTRICTS][SIM_TERMS];
  SimScreening *screening; /* schools x terms x cells */
  SimWeighing *weighing;   /* schools x years x cells */
};

/* National, ages 6 to 17, 2020: overweight 11.1, obese 7.9 percent; how the grades spread about them is made up. */
static const double overweight_2020[SIM_GRADES]
    = { 9.6, 10.3, 11.0, 11.6, 12.0, 12.0, 11.6, 11.2, 11.0, 10.8, 10.6, 10.4 };
static const double obesity_2020[SIM_GRADES] = { 7.8, 8.4, 8.9, 9.1, 8.9, 8.4, 7.4, 6.7, 6.3, 5.9, 5.7, 5.5 };

/* Points a year before the cut. Taizhou 2013 to 2020: 1.9 and 5.5 percent a year, of 11.1 and 7.9. */
static const double growth_pp[SIM_CONDITIONS] = { [SIM_OVERWEIGHT] = 0.25, [SIM_OBESITY] = 0.42 };
#define CUT 0.80          /* plan of 2022, item 19 */
#define CUT_ACHIEVED 0.95 /* by districts that keep to it */

const char *
sim_condition (SimCondition condition)
{
  static const char *const names[] = { "myopia", "overweight", "obesity" };

  return names[condition];
}

guint
sim_wave_term (SimCondition condition, guint wave)
{
  guint term = condition == SIM_MYOPIA ? wave : 2 * wave + 1;

  return MIN (term, SIM_TERMS);
}

static double
growth_shift (const SimCity *city, SimCondition condition, guint district, guint term, double cut)
{
  double yearly = growth_pp[condition] * sim_districts[district].weight_drift;
  double until = MIN (sim_term_time (term), SIM_DRIFT_FROM) - sim_term_time (LEVELS_TERM);
  double after = MAX (sim_term_time (term) - SIM_DRIFT_FROM, 0.0);

  (void)city;
  return yearly * until + yearly * (1.0 - cut) * after;
}

double
sim_path_pp (const SimCity *city, SimCondition condition, guint district, guint term)
{
  if (condition != SIM_MYOPIA)
    return growth_shift (city, condition, district, term, CUT);
  return SIM_PATH_PP * (sim_term_time (term) - sim_term_time (LEVELS_TERM));
}

double
sim_shift_pp (const SimCity *city, SimCondition condition, guint district, guint term)
{
  const SimDistrict *d = &sim_districts[district];
  double after = MAX (sim_term_time (term) - SIM_DRIFT_FROM, 0.0);

  if (condition != SIM_MYOPIA)
    return growth_shift (city, condition, district, term, d->weight_drift > 1.0 && !city->on_path ? 0.0 : CUT_ACHIEVED);
  return sim_path_pp (city, condition, district, term) + (city->on_path ? 0.0 : (d->drift_pp - SIM_PATH_PP) * after);
}

double
sim_shock_pp (const SimHealth *health, SimCondition condition, guint district, guint term)
{
  return health->shock[condition][district][term];
}

/* Averaged over schools that differ in logits, a rate moves towards one half; this stretches it back (the logistic
   curve taken for a normal one, factor 16 sqrt 3 / 15 pi). */
static double
logit (double pct, double sigma)
{
  return log (pct / (100.0 - pct)) * sqrt (1.0 + 0.346 * sigma * sigma);
}

static double
base_logit (SimCondition condition, guint district, guint grade, guint sex)
{
  double heavy = sex == 0 ? BOYS_WEIGHT : 2.0 - BOYS_WEIGHT;

  switch (condition) {
  case SIM_MYOPIA:
    return logit (district == SIM_SHENHE ? sim_myopia_shenhe_2020[grade] : sim_myopia_2020[grade], SCHOOL_LOGIT)
           + (sex == 0 ? -GIRLS_LOGIT : GIRLS_LOGIT);
  case SIM_OVERWEIGHT:
    return logit (overweight_2020[grade] * heavy, WEIGHT_LOGIT);
  default:
    return logit (obesity_2020[grade] * heavy, WEIGHT_LOGIT);
  }
}

static double
school_logit (const SimHealth *health, SimCondition condition, const SimSchool *school, guint term)
{
  double wave = health->wave[school->index * SIM_TERMS + term];

  switch (condition) {
  case SIM_MYOPIA:
    return health->myopia[school->index] + wave;
  case SIM_OVERWEIGHT:
    return health->heavy[school->index] + wave;
  default:
    return health->obese[school->index] + wave;
  }
}

/* The chance that a pupil of the cell has the condition. Shifts are points, the same in every cell; schools and
   districts differ in logits, so that no cell leaves 0 … 100. */
static double
cell_rate (const SimHealth *health, SimCondition condition, const SimSchool *school, guint term, guint grade, guint sex)
{
  double z = base_logit (condition, school->district, grade, sex) + health->district[condition][school->district]
             + school_logit (health, condition, school, term);
  double shift = sim_shift_pp (health->city, condition, school->district, term)
                 + health->shock[condition][school->district][term];

  return CLAMP (1.0 / (1.0 + exp (-z)) + shift / 100.0, 0.002, 0.99);
}

/* Districts differ about the published level, not beside it; @known has published levels of its own. */
static void
draw_district_effects (double effects[], gsl_rng *rng, guint known)
{
  double sum = 0.0;
  double weights = 0.0;

  for (guint d = 0; d < SIM_DISTRICTS; d++) {
    effects[d] = draw_normal (rng, DISTRICT_LOGIT);
    if (d != known) {
      sum += sim_districts[d].weight * effects[d];
      weights += sim_districts[d].weight;
    }
  }
  for (guint d = 0; d < SIM_DISTRICTS; d++)
    effects[d] = d == known ? 0.0 : effects[d] - sum / weights;
}

static void
draw_effects (SimHealth *health)
{
  guint m = health->city->schools->len;
  g_autoptr (gsl_rng) rng = draw_stream (health->city->seed, "effects", 0, 0);

  for (guint i = 0; i < m; i++) {
    double shared = draw_normal (rng, WEIGHT_LOGIT);

    health->myopia[i] = draw_normal (rng, SCHOOL_LOGIT);
    health->heavy[i] = shared;
    health->obese[i] = 0.6 * shared + 0.8 * draw_normal (rng, WEIGHT_LOGIT);
    for (guint k = 0; k < SIM_TERMS; k++)
      health->wave[i * SIM_TERMS + k] = draw_normal (rng, WAVE_LOGIT);
  }
  for (guint c = 0; c < SIM_CONDITIONS; c++) {
    draw_district_effects (health->district[c], rng, c == SIM_MYOPIA ? SIM_SHENHE : SIM_DISTRICTS);
    for (guint d = 0; d < SIM_DISTRICTS; d++)
      for (guint k = 0; k < SIM_TERMS; k++)
        health->shock[c][d][k] = draw_normal (rng, c == SIM_MYOPIA ? SHOCK_PP : SHOCK_PP / 2.0);
  }
}

/* How the schools of a district answered: one stream a district and term, so that drift here changes nothing there. */
static gboolean
school_reports (const SimSchool *school, guint term, gsl_rng *rng)
{
  double u = draw_between (rng, 0.0, 1.0);
  gboolean partial = sim_districts[school->district].incomplete && term == SIM_TERM_2022_AUTUMN;

  return u >= (partial ? INCOMPLETE : UNREPORTED);
}

static void
screen_cell (SimScreening *s, gsl_rng *rng, guint pupils, double rate)
{
  s->examined = (guint16)draw_binomial (rng, COVERAGE, pupils);
  s->myopic = (guint16)draw_binomial (rng, rate, s->examined);
  if (s->examined >= CHECKED_FROM) /* nearly everyone myopic would be asked about */
    s->myopic = MIN (s->myopic, (guint16)(HIGHEST * s->examined));
  s->high = (guint16)draw_binomial (rng, HIGH, s->myopic);
  s->moderate = (guint16)draw_binomial (rng, MODERATE / (1.0 - HIGH), s->myopic - s->high);
}

static void
weigh_cell (SimWeighing *w, gsl_rng *rng, guint pupils, double overweight, double obese)
{
  w->examined = (guint16)draw_binomial (rng, COVERAGE, pupils);
  w->obese = (guint16)draw_binomial (rng, obese, w->examined);
  w->overweight = (guint16)draw_binomial (rng, overweight / (1.0 - obese), w->examined - w->obese);
  w->thin = (guint16)draw_binomial (rng, THIN / (1.0 - obese - overweight), w->examined - w->obese - w->overweight);
}

static void
screen_school (SimHealth *health, const SimSchool *school, guint term, gsl_rng *rng)
{
  SimScreening *cells = &health->screening[(school->index * SIM_TERMS + term) * CELLS];

  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint x = 0; x < SIM_SEXES; x++) {
      guint pupils = sim_school_pupils (school, term, g, x);

      if (pupils > 0)
        screen_cell (&cells[g * SIM_SEXES + x], rng, pupils, cell_rate (health, SIM_MYOPIA, school, term, g, x));
    }
}

static void
weigh_school (SimHealth *health, const SimSchool *school, guint year, gsl_rng *rng)
{
  SimWeighing *cells = &health->weighing[(school->index * SIM_YEARS + year) * CELLS];
  guint term = sim_wave_term (SIM_OVERWEIGHT, year);

  for (guint g = 0; g < SIM_GRADES; g++)
    for (guint x = 0; x < SIM_SEXES; x++) {
      guint pupils = sim_school_pupils (school, term, g, x);

      if (pupils > 0)
        weigh_cell (&cells[g * SIM_SEXES + x], rng, pupils, cell_rate (health, SIM_OVERWEIGHT, school, term, g, x),
                    cell_rate (health, SIM_OBESITY, school, term, g, x));
    }
}

static void
examine_district (SimHealth *health, guint district, guint term)
{
  g_autoptr (gsl_rng) eyes = draw_stream (health->city->seed, "eyes", district, term);
  g_autoptr (gsl_rng) scales = draw_stream (health->city->seed, "scales", district, term);
  g_autoptr (gsl_rng) answers = draw_stream (health->city->seed, "answers", district, term);

  for (guint i = 0; i < health->city->schools->len; i++) {
    const SimSchool *school = sim_school (health->city, i);

    if (school->district != district || sim_stages[school->stage].first_grade < 0 || !sim_school_open (school, term))
      continue;
    if (school_reports (school, term, answers))
      screen_school (health, school, term, eyes);
    if (term % 2 == 1)
      weigh_school (health, school, term / 2, scales);
  }
}

SimHealth *
sim_health_new (const SimCity *city)
{
  SimHealth *health = g_new0 (SimHealth, 1);
  gsize m = city->schools->len;

  health->city = city;
  health->myopia = g_new0 (double, m);
  health->heavy = g_new0 (double, m);
  health->obese = g_new0 (double, m);
  health->wave = g_new0 (double, m *SIM_TERMS);
  health->screening = g_new0 (SimScreening, m * SIM_TERMS * CELLS);
  health->weighing = g_new0 (SimWeighing, m * SIM_YEARS * CELLS);
  draw_effects (health);
  for (guint d = 0; d < SIM_DISTRICTS; d++)
    for (guint term = 0; term < SIM_TERMS; term++)
      examine_district (health, d, term);
  return health;
}

void
sim_health_free (SimHealth *health)
{
  if (health == NULL)
    return;
  g_free (health->myopia);
  g_free (health->heavy);
  g_free (health->obese);
  g_free (health->wave);
  g_free (health->screening);
  g_free (health->weighing);
  g_free (health);
}

const SimScreening *
sim_screening (const SimHealth *health, const SimSchool *school, guint term, guint grade, guint sex)
{
  const SimScreening *s
      = &health->screening[((school->index * SIM_TERMS + term) * SIM_GRADES + grade) * SIM_SEXES + sex];

  return s->examined > 0 ? s : NULL;
}

const SimWeighing *
sim_weighing (const SimHealth *health, const SimSchool *school, guint year, guint grade, guint sex)
{
  const SimWeighing *w = &health->weighing[((school->index * SIM_YEARS + year) * SIM_GRADES + grade) * SIM_SEXES + sex];

  return w->examined > 0 ? w : NULL;
}

static guint
examined (const SimHealth *health, SimCondition condition, const SimSchool *school, guint term, guint grade, guint sex)
{
  if (condition == SIM_MYOPIA) {
    const SimScreening *s = sim_screening (health, school, term, grade, sex);

    return s != NULL ? s->examined : 0;
  } else {
    const SimWeighing *w = sim_weighing (health, school, term / 2, grade, sex);

    return w != NULL ? w->examined : 0;
  }
}

/* Sums over a cell: the weight (examined, whole city, autumn 2021) and the district's expected cases among its pupils.
 */
static gboolean
cell_sums (const SimHealth *health, SimCondition condition, guint district, guint term, guint cell, double *weight,
           double *rate)
{
  guint g = cell / SIM_SEXES;
  guint x = cell % SIM_SEXES;
  double n = 0.0;
  double cases = 0.0;

  *weight = 0.0;
  for (guint i = 0; i < health->city->schools->len; i++) {
    const SimSchool *school = sim_school (health->city, i);
    guint pupils = 0;

    if (sim_stages[school->stage].first_grade < 0)
      continue;
    *weight += examined (health, condition, school, SIM_TERM_2021_AUTUMN, g, x);
    if (district != SIM_DISTRICTS && school->district != district)
      continue;
    pupils = sim_school_pupils (school, term, g, x);
    n += pupils;
    if (pupils > 0)
      cases += pupils * cell_rate (health, condition, school, term, g, x);
  }
  *rate = n > 0.0 ? cases / n : 0.0;
  return n > 0.0;
}

double
sim_true_rate (const SimHealth *health, SimCondition condition, guint district, guint term)
{
  double sum = 0.0;
  double weights = 0.0;

  for (guint cell = 0; cell < CELLS; cell++) {
    double weight = 0.0;
    double rate = 0.0;

    if (!cell_sums (health, condition, district, term, cell, &weight, &rate))
      return NAN;
    sum += weight * rate;
    weights += weight;
  }
  return 100.0 * sum / weights;
}
