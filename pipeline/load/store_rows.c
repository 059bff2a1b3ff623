#include "load/store_rows.h"

#include "base/sql.h"

#include <math.h>
#include <string.h>

static const char *
or_null (const char *text)
{
  return *text != '\0' ? text : NULL;
}

static void
add_flag (GString *line, gboolean value)
{
  db_copy_field (line, value ? "t" : "f");
}

static void
add_int (GString *line, guint value)
{
  char text[16];

  g_snprintf (text, sizeof text, "%u", value);
  db_copy_field (line, text);
}

static void
add_double (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  db_copy_field (line, isnan (value) ? NULL : g_ascii_dtostr (text, sizeof text, value));
}

static void
add_texts (GString *line, ...)
{
  va_list ap;

  va_start (ap, line);
  for (const char *text = va_arg (ap, const char *); text != DB_END; text = va_arg (ap, const char *))
    db_copy_field (line, text);
  va_end (ap);
}

static void
add_position (GString *line, guint i)
{
  add_int (line, i + 1);
  db_copy_line (line);
}

static void
write_areas (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->areas->len; i++) {
    const Area *a = c->areas->pdata[i];

    add_texts (out, a->area_code, a->valid_from, a->valid_to, or_null (a->parent_code), catalogue_area_levels[a->level],
               a->name, a->name_en, or_null (a->successor_code), DB_END);
    add_position (out, i);
  }
}

static void
write_feeds (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->feeds->len; i++) {
    const Feed *f = c->feeds->pdata[i];

    add_texts (out, f->feed, catalogue_grains[f->grain], f->view_name, f->name, f->name_en, f->frequency, f->stages,
               DB_END);
    add_int (out, (guint)f->due_days);
    add_flag (out, f->complete);
    add_double (out, f->reject_limit_pct);
    add_position (out, i);
  }
}

static void
write_columns (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->feeds->len; i++) {
    const Feed *f = c->feeds->pdata[i];

    for (guint j = 0; j < f->columns->len; j++) {
      const FeedColumn *column = f->columns->pdata[j];

      add_texts (out, f->feed, column->column_name, catalogue_types[column->type], column->name, column->name_en,
                 column->unit, DB_END);
      add_flag (out, column->key);
      add_flag (out, column->required);
      add_position (out, j);
    }
  }
}

/* Of a rule's uses the first one speaks for it. */
static void
write_rules (GString *out, const Catalogue *c)
{
  g_autoptr (GHashTable) written = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < c->rules->len; i++) {
    const Rule *r = c->rules->pdata[i];

    if (!g_hash_table_add (written, r->rule))
      continue;
    add_texts (out, r->rule, catalogue_rule_levels[r->level], catalogue_severities[r->severity], r->text_zh, r->text_en,
               r->advice_zh, r->advice_en, DB_END);
    add_position (out, i);
  }
}

static void
write_indicators (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->indicators->len; i++) {
    const Indicator *k = c->indicators->pdata[i];

    add_texts (out, k->indicator, k->feed, catalogue_indicator_kinds[k->kind], catalogue_directions[k->good_is_up],
               k->numerator, k->denominator, k->filter, k->strata, k->stages, k->unit, k->name, k->name_en,
               k->definition, k->definition_en, DB_END);
    add_position (out, i);
  }
}

static void
write_plans (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->plans->len; i++) {
    const Plan *p = c->plans->pdata[i];

    add_texts (out, p->plan, p->name, p->name_en, p->starts, p->deadline, p->source, DB_END);
    add_position (out, i);
  }
}

static char *
join_areas (const Target *t)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < t->areas->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? ";" : "", (char *)t->areas->pdata[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
write_targets (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->targets->len; i++) {
    const Target *t = c->targets->pdata[i];
    g_autofree char *areas = join_areas (t);

    add_texts (out, t->plan, t->target, t->item, t->indicator, catalogue_target_kinds[t->kind], t->unit,
               catalogue_directions[t->good_is_up], catalogue_scopes[t->scope], areas, or_null (t->baseline_period),
               or_null (t->growth_from), t->deadline, or_null (t->deadline_period), t->increment_basis, t->name,
               t->name_en, t->short_name, t->note, t->note_en, DB_END);
    add_flag (out, t->headline);
    add_double (out, t->value);
    add_double (out, t->baseline_value);
    add_position (out, i);
  }
}

