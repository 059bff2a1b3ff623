#include "report/digest.h"
#include "report/mail.h"
#include "report/markup.h"

#include <math.h>
#include <string.h>

/* Mail programs drop style sheets, so every style stands where it is used. */
#define FONT "font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei',Arial,sans-serif;"
#define INK "color:#1c2733;"
#define MUTED "color:#55606d;"
#define BAD "color:#b3261e;"

static void
add_line (GString *out, const char *text)
{
  markup_add (out, "<tr><td style=\"padding:4px 20px;font-size:14px;line-height:22px;" INK "\">{text}</td></tr>",
              "text", text, NULL);
}

static void
add_head (GString *out, const Digest *d)
{
  const Standing *lead = digest_lead (d);
  g_autofree char *date = format_date (d->today, d->voice.language);
  g_autofree char *sentence = phrase_sentence (&d->voice, lead);
  g_autofree char *summary = digest_summary (d);
  const char *plan = strcmp (d->voice.language, "en") == 0 ? d->plan->name_en : d->plan->name;

  if (d->board->simulated)
    markup_add (out,
                "<tr><td style=\"padding:10px 20px;background:#5a4300;color:#ffffff;font-size:14px;font-weight:bold\">"
                "{text}</td></tr>",
                "text", phrase (&d->voice, "mail.simulated"), NULL);
  markup_add (out,
              "<tr><td style=\"padding:20px 20px 0;font-size:13px;line-height:20px;" MUTED
              "\">{plan}<br>{date}</td></tr>"
              "<tr><td style=\"padding:8px 20px 0\"><h1 style=\"margin:0;font-size:22px;line-height:30px;" INK "\">"
              "{sentence}</h1></td></tr>"
              "<tr><td style=\"padding:6px 20px 14px;font-size:14px;line-height:22px;" MUTED "\">{summary}</td></tr>",
              "plan", plan, "date", date, "sentence", sentence, "summary", summary, NULL);
  if (d->n_withheld > 0) {
    g_autofree char *withheld = digest_withheld (d);

    add_line (out, withheld);
  }
}

static void
add_figure (GString *out, const char *label, const char *value, const char *colour)
{
  markup_add (out,
              "<td width=\"25%\" style=\"padding:10px 8px 10px 0;vertical-align:top\"><div style=\"font-size:12px;"
              "line-height:18px;" MUTED "\">{label}</div><div style=\"font-size:20px;line-height:28px;font-weight:bold;"
              "{colour}\">{value}</div></td>",
              "label", label, "value", value, "colour", colour, NULL);
}

/* Now, the path today, the goal, and the chance: what an official asks first. */
static void
add_figures (GString *out, const Digest *d)
{
  const Standing *lead = digest_lead (d);
  g_autofree char *value = phrase_value (&d->voice, lead);
  g_autofree char *path = phrase_path (&d->voice, lead);
  g_autofree char *goal = phrase_goal (&d->voice, lead);
  g_autofree char *probability = format_probability (lead->probability_met);

  g_string_append (out,
                   "<tr><td style=\"padding:0 20px\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" "
                   "cellspacing=\"0\" style=\"border-top:2px solid #1c2733;border-bottom:1px solid #d5dae0\"><tr>");
  add_figure (out, phrase (&d->voice, "mail.figure.now"), value, standing_is_off (lead) ? BAD : INK);
  add_figure (out, phrase (&d->voice, "mail.figure.path"), path, INK);
  add_figure (out, phrase (&d->voice, "mail.fact.goal"), goal, INK);
  if (isfinite (lead->probability_met))
    add_figure (out, phrase (&d->voice, "mail.figure.probability"), probability, INK);
  g_string_append (out, "</tr></table></td></tr>");
}

static void
add_picture (GString *out, const Digest *d, gboolean picture)
{
  g_autofree char *sentence = phrase_sentence (&d->voice, digest_lead (d));

  if (picture)
    markup_add (out,
                "<tr><td style=\"padding:14px 20px 4px\"><img src=\"cid:" MAIL_PICTURE "\" width=\"560\" alt=\"{alt}\" "
                "style=\"display:block;width:100%;max-width:560px;height:auto;border:0\"></td></tr>"
                "<tr><td style=\"padding:0 20px 4px;font-size:12px;line-height:18px;" MUTED "\">{key}</td></tr>",
                "alt", sentence, "key", phrase (&d->voice, "chart.key"), NULL);
  else
    markup_add (out, "<tr><td style=\"padding:14px 20px;font-size:13px;" MUTED "\">{text}</td></tr>", "text",
                phrase (&d->voice, "mail.foot.no_picture"), NULL);
}

