#include "domain/catalogue_parts.h"

#include "base/text.h"
#include "domain/period.h"

#include <math.h>
#include <string.h>

#define MAX_SHORT_NAME 12 /* columns: six Chinese characters */

const char *const catalogue_indicator_kinds[] = { "sample", "census", "total", NULL };
const char *const catalogue_target_kinds[] = { "level", "floor", "change", "growth_cut", "count", NULL };
const char *const catalogue_directions[] = { "down", "up", NULL };
const char *const catalogue_scopes[] = { "city", "city_district", "named", NULL };

static const char *const stratifications[] = { "none", "grade", "grade_sex", NULL };
static const char *const bases[] = { "", "arithmetic", "geometric", NULL };

void
catalogue_indicator_free (gpointer data)
{
  Indicator *i = data;

  g_free (i->indicator);
  g_free (i->feed);
  g_free (i->numerator);
  g_free (i->denominator);
  g_free (i->filter);
  g_free (i->strata);
  g_free (i->stages);
  g_free (i->unit);
  g_free (i->name);
  g_free (i->name_en);
  g_free (i->definition);
  g_free (i->definition_en);
  g_free (i);
}

static void
check_indicator (const Cells *cells, const Indicator *i, const Feed *f, const Catalogue *c)
{
  const Indicator *other = catalogue_indicator (c, i->indicator);

  if (other != NULL)
    mistake (cells, "indicator", "'%s' stands on line %u already", i->indicator, other->at.line);
  if (i->kind == INDICATOR_TOTAL && *i->denominator != '\0')
    mistake (cells, "denominator", "a total has no denominator; leave the cell empty");
  if (i->kind != INDICATOR_TOTAL && *i->denominator == '\0')
    mistake (cells, "denominator", "the cell is empty; a share needs a denominator, or make the kind total");
  if (f == NULL)
    return;
  if (f->grain == GRAIN_REGISTER)
    mistake (cells, "feed", "'%s' is the register; an indicator needs a feed with periods", f->feed);
  if (*i->stages != '\0' && f->grain != GRAIN_SCHOOL)
    mistake (cells, "stages", "feed %s is not by school; leave the cell empty", f->feed);
  if (strcmp (i->strata, "none") != 0 && feed_column (f, "grade") == NULL)
    mistake (cells, "strata", "feed %s has no column grade", f->feed);
  if (strcmp (i->strata, "grade_sex") == 0 && feed_column (f, "sex") == NULL)
    mistake (cells, "strata", "feed %s has no column sex", f->feed);
}

void
catalogue_read_indicator (Cells *cells, Catalogue *c)
{
  Indicator *i = g_new0 (Indicator, 1);

  i->at = cell_origin (cells);
  i->indicator = cell_name (cells, "indicator");
  i->feed = cell_text (cells, "feed");
  i->kind = (IndicatorKind)cell_word (cells, "kind", catalogue_indicator_kinds);
  i->good_is_up = cell_word (cells, "good", catalogue_directions) == 1;
  i->numerator = cell_some (cells, "numerator");
  i->denominator = cell_text (cells, "denominator");
  i->filter = cell_text (cells, "filter");
  i->strata = g_strdup (stratifications[cell_word (cells, "strata", stratifications)]);
  i->stages = cell_stages (cells, "stages");
  i->unit = cell_some (cells, "unit");
  i->name = cell_some (cells, "name");
  i->name_en = cell_some (cells, "name_en");
  i->definition = cell_some (cells, "definition");
  i->definition_en = cell_some (cells, "definition_en");
  check_indicator (cells, i, cell_feed (cells, c), c);
  g_ptr_array_add (c->indicators, i);
}

void
catalogue_plan_free (gpointer data)
{
  Plan *p = data;

  g_free (p->plan);
  g_free (p->name);
  g_free (p->name_en);
  g_free (p->starts);
  g_free (p->deadline);
  g_free (p->source);
  g_free (p);
}

static const Plan *
find_plan (const Catalogue *c, const char *plan)
{
  for (guint i = 0; i < c->plans->len; i++) {
    const Plan *p = c->plans->pdata[i];

    if (strcmp (p->plan, plan) == 0)
      return p;
  }
  return NULL;
}

