#include "domain/catalogue_parts.h"

#include <string.h>

#define MAX_SUCCESSIONS 20

/* Following successors comes to an end, or the series would run in a circle. */
static gboolean
succession_ends (const Catalogue *c, const char *code)
{
  for (guint i = 0; i < MAX_SUCCESSIONS; i++) {
    const Area *a = catalogue_area (c, code);

    if (a == NULL || *a->successor_code == '\0')
      return TRUE;
    code = a->successor_code;
  }
  return FALSE;
}

static void
check_area (const Catalogue *c, const Area *a, Mistakes *m)
{
  const Area *parent = *a->parent_code != '\0' ? catalogue_area (c, a->parent_code) : NULL;

  if (a->level == AREA_DISTRICT && *a->parent_code == '\0')
    mistake_at (m, a->at, "parent_code", "the cell is empty; a district belongs to a city");
  else if (*a->parent_code != '\0' && parent == NULL)
    mistake_at (m, a->at, "parent_code", "'%s' is no area of this file", a->parent_code);
  else if (parent != NULL && parent->level != AREA_CITY)
    mistake_at (m, a->at, "parent_code", "%s is not a city", a->parent_code);
  if (*a->successor_code == '\0')
    return;
  if (catalogue_area (c, a->successor_code) == NULL)
    mistake_at (m, a->at, "successor_code", "'%s' is no area of this file", a->successor_code);
  else if (strcmp (a->valid_to, "infinity") == 0)
    mistake_at (m, a->at, "successor_code", "%s is still valid; give valid_to, or leave the cell empty", a->area_code);
  else if (!succession_ends (c, a->area_code))
    mistake_at (m, a->at, "successor_code", "%s comes back to itself through its successors", a->area_code);
}

void
catalogue_check_areas (const Catalogue *c, Mistakes *m)
{
  gboolean has_city = FALSE;

  for (guint i = 0; i < c->areas->len; i++) {
    const Area *a = c->areas->pdata[i];

    has_city = has_city || a->level == AREA_CITY;
    check_area (c, a, m);
  }
  if (!has_city)
    mistake_in (m, "area.csv", 0, "no area is a city; give the districts one above them");
}

/* @types: FeedColumn types that will do, as a mask. */
static const FeedColumn *
need_column (const Feed *f, const char *name, guint types, gboolean key, Mistakes *m)
{
  const FeedColumn *column = feed_column (f, name);

  if (column == NULL)
    mistake_at (m, f->at, "feed", "'%s' needs a column %s in column.csv, because its grain is %s", f->feed, name,
                catalogue_grains[f->grain]);
  else if ((types & (1U << column->type)) == 0)
    mistake_at (m, column->at, "type", "column %s of feed %s cannot be a %s", name, f->feed,
                catalogue_types[column->type]);
  else if (key && !column->key)
    mistake_at (m, column->at, "key", "column %s must be a key of feed %s", name, f->feed);
  return column;
}

static gboolean
has_register (const Catalogue *c)
{
  for (guint i = 0; i < c->feeds->len; i++)
    if (((const Feed *)c->feeds->pdata[i])->grain == GRAIN_REGISTER)
      return TRUE;
  return FALSE;
}

#define ANY_CODE ((1U << TYPE_CODE) | (1U << TYPE_SCHOOL) | (1U << TYPE_TEXT))

static void
check_register (const Feed *f, Mistakes *m)
{
  need_column (f, "school_code", 1U << TYPE_CODE, TRUE, m);
  need_column (f, "name", 1U << TYPE_TEXT, FALSE, m);
  need_column (f, "district_code", 1U << TYPE_AREA, FALSE, m);
  need_column (f, "stage", 1U << TYPE_ENUM, FALSE, m);
  need_column (f, "valid_from", 1U << TYPE_DATE, TRUE, m);
  need_column (f, "valid_to", 1U << TYPE_DATE, FALSE, m);
}

