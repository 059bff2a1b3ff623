#include "domain/catalogue_parts.h"

#include "base/text.h"

#include <string.h>

const char *const catalogue_area_levels[] = { "city", "district", NULL };
const char *const catalogue_grains[] = { "register", "school", "area", NULL };
const char *const catalogue_types[] = { "code",  "text",   "area",    "school", "period", "grade", "sex",
                                        "count", "number", "boolean", "date",   "enum",   NULL };

static const char *const frequencies[] = { "any", "month", "term", "year", NULL };
static const char *const uses[] = { "value", "total", "ignore", NULL };
static const char *const grades[]
    = { "P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3", "all", NULL };
static const char *const sexes[] = { "M", "F", "all", NULL };
static const char *const truths[] = { "true", "false", NULL };

/* Views that every database has: a feed's view cannot take their place. */
static const char *const fixed_views[]
    = { "area",  "feed",        "indicator", "target", "estimate", "trend", "verdict",
        "alert", "alert_event", "batch",     "reject", "run",      NULL };
/* What every feed table has besides the catalogue's columns, and PostgreSQL's own columns. */
static const char *const housekeeping[]
    = { "year",     "batch_id", "line_no", "provisional", "suppressed", "known_from", "known_to", "valid_until",
        "tableoid", "ctid",     "xmin",    "xmax",        "cmin",       "cmax",       NULL };

void
catalogue_area_free (gpointer data)
{
  Area *a = data;

  g_free (a->area_code);
  g_free (a->valid_from);
  g_free (a->valid_to);
  g_free (a->parent_code);
  g_free (a->name);
  g_free (a->name_en);
  g_free (a->successor_code);
  g_free (a);
}

void
catalogue_read_area (Cells *cells, Catalogue *c)
{
  Area *a = g_new0 (Area, 1);

  a->at = cell_origin (cells);
  a->area_code = cell_code (cells, "area_code");
  a->valid_from = cell_date (cells, "valid_from", NULL);
  a->valid_to = cell_date (cells, "valid_to", "infinity");
  a->parent_code = cell_text (cells, "parent_code");
  a->level = (AreaLevel)cell_word (cells, "level", catalogue_area_levels);
  a->name = cell_some (cells, "name");
  a->name_en = cell_some (cells, "name_en");
  a->successor_code = cell_text (cells, "successor_code");
  if (strcmp (a->valid_from, a->valid_to) >= 0)
    mistake (cells, "valid_to", "%s is not after valid_from, %s", a->valid_to, a->valid_from);
  for (guint i = 0; i < c->areas->len; i++) {
    const Area *other = c->areas->pdata[i];

    if (strcmp (other->area_code, a->area_code) == 0 && strcmp (other->valid_from, a->valid_to) < 0
        && strcmp (a->valid_from, other->valid_to) < 0)
      mistake (cells, "valid_from", "%s is valid at the same time on line %u; let one end where the other begins",
               a->area_code, other->at.line);
  }
  g_ptr_array_add (c->areas, a);
}

void
catalogue_value_free (gpointer data)
{
  ValueAlias *v = data;

  g_free (v->domain);
  g_free (v->written);
  g_free (v->value);
  g_free (v);
}

/* Several spellings may differ in case alone, as long as they mean the same. */
void
catalogue_read_value (Cells *cells, Catalogue *c)
{
  g_autofree char *written = cell_some (cells, "written");
  g_autofree char *key = catalogue_key (written);
  ValueAlias *v = g_new0 (ValueAlias, 1);
  GHashTable *domain = NULL;
  const ValueAlias *other = NULL;

  v->at = cell_origin (cells);
  v->domain = cell_name (cells, "domain");
  v->written = text_normalise (written);
  v->value = cell_text (cells, "value");
  g_ptr_array_add (c->values, v);
  domain = g_hash_table_lookup (c->domains, v->domain);
  if (domain == NULL) {
    domain = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (c->domains, g_strdup (v->domain), domain);
  }
  other = g_hash_table_lookup (domain, key);
  if (other == NULL)
    g_hash_table_insert (domain, g_steal_pointer (&key), v);
  else if (strcmp (other->value, v->value) != 0)
    mistake (cells, "written", "'%s' stands for '%s' on line %u already", v->written, other->value, other->at.line);
}

static void
column_free (gpointer data)
{
  FeedColumn *column = data;

  g_free (column->column_name);
  g_free (column->fallback);
  g_free (column->domain);
  g_free (column->name);
  g_free (column->name_en);
  g_free (column->unit);
  g_free (column);
}

static void
alias_free (gpointer data)
{
  FeedAlias *alias = data;

  g_free (alias->header);
  g_free (alias->column_name);
  g_clear_pointer (&alias->fixed_columns, g_ptr_array_unref);
  g_clear_pointer (&alias->fixed_values, g_ptr_array_unref);
  g_free (alias);
}

void
catalogue_feed_free (gpointer data)
{
  Feed *feed = data;

  g_free (feed->feed);
  g_free (feed->view_name);
  g_free (feed->name);
  g_free (feed->name_en);
  g_free (feed->frequency);
  g_free (feed->stages);
  g_hash_table_unref (feed->alias_by_header);
  g_ptr_array_unref (feed->aliases);
  g_ptr_array_unref (feed->columns);
  g_free (feed);
}