void
catalogue_read_plan (Cells *cells, Catalogue *c)
{
  Plan *p = g_new0 (Plan, 1);

  p->at = cell_origin (cells);
  p->plan = cell_code (cells, "plan");
  p->name = cell_some (cells, "name");
  p->name_en = cell_some (cells, "name_en");
  p->starts = cell_date (cells, "starts", NULL);
  p->deadline = cell_date (cells, "deadline", NULL);
  p->source = cell_some (cells, "source");
  if (strcmp (p->starts, p->deadline) >= 0)
    mistake (cells, "deadline", "%s is not after starts, %s", p->deadline, p->starts);
  if (find_plan (c, p->plan) != NULL)
    mistake (cells, "plan", "'%s' stands on line %u already", p->plan, find_plan (c, p->plan)->at.line);
  g_ptr_array_add (c->plans, p);
}

void
catalogue_target_free (gpointer data)
{
  Target *t = data;

  g_free (t->plan);
  g_free (t->target);
  g_free (t->item);
  g_free (t->indicator);
  g_free (t->unit);
  g_ptr_array_unref (t->areas);
  g_free (t->baseline_period);
  g_free (t->growth_from);
  g_free (t->deadline);
  g_free (t->deadline_period);
  g_free (t->increment_basis);
  g_free (t->name);
  g_free (t->name_en);
  g_free (t->short_name);
  g_free (t->note);
  g_free (t->note_en);
  g_free (t);
}

static GPtrArray *
read_areas (const Cells *cells, TargetScope scope, const Catalogue *c)
{
  GPtrArray *areas = g_ptr_array_new_with_free_func (g_free);
  const char *text = cell_raw (cells, "areas");
  g_auto (GStrv) codes = g_strsplit (text, ";", -1);

  if (scope == SCOPE_NAMED && *text == '\0')
    mistake (cells, "areas", "the cell is empty; name the areas' codes, with ';' between them");
  if (scope != SCOPE_NAMED && *text != '\0')
    mistake (cells, "areas", "areas are named where scope is named alone; leave the cell empty or change the scope");
  for (char **code = codes; *code != NULL; code++) {
    if (catalogue_area (c, *code) == NULL)
      mistake (cells, "areas", "'%s' is no area of area.csv", *code);
    g_ptr_array_add (areas, g_strdup (*code));
  }
  return areas;
}

static int
display_width (const char *text)
{
  int width = 0;

  for (const char *p = text; *p != '\0'; p = text_next (p))
    width += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return width;
}

/* The last day of a canonical period, "" when there is none: ISO dates compare as texts. */
static void
last_day (const char *period, char day[11])
{
  Period p;

  day[0] = '\0';
  if (period_parse (period, &p))
    g_date_strftime (day, 11, "%Y-%m-%d", &p.last);
}

static void
check_periods (const Cells *cells, const Target *t)
{
  char from[11], baseline[11], deadline[11];

  last_day (t->growth_from, from);
  last_day (t->baseline_period, baseline);
  last_day (t->deadline_period, deadline);
  if (isnan (t->baseline_value) && *t->baseline_period == '\0')
    mistake (cells, "baseline_period", "the cell is empty and so is baseline_value; give one of them");
  if (*from != '\0' && *baseline != '\0' && strcmp (from, baseline) >= 0)
    mistake (cells, "growth_from", "%s does not end before baseline_period, %s", t->growth_from, t->baseline_period);
  if (*baseline != '\0' && *deadline != '\0' && strcmp (baseline, deadline) >= 0)
    mistake (cells, "deadline_period", "%s does not end after baseline_period, %s", t->deadline_period,
             t->baseline_period);
  if (*deadline != '\0' && strcmp (deadline, t->deadline) > 0)
    mistake (cells, "deadline_period", "%s ends on %s, after the deadline %s", t->deadline_period, deadline,
             t->deadline);
  if (t->kind == TARGET_GROWTH_CUT && (*from == '\0' || *baseline == '\0'))
    mistake (cells, "growth_from", "a growth_cut needs growth_from and baseline_period");
  if (t->kind != TARGET_COUNT && *t->deadline_period == '\0')
    mistake (cells, "deadline_period", "the cell is empty; name the period whose data decide");
}

