#include "report/digest.h"

#include <string.h>

static void
group_free (gpointer data)
{
  g_ptr_array_unref (((DigestGroup *)data)->standings);
  g_free (data);
}

GPtrArray *
digest_groups_new (void)
{
  return g_ptr_array_new_with_free_func (group_free);
}

void
digest_group_add (GPtrArray *groups, const Standing *s)
{
  DigestGroup *group = NULL;

  for (guint i = 0; i < groups->len && group == NULL; i++)
    if (((DigestGroup *)groups->pdata[i])->target == s->target)
      group = groups->pdata[i];
  if (group == NULL) {
    group = g_new0 (DigestGroup, 1);
    group->target = s->target;
    group->standings = g_ptr_array_new ();
    g_ptr_array_add (groups, group);
  }
  g_ptr_array_add (group->standings, (gpointer)(guintptr)s);
}

GPtrArray *
digest_group (const GPtrArray *standings)
{
  GPtrArray *groups = digest_groups_new ();

  for (guint i = 0; i < standings->len; i++)
    digest_group_add (groups, standings->pdata[i]);
  return groups;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static char *
item_line (const Digest *d, const Standing *s, const char *key)
{
  g_autofree char *sentence = phrase_sentence (&d->voice, s);
  g_autofree char *since = format_date (s->since, d->voice.language);

  return format_fill (phrase (&d->voice, key), "severity", phrase_severity (&d->voice, s->severity), "state",
                      phrase_state (&d->voice, s->state), "sentence", sentence, "since", since, NULL);
}

static char *
open_line (const Digest *d, const Standing *s)
{
  g_autofree char *line = item_line (d, s, "mail.item.open");
  g_autofree char *said = digest_answered (d, s);

  if (*said == '\0')
    return g_steal_pointer (&line);
  return format_fill (phrase (&d->voice, "mail.hold.line"), "line", line, "said", said, NULL);
}

/* @key: how one area is told: its name, its value and what the path asks for. */
static char *
group_areas (const Digest *d, const GPtrArray *standings, const char *key, const char *pending_key)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];

    g_ptr_array_add (names, phrase_place_value (&d->voice, s->state == ALERT_PENDING ? pending_key : key, s));
  }
  return phrase_list (&d->voice, names);
}

static const char *
group_name (const Digest *d, const DigestGroup *group)
{
  return phrase_indicator (&d->voice, catalogue_indicator (d->board->catalogue, group->target->indicator));
}

static char *
recovered_line (const Digest *d, const DigestGroup *group)
{
  const Standing *first = group->standings->pdata[0];
  g_autofree char *since = format_date (first->since, d->voice.language);
  g_autofree char *areas = NULL;

  if (group->standings->len == 1)
    return item_line (d, first, "mail.item.recovered");
  areas = group_areas (d, group->standings, "mail.area.value", "mail.area.value");
  return format_fill (phrase (&d->voice, "mail.group.recovered"), "indicator", group_name (d, group), "areas", areas,
                      "state", phrase_state (&d->voice, first->state), "since", since, NULL);
}

static char *
watch_line (const Digest *d, const DigestGroup *group)
{
  g_autofree char *areas = group_areas (d, group->standings, "mail.area.path", "mail.area.pending");

  return format_fill (phrase (&d->voice, "mail.group.watch"), "indicator", group_name (d, group), "areas", areas, NULL);
}

static char *
muted_line (const Digest *d, const DigestGroup *group)
{
  g_autofree char *number = g_strdup_printf ("%u", group->standings->len);
  g_autofree char *areas = group_areas (d, group->standings, "mail.area.value", "mail.area.value");

  return format_fill (phrase (&d->voice, "mail.muted"), "indicator", group_name (d, group), "n", number, "areas", areas,
                      NULL);
}

