#include "domain/catalogue_parts.h"

#include <math.h>
#include <string.h>

/* What statistics and alerts cannot do without, with the values that make sense. */
static const struct {
  const char *name;
  double low;
  double high;
} thresholds[] = {
  { "on_track_probability", 0, 1 },
  { "off_track_probability", 0, 1 },
  { "completeness_pct", 0, 100 },
  { "completeness_tell_pct", 0, 100 },
  { "false_alarms_per_year", 1e-6, 1000 },
  { "min_schools", 2, 1e6 },
  { "min_waves", 2, 1000 },
  { "min_events", 0, 1e6 },
  { "worsening_p", 1e-6, 0.5 },
  { "df_cap", 1, 1e6 },
  { "interim_power", 0, 1000 },
  { "drift_p_max", 0, 1 },
  { "count_on_track_ratio", 0, 10 },
  { "count_off_track_ratio", 0, 10 },
  { "official_on_track_ratio", 0, 10 },
  { "official_moderate_ratio", 0, 10 },
  { "alert_notice_ratio", 0, 1 },
  { "alert_recovery_ratio", 0, 100 },
  { "alert_answer_days", 1, 365 },
  { "alert_reminder_days", 1, 365 },
  { "alert_reminder_acknowledged_days", 1, 365 },
  { "alert_escalation_days", 1, 365 },
  { "alert_escalation_city_days", 1, 365 },
  { "alert_quiet_days", 1, 365 },
  { "alert_mails_per_night", 1, 1e6 },
  { "mail_tries", 1, 1000 },
};

/* A head answers for an area of either level, and is told only what went unacknowledged. */
static const char *const roles[] = { "city", "district", "head", NULL };

static const char *const languages[] = { "zh", "en", NULL };

void
catalogue_threshold_free (gpointer data)
{
  Threshold *t = data;

  g_free (t->name);
  g_free (t->unit);
  g_free (t->note);
  g_free (t->note_en);
  g_free (t);
}

static const Threshold *
find_threshold (const Catalogue *c, const char *name)
{
  for (guint i = 0; i < c->thresholds->len; i++) {
    const Threshold *t = c->thresholds->pdata[i];

    if (strcmp (t->name, name) == 0)
      return t;
  }
  return NULL;
}

void
catalogue_read_threshold (Cells *cells, Catalogue *c)
{
  Threshold *t = g_new0 (Threshold, 1);

  t->at = cell_origin (cells);
  t->name = cell_name (cells, "name");
  t->value = cell_number (cells, "value", -1e12, 1e12);
  t->unit = cell_some (cells, "unit");
  t->note = cell_some (cells, "note");
  t->note_en = cell_some (cells, "note_en");
  if (isnan (t->value))
    mistake (cells, "value", "the cell is empty; fill it in");
  if (find_threshold (c, t->name) != NULL)
    mistake (cells, "name", "'%s' stands on line %u already", t->name, find_threshold (c, t->name)->at.line);
  for (guint i = 0; i < G_N_ELEMENTS (thresholds); i++)
    if (strcmp (thresholds[i].name, t->name) == 0 && (t->value < thresholds[i].low || t->value > thresholds[i].high))
      mistake (cells, "value", "%g is not between %g and %g", t->value, thresholds[i].low, thresholds[i].high);
  g_ptr_array_add (c->thresholds, t);
}

static const char *
file_of (const Catalogue *c, const char *base)
{
  GHashTableIter iter;
  gpointer name = NULL;

  g_hash_table_iter_init (&iter, c->files);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (strcmp (name, base) == 0 || (g_str_has_suffix (name, base) && g_str_has_prefix (name, "../")))
      return name;
  return base;
}

void
catalogue_check_thresholds (const Catalogue *c, Mistakes *m)
{
  const Threshold *on = find_threshold (c, "on_track_probability");
  const Threshold *off = find_threshold (c, "off_track_probability");

  for (guint i = 0; i < G_N_ELEMENTS (thresholds); i++)
    if (find_threshold (c, thresholds[i].name) == NULL)
      mistake_in (m, file_of (c, "threshold.csv"), 0, "threshold %s is missing; add a row for it", thresholds[i].name);
  if (on != NULL && off != NULL && off->value >= on->value)
    mistake_at (m, off->at, "value", "%g is not below on_track_probability, %g", off->value, on->value);
}