/* feed.x_history, feed.x_seen, feed.x_version and feed.x_2022 are made beside feed.x. */
static gboolean
is_derived_name (const char *name)
{
  const char *last = strrchr (name, '_');

  if (last == NULL)
    return FALSE;
  return strcmp (last, "_history") == 0 || strcmp (last, "_seen") == 0 || strcmp (last, "_version") == 0
         || (last[1] != '\0' && strspn (last + 1, "0123456789") == strlen (last + 1));
}

static void
check_feed (const Cells *cells, const Feed *f, const Catalogue *c)
{
  if (is_derived_name (f->feed))
    mistake (cells, "feed", "'%s' could be a part or the history of another feed; end it in a letter", f->feed);
  if (word_index (f->view_name, fixed_views) >= 0)
    mistake (cells, "view_name", "'%s' is the name of a view that every database has; choose another", f->view_name);
  for (guint i = 0; i < c->feeds->len; i++) {
    const Feed *other = c->feeds->pdata[i];

    if (strcmp (other->feed, f->feed) == 0)
      mistake (cells, "feed", "'%s' stands on line %u already", f->feed, other->at.line);
    else if (strcmp (other->view_name, f->view_name) == 0)
      mistake (cells, "view_name", "'%s' is the view of feed %s already", f->view_name, other->feed);
    if (other->grain == GRAIN_REGISTER && f->grain == GRAIN_REGISTER)
      mistake (cells, "grain", "feed %s is the register already; there can be one", other->feed);
  }
}

void
catalogue_read_feed (Cells *cells, Catalogue *c)
{
  Feed *f = g_new0 (Feed, 1);

  f->at = cell_origin (cells);
  f->feed = cell_name (cells, "feed");
  f->grain = (FeedGrain)cell_word (cells, "grain", catalogue_grains);
  f->view_name = cell_name (cells, "view_name");
  f->name = cell_some (cells, "name");
  f->name_en = cell_some (cells, "name_en");
  f->frequency = g_strdup (frequencies[cell_word (cells, "frequency", frequencies)]);
  f->due_days = cell_count (cells, "due_days", 3660);
  f->stages = cell_stages (cells, "stages");
  f->complete = cell_yes (cells, "complete");
  f->reject_limit_pct = cell_number (cells, "reject_limit_pct", 0, 100);
  if (*cell_raw (cells, "reject_limit_pct") == '\0')
    mistake (cells, "reject_limit_pct", "the cell is empty; 100 lets every file in");
  f->columns = g_ptr_array_new_with_free_func (column_free);
  f->aliases = g_ptr_array_new_with_free_func (alias_free);
  f->alias_by_header = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  check_feed (cells, f, c);
  g_ptr_array_add (c->feeds, f);
}

Feed *
cell_feed (const Cells *cells, const Catalogue *c)
{
  const char *name = cell_raw (cells, "feed");

  for (guint i = 0; i < c->feeds->len; i++) {
    Feed *f = c->feeds->pdata[i];

    if (strcmp (f->feed, name) == 0)
      return f;
  }
  mistake (cells, "feed", "'%s' is no feed of feed.csv", name);
  return NULL;
}

static gboolean
is_domain_value (const Catalogue *c, const char *domain, const char *value)
{
  for (guint i = 0; i < c->values->len; i++) {
    const ValueAlias *v = c->values->pdata[i];

    if (strcmp (v->domain, domain) == 0 && strcmp (v->value, value) == 0)
      return TRUE;
  }
  return FALSE;
}

const char *
catalogue_misfit (const Catalogue *c, ColumnType type, const char *domain, const char *value)
{
  double number = 0;

  switch (type) {
  case TYPE_AREA:
    return catalogue_area (c, value) != NULL ? NULL : "is no area of area.csv";
  case TYPE_PERIOD:
    return is_period (value) ? NULL : "is not a period; write it like 2022 or 2022-autumn";
  case TYPE_GRADE:
    return word_index (value, grades) >= 0 ? NULL : "is none of the grades P1 to P6, J1 to J3, S1 to S3, all";
  case TYPE_SEX:
    return word_index (value, sexes) >= 0 ? NULL : "is none of M, F, all";
  case TYPE_COUNT:
    return g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, NULL, NULL) ? NULL : "is not a whole number";
  case TYPE_NUMBER:
    return is_number (value, &number) ? NULL : "is not a number";
  case TYPE_BOOLEAN:
    return word_index (value, truths) >= 0 ? NULL : "is none of true, false";
  case TYPE_DATE:
    return is_date (value) ? NULL : "is not a date; write it like 2022-12-31";
  case TYPE_ENUM:
    return is_domain_value (c, domain, value) ? NULL : "is no value of the column's domain in value.csv";
  case TYPE_CODE:
  case TYPE_SCHOOL:
  case TYPE_TEXT:
  default:
    return NULL;
  }
}

