#include "report/phrase.h"

#include <math.h>
#include <string.h>

const char *
phrase (const Voice *voice, const char *key)
{
  return catalogue_text (voice->catalogue, voice->language, key);
}

static gboolean
is_english (const Voice *voice)
{
  return strcmp (voice->language, "en") == 0;
}

static const char *
named (const Voice *voice, const char *group, const char *name)
{
  g_autofree char *key = g_strjoin (".", group, name, NULL);

  return phrase (voice, key);
}

const char *
phrase_word (const Voice *voice, VerdictWord word)
{
  return named (voice, "verdict", verdict_name (word));
}

const char *
phrase_severity (const Voice *voice, AlertSeverity severity)
{
  return named (voice, "mail.severity", alert_severity_name (severity));
}

const char *
phrase_state (const Voice *voice, AlertState state)
{
  return named (voice, "mail.state", alert_state_name (state));
}

const char *
phrase_place (const Voice *voice, const Area *area)
{
  return is_english (voice) ? area->name_en : area->name;
}

const char *
phrase_area (const Voice *voice, const Area *area)
{
  return area->level == AREA_CITY ? phrase (voice, "page.whole_city") : phrase_place (voice, area);
}

const char *
phrase_indicator (const Voice *voice, const Indicator *indicator)
{
  return is_english (voice) ? indicator->name_en : indicator->name;
}

const char *
phrase_target (const Voice *voice, const Target *target)
{
  return is_english (voice) ? target->name_en : target->name;
}

const char *
phrase_column (const Voice *voice, const Target *target)
{
  const Indicator *indicator = catalogue_indicator (voice->catalogue, target->indicator);

  return is_english (voice) ? indicator->name_en : target->short_name;
}

const char *
phrase_reason (const Voice *voice, const Standing *s)
{
  return is_english (voice) ? s->reason_en : s->reason;
}

/* The unit after a number: Chinese measure words stand close, English nouns after a space. */
static char *
with_unit (const Voice *voice, const Standing *s, char *number)
{
  g_autofree char *owned = number;
  const char *unit = named (voice, "unit", s->target->unit);

  return g_strconcat (owned, is_english (voice) ? " " : "", unit, NULL);
}

char *
phrase_quantity (const Voice *voice, const Standing *s, double value)
{
  char *number = format_value (value, standing_unit (s));

  return standing_unit (s) == UNIT_COUNT && isfinite (value) ? with_unit (voice, s, number) : number;
}

char *
phrase_value (const Voice *voice, const Standing *s)
{
  return phrase_quantity (voice, s, s->value_now);
}

char *
phrase_goal (const Voice *voice, const Standing *s)
{
  g_autofree char *value = phrase_quantity (voice, s, s->target_value);

  return isfinite (s->target_value) ? g_strconcat (s->target->good_is_up ? "≥" : "≤", value, NULL)
                                    : g_steal_pointer (&value);
}

char *
phrase_path (const Voice *voice, const Standing *s)
{
  return phrase_quantity (voice, s, standing_unit (s) == UNIT_COUNT ? standing_due (s) : s->path_now);
}

char *
phrase_interval (const Voice *voice, const Standing *s)
{
  g_autofree char *range = format_range (s->low95, s->high95, standing_unit (s));

  return *range == '\0' ? g_strdup ("") : format_fill (phrase (voice, "page.interval"), "range", range, NULL);
}

/* Which sentence tells the distance from the path. */
static const char *
gap_key (const Standing *s)
{
  gboolean bad = standing_gap (s) > 0;
  gboolean above = s->target->good_is_up ? !bad : bad;

  if (standing_gap (s) == 0 && standing_unit (s) == UNIT_COUNT)
    return "page.gap.on_pace";
  if (standing_gap (s) == 0)
    return s->target->kind == TARGET_FLOOR ? "page.gap.on_floor" : "page.gap.on_path";
  if (standing_unit (s) == UNIT_COUNT)
    return bad ? "page.gap.behind" : "page.gap.ahead";
  if (s->target->kind == TARGET_FLOOR)
    return above ? "page.gap.above_floor" : "page.gap.below_floor";
  return above ? "page.gap.above" : "page.gap.below";
}