static void
add_heading (GString *out, const Digest *d, DigestSection section, guint n)
{
  g_autofree char *number = g_strdup_printf ("%u", n);

  markup_add (
      out,
      "<tr><td style=\"padding:22px 20px 6px\"><h2 style=\"margin:0;padding:0 0 6px;font-size:16px;line-height:24px;"
      "border-bottom:1px solid #1c2733;" INK "\">{title} <span style=\"font-weight:normal;" MUTED
      "\">{n}</span></h2></td></tr>",
      "title", digest_section_title (d, section), "n", number, NULL);
}

static void
add_block (GString *out, const Digest *d, const Standing *s)
{
  g_autofree char *sentence = phrase_sentence (&d->voice, s);
  g_autoptr (GArray) facts = digest_facts (d, s);

  markup_add (
      out,
      "<tr><td style=\"padding:10px 20px 4px\"><div style=\"font-size:15px;line-height:24px;font-weight:bold;" INK
      "\"><span style=\"" BAD "\">{severity}</span>&nbsp; {sentence}</div><table role=\"presentation\" width=\"100%\" "
      "cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:14px;line-height:22px\">",
      "severity", phrase_severity (&d->voice, s->severity), "sentence", sentence, NULL);
  for (guint i = 0; i < facts->len; i++) {
    const DigestFact *fact = &g_array_index (facts, DigestFact, i);

    markup_add (out,
                "<tr><td width=\"92\" style=\"padding:2px 12px 2px 0;vertical-align:top;white-space:nowrap;" MUTED
                "\">{label}</td><td style=\"padding:2px 0;vertical-align:top;" INK "\">{text}</td></tr>",
                "label", fact->label, "text", fact->text, NULL);
  }
  g_string_append (out, "</table></td></tr>");
}

static void
add_section (GString *out, const Digest *d, DigestSection section)
{
  guint details = digest_section_details (d, section);
  guint n = digest_section_size (d, section);
  g_autoptr (GPtrArray) lines = digest_section_lines (d, section);

  if (n == 0)
    return;
  add_heading (out, d, section, n);
  for (guint i = 0; i < details; i++)
    add_block (out, d, d->sections[section]->pdata[i]);
  for (guint i = 0; i < lines->len; i++)
    add_line (out, lines->pdata[i]);
}

static void
add_foot (GString *out, const Digest *d)
{
  g_autofree char *foot = digest_foot (d);

  markup_add (out,
              "<tr><td style=\"padding:24px 20px 24px;font-size:12px;line-height:19px;white-space:pre-line;"
              "word-break:break-all;" MUTED "\">{foot}</td></tr>",
              "foot", foot, NULL);
}

char *
digest_html (const Digest *d, gboolean picture)
{
  GString *out = g_string_sized_new (8192);
  g_autofree char *subject = digest_subject (d);

  markup_add (
      out,
      "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title></head>"
      "<body style=\"margin:0;padding:0;background:#f2f4f6\"><table role=\"presentation\" width=\"100%\" "
      "cellpadding=\"0\" cellspacing=\"0\"><tr><td align=\"center\" style=\"padding:12px 0\"><table "
      "role=\"presentation\" "
      "width=\"600\" cellpadding=\"0\" cellspacing=\"0\" style=\"width:100%;max-width:600px;background:#ffffff;" FONT
      "\">\n",
      "lang", strcmp (d->voice.language, "en") == 0 ? "en" : "zh-CN", "title", subject, NULL);
  add_head (out, d);
  add_figures (out, d);
  add_picture (out, d, picture);
  for (guint section = 0; section < DIGEST_SECTIONS; section++)
    add_section (out, d, (DigestSection)section);
  add_foot (out, d);
  g_string_append (out, "</table></td></tr></table></body></html>\n");
  return g_string_free (out, FALSE);
}
