#include "reading.h"

#include <string.h>

#define NEAR_SCHOOLS_ASKED 200 /* each costs a walk over the register */

static const char *
near_schools (Reading *r, const char *school_code)
{
  char *near = g_hash_table_lookup (r->near, school_code);

  if (near != NULL)
    return near;
  if (g_hash_table_size (r->near) >= NEAR_SCHOOLS_ASKED)
    return "";
  near = register_nearest (r->options->reg, school_code);
  g_hash_table_insert (r->near, g_strdup (school_code), near);
  return near;
}

static void
report_unknown (Reading *r, const Cell *cell)
{
  g_auto (Fault) fault = { 0 };
  const char *near = r->quiet ? "" : near_schools (r, cell->text);

  if (*near != '\0')
    fault_text (&fault.near, "%s", near);
  else
    validate_text (r, &fault.near, "rule.school_none_near");
  validate_report (r, r->rules->school_known, r->unit_column, r->layout->plain[r->unit_column], &fault, &r->row_refused,
                   &r->row_doubtful);
  r->row_refused = TRUE; /* without a school there is no district to load the row into */
}

static char *
day_text (guint32 day)
{
  GDate date;

  if (day == REGISTER_NO_END)
    return g_strdup ("…");
  g_date_clear (&date, 1);
  g_date_set_julian (&date, day);
  return g_strdup_printf ("%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
}

static void
report_closed (Reading *r, const School *school)
{
  const SchoolVersion *first = school->versions, *last = first + school->n_versions - 1;
  g_autofree char *from = day_text (first->valid_from), *to = day_text (last->valid_to);
  g_auto (Fault) fault = { 0 };

  fault_text (&fault.found, "%s – %s", from, to);
  fault_text (&fault.expected, "%s", r->plain[r->period_column].text);
  fault_text (&fault.near, "%s", school->name != NULL ? school->name : "");
  r->place.district_code = last->district_code;
  validate_report (r, r->rules->school_open, r->unit_column, r->layout->plain[r->unit_column], &fault, &r->row_refused,
                   &r->row_doubtful);
  r->row_refused = TRUE;
}

static void
find_school (Reading *r, const Cell *cell)
{
  const School *school = cell->as.school;
  const Cell *period = r->period_column != READING_NONE ? &r->plain[r->period_column] : NULL;

  if (school == NULL) {
    report_unknown (r, cell);
    return;
  }
  if (period == NULL || period->verdict != CELL_OK)
    return;
  r->version = school_version (school, period->as.period.first, period->as.period.last);
  if (r->version == NULL)
    report_closed (r, school);
  else
    r->place.district_code = r->version->district_code;
}

void
validate_register (Reading *r)
{
  const Cell *unit = r->unit_column != READING_NONE ? &r->plain[r->unit_column] : NULL;
  const Cell *period = r->period_column != READING_NONE ? &r->plain[r->period_column] : NULL;

  if (r->same_place)
    return;
  if (period != NULL && period->verdict == CELL_OK)
    r->place.year = period->as.period.year;
  if (r->feed->grain == GRAIN_SCHOOL && r->options->reg != NULL && unit != NULL && unit->verdict == CELL_OK
      && reading_column (r, r->unit_column)->type == TYPE_SCHOOL)
    find_school (r, unit);
  r->place_settled = !r->row_refused && !r->row_doubtful;
}

/* primary=P;nine_year=PJ: the first letters of the grades that a stage has. */
static gboolean
stage_has_grade (const char *argument, const char *stage, const char *grade)
{
  gsize length = strlen (stage);

  for (const char *p = strstr (argument, stage); p != NULL; p = strstr (p + 1, stage)) {
    if (p[length] != '=' || (p != argument && p[-1] != ';'))
      continue;
    for (p += length + 1; *p != '\0' && *p != ';'; p++)
      if (*p == *grade)
        return TRUE;
    return FALSE;
  }
  return TRUE; /* a stage that the rule does not name may have any */
}

static void
report_grade (Reading *r, guint slot, const Cell *grade)
{
  const LayoutSlot *layout = r->layout->slots->pdata[slot];
  g_autofree char *key = g_strconcat ("stage.", r->version->stage, NULL);
  g_auto (Fault) fault = { 0 };
  gboolean bad = FALSE;

  if (g_hash_table_contains (r->options->catalogue->texts, key))
    validate_text (r, &fault.found, key);
  fault_text (&fault.expected, "%s", grade->text);
  validate_report (r, r->rules->grade_stage, r->grade_column, layout->file_column[r->grade_column], &fault, &bad,
                   &r->doubtful[slot]);
  if (bad)
    r->state[slot] = SLOT_BAD;
}

void
validate_grade (Reading *r, guint slot)
{
  const Cell *grade = r->grade_column != READING_NONE ? &reading_cells (r, slot)[r->grade_column] : NULL;

  if (grade == NULL || r->version == NULL || r->rules->grade_stage == NULL
      || (r->graded == r->version && r->graded_letter == *grade->text) || strcmp (grade->text, "all") == 0)
    return;
  if (stage_has_grade (r->rules->grade_stage->argument, r->version->stage, grade->text)) {
    r->graded = r->version;
    r->graded_letter = *grade->text;
  } else
    report_grade (r, slot, grade);
}
