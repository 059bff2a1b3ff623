#include "measure/explain.h"
#include "base/error.h"
#include "base/options.h"
#include "base/sql.h"
#include "explain_parts.h"
#include <math.h>
#include <string.h>

/* --- what both kinds print ------------------------------------------------------------------------------------------
 */

void
explain_say (GString *out, const char *format, ...)
{
  va_list ap;

  g_string_append (out, "# ");
  va_start (ap, format);
  g_string_append_vprintf (out, format, ap);
  va_end (ap);
  while (out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

void
explain_run (GString *out, const char *format, ...)
{
  va_list ap;

  va_start (ap, format);
  g_string_append_vprintf (out, format, ap);
  va_end (ap);
  g_string_append_c (out, '\n');
}

static void
append_number (GString *out, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, isfinite (value) ? g_ascii_dtostr (buffer, sizeof buffer, value) : "NA");
}

void
explain_end (GString *out, const ExplainFigure figures[], guint n)
{
  explain_say (out, "R's figures beside plumbline's");
  explain_run (out, "check <- data.frame(figure = character(), R = numeric(), plumbline = numeric())");
  for (guint i = 0; i < n; i++) {
    g_string_append_printf (out, "check[%u, ] <- list(\"%s\", %s, ", i + 1, figures[i].name, figures[i].expression);
    append_number (out, figures[i].value);
    g_string_append (out, ")\n");
  }
  explain_run (out, "check$agrees <- mapply(function(a, b) isTRUE(all.equal(a, b, tolerance = 1e-9)), check$R, "
                    "check$plumbline)");
  explain_run (out, "print(check, digits = 9)");
}

void
explain_verdict (GString *out, const Catalogue *catalogue, const Verdict *verdict, const char *official)
{
  g_autofree char *key = g_strconcat ("verdict.", verdict_name (verdict->word), NULL);
  g_autofree char *zh = reason_in (&verdict->reason, catalogue, "zh");
  g_autofree char *en = reason_in (&verdict->reason, catalogue, "en");

  explain_say (out, "%s", "");
  explain_say (out, "VERDICT  %s %s%s", verdict_name (verdict->word), catalogue_text (catalogue, "zh", key),
               verdict->fires     ? "; an alert is due"
               : verdict->pending ? "; an alert waits until the data are complete and confirmed"
                                  : "");
  explain_say (out, "  %s", zh);
  explain_say (out, "  %s", en);
  explain_say (out, "  an official method would say: %s", official != NULL ? official : "nothing");
}

/* --- what is asked for ----------------------------------------------------------------------------------------------
 */

static const Target *
find_target (const Catalogue *catalogue, const char *name, GError **error)
{
  g_autofree const char **names = g_new0 (const char *, catalogue->targets->len + 1);
  const Target *found = NULL;
  const char *nearest = NULL;

  for (guint i = 0; i < catalogue->targets->len; i++) {
    const Target *target = catalogue->targets->pdata[i];

    names[i] = target->target;
    if (strcmp (target->target, name) == 0 && (found == NULL || strcmp (target->plan, found->plan) > 0))
      found = target;
  }
  nearest = found == NULL ? options_nearest (name, names) : NULL;
  if (found == NULL)
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "unknown target %s; %s%s%s", name,
                 nearest != NULL ? "did you mean " : "plumbline alerts and monitor.target have their names",
                 nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
  return found;
}

static gboolean
find_area (const Aggregate *a, const Target *target, const char *name, guint *out, GError **error)
{
  for (guint i = 0; i < a->areas->len; i++) {
    const Area *area = a->areas->pdata[i];

    if (strcmp (area->area_code, name) != 0 && strcmp (area->name, name) != 0
        && g_ascii_strcasecmp (area->name_en, name) != 0)
      continue;
    if (measure_in_scope (a, target, i)) {
      *out = i;
      return TRUE;
    }
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "target %s is not judged for area %s", target->target, name);
    return FALSE;
  }
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_USAGE, "unknown area %s; a present code or name of the catalogue", name);
  return FALSE;
}

static gboolean
say_head (GString *out, Db *db, const Measurement *m, const Aggregate *a, const Target *target, guint area,
          GError **error)
{
  const Area *where = a->areas->pdata[area];
  g_autofree char *simulated = db_value (db, error, sql_query ("has_simulated"), a->indicator->feed, DB_END);

  if (simulated == NULL)
    return FALSE;
  explain_say (out, "plumbline explain %s %s, as of %04d-%02d-%02d", where->area_code, target->target,
               g_date_get_year (&m->today), g_date_get_month (&m->today), g_date_get_day (&m->today));
  explain_say (out, "%s %s: %s", where->name, where->name_en, target->name);
  explain_say (out, "  %s", target->name_en);
  if (strcmp (simulated, "t") == 0)
    explain_say (out, "模拟数据 simulated data");
  explain_say (out, "This text is an R script: its lines repeat from the counts what the comments tell.");
  return TRUE;
}

/* --- sampled targets need every sampled indicator: they share what is learnt of shocks ------------------------------
 */

static gboolean
explain_sampled (GString *out, Db *db, const Measurement *m, const Target *target, const char *area, GError **error)
{
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func ((GDestroyNotify)sample_free);
  guint which = G_MAXUINT, place = 0;
  JudgeTarget judged = { 0 };
  g_auto (JudgeDetail) detail = { 0 };

  for (guint i = 0; i < m->catalogue->indicators->len; i++) {
    const Indicator *indicator = m->catalogue->indicators->pdata[i];
    Sample *sample;

    if (indicator->kind != INDICATOR_SAMPLE)
      continue;
    sample = measure_sample (db, m, indicator, NULL, error);
    if (sample == NULL)
      return FALSE;
    if (strcmp (indicator->indicator, target->indicator) == 0)
      which = samples->len;
    g_ptr_array_add (samples, sample);
  }
  g_assert (which != G_MAXUINT);
  if (!find_area (((const Sample *)samples->pdata[which])->aggregate, target, area, &place, error)
      || !say_head (out, db, m, ((const Sample *)samples->pdata[which])->aggregate, target, place, error)
      || !measure_explain (m, samples, which, place, &judged, &detail, error))
    return FALSE;
  explain_sample (out, m, samples->pdata[which], place, &judged, &detail);
  return TRUE;
}

static gboolean
explain_counted (GString *out, Db *db, const Measurement *m, const Indicator *indicator, const Target *target,
                 const char *area, GError **error)
{
  g_autoptr (Aggregate) a = aggregate_read (db, m->catalogue, indicator, NULL, error);
  guint place = 0;

  if (a == NULL || !find_area (a, target, area, &place, error) || !say_head (out, db, m, a, target, place, error))
    return FALSE;
  explain_exact (out, m, a, target, place);
  return TRUE;
}

char *
explain_target (Db *db, const Catalogue *catalogue, const char *today, const char *area, const char *name,
                GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (Results) nowhere = NULL; /* nothing is stored */
  Measurement m = { .catalogue = catalogue, .thresholds = verdict_thresholds (catalogue) };
  const Target *target = find_target (catalogue, name, error);
  const Indicator *indicator = target != NULL ? catalogue_indicator (catalogue, target->indicator) : NULL;

  if (target == NULL)
    return NULL;
  g_date_clear (&m.today, 1);
  g_date_set_parse (&m.today, today);
  m.results = nowhere = results_new (NULL, &m.today);
  if (indicator->kind == INDICATOR_SAMPLE ? !explain_sampled (out, db, &m, target, area, error)
                                          : !explain_counted (out, db, &m, indicator, target, area, error))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