char *
phrase_gap (const Voice *voice, const Standing *s)
{
  g_autofree char *gap = NULL;

  if (!isfinite (standing_gap (s)))
    return g_strdup ("");
  gap = format_gap (standing_gap (s), standing_unit (s), voice->language);
  if (standing_unit (s) == UNIT_COUNT)
    gap = with_unit (voice, s, g_steal_pointer (&gap));
  return format_fill (phrase (voice, gap_key (s)), "gap", gap, NULL);
}

char *
phrase_line (const Voice *voice, const Standing *s)
{
  g_autofree char *value = phrase_value (voice, s);
  g_autofree char *gap = phrase_gap (voice, s);
  const char *indicator = phrase_indicator (voice, s->indicator);

  if (!isfinite (s->value_now))
    return format_fill (phrase (voice, "page.line.nothing"), "indicator", indicator, NULL);
  if (*gap == '\0')
    return format_fill (phrase (voice, "page.line.value"), "indicator", indicator, "value", value, NULL);
  return format_fill (phrase (voice, "page.line"), "indicator", indicator, "value", value, "gap", gap, NULL);
}

char *
phrase_sentence (const Voice *voice, const Standing *s)
{
  g_autofree char *line = phrase_line (voice, s);

  return format_fill (phrase (voice, "page.sentence"), "area", phrase_area (voice, s->area), "line", line, NULL);
}

char *
phrase_place_value (const Voice *voice, const char *key, const Standing *s)
{
  g_autofree char *value = phrase_value (voice, s);
  g_autofree char *path = phrase_path (voice, s);

  return format_fill (phrase (voice, key), "area", phrase_area (voice, s->area), "value", value, "path", path, NULL);
}

char *
phrase_outlook (const Voice *voice, const Standing *s)
{
  g_autofree char *range = format_range (s->projected_low95, s->projected_high95, standing_unit (s));
  g_autofree char *value = phrase_quantity (voice, s, s->projected);
  g_autofree char *probability = format_probability (s->probability_met);

  if (isfinite (s->projected) && isfinite (s->probability_met))
    return format_fill (phrase (voice, *range != '\0' ? "page.outlook" : "page.outlook.plain"), "value", value, "range",
                        range, "probability", probability, NULL);
  if (isfinite (s->probability_met))
    return format_fill (phrase (voice, "page.outlook.probability"), "probability", probability, NULL);
  return isfinite (s->projected) ? format_fill (phrase (voice, "page.outlook.value"), "value", value, NULL)
                                 : g_strdup ("");
}

char *
phrase_schools (const Voice *voice, const Standing *s)
{
  g_autofree char *reporting = format_value ((double)s->schools_reporting, UNIT_COUNT);
  g_autofree char *expected = format_value ((double)s->schools_expected, UNIT_COUNT);

  if (s->schools_expected <= 0)
    return g_strdup ("");
  return format_fill (phrase (voice, standing_reports_by_area (voice->catalogue, s) ? "page.units" : "page.schools"),
                      "reporting", reporting, "expected", expected, NULL);
}

const char *
phrase_doubt (const Voice *voice, const Standing *s, gboolean sentence)
{
  if (s->complete)
    return "";
  if (standing_awaits_confirmation (voice->catalogue, s))
    return phrase (voice, sentence ? "page.provisional.long" : "page.provisional");
  return phrase (voice, sentence ? "page.incomplete.long" : "page.incomplete");
}

const char *
phrase_grade (const Voice *voice, const char *grade)
{
  const GPtrArray *values = voice->catalogue->values;

  if (strcmp (voice->language, "en") != 0)
    for (guint i = 0; i < values->len; i++) {
      const ValueAlias *alias = values->pdata[i];

      if (strcmp (alias->domain, "grade") == 0 && strcmp (alias->value, grade) == 0 && (*alias->written & 0x80))
        return alias->written;
    }
  return grade;
}

char *
phrase_list (const Voice *voice, const GPtrArray *names)
{
  g_autofree char *list = g_strdup (names->len > 0 ? names->pdata[0] : "");

  for (guint i = 1; i < names->len; i++) {
    const char *key = i + 1 == names->len ? "page.list.last" : "page.list.between";
    g_autofree char *before = g_steal_pointer (&list);

    list = format_fill (phrase (voice, key), "list", before, "name", names->pdata[i], NULL);
  }
  return g_steal_pointer (&list);
}