static void
write_thresholds (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->thresholds->len; i++) {
    const Threshold *t = c->thresholds->pdata[i];

    add_texts (out, t->name, t->unit, t->note, t->note_en, DB_END);
    add_double (out, t->value);
    add_position (out, i);
  }
}

static void
write_recipients (GString *out, const Catalogue *c)
{
  for (guint i = 0; i < c->recipients->len; i++) {
    const Recipient *r = c->recipients->pdata[i];

    add_texts (out, r->recipient, r->name, r->address, r->role, r->area_code, r->language, DB_END);
    add_position (out, i);
  }
}

static void
write_texts (GString *out, const Catalogue *c)
{
  GHashTableIter iter;
  gpointer key = NULL, both = NULL;

  g_hash_table_iter_init (&iter, c->texts);
  while (g_hash_table_iter_next (&iter, &key, &both)) {
    add_texts (out, key, ((char **)both)[0], ((char **)both)[1], DB_END);
    db_copy_line (out);
  }
}

static void
write_files (GString *out, const Catalogue *c)
{
  GHashTableIter iter;
  gpointer name = NULL, value = NULL;

  g_hash_table_iter_init (&iter, c->files);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    const GString *content = value;
    g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)content->str, content->len);

    add_texts (out, name, sha256, content->str, DB_END);
    db_copy_line (out);
  }
}

static const struct {
  const char *table;
  const char *columns; /* in the order in which @write adds the fields */
  void (*write) (GString *out, const Catalogue *c);
} tables[] = {
  { "area", "area_code, valid_from, valid_to, parent_code, level, name, name_en, successor_code, position",
    write_areas },
  { "feed", "feed, grain, view_name, name, name_en, frequency, stages, due_days, complete, reject_limit_pct, position",
    write_feeds },
  { "feed_column", "feed, column_name, type, name, name_en, unit, key, required, position", write_columns },
  { "rule", "rule, level, severity, text_zh, text_en, advice_zh, advice_en, position", write_rules },
  { "indicator",
    "indicator, feed, kind, good, numerator, denominator, filter, strata, stages, unit, name, name_en, definition, "
    "definition_en, position",
    write_indicators },
  { "plan", "plan, name, name_en, starts, deadline, source, position", write_plans },
  { "target",
    "plan, target, item, indicator, kind, unit, good, scope, areas, baseline_period, growth_from, deadline, "
    "deadline_period, increment_basis, name, name_en, short_name, note, note_en, headline, value, baseline_value, "
    "position",
    write_targets },
  { "threshold", "name, unit, note, note_en, value, position", write_thresholds },
  { "recipient", "recipient, name, address, role, area_code, language, position", write_recipients },
  { "text", "key, zh, en", write_texts },
  { "catalogue_file", "file_name, sha256, content", write_files },
};

static gboolean
store_table (Db *db, const Catalogue *c, guint i, GError **error)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autofree char *target = g_strconcat ("plumbline.", tables[i].table, NULL);
  g_autofree char *copy = g_strdup_printf ("copy pg_temp.stage_%s (%s) from stdin", tables[i].table, tables[i].columns);
  g_autoptr (PGresult) stage = db_queryv (db, error, sql_query ("make_stage"), target, DB_END);
  g_autoptr (PGresult) merged = NULL;

  if (stage == NULL)
    return FALSE;
  tables[i].write (rows, c);
  if (!db_copy_begin (db, copy, error) || !db_copy_data (db, rows->str, rows->len, error)
      || !db_copy_end (db, NULL, error))
    return FALSE;
  merged = db_queryv (db, error, sql_query ("merge_catalogue"), tables[i].table, DB_END);
  return merged != NULL;
}

gboolean
store_rows (Db *db, const Catalogue *catalogue, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!store_table (db, catalogue, i, error))
      return FALSE;
  return TRUE;
}