static void
check_column (const Cells *cells, const Feed *f, const FeedColumn *column, const Catalogue *c)
{
  gboolean from_title = column->type == TYPE_PERIOD && strcmp (column->fallback, "title") == 0;
  const char *misfit = *column->fallback == '\0' || from_title
                           ? NULL
                           : catalogue_misfit (c, column->type, column->domain, column->fallback);

  if (word_index (column->column_name, housekeeping) >= 0)
    mistake (cells, "column_name", "'%s' is a column that every table has; choose another", column->column_name);
  if (feed_column (f, column->column_name) != NULL)
    mistake (cells, "column_name", "feed %s has '%s' on line %u already", f->feed, column->column_name,
             feed_column (f, column->column_name)->at.line);
  if (column->key && !column->required && *column->fallback == '\0')
    mistake (cells, "key", "a key column cannot be empty; require it or give it a fallback");
  if (*column->domain != '\0' && g_hash_table_lookup (c->domains, column->domain) == NULL)
    mistake (cells, "domain", "'%s' is no domain of value.csv", column->domain);
  if (*column->domain == '\0' && column->type == TYPE_ENUM)
    mistake (cells, "domain", "a column of type enum needs a domain of value.csv");
  if (misfit != NULL)
    mistake (cells, "fallback", "'%s' %s", column->fallback, misfit);
}

void
catalogue_read_column (Cells *cells, Catalogue *c)
{
  Feed *f = cell_feed (cells, c);
  FeedColumn *column = g_new0 (FeedColumn, 1);

  column->at = cell_origin (cells);
  column->column_name = cell_name (cells, "column_name");
  column->type = (ColumnType)cell_word (cells, "type", catalogue_types);
  column->key = cell_yes (cells, "key");
  column->required = cell_yes (cells, "required");
  column->fallback = cell_text (cells, "fallback");
  column->domain = cell_text (cells, "domain");
  column->name = cell_some (cells, "name");
  column->name_en = cell_some (cells, "name_en");
  column->unit = cell_text (cells, "unit");
  if (f == NULL) {
    column_free (column);
    return;
  }
  check_column (cells, f, column, c);
  g_ptr_array_add (f->columns, column);
}

/* grade=P1;sex=M */
static void
read_fixed (const Cells *cells, const Feed *f, FeedAlias *alias, const Catalogue *c)
{
  g_autofree char *text = cell_text (cells, "fixed");
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  if (*text == '\0')
    return;
  alias->fixed_columns = g_ptr_array_new_with_free_func (g_free);
  alias->fixed_values = g_ptr_array_new_with_free_func (g_free);
  for (char **part = parts; *part != NULL; part++) {
    char *equals = strchr (*part, '=');
    const FeedColumn *column = NULL;
    const char *misfit = NULL;

    if (equals == NULL) {
      mistake (cells, "fixed", "'%s' fixes nothing; write it like grade=P1;sex=M", *part);
      continue;
    }
    *equals = '\0';
    column = feed_column (f, *part);
    misfit = column != NULL ? catalogue_misfit (c, column->type, column->domain, equals + 1) : NULL;
    if (column == NULL)
      mistake (cells, "fixed", "'%s' is no column of feed %s", *part, f->feed);
    else if (!column->key)
      mistake (cells, "fixed", "'%s' is no key of feed %s; only keys can be fixed by a header", *part, f->feed);
    else if (misfit != NULL)
      mistake (cells, "fixed", "'%s' %s", equals + 1, misfit);
    g_ptr_array_add (alias->fixed_columns, g_strdup (*part));
    g_ptr_array_add (alias->fixed_values, g_strdup (equals + 1));
  }
}

void
catalogue_add_alias (Feed *f, FeedAlias *alias)
{
  g_ptr_array_add (f->aliases, alias);
  g_hash_table_insert (f->alias_by_header, catalogue_key (alias->header), alias);
}

void
catalogue_read_alias (Cells *cells, Catalogue *c)
{
  Feed *f = cell_feed (cells, c);
  g_autofree char *header = cell_some (cells, "header");
  g_autofree char *key = catalogue_key (header);
  const FeedAlias *other = f != NULL ? g_hash_table_lookup (f->alias_by_header, key) : NULL;
  FeedAlias *alias = NULL;

  if (f == NULL)
    return;
  if (other != NULL) {
    mistake (cells, "header", "'%s' stands on line %u already (case does not count)", header, other->at.line);
    return;
  }
  alias = g_new0 (FeedAlias, 1);
  alias->at = cell_origin (cells);
  alias->header = text_normalise (header);
  alias->column_name = cell_text (cells, "column_name");
  if (*cell_raw (cells, "use") != '\0')
    alias->use = (AliasUse)cell_word (cells, "use", uses);
  read_fixed (cells, f, alias, c);
  catalogue_add_alias (f, alias);
  if (*alias->column_name == '\0' && alias->use != ALIAS_IGNORE)
    mistake (cells, "column_name",
             "the cell is empty; name the column that the header stands for, or set use to ignore");
  else if (*alias->column_name != '\0' && feed_column (f, alias->column_name) == NULL)
    mistake (cells, "column_name", "'%s' is no column of feed %s in column.csv", alias->column_name, f->feed);
}