/* 康平县(12/31) */
static char *
gap_area (const Digest *d, const Standing *s)
{
  const char *name = phrase_area (&d->voice, s->area);

  if (s->schools_expected <= 0)
    return g_strdup (name);
  return g_strdup_printf ("%s %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, name, s->schools_reporting, s->schools_expected);
}

/* Nobody reads a list of every district. */
static const char *
everywhere (const Digest *d, const DigestGap *gap)
{
  guint districts = 0;
  guint all = 0;

  for (guint i = 0; i < gap->standings->len; i++)
    districts += !standing_is_city (gap->standings->pdata[i]);
  for (guint i = 0; i < d->board->areas->len; i++)
    all += ((const Area *)d->board->areas->pdata[i])->level == AREA_DISTRICT;
  if (districts < all || all < 2)
    return NULL;
  return phrase (&d->voice, districts < gap->standings->len ? "mail.area.all" : "mail.area.districts");
}

static char *
gap_line (const Digest *d, const DigestGap *gap)
{
  gboolean counted = strcmp (gap->key, "mail.gap.returns") == 0;
  g_autofree char *muted = g_strdup_printf ("%u", gap->n_muted);
  g_autofree char *line = NULL;
  const char *all = counted ? NULL : everywhere (d, gap);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *areas = NULL;

  for (guint i = 0; i < gap->standings->len; i++) {
    const Standing *s = gap->standings->pdata[i];

    g_ptr_array_add (names, counted ? gap_area (d, s) : g_strdup (phrase_area (&d->voice, s->area)));
  }
  areas = all != NULL ? g_strdup (all) : phrase_list (&d->voice, names);
  line = format_fill (phrase (&d->voice, gap->key), "what", gap->what, "areas", areas, "why", gap->why, NULL);
  if (gap->n_muted == 0)
    return g_steal_pointer (&line);
  return format_fill (phrase (&d->voice, "mail.gap.muted"), "line", line, "n", muted, NULL);
}

/* ------------------------------------------------------------------------------------------------------------------ */

typedef char *(*GroupLine) (const Digest *digest, const DigestGroup *group);

static void
add_group_lines (GPtrArray *lines, const Digest *d, const GPtrArray *groups, GroupLine line)
{
  for (guint i = 0; i < groups->len; i++)
    g_ptr_array_add (lines, line (d, groups->pdata[i]));
}

static void
add_grouped (GPtrArray *lines, const Digest *d, DigestSection section, GroupLine line)
{
  g_autoptr (GPtrArray) groups = digest_group (d->sections[section]);

  add_group_lines (lines, d, groups, line);
}

guint
digest_section_size (const Digest *d, DigestSection section)
{
  if (section == SECTION_NEW)
    return d->n_new;
  return section == SECTION_MISSING ? d->gaps->len : d->sections[section]->len;
}

guint
digest_section_details (const Digest *d, DigestSection section)
{
  if (section == SECTION_OPEN)
    return MIN (DIGEST_DETAILED, d->n_reminded);
  return section <= SECTION_WORSENED ? MIN (DIGEST_DETAILED, d->sections[section]->len) : 0;
}

GPtrArray *
digest_section_lines (const Digest *d, DigestSection section)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *items = d->sections[section];

  if (section == SECTION_RECOVERED)
    add_grouped (lines, d, section, recovered_line);
  else if (section == SECTION_WATCH)
    add_grouped (lines, d, section, watch_line);
  else
    for (guint i = digest_section_details (d, section); i < items->len; i++)
      g_ptr_array_add (lines, section == SECTION_OPEN ? open_line (d, items->pdata[i])
                                                      : item_line (d, items->pdata[i], "mail.item.new"));
  if (section == SECTION_NEW)
    add_group_lines (lines, d, d->muted, muted_line);
  for (guint i = 0; section == SECTION_MISSING && i < d->gaps->len; i++)
    g_ptr_array_add (lines, gap_line (d, d->gaps->pdata[i]));
  return lines;
}
