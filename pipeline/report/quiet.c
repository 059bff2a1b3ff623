#include "report/quiet.h"

#include "report/markup.h"

#include <string.h>

gboolean
quiet_is_due (const Catalogue *catalogue, const Recipient *recipient, int days)
{
  return strcmp (recipient->role, "city") == 0
         && (days < 0 || days >= catalogue_threshold (catalogue, "alert_quiet_days"));
}

char *
quiet_subject (const Digest *d)
{
  const Area *city = board_city (d->board);

  return format_fill (phrase (&d->voice, "mail.quiet.subject"), "simulated",
                      d->board->simulated ? phrase (&d->voice, "mail.subject.simulated") : "", "area",
                      city != NULL ? phrase_place (&d->voice, city) : "", NULL);
}

static guint
count_open (const Board *board)
{
  guint n = 0;

  for (guint i = 0; i < board->standings->len; i++)
    n += ((const Standing *)board->standings->pdata[i])->state == ALERT_FIRING;
  return n;
}

/* What there is to say, a sentence each; char*, owned. */
static GPtrArray *
sentences (const Digest *d)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *date = format_date (d->today, d->voice.language);
  g_autofree char *received = format_date (d->board->received, d->voice.language);
  g_autofree char *open = g_strdup_printf ("%u", count_open (d->board));
  g_autofree char *days = g_strdup_printf ("%.0f", catalogue_threshold (d->board->catalogue, "alert_quiet_days"));

  g_ptr_array_add (out, format_fill (phrase (&d->voice, "mail.quiet.text"), "date", date, NULL));
  if (*received != '\0')
    g_ptr_array_add (out, format_fill (phrase (&d->voice, "mail.quiet.received"), "date", received, NULL));
  if (strcmp (open, "0") != 0)
    g_ptr_array_add (out, format_fill (phrase (&d->voice, "mail.quiet.open"), "n", open, NULL));
  g_ptr_array_add (out, format_fill (phrase (&d->voice, "mail.quiet.why"), "n", days, NULL));
  return out;
}

char *
quiet_text (const Digest *d)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GPtrArray) lines = sentences (d);
  g_autofree char *report = digest_report_path (d);

  if (d->board->simulated)
    g_string_append_printf (out, "*** %s ***\n\n", phrase (&d->voice, "mail.simulated"));
  g_string_append_printf (out, "%s\n\n", phrase (&d->voice, "mail.quiet.title"));
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (out, "%s\n", (const char *)lines->pdata[i]);
  g_string_append_printf (out, "\n--\n%s\n", report);
  return g_string_free (out, FALSE);
}

char *
quiet_html (const Digest *d)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GPtrArray) lines = sentences (d);
  g_autofree char *report = digest_report_path (d);

  markup_add (out,
              "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>"
              "<body style=\"margin:0;padding:20px;font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',"
              "'WenQuanYi Micro Hei',Arial,sans-serif;font-size:15px;line-height:24px;color:#1c2733\">\n",
              "lang", strcmp (d->voice.language, "en") == 0 ? "en" : "zh-CN", "title",
              phrase (&d->voice, "mail.quiet.title"), NULL);
  if (d->board->simulated)
    markup_add (out, "<p style=\"padding:10px 20px;background:#5a4300;color:#ffffff;font-weight:bold\">{text}</p>\n",
                "text", phrase (&d->voice, "mail.simulated"), NULL);
  markup_add (out, "<h1 style=\"font-size:20px\">{title}</h1>\n", "title", phrase (&d->voice, "mail.quiet.title"),
              NULL);
  for (guint i = 0; i < lines->len; i++)
    markup_add (out, "<p>{text}</p>\n", "text", lines->pdata[i], NULL);
  markup_add (out, "<p style=\"font-size:12px;color:#55606d\">{report}</p></body></html>\n", "report", report, NULL);
  return g_string_free (out, FALSE);
}
