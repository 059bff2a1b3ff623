#include "report/digest.h"

#include <string.h>

static void
add_heading (GString *out, const Digest *d, DigestSection section, guint n)
{
  g_string_append_printf (out, "\n== %s (%u) ==\n", digest_section_title (d, section), n);
}

static void
add_block (GString *out, const Digest *d, const Standing *s, guint number)
{
  g_autofree char *sentence = phrase_sentence (&d->voice, s);
  g_autoptr (GArray) facts = digest_facts (d, s);

  g_string_append_printf (out, "\n%u. [%s] %s\n", number, phrase_severity (&d->voice, s->severity), sentence);
  for (guint i = 0; i < facts->len; i++) {
    const DigestFact *fact = &g_array_index (facts, DigestFact, i);

    g_autofree char *line
        = format_fill (phrase (&d->voice, "mail.fact.line"), "label", fact->label, "text", fact->text, NULL);

    g_string_append_printf (out, "   %s\n", line);
  }
}

static void
add_line (GString *out, const Digest *d, const Standing *s, DigestSection section)
{
  g_autofree char *line = digest_item_line (d, s, section);

  g_string_append_printf (out, "- %s\n", line);
}

static void
add_blocks (GString *out, const Digest *d, DigestSection section)
{
  const GPtrArray *items = d->sections[section];
  guint n = items->len + (section == SECTION_NEW ? d->n_new - items->len : 0);

  if (n == 0)
    return;
  add_heading (out, d, section, n);
  for (guint i = 0; i < items->len && i < DIGEST_DETAILED; i++)
    add_block (out, d, items->pdata[i], i + 1);
  if (items->len > DIGEST_DETAILED)
    g_string_append_c (out, '\n');
  for (guint i = DIGEST_DETAILED; i < items->len; i++)
    add_line (out, d, items->pdata[i], section);
  for (guint i = 0; section == SECTION_NEW && i < d->muted->len; i++) {
    g_autofree char *line = digest_muted_line (d, d->muted->pdata[i]);

    g_string_append_printf (out, "\n%s\n", line);
  }
}

static void
add_lines (GString *out, const Digest *d, DigestSection section)
{
  const GPtrArray *items = d->sections[section];

  if (items->len == 0)
    return;
  add_heading (out, d, section, items->len);
  for (guint i = 0; i < items->len; i++)
    add_line (out, d, items->pdata[i], section);
}

static void
add_gaps (GString *out, const Digest *d)
{
  if (d->gaps->len == 0)
    return;
  add_heading (out, d, SECTION_MISSING, d->gaps->len);
  for (guint i = 0; i < d->gaps->len; i++) {
    g_autofree char *line = digest_gap_line (d, d->gaps->pdata[i]);

    g_string_append_printf (out, "- %s\n", line);
  }
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
    g_string_append_printf (out, "*** %s ***\n\n", phrase (&d->voice, "mail.simulated"));
  g_string_append_printf (out, "%s\n%s  %s\n%s\n", sentence, plan, date, summary);
}

static void
add_foot (GString *out, const Digest *d, gboolean picture)
{
  g_autofree char *report = digest_report_path (d);
  g_autofree char *query = digest_query (digest_lead (d));
  g_autofree char *where = format_fill (phrase (&d->voice, "mail.foot.report"), "report", report, "query", query, NULL);

  g_string_append_printf (out, "\n--\n%s\n%s\n", where, phrase (&d->voice, "mail.foot.auto"));
  if (!picture)
    g_string_append_printf (out, "%s\n", phrase (&d->voice, "mail.foot.no_picture"));
}

char *
digest_text (const Digest *d, gboolean picture)
{
  GString *out = g_string_sized_new (2048);

  add_head (out, d);
  add_blocks (out, d, SECTION_NEW);
  add_blocks (out, d, SECTION_WORSENED);
  add_lines (out, d, SECTION_RECOVERED);
  add_lines (out, d, SECTION_OPEN);
  add_gaps (out, d);
  add_foot (out, d, picture);
  return g_string_free (out, FALSE);
}