static void
check_school_feed (const Catalogue *c, const Feed *f, Mistakes *m)
{
  const FeedColumn *school = need_column (f, "school_code", ANY_CODE, FALSE, m);
  const FeedColumn *district = feed_column (f, "district_code");

  need_column (f, "period", 1U << TYPE_PERIOD, TRUE, m);
  if (district != NULL)
    need_column (f, "district_code", 1U << TYPE_AREA, FALSE, m);
  else if (school != NULL && (school->type != TYPE_SCHOOL || !school->key))
    mistake_at (
        m, school->at, "type",
        "feed %s does not say the district of its rows: make school_code a key of type school, which takes it from the "
        "register, or add a column district_code",
        f->feed);
  else if (school != NULL && !has_register (c))
    mistake_at (m, school->at, "type", "a column of type school needs a feed of grain register in feed.csv");
}

static void
check_feed_columns (const Catalogue *c, const Feed *f, Mistakes *m)
{
  guint periods = 0;

  for (guint i = 0; i < f->columns->len; i++) {
    const FeedColumn *column = f->columns->pdata[i];

    if (column->type == TYPE_PERIOD && ++periods > 1)
      mistake_at (m, column->at, "type", "feed %s has a column of type period already", f->feed);
    if (column->type == TYPE_PERIOD && strcmp (column->column_name, "period") != 0)
      mistake_at (m, column->at, "column_name", "a column of type period must be called period");
  }
  if (f->grain == GRAIN_REGISTER)
    check_register (f, m);
  else if (f->grain == GRAIN_SCHOOL)
    check_school_feed (c, f, m);
  else {
    need_column (f, "area_code", 1U << TYPE_AREA, TRUE, m);
    need_column (f, "period", 1U << TYPE_PERIOD, TRUE, m);
    if (feed_column (f, "district_code") != NULL)
      mistake_at (m, feed_column (f, "district_code")->at, "column_name",
                  "a feed by area gets district_code from area_code; leave the column out");
  }
}

/* What value.csv makes of a cell must fit the column that the domain serves. */
static void
check_domain (const Catalogue *c, const FeedColumn *column, Mistakes *m)
{
  for (guint i = 0; i < c->values->len; i++) {
    const ValueAlias *v = c->values->pdata[i];
    const char *misfit = NULL;

    if (strcmp (v->domain, column->domain) != 0)
      continue;
    misfit = catalogue_misfit (c, column->type, column->domain, v->value);
    if (misfit != NULL) {
      mistake_at (m, v->at, "value", "'%s' %s, as column %s of column.csv line %u wants", v->value, misfit,
                  column->column_name, column->at.line);
      return; /* one is enough: the domain is the wrong one */
    }
  }
}

void
catalogue_check_feeds (const Catalogue *c, Mistakes *m)
{
  for (guint i = 0; i < c->feeds->len; i++) {
    const Feed *f = c->feeds->pdata[i];

    check_feed_columns (c, f, m);
    for (guint j = 0; j < f->columns->len; j++) {
      const FeedColumn *column = f->columns->pdata[j];

      if (*column->domain != '\0')
        check_domain (c, column, m);
    }
  }
}

static void
check_unit (const Catalogue *c, CatalogueOrigin at, const char *unit, Mistakes *m)
{
  g_autofree char *key = g_strconcat ("unit.", unit, NULL);

  if (*unit != '\0' && !g_hash_table_contains (c->texts, key))
    mistake_at (m, at, "unit", "'%s' has no words; add a row %s to text.csv", unit, key);
}

/* A unit is shown in either language, so it must have words in both. */
void
catalogue_check_units (const Catalogue *c, Mistakes *m)
{
  for (guint i = 0; i < c->feeds->len; i++) {
    const Feed *f = c->feeds->pdata[i];

    for (guint j = 0; j < f->columns->len; j++) {
      const FeedColumn *column = f->columns->pdata[j];

      check_unit (c, column->at, column->unit, m);
    }
  }
  for (guint i = 0; i < c->indicators->len; i++) {
    const Indicator *indicator = c->indicators->pdata[i];

    check_unit (c, indicator->at, indicator->unit, m);
  }
  for (guint i = 0; i < c->targets->len; i++) {
    const Target *target = c->targets->pdata[i];

    check_unit (c, target->at, target->unit, m);
  }
}
