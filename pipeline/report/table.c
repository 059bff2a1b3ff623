#include "report/page_parts.h"

#include <math.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"

/* A spreadsheet runs what begins so, even from a quoted cell; an apostrophe makes it text. */
static gboolean
is_formula (const char *text)
{
  return *text != '\0' && strchr ("=+-@\t\r", *text) != NULL;
}

static void
put_text (GString *out, const char *text)
{
  gboolean quote = is_formula (text) || strpbrk (text, ",\"\r\n'") != NULL;

  if (quote)
    g_string_append_c (out, '"');
  if (is_formula (text))
    g_string_append_c (out, '\'');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (out, '"');
    g_string_append_c (out, *p);
  }
  if (quote)
    g_string_append_c (out, '"');
  g_string_append_c (out, ',');
}

/* Numbers are data, signs included; digits enough to read them back unchanged. */
static void
put_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (value))
    g_string_append (out, g_ascii_dtostr (text, sizeof text, value));
  g_string_append_c (out, ',');
}

static void
put_integer (GString *out, gint64 value)
{
  g_string_append_printf (out, "%" G_GINT64_FORMAT ",", value);
}

static void
put_boolean (GString *out, gboolean value)
{
  g_string_append (out, value ? "true," : "false,");
}

static void
end_line (GString *out)
{
  g_string_truncate (out, out->len - 1);
  g_string_append (out, "\r\n");
}

static void
put_verdict (GString *out, const Standing *s)
{
  const double numbers[]
      = { s->baseline_value, s->value_now, s->low95,           s->high95,           s->path_now, s->target_value,
          s->deviation,      s->projected, s->projected_low95, s->projected_high95, s->q_value,  s->probability_met };

  put_text (out, s->target->plan);
  put_text (out, s->target->target);
  put_text (out, s->target->name);
  put_text (out, s->indicator->indicator);
  put_text (out, s->area->area_code);
  put_text (out, s->area->name);
  put_text (out, s->as_of);
  put_text (out, s->period);
  put_text (out, s->deadline);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    put_number (out, numbers[i]);
  put_text (out, verdict_name (s->word));
  put_boolean (out, s->complete);
  put_integer (out, s->schools_reporting);
  put_integer (out, s->schools_expected);
  put_text (out, alert_state_name (s->state));
  put_text (out, s->since);
  put_text (out, s->reason);
  put_text (out, s->reason_en);
  end_line (out);
}

char *
table_verdict (const Board *board)
{
  GString *out = g_string_new (BOM "plan,target,target_name,indicator,area_code,area_name,as_of,period,deadline,"
                                   "baseline_value,value_now,low95,high95,path_now,target_value,deviation,projected,"
                                   "projected_low95,projected_high95,q_value,probability_met,verdict,complete,"
                                   "schools_reporting,schools_expected,alert,alert_since,reason,reason_en\r\n");

  for (guint i = 0; i < board->standings->len; i++)
    put_verdict (out, board->standings->pdata[i]);
  return g_string_free (out, FALSE);
}

static void
put_wave (GString *out, const Indicator *indicator, const Area *area, const Wave *wave)
{
  put_text (out, indicator->indicator);
  put_text (out, indicator->name);
  put_text (out, area->area_code);
  put_text (out, area->name);
  put_text (out, wave->period);
  put_number (out, wave->value);
  put_number (out, wave->low);
  put_number (out, wave->high);
  put_boolean (out, wave->provisional);
  end_line (out);
}

/* District figures over all grades alone: finer cells leave the circle of statisticians by another way. */
char *
table_estimate (const Board *board)
{
  GString *out
      = g_string_new (BOM "indicator,indicator_name,area_code,area_name,period,value,low95,high95,provisional\r\n");

  for (guint i = 0; i < board->catalogue->indicators->len; i++)
    for (guint a = 0; a < board->areas->len; a++) {
      const Indicator *indicator = board->catalogue->indicators->pdata[i];
      const Area *area = board->areas->pdata[a];
      const GArray *waves = board_waves (board, indicator->indicator, area->area_code);

      for (guint w = 0; waves != NULL && w < waves->len; w++)
        put_wave (out, indicator, area, &g_array_index (waves, Wave, w));
    }
  return g_string_free (out, FALSE);
}