void
catalogue_recipient_free (gpointer data)
{
  Recipient *r = data;

  g_free (r->recipient);
  g_free (r->name);
  g_free (r->address);
  g_free (r->role);
  g_free (r->area_code);
  g_free (r->language);
  g_free (r);
}

/* A bare mailbox, of characters that need no quoting anywhere: what goes to a mail server must not carry commands. */
static gboolean
is_address (const char *text)
{
  const char *at = strchr (text, '@');

  if (at == NULL || at == text || at[1] == '\0' || at[1] == '.' || strchr (at + 1, '@') != NULL || *text == '-')
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("@._+-=", *p) == NULL)
      return FALSE;
  return TRUE;
}

void
catalogue_read_recipient (Cells *cells, Catalogue *c)
{
  Recipient *r = g_new0 (Recipient, 1);
  const Area *area = NULL;

  r->at = cell_origin (cells);
  r->recipient = cell_code (cells, "recipient");
  r->name = cell_some (cells, "name");
  r->address = cell_some (cells, "address");
  r->role = g_strdup (roles[cell_word (cells, "role", roles)]);
  r->area_code = cell_some (cells, "area_code");
  r->language = g_strdup (languages[cell_word (cells, "language", languages)]);
  area = catalogue_area (c, r->area_code);
  if (*r->address != '\0' && !is_address (r->address))
    mistake (cells, "address", "'%s' is not a mail address; write it like office@example.org", r->address);
  if (*r->area_code != '\0' && area == NULL)
    mistake (cells, "area_code", "'%s' is no area of area.csv", r->area_code);
  else if (area != NULL && strcmp (r->role, "head") != 0 && strcmp (catalogue_area_levels[area->level], r->role) != 0)
    mistake (cells, "area_code", "%s is a %s, the role is %s", r->area_code, catalogue_area_levels[area->level],
             r->role);
  for (guint i = 0; i < c->recipients->len; i++) {
    const Recipient *other = c->recipients->pdata[i];

    if (strcmp (other->recipient, r->recipient) == 0)
      mistake (cells, "recipient", "'%s' stands on line %u already", r->recipient, other->at.line);
  }
  g_ptr_array_add (c->recipients, r);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Names in braces, sorted, with a blank after each. */
static char *
braced_names (const char *text)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) all = g_string_new (NULL);

  for (const char *p = strchr (text, '{'); p != NULL; p = strchr (p + 1, '{'))
    g_ptr_array_add (names, g_strndup (p, strcspn (p, "|}")));
  g_ptr_array_sort (names, compare_texts);
  for (guint i = 0; i < names->len; i++)
    if (i == 0 || strcmp (names->pdata[i], names->pdata[i - 1]) != 0)
      g_string_append_printf (all, "%s} ", (char *)names->pdata[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

void
catalogue_read_text (Cells *cells, Catalogue *c)
{
  const char *key = cell_raw (cells, "key");
  const char *zh = cell_raw (cells, "zh");
  const char *en = cell_raw (cells, "en");
  g_autofree char *zh_names = braced_names (zh);
  g_autofree char *en_names = braced_names (en);
  char **both = NULL;

  if (*key == '\0' || strspn (key, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != strlen (key))
    mistake (cells, "key", "'%s' cannot be a key; use a to z, 0 to 9, '_', '.' and '-'", key);
  if (*zh == '\0')
    mistake (cells, "zh", "the cell is empty; every text needs both languages");
  if (*en == '\0')
    mistake (cells, "en", "the cell is empty; every text needs both languages");
  if (strcmp (zh_names, en_names) != 0)
    mistake (cells, "en", "the places to fill in are %sin English but %sin Chinese", en_names, zh_names);
  if (g_hash_table_contains (c->texts, key)) {
    mistake (cells, "key", "'%s' stands further up already", key);
    return;
  }
  both = g_new0 (char *, 3);
  both[0] = g_strdup (zh);
  both[1] = g_strdup (en);
  g_hash_table_insert (c->texts, g_strdup (key), both);
}
