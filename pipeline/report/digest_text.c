#include "base/text.h"
#include "report/digest.h"

#include <string.h>

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
add_section (GString *out, const Digest *d, DigestSection section)
{
  guint details = digest_section_details (d, section);
  guint n = digest_section_size (d, section);
  g_autoptr (GPtrArray) lines = digest_section_lines (d, section);

  if (n == 0)
    return;
  g_string_append_printf (out, "\n== %s (%u) ==\n", digest_section_title (d, section), n);
  for (guint i = 0; i < details; i++)
    add_block (out, d, d->sections[section]->pdata[i], i + 1);
  if (details > 0 && lines->len > 0)
    g_string_append_c (out, '\n');
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (out, "- %s\n", (const char *)lines->pdata[i]);
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
  if (d->n_withheld > 0) {
    g_autofree char *withheld = digest_withheld (d);

    g_string_append_printf (out, "%s\n", withheld);
  }
}

static void
add_foot (GString *out, const Digest *d, gboolean picture)
{
  g_autofree char *foot = digest_foot (d);

  g_string_append_printf (out, "\n--\n%s\n", foot);
  if (!picture)
    g_string_append_printf (out, "%s\n", phrase (&d->voice, "mail.foot.no_picture"));
}

char *
digest_text (const Digest *d, gboolean picture)
{
  g_autoptr (GString) out = g_string_sized_new (2048);

  add_head (out, d);
  for (guint section = 0; section < DIGEST_SECTIONS; section++)
    add_section (out, d, (DigestSection)section);
  add_foot (out, d, picture);
  return text_plain (out->str);
}