static void
check_kind (const Cells *cells, const Target *t, const Indicator *i)
{
  if ((t->kind == TARGET_GROWTH_CUT) != (*t->increment_basis != '\0'))
    mistake (cells, "increment_basis", "arithmetic or geometric where kind is growth_cut, empty otherwise");
  if ((t->kind == TARGET_LEVEL || t->kind == TARGET_FLOOR) && strcmp (t->unit, "percent") == 0
      && (t->value < 0 || t->value > 100))
    mistake (cells, "value", "%g percent cannot be reached", t->value);
  if (i == NULL) {
    mistake (cells, "indicator", "'%s' is no indicator of indicator.csv", t->indicator);
    return;
  }
  if ((t->kind == TARGET_COUNT) != (i->kind == INDICATOR_TOTAL))
    mistake (cells, "kind", "indicator %s is a %s: a total goes with kind count, a share with the others", t->indicator,
             i->kind == INDICATOR_TOTAL ? "total" : "share");
  if (t->good_is_up != i->good_is_up)
    mistake (cells, "good", "'%s', but indicator %s says %s", catalogue_directions[t->good_is_up], t->indicator,
             catalogue_directions[i->good_is_up]);
}

static void
check_target (const Cells *cells, const Target *t, const Catalogue *c)
{
  const Plan *plan = find_plan (c, t->plan);

  if (plan == NULL)
    mistake (cells, "plan", "'%s' is no plan of plan.csv", t->plan);
  else if (strcmp (t->deadline, plan->starts) < 0)
    mistake (cells, "deadline", "%s is before the plan starts, %s", t->deadline, plan->starts);
  for (guint i = 0; i < c->targets->len; i++) {
    const Target *other = c->targets->pdata[i];

    if (strcmp (other->plan, t->plan) == 0 && strcmp (other->target, t->target) == 0)
      mistake (cells, "target", "'%s' stands on line %u already", t->target, other->at.line);
  }
  if (*cell_raw (cells, "value") == '\0')
    mistake (cells, "value", "the cell is empty; fill it in");
  if (display_width (t->short_name) > MAX_SHORT_NAME)
    mistake (cells, "short_name", "'%s' is too long for a table's head; six Chinese characters or %d letters at most",
             t->short_name, MAX_SHORT_NAME);
}

void
catalogue_read_target (Cells *cells, Catalogue *c)
{
  Target *t = g_new0 (Target, 1);

  t->at = cell_origin (cells);
  t->plan = cell_text (cells, "plan");
  t->target = cell_name (cells, "target");
  t->item = cell_some (cells, "item");
  t->headline = cell_yes (cells, "headline");
  t->indicator = cell_text (cells, "indicator");
  t->kind = (TargetKind)cell_word (cells, "kind", catalogue_target_kinds);
  t->value = cell_number (cells, "value", -1e12, 1e12);
  t->unit = cell_some (cells, "unit");
  t->good_is_up = cell_word (cells, "good", catalogue_directions) == 1;
  t->scope = (TargetScope)cell_word (cells, "scope", catalogue_scopes);
  t->areas = read_areas (cells, t->scope, c);
  t->baseline_value = cell_number (cells, "baseline_value", -1e12, 1e12);
  t->baseline_period = cell_period (cells, "baseline_period");
  t->growth_from = cell_period (cells, "growth_from");
  t->deadline = cell_date (cells, "deadline", NULL);
  t->deadline_period = cell_period (cells, "deadline_period");
  t->increment_basis = g_strdup (bases[cell_word (cells, "increment_basis", bases)]);
  t->name = cell_some (cells, "name");
  t->name_en = cell_some (cells, "name_en");
  t->short_name = cell_some (cells, "short_name");
  t->note = cell_text (cells, "note");
  t->note_en = cell_text (cells, "note_en");
  check_target (cells, t, c);
  check_kind (cells, t, catalogue_indicator (c, t->indicator));
  check_periods (cells, t);
  g_ptr_array_add (c->targets, t);
}
